#pragma once

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <boost/math/distributions/non_central_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <limits>

#include "tenure/numeric/distributions.hpp"

namespace tenure::inline TENURE_ABI::numeric {

namespace detail {

namespace bm = boost::math;
using policy = bm::policies::policy<bm::policies::promote_double<false>, bm::policies::overflow_error<bm::policies::ignore_error>>;

/// Runs a Boost.Math expression: NaN among the arguments gives NaN, its own exceptions become ours.
template <class F, class... Args>
double guarded(const char* name, F&& f, Args... args) {
  if ((std::isnan(args) || ...)) return std::numeric_limits<double>::quiet_NaN();
  try {
    return f();
  } catch (const std::exception& reason) {
    throw numeric_failure(std::string(name) + ": " + reason.what());
  }
}

/// Clamps to the support [0, inf]: distribution functions are defined everywhere, Boost refuses x below it and infinite x.
template <class Distribution>
double cdf_positive(const char* name, double x, const Distribution& d) {
  if (x <= 0) return 0;
  if (std::isinf(x)) return 1;
  return guarded(name, [&] { return bm::cdf(d, x); }, x);
}
template <class Distribution>
double sf_positive(const char* name, double x, const Distribution& d) {
  if (x <= 0) return 1;
  if (std::isinf(x)) return 0;
  return guarded(name, [&] { return bm::cdf(bm::complement(d, x)); }, x);
}

template <template <class, class> class D, class... P>
D<double, policy> make(const char* name, P... parameters) {
  try {
    return D<double, policy>(parameters...);
  } catch (const std::exception& reason) {
    throw numeric_failure(std::string(name) + ": " + reason.what());
  }
}

}  // namespace detail

TENURE_INLINE double normal_cdf(double x) { return 0.5 * std::erfc(-x * 0.70710678118654752440); }
TENURE_INLINE double normal_sf(double x) { return 0.5 * std::erfc(x * 0.70710678118654752440); }
TENURE_INLINE double normal_quantile(double p) {
  if (p == 0) return -std::numeric_limits<double>::infinity();
  if (p == 1) return std::numeric_limits<double>::infinity();
  return detail::guarded("normal_quantile", [&] { return detail::bm::quantile(detail::bm::normal_distribution<double, detail::policy>(), p); }, p);
}
TENURE_INLINE double chi_squared_cdf(double x, double dof) {
  return detail::cdf_positive("chi_squared_cdf", x, detail::make<detail::bm::chi_squared_distribution>("chi_squared_cdf", dof));
}
TENURE_INLINE double chi_squared_sf(double x, double dof) {
  return detail::sf_positive("chi_squared_sf", x, detail::make<detail::bm::chi_squared_distribution>("chi_squared_sf", dof));
}
TENURE_INLINE double chi_squared_quantile(double p, double dof) {
  return detail::guarded(
      "chi_squared_quantile", [&] { return detail::bm::quantile(detail::make<detail::bm::chi_squared_distribution>("chi_squared_quantile", dof), p); }, p);
}
TENURE_INLINE double noncentral_chi_squared_cdf(double x, double dof, double ncp) {
  if (ncp == 0) return chi_squared_cdf(x, dof);
  return detail::cdf_positive("noncentral_chi_squared_cdf", x,
                              detail::make<detail::bm::non_central_chi_squared_distribution>("noncentral_chi_squared_cdf", dof, ncp));
}
TENURE_INLINE double student_t_cdf(double x, double dof) {
  return detail::guarded("student_t_cdf", [&] { return detail::bm::cdf(detail::make<detail::bm::students_t_distribution>("student_t_cdf", dof), x); }, x);
}
TENURE_INLINE double student_t_sf(double x, double dof) { return student_t_cdf(-x, dof); }
TENURE_INLINE double student_t_quantile(double p, double dof) {
  return detail::guarded(
      "student_t_quantile", [&] { return detail::bm::quantile(detail::make<detail::bm::students_t_distribution>("student_t_quantile", dof), p); }, p);
}
TENURE_INLINE double fisher_f_sf(double x, double dof1, double dof2) {
  return detail::sf_positive("fisher_f_sf", x, detail::make<detail::bm::fisher_f_distribution>("fisher_f_sf", dof1, dof2));
}
TENURE_INLINE double fisher_f_quantile(double p, double dof1, double dof2) {
  return detail::guarded(
      "fisher_f_quantile", [&] { return detail::bm::quantile(detail::make<detail::bm::fisher_f_distribution>("fisher_f_quantile", dof1, dof2), p); }, p);
}
TENURE_INLINE double noncentral_f_cdf(double x, double dof1, double dof2, double ncp) {
  if (ncp == 0) return 1 - fisher_f_sf(x, dof1, dof2);
  return detail::cdf_positive("noncentral_f_cdf", x, detail::make<detail::bm::non_central_f_distribution>("noncentral_f_cdf", dof1, dof2, ncp));
}
TENURE_INLINE double gamma_cdf(double x, double shape, double scale) {
  return detail::cdf_positive("gamma_cdf", x, detail::make<detail::bm::gamma_distribution>("gamma_cdf", shape, scale));
}
TENURE_INLINE double gamma_sf(double x, double shape, double scale) {
  return detail::sf_positive("gamma_sf", x, detail::make<detail::bm::gamma_distribution>("gamma_sf", shape, scale));
}
TENURE_INLINE double gamma_quantile(double p, double shape, double scale) {
  return detail::guarded(
      "gamma_quantile", [&] { return detail::bm::quantile(detail::make<detail::bm::gamma_distribution>("gamma_quantile", shape, scale), p); }, p);
}
TENURE_INLINE double beta_cdf(double x, double a, double b) {
  if (x >= 1) return 1;
  return detail::cdf_positive("beta_cdf", x, detail::make<detail::bm::beta_distribution>("beta_cdf", a, b));
}
TENURE_INLINE double beta_sf(double x, double a, double b) {
  if (x >= 1) return 0;
  return detail::sf_positive("beta_sf", x, detail::make<detail::bm::beta_distribution>("beta_sf", a, b));
}
TENURE_INLINE double beta_quantile(double p, double a, double b) {
  return detail::guarded("beta_quantile", [&] { return detail::bm::quantile(detail::make<detail::bm::beta_distribution>("beta_quantile", a, b), p); }, p);
}
TENURE_INLINE double binomial_cdf(double k, double n, double p) {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return detail::guarded(
      "binomial_cdf", [&] { return detail::bm::cdf(detail::make<detail::bm::binomial_distribution>("binomial_cdf", n, p), std::floor(k)); }, k);
}
TENURE_INLINE double binomial_sf(double k, double n, double p) {
  if (k < 0) return 1;
  if (k >= n) return 0;
  return detail::guarded(
      "binomial_sf",
      [&] { return detail::bm::cdf(detail::bm::complement(detail::make<detail::bm::binomial_distribution>("binomial_sf", n, p), std::floor(k))); }, k);
}
TENURE_INLINE double poisson_cdf(double k, double mean) {
  if (k < 0) return 0;
  return detail::guarded("poisson_cdf", [&] { return detail::bm::cdf(detail::make<detail::bm::poisson_distribution>("poisson_cdf", mean), std::floor(k)); }, k);
}
TENURE_INLINE double poisson_sf(double k, double mean) {
  if (k < 0) return 1;
  return detail::guarded(
      "poisson_sf", [&] { return detail::bm::cdf(detail::bm::complement(detail::make<detail::bm::poisson_distribution>("poisson_sf", mean), std::floor(k))); },
      k);
}
TENURE_INLINE double hypergeometric_pmf(double k, double successes, double draws, double total) {
  const auto log_choose = [](double n, double r) { return log_gamma(n + 1) - log_gamma(r + 1) - log_gamma(n - r + 1); };
  if (k < 0 || k > successes || k > draws || draws - k > total - successes) return 0;
  return std::exp(log_choose(successes, k) + log_choose(total - successes, draws - k) - log_choose(total, draws));
}

TENURE_INLINE double log_gamma(double x) {
  return detail::guarded("log_gamma", [&] { return detail::bm::lgamma(x, detail::policy()); }, x);
}
TENURE_INLINE double log_beta(double a, double b) { return log_gamma(a) + log_gamma(b) - log_gamma(a + b); }
TENURE_INLINE double digamma(double x) {
  return detail::guarded("digamma", [&] { return detail::bm::digamma(x, detail::policy()); }, x);
}
TENURE_INLINE double trigamma(double x) {
  return detail::guarded("trigamma", [&] { return detail::bm::trigamma(x, detail::policy()); }, x);
}
TENURE_INLINE double gamma_p(double a, double x) {
  return detail::guarded("gamma_p", [&] { return detail::bm::gamma_p(a, x, detail::policy()); }, a, x);
}
TENURE_INLINE double gamma_q(double a, double x) {
  return detail::guarded("gamma_q", [&] { return detail::bm::gamma_q(a, x, detail::policy()); }, a, x);
}

TENURE_INLINE double two_sided_p(double z) { return std::erfc(std::abs(z) * 0.70710678118654752440); }
TENURE_INLINE double two_sided_z(double level) { return -normal_quantile((1 - level) / 2); }

}  // namespace tenure::inline TENURE_ABI::numeric
