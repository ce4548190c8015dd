#include <gtest/gtest.h>

#include <cmath>

#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"
#include "tenure/learn/calibration.hpp"
#include "tenure/learn/logistic.hpp"
#include "tenure/learn/logistic_path.hpp"

namespace {

using namespace tenure;

struct data {
  matrix x;
  std::vector<double> y;
  data(std::size_t n, std::size_t p) : x(n, p), y(n) {
    random_stream random(12);
    for (std::size_t i = 0; i < n; ++i) {
      double eta = -0.5;
      for (std::size_t j = 0; j < p; ++j) {
        x(i, j) = random.normal() + (j > 0 ? 0.5 * x(i, j - 1) : 0.0);
        if (j < 4) eta += 0.6 * x(i, j);
      }
      y[i] = random.uniform() < 1 / (1 + std::exp(-eta));
    }
  }
};

TEST(LogisticPath, EveryStepIsOptimal) {
  const data d(1500, 12);
  for (const double ratio : {1.0, 0.4, 0.0}) {
    learn::logistic_path_options options;
    options.l1_ratio = ratio, options.n_lambdas = 15, options.standardise = false, options.tolerance = 1e-9;
    const auto path = learn::fit_logistic_path(d.x, {.y = d.y}, options);
    EXPECT_TRUE(path.converged);
    for (std::size_t k = 0; k < path.lambdas.size(); ++k) {
      const auto p = learn::predict_logistic(learn::path_step(path, k), d.x);
      for (std::size_t j = 0; j < 12; ++j) {
        double g = 0;
        for (std::size_t i = 0; i < p.size(); ++i)
          g += (p[i] - d.y[i]) * d.x(i, j) / 1500;
        const double b = path.coefficients(k, j), l1 = ratio * path.lambdas[k];
        g += (1 - ratio) * path.lambdas[k] * b;
        EXPECT_LT(b == 0 ? std::abs(g) - l1 : std::abs(g + std::copysign(l1, b)), 2e-9) << ratio << " " << k << " " << j;
      }
    }
  }
}

TEST(LogisticPath, EndsAtTheUnpenalisedFitAndMeetsTheRidge) {
  const data d(1500, 6);
  learn::logistic_path_options options;
  options.lambdas = {0.01, 0.0}, options.tolerance = 1e-11;
  const auto path = learn::fit_logistic_path(d.x, {.y = d.y}, options);
  const auto plain = learn::fit_logistic(d.x, {.y = d.y});
  for (std::size_t j = 0; j < 6; ++j)
    EXPECT_NEAR(path.coefficients(1, j), plain.coefficients[j], 1e-9);
  options.lambdas = {0.02}, options.l1_ratio = 0, options.standardise = false;
  const auto ridge = learn::fit_logistic(d.x, {.y = d.y}, {.l2 = 0.02});
  const auto step = learn::path_step(learn::fit_logistic_path(d.x, {.y = d.y}, options), 0);
  for (std::size_t j = 0; j < 6; ++j)
    EXPECT_NEAR(step.coefficients[j], ridge.coefficients[j], 1e-9);
}

TEST(LogisticPath, SameBitsForAnyThreadsAndThroughAFile) {
  const data d(9000, 10);
  const auto one = learn::fit_logistic_path(d.x, {.y = d.y}, {.n_lambdas = 10});
  EXPECT_EQ(learn::fit_logistic_path(d.x, {.y = d.y}, {.n_lambdas = 10}, {.threads = 3}), one);
  EXPECT_EQ(io::from_bytes<learn::logistic_path_model>(io::to_bytes(one)), one);
  auto broken = one;
  broken.intercepts.pop_back();
  EXPECT_THROW(io::from_bytes<learn::logistic_path_model>(io::to_bytes(broken)), bad_file);
  EXPECT_THROW(learn::path_step(one, 10), invalid_input);
}

TEST(Calibration, MapsRiseAndKeepTheMean) {
  const data d(4000, 4);
  const auto p = learn::predict_logistic(learn::fit_logistic(d.x, {.y = d.y}, {.l2 = 1.0}), d.x);
  double rate = 0;
  for (const double y : d.y)
    rate += y / 4000;
  for (const auto method : {calibration_method::isotonic, calibration_method::platt, calibration_method::beta}) {
    const auto model = learn::fit_calibration(p, d.y, method);
    const auto q = learn::apply_calibration(model, p);
    double mean = 0;
    for (std::size_t i = 0; i < q.size(); ++i) {
      mean += q[i] / 4000;
      for (const std::size_t k : {i / 2, (i * 7) % 4000})
        EXPECT_LE((p[i] - p[k]) * (q[k] - q[i]), 0);
    }
    EXPECT_NEAR(mean, rate, method == calibration_method::platt ? 1e-3 : 1e-9);
    EXPECT_EQ(io::from_bytes<learn::calibration_model>(io::to_bytes(model)), model);
  }
  auto broken = learn::fit_calibration(p, d.y, calibration_method::isotonic);
  broken.from[0] = broken.from[1];
  EXPECT_THROW(io::from_bytes<learn::calibration_model>(io::to_bytes(broken)), bad_file);
}

}  // namespace
