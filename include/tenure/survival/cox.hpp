#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"
#include "tenure/survival/outcome.hpp"

namespace tenure::inline TENURE_ABI {

namespace survival {
/// How events at the same time enter the partial likelihood.
enum class ties { efron, breslow, exact };
}  // namespace survival

template <>
struct enum_names<survival::ties> {
  static constexpr const char* values[] = {"efron", "breslow", "exact"};
};

namespace survival {

struct cox_options {
  survival::ties ties = ties::efron;
  double l2 = 0.0;                          // penalty l2 / 2 sum(coef^2) taken off the log partial likelihood
  bool robust = false;                      // sandwich variance by row; a cluster column turns it on as well
  int max_iterations = 50;                  // Newton steps
  double tolerance = 1e-11;                 // converged when the next step, in standard errors, is below this times sqrt(events)
  std::vector<std::string> reference = {};  // "column=level": the level that others are compared with

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("ties", self.ties, "how events at the same time are handled");
    visit("l2", self.l2, at_least(0), "ridge penalty on the log partial likelihood");
    visit("robust", self.robust, "sandwich variance");
    visit("max_iterations", self.max_iterations, between(1, 10000), "Newton steps");
    visit("tolerance", self.tolerance, strictly_between(0, 1), "converged when the next step, in standard errors, is below this times sqrt(events)");
    visit("reference", self.reference, "column=level, the level that others are compared with");
  }
};

/// What else is known about the rows; each is n values or empty.
struct cox_columns {
  numeric_column strata = {};   ///< codes 0, 1, ...: each stratum has its own baseline
  numeric_column cluster = {};  ///< codes 0, 1, ...: rows of one cluster are not independent
  numeric_column offset = {};   ///< added to the linear predictor
};

/// A fitted Cox model. Hazard of a customer: baseline(t) exp((x - center)' coef + offset).
struct cox_model {
  static constexpr const char* kind = "survival.cox";
  static constexpr int version = 1;

  survival::ties ties = ties::efron;
  double l2 = 0;
  encoding code;
  std::vector<double> coef;
  std::vector<double> center;     ///< column means that the baseline refers to
  matrix covariance;              ///< inverse information (penalised when l2 > 0); empty for an elastic net
  matrix robust_covariance;       ///< sandwich, empty unless asked for
  matrix unpenalised_covariance;  ///< H^-1 I H^-1 of a ridge fit, else empty
  double effective_dof = 0;       ///< trace(I H^-1): the number of columns without a penalty
  std::size_t rows = 0, events = 0;
  double log_likelihood_null = 0, log_likelihood = 0;
  double likelihood_ratio_test = 0, wald_test = 0, score_test = 0, robust_score_test = 0;
  int iterations = 0;
  bool converged = false;
  std::vector<std::size_t> diverging;  ///< design columns whose coefficient runs off to infinity (monotone likelihood)

  std::vector<std::size_t> stratum_begin;  ///< first baseline row of each stratum, and the end
  std::vector<double> baseline_time;       ///< event times, ascending in each stratum
  std::vector<double> baseline_hazard;     ///< cumulative hazard of a customer at `center`

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("ties", self.ties, "how tied events were handled");
    visit("l2", self.l2, at_least(0), "ridge penalty");
    visit("code", self.code, "columns of training");
    visit("coef", self.coef, "log hazard ratios");
    visit("center", self.center, "column means the baseline refers to");
    visit("covariance", self.covariance, "inverse information");
    visit("robust_covariance", self.robust_covariance, "sandwich variance, or empty");
    visit("unpenalised_covariance", self.unpenalised_covariance, "H^-1 I H^-1 of a ridge fit, or empty");
    visit("effective_dof", self.effective_dof, "effective degrees of freedom");
    visit("rows", self.rows, "rows of training");
    visit("events", self.events, "events of training");
    visit("log_likelihood_null", self.log_likelihood_null, "log partial likelihood with all coefficients 0");
    visit("log_likelihood", self.log_likelihood, "log partial likelihood");
    visit("likelihood_ratio_test", self.likelihood_ratio_test, "chi-squared");
    visit("wald_test", self.wald_test, "chi-squared, robust when the variance is");
    visit("score_test", self.score_test, "chi-squared at all coefficients 0");
    visit("robust_score_test", self.robust_score_test, "the same with the sandwich variance, or 0");
    visit("iterations", self.iterations, "Newton steps taken");
    visit("converged", self.converged, "true when the maximum was found");
    visit("diverging", self.diverging, "design columns whose coefficient runs to infinity");
    visit("stratum_begin", self.stratum_begin, "first baseline row of each stratum, and the end");
    visit("baseline_time", self.baseline_time, "event times by stratum");
    visit("baseline_hazard", self.baseline_hazard, "cumulative hazard at the column means");
  }
  void check() const;
  const matrix& variance() const { return robust_covariance.rows() > 0 ? robust_covariance : covariance; }  ///< what errors are taken from
  std::size_t strata() const { return stratum_begin.empty() ? 0 : stratum_begin.size() - 1; }
  friend bool operator==(const cox_model&, const cox_model&) = default;
};

/// Fits a proportional-hazards model by Newton's method with step halving on the partial likelihood (Cox 1972; ties: Efron 1977, Breslow 1974,
/// exact: Kalbfleisch and Prentice 2002, section 4.3).
///
/// x: n x p, categorical columns become indicators against a reference level; y: event 0/1, optional entry times (late entry and time-varying
/// rows) and case weights. Columns are centred and scaled inside. One sort, then O(n p^2) a step as two blocked Gram matrices; with ties the
/// same, O(times p^2). Memory: one copy of the design (two of the rows that enter late) and about 40 bytes a row; a robust variance two more.
/// Throws invalid_input for a constant column or no event, numeric_failure naming the column for collinear ones (unless l2 > 0); a coefficient
/// without a finite maximum is reported in `diverging`. Exact ties need O(n d p^2) at a time with d events, and unit weights.
/// Matches: R survival::coxph.
cox_model fit_cox(const table_view& x, const outcome& y, const cox_options& options = {}, const cox_columns& columns = {}, const execution& run = {});

/// x' coef of each row: log relative risk against a customer whose columns are all 0 (numbers) or at the reference level.
std::vector<double> predict_log_hazard(const cox_model& model, const table_view& x, const execution& run = {});

/// What every column of the table adds to it: rows x columns, coefficient times value (the level's coefficient for a categorical, 0 for its
/// reference). The sum of a row is `predict_log_hazard`.
matrix log_hazard_effects(const cox_model& model, const table_view& x);

/// P(still there at times[j]) for each row: rows x times. `stratum`: n codes, needed when the model has strata; `given`: n tenures already
/// reached, or empty: then the probability of staying times[j] longer. The hazard is flat after the last event time.
matrix predict_survival(const cox_model& model, const table_view& x, const column_view<double>& times, const numeric_column& stratum = {},
                        const numeric_column& given = {}, const execution& run = {});

/// exp(-center' coef): the factor that takes the baseline at the column means to the one at zero.
double baseline_at_zero(const cox_model& model);

}  // namespace survival
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/survival/cox-inl.hpp"
#endif
