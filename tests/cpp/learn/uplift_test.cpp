#include <gtest/gtest.h>

#include <cmath>

#include "tenure/core/random.hpp"
#include "tenure/evaluate/uplift.hpp"
#include "tenure/io/model_file.hpp"
#include "tenure/learn/uplift_forest.hpp"

namespace {

using namespace tenure;

struct trial {
  matrix x;
  std::vector<double> y, treatment, truth;
};

/// The first column decides whether the offer works; the second raises the rate of both groups; the third is noise.
trial simulated(std::size_t n, std::uint64_t seed) {
  random_stream random(seed);
  trial t{matrix(n, 3), {}, {}, {}};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < 3; ++j)
      t.x(i, j) = random.uniform();
    t.truth.push_back(t.x(i, 0) > 0.6 ? 0.3 : 0.0);
    t.treatment.push_back(random.uniform() < 0.5 ? 1 : 0);
    t.y.push_back(random.uniform() < 0.2 + 0.3 * t.x(i, 1) + t.treatment[i] * t.truth[i] ? 1 : 0);
  }
  return t;
}

TEST(UpliftForest, SplitsWhereTheEffectChanges) {
  const trial t = simulated(20'000, 1);
  for (const auto criterion : {learn::uplift_criterion::kl, learn::uplift_criterion::euclidean, learn::uplift_criterion::chi_squared}) {
    const auto model =
        learn::fit_uplift_forest(t.x, t.y, t.treatment, {.n_estimators = 1, .criterion = criterion, .max_depth = 1, .max_features = 3, .bootstrap = false});
    const auto nodes = trees::summarise(model.trees, 0);
    ASSERT_EQ(nodes.size(), 3U);
    EXPECT_EQ(nodes[0].feature, 0);
    EXPECT_NEAR(nodes[0].threshold, 0.6, 0.02);
    EXPECT_NEAR(nodes[1].value, 0.0, 0.03);
    EXPECT_NEAR(nodes[2].value, 0.3, 0.03);
  }
}

TEST(UpliftForest, ThreadsFilesAndRowsAgree) {
  const trial t = simulated(3000, 2);
  const learn::uplift_forest_options options{.n_estimators = 8, .honest = true};
  const auto model = learn::fit_uplift_forest(t.x, t.y, t.treatment, options);
  EXPECT_EQ(learn::fit_uplift_forest(t.x, t.y, t.treatment, options, {.threads = 3}), model);
  EXPECT_EQ(io::from_bytes<learn::uplift_forest_model>(io::to_bytes(model)), model);
  const auto all = learn::predict_uplift(model, t.x);
  for (std::size_t i = 0; i < 100; ++i)
    EXPECT_NEAR(learn::predict_uplift_row(model, {t.x.row(i), 3}), all[i], 1e-14);
  auto wrong = model;
  wrong.trees.values[0] = 1.5;
  EXPECT_THROW(wrong.check(), bad_file);
}

TEST(UpliftCurves, HandCalculation) {
  const std::vector<double> y{1, 0, 1, 0, 1, 0}, uplift{3, 3, 2, 2, 1, 1}, treatment{1, 0, 1, 1, 0, 0};
  const auto curve = evaluate::uplift_curve({y, uplift, treatment});
  EXPECT_EQ(curve.share, (std::vector<double>{0, 2. / 6, 4. / 6, 1}));
  EXPECT_NEAR(curve.gain[1], (1. / 1 - 0. / 1) * 2 / 6, 1e-15);
  EXPECT_NEAR(curve.gain[2], (2. / 3 - 0.) * 4 / 6, 1e-15);
  EXPECT_NEAR(curve.gain[3], 2. / 3 - 1. / 3, 1e-15);
  const auto qini = evaluate::qini_curve({y, uplift, treatment});
  EXPECT_NEAR(qini.gain[2], 2. / 3, 1e-15);
  EXPECT_NEAR(qini.gain[3], (2 - 1 * 3. / 3) / 3, 1e-15);
  const double area = (qini.gain[1] / 2 + (qini.gain[1] + qini.gain[2]) / 2 + (qini.gain[2] + qini.gain[3]) / 2) / 3;
  EXPECT_NEAR(evaluate::qini_score({y, uplift, treatment}).value, area - qini.gain[3] / 2, 1e-15);
}

TEST(UpliftCurves, ARankingThatSaysNothingScoresZero) {
  const trial t = simulated(4000, 3);
  const std::vector<double> same(t.y.size(), 1.0);
  EXPECT_EQ(evaluate::qini_score({t.y, same, t.treatment}).value, 0.0);
  const auto truth = evaluate::qini_score({t.y, t.truth, t.treatment}, {.n_bootstrap = 50}),
             again = evaluate::qini_score({t.y, t.truth, t.treatment}, {.n_bootstrap = 50}, {.threads = 2});
  EXPECT_GT(truth.lower, 0.0);
  EXPECT_EQ(truth.std_error, again.std_error);
}

}  // namespace
