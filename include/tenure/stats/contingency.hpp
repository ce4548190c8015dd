#pragma once

#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/table.hpp"
#include "tenure/stats/test_result.hpp"

namespace tenure::inline TENURE_ABI::stats {

/// The counts of two columns of codes, levels_a x levels_b; rows where either is missing (negative code) are left out. Counts of parts
/// of the data add up.
matrix cross_tabulate(const table_column& a, const table_column& b);

/// Everything a table of counts says about association.
struct contingency_result {
  double chi_squared = 0, dof = 0, p_value = 0;
  double g_statistic = 0, g_p_value = 0;
  double cramers_v = 0, cramers_v_corrected = 0, lower = 0, upper = 0;
  double contingency_coefficient = 0, tschuprow_t = 0, phi = 0;
  double min_expected = 0;
  double n = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("chi_squared", self.chi_squared, "Pearson's chi-square without continuity correction");
    visit("dof", self.dof, "degrees of freedom: (rows - 1)(columns - 1) of the rows and columns that are not empty");
    visit("p_value", self.p_value, "p-value of chi-square");
    visit("g_statistic", self.g_statistic, "likelihood-ratio statistic G");
    visit("g_p_value", self.g_p_value, "p-value of G");
    visit("cramers_v", self.cramers_v, "Cramer's V in [0, 1]");
    visit("cramers_v_corrected", self.cramers_v_corrected, "Cramer's V with Bergsma's bias correction");
    visit("lower", self.lower, "lower end of the interval for Cramer's V in the population");
    visit("upper", self.upper, "upper end of that interval");
    visit("contingency_coefficient", self.contingency_coefficient, "Pearson's C = sqrt(phi^2 / (1 + phi^2))");
    visit("tschuprow_t", self.tschuprow_t, "Tschuprow's T");
    visit("phi", self.phi, "sqrt(chi-square / n)");
    visit("min_expected", self.min_expected, "smallest expected count; below 5 the chi-square p-value is rough: see fisher_exact");
    visit("n", self.n, "sum of the counts");
  }
};

/// Association in a table of counts (>= 0; empty rows and columns are dropped; fewer than two of either left: V = NaN, p = 1).
///
/// V = sqrt(chi^2 / (n min(r - 1, c - 1))). Corrected as Bergsma (2013), J. Korean Stat. Soc. 42. The interval inverts the noncentral
/// chi-square (Smithson 2003): [sqrt(ncp_lower / (n m)), sqrt(ncp_upper / (n m))], m = min(r - 1, c - 1).
/// Matches: R 4.2.2 chisq.test and the formulas in the reference script.
contingency_result contingency(const matrix& counts, double level = 0.95);

/// Yates' continuity-corrected chi-square of a 2 x 2 table: statistic, dof, p_value. Matches: R chisq.test.
test_result yates_chi_squared(const matrix& counts);

/// Fisher's exact test. 2 x 2: estimate = conditional maximum-likelihood odds ratio with its exact interval, `p_value` two-sided (tables
/// no more probable than the observed one). r x 2 and 2 x c: p_value alone, by enumeration; throws not_supported for wider tables and for
/// more than 20,000,000 tables. Counts must be whole numbers. Matches: R fisher.test.
test_result fisher_exact(const matrix& counts, double level = 0.95);

/// Cochran-Mantel-Haenszel over 2 x 2 tables, one a stratum, without continuity correction: statistic, dof, p_value; estimate = common odds
/// ratio with the interval of Robins, Breslow and Greenland (1986). Matches: R mantelhaen.test(correct = FALSE).
test_result mantel_haenszel(const std::vector<matrix>& tables, double level = 0.95);

/// McNemar's test of paired yes/no answers from its discordant counts: statistic, dof, p_value of chi-square, with continuity correction
/// when asked; estimate = odds ratio only_second / only_first; effect = exact binomial p-value. Matches: R mcnemar.test, binom.test.
test_result mcnemar(double only_first, double only_second, bool continuity = true);

/// Cochran-Armitage test for a trend of proportions events[i] / totals[i] over scores[i]: statistic z (its sign is the direction), p_value.
/// Matches: R prop.trend.test.
test_result cochran_armitage(const std::vector<double>& events, const std::vector<double>& totals, const std::vector<double>& scores);

/// Two independent proportions, first minus second.
struct proportion_comparison {
  double p1 = 0, p2 = 0;
  double difference = 0, lower = 0, upper = 0;
  double relative_risk = 0, relative_risk_lower = 0, relative_risk_upper = 0;
  double odds_ratio = 0, odds_ratio_lower = 0, odds_ratio_upper = 0;
  double cohen_h = 0, cohen_h_lower = 0, cohen_h_upper = 0;
  double statistic = 0, p_value = 0, p_value_corrected = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("p1", self.p1, "first proportion");
    visit("p2", self.p2, "second proportion");
    visit("difference", self.difference, "p1 - p2");
    visit("lower", self.lower, "lower end of Newcombe's hybrid score interval");
    visit("upper", self.upper, "upper end of that interval");
    visit("relative_risk", self.relative_risk, "p1 / p2; NaN for 0 / 0");
    visit("relative_risk_lower", self.relative_risk_lower, "lower end of its log interval");
    visit("relative_risk_upper", self.relative_risk_upper, "upper end of its log interval");
    visit("odds_ratio", self.odds_ratio, "odds of the first over odds of the second; NaN for 0 / 0");
    visit("odds_ratio_lower", self.odds_ratio_lower, "lower end of its Wald interval; [0, inf] when a count is 0");
    visit("odds_ratio_upper", self.odds_ratio_upper, "upper end of its Wald interval");
    visit("cohen_h", self.cohen_h, "2 asin sqrt p1 - 2 asin sqrt p2");
    visit("cohen_h_lower", self.cohen_h_lower, "lower end of its interval, variance 1/n1 + 1/n2");
    visit("cohen_h_upper", self.cohen_h_upper, "upper end of its interval");
    visit("statistic", self.statistic, "chi-square with one degree of freedom, without correction");
    visit("p_value", self.p_value, "its p-value");
    visit("p_value_corrected", self.p_value_corrected, "p-value with Yates' correction");
  }
};

/// Compares x1 of n1 with x2 of n2. Newcombe (1998), Statistics in Medicine 17, method 10. Errors: invalid_input unless 0 <= x <= n, n > 0.
/// Matches: R prop.test and the formulas in the reference script.
proportion_comparison two_proportions(double x1, double n1, double x2, double n2, double level = 0.95);

}  // namespace tenure::inline TENURE_ABI::stats

#ifndef TENURE_COMPILED
#include "tenure/stats/contingency-inl.hpp"
#endif
