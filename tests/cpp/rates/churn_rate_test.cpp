#include "tenure/rates/churn_rate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tenure/rates/convert.hpp"

namespace {

using namespace tenure;
using rates::convention;

rates::period_counts given(std::optional<double> begin, std::optional<double> joined, std::optional<double> lost, std::optional<double> end) {
  rates::period_counts c;
  c.begin = begin;
  c.joined = joined;
  c.lost = lost;
  c.end = end;
  return c;
}

std::string message(const rates::period_counts& c, convention by = convention::begin, const rates::rate_options& options = {}) {
  try {
    rates::churn_rate(c, by, options);
  } catch (const invalid_input& e) {
    return e.what();
  }
  return "";
}

const rates::note* find(const rates::rate_estimate& r, const std::string& code) {
  const auto at = std::find_if(r.notes.begin(), r.notes.end(), [&](const auto& n) { return n.code == code; });
  return at == r.notes.end() ? nullptr : &*at;
}

TEST(ChurnRate, OneSetOfCountsUnderFourConventions) {
  const auto c = given(3000, 500, {}, 3300);
  EXPECT_EQ(rates::balance(c).lost, 200);
  EXPECT_DOUBLE_EQ(rates::churn_rate(c).rate, 200.0 / 3000);
  EXPECT_DOUBLE_EQ(rates::churn_rate(c, convention::end).rate, 200.0 / 3300);
  EXPECT_DOUBLE_EQ(rates::churn_rate(c, convention::average).rate, 200.0 / 3150);
  EXPECT_DOUBLE_EQ(rates::churn_rate(c, convention::begin_plus_new).rate, 200.0 / 3500);
  const auto end = rates::churn_rate(c, convention::end);
  const auto* warning = find(end, "survivor_denominator");
  ASSERT_TRUE(warning);
  EXPECT_TRUE(warning->warning);
  EXPECT_NE(warning->text.find("6.6667%"), std::string::npos);
  EXPECT_NE(warning->text.find("0.6061 percentage points higher"), std::string::npos);
}

TEST(ChurnRate, HundredOfAThousand) {
  const auto r = rates::churn_rate(given(1000, {}, 100, {}));
  EXPECT_DOUBLE_EQ(r.rate, 0.1);
  EXPECT_NEAR(r.lower, 0.08290944359309571, 1e-15);
  EXPECT_NEAR(r.upper, 0.1201519631953484, 1e-15);
  EXPECT_EQ(r.interval, "wilson");
  EXPECT_DOUBLE_EQ(rates::retention(r), 0.9);
  const auto exact = rates::churn_rate(given(1000, {}, 100, {}), convention::begin, {.method = stats::proportion_method::clopper_pearson});
  EXPECT_LT(exact.lower, r.lower);
}

TEST(ChurnRate, LossesInsideThePeriodAreToldApart) {
  rates::period_counts july = given(1000, 500, {}, 1438);
  july.lost_open = 50;
  july.lost_flash = 12;
  EXPECT_DOUBLE_EQ(rates::churn_rate(july, convention::begin_gross).rate, 0.062);
  EXPECT_DOUBLE_EQ(rates::churn_rate(july).rate, 0.05);
  july.end = {};
  EXPECT_EQ(rates::balance(july).end, 1438);
  const rates::rate_options excluding{.flash = rates::flash_rule::exclude};
  EXPECT_DOUBLE_EQ(rates::churn_rate(july, convention::begin_gross, excluding).rate, 0.05);
  EXPECT_DOUBLE_EQ(rates::churn_rate(july, convention::begin_plus_new, excluding).rate, 50.0 / 1500);
  EXPECT_DOUBLE_EQ(rates::churn_rate(july, convention::begin_plus_new, {.flash = rates::flash_rule::ignore_both}).rate, 50.0 / 1488);

  rates::period_counts standard = given(100, {}, 12, {});
  standard.lost_flash = 1;
  standard.lost_back = 1;
  EXPECT_DOUBLE_EQ(rates::churn_rate(standard).rate, 0.1);
  EXPECT_FALSE(find(rates::churn_rate(standard), "no_inside_losses"));
  EXPECT_TRUE(find(rates::churn_rate(given(100, {}, 12, {})), "no_inside_losses"));
}

TEST(ChurnRate, NewMayCountOnlyThoseStillThere) {
  const auto c = given(3000, 500, {}, 3300);
  const rates::rate_options kept{.new_counts = rates::new_meaning::kept};
  EXPECT_EQ(rates::balance(c, rates::new_meaning::kept).lost_open, 200);
  EXPECT_DOUBLE_EQ(rates::churn_rate(c, convention::begin, kept).rate, 200.0 / 3000);
  EXPECT_TRUE(find(rates::churn_rate(c, convention::average, kept), "kept_new"));
}

TEST(ChurnRate, CountsThatDoNotAddUpAreRefused) {
  EXPECT_EQ(message(given(-3, {}, 1, {})), "begin = -3: must be a finite count >= 0");
  EXPECT_EQ(message(given(3000, 500, 100, 3300)),
            "end = 3300: must be begin + new + returned - lost, but is off by 100: end = 3300, begin = 3000, new = 500, returned = 0, lost = 100");
  EXPECT_EQ(message(given(3000, 100, {}, 3300)), "lost = -200: would be negative: end = 3300, begin = 3000, new = 100, returned = 0 contradict each other");
  EXPECT_NE(message(given(10, {}, 12, {})).find("lost_flash"), std::string::npos);
  EXPECT_NE(message(given({}, {}, 12, {})).find("begin: is needed by the convention 'begin'"), std::string::npos);
  EXPECT_NE(message(given(100, {}, 5, {}), convention::average_k).find("snapshots"), std::string::npos);
  auto flash = given(100, 5, 10, 95);
  flash.lost_flash = 7;
  EXPECT_NE(message(flash).find("must be <= new = 5"), std::string::npos);
  flash = given(100, 20, 10, {});
  flash.lost_flash = 8;
  flash.lost_back = 4;
  EXPECT_NE(message(flash).find("must be >= lost_flash + lost_back = 12"), std::string::npos);
  EXPECT_NE(message(given(std::nan(""), {}, 1, {})).find("finite count"), std::string::npos);
}

TEST(ChurnRate, NothingToDivideByIsSaid) {
  const auto r = rates::churn_rate(given(0, 10, 0, 10));
  EXPECT_TRUE(std::isnan(r.rate));
  ASSERT_TRUE(find(r, "no_open"));
  EXPECT_TRUE(find(r, "no_open")->warning);
  EXPECT_TRUE(find(rates::churn_rate(given(10, 0, 10, 0), convention::end), "no_end"));
  EXPECT_TRUE(find(rates::churn_rate(given(12, {}, 3, {})), "small"));
}

// Ten days: 100 customers, losses on some, two joiners. Worked by hand.
rates::period_counts ten_days() {
  auto c = given(100, 2, 5, 97);
  c.lost_open = 5;
  c.lost_flash = c.lost_back = 0;
  c.daily_open = {100, 100, 99, 99, 99, 101, 101, 98, 98, 98};
  c.daily_lost = {0, 1, 0, 0, 0, 0, 3, 0, 0, 1};
  c.snapshots = {100, 100, 99, 99, 99, 101, 101, 98, 98, 98, 97};
  c.days = 10;
  c.customer_days = 990;
  return c;
}

TEST(ChurnRate, DailyConventions) {
  const auto c = ten_days();
  EXPECT_NEAR(rates::churn_rate(c, convention::daily_sum).rate, 1.0 / 100 + 3.0 / 101 + 1.0 / 98, 1e-15);
  const double survival = 99.0 / 100 * 98.0 / 101 * 97.0 / 98;
  const auto km = rates::churn_rate(c, convention::km);
  EXPECT_NEAR(km.rate, 1 - survival, 1e-15);
  const double greenwood = std::sqrt(1.0 / (100 * 99) + 3.0 / (101 * 98) + 1.0 / (98 * 97)), u = std::log(survival), z = 1.959963984540054;
  EXPECT_NEAR(km.lower, 1 - std::exp(u * std::exp(-z * greenwood / -u)), 1e-14);
  EXPECT_NEAR(km.upper, 1 - std::exp(u * std::exp(z * greenwood / -u)), 1e-14);
  EXPECT_EQ(rates::churn_rate(c, convention::daily_product).rate, km.rate);
  EXPECT_NEAR(rates::churn_rate(c, convention::customer_days).rate, 5.0 / 990 * 10, 1e-15);
  EXPECT_NEAR(rates::churn_rate(c, convention::hazard).rate, 1 - std::exp(-50.0 / 990), 1e-15);
  EXPECT_NEAR(rates::churn_rate(c, convention::average_k).rate, 5 / (1090.0 / 11), 1e-15);
  EXPECT_NEAR(rates::churn_rate(c, convention::hazard, {.per_days = 30.0}).rate, 1 - std::exp(-150.0 / 990), 1e-15);
  EXPECT_NEAR(rates::churn_rate(c, convention::customer_days, {.per_days = 30.0}).rate, 150.0 / 990, 1e-15);
  EXPECT_THROW(rates::churn_rate(c, convention::average, {.per_days = 30.0}), invalid_input);
}

TEST(ChurnRate, EveryConventionThatTheCountsAllow) {
  const auto all = rates::churn_rates(ten_days());
  EXPECT_EQ(all.size(), 11U);
  for (const auto& r : all) {
    EXPECT_LT(r.lower, r.rate) << name_of(r.convention);
    EXPECT_GT(r.upper, r.rate) << name_of(r.convention);
    EXPECT_NEAR(r.rate, 0.05, 0.002) << name_of(r.convention);
  }
  EXPECT_EQ(rates::churn_rates(given(1000, {}, 100, {})).size(), 2U);
  EXPECT_THROW(rates::churn_rates(given({}, {}, 100, {})), invalid_input);
}

TEST(ChurnRate, DaysWithoutCustomersAndDaysWithoutLosses) {
  auto c = ten_days();
  c.daily_open[0] = 0;
  EXPECT_TRUE(find(rates::churn_rate(c, convention::daily_sum), "days_skipped"));
  c.daily_lost.assign(10, 0);
  const auto none = rates::churn_rate(c, convention::km);
  EXPECT_EQ(none.rate, 0);
  EXPECT_EQ(none.lower, 0);
  EXPECT_NEAR(none.upper, 1 - std::pow(0.025, 1 / 98.0), 1e-12);
  c.daily_lost[3] = 200;
  EXPECT_THROW(rates::churn_rate(c, convention::km), invalid_input);
}

TEST(ChurnRate, RetentionOnlyWhereItIsOne) {
  const auto c = ten_days();
  for (const auto& r : rates::churn_rates(c)) {
    const bool probability =
        r.convention == convention::begin || r.convention == convention::daily_product || r.convention == convention::hazard || r.convention == convention::km;
    if (probability) {
      EXPECT_DOUBLE_EQ(rates::retention(r), 1 - r.rate);
      EXPECT_NO_THROW(rates::convert_rate(r));
    } else {
      EXPECT_THROW(rates::retention(r), not_supported);
      EXPECT_THROW(rates::convert_rate(r), not_supported);
    }
  }
}

TEST(ConvertRate, CompoundsAndNeverMultiplies) {
  EXPECT_NEAR(rates::convert_rate(0.02), 0.21528327626520016, 1e-15);
  EXPECT_NEAR(rates::convert_rate(rates::convert_rate(0.02), {.from_days = 365.25, .to_days = 365.25 / 12}), 0.02, 1e-15);
  EXPECT_NEAR(rates::convert_rate(0.03, {.kind = rates::rate_kind::growth}), std::pow(1.03, 12) - 1, 1e-14);
  EXPECT_EQ(rates::convert_rate(1), 1);
  EXPECT_THROW(rates::convert_rate(-0.1), invalid_input);
  EXPECT_THROW(rates::convert_rate(1.2), invalid_input);
  EXPECT_THROW(rates::convert_rate(0.1, {.from_days = 0}), invalid_input);
}

TEST(PeriodGrowth, MonthsOfAQuarter) {
  const auto rows = rates::period_growth(std::vector<double>{184, 369, 611});
  EXPECT_TRUE(std::isnan(rows[0].growth));
  EXPECT_NEAR(rows[1].growth, 1.01, 0.005);
  EXPECT_NEAR(rows[2].growth, 0.66, 0.005);
  EXPECT_NEAR(rows[1].lower, 1.675790072914873 - 1, 1e-12);
  EXPECT_THROW(rates::period_growth(std::vector<double>{1, -1}), invalid_input);
}

}  // namespace
