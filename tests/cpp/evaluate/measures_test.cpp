#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include "stats/csv.hpp"
#include "tenure/core/random.hpp"
#include "tenure/evaluate/probability.hpp"
#include "tenure/evaluate/profit.hpp"
#include "tenure/evaluate/ranking.hpp"
#include "tenure/evaluate/resample.hpp"
#include "tenure/evaluate/threshold.hpp"

namespace {

using namespace tenure;
using evaluate::scored;

struct rows {
  std::vector<double> y, score, weight;
  scored view(bool weighted = false) const { return {y, score, weighted ? numeric_column(weight) : numeric_column()}; }
};

/// The reference cases: rows written out, and the same as weights of distinct scores.
struct reference_case {
  rows all, grouped;
  std::map<std::string, double> measure;
};
std::map<std::string, reference_case> reference_cases() {
  std::map<std::string, reference_case> cases;
  for (const auto& row : reference::read_rows("evaluate/groups.csv")) {
    auto& c = cases[row.text("case")];
    for (const int y : {1, 0}) {
      const double count = row.number(y ? "positive" : "negative");
      c.grouped.y.push_back(y), c.grouped.score.push_back(row.number("score")), c.grouped.weight.push_back(count);
      for (int k = 0; k < static_cast<int>(count); ++k)
        c.all.y.push_back(y), c.all.score.push_back(row.number("score"));
    }
  }
  for (const auto& row : reference::read_rows("evaluate/measures.csv"))
    cases[row.text("case")].measure[row.text("measure")] = row.number("value");
  return cases;
}

TEST(Evaluate, EqualsReferencesAsRowsAndAsWeights) {
  const auto cases = reference_cases();
  ASSERT_EQ(cases.size(), 2U);
  for (const auto& entry : cases)
    for (const bool weighted : {false, true}) {
      const auto& name = entry.first;
      const auto& c = entry.second;
      const scored data = weighted ? c.grouped.view(true) : c.all.view();
      const auto groups = evaluate::group_scores(data);
      const auto expect = [&](const std::string& measure, double value) {
        EXPECT_NEAR(value, c.measure.at(measure), 1e-10 * std::abs(c.measure.at(measure))) << name << measure;
      };
      expect("roc_auc", evaluate::roc_auc(data).value);
      if (!weighted) expect("delong_se", evaluate::roc_auc(data).std_error);
      expect("average_precision", evaluate::average_precision(groups));
      expect("log_loss", evaluate::log_loss(data));
      expect("brier", evaluate::brier(data));
      expect("ks", evaluate::ks(groups).value);
      for (const int top : {5, 10, 20, 50})
        expect("lift_" + std::to_string(top), evaluate::lift(groups, top / 100.0));
      expect("empc", evaluate::expected_profit(groups).profit);
      expect("empc_other", evaluate::expected_profit(groups, {.clv = 500, .offer = 25, .contact = 2, .alpha = 2, .beta = 5}).profit);
      expect("mpc", evaluate::maximum_profit(groups, 0.3).profit);
      expect("h_measure", evaluate::h_measure(groups));
      const auto counts = evaluate::confusion_at(groups, 0.5);
      expect("mcc", counts.mcc());
      expect("f1", counts.f_measure());
      expect("cohen_kappa", counts.kappa());
    }
}

rows simulated(std::size_t n) {
  random_stream random(2);
  rows data;
  for (std::size_t i = 0; i < n; ++i) {
    data.y.push_back(static_cast<double>(random.below(2)));
    data.score.push_back(std::round(100 / (1 + std::exp(-data.y[i] - random.normal()))) / 100);
    data.weight.push_back(static_cast<double>(random.below(3)));
  }
  return data;
}

TEST(Evaluate, DelongOfOneScoreEqualsItsPairedForm) {
  const rows data = simulated(500);
  const auto auc = evaluate::roc_auc(data.view());
  const auto pair = evaluate::compare_roc_auc(data.y, data.score, std::vector<double>(500, 0.0));  // against a score that knows nothing
  EXPECT_NEAR(pair.first, auc.value, 1e-14);
  EXPECT_DOUBLE_EQ(pair.second, 0.5);
  EXPECT_NEAR(pair.std_error, auc.std_error, 1e-14);
}

TEST(Evaluate, AucOfManyRowsIsTheSameForAnyThreads) {
  const rows data = simulated(100000);
  const auto one = evaluate::roc_auc(data.view());
  const auto two = evaluate::roc_auc(data.view(), 0.95, {.threads = 2});
  EXPECT_EQ(one.value, two.value);
  EXPECT_EQ(one.std_error, two.std_error);
  const auto table = evaluate::bootstrap_measures(data.view(), true, {.repetitions = 5});
  const auto again = evaluate::bootstrap_measures(data.view(), true, {.repetitions = 5}, {.threads = 3});
  EXPECT_EQ(table.lower, again.lower);
  EXPECT_EQ(table.upper, again.upper);
}

TEST(Evaluate, ProfitIsTheIntegralOfTheBestCut) {
  const rows data = simulated(300);
  const auto groups = evaluate::group_scores(data.view(true));
  const evaluate::campaign offer{.clv = 150, .offer = 12, .contact = 2, .alpha = 2, .beta = 3};
  double sum = 0, mass = 0;
  const int steps = 20000;
  for (int k = 0; k < steps; ++k) {
    const double g = (k + 0.5) / steps, density = g * (1 - g) * (1 - g);
    sum += density * evaluate::maximum_profit(groups, g, offer).profit;
    mass += density;
  }
  EXPECT_NEAR(evaluate::expected_profit(groups, offer).profit, sum / mass, 1e-6);
}

TEST(Evaluate, ProfitFromRowsEqualsProfitFromSortedGroups) {
  random_stream random(9);
  for (const std::size_t n : {2U, 3U, 17U, 500U, 20000U})
    for (const double digits : {1.0, 100.0, 1e9, -1e9}) {  // the last ones spread unevenly
      rows data;
      for (std::size_t i = 0; i < n; ++i) {
        data.y.push_back(i < 2 ? static_cast<double>(i) : static_cast<double>(random.below(2)));
        const double score = std::round(digits * (data.y[i] + random.normal())) / digits;
        data.score.push_back(digits < 0 ? std::exp(5 * score) : score);
        data.weight.push_back(1 + static_cast<double>(random.below(3)));
      }
      for (const bool weighted : {false, true}) {
        const auto fast = evaluate::expected_profit(data.view(weighted)), slow = evaluate::expected_profit(evaluate::group_scores(data.view(weighted)));
        EXPECT_NEAR(fast.profit, slow.profit, 1e-12 * std::abs(slow.profit));
        EXPECT_NEAR(fast.share, slow.share, 1e-12);
        EXPECT_EQ(fast.threshold, slow.threshold) << n << " " << digits;
      }
    }
}

TEST(Evaluate, BadInputIsNamed) {
  const std::vector<double> y{0, 1}, score{0.2, 0.7};
  EXPECT_THROW(evaluate::group_scores({std::vector<double>{0, 3}, score}), invalid_input);
  EXPECT_THROW(evaluate::group_scores({y, std::vector<double>{0.2, NAN}}), invalid_input);
  EXPECT_THROW(evaluate::group_scores({y, std::vector<double>{0.2}}), invalid_input);
  EXPECT_THROW(evaluate::group_scores({std::vector<double>{1, 1}, score}), invalid_input);
  EXPECT_THROW(evaluate::group_scores({y, score, std::vector<double>{0, 1}}), invalid_input);
  EXPECT_THROW(evaluate::brier({y, std::vector<double>{-0.1, 0.2}}), invalid_input);
  EXPECT_THROW(evaluate::calibration_table({y, score}, {.n_bins = 0}), invalid_input);
}

}  // namespace
