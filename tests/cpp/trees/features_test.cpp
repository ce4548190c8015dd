#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"
#include "tenure/learn/pruning.hpp"
#include "tenure/learn/random_forest.hpp"
#include "tenure/survival/gradient_boosting.hpp"
#include "tenure/survival/random_forest.hpp"
#include "tenure/trees/proximity.hpp"

namespace {

using namespace tenure;

struct rows {
  matrix x;
  std::vector<double> y, time, event, cause;
};

/// Column 0 drives churn and the first reason, column 1 the second one; column 2 is noise.
rows simulated(std::size_t n, std::uint64_t seed) {
  random_stream random(seed);
  rows r{matrix(n, 3), {}, {}, {}, {}};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < 3; ++j)
      r.x(i, j) = random.normal();
    r.y.push_back(random.uniform() < 1 / (1 + std::exp(-2 * r.x(i, 0))) ? 1 : 0);
    const double first = 20 * random.exponential() * std::exp(-r.x(i, 0)), second = 20 * random.exponential() * std::exp(-r.x(i, 1)),
                 seen = 60 * random.uniform();
    const double stay = std::min(first, second);
    r.time.push_back(std::ceil(std::min(stay, seen)));
    r.event.push_back(stay <= seen ? 1 : 0);
    r.cause.push_back(stay > seen ? 0 : first < second ? 1 : 2);
  }
  return r;
}

TEST(Pruning, TheTableIsOfNestedTreesAndAnyNumberOfThreads) {
  const rows r = simulated(600, 1);
  std::vector<double> folds(600);
  for (std::size_t i = 0; i < 600; ++i)
    folds[i] = static_cast<double>(i % 7);
  const auto table = learn::cross_validate_pruning(r.x, r.y, folds, {.min_samples_leaf = 5});
  const auto path = learn::cost_complexity_path(r.x, r.y, {.min_samples_leaf = 5});
  EXPECT_LE(table.alphas.size(), path.alphas.size());
  EXPECT_EQ(table.impurities.back(), path.impurities.back());
  EXPECT_EQ(table.leaves.back(), 1U);
  for (std::size_t k = 1; k < table.leaves.size(); ++k) {
    EXPECT_LT(table.leaves[k], table.leaves[k - 1]);
    EXPECT_GT(table.alphas[k], table.alphas[k - 1]);
  }
  EXPECT_GE(table.one_se, table.smallest_error);
  const auto again = learn::cross_validate_pruning(r.x, r.y, folds, {.min_samples_leaf = 5}, {}, {.threads = 4});
  EXPECT_EQ(again.errors, table.errors);
  EXPECT_EQ(again.std_errors, table.std_errors);
  for (const std::size_t chosen : {table.smallest_error, table.one_se}) {
    const auto tree = learn::fit_decision_tree(r.x, r.y, {.min_samples_leaf = 5, .ccp_alpha = table.alphas[chosen]});
    EXPECT_EQ(tree.trees.leaf_weight.size(), table.leaves[chosen]);
  }
  folds[3] = -1;
  EXPECT_THROW(learn::cross_validate_pruning(r.x, r.y, folds), invalid_input);
  EXPECT_THROW(learn::cross_validate_pruning(r.x, r.y, r.y), invalid_input);
}

TEST(Importance, CorrectedSharesLeavePredictionsAlone) {
  const rows r = simulated(800, 2);
  const auto plain = learn::fit_random_forest(r.x, r.y, {.n_estimators = 20});
  auto corrected = learn::fit_random_forest(r.x, r.y, {.n_estimators = 20, .importance = learn::forest_importance::impurity_corrected});
  EXPECT_TRUE(corrected.trees == plain.trees);
  EXPECT_GT(corrected.importances[0], 0.2);
  EXPECT_LT(std::abs(corrected.importances[2]), 0.1);
  EXPECT_LT(std::accumulate(corrected.importances.begin(), corrected.importances.end(), 0.0), 1.0);
}

TEST(Proximity, CountsCommonLeaves) {
  const rows r = simulated(150, 3);
  const auto forest = learn::fit_random_forest(r.x, r.y, {.n_estimators = 70, .min_samples_leaf = 5});
  const auto leaves = trees::leaf_numbers(forest.trees, r.x);
  const auto found = trees::proximity(forest.trees, r.x);
  const auto outside = learn::out_of_bag_rows(forest, r.x, r.y);
  const auto fair = trees::proximity(forest.trees, r.x, nullptr, outside);
  for (std::size_t i = 0; i < 150; i += 7)
    for (std::size_t j = 0; j < 150; ++j) {
      double same = 0, both = 0, same_outside = 0;
      for (std::size_t t = 0; t < 70; ++t) {
        const bool meet = leaves[i * 70 + t] == leaves[j * 70 + t], speaks = outside[t][i] && outside[t][j];
        same += meet;
        both += speaks;
        same_outside += speaks && meet;
      }
      EXPECT_FLOAT_EQ(found[i * 150 + j], static_cast<float>(same / 70));
      if (both > 0) {
        EXPECT_FLOAT_EQ(fair[i * 150 + j], static_cast<float>(same_outside / both));
      }
    }
  const auto near = trees::nearest_by_proximity(forest.trees, r.x, 3, nullptr, {}, {.threads = 3});
  for (std::size_t i = 0; i < 150; ++i)
    for (std::size_t k = 0; k < 3; ++k)
      if (near.row[i * 3 + k] >= 0) {
        EXPECT_EQ(near.proximity[i * 3 + k], found[i * 150 + static_cast<std::size_t>(near.row[i * 3 + k])]);
      }
}

TEST(SurvivalForest, ReasonsShareTheCustomersWhoLeft) {
  const rows r = simulated(400, 4);
  const survival::outcome y{.time = r.time, .event = r.cause};
  const auto model = survival::fit_random_forest(r.x, y, {.n_estimators = 10});
  EXPECT_EQ(model.causes, 2);
  const std::vector<double> times{0, 5, 30, 100};
  const auto first = survival::predict_incidence(model, r.x, times, 1), second = survival::predict_incidence(model, r.x, times, 2),
             stays = survival::predict_survival(model, r.x, times);
  for (std::size_t i = 0; i < 400; ++i)
    for (std::size_t k = 0; k < 4; ++k)
      EXPECT_NEAR(first(i, k) + second(i, k) + stays(i, k), 1, 1e-12);
  EXPECT_THROW(survival::predict_incidence(model, r.x, times, 3), invalid_input);
  EXPECT_TRUE(io::from_bytes<survival::random_forest_model>(io::to_bytes(model)) == model);
  auto bad = model;
  bad.hazard_cause[0] = 2;
  EXPECT_THROW(bad.check(), bad_file);
  bad = model;
  bad.hazard_cause.clear();
  EXPECT_THROW(bad.check(), bad_file);
}

TEST(SurvivalBoosting, EveryLossFallsAndTheFileKeepsIt) {
  const rows r = simulated(500, 5);
  const survival::outcome y{.time = r.time, .event = r.event};
  for (const auto loss :
       {survival::boosting_loss::cox, survival::boosting_loss::weibull, survival::boosting_loss::lognormal, survival::boosting_loss::loglogistic}) {
    const auto model = survival::fit_gradient_boosting(r.x, y, {.loss = loss, .n_estimators = 30, .subsample = 1, .max_features = 1, .early_stopping = true});
    ASSERT_GT(model.train_loss.size(), 5U);
    for (std::size_t k = 1; k < model.train_loss.size(); ++k)
      EXPECT_LT(model.train_loss[k], model.train_loss[k - 1]);
    EXPECT_TRUE(io::from_bytes<survival::gradient_boosting_model>(io::to_bytes(model)) == model);
    const auto stays = survival::predict_survival(model, r.x, {0, 3, 20, 80});
    for (std::size_t i = 0; i < 500; ++i) {
      EXPECT_EQ(stays(i, 0), 1);
      for (std::size_t k = 1; k < 4; ++k)
        EXPECT_LE(stays(i, k), stays(i, k - 1));
    }
    auto bad = model;
    bad.times.push_back(0);
    EXPECT_THROW(bad.check(), bad_file);
  }
}

}  // namespace
