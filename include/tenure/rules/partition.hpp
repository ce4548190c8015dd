#pragma once

#include <cstdint>
#include <vector>

#include "tenure/rules/itemsets.hpp"

namespace tenure::inline TENURE_ABI::rules {

/// Frequent itemsets of baskets that come in chunks (files, branches), in two passes (Savasere, Omiecinski and Navathe 1995): a set that is
/// frequent overall is frequent in at least one chunk, so the first pass collects the sets frequent in any chunk, and the second counts
/// them in all.
///
///     for (chunk) part.propose(chunk);      // may run apart and be merged: a.merge(b)
///     for (chunk) part.count(chunk);        // after all proposals; chunks may again be counted apart: start from the merged proposals
///     itemsets sets = part.finish();
///
/// All chunks number their items alike. The result is that of frequent_itemsets on all baskets together, whatever the chunks. Takes
/// min_support (not min_count), target, min_length, max_length; `top` must be 0.
class itemset_partition {
 public:
  explicit itemset_partition(const itemset_options& options);

  void propose(const transactions& chunk, const execution& run = {});
  void count(const transactions& chunk, const execution& run = {});
  /// Joins what another partition with the same options proposed, and adds what it counted. Throws invalid_input when one has counted and their
  /// proposals differ.
  void merge(const itemset_partition& other);
  /// Throws invalid_input when not exactly the proposed baskets were counted.
  itemsets finish() const;

 private:
  itemset_options options_;
  std::vector<std::vector<std::int32_t>> candidates_;  // ascending items, in ascending order
  std::vector<std::int64_t> counts_;
  std::int64_t proposed_ = 0, counted_ = 0;  // baskets
};

}  // namespace tenure::inline TENURE_ABI::rules

#ifndef TENURE_COMPILED
#include "tenure/rules/partition-inl.hpp"
#endif
