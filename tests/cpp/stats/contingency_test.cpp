#include "tenure/stats/contingency.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using namespace tenure;

const matrix contract_churn(3, 2, {154, 73, 100, 18, 63, 12});
const matrix autopay_churn(2, 2, {137, 58, 180, 45});

// tests/reference/stats/stats.json: R 4.2.2 on the counts of stats_customers.csv.
TEST(Contingency, AgreesWithR) {
  const auto r = stats::contingency(contract_churn);
  EXPECT_NEAR(r.chi_squared, 15.5703204668252, 1e-11);
  EXPECT_EQ(r.dof, 2);
  EXPECT_NEAR(r.p_value, 0.000415860690076054, 1e-15);
  EXPECT_NEAR(r.g_statistic, 16.0326004718149, 1e-11);
  EXPECT_NEAR(r.g_p_value, 0.000330038832591406, 1e-15);
  EXPECT_NEAR(r.cramers_v, 0.192541402268912, 1e-13);
  EXPECT_NEAR(r.cramers_v_corrected, 0.179933854641151, 1e-13);
  EXPECT_NEAR(r.contingency_coefficient, 0.189068699042222, 1e-13);
  EXPECT_NEAR(r.tschuprow_t, 0.161907374955851, 1e-13);
  EXPECT_LT(r.lower, r.cramers_v_corrected);
  EXPECT_GT(r.upper, r.cramers_v_corrected);
}

TEST(Contingency, WiderTablesAgreeWithR) {
  const auto r = stats::contingency(matrix(3, 4, {63, 72, 60, 32, 43, 41, 20, 14, 28, 21, 15, 11}));
  EXPECT_NEAR(r.chi_squared, 7.06857299836179, 1e-11);
  EXPECT_NEAR(r.cramers_v_corrected, 0.0355117277661133, 1e-12);
  EXPECT_NEAR(r.tschuprow_t, 0.0828902435898308, 1e-13);
  EXPECT_EQ(r.lower, 0);
}

TEST(Contingency, TwoByTwoAgreesWithR) {
  const auto yates = stats::yates_chi_squared(autopay_churn);
  EXPECT_NEAR(yates.statistic, 4.84458716071837, 1e-11);
  EXPECT_NEAR(yates.p_value, 0.0277330301600264, 1e-13);
  const auto fisher = stats::fisher_exact(autopay_churn);
  EXPECT_NEAR(fisher.p_value, 0.0230780950059594, 1e-12);
  EXPECT_NEAR(fisher.estimate, 0.591282946829853, 1e-4);  // R's own root search stops here
  EXPECT_NEAR(fisher.lower, 0.367286050297239, 1e-4);
  EXPECT_NEAR(fisher.upper, 0.947135609773799, 1e-4);
}

TEST(Contingency, NarrowFisherAgreesWithR) {
  EXPECT_NEAR(stats::fisher_exact(contract_churn).p_value, 0.000415794954984708, 1e-9);
  const matrix region(4, 2, {109, 25, 94, 40, 69, 26, 45, 12});
  EXPECT_NEAR(stats::fisher_exact(region).p_value, 0.14743434428337, 1e-8);
  const matrix turned(2, 4, {109, 94, 69, 45, 25, 40, 26, 12});
  EXPECT_NEAR(stats::fisher_exact(turned).p_value, stats::fisher_exact(region).p_value, 1e-12);
  EXPECT_THROW(stats::fisher_exact(matrix(3, 3, 2.0)), not_supported);
}

TEST(Contingency, EmptyRowsDoNotCount) {
  const auto with = stats::contingency(matrix(4, 2, {154, 73, 0, 0, 100, 18, 63, 12})), without = stats::contingency(contract_churn);
  EXPECT_EQ(with.dof, without.dof);
  EXPECT_DOUBLE_EQ(with.cramers_v_corrected, without.cramers_v_corrected);
  const auto one = stats::contingency(matrix(2, 2, {5, 0, 7, 0}));
  EXPECT_EQ(one.p_value, 1);
  EXPECT_TRUE(std::isnan(one.cramers_v));
  EXPECT_THROW(stats::contingency(matrix(2, 2, {1, -1, 2, 3})), invalid_input);
}

TEST(Contingency, PerfectAssociationIsOne) {
  const auto r = stats::contingency(matrix(3, 3, {20, 0, 0, 0, 30, 0, 0, 0, 25}));
  EXPECT_DOUBLE_EQ(r.cramers_v, 1);
  EXPECT_NEAR(r.cramers_v_corrected, 1, 1e-12);
  const auto fisher = stats::fisher_exact(matrix(2, 2, {10, 0, 0, 10}));
  EXPECT_TRUE(std::isinf(fisher.estimate));
  EXPECT_TRUE(std::isinf(fisher.upper));
  EXPECT_GT(fisher.lower, 1);
}

TEST(PairedAndStratified, AgreeWithR) {
  const auto corrected = stats::mcnemar(34, 39);
  EXPECT_NEAR(corrected.statistic, 0.219178082191781, 1e-13);
  EXPECT_NEAR(corrected.p_value, 0.6396668933245, 1e-12);
  EXPECT_NEAR(corrected.effect, 0.639972931753945, 1e-12);
  EXPECT_NEAR(stats::mcnemar(34, 39, false).p_value, 0.558409388489248, 1e-12);
  const auto trend = stats::cochran_armitage({17, 29, 38, 18, 1}, {42, 107, 140, 102, 29}, {1, 2, 3, 4, 5});
  EXPECT_NEAR(trend.statistic, -3.71417019736089, 1e-12);
  EXPECT_NEAR(trend.p_value, 0.000203871556037719, 1e-15);
}

TEST(TwoProportions, AgreesWithR) {
  const auto c = stats::two_proportions(58, 195, 45, 225);
  EXPECT_NEAR(c.difference, 0.0974358974358974, 1e-14);
  EXPECT_NEAR(c.lower, 0.0147891247892027, 1e-13);
  EXPECT_NEAR(c.upper, 0.179765065524274, 1e-13);
  EXPECT_NEAR(c.statistic, 5.35806418934041, 1e-12);
  EXPECT_NEAR(c.p_value, 0.0206266575985984, 1e-14);
  EXPECT_NEAR(c.p_value_corrected, 0.0277330301600264, 1e-13);
  EXPECT_NEAR(c.relative_risk, 1.48717948717949, 1e-13);
  EXPECT_NEAR(c.relative_risk_lower, 1.05973957282457, 1e-12);
  EXPECT_NEAR(c.relative_risk_upper, 2.08702485384451, 1e-12);
  EXPECT_NEAR(c.odds_ratio, 1 / 0.59051724137931, 1e-12);
  EXPECT_NEAR(c.odds_ratio_lower, 1 / 0.924548713215572, 1e-12);
  EXPECT_THROW(stats::two_proportions(3, 2, 1, 2), invalid_input);
  EXPECT_THROW(stats::two_proportions(0, 0, 1, 2), invalid_input);
  EXPECT_EQ(stats::two_proportions(0, 5, 0, 7).p_value, 1);
}

}  // namespace
