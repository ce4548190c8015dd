#include "tenure/stats/correlation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "customers.hpp"
#include "tenure/core/random.hpp"

namespace {

using namespace tenure;
using stats::correlation_method;

// tests/reference/stats/stats.json: R 4.2.2 cor.test(exact = FALSE) on stats_customers.csv.
class OnCustomers : public testing::Test {
 protected:
  std::map<std::string, std::vector<std::string>> data = reference::read_columns("stats/stats_customers.csv");
  std::vector<double> column(const std::string& name) { return reference::numbers(data[name]); }
};

TEST_F(OnCustomers, PearsonAgreesWithR) {
  const auto e = stats::correlation(column("tickets"), column("satisfaction"));
  EXPECT_NEAR(e.estimate, -0.295302055485543, 1e-13);
  EXPECT_NEAR(e.lower, -0.380243960441583, 1e-13);
  EXPECT_NEAR(e.upper, -0.205420274236692, 1e-13);
  EXPECT_NEAR(e.statistic, -6.31927974140665, 1e-11);
  EXPECT_NEAR(e.p_value / 6.74188206773294e-10, 1, 1e-9);
  EXPECT_EQ(e.n, 420U);
}

TEST_F(OnCustomers, RankCorrelationsAgreeWithR) {
  const auto s = stats::correlation(column("tenure"), column("tickets"), {correlation_method::spearman});
  EXPECT_NEAR(s.estimate, 0.135970483062038, 1e-13);
  EXPECT_NEAR(s.p_value, 0.00525073540283306, 1e-13);
  const auto k = stats::correlation(column("tenure"), column("tickets"), {correlation_method::kendall});
  EXPECT_NEAR(k.estimate, 0.100256871113444, 1e-13);
  EXPECT_NEAR(k.statistic, 2.76514060270756, 1e-12);
  EXPECT_NEAR(k.p_value, 0.00568982651115683, 1e-14);
  const auto both_tied = stats::correlation(column("tickets"), column("satisfaction"), {correlation_method::kendall});
  EXPECT_NEAR(both_tied.estimate, -0.239860457026107, 1e-13);
  EXPECT_NEAR(both_tied.statistic, -5.9477595712241, 1e-12);
}

TEST_F(OnCustomers, PointBiserialAgreesWithR) {
  const auto e = stats::correlation(column("churn"), column("charge"), {correlation_method::point_biserial});
  EXPECT_NEAR(e.estimate, 0.180084440106437, 1e-13);
  EXPECT_NEAR(e.p_value, 0.000207252229406192, 1e-15);
  EXPECT_THROW(stats::correlation(column("charge"), column("tenure"), {correlation_method::point_biserial}), invalid_input);
}

std::vector<table_column> random_columns(std::size_t n, std::size_t p, bool missing, std::vector<std::vector<double>>& keep) {
  random_stream random(7);
  keep.assign(p, std::vector<double>(n));
  std::vector<table_column> columns;
  for (std::size_t j = 0; j < p; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      keep[j][i] = j == 0 ? static_cast<double>(random.below(6)) : 1e6 + random.normal() + 0.5 * keep[0][i];
      if (missing && j % 2 == 1 && random.below(10) == 0) keep[j][i] = NAN;
    }
    columns.push_back({"c" + std::to_string(j), keep[j], {}, false});
  }
  return columns;
}

TEST(CorrelationMatrix, EqualsThePairs) {
  for (const bool missing : {false, true}) {
    std::vector<std::vector<double>> keep;
    const table_view x(random_columns(700, 4, missing, keep));
    for (const auto method : {correlation_method::pearson, correlation_method::spearman, correlation_method::kendall}) {
      const auto table = stats::correlation_matrix(x, {method});
      for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_DOUBLE_EQ(table.estimate(i, i), 1);
        for (std::size_t j = 0; j < i; ++j) {
          const auto e = stats::correlation(x[i].values, x[j].values, {method});
          EXPECT_NEAR(table.estimate(i, j), e.estimate, 1e-9) << i << j;
          EXPECT_NEAR(table.lower(i, j), e.lower, 1e-9);
          EXPECT_NEAR(table.p_value(j, i), e.p_value, 1e-9);
          EXPECT_EQ(table.n(i, j), static_cast<double>(e.n));
        }
      }
    }
  }
}

TEST(CorrelationMatrix, SameBitsForAnyThreads) {
  std::vector<std::vector<double>> keep;
  const table_view x(random_columns(60000, 5, true, keep));
  for (const auto method : {correlation_method::pearson, correlation_method::spearman, correlation_method::kendall})
    EXPECT_EQ(stats::correlation_matrix(x, {method}, {.threads = 1}).estimate, stats::correlation_matrix(x, {method}, {.threads = 4}).estimate);
}

TEST(CorrelationStatistics, AnySplitSameAnswer) {
  std::vector<std::vector<double>> keep;
  const table_view x(random_columns(5000, 4, true, keep));
  stats::correlation_statistics whole, left, right;
  whole.add(x);
  right.add(x.slice(1234, 5000));
  left.add(x.slice(0, 3));
  left.add(x.slice(3, 1234));
  right.merge(left);
  const auto a = whole.finish(), b = right.finish();
  EXPECT_EQ(a.n, b.n);
  for (std::size_t k = 0; k < 16; ++k)
    EXPECT_NEAR(a.estimate.values()[k], b.estimate.values()[k], 1e-9);
}

TEST(Correlation, KendallEqualsItsDefinition) {
  random_stream random(3);
  std::vector<double> x(300), y(300);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<double>(random.below(40)), y[i] = static_cast<double>(random.below(9)) + 0.2 * x[i];
  double score = 0, tx = 0, ty = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const double a = x[i] - x[j], b = y[i] - y[j];
      score += (a * b > 0) - (a * b < 0);
      tx += a != 0;
      ty += b != 0;
    }
  EXPECT_NEAR(stats::correlation(x, y, {correlation_method::kendall}).estimate, score / std::sqrt(tx * ty), 1e-14);
}

TEST(Correlation, EdgesAreDefined) {
  const std::vector<double> x{1, 2, 3, 4, 5}, constant(5, 7.0), inf{1, 2, INFINITY, 4, 5}, gone(5, NAN);
  EXPECT_TRUE(std::isnan(stats::correlation(x, constant).estimate));
  EXPECT_TRUE(std::isnan(stats::correlation(x, gone).estimate));
  EXPECT_EQ(stats::correlation(x, gone).n, 0U);
  EXPECT_EQ(stats::correlation(x, x).p_value, 0);
  EXPECT_DOUBLE_EQ(stats::correlation(x, x, {correlation_method::kendall}).estimate, 1);
  EXPECT_THROW(stats::correlation(x, inf), invalid_input);
  EXPECT_THROW(stats::correlation(x, std::vector<double>{1, 2}), invalid_input);
  EXPECT_THROW(stats::correlation(x, x, {correlation_method::pearson, 1.5}), invalid_input);
  const std::vector<double> big(5, 1e9 + 0.1);
  const auto table = stats::correlation_matrix(table_view({{"a", x, {}, false}, {"b", big, {}, false}}));
  EXPECT_TRUE(std::isnan(table.estimate(0, 1)));
}

}  // namespace
