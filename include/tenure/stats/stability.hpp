#pragma once

#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::stats {

/// How far a distribution has moved.
struct stability_result {
  double psi = 0, bound = 0;
  std::vector<double> borders, expected, actual;
  double n_expected = 0, n_actual = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("psi", self.psi, "population stability index: below 0.1 little, above 0.25 much has changed, by custom");
    visit("bound", self.bound, "what chance alone stays below with the given probability: above it the change is real, however small");
    visit("borders", self.borders, "inner borders of the bins, empty for categories");
    visit("expected", self.expected, "shares of the bins in the baseline, after the floor");
    visit("actual", self.actual, "shares of the bins now, after the floor");
    visit("n_expected", self.n_expected, "values in the baseline");
    visit("n_actual", self.n_actual, "values now");
  }
};

/// Population stability index sum (a - e) log(a / e) over bins that the baseline's quantiles (type 7) cut; bins are (border, border], the
/// outer ones open, equal borders joined; shares are floored at 1e-4. Missing values are left out. `bound`: the chi-square quantile of `level`
/// with bins - 1 degrees of freedom times (1 / n + 1 / m), the distribution without a change (Yurdakul 2018).
/// Throws invalid_input for infinite values or a side without values. Matches: the reference script in R.
stability_result population_stability(numeric_column expected, numeric_column actual, int bins = 10, double level = 0.95);

/// The same for counts of categories, one entry a level in both.
stability_result population_stability(const std::vector<double>& expected, const std::vector<double>& actual, double level = 0.95);

}  // namespace tenure::inline TENURE_ABI::stats

#ifndef TENURE_COMPILED
#include "tenure/stats/stability-inl.hpp"
#endif
