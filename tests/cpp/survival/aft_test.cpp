#include "tenure/survival/aft.hpp"

#include <gtest/gtest.h>

#include "reference.hpp"
#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"

namespace {

using namespace tenure;
using namespace tenure::survival;
using reference::expect_close;
using reference::numbers;

struct aft_case {
  const char *name, *time, *event;
  aft_distribution distribution = aft_distribution::weibull;
  const char *strata = nullptr, *entry = nullptr;
  bool interval = false, weighted = false;
};

class AftReference : public testing::TestWithParam<aft_case> {};

table_view columns_of(const reference::csv& data, const std::vector<std::string>& names) {
  std::vector<table_column> cols;
  for (const auto& name : names)
    if (data.columns.contains(name)) cols.push_back({name, data[name], {}, false});
  return table_view(cols);
}

TEST_P(AftReference, MatchesR) {
  const aft_case& c = GetParam();
  const reference::json_case ref(c.name);
  const reference::csv data(ref.data());
  numbers lower, upper, weight;
  for (std::size_t i = 0; i < data.rows; ++i) {
    lower.push_back(c.interval ? data["lo"][i] : data[c.time][i]);
    upper.push_back(c.interval ? data["hi"][i] : data[c.event][i] == 1 ? data[c.time][i] : INFINITY);
    weight.push_back(static_cast<double>(1 + (i + 1) % 3));
  }
  const interval_outcome y{lower, upper, c.entry ? numeric_column(data[c.entry]) : numeric_column(), c.weighted ? numeric_column(weight) : numeric_column()};
  const table_view x = columns_of(data, ref.texts("names"));
  const numeric_column strata = c.strata ? numeric_column(data[c.strata]) : numeric_column();
  const aft_model m = fit_aft(x, y, {.distribution = c.distribution}, {.strata = strata});
  EXPECT_TRUE(m.converged);
  if (ref.has("par")) {  // maximum likelihood by another program; its standard errors come from a coarse numeric Hessian, good to 2e-4
    const reference::json_case exact("exact_covariances");
    numbers parameters = m.coef;
    parameters.push_back(m.log_scale[0]);
    if (c.distribution == aft_distribution::generalized_gamma) parameters.push_back(m.shape);
    expect_close(parameters, ref.at("par"), 1e-6, "par");
    expect_close(m.log_likelihood, ref.one("loglik"), 1e-6, "loglik");
    for (std::size_t j = 0; j < parameters.size(); ++j)
      expect_close(std::sqrt(m.covariance(j, j)), ref.at("se")[j], 2e-4, "se");
    expect_close(m.covariance.values(), exact.at(c.name), 1e-5, "vcov");
    return;
  }
  expect_close(m.coef, ref.at("coef"), 1e-7, "coef");
  for (std::size_t s = 0; s < m.log_scale.size(); ++s)
    expect_close(std::exp(m.log_scale[s]), ref.at("scale")[s], 1e-7, "scale");
  expect_close(m.log_likelihood_null, ref.one("loglik_null"), 1e-7, "loglik_null");
  expect_close(m.log_likelihood, ref.one("loglik"), 1e-7, "loglik");
  expect_close(m.covariance.values(), ref.at("vcov"), 1e-6, "vcov");
  const auto location = predict_location(m, x);
  expect_close(numbers(location.begin(), location.begin() + 10), ref.at("lp_head"), 1e-7, "lp");
  const auto deviance = aft_deviance_residuals(m, x, y, strata);
  expect_close(numbers(deviance.begin(), deviance.begin() + 10), ref.at("deviance_resid_head"), 1e-6, "deviance");
}

INSTANTIATE_TEST_SUITE_P(
    Cases, AftReference,
    testing::Values(aft_case{"aft_lung_weibull", "time", "status"}, aft_case{"aft_rossi_weibull", "week", "arrest"},
                    aft_case{"aft_lung_exponential", "time", "status", aft_distribution::exponential},
                    aft_case{"aft_rossi_exponential", "week", "arrest", aft_distribution::exponential},
                    aft_case{"aft_lung_lognormal", "time", "status", aft_distribution::lognormal},
                    aft_case{"aft_rossi_lognormal", "week", "arrest", aft_distribution::lognormal},
                    aft_case{"aft_lung_loglogistic", "time", "status", aft_distribution::loglogistic},
                    aft_case{"aft_rossi_loglogistic", "week", "arrest", aft_distribution::loglogistic},
                    aft_case{.name = "aft_veteran_weibull_weighted", .time = "time", .event = "status", .weighted = true},
                    aft_case{.name = "aft_lung_weibull_strata", .time = "time", .event = "status", .strata = "female"},
                    aft_case{.name = "aft_lung_interval_weibull", .time = "", .event = "", .interval = true},
                    aft_case{.name = "aft_lung_interval_lognormal", .time = "", .event = "", .distribution = aft_distribution::lognormal, .interval = true},
                    aft_case{"aft_lung_gengamma", "time", "status", aft_distribution::generalized_gamma},
                    aft_case{"aft_rossi_gengamma", "week", "arrest", aft_distribution::generalized_gamma},
                    aft_case{.name = "aft_lung_weibull_left_truncated", .time = "time", .event = "status", .entry = "entry"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Aft, QuantilesInvertSurvivalAndFilesReadBack) {
  const reference::csv data("data/rossi.csv");
  const table_view x = columns_of(data, {"fin", "age", "prio"});
  for (const auto d : {aft_distribution::weibull, aft_distribution::exponential, aft_distribution::lognormal, aft_distribution::loglogistic,
                       aft_distribution::gaussian, aft_distribution::generalized_gamma}) {
    const auto m = fit_aft(x, outcome{data["week"], data["arrest"]}, {.distribution = d});
    const auto q = predict_quantile(m, x.slice(0, 5), numbers{0.3, 0.5});
    for (std::size_t i = 0; i < 5; ++i)
      for (std::size_t k = 0; k < 2; ++k) {
        const auto s = predict_survival(m, x.slice(i, i + 1), numbers{q.time(i, k)});
        EXPECT_NEAR(s(0, 0), k == 0 ? 0.7 : 0.5, 1e-10) << name_of(d);
      }
    EXPECT_TRUE(io::from_bytes<aft_model>(io::to_bytes(m)) == m);
    EXPECT_TRUE(fit_aft(x, outcome{data["week"], data["arrest"]}, {.distribution = d}, {}, {.threads = 3}) == m);
  }
}

TEST(Aft, AMixtureFindsTheCuredShare) {
  random_stream random(5);
  const std::size_t n = 20000;
  numbers x, time, event;
  for (std::size_t i = 0; i < n; ++i) {
    x.push_back(random.normal());
    const bool cured = random.uniform() < 0.3;
    const double t = std::exp(1.5 + 0.4 * x.back() + 0.5 * std::log(random.exponential()));
    event.push_back(!cured && t < 40);
    time.push_back(event.back() == 1 ? t : 40);
  }
  const auto m = fit_aft(matrix(n, 1, x), outcome{time, event}, {.cure = true});
  ASSERT_TRUE(m.converged);
  const double se = std::sqrt(m.covariance(3, 3));
  EXPECT_NEAR(std::log(m.cured_share / (1 - m.cured_share)), std::log(0.3 / 0.7), 4 * se);
  EXPECT_NEAR(m.coef[1], 0.4, 4 * std::sqrt(m.covariance(1, 1)));
  EXPECT_NEAR(m.log_scale[0], std::log(0.5), 4 * std::sqrt(m.covariance(2, 2)));
}

TEST(Aft, BadInputIsNamed) {
  const matrix x(3, 1, {1, 2, 3});
  EXPECT_THROW(fit_aft(x, outcome{numbers{0, 1, 2}, numbers{1, 1, 1}}), invalid_input);
  EXPECT_THROW(fit_aft(x, outcome{numbers{1, 1, 2}, numbers{0, 0, 0}}), invalid_input);
  EXPECT_THROW(fit_aft(matrix(3, 1, 1.0), outcome{numbers{3, 1, 2}, numbers{1, 1, 1}}), invalid_input);
  EXPECT_THROW(fit_aft(x, interval_outcome{numbers{3, 1, 2}, numbers{2, 1, 2}}), invalid_input);
  EXPECT_THROW(fit_aft(x, interval_outcome{numbers{3, 1, NAN}, numbers{3, 1, NAN}}), invalid_input);
}

}  // namespace
