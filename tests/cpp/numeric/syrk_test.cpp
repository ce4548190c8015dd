#include "tenure/numeric/syrk.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "tenure/core/random.hpp"

namespace {

using namespace tenure;

matrix random_matrix(std::size_t n, std::size_t p, std::uint64_t seed) {
  random_stream random(seed);
  matrix x(n, p);
  for (std::size_t k = 0; k < n * p; ++k)
    x.data()[k] = random.normal();
  return x;
}

std::vector<double> random_weights(std::size_t n) {
  random_stream random(99);
  std::vector<double> w(n);
  for (auto& v : w)
    v = random.uniform();
  return w;
}

TEST(WeightedGram, EqualsTheDefinitionForEveryShape) {
  for (const std::size_t p : {1U, 2U, 3U, 4U, 5U, 7U, 8U, 13U, 31U, 70U})
    for (const std::size_t n : {1U, 7U, 8U, 100U, 300U, 9000U}) {
      const matrix x = random_matrix(n, p, n + p);
      const auto w = random_weights(n);
      const matrix g = numeric::weighted_gram(x, w), plain = numeric::weighted_gram(x);
      for (std::size_t i = 0; i < p; ++i)
        for (std::size_t j = 0; j < p; ++j) {
          double weighted = 0, ones = 0, scale = 1e-300;
          for (std::size_t r = 0; r < n; ++r) {
            weighted += w[r] * x(r, i) * x(r, j);
            ones += x(r, i) * x(r, j);
            scale += std::abs(x(r, i) * x(r, j));
          }
          ASSERT_NEAR(g(i, j), weighted, 1e-13 * scale) << n << " x " << p;
          ASSERT_NEAR(plain(i, j), ones, 1e-13 * scale) << n << " x " << p;
          ASSERT_EQ(g(i, j), g(j, i));
        }
    }
}

TEST(WeightedGram, SameBitsForAnyThreadsAndLayout) {
  const std::size_t n = 50000, p = 9;
  const matrix x = random_matrix(n, p, 5);
  matrix columns(p, n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < p; ++j)
      columns(j, i) = x(i, j);
  const auto w = random_weights(n);
  const matrix one = numeric::weighted_gram(x, w);
  EXPECT_EQ(one, numeric::weighted_gram(x, w, {.threads = 3}));
  EXPECT_EQ(one, numeric::weighted_gram(matrix_view(columns.data(), n, p, 1, static_cast<std::ptrdiff_t>(n)), w, {.threads = 2}));
}

TEST(GramSum, MomentsEqualTheDefinition) {
  for (const std::size_t p : {1U, 3U, 4U, 8U, 31U}) {
    const std::size_t n = 101;
    const matrix x = random_matrix(n, p, p);
    const auto w = random_weights(n);
    numeric::column_block block(p, n);
    numeric::gram_sum sum(p);
    block.load(x, 0, n);
    block.pad(n);
    sum.add(block, n, w.data(), w.data());
    const auto moments = sum.moments();
    for (std::size_t j = 0; j < p; ++j) {
      double expected = 0;
      for (std::size_t i = 0; i < n; ++i)
        expected += w[i] * x(i, j);
      EXPECT_NEAR(moments[j], expected, 1e-12);
    }
    EXPECT_EQ(sum.value(), numeric::weighted_gram(x, w));
  }
}

TEST(WeightedGram, EmptyAndWrongLength) {
  EXPECT_EQ(numeric::weighted_gram(matrix(0, 3)), matrix(3, 3));
  EXPECT_THROW(numeric::weighted_gram(matrix(4, 2), std::vector<double>(3)), invalid_input);
}

}  // namespace
