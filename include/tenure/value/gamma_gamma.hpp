#pragma once

#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/value/fit_report.hpp"
#include "tenure/value/purchases.hpp"

namespace tenure::inline TENURE_ABI::value {

/// A fitted gamma-gamma model of spend (Fader, Hardie and Lee 2005; Colombo and Jiang 1999): a customer's purchases are gamma(p, nu), and
/// nu ~ gamma(q, gamma) over customers. Assumes that value and frequency of purchases are independent; see `frequency_correlation`.
struct gamma_gamma_model {
  static constexpr const char* kind = "value.gamma_gamma";
  static constexpr int version = 1;

  double p = 1, q = 2, gamma = 1;
  double customers = 0;
  double frequency_correlation = 0;
  fit_report fit;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("p", self.p, more_than(0), "shape of a customer's purchase values");
    visit("q", self.q, more_than(0), "shape of their rates over customers; the mean value is finite for q > 1");
    visit("gamma", self.gamma, more_than(0), "scale: mean value of a purchase p gamma / (q - 1)");
    visit("customers", self.customers, "customers with repeat purchases");
    visit("frequency_correlation", self.frequency_correlation, "Pearson correlation of frequency and mean value; the model assumes none");
    visit("fit", self.fit, "how the fit went; its covariance is of log p, log q, log gamma");
  }
  void check() const;
  friend bool operator==(const gamma_gamma_model&, const gamma_gamma_model&) = default;
};

/// Maximum likelihood (their equation 1a) by damped Newton steps on the logarithms of the parameters. Throws invalid_input with fewer than
/// two customers of repeat purchases. Matches: published CDNOW estimates and the reference script (1e-6).
gamma_gamma_model fit_gamma_gamma(const spend_summary& data, const fit_options& options = {}, const execution& run = {});

double log_likelihood(const gamma_gamma_model& model, const spend_summary& data);

/// Mean value of each customer's future purchases given the mean of the past ones (equation 5); frequency 0 gives the mean over all customers.
/// Infinite where p frequency + q <= 1.
std::vector<double> expected_spend(const gamma_gamma_model& model, numeric_column frequency, numeric_column mean);

}  // namespace tenure::inline TENURE_ABI::value

#ifndef TENURE_COMPILED
#include "tenure/value/gamma_gamma-inl.hpp"
#endif
