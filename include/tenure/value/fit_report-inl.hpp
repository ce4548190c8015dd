#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "tenure/numeric/linear.hpp"
#include "tenure/value/fit_report.hpp"

namespace tenure::inline TENURE_ABI::value {

namespace detail {

/// Value, gradient and Hessian of a log-likelihood in K parameters. Sums over parts of the data add up.
template <std::size_t K>
struct derivatives {
  double value = 0;
  std::array<double, K> gradient{};
  std::array<std::array<double, K>, K> hessian{};  // the lower triangle

  void merge(const derivatives& other) {
    value += other.value;
    for (std::size_t i = 0; i < K; ++i) {
      gradient[i] += other.gradient[i];
      for (std::size_t j = 0; j <= i; ++j)
        hessian[i][j] += other.hessian[i][j];
    }
  }
  /// From parameters to their logarithms.
  void to_log_scale(const std::array<double, K>& parameters) {
    for (std::size_t i = 0; i < K; ++i) {
      for (std::size_t j = 0; j <= i; ++j)
        hessian[i][j] *= parameters[i] * parameters[j];
      gradient[i] *= parameters[i];
      hessian[i][i] += gradient[i];
    }
  }
};

template <std::size_t K>
std::array<double, K> exp_of(const std::array<double, K>& theta) {
  std::array<double, K> parameters;
  for (std::size_t i = 0; i < K; ++i)
    parameters[i] = std::exp(theta[i]);
  return parameters;
}

/// -hessian + damping * (1 + |diagonal|) on the diagonal.
template <std::size_t K>
matrix damped_information(const derivatives<K>& d, double damping) {
  matrix m(K, K);
  for (std::size_t i = 0; i < K; ++i) {
    for (std::size_t j = 0; j <= i; ++j)
      m(i, j) = m(j, i) = -d.hessian[i][j];
    m(i, i) += damping * (1e-3 + std::abs(d.hessian[i][i]));
  }
  return m;
}

/// Maximises over the logarithms of K positive parameters by Newton's method with Levenberg-Marquardt damping: every accepted step raises
/// the likelihood, so that it cannot run away. `evaluate(parameters)` gives value and derivatives by the parameters themselves; `weight` is
/// the number of observations, `names` the parameters'. A log-parameter that leaves [-limit, limit] about its start ends the search.
template <std::size_t K, class Evaluate>
std::array<double, K> maximise(Evaluate&& evaluate, std::array<double, K> theta, double weight, const std::array<const char*, K>& names,
                               const fit_options& options, fit_report& report) {
  constexpr double limit = 14;  // a factor of a million both ways
  const auto start = theta;
  const auto at = [&](const std::array<double, K>& point) {
    const auto parameters = exp_of(point);
    auto d = evaluate(parameters);
    d.to_log_scale(parameters);
    return d;
  };
  const auto steepest = [&](const derivatives<K>& d) {
    double top = 0;
    for (const double g : d.gradient)
      top = std::max(top, std::abs(g) / weight);
    return top;
  };
  auto current = at(theta);
  if (!std::isfinite(current.value)) throw numeric_failure("the log-likelihood is not finite at the starting point");
  double damping = 1e-3;
  report = {};
  for (; report.iterations < options.max_iterations && steepest(current) > options.tolerance; ++report.iterations) {
    bool improved = false;
    while (!improved && damping < 1e12) {
      const auto factor = numeric::cholesky(damped_information(current, damping));
      if (factor.regular()) {
        const auto step = factor.solve({current.gradient.begin(), current.gradient.end()});
        auto next = theta;
        double longest = 0;
        for (const double s : step)
          longest = std::max(longest, std::abs(s));
        const double scale = longest > 2 ? 2 / longest : 1;
        for (std::size_t i = 0; i < K; ++i)
          next[i] = std::clamp(theta[i] + scale * step[i], start[i] - limit, start[i] + limit);
        const auto there = at(next);
        if (std::isfinite(there.value) && there.value > current.value) {
          improved = true;
          theta = next;
          current = there;
        }
      }
      damping = improved ? std::max(damping / 10, 1e-12) : std::max(damping * 10, 1e-9);
    }
    if (!improved) break;
  }
  report.log_likelihood = current.value;
  report.gradient = steepest(current);
  report.converged = report.gradient <= std::max(options.tolerance, 1e-7);
  for (std::size_t i = 0; i < K; ++i) {
    if (std::abs(theta[i] - start[i]) < limit - 1e-6) continue;
    report.converged = false;
    report.message = std::string(names[i]) + " runs to its limit: the data do not determine it";
  }
  if (!report.converged && report.message.empty())
    report.message = report.iterations >= options.max_iterations ? "no maximum within max_iterations steps"
                                                                 : "no step raises the likelihood any further, but its gradient is not zero";
  const auto information = numeric::cholesky(damped_information(current, 0));
  if (information.regular()) {
    report.covariance = information.inverse();
    constexpr double vague = 5;  // standard error of a logarithm: the interval spans nine powers of ten
    for (std::size_t i = 0; i < K && report.message.empty(); ++i) {
      if (std::sqrt(report.covariance(i, i)) < vague) continue;
      report.converged = false;
      report.message = "the data hardly determine " + std::string(names[i]);
    }
  } else {
    report.converged = false;
    if (report.message.empty()) report.message = "the likelihood is flat: the data do not determine all parameters";
    report.covariance = matrix(K, K, std::numeric_limits<double>::quiet_NaN());
  }
  return exp_of(theta);
}

}  // namespace detail

TENURE_INLINE std::vector<double> std_errors(const std::vector<double>& parameters, const fit_report& report) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    errors.push_back(parameters[i] * std::sqrt(report.covariance(i, i)));
  return errors;
}

}  // namespace tenure::inline TENURE_ABI::value
