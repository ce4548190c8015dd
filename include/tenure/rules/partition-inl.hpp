#pragma once

#include <algorithm>
#include <cmath>
#include <iterator>

#include "tenure/rules/itemsets-inl.hpp"
#include "tenure/rules/partition.hpp"
#include "tenure/rules/rules.hpp"

namespace tenure::inline TENURE_ABI::rules {

namespace detail {

inline std::vector<std::vector<std::int32_t>> joined(const std::vector<std::vector<std::int32_t>>& a, const std::vector<std::vector<std::int32_t>>& b) {
  std::vector<std::vector<std::int32_t>> all;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  return all;
}

}  // namespace detail

TENURE_INLINE itemset_partition::itemset_partition(const itemset_options& options) : options_(options) {
  validate(options);
  if (options.min_count) throw invalid_input("min_count", "must be 0: chunks are compared by shares", static_cast<double>(options.min_count));
  if (options.top) throw invalid_input("top", "must be 0 for chunks", static_cast<double>(options.top));
}

TENURE_INLINE void itemset_partition::propose(const transactions& chunk, const execution& run) {
  if (counted_) throw invalid_input("chunk", "must be proposed before any chunk is counted");
  if (chunk.size() == 0) return;
  itemset_options local = options_;
  local.target = itemset_target::all;
  local.min_length = 1;
  if (local.max_length && options_.target != itemset_target::all) ++local.max_length;  // whether a set is closed or maximal depends on longer ones
  const itemsets sets = frequent_itemsets(chunk, local, run);
  if (sets.cut) throw not_supported("the sets of one chunk exceed the memory limit: ask for a larger min_support or a smaller max_length");
  std::vector<std::vector<std::int32_t>> fresh;
  for (std::size_t s = 0; s < sets.size(); ++s) {
    fresh.emplace_back(sets.set(s).begin(), sets.set(s).end());
    std::sort(fresh.back().begin(), fresh.back().end());
  }
  std::sort(fresh.begin(), fresh.end());
  candidates_ = detail::joined(candidates_, fresh);
  counts_.assign(candidates_.size(), 0);
  proposed_ += static_cast<std::int64_t>(chunk.size());
}

TENURE_INLINE void itemset_partition::count(const transactions& chunk, const execution& run) {
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int32_t> items;
  for (const auto& set : candidates_) {
    items.insert(items.end(), set.begin(), set.end());
    offsets.push_back(static_cast<std::int64_t>(items.size()));
  }
  const auto counts = count_sets(chunk, offsets, items, run);
  for (std::size_t s = 0; s < counts.size(); ++s)
    counts_[s] += counts[s];
  counted_ += static_cast<std::int64_t>(chunk.size());
}

TENURE_INLINE void itemset_partition::merge(const itemset_partition& other) {
  if (counted_ || other.counted_) {
    if (candidates_ != other.candidates_) throw invalid_input("other", "must have the same proposals once chunks are counted");
    for (std::size_t s = 0; s < counts_.size(); ++s)
      counts_[s] += other.counts_[s];
    counted_ += other.counted_;
    return;
  }
  candidates_ = detail::joined(candidates_, other.candidates_);
  counts_.assign(candidates_.size(), 0);
  proposed_ += other.proposed_;
}

TENURE_INLINE itemsets itemset_partition::finish() const {
  if (counted_ != proposed_)
    throw invalid_input("chunks", "must be counted exactly as they were proposed (" + std::to_string(proposed_) + " baskets)", static_cast<double>(counted_));
  if (proposed_ == 0) throw invalid_input("chunks", "must hold at least one basket");
  itemsets all;
  all.baskets = counted_;
  all.min_count = all.complete_from = static_cast<std::int64_t>(std::max(1.0, std::ceil(options_.min_support * static_cast<double>(counted_) - 1e-9)));
  for (std::size_t s = 0; s < candidates_.size(); ++s) {
    if (counts_[s] < all.min_count) continue;
    all.items.insert(all.items.end(), candidates_[s].begin(), candidates_[s].end());
    all.offsets.push_back(static_cast<std::int64_t>(all.items.size()));
    all.counts.push_back(static_cast<std::uint32_t>(counts_[s]));
  }
  return detail::reduce(all, options_);
}

}  // namespace tenure::inline TENURE_ABI::rules
