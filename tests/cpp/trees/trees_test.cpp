#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"
#include "tenure/learn/decision_tree.hpp"
#include "tenure/learn/gradient_boosting.hpp"
#include "tenure/learn/random_forest.hpp"
#include "tenure/trees/bins.hpp"
#include "tenure/trees/print.hpp"
#include "tenure/trees/shap.hpp"

namespace {

using namespace tenure;

std::vector<std::vector<std::string>> read_csv(const std::string& name) {
  std::ifstream file(std::string(TENURE_REFERENCE_DIR) + "/trees/" + name);
  EXPECT_TRUE(file) << name;
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> cells;
    std::stringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');)
      cells.push_back(cell);
    rows.push_back(cells);
  }
  rows.erase(rows.begin());
  return rows;
}

struct sample {
  matrix x;
  std::vector<double> y;
};

sample telco() {
  const auto rows = read_csv("telco_tree.csv");
  sample s{matrix(rows.size(), 6), {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < 6; ++j)
      s.x(i, j) = std::stod(rows[i][j]);
    s.y.push_back(std::stod(rows[i][6]));
  }
  return s;
}

/// Six columns: the first four matter, one has missing values, one is noise.
sample simulated(std::size_t n, std::uint64_t seed) {
  random_stream random(seed);
  sample s{matrix(n, 6), {}};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < 6; ++j)
      s.x(i, j) = random.normal();
    s.x(i, 3) = std::floor(3 * s.x(i, 3));
    const double z = s.x(i, 0) * s.x(i, 1) + std::sin(2 * s.x(i, 2)) + 0.3 * s.x(i, 3) - 0.5;
    if (random.uniform() < 0.1) s.x(i, 2) = std::nan("");
    s.y.push_back(random.uniform() < 1 / (1 + std::exp(-z)) ? 1 : 0);
  }
  return s;
}

TEST(DecisionTree, TheUniqueTreesOfScikitLearn) {
  const sample s = telco();
  std::map<int, std::vector<std::vector<std::string>>> cases;
  for (const auto& row : read_csv("nodes.csv"))
    cases[std::stoi(row[0])].push_back(row);
  ASSERT_GE(cases.size(), 8U);
  for (const auto& [number, nodes] : cases) {
    learn::decision_tree_options options;
    options.criterion = nodes[0][1] == "gini" ? learn::split_criterion::gini : learn::split_criterion::entropy;
    options.max_depth = std::stoi(nodes[0][2]);
    options.min_samples_leaf = std::stod(nodes[0][3]);
    options.min_impurity_decrease = std::stod(nodes[0][4]);
    std::vector<double> weight;
    if (nodes[0][5] == "1")
      for (const double y : s.y)
        weight.push_back(y == 1 ? 3 : 1);
    const auto model = learn::fit_decision_tree(s.x, s.y, options, weight);
    const auto list = trees::summarise(model.trees, 0);
    ASSERT_EQ(list.size(), nodes.size()) << "case " << number;
    for (std::size_t k = 0; k < list.size(); ++k) {
      const int feature = std::stoi(nodes[k][7]);
      EXPECT_EQ(list[k].feature, feature == -2 ? -1 : feature);
      if (feature != -2) {
        EXPECT_NEAR(list[k].threshold, std::stod(nodes[k][8]), 1e-9);
      }
      EXPECT_DOUBLE_EQ(list[k].weight, std::stod(nodes[k][9]));
      EXPECT_NEAR(list[k].value, std::stod(nodes[k][10]), 1e-12);
    }
  }
}

TEST(Bins, EveryValueLiesBetweenItsCuts) {
  const sample s = simulated(5000, 1);
  for (const int max_bins : {2, 17, 255}) {
    const auto table = trees::bin(s.x, max_bins);
    for (std::size_t j = 0; j < 6; ++j) {
      const auto& cuts = table.columns[j].cuts;
      EXPECT_LT(cuts.size(), static_cast<std::size_t>(max_bins));
      EXPECT_EQ(table.columns[j].missing, j == 2);
      std::vector<std::size_t> used(258);
      for (std::size_t i = 0; i < table.rows; ++i) {
        const std::size_t code = table.row(i)[j];
        ++used[code];
        if (std::isnan(s.x(i, j))) {
          EXPECT_EQ(code, 0U);
          continue;
        }
        ASSERT_GE(code, 1U);
        EXPECT_TRUE(code < 2 || s.x(i, j) > cuts[code - 2]);
        EXPECT_TRUE(code > cuts.size() || s.x(i, j) <= cuts[code - 1]);
      }
      for (std::size_t code = 1; code <= cuts.size() + 1; ++code)
        EXPECT_GT(used[code], 0U);
      if (j < 2) {
        EXPECT_LT(*std::max_element(used.begin(), used.end()), 2 * 5000U / cuts.size());  // quantiles
      }
    }
  }
}

template <class Fit>
void same_for_any_number_of_threads(const Fit& fit) {
  const auto one = fit(1);
  for (const int threads : {2, 5})
    EXPECT_TRUE(fit(threads) == one) << threads;
}

TEST(TreeModels, AnyNumberOfThreadsGivesTheSameModel) {
  const sample s = simulated(30'000, 2);  // more rows than a block holds
  for (const auto search : {learn::split_search::exact, learn::split_search::binned})
    for (const int leaves : {0, 20})
      same_for_any_number_of_threads(
          [&](int threads) { return learn::fit_decision_tree(s.x, s.y, {.search = search, .max_leaf_nodes = leaves}, {}, {.threads = threads}); });
  same_for_any_number_of_threads(
      [&](int threads) { return learn::fit_random_forest(s.x, s.y, {.n_estimators = 4, .min_samples_leaf = 1}, {}, {}, {.threads = threads}); });
  same_for_any_number_of_threads([&](int threads) { return learn::fit_gradient_boosting(s.x, s.y, {.n_estimators = 5}, {}, {.threads = threads}); });
}

TEST(TreeModels, LeafNumbersValuesAndRowsAgree) {
  const sample s = simulated(3000, 3);
  const auto forest = learn::fit_random_forest(s.x, s.y, {.n_estimators = 7, .min_samples_leaf = 2});
  const auto p = learn::predict_probability(forest, s.x, {.threads = 2});
  const auto leaves = trees::leaf_numbers(forest.trees, s.x);
  for (std::size_t i = 0; i < 3000; i += 7) {
    EXPECT_DOUBLE_EQ(p[i], learn::predict_probability_row(forest, {s.x.row(i), 6}));
    double sum = 0;
    for (std::size_t t = 0; t < 7; ++t) {
      std::size_t seen = 0;
      for (std::size_t k = forest.trees.tree_begin[t];; ++k) {
        const auto node = forest.trees.node(k);
        if (!node.leaf || seen++ != leaves[i * 7 + t]) continue;
        sum += forest.trees.values[node.right];
        break;
      }
    }
    EXPECT_NEAR(p[i], sum / 7, 1e-14);
  }
}

TEST(TreeModels, FilesBringBackTheSameModel) {
  const sample s = simulated(2000, 4);
  const auto tree = learn::fit_decision_tree(s.x, s.y);
  EXPECT_TRUE(io::from_bytes<learn::decision_tree_model>(io::to_bytes(tree)) == tree);
  const auto forest = learn::fit_random_forest(s.x, s.y, {.n_estimators = 3});
  EXPECT_TRUE(io::from_bytes<learn::random_forest_model>(io::to_bytes(forest)) == forest);
  const auto boosting = learn::fit_gradient_boosting(s.x, s.y, {.n_estimators = 3});
  EXPECT_TRUE(io::from_bytes<learn::gradient_boosting_model>(io::to_bytes(boosting)) == boosting);
}

TEST(TreeModels, NodesThatLeadAstrayAreRefused) {
  const sample s = simulated(500, 5);
  const auto good = learn::fit_decision_tree(s.x, s.y, {.max_depth = 4});
  ASSERT_NO_THROW(good.check());
  random_stream random(1);
  int refused = 0;
  for (int attempt = 0; attempt < 3000; ++attempt) {
    auto bad = good;
    auto& node = bad.trees.nodes[random.below(bad.trees.nodes.size())];
    node ^= std::int64_t{1} << random.below(64);
    try {
      bad.check();
    } catch (const bad_file&) {
      ++refused;
      continue;
    }
    for (const double p : learn::predict_probability(bad, s.x))
      EXPECT_TRUE(p >= 0 && p <= 1);  // what passes must be safe to use
  }
  EXPECT_GT(refused, 1000);
  auto cut_off = good;
  cut_off.trees.nodes.pop_back();
  EXPECT_THROW(cut_off.check(), bad_file);
}

double expected_value(const trees::tree_ensemble& model, std::size_t at, const double* row, unsigned known) {
  const auto list = trees::summarise(model, 0);
  const auto& s = list[at];
  if (s.leaf) return s.value;
  const auto node = model.node(at);
  if (known >> node.feature & 1)
    return expected_value(model, model.goes_left(0, node, model.columns[node.feature].code_of(row[node.feature])) ? s.left : s.right, row, known);
  return (list[s.left].weight * expected_value(model, s.left, row, known) + list[s.right].weight * expected_value(model, s.right, row, known)) / s.weight;
}

TEST(Shap, EqualsTheSumOverAllSubsets) {
  const sample s = simulated(800, 6);
  const auto model = learn::fit_decision_tree(s.x, s.y, {.max_depth = 6, .min_samples_leaf = 10});
  const trees::tree_explainer explainer(model.trees);
  const auto values = explainer.explain(s.x, {.threads = 2});
  const double factorial[] = {1, 1, 2, 6, 24, 120, 720};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_NEAR(explainer.base(), expected_value(model.trees, 0, s.x.row(i), 0), 1e-12);
    for (unsigned j = 0; j < 6; ++j) {
      double phi = 0;
      for (unsigned subset = 0; subset < 64; ++subset) {
        if (subset >> j & 1) continue;
        const int size = std::popcount(subset);
        phi += factorial[size] * factorial[5 - size] / factorial[6] *
               (expected_value(model.trees, 0, s.x.row(i), subset | 1U << j) - expected_value(model.trees, 0, s.x.row(i), subset));
      }
      EXPECT_NEAR(values(i, j), phi, 1e-12);
    }
  }
}

TEST(Shap, ValuesAddUpToTheScore) {
  const sample s = simulated(3000, 7);
  const auto forest = learn::fit_random_forest(s.x, s.y, {.n_estimators = 10, .min_samples_leaf = 1});
  const trees::tree_explainer explainer(forest.trees);
  const table_view table(s.x);
  const auto some = table.slice(0, 37), background = table.slice(100, 120);
  const auto sums = trees::sum_values(forest.trees, some), expected = trees::sum_values(forest.trees, background);
  const auto values = explainer.explain(some), against = explainer.explain_against(some, background);
  double mean = 0;
  for (const double v : expected)
    mean += v / 20;
  trees::row_explainer one_row(forest.trees);
  EXPECT_EQ(one_row.base(), explainer.base());
  for (std::size_t i = 0; i < 37; ++i) {
    double sum = explainer.base(), sum_against = mean;
    for (std::size_t j = 0; j < 6; ++j) {
      sum += values(i, j);
      sum_against += against(i, j);
    }
    EXPECT_NEAR(sum, sums[i], 1e-10);
    EXPECT_NEAR(sum_against, sums[i], 1e-10);
    trees::reason top[2];
    one_row.top_reasons({s.x.row(i), 6}, top);
    EXPECT_NEAR(top[0].value, *std::max_element(values.row(i), values.row(i) + 6), 1e-13);
    EXPECT_GE(top[0].value, top[1].value);
    const auto again = one_row.explain({s.x.row(i), 6});
    for (std::size_t j = 0; j < 6; ++j)
      EXPECT_NEAR(again[j], values(i, j), 1e-13);
  }
}

TEST(TreeModels, BadInputIsNamed) {
  sample s = simulated(100, 8);
  const auto message = [&](auto&& body) {
    try {
      body();
    } catch (const error& e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  EXPECT_NE(message([&] { learn::fit_decision_tree(s.x, std::vector<double>(99)); }).find("y"), std::string::npos);
  EXPECT_NE(message([&] { learn::fit_decision_tree(s.x, std::vector<double>(100, 1.0)); }).find("only one class"), std::string::npos);
  EXPECT_NE(message([&] { learn::fit_decision_tree(s.x, std::vector<double>(100, 0.5)); }).find("0 or 1"), std::string::npos);
  EXPECT_NE(message([&] { learn::fit_random_forest(s.x, s.y, {}, std::vector<double>(100, std::nan(""))); }).find("sample_weight"), std::string::npos);
  EXPECT_NE(message([&] { learn::fit_gradient_boosting(s.x, s.y, {.learning_rate = 0}); }).find("learning_rate"), std::string::npos);
  EXPECT_NE(message([&] { learn::fit_decision_tree(s.x, s.y, {.monotone = {1}}); }).find("monotone"), std::string::npos);
  s.x(42, 1) = INFINITY;
  for (const auto search : {learn::split_search::exact, learn::split_search::binned}) {
    const auto text = message([&] { learn::fit_decision_tree(s.x, s.y, {.search = search}); });
    EXPECT_NE(text.find("x1"), std::string::npos) << text;
    EXPECT_NE(text.find("42"), std::string::npos) << text;
  }
}

TEST(Print, RulesCoverEveryRowOnce) {
  const sample s = telco();
  const auto model = learn::fit_decision_tree(s.x, s.y, {.max_depth = 3});
  double weight = 0, churners = 0;
  for (const auto& rule : trees::rules_of(model.trees)) {
    weight += rule.weight;
    churners += rule.weight * rule.probability;
  }
  EXPECT_DOUBLE_EQ(weight, 700);
  EXPECT_NEAR(churners, 181, 1e-9);
  EXPECT_EQ(trees::to_text(model.trees).substr(0, 22), "x5 <= 0.5: 0.259 of 70");
}

}  // namespace
