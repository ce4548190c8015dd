#include "tenure/survival/scores.hpp"

#include <gtest/gtest.h>

#include "reference.hpp"
#include "tenure/core/random.hpp"
#include "tenure/survival/concordance.hpp"
#include "tenure/survival/cox.hpp"

namespace {

using namespace tenure;
using namespace tenure::survival;
using reference::expect_close;
using reference::numbers;

class MetricsReference : public testing::TestWithParam<const char*> {};

TEST_P(MetricsReference, MatchesScikitSurvival) {
  const reference::json_case ref(GetParam());
  const reference::csv data(ref.data());
  const numbers& times = ref.at("times");
  numbers train_time, train_event, time, event, risk, survival;
  const bool all = *std::min_element(data["test"].begin(), data["test"].end()) == 1;
  for (std::size_t i = 0; i < data.rows; ++i) {
    if (all || data["test"][i] == 0) {
      train_time.push_back(data["time"][i]);
      train_event.push_back(data["event"][i]);
    }
    if (data["test"][i] == 0) continue;
    time.push_back(data["time"][i]);
    event.push_back(data["event"][i]);
    risk.push_back(data["risk"][i]);
    for (const double t : times)
      survival.push_back(data["S_" + std::to_string(static_cast<int>(t))][i]);
  }
  const outcome training{train_time, train_event}, y{time, event};
  const matrix_view s(survival.data(), time.size(), times.size());
  const auto check_counts = [&](const concordance_result& c, const std::string& p) {
    expect_close(c.concordance, ref.one(p + "C"), 1e-10, p);
    EXPECT_EQ(c.concordant, ref.one(p + "concordant")) << p;
    EXPECT_EQ(c.discordant, ref.one(p + "discordant")) << p;
    EXPECT_EQ(c.tied_risk, ref.one(p + "tied_risk")) << p;
  };
  check_counts(concordance_index(y, risk), "harrell.");
  check_counts(concordance_index(y, risk, {}, true), "harrell.");
  check_counts(uno_concordance(training, y, risk, ref.one("tau")), "uno_tau.");
  if (ref.has("cumulative_dynamic_auc.auc")) {
    const auto auc = dynamic_auc(training, y, risk, times);
    expect_close(auc.auc, ref.at("cumulative_dynamic_auc.auc"), 1e-10, "auc");
    expect_close(auc.mean, ref.one("cumulative_dynamic_auc.mean"), 1e-10, "mean auc");
  }
  expect_close(brier_score(training, y, s, times), ref.at("brier"), 1e-10, "brier");
  expect_close(integrated_brier_score(training, y, s, times), ref.one("integrated_brier"), 1e-10, "ibs");
}

INSTANTIATE_TEST_SUITE_P(Cases, MetricsReference, testing::Values("metrics_gbsg2", "metrics_gbsg2_split", "metrics_rossi_heavy_ties", "metrics_veteran_ties"),
                         [](const auto& test) { return std::string(test.param); });

struct drawn {
  numbers time, event, risk, entry, weight;
};

drawn draw(std::size_t n, bool ties) {
  random_stream random(11);
  drawn d;
  for (std::size_t i = 0; i < n; ++i) {
    const double t = random.exponential() * 20 + 1, r = random.normal();
    d.time.push_back(ties ? std::ceil(t) : t);
    d.risk.push_back(ties ? std::round(2 * r) : r);
    d.event.push_back(static_cast<double>(random.below(3) > 0));
    d.entry.push_back(d.time.back() * random.uniform() * 0.9);
    d.weight.push_back(1.0 + static_cast<double>(random.below(3)));
  }
  return d;
}

/// All pairs, one by one.
concordance_result by_pairs(const drawn& d, bool entry, bool weight) {
  concordance_result c;
  for (std::size_t i = 0; i < d.time.size(); ++i)
    for (std::size_t j = 0; j < d.time.size(); ++j) {
      if (i == j || d.event[i] == 0) continue;
      if (!(d.time[i] < d.time[j] || (d.time[i] == d.time[j] && d.event[j] == 0))) continue;
      if (entry && !(d.entry[j] < d.time[i])) continue;
      const double w = weight ? d.weight[i] * d.weight[j] : 1.0;
      (d.risk[i] > d.risk[j] ? c.concordant : d.risk[i] < d.risk[j] ? c.discordant : c.tied_risk) += w;
    }
  return c;
}

TEST(Concordance, EveryPathEqualsAllPairs) {
  for (const std::size_t n : {2U, 5U, 17U, 33U, 700U})
    for (const bool ties : {true, false}) {
      drawn d = draw(n, ties);
      d.event[0] = 1;
      d.time[0] = 0.5;
      d.entry[0] = 0;
      for (const bool entry : {false, true})
        for (const bool weight : {false, true}) {
          const outcome y{d.time, d.event, entry ? numeric_column(d.entry) : numeric_column(), weight ? numeric_column(d.weight) : numeric_column()};
          const auto expected = by_pairs(d, entry, weight);
          if (expected.concordant + expected.discordant + expected.tied_risk == 0) continue;
          const auto c = concordance_index(y, d.risk), with_error = concordance_index(y, d.risk, {}, true);
          EXPECT_NEAR(c.concordant, expected.concordant, 1e-8) << n << ties << entry << weight;
          EXPECT_NEAR(c.discordant, expected.discordant, 1e-8);
          EXPECT_NEAR(c.tied_risk, expected.tied_risk, 1e-8);
          EXPECT_NEAR(with_error.concordance, c.concordance, 1e-12);
        }
    }
}

TEST(Concordance, ThreadsDoNotMatterAndReversingRiskReverses) {
  const drawn d = draw(200000, false);
  const outcome y{d.time, d.event};
  const auto one = concordance_index(y, d.risk), three = concordance_index(y, d.risk, {}, false, {.threads = 3});
  EXPECT_EQ(one.concordant, three.concordant);
  numbers reversed = d.risk;
  for (auto& r : reversed)
    r = -r;
  EXPECT_EQ(concordance_index(y, reversed).discordant, one.concordant);
  EXPECT_EQ(concordance_index(y, d.risk, {}, true).concordant, one.concordant);
}

struct cox_case {
  const char *name, *time, *event, *entry, *weight, *strata, *cluster;
};
class CoxConcordance : public testing::TestWithParam<cox_case> {};

TEST_P(CoxConcordance, MatchesR) {
  const cox_case& c = GetParam();
  const reference::json_case ref(c.name);
  const reference::csv data(ref.data());
  const outcome y{data[c.time], data[c.event], c.entry ? numeric_column(data[c.entry]) : numeric_column(),
                  c.weight ? numeric_column(data[c.weight]) : numeric_column()};
  std::vector<table_column> cols;
  for (const auto& name : ref.texts("names"))
    cols.push_back({name, data[name], {}, false});
  const table_view x(cols);
  numbers strata;
  if (c.strata)
    for (const double s : data[c.strata])
      strata.push_back(s - *std::min_element(data[c.strata].begin(), data[c.strata].end()));
  const numeric_column stratum = c.strata ? numeric_column(strata) : numeric_column();
  const auto m = fit_cox(x, y, {}, {.strata = stratum});
  const auto found = concordance_index(y, predict_log_hazard(m, x), stratum, true);
  expect_close(found.concordance, ref.one("concordance"), 1e-12, "concordance");
  if (!c.cluster && !c.strata) expect_close(found.std_error, ref.one("concordance_se"), 1e-7, "se");
  expect_close(found.concordant, ref.one("concordance_counts.concordant"), 1e-12, "concordant");
  expect_close(found.tied_risk, ref.one("concordance_counts.tied.x"), 1e-12, "tied");
}

INSTANTIATE_TEST_SUITE_P(Cases, CoxConcordance,
                         testing::Values(cox_case{"cox_lung_efron", "time", "status", nullptr, nullptr, nullptr, nullptr},
                                         cox_case{"cox_lung_left_truncated", "time", "status", "entry", nullptr, nullptr, nullptr},
                                         cox_case{"cox_lung_weighted_robust", "time", "status", nullptr, "wf", nullptr, "row"},
                                         cox_case{"cox_lung_strata_female", "time", "status", nullptr, nullptr, "female", nullptr},
                                         cox_case{"cox_rossi_efron", "week", "arrest", nullptr, nullptr, nullptr, nullptr},
                                         cox_case{"cox_heart_startstop_efron", "stop", "event", "start", nullptr, nullptr, nullptr},
                                         cox_case{"cox_veteran_efron", "time", "status", nullptr, nullptr, nullptr, nullptr}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Scores, RulesBeyondTheTrainingTimes) {
  const numbers train{1, 2, 3}, censored_last{1, 1, 0}, time{1, 2, 9}, event{1, 0, 1}, times{2, 5, 20};
  const outcome training{train, censored_last}, y{time, event};
  const numbers survival{0.5, 0.4, 0.3, 0.6, 0.5, 0.4, 0.9, 0.8, 0.7};
  for (const double b : brier_score(training, y, matrix_view(survival.data(), 3, 3), times))
    EXPECT_TRUE(std::isfinite(b));
  EXPECT_TRUE(std::isnan(dynamic_auc(training, y, time, times).auc[2]));
  EXPECT_THROW(brier_score(training, y, matrix_view(survival.data(), 3, 3), numbers{2, 1, 3}), invalid_input);
  EXPECT_THROW(concordance_index({time, numbers{0, 0, 0}}, time), invalid_input);
}

TEST(Scores, CalibrationOfKaplanMeierItselfIsPerfect) {
  const drawn d = draw(500, true);
  const numbers half(500, 0.5);
  const auto bins = calibration_at({d.time, d.event}, half, 15, 1);
  EXPECT_EQ(bins[0].n, 500);
  EXPECT_EQ(bins[0].predicted, 0.5);
  EXPECT_GT(bins[0].std_error, 0);
}

}  // namespace
