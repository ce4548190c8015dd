#include "tenure/numeric/distributions.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace {

using namespace tenure;

// Values printed by R 4.2.2 with 16 digits: pnorm, qnorm, pchisq, pt, pf, pgamma, qbeta, ppois, dhyper.
TEST(Distributions, AgreeWithR) {
  EXPECT_NEAR(numeric::normal_cdf(1.5), 0.9331927987311419, 1e-15);
  EXPECT_NEAR(numeric::normal_sf(10) / 7.619853024160527e-24, 1, 1e-13);
  EXPECT_NEAR(numeric::normal_quantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(numeric::chi_squared_sf(3.841458820694124, 1), 0.05, 1e-14);
  EXPECT_NEAR(numeric::student_t_sf(2, 10), 0.0366940173853702, 1e-14);
  EXPECT_NEAR(numeric::fisher_f_sf(3, 2, 20), 0.07253815028640563, 1e-13);
  EXPECT_NEAR(numeric::gamma_cdf(2, 3, 1), 0.3233235838169366, 1e-14);
  EXPECT_NEAR(numeric::beta_quantile(0.025, 3, 8), 0.06673951117773447, 1e-14);
  EXPECT_NEAR(numeric::poisson_cdf(3, 2.5), 0.7575761331330659, 1e-14);
  EXPECT_NEAR(numeric::hypergeometric_pmf(2, 5, 4, 20), 0.2167182662538699, 1e-13);
}

TEST(Distributions, EndsOfTheSupport) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(numeric::chi_squared_sf(0, 3), 1);
  EXPECT_EQ(numeric::chi_squared_sf(inf, 3), 0);
  EXPECT_EQ(numeric::beta_cdf(1, 2, 3), 1);
  EXPECT_EQ(numeric::binomial_cdf(5, 5, 0.3), 1);
  EXPECT_EQ(numeric::poisson_sf(-1, 2), 1);
  EXPECT_EQ(numeric::normal_quantile(0), -inf);
  EXPECT_TRUE(std::isnan(numeric::student_t_cdf(std::nan(""), 3)));
  EXPECT_THROW(numeric::chi_squared_sf(1, -1), numeric_failure);
}

}  // namespace
