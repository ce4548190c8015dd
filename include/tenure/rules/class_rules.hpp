#pragma once

#include <cstdint>
#include <vector>

#include "tenure/rules/rules.hpp"

namespace tenure::inline TENURE_ABI::rules {

struct class_rule_options {
  double min_support = 0.01;    // smallest share of baskets with the antecedent and the outcome
  std::int64_t max_length = 3;  // most items of an antecedent
  double max_q = 0.05;          // largest false discovery rate, 1 = all rules
  bool keep_redundant = false;  // also rules that simpler rules explain

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("min_support", self.min_support, bounds{.low = 0, .high = 1, .low_open = true}, "smallest share of baskets with the antecedent and the outcome");
    visit("max_length", self.max_length, between(1, 12), "most items of an antecedent");
    visit("max_q", self.max_q, bounds{.low = 0, .high = 1, .low_open = true}, "largest false discovery rate of a rule, 1 = all rules");
    visit("keep_redundant", self.keep_redundant, "also rules that a simpler rule equals or explains");
  }
};

/// Rules "items -> outcome" with the outcome fixed and used inside the search: an antecedent is grown only while enough baskets have it
/// together with the outcome, and while the best that could become of it would still be significant.
///
/// `outcome` is 0 or 1 for each basket. Every antecedent with enough support is examined: Fisher's exact test (one-sided: more of the
/// outcome), q-values by Benjamini and Hochberg over all examined. A rule is redundant unless it has more confidence than every rule with
/// fewer of its items and beats each rule with one item less significantly (p <= 0.05 within that rule's baskets; Webb 2007). The consequent
/// carries the number `baskets.item_count`. Rules come by ascending p-value.
///
/// Two bit sets of all baskets an item: items x baskets / 8 bytes. At most a million significant rules: not_supported beyond.
/// Throws invalid_input when the outcome has another length, is not 0 or 1, or is the same everywhere.
/// Matches: the rules of association_rules with that consequent; arules `apriori(appearance = list(rhs = ...))`.
rule_list class_rules(const transactions& baskets, column_view<std::uint8_t> outcome, const class_rule_options& options = {}, const execution& run = {});

/// Antecedents whose association with the outcome changed between two periods, most certain changes first.
struct contrast_list {
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int32_t> items;
  std::vector<std::int64_t> both_before, left_before, both_after, left_after;  // with antecedent and outcome, with antecedent
  std::vector<double> odds_ratio_change;                                       // odds ratio after / odds ratio before
  std::vector<double> p, q;
  double examined = 0;

  std::size_t size() const { return p.size(); }
};

/// Compares each antecedent's odds ratio with the outcome between `period` 0 (before) and 1 (after): the z-test of the difference of the log
/// odds ratios, 0.5 added to the counts (Woolf 1955; Gart 1966), two-sided, q-values over all examined. An overall rise of the outcome alone
/// is no contrast. Support is of the two periods together; without
/// `keep_redundant` an antecedent that holds for the same baskets as a shorter one is left out.
/// Throws invalid_input as class_rules does, and when one of the four groups of baskets is empty.
contrast_list contrast_rules(const transactions& baskets, column_view<std::uint8_t> outcome, column_view<std::uint8_t> period,
                             const class_rule_options& options = {}, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::rules

#ifndef TENURE_COMPILED
#include "tenure/rules/class_rules-inl.hpp"
#endif
