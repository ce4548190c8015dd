#include "tenure/survival/cox_path.hpp"

#include <gtest/gtest.h>

#include "reference.hpp"
#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"
#include "tenure/survival/cox.hpp"

namespace {

using namespace tenure;
using namespace tenure::survival;
using reference::expect_close;
using reference::numbers;

struct path_case {
  const char *name, *time, *event;
  double l1_ratio;
};
class CoxPathReference : public testing::TestWithParam<path_case> {};

TEST_P(CoxPathReference, MatchesGlmnet) {
  const path_case& c = GetParam();
  const reference::json_case ref(c.name);
  const reference::csv data(ref.data());
  std::vector<table_column> cols;
  numbers sd;
  for (const auto& name : ref.texts("names")) {
    cols.push_back({name, data[name], {}, false});
    double mean = 0, square = 0;
    for (const double v : data[name])
      mean += v / static_cast<double>(data.rows);
    for (const double v : data[name])
      square += (v - mean) * (v - mean) / static_cast<double>(data.rows);
    sd.push_back(std::sqrt(square));
  }
  const outcome y{data[c.time], data[c.event]};
  const auto made = fit_cox_path(table_view(cols), y, {.l1_ratio = c.l1_ratio, .lambdas = 30, .smallest = 0.01});
  for (std::size_t l = 0; l < ref.at("lambda").size(); ++l)
    EXPECT_NEAR(made.lambda[l], ref.at("lambda")[l], 1e-7 * made.lambda[l]);
  const auto path = fit_cox_path(table_view(cols), y, {.l1_ratio = c.l1_ratio, .lambda = ref.at("lambda"), .tolerance = 1e-9});
  EXPECT_TRUE(path.converged);
  for (std::size_t l = 0; l < path.lambda.size(); ++l) {
    for (std::size_t j = 0; j < sd.size(); ++j) {
      EXPECT_NEAR(path.coef(l, j) * sd[j], ref.at("coef")[l * sd.size() + j] * sd[j], 1e-6) << l << " " << j;
      EXPECT_NEAR(made.coef(l, j) * sd[j], ref.at("coef")[l * sd.size() + j] * sd[j], 1e-6) << l << " " << j;
    }
    EXPECT_NEAR(path.deviance_ratio[l], ref.at("dev_ratio")[l], 1e-8) << l;
  }
  expect_close(path.null_deviance, ref.one("nulldev"), 1e-8, "nulldev");
  EXPECT_TRUE(io::from_bytes<cox_path_model>(io::to_bytes(path)) == path);
}

INSTANTIATE_TEST_SUITE_P(Cases, CoxPathReference,
                         testing::Values(path_case{"coxnet_lasso_pbc_scaled", "time", "death", 1.0},
                                         path_case{"coxnet_enet_gbsg2_scaled", "time", "cens", 0.5}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(CoxPath, ConditionsOfTheMinimumHoldAndThreadsDoNotMatter) {
  random_stream random(3);
  const std::size_t n = 400, p = 30;
  matrix x(n, p);
  numbers time, event;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < p; ++j)
      x(i, j) = random.normal();
    time.push_back(random.exponential() * std::exp(-0.6 * x(i, 0) + 0.4 * x(i, 1)));
    event.push_back(static_cast<double>(random.below(4) > 0));
  }
  const cox_path_options options{.l1_ratio = 0.8, .lambdas = 20, .smallest = 0.02, .tolerance = 1e-10, .folds = 5, .seed = 4};
  const auto path = fit_cox_path(x, {time, event}, options);
  EXPECT_TRUE(fit_cox_path(x, {time, event}, options, {.threads = 3}) == path);
  EXPECT_GT(path.best, 0U);
  EXPECT_LE(path.sparse, path.best);
  EXPECT_LT(path.coef(path.best, 0) * -1, 0.0);
  // with hardly a penalty the end of a path is the Cox model itself
  const auto weak = fit_cox_path(x, {time, event}, {.l1_ratio = 1, .lambda = {0.1, 0.01, 1e-9}, .tolerance = 1e-10});
  const auto cox = fit_cox(x, {time, event}, {.ties = ties::breslow});
  for (std::size_t j = 0; j < p; ++j)
    EXPECT_NEAR(weak.coef(2, j), cox.coef[j], 1e-6);
}

// Nearly equal columns: coordinate descent alone would need thousands of sweeps a penalty. The conditions of the minimum are checked on a risk set
// sum of their own.
TEST(CoxPath, CorrelatedColumnsMeetTheConditionsOfTheMinimum) {
  random_stream random(7);
  const std::size_t n = 300, p = 40;
  constexpr double ratio = 0.7;
  matrix x(n, p);
  numbers time, event, sd(p);
  for (std::size_t i = 0; i < n; ++i) {
    const double common = random.normal();
    for (std::size_t j = 0; j < p; ++j)
      x(i, j) = common + 0.03 * random.normal();
    time.push_back(random.exponential() * std::exp(-8 * (x(i, 0) - x(i, 1))));
    event.push_back(static_cast<double>(random.below(3) > 0));
  }
  for (std::size_t j = 0; j < p; ++j) {
    double sum = 0, square = 0;
    for (std::size_t i = 0; i < n; ++i) {
      sum += x(i, j);
      square += x(i, j) * x(i, j);
    }
    sd[j] = std::sqrt(square / n - sum / n * (sum / n));
  }
  const auto path = fit_cox_path(x, {time, event}, {.l1_ratio = ratio, .lambdas = 15, .smallest = 1e-3});
  EXPECT_TRUE(path.converged);
  for (std::size_t l = 0; l < path.lambda.size(); ++l) {
    numbers gradient(p, 0.0), risk(n);
    for (std::size_t i = 0; i < n; ++i) {
      double eta = 0;
      for (std::size_t j = 0; j < p; ++j)
        eta += x(i, j) * path.coef(l, j);
      risk[i] = std::exp(eta);
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (event[i] == 0) continue;
      double s0 = 0;
      numbers s1(p, 0.0);
      for (std::size_t k = 0; k < n; ++k) {
        if (time[k] < time[i]) continue;
        s0 += risk[k];
        for (std::size_t j = 0; j < p; ++j)
          s1[j] += risk[k] * x(k, j);
      }
      for (std::size_t j = 0; j < p; ++j)
        gradient[j] += (x(i, j) - s1[j] / s0) / n;
    }
    for (std::size_t j = 0; j < p; ++j) {
      const double pull = gradient[j] / sd[j], b = path.coef(l, j) * sd[j], lambda = path.lambda[l];
      if (b == 0)
        EXPECT_LE(std::abs(pull), lambda * ratio + 1e-6) << l << " " << j;
      else
        EXPECT_NEAR(pull, lambda * (std::copysign(ratio, b) + (1 - ratio) * b), 1e-6) << l << " " << j;
    }
  }
}

}  // namespace
