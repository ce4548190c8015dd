#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "stats/csv.hpp"
#include "tenure/core/random.hpp"
#include "tenure/rates/economics.hpp"
#include "tenure/rates/funnel.hpp"
#include "tenure/rates/mix.hpp"
#include "tenure/rates/reasons.hpp"
#include "tenure/rates/segments.hpp"

namespace {

using namespace tenure;
using numbers = std::vector<double>;

TEST(Reasons, TheUnstatedPartIsNamed) {
  const auto r = rates::reason_shares(numbers{30, 20, 15, 10}, 100);
  EXPECT_DOUBLE_EQ(r.unstated.share, 0.25);
  EXPECT_DOUBLE_EQ(r.reasons[0].share, 0.3);
  EXPECT_EQ(r.notes.at(0).code, "unstated");
  EXPECT_NE(r.notes[0].text.find("25.0000%"), std::string::npos);
  EXPECT_DOUBLE_EQ(rates::reason_shares(numbers{40, 25}, 100).unstated.share, 0.35);
  EXPECT_EQ(rates::reason_shares(numbers{60, 40}, 100).unstated.share, 0);
}

TEST(Reasons, SeveralAnswers) {
  EXPECT_THROW(rates::reason_shares(numbers{70, 50}, 100), invalid_input);
  const auto r = rates::reason_shares(numbers{70, 50}, 100, {.several_answers = true, .answered = 90});
  EXPECT_DOUBLE_EQ(r.unstated.share, 0.1);
  EXPECT_THROW(rates::reason_shares(numbers{70, 50}, 100, {.several_answers = true}), invalid_input);
  EXPECT_THROW(rates::reason_shares(numbers{70, 50}, 100, {.several_answers = true, .answered = 60}), invalid_input);
  EXPECT_THROW(rates::reason_shares(numbers{101}, 100), invalid_input);
  EXPECT_THROW(rates::reason_shares(numbers{}, 0), invalid_input);
}

TEST(Reasons, ChangeOfTheMixIsAChiSquared) {
  const auto before = rates::reason_shares(numbers{30, 20}, 100), now = rates::reason_shares(numbers{60, 20}, 120);
  const auto change = rates::reason_change(now, before);
  // R: chisq.test(rbind(c(30, 20, 50), c(60, 20, 40)))
  EXPECT_NEAR(change.statistic, 9.37037037037037, 1e-12);
  EXPECT_EQ(change.dof, 2);
  EXPECT_NEAR(change.p_value, 0.009231025004864548, 1e-12);
  EXPECT_DOUBLE_EQ(change.reasons[0].difference, 0.2);
  EXPECT_GE(change.reasons[0].q_value, change.reasons[0].p_value);
  EXPECT_THROW(rates::reason_change(now, rates::reason_shares(numbers{30}, 100)), invalid_input);
}

TEST(MixRate, IsExactAndFreeOfOrder) {
  const numbers n0{100, 900, 0}, x0{20, 45, 0}, n1{500, 900, 50}, x1{100, 45, 5};
  const auto r = rates::mix_rate(n0, x0, n1, x1), back = rates::mix_rate(n1, x1, n0, x0);
  EXPECT_NEAR(r.mix_effect + r.rate_effect, r.change, 1e-16);
  EXPECT_NEAR(back.mix_effect, -r.mix_effect, 1e-16);
  EXPECT_NEAR(r.rate_effect, 0, 1e-16);  // no group leaves more often
  EXPECT_NEAR(r.standardised, r.rate0, 1e-16);
  EXPECT_TRUE(std::isnan(r.groups[2].rate0));
  EXPECT_THROW(rates::mix_rate(n0, n1, n1, x1), invalid_input);
  EXPECT_THROW(rates::mix_rate(numbers{0}, numbers{0}, numbers{1}, numbers{0}), invalid_input);
}

TEST(Segments, PriorsAgreeWithScipy) {
  for (const auto& row : reference::read_rows("rates/beta_prior.csv")) {
    numbers lost, customers;
    for (const auto& each : reference::read_rows("rates/beta_prior_data.csv")) {
      if (each.text("case") != row.text("case")) continue;
      lost.push_back(each.number("lost"));
      customers.push_back(each.number("customers"));
    }
    const auto prior = rates::fit_beta_prior(lost, customers);
    EXPECT_NEAR(prior.mean / row.number("mean"), 1, 1e-6) << row.text("case");
    EXPECT_NEAR(prior.size / row.number("size"), 1, 1e-5) << row.text("case");
  }
}

TEST(Segments, ComparedWithTheRestAndDrawnTowardsTheMean) {
  const numbers lost{12, 30, 4, 55, 9, 0, 21, 80}, customers{100, 120, 60, 300, 20, 15, 200, 310};
  const auto r = rates::rates_by(lost, customers);
  EXPECT_DOUBLE_EQ(r.customers, 1125);
  double shares = 0;
  for (const auto& s : r.segments) {
    shares += s.share_of_lost;
    EXPECT_LT(std::abs(s.shrunk - r.prior.mean), std::abs(s.rate - r.prior.mean) + 1e-12);
    EXPECT_LT(s.shrunk_lower, s.shrunk);
    EXPECT_GT(s.shrunk_upper, s.shrunk);
    EXPECT_GE(s.q_value, s.p_value);
    EXPECT_NEAR(s.difference, s.rate - s.rest_rate, 1e-15);
  }
  EXPECT_NEAR(shares, 1, 1e-12);
  EXPECT_GT(r.segments[5].shrunk, 0.05);  // 0 of 15 is not 0%
  const auto pure_chance = rates::rates_by(numbers{10, 10, 10}, numbers{100, 100, 100});
  EXPECT_TRUE(std::isinf(pure_chance.prior.size));
  EXPECT_DOUBLE_EQ(pure_chance.segments[0].shrunk, 0.1);
  EXPECT_TRUE(std::isnan(rates::rates_by(numbers{1}, numbers{10}).segments[0].difference));
  EXPECT_EQ(rates::rates_by(numbers{0, 0}, numbers{10, 20}).segments[0].shrunk, 0);
}

TEST(Segments, CountsMergeAndBadRowsAreNamed) {
  const std::vector<std::int32_t> codes{0, 1, 1, -1, 0};
  const std::vector<std::uint8_t> churned{1, 0, 1, 1, 0};
  const numbers worth{10, 20, 30, 40, 50};
  rates::segment_statistic whole(2), left(2), right(2);
  whole.add(codes, churned, worth);
  const numeric_column c(codes), g(churned), w(worth);
  left.add(c.slice(0, 2), g.slice(0, 2), w.slice(0, 2));
  right.add(c.slice(2, 5), g.slice(2, 5), w.slice(2, 5));
  left.merge(right);
  EXPECT_EQ(left.lost(), whole.lost());
  EXPECT_EQ(whole.lost(), (numbers{1, 1}));
  EXPECT_EQ(whole.customers(), (numbers{2, 2}));
  EXPECT_EQ(whole.amount(), (numbers{10, 30}));
  EXPECT_EQ(whole.left_out(), 1);
  EXPECT_THROW(whole.add(codes, std::vector<std::uint8_t>{1, 0, 2, 1, 0}), invalid_input);
  EXPECT_THROW(whole.add(std::vector<std::int32_t>{5}, std::vector<std::uint8_t>{1}), invalid_input);
  EXPECT_THROW(rates::rates_by(numbers{0, 0}, numbers{10, 0}), invalid_input);
  EXPECT_THROW(rates::rates_by(numbers{11}, numbers{10}), invalid_input);
}

TEST(Funnel, LossesOfEachStage) {
  const auto f = rates::funnel(numbers{1000, 400, 200, 50});
  EXPECT_DOUBLE_EQ(f.overall_rate, 0.05);
  EXPECT_EQ(f.biggest_leak, 1);
  EXPECT_DOUBLE_EQ(f.stages[1].loss_rate, 0.6);
  EXPECT_DOUBLE_EQ(f.stages[3].share_of_lost, 150.0 / 950);
  EXPECT_EQ(rates::stage_counts(std::vector<std::int64_t>{0, 2, 1, 2, -1}, 3), (numbers{4, 3, 2}));
  EXPECT_THROW(rates::funnel(numbers{10, 12}), invalid_input);
  EXPECT_THROW(rates::funnel(numbers{0, 0}), invalid_input);
  EXPECT_THROW(rates::stage_counts(std::vector<std::int64_t>{3}, 3), invalid_input);
  EXPECT_EQ(rates::funnel(numbers{10, 10}).biggest_leak, -1);
}

TEST(KeepOrAcquire, AQuarterAgainstASixteenth) {
  const auto r =
      rates::keep_or_acquire({.keep_cost = 10, .keep_chance = 0.25, .acquire_cost = 10, .acquire_chance = 0.0625, .margin_left = 100, .margin_new = 100});
  EXPECT_DOUBLE_EQ(r.cost_ratio, 4);
  EXPECT_DOUBLE_EQ(r.keep_gain, 15);
  EXPECT_DOUBLE_EQ(r.acquire_gain, -3.75);
  EXPECT_TRUE(r.keep);
  EXPECT_FALSE(r.acquire);
  EXPECT_EQ(r.first, "keep");
  EXPECT_DOUBLE_EQ(r.keep_break_even, 0.1);
  EXPECT_THROW(rates::keep_or_acquire({.keep_cost = 1, .keep_chance = 0, .acquire_chance = 1}), invalid_input);
}

TEST(WinBack, TiersRulesAndABudget) {
  numbers value, chance(20, 0.25), cost(20, 30.0);
  for (int i = 1; i <= 20; ++i)
    value.push_back(100.0 * i);
  std::vector<std::uint8_t> bad_debt(20, 0), staff(20, 0);
  bad_debt[19] = 1;
  staff[19] = 1;
  staff[18] = 1;
  value[10] = 100;  // a gain below zero, whatever the tier
  rates::win_back_customers customers{value, chance, cost, {bad_debt, staff}};
  const auto r = rates::win_back(customers);
  EXPECT_EQ(r.tier_customers, (numbers{1, 3, 8, 8}));
  EXPECT_EQ(r.rule[19], 0);
  EXPECT_EQ(r.rule[18], 1);
  EXPECT_EQ(r.decision[19], static_cast<int>(rates::win_back_decision::rule));
  EXPECT_EQ(r.decision[10], static_cast<int>(rates::win_back_decision::tier_given_up));
  EXPECT_EQ(r.rank[17], 0);
  EXPECT_DOUBLE_EQ(r.gain[17], 420);
  const auto tight = rates::win_back(customers, {.budget = 60});
  EXPECT_EQ(tight.contacted, 2);
  EXPECT_EQ(tight.decision[15], static_cast<int>(rates::win_back_decision::budget_spent));
  const auto costly = rates::win_back({value, chance, numbers(20, 1e6), {}});
  EXPECT_EQ(costly.contacted, 1);  // the important tier, at all costs
  EXPECT_THROW(rates::win_back({value, numbers(20, 1.5), cost, {}}), invalid_input);
  EXPECT_THROW(rates::win_back({value, chance, cost, {}}, {.tiers = {{"all", 0.5, rates::effort::try_hard}}}), invalid_input);
  EXPECT_EQ(rates::win_back({numbers{}, numbers{}, numbers{}, {}}).contacted, 0);
}

}  // namespace
