#pragma once

#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/value/covariates.hpp"
#include "tenure/value/fit_report.hpp"
#include "tenure/value/purchases.hpp"

namespace tenure::inline TENURE_ABI::value {

/// A fitted BG/NBD model (Fader, Hardie and Lee 2005): while alive a customer buys as a Poisson process with rate lambda ~ gamma(r, alpha),
/// and after every purchase leaves for good with probability p ~ beta(a, b). Modified (MBG/NBD, Batislam, Denizel and Filiztekin 2007): may
/// leave after the first purchase, too. With covariates, a customer of purchase columns x and dropout columns z has alpha exp(-coef'x),
/// a exp(coef'z), b exp(coef'z): a positive coefficient means more purchases, a larger a, a larger b.
struct bg_nbd_model {
  static constexpr const char* kind = "value.bg_nbd";
  static constexpr int version = 1;

  bool modified = false;
  double r = 1, alpha = 1, a = 1, b = 1;
  double customers = 0;
  covariate_effects covariates;  // coefficients: on alpha, on a, on b
  fit_report fit;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("modified", self.modified, "true for the MBG/NBD");
    visit("r", self.r, more_than(0), "shape of the buying rates");
    visit("alpha", self.alpha, more_than(0), "their rate: mean buying rate r / alpha a time unit");
    visit("a", self.a, more_than(0), "first parameter of the leaving probabilities");
    visit("b", self.b, more_than(0), "second parameter: mean leaving probability a / (a + b)");
    visit("customers", self.customers, "customers it was fitted to");
    visit("covariates", self.covariates, "covariates and their coefficients, on alpha, on a, on b; empty without");
    visit("fit", self.fit, "how the fit went; its covariance is of log r, log alpha, log a, log b and the coefficients");
  }
  void check() const;
  friend bool operator==(const bg_nbd_model&, const bg_nbd_model&) = default;
};

struct bg_nbd_options : fit_options {
  bool modified = false;  // MBG/NBD

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    fit_options::describe(self, visit);
    visit("modified", self.modified, "fit the MBG/NBD, where a customer may leave after the first purchase");
  }
};

/// Maximum likelihood by damped Newton steps on the logarithms of the parameters with analytic derivatives; O(different customers) a step.
/// Throws invalid_input when nobody bought again. Matches: published CDNOW estimates and the reference script (1e-6).
bg_nbd_model fit_bg_nbd(const purchase_summary& data, const bg_nbd_options& options = {}, const execution& run = {});

/// With covariates: starts at the fit without, goes on in the same way on centred and scaled columns. A step costs no more for rows of few
/// profiles, and the gamma functions of a row where everybody has a profile of his own. Throws invalid_input also for a column that is
/// constant or a linear combination of others. Matches: R CLVTools 0.12.1 and a scipy script (1e-6 in the log-likelihood).
bg_nbd_model fit_bg_nbd(const covariate_summary& data, const bg_nbd_options& options = {}, const execution& run = {});

/// The log-likelihood of the data under the model.
double log_likelihood(const bg_nbd_model& model, const purchase_summary& data);
double log_likelihood(const bg_nbd_model& model, const covariate_summary& data);

/// The coefficients of the covariates by name: on alpha, on a, on b.
std::vector<coefficient> coefficients(const bg_nbd_model& model);

/// Probability that each customer is still alive. 1 without repeat purchases, except in the modified model. Covariates, here and below: the
/// columns of the fit, found by name.
std::vector<double> probability_alive(const bg_nbd_model& model, numeric_column frequency, numeric_column recency, numeric_column age,
                                      const customer_covariates& covariates = {});

/// Purchases expected of each customer within `horizon` time units from now (equation 10; Gauss's 2F1 after Euler's transformation).
std::vector<double> expected_purchases(const bg_nbd_model& model, numeric_column frequency, numeric_column recency, numeric_column age, double horizon,
                                       const customer_covariates& covariates = {}, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::value

#ifndef TENURE_COMPILED
#include "tenure/value/bg_nbd-inl.hpp"
#endif
