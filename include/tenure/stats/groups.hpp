#pragma once

#include "tenure/core/describe.hpp"
#include "tenure/core/table.hpp"
#include "tenure/stats/test_result.hpp"

namespace tenure::inline TENURE_ABI {

namespace stats {

/// Whether a p-value comes from the exact distribution; automatic: both samples below 50 values and no ties.
enum class exactness { automatic, yes, no };

}  // namespace stats

template <>
struct enum_names<stats::exactness> {
  static constexpr const char* values[] = {"automatic", "yes", "no"};
};

namespace stats {

// Comparisons of groups. Missing values (NaN) are left out; an infinite value or a sample too small for the test throws invalid_input.

struct t_test_options {
  bool equal_variance = false;  // pooled variance instead of Welch's
  double level = 0.95;          // confidence level

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("equal_variance", self.equal_variance, "Student's pooled variance instead of Welch's");
    visit("level", self.level, strictly_between(0, 1), "confidence level of the intervals");
  }
};

/// Difference of two means: statistic t, dof (Welch-Satterthwaite unless equal variances are assumed), p_value, estimate = mean(a) - mean(b)
/// with its interval, effect = Cohen's d on the pooled standard deviation with its large-sample interval, variance (na + nb)/(na nb) + d^2/(2(na + nb)).
/// Each sample needs 2 values. Matches: R 4.2.2 t.test.
test_result t_test(numeric_column a, numeric_column b, const t_test_options& options = {});

struct mann_whitney_options {
  exactness exact = exactness::automatic;  // distribution of the p-value
  bool continuity = true;                  // correction by 1/2 of the normal approximation
  double level = 0.95;                     // confidence level of the effect

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("exact", self.exact, "exact distribution, normal approximation, or automatic: exact below 50 values a sample without ties");
    visit("continuity", self.continuity, "continuity correction of the normal approximation");
    visit("level", self.level, strictly_between(0, 1), "confidence level of the effect");
  }
};

/// Mann-Whitney / Wilcoxon rank-sum test: statistic U (pairs with a > b, ties count half), p_value; effect = U / (na nb), the chance that a
/// value of a exceeds one of b (the area under the ROC curve), with Hanley and McNeil's (1982) interval. Matches: R wilcox.test.
test_result mann_whitney(numeric_column a, numeric_column b, const mann_whitney_options& options = {});

/// Two-sample Kolmogorov-Smirnov: statistic D = largest gap of the two distribution functions, p_value by the limit distribution.
/// Matches: R ks.test(exact = FALSE).
test_result kolmogorov_smirnov(numeric_column a, numeric_column b);

// Several groups: `group` holds one code >= 0 a value (negative: left out). At least two groups must have values.

/// One-way analysis of variance: statistic F, dof, dof2, p_value; effect = eta^2 with its interval by inversion of the noncentral F
/// (Smithson 2003). Matches: R anova(lm).
test_result anova(numeric_column values, numeric_column group, double level = 0.95);

/// Welch's one-way test, variances may differ; every group needs 2 values and some spread. Matches: R oneway.test.
test_result welch_anova(numeric_column values, numeric_column group);

/// Kruskal-Wallis rank test with tie correction: statistic chi-square, dof, p_value; effect = epsilon^2 = H / (n - 1). Matches: R kruskal.test.
test_result kruskal_wallis(numeric_column values, numeric_column group);

/// Levene's test of equal variances about the medians (Brown and Forsythe 1974): statistic F. Matches: R, anova of |x - median|.
test_result levene(numeric_column values, numeric_column group);

/// Bartlett's test of equal variances: statistic chi-square; every group needs 2 values and some spread. Matches: R bartlett.test.
test_result bartlett(numeric_column values, numeric_column group);

}  // namespace stats

}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/stats/groups-inl.hpp"
#endif
