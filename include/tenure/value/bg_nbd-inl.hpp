#pragma once

#include <cmath>

#include "tenure/numeric/distributions.hpp"
#include "tenure/value/bg_nbd.hpp"
#include "tenure/value/customers-inl.hpp"
#include "tenure/value/fit_report-inl.hpp"
#include "tenure/value/hypergeometric-inl.hpp"

namespace tenure::inline TENURE_ABI::value {

namespace detail {

/// The log-likelihood of rows [begin, end) and its derivatives by r, alpha, a, b. Rows are sorted by frequency, so that gamma functions are
/// computed once a frequency. With j chances to leave, a customer's likelihood is A exp(l)(1 + exp(d)): l for being alive, l + d for having left.
inline derivatives<4> bg_nbd_rows(const purchase_summary& data, bool modified, const std::array<double, 4>& parameters, std::size_t begin, std::size_t end) {
  const auto [r, alpha, a, b] = parameters;
  const double log_alpha = std::log(alpha), log_a = std::log(a);
  const double gr = numeric::log_gamma(r), dr = numeric::digamma(r), tr = numeric::trigamma(r);
  const double gb = numeric::log_gamma(b), db = numeric::digamma(b), tb = numeric::trigamma(b);
  const double gab = numeric::log_gamma(a + b), dab = numeric::digamma(a + b), tab = numeric::trigamma(a + b);
  derivatives<4> sum;
  auto& g = sum.gradient;
  auto& h = sum.hessian;
  for (std::size_t first = begin, last; first < end; first = last) {
    const double x = data.frequency[first], j = x + (modified ? 1 : 0), n = r + x;
    const double log_leave = j > 0 ? log_a - std::log(b + j - 1) : 0;
    const double inverse_b = j > 0 ? 1 / (b + j - 1) : 0;
    double weight = 0;
    for (last = first; last < end && data.frequency[last] == x; ++last) {
      const double w = data.weight[last], to_now = alpha + data.age[last], log_now = std::log(to_now), i1 = 1 / to_now;
      weight += w;
      double value = -n * log_now, g0 = -log_now, g1 = -n * i1, h01 = -i1, h11 = n * i1 * i1;
      if (j > 0) {
        const double to_last = alpha + data.recency[last], i2 = 1 / to_last, gap = std::log1p((to_now - to_last) * i2);
        const double d = log_leave + n * gap, e = std::exp(-std::abs(d));
        const double left = d > 0 ? 1 / (1 + e) : e / (1 + e), both = e / ((1 + e) * (1 + e));
        const double d0 = gap, d1 = n * (i1 - i2), d2 = 1 / a, d3 = -inverse_b;
        value += (d > 0 ? d : 0) + std::log1p(e);
        g0 += left * d0;
        g1 += left * d1;
        g[2] += w * left * d2;
        g[3] += w * left * d3;
        h01 += left * (i1 - i2) + both * d0 * d1;
        h11 += left * n * (i2 * i2 - i1 * i1) + both * d1 * d1;
        h[0][0] += w * both * d0 * d0;
        h[2][0] += w * both * d0 * d2;
        h[2][1] += w * both * d1 * d2;
        h[2][2] += w * (both - left) * d2 * d2;
        h[3][0] += w * both * d0 * d3;
        h[3][1] += w * both * d1 * d3;
        h[3][2] += w * both * d2 * d3;
        h[3][3] += w * (both + left) * d3 * d3;
      }
      sum.value += w * value;
      g[0] += w * g0;
      g[1] += w * g1;
      h[1][0] += w * h01;
      h[1][1] += w * h11;
    }
    const double dabj = numeric::digamma(a + b + j), tabj = numeric::trigamma(a + b + j);
    sum.value += weight * (numeric::log_gamma(n) - gr + r * log_alpha + numeric::log_gamma(b + j) - gb + gab - numeric::log_gamma(a + b + j));
    g[0] += weight * (numeric::digamma(n) - dr + log_alpha);
    g[1] += weight * r / alpha;
    g[2] += weight * (dab - dabj);
    g[3] += weight * (numeric::digamma(b + j) - db + dab - dabj);
    h[0][0] += weight * (numeric::trigamma(n) - tr);
    h[1][0] += weight / alpha;
    h[1][1] -= weight * r / (alpha * alpha);
    h[2][2] += weight * (tab - tabj);
    h[3][2] += weight * (tab - tabj);
    h[3][3] += weight * (numeric::trigamma(b + j) - tb + tab - tabj);
  }
  return sum;
}

inline derivatives<4> bg_nbd_derivatives(const purchase_summary& data, bool modified, const std::array<double, 4>& parameters, const execution& run) {
  return parallel_reduce(
      chunking(data.size(), 2048), run, derivatives<4>{},
      [&](derivatives<4>& part, std::size_t begin, std::size_t end) { part = bg_nbd_rows(data, modified, parameters, begin, end); },
      [](derivatives<4>& total, const derivatives<4>& part) { total.merge(part); });
}

/// Where the search starts. Throws when nobody bought again.
inline std::array<double, 4> bg_nbd_start(const purchase_summary& data) { return {0, std::log(time_per_purchase(data)), 0, std::log(3.0)}; }

/// What a BG/NBD model says about one customer.
struct bg_nbd_view {
  bool modified;
  double r, alpha, a, b;

  static constexpr std::size_t parameters = 4;
  explicit bg_nbd_view(const bg_nbd_model& m) : modified(m.modified), r(m.r), alpha(m.alpha), a(m.a), b(m.b) {}
  static covariate_layout<4> layout(const bg_nbd_model& m) {
    const std::size_t p = m.covariates.purchase.width(), q = m.covariates.dropout.width();
    return {{"r", "alpha", "a", "b"}, {{1, 0, p, -1}, {2, p, q, 1}, {3, p, q, 1}}};
  }
  double& parameter(std::size_t k) { return k == 0 ? r : k == 1 ? alpha : k == 2 ? a : b; }

  double chances(double x) const { return x + (modified ? 1 : 0); }

  double alive(double x, double recency, double age) const {
    const double j = chances(x);
    if (j == 0) return 1;
    return 1 / (1 + std::exp(std::log(a / (b + j - 1)) + (r + x) * std::log1p((age - recency) / (alpha + recency))));
  }

  /// Expected purchases within `horizon` of a customer who is alive.
  double if_alive(double x, double age, double horizon) const {
    if (horizon == 0) return 0;
    if (std::abs(a - 1) > 1e-4) return formula(x, age, horizon, a);
    // The formula is 0 / 0 at a = 1: cubic interpolation between four points around it.
    constexpr double h = 1e-3;
    constexpr std::array<double, 4> points{-2, -1, 1, 2};
    double result = 0;
    for (const double at : points) {
      double share = 1;
      for (const double other : points)
        if (other != at) share *= ((a - 1) / h - other) / (at - other);
      result += share * formula(x, age, horizon, 1 + at * h);
    }
    return result;
  }

 private:
  double formula(double x, double age, double horizon, double leave) const {
    const double c = leave + b + chances(x) - 1, p = c - r - x, q = leave - 1, z = horizon / (alpha + age + horizon);
    return (c - std::exp(q * std::log1p(-z)) * scaled_2f1(p, q, c, z)) / q;
  }
  /// c 2F1(p, q; c; z) for c > -1, through its neighbours (DLMF 15.5.18) where c is near its pole at 0.
  static double scaled_2f1(double p, double q, double c, double z) {
    if (c > 0.5) return c * hypergeometric_2f1(p, q, c, z);
    const double near = hypergeometric_2f1(p, q, c + 1, z), far = hypergeometric_2f1(p, q, c + 2, z);
    return (c - (2 * c + 1 - p - q) * z) / (1 - z) * near + (c + 1 - p) * (c + 1 - q) * z / ((c + 1) * (1 - z)) * far;
  }
};

}  // namespace detail

TENURE_INLINE void bg_nbd_model::check() const {
  for (const double x : {r, alpha, a, b})
    if (!std::isfinite(x)) throw bad_file("value.bg_nbd: a parameter is not finite");
  detail::bg_nbd_view::layout(*this).check(kind, covariates, fit);
}

TENURE_INLINE bg_nbd_model fit_bg_nbd(const purchase_summary& data, const bg_nbd_options& options, const execution& run) {
  validate(options);
  const auto start = detail::bg_nbd_start(data);
  const double customers = data.customers();
  bg_nbd_model model;
  model.modified = options.modified;
  model.customers = customers;
  const std::array<const char*, 4> names{"r", "alpha", "a", "b"};
  const auto best = detail::maximise_positive<4>([&](const auto& parameters) { return detail::bg_nbd_derivatives(data, options.modified, parameters, run); },
                                                 start, customers, names, options, model.fit);
  model.r = best[0];
  model.alpha = best[1];
  model.a = best[2];
  model.b = best[3];
  return model;
}

TENURE_INLINE bg_nbd_model fit_bg_nbd(const covariate_summary& data, const bg_nbd_options& options, const execution& run) {
  if (data.rows.size() == 0) throw invalid_input("frequency", "nobody bought again; there is nothing to estimate");
  const auto weights = detail::profile_weights(data.rows.weight, data.first);
  const detail::scaled_profiles scaled(data.profiles, weights, data.purchase, data.dropout);
  bg_nbd_model model = fit_bg_nbd(data.rows, options, run);
  model.covariates = {data.purchase, data.dropout, {}, model.fit.log_likelihood};
  const auto start =
      model.fit.converged ? std::array{std::log(model.r), std::log(model.alpha), std::log(model.a), std::log(model.b)} : detail::bg_nbd_start(data.rows);
  const auto found = detail::fit_with_covariates(detail::bg_nbd_view::layout(model), scaled, data.first, start, model.customers, 2048, model.covariates,
                                                 options, model.fit, run, [&](const std::array<double, 4>& parameters, std::size_t begin, std::size_t end) {
                                                   return detail::bg_nbd_rows(data.rows, model.modified, parameters, begin, end);
                                                 });
  model.r = found.parameters[0];
  model.alpha = found.parameters[1];
  model.a = found.parameters[2];
  model.b = found.parameters[3];
  model.covariates.coef = found.coef;
  return model;
}

TENURE_INLINE std::vector<coefficient> coefficients(const bg_nbd_model& m) { return detail::bg_nbd_view::layout(m).coefficients_of(m.covariates, m.fit); }

TENURE_INLINE double log_likelihood(const bg_nbd_model& model, const covariate_summary& data) {
  return detail::covariate_log_likelihood<4>(detail::bg_nbd_view::layout(model), {model.r, model.alpha, model.a, model.b}, model.covariates, data,
                                             [&](const std::array<double, 4>& parameters, std::size_t begin, std::size_t end) {
                                               return detail::bg_nbd_rows(data.rows, model.modified, parameters, begin, end);
                                             });
}

TENURE_INLINE double log_likelihood(const bg_nbd_model& m, const purchase_summary& data) {
  if (!m.covariates.empty()) throw invalid_input("covariates", "are missing: the model was fitted with them");
  return detail::bg_nbd_derivatives(data, m.modified, {m.r, m.alpha, m.a, m.b}, {}).value;
}

TENURE_INLINE std::vector<double> probability_alive(const bg_nbd_model& model, numeric_column frequency, numeric_column recency, numeric_column age,
                                                    const customer_covariates& covariates) {
  const detail::customers who(frequency, recency, age, model.covariates, covariates);
  return who.alive(who.views<detail::bg_nbd_view>(model));
}

TENURE_INLINE std::vector<double> expected_purchases(const bg_nbd_model& model, numeric_column frequency, numeric_column recency, numeric_column age,
                                                     double horizon, const customer_covariates& covariates, const execution& run) {
  const detail::customers who(frequency, recency, age, model.covariates, covariates);
  return who.expected(who.views<detail::bg_nbd_view>(model), horizon, run);
}

}  // namespace tenure::inline TENURE_ABI::value
