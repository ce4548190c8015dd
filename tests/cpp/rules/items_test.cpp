#include "tenure/rules/items.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tenure/core/random.hpp"

namespace {

using namespace tenure;
using namespace tenure::rules;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

TEST(Cuts, QuantilesKeepEqualValuesTogether) {
  EXPECT_EQ(quantile_cuts(std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8}, 4), (std::vector<double>{2, 4, 6}));
  EXPECT_EQ(quantile_cuts(std::vector<double>{0, 0, 0, 0, 0, 0, 10, 20}, 4), (std::vector<double>{5}));
  EXPECT_EQ(quantile_cuts(std::vector<double>{5, nan, 5, 5}, 4), std::vector<double>{});
  EXPECT_EQ(quantile_cuts(std::vector<double>{}, 4), std::vector<double>{});
  EXPECT_EQ(quantile_cuts(std::vector<double>{0.123456, 0.129, 0.7, 0.71}, 2), (std::vector<double>{0.4}));
  EXPECT_EQ(quantile_cuts(std::vector<double>{-inf, 1, 2, inf}, 2), (std::vector<double>{1}));
  EXPECT_THROW(quantile_cuts(std::vector<double>{1}, 1), invalid_input);
}

TEST(Cuts, SupervisedFollowTheOutcome) {
  std::vector<double> x;
  std::vector<std::uint8_t> y, noise;
  random_stream random(4);
  for (int i = 0; i < 600; ++i) {
    x.push_back(i);
    y.push_back(i < 200 || i >= 500);
    noise.push_back(random.uniform() < 0.5);
  }
  const auto cuts = supervised_cuts(x, y);
  ASSERT_EQ(cuts.size(), 2U);
  EXPECT_TRUE(cuts[0] >= 199 && cuts[0] < 200) << cuts[0];
  EXPECT_TRUE(cuts[1] >= 499 && cuts[1] < 500) << cuts[1];
  EXPECT_TRUE(supervised_cuts(x, noise).empty());
  EXPECT_THROW(supervised_cuts(x, std::vector<std::uint8_t>{1}), invalid_input);
}

/// Fayyad and Irani's criterion, by hand: 8 values, one class below and one above: gain 1 bit > (log2(7) + log2(7) - 2) / 8.
TEST(Cuts, SupervisedAcceptAPerfectSplit) {
  EXPECT_EQ(supervised_cuts(std::vector<double>{1, 2, 3, 4, 11, 12, 13, 14}, std::vector<std::uint8_t>{0, 0, 0, 0, 1, 1, 1, 1}), (std::vector<double>{8}));
}

TEST(Items, TableToBaskets) {
  const std::vector<double> calls{1, 2, nan, 4}, constant{7, 7, 7, 7};
  const std::vector<std::int32_t> plan{0, 1, -1, 0};
  const std::vector<std::uint8_t> paperless{1, 0, 1, 1};
  const table_view table(
      {{"calls", calls, {}, false}, {"constant", constant, {}, false}, {"plan", plan, {"gold", "basic"}, true}, {"paperless", paperless, {}, false}});
  const item_coding coding = fit_items(table, {}, {.bins = 2});
  coding.check();
  const transactions baskets = encode_items(coding, table);
  EXPECT_EQ(baskets.names, (std::vector<std::string>{"calls <= 1", "calls > 1", "plan = gold", "plan = basic", "paperless"}));
  EXPECT_EQ(baskets.items, (std::vector<std::int32_t>{0, 2, 4, 1, 3, 4, 1, 2, 4}));
  EXPECT_EQ(baskets.offsets, (std::vector<std::int64_t>{0, 3, 5, 6, 9}));
}

TEST(Items, NewTablesAreReadByNameAndUnseenLevelsAreNoItems) {
  const std::vector<double> calls{1, 2, 3, 4, 5, 6};
  const std::vector<std::int32_t> plan{0, 1, 0, 1, 0, 1};
  const item_coding coding = fit_items(table_view({{"calls", calls, {}, false}, {"plan", plan, {"gold", "basic"}, true}}), {}, {.bins = 3});
  const std::vector<double> more{-inf, inf};
  const std::vector<std::int32_t> other{0, 1};
  const transactions baskets = encode_items(coding, table_view({{"plan", other, {"new", "basic"}, true}, {"calls", more, {}, false}}));
  EXPECT_EQ(baskets.names[1], "2 < calls <= 4");
  EXPECT_EQ(baskets.items, (std::vector<std::int32_t>{0, 2, 4}));
  EXPECT_EQ(baskets.offsets, (std::vector<std::int64_t>{0, 1, 3}));
}

TEST(Items, DamagedCodingsAreRefused) {
  item_coding coding{{{"a", false, {}}}, {{1, 2}}, {0}};
  coding.check();
  for (const auto& cuts : {std::vector<double>{2, 1}, {1, 1}, {nan}}) {
    coding.cuts = {cuts};
    EXPECT_THROW(coding.check(), bad_file);
  }
  coding = {{{"a", true, {"x"}}}, {{1}}, {0}};
  EXPECT_THROW(coding.check(), bad_file);
  coding = {{{"a", true, {"x"}}}, {}, {0}};
  EXPECT_THROW(coding.check(), bad_file);
}

TEST(Trends, LeastSquaresLineRelativeToItsStart) {
  const matrix two(3, 2, {100, 80, 50, 75, 0, 10});
  const auto change = relative_trends(two);
  EXPECT_NEAR(change[0], -0.2, 1e-15);
  EXPECT_NEAR(change[1], 0.5, 1e-15);
  EXPECT_EQ(change[2], inf);
  const matrix four(4, 4, {10, 8, 6, 4, 10, nan, 6, 4, nan, nan, 3, nan, 0, 0, 0, 0});
  const auto trend = relative_trends(four);
  EXPECT_NEAR(trend[0], -0.6, 1e-15);
  EXPECT_NEAR(trend[1], -0.6, 1e-14);
  EXPECT_TRUE(std::isnan(trend[2]));
  EXPECT_TRUE(std::isnan(trend[3]));
  EXPECT_THROW(relative_trends(matrix(2, 1)), invalid_input);
  EXPECT_THROW(relative_trends(matrix(1, 2, {1, inf})), invalid_input);
}

}  // namespace
