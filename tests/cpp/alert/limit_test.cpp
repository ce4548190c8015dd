#include "tenure/alert/limit.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tenure/alert/tiers.hpp"
#include "tenure/core/random.hpp"

namespace {

using namespace tenure;
using namespace tenure::alert;
using numbers = std::vector<double>;

const numbers VALUE{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, CHURNED{0, 0, 0, 0, 1, 0, 0, 1, 1, 1};

TEST(Limit, EachRuleByHand) {
  EXPECT_EQ(fit_limit(VALUE, CHURNED, {.rule = limit_rule::youden}).limit, 8);
  EXPECT_EQ(fit_limit(VALUE, CHURNED, {.rule = limit_rule::cost, .false_alarm_cost = 1, .missed_cost = 1}).limit, 8);
  EXPECT_EQ(fit_limit(VALUE, CHURNED, {.rule = limit_rule::cost, .false_alarm_cost = 1, .missed_cost = 5}).limit, 5);
  EXPECT_TRUE(std::isinf(fit_limit(VALUE, CHURNED, {.rule = limit_rule::cost, .false_alarm_cost = 1, .missed_cost = 0}).limit));
  EXPECT_EQ(fit_limit(VALUE, CHURNED, {.rule = limit_rule::rate, .rate = 0.2}).limit, 9);
  EXPECT_EQ(fit_limit(VALUE, CHURNED, {.rule = limit_rule::rate, .rate = 0.29}).limit, 9);
  EXPECT_TRUE(std::isinf(fit_limit(VALUE, CHURNED, {.rule = limit_rule::rate, .rate = 0.05}).limit));
  EXPECT_EQ(fit_limit(VALUE, CHURNED, {.rule = limit_rule::quantile, .quantile = 0.8}).limit, 7);
  EXPECT_EQ(fit_limit(VALUE, CHURNED, {.rule = limit_rule::quantile, .quantile = 0.99}).limit, 8);
}

TEST(Limit, ALowSideIsTheMirrorOfAHighOne) {
  numbers mirrored;
  for (const double v : VALUE)
    mirrored.push_back(-v);
  for (const auto rule : {limit_rule::youden, limit_rule::cost, limit_rule::rate, limit_rule::quantile}) {
    const auto up = fit_limit(VALUE, CHURNED, {.rule = rule, .rate = 0.3, .repetitions = 50});
    const auto down = fit_limit(mirrored, CHURNED, {.rule = rule, .rate = 0.3, .repetitions = 50});
    EXPECT_TRUE(up.high);
    EXPECT_FALSE(down.high);
    EXPECT_EQ(down.limit, -up.limit);
    EXPECT_EQ(down.lower, -up.upper);
    EXPECT_EQ(down.at.hits, up.at.hits);
    EXPECT_DOUBLE_EQ(down.auc, up.auc);
  }
  EXPECT_FALSE(fit_limit(VALUE, CHURNED, {.side = bad_side::low}).high);
}

TEST(Limit, BruteForceOverAllValues) {
  random_stream random(3);
  for (int round = 0; round < 50; ++round) {
    numbers value, churned;
    for (int i = 0; i < 40; ++i) {
      churned.push_back(i < 2 ? i : random.uniform() < 0.3);
      value.push_back(random.uniform() < 0.1 ? NAN : static_cast<double>(random.below(12)) + 3 * churned.back());
    }
    const auto found = fit_limit(value, churned, {.rule = limit_rule::youden, .side = bad_side::high, .repetitions = 0});
    double best = 0, limit = INFINITY;
    for (int at = 20; at >= 0; --at) {
      const auto p = limit_performance_of(value, churned, at, true);
      const double youden = p.hits * (p.customers - p.churners) - (p.triggered - p.hits) * p.churners;
      if (youden > best) best = youden, limit = at;
    }
    EXPECT_EQ(limit_performance_of(value, churned, limit, true).triggered, found.at.triggered);
    double wins = 0, pairs = 0;
    for (std::size_t i = 0; i < value.size(); ++i)
      for (std::size_t j = 0; j < value.size(); ++j)
        if (churned[i] == 1 && churned[j] == 0 && !std::isnan(value[i] + value[j]))
          pairs += 1, wins += value[i] > value[j] ? 1 : value[i] == value[j] ? 0.5 : 0;
    EXPECT_DOUBLE_EQ(found.auc, wins / pairs);
  }
}

TEST(Limit, MissingValuesDoNotTriggerAndCountAsMissed) {
  const numbers value{9, NAN, 1, NAN}, churned{1, 1, 0, 0};
  const auto p = limit_performance_of(value, churned, 5, true);
  EXPECT_EQ(p.missing, 2);
  EXPECT_EQ(p.missing_churners, 1);
  EXPECT_EQ(p.triggered, 1);
  EXPECT_EQ(p.recall, 0.5);
  EXPECT_EQ(p.lift, 2);
  EXPECT_NEAR(p.recall_lower, 0.0945312, 1e-6);  // Wilson for 1 of 2
}

TEST(Limit, BitsDoNotDependOnThreadsAndTheIntervalHoldsTheTruth) {
  random_stream random(11);
  numbers value, churned;
  for (int i = 0; i < 3000; ++i) {
    churned.push_back(random.uniform() < 0.3);
    value.push_back(random.normal() + 2 * churned.back());
  }
  const auto one = fit_limit(value, churned, {}, {.threads = 1}), four = fit_limit(value, churned, {}, {.threads = 4});
  EXPECT_EQ(one.limit, four.limit);
  EXPECT_EQ(one.lower, four.lower);
  EXPECT_EQ(one.upper, four.upper);
  EXPECT_LT(one.lower, 1.0);  // the densities cross half way
  EXPECT_GT(one.upper, 1.0);
  EXPECT_LT(one.upper - one.lower, 1.0);
}

TEST(Limit, RefusesWhatHasNoAnswer) {
  EXPECT_THROW(fit_limit(numbers{}, numbers{}), invalid_input);
  EXPECT_THROW(fit_limit(numbers{1, 2}, numbers{1}), invalid_input);
  EXPECT_THROW(fit_limit(numbers{1, 2}, numbers{1, 1}), invalid_input);
  EXPECT_THROW(fit_limit(numbers{1, 2}, numbers{1, 2}), invalid_input);
  EXPECT_THROW(fit_limit(numbers{1, INFINITY}, numbers{1, 0}), invalid_input);
  EXPECT_THROW(fit_limit(numbers{NAN, NAN}, numbers{1, 0}), invalid_input);
  EXPECT_THROW(limit_performance_of(numbers{1, 2}, numbers{1, 0}, NAN, true), invalid_input);
}

TEST(Tiers, WhoFindsNoRoomGoesToTheNext) {
  const auto r = assign_tiers(numbers{0.9, 0.2, 0.7, 0.8, 0.5, 0.7}, {0.7, 0.4}, {2, 2});
  EXPECT_EQ(r.tier, (std::vector<std::int32_t>{0, 2, 1, 0, 2, 1}));
  EXPECT_EQ(r.customers, (numbers{2, 2, 2}));
  EXPECT_EQ(r.moved_down, (numbers{2, 1}));
  EXPECT_EQ(assign_tiers(numbers{0.7, 0.4, 0.39}, {0.7, 0.4}, {INFINITY, INFINITY}).tier, (std::vector<std::int32_t>{0, 1, 2}));
  EXPECT_THROW(assign_tiers(numbers{NAN}, {0.5}, {1}), invalid_input);
  EXPECT_THROW(assign_tiers(numbers{1}, {0.5, 0.6}, {1, 1}), invalid_input);
  EXPECT_THROW(assign_tiers(numbers{1}, {0.5}, {1.5}), invalid_input);
  EXPECT_THROW(assign_tiers(numbers{1}, {}, {}), invalid_input);
}

}  // namespace
