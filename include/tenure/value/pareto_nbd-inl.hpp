#pragma once

#include <cmath>

#include "tenure/numeric/distributions.hpp"
#include "tenure/value/customers-inl.hpp"
#include "tenure/value/fit_report-inl.hpp"
#include "tenure/value/pareto_nbd.hpp"

namespace tenure::inline TENURE_ABI::value {

namespace detail {

/// The upper half of the 32 Gauss-Legendre nodes on [-1, 1] and their weights.
inline constexpr std::array<double, 16> legendre_nodes{0.048307665687738316, 0.14447196158279649, 0.23928736225213707, 0.33186860228212765,
                                                       0.42135127613063535,  0.50689990893222939, 0.58771575724076233, 0.6630442669302152,
                                                       0.73218211874028968,  0.79448379596794241, 0.84936761373256997, 0.89632115576605212,
                                                       0.93490607593773969,  0.96476225558750643, 0.98561151154526834, 0.99726386184948156};
inline constexpr std::array<double, 16> legendre_weights{0.096540088514727801, 0.095638720079274859, 0.093844399080804566, 0.091173878695763885,
                                                         0.087652093004403811, 0.083311924226946755, 0.078193895787070306, 0.072345794108848506,
                                                         0.065822222776361847, 0.058684093478535547, 0.050998059262376176, 0.042835898022226681,
                                                         0.034273862913021433, 0.025392065309262059, 0.016274394730905671, 0.0070186100094700966};

/// A customer's likelihood is A times a sum of terms: one for being alive now, and the integral over the time tau of leaving,
/// s (alpha + tau)^-(r + x) (beta + tau)^-(s + 1) from the last purchase to now, as a sum over nodes. In v = log((m + tau)/(m + recency)),
/// m = min(alpha, beta), the integrand is log-concave with singularities at least pi off the axis, so that 32 nodes reach 1e-12.
struct leaving_terms {
  static constexpr std::size_t nodes = 32;
  std::array<double, nodes + 1> log_term, log_alpha_tau, log_beta_tau, alpha_tau, beta_tau;  // term 0: alive
  std::size_t count;
  double log_sum;

  leaving_terms(double r, double alpha, double s, double beta, double x, double recency, double age) {
    const double n = r + x;
    alpha_tau[0] = alpha + age;
    beta_tau[0] = beta + age;
    log_alpha_tau[0] = std::log(alpha_tau[0]);
    log_beta_tau[0] = std::log(beta_tau[0]);
    log_term[0] = -n * log_alpha_tau[0] - s * log_beta_tau[0];
    count = 1;
    if (age > recency) add_nodes(n, alpha, s, beta, recency, age);
    double top = log_term[0], sum = 0;
    for (std::size_t k = 1; k < count; ++k)
      top = std::max(top, log_term[k]);
    for (std::size_t k = 0; k < count; ++k)
      sum += std::exp(log_term[k] - top);
    log_sum = top + std::log(sum);
  }
  double share(std::size_t k) const { return std::exp(log_term[k] - log_sum); }

 private:
  void add_nodes(double n, double alpha, double s, double beta, double recency, double age) {
    const double m = std::min(alpha, beta), from = m + recency, log_from = std::log(from);
    const double gap = alpha - beta, other = std::abs(gap);                 // the larger of alpha, beta is m + other
    const double own = gap <= 0 ? n - 1 : s, cross = gap <= 0 ? s + 1 : n;  // exponents of (m + tau) and of the other factor, with the Jacobian
    const auto falls = [&](double v) { return own * v + cross * std::log((from * std::exp(v) + other) / (from + other)); };
    double width = std::log1p((age - recency) / from);
    constexpr double deepest = 40;  // the rest is below exp(-40) of the integrand
    for (int i = 0; i < 60; ++i) {
      const double excess = falls(width) - deepest;
      if (excess <= 1e-3) break;
      const double e = from * std::exp(width), slope = own + cross * e / (e + other);
      width -= excess / slope;
    }
    const double log_s = std::log(s);
    for (std::size_t k = 0; k < legendre_nodes.size(); ++k) {
      for (const double node : {legendre_nodes[k], -legendre_nodes[k]}) {
        const double v = 0.5 * width * (1 + node), near = from * std::exp(v), far = near + other, log_near = log_from + v, log_far = std::log(far);
        const bool alpha_first = gap <= 0;
        alpha_tau[count] = alpha_first ? near : far;
        beta_tau[count] = alpha_first ? far : near;
        log_alpha_tau[count] = alpha_first ? log_near : log_far;
        log_beta_tau[count] = alpha_first ? log_far : log_near;
        log_term[count] = log_s + std::log(0.5 * width * legendre_weights[k]) + log_near - n * log_alpha_tau[count] - (s + 1) * log_beta_tau[count];
        ++count;
      }
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
      const double p = terms.share(k), ia = 1 / terms.alpha_tau[k], ib = 1 / terms.beta_tau[k], left = k > 0 ? 1 : 0;
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

/// What a Pareto/NBD model says about one customer.
struct pareto_nbd_view {
  double r, alpha, s, beta;

  static constexpr std::size_t parameters = 4;
  explicit pareto_nbd_view(const pareto_nbd_model& m) : r(m.r), alpha(m.alpha), s(m.s), beta(m.beta) {}
  double& parameter(std::size_t k) { return k == 0 ? r : k == 1 ? alpha : k == 2 ? s : beta; }

  double alive(double x, double recency, double age) const { return leaving_terms(r, alpha, s, beta, x, recency, age).share(0); }

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
  if (fit.covariance.rows() != 4 || fit.covariance.cols() != 4) throw bad_file("value.pareto_nbd: the covariance must be 4 x 4");
}

TENURE_INLINE pareto_nbd_model fit_pareto_nbd(const purchase_summary& data, const fit_options& options, const execution& run) {
  validate(options);
  double repeats = 0, age = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    repeats += data.weight[i] * data.frequency[i];
    age += data.weight[i] * data.age[i];
  }
  if (!(repeats > 0)) throw invalid_input("frequency", "nobody bought again; there is nothing to estimate");
  pareto_nbd_model model;
  model.customers = data.customers();
  const double mean_age = std::log(age / model.customers);
  const std::array<double, 4> start{0.0, std::log(age / repeats), 0.0, mean_age};
  const std::array<const char*, 4> names{"r", "alpha", "s", "beta"};
  const auto best = detail::maximise<4>([&](const auto& parameters) { return detail::pareto_nbd_derivatives(data, parameters, run); }, start, model.customers,
                                        names, options, model.fit);
  model.r = best[0];
  model.alpha = best[1];
  model.s = best[2];
  model.beta = best[3];
  return model;
}

TENURE_INLINE double log_likelihood(const pareto_nbd_model& m, const purchase_summary& data) {
  return detail::pareto_nbd_derivatives(data, {m.r, m.alpha, m.s, m.beta}, {}).value;
}

TENURE_INLINE std::vector<double> probability_alive(const pareto_nbd_model& model, numeric_column frequency, numeric_column recency, numeric_column age) {
  return detail::customers(frequency, recency, age).alive(detail::pareto_nbd_view(model));
}

TENURE_INLINE std::vector<double> expected_purchases(const pareto_nbd_model& model, numeric_column frequency, numeric_column recency, numeric_column age,
                                                     double horizon, const execution& run) {
  return detail::customers(frequency, recency, age).expected(detail::pareto_nbd_view(model), horizon, run);
}

}  // namespace tenure::inline TENURE_ABI::value
