#include "tenure/core/describe.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {
enum class shape { round, square };
}
template <>
struct tenure::enum_names<shape> {
  static constexpr const char* values[] = {"round", "square"};
};

namespace {

using namespace tenure;

struct options {
  double share = 0.5;
  int count = 3;
  shape kind = shape::round;
  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("share", self.share, strictly_between(0, 1), "a share");
    visit("count", self.count, at_least(1), "a count");
    visit("kind", self.kind, "a shape");
  }
};

std::string complaint(const options& o) {
  try {
    validate(o);
    return "";
  } catch (const invalid_input& e) {
    return e.what();
  }
}

TEST(Describe, BoundsAreCheckedAndNamed) {
  EXPECT_EQ(complaint({}), "");
  EXPECT_EQ(complaint({.share = 1}), "share = 1: must be in (0, 1)");
  EXPECT_EQ(complaint({.share = std::nan("")}), "share = nan: must be in (0, 1)");
  EXPECT_EQ(complaint({.count = 0}), "count = 0: must be >= 1");
}

TEST(Describe, EnumsByName) {
  EXPECT_STREQ(name_of(shape::square), "square");
  EXPECT_EQ(enum_from_name<shape>("kind", "square"), shape::square);
  try {
    enum_from_name<shape>("kind", "oval");
    FAIL();
  } catch (const invalid_input& e) {
    EXPECT_STREQ(e.what(), "kind: is 'oval', must be one of 'round', 'square'");
  }
}

TEST(Describe, RulesReadAsSentences) {
  EXPECT_EQ(at_least(0).rule(), "must be >= 0");
  EXPECT_EQ(more_than(0.5).rule(), "must be > 0.5");
  EXPECT_EQ(between(0, 1).rule(), "must be in [0, 1]");
}

}  // namespace
