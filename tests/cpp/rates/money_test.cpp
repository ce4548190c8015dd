#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tenure/core/random.hpp"
#include "tenure/rates/loss.hpp"
#include "tenure/rates/revenue.hpp"

namespace {

using namespace tenure;
using numbers = std::vector<double>;

TEST(ChurnLoss, HalfOfTheLostTurnOverTwiceAsMuch) {
  const auto r = rates::churn_loss(200, {{0.5, 100'000}, {0.5, 200'000}}, {.profit_rate = 0.05});
  EXPECT_DOUBLE_EQ(r.lost_revenue, 30'000'000);
  EXPECT_DOUBLE_EQ(r.loss, 1'500'000);
  EXPECT_DOUBLE_EQ(r.loss_by_class[1], 1'000'000);
  EXPECT_EQ(r.replacement, 0);
  EXPECT_DOUBLE_EQ(r.total, 1'500'000);
}

TEST(ChurnLoss, CustomerByCustomerIsTheSame) {
  numbers turnover(100, 100'000.0), margin(200, 0.05);
  turnover.resize(200, 200'000.0);
  const auto r = rates::churn_loss(turnover, {}, {.profit_rate = 0.05, .replacement_cost = 300});
  EXPECT_DOUBLE_EQ(r.loss, 1'500'000);
  EXPECT_DOUBLE_EQ(r.replacement, 60'000);
  EXPECT_DOUBLE_EQ(r.total, 1'560'000);
  EXPECT_DOUBLE_EQ(rates::churn_loss(turnover, margin).loss, 1'500'000);
  EXPECT_EQ(rates::churn_loss(numbers{}, {}).total, 0);
}

TEST(ChurnLoss, OverAHorizon) {
  const auto r =
      rates::churn_loss(10, {{1, 100}}, {.profit_rate = 0.2, .periods = 2.5, .survival = 0.8, .discount = 0.1, .return_chance = 0.25, .fixed_cost = 4});
  const double q = 0.8 / 1.1, horizon = 0.75 * (1 + q + 0.5 * q * q);
  EXPECT_NEAR(r.lost_revenue, 1000 * horizon, 1e-10);
  EXPECT_NEAR(r.loss, 200 * horizon, 1e-10);
  EXPECT_NEAR(r.fixed_cost, 40 * horizon, 1e-10);
  EXPECT_NEAR(rates::churn_loss(1, {{1, 1}}, {.periods = 3}).loss, 3, 1e-15);
}

TEST(ChurnLoss, RefusesWhatDoesNotAddUp) {
  EXPECT_THROW(rates::churn_loss(200, {{0.5, 1}, {0.4, 1}}), invalid_input);
  EXPECT_THROW(rates::churn_loss(-1, {{1, 1}}), invalid_input);
  EXPECT_THROW(rates::churn_loss(1, {{1, -1}}), invalid_input);
  EXPECT_THROW(rates::churn_loss(1, {}), invalid_input);
  EXPECT_THROW(rates::churn_loss(1, {{1, 1}}, {.profit_rate = 5}), invalid_input);
  EXPECT_THROW(rates::churn_loss(1, {{1, 1}}, {.periods = std::numeric_limits<double>::infinity()}), invalid_input);
  EXPECT_THROW(rates::churn_loss(numbers{1, -1}, {}), invalid_input);
  EXPECT_THROW(rates::churn_loss(numbers{1}, numbers{0.1, 0.1}), invalid_input);
}

TEST(RevenueChurn, MovementsOfTenPercentEach) {
  const numbers begin{10, 20, 30, 40}, end{0, 10, 40, 40};
  const auto r = rates::revenue_churn({.begin_mrr = begin, .end_mrr = end});
  EXPECT_DOUBLE_EQ(r.churn, 10);
  EXPECT_DOUBLE_EQ(r.contraction, 10);
  EXPECT_DOUBLE_EQ(r.expansion, 10);
  EXPECT_DOUBLE_EQ(r.gross.value, 0.2);
  EXPECT_DOUBLE_EQ(r.net.value, 0.1);
  EXPECT_DOUBLE_EQ(r.grr.value, 0.8);
  EXPECT_DOUBLE_EQ(r.nrr.value, 0.9);
  EXPECT_DOUBLE_EQ(r.quick_ratio, 0.5);
  EXPECT_DOUBLE_EQ(r.end, 90);
  EXPECT_EQ(r.customers_churned, 1);
}

TEST(RevenueChurn, NewBusinessIsOutsideAndReturnsAreAChoice) {
  const numbers begin{100, 0, 0}, end{110, 10, 5};
  const std::vector<std::uint8_t> paid{1, 0, 1};
  const auto r = rates::revenue_churn({.begin_mrr = begin, .end_mrr = end, .paid_before = paid});
  EXPECT_DOUBLE_EQ(r.new_business, 10);
  EXPECT_DOUBLE_EQ(r.reactivation, 5);
  EXPECT_DOUBLE_EQ(r.net.value, -0.1);
  EXPECT_DOUBLE_EQ(rates::revenue_churn({.begin_mrr = begin, .end_mrr = end, .paid_before = paid}, {.reactivation_in_net = true}).net.value, -0.15);
  EXPECT_DOUBLE_EQ(r.nrr.value, 1.1);
  EXPECT_TRUE(std::isinf(r.quick_ratio));
  EXPECT_EQ(r.notes.at(0).code, "no_losses");
}

TEST(RevenueChurn, LinesOfOneCustomerAreContractionUntilTheLastEnds) {
  const std::vector<std::int64_t> customer{7, 7, 8, 8};
  const numbers begin{10, 20, 5, 5}, end{0, 20, 0, 0};
  const auto r = rates::revenue_churn({.begin_mrr = begin, .end_mrr = end, .customer = customer});
  EXPECT_DOUBLE_EQ(r.contraction, 10);
  EXPECT_DOUBLE_EQ(r.churn, 10);
  EXPECT_EQ(r.customers_begin, 2);
}

TEST(RevenueChurn, ExchangeRatesAreAMovementOfTheirOwn) {
  const numbers begin{100, 50}, end{100, 0}, current{90, 0};
  const auto r = rates::revenue_churn({.begin_mrr = begin, .end_mrr = end, .end_current = current});
  EXPECT_DOUBLE_EQ(r.fx, -10);
  EXPECT_DOUBLE_EQ(r.end, 90);
  EXPECT_DOUBLE_EQ(r.gross.value, 1.0 / 3);
}

TEST(RevenueChurn, PartsMergeAndTheIntervalIsThatOfARatioOfSums) {
  random_stream random(1, 0);
  const std::size_t n = 3000;
  numbers begin(n), end(n);
  for (std::size_t i = 0; i < n; ++i) {
    begin[i] = random.exponential() * 50;
    end[i] = random.below(5) ? begin[i] * (0.6 + 0.6 * random.uniform()) : 0;
  }
  const auto whole = rates::revenue_churn({.begin_mrr = begin, .end_mrr = end});
  rates::revenue_statistic a, b;
  const numeric_column first(begin), last(end);
  a.add({.begin_mrr = first.slice(0, 1000), .end_mrr = last.slice(0, 1000)});
  b.add({.begin_mrr = first.slice(1000, n), .end_mrr = last.slice(1000, n)});
  b.merge(a);
  const auto merged = b.finish();
  EXPECT_DOUBLE_EQ(merged.gross.value, whole.gross.value);
  EXPECT_NEAR(merged.gross.lower, whole.gross.lower, 1e-13);
  EXPECT_DOUBLE_EQ(merged.nrr.value, whole.nrr.value);

  double residual = 0;
  for (std::size_t i = 0; i < n; ++i)
    residual += std::pow(std::max(0.0, begin[i] - end[i]) - whole.gross.value * begin[i], 2);
  const double error = std::sqrt(residual * static_cast<double>(n) / static_cast<double>(n - 1)) / whole.begin;
  EXPECT_NEAR(whole.gross.upper, whole.gross.value + 1.959963984540054 * error, 1e-12);

  const rates::revenue_options bootstrap{.interval = rates::revenue_interval::bootstrap, .resamples = 2000, .seed = 4};
  const auto sampled = rates::revenue_churn({.begin_mrr = begin, .end_mrr = end}, bootstrap),
             again = rates::revenue_churn({.begin_mrr = begin, .end_mrr = end}, bootstrap, {.threads = 3});
  EXPECT_EQ(sampled.gross.lower, again.gross.lower);
  EXPECT_NEAR(sampled.gross.upper - sampled.gross.lower, whole.gross.upper - whole.gross.lower, 0.08 * (whole.gross.upper - whole.gross.lower));
  EXPECT_NEAR(sampled.nrr.upper - sampled.nrr.lower, whole.nrr.upper - whole.nrr.lower, 0.08 * (whole.nrr.upper - whole.nrr.lower));
}

TEST(RevenueChurn, BadAmountsAndEmptyTables) {
  const numbers begin{1, -2}, good{1, 2}, shorter{1};
  try {
    rates::revenue_churn({.begin_mrr = begin, .end_mrr = good});
    FAIL();
  } catch (const invalid_input& e) {
    EXPECT_STREQ(e.what(), "begin_mrr = -2 in row 1: must be finite and >= 0");
  }
  EXPECT_THROW(rates::revenue_churn({.begin_mrr = good, .end_mrr = shorter}), invalid_input);
  const auto none = rates::revenue_churn({.begin_mrr = numbers{}, .end_mrr = numbers{}});
  EXPECT_TRUE(std::isnan(none.gross.value));
  EXPECT_EQ(none.notes.back().code, "no_open");
  EXPECT_TRUE(none.notes.back().warning);
}

TEST(MonthlyRevenue, AYearlyLineCountsATwelfth) {
  EXPECT_DOUBLE_EQ(rates::monthly_revenue(numbers{100, 50}, numbers{100, 600}, numbers{1, 12}), 12'500);
  EXPECT_THROW(rates::monthly_revenue(numbers{1}, numbers{1}, numbers{0}), invalid_input);
}

}  // namespace
