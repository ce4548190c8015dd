#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"
#include "tenure/survival/outcome.hpp"

namespace tenure::inline TENURE_ABI {

namespace survival {
/// How the linear predictor becomes the chance of leaving in a period: 1 / (1 + exp(-eta)), or 1 - exp(-exp(eta)) (Cox's model seen by period).
enum class hazard_link { logit, cloglog };
/// An intercept for each period, or a natural cubic spline of the period.
enum class period_baseline { periods, spline };
}  // namespace survival

template <>
struct enum_names<survival::hazard_link> {
  static constexpr const char* values[] = {"logit", "cloglog"};
};
template <>
struct enum_names<survival::period_baseline> {
  static constexpr const char* values[] = {"periods", "spline"};
};

namespace survival {

struct discrete_hazard_options {
  hazard_link link = hazard_link::logit;
  period_baseline baseline = period_baseline::periods;
  std::vector<double> knots = {};              // of the spline, periods ascending, at least 3; empty: 4 at quantiles of the events
  std::vector<double> spikes = {};             // periods with an intercept of their own beside the spline: ends of contracts
  std::vector<std::string> time_varying = {};  // columns whose effect changes linearly with the period
  int max_iterations = 50;                     // scoring steps
  double tolerance = 1e-11;                    // converged when the next step, in standard errors, is below this times sqrt(events)
  std::vector<std::string> reference = {};     // "column=level": the level that others are compared with

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("link", self.link, "how the linear predictor becomes a chance");
    visit("baseline", self.baseline, "intercepts or a spline");
    visit("knots", self.knots, "of the spline");
    visit("spikes", self.spikes, "periods with an intercept of their own beside the spline");
    visit("time_varying", self.time_varying, "columns whose effect changes with the period");
    visit("max_iterations", self.max_iterations, between(1, 10000), "scoring steps");
    visit("tolerance", self.tolerance, strictly_between(0, 1), "converged when the next step, in standard errors, is below this times sqrt(events)");
    visit("reference", self.reference, "column=level, the level that others are compared with");
  }
};

/// A fitted discrete-time hazard: link(chance of leaving in period k | still there) = intercept[k-1] + x'coef + k x_drifting'drift.
struct discrete_hazard_model {
  static constexpr const char* kind = "survival.discrete_hazard";
  static constexpr int version = 1;

  hazard_link link = hazard_link::logit;
  period_baseline baseline = period_baseline::periods;
  encoding code;
  std::vector<double> coef;                 ///< one a design column, then one a drifting design column (change of the effect a period)
  std::vector<std::size_t> drifting;        ///< design columns that drift
  matrix covariance;                        ///< of `coef`, inverse expected information
  std::vector<double> knots;                ///< of the spline, else empty
  std::vector<double> intercept;            ///< of periods 1, 2, ...; -infinity where nobody left (+infinity: everybody) and the period has its own
  std::vector<double> intercept_std_error;  ///< infinite where the intercept is
  std::vector<double> n_risk, n_event;      ///< weight of customers and of events in each period
  std::size_t rows = 0;
  double person_periods = 0, events = 0;  ///< total weight
  double log_likelihood_null = 0, log_likelihood = 0;
  int iterations = 0;
  bool converged = false;
  std::vector<std::size_t> diverging;  ///< positions in `coef` that run off to infinity

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("link", self.link, "how the linear predictor becomes a chance");
    visit("baseline", self.baseline, "intercepts or a spline");
    visit("code", self.code, "columns of training");
    visit("coef", self.coef, "coefficients, then changes a period");
    visit("drifting", self.drifting, "design columns whose effect changes with the period");
    visit("covariance", self.covariance, "inverse expected information of coef");
    visit("knots", self.knots, "of the spline");
    visit("intercept", self.intercept, "of each period");
    visit("intercept_std_error", self.intercept_std_error, "its standard error");
    visit("n_risk", self.n_risk, "weight of customers in each period");
    visit("n_event", self.n_event, "weight of events in each period");
    visit("rows", self.rows, "rows of training");
    visit("person_periods", self.person_periods, "total weight of periods lived through");
    visit("events", self.events, "total weight of events");
    visit("log_likelihood_null", self.log_likelihood_null, "with the baseline alone");
    visit("log_likelihood", self.log_likelihood, "of the events and non-events of all periods");
    visit("iterations", self.iterations, "scoring steps taken");
    visit("converged", self.converged, "true when the maximum was found");
    visit("diverging", self.diverging, "coefficients that run to infinity");
  }
  std::vector<std::string> names() const;  ///< of `coef`: the design columns, then "column:period"
  void check() const;
  friend bool operator==(const discrete_hazard_model&, const discrete_hazard_model&) = default;
};

/// Fits the chance of leaving period by period (Cox 1972, section 6; Singer and Willett 1993; cloglog: Prentice and Gloeckler 1978) by Fisher scoring with
/// step halving.
///
/// x: n x p; y.time: whole periods lived through, the last of them the one in which the customer left (event 1); y.entry: whole periods over before the
/// customer was watched. A row with time 0 says nothing. The rows times periods table that a logistic regression would need is never made: a step sums
/// over each row's periods, O(person-periods x p + n p^2), in one copy of the design, 24 bytes a row and periods x p.
/// A period of its own in which nobody (or everybody) left has an infinite intercept and hazard 0 (1): it says nothing about columns and is left out.
/// Throws invalid_input for times that are not whole, a constant column, unknown drifting columns; numeric_failure naming a collinear one.
/// Matches: R glm(family = binomial(link)) on person-periods, to 1e-8.
discrete_hazard_model fit_discrete_hazard(const table_view& x, const outcome& y, const discrete_hazard_options& options = {}, const execution& run = {});

/// The chance of leaving in each of `periods` (1 .. the last of training) for who is still there before it: rows x periods.
matrix predict_hazard(const discrete_hazard_model& model, const table_view& x, const column_view<double>& periods, const execution& run = {});

/// P(still there after times[j]) for each row; after the last period of training it stays. `given`: tenures already reached, or empty: then the
/// probability of staying times[j] longer. A started period counts only when it is over.
matrix predict_survival(const discrete_hazard_model& model, const table_view& x, const column_view<double>& times, const numeric_column& given = {},
                        const execution& run = {});

}  // namespace survival
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/survival/discrete_hazard-inl.hpp"
#endif
