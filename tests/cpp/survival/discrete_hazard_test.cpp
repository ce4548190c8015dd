#include "tenure/survival/discrete_hazard.hpp"

#include <gtest/gtest.h>

#include "reference.hpp"

namespace {

using namespace tenure;
using namespace tenure::survival;
using reference::expect_close;
using reference::numbers;

struct released {
  numbers time, event, entry, weight, fin, age, prio;
  table_view table() const { return table_view(std::vector<table_column>{{"fin", fin, {}, false}, {"age", age, {}, false}, {"prio", prio, {}, false}}); }
};

released rossi() {
  const reference::csv data("data/rossi.csv");
  released r;
  for (std::size_t i = 0; i < data.rows; ++i) {
    const double entry = static_cast<double>((i + 1) % 5);
    if (!(data["week"][i] > entry)) continue;
    r.time.push_back(data["week"][i]);
    r.event.push_back(data["arrest"][i]);
    r.entry.push_back(entry);
    r.weight.push_back(static_cast<double>(1 + (i + 1) % 3));
    r.fin.push_back(data["fin"][i]);
    r.age.push_back(data["age"][i]);
    r.prio.push_back(data["prio"][i]);
  }
  return r;
}

void expect_fit(const discrete_hazard_model& model, const std::string& name) {
  const reference::json_case ref("discrete_rossi");
  EXPECT_TRUE(model.converged);
  EXPECT_EQ(model.names(), ref.texts(name + ".names"));
  expect_close(model.coef, ref.at(name + ".coef"), 1e-8, "coef");
  numbers error;
  for (std::size_t j = 0; j < model.coef.size(); ++j)
    error.push_back(std::sqrt(model.covariance(j, j)));
  expect_close(error, ref.at(name + ".se"), 1e-6, "se");
  expect_close(model.log_likelihood, ref.one(name + ".loglik"), 1e-10, "log likelihood");
}

TEST(DiscreteHazard, MatchesGlmOnPersonPeriods) {
  const released r = rossi();
  expect_fit(fit_discrete_hazard(r.table(), {r.time, r.event}), "logit");
  expect_fit(fit_discrete_hazard(r.table(), {r.time, r.event}, {.link = hazard_link::cloglog}), "cloglog");
  const outcome late{r.time, r.event, r.entry, r.weight};
  expect_fit(fit_discrete_hazard(r.table(), late, {.link = hazard_link::cloglog, .time_varying = {"fin"}}), "cloglog_late_weighted_drift");
  discrete_hazard_options smooth{.baseline = period_baseline::spline, .knots = {6, 20, 35, 49}, .spikes = {20}};
  expect_fit(fit_discrete_hazard(r.table(), late, smooth), "logit_spline");
  smooth.link = hazard_link::cloglog;
  expect_fit(fit_discrete_hazard(r.table(), late, smooth), "cloglog_spline");
}

TEST(DiscreteHazard, DoesNotDependOnThreads) {
  const released r = rossi();
  const auto one = fit_discrete_hazard(r.table(), {r.time, r.event, r.entry, r.weight}, {}, {.threads = 1});
  EXPECT_EQ(one, fit_discrete_hazard(r.table(), {r.time, r.event, r.entry, r.weight}, {}, {.threads = 3}));
}

TEST(DiscreteHazard, SurvivalIsTheProductOfStaying) {
  const released r = rossi();
  const auto model = fit_discrete_hazard(r.table(), {r.time, r.event});
  const table_view some = r.table().slice(0, 3);
  const matrix hazard = predict_hazard(model, some, numbers{1, 2, 3}), stay = predict_survival(model, some, numbers{0, 2.5, 3});
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_DOUBLE_EQ(stay(i, 0), 1);
    EXPECT_NEAR(stay(i, 1), (1 - hazard(i, 0)) * (1 - hazard(i, 1)), 1e-15);
    EXPECT_NEAR(stay(i, 2), stay(i, 1) * (1 - hazard(i, 2)), 1e-15);
  }
  EXPECT_THROW(predict_hazard(model, some, numbers{0}), invalid_input);
  EXPECT_THROW(predict_survival(model, some, numbers{-1}), invalid_input);
}

}  // namespace
