#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tenure/rules/itemsets.hpp"

namespace tenure::inline TENURE_ABI {
namespace rules {

struct rule_options {
  double min_confidence = 0.5;      // smallest share of the antecedent's baskets that hold the consequent
  std::int64_t max_consequent = 1;  // most items on the right side
  bool compare_simpler = true;      // work out best_simpler and best_parent (empty otherwise)

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("min_confidence", self.min_confidence, between(0, 1), "smallest share of the antecedent's baskets that hold the consequent");
    visit("max_consequent", self.max_consequent, at_least(1), "most items on the right side of a rule");
    visit("compare_simpler", self.compare_simpler, "work out what the measures improvement, boost and lift_increase need");
  }
};

/// Rules "antecedent -> consequent" with the counts all measures follow from. Rule k has the items left[left_offsets[k]] ...
/// left[left_offsets[k + 1] - 1] on the left, ascending, and likewise on the right.
struct rule_list {
  std::vector<std::int64_t> left_offsets{0}, right_offsets{0};
  std::vector<std::int32_t> left, right;
  std::vector<std::uint32_t> both;         // baskets that hold all items of the rule
  std::vector<std::uint32_t> left_count;   // baskets that hold the antecedent
  std::vector<std::uint32_t> right_count;  // baskets that hold the consequent
  std::vector<double> best_simpler;        // highest confidence of a rule with the same consequent and fewer of these antecedents, none included
  std::vector<double> best_parent;         // the same over antecedents with exactly one item less; 0 for a single item
  std::vector<double> improvement_p;       // rules of class_rules only: the largest p-value against an antecedent with one item less
  std::vector<double> q;                   // rules of class_rules only: q-values over everything examined
  std::int64_t baskets = 0;
  std::int64_t min_count = 1;
  double min_confidence = 0;
  double examined = 0;  // rules looked at, for multiple testing

  std::size_t size() const { return both.size(); }
  friend bool operator==(const rule_list&, const rule_list&) = default;
};

/// All rules of at least `min_confidence` among frequent sets: for every set and every choice of up to `max_consequent` of its items as
/// consequent (Agrawal, Imielinski and Swami 1993), antecedents not empty. `best_simpler` follows Bayardo, Agrawal and Gunopulos (1999): a
/// rule that does not beat it says nothing that a simpler rule does not. It is worked out for rules with one consequent, 0 for others.
///
/// Needs all frequent sets from single items on: throws invalid_input when a subset is not listed (closed or maximal sets, min_length > 1).
/// Matches: arules 1.7 (apriori, minlen 2).
rule_list association_rules(const itemsets& sets, const rule_options& options = {}, const execution& run = {});

/// The rules at the given positions, in that order.
rule_list select_rules(const rule_list& rules, std::span<const std::int64_t> positions);

/// The baskets for which `keep` is not 0, in order.
transactions select_baskets(const transactions& baskets, column_view<std::uint8_t> keep);

/// Exact counts of given sets in given baskets; set s is items[offsets[s]] ... items[offsets[s + 1] - 1]. Counts over parts of the baskets
/// add up to the counts over all. Bit sets of the items in question: items x baskets / 8 bytes.
/// Throws invalid_input for an item outside [0, item_count).
std::vector<std::uint32_t> count_sets(const transactions& baskets, column_view<std::int64_t> offsets, column_view<std::int32_t> items,
                                      const execution& run = {});

}  // namespace rules
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/rules/rules-inl.hpp"
#endif
