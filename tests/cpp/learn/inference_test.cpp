#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "stats/csv.hpp"
#include "tenure/learn/logistic_influence.hpp"
#include "tenure/learn/logistic_profile.hpp"
#include "tenure/learn/natural_spline.hpp"
#include "tenure/learn/terms.hpp"

namespace {

using namespace tenure;

struct inference_rows {
  std::map<std::string, std::vector<double>> column, result;
  std::vector<std::int32_t> plan;

  inference_rows() {
    for (const auto& row : reference::read_rows("learn/logistic_rows.csv")) {
      for (const auto& [name, unused] : row.cells)
        column[name].push_back(row.number(name));
      plan.push_back(static_cast<std::int32_t>(column["plan"].back()));
    }
    for (const auto& row : reference::read_rows("learn/logistic_more.csv"))
      result[row.text("case") + "." + row.text("quantity")].push_back(row.number("value"));
  }

  table_view table() const {
    return table_view({{"age", column.at("age"), {}, false},
                       {"charges", column.at("charges"), {}, false},
                       {"calls", column.at("calls"), {}, false},
                       {"plan", plan, {"basic", "plus", "pro"}, true}});
  }
  learn::binary_outcome outcome() const { return {.y = column.at("y")}; }

  void expect(const std::string& name, const std::vector<double>& values, double relative) const {
    const auto& expected = result.at(name);
    ASSERT_EQ(values.size(), expected.size()) << name;
    for (std::size_t i = 0; i < values.size(); ++i)
      EXPECT_NEAR(values[i], expected[i], relative * std::abs(expected[i])) << name << " " << i;
  }
};

TEST(LogisticInference, FirthAndItsIntervalsEqualR) {
  const inference_rows rows;
  const auto model = learn::fit_logistic(rows.table(), rows.outcome(), {.firth = true});
  EXPECT_TRUE(model.info.converged);
  rows.expect("plain.firth_coef", learn::coefficients_of(model).coefficient, 1e-8);
  rows.expect("plain.firth_std_error", learn::coefficients_of(model).std_error, 1e-8);
  const auto limits = learn::profile_intervals_of(model, rows.table(), rows.outcome());
  rows.expect("plain.firth_lower", limits.lower, 1e-7);
  rows.expect("plain.firth_upper", limits.upper, 1e-7);
  EXPECT_THROW(learn::fit_logistic(rows.table(), rows.outcome(), {.l2 = 1, .firth = true}), invalid_input);
  EXPECT_THROW(learn::likelihood_ratio(model, model), error);
}

TEST(LogisticInference, ProfilesTestsAndInfluenceEqualR) {
  const inference_rows rows;
  const auto model = learn::fit_logistic(rows.table(), rows.outcome());
  const auto limits = learn::profile_intervals_of(model, rows.table(), rows.outcome());
  rows.expect("plain.profile_lower", limits.lower, 1e-8);
  rows.expect("plain.profile_upper", limits.upper, 1e-8);
  rows.expect("plain.lr_statistic", learn::likelihood_ratio_tests_of(model, rows.table(), rows.outcome()).statistic, 1e-8);
  const auto influence = learn::influence_of(model, rows.table(), rows.outcome());
  rows.expect("plain.leverage", influence.leverage, 1e-8);
  rows.expect("plain.cooks_distance", influence.cooks_distance, 1e-8);
  rows.expect("plain.deviance", learn::logistic_residuals(model, rows.table(), rows.outcome(), learn::residual_kind::deviance), 1e-9);
}

TEST(LogisticInference, OtherRowsThanThoseOfTheFitAreRefused) {
  const inference_rows rows;
  const auto model = learn::fit_logistic(rows.table(), rows.outcome());
  auto flipped = rows.column.at("y");
  flipped[0] = 1 - flipped[0], flipped[1] = 1 - flipped[1];
  EXPECT_THROW(learn::profile_intervals_of(model, rows.table(), {.y = flipped}), invalid_input);
}

TEST(NaturalSpline, KnotsAreCheckedAndOneColumnIsALine) {
  const std::vector<double> x{1, 2, 4, 8};
  const auto line = learn::natural_spline_basis(x, learn::natural_spline_knots(x, 1));
  EXPECT_NEAR((line(2, 0) - line(1, 0)) / 2, line(1, 0) - line(0, 0), 1e-14);
  EXPECT_THROW(learn::natural_spline_knots(x, 0), invalid_input);
  EXPECT_THROW(learn::natural_spline_knots(std::vector<double>{1, 1, 1}, 2), invalid_input);
  EXPECT_THROW(learn::natural_spline_basis(x, {2, 1}), invalid_input);
  EXPECT_THROW(learn::natural_spline_basis(std::vector<double>{NAN}, {0, 1}), invalid_input);
  learn::terms_model forged;
  forged.columns = {{"x", false, {}}};
  forged.spline_columns = {"x"}, forged.knot_begin = {0, 2}, forged.knots = {3, 1};
  EXPECT_THROW(forged.check(), bad_file);
}

}  // namespace
