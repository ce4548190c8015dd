#include "tenure/core/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace {

using namespace tenure;

// The first outputs for (seed 42, stream 0) are part of the interface: models made from a seed must not change between versions.
TEST(Random, SameNumbersForever) {
  random_stream first(42), other(42, 1);
  for (const std::uint64_t expected : {0x8d1efc2de56bf346U, 0xba66c2e951c78803U, 0x68e05e5d336cd771U})
    EXPECT_EQ(first.next(), expected);
  EXPECT_NE(random_stream(42).next(), other.next());
  EXPECT_NE(random_stream(42).next(), random_stream(43).next());
}

TEST(Random, UniformIntegersPassAChiSquaredTest) {
  random_stream random(1);
  std::array<int, 7> counts{};
  constexpr int n = 70'000;
  for (int i = 0; i < n; ++i)
    ++counts[random.below(7)];
  double statistic = 0;
  for (const int c : counts)
    statistic += (c - n / 7.0) * (c - n / 7.0) / (n / 7.0);
  EXPECT_LT(statistic, 22.46);  // chi-squared with 6 degrees of freedom, 0.999 quantile
}

TEST(Random, MomentsOfTheDistributions) {
  random_stream random(2);
  constexpr int n = 200'000;
  double uniform = 0, normal = 0, square = 0, fourth = 0, exponential = 0;
  for (int i = 0; i < n; ++i) {
    uniform += random.uniform();
    const double z = random.normal();
    normal += z;
    square += z * z;
    fourth += z * z * z * z;
    exponential += random.exponential();
  }
  // Five standard errors each.
  EXPECT_NEAR(uniform / n, 0.5, 5 * 0.2887 / 447);
  EXPECT_NEAR(normal / n, 0, 5.0 / 447);
  EXPECT_NEAR(square / n, 1, 5 * 1.4142 / 447);
  EXPECT_NEAR(fourth / n, 3, 5 * 9.7980 / 447);
  EXPECT_NEAR(exponential / n, 1, 5.0 / 447);
}

TEST(Random, ShuffleKeepsEveryElement) {
  random_stream random(3);
  std::array<int, 50> items{};
  for (int i = 0; i < 50; ++i)
    items[static_cast<std::size_t>(i)] = i;
  auto shuffled = items;
  random.shuffle(shuffled.data(), shuffled.size());
  EXPECT_NE(shuffled, items);
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, items);
}

}  // namespace
