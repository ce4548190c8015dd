#include "tenure/stats/multiplicity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "stats/csv.hpp"

namespace {

using namespace tenure;

TEST(Multiplicity, AgreesWithR) {
  const auto rows = reference::read_rows("stats/adjusted.csv");
  std::vector<double> p;
  for (const auto& row : rows)
    p.push_back(row.number("p"));
  for (const char* name : enum_names<stats::p_adjustment>::values) {
    const auto adjusted = stats::adjust_p(p, enum_from_name<stats::p_adjustment>("method", name));
    for (std::size_t i = 0; i < rows.size(); ++i)
      EXPECT_NEAR(adjusted[i], rows[i].number(name), 1e-15) << name << " row " << i;
  }
}

TEST(Multiplicity, OrderOfTheTableDoesNotMatterAndMissingIsNotCounted) {
  const std::vector<double> p{0.04, 0.001, 0.3}, turned{0.3, std::nan(""), 0.001, 0.04};
  for (const char* name : enum_names<stats::p_adjustment>::values) {
    const auto method = enum_from_name<stats::p_adjustment>("method", name);
    const auto a = stats::adjust_p(p, method), b = stats::adjust_p(turned, method);
    EXPECT_EQ(a[0], b[3]);
    EXPECT_EQ(a[1], b[2]);
    EXPECT_EQ(a[2], b[0]);
    EXPECT_TRUE(std::isnan(b[1]));
    EXPECT_EQ(stats::adjust_p(std::vector<double>{0.2}, method)[0], 0.2);
    EXPECT_TRUE(stats::adjust_p(std::vector<double>{}, method).empty());
  }
}

TEST(Multiplicity, RefusesWhatIsNoProbability) {
  try {
    stats::adjust_p(std::vector<double>{0.1, 1.5});
    FAIL();
  } catch (const invalid_input& e) {
    EXPECT_STREQ(e.what(), "p = 1.5 in row 1: must be in [0, 1]");
  }
}

}  // namespace
