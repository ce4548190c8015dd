#include <gtest/gtest.h>

#include <cmath>

#include "tenure/core/random.hpp"
#include "tenure/survival/cox.hpp"
#include "tenure/survival/cox_path.hpp"

namespace {

using namespace tenure;
using namespace tenure::survival;
using numbers = std::vector<double>;

struct sample {
  matrix x;
  numbers time, event, stratum;

  sample(std::size_t n, std::size_t copies, double whole) : x(n * copies, 3) {
    random_stream random(11);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < 3; ++j)
        x(i, j) = random.normal();
      const double t = random.exponential() * std::exp(-0.7 * x(i, 0) + 0.2 * x(i, 1)) * 20;
      time.push_back(whole > 0 ? std::ceil(t / whole) : t);
      event.push_back(static_cast<double>(random.below(10) < 6));
    }
    for (std::size_t i = n; i < n * copies; ++i) {
      std::copy(x.row(i - n), x.row(i - n) + 3, x.row(i));
      time.push_back(time[i - n]);
      event.push_back(event[i - n]);
    }
    for (std::size_t i = 0; i < n * copies; ++i)
      stratum.push_back(static_cast<double>(i / n));
  }
};

class CoxStream : public testing::TestWithParam<std::tuple<std::size_t, double>> {};

// Strata that repeat the same rows estimate the same coefficients with a fraction of the variance, wherever the stream is cut into chunks.
TEST_P(CoxStream, RepeatedStrataChangeNothing) {
  const auto [n, whole] = GetParam();
  constexpr std::size_t copies = 3;
  const sample one(n, 1, whole), all(n, copies, whole);
  const auto a = fit_cox(one.x, {one.time, one.event});
  const auto b = fit_cox(all.x, {all.time, all.event}, {}, {.strata = all.stratum});
  ASSERT_TRUE(a.converged && b.converged);
  EXPECT_NEAR(b.log_likelihood, copies * a.log_likelihood, 1e-9 * std::abs(b.log_likelihood));
  for (std::size_t j = 0; j < 3; ++j) {
    EXPECT_NEAR(b.coef[j], a.coef[j], 1e-8);
    for (std::size_t k = 0; k < 3; ++k)
      EXPECT_NEAR(b.covariance(j, k) * copies, a.covariance(j, k), 1e-8 * a.covariance(j, j));
  }
}

// Chunks of the stream hold runs of ties of every density: few groups, some tied, none tied.
TEST_P(CoxStream, OrderOfRowsAndThreadsChangeNothing) {
  const auto [n, whole] = GetParam();
  const sample one(n, 1, whole);
  matrix x(n, 3);
  numbers time, event;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t from = n - 1 - i;
    std::copy(one.x.row(from), one.x.row(from) + 3, x.row(i));
    time.push_back(one.time[from]);
    event.push_back(one.event[from]);
  }
  const auto a = fit_cox(one.x, {one.time, one.event}), b = fit_cox(x, {time, event});
  EXPECT_TRUE(a == fit_cox(one.x, {one.time, one.event}, {}, {}, {.threads = 3}));
  for (std::size_t j = 0; j < 3; ++j) {
    EXPECT_NEAR(b.coef[j], a.coef[j], 1e-9);
    EXPECT_NEAR(b.covariance(j, j), a.covariance(j, j), 1e-9 * a.covariance(j, j));
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, CoxStream, testing::Combine(testing::Values(300, 1024, 4096, 5000), testing::Values(0.0, 0.01, 0.1, 3.0)));

}  // namespace
