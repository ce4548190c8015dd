#pragma once

#include <cmath>

#include "tenure/numeric/distributions.hpp"
#include "tenure/numeric/elementary.hpp"
#include "tenure/value/customers-inl.hpp"
#include "tenure/value/fit_report-inl.hpp"
#include "tenure/value/pareto_nbd.hpp"

namespace tenure::inline TENURE_ABI::value {

namespace detail {

/// The upper half of the Gauss-Legendre nodes on [-1, 1] and the logarithms of their weights.
template <std::size_t N>
struct legendre_rule {
  std::array<double, N> nodes, log_weights;
};
inline constexpr legendre_rule<8> legendre_16{{0.09501250983763744, 0.2816035507792589, 0.45801677765722737, 0.6178762444026438, 0.755404408355003,
                                               0.8656312023878318, 0.9445750230732326, 0.9894009349916499},
                                              {-1.6636269192737427, -1.700438608669082, -1.776930842405315, -1.8998170265246452, -2.082414185566639,
                                               -2.3522112338284447, -2.776540135783384, -3.6062876506365718}};
inline constexpr legendre_rule<16> legendre_32{
    {0.04830766568773832, 0.1444719615827965, 0.23928736225213706, 0.33186860228212767, 0.42135127613063533, 0.5068999089322294, 0.5877157572407623,
     0.6630442669302152, 0.7321821187402897, 0.7944837959679424, 0.84936761373257, 0.8963211557660521, 0.9349060759377397, 0.9647622555875064,
     0.9856115115452684, 0.9972638618494816},
    {-2.3377969318791956, -2.3471775191742132, -2.366117197210483, -2.3949868407368724, -2.434379788785291, -2.4851635920714807, -2.548563693466504,
     -2.6262979601604264, -2.720797765505981, -2.8355865687925133, -2.975967700660769, -3.1503787891021764, -3.3733722294882638, -3.67331854316051,
     -4.118162281692396, -4.9591900848988555}};

/// A customer's likelihood is A times a sum of terms: one for being alive now, and the integral over the time tau of leaving,
/// s (alpha + tau)^-(r + x) (beta + tau)^-(s + 1) from the last purchase to now, as a sum over nodes. In v = log((m + tau)/(m + recency)),
/// m = min(alpha, beta), the integrand is log-concave with singularities at least pi off the axis, so that 32 nodes (16 where it varies
/// little) reach 1e-12.
struct leaving_terms {
  static constexpr std::size_t most = 33;
  std::array<double, most> log_alpha_tau, log_beta_tau, alpha_tau, beta_tau, share;  // term 0: alive; `share` of the sum
  std::size_t count = 1;
  double log_sum;

  leaving_terms(double r, double alpha, double s, double beta, double x, double recency, double age) {
    alpha_tau[0] = alpha + age;
    beta_tau[0] = beta + age;
    log_alpha_tau[0] = std::log(alpha_tau[0]);
    log_beta_tau[0] = std::log(beta_tau[0]);
    share[0] = -(r + x) * log_alpha_tau[0] - s * log_beta_tau[0];
    if (age > recency) add_nodes(r + x, alpha, s, beta, recency, age);
    double top = share[0], sum = 0;
    for (std::size_t k = 1; k < count; ++k)
      top = std::max(top, share[k]);
    for (std::size_t k = 0; k < count; ++k)
      share[k] -= top;
    numeric::exp_block(share.data(), count, share.data());
    for (std::size_t k = 0; k < count; ++k)
      sum += share[k];
    for (std::size_t k = 0; k < count; ++k)
      share[k] /= sum;
    log_sum = top + std::log(sum);
  }

 private:
  void add_nodes(double n, double alpha, double s, double beta, double recency, double age) {
    const bool alpha_first = alpha <= beta;
    const double from = std::min(alpha, beta) + recency, other = std::abs(alpha - beta);  // the larger of alpha, beta is the smaller + other
    const double own = alpha_first ? n - 1 : s, cross = alpha_first ? s + 1 : n;          // exponents of the two factors, with the Jacobian
    const auto falls = [&](double v) { return own * v + cross * std::log((from * std::exp(v) + other) / (from + other)); };
    double width = std::log1p((age - recency) / from), depth = falls(width);
    constexpr double deepest = 40;  // the rest is below exp(-40) of the integrand
    for (int i = 0; i < 60 && depth > deepest + 1e-3; ++i) {
      const double e = from * std::exp(width);
      width -= (depth - deepest) / (own + cross * e / (e + other));
      depth = falls(width);
    }
    std::array<double, most> v, growth;
    if (width <= 4 && depth <= 18)
      place(legendre_16, width, v);
    else
      place(legendre_32, width, v);
    numeric::exp_block(v.data() + 1, count - 1, growth.data() + 1);
    const double log_from = std::log(from), scale = std::log(0.5 * s * width);
    auto& near = alpha_first ? alpha_tau : beta_tau;
    auto& far = alpha_first ? beta_tau : alpha_tau;
    auto& log_near = alpha_first ? log_alpha_tau : log_beta_tau;
    auto& log_far = alpha_first ? log_beta_tau : log_alpha_tau;
    for (std::size_t k = 1; k < count; ++k) {
      near[k] = from * growth[k];
      far[k] = near[k] + other;
      log_near[k] = log_from + v[k];
      log_far[k] = std::log(far[k]);
      share[k] += scale - own * log_near[k] - cross * log_far[k];
    }
  }
  /// The nodes on [0, width], and the logarithms of their weights as shares.
  template <std::size_t N>
  void place(const legendre_rule<N>& rule, double width, std::array<double, most>& v) {
    for (std::size_t k = 0; k < N; ++k)
      for (const double node : {rule.nodes[k], -rule.nodes[k]}) {
        v[count] = 0.5 * width * (1 + node);
        share[count++] = rule.log_weights[k];
      }
  }
};

inline derivatives<4> pareto_nbd_rows(const purchase_summary& data, const std::array<double, 4>& parameters, std::size_t begin, std::size_t end) {
  const auto [r, alpha, s, beta] = parameters;
  const double gr = numeric::log_gamma(r), dr = numeric::digamma(r), tr = numeric::trigamma(r), log_alpha = std::log(alpha), log_beta = std::log(beta);
  derivatives<4> sum;
  double x_before = -1, gn = 0, dn = 0, tn = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const double x = data.frequency[i], n = r + x, w = data.weight[i];
    if (x != x_before) {
      gn = numeric::log_gamma(n);
      dn = numeric::digamma(n);
      tn = numeric::trigamma(n);
      x_before = x;
    }
    const leaving_terms terms(r, alpha, s, beta, x, data.recency[i], data.age[i]);
    std::array<double, 4> mean{};
    std::array<std::array<double, 4>, 4> second{};  // of the terms' derivatives: expectation of h + g g'
    for (std::size_t k = 0; k < terms.count; ++k) {
      const double p = terms.share[k], ia = 1 / terms.alpha_tau[k], ib = 1 / terms.beta_tau[k], left = k > 0 ? 1 : 0;
      const std::array<double, 4> g{-terms.log_alpha_tau[k], -n * ia, left / s - terms.log_beta_tau[k], -(s + left) * ib};
      for (std::size_t a = 0; a < 4; ++a) {
        mean[a] += p * g[a];
        for (std::size_t b = 0; b <= a; ++b)
          second[a][b] += p * g[a] * g[b];
      }
      second[1][0] -= p * ia;
      second[1][1] += p * n * ia * ia;
      second[2][2] -= p * left / (s * s);
      second[3][2] -= p * ib;
      second[3][3] += p * (s + left) * ib * ib;
    }
    sum.value += w * (gn - gr + r * log_alpha + s * log_beta + terms.log_sum);
    for (std::size_t a = 0; a < 4; ++a) {
      sum.gradient[a] += w * mean[a];
      for (std::size_t b = 0; b <= a; ++b)
        sum.hessian[a][b] += w * (second[a][b] - mean[a] * mean[b]);
    }
    sum.gradient[0] += w * (dn - dr + log_alpha);
    sum.gradient[1] += w * r / alpha;
    sum.gradient[2] += w * log_beta;
    sum.gradient[3] += w * s / beta;
    sum.hessian[0][0] += w * (tn - tr);
    sum.hessian[1][0] += w / alpha;
    sum.hessian[1][1] -= w * r / (alpha * alpha);
    sum.hessian[3][2] += w / beta;
    sum.hessian[3][3] -= w * s / (beta * beta);
  }
  return sum;
}

inline derivatives<4> pareto_nbd_derivatives(const purchase_summary& data, const std::array<double, 4>& parameters, const execution& run) {
  return parallel_reduce(
      chunking(data.size(), 128), run, derivatives<4>{},
      [&](derivatives<4>& part, std::size_t begin, std::size_t end) { part = pareto_nbd_rows(data, parameters, begin, end); },
      [](derivatives<4>& total, const derivatives<4>& part) { total.merge(part); });
}

/// Where the search starts. Throws when nobody bought again.
inline std::array<double, 4> pareto_nbd_start(const purchase_summary& data) {
  double age = 0;
  for (std::size_t i = 0; i < data.size(); ++i)
    age += data.weight[i] * data.age[i];
  return {0, std::log(time_per_purchase(data)), 0, std::log(age / data.customers())};
}

/// What a Pareto/NBD model says about one customer.
struct pareto_nbd_view {
  double r, alpha, s, beta;

  static constexpr std::size_t parameters = 4;
  explicit pareto_nbd_view(const pareto_nbd_model& m) : r(m.r), alpha(m.alpha), s(m.s), beta(m.beta) {}
  static covariate_layout<4> layout(const pareto_nbd_model& m) {
    const std::size_t p = m.covariates.purchase.width(), q = m.covariates.dropout.width();
    return {{"r", "alpha", "s", "beta"}, {{1, 0, p, -1}, {3, p, q, -1}}};
  }
  double& parameter(std::size_t k) { return k == 0 ? r : k == 1 ? alpha : k == 2 ? s : beta; }

  double alive(double x, double recency, double age) const { return leaving_terms(r, alpha, s, beta, x, recency, age).share[0]; }

  double if_alive(double x, double age, double horizon) const {
    const double ratio = -std::log1p(horizon / (beta + age));  // log((beta + T)/(beta + T + t))
    const double q = s - 1, share = std::abs(q * ratio) < 1e-12 ? -ratio : -std::expm1(q * ratio) / q;
    return (r + x) * (beta + age) / (alpha + age) * share;
  }
};

}  // namespace detail

TENURE_INLINE void pareto_nbd_model::check() const {
  for (const double x : {r, alpha, s, beta})
    if (!std::isfinite(x)) throw bad_file("value.pareto_nbd: a parameter is not finite");
  detail::pareto_nbd_view::layout(*this).check(kind, covariates, fit);
}

TENURE_INLINE pareto_nbd_model fit_pareto_nbd(const purchase_summary& data, const fit_options& options, const execution& run) {
  validate(options);
  const auto start = detail::pareto_nbd_start(data);
  pareto_nbd_model model;
  model.customers = data.customers();
  const std::array<const char*, 4> names{"r", "alpha", "s", "beta"};
  const auto best = detail::maximise_positive<4>([&](const auto& parameters) { return detail::pareto_nbd_derivatives(data, parameters, run); }, start,
                                                 model.customers, names, options, model.fit);
  model.r = best[0];
  model.alpha = best[1];
  model.s = best[2];
  model.beta = best[3];
  return model;
}

TENURE_INLINE pareto_nbd_model fit_pareto_nbd(const covariate_summary& data, const fit_options& options, const execution& run) {
  if (data.rows.size() == 0) throw invalid_input("frequency", "nobody bought again; there is nothing to estimate");
  const auto weights = detail::profile_weights(data.rows.weight, data.first);
  const detail::scaled_profiles scaled(data.profiles, weights, data.purchase, data.dropout);
  pareto_nbd_model model = fit_pareto_nbd(data.rows, options, run);
  model.covariates = {data.purchase, data.dropout, {}, model.fit.log_likelihood};
  const auto start =
      model.fit.converged ? std::array{std::log(model.r), std::log(model.alpha), std::log(model.s), std::log(model.beta)} : detail::pareto_nbd_start(data.rows);
  const auto found = detail::fit_with_covariates(
      detail::pareto_nbd_view::layout(model), scaled, data.first, start, model.customers, 128, model.covariates, options, model.fit, run,
      [&](const std::array<double, 4>& parameters, std::size_t begin, std::size_t end) { return detail::pareto_nbd_rows(data.rows, parameters, begin, end); });
  model.r = found.parameters[0];
  model.alpha = found.parameters[1];
  model.s = found.parameters[2];
  model.beta = found.parameters[3];
  model.covariates.coef = found.coef;
  return model;
}

TENURE_INLINE std::vector<coefficient> coefficients(const pareto_nbd_model& m) {
  return detail::pareto_nbd_view::layout(m).coefficients_of(m.covariates, m.fit);
}

TENURE_INLINE double log_likelihood(const pareto_nbd_model& model, const covariate_summary& data) {
  return detail::covariate_log_likelihood<4>(
      detail::pareto_nbd_view::layout(model), {model.r, model.alpha, model.s, model.beta}, model.covariates, data,
      [&](const std::array<double, 4>& parameters, std::size_t begin, std::size_t end) { return detail::pareto_nbd_rows(data.rows, parameters, begin, end); });
}

TENURE_INLINE double log_likelihood(const pareto_nbd_model& m, const purchase_summary& data) {
  if (!m.covariates.empty()) throw invalid_input("covariates", "are missing: the model was fitted with them");
  return detail::pareto_nbd_derivatives(data, {m.r, m.alpha, m.s, m.beta}, {}).value;
}

TENURE_INLINE std::vector<double> probability_alive(const pareto_nbd_model& model, numeric_column frequency, numeric_column recency, numeric_column age,
                                                    const customer_covariates& covariates) {
  const detail::customers who(frequency, recency, age, model.covariates, covariates);
  return who.alive(who.views<detail::pareto_nbd_view>(model));
}

TENURE_INLINE std::vector<double> expected_purchases(const pareto_nbd_model& model, numeric_column frequency, numeric_column recency, numeric_column age,
                                                     double horizon, const customer_covariates& covariates, const execution& run) {
  const detail::customers who(frequency, recency, age, model.covariates, covariates);
  return who.expected(who.views<detail::pareto_nbd_view>(model), horizon, run);
}

}  // namespace tenure::inline TENURE_ABI::value
