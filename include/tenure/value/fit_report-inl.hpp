#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

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
  std::array<double, K> parameters{};
  for (std::size_t i = 0; i < K; ++i)
    parameters[i] = std::exp(theta[i]);
  return parameters;
}

/// The same in any number of parameters.
struct likelihood_point {
  double value = 0;
  std::vector<double> gradient;
  matrix hessian;  // the lower triangle

  explicit likelihood_point(std::size_t size) : gradient(size), hessian(size, size) {}
  template <std::size_t K>
  explicit likelihood_point(const derivatives<K>& d) : value(d.value), gradient(d.gradient.begin(), d.gradient.end()), hessian(K, K) {
    for (std::size_t i = 0; i < K; ++i)
      for (std::size_t j = 0; j <= i; ++j)
        hessian(i, j) = d.hessian[i][j];
  }
  std::size_t size() const { return gradient.size(); }
  void merge(const likelihood_point& other) {
    value += other.value;
    for (std::size_t i = 0; i < size(); ++i) {
      gradient[i] += other.gradient[i];
      for (std::size_t j = 0; j <= i; ++j)
        hessian(i, j) += other.hessian(i, j);
    }
  }
  double steepest() const {
    double top = 0;
    for (const double g : gradient)
      top = std::max(top, std::abs(g));
    return top;
  }
  /// -hessian + damping * (1 + |diagonal|) on the diagonal.
  matrix damped_information(double damping) const {
    matrix m(size(), size());
    for (std::size_t i = 0; i < size(); ++i) {
      for (std::size_t j = 0; j <= i; ++j)
        m(i, j) = m(j, i) = -hessian(i, j);
      m(i, i) += damping * (1e-3 + std::abs(hessian(i, i)));
    }
    return m;
  }
};

/// Maximises by Newton's method with Levenberg-Marquardt damping: every accepted step raises the likelihood, so that it cannot run away.
/// `evaluate(theta)` gives value and derivatives, `weight` is the number of observations, `names` the parameters'. The scale of theta is that
/// of logarithms: a parameter that leaves [-limit, limit] about its start ends the search.
template <class Evaluate>
std::vector<double> maximise(Evaluate&& evaluate, std::vector<double> theta, double weight, const std::vector<std::string>& names, const fit_options& options,
                             fit_report& report) {
  constexpr double limit = 14;  // a factor of a million both ways
  const auto start = theta;
  likelihood_point current = evaluate(theta);
  if (!std::isfinite(current.value)) throw numeric_failure("the log-likelihood is not finite at the starting point");
  double damping = 1e-3;
  report = {};
  for (; report.iterations < options.max_iterations && current.steepest() / weight > options.tolerance; ++report.iterations) {
    bool improved = false;
    while (!improved && damping < 1e12) {
      const auto factor = numeric::cholesky(current.damped_information(damping));
      if (factor.regular()) {
        const auto step = factor.solve(current.gradient);
        auto next = theta;
        double longest = 0;
        for (const double s : step)
          longest = std::max(longest, std::abs(s));
        const double scale = longest > 2 ? 2 / longest : 1;
        for (std::size_t i = 0; i < theta.size(); ++i)
          next[i] = std::clamp(theta[i] + scale * step[i], start[i] - limit, start[i] + limit);
        auto there = evaluate(next);
        if (std::isfinite(there.value) && there.value > current.value) {
          improved = true;
          theta = std::move(next);
          current = std::move(there);
        }
      }
      damping = improved ? std::max(damping / 10, 1e-12) : std::max(damping * 10, 1e-9);
    }
    if (!improved) break;
  }
  report.log_likelihood = current.value;
  report.gradient = current.steepest() / weight;
  report.converged = report.gradient <= std::max(options.tolerance, 1e-7);
  for (std::size_t i = 0; i < theta.size(); ++i) {
    if (std::abs(theta[i] - start[i]) < limit - 1e-6) continue;
    report.converged = false;
    report.message = names[i] + " runs to its limit: the data do not determine it";
  }
  if (!report.converged && report.message.empty())
    report.message = report.iterations >= options.max_iterations ? "no maximum within max_iterations steps"
                                                                 : "no step raises the likelihood any further, but its gradient is not zero";
  const auto information = numeric::cholesky(current.damped_information(0));
  if (information.regular()) {
    report.covariance = information.inverse();
    constexpr double vague = 5;  // standard error of a logarithm: the interval spans nine powers of ten
    for (std::size_t i = 0; i < theta.size() && report.message.empty(); ++i) {
      if (std::sqrt(report.covariance(i, i)) < vague) continue;
      report.converged = false;
      report.message = "the data hardly determine " + names[i];
    }
  } else {
    report.converged = false;
    if (report.message.empty()) report.message = "the likelihood is flat: the data do not determine all parameters";
    report.covariance = matrix(theta.size(), theta.size(), std::numeric_limits<double>::quiet_NaN());
  }
  return theta;
}

/// Over the logarithms of K positive parameters; `evaluate(parameters)` gives value and derivatives by the parameters themselves.
template <std::size_t K, class Evaluate>
std::array<double, K> maximise_positive(Evaluate&& evaluate, const std::array<double, K>& theta, double weight, const std::array<const char*, K>& names,
                                        const fit_options& options, fit_report& report) {
  const auto at = [&](const std::vector<double>& point) {
    std::array<double, K> parameters{};
    std::copy(point.begin(), point.end(), parameters.begin());
    parameters = exp_of(parameters);
    auto d = evaluate(parameters);
    d.to_log_scale(parameters);
    return likelihood_point(d);
  };
  const auto best = maximise(at, {theta.begin(), theta.end()}, weight, {names.begin(), names.end()}, options, report);
  std::array<double, K> found{};
  std::copy(best.begin(), best.end(), found.begin());
  return exp_of(found);
}

}  // namespace detail

TENURE_INLINE std::vector<double> std_errors(const std::vector<double>& parameters, const fit_report& report) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    errors.push_back(parameters[i] * std::sqrt(report.covariance(i, i)));
  return errors;
}

}  // namespace tenure::inline TENURE_ABI::value
