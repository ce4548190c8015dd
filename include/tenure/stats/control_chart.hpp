#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI {

namespace stats {

enum class chart_kind { p, laney, individuals, ewma, cusum };

}  // namespace stats

template <>
struct enum_names<stats::chart_kind> {
  static constexpr const char* values[] = {"p", "laney", "individuals", "ewma", "cusum"};
};

namespace stats {

struct chart_options {
  chart_kind kind = chart_kind::p;  // which chart
  int baseline = 0;                 // how many first points set centre and spread, 0 = all
  double width = 3;                 // distance of the limits from the centre, in standard deviations
  double weight = 0.2;              // ewma: weight of the newest point
  double slack = 0.5;               // cusum: k, in standard deviations
  double decision = 5;              // cusum: h, in standard deviations

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("kind", self.kind, "p (proportions), laney (proportions that vary more than chance), individuals, ewma or cusum (values)");
    visit("baseline", self.baseline, at_least(0), "how many first points set centre and spread; 0 = all");
    visit("width", self.width, more_than(0), "distance of the limits from the centre, in standard deviations");
    visit("weight", self.weight, bounds{.low = 0, .high = 1, .low_open = true}, "ewma: weight of the newest point");
    visit("slack", self.slack, at_least(0), "cusum: shift that counts as none, half the shift to be found, in standard deviations");
    visit("decision", self.decision, more_than(0), "cusum: sum that signals, in standard deviations");
  }
};

/// A control chart, one entry a point.
struct control_chart_result {
  double centre = 0, sigma = 0;
  std::vector<double> value, lower, upper, fall;
  std::vector<std::uint8_t> signal;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("centre", self.centre, "the centre line: of the baseline");
    visit("sigma", self.sigma, "standard deviation of a point; for proportions Laney's sigma_z (1 for the p chart)");
    visit("value", self.value, "what is plotted: proportion, value, weighted average, or the upper cusum");
    visit("lower", self.lower, "lower limit; for cusum 0");
    visit("upper", self.upper, "upper limit; for cusum the decision h");
    visit("fall", self.fall, "cusum only: the lower cusum, against which `upper` holds as well");
    visit("signal", self.signal, "1 where the point is outside its limits");
  }
};

/// Is the process still the same? Shewhart's p chart of counts[i] / totals[i]; Laney's (2002) p' chart, which widens the limits by the observed
/// variation between points (use it from some ten thousand customers on, where chance alone is tiny); and for `values` the individuals
/// chart (moving range / 1.128), Roberts' EWMA with exact limits and Page's two-sided CUSUM (standard deviation of the baseline).
/// p and laney need `totals`; the others must not get any. The baseline needs 2 points. Signals are points strictly outside the limits.
/// Matches: the reference script in R (qcc's formulas). Montgomery, Introduction to Statistical Quality Control, chapters 6, 7, 9.
control_chart_result control_chart(numeric_column values, numeric_column totals, const chart_options& options = {});

}  // namespace stats

}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/stats/control_chart-inl.hpp"
#endif
