#include "tenure/cluster/kmeans.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "reference.hpp"
#include "tenure/cluster/minibatch.hpp"
#include "tenure/cluster/scores.hpp"
#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"

namespace {

using namespace tenure;
using namespace tenure::cluster;

matrix blobs(std::size_t n, std::size_t d, std::size_t groups, double offset = 0) {
  random_stream random(11);
  matrix centres(groups, d), x(n, d);
  for (std::size_t g = 0; g < groups; ++g)
    for (std::size_t j = 0; j < d; ++j)
      centres(g, j) = offset + 2 * random.normal();
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t g = random.below(groups);
    for (std::size_t j = 0; j < d; ++j)
      x(i, j) = centres(g, j) + random.normal();
  }
  return x;
}

matrix rows_of(const matrix& x, const std::vector<std::size_t>& rows) {
  matrix out(rows.size(), x.cols());
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::copy_n(x.row(rows[i]), x.cols(), out.row(i));
  return out;
}

TEST(KMeans, FromGivenStartsEqualsTheReference) {
  for (const auto& name : reference::data_sets()) {
    const matrix x = reference::load_rows(name);
    const auto file = reference::load("clustering_" + name + ".json");
    for (const auto& expected : file["kmeans"].list) {
      std::vector<std::size_t> rows;
      for (const auto i : expected["init_rows"].labels())
        rows.push_back(static_cast<std::size_t>(i));
      for (const auto algorithm : {kmeans_algorithm::lloyd, kmeans_algorithm::hamerly, kmeans_algorithm::yinyang}) {
        const auto fit = fit_kmeans(x, {}, {.clusters = static_cast<std::int64_t>(rows.size()), .tolerance = 0, .algorithm = algorithm}, rows_of(x, rows));
        EXPECT_EQ(reference::wide(fit.labels), expected["labels"].labels()) << name;
        EXPECT_EQ(fit.model.iterations, static_cast<std::int64_t>(expected["sklearn_n_iter"].number));
        EXPECT_NEAR(fit.model.inertia, expected["inertia"].number, 1e-12 * expected["inertia"].number);
        EXPECT_TRUE(fit.model.converged);
        for (std::size_t c = 0; c < rows.size(); ++c)
          for (std::size_t j = 0; j < x.cols(); ++j)
            EXPECT_NEAR(fit.model.centres(c, j), expected["centres"][c][j].number, 1e-12);
        EXPECT_EQ(predict_kmeans(fit.model, x), fit.labels);
      }
    }
  }
}

TEST(KMeans, BoundsGiveTheSameBitsAsFullPasses) {
  for (const double offset : {0.0, 1e4}) {
    const matrix x = blobs(6000, 5, 12, offset);
    std::vector<float> narrow(x.values().begin(), x.values().end());
    std::vector<table_column> columns;
    for (std::size_t j = 0; j < x.cols(); ++j)
      columns.push_back({"x" + std::to_string(j), column_view<float>(narrow.data() + j, x.rows(), 5), {}, false});
    for (const table_view& table : {table_view(x), table_view(columns)}) {
      const kmeans_options full{.clusters = 40, .max_iterations = 30, .tolerance = 0, .algorithm = kmeans_algorithm::lloyd, .seed = 4};
      const auto expected = fit_kmeans(table, {}, full);
      for (const auto algorithm : {kmeans_algorithm::hamerly, kmeans_algorithm::yinyang}) {
        kmeans_options options = full;
        options.algorithm = algorithm;
        const auto fit = fit_kmeans(table, {}, options);
        EXPECT_EQ(fit.labels, expected.labels);
        EXPECT_EQ(fit.model, expected.model);
      }
    }
  }
}

TEST(KMeans, ThreadsDoNotChangeABit) {
  const matrix x = blobs(20'000, 7, 9);
  for (const std::int64_t k : {5, 80}) {
    const auto one = fit_kmeans(x, {}, {.clusters = k, .starts = 2, .max_iterations = 10});
    for (const int threads : {2, 5}) {
      const auto many = fit_kmeans(x, {}, {.clusters = k, .starts = 2, .max_iterations = 10}, {}, {.threads = threads});
      EXPECT_EQ(many.model, one.model);
      EXPECT_EQ(many.labels, one.labels);
    }
    const auto small = fit_minibatch_kmeans(x, {}, {.clusters = k, .max_epochs = 2});
    EXPECT_EQ(fit_minibatch_kmeans(x, {}, {.clusters = k, .max_epochs = 2}, {}, {.threads = 3}).model, small.model);
  }
}

TEST(KMeans, DrawnStartsIgnoreTheOrderOfTheRows) {
  const matrix x = blobs(3000, 4, 6);
  std::vector<std::size_t> order(x.rows());
  std::iota(order.begin(), order.end(), std::size_t{0});
  random_stream(3).shuffle(order.data(), order.size());
  const auto a = fit_kmeans(x, {}, {.clusters = 6, .seed = 9}), b = fit_kmeans(rows_of(x, order), {}, {.clusters = 6, .seed = 9});
  EXPECT_EQ(a.model, b.model);
  for (std::size_t i = 0; i < order.size(); ++i)
    ASSERT_EQ(b.labels[i], a.labels[order[i]]);
}

TEST(KMeans, AWeightOfThreeIsThreeRows) {
  const matrix x = blobs(400, 3, 4);
  std::vector<double> weight;
  std::vector<std::size_t> repeated;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    weight.push_back(static_cast<double>(i % 4));
    repeated.insert(repeated.end(), i % 4, i);
  }
  for (const auto start : {kmeans_start::greedy_plus_plus, kmeans_start::plus_plus, kmeans_start::random}) {
    const auto weighted = fit_kmeans(x, weight, {.clusters = 4, .start = start, .seed = 2}),
               plain = fit_kmeans(rows_of(x, repeated), {}, {.clusters = 4, .start = start, .seed = 2});
    EXPECT_NEAR(weighted.model.inertia, plain.model.inertia, 1e-9 * plain.model.inertia);
    for (std::size_t r = 0; r < repeated.size(); ++r)
      ASSERT_EQ(plain.labels[r], weighted.labels[repeated[r]]);
  }
}

TEST(KMeans, PassesOverChunksEqualIterationsInMemory) {
  const matrix x = blobs(5000, 3, 5);
  const matrix start = rows_of(x, {0, 1, 2, 3, 4});
  const auto expected = fit_kmeans(x, {}, {.clusters = 5, .max_iterations = 4, .tolerance = 0}, start);
  const table_view table(x);
  kmeans_model model{.columns = schema_of(table), .centres = start, .weights = std::vector<double>(5)};
  for (int iteration = 0; iteration < 4; ++iteration) {
    kmeans_pass left(model), right(model);
    left.add(table.slice(0, 17));
    right.add(table.slice(17, 3000));
    right.add(table.slice(3000, 5000));
    left.merge(right);
    model = left.finish();
  }
  for (std::size_t i = 0; i < start.values().size(); ++i)
    EXPECT_NEAR(model.centres.values()[i], expected.model.centres.values()[i], 1e-10);
  EXPECT_EQ(std::accumulate(model.weights.begin(), model.weights.end(), 0.0), 5000.0);
}

TEST(KMeans, AStreamInOneChunkAfterAnotherIsAMean) {
  matrix x(4, 1, {0, 1, 10, 12});
  const table_view table(x);
  kmeans_model model{.columns = schema_of(table), .centres = matrix(2, 1, {0, 10}), .weights = {0, 0}};
  model = update_kmeans(model, table.slice(0, 1));
  model = update_kmeans(model, table.slice(1, 4));
  EXPECT_EQ(model.centres, matrix(2, 1, {0.5, 11}));
  EXPECT_EQ(model.weights, (std::vector<double>{2, 2}));
}

TEST(KMeans, MiniBatchesComeCloseToFullPasses) {
  const matrix x = blobs(20'000, 4, 5);
  const matrix start = rows_of(x, {0, 1, 2, 3, 4});
  const double full = fit_kmeans(x, {}, {.clusters = 5}, start).model.inertia;
  const auto small = fit_minibatch_kmeans(x, {}, {.clusters = 5, .batch_size = 500}, start);
  EXPECT_LE(small.model.inertia, full * 1.02);
  EXPECT_NEAR(small.model.inertia, kmeans_inertia(small.model, x), 1e-9 * full);
}

TEST(KMeans, AnEmptyClusterTakesTheFarthestRow) {
  const matrix x(5, 1, {0, 1, 2, 50, 52});
  const auto fit = fit_kmeans(x, {}, {.clusters = 3, .tolerance = 0}, matrix(3, 1, {0, 1000, 2000}));
  EXPECT_EQ(fit.model.weights.size(), 3U);
  for (const double w : fit.model.weights)
    EXPECT_GT(w, 0);
  EXPECT_LE(fit.model.inertia, 2.5);
}

TEST(KMeans, FewerDistinctRowsThanClustersLeavesEmptyOnes) {
  const matrix x(6, 2, {1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 2, 2});
  const auto fit = fit_kmeans(x, {}, {.clusters = 4});
  EXPECT_EQ(fit.model.inertia, 0);
  EXPECT_EQ(std::count_if(fit.model.weights.begin(), fit.model.weights.end(), [](double w) { return w > 0; }), 2);
}

TEST(KMeans, RefusesWhatItCannotUse) {
  const matrix x(3, 1, {1, 2, 3});
  EXPECT_THROW(fit_kmeans(x, {}, {.clusters = 4}), invalid_input);
  EXPECT_THROW(fit_kmeans(x, {}, {.clusters = 0}), invalid_input);
  EXPECT_THROW(fit_kmeans(matrix(0, 1), {}, {.clusters = 1}), invalid_input);
  EXPECT_THROW(fit_kmeans(matrix(2, 1, {1, std::numeric_limits<double>::quiet_NaN()}), {}, {.clusters = 1}), invalid_input);
  EXPECT_THROW(fit_kmeans(matrix(2, 1, {1, std::numeric_limits<double>::infinity()}), {}, {.clusters = 1}), invalid_input);
  EXPECT_THROW(fit_kmeans(x, std::vector<double>{1, 1}, {.clusters = 1}), invalid_input);
  EXPECT_THROW(fit_kmeans(x, std::vector<double>{1, -1, 1}, {.clusters = 1}), invalid_input);
  EXPECT_THROW(fit_kmeans(x, std::vector<double>{0, 0, 0}, {.clusters = 1}), invalid_input);
  EXPECT_THROW(fit_kmeans(x, {}, {.clusters = 2}, matrix(2, 2)), invalid_input);
  try {
    fit_kmeans(matrix(2, 2, {1, 2, 3, std::numeric_limits<double>::quiet_NaN()}), {}, {.clusters = 1});
    FAIL();
  } catch (const invalid_input& problem) {
    EXPECT_STREQ(problem.what(), "x1 = nan in row 1: must be a finite number");
  }
}

TEST(KMeans, ModelFilesComeBackAndHostileOnesDoNot) {
  const auto model = fit_kmeans(blobs(50, 2, 3), {}, {.clusters = 3}).model;
  EXPECT_EQ(io::from_bytes<kmeans_model>(io::to_bytes(model)), model);
  kmeans_model bad = model;
  bad.weights.pop_back();
  EXPECT_THROW(io::from_bytes<kmeans_model>(io::to_bytes(bad)), bad_file);
  bad = model;
  bad.columns.pop_back();
  EXPECT_THROW(io::from_bytes<kmeans_model>(io::to_bytes(bad)), bad_file);
  bad = model;
  bad.centres(0, 0) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(io::from_bytes<kmeans_model>(io::to_bytes(bad)), bad_file);
}

}  // namespace
