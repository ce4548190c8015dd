#include "tenure/survival/log_rank.hpp"

#include <gtest/gtest.h>

#include "reference.hpp"

namespace {

using namespace tenure;
using namespace tenure::survival;
using reference::expect_close;
using reference::numbers;

struct log_rank_case {
  const char *name, *time, *event, *by, *strata;
};

class LogRankReference : public testing::TestWithParam<log_rank_case> {};

TEST_P(LogRankReference, MatchesR) {
  const log_rank_case& c = GetParam();
  const reference::json_case ref(c.name);
  const reference::csv data(ref.data());
  const outcome y{data[c.time], data[c.event], {}, {}};
  const reference::factor by(data.texts.at(c.by)), strata(c.strata ? data.texts.at(c.strata) : std::vector<std::string>(data.rows, ""));
  const auto tables = count_strata(y, by.codes, c.strata ? numeric_column(strata.codes) : numeric_column());
  for (const char* rho : {"0", "1", "0.5"}) {
    const std::string p = std::string("survdiff_rho_") + rho + ".";
    const auto r = log_rank(tables, {.weights = test_weights::fleming_harrington, .rho = std::stod(rho)});
    expect_close(r.n, ref.at(p + "n"), 1e-10, p + "n");
    expect_close(r.observed, ref.at(p + "observed"), 1e-10, p + "observed");
    expect_close(r.expected, ref.at(p + "expected"), 1e-10, p + "expected");
    expect_close(r.variance.values(), ref.at(p + "variance"), 1e-10, p + "variance");
    expect_close(r.statistic, ref.one(p + "chisq"), 1e-10, p + "chisq");
    expect_close(r.p_value, ref.one(p + "p"), 1e-8, p + "p");
    EXPECT_EQ(r.dof, ref.one(p + "df"));
  }
  const std::pair<std::string, log_rank_options> family[] = {{"gehan_breslow", {.weights = test_weights::gehan}},
                                                             {"tarone_ware", {.weights = test_weights::tarone_ware}},
                                                             {"peto_peto_modified", {.weights = test_weights::peto}},
                                                             {"fh_0_1", {.weights = test_weights::fleming_harrington, .rho = 0, .gamma = 1}},
                                                             {"fh_1_1", {.weights = test_weights::fleming_harrington, .rho = 1, .gamma = 1}},
                                                             {"fh_1_0", {.weights = test_weights::fleming_harrington, .rho = 1, .gamma = 0}}};
  for (const auto& [name, options] : family) {
    const auto r = log_rank(tables, options);
    expect_close(r.statistic, ref.one(name + ".chisq"), 1e-10, name);
    expect_close(r.p_value, ref.one(name + ".p"), 1e-8, name + ".p");
    expect_close(r.variance.values(), ref.at(name + ".V"), 1e-10, name + ".V");
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, LogRankReference,
                         testing::Values(log_rank_case{"logrank_aml", "time", "status", "x", nullptr},
                                         log_rank_case{"logrank_lung_sex", "time", "status", "female", nullptr},
                                         log_rank_case{"logrank_veteran_cell", "time", "status", "celltype", nullptr},
                                         log_rank_case{"logrank_veteran_trt_strat_cell", "time", "status", "trt2", "celltype"},
                                         log_rank_case{"logrank_colon_rx", "time", "status", "rx", nullptr},
                                         log_rank_case{"logrank_rossi_fin", "week", "arrest", "fin", nullptr}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(LogRank, LeftTruncationMatchesAGroupByGroupSum) {
  const numbers time{3, 5, 6, 7, 9, 10, 4, 8}, event{1, 1, 0, 1, 1, 1, 1, 0}, entry{0, 4, 1, 2, 5, 8, 3, 0}, group{0, 1, 0, 1, 0, 1, 1, 0};
  const auto r = log_rank({time, event, entry, {}}, group, {});
  numbers expected(2, 0.0);
  double variance = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    if (event[i] == 0) continue;
    double n[2] = {0, 0};
    for (std::size_t j = 0; j < 8; ++j)
      if (entry[j] < time[i] && time[j] >= time[i]) ++n[static_cast<int>(group[j])];
    const double all = n[0] + n[1];
    expected[0] += n[0] / all;
    expected[1] += n[1] / all;
    variance += n[0] * n[1] / (all * all);
  }
  expect_close(r.expected, expected, 1e-13, "expected");
  expect_close(r.variance(0, 0), variance, 1e-13, "variance");
}

TEST(LogRank, TrendAndPairsAgreeWithTheTwoGroupTest) {
  const reference::csv data("data/veteran.csv");
  const outcome y{data["time"], data["status"], {}, {}};
  const auto two = count_strata(y, data["trt2"], {});
  EXPECT_NEAR(log_rank(two).statistic, log_rank(two, {.scores = {0, 1}}).statistic, 1e-12);
  EXPECT_NEAR(log_rank(two).statistic, log_rank(two, {.scores = {5, -2}}).statistic, 1e-12);
  const auto pairs = pairwise_log_rank(two);
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0].statistic, log_rank(two).statistic);
}

TEST(LogRank, RefusesWhatCannotBeCompared) {
  const numbers time{1, 2, 3}, none{0, 0, 0};
  EXPECT_THROW(log_rank({time, numbers{1, 1, 0}, {}, {}}, numbers{0, 0, 0}, {}), invalid_input);
  EXPECT_THROW(log_rank({time, none, {}, {}}, numbers{0, 1, 1}, {}), invalid_input);
  EXPECT_THROW(log_rank({time, numbers{1, 1, 1}, {}, {}}, numbers{0, 1, 0.5}, {}), invalid_input);
}

}  // namespace
