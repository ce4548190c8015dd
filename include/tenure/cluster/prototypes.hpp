#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI::cluster {

struct prototypes_options {
  std::int64_t clusters = 8;
  double gamma = 0.0;
  std::int64_t starts = 1;
  std::int64_t max_iterations = 100;
  std::uint64_t seed = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("clusters", self.clusters, between(1, 1e6), "number of clusters k");
    visit("gamma", self.gamma, at_least(0.0), "cost of a differing level; 0 = half the mean standard deviation of the numeric columns, 1 without any");
    visit("starts", self.starts, between(1, 1e6), "number of starts; the best is kept");
    visit("max_iterations", self.max_iterations, between(1, 1e9), "iterations a start");
    visit("seed", self.seed, "seed of the random draws");
  }
};

struct prototypes_model {
  static constexpr const char* kind = "cluster.prototypes";
  static constexpr int version = 1;

  std::vector<column_schema> columns;
  matrix prototypes;            // k x p: means of numbers, codes of the most frequent level
  std::vector<double> weights;  // k: rows (weighted) of each cluster
  double gamma = 0;
  double cost = 0;
  std::int64_t iterations = 0;
  bool converged = false;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("columns", self.columns, "the columns of training");
    visit("prototypes", self.prototypes, "means of numbers, codes of the most frequent level; NaN where a cluster has only missing values");
    visit("weights", self.weights, "weight of the rows of each cluster");
    visit("gamma", self.gamma, at_least(0.0), "cost of a differing level");
    visit("cost", self.cost, at_least(0.0), "sum of weight x distance to the nearest prototype");
    visit("iterations", self.iterations, at_least(0), "iterations of the best start");
    visit("converged", self.converged, "whether no row changed its cluster in the last iteration");
  }
  void check() const;
  friend bool operator==(const prototypes_model&, const prototypes_model&) = default;
};

struct prototypes_fit {
  prototypes_model model;
  std::vector<std::int32_t> labels;
};

/// k-prototypes for tables of numbers and levels (k-modes when there are levels alone): minimises the sum over rows of the squared distance of
/// the numbers to the cluster's means plus gamma for every level that is not the cluster's most frequent one.
///
/// `x`: n x p mixed table; missing values are left out of distances, means and modes. `weight`: n numbers >= 0 or empty; `start`: k row numbers
/// or empty (drawn as in k-means++). Batch iterations as in k-means; ties to the lower cluster and the smaller code; an empty cluster keeps its
/// prototype. O(n k p) an iteration; memory 8 bytes a cell. Source: Huang (1998). Errors: invalid_input.
/// Matches: a plain batch loop, and the costs of the package kmodes from the same rows.
prototypes_fit fit_prototypes(const table_view& x, numeric_column weight = {}, const prototypes_options& options = {},
                              const std::vector<std::int64_t>& start = {}, const execution& run = {});

std::vector<std::int32_t> predict_prototypes(const prototypes_model& model, const table_view& x, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::cluster

#ifndef TENURE_COMPILED
#include "tenure/cluster/prototypes-inl.hpp"
#endif
