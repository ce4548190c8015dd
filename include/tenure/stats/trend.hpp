#pragma once

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::stats {

/// A monotone trend over time without a shape: Mann-Kendall's test and Sen's slope.
struct trend_result {
  double score = 0, variance = 0, statistic = 0, p_value = 0, tau = 0;
  double slope = 0, lower = 0, upper = 0, intercept = 0;
  std::size_t n = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("score", self.score, "S: rising minus falling pairs");
    visit("variance", self.variance, "variance of S without a trend, with ties");
    visit("statistic", self.statistic, "z with continuity correction");
    visit("p_value", self.p_value, "two-sided p-value");
    visit("tau", self.tau, "Kendall's tau-b of value and time");
    visit("slope", self.slope, "Sen's slope: median of all pairwise slopes");
    visit("lower", self.lower, "lower end of its interval");
    visit("upper", self.upper, "upper end of its interval");
    visit("intercept", self.intercept, "median of value - slope * time");
    visit("n", self.n, "values present");
  }
};

/// Mann-Kendall test and Sen's (1968) slope of `values` over `time` (0, 1, 2, ... when empty); missing values are left out. The interval of the
/// slope inverts the test (Gilbert 1987, 16.4.2). Needs 3 values; at most 10,000 (all pairs are formed). Times must differ from each other.
/// Matches: the reference script in R.
trend_result trend_test(numeric_column values, numeric_column time = {}, double level = 0.95);

}  // namespace tenure::inline TENURE_ABI::stats

#ifndef TENURE_COMPILED
#include "tenure/stats/trend-inl.hpp"
#endif
