#include "tenure/alert/alarms.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tenure/core/random.hpp"

namespace {

using namespace tenure;
using namespace tenure::alert;
using days = std::vector<std::int64_t>;
using numbers = std::vector<double>;

struct history {
  days customer, day, start, churn;
  numbers value;
  alarm_evaluation evaluate(const evaluation_options& options, const execution& run = {}) const {
    return evaluate_alarms({customer, day}, {start, churn, value}, options, {0.1, 0.25, 0.5, 0.75, 0.9}, run);
  }
};

TEST(Alarms, ByHand) {
  // Customer 0 leaves on day 50 after alarms on 20, 25 (a repetition) and 45; 1 stays, alarms on 10 and 95; 2 leaves on 80, never alarmed; 3 leaves on
  // 30, alarmed too late; 4 joins on 60, alarmed before that.
  const history h{{0, 0, 0, 0, 1, 1, 3, 4}, {20, 25, 45, 45, 10, 95, 30, 50}, {0, 0, 0, 0, 60}, {50, never, 80, 30, never}, {100, 1, 70, 40, 5}};
  const auto r = h.evaluate({.first = 0, .last = 99, .horizon = 40, .quiet = 10, .success_rate = 0.5, .alarm_cost = 2});
  EXPECT_EQ(r.alarms, 5);
  EXPECT_EQ(r.repeated, 1);
  EXPECT_EQ(r.counted, 4);
  EXPECT_EQ(r.late, 1);
  EXPECT_EQ(r.early, 1);
  EXPECT_EQ(r.hits, 2);
  EXPECT_EQ(r.false_alarms, 1);
  EXPECT_EQ(r.undecided, 1);
  EXPECT_EQ(r.customers, 5);
  EXPECT_EQ(r.alarmed, 2);
  EXPECT_EQ(r.customer_days, 50 + 100 + 80 + 30 + 40);
  EXPECT_DOUBLE_EQ(r.per_customer_month, 5 / 300.0 * 30.4375);
  EXPECT_EQ(r.churners, 3);
  EXPECT_EQ(r.warned, 1);
  EXPECT_EQ(r.warned_days, (numbers{30}));
  // At risk 4; one censored after 4 days; churn after 5 (of 3) and 30 (of 2).
  EXPECT_DOUBLE_EQ(r.precision, 1 - (2.0 / 3) * (1.0 / 2));
  EXPECT_EQ(r.lead_time[2], 30);  // of first alarms: day 20 alone
  EXPECT_DOUBLE_EQ(r.saved_value, 50);
  EXPECT_EQ(r.cost, 8);
  // Days whose horizon is over: 0 ... 59.
  EXPECT_DOUBLE_EQ(r.random_precision, (40.0 + 20 + 30) / (50 + 60 + 60 + 30));
  const double rate = 4 / 300.0;
  EXPECT_NEAR(r.random_recall, (2 * (1 - std::exp(-40 * rate)) + 1 - std::exp(-30 * rate)) / 3, 1e-15);
  EXPECT_NEAR(r.random_saved_value, 0.5 * (170 * (1 - std::exp(-40 * rate)) + 40 * (1 - std::exp(-30 * rate))), 1e-12);
}

history simulated(std::uint64_t seed, bool random_alarms) {
  history h;
  random_stream random(seed);
  for (std::int64_t c = 0; c < 3000; ++c) {
    const auto start = static_cast<std::int64_t>(random.below(200));
    auto churn = start + 1 + static_cast<std::int64_t>(400 * random.exponential());
    if (churn > 500) churn = never;
    const auto until = churn == never ? 501 : churn;
    h.start.push_back(start), h.churn.push_back(churn), h.value.push_back(1);
    for (auto day = start; day < until; ++day)
      if (random.uniform() < (!random_alarms && churn != never && churn - day < 25 ? 0.05 : 0.002)) h.customer.push_back(c), h.day.push_back(day);
  }
  return h;
}

TEST(Alarms, RandomAlarmsAreAsGoodAsTheirBaseline) {
  const auto r = simulated(1, true).evaluate({.first = 0, .last = 500, .horizon = 60, .quiet = 0});
  EXPECT_NEAR(r.precision, r.random_precision, 4 * (r.precision_upper - r.precision_lower) / 2 / 1.96);
  EXPECT_NEAR(r.recall, r.random_recall, 4 * (r.recall_upper - r.recall_lower) / 2 / 1.96);
  const auto better = simulated(1, false).evaluate({.first = 0, .last = 500, .horizon = 60, .quiet = 0});
  EXPECT_GT(better.precision_lower, better.random_precision);
  EXPECT_GT(better.recall_lower, better.random_recall);
}

TEST(Alarms, PrecisionIsKaplanMeiers) {
  const auto h = simulated(2, false);
  const auto r = h.evaluate({.first = 0, .last = 500, .horizon = 60, .quiet = 0});
  numbers time, event;
  for (std::size_t i = 0; i < h.day.size(); ++i) {
    const auto gone = h.churn[static_cast<std::size_t>(h.customer[i])];
    time.push_back(static_cast<double>((gone == never ? 500 : gone) - h.day[i]));
    event.push_back(gone != never);
  }
  double survival = 1;
  for (int t = 1; t <= 60; ++t) {
    double events = 0, risk = 0;
    for (std::size_t i = 0; i < time.size(); ++i)
      risk += time[i] >= t, events += time[i] == t && event[i] == 1;
    survival *= 1 - events / risk;
  }
  EXPECT_NEAR(r.precision, 1 - survival, 1e-12);
  EXPECT_GT(r.undecided, 0);
}

TEST(Alarms, OrderAndThreadsChangeNoBit) {
  auto h = simulated(3, false);
  const evaluation_options options{.first = 0, .last = 500, .horizon = 30, .quiet = 20, .repetitions = 100};
  const auto one = h.evaluate(options, {.threads = 1});
  std::reverse(h.day.begin(), h.day.end());
  std::reverse(h.customer.begin(), h.customer.end());
  const auto other = h.evaluate(options, {.threads = 4});
  EXPECT_EQ(one.precision_lower, other.precision_lower);
  EXPECT_EQ(one.lead_lower, other.lead_lower);
  EXPECT_EQ(one.lead_time, other.lead_time);
  EXPECT_LE(one.lead_lower[2], one.lead_time[2]);
  EXPECT_LE(one.lead_time[2], one.lead_upper[2]);
}

TEST(Alarms, NothingToSayIsNaNNotZero) {
  const history none{{}, {}, {0, 0}, {never, never}, {}};
  const auto r = none.evaluate({.first = 0, .last = 100, .horizon = 30});
  EXPECT_TRUE(std::isnan(r.precision) && std::isnan(r.recall) && std::isnan(r.lead_time[2]));
  EXPECT_EQ(r.random_precision, 0);
  const history young{{0}, {95}, {0}, {never}, {}};
  EXPECT_TRUE(std::isnan(young.evaluate({.first = 0, .last = 100, .horizon = 30}).precision));
}

TEST(Alarms, RefusesWhatHasNoAnswer) {
  const history good{{0}, {5}, {0}, {20}, {}};
  const evaluation_options options{.first = 0, .last = 100, .horizon = 30};
  EXPECT_NO_THROW(good.evaluate(options));
  const auto refuses = [&](auto change) {
    auto h = good;
    auto o = options;
    change(h, o);
    EXPECT_THROW(h.evaluate(o), invalid_input);
  };
  refuses([](auto&, auto& o) { o.horizon = 0; });
  refuses([](auto&, auto& o) { o.quiet = -1; });
  refuses([](auto&, auto& o) { o.last = -1; });
  refuses([](auto& h, auto&) { h.customer[0] = 1; });
  refuses([](auto& h, auto&) { h.day[0] = 101; });
  refuses([](auto& h, auto&) { h.churn[0] = 101; });
  refuses([](auto& h, auto&) { h.churn[0] = -1; });
  refuses([](auto& h, auto&) { h.value = {NAN}; });
  refuses([](auto& h, auto&) { h.value = {1, 2}; });
}

}  // namespace
