#include "tenure/rules/class_rules.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rules/baskets.hpp"
#include "tenure/rules/measures.hpp"

namespace {

using namespace rules_test;

/// Customers with habits; habits 1 and 2 together triple the churn.
std::pair<transactions, std::vector<std::uint8_t>> simulated_customers(std::size_t n, std::size_t habits, double effect, std::uint64_t seed) {
  random_stream random(seed);
  std::vector<std::vector<std::int32_t>> rows(n);
  std::vector<std::uint8_t> churned(n);
  for (std::size_t t = 0; t < n; ++t) {
    for (std::size_t h = 0; h < habits; ++h)
      if (random.uniform() < 0.1 + 0.3 * static_cast<double>(h % 5) / 5) rows[t].push_back(static_cast<std::int32_t>(h));
    const auto has = [&](std::int32_t h) { return std::find(rows[t].begin(), rows[t].end(), h) != rows[t].end(); };
    churned[t] = random.uniform() < (has(1) && has(2) ? 0.15 * effect : 0.15);
  }
  return {baskets_of(rows, habits), churned};
}

using rule_map = std::map<std::vector<std::int32_t>, std::array<std::uint32_t, 2>>;

rule_map as_map(const rule_list& rules) {
  rule_map out;
  for (std::size_t k = 0; k < rules.size(); ++k)
    out[{rules.left.begin() + rules.left_offsets[k], rules.left.begin() + rules.left_offsets[k + 1]}] = {rules.both[k], rules.left_count[k]};
  return out;
}

/// The rules with that consequent among all association rules.
rule_map filtered_afterwards(const transactions& baskets, const std::vector<std::uint8_t>& churned, double support, std::int64_t longest) {
  std::vector<std::vector<std::int32_t>> rows;
  const auto outcome = static_cast<std::int32_t>(baskets.item_count);
  for (std::size_t t = 0; t < baskets.size(); ++t) {
    rows.emplace_back(baskets.items.begin() + baskets.offsets[t], baskets.items.begin() + baskets.offsets[t + 1]);
    if (churned[t]) rows.back().push_back(outcome);
  }
  const rule_list all = association_rules(frequent_itemsets(baskets_of(rows, baskets.item_count + 1), {.min_support = support, .max_length = longest + 1}),
                                          {.min_confidence = 0});
  rule_map out;
  for (std::size_t k = 0; k < all.size(); ++k)
    if (all.right[k] == outcome) out[{all.left.begin() + all.left_offsets[k], all.left.begin() + all.left_offsets[k + 1]}] = {all.both[k], all.left_count[k]};
  return out;
}

TEST(ClassRules, AllRulesAreThoseFilteredAfterwards) {
  const auto [baskets, churned] = simulated_customers(900, 14, 3, 1);
  for (const std::int64_t longest : {1, 2, 4}) {
    const rule_map expected = filtered_afterwards(baskets, churned, 0.01, longest);
    ASSERT_GT(expected.size(), 10U);
    const rule_list rules = class_rules(baskets, churned, {.min_support = 0.01, .max_length = longest, .max_q = 1, .keep_redundant = true});
    EXPECT_EQ(as_map(rules), expected);
    EXPECT_EQ(rules.examined, static_cast<double>(expected.size()));
  }
}

TEST(ClassRules, PruningLosesNoSignificantRule) {
  const auto [baskets, churned] = simulated_customers(1200, 16, 3, 2);
  const rule_list all = class_rules(baskets, churned, {.min_support = 0.005, .max_q = 1, .keep_redundant = true});
  const rule_list few = class_rules(baskets, churned, {.min_support = 0.005, .max_q = 0.3, .keep_redundant = true});
  const auto p = rule_measure(all, "fisher_p");
  rule_map expected;
  double largest = 0;
  const auto p_few = rule_measure(few, "fisher_p");
  for (const double x : p_few)
    largest = std::max(largest, x);
  for (std::size_t k = 0; k < all.size(); ++k)
    if (p[k] <= largest) expected[{all.left.begin() + all.left_offsets[k], all.left.begin() + all.left_offsets[k + 1]}] = {all.both[k], all.left_count[k]};
  ASSERT_GT(few.size(), 3U);
  EXPECT_EQ(as_map(few), expected);
  EXPECT_LE(few.examined, all.examined);
  EXPECT_TRUE(std::is_sorted(p_few.begin(), p_few.end()));
}

TEST(ClassRules, FindTheInteractionFirstAndNothingInNoise) {
  auto [baskets, churned] = simulated_customers(8000, 200, 3, 3);
  const rule_list rules = class_rules(baskets, churned);
  ASSERT_GT(rules.size(), 0U);
  EXPECT_EQ(rules.left_offsets[1], 2);
  EXPECT_EQ(rules.left[0], 1);
  EXPECT_EQ(rules.left[1], 2);
  EXPECT_NEAR(static_cast<double>(rules.both[0]) / rules.left_count[0], 0.45, 0.08);
  random_stream random(9);
  random.shuffle(churned.data(), churned.size());
  EXPECT_EQ(class_rules(baskets, churned).size(), 0U);
}

TEST(ClassRules, ReportedRulesBeatEverySimplerOne) {
  const auto [baskets, churned] = simulated_customers(3000, 20, 4, 4);
  const rule_list all = class_rules(baskets, churned, {.max_q = 1, .keep_redundant = true});
  const rule_list kept = class_rules(baskets, churned);
  const rule_map counts = as_map(all);
  ASSERT_GT(kept.size(), 0U);
  for (std::size_t k = 0; k < kept.size(); ++k) {
    const std::vector<std::int32_t> left(kept.left.begin() + kept.left_offsets[k], kept.left.begin() + kept.left_offsets[k + 1]);
    const double confidence = static_cast<double>(kept.both[k]) / kept.left_count[k];
    for (std::size_t choice = 1; choice + 1 < (std::size_t{1} << left.size()); ++choice) {
      std::vector<std::int32_t> part;
      for (std::size_t i = 0; i < left.size(); ++i)
        if (choice >> i & 1) part.push_back(left[i]);
      const auto& [both, held] = counts.at(part);
      EXPECT_GT(confidence, static_cast<double>(both) / held);
    }
    EXPECT_LE(kept.improvement_p[k], 0.05);
    EXPECT_LE(kept.q[k], 0.05);
  }
}

TEST(ClassRules, SameResultForAnyThreadCountAndRowOrder) {
  const auto [baskets, churned] = simulated_customers(2000, 30, 3, 5);
  const rule_list one = class_rules(baskets, churned, {.max_q = 0.5});
  ASSERT_GT(one.size(), 2U);
  EXPECT_EQ(class_rules(baskets, churned, {.max_q = 0.5}, {.threads = 4}), one);
  std::vector<std::vector<std::int32_t>> rows;
  std::vector<std::uint8_t> turned;
  for (std::size_t t = baskets.size(); t-- > 0;) {
    rows.emplace_back(baskets.items.begin() + baskets.offsets[t], baskets.items.begin() + baskets.offsets[t + 1]);
    turned.push_back(churned[t]);
  }
  EXPECT_EQ(class_rules(baskets_of(rows, 30), turned, {.max_q = 0.5}), one);
}

TEST(ClassRules, HostileInput) {
  const auto baskets = baskets_of({{0}, {0, 1}, {}, {1}}, 2);
  const std::vector<std::uint8_t> mixed{0, 1, 0, 1};
  EXPECT_THROW(class_rules(baskets, std::vector<std::uint8_t>{0, 1}), invalid_input);
  EXPECT_THROW(class_rules(baskets, std::vector<std::uint8_t>{0, 1, 2, 0}), invalid_input);
  EXPECT_THROW(class_rules(baskets, std::vector<std::uint8_t>{1, 1, 1, 1}), invalid_input);
  EXPECT_THROW(class_rules(baskets, std::vector<std::uint8_t>{0, 0, 0, 0}), invalid_input);
  EXPECT_THROW(class_rules(baskets, mixed, {.min_support = 0}), invalid_input);
  EXPECT_THROW(class_rules(baskets, mixed, {.max_length = 13}), invalid_input);
  EXPECT_THROW(class_rules(baskets, mixed, {.max_q = 0}), invalid_input);
  EXPECT_THROW(class_rules(baskets_of({}, 2), std::vector<std::uint8_t>{}), invalid_input);
  EXPECT_EQ(class_rules(baskets_of({{}, {}, {}, {}}, 0), mixed).size(), 0U);
  EXPECT_EQ(class_rules(baskets, mixed, {.min_support = 1}).size(), 0U);
}

TEST(ContrastRules, FindWhatChanged) {
  auto [before, churned_before] = simulated_customers(4000, 20, 1, 6);
  const auto [after, churned_after] = simulated_customers(4000, 20, 4, 7);
  append(before, after);
  std::vector<std::uint8_t> churned = churned_before, period(4000, 0);
  churned.insert(churned.end(), churned_after.begin(), churned_after.end());
  period.resize(8000, 1);
  const contrast_list changes = contrast_rules(before, churned, period, {.max_length = 2});
  ASSERT_GT(changes.size(), 0U);
  const std::vector<std::int32_t> first(changes.items.begin(), changes.items.begin() + changes.offsets[1]);
  EXPECT_EQ(first, (std::vector<std::int32_t>{1, 2}));
  // The z-test from its counts.
  const double a = changes.both_before[0] + 0.5, b = changes.left_before[0] - changes.both_before[0] + 0.5;
  const double e = changes.both_after[0] + 0.5, f = changes.left_after[0] - changes.both_after[0] + 0.5;
  double with[2]{0, 0};
  for (std::size_t t = 0; t < churned.size(); ++t)
    with[period[t]] += churned[t];
  const double c = with[0] - changes.both_before[0] + 0.5, d = 4000 - with[0] - (changes.left_before[0] - changes.both_before[0]) + 0.5;
  const double g = with[1] - changes.both_after[0] + 0.5, h = 4000 - with[1] - (changes.left_after[0] - changes.both_after[0]) + 0.5;
  const double change = std::log(e * h / (f * g)) - std::log(a * d / (b * c));
  EXPECT_NEAR(std::log(changes.odds_ratio_change[0]), change, 1e-12);
  const double z = change / std::sqrt(1 / a + 1 / b + 1 / c + 1 / d + 1 / e + 1 / f + 1 / g + 1 / h);
  EXPECT_NEAR(changes.p[0] / std::erfc(std::abs(z) / std::sqrt(2.0)), 1, 1e-10);
  // The same period twice has no contrast.
  std::vector<std::uint8_t> odd(8000);
  for (std::size_t t = 0; t < odd.size(); ++t)
    odd[t] = t % 2;
  EXPECT_EQ(contrast_rules(before, churned, odd, {.max_length = 2}).size(), 0U);
  EXPECT_THROW(contrast_rules(before, churned, std::vector<std::uint8_t>(8000, 1)), invalid_input);
}

}  // namespace
