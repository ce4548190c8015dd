#include "tenure/survival/episodes.hpp"

#include <gtest/gtest.h>

#include "reference.hpp"

namespace {

using namespace tenure;
using namespace tenure::survival;
using reference::numbers;

TEST(Episodes, CutsAtChangesAndCarriesForward) {
  const numbers time{10, 7}, event{1, 0}, entry{0, 2}, who{0, 1, 0, 0, 1}, at{8, 2, 3, 10, 5};
  const episodes rows = split_episodes({time, event, entry}, who, at);
  EXPECT_EQ(rows.customer, (std::vector<std::uint32_t>{0, 0, 0, 1, 1}));
  EXPECT_EQ(rows.start, (numbers{0, 3, 8, 2, 5}));
  EXPECT_EQ(rows.stop, (numbers{3, 8, 10, 5, 7}));
  EXPECT_EQ(rows.event, (std::vector<std::uint8_t>{0, 0, 1, 0, 0}));
  EXPECT_EQ(carry_forward(rows, std::vector<std::uint8_t>(5, 1)), (std::vector<std::int64_t>{-1, 2, 0, 1, 4}));
  EXPECT_EQ(carry_forward(rows, std::vector<std::uint8_t>{0, 1, 1, 1, 0}), (std::vector<std::int64_t>{-1, 2, 2, 1, 1}));
}

TEST(Episodes, RefusesChangesOutsideAndTwice) {
  const numbers time{10}, event{1}, entry{2}, one{0}, two{0, 0};
  EXPECT_THROW(split_episodes({time, event, entry}, one, numbers{11}), invalid_input);
  EXPECT_THROW(split_episodes({time, event, entry}, one, numbers{1}), invalid_input);
  EXPECT_THROW(split_episodes({time, event, entry}, two, numbers{5, 5}), invalid_input);
  EXPECT_THROW(split_episodes({time, event, entry}, numbers{1}, numbers{5}), invalid_input);
  EXPECT_THROW(split_episodes({time, event, entry}, two, numbers{5}), invalid_input);
  EXPECT_THROW(split_episodes({numbers{0}, event}, numbers{}, numbers{}), invalid_input);
  EXPECT_THROW(carry_forward(split_episodes({time, event}, one, numbers{5}), std::vector<std::uint8_t>(2, 1)), invalid_input);
}

}  // namespace
