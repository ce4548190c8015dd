#pragma once

#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/core/views.hpp"
#include "tenure/value/covariates.hpp"
#include "tenure/value/fit_report.hpp"

namespace tenure::inline TENURE_ABI::value {

/// How many customers under contract were lost in each period and how many were last seen still there: the mergeable sufficient statistic of
/// retention curves. Period t (1, 2, ...) is entry t - 1.
struct renewal_counts {
  std::vector<double> lost;    // lost at the end of period t
  std::vector<double> active;  // survived t periods and not seen further

  /// Adds one customer a row: `periods` >= 0 survived; `churned` != 0: lost in the period after these, else still active. A customer who is
  /// active after 0 periods says nothing and is left out.
  void add(numeric_column periods, numeric_column churned);
  /// Adds one cohort from its number of customers at the start of each period, the first being its size; never rising.
  void add_cohort(const std::vector<double>& customers);
  void merge(const renewal_counts& other);
  double customers() const;
};

/// The same by covariates: customers or cohorts of equal covariates counted together, mergeable. A profile is a different row of covariates,
/// encoded; rows are sorted by profile and period.
struct covariate_renewals {
  encoding columns;                  // set by the first `add` or `add_cohort`
  std::vector<double> period;        // periods survived
  std::vector<double> lost, active;  // customers lost in the period after these, and last seen active then
  std::vector<std::size_t> first;    // rows first[g] ... first[g + 1] - 1 have profile g
  matrix profiles;

  void add(numeric_column periods, numeric_column churned, const table_view& covariates);
  /// `covariates` has one row a cohort.
  void add_cohorts(const std::vector<std::vector<double>>& customers, const table_view& covariates);
  void merge(const covariate_renewals& other);
};

/// A fitted retention curve. Each customer leaves at the end of a period with a probability theta ~ beta(alpha, beta) that is his own: the
/// shifted beta-geometric (Fader and Hardie 2007), c = 1; with duration dependence the beta-discrete-Weibull (Fader, Hardie, Liu, Davin and
/// Steenburgh 2018), S(t | theta) = (1 - theta)^(t^c). With
/// covariates, a customer of columns z has alpha exp(coef'z) and beta exp(coef'z).
struct retention_model {
  static constexpr const char* kind = "value.retention";
  static constexpr int version = 1;

  double alpha = 1, beta = 1, c = 1;
  bool duration_dependence = false;
  double customers = 0;
  covariate_effects covariates;  // coefficients: on alpha, on beta
  fit_report fit;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("alpha", self.alpha, more_than(0), "first parameter of the leaving probabilities");
    visit("beta", self.beta, more_than(0), "second parameter: mean leaving probability in the first period alpha / (alpha + beta)");
    visit("c", self.c, more_than(0), "duration dependence: above 1 a customer's own risk rises with tenure, below 1 it falls");
    visit("duration_dependence", self.duration_dependence, "true for the beta-discrete-Weibull, false for c = 1");
    visit("customers", self.customers, "customers it was fitted to");
    visit("covariates", self.covariates, "dropout covariates and their coefficients, on alpha, on beta; empty without");
    visit("fit", self.fit, "how the fit went; its covariance is of log alpha, log beta (and log c) and the coefficients");
  }
  void check() const;
  friend bool operator==(const retention_model&, const retention_model&) = default;
};

struct retention_options : fit_options {
  bool duration_dependence = false;  // beta-discrete-Weibull

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    fit_options::describe(self, visit);
    visit("duration_dependence", self.duration_dependence, "fit the beta-discrete-Weibull instead of the shifted beta-geometric");
  }
};

/// Maximum likelihood by damped Newton steps with analytic derivatives. Throws invalid_input when nobody was lost or everybody at once.
/// Matches: published estimates (alpha .704, beta 1.182; .668, 3.806) and scipy to 1e-6.
retention_model fit_retention(const renewal_counts& data, const retention_options& options = {});

/// With covariates: starts at the fit without, goes on in the same way on centred and scaled columns. Throws invalid_input also for a column
/// that is constant or a linear combination of others. Matches: scipy to 1e-6 in the log-likelihood.
retention_model fit_retention(const covariate_renewals& data, const retention_options& options = {}, const execution& run = {});

double log_likelihood(const retention_model& model, const renewal_counts& data);

/// The coefficients of the covariates by name: on alpha, on beta.
std::vector<coefficient> coefficients(const retention_model& model);

/// The model without covariates that a customer of each row has: its parameters, and their covariance, at the row's covariates.
std::vector<retention_model> models_at(const retention_model& model, const table_view& covariates);

/// S(t) for t = 0, 1, ..., periods: the share of a cohort that is still there after t periods; with `lower` and `upper` from the covariance of
/// the parameters (delta method on log(-log S)) at `level`.
struct survival_curve {
  std::vector<double> survival, lower, upper, retention;  // retention[t] = S(t) / S(t - 1), NaN at 0

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("survival", self.survival, "share still there after t periods");
    visit("lower", self.lower, "lower end of its interval");
    visit("upper", self.upper, "upper end of its interval");
    visit("retention", self.retention, "share of those at the start of period t who renew");
  }
};
/// A model with covariates has a curve for each customer: see `models_at`.
survival_curve predict_survival(const retention_model& model, std::size_t periods, double level = 0.95);

struct residual_options {
  double discount_rate = 0;  // per period
  int horizon = 0;           // periods looked ahead, 0 = until nothing is left

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("discount_rate", self.discount_rate, at_least(0), "discount rate per period");
    visit("horizon", self.horizon, between(0, 1e6), "periods looked ahead; 0 = all, which needs a discount rate above 0");
  }
};

/// Expected (discounted) number of further renewals of customers who have survived tenure[i] >= 0 periods and are active: sum over k >= 1 of
/// S(n + k) / S(n) / (1 + d)^(k - 1), the next renewal being due now (Fader and Hardie 2010, "Customer-base valuation in a contractual
/// setting"). One backward pass over periods for all customers. Throws invalid_input without horizon and discount rate.
/// Covariates: the columns of the fit, one row a customer.
std::vector<double> residual_renewals(const retention_model& model, numeric_column tenure, const residual_options& options = {},
                                      const table_view& covariates = {});

}  // namespace tenure::inline TENURE_ABI::value

#ifndef TENURE_COMPILED
#include "tenure/value/retention_covariates-inl.hpp"
#endif
