#include <gtest/gtest.h>

#include "reference.hpp"
#include "tenure/survival/cox.hpp"
#include "tenure/survival/cox_residuals.hpp"

namespace {

using namespace tenure;
using namespace tenure::survival;
using reference::expect_close;
using reference::numbers;

struct cox_case {
  const char *name, *time, *event, *entry = nullptr, *weight = nullptr, *strata = nullptr, *cluster = nullptr;
  survival::ties ties = ties::efron;
};

class CoxReference : public testing::TestWithParam<cox_case> {};

/// Everything a case needs, from its file.
struct loaded {
  reference::json_case ref;
  reference::csv data;
  numbers cluster_codes;
  outcome y;
  table_view x;
  cox_columns columns;

  explicit loaded(const cox_case& c) : ref(c.name), data(ref.data()) {
    y = {data[c.time], data[c.event], c.entry ? numeric_column(data[c.entry]) : numeric_column(), c.weight ? numeric_column(data[c.weight]) : numeric_column()};
    std::vector<table_column> cols;
    for (const auto& name : ref.texts("names"))
      cols.push_back({name, data[name], {}, false});
    x = table_view(cols);
    if (c.strata) {
      const double low = *std::min_element(data[c.strata].begin(), data[c.strata].end());
      strata_codes = data[c.strata];
      for (auto& s : strata_codes)
        s -= low;
      columns.strata = strata_codes;
    }
    if (c.cluster) {
      const std::string cluster = c.cluster;
      if (cluster == "row") {
        for (std::size_t i = 0; i < data.rows; ++i)
          cluster_codes.push_back(static_cast<double>(i));
      } else {
        cluster_codes = data[cluster];
      }
      columns.cluster = cluster_codes;
    }
  }
  numbers strata_codes;
};

void check_tests(const reference::json_case& ref, const std::string& key, double statistic, bool rounded = false) {
  if (!ref.has(key)) return;
  if (rounded)
    EXPECT_NEAR(statistic, ref.at(key)[0], 0.00501) << key;  // R's summary keeps two decimals of the Wald test
  else
    expect_close(statistic, ref.at(key)[0], 1e-7, key);
}

numbers head(const matrix& m, std::size_t rows) {
  numbers out;
  for (std::size_t i = 0; i < std::min(rows, m.rows()); ++i)
    out.insert(out.end(), m.row(i), m.row(i) + m.cols());
  return out;
}

numbers column_squares(const matrix& m) {
  numbers out(m.cols(), 0.0);
  for (std::size_t i = 0; i < m.rows(); ++i)
    for (std::size_t j = 0; j < m.cols(); ++j)
      out[j] += m(i, j) * m(i, j);
  return out;
}

TEST_P(CoxReference, MatchesR) {
  const cox_case& c = GetParam();
  const loaded d(c);
  const auto& ref = d.ref;
  const bool exact = c.ties == ties::exact;
  const double tight = exact ? 1e-7 : 1e-8;
  const cox_model m = fit_cox(d.x, d.y, {.ties = c.ties}, d.columns);
  EXPECT_TRUE(m.converged);
  expect_close(m.coef, ref.at("coef"), tight, "coef");
  expect_close(m.covariance.values(), ref.at("vcov"), tight, "vcov");
  expect_close(m.log_likelihood_null, ref.one("loglik_null"), tight, "loglik_null");
  expect_close(m.log_likelihood, ref.one("loglik"), tight, "loglik");
  EXPECT_EQ(m.rows, ref.one("n"));
  EXPECT_EQ(m.events, ref.one("nevent"));
  check_tests(ref, "lr_test", m.likelihood_ratio_test);
  check_tests(ref, "wald_test", m.wald_test, true);
  check_tests(ref, "score_test", m.score_test);
  check_tests(ref, "robust_score_test", m.robust_score_test);
  if (ref.has("robust_vcov")) expect_close(m.robust_covariance.values(), ref.at("robust_vcov"), 1e-7, "robust_vcov");
  const auto risk = predict_log_hazard(m, d.x);
  expect_close(numbers(risk.begin(), risk.begin() + 10), ref.at("lp_zero_reference_head"), 1e-8, "lp");
  if (exact) return;

  numbers baseline = m.baseline_hazard;
  for (auto& h : baseline)
    h *= baseline_at_zero(m);
  numbers time = ref.at("baseline_cumhaz_at_zero.time"), hazard = ref.at("baseline_cumhaz_at_zero.cumhaz");
  for (std::size_t i = hazard.size(); i-- > 0;)  // R keeps a first row even where nothing happened yet
    if (hazard[i] == 0) {
      hazard.erase(hazard.begin() + static_cast<std::ptrdiff_t>(i));
      time.erase(time.begin() + static_cast<std::ptrdiff_t>(i));
    }
  expect_close(m.baseline_time, time, 1e-10, "baseline time");
  expect_close(baseline, hazard, 1e-7, "baseline");

  for (const auto& [transform, name] :
       {std::pair{time_transform::identity, "identity"}, {time_transform::km, "km"}, {time_transform::rank, "rank"}, {time_transform::log, "log"}}) {
    const std::string p = std::string("zph.") + name + ".";
    if (!ref.has(p + "chisq")) continue;
    const auto test = test_proportional_hazards(m, d.x, d.y, transform, d.columns);
    expect_close(test.statistic, ref.at(p + "chisq"), 1e-6, p);
    expect_close(test.p_value, ref.at(p + "p"), 1e-6, p + "p");
  }
  const auto residuals = [&](residual kind) { return cox_residuals(m, d.x, d.y, kind, d.columns).values; };
  const std::pair<residual, std::string> kinds[] = {{residual::martingale, "martingale"}, {residual::deviance, "deviance"},
                                                    {residual::schoenfeld, "schoenfeld"}, {residual::scaled_schoenfeld, "scaled_schoenfeld"},
                                                    {residual::score, "score"},           {residual::dfbeta, "dfbeta"}};
  for (const auto& [kind, name] : kinds) {
    const matrix r = residuals(kind);
    expect_close(head(r, 10), ref.at("residuals." + name + "_head"), 1e-6, name);
    const std::string squares = "residuals." + name + (r.cols() == 1 && ref.has("residuals." + name + "_sumsq") ? "_sumsq" : "_colsumsq");
    if (ref.has(squares)) expect_close(column_squares(r), ref.at(squares), 1e-6, squares);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Cases, CoxReference,
    testing::Values(cox_case{.name = "cox_lung_efron", .time = "time", .event = "status"},
                    cox_case{.name = "cox_lung_breslow", .time = "time", .event = "status", .ties = ties::breslow},
                    cox_case{.name = "cox_lung_exact", .time = "time", .event = "status", .ties = ties::exact},
                    cox_case{.name = "cox_lung_strata_female", .time = "time", .event = "status", .strata = "female"},
                    cox_case{.name = "cox_lung_cluster", .time = "time", .event = "status", .cluster = "site"},
                    cox_case{.name = "cox_lung_weighted_robust", .time = "time", .event = "status", .weight = "wf", .cluster = "row"},
                    cox_case{.name = "cox_lung_left_truncated", .time = "time", .event = "status", .entry = "entry"},
                    cox_case{.name = "cox_lung_full", .time = "time", .event = "status"},
                    cox_case{.name = "cox_veteran_efron", .time = "time", .event = "status"},
                    cox_case{.name = "cox_veteran_breslow", .time = "time", .event = "status", .ties = ties::breslow},
                    cox_case{.name = "cox_veteran_exact", .time = "time", .event = "status", .ties = ties::exact},
                    cox_case{.name = "cox_rossi_efron", .time = "week", .event = "arrest"},
                    cox_case{.name = "cox_rossi_breslow", .time = "week", .event = "arrest", .ties = ties::breslow},
                    cox_case{.name = "cox_rossi_exact", .time = "week", .event = "arrest", .ties = ties::exact},
                    cox_case{.name = "cox_colon_death", .time = "time", .event = "status"},
                    cox_case{.name = "cox_colon_both_cluster_strata", .time = "time", .event = "status", .strata = "etype", .cluster = "id"},
                    cox_case{.name = "cox_pbc", .time = "time", .event = "death"}, cox_case{.name = "cox_gbsg2", .time = "time", .event = "cens"},
                    cox_case{.name = "cox_heart_startstop_efron", .time = "stop", .event = "event", .entry = "start"},
                    cox_case{.name = "cox_heart_startstop_breslow", .time = "stop", .event = "event", .entry = "start", .ties = ties::breslow},
                    cox_case{.name = "cox_heart_cluster_id", .time = "stop", .event = "event", .entry = "start", .cluster = "id"}),
    [](const auto& test) { return std::string(test.param.name); });

class CoxRidge : public testing::TestWithParam<cox_case> {};

TEST_P(CoxRidge, MatchesR) {
  const loaded d(GetParam());
  const auto m = fit_cox(d.x, d.y, {.l2 = d.ref.one("theta")});
  expect_close(m.coef, d.ref.at("coef"), 1e-7, "coef");
  for (std::size_t j = 0; j < m.coef.size(); ++j) {
    expect_close(std::sqrt(m.covariance(j, j)), d.ref.at("se")[j], 1e-7, "se");
    expect_close(std::sqrt(m.unpenalised_covariance(j, j)), d.ref.at("se2")[j], 1e-7, "se2");
  }
  expect_close(m.log_likelihood, d.ref.one("loglik_unpenalised"), 1e-7, "loglik");
  expect_close(m.effective_dof, d.ref.one("df"), 1e-7, "df");
}

INSTANTIATE_TEST_SUITE_P(Cases, CoxRidge,
                         testing::Values(cox_case{.name = "cox_ridge_lung_full", .time = "time", .event = "status"},
                                         cox_case{.name = "cox_ridge_rossi", .time = "week", .event = "arrest"}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
