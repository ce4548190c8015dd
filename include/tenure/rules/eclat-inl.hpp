#pragma once

#include <deque>
#include <numeric>
#include <utility>

#include "tenure/rules/collector-inl.hpp"
#include "tenure/rules/database-inl.hpp"
#include "tenure/rules/kernels.hpp"

namespace tenure::inline TENURE_ABI::rules::detail {

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
        rank_count_(data.ranks(), 0),
        local_of_(data.ranks(), 0) {}

  /// The more frequent partners of a root, for `frequent_pairs`.
  void find_partners(std::uint32_t root, std::vector<frequent_pairs::partner>& out) {
    minimum_ = collector_.minimum();
    free_.clear();
    choose_candidates(root, false);
    for (const std::uint32_t r : free_)
      out.push_back({r, data_.count_of_rank[root]});
    for (std::size_t k = 0; k < items_.size(); ++k)
      out.push_back({items_[k], counts_[k]});
  }

  void from_root(std::uint32_t root, found_sets& out) {
    out_ = &out;
    minimum_ = collector_.minimum();
    if (data_.count_of_rank[root] < minimum_) return;
    prefix_.assign(1, root);
    free_.clear();
    known_.clear();
    known_words_ = (data_.ranks() + 63) / 64;
    if (data_.dense) {
      from_bits(root);
    } else {
      from_lists(root);
    }
  }

 private:
  struct level {
    std::vector<std::uint64_t> bits, excluded_bits;
    std::vector<std::uint32_t> order, item, count;                 // candidates by ascending count
    std::vector<std::uint32_t> kept, kept_count, perfect, sorted;  // work space
    std::vector<const std::uint64_t*> excluded;
    std::size_t words = 0;

    const std::uint64_t* rows = nullptr;  // of bits, or of the whole database
    const std::uint64_t* row(std::size_t k) const { return rows + order[k] * words; }
  };

  level& level_at(std::size_t depth) {
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
    level& all = whole_database_;
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
    const std::uint32_t count = data_.count_of_rank[root];
    if (!(pairs_ ? take_candidates(root) : choose_candidates(root, whole_))) return;
    if (!maximal_ || (items_.empty() && ever_.empty())) collector_.add(*out_, prefix_, free_, count);
    if (items_.empty() || prefix_.size() >= collector_.longest()) return;
    if (!whole_ && (items_.size() == 1 || collector_.longest() == 2)) {
      for (std::size_t k = 0; k < items_.size(); ++k)
        add_with(items_[k], counts_[k]);
      return;
    }
    fill_bits(root, level_at(0));
    search(0);
  }

  /// What an item that goes with the root is to it. False when the whole root is found elsewhere.
  bool take_companion(std::uint32_t root, std::uint32_t rank, std::uint32_t common) {
    const bool always = common == data_.count_of_rank[root];
    if (rank > root) {
      ever_.push_back(rank);
      return !always;
    }
    if (always) {
      free_.push_back(rank);
    } else {
      items_.push_back(rank);
      counts_.push_back(common);
    }
    return true;
  }

  void no_companions() {
    items_.clear();
    counts_.clear();
    ever_.clear();
  }

  bool take_candidates(std::uint32_t root) {
    no_companions();
    bool here = true;
    for (const auto& list : {&pairs_->frequent[root], &pairs_->rarer[root]})
      for (const auto& p : *list)
        if (p.count >= minimum_) here &= take_companion(root, p.rank, p.count);
    return here;
  }

  /// Counts the items of the root's baskets: all of them, or only the more frequent ones.
  bool choose_candidates(std::uint32_t root, bool all) {
    no_companions();
    touched_.clear();
    const auto limit = all ? static_cast<std::uint32_t>(data_.ranks()) : root;
    const bool few = static_cast<double>(data_.count_of_rank[root]) * static_cast<double>(data_.row_items.size()) < static_cast<double>(data_.rows) * limit;
    for (std::size_t k = data_.list_begin[root]; k < data_.list_begin[root + 1]; ++k) {
      const database::place at = data_.places[k];
      const std::uint32_t* item = data_.row(at.row);
      const std::uint32_t* end = all ? data_.row(at.row + 1) : item + at.position;
      if (few) {
        for (; item != end; ++item)
          if (rank_count_[*item]++ == 0) touched_.push_back(*item);
      } else {
        for (; item != end; ++item)
          ++rank_count_[*item];
      }
    }
    rank_count_[root] = 0;
    bool here = true;
    if (few) {
      for (const std::uint32_t r : touched_) {
        const std::uint32_t common = std::exchange(rank_count_[r], 0);
        if (common >= minimum_) here &= take_companion(root, r, common);
      }
    } else {
      for (std::uint32_t r = 0; r < limit; ++r)
        if (rank_count_[r] >= minimum_) here &= take_companion(root, r, rank_count_[r]);
      std::fill_n(rank_count_.begin(), limit, 0U);
    }
    return here;
  }

  /// The root's baskets as bits: one row for each candidate, one for each excluded item.
  void fill_bits(std::uint32_t root, level& first) {
    const std::size_t n = data_.count_of_rank[root], candidates = items_.size(), rows = candidates + ever_.size();
    first.words = (n + 63) / 64;
    std::vector<std::uint32_t>& by_count = first.sorted;
    by_count.resize(candidates);
    std::iota(by_count.begin(), by_count.end(), 0U);
    std::sort(by_count.begin(), by_count.end(),
              [&](std::uint32_t a, std::uint32_t b) { return counts_[a] != counts_[b] ? counts_[a] < counts_[b] : items_[a] > items_[b]; });
    first.order.resize(candidates);
    first.item.resize(candidates);
    first.count.resize(candidates);
    for (std::size_t k = 0; k < candidates; ++k) {
      first.order[k] = static_cast<std::uint32_t>(k) + 1;
      first.item[k] = items_[by_count[k]];
      first.count[k] = counts_[by_count[k]];
      local_of_[first.item[k]] = static_cast<std::uint32_t>(k) + 1;
    }
    for (std::size_t k = 0; k < ever_.size(); ++k)
      local_of_[ever_[k]] = static_cast<std::uint32_t>(candidates + k) + 1;
    // Row 0 takes the items that are neither.
    first.bits.assign((rows + 1) * first.words, 0);
    first.rows = first.bits.data();
    for (std::size_t k = 0; k < n; ++k) {
      const database::place at = data_.places[data_.list_begin[root] + k];
      const std::uint32_t* item = data_.row(at.row);
      const std::uint32_t* end = ever_.empty() ? item + at.position : data_.row(at.row + 1);
      std::uint64_t* column = first.bits.data() + k / 64;
      const std::uint64_t bit = std::uint64_t{1} << (k % 64);
      for (; item != end; ++item)
        column[local_of_[*item] * first.words] |= bit;
    }
    for (const std::uint32_t r : items_)
      local_of_[r] = 0;
    for (const std::uint32_t r : ever_)
      local_of_[r] = 0;
    first.excluded.clear();
    for (std::size_t k = 0; k < ever_.size(); ++k)
      first.excluded.push_back(first.bits.data() + (candidates + k + 1) * first.words);
  }

  void add_with(std::uint32_t item, std::uint32_t count) {
    prefix_.push_back(item);
    collector_.add(*out_, prefix_, free_, count);
    prefix_.pop_back();
  }

  static bool contains(const std::uint64_t* all, const std::uint64_t* part, std::size_t words) {
    for (std::size_t w = 0; w < words; ++w)
      if (part[w] & ~all[w]) return false;
    return true;
  }

  void search(std::size_t depth) {
    level& here = level_at(depth);
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
  bool subsumed(const level& here, const std::uint64_t* base) const {
    return whole_ && std::any_of(here.excluded.rbegin(), here.excluded.rend(), [&](const std::uint64_t* x) { return contains(x, base, here.words); });
  }

  /// The set that ends in candidate `a` of `here`, and everything below it, from level `depth` on.
  void visit(level& here, std::size_t a, std::size_t depth) {
    level& below = level_at(depth);
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
    if (maximal_ && (known_superset(below) || all_together(below))) return;
    search(depth);
  }

  /// Makes what `extend` kept the candidates of the next level, rarest first.
  void descend(level& here, level& below, std::size_t a, const extension& found) {
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
  void narrow(const level& here, level& below, const std::uint64_t* base, std::size_t needed) {
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

  void add_maximal(const level& here, const std::uint64_t* base, std::size_t words, std::uint32_t count) {
    for (const std::uint64_t* x : here.excluded)
      if (count_common(x, base, words) >= minimum_) return;
    remember();
    collector_.add(*out_, prefix_, free_, count);
  }

  // ---- maximal sets: what is known of this root ----

  void remember() {
    known_.resize(known_.size() + known_words_, 0);
    std::uint64_t* mask = known_.data() + known_.size() - known_words_;
    for (const std::uint32_t r : prefix_)
      mask[r / 64] |= std::uint64_t{1} << (r % 64);
    for (const std::uint32_t r : free_)
      mask[r / 64] |= std::uint64_t{1} << (r % 64);
  }

  /// Whether a maximal set of this root holds the current set and all its candidates.
  bool known_superset(const level& below) {
    wanted_.assign(known_words_, 0);
    const auto want = [&](std::uint32_t r) { wanted_[r / 64] |= std::uint64_t{1} << (r % 64); };
    for (const std::uint32_t r : prefix_)
      want(r);
    for (const std::uint32_t r : free_)
      want(r);
    for (const std::uint32_t r : below.item)
      want(r);
    for (std::size_t at = known_.size(); at > 0; at -= known_words_)
      if (contains(known_.data() + at - known_words_, wanted_.data(), known_words_)) return true;
    return false;
  }

  /// Whether the current set with all its candidates is frequent: then it is the only maximal set below.
  bool all_together(level& below) {
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
  std::vector<std::uint32_t> rank_count_, local_of_, touched_;
  std::vector<std::uint32_t> items_, counts_, ever_;  // the root's candidates, and its rarer companions
  compression plan_;
  std::vector<std::uint64_t> known_, wanted_, together_;
  std::size_t known_words_ = 0;
  level whole_database_;
  std::deque<level> levels_;
};

}  // namespace tenure::inline TENURE_ABI::rules::detail
