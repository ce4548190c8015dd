#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"
#include "tenure/survival/event_counts.hpp"

namespace tenure::inline TENURE_ABI {

namespace survival {
/// aalen: sums over event times, as cmprsk's cuminc; jackknife: sum of squared influences, as R's survfit.
enum class incidence_variance { aalen, jackknife };
}  // namespace survival

template <>
struct enum_names<survival::incidence_variance> {
  static constexpr const char* values[] = {"aalen", "jackknife"};
};

namespace survival {

/// Share gone for each reason, by time, of one group.
struct incidence_curve {
  std::vector<double> time, n_risk, n_censor;
  matrix n_event;    ///< times x causes
  matrix incidence;  ///< times x causes: P(gone by t for this reason)
  matrix variance;   ///< of the incidence
  std::vector<double> survival, survival_variance;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("time", self.time, "distinct end times, ascending");
    visit("n_risk", self.n_risk, "weight at risk just before each time");
    visit("n_censor", self.n_censor, "weight of censorings at each time");
    visit("n_event", self.n_event, "weight of events, times x causes");
    visit("incidence", self.incidence, "share gone by each time, times x causes");
    visit("variance", self.variance, "of the incidence");
    visit("survival", self.survival, "share still there");
    visit("survival_variance", self.survival_variance, "of the share still there");
  }
  void check() const;
  friend bool operator==(const incidence_curve&, const incidence_curve&) = default;
};

/// Aalen and Johansen's (1978) cumulative incidence from counted times: F_k(t) = sum S(u-) d_k / n. O(times x causes).
/// `aalen` allows late entries; both read weights as numbers of like customers; `jackknife` needs everybody observed from the start.
/// Matches: R cmprsk::cuminc (estimate, `aalen`), survfit (`jackknife`).
incidence_curve aalen_johansen(const event_table& table, incidence_variance variance = incidence_variance::aalen);

/// Mean time in each state between `start` and tau: still there, then gone for each reason. Matches: R's rmean with `start` at the first time,
/// from which R counts.
std::vector<double> mean_time_in_state(const incidence_curve& c, double tau, double start = 0);

struct aalen_johansen_model {
  static constexpr const char* kind = "survival.aalen_johansen";
  static constexpr int version = 1;
  double level = 0.95;
  std::vector<std::string> groups;
  std::vector<incidence_curve> curves;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("level", self.level, strictly_between(0, 1), "confidence level");
    visit("groups", self.groups, "name of each group");
    visit("curves", self.curves, "one a group");
  }
  void check() const;
  friend bool operator==(const aalen_johansen_model&, const aalen_johansen_model&) = default;
};

aalen_johansen_model fit_aalen_johansen(const outcome& y, int causes, const numeric_column& group, const std::vector<std::string>& groups, double level = 0.95,
                                        incidence_variance variance = incidence_variance::aalen, const execution& run = {});

struct gray_result {
  double statistic = 0;
  int dof = 0;
  double p_value = 1;
};

/// Gray's (1988) test: is the cumulative incidence of `cause` (1 ..) the same in all groups? `tables`: one a group; no late entries.
/// O(times x groups^3). Matches: R cmprsk::cuminc.
gray_result gray_test(const std::vector<event_table>& tables, int cause);

struct fine_gray_options {
  int cause = 1;
  int max_iterations = 50;
  double tolerance = 1e-11;
  std::vector<std::string> reference = {};

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("cause", self.cause, between(1, 255), "the reason whose incidence is modelled");
    visit("max_iterations", self.max_iterations, between(1, 10000), "Newton steps");
    visit("tolerance", self.tolerance, strictly_between(0, 1), "converged when the next step, in standard errors, is below this times sqrt(events)");
    visit("reference", self.reference, "column=level, the level that others are compared with");
  }
};

/// A fitted subdistribution-hazards model: P(gone by t for the cause) = 1 - exp(-H(t) exp((x - center)'coef)).
struct fine_gray_model {
  static constexpr const char* kind = "survival.fine_gray";
  static constexpr int version = 1;
  int cause = 1;
  encoding code;
  std::vector<double> coef, center;
  matrix covariance;  ///< sandwich that allows for the estimated censoring curve
  std::size_t rows = 0, events = 0;
  double log_likelihood_null = 0, log_likelihood = 0;
  int iterations = 0;
  bool converged = false;
  std::vector<double> baseline_time, baseline_hazard;  ///< cumulative, at `center`

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("cause", self.cause, "the reason whose incidence is modelled");
    visit("code", self.code, "columns of training");
    visit("coef", self.coef, "log subdistribution hazard ratios");
    visit("center", self.center, "column means the baseline refers to");
    visit("covariance", self.covariance, "sandwich variance");
    visit("rows", self.rows, "rows of training");
    visit("events", self.events, "events of the cause");
    visit("log_likelihood_null", self.log_likelihood_null, "with all coefficients 0");
    visit("log_likelihood", self.log_likelihood, "log pseudo likelihood");
    visit("iterations", self.iterations, "Newton steps taken");
    visit("converged", self.converged, "true when the maximum was found");
    visit("baseline_time", self.baseline_time, "event times");
    visit("baseline_hazard", self.baseline_hazard, "cumulative subdistribution hazard at the column means");
  }
  void check() const;
  friend bool operator==(const fine_gray_model&, const fine_gray_model&) = default;
};

/// Fine and Gray's (1999) model of the incidence of one reason: customers gone for another reason stay in the risk set with the weight
/// G(t-) / G(T-), G the Kaplan-Meier curve of the censoring; Breslow ties. Two Gram matrices a step, O(n log n + n p^2). A row of
/// weight 2 counts as two rows, also in the variance. With late entries the weight is G(t-) H(t-) / (G(T-) H(T-)), H the chance of having entered by then
/// (Geskus 2011), and the variance takes these weights as known. Matches: R cmprsk::crr; with late entries survival::finegray and coxph(robust).
fine_gray_model fit_fine_gray(const table_view& x, const outcome& y, const fine_gray_options& options = {}, const execution& run = {});

/// P(gone by times[j] for the cause), rows x times.
matrix predict_incidence(const fine_gray_model& model, const table_view& x, const column_view<double>& times, const execution& run = {});
std::vector<double> predict_log_hazard(const fine_gray_model& model, const table_view& x);

}  // namespace survival
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/survival/competing-inl.hpp"
#endif
