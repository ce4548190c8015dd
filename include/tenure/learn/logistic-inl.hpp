#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

#include "tenure/learn/logistic.hpp"
#include "tenure/learn/logistic_newton-inl.hpp"
#include "tenure/learn/logistic_sample-inl.hpp"
#include "tenure/learn/logistic_statistic-inl.hpp"
#include "tenure/learn/logistic_surface-inl.hpp"
#include "tenure/numeric/elementary.hpp"
#include "tenure/numeric/linear.hpp"

namespace tenure::inline TENURE_ABI::learn {

namespace detail {

/// M of the sandwich B^-1 M B^-1, on the standardised columns.
inline matrix score_products(const logistic_statistic& at, const table_view& x, const encoding& code, const binary_outcome& outcome, const execution& run) {
  const design_reader reader(x, code);
  const std::size_t p = at.coefficients.size();
  std::unordered_map<double, std::size_t> index;  // cluster value -> row of `sums`
  std::vector<std::size_t> cluster_of;
  if (!outcome.cluster.empty()) {
    cluster_of.resize(x.rows());
    for (std::size_t i = 0; i < x.rows(); ++i)
      cluster_of[i] = index.emplace(outcome.cluster[i], index.size()).first->second;
  }
  matrix sums(index.size(), p);
  const auto body = [&](matrix& part, std::size_t from, std::size_t to) {
    const std::size_t step = numeric::gram_sum::block_rows(p);
    numeric::gram_sum sum(p);
    std::vector<double> eta(step), mean(step), y(step), w(step, 1.0);
    for_blocks(at, reader, from, to, [&](std::size_t begin, std::size_t end, const numeric::column_block& block) {
      block_log_odds(at, outcome, begin, end, block, eta.data());
      numeric::logistic_block(eta.data(), end - begin, mean.data(), nullptr);
      read_block(outcome.y, begin, end, y.data());
      if (!outcome.weight.empty()) read_block(outcome.weight, begin, end, w.data());
      for (std::size_t i = 0; i < end - begin; ++i)
        y[i] = w[i] * (y[i] - mean[i]);
      if (!cluster_of.empty()) {
        for (std::size_t i = begin; i < end; ++i)
          for (std::size_t j = 0; j < p; ++j)
            sums(cluster_of[i], j) += y[i - begin] * block.column(j)[i - begin];
        return;
      }
      for (std::size_t i = 0; i < end - begin; ++i)
        y[i] *= y[i];
      sum.add(block, end - begin, y.data());
    });
    part = sum.value();
  };
  if (!cluster_of.empty()) {
    matrix unused;
    body(unused, 0, x.rows());
    matrix meat = numeric::weighted_gram(sums);
    const auto groups = static_cast<double>(sums.rows());
    if (groups < 2) throw invalid_input("cluster", "must name at least two clusters", groups);
    for (std::size_t k = 0; k < p * p; ++k)
      meat.data()[k] *= groups / (groups - 1);
    return meat;
  }
  return parallel_reduce(logistic_chunks(x.rows(), p), run, matrix(p, p), body, [](matrix& a, const matrix& b) {
    for (std::size_t k = 0; k < a.values().size(); ++k)
      a.data()[k] += b.values()[k];
  });
}

/// Log-likelihood of the model without columns: intercept (when fitted) and offset alone.
inline double null_log_likelihood(const logistic_moments& moments, std::size_t rows, const binary_outcome& outcome, bool intercept, const execution& run) {
  if (intercept && outcome.offset.empty()) {
    const double rate = moments.events / moments.weight;
    return moments.events * std::log(rate) + (moments.weight - moments.events) * std::log1p(-rate);
  }
  const std::vector<double> nothing(rows);
  const table_view empty(std::vector<table_column>{{"0", nothing, {}, false}});
  newton_state state(encoding::of(empty), logistic_options{.intercept = intercept}, moments_of_zeros(moments));
  state.run(empty, outcome, run);
  return state.statistic().log_likelihood;
}

inline void set_coefficients(logistic_model& model, const logistic_statistic& at) {
  const auto raw = raw_coefficients(at);
  model.intercept = at.intercept ? raw[0] : 0.0;
  model.coefficients.assign(raw.begin() + at.intercept, raw.end());
}

/// Whether the last Newton step still changes the log-odds although the gradient has vanished, and every row of positive weight agrees
/// with its direction: then the likelihood grows for ever along it.
inline bool is_separated(const newton_state& state, const table_view& x, const binary_outcome& outcome, const execution& run) {
  double size = 0;
  for (const double d : state.direction())
    size += std::abs(d);
  if (size < 0.1) return false;
  logistic_statistic along = state.statistic();
  along.coefficients = state.direction();
  const design_reader reader(x, state.code());
  binary_outcome no_offset = outcome;
  no_offset.offset = {};
  struct extremes {
    double largest = 0, worst = INFINITY;
  };
  const auto body = [&](extremes& part, std::size_t from, std::size_t to) {
    std::vector<double> change(numeric::gram_sum::block_rows(along.coefficients.size()));
    for_blocks(along, reader, from, to, [&](std::size_t begin, std::size_t end, const numeric::column_block& block) {
      block_log_odds(along, no_offset, begin, end, block, change.data());
      for (std::size_t i = begin; i < end; ++i) {
        if (!outcome.weight.empty() && outcome.weight[i] == 0) continue;
        part.largest = std::max(part.largest, std::abs(change[i - begin]));
        part.worst = std::min(part.worst, outcome.y[i] == 1 ? change[i - begin] : -change[i - begin]);
      }
    });
  };
  const auto found = parallel_reduce(logistic_chunks(x.rows(), reader.width()), run, extremes{}, body,
                                     [](extremes& a, const extremes& b) { a.largest = std::max(a.largest, b.largest), a.worst = std::min(a.worst, b.worst); });
  return found.worst >= -1e-4 * found.largest;
}

/// fit_logistic with Firth's correction.
inline logistic_model fit_firth(const table_view& x, const encoding& code, const binary_outcome& outcome, const logistic_moments& moments,
                                const logistic_options& options, const execution& run) {
  const likelihood_surface surface(x, code, outcome, moments, options, run);
  const search start{surface.start(), options.tolerance, options.max_iterations};
  const auto found = maximise(surface, start, surface.free());
  std::vector<std::size_t> none;
  if (options.intercept) none.push_back(0);
  logistic_model model;
  model.code = code, model.options = options;
  model.rows = moments.rows, model.weight = moments.weight;
  model.info = {.converged = found.converged, .iterations = found.passes, .gradient = found.gradient, .dependent = surface.dependent()};
  model.log_likelihood = found.at.value;
  model.null_log_likelihood = maximise(surface, start, none).at.value;
  logistic_statistic at = surface.frame();
  at.coefficients = found.at.coefficients;
  set_coefficients(model, at);
  model.covariance = transform(back_transform(at), surface.covariance(found.at));
  return model;
}

}  // namespace detail

TENURE_INLINE double logistic_model::parameters() const { return static_cast<double>(coefficients.size() - info.dependent.size()) + options.intercept; }
TENURE_INLINE double logistic_model::bic() const { return deviance() + parameters() * std::log(weight); }

TENURE_INLINE bool operator==(const logistic_model& a, const logistic_model& b) {
  return a.code == b.code && a.intercept == b.intercept && a.coefficients == b.coefficients && a.covariance == b.covariance &&
         a.log_likelihood == b.log_likelihood && a.info == b.info;
}

TENURE_INLINE void logistic_model::check() const {
  code.check();
  if (coefficients.size() != code.width()) throw bad_file("learn.logistic: one coefficient a design column is needed");
  for (const double b : coefficients)
    if (!std::isfinite(b)) throw bad_file("learn.logistic: a coefficient is not finite");
  if (!std::isfinite(intercept)) throw bad_file("learn.logistic: the intercept is not finite");
  const std::size_t p = coefficients.size() + options.intercept;
  if (covariance.rows() != covariance.cols() || (covariance.rows() != 0 && covariance.rows() != p))
    throw bad_file("learn.logistic: the covariance has the wrong size");
  if (info.dependent.size() > coefficients.size()) throw bad_file("learn.logistic: more dependent columns than columns");
}

TENURE_INLINE logistic_model fit_logistic(const table_view& x, const binary_outcome& outcome, const logistic_options& options, const execution& run) {
  validate(options);
  if (options.firth && (options.l1 > 0 || options.l2 > 0)) throw invalid_input("firth", "goes without other penalties");
  if (options.firth && options.variance != variance_kind::model) throw invalid_input("variance", "must be 'model' with Firth's correction");
  if (options.l1 > 0) return detail::fit_sparse(x, outcome, options, run);
  if (x.rows() == 0) throw invalid_input("X", "has no rows");
  if ((options.variance == variance_kind::cluster) == outcome.cluster.empty())
    throw invalid_input("cluster", outcome.cluster.empty() ? "is needed for variance = 'cluster'" : "is only used with variance = 'cluster'");
  const encoding code = encoding::of(x);
  const logistic_moments totals = detail::outcome_totals(outcome, x.rows(), run);
  detail::require_two_classes(totals);
  const auto all_moments = [&] {
    logistic_moments moments;
    moments.add(x, code, outcome, run);
    return moments;
  };
  if (options.firth) return detail::fit_firth(x, code, outcome, all_moments(), options, run);
  auto found = detail::fit_from_sample(x, code, outcome, options, totals, run);
  if (!found) found.emplace(code, options, all_moments()).run(x, outcome, run);
  const detail::newton_state& state = *found;

  logistic_model model;
  model.code = code;
  model.options = options;
  model.rows = totals.rows;
  model.weight = totals.weight;
  model.info = state.info();
  model.log_likelihood = state.statistic().log_likelihood;
  model.null_log_likelihood = detail::null_log_likelihood(totals, x.rows(), outcome, options.intercept, run);
  if (options.l2 == 0 && detail::is_separated(state, x, outcome, run)) {
    model.info.separated = true;
    model.info.separating = state.running_away();
  }
  detail::set_coefficients(model, state.statistic());
  if (options.l2 == 0) {
    matrix covariance = state.inverse_information();
    if (options.variance != variance_kind::model) {
      const matrix meat = detail::score_products(state.statistic(), x, code, outcome, run);
      covariance = numeric::multiply(numeric::multiply(covariance, meat), covariance);
      const double correction = options.variance == variance_kind::hc1 ? model.rows / (model.rows - model.parameters()) : 1.0;
      for (std::size_t k = 0; k < covariance.values().size(); ++k)
        covariance.data()[k] *= correction;
    }
    model.covariance = detail::transform(detail::back_transform(state.statistic()), covariance);
  }
  return model;
}

TENURE_INLINE std::vector<double> logistic_log_odds(const logistic_model& model, const table_view& x, column_view<double> offset, const execution& run) {
  if (!offset.empty() && offset.size() != x.rows())
    throw invalid_input("offset", "must have one value a row of X (" + std::to_string(x.rows()) + ")", static_cast<double>(offset.size()));
  const aligned_table aligned(x, model.code.columns, unseen_level::refuse);
  const table_view& table = aligned.view();
  std::vector<double> eta(x.rows());
  parallel_chunks(chunking(x.rows(), 4096, 256), run, [&](std::size_t, std::size_t from, std::size_t to) {
    std::vector<double> values(1024);
    for (std::size_t begin = from; begin < to; begin += values.size()) {
      const std::size_t end = std::min(begin + values.size(), to);
      double* out = eta.data() + begin;
      std::fill(out, out + (end - begin), model.intercept);
      std::size_t at = 0;
      for (std::size_t j = 0; j < table.cols(); ++j) {
        if (table[j].categorical) {
          detail::add_level_effects(table[j], model.code.reference[j], model.coefficients.data() + at, begin, end, out);
          at += table[j].levels.size() - 1;
          continue;
        }
        detail::read_block(table[j].values, begin, end, values.data());
        for (std::size_t i = 0; i < end - begin; ++i)
          if (!std::isfinite(values[i])) throw invalid_input(table[j].name, "must be a finite number", values[i], begin + i);
        numeric::detail::add_multiple_block(values.data(), model.coefficients[at++], end - begin, out);
      }
      for (std::size_t i = begin; i < end && !offset.empty(); ++i)
        eta[i] += offset[i];
    }
  });
  return eta;
}

TENURE_INLINE matrix logistic_effects(const logistic_model& model, const table_view& x, const execution& run) {
  const aligned_table aligned(x, model.code.columns, unseen_level::refuse);
  const table_view& table = aligned.view();
  matrix effects(table.rows(), table.cols());
  parallel_chunks(chunking(table.rows(), 4096, 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    std::vector<double> values(end - begin);
    std::size_t at = 0;
    for (std::size_t j = 0; j < table.cols(); ++j) {
      if (table[j].categorical) {
        std::fill(values.begin(), values.end(), 0.0);
        detail::add_level_effects(table[j], model.code.reference[j], model.coefficients.data() + at, begin, end, values.data());
        at += table[j].levels.size() - 1;
      } else {
        detail::read_block(table[j].values, begin, end, values.data());
        for (auto& v : values)
          v *= model.coefficients[at];
        ++at;
      }
      for (std::size_t i = begin; i < end; ++i)
        effects(i, j) = values[i - begin];
    }
  });
  return effects;
}

TENURE_INLINE std::vector<double> predict_logistic(const logistic_model& model, const table_view& x, column_view<double> offset, const execution& run) {
  std::vector<double> p = logistic_log_odds(model, x, offset, run);
  parallel_chunks(chunking(p.size(), 4096, 256), run,
                  [&](std::size_t, std::size_t begin, std::size_t end) { numeric::logistic_block(p.data() + begin, end - begin, p.data() + begin, nullptr); });
  return p;
}

}  // namespace tenure::inline TENURE_ABI::learn
