#include "tenure/rates/cohort.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "stats/csv.hpp"
#include "tenure/io/model_file.hpp"

namespace {

using namespace tenure;
using days = std::vector<std::int64_t>;
using rates::no_day;
using rates::retention_kind;

struct events {
  days customer, day;
  std::vector<double> amount;
  rates::retention_events view() const { return {.customer = customer, .day = day, .amount = amount}; }
};

std::int64_t day(std::int64_t year, int month, int of_month) { return rates::days_from_civil({year, month, of_month}); }

// Three customers of January, one of February; the records end on 20 April.
events shop() {
  return {{1, 1, 1, 2, 2, 3, 4, 4},
          {day(2026, 1, 5), day(2026, 2, 1), day(2026, 3, 31), day(2026, 1, 31), day(2026, 3, 1), day(2026, 1, 10), day(2026, 2, 10), day(2026, 4, 20)},
          {10, 20, 30, 5, 5, 7, 1, 2}};
}

TEST(Retention, CalendarMonthsAndCellsThatAreNotOver) {
  const auto r = rates::retention_table(shop().view(), {.buckets = 3});
  EXPECT_EQ(r.size, (days{3, 1}));
  EXPECT_EQ(r.columns, 4);
  EXPECT_EQ(r.retained, (days{3, 1, 2, 0, 1, 0, 0, 0}));
  EXPECT_EQ(r.eligible, (days{3, 3, 3, 0, 1, 1, 0, 0}));
  EXPECT_DOUBLE_EQ(r.rate[2], 2.0 / 3);
  EXPECT_TRUE(std::isnan(r.rate[3]));  // April is not over
  EXPECT_EQ(r.rate[5], 0);             // March is, and nobody came
  EXPECT_FALSE(r.complete[3]);
  EXPECT_DOUBLE_EQ(r.revenue[2], 35);
  EXPECT_DOUBLE_EQ(r.weighted[1], 0.25);
  EXPECT_DOUBLE_EQ(r.simple[1], (1.0 / 3 + 0) / 2);
}

TEST(Retention, OnOrAfterNeverRisesWithinACohort) {
  const auto on = rates::retention_table(shop().view(), {.buckets = 3}),
             after = rates::retention_table(shop().view(), {.kind = retention_kind::on_or_after, .buckets = 3});
  EXPECT_EQ(after.retained, (days{3, 2, 2, 0, 1, 1, 0, 0}));
  for (std::size_t i = 0; i < on.retained.size(); ++i)
    EXPECT_GE(after.retained[i], on.retained[i]);
}

TEST(Retention, BracketsAndRollingWindows) {
  const auto r = rates::retention_table(shop().view(), {.kind = retention_kind::bracket, .brackets = {0, 1, 3}});
  EXPECT_EQ(r.columns, 2);
  EXPECT_EQ(r.retained, (days{3, 2, 1, 0}));
  EXPECT_EQ(r.eligible, (days{3, 3, 1, 0}));
  const auto rolling = rates::retention_table(shop().view(), {.window_days = 30, .buckets = 3});
  EXPECT_EQ(rolling.retained[1], 0);  // customers 1 and 2 come back after 27 and 29 days: still window 0
  EXPECT_EQ(rolling.retained[2], 1);  // customer 1, after 85 days
  EXPECT_EQ(rolling.eligible[2], 2);  // window 2 of 31 January ends on 30 April
  EXPECT_EQ(rolling.eligible[3], 0);
  EXPECT_EQ(rates::retention_table(shop().view(), {.window_days = 26, .buckets = 3}).eligible[3], 1);
  EXPECT_FALSE(rates::retention_table(shop().view(), {.window_days = 26, .buckets = 3}).complete[3]);
}

TEST(Retention, CountedCellByCellInR) {
  events p;
  for (const auto& row : reference::read_rows("rates/purchases.csv")) {
    p.customer.push_back(static_cast<std::int64_t>(row.number("customer")));
    p.day.push_back(static_cast<std::int64_t>(row.number("day")));
  }
  for (const auto& row : reference::read_rows("rates/retention.csv")) {
    const auto kind = enum_from_name<retention_kind>("kind", row.text("kind"));
    const auto r = rates::retention_table(p.view(), {.kind = kind, .window_days = 30, .buckets = 8, .as_of = 300});
    const auto k = static_cast<std::size_t>(row.number("k"));
    EXPECT_EQ(static_cast<double>(r.total_eligible[k]), row.number("eligible")) << row.text("kind") << k;
    EXPECT_EQ(static_cast<double>(r.total_retained[k]), row.number("retained")) << row.text("kind") << k;
  }
}

TEST(Retention, WeightedAndSimpleMeansDiffer) {
  events p;  // 10 customers of January of whom 2 return, 100 of February of whom none does
  for (std::int64_t c = 0; c < 110; ++c) {
    p.customer.push_back(c);
    p.day.push_back(c < 10 ? day(2026, 1, 1) : day(2026, 2, 1));
  }
  for (const std::int64_t c : {0, 1}) {
    p.customer.push_back(c);
    p.day.push_back(day(2026, 2, 5));
  }
  const auto r = rates::retention_table(p.view(), {.buckets = 1, .as_of = day(2026, 3, 31)});
  EXPECT_DOUBLE_EQ(r.simple[1], 0.1);
  EXPECT_DOUBLE_EQ(r.weighted[1], 2.0 / 110);
}

TEST(Retention, SubscriptionsNotYetGone) {
  const days customer{1, 2, 2, 3}, start{day(2026, 1, 1), day(2026, 1, 15), day(2026, 3, 10), day(2026, 2, 1)},
      end{no_day, day(2026, 2, 10), no_day, day(2026, 3, 31)};
  const auto r = rates::retention_table(customer, start, end, {.kind = retention_kind::subscribed, .buckets = 2, .as_of = day(2026, 3, 31)});
  EXPECT_EQ(r.size, (days{2, 1}));
  EXPECT_EQ(r.retained, (days{2, 1, 2, 1, 0, 0}));
  EXPECT_EQ(r.eligible, (days{2, 2, 2, 1, 1, 0}));
}

TEST(Retention, PartsMergeInAnyOrderAndTravel) {
  const auto all = shop();
  rates::retention_statistic whole({.buckets = 3, .as_of = day(2026, 4, 20)}), a = whole, b = whole;
  whole.add(all.view());
  const events first{{4, 4}, {all.day[6], all.day[7]}, {1, 2}},
      rest{{3, 2, 1, 1, 2, 1}, {all.day[5], all.day[4], all.day[2], all.day[0], all.day[3], all.day[1]}, {7, 5, 30, 10, 5, 20}};
  a.add(first.view());
  b.add(rest.view());
  a.merge(b);
  EXPECT_EQ(a, whole);
  EXPECT_EQ(io::from_bytes<rates::retention_statistic>(io::to_bytes(whole)), whole);
  rates::retention_statistic other({.buckets = 2, .as_of = day(2026, 4, 20)});
  EXPECT_THROW(whole.merge(other), invalid_input);
  whole.retained.pop_back();
  EXPECT_THROW(whole.check(), bad_file);
}

TEST(Retention, BadInputIsNamed) {
  const days one{1}, five{5}, nine{9};
  EXPECT_THROW(rates::retention_table({.customer = one, .day = five, .start = nine}), invalid_input);
  EXPECT_THROW(rates::retention_table({.customer = one, .day = five, .amount = std::vector<double>{std::nan("")}}), invalid_input);
  EXPECT_THROW(rates::retention_table({.customer = one, .day = five}, {.as_of = 4}), invalid_input);
  EXPECT_THROW(rates::retention_table({.customer = one, .day = five}, {.kind = retention_kind::bracket}), invalid_input);
  EXPECT_THROW(rates::retention_table({.customer = one, .day = five}, {.kind = retention_kind::bracket, .brackets = {2, 1}}), invalid_input);
  EXPECT_THROW(rates::retention_table({.customer = one, .day = five}, {.buckets = -1}), invalid_input);
  EXPECT_THROW(rates::retention_table({.customer = one, .day = five}, {}, 1.0), invalid_input);
  EXPECT_THROW(rates::retention_table(rates::retention_events{}), invalid_input);
  const days customers{1, 1}, days_of{5, 6}, starts{5, 6};
  EXPECT_THROW(rates::retention_table({.customer = customers, .day = days_of, .start = starts}), invalid_input);
  EXPECT_THROW(rates::retention_table(one, nine, five, {.kind = retention_kind::subscribed}), invalid_input);
}

}  // namespace
