#pragma once

#include <cmath>
#include <limits>
#include <memory>
#include <mutex>
#include <string>

#include "tenure/rules/apriori-inl.hpp"
#include "tenure/rules/assemble-inl.hpp"
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
  const bool whole = options.target == itemset_target::closed || options.target == itemset_target::maximal;
  const double cells = static_cast<double>(data.rows) * static_cast<double>(data.ranks());
  return walks && whole && !options.top && (data.form != database::layout::bits || static_cast<double>(data.occurrences) < 0.1 * cells);
}

/// All sets instead, as long as they take no more room than the baskets; otherwise the expectation was wrong.
inline void ask_for_all(itemset_options& options, const database& data) {
  options.target = itemset_target::all;
  options.min_length = 1;
  if (options.max_length) ++options.max_length;
  options.memory_limit = std::min(options.memory_limit, 16.0 * static_cast<double>(data.occurrences));
}

inline database::layout layout_for(const itemset_options& options) {
  return options.algorithm == itemset_algorithm::apriori || options.algorithm == itemset_algorithm::fpgrowth ? database::layout::rows : database::layout::best;
}

}  // namespace detail

TENURE_INLINE itemsets frequent_itemsets(const transactions& baskets, const itemset_options& options, const execution& run) {
  const std::uint32_t asked = detail::needed_count(baskets, options);
  if (options.top && options.target == itemset_target::closed && options.algorithm != itemset_algorithm::automatic &&
      options.algorithm != itemset_algorithm::eclat) {  // the others find closed sets among all, of which the most frequent tell nothing of how many are closed
    itemset_options walking = options;
    walking.algorithm = itemset_algorithm::eclat;
    return frequent_itemsets(baskets, walking, run);
  }
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
