#pragma once

#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::stats {

enum class proportion_method : unsigned char { wilson, wilson_continuity, clopper_pearson, jeffreys, jeffreys_unmodified, agresti_coull, wald };

/// A confidence interval.
struct interval {
  double lower = 0;
  double upper = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("lower", self.lower, "lower bound");
    visit("upper", self.upper, "upper bound");
  }
  friend bool operator==(const interval&, const interval&) = default;
};

/// Interval for a proportion of `successes` in `trials` (0 <= successes <= trials, trials > 0; counts may be weighted), two-sided at
/// `level` in (0, 1).
///
/// wilson: score interval (Wilson 1927), clipped to [0, 1] only where rounding leaves it; wilson_continuity: with Yates' correction
/// min(0.5, |x - n/2|), as R's prop.test; clopper_pearson: exact, beta quantiles; jeffreys: beta(x + 1/2, n - x + 1/2) quantiles with
/// lower = 0 at x = 0 and upper = 1 at x = n (Brown, Cai, DasGupta 2001); jeffreys_unmodified: without that; agresti_coull and wald:
/// normal approximations that may leave [0, 1].
///
/// Matches: R prop.test, binom.test, qbeta. Errors: invalid_input for counts or level out of range.
interval proportion_ci(double successes, double trials, double level = 0.95, proportion_method method = proportion_method::wilson);

/// Many intervals by one method.
struct interval_columns {
  std::vector<double> lower, upper;
};
interval_columns proportion_ci(column_view<double> successes, column_view<double> trials, double level = 0.95,
                               proportion_method method = proportion_method::wilson);

/// Garwood's (1936) exact interval for a Poisson mean of `count` events, divided by `exposure` > 0: chi-squared quantiles with 2 count
/// and 2 count + 2 degrees of freedom. Matches: R poisson.test.
interval poisson_ci(double count, double exposure = 1, double level = 0.95);

/// Interval of Fay and Feuer (1997, Statistics in Medicine 16, 791-801, eq. 1) for a weighted sum of independent Poisson counts:
/// `sum` = sum w x, `variance` = sum w^2 x, `largest_weight` = max w. Equal weights give Garwood's interval.
interval weighted_poisson_ci(double sum, double variance, double largest_weight, double level = 0.95);

/// Newcombe's (1998, method 10) hybrid score interval for p1 - p2, without continuity correction.
interval difference_ci(double successes1, double trials1, double successes2, double trials2, double level = 0.95);

/// Two-sided p-value of p1 = p2: Pearson's chi-squared without correction, or Fisher's exact test where a cell is expected to hold fewer
/// than 5. NaN when nobody or everybody succeeded in both. Matches: R prop.test(correct = FALSE), fisher.test.
double difference_p(double successes1, double trials1, double successes2, double trials2);

/// Katz's (1978) log-normal interval for the ratio p1 / p2. A zero count gives [0, inf] on the side that the data leave open.
interval ratio_ci(double successes1, double trials1, double successes2, double trials2, double level = 0.95);

/// Exact interval for the ratio of two Poisson means with equal exposure, count1 / count2: Clopper-Pearson for count1 out of both,
/// given their sum. Matches: R poisson.test with two counts.
interval poisson_ratio_ci(double count1, double count2, double level = 0.95);

}  // namespace tenure::inline TENURE_ABI::stats

template <>
struct tenure::enum_names<tenure::stats::proportion_method> {
  static constexpr const char* values[] = {"wilson", "wilson_continuity", "clopper_pearson", "jeffreys", "jeffreys_unmodified", "agresti_coull", "wald"};
};

#ifndef TENURE_COMPILED
#include "tenure/stats/proportion-inl.hpp"
#endif
