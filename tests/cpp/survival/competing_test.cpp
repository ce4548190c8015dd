#include "tenure/survival/competing.hpp"

#include <gtest/gtest.h>

#include "reference.hpp"
#include "tenure/io/model_file.hpp"
#include "tenure/survival/cox.hpp"
#include "tenure/survival/curve.hpp"

namespace {

using namespace tenure;
using namespace tenure::survival;
using reference::expect_close;
using reference::numbers;

struct cr_case {
  const char *name, *time, *status, *by;
};
class CompetingReference : public testing::TestWithParam<cr_case> {};

numbers at_times(const numbers& time, const matrix& values, const numbers& wanted) {
  numbers out;
  for (const double t : wanted) {
    const auto i = static_cast<std::size_t>(std::upper_bound(time.begin(), time.end(), t) - time.begin()) - 1;
    out.insert(out.end(), values.row(i), values.row(i) + values.cols());
  }
  return out;
}

TEST_P(CompetingReference, MatchesR) {
  const cr_case& c = GetParam();
  const reference::json_case ref(c.name);
  const reference::csv data(ref.data());
  const outcome y{data[c.time], data[c.status]};
  const reference::factor by(data.texts.at(c.by));
  const auto aalen = fit_aalen_johansen(y, 2, by.codes, by.levels);
  const auto jackknife = fit_aalen_johansen(y, 2, by.codes, by.levels, 0.95, incidence_variance::jackknife);
  EXPECT_TRUE(io::from_bytes<aalen_johansen_model>(io::to_bytes(aalen)) == aalen);
  for (std::size_t g = 0; g < by.levels.size(); ++g) {
    const std::string p = "group_" + by.levels[g] + ".";
    const auto& curve = aalen.curves[g];
    const numbers& times = ref.at(p + "time");
    expect_close(at_times(curve.time, curve.incidence, times), ref.at(p + "cmprsk_cuminc_est"), 1e-9, p + "cuminc");
    expect_close(at_times(curve.time, curve.variance, times), ref.at(p + "cmprsk_cuminc_var"), 1e-9, p + "cuminc var");
    matrix states(curve.time.size(), 3), errors(curve.time.size(), 3);
    for (std::size_t i = 0; i < curve.time.size(); ++i) {
      states(i, 0) = curve.survival[i];
      errors(i, 0) = std::sqrt(jackknife.curves[g].survival_variance[i]);
      for (std::size_t k = 0; k < 2; ++k) {
        states(i, k + 1) = curve.incidence(i, k);
        errors(i, k + 1) = std::sqrt(jackknife.curves[g].variance(i, k));
      }
    }
    expect_close(at_times(curve.time, states, times), ref.at(p + "pstate"), 1e-9, p + "pstate");
    expect_close(at_times(curve.time, errors, times), ref.at(p + "se"), 1e-9, p + "se");
    expect_close(mean_time_in_state(curve, ref.one(p + "restricted_mean_time_in_state.tau"), curve.time[0]), ref.at(p + "restricted_mean_time_in_state.value"),
                 1e-9, p + "mean time");
  }
  event_counts counts(by.levels.size(), 2);
  counts.add(y, by.codes);
  for (int cause = 1; cause <= 2; ++cause) {
    const auto gray = gray_test(counts.finish(), cause);
    expect_close(gray.statistic, ref.at("gray_test.stat")[static_cast<std::size_t>(cause) - 1], 1e-9, "gray");
    expect_close(gray.p_value, ref.at("gray_test.p")[static_cast<std::size_t>(cause) - 1], 1e-8, "gray p");

    const std::string p = "finegray_crr_cause" + std::to_string(cause) + ".";
    std::vector<table_column> cols;
    for (const auto& name : ref.texts(p + "names"))
      cols.push_back({name, data[name], {}, false});
    const table_view x(cols);
    const auto fg = fit_fine_gray(x, y, {.cause = cause});
    EXPECT_TRUE(fg.converged);
    EXPECT_TRUE(io::from_bytes<fine_gray_model>(io::to_bytes(fg)) == fg);
    expect_close(fg.coef, ref.at(p + "coef"), 1e-6, p + "coef");
    for (std::size_t j = 0; j < fg.coef.size(); ++j)
      expect_close(std::sqrt(fg.covariance(j, j)), ref.at(p + "se")[j], 1e-5, p + "se");
    expect_close(fg.log_likelihood, ref.one(p + "loglik"), 1e-6, p + "loglik");
    expect_close(fg.log_likelihood_null, ref.one(p + "loglik_null"), 1e-6, p + "loglik_null");
    double zero = 0;
    for (std::size_t j = 0; j < fg.coef.size(); ++j)
      zero -= fg.center[j] * fg.coef[j];
    numbers baseline;
    for (const double t : ref.at(p + "baseline_time")) {
      const auto i = std::upper_bound(fg.baseline_time.begin(), fg.baseline_time.end(), t) - fg.baseline_time.begin();
      baseline.push_back(i == 0 ? 0.0 : fg.baseline_hazard[static_cast<std::size_t>(i) - 1] * std::exp(zero));
    }
    expect_close(baseline, ref.at(p + "baseline_cum_subhazard"), 1e-6, p + "baseline");

    numbers of_cause;
    for (const double s : data[c.status])
      of_cause.push_back(s == cause);
    const std::string q = "cause_specific_cox_cause" + std::to_string(cause) + ".";
    const auto cox = fit_cox(x, {data[c.time], of_cause});
    expect_close(cox.coef, ref.at(q + "coef"), 1e-8, q + "coef");
    expect_close(cox.log_likelihood, ref.one(q + "loglik"), 1e-8, q + "loglik");
    for (std::size_t j = 0; j < cox.coef.size(); ++j)
      expect_close(std::sqrt(cox.covariance(j, j)), ref.at(q + "se")[j], 1e-8, q + "se");
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, CompetingReference,
                         testing::Values(cr_case{"cr_mgus2", "etime", "status", "male"}, cr_case{"cr_pbc", "time", "status", "female"}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(AalenJohansen, WithOneCauseItIsKaplanMeier) {
  const reference::csv data("data/lung.csv");
  event_counts counts;
  counts.add({data["time"], data["status"]});
  const auto table = counts.finish()[0];
  const auto aj = aalen_johansen(table);
  const auto km = kaplan_meier(table);
  for (std::size_t i = 0; i < km.time.size(); ++i) {
    EXPECT_NEAR(aj.incidence(i, 0), 1 - km.estimate[i], 1e-14);
    EXPECT_NEAR(aj.survival[i], km.estimate[i], 1e-14);
  }
}

TEST(FineGray, LateEntriesMatchR) {
  const reference::json_case ref("fine_gray_late");
  const reference::csv data(ref.data());
  const table_view x(std::vector<table_column>{{"age", data["age"], {}, false}, {"plan", data["plan"], {}, false}});
  for (const int cause : {1, 2}) {
    const auto model = fit_fine_gray(x, {data["time"], data["status"], data["entry"]}, {.cause = cause});
    const std::string name = "cause" + std::to_string(cause);
    reference::expect_close(model.coef, ref.at(name + ".coef"), 1e-7, "coef");
    reference::expect_close({std::sqrt(model.covariance(0, 0)), std::sqrt(model.covariance(1, 1))}, ref.at(name + ".se"), 1e-6, "se");
  }
}

TEST(Competing, Refusals) {
  const numbers time{1, 2, 3, 4}, cause{1, 2, 1, 0}, group{0, 0, 1, 1};
  EXPECT_THROW(fit_fine_gray(matrix(4, 1, {1, 2, 3, 4}), {time, cause}, {.cause = 3}), invalid_input);
  EXPECT_THROW(fit_fine_gray(matrix(4, 1, {1, 2, 3, 4}), {.time = time, .event = cause, .weight = numbers{1, 1, -1, 1}}), invalid_input);
  EXPECT_THROW(fit_aalen_johansen({time, cause}, 1, {}, {"all"}), invalid_input);
}

}  // namespace
