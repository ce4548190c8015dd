#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/views.hpp"
#include "tenure/survival/event_counts.hpp"
#include "tenure/survival/outcome.hpp"

namespace tenure::inline TENURE_ABI {

namespace survival {
/// The scale on which an interval is symmetric.
enum class interval_scale { plain, log, log_log };
enum class hazard_ties { nelson_aalen, fleming_harrington };
}  // namespace survival

template <>
struct enum_names<survival::interval_scale> {
  static constexpr const char* values[] = {"plain", "log", "log-log"};
};
template <>
struct enum_names<survival::hazard_ties> {
  static constexpr const char* values[] = {"nelson-aalen", "fleming-harrington"};
};

namespace survival {

/// A step function of time that starts at `start`: Kaplan-Meier's survival or Nelson-Aalen's cumulative hazard of one group.
struct curve {
  std::vector<double> time;      ///< distinct end times, ascending
  std::vector<double> n_risk;    ///< weight at risk just before each
  std::vector<double> n_event;   ///< weight of events at each
  std::vector<double> n_censor;  ///< weight of censorings at each
  std::vector<double> estimate;  ///< S(t) or H(t) from each time on
  std::vector<double> variance;  ///< of log S(t) (Greenwood: sum d / (n (n - d)); infinite where S = 0), or of H(t)

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("time", self.time, "distinct end times, ascending");
    visit("n_risk", self.n_risk, "weight at risk just before each time");
    visit("n_event", self.n_event, "weight of events at each time");
    visit("n_censor", self.n_censor, "weight of censorings at each time");
    visit("estimate", self.estimate, "value of the curve from each time on");
    visit("variance", self.variance, "of log S(t), or of the cumulative hazard");
  }
  void check() const;
  friend bool operator==(const curve&, const curve&) = default;
};

struct curve_limits {
  std::vector<double> std_error, lower, upper;
};

struct quantile_estimate {
  double probability = 0, time = 0, lower = 0, upper = 0;
};

struct mean_estimate {
  double value = 0, std_error = 0;
};

/// Kaplan-Meier's estimate from counted times: S(t) = prod (1 - d/n) over times <= t (Kaplan and Meier 1958). O(times).
/// Times are tied when they are equal, exactly. Matches: R survival::survfit.
curve kaplan_meier(event_table table);
/// Nelson-Aalen's cumulative hazard sum d/n with variance sum d/n^2, or with the tie correction of Fleming and Harrington (1984):
/// 1/n + 1/(n-1) + ... for the d events of one time. Matches: R survfit(stype = 2, ctype = 1 | 2).
curve nelson_aalen(event_table table, hazard_ties ties = hazard_ties::nelson_aalen);

/// Standard errors and pointwise limits of S(t), inside [0, 1]. As in R they are not a number where the scale has no value: S = 0, and on the
/// log-log scale S = 1.
curve_limits survival_limits(const curve& km, interval_scale scale, double level, const execution& run = {});
/// The same for a cumulative hazard; `log` and `log_log` both mean H exp(+-z se/H), the scale on which log-log limits of S are symmetric.
curve_limits hazard_limits(const curve& na, interval_scale scale, double level);

/// S(t) or H(t) at any times >= 0; before the first time `start` (1 for survival, 0 for hazard), after the last its value there.
std::vector<double> curve_at(const curve& c, const column_view<double>& times, double start);
/// Weight at risk just before each of `times`.
std::vector<double> at_risk(const curve& c, const column_view<double>& times);

/// When S(t) falls below 1 - p, with the times at which the limits do (Brookmeyer and Crowley 1982). Where S(t) = 1 - p exactly, the middle
/// of that stretch; infinite when not reached. Matches: R quantile.survfit.
quantile_estimate survival_quantile(const curve& km, const curve_limits& limits, double p);

/// Restricted mean survival time: the area under S up to `tau`, standard error from Greenwood (Klein and Moeschberger 2003, eq. 4.5.2).
/// Beyond the last time S keeps its value. Matches: R print(survfit, rmean = tau).
mean_estimate restricted_mean(const curve& km, double tau);

/// Curves of several groups with how their intervals are made: what is saved and served.
struct survival_curves {
  static constexpr const char* kind = "survival.curves";
  static constexpr int version = 1;

  bool hazard = false;
  interval_scale scale = interval_scale::log;
  double level = 0.95;
  std::vector<std::string> groups;  ///< one name a curve
  std::vector<curve> curves;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("hazard", self.hazard, "true for Nelson-Aalen, false for Kaplan-Meier");
    visit("scale", self.scale, "the scale on which intervals are symmetric");
    visit("level", self.level, strictly_between(0, 1), "confidence level");
    visit("groups", self.groups, "name of each group");
    visit("curves", self.curves, "one curve a group");
  }
  void check() const;
  friend bool operator==(const survival_curves&, const survival_curves&) = default;
};

struct curve_options {
  interval_scale scale = interval_scale::log;
  double level = 0.95;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("scale", self.scale, "scale on which intervals are symmetric");
    visit("level", self.level, strictly_between(0, 1), "confidence level");
  }
};

/// Kaplan-Meier by group: `group` holds n codes into `groups` (empty: one group).
survival_curves fit_kaplan_meier(const outcome& y, const numeric_column& group, const std::vector<std::string>& groups, const curve_options& options = {},
                                 const execution& run = {});
survival_curves fit_nelson_aalen(const outcome& y, const numeric_column& group, const std::vector<std::string>& groups, const curve_options& options = {},
                                 hazard_ties ties = hazard_ties::nelson_aalen, const execution& run = {});

}  // namespace survival
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/survival/curve-inl.hpp"
#endif
