#pragma once

#include <algorithm>
#include <bit>

#include "tenure/rules/itemsets.hpp"

namespace tenure::inline TENURE_ABI::rules::detail {

/// Finds the sets of a result by their items, and a set less one of its items in constant time: the hash of a set is the sum of its
/// items' hashes. Items are compared only when two of the sets have the same 64-bit hash: where all subsets are listed, an equal hash is then an
/// equal set. 8 bytes a set for the hashes and 16 to 32 for the table.
class set_index {
 public:
  static constexpr auto none = static_cast<std::uint32_t>(-1);

  explicit set_index(const itemsets& sets) : sets_(sets), hashes_(sets.size()), table_(std::bit_ceil(4 * sets.size() + 1)) {
    std::int32_t most = -1;
    for (const std::int32_t item : sets.items)
      most = std::max(most, item);
    item_hashes_.resize(static_cast<std::size_t>(most + 1));
    for (std::int32_t item = 0; item <= most; ++item)
      item_hashes_[static_cast<std::size_t>(item)] = mixed(item);
    for (std::size_t s = 0; s < sets.size(); ++s) {
      std::uint64_t sum = 0;
      for (const std::int32_t item : sets.set(s))
        sum += hash_of(item);
      hashes_[s] = sum;
      std::size_t at = slot(sum);
      for (; table_[at].set != none; at = (at + 1) & (table_.size() - 1))
        ambiguous_ = ambiguous_ || hashes_[table_[at].set] == sum;
      table_[at] = {static_cast<std::uint32_t>(s), tag(sum)};
    }
  }

  /// The set with the items of `s` less the one at `position`; none when it is not listed.
  std::uint32_t without(std::size_t s, std::size_t position) const {
    const auto items = sets_.set(s);
    return find(hashes_[s] - hash_of(items[position]), items, 1, [&](std::int32_t item) { return item == items[position]; });
  }

  /// The set with those items of `s` for which `leave` is false, `left_out` of them left out.
  template <class Leave>
  std::uint32_t without_those(std::size_t s, std::size_t left_out, Leave&& leave) const {
    std::uint64_t hash = hashes_[s];
    for (const std::int32_t item : sets_.set(s))
      if (leave(item)) hash -= hash_of(item);
    return find(hash, sets_.set(s), left_out, leave);
  }

 private:
  struct entry {
    std::uint32_t set = none, tag = 0;
  };
  static std::uint32_t tag(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  std::uint64_t hash_of(std::int32_t item) const { return item_hashes_[static_cast<std::size_t>(item)]; }
  static std::uint64_t mixed(std::int32_t item) {
    std::uint64_t z = static_cast<std::uint64_t>(item) * 0x9e3779b97f4a7c15U + 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  std::size_t slot(std::uint64_t hash) const { return (hash ^ (hash >> 32)) & (table_.size() - 1); }

  template <class Leave>
  std::uint32_t find(std::uint64_t hash, std::span<const std::int32_t> items, std::size_t left_out, Leave&& leave) const {
    for (std::size_t at = slot(hash); table_[at].set != none; at = (at + 1) & (table_.size() - 1)) {
      if (table_[at].tag != tag(hash)) continue;
      const std::uint32_t candidate = table_[at].set;
      if (hashes_[candidate] != hash) continue;
      if (!ambiguous_) return candidate;
      const auto found = sets_.set(candidate);
      if (found.size() + left_out == items.size() &&
          std::all_of(found.begin(), found.end(), [&](std::int32_t x) { return !leave(x) && std::find(items.begin(), items.end(), x) != items.end(); }))
        return candidate;
    }
    return none;
  }

  const itemsets& sets_;
  std::vector<std::uint64_t> hashes_, item_hashes_;
  std::vector<entry> table_;
  bool ambiguous_ = false;
};

/// The sets for which `keep` is set.
inline itemsets select_sets(const itemsets& all, const std::vector<bool>& keep) {
  itemsets out;
  out.baskets = all.baskets;
  out.min_count = all.min_count;
  out.complete_from = all.complete_from;
  out.cut = all.cut;
  for (std::size_t s = 0; s < all.size(); ++s) {
    if (!keep[s]) continue;
    const auto items = all.set(s);
    out.items.insert(out.items.end(), items.begin(), items.end());
    out.offsets.push_back(static_cast<std::int64_t>(out.items.size()));
    out.counts.push_back(all.counts[s]);
  }
  return out;
}

/// Those of all frequent sets that the target and the length limits ask for: closed or maximal ones, or the generators among candidates that include them all,
/// by the definitions.
inline itemsets reduce(const itemsets& all, const itemset_options& options) {
  const set_index index(all);
  std::vector<bool> keep(all.size(), true);
  const bool generators = options.target == itemset_target::generators;
  for (std::size_t s = 0; s < all.size(); ++s) {
    const std::size_t length = all.set(s).size();
    if (generators && length == 1) keep[s] = static_cast<std::int64_t>(all.counts[s]) < all.baskets;
    for (std::size_t i = 0; length > 1 && i < length; ++i) {
      const std::uint32_t smaller = index.without(s, i);
      if (generators) {
        keep[s] = keep[s] && smaller != set_index::none && all.counts[smaller] > all.counts[s];
      } else if (options.target != itemset_target::all && smaller != set_index::none &&
                 (options.target == itemset_target::maximal || all.counts[smaller] == all.counts[s])) {
        keep[smaller] = false;
      }
    }
  }
  for (std::size_t s = 0; s < all.size(); ++s) {
    const auto length = static_cast<std::int64_t>(all.set(s).size());
    if (length < options.min_length || (options.max_length && length > options.max_length)) keep[s] = false;
  }
  return select_sets(all, keep);
}

}  // namespace tenure::inline TENURE_ABI::rules::detail
