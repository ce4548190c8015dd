#include "tenure/alert/stability.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tenure/core/random.hpp"

namespace {

using namespace tenure;
using numbers = std::vector<double>;

TEST(Stability, ByHand) {
  const auto r = alert::population_stability_index(numbers{50, 50}, numbers{70, 30});
  EXPECT_DOUBLE_EQ(r.psi, 0.2 * std::log(1.4) + 0.2 * std::log(5.0 / 3));
  EXPECT_NEAR(r.bound, 0.02 * 3.841458820694124, 1e-14);
  EXPECT_EQ(r.dof, 1);
  EXPECT_EQ(r.least_expected, 40);
}

TEST(Stability, AnEmptyCellCountsAHalfAndOneEmptyOnBothSidesNothing) {
  const auto r = alert::population_stability_index(numbers{6, 4, 0, 0}, numbers{5, 0, 5, 0});
  EXPECT_EQ(r.dof, 2);
  EXPECT_EQ(r.corrected, 2);
  EXPECT_DOUBLE_EQ(r.expected[2], 0.5 / 10.5);
  EXPECT_DOUBLE_EQ(r.actual[1], 0.5 / 10.5);
  EXPECT_EQ(r.contribution[3], 0);
  double psi = 0;
  for (const double c : r.contribution)
    psi += c;
  EXPECT_DOUBLE_EQ(r.psi, psi);
}

TEST(Stability, MissingValuesAreABin) {
  const numbers then{1, 2, 3, 4, NAN}, now{1, 2, NAN, NAN};
  const auto r = alert::population_stability_index(numeric_column(then), numeric_column(now), {.bins = 2});
  EXPECT_EQ(r.borders, (numbers{2.5}));
  EXPECT_EQ(r.missing_expected, 1);
  EXPECT_EQ(r.missing_actual, 2);
  EXPECT_EQ(r.expected.size(), 3u);
  EXPECT_EQ(r.n_actual, 4);
}

TEST(Stability, AnyMachineTypeAndOrderGiveTheSame) {
  random_stream random(7);
  std::vector<std::int16_t> then, now;
  for (int i = 0; i < 500; ++i)
    then.push_back(static_cast<std::int16_t>(random.below(40))), now.push_back(static_cast<std::int16_t>(random.below(50)));
  const auto psi = alert::population_stability_index(then, now).psi;
  random.shuffle(then.data(), then.size());
  EXPECT_EQ(alert::population_stability_index(then, numbers(now.begin(), now.end())).psi, psi);
  EXPECT_EQ(alert::population_stability_index(then, then).psi, 0);
}

TEST(Stability, RefusesWhatHasNoAnswer) {
  EXPECT_THROW(alert::population_stability_index(numeric_column(numbers{}), numeric_column(numbers{1})), invalid_input);
  EXPECT_THROW(alert::population_stability_index(numbers{1, 2}, numbers{1}), invalid_input);
  EXPECT_THROW(alert::population_stability_index(numbers{1, -2}, numbers{1, 1}), invalid_input);
  EXPECT_THROW(alert::population_stability_index(numbers{0, 0}, numbers{1, 1}), invalid_input);
  EXPECT_THROW(alert::population_stability_index(numeric_column(numbers{1, INFINITY}), numeric_column(numbers{1})), invalid_input);
}

}  // namespace
