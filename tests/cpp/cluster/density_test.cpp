#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "reference.hpp"
#include "tenure/cluster/dbscan.hpp"
#include "tenure/cluster/hdbscan.hpp"
#include "tenure/cluster/scores.hpp"
#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"

namespace {

using namespace tenure;
using namespace tenure::cluster;

matrix clumps(std::size_t n, std::size_t d) {
  random_stream random(8);
  matrix x(n, d);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < d; ++j)
      x(i, j) = i % 10 == 0 ? 20 * random.uniform() - 5 : 3.0 * static_cast<double>(i % 4) + 0.5 * random.normal();
  return x;
}

TEST(DBSCAN, EqualsTheReference) {
  for (const auto& name : reference::data_sets()) {
    const matrix x = reference::load_rows(name);
    const auto file = reference::load("clustering_" + name + ".json");
    for (const auto& expected : file["dbscan"].list) {
      const auto model = fit_dbscan(x, {}, {.eps = expected["eps"].number, .min_samples = expected["min_samples"].number});
      EXPECT_EQ(model.labels, expected["labels"].labels()) << name;
      EXPECT_EQ(model.core, expected["core"].labels());
      EXPECT_EQ(model.clusters, static_cast<std::int64_t>(expected["clusters"].number));
    }
  }
}

TEST(DBSCAN, EqualsItsDefinitionOnManyLeaves) {
  const matrix x = clumps(1500, 3);
  const dbscan_options options{.eps = 0.7, .min_samples = 6};
  const std::size_t n = x.rows();
  const auto near = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t j = 0; j < 3; ++j)
      sum += (x(a, j) - x(b, j)) * (x(a, j) - x(b, j));
    return sum <= options.eps * options.eps;
  };
  std::vector<std::int64_t> labels(n, -1), core;
  for (std::size_t i = 0; i < n; ++i) {
    int count = 0;
    for (std::size_t j = 0; j < n; ++j)
      count += near(i, j);
    if (count >= options.min_samples) core.push_back(static_cast<std::int64_t>(i));
  }
  std::int64_t next = 0;
  for (const auto first : core) {
    if (labels[static_cast<std::size_t>(first)] >= 0) continue;
    std::vector<std::size_t> open{static_cast<std::size_t>(first)};
    labels[open[0]] = next;
    while (!open.empty()) {
      const std::size_t i = open.back();
      open.pop_back();
      for (std::size_t j = 0; j < n; ++j) {
        if (labels[j] >= 0 || !near(i, j)) continue;
        labels[j] = next;
        if (std::binary_search(core.begin(), core.end(), static_cast<std::int64_t>(j))) open.push_back(j);
      }
    }
    ++next;
  }
  const auto model = fit_dbscan(x, {}, options);
  EXPECT_EQ(model.core, core);
  EXPECT_EQ(model.labels, labels);
  EXPECT_EQ(model.clusters, next);
  EXPECT_EQ(fit_dbscan(x, {}, options, {.threads = 4}), model);
  EXPECT_EQ(io::from_bytes<dbscan_model>(io::to_bytes(model)), model);
}

TEST(DBSCAN, WeightsCountAsRows) {
  const matrix x(4, 1, {0, 0.1, 5, 9});
  EXPECT_EQ(fit_dbscan(x, std::vector<double>{1, 1, 3, 2}, {.eps = 0.5, .min_samples = 3}).labels, (std::vector<std::int64_t>{-1, -1, 0, -1}));
}

TEST(HDBSCAN, IdenticalRowsAreOneDenseCluster) {
  matrix x(30, 2);
  for (std::size_t i = 0; i < 15; ++i)
    x(i + 15, 0) = 5 + 0.1 * static_cast<double>(i);
  const auto model = fit_hdbscan(x, {.min_cluster_size = 5});
  for (std::size_t i = 0; i < 15; ++i) {
    EXPECT_EQ(model.labels[i], model.labels[0]);
    EXPECT_EQ(model.probabilities[i], 1.0);
  }
  EXPECT_GE(model.labels[0], 0);
}

TEST(HDBSCAN, ThreadsAndOrderOfRowsDoNotMatter) {
  const matrix x = clumps(3000, 3);
  const auto model = fit_hdbscan(x, {.min_cluster_size = 40, .min_samples = 5});
  EXPECT_EQ(model.persistence.size(), 4U);
  EXPECT_EQ(fit_hdbscan(x, {.min_cluster_size = 40, .min_samples = 5}, {.threads = 4}), model);
  EXPECT_EQ(io::from_bytes<hdbscan_model>(io::to_bytes(model)), model);
  matrix reversed(x.rows(), 3);
  for (std::size_t i = 0; i < x.rows(); ++i)
    std::copy_n(x.row(x.rows() - 1 - i), 3, reversed.row(i));
  auto labels = fit_hdbscan(reversed, {.min_cluster_size = 40, .min_samples = 5}).labels;
  std::reverse(labels.begin(), labels.end());
  EXPECT_EQ(adjusted_rand_score(labels, model.labels), 1.0);
}

TEST(HDBSCAN, TrainingRowsPredictTheirOwnCluster) {
  const matrix x = clumps(800, 2);
  const auto model = fit_hdbscan(x, {.min_cluster_size = 40, .min_samples = 5});
  const auto again = approximate_predict(model, x, {.threads = 2});
  std::size_t same = 0, clustered = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    if (model.labels[i] < 0) continue;
    ++clustered;
    same += again.labels[i] == model.labels[i];
  }
  EXPECT_GT(clustered, 600U);
  EXPECT_GE(same, clustered * 99 / 100);
  const auto outside = approximate_predict(model, matrix(1, 2, {500, 500}));
  EXPECT_EQ(outside.labels[0], -1);
  EXPECT_EQ(outside.probabilities[0], 0.0);
}

TEST(HDBSCAN, OneClusterOnlyWhenAllowed) {
  random_stream random(2);
  matrix x(300, 2);
  for (std::size_t i = 0; i < 300; ++i)
    x(i, 0) = random.normal(), x(i, 1) = random.normal();
  const auto one = fit_hdbscan(x, {.min_cluster_size = 100, .single_cluster = true});
  EXPECT_EQ(one.persistence.size(), 1U);
  EXPECT_GT(std::count(one.labels.begin(), one.labels.end(), 0), 0);
  EXPECT_EQ(fit_hdbscan(x, {.min_cluster_size = 100}).persistence.size(), 0U);
}

TEST(HDBSCAN, AWideEpsilonJoinsWhatSplitsBelowIt) {
  matrix x(60, 1);
  for (std::size_t i = 0; i < 60; ++i)
    x(i, 0) = 0.01 * static_cast<double>(i % 20) + (i < 20 ? 0 : i < 40 ? 1 : 50);
  EXPECT_EQ(fit_hdbscan(x, {.min_cluster_size = 5, .selection = hdbscan_selection::leaf}).persistence.size(), 3U);
  EXPECT_EQ(fit_hdbscan(x, {.min_cluster_size = 5, .selection = hdbscan_selection::leaf, .epsilon = 2}).persistence.size(), 2U);
}

TEST(HDBSCAN, HostileFilesAreRefused) {
  const auto model = fit_hdbscan(clumps(200, 2), {.min_cluster_size = 20});
  for (const auto& spoil : std::vector<void (*)(hdbscan_model&)>{
           [](hdbscan_model& m) { m.row_cluster[3] = 1 << 20; }, [](hdbscan_model& m) { m.tree[1].parent = 1; }, [](hdbscan_model& m) { m.tree[0].label = 99; },
           [](hdbscan_model& m) { m.core_distance.pop_back(); }, [](hdbscan_model& m) { m.min_samples = 0; }, [](hdbscan_model& m) { m.tree.clear(); }}) {
    hdbscan_model bad = model;
    spoil(bad);
    EXPECT_THROW(io::from_bytes<hdbscan_model>(io::to_bytes(bad)), bad_file);
  }
}

TEST(Density, RefusesBadInput) {
  const matrix x(3, 1, {1, 2, 3}), bad(2, 1, {1, std::nan("")});
  EXPECT_THROW(fit_dbscan(bad), invalid_input);
  EXPECT_THROW(fit_dbscan(x, {}, {.eps = 0}), invalid_input);
  EXPECT_THROW(fit_hdbscan(bad), invalid_input);
  EXPECT_THROW(fit_hdbscan(x, {.min_cluster_size = 5}), invalid_input);
  EXPECT_THROW(fit_hdbscan(x, {.min_cluster_size = 1}), invalid_input);
}

}  // namespace
