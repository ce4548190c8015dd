#pragma once

#include <string>
#include <vector>

#include "tenure/rules/rules.hpp"

namespace tenure::inline TENURE_ABI::rules {

/// A measure of interestingness by name: one number a rule.
///
/// With x = P(antecedent), y = P(consequent), xy = P(both), c = confidence, and the 2 x 2 counts a (both), b (antecedent only), c (consequent
/// only), d (neither) of n baskets, `measure_names` lists every name with its formula in `measure_formula`. Natural logarithms except in
/// `importance` (base 10). An undefined quotient is NaN, a positive number over 0 is infinity.
///
/// `chi_squared_p` (1 degree of freedom, no continuity correction) and `fisher_p` (one-sided: as many or more baskets in common) are
/// p-values of independence; `q_value` is Benjamini and Hochberg's over all rules that were looked at, reported or not. `*_lower` and `*_upper`
/// are 95% intervals: Wilson's for confidence, delta-method (log) for lift, Woolf's for the odds ratio.
/// Matches: arules 1.7 interestMeasure, except collective_strength, least_contradiction, certainty below 0, casual_confidence and
/// casual_support, where arules leaves the textbook formulas given here; improvement and boost here also compare with the empty antecedent.
/// Throws invalid_input for an unknown name.
std::vector<double> rule_measure(const rule_list& rules, const std::string& name, const execution& run = {});

std::vector<std::string> measure_names();

/// The formula of a measure as text.
std::string measure_formula(const std::string& name);

/// One-sided p-values of Fisher's exact test: of `baskets`, left[i] hold one thing, right[i] the other and at least both[i] both, by chance.
std::vector<double> fisher_p(column_view<std::int64_t> both, column_view<std::int64_t> left, column_view<std::int64_t> right, std::int64_t baskets);

/// Benjamini and Hochberg's (1995) q-values of p-values that are the smallest of `tests` p-values, or all of them; NaN stays NaN.
std::vector<double> adjust_false_discovery(const std::vector<double>& p, double tests);

}  // namespace tenure::inline TENURE_ABI::rules

#ifndef TENURE_COMPILED
#include "tenure/rules/measures-inl.hpp"
#endif
