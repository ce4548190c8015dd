#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/rules/transactions.hpp"

namespace tenure::inline TENURE_ABI {
namespace rules {

enum class itemset_target : unsigned char { all, closed, maximal, generators };
enum class itemset_algorithm : unsigned char { automatic, eclat, fpgrowth, apriori };

struct itemset_options {
  double min_support = 0.1;    // smallest share of baskets
  std::int64_t min_count = 0;  // smallest number of baskets; when above 0 it stands in for min_support
  itemset_target target = itemset_target::all;
  itemset_algorithm algorithm = itemset_algorithm::automatic;
  std::int64_t min_length = 1;          // fewest items of a set
  std::int64_t max_length = 0;          // most items of a set, 0 = no limit
  std::int64_t top = 0;                 // keep the most frequent sets only: this many and those tied with the last, 0 = all
  double memory_limit = 4e9;            // most bytes the result may take
  std::vector<std::int32_t> include{};  // items that every set must hold
  std::vector<std::int32_t> exclude{};  // items that no set may hold

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("min_support", self.min_support, bounds{.low = 0, .high = 1, .low_open = true}, "smallest share of baskets that hold the set");
    visit("min_count", self.min_count, at_least(0), "smallest number of baskets; when above 0 it stands in for min_support");
    visit("target", self.target, "which sets");
    visit("algorithm", self.algorithm, "how they are found; the answer is the same");
    visit("min_length", self.min_length, at_least(1), "fewest items of a set");
    visit("max_length", self.max_length, at_least(0), "most items of a set, 0 = no limit");
    visit("top", self.top, at_least(0), "keep this many of the most frequent sets and those tied with the last, 0 = all");
    visit("memory_limit", self.memory_limit, more_than(0), "most bytes that the result may take");
    visit("include", self.include, "items that every set must hold");
    visit("exclude", self.exclude, "items that no set may hold");
  }
};

/// Sets of items with the number of baskets that hold them. Set s is items[offsets[s]] ... items[offsets[s + 1] - 1], in no particular
/// order within the set; 12 bytes a set and 4 an item.
struct itemsets {
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int32_t> items;
  std::vector<std::uint32_t> counts;
  std::int64_t baskets = 0;
  std::int64_t min_count = 1;      // the smallest count asked for
  std::int64_t complete_from = 1;  // every set of at least this count is listed: above min_count when `top` or the memory limit raised it
  bool cut = false;                // whether the memory limit raised it

  std::size_t size() const { return counts.size(); }
  std::span<const std::int32_t> set(std::size_t s) const { return {items.data() + offsets[s], static_cast<std::size_t>(offsets[s + 1] - offsets[s])}; }
  friend bool operator==(const itemsets&, const itemsets&) = default;
};

/// The sets of items that at least `min_support` of the baskets hold, with exact counts.
///
/// all: every such set. closed: those that no larger set of the same count contains. maximal: those that no larger frequent set
/// contains. generators: those without a subset of the same count (the empty set has the count of all baskets). The length limits choose
/// among these. The needed count is the smallest integer >= min_support * baskets, less 1e-9 for rounding.
///
/// eclat walks the sets depth first over bit sets of baskets, narrowed to the baskets in question, sets items that lose nothing aside
/// (Zaki 2000; Borgelt 2003; for closed sets the order of Uno, Kiyomi and Arimura 2004). fpgrowth grows patterns from prefix trees (Han,
/// Pei and Yin 2000); apriori counts length by length (Agrawal and Srikant 1994). `automatic` takes eclat, the fastest on every data set tried.
///
/// The most frequent closed sets (`top`) are eclat's whatever the algorithm asked for.
///
/// A result that would not fit into `memory_limit` is cut at the smallest count at which it does: `complete_from` says which. For
/// maximal sets the search is run again at doubled counts until it fits; for generators it is their candidates that must fit. The answer is the same for any
/// number of threads; sets come in an order that depends on the algorithm. Memory besides the result: 8 bytes an item occurrence, and as much again as the
/// result.
///
/// `include` and `exclude` shrink the search itself: it takes place in the baskets that hold every required item, without the excluded ones, which
/// for closed and maximal sets are as if they were in no basket. Shares stay those of all baskets.
///
/// Throws invalid_input for min_support outside (0, 1], min_length > max_length, no baskets, `top` with maximal sets or generators, `include` with
/// generators, an item of `include` or `exclude` that is none or in both, or more required items than max_length.
/// Matches: pyfim 6.28, mlxtend 0.25 and the definitions.
itemsets frequent_itemsets(const transactions& baskets, const itemset_options& options = {}, const execution& run = {});

/// How many sets `frequent_itemsets` would find: element k - 1 is the number of sets of k items (a double: they can exceed any integer).
/// Cheap where the sets themselves are many, since sets of equal baskets are counted without being listed. `top` and `memory_limit` do
/// not apply. Generators are not counted this way: not_supported.
std::vector<double> count_itemsets(const transactions& baskets, const itemset_options& options = {}, const execution& run = {});

}  // namespace rules

template <>
struct enum_names<rules::itemset_target> {
  static constexpr const char* values[] = {"all", "closed", "maximal", "generators"};
};
template <>
struct enum_names<rules::itemset_algorithm> {
  static constexpr const char* values[] = {"auto", "eclat", "fpgrowth", "apriori"};
};

}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/rules/itemsets-inl.hpp"
#endif
