#pragma once

#include <deque>
#include <numeric>

#include "tenure/rules/collector-inl.hpp"
#include "tenure/rules/eclat_root-inl.hpp"
#include "tenure/rules/kernels.hpp"
#include "tenure/rules/known_sets-inl.hpp"

namespace tenure::inline TENURE_ABI::rules::detail {

/// Depth-first search over bit sets of baskets. `from_root(r)` finds the sets whose rarest item is the one of rank r, independently of all
/// other roots, in the narrow world of the baskets that hold it.
///
/// Items that all baskets of a set share ("perfect extensions") leave the search: they are free items of every record below. For closed and
/// maximal sets each node also knows the items that were branched on before (`excluded`): if one of them is in all baskets of a set, that
/// set and everything below it was found there.
class eclat_search {
 public:
  /// Without `pairs` every root counts its own.
  eclat_search(const database& data, collector& out, itemset_target target, const frequent_pairs* pairs = nullptr)
      : data_(data),
        collector_(out),
        pairs_(pairs),
        whole_(target == itemset_target::closed || target == itemset_target::maximal),
        maximal_(target == itemset_target::maximal),
        root_(data),
        known_(data.ranks()) {}

  /// The more frequent partners of a root, for `frequent_pairs`.
  void find_partners(std::uint32_t root, std::vector<frequent_pairs::partner>& out) {
    root_.count(root, collector_.minimum(), false);
    out.reserve(root_.always.size() + root_.items.size());
    for (const std::uint32_t r : root_.always)
      out.push_back({r, data_.count_of_rank[root]});
    for (std::size_t k = 0; k < root_.items.size(); ++k)
      out.push_back({root_.items[k], root_.counts[k]});
  }

  void from_root(std::uint32_t root, found_sets& out) {
    out_ = &out;
    minimum_ = collector_.minimum();
    if (data_.count_of_rank[root] < minimum_) return;
    prefix_.assign(1, root);
    free_.clear();
    known_.clear();
    if (data_.form == database::layout::bits) {
      from_bits(root);
    } else {
      from_lists(root);
    }
  }

 private:
  search_level& level_at(std::size_t depth) {
    while (levels_.size() <= depth)
      levels_.emplace_back();
    return levels_[depth];
  }

  template <class T>
  static void at_least_size(std::vector<T>& v, std::size_t n) {
    if (v.size() < n) v.resize(n);
  }

  /// The database's own bit sets are the first level: one candidate an item, rarest first.
  void from_bits(std::uint32_t root) {
    search_level& all = whole_database_;
    if (!all.rows) {
      all.rows = data_.bits.data();
      all.words = data_.words;
      all.count.assign(data_.count_of_rank.rbegin(), data_.count_of_rank.rend());
      all.order.resize(data_.ranks());
      std::iota(all.order.rbegin(), all.order.rend(), 0U);
      all.item = all.order;
    }
    const std::size_t a = data_.ranks() - 1 - root;
    all.excluded.clear();
    for (std::size_t k = 0; whole_ && k < a; ++k)
      all.excluded.push_back(all.row(k));
    if (!subsumed(all, all.row(a))) visit(all, a, 0);
  }

  void from_lists(std::uint32_t root) {
    if (pairs_) {
      root_.take(root, minimum_, *pairs_);
    } else {
      root_.count(root, minimum_, whole_);
    }
    if (root_.found_elsewhere) return;
    free_ = root_.always;
    const auto& items = root_.items;
    if (!maximal_ || (items.empty() && root_.rarer.empty())) collector_.add(*out_, prefix_, free_, data_.count_of_rank[root]);
    if (items.empty() || prefix_.size() >= collector_.longest()) return;
    if (!whole_ && (items.size() == 1 || collector_.longest() == 2)) {
      for (std::size_t k = 0; k < items.size(); ++k)
        add_with(items[k], root_.counts[k]);
      return;
    }
    root_.fill(root, level_at(0));
    search(0);
  }

  void add_with(std::uint32_t item, std::uint32_t count) {
    prefix_.push_back(item);
    collector_.add(*out_, prefix_, free_, count);
    prefix_.pop_back();
  }

  void search(std::size_t depth) {
    search_level& here = level_at(depth);
    const std::size_t candidates = here.item.size(), inherited = here.excluded.size();
    for (std::size_t a = 0; a < candidates; ++a) {
      minimum_ = collector_.minimum();
      if (here.count[a] < minimum_) continue;
      const std::uint64_t* base = here.row(a);
      if (!subsumed(here, base)) {
        const std::size_t free_before = free_.size();
        prefix_.push_back(here.item[a]);
        visit(here, a, depth + 1);
        prefix_.pop_back();
        free_.resize(free_before);
      }
      if (whole_) here.excluded.push_back(base);
    }
    here.excluded.resize(inherited);
  }

  /// Whether an item that was branched on before is in all baskets of `base`.
  bool subsumed(const search_level& here, const std::uint64_t* base) const {
    return whole_ && std::any_of(here.excluded.rbegin(), here.excluded.rend(), [&](const std::uint64_t* x) { return contains(x, base, here.words); });
  }

  /// The set that ends in candidate `a` of `here`, and everything below it, from level `depth` on.
  void visit(search_level& here, std::size_t a, std::size_t depth) {
    search_level& below = level_at(depth);
    const std::size_t later = here.item.size() - a - 1;
    const bool longest = prefix_.size() >= collector_.longest();
    if (longest && !whole_) return collector_.add(*out_, prefix_, free_, here.count[a]);

    at_least_size(below.bits, later * here.words + 1);
    below.rows = below.bits.data();
    at_least_size(below.kept, later);
    at_least_size(below.kept_count, later);
    at_least_size(below.perfect, later);
    extension found{below.bits.data(), below.kept.data(), below.kept_count.data(), below.perfect.data(), 0, 0};
    extend(here.row(a), here.count[a], minimum_, {here.rows, here.order.data() + a + 1, later, here.words}, found);
    for (std::size_t k = 0; k < found.perfect_count; ++k)
      free_.push_back(here.item[a + 1 + found.perfect[k]]);

    if (!maximal_) collector_.add(*out_, prefix_, free_, here.count[a]);
    if (whole_ && prefix_.size() + free_.size() > collector_.longest()) return;  // everything below is longer still
    if (found.kept_count == 0) {
      if (maximal_) add_maximal(here, here.row(a), here.words, here.count[a]);
      return;
    }
    if (!whole_ && (found.kept_count == 1 || prefix_.size() + 1 >= collector_.longest())) {
      for (std::size_t k = 0; k < found.kept_count; ++k)
        add_with(here.item[a + 1 + found.kept[k]], found.counts[k]);
      return;
    }
    descend(here, below, a, found);
    if (maximal_ && (known_.hold(prefix_, free_, below.item) || all_together(below))) return;
    search(depth);
  }

  /// Makes what `extend` kept the candidates of the next level, rarest first.
  void descend(search_level& here, search_level& below, std::size_t a, const extension& found) {
    const std::size_t n = found.kept_count;
    below.words = here.words;
    below.order.resize(n);
    below.item.resize(n);
    below.count.resize(n);
    std::iota(below.order.begin(), below.order.end(), 0U);
    std::sort(below.order.begin(), below.order.end(),
              [&](std::uint32_t x, std::uint32_t y) { return found.counts[x] != found.counts[y] ? found.counts[x] < found.counts[y] : x < y; });
    for (std::size_t k = 0; k < n; ++k) {
      below.item[k] = here.item[a + 1 + found.kept[below.order[k]]];
      below.count[k] = found.counts[below.order[k]];
    }
    const std::uint64_t* base = here.row(a);
    if (whole_) {
      below.excluded.clear();
      for (const std::uint64_t* x : here.excluded)
        if (count_common(x, base, here.words) >= minimum_) below.excluded.push_back(x);
    }
    const std::size_t needed = (here.count[a] + 63) / 64;
    if (2 * needed <= here.words && n >= 4) narrow(here, below, base, needed);
  }

  /// Keeps only the baskets of the base, so that rows get shorter.
  void narrow(const search_level& here, search_level& below, const std::uint64_t* base, std::size_t needed) {
    const std::size_t n = below.order.size();
    plan_compression(base, here.words, plan_);
    for (std::size_t k = 0; k < n; ++k)
      compress_row(below.bits.data() + k * here.words, base, plan_, below.bits.data() + k * needed);
    at_least_size(below.excluded_bits, below.excluded.size() * needed + 1);
    for (std::size_t k = 0; k < below.excluded.size(); ++k) {
      compress_row(below.excluded[k], base, plan_, below.excluded_bits.data() + k * needed);
      below.excluded[k] = below.excluded_bits.data() + k * needed;
    }
    below.words = needed;
  }

  void add_maximal(const search_level& here, const std::uint64_t* base, std::size_t words, std::uint32_t count) {
    for (const std::uint64_t* x : here.excluded)
      if (count_common(x, base, words) >= minimum_) return;
    known_.add(prefix_, free_);
    collector_.add(*out_, prefix_, free_, count);
  }

  /// Whether the current set with all its candidates is frequent: then it is the only maximal set below.
  bool all_together(search_level& below) {
    together_.assign(below.row(0), below.row(0) + below.words);
    std::uint32_t count = below.count[0];
    for (std::size_t k = 1; k < below.item.size(); ++k) {
      count = intersect_into(together_.data(), below.row(k), below.words);
      if (count < minimum_) return false;
    }
    const std::size_t before = free_.size();
    free_.insert(free_.end(), below.item.begin(), below.item.end());
    add_maximal(below, together_.data(), below.words, count);
    free_.resize(before);
    return true;
  }

  const database& data_;
  collector& collector_;
  const frequent_pairs* pairs_;
  bool whole_, maximal_;
  std::uint32_t minimum_ = 1;
  found_sets* out_ = nullptr;
  std::vector<std::uint32_t> prefix_, free_;
  root_baskets root_;
  compression plan_;
  known_sets known_;  // maximal sets of this root
  std::vector<std::uint64_t> together_;
  search_level whole_database_;
  std::deque<search_level> levels_;
};

}  // namespace tenure::inline TENURE_ABI::rules::detail
