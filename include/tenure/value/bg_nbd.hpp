#pragma once

#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/value/fit_report.hpp"
#include "tenure/value/purchases.hpp"

namespace tenure::inline TENURE_ABI::value {

/// A fitted BG/NBD model (Fader, Hardie and Lee 2005): while alive a customer buys as a Poisson process with rate lambda ~ gamma(r, alpha),
/// and after every purchase leaves for good with probability p ~ beta(a, b). Modified (MBG/NBD, Batislam, Denizel and Filiztekin 2007): may
/// leave after the first purchase, too.
struct bg_nbd_model {
  static constexpr const char* kind = "value.bg_nbd";
  static constexpr int version = 1;

  bool modified = false;
  double r = 1, alpha = 1, a = 1, b = 1;
  double customers = 0;
  fit_report fit;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("modified", self.modified, "true for the MBG/NBD");
    visit("r", self.r, more_than(0), "shape of the buying rates");
    visit("alpha", self.alpha, more_than(0), "their rate: mean buying rate r / alpha a time unit");
    visit("a", self.a, more_than(0), "first parameter of the leaving probabilities");
    visit("b", self.b, more_than(0), "second parameter: mean leaving probability a / (a + b)");
    visit("customers", self.customers, "customers it was fitted to");
    visit("fit", self.fit, "how the fit went; its covariance is of log r, log alpha, log a, log b");
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

/// The log-likelihood of the data under the model.
double log_likelihood(const bg_nbd_model& model, const purchase_summary& data);

/// Probability that each customer is still alive. 1 without repeat purchases, except in the modified model.
std::vector<double> probability_alive(const bg_nbd_model& model, numeric_column frequency, numeric_column recency, numeric_column age);

/// Purchases expected of each customer within `horizon` time units from now (equation 10; Gauss's 2F1 after Euler's transformation).
std::vector<double> expected_purchases(const bg_nbd_model& model, numeric_column frequency, numeric_column recency, numeric_column age, double horizon,
                                       const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::value

#ifndef TENURE_COMPILED
#include "tenure/value/bg_nbd-inl.hpp"
#endif
