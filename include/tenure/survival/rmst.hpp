#pragma once

#include <cstddef>
#include <vector>

#include "tenure/survival/curve.hpp"

namespace tenure::inline TENURE_ABI::survival {

/// One group's restricted mean against the reference group's.
struct rmst_contrast {
  std::size_t group = 0;
  double difference = 0, difference_std_error = 0, difference_p_value = 1;  ///< group less reference
  double ratio = 1, log_ratio_std_error = 0, ratio_p_value = 1;             ///< group over reference
};

struct rmst_comparison {
  double tau = 0;
  std::vector<mean_estimate> mean;       ///< one a curve
  std::vector<rmst_contrast> contrasts;  ///< one a curve but the reference
  double statistic = 0;                  ///< chi-squared of all differences together
  int dof = 0;
  double p_value = 1;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("tau", self.tau, "time up to which curves are compared");
    visit("statistic", self.statistic, "chi-squared of all differences");
    visit("dof", self.dof, "degrees of freedom");
    visit("p_value", self.p_value, "of the statistic");
  }
};

/// The latest time up to which every curve is known: the least of their last times.
double common_horizon(const std::vector<curve>& curves);

/// Do customers of different groups stay equally long within the first `tau`? Differences and ratios of restricted mean survival times against the
/// curve `reference`, with normal tests (the ratio on the log scale), and Wald's chi-squared of all differences (Royston and Parmar 2013; Uno et al. 2014).
/// `curves`: Kaplan-Meier of independent groups, at least two. tau > 0, not beyond the last time of a curve that has not reached 0: what happens after
/// is unknown. Throws invalid_input otherwise. Matches: R survRM2::rmst2's formulas.
rmst_comparison compare_restricted_means(const std::vector<curve>& curves, double tau, std::size_t reference = 0);

}  // namespace tenure::inline TENURE_ABI::survival

#ifndef TENURE_COMPILED
#include "tenure/survival/rmst-inl.hpp"
#endif
