#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "tenure/numeric/linear.hpp"
#include "tenure/survival/cox.hpp"
#include "tenure/survival/cox_exact-inl.hpp"
#include "tenure/survival/cox_likelihood-inl.hpp"
#include "tenure/survival/cox_scores-inl.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

inline encoding cox_encoding(const table_view& x, const std::vector<std::string>& reference) {
  encoding code = encoding::of(x);
  for (const std::string& text : reference) {
    const auto cut = text.find('=');
    if (cut == std::string::npos) throw invalid_input("reference", "must be 'column=level', is '" + text + "'");
    code.set_reference(text.substr(0, cut), text.substr(cut + 1));
  }
  return code;
}

inline double quadratic(const std::vector<double>& u, const matrix& m) {
  double sum = 0;
  for (std::size_t i = 0; i < u.size(); ++i)
    for (std::size_t j = 0; j < u.size(); ++j)
      sum += u[i] * m(i, j) * u[j];
  return sum;
}

inline matrix rescaled(const matrix& m, const std::vector<double>& scale) {
  matrix out(m.rows(), m.cols());
  for (std::size_t i = 0; i < m.rows(); ++i)
    for (std::size_t j = 0; j < m.cols(); ++j)
      out(i, j) = m(i, j) * scale[i] * scale[j];
  return out;
}

inline matrix gram_of_rows(const matrix& rows) { return numeric::weighted_gram(rows); }

/// V B V for symmetric matrices.
inline matrix sandwich(const matrix& v, const matrix& b) { return numeric::multiply(numeric::multiply(v, b), v); }

inline numeric::cholesky_factor factor_information(const matrix& information, const std::vector<std::string>& names) {
  auto factor = numeric::cholesky(information, 1e-12);
  if (!factor.regular())
    throw numeric_failure("column '" + names[factor.dependent[0]] +
                          "' is a combination of the columns before it, or tells no two customers at risk apart; leave it out or use l2 > 0");
  return factor;
}

/// Newton's method on the penalised likelihood in scaled columns. `evaluate(beta)` gives value, gradient and information.
template <class Evaluate>
cox_evaluation maximise(Evaluate&& evaluate, const cox_options& options, const std::vector<double>& penalty, const std::vector<std::string>& names,
                        std::vector<double>& beta, cox_model& model, const execution& run) {
  const std::size_t p = beta.size();
  const auto penalised = [&](const cox_evaluation& e, const std::vector<double>& b) {
    double value = e.log_likelihood;
    for (std::size_t j = 0; j < p; ++j)
      value -= 0.5 * penalty[j] * b[j] * b[j];
    return value;
  };
  cox_evaluation now = evaluate(beta);
  model.log_likelihood_null = now.log_likelihood;
  double value = penalised(now, beta);
  for (model.iterations = 0;;) {
    matrix h = now.information;
    std::vector<double> u = now.gradient;
    for (std::size_t j = 0; j < p; ++j) {
      h(j, j) += penalty[j];
      u[j] -= penalty[j] * beta[j];
    }
    const auto factor = factor_information(h, names);
    std::vector<double> step = factor.solve(u);
    double decrement = 0;
    for (std::size_t j = 0; j < p; ++j)
      decrement += step[j] * u[j];
    if (model.iterations == 0)
      model.score_test =
          quadratic(now.gradient, numeric::cholesky(now.information, 1e-12).regular() ? numeric::cholesky(now.information, 1e-12).inverse() : matrix(p, p));
    if (!(decrement >= 0) || std::sqrt(decrement) <= options.tolerance * std::sqrt(static_cast<double>(model.events))) {
      for (std::size_t j = 0; j < p; ++j)
        beta[j] += step[j];  // a last step without a new evaluation: its error is of second order
      model.converged = true;
      return now;
    }
    if (model.iterations == options.max_iterations) return now;
    ++model.iterations;
    std::vector<double> next(p);
    double factor_of_step = 1, next_value = 0;
    cox_evaluation trial;
    for (int halving = 0; halving < 30; ++halving, factor_of_step *= 0.5) {
      for (std::size_t j = 0; j < p; ++j)
        next[j] = beta[j] + factor_of_step * step[j];
      trial = evaluate(next);
      next_value = penalised(trial, next);
      if (next_value >= value - 1e-10 * std::abs(value)) break;
    }
    const double gain = next_value - value;
    // the likelihood has stopped rising while coefficients still move by whole units: its maximum lies at infinity
    if (gain < 1e-8 * std::abs(value) && factor_of_step == 1) {
      for (std::size_t j = 0; j < p; ++j)
        if (std::abs(step[j]) > 0.2) model.diverging.push_back(j);
    }
    beta = next;
    now = std::move(trial);
    value = next_value;
    run.report(std::min(0.95, model.iterations / 8.0));
    if (!model.diverging.empty()) return now;
  }
}

inline void store_baseline(const cox_stream& s, const cox_state& state, cox_model& model) {
  model.stratum_begin = {0};
  for (std::size_t stratum = 0; stratum < s.strata; ++stratum) {
    for (std::size_t k = s.stratum_group[stratum + 1]; k-- > s.stratum_group[stratum];) {
      model.baseline_time.push_back(s.groups[k].time);
      model.baseline_hazard.push_back(state.cumulative[k] * std::exp(-state.shift));
    }
    model.stratum_begin.push_back(model.baseline_time.size());
  }
}

}  // namespace detail

TENURE_INLINE cox_model fit_cox(const table_view& x, const outcome& y, const cox_options& options, const cox_columns& columns, const execution& run) {
  validate(options);
  cox_model model;
  model.ties = options.ties;
  model.l2 = options.l2;
  model.code = detail::cox_encoding(x, options.reference);
  const std::vector<std::string> names = model.code.names();
  if (names.empty()) throw invalid_input("X", "has no columns");
  const detail::cox_stream stream = detail::make_stream(x, model.code, detail::load_outcome(y), columns, run);
  const std::size_t p = stream.cols;
  model.rows = stream.rows;
  model.events = stream.events;
  model.center = stream.center;
  if (p >= stream.events && options.l2 == 0)
    throw invalid_input("X", "has " + std::to_string(p) + " columns for " + std::to_string(stream.events) +
                                 " events: coefficients are not determined; use l2 > 0 or an elastic net");
  const std::vector<std::uint32_t> cluster = detail::to_codes(columns.cluster, "cluster", stream.rows);
  const bool robust = options.robust || !cluster.empty();
  const bool exact = options.ties == ties::exact;
  if (robust && exact) throw not_supported("a robust variance with exact ties: use ties 'efron' or 'breslow'");

  std::vector<double> penalty(p), beta(p, 0.0);
  for (std::size_t j = 0; j < p; ++j)
    penalty[j] = options.l2 * stream.scale[j] * stream.scale[j];
  detail::cox_likelihood likelihood(stream, options.ties == ties::efron, run);
  detail::cox_evaluation best;
  if (exact) {
    detail::exact_likelihood exactly(stream);
    best = detail::maximise([&](const std::vector<double>& b) { return exactly.evaluate(b); }, options, penalty, names, beta, model, run);
  } else {
    best = detail::maximise([&](const std::vector<double>& b) { return likelihood.evaluate(b); }, options, penalty, names, beta, model, run);
  }
  model.log_likelihood = best.log_likelihood;

  matrix h = best.information;
  for (std::size_t j = 0; j < p; ++j)
    h(j, j) += penalty[j];
  const matrix inverse = detail::factor_information(h, names).inverse();
  model.coef.resize(p);
  for (std::size_t j = 0; j < p; ++j)
    model.coef[j] = beta[j] * stream.scale[j];
  model.covariance = detail::rescaled(inverse, stream.scale);
  const matrix shrunk = numeric::multiply(best.information, inverse);
  for (std::size_t j = 0; j < p; ++j)
    model.effective_dof += shrunk(j, j);
  if (options.l2 > 0) model.unpenalised_covariance = detail::rescaled(numeric::multiply(inverse, shrunk), stream.scale);

  if (robust) {
    likelihood.update(std::vector<double>(p, 0.0));
    const matrix at_zero = detail::cox_scores(likelihood, run).by_cluster(cluster);
    std::vector<double> total(p, 0.0);
    for (std::size_t i = 0; i < at_zero.rows(); ++i)
      for (std::size_t j = 0; j < p; ++j)
        total[j] += at_zero(i, j);
    const auto spread = numeric::cholesky(detail::gram_of_rows(at_zero), 1e-12);
    if (spread.regular()) model.robust_score_test = detail::quadratic(total, spread.inverse());
  }
  if (!model.converged || robust || exact || best.gradient.empty()) likelihood.update(beta);
  if (robust)
    model.robust_covariance =
        detail::rescaled(detail::sandwich(inverse, detail::gram_of_rows(detail::cox_scores(likelihood, run).by_cluster(cluster))), stream.scale);
  detail::store_baseline(stream, likelihood.state(), model);

  model.likelihood_ratio_test = 2 * (model.log_likelihood - model.log_likelihood_null);
  const auto precision = numeric::cholesky(model.variance(), 1e-14);
  if (precision.regular()) model.wald_test = detail::quadratic(model.coef, precision.inverse());
  return model;
}

TENURE_INLINE void cox_model::check() const {
  code.check();
  const std::size_t p = code.width();
  const auto square = [p](const matrix& m) { return m.rows() == p && m.cols() == p; };
  if (coef.size() != p || center.size() != p || (covariance.rows() > 0 && !square(covariance))) throw bad_file("cox: coefficients do not fit the columns");
  if (robust_covariance.rows() > 0 && !square(robust_covariance)) throw bad_file("cox: robust variance does not fit the columns");
  if (unpenalised_covariance.rows() > 0 && !square(unpenalised_covariance)) throw bad_file("cox: variance does not fit the columns");
  for (std::size_t j = 0; j < p; ++j)
    if (!std::isfinite(coef[j]) || !std::isfinite(center[j])) throw bad_file("cox: coefficients must be finite");
  for (const std::size_t j : diverging)
    if (j >= p) throw bad_file("cox: no such column");
  if (baseline_hazard.size() != baseline_time.size() || stratum_begin.size() < 2 || stratum_begin[0] != 0 || stratum_begin.back() != baseline_time.size() ||
      !std::is_sorted(stratum_begin.begin(), stratum_begin.end()))
    throw bad_file("cox: baseline is damaged");
  for (std::size_t s = 0; s + 1 < stratum_begin.size(); ++s)
    for (std::size_t i = stratum_begin[s]; i < stratum_begin[s + 1]; ++i)
      if (!std::isfinite(baseline_hazard[i]) || !std::isfinite(baseline_time[i]) || (i > stratum_begin[s] && !(baseline_time[i] > baseline_time[i - 1])))
        throw bad_file("cox: baseline must ascend in time");
}

namespace detail {

/// (x - center)' coef of every row.
inline std::vector<double> centered_risk(const cox_model& model, const table_view& x, double shift, const execution& run) {
  const aligned_table aligned(x, model.code.columns, unseen_level::refuse);
  const std::size_t p = model.coef.size(), n = x.rows();
  std::vector<double> out(n);
  parallel_chunks(chunking(n, 1024, 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    std::vector<double> rows((end - begin) * p);
    encode_rows(aligned.view(), model.code, begin, end, rows.data());
    for (std::size_t i = begin; i < end; ++i) {
      double sum = shift;
      for (std::size_t j = 0; j < p; ++j)
        sum += rows[(i - begin) * p + j] * model.coef[j];
      out[i] = sum;
    }
  });
  return out;
}

inline double center_risk(const cox_model& model) {
  double sum = 0;
  for (std::size_t j = 0; j < model.coef.size(); ++j)
    sum += model.center[j] * model.coef[j];
  return sum;
}

inline double baseline_at(const cox_model& model, std::size_t stratum, double t) {
  const auto begin = model.baseline_time.begin() + static_cast<std::ptrdiff_t>(model.stratum_begin[stratum]);
  const auto end = model.baseline_time.begin() + static_cast<std::ptrdiff_t>(model.stratum_begin[stratum + 1]);
  const auto found = std::upper_bound(begin, end, t);
  return found == begin ? 0.0 : model.baseline_hazard[static_cast<std::size_t>(found - model.baseline_time.begin()) - 1];
}

}  // namespace detail

TENURE_INLINE double baseline_at_zero(const cox_model& model) { return std::exp(-detail::center_risk(model)); }

TENURE_INLINE std::vector<double> predict_log_hazard(const cox_model& model, const table_view& x, const execution& run) {
  return detail::centered_risk(model, x, 0.0, run);
}

TENURE_INLINE matrix log_hazard_effects(const cox_model& model, const table_view& x) {
  const matrix design = encode(x, model.code);
  const auto sources = model.code.sources();
  matrix effects(design.rows(), model.code.columns.size());
  for (std::size_t i = 0; i < design.rows(); ++i)
    for (std::size_t j = 0; j < sources.size(); ++j)
      effects(i, sources[j]) += model.coef[j] * design(i, j);
  return effects;
}

TENURE_INLINE matrix predict_survival(const cox_model& model, const table_view& x, const column_view<double>& times, const numeric_column& stratum,
                                      const numeric_column& given, const execution& run) {
  const std::size_t n = x.rows();
  for (std::size_t k = 0; k < times.size(); ++k)
    if (!(times[k] >= 0)) throw invalid_input("times", "must be >= 0", times[k], k);
  const std::vector<std::uint32_t> codes = detail::to_codes(stratum, "strata", n);
  if (codes.empty() && model.strata() > 1) throw invalid_input("strata", "is needed: the model has " + std::to_string(model.strata()) + " strata");
  for (std::size_t i = 0; i < codes.size(); ++i)
    if (codes[i] >= model.strata()) throw invalid_input("strata", "was not seen in training", codes[i], i);
  if (!given.empty()) detail::require_length(given, "given", n);
  const std::vector<double> reached = detail::to_doubles(given);
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (!(reached[i] >= 0)) throw invalid_input("given", "must be >= 0", reached[i], i);
  const std::vector<double> risk = detail::centered_risk(model, x, -detail::center_risk(model), run);
  std::vector<std::vector<double>> hazard(reached.empty() ? model.strata() : 0, std::vector<double>(times.size()));
  for (std::size_t s = 0; s < hazard.size(); ++s)
    for (std::size_t k = 0; k < times.size(); ++k)
      hazard[s][k] = detail::baseline_at(model, s, times[k]);
  matrix out(n, times.size());
  parallel_chunks(chunking(n, 256, 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t s = codes.empty() ? 0 : codes[i];
      const double ratio = std::exp(risk[i]);
      const double before = reached.empty() ? 0.0 : detail::baseline_at(model, s, reached[i]);
      for (std::size_t k = 0; k < times.size(); ++k) {
        const double h = reached.empty() ? hazard[s][k] : detail::baseline_at(model, s, reached[i] + times[k]) - before;
        out(i, k) = std::exp(-h * ratio);
      }
    }
  });
  return out;
}

}  // namespace tenure::inline TENURE_ABI::survival
