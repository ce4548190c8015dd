#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "cdnow.hpp"
#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"
#include "tenure/value/bg_nbd.hpp"
#include "tenure/value/gamma_gamma.hpp"
#include "tenure/value/pareto_nbd.hpp"

namespace {

using namespace tenure;

double sum_of(const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.0); }

class Cdnow : public testing::Test {
 protected:
  reference::cdnow data;
  value::purchase_summary purchases;
  void SetUp() override { purchases.add(data.frequency, data.recency, data.age); }
};

// tests/reference/value/clv_cdnow.json (scipy), which reproduces Fader, Hardie and Lee (2005).
TEST_F(Cdnow, BgNbdAgreesWithTheReference) {
  EXPECT_LT(purchases.size(), data.age.size());
  EXPECT_EQ(purchases.customers(), 2357);
  const auto m = value::fit_bg_nbd(purchases);
  EXPECT_TRUE(m.fit.converged) << m.fit.message;
  EXPECT_NEAR(m.r, 0.24259451654433395, 2e-7);
  EXPECT_NEAR(m.alpha, 4.413601958035183, 5e-6);
  EXPECT_NEAR(m.a, 0.792921916801838, 2e-6);
  EXPECT_NEAR(m.b, 2.425906445849037, 1e-5);
  EXPECT_NEAR(m.fit.log_likelihood, -9582.429206673929, 1e-8);
  EXPECT_NEAR(sum_of(value::expected_purchases(m, data.frequency, data.recency, data.age, 39)), 1653.408728590227, 1e-3);
  EXPECT_NEAR(sum_of(value::probability_alive(m, data.frequency, data.recency, data.age)) / 2357, 0.8134398279864878, 1e-7);
}

TEST_F(Cdnow, ParetoNbdAgreesWithTheReference) {
  const auto m = value::fit_pareto_nbd(purchases);
  EXPECT_TRUE(m.fit.converged) << m.fit.message;
  EXPECT_NEAR(m.r, 0.5532770755318486, 1e-6);
  EXPECT_NEAR(m.alpha, 10.577683783787332, 2e-5);
  EXPECT_NEAR(m.s, 0.6062398251972597, 1e-6);
  EXPECT_NEAR(m.beta, 11.668728998287602, 5e-5);
  EXPECT_NEAR(m.fit.log_likelihood, -9594.976178939542, 1e-8);
}

TEST_F(Cdnow, GammaGammaAgreesWithThePublishedEstimates) {
  value::spend_summary spend;
  spend.add(data.frequency, data.mean);
  const auto m = value::fit_gamma_gamma(spend);
  EXPECT_TRUE(m.fit.converged);
  EXPECT_EQ(m.customers, 946);
  EXPECT_NEAR(m.p, 6.25, 5e-3);
  EXPECT_NEAR(m.q, 3.74, 5e-3);
  EXPECT_NEAR(m.gamma, 15.44, 1e-2);
}

TEST_F(Cdnow, DerivativesAreTheSlopesOfTheLikelihood) {
  const auto bg = value::fit_bg_nbd(purchases);
  const auto pareto = value::fit_pareto_nbd(purchases);
  const auto rises = [&](auto model, auto field) {
    const double best = model.fit.log_likelihood;
    for (const double factor : {0.999, 1.001}) {
      auto moved = model;
      moved.*field *= factor;
      EXPECT_LT(value::log_likelihood(moved, purchases), best);
    }
  };
  for (const auto field : {&value::bg_nbd_model::r, &value::bg_nbd_model::alpha, &value::bg_nbd_model::a, &value::bg_nbd_model::b})
    rises(bg, field);
  for (const auto field : {&value::pareto_nbd_model::r, &value::pareto_nbd_model::alpha, &value::pareto_nbd_model::s, &value::pareto_nbd_model::beta})
    rises(pareto, field);
}

TEST_F(Cdnow, CurvatureIsTheSecondDifference) {
  const auto m = value::fit_bg_nbd(purchases);
  const matrix& v = m.fit.covariance;
  EXPECT_GT(v(0, 0), 0);
  // The information along each log-parameter, by differences, bounds the variance from below: 1 / information <= variance.
  for (const auto& [k, field] :
       {std::pair{0U, &value::bg_nbd_model::r}, {1U, &value::bg_nbd_model::alpha}, {2U, &value::bg_nbd_model::a}, {3U, &value::bg_nbd_model::b}}) {
    auto up = m, down = m;
    const double h = 1e-3;
    up.*field *= std::exp(h);
    down.*field *= std::exp(-h);
    const double information = -(value::log_likelihood(up, purchases) + value::log_likelihood(down, purchases) - 2 * m.fit.log_likelihood) / (h * h);
    EXPECT_LE(1 / information, v(k, k) * (1 + 1e-4));
  }
}

TEST_F(Cdnow, AnySplitAndThreadsSameAnswer) {
  value::purchase_summary left, right;
  const numeric_column x(data.frequency), recency(data.recency), age(data.age);
  left.add(x.slice(1000, 2357), recency.slice(1000, 2357), age.slice(1000, 2357));
  right.add(x.slice(0, 10), recency.slice(0, 10), age.slice(0, 10));
  right.add(x.slice(10, 1000), recency.slice(10, 1000), age.slice(10, 1000));
  left.merge(right);
  const auto whole = value::fit_bg_nbd(purchases, {}, {.threads = 3});
  EXPECT_EQ(value::fit_bg_nbd(left), whole);
  EXPECT_EQ(value::fit_pareto_nbd(left), value::fit_pareto_nbd(purchases, {}, {.threads = 2}));
}

TEST_F(Cdnow, TheTimeUnitOnlyScales) {
  auto days = data;
  for (auto* v : {&days.recency, &days.age})
    for (double& t : *v)
      t = std::round(t * 7);
  value::purchase_summary in_days;
  in_days.add(days.frequency, days.recency, days.age);
  const auto weeks = value::fit_bg_nbd(purchases), daily = value::fit_bg_nbd(in_days);
  EXPECT_NEAR(daily.alpha / weeks.alpha, 7, 1e-5);
  EXPECT_NEAR(daily.a / weeks.a, 1, 1e-6);
  EXPECT_NEAR(sum_of(value::expected_purchases(daily, days.frequency, days.recency, days.age, 273)),
              sum_of(value::expected_purchases(weeks, data.frequency, data.recency, data.age, 39)), 1e-3);
}

TEST_F(Cdnow, ExpectedPurchasesMatchTheExamples) {
  value::bg_nbd_model m;
  m.r = 0.24259451654433395, m.alpha = 4.413601958035183, m.a = 0.792921916801838, m.b = 2.425906445849037;
  const std::vector<double> x{2, 0, 13}, recency{30.428571428571427, 0, 37.857142857142854}, age{38.857142857142854, 38.42857142857143, 38.0};
  const auto e = value::expected_purchases(m, x, recency, age, 39);
  EXPECT_NEAR(e[0], 1.2259944753626684, 1e-12);
  EXPECT_NEAR(e[1], 0.19654876944471772, 1e-13);
  EXPECT_NEAR(e[2], 8.984531856417554, 1e-11);
  const auto alive = value::probability_alive(m, x, recency, age);
  EXPECT_NEAR(alive[0], 0.7266203177310756, 1e-14);
  EXPECT_EQ(alive[1], 1);
}

TEST(BgNbd, IsSmoothWhereItsFormulaIsNot) {
  value::bg_nbd_model m;
  m.r = 0.5, m.alpha = 4, m.b = 2;
  const std::vector<double> x{0, 3}, recency{0, 10}, age{20, 20};
  const auto at = [&](double a) {
    m.a = a;
    return value::expected_purchases(m, x, recency, age, 30);
  };
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(at(1)[i], 0.5 * (at(1.001)[i] + at(0.999)[i]), 1e-5 * at(1)[i]);
    EXPECT_NEAR(at(1 + 0.99e-4)[i], at(1 + 1.01e-4)[i], 1e-5 * at(1)[i]);
  }
  m.b = 0.3;  // a + b - 1 passes through 0
  EXPECT_NEAR(at(0.7)[0], 0.5 * (at(0.7 + 1e-5)[0] + at(0.7 - 1e-5)[0]), 1e-8);
}

/// Customers who follow the models: purchases until `age`, leaving after a purchase (BG) or after any time (Pareto).
struct simulated {
  std::vector<double> frequency, recency, age;
  double holdout = 0;

  simulated(std::size_t n, bool pareto, bool modified, double horizon) {
    random_stream random(17);
    const auto gamma = [&](int shape) {
      double g = 0;
      for (int k = 0; k < shape; ++k)
        g += random.exponential();
      return g;
    };
    for (std::size_t i = 0; i < n; ++i) {
      const double rate = gamma(2) / 10, T = 30 + 10 * random.uniform();
      const double g1 = gamma(1), g2 = gamma(3), leave = g1 / (g1 + g2);
      const double dies = pareto ? random.exponential() / (gamma(2) / 60) : 1e9;
      double t = 0, last = 0, x = 0;
      bool alive = pareto || !modified || random.uniform() >= leave;
      while (alive) {
        t += random.exponential() / rate;
        if (t > dies) break;
        if (t > T + horizon) break;
        if (t <= T) {
          ++x;
          last = t;
        } else {
          ++holdout;
        }
        alive = pareto || random.uniform() >= leave;
      }
      frequency.push_back(x);
      recency.push_back(last);
      age.push_back(T);
    }
  }
};

TEST(Simulated, ModelsFindTheirOwnParametersAndFuture) {
  const simulated bg(20000, false, false, 20), modified(20000, false, true, 20), pareto(20000, true, false, 20);
  value::purchase_summary data;
  data.add(bg.frequency, bg.recency, bg.age);
  const auto m = value::fit_bg_nbd(data);
  EXPECT_TRUE(m.fit.converged);
  EXPECT_NEAR(m.r, 2, 0.15);
  EXPECT_NEAR(m.a / (m.a + m.b), 0.25, 0.02);
  EXPECT_NEAR(sum_of(value::expected_purchases(m, bg.frequency, bg.recency, bg.age, 20)) / bg.holdout, 1, 0.03);

  data = {};
  data.add(modified.frequency, modified.recency, modified.age);
  const auto mbg = value::fit_bg_nbd(data, {{}, true});
  EXPECT_TRUE(mbg.fit.converged);
  EXPECT_NEAR(mbg.r, 2, 0.2);
  EXPECT_NEAR(mbg.a / (mbg.a + mbg.b), 0.25, 0.02);
  EXPECT_LT(value::probability_alive(mbg, std::vector<double>{0}, std::vector<double>{0}, std::vector<double>{30})[0], 1);
  EXPECT_NEAR(sum_of(value::expected_purchases(mbg, modified.frequency, modified.recency, modified.age, 20)) / modified.holdout, 1, 0.03);

  data = {};
  data.add(pareto.frequency, pareto.recency, pareto.age);
  const auto p = value::fit_pareto_nbd(data);
  EXPECT_TRUE(p.fit.converged);
  EXPECT_NEAR(p.r, 2, 0.15);
  EXPECT_NEAR(p.s / p.beta, 2.0 / 60, 0.006);
  EXPECT_NEAR(sum_of(value::expected_purchases(p, pareto.frequency, pareto.recency, pareto.age, 20)) / pareto.holdout, 1, 0.03);
}

TEST(Models, SayWhenTheDataDetermineNothing) {
  value::purchase_summary data;
  data.add(std::vector<double>{3}, std::vector<double>{9.0}, std::vector<double>{10.0});
  const auto one = value::fit_bg_nbd(data);
  EXPECT_FALSE(one.fit.converged);
  EXPECT_FALSE(one.fit.message.empty());
  value::purchase_summary nobody;
  nobody.add(std::vector<double>{0, 0}, std::vector<double>{0, 0}, std::vector<double>{5, 6});
  EXPECT_THROW(value::fit_bg_nbd(nobody), invalid_input);
  EXPECT_THROW(value::fit_pareto_nbd(nobody), invalid_input);
  EXPECT_THROW(value::fit_bg_nbd(value::purchase_summary{}), invalid_input);
  value::spend_summary spend;
  spend.add(std::vector<double>{2, 0}, std::vector<double>{10, 0});
  EXPECT_THROW(value::fit_gamma_gamma(spend), invalid_input);
}

TEST(Models, RefuseImpossibleCustomers) {
  value::purchase_summary data;
  const std::vector<double> one{1}, two{2}, zero{0}, negative{-1}, half{0.5}, nan{NAN}, ten{10};
  EXPECT_THROW(data.add(half, one, ten), invalid_input);
  EXPECT_THROW(data.add(one, negative, ten), invalid_input);
  EXPECT_THROW(data.add(one, ten, two), invalid_input);
  EXPECT_THROW(data.add(zero, one, ten), invalid_input);
  EXPECT_THROW(data.add(nan, one, ten), invalid_input);
  EXPECT_THROW(data.add(one, one, nan), invalid_input);
  EXPECT_THROW(data.add(one, one, std::vector<double>{1, 2}), invalid_input);
  value::spend_summary spend;
  EXPECT_THROW(spend.add(one, negative), invalid_input);
  EXPECT_THROW(spend.add(one, nan), invalid_input);
  value::bg_nbd_model m;
  EXPECT_THROW(value::expected_purchases(m, one, one, ten, -1), invalid_input);
}

TEST(Models, ComeBackFromTheirFiles) {
  const reference::cdnow data;
  value::purchase_summary purchases;
  purchases.add(data.frequency, data.recency, data.age);
  const auto m = value::fit_bg_nbd(purchases);
  EXPECT_EQ(io::from_bytes<value::bg_nbd_model>(io::to_bytes(m)), m);
  auto broken = m;
  broken.r = -1;
  EXPECT_THROW(io::from_bytes<value::bg_nbd_model>(io::to_bytes(broken)), bad_file);
  broken = m;
  broken.fit.covariance = matrix(2, 2);
  EXPECT_THROW(io::from_bytes<value::bg_nbd_model>(io::to_bytes(broken)), bad_file);
}

}  // namespace
