#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <new>

#include "tenure/core/random.hpp"
#include "tenure/learn/random_forest.hpp"
#include "tenure/trees/shap.hpp"

namespace {
std::atomic<std::size_t> allocations{0};

void* counted(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size ? size : 1)) return p;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }

namespace {

using namespace tenure;

TEST(OneRow, IsScoredAndExplainedWithoutAllocation) {
  random_stream random(3);
  matrix x(2000, 12);
  std::vector<double> y;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < x.cols(); ++j)
      x(i, j) = random.uniform() < 0.05 ? std::nan("") : random.normal();
    y.push_back(random.uniform() < 1 / (1 + std::exp(-x(i, 0) * x(i, 1) - x(i, 2))) ? 1 : 0);
  }
  const auto forest = learn::fit_random_forest(x, y, {.n_estimators = 20, .min_samples_leaf = 1});
  trees::row_explainer explainer(forest.trees);
  const auto all = learn::predict_probability(forest, x);
  const std::size_t before = allocations;
  double apart = 0, sums_apart = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    const std::span<const double> row{x.row(i), x.cols()};
    const double p = learn::predict_probability_row(forest, row);
    apart = std::max(apart, std::abs(p - all[i]));
    double sum = explainer.base();
    for (const double v : explainer.explain(row))
      sum += v;
    sums_apart = std::max(sums_apart, std::abs(sum / 20 - p));
    trees::reason top[3];
    explainer.top_reasons(row, top);
    ASSERT_GE(top[1].value, top[2].value);
  }
  EXPECT_EQ(allocations, before);
  EXPECT_LT(apart, 1e-14);
  EXPECT_LT(sums_apart, 1e-12);
}

}  // namespace
