#include "tenure/learn/logistic.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "stats/csv.hpp"
#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"
#include "tenure/learn/logistic_inference.hpp"

namespace {

using namespace tenure;
using learn::binary_outcome;
using learn::fit_logistic;

/// The 300 reference rows, columns by name, and R's results.
struct reference_rows {
  std::map<std::string, std::vector<double>> column;
  std::vector<std::int32_t> plan;
  std::map<std::string, std::vector<double>> result;

  reference_rows() {
    for (const auto& row : reference::read_rows("learn/logistic_rows.csv")) {
      for (const auto& [name, unused] : row.cells)
        column[name].push_back(row.number(name));
      plan.push_back(static_cast<std::int32_t>(column["plan"].back()));
    }
    for (const auto& row : reference::read_rows("learn/logistic_results.csv"))
      result[row.text("case") + "." + row.text("quantity")].push_back(row.number("value"));
  }

  table_view table(bool with_plan = true) const {
    std::vector<table_column> columns;
    for (const char* name : {"age", "charges", "calls"})
      columns.push_back({name, column.at(name), {}, false});
    if (with_plan) columns.push_back({"plan", plan, {"basic", "plus", "pro"}, true});
    return table_view(columns);
  }
  binary_outcome outcome() const { return {.y = column.at("y")}; }

  void expect(const std::string& name, const std::vector<double>& values, double relative) const {
    const auto& expected = result.at(name);
    ASSERT_EQ(values.size(), expected.size()) << name;
    for (std::size_t i = 0; i < values.size(); ++i)
      EXPECT_NEAR(values[i], expected[i], relative * std::abs(expected[i])) << name << " " << i;
  }
  void expect_fit(const std::string& name, const learn::logistic_model& model) const {
    EXPECT_TRUE(model.info.converged);
    EXPECT_FALSE(model.info.separated);
    const auto table_of = learn::coefficients_of(model);
    expect(name + ".coef", table_of.coefficient, 1e-9);
    expect(name + ".std_error", table_of.std_error, 1e-8);
    expect(name + ".p_value", table_of.p_value, 1e-6);
    expect(name + ".covariance", model.covariance.values(), 1e-6);
    expect(name + ".deviance", {model.deviance()}, 1e-12);
    expect(name + ".null_deviance", {model.null_deviance()}, 1e-12);
    expect(name + ".aic", {model.aic()}, 1e-12);
  }
};

TEST(Logistic, EqualsR) {
  const reference_rows rows;
  rows.expect_fit("plain", fit_logistic(rows.table(), rows.outcome()));
  auto outcome = rows.outcome();
  outcome.weight = rows.column.at("weight");
  rows.expect_fit("weighted", fit_logistic(rows.table(), outcome));
  outcome = rows.outcome();
  outcome.offset = rows.column.at("offset");
  rows.expect_fit("offset", fit_logistic(rows.table(), outcome));
  rows.expect_fit("through_origin", fit_logistic(rows.table(false), rows.outcome(), {.intercept = false}));
}

TEST(Logistic, RobustVariancesEqualSandwich) {
  const reference_rows rows;
  const auto errors = [&](const binary_outcome& outcome, variance_kind kind) {
    learn::logistic_options options;
    options.variance = kind;
    return learn::coefficients_of(fit_logistic(rows.table(), outcome, options)).std_error;
  };
  rows.expect("plain.hc0", errors(rows.outcome(), variance_kind::hc0), 1e-8);
  rows.expect("plain.hc1", errors(rows.outcome(), variance_kind::hc1), 1e-8);
  auto outcome = rows.outcome();
  outcome.cluster = rows.column.at("cluster");
  rows.expect("plain.cluster", errors(outcome, variance_kind::cluster), 1e-8);
  outcome = rows.outcome();
  outcome.weight = rows.column.at("weight");
  rows.expect("weighted.hc0", errors(outcome, variance_kind::hc0), 1e-8);
}

TEST(Logistic, TestsEqualR) {
  const reference_rows rows;
  const auto smaller = fit_logistic(rows.table(false), rows.outcome()), larger = fit_logistic(rows.table(), rows.outcome());
  const auto test = learn::likelihood_ratio(smaller, larger);
  rows.expect("plain.lr_plan", {test.statistic, test.dof, test.p_value}, 1e-9);
  const auto joint = learn::joint_tests_of(larger);
  ASSERT_EQ(joint.column.back(), "plan");
  rows.expect("plain.wald_plan", {joint.statistic.back(), joint.dof.back(), joint.p_value.back()}, 1e-8);
  EXPECT_THROW(learn::likelihood_ratio(larger, smaller), invalid_input);
}

struct big_data {
  matrix x;
  std::vector<double> y, weight;
  explicit big_data(std::size_t n, std::size_t p = 4) : x(n, p), y(n), weight(n) {
    random_stream random(8);
    for (std::size_t i = 0; i < n; ++i) {
      double eta = -1;
      for (std::size_t j = 0; j < p; ++j)
        eta += 0.5 * (x(i, j) = random.normal());
      y[i] = random.uniform() < 1 / (1 + std::exp(-eta));
      weight[i] = static_cast<double>(random.below(4));
    }
  }
};

TEST(Logistic, SameBitsForAnyThreadsAndLayout) {
  const big_data data(120000);
  const auto one = fit_logistic(data.x, {.y = data.y}, {}, {.threads = 1});
  for (const int threads : {2, 3, 7})
    EXPECT_EQ(fit_logistic(data.x, {.y = data.y}, {}, {.threads = threads}), one);
  std::vector<std::vector<double>> copies(4);
  std::vector<table_column> columns;
  for (std::size_t j = 0; j < 4; ++j) {
    for (std::size_t i = 0; i < data.y.size(); ++i)
      copies[j].push_back(data.x(i, j));
    columns.push_back({"x" + std::to_string(j), copies[j], {}, false});
  }
  EXPECT_EQ(fit_logistic(table_view(columns), {.y = data.y}), one);
}

TEST(Logistic, StatisticsMergeOverAnySplit) {
  const big_data data(5000);
  const table_view x(data.x);
  const auto code = encoding::of(x);
  const binary_outcome outcome{.y = data.y, .weight = data.weight};
  learn::logistic_moments whole;
  whole.add(x, code, outcome);
  learn::logistic_statistic at;
  at.center = whole.mean, at.scale.assign(4, 1.0), at.coefficients = {0.1, 0.2, -0.3, 0.4, 0.5};
  auto all = at;
  all.add(x, code, outcome);
  for (const std::size_t cut : {1U, 100U, 2500U, 4999U}) {
    learn::logistic_moments moments, second;
    moments.add(x.slice(cut, 5000), code, outcome.slice(cut, 5000));
    second.add(x.slice(0, cut), code, outcome.slice(0, cut));
    moments.merge(second);
    EXPECT_EQ(moments.rows, whole.rows);
    EXPECT_EQ(moments.events, whole.events);
    auto left = at, right = at;
    left.add(x.slice(0, cut), code, outcome.slice(0, cut));
    right.add(x.slice(cut, 5000), code, outcome.slice(cut, 5000));
    right.merge(left);
    EXPECT_NEAR(right.log_likelihood, all.log_likelihood, 1e-9);
    for (std::size_t j = 0; j < 4; ++j) {
      EXPECT_NEAR(moments.mean[j], whole.mean[j], 1e-13);
      EXPECT_NEAR(moments.squares[j], whole.squares[j], 1e-9);
    }
    for (std::size_t j = 0; j < 5; ++j)
      EXPECT_NEAR(right.gradient[j], all.gradient[j], 1e-9);
    for (std::size_t k = 0; k < 25; ++k)
      EXPECT_NEAR(right.information.values()[k], all.information.values()[k], 1e-9);
  }
}

TEST(Logistic, ScaleOfColumnsAndRepetitionOfRowsChangeNothing) {
  const big_data data(2000);
  const auto plain = fit_logistic(data.x, {.y = data.y, .weight = data.weight});
  matrix scaled = data.x;
  for (std::size_t i = 0; i < 2000; ++i)
    scaled(i, 1) = 1e6 * scaled(i, 1) + 3e7, scaled(i, 2) *= 1e-7;
  const auto other = fit_logistic(scaled, {.y = data.y, .weight = data.weight});
  EXPECT_NEAR(other.coefficients[1] * 1e6, plain.coefficients[1], 1e-8);
  EXPECT_NEAR(other.coefficients[2] * 1e-7, plain.coefficients[2], 1e-9);
  EXPECT_NEAR(other.log_likelihood, plain.log_likelihood, 1e-8);
  std::vector<double> x, y;
  for (std::size_t i = 0; i < 2000; ++i)
    for (int k = 0; k < static_cast<int>(data.weight[i]); ++k) {
      x.insert(x.end(), data.x.row(i), data.x.row(i) + 4);
      y.push_back(data.y[i]);
    }
  const auto repeated = fit_logistic(matrix(y.size(), 4, x), {.y = y});
  for (std::size_t j = 0; j < 4; ++j)
    EXPECT_NEAR(repeated.coefficients[j], plain.coefficients[j], 1e-11);
  for (std::size_t k = 0; k < 25; ++k)
    EXPECT_NEAR(repeated.covariance.values()[k], plain.covariance.values()[k], 1e-12);
}

TEST(Logistic, RidgeSolvesItsOwnEquations) {
  const big_data data(3000);
  const auto model = fit_logistic(data.x, {.y = data.y}, {.l2 = 0.05});
  const auto p = learn::predict_logistic(model, data.x);
  for (std::size_t j = 0; j < 4; ++j) {
    double gradient = -0.05 * model.coefficients[j];
    for (std::size_t i = 0; i < 3000; ++i)
      gradient += (data.y[i] - p[i]) * data.x(i, j) / 3000;
    EXPECT_NEAR(gradient, 0, 1e-10);
  }
  EXPECT_THROW(learn::coefficients_of(model), not_supported);
}

TEST(Logistic, SeparationIsSaid) {
  const std::vector<double> y{0, 0, 0, 0, 1, 1, 1, 1, 0, 1}, x{1, 2, 3, 4, 5, 6, 7, 8, 2.5, 7.5}, noise{3, 1, 4, 1, 5, 9, 2, 6, 5, 3};
  const auto complete = fit_logistic(table_view({{"x", x, {}, false}, {"noise", noise, {}, false}}), {.y = y});
  EXPECT_TRUE(complete.info.separated);
  std::vector<double> rare(300), outcome(300), other(300);
  random_stream random(4);
  for (std::size_t i = 0; i < 300; ++i)
    rare[i] = i % 30 == 0, other[i] = random.normal(), outcome[i] = rare[i] != 0 || random.uniform() < 0.3;
  const auto quasi = fit_logistic(table_view({{"rare", rare, {}, false}, {"other", other, {}, false}}), {.y = outcome});
  EXPECT_TRUE(quasi.info.separated);
  EXPECT_EQ(quasi.info.separating, std::vector<std::string>{"rare"});
  EXPECT_FALSE(fit_logistic(table_view({{"rare", rare, {}, false}}), {.y = outcome}, {.l2 = 0.01}).info.separated);
}

TEST(Logistic, ConstantAndDuplicatedColumnsAreLeftOut) {
  const big_data data(500);
  std::vector<double> a(500), b(500), constant(500, 0.1);
  for (std::size_t i = 0; i < 500; ++i)
    a[i] = data.x(i, 0), b[i] = 3 - 2 * a[i];
  const auto model = fit_logistic(table_view({{"constant", constant, {}, false}, {"a", a, {}, false}, {"b", b, {}, false}}), {.y = data.y});
  EXPECT_EQ(model.info.dependent, (std::vector<std::string>{"constant", "b"}));
  EXPECT_TRUE(model.info.converged);
  const auto alone = fit_logistic(table_view({{"a", a, {}, false}}), {.y = data.y});
  EXPECT_NEAR(model.coefficients[1], alone.coefficients[0], 1e-12);
  EXPECT_EQ(model.coefficients[0], 0);
  EXPECT_EQ(model.coefficients[2], 0);
  EXPECT_EQ(model.parameters(), 2);
  EXPECT_TRUE(std::isnan(learn::coefficients_of(model).std_error[1]));
}

TEST(Logistic, PredictionsAreTheSameBitsInAnyBatch) {
  const reference_rows rows;
  const auto model = fit_logistic(rows.table(), rows.outcome());
  const auto all = learn::predict_logistic(model, rows.table());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(learn::predict_logistic(model, rows.table().slice(i, i + 1))[0], all[i]);
    EXPECT_NEAR(all[i], 1 / (1 + std::exp(-learn::logistic_log_odds(model, rows.table())[i])), 1e-15);
  }
  EXPECT_EQ(learn::predict_logistic(model, rows.table(), {}, {.threads = 3}), all);
  const auto copy = io::from_bytes<learn::logistic_model>(io::to_bytes(model));
  EXPECT_EQ(copy, model);
  EXPECT_EQ(learn::predict_logistic(copy, rows.table()), all);
}

TEST(Logistic, BadInputIsNamed) {
  const big_data data(50);
  const auto fails = [&](const binary_outcome& outcome, const char* argument, const table_view& x) {
    try {
      fit_logistic(x, outcome);
      ADD_FAILURE() << "accepted a bad " << argument;
    } catch (const invalid_input& problem) {
      EXPECT_EQ(problem.argument(), argument) << problem.what();
    }
  };
  auto y = data.y;
  y[7] = 2;
  fails({.y = y}, "y", data.x);
  fails({.y = std::vector<double>(50, 1.0)}, "y", data.x);
  fails({.y = std::vector<double>(49)}, "y", data.x);
  fails({.y = data.y, .weight = std::vector<double>(50, 0.0)}, "sample_weight", data.x);
  fails({.y = data.y, .weight = std::vector<double>(50, -1.0)}, "sample_weight", data.x);
  fails({.y = data.y, .offset = std::vector<double>(50, NAN)}, "offset", data.x);
  fails({.y = data.y, .cluster = data.y}, "cluster", data.x);
  fails({.y = std::vector<double>()}, "X", matrix(0, 2));
  for (const double bad : {static_cast<double>(NAN), static_cast<double>(INFINITY), 1e200}) {
    matrix x = data.x;
    x(11, 2) = bad;
    fails({.y = data.y}, "x2", x);
  }
  EXPECT_THROW(fit_logistic(data.x, {.y = data.y}, {.l2 = -1}), invalid_input);
}

}  // namespace
