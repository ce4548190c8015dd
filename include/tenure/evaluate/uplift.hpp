#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::evaluate {

/// Outcomes of an experiment with the predicted uplift that should rank its rows: the higher, the more the treatment raises P(y = 1).
struct uplift_scored {
  numeric_column y;          // 0 or 1
  numeric_column uplift;     // any finite number
  numeric_column treatment;  // 0 or 1
};

/// A curve over the share of rows treated, best uplift first; equal uplifts are one step. It starts at 0 and ends at the average effect.
struct uplift_points {
  std::vector<double> share, gain, treated, control;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("share", self.share, "share of rows treated");
    visit("gain", self.gain, "outcomes won a row");
    visit("treated", self.treated, "treated rows so far");
    visit("control", self.control, "other rows so far");
  }
};

/// Uplift curve: (y1 / n1 - y0 / n0) (n1 + n0) / N from the rows so far, treated (1) and other (0), a rate without rows counting 0
/// (Jaskowski and Jaroszewicz 2012). O(n) by a radix sort. Matches: scikit-uplift uplift_curve.
/// Errors: invalid_input for lengths, y or treatment other than 0 and 1, an uplift that is not finite, a missing group.
uplift_points uplift_curve(const uplift_scored& data);
/// Qini curve: (y1 - y0 n1 / n0) / N1 (Radcliffe 2007). Matches: scikit-uplift qini_curve.
uplift_points qini_curve(const uplift_scored& data);

/// A measure with its bootstrap standard error and normal interval.
struct uplift_measure {
  double value = 0, std_error = 0, lower = 0, upper = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("value", self.value, "the measure");
    visit("std_error", self.std_error, "bootstrap standard error");
    visit("lower", self.lower, "lower end of the interval");
    visit("upper", self.upper, "upper end of the interval");
  }
};

struct uplift_bootstrap {
  double level = 0.95;
  int n_bootstrap = 200;
  std::int64_t seed = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("level", self.level, bounds{.low = 0, .high = 1, .low_open = true, .high_open = true}, "of the interval");
    visit("n_bootstrap", self.n_bootstrap, between(2, 100000), "bootstrap samples");
    visit("seed", self.seed, "seed of the bootstrap");
  }
};

/// Area under the uplift curve: outcomes won a row when a random share is treated, best uplift first. Half of the average effect when the
/// ranking says nothing. O(n) a bootstrap sample.
uplift_measure auuc(const uplift_scored& data, const uplift_bootstrap& options = {}, const execution& run = {});
/// Area between the Qini curve and the straight line to its end: 0 when the ranking says nothing.
uplift_measure qini_score(const uplift_scored& data, const uplift_bootstrap& options = {}, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::evaluate

#ifndef TENURE_COMPILED
#include "tenure/evaluate/uplift-inl.hpp"
#endif
