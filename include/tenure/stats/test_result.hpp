#pragma once

#include <cstddef>
#include <limits>

#include "tenure/core/describe.hpp"

namespace tenure::inline TENURE_ABI::stats {

/// What a test says. A number that a test does not have is NaN; each function says which it fills.
struct test_result {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();
  double statistic = none, dof = none, dof2 = none, p_value = none;
  double estimate = none, lower = none, upper = none;
  double effect = none, effect_lower = none, effect_upper = none;
  std::size_t n = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("statistic", self.statistic, "the test statistic");
    visit("dof", self.dof, "degrees of freedom (of the numerator)");
    visit("dof2", self.dof2, "degrees of freedom of the denominator");
    visit("p_value", self.p_value, "p-value, two-sided unless said otherwise");
    visit("estimate", self.estimate, "what is estimated, in the data's units");
    visit("lower", self.lower, "lower end of its interval");
    visit("upper", self.upper, "upper end of its interval");
    visit("effect", self.effect, "effect size without units");
    visit("effect_lower", self.effect_lower, "lower end of its interval");
    visit("effect_upper", self.effect_upper, "upper end of its interval");
    visit("n", self.n, "observations used");
  }
};

}  // namespace tenure::inline TENURE_ABI::stats
