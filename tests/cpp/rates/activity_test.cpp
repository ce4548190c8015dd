#include "tenure/rates/activity.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "stats/csv.hpp"
#include "tenure/io/model_file.hpp"
#include "tenure/rates/periods.hpp"

namespace {

using namespace tenure;
using days = std::vector<std::int64_t>;
using rates::no_day;

struct purchases {
  days customer, day;
  rates::activity_records view() const { return {.customer = customer, .day = day}; }
};

const purchases& reference_purchases() {
  static const purchases all = [] {
    purchases p;
    for (const auto& row : reference::read_rows("rates/purchases.csv")) {
      p.customer.push_back(static_cast<std::int64_t>(row.number("customer")));
      p.day.push_back(static_cast<std::int64_t>(row.number("day")));
    }
    return p;
  }();
  return all;
}

TEST(Activity, ASilenceLongerThanTheThresholdEndsAStay) {
  const purchases p{{2, 1, 1, 1, 1}, {50, 0, 10, 10, 45}};
  const auto stays = rates::active_periods(p.view(), {.silence = 30, .as_of = 60});
  EXPECT_EQ(stays.customer, (days{1, 1, 2}));
  EXPECT_EQ(stays.start, (days{0, 45, 50}));
  EXPECT_EQ(stays.end, (days{40, no_day, no_day}));
  EXPECT_EQ(rates::active_periods(p.view(), {.silence = 30, .dated = rates::silence_date::last, .as_of = 60}).end[0], 11);
  EXPECT_EQ(rates::active_periods(p.view(), {.silence = 35, .as_of = 60}).start, (days{0, 50}));
  EXPECT_EQ(rates::active_periods(p.view(), {.silence = 10, .as_of = 60}).end, (days{20, 55, 60}));
}

TEST(Activity, StaysMakePeriodsWithReturns) {
  const auto& p = reference_purchases();
  const auto stays = rates::active_periods(p.view(), {.silence = 30, .as_of = 300});
  const auto counts = rates::customer_periods({.start = stays.start, .end = stays.end, .customer = stays.customer}, {100, 130, 160, 190});
  double back = 0;
  for (const auto& c : counts) {
    back += *c.returned;
    EXPECT_NO_THROW(rates::balance(c));
  }
  EXPECT_GT(back, 0);
}

TEST(Activity, TheReturnCurveIsKaplanMeiers) {
  rates::silence_statistic silences;
  silences.add(reference_purchases().view(), 300);
  for (const auto& row : reference::read_rows("rates/return_curve.csv")) {
    const auto d = static_cast<std::int64_t>(row.number("silent_days"));
    const auto point = silences.finish({d}).at(0);
    SCOPED_TRACE(d);
    EXPECT_EQ(static_cast<double>(point.silences), row.number("silences"));
    EXPECT_EQ(static_cast<double>(point.returned), row.number("returned"));
    EXPECT_NEAR(point.probability, row.number("probability"), 1e-13);
    EXPECT_NEAR(point.lower, row.number("lower"), 1e-12);
    EXPECT_NEAR(point.upper, row.number("upper"), 1e-12);
    EXPECT_NEAR(silences.finish({d}, {.horizon = 30})[0].probability, row.number("within_30"), 1e-13);
  }
}

TEST(Activity, SilencesMergeAndTravel) {
  const auto& p = reference_purchases();
  rates::silence_statistic whole, even, odd;
  whole.add(p.view(), 300);
  purchases parts[2];
  for (std::size_t i = 0; i < p.day.size(); ++i) {
    parts[p.customer[i] % 2].customer.push_back(p.customer[i]);
    parts[p.customer[i] % 2].day.push_back(p.day[i]);
  }
  even.add(parts[0].view(), 300);
  odd.add(parts[1].view(), 300);
  odd.merge(even);
  EXPECT_EQ(odd, whole);
  EXPECT_EQ(io::from_bytes<rates::silence_statistic>(io::to_bytes(whole)), whole);
  whole.returned[0] = -1;
  EXPECT_THROW(whole.check(), bad_file);
}

TEST(Activity, TheThresholdIsTheShortestThatWillDo) {
  rates::silence_statistic silences;
  silences.add(reference_purchases().view(), 300);
  const auto chosen = rates::choose_threshold(silences, {.max_return = 0.25});
  EXPECT_LE(silences.finish({chosen})[0].probability, 0.25);
  EXPECT_GT(silences.finish({chosen - 1})[0].probability, 0.25);
  const auto p80 = rates::choose_threshold(silences, {.percentile = 0.8});
  double below = 0, all = 0;
  for (std::size_t d = 0; d < silences.returned.size(); ++d) {
    all += static_cast<double>(silences.returned[d]);
    if (static_cast<std::int64_t>(d) < p80) below += static_cast<double>(silences.returned[d]);
  }
  EXPECT_LT(below, 0.8 * all);
  EXPECT_THROW(rates::choose_threshold(rates::silence_statistic{}, {}), numeric_failure);
}

TEST(Activity, LongerThresholdsLoseFewer) {
  const auto rows = rates::threshold_sensitivity(reference_purchases().view(), {15, 30, 60}, 150, 180, {.as_of = 300});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_LT(rows[0].begin, rows[2].begin);
  EXPECT_GT(rows[0].returned_later, rows[2].returned_later);
  EXPECT_DOUBLE_EQ(rows[1].rate, rows[1].lost / rows[1].begin);
}

TEST(Activity, BadRowsAreNamed) {
  const purchases late{{1, 1}, {5, 50}};
  try {
    rates::active_periods(late.view(), {.as_of = 40});
    FAIL();
  } catch (const invalid_input& e) {
    EXPECT_STREQ(e.what(), "day: 50 (1970-02-20) in row 1 must not be after as_of, 40 (1970-02-10)");
  }
  EXPECT_THROW(rates::active_periods({.customer = late.customer, .day = days{1}}), invalid_input);
  EXPECT_THROW(rates::active_periods(purchases{{1}, {no_day}}.view()), invalid_input);
  EXPECT_THROW(rates::active_periods(late.view(), {.silence = 0}), invalid_input);
  EXPECT_TRUE(rates::active_periods(purchases{}.view()).start.empty());
  EXPECT_THROW(rates::active_periods(purchases{{INT64_MIN, INT64_MAX}, {0, 1000}}.view()), invalid_input);
}

}  // namespace
