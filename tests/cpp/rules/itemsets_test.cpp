#include "tenure/rules/itemsets.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <numeric>
#include <sstream>

#include "rules/baskets.hpp"

namespace {

using namespace rules_test;

constexpr itemset_target targets[] = {itemset_target::all, itemset_target::closed, itemset_target::maximal, itemset_target::generators};
constexpr itemset_algorithm algorithms[] = {itemset_algorithm::automatic, itemset_algorithm::eclat, itemset_algorithm::fpgrowth, itemset_algorithm::apriori};

TEST(Itemsets, EveryAlgorithmMeetsTheDefinition) {
  for (const std::size_t n : {60U, 400U, 1000U}) {
    const transactions baskets = simulated_baskets(n, 5, n);
    for (const std::uint32_t minimum : {2U, 9U, 40U}) {
      if ((n > 400 && minimum < 9) || 3 * minimum > n) continue;
      const found all = by_definition(baskets, minimum);
      for (const auto target : targets) {
        const found expected = target_by_definition(all, target, static_cast<std::uint32_t>(n));
        ASSERT_FALSE(expected.empty());
        for (const auto algorithm : algorithms) {
          const itemsets sets = frequent_itemsets(baskets, {.min_count = minimum, .target = target, .algorithm = algorithm});
          EXPECT_EQ(sets.size(), expected.size());
          EXPECT_EQ(as_map(sets), expected) << n << ' ' << minimum << ' ' << name_of(target) << ' ' << name_of(algorithm);
        }
      }
    }
  }
}

/// Numbers of pyfim and mlxtend: tests/reference/rules/make_itemsets.py.
TEST(Itemsets, MatchesPyfim) {
  std::ifstream file(TENURE_REFERENCE_DIR "/rules/baskets.dat");
  std::stringstream text;
  text << file.rdbuf();
  const transactions baskets = parse_fimi(text.str());
  ASSERT_EQ(baskets.size(), 2000U);
  struct {
    double support;
    itemset_target target;
    std::size_t sets;
    double sum;
  } const cases[] = {{0.01, itemset_target::all, 1620, 77437},      {0.01, itemset_target::closed, 1584, 76465},
                     {0.01, itemset_target::maximal, 438, 10889},   {0.01, itemset_target::generators, 1585, 76486},
                     {0.004, itemset_target::all, 4947, 114585},    {0.004, itemset_target::closed, 4178, 106466},
                     {0.004, itemset_target::maximal, 1196, 11980}, {0.004, itemset_target::generators, 4280, 107420}};
  for (const auto& expected : cases) {
    const itemsets sets = frequent_itemsets(baskets, {.min_support = expected.support, .target = expected.target});
    EXPECT_EQ(sets.size(), expected.sets);
    EXPECT_EQ(std::accumulate(sets.counts.begin(), sets.counts.end(), 0.0), expected.sum);
  }
}

TEST(Itemsets, LengthLimitsChooseAmongTheTarget) {
  const transactions baskets = simulated_baskets(500, 6, 3);
  const found all = by_definition(baskets, 12);
  for (const auto target : targets) {
    for (const auto& [shortest, longest] : {std::pair{1, 1}, {1, 2}, {2, 3}, {3, 0}, {2, 2}, {4, 5}}) {
      found expected;
      for (const auto& [set, count] : target_by_definition(all, target, 500))
        if (static_cast<int>(set.size()) >= shortest && (longest == 0 || static_cast<int>(set.size()) <= longest)) expected[set] = count;
      for (const auto algorithm : algorithms) {
        const itemset_options options{.min_count = 12, .target = target, .algorithm = algorithm, .min_length = shortest, .max_length = longest};
        EXPECT_EQ(as_map(frequent_itemsets(baskets, options)), expected) << name_of(target) << ' ' << name_of(algorithm) << ' ' << shortest << ' ' << longest;
        if (target == itemset_target::generators) continue;
        const std::vector<double> sizes = count_itemsets(baskets, options);
        EXPECT_EQ(std::accumulate(sizes.begin(), sizes.end(), 0.0), static_cast<double>(expected.size()));
      }
    }
  }
}

TEST(Itemsets, CountsBySizeAreThoseOfTheList) {
  const transactions baskets = simulated_baskets(2000, 8, 11);
  for (const auto algorithm : algorithms) {
    const itemset_options options{.min_support = 0.01, .algorithm = algorithm};
    const itemsets sets = frequent_itemsets(baskets, options);
    std::vector<double> expected;
    for (std::size_t s = 0; s < sets.size(); ++s) {
      expected.resize(std::max(expected.size(), sets.set(s).size()), 0.0);
      ++expected[sets.set(s).size() - 1];
    }
    EXPECT_EQ(count_itemsets(baskets, options), expected);
  }
}

TEST(Itemsets, SameResultForAnyThreadCount) {
  const transactions baskets = simulated_baskets(3000, 9, 5);
  for (const auto target : targets)
    for (const auto algorithm : algorithms) {
      const itemset_options options{.min_support = 0.04, .target = target, .algorithm = algorithm};
      const itemsets one = frequent_itemsets(baskets, options);
      for (const int threads : {2, 3, 7})
        EXPECT_EQ(frequent_itemsets(baskets, options, {.threads = threads}), one);
    }
}

TEST(Itemsets, RowOrderAndItemNumbersDoNotMatter) {
  const transactions baskets = simulated_baskets(800, 6, 17);
  std::vector<std::vector<std::int32_t>> turned;
  const auto last = static_cast<std::int32_t>(baskets.item_count) - 1;
  for (std::size_t t = baskets.size(); t-- > 0;) {
    turned.emplace_back();
    for (auto i = baskets.offsets[t]; i < baskets.offsets[t + 1]; ++i)
      turned.back().push_back(last - baskets.items[static_cast<std::size_t>(i)]);
  }
  found expected;
  for (const auto& [set, count] : as_map(frequent_itemsets(baskets, {.min_support = 0.02}))) {
    std::vector<std::int32_t> mirrored;
    for (auto i = set.rbegin(); i != set.rend(); ++i)
      mirrored.push_back(last - *i);
    expected[mirrored] = count;
  }
  EXPECT_EQ(as_map(frequent_itemsets(baskets_of(turned, baskets.item_count), {.min_support = 0.02})), expected);
}

TEST(Itemsets, TopKeepsTheMostFrequentAndTheirTies) {
  const transactions baskets = simulated_baskets(700, 6, 23);
  for (const auto target : {itemset_target::all, itemset_target::closed}) {
    std::vector<std::uint32_t> counts;
    const found every = target_by_definition(by_definition(baskets, 3), target, 700);
    for (const auto& [set, count] : every)
      counts.push_back(count);
    std::sort(counts.rbegin(), counts.rend());
    for (const std::size_t k : {1U, 7U, 50U, 300U}) {
      ASSERT_GT(counts.size(), k);
      found expected;
      for (const auto& [set, count] : every)
        if (count >= counts[k - 1]) expected[set] = count;
      for (const auto algorithm : algorithms)
        for (const int threads : {1, 4}) {
          const itemset_options options{.min_count = 3, .target = target, .algorithm = algorithm, .top = static_cast<std::int64_t>(k)};
          const itemsets top = frequent_itemsets(baskets, options, {.threads = threads});
          EXPECT_EQ(as_map(top), expected) << k << ' ' << name_of(target) << ' ' << name_of(algorithm);
          EXPECT_EQ(top.complete_from, counts[k - 1]);
          EXPECT_FALSE(top.cut);
        }
    }
  }
}

TEST(Itemsets, MemoryLimitCutsAtTheSmallestCountThatFits) {
  const transactions baskets = simulated_baskets(600, 7, 29);
  const found all = by_definition(baskets, 4);
  std::map<std::uint32_t, double> bytes;
  for (const auto& [set, count] : all)
    bytes[count] += 12.0 + 4.0 * static_cast<double>(set.size());
  for (const double limit : {1e3, 2e4, 1e5}) {
    double sum = 0;
    std::uint32_t expected = 601;
    for (auto entry = bytes.rbegin(); entry != bytes.rend() && (sum += entry->second) <= limit; ++entry)
      expected = entry->first;
    for (const auto algorithm : algorithms)
      for (const int threads : {1, 3}) {
        const itemsets sets = frequent_itemsets(baskets, {.min_count = 4, .algorithm = algorithm, .memory_limit = limit}, {.threads = threads});
        EXPECT_TRUE(sets.cut);
        EXPECT_GE(static_cast<std::uint32_t>(sets.complete_from), expected - 5);
        found wanted;
        for (const auto& [set, count] : all)
          if (count >= expected) wanted[set] = count;
        EXPECT_EQ(as_map(sets), wanted) << limit << ' ' << name_of(algorithm);
      }
  }
  const itemsets maximal = frequent_itemsets(baskets, {.min_count = 4, .target = itemset_target::maximal, .memory_limit = 300});
  EXPECT_TRUE(maximal.cut);
  EXPECT_EQ(as_map(maximal), target_by_definition(by_definition(baskets, static_cast<std::uint32_t>(maximal.complete_from)), itemset_target::maximal, 600));
}

TEST(Itemsets, OneVeryLongBasketEndsWithALabel) {
  std::vector<std::vector<std::int32_t>> rows(20, {0, 1, 2});
  rows.emplace_back(5000);
  std::iota(rows.back().begin(), rows.back().end(), 0);
  for (const auto algorithm : {itemset_algorithm::eclat, itemset_algorithm::fpgrowth}) {
    const itemsets sets = frequent_itemsets(baskets_of(rows, 5000), {.min_count = 1, .algorithm = algorithm, .memory_limit = 1e6});
    EXPECT_TRUE(sets.cut);
    EXPECT_EQ(sets.complete_from, 2);
    EXPECT_EQ(sets.size(), 7U);
  }
}

TEST(Itemsets, HundredThousandDistinctItems) {
  std::vector<std::vector<std::int32_t>> rows(50'000);
  for (std::size_t t = 0; t < rows.size(); ++t)
    rows[t] = {static_cast<std::int32_t>(2 * t), static_cast<std::int32_t>(2 * t + 1)};
  for (const auto target : {itemset_target::all, itemset_target::closed})
    EXPECT_EQ(frequent_itemsets(baskets_of(rows, 100'000), {.min_count = 1, .target = target}).size(), target == itemset_target::all ? 150'000U : 50'000U);
}

TEST(Itemsets, EdgesAreDefined) {
  const auto one = baskets_of({{2, 0, 2, 1}}, 3);
  EXPECT_EQ(frequent_itemsets(one, {.min_support = 1}).size(), 7U);
  EXPECT_EQ(frequent_itemsets(one, {.min_support = 1, .target = itemset_target::closed}).size(), 1U);
  EXPECT_EQ(frequent_itemsets(one, {.min_support = 1, .target = itemset_target::generators}).size(), 0U);  // the empty set has the same count
  const auto empty_baskets = baskets_of({{}, {}, {0}}, 1);
  EXPECT_EQ(frequent_itemsets(empty_baskets, {.min_support = 0.33}).size(), 1U);
  EXPECT_EQ(frequent_itemsets(empty_baskets, {.min_support = 0.34}).size(), 0U);
  EXPECT_EQ(frequent_itemsets(empty_baskets, {.min_count = 9}).size(), 0U);
  EXPECT_THROW(frequent_itemsets(baskets_of({}, 1), {}), invalid_input);
  for (const double support : {0.0, -0.1, 1.1, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW(frequent_itemsets(one, {.min_support = support}), invalid_input);
  EXPECT_THROW(frequent_itemsets(one, {.min_length = 3, .max_length = 2}), invalid_input);
  EXPECT_THROW(frequent_itemsets(one, {.target = itemset_target::maximal, .top = 5}), invalid_input);
  EXPECT_THROW(count_itemsets(one, {.target = itemset_target::generators}), not_supported);
}

}  // namespace
