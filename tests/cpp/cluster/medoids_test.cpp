#include "tenure/cluster/medoids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "reference.hpp"
#include "tenure/cluster/prototypes.hpp"
#include "tenure/io/model_file.hpp"

namespace {

using namespace tenure;
using namespace tenure::cluster;

const double missing = std::nan("");

matrix distances_of(const matrix& x) {
  matrix gaps(x.rows(), x.rows());
  for (std::size_t i = 0; i < x.rows(); ++i)
    for (std::size_t j = 0; j < x.rows(); ++j) {
      for (std::size_t m = 0; m < x.cols(); ++m)
        gaps(i, j) += (x(i, m) - x(j, m)) * (x(i, m) - x(j, m));
      gaps(i, j) = std::sqrt(gaps(i, j));
    }
  return gaps;
}

TEST(KMedoids, EqualsTheReferenceFromGivenRowsAndFindsTheOptimum) {
  for (const auto& name : reference::data_sets()) {
    const matrix x = reference::load_rows(name);
    const auto file = reference::load("clustering_" + name + ".json");
    for (const auto& expected : file["kmedoids"].list) {
      const auto k = static_cast<std::int64_t>(expected["k"].number);
      const auto fit = fit_medoids(x, {.clusters = k}, expected["start_rows"].labels());
      EXPECT_NEAR(fit.model.loss, expected["fasterpam_loss"].number, 1e-10 * fit.model.loss) << name << k;
      auto rows = fit.model.rows;
      std::sort(rows.begin(), rows.end());
      EXPECT_EQ(rows, expected["fasterpam_medoids"].labels());
      EXPECT_TRUE(fit.model.converged);
      const auto given = fit_medoids(distances_of(x), {.clusters = k, .metric = distance_metric::precomputed}, expected["start_rows"].labels(), {.threads = 2});
      EXPECT_EQ(given.model.rows, fit.model.rows);
      EXPECT_EQ(given.labels, fit.labels);
      const auto built = fit_medoids(x, {.clusters = k}).model;
      if (expected.fields.contains("optimal_loss")) {
        EXPECT_NEAR(built.loss, expected["optimal_loss"].number, 1e-10 * built.loss);
      }
      EXPECT_EQ(fit_medoids(x, {.clusters = k}, {}, {.threads = 3}).model, built);
      EXPECT_EQ(io::from_bytes<medoids_model>(io::to_bytes(built)), built);
    }
  }
}

TEST(KMedoids, OneMedoidIsTheRowWithTheLeastSum) {
  const auto fit = fit_medoids(matrix(5, 1, {0, 1, 2, 3, 100}), {.clusters = 1, .metric = distance_metric::manhattan}, {4});
  EXPECT_EQ(fit.model.rows, (std::vector<std::int64_t>{2}));
  EXPECT_EQ(fit.model.loss, 2 + 1 + 0 + 1 + 98);
}

TEST(KMedoids, GowersDistanceByHand) {
  const std::vector<double> age{20, 30, 60, missing};
  const std::vector<std::int32_t> plan{0, 0, 1, 1};
  const table_view x(std::vector<table_column>{{"age", age, {}, false}, {"plan", plan, {"a", "b"}, true}});
  const auto fit = fit_medoids(x, {.clusters = 2, .metric = distance_metric::gower}, {0, 2});
  EXPECT_EQ(fit.labels, (std::vector<std::int32_t>{0, 0, 1, 1}));
  EXPECT_NEAR(fit.model.loss, 10.0 / 40 / 2, 1e-15);
  const matrix gaps = medoid_distances(fit.model, x);
  EXPECT_NEAR(gaps(3, 0), 1.0, 1e-15);
  EXPECT_NEAR(gaps(1, 1), (30.0 / 40 + 1) / 2, 1e-15);
}

TEST(KMedoids, RefusesWhatItCannotUse) {
  const matrix x(3, 1, {1, 2, 4});
  EXPECT_THROW(fit_medoids(x, {.clusters = 4}), invalid_input);
  EXPECT_THROW(fit_medoids(x, {.clusters = 2}, {0, 0}), invalid_input);
  EXPECT_THROW(fit_medoids(x, {.clusters = 2}, {0, 7}), invalid_input);
  EXPECT_THROW(fit_medoids(x, {.clusters = 2, .metric = distance_metric::precomputed}), invalid_input);
  EXPECT_THROW(fit_medoids(matrix(2, 2, {0, -1, -1, 0}), {.clusters = 1, .metric = distance_metric::precomputed}), invalid_input);
  EXPECT_THROW(fit_medoids(matrix(2, 1, {1, missing}), {.clusters = 1}), invalid_input);
  auto model = fit_medoids(x, {.clusters = 2}).model;
  model.rows.pop_back();
  EXPECT_THROW(io::from_bytes<medoids_model>(io::to_bytes(model)), bad_file);
}

struct mixed_table {
  matrix cells = reference::load_rows("kprototypes");
  std::vector<std::vector<std::int32_t>> codes = std::vector<std::vector<std::int32_t>>(3);
  table_view view;

  mixed_table() {
    std::vector<table_column> columns;
    for (std::size_t j = 0; j < 3; ++j)
      columns.push_back({"n" + std::to_string(j), matrix_view(cells).column(j), {}, false});
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t i = 0; i < cells.rows(); ++i)
        codes[j].push_back(static_cast<std::int32_t>(cells(i, 3 + j)));
      columns.push_back({"c" + std::to_string(j), codes[j], {"a", "b", "c", "d", "e", "f"}, true});
    }
    view = table_view(columns);
  }
};

TEST(KPrototypes, EqualsTheReference) {
  const mixed_table x;
  const auto file = reference::load("kprototypes.json");
  for (const auto& expected : file["cases"].list) {
    const auto fit = fit_prototypes(x.view, {}, {.clusters = static_cast<std::int64_t>(expected["k"].number), .gamma = expected["gamma"].number},
                                    expected["init_rows"].labels(), {.threads = 2});
    EXPECT_EQ(reference::wide(fit.labels), expected["labels"].labels());
    EXPECT_NEAR(fit.model.cost, expected["cost"].number, 1e-10 * fit.model.cost);
    EXPECT_EQ(fit.model.iterations, static_cast<std::int64_t>(expected["updates"].number));
    for (std::size_t c = 0; c < fit.model.prototypes.rows(); ++c)
      for (std::size_t j = 0; j < 3; ++j) {
        EXPECT_NEAR(fit.model.prototypes(c, j), expected["means"][c][j].number, 1e-12);
        EXPECT_EQ(fit.model.prototypes(c, 3 + j), expected["modes"][c][j].number);
      }
    EXPECT_EQ(predict_prototypes(fit.model, x.view), fit.labels);
    EXPECT_EQ(io::from_bytes<prototypes_model>(io::to_bytes(fit.model)), fit.model);
  }
}

TEST(KPrototypes, DrawnStartsComeCloseToTheBestAndThreadsDoNotMatter) {
  const mixed_table x;
  const auto one = fit_prototypes(x.view, {}, {.clusters = 4, .gamma = 1, .starts = 5, .seed = 1}),
             many = fit_prototypes(x.view, {}, {.clusters = 4, .gamma = 1, .starts = 5, .seed = 1}, {}, {.threads = 4});
  EXPECT_EQ(one.model, many.model);
  const auto file = reference::load("kprototypes.json");
  for (const auto& expected : file["cases"].list)
    if (expected["k"].number == 4 && expected["gamma"].number == 1) {
      EXPECT_LE(one.model.cost, 1.001 * expected["kmodes_cost"].number);
    }
}

TEST(KPrototypes, MissingValuesAreLeftOut) {
  const std::vector<double> calls{1, missing, 9, 11};
  const std::vector<std::int32_t> plan{0, 0, 1, -1};
  const table_view x(std::vector<table_column>{{"plan", plan, {"a", "b"}, true}, {"calls", calls, {}, false}});
  const auto fit = fit_prototypes(x, {}, {.clusters = 2, .gamma = 1}, {0, 2});
  EXPECT_EQ(fit.labels, (std::vector<std::int32_t>{0, 0, 1, 1}));
  EXPECT_EQ(fit.model.prototypes, matrix(2, 2, {0, 1, 1, 10}));
  EXPECT_EQ(fit.model.cost, 2);
}

TEST(KPrototypes, RefusesWhatItCannotUse) {
  const mixed_table x;
  EXPECT_THROW(fit_prototypes(x.view, {}, {.clusters = 301}), invalid_input);
  EXPECT_THROW(fit_prototypes(x.view, {}, {.clusters = 2}, {0}), invalid_input);
  EXPECT_THROW(fit_prototypes(x.view, {}, {.clusters = 1}, {300}), invalid_input);
  auto model = fit_prototypes(x.view, {}, {.clusters = 2}).model;
  model.weights.pop_back();
  EXPECT_THROW(io::from_bytes<prototypes_model>(io::to_bytes(model)), bad_file);
}

}  // namespace
