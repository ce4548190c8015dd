#include "tenure/value/lifetime_value.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "cdnow.hpp"

namespace {

using namespace tenure;

class LifetimeValue : public testing::Test {
 protected:
  reference::cdnow data;
  value::bg_nbd_model bg;
  value::pareto_nbd_model pareto;
  value::gamma_gamma_model spend;
  void SetUp() override {
    value::purchase_summary purchases;
    purchases.add(data.frequency, data.recency, data.age);
    bg = value::fit_bg_nbd(purchases);
    pareto = value::fit_pareto_nbd(purchases);
    value::spend_summary spends;
    spends.add(data.frequency, data.mean);
    spend = value::fit_gamma_gamma(spends);
  }
  value::lifetime_values run(const value::lifetime_options& options, int threads = 1) {
    return value::lifetime_value(bg, spend, data.frequency, data.recency, data.age, data.mean, options, {}, {.threads = threads});
  }
};

TEST_F(LifetimeValue, IsSpendTimesPurchasesWithoutDiscount) {
  const auto v = run({.periods = 3, .period_length = 13, .margin = 0.4});
  const auto purchases = value::expected_purchases(bg, data.frequency, data.recency, data.age, 39);
  const auto mean = value::expected_spend(spend, data.frequency, data.mean);
  double total = 0;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    EXPECT_NEAR(v.value[i], 0.4 * purchases[i] * mean[i], 1e-10);
    total += v.value[i];
  }
  EXPECT_NEAR(v.total, total, 1e-7);
  EXPECT_TRUE(v.lower.empty());
}

TEST_F(LifetimeValue, DiscountsEveryPeriod) {
  const auto v = run({.periods = 2, .period_length = 4, .discount_rate = 0.05});
  const auto one = value::expected_purchases(bg, data.frequency, data.recency, data.age, 4),
             two = value::expected_purchases(bg, data.frequency, data.recency, data.age, 8);
  for (std::size_t i = 0; i < one.size(); i += 100)
    EXPECT_NEAR(v.value[i], v.spend[i] * (one[i] / 1.05 + (two[i] - one[i]) / (1.05 * 1.05)), 1e-10);
}

TEST_F(LifetimeValue, SameBitsForAnyThreads) { EXPECT_EQ(run({.intervals = true}, 1).upper, run({.intervals = true}, 3).upper); }

TEST_F(LifetimeValue, TotalIntervalHoldsTheLikelihoodsSpread) {
  const auto v = run({.periods = 9, .period_length = 4.3, .discount_rate = 0.01, .intervals = true});
  for (std::size_t i = 0; i < v.value.size(); ++i) {
    EXPECT_LT(v.lower[i], v.value[i]);
    EXPECT_GT(v.upper[i], v.value[i]);
  }
  EXPECT_LT(v.total_lower, v.total);
  // Moving every log-parameter by one standard error moves the total by no more than its interval allows.
  auto moved = bg;
  moved.r *= std::exp(std::sqrt(bg.fit.covariance(0, 0)));
  double other = 0;
  for (const double x :
       value::lifetime_value(moved, spend, data.frequency, data.recency, data.age, data.mean, {.periods = 9, .period_length = 4.3, .discount_rate = 0.01})
           .value)
    other += x;
  EXPECT_GT(other, v.total_lower * 0.5);
  EXPECT_LT(other, v.total_upper * 2);
  EXPECT_GT(v.total_upper / v.total, 1.01);
  EXPECT_LT(v.total_upper / v.total, 1.5);
}

TEST_F(LifetimeValue, BothModelsTellTheSameStory) {
  const auto b = run({.periods = 9, .period_length = 4.3});
  const auto p = value::lifetime_value(pareto, spend, data.frequency, data.recency, data.age, data.mean, {.periods = 9, .period_length = 4.3});
  EXPECT_NEAR(p.total / b.total, 1, 0.05);
}

TEST_F(LifetimeValue, RefusesWhatItCannotUse) {
  EXPECT_THROW(run({.periods = 0}), invalid_input);
  EXPECT_THROW(run({.discount_rate = -1}), invalid_input);
  auto heavy = spend;
  heavy.q = 0.5;
  EXPECT_THROW(value::lifetime_value(bg, heavy, data.frequency, data.recency, data.age, data.mean), numeric_failure);
  auto bare = bg;
  bare.fit.covariance = matrix(4, 4, NAN);
  EXPECT_THROW(value::lifetime_value(bare, spend, data.frequency, data.recency, data.age, data.mean, {.intervals = true}), numeric_failure);
}

TEST(ValueTiers, FollowTheRunningShare) {
  const std::vector<double> v{10, 50, 5, 20, 15, 0, -3};
  EXPECT_EQ(value::value_tiers(v, {0.5, 0.8, 0.95}), (std::vector<std::int32_t>{2, 0, 3, 1, 1, 3, 3}));
  EXPECT_EQ(value::value_tiers(std::vector<double>{1, 1, 1, 1}, {0.5}), (std::vector<std::int32_t>{0, 0, 0, 0}));
  EXPECT_EQ(value::value_tiers(std::vector<double>{0, 0}, {0.5}), (std::vector<std::int32_t>{1, 1}));
  EXPECT_THROW(value::value_tiers(v, {0.8, 0.5}), invalid_input);
  EXPECT_THROW(value::value_tiers(v, {1.0}), invalid_input);
  EXPECT_THROW(value::value_tiers(std::vector<double>{NAN}, {0.5}), invalid_input);
}

}  // namespace
