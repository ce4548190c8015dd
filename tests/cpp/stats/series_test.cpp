#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "customers.hpp"
#include "tenure/core/random.hpp"
#include "tenure/stats/control_chart.hpp"
#include "tenure/stats/effects.hpp"
#include "tenure/stats/trend.hpp"

namespace {

using namespace tenure;

// tests/reference/stats/stats.json: R 4.2.2 on stats_series.csv and stats_did.csv.
class Series : public testing::Test {
 protected:
  std::map<std::string, std::vector<std::string>> data = reference::read_columns("stats/stats_series.csv");
  std::vector<double> at_risk = reference::numbers(data["at_risk"]), churned = reference::numbers(data["churned"]), usage = reference::numbers(data["usage"]);
  int baseline = static_cast<int>(std::count(data["baseline"].begin(), data["baseline"].end(), "1"));

  static std::vector<std::size_t> signals(const stats::control_chart_result& c) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < c.signal.size(); ++i)
      if (c.signal[i]) rows.push_back(i);
    return rows;
  }
};

TEST_F(Series, TrendAgreesWithR) {
  std::vector<double> rate;
  for (std::size_t i = 0; i < churned.size(); ++i)
    rate.push_back(churned[i] / at_risk[i]);
  const auto r = stats::trend_test(rate);
  EXPECT_EQ(r.score, 178);
  EXPECT_NEAR(r.variance, 5390, 1e-9);
  EXPECT_NEAR(r.statistic, 2.41089826137814, 1e-13);
  EXPECT_NEAR(r.p_value, 0.0159132867694895, 1e-14);
  EXPECT_NEAR(r.slope, 0.000261705932299179, 1e-15);
  const auto u = stats::trend_test(usage);
  EXPECT_EQ(u.score, -222);
  EXPECT_NEAR(u.variance, 5388, 1e-9);
  EXPECT_NEAR(u.tau, -0.352941622508594, 1e-13);
  EXPECT_NEAR(u.slope, -0.6, 1e-12);
  EXPECT_LT(u.lower, u.slope);
  EXPECT_GT(u.upper, u.slope);
  std::vector<double> flat;
  for (const double v : usage)
    flat.push_back(std::nearbyint(v / 20));
  const auto f = stats::trend_test(flat);
  EXPECT_EQ(f.score, -215);
  EXPECT_NEAR(f.variance, 4509, 1e-9);
  EXPECT_NEAR(f.tau, -0.425638274156824, 1e-13);
  EXPECT_EQ(f.slope, 0);
}

TEST_F(Series, TrendScalesAndShifts) {
  auto other = usage;
  std::vector<double> time;
  for (std::size_t i = 0; i < usage.size(); ++i) {
    other[i] = 5 - 2 * usage[i];
    time.push_back(100 + 0.5 * static_cast<double>(i));
  }
  const auto a = stats::trend_test(usage), b = stats::trend_test(other, time);
  EXPECT_NEAR(b.slope, -4 * a.slope, 1e-12);
  EXPECT_NEAR(b.lower, -4 * a.upper, 1e-12);
  EXPECT_EQ(b.score, -a.score);
}

TEST(Trend, RefusesWhatItCannotUse) {
  EXPECT_THROW(stats::trend_test(std::vector<double>{1, 2}), invalid_input);
  EXPECT_THROW(stats::trend_test(std::vector<double>{1, 2, INFINITY}), invalid_input);
  EXPECT_THROW(stats::trend_test(std::vector<double>{1, 2, 3}, std::vector<double>{1, 1, 2}), invalid_input);
  EXPECT_THROW(stats::trend_test(std::vector<double>{1, 2, 3}, std::vector<double>{1, 2}), invalid_input);
  EXPECT_EQ(stats::trend_test(std::vector<double>{2, 2, 2, 2}).p_value, 1);
  EXPECT_EQ(stats::trend_test(std::vector<double>{1, NAN, 3, 4}).slope, 1);
}

TEST_F(Series, ProportionChartsAgreeWithR) {
  const auto p = stats::control_chart(churned, at_risk, {.kind = stats::chart_kind::p, .baseline = baseline});
  EXPECT_NEAR(p.centre, 0.0225266362252664, 1e-15);
  EXPECT_NEAR(p.lower[0], 0.0084351557631575, 1e-15);
  EXPECT_NEAR(p.upper[35], 0.0338229348734625, 1e-15);
  EXPECT_EQ(signals(p), (std::vector<std::size_t>{28, 32, 33, 35}));
  const auto laney = stats::control_chart(churned, at_risk, {.kind = stats::chart_kind::laney, .baseline = baseline});
  EXPECT_NEAR(laney.sigma, 0.595194556380906, 1e-13);
}

TEST_F(Series, ValueChartsAgreeWithR) {
  const auto i = stats::control_chart(usage, {}, {.kind = stats::chart_kind::individuals, .baseline = baseline});
  EXPECT_NEAR(i.sigma, 13.4751773049645, 1e-11);
  EXPECT_NEAR(i.lower[0], 81.5794680851064, 1e-11);
  const auto e = stats::control_chart(usage, {}, {.kind = stats::chart_kind::ewma, .baseline = baseline});
  EXPECT_NEAR(e.sigma, 10.49026992779, 1e-11);
  EXPECT_NEAR(e.value[35], 105.229112295165, 1e-10);
  EXPECT_NEAR(e.lower[1], 113.944539804179, 1e-10);
  EXPECT_EQ(signals(e), (std::vector<std::size_t>{32, 33, 34, 35}));
  const auto c = stats::control_chart(usage, {}, {.kind = stats::chart_kind::cusum, .baseline = baseline});
  EXPECT_NEAR(c.value[1], 0.557646759937799, 1e-11);
  EXPECT_NEAR(c.fall[35], 10.2188648241613, 1e-9);
  EXPECT_EQ(signals(c).front(), 32U);
}

TEST_F(Series, ChartsRefuseWhatTheyCannotUse) {
  EXPECT_THROW(stats::control_chart(churned, {}), invalid_input);
  EXPECT_THROW(stats::control_chart(at_risk, churned), invalid_input);
  EXPECT_THROW(stats::control_chart(usage, at_risk, {.kind = stats::chart_kind::ewma}), invalid_input);
  EXPECT_THROW(stats::control_chart(usage, {}, {.kind = stats::chart_kind::cusum, .baseline = 1}), invalid_input);
  EXPECT_THROW(stats::control_chart(usage, {}, {.kind = stats::chart_kind::cusum, .baseline = 100}), invalid_input);
  EXPECT_THROW(stats::control_chart(std::vector<double>{1, 1, 1}, {}, {.kind = stats::chart_kind::ewma}), invalid_input);
}

TEST(DifferenceInDifferences, AgreesWithR) {
  auto data = reference::read_columns("stats/stats_did.csv");
  const auto y = reference::numbers(data["y"]), treated = reference::numbers(data["treated"]), post = reference::numbers(data["post"]),
             unit = reference::numbers(data["unit"]), period = reference::numbers(data["period"]);
  const auto r = stats::difference_in_differences(y, treated, post, unit, period);
  EXPECT_NEAR(r.effect.estimate, -2.92683232323233, 1e-12);
  EXPECT_NEAR(r.effect.std_error, 0.659263915935496, 1e-12);
  EXPECT_NEAR(r.effect.p_value, 1.38485311631766e-05, 1e-15);
  EXPECT_NEAR(r.robust.std_error, 0.660861844482626, 1e-12);
  EXPECT_NEAR(r.clustered.std_error, 0.395918966635773, 1e-12);
  EXPECT_NEAR(r.treated_after, 19.2456185185185, 1e-11);
  EXPECT_GE(r.pretrend_p_value, 0);
  EXPECT_LE(r.pretrend_p_value, 1);
  const auto bare = stats::difference_in_differences(y, treated, post);
  EXPECT_TRUE(std::isnan(bare.clustered.std_error));
  EXPECT_TRUE(std::isnan(bare.pretrend_p_value));
  EXPECT_THROW(stats::difference_in_differences(y, treated, treated), invalid_input);
  EXPECT_THROW(stats::difference_in_differences(y, y, post), invalid_input);
  EXPECT_THROW(stats::difference_in_differences(y, treated, std::vector<double>{1}), invalid_input);
}

TEST(BeforeAfter, FindsWhatWasPutIn) {
  random_stream random(2);
  std::vector<double> y;
  const double season[4] = {0, 3, -1, 2};
  for (int t = 0; t < 60; ++t)
    y.push_back(10 + 0.1 * t + season[t % 4] + (t >= 36 ? -4 - 0.2 * (t - 36) : 0) + 0.2 * random.normal());
  const auto r = stats::before_after(y, 36, {.season = 4});
  EXPECT_EQ(r.effects[0].name, "level change");
  EXPECT_NEAR(r.effects[0].estimate, -4, 0.5);
  EXPECT_NEAR(r.effects[1].estimate, -0.2, 0.03);
  EXPECT_LT(r.effects[0].p_value, 1e-6);
  EXPECT_NEAR(r.expected[59] - r.fitted[59], 4 + 0.2 * 23, 1);
  EXPECT_EQ(r.effects.size(), 7U);
}

TEST(BeforeAfter, RefusesWhatItCannotUse) {
  const std::vector<double> y{1, 2, 3, 2, 4, 5, 4, 6, 7};
  EXPECT_THROW(stats::before_after(y, 2), invalid_input);
  EXPECT_THROW(stats::before_after(y, 7), invalid_input);
  EXPECT_THROW(stats::before_after(y, 4, {.season = 5}), invalid_input);
  EXPECT_THROW(stats::before_after(std::vector<double>{1, 2, NAN, 4, 5, 6, 7, 8}, 4), invalid_input);
  EXPECT_THROW(stats::before_after(y, 4, {.lags = 50}), invalid_input);
}

}  // namespace
