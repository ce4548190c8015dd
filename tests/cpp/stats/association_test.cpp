#include "tenure/stats/association.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "customers.hpp"
#include "tenure/stats/contingency.hpp"
#include "tenure/stats/correlation.hpp"
#include "tenure/stats/groups.hpp"

namespace {

using namespace tenure;

class Association : public testing::Test {
 protected:
  std::map<std::string, std::vector<std::string>> data = reference::read_columns("stats/stats_customers.csv");
  std::vector<double> churn = reference::numbers(data["churn"]), charge = reference::numbers(data["charge"]),
                      satisfaction = reference::numbers(data["satisfaction"]);
  reference::factor contract{data["contract"]}, region{data["region"]};
  table_view x{{{"charge", charge, {}, false},
                {"contract", contract.codes, contract.levels, true},
                {"satisfaction", satisfaction, {}, false},
                {"region", region.codes, region.levels, true}}};
  table_column target{"churn", churn, {}, false};

  template <class Row>
  static const Row& row_of(const std::vector<Row>& rows, const std::string& column, const std::string& level = "") {
    return *std::find_if(rows.begin(), rows.end(), [&](const Row& r) {
      if constexpr (requires { r.level; })
        return r.column == column && r.level == level;
      else
        return r.column == column;
    });
  }
};

// tests/reference/stats/stats.json.
TEST_F(Association, AgreesWithR) {
  const auto rows = stats::association(x, target);
  ASSERT_EQ(rows.size(), 4U);
  for (std::size_t i = 1; i < rows.size(); ++i)
    EXPECT_GE(rows[i - 1].strength, rows[i].strength);
  const auto& c = row_of(rows, "charge");
  EXPECT_NEAR(c.strength, 0.180084440106437, 1e-13);
  EXPECT_NEAR(c.p_value, 0.000207252229406192, 1e-15);
  EXPECT_EQ(c.direction, "+");
  EXPECT_EQ(row_of(rows, "satisfaction").direction, "-");
  EXPECT_NEAR(row_of(rows, "satisfaction").strength, 0.181232948327388, 1e-13);
  const auto& k = row_of(rows, "contract");
  EXPECT_NEAR(k.strength, 0.179933854641151, 1e-13);
  EXPECT_NEAR(k.p_value, 0.000415860690076054, 1e-15);
  EXPECT_EQ(k.direction, "monthly");
  EXPECT_EQ(k.measure, "cramers_v");
  const std::vector<double> p{rows[0].p_value, rows[1].p_value, rows[2].p_value, rows[3].p_value}, q = stats::adjust_p(p);
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ(rows[i].q_value, q[i]);
}

TEST_F(Association, NumericTargetUsesPearsonAndEta) {
  const auto rows = stats::association(x, {"charge", charge, {}, false});
  EXPECT_DOUBLE_EQ(row_of(rows, "charge").strength, 1);
  const auto f = stats::anova(charge, contract.codes);
  EXPECT_NEAR(row_of(rows, "contract").strength, std::sqrt(f.effect), 1e-14);
  EXPECT_EQ(row_of(rows, "contract").measure, "eta");
  const auto by_contract = stats::association(x, {"contract", contract.codes, contract.levels, true});
  EXPECT_NEAR(row_of(by_contract, "charge").strength, std::sqrt(f.effect), 1e-14);
}

TEST_F(Association, MissingRowsAreLeftOut) {
  auto gaps = charge;
  gaps[3] = gaps[10] = NAN;
  auto labels = churn;
  labels[5] = NAN;
  const auto rows = stats::association(table_view({{"charge", gaps, {}, false}}), {"churn", labels, {}, false});
  EXPECT_EQ(rows[0].n, 417U);
  const auto e = stats::correlation(gaps, labels);
  EXPECT_NEAR(rows[0].strength, e.estimate, 1e-13);
  EXPECT_NEAR(rows[0].lower, e.lower, 1e-13);
}

TEST_F(Association, SameBitsForAnyThreads) {
  const auto one = stats::association(x, target, {}, {.threads = 1}), four = stats::association(x, target, {}, {.threads = 4});
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].column, four[i].column);
    EXPECT_EQ(one[i].strength, four[i].strength);
  }
}

TEST_F(Association, RefusesABadTarget) {
  const std::vector<double> constant(churn.size(), 1.0);
  EXPECT_THROW(stats::association(x, {"churn", constant, {}, false}), invalid_input);
  EXPECT_THROW(stats::association(x, {"churn", std::vector<double>{0, 1}, {}, false}), invalid_input);
  const auto rows = stats::association(table_view({{"flat", constant, {}, false}, {"charge", charge, {}, false}}), target);
  EXPECT_EQ(rows[0].column, "charge");
  EXPECT_TRUE(std::isnan(rows[1].strength));
  EXPECT_TRUE(std::isnan(rows[1].q_value));
}

TEST_F(Association, CompareGroupsAgreesWithTheTests) {
  const auto rows = stats::compare_groups(x, churn);
  ASSERT_EQ(rows.size(), 1U + 3U + 1U + 4U);
  const auto& c = row_of(rows, "charge");
  EXPECT_NEAR(c.first, 65.0660252365931, 1e-11);
  EXPECT_NEAR(c.second, 73.0225242718447, 1e-11);
  EXPECT_NEAR(c.lower, 4.0414832547874, 1e-11);
  EXPECT_NEAR(c.upper, 11.8715148157158, 1e-11);
  EXPECT_NEAR(c.effect, 0.424521437752444, 1e-13);
  EXPECT_NEAR(c.p_value, 8.69896817823254e-05, 1e-15);
  const auto& m = row_of(rows, "contract", "monthly");
  const auto t = stats::two_proportions(73, 103, 154, 317);
  EXPECT_DOUBLE_EQ(m.first, 154.0 / 317);
  EXPECT_DOUBLE_EQ(m.lower, t.lower);
  EXPECT_DOUBLE_EQ(m.p_value, t.p_value);
  EXPECT_GE(m.q_value, m.p_value);
  EXPECT_EQ(m.n_first, 317U);
}

TEST_F(Association, CompareGroupsRefusesBadGroups) {
  EXPECT_THROW(stats::compare_groups(x, std::vector<double>(churn.size(), 0.0)), invalid_input);
  EXPECT_THROW(stats::compare_groups(x, std::vector<double>(churn.size(), 2.0)), invalid_input);
  EXPECT_THROW(stats::compare_groups(x, std::vector<double>{0, 1}), invalid_input);
}

}  // namespace
