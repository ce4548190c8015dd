#include "tenure/value/retention_curve.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"

namespace {

using namespace tenure;

const std::vector<double> regular{1000, 631, 468, 382, 326, 289, 262, 241}, high_end{1000, 869, 743, 653, 593, 551, 517, 491};

value::renewal_counts cohort(const std::vector<double>& customers) {
  value::renewal_counts data;
  data.add_cohort(customers);
  return data;
}

// tests/reference/value/sbg_retention.json (scipy); published: .704, 1.182 and .668, 3.806 (Fader and Hardie 2007).
TEST(Retention, AgreesWithTheReference) {
  const auto m = value::fit_retention(cohort(regular));
  EXPECT_TRUE(m.fit.converged);
  EXPECT_NEAR(m.alpha, 0.7040773019438622, 1e-6);
  EXPECT_NEAR(m.beta, 1.1820430307075578, 2e-6);
  EXPECT_NEAR(m.fit.log_likelihood, -1680.265188463286, 1e-8);
  const auto curve = value::predict_survival(m, 12);
  EXPECT_EQ(curve.survival[0], 1);
  EXPECT_NEAR(curve.survival[12], 0.1700374519475174, 1e-7);
  EXPECT_NEAR(curve.retention[12], 0.9453615763497226, 1e-8);
  for (std::size_t t = 1; t <= 12; ++t) {
    EXPECT_LT(curve.lower[t], curve.survival[t]);
    EXPECT_GT(curve.upper[t], curve.survival[t]);
  }
  const auto h = value::fit_retention(cohort(high_end));
  EXPECT_NEAR(h.alpha, 0.6680883728764352, 1e-6);
  EXPECT_NEAR(h.beta, 3.806095381726049, 5e-6);
}

TEST(Retention, CustomersOneByOneEqualTheCohort) {
  std::vector<double> periods, churned;
  for (std::size_t t = 0; t < 7; ++t)
    for (int k = 0; k < regular[t] - regular[t + 1]; ++k) {
      periods.push_back(static_cast<double>(t));
      churned.push_back(1);
    }
  periods.insert(periods.end(), 241, 7.0);
  churned.insert(churned.end(), 241, 0.0);
  value::renewal_counts part, rest;
  const numeric_column p(periods), c(churned);
  part.add(p.slice(0, 400), c.slice(0, 400));
  rest.add(p.slice(400, 1000), c.slice(400, 1000));
  rest.merge(part);
  EXPECT_EQ(value::fit_retention(rest), value::fit_retention(cohort(regular)));
}

TEST(Retention, WithDurationDependenceFindsTheParameters) {
  random_stream random(5);
  std::vector<double> periods, churned;
  for (int i = 0; i < 40000; ++i) {
    double g[8];
    for (double& x : g)
      x = random.exponential();
    const double leave = g[0] + g[1], theta = leave / (leave + g[2] + g[3] + g[4] + g[5] + g[6] + g[7]);  // beta(2, 6)
    double t = 0;
    while (t < 12 && random.uniform() < std::pow(1 - theta, std::pow(t + 1, 1.5) - std::pow(t, 1.5)))
      ++t;
    periods.push_back(t);
    churned.push_back(t < 12 ? 1 : 0);
  }
  value::renewal_counts data;
  data.add(periods, churned);
  const auto plain = value::fit_retention(data), bent = value::fit_retention(data, {{}, true});
  EXPECT_TRUE(bent.fit.converged) << bent.fit.message;
  EXPECT_NEAR(bent.c, 1.5, 0.1);
  EXPECT_NEAR(bent.alpha / (bent.alpha + bent.beta), 0.25, 0.01);
  EXPECT_GT(bent.fit.log_likelihood, plain.fit.log_likelihood + 10);
  double left = 0;
  for (const double t : periods)
    left += t >= 6;
  EXPECT_NEAR(value::predict_survival(bent, 6).survival[6], left / 40000, 0.01);
}

TEST(Retention, ResidualRenewalsEqualTheirDefinition) {
  const auto m = value::fit_retention(cohort(high_end));
  const auto survival = value::predict_survival(m, 5000).survival;
  const std::vector<double> tenure{0, 3, 3, 10};
  const auto endless = value::residual_renewals(m, tenure, {0.1, 0}), five = value::residual_renewals(m, tenure, {0.1, 5}),
             plain = value::residual_renewals(m, tenure, {0, 5});
  for (std::size_t i = 0; i < tenure.size(); ++i) {
    const auto n = static_cast<std::size_t>(tenure[i]);
    double all = 0, some = 0, undiscounted = 0;
    for (std::size_t k = 1; k <= 900; ++k)
      all += survival[n + k] / survival[n] * std::pow(1.1, -static_cast<double>(k - 1));
    for (std::size_t k = 1; k <= 5; ++k) {
      some += survival[n + k] / survival[n] * std::pow(1.1, -static_cast<double>(k - 1));
      undiscounted += survival[n + k] / survival[n];
    }
    EXPECT_NEAR(endless[i], all, 1e-10);
    EXPECT_NEAR(five[i], some, 1e-12);
    EXPECT_NEAR(plain[i], undiscounted, 1e-12);
  }
  EXPECT_LT(endless[0], endless[3]);  // who stayed long is likelier to stay
  EXPECT_THROW(value::residual_renewals(m, tenure), invalid_input);
  EXPECT_THROW(value::residual_renewals(m, std::vector<double>{-1}, {0.1, 0}), invalid_input);
}

TEST(Retention, RefusesImpossibleCounts) {
  EXPECT_THROW(cohort({100}), invalid_input);
  EXPECT_THROW(cohort({100, 120}), invalid_input);
  EXPECT_THROW(cohort({100, NAN}), invalid_input);
  EXPECT_THROW(value::fit_retention(cohort({100, 100, 100})), invalid_input);
  EXPECT_THROW(value::fit_retention(cohort({100, 0})), invalid_input);
  value::renewal_counts data;
  EXPECT_THROW(data.add(std::vector<double>{1.5}, std::vector<double>{0}), invalid_input);
  EXPECT_THROW(data.add(std::vector<double>{1e9}, std::vector<double>{0}), invalid_input);
  const auto flat = value::fit_retention(cohort({100, 50}));  // one number cannot give two parameters
  EXPECT_FALSE(flat.fit.converged);
  EXPECT_FALSE(flat.fit.message.empty());
}

TEST(Retention, ComesBackFromItsFile) {
  const auto m = value::fit_retention(cohort(regular), {{}, true});
  EXPECT_EQ(io::from_bytes<value::retention_model>(io::to_bytes(m)), m);
  auto broken = m;
  broken.duration_dependence = false;
  EXPECT_THROW(io::from_bytes<value::retention_model>(io::to_bytes(broken)), bad_file);
}

}  // namespace
