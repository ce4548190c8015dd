#pragma once

#include <cmath>
#include <limits>
#include <memory>
#include <mutex>
#include <string>

#include "tenure/rules/apriori-inl.hpp"
#include "tenure/rules/constraints-inl.hpp"
#include "tenure/rules/eclat-inl.hpp"
#include "tenure/rules/fpgrowth-inl.hpp"
#include "tenure/rules/itemsets.hpp"
#include "tenure/rules/set_index-inl.hpp"

namespace tenure::inline TENURE_ABI::rules {

namespace detail {

inline std::uint32_t needed_count(const transactions& baskets, const itemset_options& options) {
  validate(options);
  if (baskets.size() == 0) throw invalid_input("transactions", "must hold at least one basket");
  if (baskets.size() >= std::numeric_limits<std::uint32_t>::max())
    throw not_supported("more than 4294967294 baskets at once; mine parts and count their candidates in all parts");
  if (options.max_length && options.max_length < options.min_length)
    throw invalid_input("max_length", "must be 0 (no limit) or >= min_length", static_cast<double>(options.max_length));
  if (options.top && options.target != itemset_target::all && options.target != itemset_target::closed)
    throw invalid_input("top", "must be 0 for maximal sets and generators", static_cast<double>(options.top));
  if (options.min_count > 0) return static_cast<std::uint32_t>(std::min<std::int64_t>(options.min_count, std::numeric_limits<std::uint32_t>::max() - 1));
  return static_cast<std::uint32_t>(std::max(1.0, std::ceil(options.min_support * static_cast<double>(baskets.size()) - 1e-9)));
}

/// Work space that tasks borrow, so that there is one for each thread and not one for each task.
template <class Space>
class lending {
 public:
  template <class Make>
  std::unique_ptr<Space> borrow(Make&& make) {
    {
      const std::lock_guard guard(lock_);
      if (!idle_.empty()) {
        auto space = std::move(idle_.back());
        idle_.pop_back();
        return space;
      }
    }
    return make();
  }
  void give_back(std::unique_ptr<Space> space) {
    const std::lock_guard guard(lock_);
    idle_.push_back(std::move(space));
  }

 private:
  std::mutex lock_;
  std::vector<std::unique_ptr<Space>> idle_;
};

/// One task a root. With a limit in sight the frequent roots come first, since they raise it soonest; otherwise the ones with most work.
template <class Search, class Make>
void run_roots(std::size_t roots, collector& out, bool frequent_first, const execution& run, Make&& make) {
  lending<Search> searches;
  parallel_for(roots, run, [&](std::size_t task) {
    auto search = searches.borrow(make);
    search->from_root(static_cast<std::uint32_t>(frequent_first ? task : roots - 1 - task), out.tasks()[task]);
    out.finish(out.tasks()[task]);
    searches.give_back(std::move(search));
  });
}

/// For closed and maximal sets, which need every root's rarer companions too, the frequent pairs: cheaper from the other side, when they do not take too
/// much room.
inline std::unique_ptr<frequent_pairs> pairs_for(const database& data, collector& found, const itemset_options& options, const execution& run) {
  const bool whole = options.target == itemset_target::closed || options.target == itemset_target::maximal;
  if (!whole || data.form == database::layout::bits || data.pairs / data.minimum >= 2e7) return nullptr;
  auto pairs = std::make_unique<frequent_pairs>(data.ranks());
  lending<eclat_search> searches;
  parallel_for(data.ranks(), run, [&](std::size_t root) {
    auto search = searches.borrow([&] { return std::make_unique<eclat_search>(data, found, options.target); });
    search->find_partners(static_cast<std::uint32_t>(root), pairs->frequent[root]);
    searches.give_back(std::move(search));
  });
  pairs->mirror();
  return pairs;
}

inline std::unique_ptr<collector> search_sets(const database& data, const itemset_options& options, const execution& run, bool counting) {
  const std::uint32_t most = data.ranks() ? data.count_of_rank[0] : 0;
  auto found = std::make_unique<collector>(options, data.minimum, most, std::max<std::size_t>(1, data.ranks()), counting);
  if (options.algorithm == itemset_algorithm::apriori) {
    apriori_search(data, *found, run).all();
    found->finish(found->tasks()[0]);
  } else if (options.algorithm == itemset_algorithm::fpgrowth) {
    const prefix_tree tree = tree_of(data);
    run_roots<fpgrowth_search>(data.ranks(), *found, options.top > 0, run, [&] { return std::make_unique<fpgrowth_search>(tree, *found); });
  } else {
    const std::unique_ptr<frequent_pairs> pairs = pairs_for(data, *found, options, run);
    run_roots<eclat_search>(data.ranks(), *found, options.top > 0, run,
                            [&] { return std::make_unique<eclat_search>(data, *found, options.target, pairs.get()); });
  }
  return found;
}

/// What the search itself is asked for when the definition of the target is applied to its result afterwards.
inline itemset_options search_options(const itemset_options& options) {
  itemset_options inner = options;
  const bool plain = options.algorithm == itemset_algorithm::apriori || options.algorithm == itemset_algorithm::fpgrowth;
  if (options.target == itemset_target::generators || (plain && options.target != itemset_target::all)) {
    inner.min_length = 1;
    if (plain) {
      inner.target = itemset_target::all;
      if (options.max_length && options.target != itemset_target::generators) ++inner.max_length;
    }
  }
  return inner;
}

/// Whether closed or maximal sets are sought among baskets that share little: there nearly every set is closed, and finding all of them and leaving out
/// the others by the definition is quicker than a search that looks out for supersets.
inline bool few_sets_expected(const database& data, const itemset_options& options) {
  const bool walks = options.algorithm == itemset_algorithm::automatic || options.algorithm == itemset_algorithm::eclat;
  return walks && data.form != database::layout::bits && !options.top &&
         (options.target == itemset_target::closed || options.target == itemset_target::maximal);
}

/// All sets instead, as long as they take no more room than the baskets; otherwise the expectation was wrong.
inline void ask_for_all(itemset_options& options, const database& data) {
  options.target = itemset_target::all;
  options.min_length = 1;
  if (options.max_length) ++options.max_length;
  options.memory_limit = std::min(options.memory_limit, 16.0 * static_cast<double>(data.occurrences));
}

/// Writes out every set that a record stands for.
class expander {
 public:
  expander(itemsets& out, const itemset_options& options)
      : out_(out),
        shortest_(static_cast<std::size_t>(options.min_length)),
        longest_(options.max_length ? static_cast<std::size_t>(options.max_length) : static_cast<std::size_t>(-1)) {}

  void expand(const std::uint32_t* record, const std::vector<std::int32_t>& item_of_rank) {
    const std::uint32_t count = record[0];
    const std::size_t fixed = record[1], free = record[2];
    const std::uint32_t* rank = record + 3;
    const std::size_t first_set = out_.counts.size(), first_item = out_.items.size();
    for (std::size_t i = 0; i < fixed; ++i)
      out_.items.push_back(item_of_rank[*rank++]);
    end_set(count);
    if (fixed > longest_) drop_from(first_set, first_item);
    for (std::size_t i = 0; i < free; ++i)
      add_to_all(first_set, item_of_rank[*rank++], count);
    if (fixed < shortest_) drop_short(first_set, first_item);
  }

 private:
  void end_set(std::uint32_t count) {
    out_.offsets.push_back(static_cast<std::int64_t>(out_.items.size()));
    out_.counts.push_back(count);
  }
  void drop_from(std::size_t set, std::size_t item) {
    out_.items.resize(item);
    out_.offsets.resize(set + 1);
    out_.counts.resize(set);
  }
  /// Every set since `first_set` once more with `item` added.
  void add_to_all(std::size_t first_set, std::int32_t item, std::uint32_t count) {
    const std::size_t end = out_.counts.size();
    for (std::size_t s = first_set; s < end; ++s) {
      const auto begin = static_cast<std::size_t>(out_.offsets[s]), length = static_cast<std::size_t>(out_.offsets[s + 1]) - begin;
      if (length >= longest_) continue;
      const std::size_t to = out_.items.size();
      out_.items.resize(to + length + 1);
      std::copy_n(out_.items.begin() + static_cast<std::ptrdiff_t>(begin), length, out_.items.begin() + static_cast<std::ptrdiff_t>(to));
      out_.items.back() = item;
      end_set(count);
    }
  }
  void drop_short(std::size_t first_set, std::size_t first_item) {
    std::size_t to_set = first_set, to_item = first_item, begin = first_item;
    const std::size_t sets = out_.counts.size();
    for (std::size_t s = first_set; s < sets; ++s) {
      const auto end = static_cast<std::size_t>(out_.offsets[s + 1]);
      if (end - begin >= shortest_) {
        std::copy(out_.items.begin() + static_cast<std::ptrdiff_t>(begin), out_.items.begin() + static_cast<std::ptrdiff_t>(end),
                  out_.items.begin() + static_cast<std::ptrdiff_t>(to_item));
        to_item += end - begin;
        out_.counts[to_set++] = out_.counts[s];
        out_.offsets[to_set] = static_cast<std::int64_t>(to_item);
      }
      begin = end;
    }
    drop_from(to_set, to_item);
  }

  itemsets& out_;
  std::size_t shortest_, longest_;
};

/// All records of at least `least` as one result, in task order; the records are gone then.
inline itemsets assemble(collector& found, const std::vector<std::int32_t>& item_of_rank, const itemset_options& options, std::uint32_t least) {
  itemsets out;
  std::size_t sets = 0, slots = 0;
  const auto each = [&](const found_sets& task, const auto& body) {
    for (std::size_t at = 0; at < task.records.size(); at += 3 + task.records[at + 1] + task.records[at + 2])
      if (task.records[at] >= least) body(task.records.data() + at);
  };
  for (const auto& task : found.tasks())
    each(task, [&](const std::uint32_t* record) {
      const auto weight = found.weigh(record[1], record[2]);
      sets += weight.sets;
      slots += (weight.bytes - 12 * weight.sets) / 4;
    });
  out.counts.reserve(sets);
  out.offsets.reserve(sets + 1);
  out.items.reserve(slots);
  expander writer(out, options);
  for (auto& task : found.tasks()) {
    each(task, [&](const std::uint32_t* record) { writer.expand(record, item_of_rank); });
    task.records = {};
  }
  return out;
}

inline database::layout layout_for(const itemset_options& options) {
  return options.algorithm == itemset_algorithm::apriori || options.algorithm == itemset_algorithm::fpgrowth ? database::layout::rows : database::layout::best;
}

}  // namespace detail

TENURE_INLINE itemsets frequent_itemsets(const transactions& baskets, const itemset_options& options, const execution& run) {
  const std::uint32_t asked = detail::needed_count(baskets, options);
  if (detail::constrained_search::wanted(options)) {
    const detail::constrained_search search(baskets, options, asked);
    return search.completed(search.possible ? frequent_itemsets(search.rest, search.inner, run) : itemsets(), static_cast<std::int64_t>(baskets.size()));
  }
  for (std::uint32_t minimum = asked;;) {
    auto data = std::make_unique<detail::database>(baskets, minimum, detail::layout_for(options));
    itemset_options inner = detail::search_options(options);
    bool by_definition = detail::few_sets_expected(*data, options);
    if (by_definition) detail::ask_for_all(inner, *data);
    auto found = detail::search_sets(*data, inner, run, false);
    std::uint32_t least = found->settle();
    if (by_definition && found->cut()) {
      by_definition = false;
      inner = detail::search_options(options);
      found = detail::search_sets(*data, inner, run, false);
      least = found->settle();
    }
    const bool cut = found->cut();
    if (cut && options.target == itemset_target::maximal) {
      minimum *= 2;  // which sets are maximal depends on the smallest count: begin again
      continue;
    }
    const std::vector<std::int32_t> item_of_rank = std::move(data->item_of_rank);
    data.reset();
    itemsets out = detail::assemble(*found, item_of_rank, inner, least);
    found.reset();
    out.baskets = static_cast<std::int64_t>(baskets.size());
    out.min_count = asked;
    out.complete_from = least;
    out.cut = cut || minimum > asked;
    if (inner.target != options.target || options.target == itemset_target::generators) return detail::reduce(out, options);
    return out;
  }
}

TENURE_INLINE std::vector<double> count_itemsets(const transactions& baskets, const itemset_options& options, const execution& run) {
  if (options.target == itemset_target::generators)
    throw not_supported("generators are not counted without being listed: count the result of frequent_itemsets");
  const std::uint32_t minimum = detail::needed_count(baskets, options);
  if (detail::constrained_search::wanted(options)) {
    const detail::constrained_search search(baskets, options, minimum);
    return search.completed(search.possible ? count_itemsets(search.rest, search.inner, run) : std::vector<double>());
  }
  itemset_options inner = options;
  if (options.target != itemset_target::all) inner.algorithm = itemset_algorithm::eclat;
  inner.top = 0;
  const detail::database data(baskets, minimum, detail::layout_for(inner));
  const auto found = detail::search_sets(data, inner, run, true);
  const std::size_t longest = options.max_length ? static_cast<std::size_t>(options.max_length) : static_cast<std::size_t>(-1);
  std::vector<double> sizes;
  for (const auto& task : found->tasks())
    for (std::size_t fixed = 1; fixed < task.tally.size(); ++fixed)
      for (std::size_t free = 0; free < task.tally[fixed].size(); ++free) {
        const double records = task.tally[fixed][free];
        double choose = records;
        for (std::size_t j = 0; records > 0 && j <= free && fixed + j <= longest; ++j) {
          if (fixed + j > sizes.size()) sizes.resize(fixed + j, 0.0);
          if (fixed + j >= static_cast<std::size_t>(options.min_length)) sizes[fixed + j - 1] += choose;
          choose = std::round(choose * static_cast<double>(free - j) / static_cast<double>(j + 1));
        }
      }
  return sizes;
}

}  // namespace tenure::inline TENURE_ABI::rules
