#include <gtest/gtest.h>

#include <algorithm>

#include "rules/baskets.hpp"
#include "tenure/rules/partition.hpp"
#include "tenure/rules/rules.hpp"

namespace {

using namespace rules_test;

transactions without(const transactions& all, const std::vector<std::int32_t>& items) {
  transactions out;
  out.item_count = all.item_count;
  for (std::size_t t = 0; t < all.size(); ++t) {
    for (std::int64_t i = all.offsets[t]; i < all.offsets[t + 1]; ++i)
      if (std::find(items.begin(), items.end(), all.items[static_cast<std::size_t>(i)]) == items.end())
        out.items.push_back(all.items[static_cast<std::size_t>(i)]);
    out.offsets.push_back(static_cast<std::int64_t>(out.items.size()));
  }
  return out;
}

/// What is asked for, by filtering the unconstrained result of the baskets without the excluded items.
found filtered(const transactions& baskets, itemset_options options) {
  const std::vector<std::int32_t> include = options.include;
  const transactions rest = without(baskets, options.exclude);
  options.include.clear();
  options.exclude.clear();
  found out;
  for (const auto& [items, count] : as_map(frequent_itemsets(rest, options)))
    if (std::all_of(include.begin(), include.end(), [&](std::int32_t x) { return std::find(items.begin(), items.end(), x) != items.end(); }))
      out[items] = count;
  return out;
}

TEST(Constraints, AreTheFilteredResult) {
  const transactions baskets = simulated_baskets(400, 7, 3);
  const std::vector<std::vector<std::int32_t>> choices{{}, {0}, {1}, {4, 1}, {2, 7, 4}, {21}};
  std::size_t compared = 0;
  for (const auto target : {itemset_target::all, itemset_target::closed, itemset_target::maximal})
    for (const auto algorithm : {itemset_algorithm::eclat, itemset_algorithm::fpgrowth, itemset_algorithm::apriori})
      for (const auto& include : choices)
        for (const auto& exclude : {std::vector<std::int32_t>{}, {3}, {5, 6, 10}})
          for (const auto& [shortest, longest] : {std::pair{1, 0}, {2, 3}, {3, 4}}) {
            itemset_options options{.min_count = 6, .target = target, .algorithm = algorithm, .min_length = shortest, .max_length = longest};
            options.include = include;
            options.exclude = exclude;
            const itemsets sets = frequent_itemsets(baskets, options, {.threads = 2});
            const found expected = filtered(baskets, options);
            ASSERT_EQ(as_map(sets), expected) << name_of(target) << ' ' << name_of(algorithm) << ' ' << include.size() << exclude.size() << shortest << longest;
            EXPECT_EQ(sets.baskets, 400);
            EXPECT_EQ(sets.size(), expected.size());
            compared += expected.size();
            std::vector<double> sizes;
            for (const auto& [items, count] : expected) {
              if (sizes.size() < items.size()) sizes.resize(items.size(), 0.0);
              sizes[items.size() - 1] += 1;
            }
            EXPECT_EQ(count_itemsets(baskets, options), sizes);
          }
  EXPECT_GT(compared, 3000U);
}

TEST(Constraints, TopAndGeneratorsAndChunks) {
  const transactions baskets = simulated_baskets(600, 7, 5);
  for (const std::int64_t top : {1, 2, 7, 40}) {
    itemset_options options{.min_count = 1, .max_length = 5};
    options.include = {1};
    const found all = as_map(frequent_itemsets(baskets, options));
    std::vector<std::uint32_t> counts;
    for (const auto& [items, count] : all)
      counts.push_back(count);
    std::sort(counts.rbegin(), counts.rend());
    const std::uint32_t least = counts[static_cast<std::size_t>(top) - 1];
    options.top = top;
    const itemsets sets = frequent_itemsets(baskets, options);
    EXPECT_EQ(sets.complete_from, least);
    EXPECT_FALSE(sets.cut);
    found expected = all;
    std::erase_if(expected, [&](const auto& set) { return set.second < least; });
    EXPECT_EQ(as_map(sets), expected);
  }
  itemset_options options{.min_support = 0.02, .target = itemset_target::generators};
  options.exclude = {0, 4};
  EXPECT_EQ(as_map(frequent_itemsets(baskets, options)), filtered(baskets, options));
  for (const auto target : {itemset_target::all, itemset_target::closed, itemset_target::maximal}) {
    options = {.min_support = 0.02, .target = target};
    options.include = {1};
    options.exclude = {4};
    itemset_partition part(options);
    const auto chunks = [&](auto&& body) {
      for (std::size_t c = 0; c < 3; ++c) {
        std::vector<std::uint8_t> keep(baskets.size());
        for (std::size_t t = 0; t < keep.size(); ++t)
          keep[t] = t % 3 == c;
        body(select_baskets(baskets, keep));
      }
      body(select_baskets(baskets, std::vector<std::uint8_t>(baskets.size(), 0)));
    };
    chunks([&](const transactions& chunk) { part.propose(chunk); });
    chunks([&](const transactions& chunk) { part.count(chunk); });
    EXPECT_EQ(as_map(part.finish()), filtered(baskets, options)) << name_of(target);
  }
}

TEST(Constraints, MistakesAreNamed) {
  const transactions baskets = simulated_baskets(50, 4, 1);
  const auto attempt = [&](std::vector<std::int32_t> include, std::vector<std::int32_t> exclude, itemset_options options = {}) {
    options.include = std::move(include);
    options.exclude = std::move(exclude);
    return frequent_itemsets(baskets, options);
  };
  EXPECT_THROW(attempt({99}, {}), invalid_input);
  EXPECT_THROW(attempt({}, {-1}), invalid_input);
  EXPECT_THROW(attempt({1}, {2, 1}), invalid_input);
  EXPECT_THROW(attempt({1, 2}, {}, {.max_length = 1}), invalid_input);
  EXPECT_THROW(attempt({1}, {}, {.target = itemset_target::generators}), invalid_input);
  EXPECT_EQ(as_map(attempt({0, 0}, {}, {.max_length = 1})), (found{{{0}, 50}}));
  EXPECT_TRUE(attempt({1, 4, 7, 10}, {}, {.min_support = 1}).counts.empty());
}

}  // namespace
