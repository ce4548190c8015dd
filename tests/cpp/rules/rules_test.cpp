#include "tenure/rules/rules.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>

#include "rules/baskets.hpp"
#include "tenure/rules/measures.hpp"

namespace {

using namespace rules_test;

/// A list of one rule {0} -> {1} from its 2 x 2 counts.
rule_list one_rule(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  rule_list rule;
  rule.left = {0};
  rule.right = {1};
  rule.left_offsets = rule.right_offsets = {0, 1};
  rule.both = {a};
  rule.left_count = {a + b};
  rule.right_count = {a + c};
  rule.best_simpler = {static_cast<double>(a + c) / (a + b + c + d)};
  rule.best_parent = {0};
  rule.baskets = std::int64_t{a} + b + c + d;
  rule.examined = 1;
  return rule;
}

/// Values of arules 1.7.10: tests/reference/rules/make_measures.py.
TEST(Measures, MatchArules) {
  std::ifstream file(TENURE_REFERENCE_DIR "/rules/measures.csv");
  std::string line, field;
  std::getline(file, line);
  std::vector<std::string> names;
  for (std::istringstream header(line); std::getline(header, field, ',');)
    names.push_back(field);
  ASSERT_GT(names.size(), 40U);
  std::size_t compared = 0;
  while (std::getline(file, line)) {
    std::vector<double> values;
    std::istringstream row(line + ",");
    while (std::getline(row, field, ','))
      values.push_back(field.empty() ? std::nan("") : std::strtod(field.c_str(), nullptr));
    ASSERT_EQ(values.size(), names.size());
    const auto cell = [&](std::size_t i) { return static_cast<std::uint32_t>(values[i]); };
    const rule_list rule = one_rule(cell(0), cell(1), cell(2), cell(3));
    for (std::size_t m = 4; m < names.size(); ++m) {
      const double value = rule_measure(rule, names[m])[0];
      if (std::isnan(values[m])) {
        const bool quotient = names[m] == "conviction" || names[m] == "odds_ratio" || names[m] == "sebag";
        EXPECT_TRUE(!quotient || !std::isfinite(value)) << names[m];
        continue;  // elsewhere arules gives up at a zero count
      }
      const double tolerance = names[m] == "chi_squared_p" || names[m] == "fisher_p" ? 1e-8 * std::abs(values[m]) : 1e-9 * std::max(1e-3, std::abs(values[m]));
      EXPECT_NEAR(value, values[m], tolerance) << names[m] << " of " << line.substr(0, 30);
      ++compared;
    }
  }
  EXPECT_GT(compared, 4000U);
}

TEST(Measures, TextbookValuesWhereArulesDiffers) {
  const rule_list rule = one_rule(194, 322, 1709, 7610);  // beef -> other vegetables
  EXPECT_NEAR(rule_measure(rule, "collective_strength")[0], 1.1197, 5e-5);
  EXPECT_NEAR(rule_measure(rule, "casual_support")[0], (194 + 7610) / 9835.0, 1e-15);
  EXPECT_NEAR(rule_measure(rule, "casual_confidence")[0], (194 / 516.0 + 7610 / 9319.0) / 2, 1e-15);
  EXPECT_NEAR(rule_measure(rule, "least_contradiction")[0], (194 - 322) / 1903.0, 1e-15);
  EXPECT_NEAR(rule_measure(one_rule(1, 9, 40, 50), "certainty")[0], (0.1 - 0.41) / 0.41, 1e-15);
}

TEST(Measures, StandardisedLiftUsesTheThresholds) {
  rule_list rule = one_rule(194, 322, 1709, 7610);
  rule.min_confidence = 0.3;
  rule.min_count = 99;
  EXPECT_NEAR(rule_measure(rule, "std_lift")[0], 0.108527131784219, 1e-11);  // arules 1.7.10 with confidence 0.3 - 1e-12
}

TEST(Measures, FisherEqualsTheSumOfItsTerms) {
  for (const auto& [a, b, c, d] : {std::array{3U, 7U, 2U, 20U}, {0U, 4U, 5U, 6U}, {5U, 0U, 0U, 5U}, {1U, 30U, 30U, 1U}}) {
    const double left = a + b, right = a + c, n = a + b + c + d;
    double sum = 0;
    for (double k = a; k <= std::min(left, right); ++k)
      sum += std::exp(std::lgamma(left + 1) + std::lgamma(n - left + 1) + std::lgamma(right + 1) + std::lgamma(n - right + 1) - std::lgamma(n + 1) -
                      std::lgamma(k + 1) - std::lgamma(left - k + 1) - std::lgamma(right - k + 1) - std::lgamma(n - left - right + k + 1));
    EXPECT_NEAR(rule_measure(one_rule(a, b, c, d), "fisher_p")[0], sum, 1e-12);
    EXPECT_NEAR(rule_measure(one_rule(a, b, c, d), "hyper_confidence")[0], 1 - sum, 1e-12);
  }
}

TEST(Measures, IntervalsContainTheEstimate) {
  const rule_list rule = one_rule(30, 10, 50, 110);
  for (const char* name : {"confidence", "lift", "odds_ratio"}) {
    const double value = rule_measure(rule, name)[0];
    EXPECT_LT(rule_measure(rule, std::string(name) + "_lower")[0], value);
    EXPECT_GT(rule_measure(rule, std::string(name) + "_upper")[0], value);
  }
  EXPECT_NEAR(rule_measure(rule, "confidence_lower")[0], 0.598060385792, 1e-11);  // R: prop.test(30, 40, correct = FALSE)
  EXPECT_NEAR(rule_measure(rule, "confidence_upper")[0], 0.858128813609, 1e-11);
}

TEST(Measures, EveryNameHasAFormulaAndUnknownNamesAreRefused) {
  for (const auto& name : measure_names())
    EXPECT_FALSE(measure_formula(name).empty());
  EXPECT_THROW(rule_measure(one_rule(1, 1, 1, 1), "beauty"), invalid_input);
}

TEST(Measures, FalseDiscoveryRates) {
  EXPECT_EQ(adjust_false_discovery({0.01, 0.04, 0.03, 0.005}, 4), (std::vector<double>{0.02, 0.04, 0.04, 0.02}));
  EXPECT_EQ(adjust_false_discovery({0.5, 0.001}, 100), (std::vector<double>{1, 0.1}));
  const auto with_nan = adjust_false_discovery({std::nan(""), 0.2}, 1);
  EXPECT_TRUE(std::isnan(with_nan[0]));
  EXPECT_EQ(with_nan[1], 0.2);
}

using key = std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>>;

std::map<key, std::vector<double>> as_map(const rule_list& rules) {
  std::map<key, std::vector<double>> out;
  for (std::size_t k = 0; k < rules.size(); ++k) {
    const std::vector<std::int32_t> left(rules.left.begin() + rules.left_offsets[k], rules.left.begin() + rules.left_offsets[k + 1]);
    const std::vector<std::int32_t> right(rules.right.begin() + rules.right_offsets[k], rules.right.begin() + rules.right_offsets[k + 1]);
    out[{left, right}] = {static_cast<double>(rules.both[k]), static_cast<double>(rules.left_count[k]), static_cast<double>(rules.right_count[k])};
  }
  return out;
}

TEST(Rules, EveryRuleByDefinition) {
  const transactions baskets = simulated_baskets(400, 5, 7);
  const found all = by_definition(baskets, 15);
  for (const std::size_t most : {1U, 2U, 9U}) {
    std::map<key, std::vector<double>> expected;
    for (const auto& [set, count] : all)
      for (std::size_t choice = 1; choice + 1 < (std::size_t{1} << set.size()); ++choice) {
        key rule;
        for (std::size_t i = 0; i < set.size(); ++i)
          (choice >> i & 1 ? rule.second : rule.first).push_back(set[i]);
        if (rule.second.size() <= most && count >= 0.7 * all.at(rule.first))
          expected[rule] = {static_cast<double>(count), static_cast<double>(all.at(rule.first)), static_cast<double>(all.at(rule.second))};
      }
    ASSERT_GT(expected.size(), 20U);
    const rule_list rules =
        association_rules(frequent_itemsets(baskets, {.min_count = 15}), {.min_confidence = 0.7, .max_consequent = static_cast<std::int64_t>(most)});
    EXPECT_EQ(as_map(rules), expected);
  }
}

TEST(Rules, ImprovementComparesWithEverySimplerRule) {
  const transactions baskets = simulated_baskets(500, 5, 13);
  const found all = by_definition(baskets, 12);
  const rule_list rules = association_rules(frequent_itemsets(baskets, {.min_count = 12}), {.min_confidence = 0.2});
  const auto improvement = rule_measure(rules, "improvement"), lift_increase = rule_measure(rules, "lift_increase");
  std::size_t longer = 0;
  for (std::size_t k = 0; k < rules.size(); ++k) {
    const std::vector<std::int32_t> left(rules.left.begin() + rules.left_offsets[k], rules.left.begin() + rules.left_offsets[k + 1]);
    const std::int32_t right = rules.right[static_cast<std::size_t>(rules.right_offsets[k])];
    double best = rules.right_count[k] / 500.0, best_parent = 0;
    for (std::size_t choice = 1; choice + 1 < (std::size_t{1} << left.size()); ++choice) {
      std::vector<std::int32_t> part, whole;
      for (std::size_t i = 0; i < left.size(); ++i)
        if (choice >> i & 1) part.push_back(left[i]);
      whole = part;
      whole.insert(std::upper_bound(whole.begin(), whole.end(), right), right);
      const double confidence = static_cast<double>(all.at(whole)) / all.at(part);
      best = std::max(best, confidence);
      if (part.size() + 1 == left.size()) best_parent = std::max(best_parent, confidence);
    }
    const double confidence = static_cast<double>(rules.both[k]) / rules.left_count[k];
    EXPECT_NEAR(improvement[k], confidence - best, 1e-14);
    if (left.size() > 1) {
      ++longer;
      EXPECT_NEAR(lift_increase[k], confidence / best_parent, 1e-14);
    } else {
      EXPECT_TRUE(std::isnan(lift_increase[k]));
    }
  }
  EXPECT_GT(longer, 50U);
}

TEST(Rules, NeedAllFrequentSets) {
  const transactions baskets = simulated_baskets(300, 5, 19);
  EXPECT_THROW(association_rules(frequent_itemsets(baskets, {.min_count = 10, .target = itemset_target::maximal})), invalid_input);
  EXPECT_THROW(association_rules(frequent_itemsets(baskets, {.min_count = 10, .min_length = 2})), invalid_input);
  EXPECT_EQ(association_rules(frequent_itemsets(baskets, {.min_count = 301})).size(), 0U);
  EXPECT_GT(association_rules(frequent_itemsets(baskets, {.min_count = 1, .top = 60})).size(), 0U);
}

TEST(Rules, SelectionKeepsTheOrderAsked) {
  const transactions baskets = simulated_baskets(300, 4, 31);
  const rule_list rules = association_rules(frequent_itemsets(baskets, {.min_count = 20}));
  ASSERT_GT(rules.size(), 5U);
  const std::vector<std::int64_t> positions{4, 0, 2};
  const rule_list some = select_rules(rules, positions);
  ASSERT_EQ(some.size(), 3U);
  EXPECT_EQ(some.both, (std::vector<std::uint32_t>{rules.both[4], rules.both[0], rules.both[2]}));
  EXPECT_THROW(select_rules(rules, std::vector<std::int64_t>{static_cast<std::int64_t>(rules.size())}), invalid_input);
}

TEST(CountSets, PartsAddUpToTheWhole) {
  const transactions baskets = simulated_baskets(500, 6, 37);
  const itemsets sets = frequent_itemsets(baskets, {.min_count = 10});
  EXPECT_EQ(count_sets(baskets, sets.offsets, sets.items), sets.counts);
  EXPECT_EQ(count_sets(baskets, sets.offsets, sets.items, {.threads = 3}), sets.counts);
  std::vector<std::uint32_t> sum(sets.size(), 0);
  for (const auto& [begin, end] : {std::pair{0U, 123U}, {123U, 124U}, {124U, 500U}}) {
    std::vector<std::int64_t> offsets;
    for (std::size_t t = begin; t <= end; ++t)
      offsets.push_back(baskets.offsets[t] - baskets.offsets[begin]);
    const column_view<std::int32_t> items(baskets.items.data() + baskets.offsets[begin], static_cast<std::size_t>(offsets.back()));
    const auto part = count_sets(make_transactions(offsets, items, baskets.item_count), sets.offsets, sets.items);
    for (std::size_t s = 0; s < sum.size(); ++s)
      sum[s] += part[s];
  }
  EXPECT_EQ(sum, sets.counts);
  EXPECT_EQ(count_sets(baskets, std::vector<std::int64_t>{0, 0}, std::vector<std::int32_t>{})[0], 500U);
  EXPECT_THROW(count_sets(baskets, std::vector<std::int64_t>{0, 1}, std::vector<std::int32_t>{99}), invalid_input);
}

}  // namespace
