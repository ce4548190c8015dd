#include "tenure/numeric/sort.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tenure/core/random.hpp"

namespace {

using namespace tenure;

TEST(Sort, OrderEqualsStableSort) {
  random_stream random(1);
  for (const std::size_t n : {0U, 1U, 7U, 255U, 256U, 5000U, 100000U}) {
    std::vector<double> x(n);
    for (auto& v : x)
      v = random.below(3) == 0 ? static_cast<double>(random.below(10)) - 5 : random.normal() * 1e6;
    std::vector<std::uint32_t> expected(n);
    std::iota(expected.begin(), expected.end(), 0U);
    std::stable_sort(expected.begin(), expected.end(), [&](auto a, auto b) { return x[a] < x[b]; });
    EXPECT_EQ(numeric::sort_order(x), expected) << n;
  }
}

TEST(Sort, ZerosOfBothSignsTieAndInfinitiesAreEnds) {
  const std::vector<double> x{0.0, -0.0, INFINITY, -INFINITY, 1e-320};
  EXPECT_EQ(numeric::sort_order(x), (std::vector<std::uint32_t>{3, 0, 1, 4, 2}));
  EXPECT_EQ(numeric::average_ranks(x), (std::vector<double>{2.5, 2.5, 5, 1, 4}));
  for (const double v : x)
    EXPECT_EQ(numeric::from_ordered_key(numeric::ordered_key(v)), v);
}

}  // namespace
