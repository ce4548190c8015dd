#pragma once

#include "tenure/core/error.hpp"

namespace tenure::inline TENURE_ABI::numeric {

// Distribution functions as plain functions of doubles, Boost.Math behind them (without promotion to long double). `cdf` is
// P(X <= x), `sf` is P(X > x) computed without cancellation, `quantile(p)` inverts cdf. NaN in gives NaN out; a parameter outside
// its range throws numeric_failure.

double normal_cdf(double x);
double normal_sf(double x);
double normal_quantile(double p);
double chi_squared_cdf(double x, double dof);
double chi_squared_sf(double x, double dof);
double chi_squared_quantile(double p, double dof);
double noncentral_chi_squared_cdf(double x, double dof, double ncp);
double student_t_cdf(double x, double dof);
double student_t_sf(double x, double dof);
double student_t_quantile(double p, double dof);
double fisher_f_sf(double x, double dof1, double dof2);
double fisher_f_quantile(double p, double dof1, double dof2);
double noncentral_f_cdf(double x, double dof1, double dof2, double ncp);
double gamma_cdf(double x, double shape, double scale);
double gamma_sf(double x, double shape, double scale);
double gamma_quantile(double p, double shape, double scale);
double beta_cdf(double x, double a, double b);
double beta_sf(double x, double a, double b);
double beta_quantile(double p, double a, double b);
double binomial_cdf(double k, double n, double p);
double binomial_sf(double k, double n, double p);
double poisson_cdf(double k, double mean);
double poisson_sf(double k, double mean);
/// P(X = k) successes among `draws` from a population of `total` with `successes`.
double hypergeometric_pmf(double k, double successes, double draws, double total);

double log_gamma(double x);
double log_beta(double a, double b);
double digamma(double x);
double trigamma(double x);
/// Regularised lower and upper incomplete gamma functions.
double gamma_p(double a, double x);
double gamma_q(double a, double x);

/// Two-sided normal p-value and the quantile z with P(|Z| <= z) = level.
double two_sided_p(double z);
double two_sided_z(double level);

}  // namespace tenure::inline TENURE_ABI::numeric

#ifndef TENURE_COMPILED
#include "tenure/numeric/distributions-inl.hpp"
#endif
