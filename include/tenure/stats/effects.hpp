#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::stats {

/// One coefficient of a regression.
struct effect_estimate {
  std::string name;
  double estimate = 0, std_error = 0, statistic = 0, p_value = 0, lower = 0, upper = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("name", self.name, "what is estimated");
    visit("estimate", self.estimate, "the coefficient");
    visit("std_error", self.std_error, "its standard error");
    visit("statistic", self.statistic, "estimate / std_error");
    visit("p_value", self.p_value, "two-sided p-value");
    visit("lower", self.lower, "lower end of its interval");
    visit("upper", self.upper, "upper end of its interval");
  }
};

struct before_after_options {
  int season = 0;       // points in a season (12 for months of a year), 0 = none
  int lags = -1;        // lags of the Newey-West errors, -1 = floor(4 (n / 100)^(2/9))
  double level = 0.95;  // confidence level

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("season", self.season, at_least(0), "points in a season, such as 12 months; 0 = no season");
    visit("lags", self.lags, at_least(-1), "lags of the Newey-West standard errors; -1 = floor(4 (n / 100)^(2/9))");
    visit("level", self.level, strictly_between(0, 1), "confidence level of the intervals");
  }
};

/// What changed at a known moment.
struct before_after_result {
  std::vector<effect_estimate> effects;
  std::vector<double> fitted, expected;
  double n_before = 0, n_after = 0, lags = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("effects", self.effects, "level change, slope before, slope change (per point), level at the start, and seasonal terms");
    visit("fitted", self.fitted, "fitted value of every point");
    visit("expected", self.expected, "what would have come without the change: the trend before, prolonged");
    visit("n_before", self.n_before, "points before the change");
    visit("n_after", self.n_after, "points from the change on");
    visit("lags", self.lags, "lags of the standard errors");
  }
};

/// Interrupted time series: y = level + slope * t + [t >= change](level change + slope change * (t - change)) + season, by least squares with
/// Newey-West (1987) standard errors (Bartlett kernel, factor n / (n - k)) and t quantiles. `change`: index of the first point after the
/// change. Needs 3 points before and after, more than coefficients in all, and with a season a whole one of points before the change.
/// Throws numeric_failure when the terms cannot be told apart. Matches: statsmodels OLS, cov_type="HAC", use_correction.
before_after_result before_after(numeric_column values, std::size_t change, const before_after_options& options = {});

struct did_options {
  double level = 0.95;  // confidence level

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("level", self.level, strictly_between(0, 1), "confidence level of the intervals");
  }
};

/// Difference in differences.
struct did_result {
  effect_estimate effect, robust, clustered;
  double treated_before = 0, treated_after = 0, control_before = 0, control_after = 0;
  double n = 0, clusters = 0;
  double pretrend_statistic = 0, pretrend_p_value = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("effect", self.effect, "the effect with classical standard errors");
    visit("robust", self.robust, "with heteroscedasticity-robust errors (HC1)");
    visit("clustered", self.clustered, "with errors clustered by unit (NaN without units), t with clusters - 1 degrees of freedom");
    visit("treated_before", self.treated_before, "mean of the treated before");
    visit("treated_after", self.treated_after, "mean of the treated after");
    visit("control_before", self.control_before, "mean of the others before");
    visit("control_after", self.control_after, "mean of the others after");
    visit("n", self.n, "rows used");
    visit("clusters", self.clusters, "units, 0 when not given");
    visit("pretrend_statistic", self.pretrend_statistic, "t of a difference in slopes before the change, errors clustered by unit or HC1; NaN without periods");
    visit("pretrend_p_value", self.pretrend_p_value, "its p-value: a small one speaks against the comparison");
  }
};

/// effect = (treated after - treated before) - (control after - control before), least squares of y on treated, post and their product.
/// treated, post: 0 or 1; unit: codes of the repeated units, or empty; period: time of each row, or empty, for the test of equal slopes before
/// the change. Missing y are left out. Every one of the four cells must have rows.
/// Matches: R lm, HC1 and clustered sandwich in the reference script.
did_result difference_in_differences(numeric_column y, numeric_column treated, numeric_column post, numeric_column unit = {}, numeric_column period = {},
                                     const did_options& options = {});

}  // namespace tenure::inline TENURE_ABI::stats

#ifndef TENURE_COMPILED
#include "tenure/stats/effects-inl.hpp"
#endif
