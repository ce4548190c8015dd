#pragma once

#include <cmath>
#include <limits>

#include "tenure/numeric/distributions.hpp"
#include "tenure/value/fit_report-inl.hpp"
#include "tenure/value/gamma_gamma.hpp"
#include "tenure/value/purchases-inl.hpp"

namespace tenure::inline TENURE_ABI::value {

namespace detail {

inline derivatives<3> gamma_gamma_rows(const spend_summary& data, const std::array<double, 3>& parameters, std::size_t begin, std::size_t end) {
  const auto [p, q, gamma] = parameters;
  const double log_gamma = std::log(gamma), gq = numeric::log_gamma(q), dq = numeric::digamma(q), tq = numeric::trigamma(q);
  derivatives<3> sum;
  auto& g = sum.gradient;
  auto& h = sum.hessian;
  for (std::size_t first = begin, last; first < end; first = last) {
    const double x = data.frequency[first], n = p * x + q, log_x = std::log(x);
    double weight = 0;
    for (last = first; last < end && data.frequency[last] == x; ++last) {
      const double w = data.weight[last], m = data.mean[last], total = gamma + m * x, log_total = std::log(total), log_m = std::log(m), inverse = 1 / total;
      weight += w;
      sum.value += w * ((p * x - 1) * log_m - n * log_total);
      g[0] += w * x * (log_m - log_total);
      g[1] -= w * log_total;
      g[2] -= w * n * inverse;
      h[2][0] -= w * x * inverse;
      h[2][1] -= w * inverse;
      h[2][2] += w * n * inverse * inverse;
    }
    const double dn = numeric::digamma(n), tn = numeric::trigamma(n);
    sum.value += weight * (numeric::log_gamma(n) - numeric::log_gamma(p * x) - gq + q * log_gamma + p * x * log_x);
    g[0] += weight * x * (dn - numeric::digamma(p * x) + log_x);
    g[1] += weight * (dn - dq + log_gamma);
    g[2] += weight * q / gamma;
    h[0][0] += weight * x * x * (tn - numeric::trigamma(p * x));
    h[1][0] += weight * x * tn;
    h[1][1] += weight * (tn - tq);
    h[2][1] += weight / gamma;
    h[2][2] -= weight * q / (gamma * gamma);
  }
  return sum;
}

inline derivatives<3> gamma_gamma_derivatives(const spend_summary& data, const std::array<double, 3>& parameters, const execution& run) {
  return parallel_reduce(
      chunking(data.size(), 2048), run, derivatives<3>{},
      [&](derivatives<3>& part, std::size_t begin, std::size_t end) { part = gamma_gamma_rows(data, parameters, begin, end); },
      [](derivatives<3>& total, const derivatives<3>& part) { total.merge(part); });
}

/// Expected value of a future purchase, and its parameters by number.
struct gamma_gamma_view {
  double p, q, gamma;

  static constexpr std::size_t parameters = 3;
  explicit gamma_gamma_view(const gamma_gamma_model& m) : p(m.p), q(m.q), gamma(m.gamma) {}
  double& parameter(std::size_t k) { return k == 0 ? p : k == 1 ? q : gamma; }

  double spend(double x, double mean) const {
    const double total = p * x + q - 1;
    return total > 0 ? p * (gamma + (x > 0 ? mean * x : 0)) / total : std::numeric_limits<double>::infinity();
  }
};

inline void check_spend(double x, double mean, std::size_t row) {
  check_frequency(x, row);
  if (x > 0 && (!(mean >= 0) || std::isinf(mean)))
    throw invalid_input("monetary_value", "must be finite and >= 0 for a customer with repeat purchases", mean, row);
}

}  // namespace detail

TENURE_INLINE void gamma_gamma_model::check() const {
  for (const double x : {p, q, gamma})
    if (!std::isfinite(x)) throw bad_file("value.gamma_gamma: a parameter is not finite");
  if (fit.covariance.rows() != 3 || fit.covariance.cols() != 3) throw bad_file("value.gamma_gamma: the covariance must be 3 x 3");
}

TENURE_INLINE gamma_gamma_model fit_gamma_gamma(const spend_summary& data, const fit_options& options, const execution& run) {
  validate(options);
  gamma_gamma_model model;
  model.customers = data.customers();
  if (model.customers < 2) throw invalid_input("frequency", "at least two customers must have repeat purchases", model.customers);
  double mean = 0, fx = 0, mm = 0, ff = 0, fm = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    mean += data.weight[i] * data.mean[i] / model.customers;
    fx += data.weight[i] * data.frequency[i] / model.customers;
  }
  for (std::size_t i = 0; i < data.size(); ++i) {
    const double f = data.frequency[i] - fx, m = data.mean[i] - mean;
    mm += data.weight[i] * m * m;
    ff += data.weight[i] * f * f;
    fm += data.weight[i] * f * m;
  }
  model.frequency_correlation = mm > 0 && ff > 0 ? fm / std::sqrt(mm * ff) : 0;
  const std::array<double, 3> start{std::log(2.0), std::log(3.0), std::log(mean)};
  const std::array<const char*, 3> names{"p", "q", "gamma"};
  const auto best = detail::maximise_positive<3>([&](const auto& parameters) { return detail::gamma_gamma_derivatives(data, parameters, run); }, start,
                                                 model.customers, names, options, model.fit);
  model.p = best[0];
  model.q = best[1];
  model.gamma = best[2];
  return model;
}

TENURE_INLINE double log_likelihood(const gamma_gamma_model& m, const spend_summary& data) {
  return detail::gamma_gamma_derivatives(data, {m.p, m.q, m.gamma}, {}).value;
}

TENURE_INLINE std::vector<double> expected_spend(const gamma_gamma_model& model, numeric_column frequency, numeric_column mean) {
  if (mean.size() != frequency.size()) throw invalid_input("monetary_value", "must have as many values as frequency");
  std::vector<double> result(frequency.size());
  const detail::gamma_gamma_view view(model);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const double x = frequency[i], m = mean[i];
    detail::check_spend(x, m, i);
    result[i] = view.spend(x, m);
  }
  return result;
}

}  // namespace tenure::inline TENURE_ABI::value
