#include "tenure/numeric/elementary.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace {

using namespace tenure;

TEST(Elementary, ExpIsWithinOneUnitOfTheLibrary) {
  for (double x = -707.9; x < 709; x += 0.0137) {
    double y;
    numeric::exp_block(&x, 1, &y);
    ASSERT_NEAR(y / static_cast<double>(std::exp(static_cast<long double>(x))), 1.0, 2.3e-16) << x;
  }
}

TEST(Elementary, ExpIsClampedAtTheEnds) {
  const std::vector<double> x{-INFINITY, -800, -708, 709, 800, INFINITY};
  std::vector<double> y(x.size());
  numeric::exp_block(x.data(), x.size(), y.data());
  EXPECT_GT(y[0], 0);
  EXPECT_EQ(y[0], y[2]);
  EXPECT_EQ(y[5], y[3]);
  EXPECT_TRUE(std::isfinite(y[5]));
}

TEST(Elementary, LogisticTermsAreAccurateInBothTails) {
  for (double eta = -60; eta < 60; eta += 0.0173) {
    double mean, loss, mean_alone, loss_alone;
    numeric::logistic_block(&eta, 1, &mean, &loss);
    numeric::logistic_block(&eta, 1, &mean_alone, nullptr);
    numeric::logistic_block(&eta, 1, nullptr, &loss_alone);
    const long double e = std::exp(static_cast<long double>(-std::abs(eta)));
    const long double expected_loss = std::log1p(e) + (eta > 0 ? static_cast<long double>(eta) : 0.0L);
    ASSERT_NEAR(mean / static_cast<double>((eta < 0 ? e : 1) / (1 + e)), 1.0, 5e-16) << eta;
    ASSERT_NEAR(loss / static_cast<double>(expected_loss), 1.0, 5e-16) << eta;
    ASSERT_EQ(mean, mean_alone);
    ASSERT_EQ(loss, loss_alone);
  }
}

TEST(Elementary, SameBitsAtAnyPositionInTheBlock) {
  std::vector<double> eta(37), mean(37), loss(37);
  for (std::size_t i = 0; i < eta.size(); ++i)
    eta[i] = 0.731 * static_cast<double>(i) - 11;
  numeric::logistic_block(eta.data(), eta.size(), mean.data(), loss.data());
  for (std::size_t i = 0; i < eta.size(); ++i) {
    double m, l;
    numeric::logistic_block(&eta[i], 1, &m, &l);
    EXPECT_EQ(m, mean[i]);
    EXPECT_EQ(l, loss[i]);
  }
}

}  // namespace
