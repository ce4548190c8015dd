#include "tenure/stats/groups.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "customers.hpp"
#include "tenure/stats/contingency.hpp"

namespace {

using namespace tenure;

// tests/reference/stats/stats.json: R 4.2.2 on stats_customers.csv.
class Groups : public testing::Test {
 protected:
  std::map<std::string, std::vector<std::string>> data = reference::read_columns("stats/stats_customers.csv");
  std::vector<double> where(const std::string& name, const std::string& churn) {
    std::vector<double> out;
    for (std::size_t i = 0; i < data[name].size(); ++i)
      if (data["churn"][i] == churn) out.push_back(std::stod(data[name][i]));
    return out;
  }
  std::vector<double> stayed = where("charge", "0"), left = where("charge", "1"), charge = reference::numbers(data["charge"]);
  reference::factor contract{data["contract"]};
};

TEST_F(Groups, TTestsAgreeWithR) {
  const auto pooled = stats::t_test(stayed, left, {true});
  EXPECT_NEAR(pooled.statistic, -3.74302928224059, 1e-12);
  EXPECT_NEAR(pooled.p_value, 0.000207252229406194, 1e-15);
  EXPECT_NEAR(pooled.lower, -12.134862232781, 1e-11);
  const auto welch = stats::t_test(stayed, left);
  EXPECT_NEAR(welch.statistic, -4.0080183055535, 1e-12);
  EXPECT_NEAR(welch.dof, 195.768667592825, 1e-9);
  EXPECT_NEAR(welch.p_value, 8.69896817823254e-05, 1e-15);
  EXPECT_NEAR(welch.lower, -11.8715148157158, 1e-11);
  EXPECT_NEAR(welch.upper, -4.0414832547874, 1e-11);
  EXPECT_NEAR(welch.effect, -0.424521437752444, 1e-13);
}

TEST_F(Groups, MannWhitneyAgreesWithR) {
  const auto corrected = stats::mann_whitney(stayed, left);
  EXPECT_EQ(corrected.statistic, 12292);
  EXPECT_NEAR(corrected.p_value, 0.000164452428665778, 1e-15);
  EXPECT_NEAR(stats::mann_whitney(stayed, left, {.continuity = false}).p_value, 0.000164145001514066, 1e-15);
  EXPECT_NEAR(stats::mann_whitney(where("tickets", "0"), where("tickets", "1")).p_value, 4.63289007536409e-05, 1e-16);
  const std::vector<double> a(stayed.begin(), stayed.begin() + 12), b(left.begin(), left.begin() + 12);
  const auto exact = stats::mann_whitney(a, b);
  EXPECT_EQ(exact.statistic, 44);
  EXPECT_NEAR(exact.p_value, 0.113502327528441, 1e-13);
  EXPECT_NEAR(exact.effect, 44.0 / 144, 1e-15);
  EXPECT_THROW(stats::mann_whitney(where("tickets", "0"), where("tickets", "1"), {stats::exactness::yes}), invalid_input);
}

TEST_F(Groups, KolmogorovSmirnovAgreesWithR) {
  const auto r = stats::kolmogorov_smirnov(stayed, left);
  EXPECT_NEAR(r.statistic, 0.203087194879177, 1e-14);
  EXPECT_NEAR(r.p_value, 0.0032811123839428, 1e-13);
  EXPECT_EQ(stats::kolmogorov_smirnov(stayed, stayed).p_value, 1);
}

TEST_F(Groups, SeveralGroupsAgreeWithR) {
  const auto f = stats::anova(charge, contract.codes);
  EXPECT_NEAR(f.statistic, 4.75504701476236, 1e-11);
  EXPECT_NEAR(f.p_value, 0.00908041123011587, 1e-13);
  EXPECT_NEAR(f.effect, 0.0222974653182918, 1e-13);
  EXPECT_EQ(f.dof2, 417);
  const auto welch = stats::welch_anova(charge, contract.codes);
  EXPECT_NEAR(welch.statistic, 4.87731479510239, 1e-11);
  EXPECT_NEAR(welch.dof2, 177.825113536078, 1e-8);
  EXPECT_NEAR(welch.p_value, 0.00866692635795602, 1e-13);
  EXPECT_NEAR(stats::kruskal_wallis(charge, contract.codes).statistic, 8.24470268899734, 1e-10);
  const auto tied = stats::kruskal_wallis(reference::numbers(data["satisfaction"]), contract.codes);
  EXPECT_NEAR(tied.statistic, 5.56531474022927, 1e-10);
  EXPECT_NEAR(tied.p_value, 0.0618738669540531, 1e-12);
  EXPECT_NEAR(stats::bartlett(charge, contract.codes).statistic, 1.66391112169326, 1e-10);
  const auto levene = stats::levene(charge, contract.codes);
  EXPECT_NEAR(levene.statistic, 1.2406543506951, 1e-11);
  EXPECT_NEAR(levene.p_value, 0.290260133644651, 1e-12);
}

TEST_F(Groups, StratifiedTableAgreesWithR) {
  const reference::factor region(data["region"]), autopay(data["autopay"]), churn(data["churn"]);
  std::vector<matrix> tables(region.levels.size(), matrix(2, 2));
  for (std::size_t i = 0; i < region.codes.size(); ++i)
    ++tables[static_cast<std::size_t>(region.codes[i])](static_cast<std::size_t>(autopay.codes[i]), static_cast<std::size_t>(churn.codes[i]));
  const auto r = stats::mantel_haenszel(tables);
  EXPECT_NEAR(r.statistic, 5.2165270011622, 1e-11);
  EXPECT_NEAR(r.p_value, 0.0223731906615427, 1e-13);
  EXPECT_NEAR(r.estimate, 0.595446918047061, 1e-12);
  EXPECT_NEAR(r.lower, 0.3802485941905, 1e-11);
  EXPECT_NEAR(r.upper, 0.932434827186014, 1e-11);
}

TEST_F(Groups, TwoGroupAnovaIsTheSquaredT) {
  const auto churn = reference::numbers(data["churn"]);
  const double t = stats::t_test(stayed, left, {true}).statistic;
  EXPECT_NEAR(stats::anova(charge, churn).statistic, t * t, 1e-10);
}

TEST_F(Groups, EtaIntervalHoldsItsLevel) {
  const auto f = stats::anova(charge, contract.codes);
  EXPECT_GT(f.effect_lower, 0);
  EXPECT_LT(f.effect_lower, f.effect);
  EXPECT_GT(f.effect_upper, f.effect);
}

TEST(GroupTests, RefuseWhatTheyCannotUse) {
  const std::vector<double> one{1.0}, constant{2.0, 2.0, 2.0}, inf{1, INFINITY, 2}, gaps{1, NAN, 2, 4};
  EXPECT_THROW(stats::t_test(one, constant), invalid_input);
  EXPECT_THROW(stats::t_test(inf, gaps), invalid_input);
  EXPECT_TRUE(std::isnan(stats::t_test(constant, constant).p_value));
  EXPECT_EQ(stats::t_test(gaps, gaps).n, 6U);
  EXPECT_THROW(stats::anova(gaps, std::vector<double>{0, 0, 0, 0}), invalid_input);
  EXPECT_THROW(stats::anova(gaps, std::vector<double>{0, 0, 1}), invalid_input);
  EXPECT_THROW(stats::welch_anova(std::vector<double>{1, 1, 2, 3}, std::vector<double>{0, 0, 1, 1}), invalid_input);
}

}  // namespace
