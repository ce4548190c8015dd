#pragma once

#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/value/covariates.hpp"
#include "tenure/value/fit_report.hpp"
#include "tenure/value/purchases.hpp"

namespace tenure::inline TENURE_ABI::value {

/// A fitted Pareto/NBD model (Schmittlein, Morrison and Colombo 1987): buying rates lambda ~ gamma(r, alpha), leaving rates mu ~ gamma(s, beta).
/// With covariates, a customer of purchase columns x and dropout columns z has alpha exp(-coef'x) and beta exp(-coef'z): a positive coefficient
/// means more purchases, or leaving earlier.
struct pareto_nbd_model {
  static constexpr const char* kind = "value.pareto_nbd";
  static constexpr int version = 1;

  double r = 1, alpha = 1, s = 1, beta = 1;
  double customers = 0;
  covariate_effects covariates;  // coefficients: on alpha, on beta
  fit_report fit;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("r", self.r, more_than(0), "shape of the buying rates");
    visit("alpha", self.alpha, more_than(0), "their rate: mean buying rate r / alpha a time unit");
    visit("s", self.s, more_than(0), "shape of the leaving rates");
    visit("beta", self.beta, more_than(0), "their rate: mean leaving rate s / beta");
    visit("customers", self.customers, "customers it was fitted to");
    visit("covariates", self.covariates, "covariates and their coefficients, on alpha, on beta; empty without");
    visit("fit", self.fit, "how the fit went; its covariance is of log r, log alpha, log s, log beta and the coefficients");
  }
  void check() const;
  friend bool operator==(const pareto_nbd_model&, const pareto_nbd_model&) = default;
};

/// Maximum likelihood as for the BG/NBD. The integral over the time of leaving is taken by Gauss-Legendre quadrature on the log scale
/// instead of differences of 2F1: no cancellation, and derivatives come with it. about 0.3 us a different customer and step.
/// Throws invalid_input when nobody bought again. Matches: published CDNOW estimates and the reference script (1e-6).
pareto_nbd_model fit_pareto_nbd(const purchase_summary& data, const fit_options& options = {}, const execution& run = {});

/// With covariates, as for the BG/NBD.
pareto_nbd_model fit_pareto_nbd(const covariate_summary& data, const fit_options& options = {}, const execution& run = {});

double log_likelihood(const pareto_nbd_model& model, const purchase_summary& data);
double log_likelihood(const pareto_nbd_model& model, const covariate_summary& data);

/// The coefficients of the covariates by name: on alpha, on beta.
std::vector<coefficient> coefficients(const pareto_nbd_model& model);

/// Probability that each customer is still alive.
std::vector<double> probability_alive(const pareto_nbd_model& model, numeric_column frequency, numeric_column recency, numeric_column age,
                                      const customer_covariates& covariates = {});

/// Purchases expected of each customer within `horizon` time units from now (Schmittlein et al., equation 22).
std::vector<double> expected_purchases(const pareto_nbd_model& model, numeric_column frequency, numeric_column recency, numeric_column age, double horizon,
                                       const customer_covariates& covariates = {}, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::value

#ifndef TENURE_COMPILED
#include "tenure/value/pareto_nbd-inl.hpp"
#endif
