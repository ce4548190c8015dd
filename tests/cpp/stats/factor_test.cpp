#include "tenure/stats/factor.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "customers.hpp"
#include "tenure/io/model_file.hpp"

namespace {

using namespace tenure;

class Factors : public testing::Test {
 protected:
  std::vector<std::vector<double>> keep;
  table_view x;
  void SetUp() override {
    std::vector<table_column> columns;
    for (auto& [name, text] : reference::read_columns("stats/fa_bfi25.csv"))
      keep.push_back(reference::numbers(text));
    std::size_t j = 0;
    for (const auto& [name, text] : reference::read_columns("stats/fa_bfi25.csv"))
      columns.push_back({name, keep[j++], {}, false});
    x = table_view(std::move(columns));
  }
};

// tests/reference/stats/factor_analysis_bfi25.json: stats::factanal and psych; loadings are compared in tests/python/stats/test_factor.py.
TEST_F(Factors, TestsAgreeWithR) {
  const auto m = stats::fit_factors(x, {.factors = 5, .method = stats::factor_method::ml});
  EXPECT_TRUE(m.converged);
  EXPECT_EQ(m.dof, 185);
  EXPECT_NEAR(m.kmo, 0.84864523094684, 1e-12);
  EXPECT_NEAR(m.sphericity, 18146.065577235, 1e-7);
  EXPECT_NEAR(m.eigenvalues[0], 5.13431117720727, 1e-12);
}

TEST_F(Factors, SameBitsForAnyThreads) {
  EXPECT_EQ(stats::fit_factors(x, {.factors = 3}, {.threads = 1}), stats::fit_factors(x, {.factors = 3}, {.threads = 4}));
}

TEST_F(Factors, OneFactorNeedsNoRotation) {
  const auto plain = stats::fit_factors(x, {.factors = 1, .rotation = stats::factor_rotation::none}),
             turned = stats::fit_factors(x, {.factors = 1, .rotation = stats::factor_rotation::promax});
  EXPECT_EQ(plain.loadings, turned.loadings);
}

TEST_F(Factors, ComeBackFromTheirFile) {
  const auto m = stats::fit_factors(x, {.factors = 2, .rotation = stats::factor_rotation::oblimin});
  const auto back = io::from_bytes<stats::factor_model>(io::to_bytes(m));
  EXPECT_EQ(back, m);
  EXPECT_EQ(stats::factor_scores(back, x), stats::factor_scores(m, x));
  auto broken = m;
  broken.weights = matrix(3, 2);
  EXPECT_THROW(io::from_bytes<stats::factor_model>(io::to_bytes(broken)), bad_file);
}

TEST_F(Factors, RefuseWhatTheyCannotUse) {
  EXPECT_THROW(stats::fit_factors(x, {.factors = 25}), invalid_input);
  EXPECT_THROW(stats::fit_factors(x.slice(0, 2), {}), invalid_input);
  const auto m = stats::fit_factors(x, {.factors = 2});
  EXPECT_THROW(stats::factor_scores(m, table_view({{"a", keep[0], {}, false}})), invalid_input);
}

}  // namespace
