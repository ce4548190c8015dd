#include "tenure/stats/proportion.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "stats/csv.hpp"

namespace {

using namespace tenure;

// R prints 16 digits; where a bound is 0 the formulas leave rounding behind.
constexpr double digits = 2e-14;

TEST(Proportion, AgreesWithRInEveryMethod) {
  const auto rows = reference::read_rows("stats/proportions.csv");
  ASSERT_EQ(rows.size(), 7 * 7 * 3);
  for (const auto& row : rows) {
    const auto method = enum_from_name<stats::proportion_method>("method", row.text("method"));
    const auto ci = stats::proportion_ci(row.number("x"), row.number("n"), row.number("level"), method);
    EXPECT_NEAR(ci.lower, row.number("lower"), digits) << row.text("method") << " of " << row.text("x") << "/" << row.text("n");
    EXPECT_NEAR(ci.upper, row.number("upper"), digits) << row.text("method") << " of " << row.text("x") << "/" << row.text("n");
  }
}

TEST(Proportion, ColumnsGiveTheSameAndNameTheRow) {
  const std::vector<double> x{0, 7, 50}, n{20, 50, 50};
  const auto all = stats::proportion_ci(x, n, 0.9);
  for (std::size_t i = 0; i < x.size(); ++i)
    EXPECT_EQ((stats::interval{all.lower[i], all.upper[i]}), stats::proportion_ci(x[i], n[i], 0.9));
  try {
    stats::proportion_ci(std::vector<double>{1, 60}, std::vector<double>{50, 50});
    FAIL();
  } catch (const invalid_input& e) {
    EXPECT_STREQ(e.what(), "successes = 60 in row 1: must be in [0, trials = 50]");
  }
}

TEST(Proportion, ScoreIntervalsStayInsideAndMeetTheEnds) {
  for (const auto method : {stats::proportion_method::wilson, stats::proportion_method::clopper_pearson, stats::proportion_method::jeffreys}) {
    EXPECT_EQ(stats::proportion_ci(0, 1e9, 0.999, method).lower, 0);
    EXPECT_EQ(stats::proportion_ci(1e9, 1e9, 0.999, method).upper, 1);
    for (double x = 0; x <= 30; ++x) {
      const auto ci = stats::proportion_ci(x, 30, 0.95, method), mirror = stats::proportion_ci(30 - x, 30, 0.95, method);
      EXPECT_LE(ci.lower, x / 30);
      EXPECT_GE(ci.upper, x / 30);
      EXPECT_NEAR(ci.lower, 1 - mirror.upper, 1e-14);
    }
  }
}

TEST(Proportion, PoissonIntervalsAgreeWithR) {
  for (const auto& row : reference::read_rows("stats/poisson.csv")) {
    const auto ci = stats::poisson_ci(row.number("x"), row.number("exposure"), row.number("level"));
    EXPECT_NEAR(ci.lower, row.number("lower"), 1e-13 * row.number("x"));
    EXPECT_NEAR(ci.upper / row.number("upper"), 1, 1e-13);
  }
  const auto ratio = stats::poisson_ratio_ci(369, 184);  // R poisson.test(c(369, 184))
  EXPECT_NEAR(ratio.lower, 1.675790072914873, 1e-12);
  EXPECT_NEAR(ratio.upper, 2.406705654494553, 1e-12);
  EXPECT_EQ(stats::poisson_ratio_ci(0, 5).lower, 0);
  EXPECT_TRUE(std::isinf(stats::poisson_ratio_ci(5, 0).upper));
}

TEST(Proportion, EqualWeightsOfFayAndFeuerAreGarwood) {
  const auto weighted = stats::weighted_poisson_ci(62 * 0.001, 62 * 0.001 * 0.001, 0.001), plain = stats::poisson_ci(62, 1000);
  EXPECT_NEAR(weighted.lower, plain.lower, 1e-15);
  EXPECT_NEAR(weighted.upper, plain.upper, 1e-15);
}

TEST(Proportion, ComparisonsAgreeWithR) {
  for (const auto& row : reference::read_rows("stats/two_proportions.csv")) {
    const double x1 = row.number("x1"), n1 = row.number("n1"), x2 = row.number("x2"), n2 = row.number("n2");
    const auto difference = stats::difference_ci(x1, n1, x2, n2), ratio = stats::ratio_ci(x1, n1, x2, n2);
    EXPECT_NEAR(difference.lower, row.number("lower"), digits);
    EXPECT_NEAR(difference.upper, row.number("upper"), digits);
    EXPECT_NEAR(ratio.lower, row.number("ratio_lower"), 1e-13);
    if (std::isinf(row.number("ratio_upper"))) {
      EXPECT_TRUE(std::isinf(ratio.upper));
    } else {
      EXPECT_NEAR(ratio.upper, row.number("ratio_upper"), 1e-12);
    }
    EXPECT_NEAR(stats::difference_p(x1, n1, x2, n2), row.number("p_value"), 1e-12);
    EXPECT_EQ(stats::difference_p(x1, n1, x2, n2), stats::difference_p(x2, n2, x1, n1));
  }
  EXPECT_TRUE(std::isnan(stats::difference_p(0, 10, 0, 20)));
}

TEST(Proportion, RefusesWhatIsNoCount) {
  EXPECT_THROW(stats::proportion_ci(-1, 10), invalid_input);
  EXPECT_THROW(stats::proportion_ci(11, 10), invalid_input);
  EXPECT_THROW(stats::proportion_ci(0, 0), invalid_input);
  EXPECT_THROW(stats::proportion_ci(std::nan(""), 10), invalid_input);
  EXPECT_THROW(stats::proportion_ci(1, 10, 1.0), invalid_input);
  EXPECT_THROW(stats::poisson_ci(1, 0), invalid_input);
  try {
    stats::proportion_ci(11, 10);
    FAIL();
  } catch (const invalid_input& e) {
    EXPECT_STREQ(e.what(), "successes = 11: must be <= trials = 10");
  }
}

}  // namespace
