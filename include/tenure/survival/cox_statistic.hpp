#pragma once

#include <cstdint>
#include <vector>

#include "tenure/survival/cox.hpp"

namespace tenure::inline TENURE_ABI::survival {

/// What the partial likelihood needs to know at given coefficients once all chunks are together: the risk sets' means and the hazard, by stratum and time.
struct cox_risk_sets {
  static constexpr const char* kind = "survival.cox_risk_sets";
  static constexpr int version = 1;
  encoding code;
  std::vector<double> coef, center;
  double log_likelihood = 0;
  std::vector<double> gradient;
  matrix spread;  ///< sum over events of mean mean', what the information is short of
  std::vector<std::uint32_t> stratum;
  std::vector<double> time;    ///< event times, ascending in each stratum
  std::vector<double> hazard;  ///< cumulative baseline hazard at `center` (Efron: as who survives the time sees it)
  std::vector<double> spared;  ///< the part of a time's hazard that its own events do not see (Efron's ties)

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("code", self.code, "columns");
    visit("coef", self.coef, "coefficients");
    visit("center", self.center, "taken off the columns");
    visit("log_likelihood", self.log_likelihood, "log partial likelihood");
    visit("gradient", self.gradient, "its gradient");
    visit("spread", self.spread, "sum over events of mean mean'");
    visit("stratum", self.stratum, "stratum of each event time");
    visit("time", self.time, "event times, ascending in each stratum");
    visit("hazard", self.hazard, "cumulative baseline hazard");
    visit("spared", self.spared, "part of it that the time's own events do not see");
  }
  void check() const;
  friend bool operator==(const cox_risk_sets&, const cox_risk_sets&) = default;
};

/// First pass of a Newton step over chunks of rows: sums of w exp(eta) and w exp(eta) x by stratum and time, additive over rows. `add` chunks in any
/// order and partition, also one that cuts strata or risk sets, `merge` what others counted, `finish`: log likelihood and gradient. The result is that
/// of all rows at once up to rounding of sums. Memory: 8 (p + 2) bytes a distinct time, 8 (2p + 4) an event time.
struct cox_sums {
  static constexpr const char* kind = "survival.cox_sums";
  static constexpr int version = 1;
  encoding code;
  std::vector<double> coef, center;
  std::vector<std::uint32_t> risk_stratum;  ///< by stratum and time: exits less entries
  std::vector<double> risk_time;
  matrix risk;  ///< times x (1 + p)
  std::vector<std::uint32_t> event_stratum;
  std::vector<double> event_time;
  matrix event;  ///< event times x (rows, w, w eta, w exp(eta), then p of w x, p of w exp(eta) x)

  cox_sums() = default;
  /// `coef`: one a design column of `code`. `center` (empty: zeros) is taken off the columns; any value near the means keeps exp in range.
  cox_sums(encoding code, std::vector<double> coef, std::vector<double> center = {});

  /// Rows of columns named as in `code`; outcome, strata and offset as for `fit_cox`. O(n (p + log n)).
  void add(const table_view& x, const outcome& y, const cox_columns& columns = {});
  void merge(const cox_sums& other);
  /// Ties: efron or breslow. Throws numeric_failure when exp overflowed, invalid_input without an event.
  cox_risk_sets finish(survival::ties ties = ties::efron) const;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("code", self.code, "columns");
    visit("coef", self.coef, "coefficients");
    visit("center", self.center, "taken off the columns");
    visit("risk_stratum", self.risk_stratum, "stratum of each time");
    visit("risk_time", self.risk_time, "times, ascending in each stratum");
    visit("risk", self.risk, "sums over exits less entries");
    visit("event_stratum", self.event_stratum, "stratum of each event time");
    visit("event_time", self.event_time, "event times, ascending in each stratum");
    visit("event", self.event, "sums over events");
  }
  void check() const;
  friend bool operator==(const cox_sums&, const cox_sums&) = default;
};

/// Second pass: with the risk sets of all chunks known, the information is sum_i w_i exp(eta_i) H_i x_i x_i' - spread, H_i the hazard that row i saw, so
/// that no p x p sum is kept by time. `add` and `merge` as before; `finish` gives minus the Hessian. Breslow: H_i = H(time) - H(entry); Efron's ties spare
/// the events part of their own time's. Matches: fit_cox on all rows.
struct cox_information {
  static constexpr const char* kind = "survival.cox_information";
  static constexpr int version = 1;
  cox_risk_sets sets;
  matrix sum;

  cox_information() = default;
  explicit cox_information(cox_risk_sets risk_sets);
  void add(const table_view& x, const outcome& y, const cox_columns& columns = {});
  void merge(const cox_information& other);
  matrix finish() const;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("sets", self.sets, "risk sets of all rows");
    visit("sum", self.sum, "sum of hazard times x x'");
  }
  void check() const;
  friend bool operator==(const cox_information&, const cox_information&) = default;
};

}  // namespace tenure::inline TENURE_ABI::survival

#ifndef TENURE_COMPILED
#include "tenure/survival/cox_statistic-inl.hpp"
#endif
