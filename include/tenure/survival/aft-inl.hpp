#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "tenure/survival/aft.hpp"
#include "tenure/survival/aft_fit-inl.hpp"

namespace tenure::inline TENURE_ABI::survival {

TENURE_INLINE aft_model fit_aft(const table_view& x, const interval_outcome& y, const aft_options& options, const cox_columns& columns, const execution& run) {
  validate(options);
  if (!columns.offset.empty()) throw not_supported("an offset in an AFT model");
  aft_model model;
  model.distribution = options.distribution;
  model.cure = options.cure;
  model.code = detail::cox_encoding(x, options.reference);
  const detail::aft_rows rows = detail::load_aft_rows(y, options.distribution != aft_distribution::gaussian, columns.strata);
  const detail::aft_design design = detail::make_aft_design(x, model.code, rows.size());
  const std::vector<std::uint32_t> cluster = detail::to_codes(columns.cluster, "cluster", rows.size());
  const std::size_t p = design.scale.size();
  model.rows = rows.size();
  const double tolerance = options.tolerance * std::sqrt(static_cast<double>(rows.size()));

  const detail::aft_likelihood null(rows, design.blocks, 1, design.block, options, run), full(rows, design.blocks, p + 1, design.block, options, run);
  std::vector<double> start = detail::aft_start(rows, null, options.distribution);
  int iterations = 0;
  bool converged = false;
  const auto at_null = detail::climb([&](const std::vector<double>& t) { return null.evaluate(t); }, start, 1e-6 * std::sqrt(static_cast<double>(rows.size())),
                                     options.max_iterations, iterations, converged);
  model.log_likelihood_null = at_null.log_likelihood;
  run.report(0.3);
  std::vector<double> theta(full.size(), 0.0);
  theta[0] = start[0];
  std::copy(start.begin() + 1, start.end(), theta.begin() + static_cast<std::ptrdiff_t>(p) + 1);
  const auto best = detail::climb([&](const std::vector<double>& t) { return full.evaluate(t); }, theta, tolerance, options.max_iterations, model.iterations,
                                  model.converged);
  model.log_likelihood = best.log_likelihood;

  model.coef.assign(p + 1, theta[0]);
  for (std::size_t j = 0; j < p; ++j) {
    model.coef[j + 1] = theta[j + 1] * design.scale[j];
    model.coef[0] -= model.coef[j + 1] * design.center[j];
  }
  model.log_scale.assign(rows.strata, 0.0);
  std::copy_n(theta.begin() + static_cast<std::ptrdiff_t>(p) + 1, full.scales(), model.log_scale.begin());
  model.shape = full.split(theta).q;
  model.cured_share = full.split(theta).cured;
  const auto factor = numeric::cholesky(best.information, 1e-13);
  if (!factor.regular()) throw numeric_failure("AFT: the information is singular at the maximum; the data do not determine every parameter");
  const matrix inverse = factor.inverse();
  model.covariance = detail::back_transform(inverse, design);
  if (options.robust || !cluster.empty())
    model.robust_covariance = detail::back_transform(detail::aft_sandwich(full, rows, design, theta, cluster, inverse), design);
  return model;
}

TENURE_INLINE aft_model fit_aft(const table_view& x, const outcome& y, const aft_options& options, const cox_columns& columns, const execution& run) {
  const detail::plain_outcome rows = detail::load_outcome(y);
  std::vector<double> upper(rows.time);
  for (std::size_t i = 0; i < upper.size(); ++i)
    if (rows.event[i] == 0) upper[i] = detail::infinity;
  return fit_aft(x, interval_outcome{rows.time, upper, rows.entry, rows.weight}, options, columns, run);
}

TENURE_INLINE void aft_model::check() const {
  code.check();
  const std::size_t total =
      coef.size() + (distribution == aft_distribution::exponential ? 0 : log_scale.size()) + (distribution == aft_distribution::generalized_gamma) + cure;
  if (coef.size() != code.width() + 1 || log_scale.empty()) throw bad_file("aft: coefficients do not fit the columns");
  if (covariance.rows() != total || covariance.cols() != total) throw bad_file("aft: covariance does not fit the parameters");
  for (const auto* values : {&coef, &log_scale})
    for (const double v : *values)
      if (!std::isfinite(v)) throw bad_file("aft: parameters must be finite");
  if (!std::isfinite(shape)) throw bad_file("aft: parameters must be finite");
}

TENURE_INLINE std::vector<double> predict_location(const aft_model& model, const table_view& x, const execution& run) {
  const aligned_table aligned(x, model.code.columns, unseen_level::refuse);
  const std::size_t p = model.coef.size() - 1;
  std::vector<double> out(x.rows());
  parallel_chunks(chunking(x.rows(), 1024, 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    std::vector<double> rows((end - begin) * p);
    encode_rows(aligned.view(), model.code, begin, end, rows.data());
    for (std::size_t i = begin; i < end; ++i) {
      double sum = model.coef[0];
      for (std::size_t j = 0; j < p; ++j)
        sum += rows[(i - begin) * p + j] * model.coef[j + 1];
      out[i] = sum;
    }
  });
  return out;
}

namespace detail {

inline std::vector<double> row_log_scales(const aft_model& model, const numeric_column& stratum, std::size_t n) {
  const auto codes = to_codes(stratum, "strata", n);
  if (codes.empty() && model.log_scale.size() > 1)
    throw invalid_input("strata", "is needed: the model has " + std::to_string(model.log_scale.size()) + " scales");
  std::vector<double> out(n, model.log_scale[0]);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] >= model.log_scale.size()) throw invalid_input("strata", "was not seen in training", codes[i], i);
    out[i] = model.log_scale[codes[i]];
  }
  return out;
}

inline double aft_survival(const aft_model& model, double location, double scale, double t) {
  const bool positive = model.distribution != aft_distribution::gaussian;
  if (positive && t <= 0) return 1.0;
  const double w = ((positive ? std::log(t) : t) - location) / scale;
  return model.cured_share + (1 - model.cured_share) * std::exp(tails_at(model.distribution, w, model.shape).above);
}

}  // namespace detail

TENURE_INLINE matrix predict_survival(const aft_model& model, const table_view& x, const column_view<double>& times, const numeric_column& stratum,
                                      const numeric_column& given, const execution& run) {
  const std::size_t n = x.rows();
  const std::vector<double> location = predict_location(model, x, run), log_scale = detail::row_log_scales(model, stratum, n);
  for (std::size_t k = 0; k < times.size(); ++k)
    if (!(times[k] >= 0)) throw invalid_input("times", "must be >= 0", times[k], k);
  if (!given.empty()) detail::require_length(given, "given", n);
  matrix out(n, times.size());
  parallel_chunks(chunking(n, 256, 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const double scale = std::exp(log_scale[i]), reached = given.empty() ? 0.0 : given[i];
      if (!(reached >= 0)) throw invalid_input("given", "must be >= 0", reached, i);
      const double before = given.empty() ? 1.0 : detail::aft_survival(model, location[i], scale, reached);
      for (std::size_t k = 0; k < times.size(); ++k)
        out(i, k) = detail::aft_survival(model, location[i], scale, reached + times[k]) / before;
    }
  });
  return out;
}

namespace detail {

/// Quantile of (log T - location) / scale, with its derivatives in Q and in the logit of the cured share.
struct standard_quantile {
  double z, by_shape = 0, by_logit = 0;
};

inline standard_quantile standard_quantile_of(const aft_model& model, double p) {
  constexpr double step = 1e-4;
  const double among_leavers = p / (1 - model.cured_share);
  if (among_leavers >= 1) return {infinity};
  const auto z = [&](double share, double shape) { return law_quantile(model.distribution, share, shape); };
  standard_quantile out{z(among_leavers, model.shape)};
  if (model.distribution == aft_distribution::generalized_gamma)
    out.by_shape = (z(among_leavers, model.shape + step) - z(among_leavers, model.shape - step)) / (2 * step);
  if (model.cure) {
    const double width = step * std::min(among_leavers, 1 - among_leavers);
    out.by_logit = (z(among_leavers + width, model.shape) - z(among_leavers - width, model.shape)) / (2 * width) * among_leavers * model.cured_share;
  }
  return out;
}

}  // namespace detail

TENURE_INLINE quantile_prediction predict_quantile(const aft_model& model, const table_view& x, const column_view<double>& p, const numeric_column& stratum) {
  const std::size_t n = x.rows(), cols = model.coef.size();
  const std::vector<double> location = predict_location(model, x), log_scale = detail::row_log_scales(model, stratum, n);
  const auto codes = detail::to_codes(stratum, "strata", n);
  const matrix design = encode(x, model.code);
  const bool scaled = model.distribution != aft_distribution::exponential, logged = model.distribution != aft_distribution::gaussian;
  const matrix& variance = model.variance();
  quantile_prediction out{matrix(n, p.size()), matrix(n, p.size())};
  for (std::size_t k = 0; k < p.size(); ++k) {
    if (!(p[k] > 0 && p[k] < 1)) throw invalid_input("p", "must be in (0, 1)", p[k], k);
    const detail::standard_quantile at = detail::standard_quantile_of(model, p[k]);
    for (std::size_t i = 0; i < n; ++i) {
      const double scale = std::exp(log_scale[i]), end = location[i] + scale * at.z;
      std::vector<double> direction(variance.rows(), 0.0);
      direction[0] = 1;
      for (std::size_t j = 1; j < cols; ++j)
        direction[j] = design(i, j - 1);
      if (scaled) direction[cols + (codes.empty() ? 0 : codes[i])] = scale * at.z;
      if (model.cure) direction.back() = scale * at.by_logit;
      if (model.distribution == aft_distribution::generalized_gamma) direction[direction.size() - 1 - model.cure] = scale * at.by_shape;
      const double spread = std::isfinite(at.z) ? std::sqrt(detail::quadratic(direction, variance)) : detail::infinity;
      out.time(i, k) = logged ? std::exp(end) : end;
      out.std_error(i, k) = logged ? out.time(i, k) * spread : spread;
    }
  }
  return out;
}

TENURE_INLINE std::vector<double> aft_deviance_residuals(const aft_model& model, const table_view& x, const interval_outcome& y,
                                                         const numeric_column& stratum) {
  if (model.distribution == aft_distribution::generalized_gamma || model.cure) throw not_supported("deviance residuals of this AFT model");
  const detail::aft_rows rows = detail::load_aft_rows(y, model.distribution != aft_distribution::gaussian, stratum);
  const std::vector<double> location = predict_location(model, x), log_scale = detail::row_log_scales(model, stratum, x.rows());
  if (rows.size() != location.size()) throw invalid_input("X", "must have one row a row of time");
  const bool extreme = model.distribution == aft_distribution::weibull || model.distribution == aft_distribution::exponential;
  const std::vector<numeric::column_block> none;
  const aft_options options{.distribution = model.distribution};
  const detail::aft_likelihood likelihood(rows, none, 0, 1, options, {});
  std::vector<double> out(rows.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double scale = std::exp(log_scale[i]);
    double best = 0;  // the most that any location gives this row
    if (rows.kind[i] == detail::censoring::exact) {
      best = detail::density_at(model.distribution, 0.0, 0.0).value - log_scale[i];
    } else if (rows.kind[i] == detail::censoring::interval) {
      const double width = (rows.high[i] - rows.low[i]) / scale;
      best = extreme ? std::log(-std::expm1(-std::exp(width))) - width / std::expm1(width)  // R's value, above the attainable one
                     : likelihood.row(i, 0.5 * (rows.low[i] + rows.high[i]), log_scale[i], 0.0).value;
    }
    const detail::row_terms terms = likelihood.row(i, location[i], log_scale[i], 0.0);
    out[i] = std::copysign(std::sqrt(std::max(0.0, 2 * (best - terms.value))), terms.u);
  }
  return out;
}

}  // namespace tenure::inline TENURE_ABI::survival
