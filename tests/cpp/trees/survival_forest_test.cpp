#include <gtest/gtest.h>

#include <cmath>

#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"
#include "tenure/survival/random_forest.hpp"

namespace {

using namespace tenure;

struct customers {
  matrix x;
  std::vector<double> time, event;
  survival::outcome y() const { return {.time = time, .event = event}; }
};

customers simulated(std::size_t n, std::uint64_t seed) {
  random_stream random(seed);
  customers c{matrix(n, 3), {}, {}};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < 3; ++j)
      c.x(i, j) = random.normal();
    const double stay = 20 * random.exponential() * std::exp(-c.x(i, 0)), seen = 60 * random.uniform();
    c.time.push_back(std::ceil(std::min(stay, seen)));
    c.event.push_back(stay <= seen ? 1 : 0);
  }
  return c;
}

TEST(SurvivalForest, OneLeafIsTheNelsonAalenCurve) {
  const customers c = simulated(200, 1);
  const auto model = survival::fit_random_forest(c.x, c.y(), {.n_estimators = 1, .max_depth = 1, .min_samples_leaf = 150, .bootstrap = false});
  ASSERT_EQ(model.trees.nodes.size(), 1U);
  const std::vector<double> times{0, 3.5, 10, 30, 100};
  const auto hazard = survival::predict_cumulative_hazard(model, c.x, times);
  for (std::size_t k = 0; k < times.size(); ++k) {
    double expected = 0;
    for (double t = 1; t <= times[k] && t <= 60; ++t) {
      double at_risk = 0, events = 0;
      for (std::size_t i = 0; i < 200; ++i) {
        at_risk += c.time[i] >= t;
        events += c.time[i] == t && c.event[i] == 1;
      }
      if (events > 0) expected += events / at_risk;
    }
    EXPECT_NEAR(hazard(17, k), expected, 1e-6);
  }
}

TEST(SurvivalForest, AnyNumberOfThreadsAndTheFileGiveTheSameModel) {
  const customers c = simulated(3000, 2);
  const auto one = survival::fit_random_forest(c.x, c.y(), {.n_estimators = 6});
  EXPECT_TRUE(survival::fit_random_forest(c.x, c.y(), {.n_estimators = 6}, {.threads = 4}) == one);
  EXPECT_TRUE(io::from_bytes<survival::random_forest_model>(io::to_bytes(one)) == one);
  auto bad = one;
  bad.hazard_time[0] = 255;
  bad.times.resize(10);
  EXPECT_THROW(bad.check(), bad_file);
  const auto outside = survival::out_of_bag_risk(one, c.x, c.y());
  std::size_t unseen = 0;
  for (const double r : outside)
    unseen += std::isnan(r);
  EXPECT_NEAR(static_cast<double>(unseen) / 3000, std::pow(1 - std::exp(-1), 6), 0.03);
}

}  // namespace
