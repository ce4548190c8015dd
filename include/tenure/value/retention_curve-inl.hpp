#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "tenure/numeric/distributions.hpp"
#include "tenure/value/covariate_fit-inl.hpp"
#include "tenure/value/retention_curve.hpp"

namespace tenure::inline TENURE_ABI::value {

namespace detail {

/// log S(t) and its derivatives by alpha, beta, c. With u = t^c: S = B(alpha, beta + u) / B(alpha, beta).
struct log_survival {
  double value = 0;
  std::array<double, 3> g{};
  std::array<std::array<double, 3>, 3> h{};

  log_survival(double alpha, double beta, double c, double t) {
    if (t == 0) return;
    const double u = std::pow(t, c), lt = std::log(t), du = u * lt, ddu = du * lt, all = alpha + beta;
    value = numeric::log_gamma(beta + u) - numeric::log_gamma(all + u) + numeric::log_gamma(all) - numeric::log_gamma(beta);
    const double d1 = numeric::digamma(beta + u), d2 = numeric::digamma(all + u), d3 = numeric::digamma(all), d4 = numeric::digamma(beta);
    const double t1 = numeric::trigamma(beta + u), t2 = numeric::trigamma(all + u), t3 = numeric::trigamma(all), t4 = numeric::trigamma(beta);
    g = {d3 - d2, d1 - d2 + d3 - d4, (d1 - d2) * du};
    h[0][0] = h[1][0] = t3 - t2;
    h[1][1] = t1 - t2 + t3 - t4;
    h[2][0] = -t2 * du;
    h[2][1] = (t1 - t2) * du;
    h[2][2] = (t1 - t2) * du * du + (d1 - d2) * ddu;
  }
};

/// Adds `lost` customers lost between `before` and `after`.
template <std::size_t K>
void add_lost(derivatives<K>& sum, double lost, const log_survival& before, const log_survival& after) {
  if (!(lost > 0)) return;
  // log(S(t - 1) - S(t)) with shares before / after of that difference
  const double ratio = std::exp(after.value - before.value), left = 1 / (1 - ratio), kept = left * ratio;
  sum.value += lost * (before.value - std::log(left));
  std::array<double, K> g;
  for (std::size_t i = 0; i < K; ++i) {
    g[i] = left * before.g[i] - kept * after.g[i];
    sum.gradient[i] += lost * g[i];
    for (std::size_t j = 0; j <= i; ++j)
      sum.hessian[i][j] += lost * (left * (before.h[i][j] + before.g[i] * before.g[j]) - kept * (after.h[i][j] + after.g[i] * after.g[j]) - g[i] * g[j]);
  }
}

/// Adds `active` customers last seen at `seen`.
template <std::size_t K>
void add_active(derivatives<K>& sum, double active, const log_survival& seen) {
  if (!(active > 0)) return;
  sum.value += active * seen.value;
  for (std::size_t i = 0; i < K; ++i) {
    sum.gradient[i] += active * seen.g[i];
    for (std::size_t j = 0; j <= i; ++j)
      sum.hessian[i][j] += active * seen.h[i][j];
  }
}

template <std::size_t K>
derivatives<K> retention_derivatives(const renewal_counts& data, const std::array<double, K>& parameters) {
  const double alpha = parameters[0], beta = parameters[1];
  double c = 1;
  if constexpr (K == 3) c = parameters[2];
  derivatives<K> sum;
  log_survival before(alpha, beta, c, 0);
  const std::size_t periods = std::max(data.lost.size(), data.active.size());
  for (std::size_t k = 0; k < periods; ++k) {
    const log_survival after(alpha, beta, c, static_cast<double>(k + 1));
    add_lost(sum, k < data.lost.size() ? data.lost[k] : 0, before, after);
    add_active(sum, k < data.active.size() ? data.active[k] : 0, after);
    before = after;
  }
  return sum;
}

/// Rows [begin, end) of one profile.
template <std::size_t K>
derivatives<K> retention_rows(const covariate_renewals& data, const std::array<double, K>& parameters, std::size_t begin, std::size_t end) {
  const double alpha = parameters[0], beta = parameters[1];
  double c = 1;
  if constexpr (K == 3) c = parameters[2];
  derivatives<K> sum;
  for (std::size_t i = begin; i < end; ++i) {
    const log_survival before(alpha, beta, c, data.period[i]);
    if (data.lost[i] > 0) add_lost(sum, data.lost[i], before, log_survival(alpha, beta, c, data.period[i] + 1));
    add_active(sum, data.active[i], before);
  }
  return sum;
}

/// S(t) / S(t - 1), t >= 1, without cancellation.
inline double retention_at(const retention_model& m, double t) {
  if (m.c == 1) return (m.beta + t - 1) / (m.alpha + m.beta + t - 1);
  return std::exp(log_survival(m.alpha, m.beta, m.c, t).value - log_survival(m.alpha, m.beta, m.c, t - 1).value);
}

/// Where the search for log beta starts; those for log alpha and log c start at 0.
inline double retention_start(const renewal_counts& data) {
  const double first = std::clamp(data.lost[0] / data.customers(), 0.01, 0.99);
  return std::log((1 - first) / first);
}

template <std::size_t K>
covariate_layout<K> retention_layout(const retention_model& m) {
  const std::size_t p = m.covariates.dropout.width();
  if constexpr (K == 2)
    return {{"alpha", "beta"}, {{0, 0, p, 1}, {1, 0, p, 1}}};
  else
    return {{"alpha", "beta", "c"}, {{0, 0, p, 1}, {1, 0, p, 1}}};
}

inline std::vector<double> residual_renewals_by_profile(const retention_model& m, numeric_column tenure, const residual_options& options,
                                                        const table_view& covariates);

inline void check_renewals(double periods, double churned, std::size_t row) {
  if (!(periods >= 0 && periods <= 1e6) || periods != std::floor(periods))
    throw invalid_input("periods", "must be a whole number in [0, 1000000]", periods, row);
  if (std::isnan(churned)) throw invalid_input("churned", "must not be missing", churned, row);
}

inline void grow(std::vector<double>& v, std::size_t size) {
  if (v.size() < size) v.resize(size);
}

}  // namespace detail

TENURE_INLINE void renewal_counts::add(numeric_column periods, numeric_column churned) {
  if (churned.size() != periods.size()) throw invalid_input("churned", "must have as many values as periods");
  for (std::size_t i = 0; i < periods.size(); ++i) {
    const double t = periods[i], gone = churned[i];
    detail::check_renewals(t, gone, i);
    const auto k = static_cast<std::size_t>(t);
    if (gone != 0) {
      detail::grow(lost, k + 1);
      ++lost[k];
    } else if (k > 0) {
      detail::grow(active, k);
      ++active[k - 1];
    }
  }
}

TENURE_INLINE void renewal_counts::add_cohort(const std::vector<double>& customers) {
  if (customers.size() < 2) throw invalid_input("customers", "must count at least two periods", static_cast<double>(customers.size()));
  for (std::size_t k = 0; k < customers.size(); ++k) {
    if (!(customers[k] >= 0) || std::isinf(customers[k])) throw invalid_input("customers", "must be finite and >= 0", customers[k], k);
    if (k > 0 && customers[k] > customers[k - 1]) throw invalid_input("customers", "must not rise: nobody joins a cohort later", customers[k], k);
  }
  const std::size_t periods = customers.size() - 1;
  detail::grow(lost, periods);
  detail::grow(active, periods);
  for (std::size_t k = 0; k < periods; ++k)
    lost[k] += customers[k] - customers[k + 1];
  active[periods - 1] += customers[periods];
}

TENURE_INLINE void renewal_counts::merge(const renewal_counts& other) {
  detail::grow(lost, other.lost.size());
  detail::grow(active, other.active.size());
  for (std::size_t k = 0; k < other.lost.size(); ++k)
    lost[k] += other.lost[k];
  for (std::size_t k = 0; k < other.active.size(); ++k)
    active[k] += other.active[k];
}

TENURE_INLINE double renewal_counts::customers() const {
  double n = 0;
  for (const double x : lost)
    n += x;
  for (const double x : active)
    n += x;
  return n;
}

TENURE_INLINE void retention_model::check() const {
  for (const double x : {alpha, beta, c})
    if (!std::isfinite(x)) throw bad_file("value.retention: a parameter is not finite");
  if (!duration_dependence && c != 1) throw bad_file("value.retention: c must be 1 without duration dependence");
  if (!covariates.purchase.columns.empty()) throw bad_file("value.retention: it has no purchase covariates");
  const std::size_t k = duration_dependence ? 3 : 2;
  detail::retention_layout<2>(*this).check(kind, k, covariates, fit);
}

TENURE_INLINE retention_model fit_retention(const renewal_counts& data, const retention_options& options) {
  validate(options);
  retention_model model;
  model.customers = data.customers();
  model.duration_dependence = options.duration_dependence;
  double gone = 0;
  for (const double x : data.lost)
    gone += x;
  if (!(gone > 0)) throw invalid_input("customers", "nobody was lost; there is nothing to estimate");
  if (data.lost[0] == model.customers) throw invalid_input("customers", "everybody was lost in the first period; there is nothing to estimate");
  const double start_beta = detail::retention_start(data);
  if (options.duration_dependence) {
    const auto best = detail::maximise_positive<3>([&](const auto& p) { return detail::retention_derivatives<3>(data, p); }, {0, start_beta, 0},
                                                   model.customers, {"alpha", "beta", "c"}, options, model.fit);
    model.alpha = best[0], model.beta = best[1], model.c = best[2];
  } else {
    const auto best = detail::maximise_positive<2>([&](const auto& p) { return detail::retention_derivatives<2>(data, p); }, {0, start_beta}, model.customers,
                                                   {"alpha", "beta"}, options, model.fit);
    model.alpha = best[0], model.beta = best[1];
  }
  return model;
}

TENURE_INLINE double log_likelihood(const retention_model& m, const renewal_counts& data) {
  if (!m.covariates.empty()) throw invalid_input("covariates", "are missing: the model was fitted with them");
  return detail::retention_derivatives<3>(data, {m.alpha, m.beta, m.c}).value;
}

TENURE_INLINE survival_curve predict_survival(const retention_model& m, std::size_t periods, double level) {
  if (!strictly_between(0, 1).contains(level)) throw invalid_input("level", strictly_between(0, 1).rule(), level);
  const double z = numeric::two_sided_z(level);
  if (!m.covariates.empty()) throw invalid_input("covariates", "are missing: the model was fitted with them");
  const std::size_t k = m.fit.covariance.rows();
  const std::array<double, 3> parameters{m.alpha, m.beta, m.c};
  survival_curve curve;
  for (std::size_t t = 0; t <= periods; ++t) {
    const detail::log_survival s(m.alpha, m.beta, m.c, static_cast<double>(t));
    const double survival = std::exp(s.value);
    double variance = 0;
    for (std::size_t i = 0; i < k; ++i)
      for (std::size_t j = 0; j < k; ++j)
        variance += s.g[i] * parameters[i] * m.fit.covariance(i, j) * s.g[j] * parameters[j];
    const double factor = t > 0 ? std::exp(z * std::sqrt(variance) / -s.value) : 1;  // of -log S
    curve.survival.push_back(survival);
    curve.lower.push_back(std::exp(s.value * factor));
    curve.upper.push_back(std::exp(s.value / factor));
    curve.retention.push_back(t > 0 ? detail::retention_at(m, static_cast<double>(t)) : std::numeric_limits<double>::quiet_NaN());
  }
  return curve;
}

TENURE_INLINE std::vector<double> residual_renewals(const retention_model& m, numeric_column tenure, const residual_options& options,
                                                    const table_view& covariates) {
  if (!m.covariates.empty() || covariates.cols() > 0) return detail::residual_renewals_by_profile(m, tenure, options, covariates);
  validate(options);
  double longest = 0;
  for (std::size_t i = 0; i < tenure.size(); ++i) {
    const double t = tenure[i];
    if (!(t >= 0 && t <= 1e6) || t != std::floor(t)) throw invalid_input("tenure", "must be a whole number in [0, 1000000]", t, i);
    longest = std::max(longest, t);
  }
  if (options.horizon == 0 && !(options.discount_rate > 0)) throw invalid_input("discount_rate", "must be > 0 when there is no horizon", options.discount_rate);
  const auto wanted = static_cast<std::size_t>(longest) + 1;
  const double keep = 1 / (1 + options.discount_rate);
  std::vector<double> by_tenure(wanted);
  if (options.horizon == 0) {
    const auto ahead = static_cast<std::size_t>(std::min(5e7, std::ceil(37 / -std::log(keep))));  // exp(-37) of what is left
    double rest = 0;
    for (std::size_t t = wanted + ahead; t-- > 0;) {
      rest = detail::retention_at(m, static_cast<double>(t + 1)) * (1 + keep * rest);
      if (t < wanted) by_tenure[t] = rest;
    }
  } else {
    const auto ahead = static_cast<std::size_t>(options.horizon);
    std::vector<char> needed(wanted);
    for (std::size_t i = 0; i < tenure.size(); ++i)
      needed[static_cast<std::size_t>(tenure[i])] = 1;
    std::vector<double> retention(wanted + ahead);
    for (std::size_t t = 0; t < retention.size(); ++t)
      retention[t] = detail::retention_at(m, static_cast<double>(t + 1));
    for (std::size_t n = 0; n < wanted; ++n) {
      if (!needed[n]) continue;
      double rest = 0;
      for (std::size_t k = ahead; k-- > 0;)
        rest = retention[n + k] * (1 + keep * rest);
      by_tenure[n] = rest;
    }
  }
  std::vector<double> result(tenure.size());
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = by_tenure[static_cast<std::size_t>(tenure[i])];
  return result;
}

}  // namespace tenure::inline TENURE_ABI::value
