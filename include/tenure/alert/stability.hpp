#pragma once

#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::alert {

/// How far a distribution has moved, and how far chance alone would have moved it.
struct stability_result {
  double psi = 0, bound = 0, p_value = 1;
  std::vector<double> borders, expected, actual, contribution;
  double n_expected = 0, n_actual = 0, missing_expected = 0, missing_actual = 0;
  int dof = 0, corrected = 0;
  double least_expected = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("psi", self.psi, "population stability index: below 0.10 little, from 0.25 much has changed, by custom");
    visit("bound", self.bound, "what chance alone stays below with the given probability: above it the change is real, however small");
    visit("p_value", self.p_value, "probability of an index this large without a change");
    visit("borders", self.borders, "inner borders of the bins, empty for categories");
    visit("expected", self.expected, "shares of the bins in the baseline; a last one for missing values where there are any");
    visit("actual", self.actual, "shares of the bins now");
    visit("contribution", self.contribution, "of each bin to psi");
    visit("n_expected", self.n_expected, "values in the baseline, missing ones included");
    visit("n_actual", self.n_actual, "values now, missing ones included");
    visit("missing_expected", self.missing_expected, "missing values in the baseline");
    visit("missing_actual", self.missing_actual, "missing values now");
    visit("dof", self.dof, "bins that hold a value, less one");
    visit("corrected", self.corrected, "counts of 0 that were taken as 0.5");
    visit("least_expected", self.least_expected, "smallest count that a bin would have now without a change; below 5 bound and p_value are rough");
  }
};

struct stability_options {
  int bins = 10;
  double level = 0.95;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("bins", self.bins, between(2, 1000), "bins for numbers");
    visit("level", self.level, strictly_between(0, 1), "probability that chance alone stays below bound");
  }
};

/// Population stability index sum (a - e) log(a / e) over the bins that the baseline's quantiles (type 7) cut; bins are (border, border],
/// the outer ones open, equal borders joined; missing values (NaN) are a bin of their own where there are any. A bin that is empty on one
/// side counts 0.5 there, and shares are taken of the counts so changed; a bin that is empty on both is left out.
///
/// Without a change the index is about (1 / n + 1 / m) chi-squared with `dof` degrees of freedom (Yurdakul 2018, Statistical properties of
/// population stability index, Western Michigan University): `bound` is its quantile, `p_value` its tail.
/// O((n + m) log(n + m)). Throws invalid_input for infinite values or a side without values. Matches: the reference script in R.
stability_result population_stability_index(numeric_column expected, numeric_column actual, const stability_options& options = {});

/// The same for counts, one entry a category in both: >= 0, not all 0. `bins` is not used.
stability_result population_stability_index(const std::vector<double>& expected, const std::vector<double>& actual, const stability_options& options = {});

}  // namespace tenure::inline TENURE_ABI::alert

#ifndef TENURE_COMPILED
#include "tenure/alert/stability-inl.hpp"
#endif
