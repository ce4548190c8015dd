#include "tenure/value/covariates.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"
#include "tenure/value/bg_nbd.hpp"
#include "tenure/value/pareto_nbd.hpp"
#include "tenure/value/retention_curve.hpp"

namespace {

using namespace tenure;

/// Pareto/NBD customers of two groups: the second buys exp(0.6) times as often and leaves exp(-0.5) times as fast.
struct groups {
  std::vector<double> frequency, recency, age, group, income, periods, churned;

  explicit groups(std::size_t n) {
    random_stream random(3);
    for (std::size_t i = 0; i < n; ++i) {
      const double g = random.uniform() < 0.5 ? 1 : 0;
      const double rate = (random.exponential() + random.exponential()) / 12 * std::exp(0.6 * g);
      const double stay = random.exponential() / ((random.exponential() + random.exponential()) / 60 * std::exp(-0.5 * g)),
                   T = std::floor(20 + 20 * random.uniform());
      double t = 0, last = 0, x = 0;
      while ((t += random.exponential() / rate) < std::min(stay, T)) {
        ++x;
        last = t;
      }
      frequency.push_back(x);
      recency.push_back(last);
      age.push_back(T);
      group.push_back(g);
      income.push_back(std::floor(10 * random.uniform()) / 10);
      const double left = random.exponential(), kept = random.exponential() + random.exponential(), theta = left / (left + kept * std::exp(0.8 * g));
      double period = 0;
      while (period < 8 && random.uniform() >= theta)
        ++period;
      periods.push_back(period);
      churned.push_back(period < 8 ? 1 : 0);
    }
  }
  table_view table(std::size_t begin, std::size_t end) const {
    return table_view({{"group", group, {}, false}, {"income", income, {}, false}}).slice(begin, end);
  }
  value::covariate_summary summary(std::size_t begin, std::size_t end) const {
    value::covariate_summary data;
    const auto part = [&](const std::vector<double>& v) { return numeric_column(v).slice(begin, end); };
    data.add(part(frequency), part(recency), part(age), {table(begin, end), table(begin, end)});
    return data;
  }
  value::covariate_summary summary() const { return summary(0, age.size()); }
};

TEST(Covariates, FindTheTruthAndSayHowSure) {
  const groups data(8000);
  const auto m = value::fit_pareto_nbd(data.summary());
  EXPECT_TRUE(m.fit.converged) << m.fit.message;
  const auto found = value::coefficients(m);
  ASSERT_EQ(found.size(), 4);
  const std::vector<double> truth{0.6, 0, -0.5, 0};
  const std::vector<std::string> parameters{"alpha", "alpha", "beta", "beta"}, columns{"group", "income", "group", "income"};
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_EQ(found[k].parameter, parameters[k]);
    EXPECT_EQ(found[k].covariate, columns[k]);
    EXPECT_LT(std::abs(found[k].estimate - truth[k]), 3 * found[k].std_error);
    EXPECT_LT(found[k].std_error, 0.5);
  }
  EXPECT_GT(m.fit.log_likelihood, m.covariates.log_likelihood_null + 50);
}

TEST(Covariates, AnySplitAndThreadsSameAnswer) {
  const groups data(600);
  auto left = data.summary(300, 600);
  left.merge(data.summary(0, 300));
  const auto whole = data.summary();
  EXPECT_EQ(value::fit_bg_nbd(left, {}, {.threads = 3}), value::fit_bg_nbd(whole));
  EXPECT_EQ(value::fit_pareto_nbd(left, {}, {.threads = 2}), value::fit_pareto_nbd(whole));
  value::covariate_renewals first, second, all;
  first.add(numeric_column(data.periods).slice(200, 600), numeric_column(data.churned).slice(200, 600), data.table(200, 600));
  second.add(numeric_column(data.periods).slice(0, 200), numeric_column(data.churned).slice(0, 200), data.table(0, 200));
  first.merge(second);
  all.add(data.periods, data.churned, data.table(0, 600));
  EXPECT_EQ(value::fit_retention(first, {}, {.threads = 3}), value::fit_retention(all));
}

TEST(Covariates, DerivativesAreTheSlopesOfTheLikelihood) {
  const groups data(1500);
  const auto summary = data.summary();
  const auto m = value::fit_bg_nbd(summary, {{}, true});
  EXPECT_NEAR(value::log_likelihood(m, summary), m.fit.log_likelihood, 1e-8);
  for (std::size_t k = 0; k < m.covariates.coef.size(); ++k) {
    const double h = 1e-3;
    auto up = m, down = m;
    up.covariates.coef[k] += h;
    down.covariates.coef[k] -= h;
    const double above = value::log_likelihood(up, summary), below = value::log_likelihood(down, summary);
    EXPECT_NEAR((above - below) / (2 * h), 0, 1e-3);
    const double information = -(above + below - 2 * m.fit.log_likelihood) / (h * h);
    EXPECT_LE(1 / information, m.fit.covariance(4 + k, 4 + k) * (1 + 1e-4));
  }
}

TEST(Covariates, UnitsAndOriginsOnlyMoveTheirCoefficients) {
  groups data(1500);
  const auto m = value::fit_pareto_nbd(data.summary());
  for (double& x : data.income)
    x = 1000 * x + 500;
  const auto moved = value::fit_pareto_nbd(data.summary());
  EXPECT_NEAR(moved.fit.log_likelihood, m.fit.log_likelihood, 1e-7);
  EXPECT_NEAR(moved.covariates.coef[1] * 1000, m.covariates.coef[1], 1e-6);
  EXPECT_NEAR(std::log(moved.alpha), std::log(m.alpha) + 0.5 * m.covariates.coef[1], 1e-6);
  EXPECT_NEAR(std::sqrt(moved.fit.covariance(5, 5)) * 1000, std::sqrt(m.fit.covariance(5, 5)), 1e-6);
}

TEST(Covariates, OneGroupAloneIsItsOwnFit) {
  const groups data(3000);
  const value::customer_covariates both{data.table(0, 3000), data.table(0, 3000)};
  value::covariate_renewals renewals;
  const table_view group({{"group", data.group, {}, false}});
  renewals.add(data.periods, data.churned, group);
  const auto joint = value::fit_retention(renewals);
  // Every parameter has its own coefficient: each group's curve is that of its customers alone.
  for (const double g : {0.0, 1.0}) {
    std::vector<double> periods, churned;
    for (std::size_t i = 0; i < data.group.size(); ++i)
      if (data.group[i] == g) {
        periods.push_back(data.periods[i]);
        churned.push_back(data.churned[i]);
      }
    value::renewal_counts alone;
    alone.add(periods, churned);
    const auto own = value::fit_retention(alone);
    const std::vector<double> z{g};
    const auto there = value::models_at(joint, table_view({{"group", z, {}, false}})).at(0);
    EXPECT_NEAR(there.alpha, own.alpha, 1e-5);
    EXPECT_NEAR(there.beta, own.beta, 1e-5);
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t j = 0; j < 2; ++j)
        EXPECT_NEAR(there.fit.covariance(i, j), own.fit.covariance(i, j), 1e-6);
    const std::vector<double> tenure{2};
    EXPECT_NEAR(value::residual_renewals(joint, tenure, {0.1, 0}, table_view({{"group", z, {}, false}}))[0], value::residual_renewals(own, tenure, {0.1, 0})[0],
                1e-5);
  }
}

TEST(Covariates, CohortsEqualTheirCustomers) {
  const groups data(2000);
  value::covariate_renewals customers, cohorts;
  const table_view group({{"group", data.group, {}, false}});
  customers.add(data.periods, data.churned, group);
  std::vector<std::vector<double>> counts(2, std::vector<double>(9));
  for (std::size_t i = 0; i < data.group.size(); ++i)
    for (std::size_t t = 0; t <= static_cast<std::size_t>(data.periods[i]); ++t)
      ++counts[static_cast<std::size_t>(data.group[i])][t];
  const std::vector<double> z{0, 1};
  cohorts.add_cohorts(counts, table_view({{"group", z, {}, false}}));
  EXPECT_EQ(value::fit_retention(customers, {{}, true}), value::fit_retention(cohorts, {{}, true}));
}

TEST(Covariates, RefuseWhatTheyCannotUse) {
  const groups data(50);
  const auto with = [&](std::vector<double> column, std::vector<double> other) {
    value::covariate_summary summary;
    const table_view table({{"one", column, {}, false}, {"other", other, {}, false}});
    summary.add(data.frequency, data.recency, data.age, {table, {}});
    return value::fit_bg_nbd(summary);
  };
  auto twice = data.income, missing = data.income;
  for (double& x : twice)
    x = 3 - 2 * x;
  missing[7] = NAN;
  EXPECT_THROW(with(std::vector<double>(50, 4.0), data.income), invalid_input);
  EXPECT_THROW(with(data.income, twice), invalid_input);
  EXPECT_THROW(with(data.income, missing), invalid_input);
  value::covariate_summary none;
  EXPECT_THROW(none.add(data.frequency, data.recency, data.age, {}), invalid_input);
  EXPECT_THROW(value::fit_bg_nbd(value::covariate_summary{}), invalid_input);
  const auto m = value::fit_bg_nbd(data.summary());
  EXPECT_THROW(value::probability_alive(m, data.frequency, data.recency, data.age), invalid_input);
  EXPECT_THROW(value::probability_alive(value::bg_nbd_model{}, data.frequency, data.recency, data.age, {data.table(0, 50), {}}), invalid_input);
  EXPECT_THROW(value::probability_alive(m, data.frequency, data.recency, data.age, {data.table(0, 49), data.table(0, 49)}), invalid_input);
}

TEST(Covariates, ComeBackFromTheirFiles) {
  const groups data(400);
  const auto m = value::fit_bg_nbd(data.summary());
  EXPECT_EQ(io::from_bytes<value::bg_nbd_model>(io::to_bytes(m)), m);
  auto broken = m;
  broken.covariates.coef.pop_back();
  EXPECT_THROW(io::from_bytes<value::bg_nbd_model>(io::to_bytes(broken)), bad_file);
  broken = m;
  broken.covariates.coef[0] = NAN;
  EXPECT_THROW(io::from_bytes<value::bg_nbd_model>(io::to_bytes(broken)), bad_file);
}

}  // namespace
