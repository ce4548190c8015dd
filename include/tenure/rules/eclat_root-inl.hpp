#pragma once

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "tenure/rules/database-inl.hpp"

namespace tenure::inline TENURE_ABI::rules::detail {

/// The candidates of one node of the search as bit sets, by ascending count.
struct search_level {
  std::vector<std::uint64_t> bits, excluded_bits;
  std::vector<std::uint32_t> order, item, count;
  std::vector<std::uint32_t> kept, kept_count, perfect, sorted;  // work space
  std::vector<const std::uint64_t*> excluded;
  std::size_t words = 0;

  const std::uint64_t* rows = nullptr;  // of bits, or of the whole database
  const std::uint64_t* row(std::size_t k) const { return rows + order[k] * words; }
};

/// All frequent pairs of items, from both sides.
struct frequent_pairs {
  struct partner {
    std::uint32_t rank, count;
  };
  std::vector<std::vector<partner>> frequent;  // per rank: its more frequent partners
  std::vector<std::vector<partner>> rarer;     // per rank: its rarer partners

  explicit frequent_pairs(std::size_t ranks) : frequent(ranks), rarer(ranks) {}
  void mirror() {
    for (std::size_t r = 0; r < frequent.size(); ++r)
      for (const partner& p : frequent[r])
        rarer[p.rank].push_back({static_cast<std::uint32_t>(r), p.count});
  }
};

/// The baskets of one item, the root of a search, and what else is in them.
class root_baskets {
 public:
  explicit root_baskets(const database& data) : data_(data), rank_count_(data.ranks(), 0), local_of_(data.ranks(), 0) {}

  std::vector<std::uint32_t> items, counts;  // more frequent items in enough of the baskets, but not all
  std::vector<std::uint32_t> always;         // more frequent items in all of them
  std::vector<std::uint32_t> rarer;          // rarer items in enough of them
  bool found_elsewhere = false;              // whether one of these is in all of them

  void take(std::uint32_t root, std::uint32_t minimum, const frequent_pairs& pairs) {
    clear();
    for (const auto* list : {&pairs.frequent[root], &pairs.rarer[root]})
      for (const auto& p : *list)
        if (p.count >= minimum) add(root, p.rank, p.count);
  }

  /// Counts the items of the baskets: all of them, or only the more frequent ones.
  void count(std::uint32_t root, std::uint32_t minimum, bool all) {
    clear();
    const auto limit = all ? static_cast<std::uint32_t>(data_.ranks()) : root;
    const bool few = static_cast<double>(data_.count_of_rank[root]) * static_cast<double>(data_.occurrences) < static_cast<double>(data_.rows) * limit;
    if (few) {
      touched_.clear();
      each_item(root, all, [&](std::size_t, std::uint32_t rank) {
        if (rank_count_[rank]++ == 0) touched_.push_back(rank);
      });
      for (const std::uint32_t r : touched_) {
        const std::uint32_t common = std::exchange(rank_count_[r], 0);
        if (common >= minimum) add(root, r, common);
      }
    } else {
      each_item(root, all, [count = rank_count_.data()](std::size_t, std::uint32_t rank) { ++count[rank]; });
      for (std::uint32_t r = 0; r < limit; ++r)
        if (rank_count_[r] >= minimum) add(root, r, rank_count_[r]);
      std::fill_n(rank_count_.begin(), limit, 0U);
    }
  }

  /// The baskets as bits: one row for each of `items`, one excluded row for each of `rarer`.
  void fill(std::uint32_t root, search_level& first) {
    const std::size_t n = data_.count_of_rank[root], candidates = items.size(), rows = candidates + rarer.size();
    first.words = (n + 63) / 64;
    std::vector<std::uint32_t>& by_count = first.sorted;
    by_count.resize(candidates);
    std::iota(by_count.begin(), by_count.end(), 0U);
    std::sort(by_count.begin(), by_count.end(),
              [&](std::uint32_t a, std::uint32_t b) { return counts[a] != counts[b] ? counts[a] < counts[b] : items[a] > items[b]; });
    first.order.resize(candidates);
    first.item.resize(candidates);
    first.count.resize(candidates);
    for (std::size_t k = 0; k < candidates; ++k) {
      first.order[k] = static_cast<std::uint32_t>(k) + 1;
      first.item[k] = items[by_count[k]];
      first.count[k] = counts[by_count[k]];
      local_of_[first.item[k]] = static_cast<std::uint32_t>(k) + 1;
    }
    for (std::size_t k = 0; k < rarer.size(); ++k)
      local_of_[rarer[k]] = static_cast<std::uint32_t>(candidates + k) + 1;
    // Row 0 takes the items that are neither.
    first.bits.assign((rows + 1) * first.words, 0);
    first.rows = first.bits.data();
    const std::size_t words = first.words;
    std::uint64_t* bits = first.bits.data();
    const std::uint32_t* local = local_of_.data();
    each_item(root, !rarer.empty(), [=](std::size_t k, std::uint32_t rank) { bits[local[rank] * words + k / 64] |= std::uint64_t{1} << (k % 64); });
    for (const std::uint32_t r : items)
      local_of_[r] = 0;
    for (const std::uint32_t r : rarer)
      local_of_[r] = 0;
    first.excluded.clear();
    for (std::size_t k = 0; k < rarer.size(); ++k)
      first.excluded.push_back(first.bits.data() + (candidates + k + 1) * first.words);
  }

 private:
  void clear() {
    items.clear();
    counts.clear();
    always.clear();
    rarer.clear();
    found_elsewhere = false;
  }

  void add(std::uint32_t root, std::uint32_t rank, std::uint32_t common) {
    const bool in_all = common == data_.count_of_rank[root];
    if (rank > root) {
      rarer.push_back(rank);
      found_elsewhere = found_elsewhere || in_all;
    } else if (in_all) {
      always.push_back(rank);
    } else {
      items.push_back(rank);
      counts.push_back(common);
    }
  }

  /// body(basket, rank) for the other items of the root's baskets: all of them, or only the more frequent ones.
  template <class Body>
  void each_item(std::uint32_t root, bool all, Body&& body) const {
    for (std::size_t k = data_.list_begin[root]; k < data_.list_begin[root + 1]; ++k) {
      const std::uint32_t* place = data_.row_items.data() + data_.places[k];
      for (const std::uint32_t* item = place - 1; *item != database::none; --item)
        body(k - data_.list_begin[root], *item);
      if (!all) continue;
      for (const std::uint32_t* item = place + 1; *item != database::none; ++item)
        body(k - data_.list_begin[root], *item);
    }
  }

  const database& data_;
  std::vector<std::uint32_t> rank_count_, local_of_, touched_;
};

}  // namespace tenure::inline TENURE_ABI::rules::detail
