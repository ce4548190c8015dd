#include "tenure/value/rfm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tenure/core/random.hpp"

namespace {

using namespace tenure;

const std::vector<double> customer{7, 3, 7, 7, 3, 7, 9}, time{0.2, 5, 10, 10.9, 25, 30, 50}, amount{10, 5, 20, 4, 7, 6, 3};

TEST(PurchaseLog, CountsVisitsAndRepeats) {
  value::purchase_log log;
  log.add(customer, time, amount);
  const auto c = log.finish(40);
  EXPECT_EQ(c.customer, (std::vector<std::int64_t>{3, 7}));  // 9 first bought after the end
  EXPECT_EQ(c.orders, (std::vector<double>{2, 4}));
  EXPECT_EQ(c.visits, (std::vector<double>{2, 3}));
  EXPECT_EQ(c.frequency, (std::vector<double>{1, 2}));
  EXPECT_EQ(c.recency, (std::vector<double>{20, 30}));
  EXPECT_EQ(c.age, (std::vector<double>{35, 40}));
  EXPECT_EQ(c.amount, (std::vector<double>{12, 40}));
  EXPECT_EQ(c.monetary_value, (std::vector<double>{7, 15}));
  EXPECT_EQ(c.since_last, (std::vector<double>{15, 10}));
  EXPECT_EQ(c.cycle, (std::vector<double>{20, 15}));
  EXPECT_EQ(c.overdue[0], 0.75);
  const auto early = log.finish(20);
  EXPECT_EQ(early.frequency, (std::vector<double>{0, 1}));
  EXPECT_TRUE(std::isnan(early.cycle[0]));
}

TEST(PurchaseLog, AnySplitAnyOrderSameAnswer) {
  random_stream random(1);
  std::vector<double> who, when, what;
  for (int i = 0; i < 3000; ++i) {
    who.push_back(static_cast<double>(random.below(200)));
    when.push_back(static_cast<double>(random.below(60)));
    what.push_back(random.uniform() * 100);
  }
  value::purchase_log whole, left, right;
  whole.add(who, when, what);
  std::vector<std::size_t> order(who.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  random.shuffle(order.data(), order.size());
  for (std::size_t k = 0; k < order.size(); k += 500) {
    std::vector<double> a, b, c;
    for (std::size_t i = k; i < k + 500; ++i)
      a.push_back(who[order[i]]), b.push_back(when[order[i]]), c.push_back(what[order[i]]);
    (k % 1000 ? left : right).add(a, b, c);
  }
  left.merge(right);
  const auto x = whole.finish(70), y = left.finish(70);
  EXPECT_EQ(x.orders, y.orders);
  EXPECT_EQ(x.visits, y.visits);
  EXPECT_EQ(x.recency, y.recency);
  for (std::size_t i = 0; i < x.amount.size(); ++i)
    EXPECT_NEAR(x.amount[i], y.amount[i], 1e-9);
}

TEST(PurchaseLog, RefusesImpossiblePurchases) {
  value::purchase_log log;
  const std::vector<double> one{1}, nan{NAN}, negative{-1};
  EXPECT_THROW(log.add(negative, one, one), invalid_input);
  EXPECT_THROW(log.add(one, nan, one), invalid_input);
  EXPECT_THROW(log.add(one, one, negative), invalid_input);
  EXPECT_THROW(log.add(one, one, std::vector<double>{1, 2}), invalid_input);
  EXPECT_THROW(log.last_unit(), invalid_input);
  EXPECT_THROW(value::purchase_log(0), invalid_input);
}

TEST(Bins, QuantilesAreTypeSevenAndKeepTiesTogether) {
  std::vector<double> x(100);
  for (std::size_t i = 0; i < 100; ++i)
    x[i] = static_cast<double>(i);
  EXPECT_EQ(value::bin_borders(x, 4), (std::vector<double>{24.75, 49.5, 74.25}));
  const std::vector<double> tied{1, 1, 1, 1, 1, 1, 2, 3};
  const auto borders = value::bin_borders(tied, 5);
  const auto s = value::scores(tied, borders);
  EXPECT_EQ(std::set<int>(s.begin(), s.begin() + 6).size(), 1U);
  EXPECT_TRUE(value::bin_borders(std::vector<double>{4, 4, 4}, 5).empty());
  EXPECT_THROW(value::bin_borders(std::vector<double>{NAN}, 5), invalid_input);
  EXPECT_THROW(value::bin_borders(x, 1), invalid_input);
}

TEST(Bins, NaturalBreaksAreTheBestDivision) {
  random_stream random(9);
  std::vector<double> x(24);
  for (double& v : x)
    v = std::round(random.normal() * 10);
  std::sort(x.begin(), x.end());
  const auto within = [&](const std::vector<double>& borders) {
    const auto s = value::scores(x, borders);
    double total = 0;
    for (int k = 1; k <= 3; ++k) {
      double n = 0, sum = 0, squares = 0;
      for (std::size_t i = 0; i < x.size(); ++i)
        if (s[i] == k) n += 1, sum += x[i], squares += x[i] * x[i];
      if (n > 0) total += squares - sum * sum / n;
    }
    return total;
  };
  double best = 1e300;
  for (double a = -40; a < 40; a += 0.5)
    for (double b = a + 0.5; b < 40; b += 0.5)
      best = std::min(best, within({a, b}));
  EXPECT_NEAR(within(value::bin_borders(x, 3, value::binning::natural)), best, 1e-9);
  EXPECT_EQ(value::bin_borders(std::vector<double>{1, 2}, 5, value::binning::natural), (std::vector<double>{1.5}));
}

TEST(Scores, RiseOrFallWithTheValue) {
  const std::vector<double> x{1, 5, 10, NAN};
  EXPECT_EQ(value::scores(x, {1, 7}), (std::vector<std::int32_t>{1, 2, 3, 0}));
  EXPECT_EQ(value::scores(x, {1, 7}, true), (std::vector<std::int32_t>{3, 2, 1, 0}));
  EXPECT_THROW(value::scores(x, {7, 1}), invalid_input);
}

TEST(Segments, CoverTheGrid) {
  const auto& names = value::rfm_segment_names();
  const auto name = [&](std::int32_t r, std::int32_t f) { return names[static_cast<std::size_t>(value::rfm_segments({r}, {f})[0])]; };
  EXPECT_EQ(name(5, 5), "champions");
  EXPECT_EQ(name(5, 1), "new customers");
  EXPECT_EQ(name(4, 1), "promising");
  EXPECT_EQ(name(3, 3), "need attention");
  EXPECT_EQ(name(3, 1), "about to sleep");
  EXPECT_EQ(name(1, 5), "cannot lose them");
  EXPECT_EQ(name(2, 4), "at risk");
  EXPECT_EQ(name(1, 1), "hibernating");
  EXPECT_EQ(name(4, 3), "potential loyalists");
  EXPECT_EQ(name(3, 5), "loyal");
  EXPECT_EQ(value::rfm_segments({0}, {3})[0], -1);
  EXPECT_EQ(value::rfm_segments({3}, {2}, 3, 2)[0], 0);
  EXPECT_EQ(value::rfm_segments({3}, {1}, 5, 1)[0], 5);
  EXPECT_THROW(value::rfm_segments({6}, {1}), invalid_input);
}

}  // namespace
