#pragma once

#include <cmath>
#include <optional>
#include <vector>

#include "tenure/learn/logistic_newton-inl.hpp"

namespace tenure::inline TENURE_ABI::learn::detail {

/// 64 stretches that hold a sixteenth of the rows of a large table.
class row_sample {
 public:
  row_sample(const table_view& x, const encoding& code, const binary_outcome& outcome, const execution& run) : code_(code), run_(run) {
    constexpr std::size_t stretches = 64, every = 16;
    for (std::size_t k = 0; k < stretches; ++k) {
      const std::size_t begin = x.rows() / stretches * k, end = begin + x.rows() / stretches / every;
      parts_.push_back(x.slice(begin, end));
      outcomes_.push_back(outcome.slice(begin, end));
    }
  }

  static bool pays(std::size_t rows, std::size_t width) { return rows >= 50000 && rows / 16 >= 50 * width; }

  logistic_moments moments() const {
    return gather(logistic_moments(), [&](logistic_moments& part, std::size_t k) { part.add(parts_[k], code_, outcomes_[k]); });
  }
  /// The sums at the coefficients of `at`.
  logistic_statistic evaluate(logistic_statistic at) const {
    at.gradient.clear(), at.information = matrix(), at.log_likelihood = 0;
    return gather(at, [&](logistic_statistic& part, std::size_t k) { part.add(parts_[k], code_, outcomes_[k]); });
  }

 private:
  template <class Sums, class Add>
  Sums gather(const Sums& zero, Add&& add) const {
    const auto body = [&](Sums& part, std::size_t begin, std::size_t end) {
      for (std::size_t k = begin; k < end; ++k)
        add(part, k);
    };
    return parallel_reduce(chunking(parts_.size(), 1), run_, zero, body, [](Sums& a, const Sums& b) { a.merge(b); });
  }

  const encoding& code_;
  const execution& run_;
  std::vector<table_view> parts_;
  std::vector<binary_outcome> outcomes_;
};

/// The fit of a large table from the fit of a sample of it: columns are scaled as the sample says, and the first full step sees ahead what it
/// will leave, so that two or three passes over all rows are enough. `total` has the counts of all rows. Nothing when the sample does not do:
/// it has a constant column or one class, its fit fails, or it or the rest has numbers that are refused.
inline std::optional<newton_state> fit_from_sample(const table_view& x, const encoding& code, const binary_outcome& outcome, const logistic_options& options,
                                                   const logistic_moments& total, const execution& run) {
  if (!row_sample::pays(x.rows(), code.width())) return {};
  const row_sample sample(x, code, outcome, run);
  logistic_moments moments;
  try {
    moments = sample.moments();
  } catch (const invalid_input&) {
    return {};
  }
  if (!(moments.events > 0 && moments.events < moments.weight)) return {};
  for (std::size_t j = 0; j < moments.mean.size(); ++j)
    if (!(moments.squares[j] / moments.count > 1e-12 * moments.mean[j] * moments.mean[j])) return {};
  logistic_options coarse = options;
  coarse.tolerance = 1e-4, coarse.max_iterations = 100;
  newton_state rough(code, coarse, moments);
  while (!rough.finished())
    rough.update(sample.evaluate(rough.next()));
  if (!rough.info().converged || !rough.info().dependent.empty()) return {};

  const double sample_weight = moments.weight;
  moments.rows = total.rows, moments.weight = total.weight, moments.events = total.events;
  newton_state state(code, options, moments);
  state.start_from(rough.statistic().coefficients);
  const auto pass = [&] {
    logistic_statistic here = state.next();
    here.add(x, code, outcome, run);
    state.update(std::move(here));
  };
  const logistic_statistic start = state.next();
  pass();
  if (!std::isfinite(state.statistic().log_likelihood)) return {};
  if (!state.finished()) state.foresee(sample.evaluate(start), sample.evaluate(state.next()), sample_weight);
  while (!state.finished())
    pass();
  return state;
}

}  // namespace tenure::inline TENURE_ABI::learn::detail
