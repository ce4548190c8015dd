#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI {

namespace cluster {
/// Distance of two rows. Gower's is the mean over columns of |difference| / range (numbers) or 0/1 (levels), columns missing in either row
/// left out; it alone takes levels and missing values. `precomputed`: the table is the square matrix of distances.
enum class distance_metric { euclidean, manhattan, gower, precomputed };
enum class medoid_start { build, random };
}  // namespace cluster

template <>
struct enum_names<cluster::distance_metric> {
  static constexpr const char* values[] = {"euclidean", "manhattan", "gower", "precomputed"};
};
template <>
struct enum_names<cluster::medoid_start> {
  static constexpr const char* values[] = {"build", "random"};
};

namespace cluster {

struct medoids_options {
  std::int64_t clusters = 8;
  distance_metric metric = distance_metric::euclidean;
  medoid_start start = medoid_start::build;
  std::int64_t max_iterations = 300;
  std::uint64_t seed = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("clusters", self.clusters, between(1, 1e7), "number of clusters k");
    visit("metric", self.metric, "distance of two rows");
    visit("start", self.start, "first medoids: greedily (BUILD of PAM) or random rows");
    visit("max_iterations", self.max_iterations, between(0, 1e9), "passes over all candidates at most");
    visit("seed", self.seed, "seed of the random draws");
  }
};

struct medoids_model {
  static constexpr const char* kind = "cluster.medoids";
  static constexpr int version = 1;

  std::vector<column_schema> columns;
  distance_metric metric = distance_metric::euclidean;
  matrix medoids;                  // k x p values (codes of levels; NaN = missing); k x 0 when distances were given
  std::vector<double> ranges;      // p: column ranges of Gower's distance
  std::vector<std::int64_t> rows;  // k: which rows of training the medoids are
  double loss = 0;                 // sum of distances to the nearest medoid
  std::int64_t iterations = 0;
  bool converged = false;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("columns", self.columns, "the columns of training");
    visit("metric", self.metric, "distance of two rows");
    visit("medoids", self.medoids, "values of the medoids");
    visit("ranges", self.ranges, "column ranges of Gower's distance");
    visit("rows", self.rows, "rows of training that are the medoids");
    visit("loss", self.loss, at_least(0.0), "sum of distances to the nearest medoid");
    visit("iterations", self.iterations, at_least(0), "passes over all candidates");
    visit("converged", self.converged, "whether no swap is left that would help");
  }
  void check() const;
  friend bool operator==(const medoids_model&, const medoids_model&) = default;
};

struct medoids_fit {
  medoids_model model;
  std::vector<std::int32_t> labels;
};

/// k-medoids: the k rows with the least sum of distances of all rows to the nearest of them, by FasterPAM swaps.
///
/// `x`: n x p table, or n x n distances; `start`: k row numbers or empty. Given distances are used where they lie
/// when rows are contiguous doubles. Others are kept when n <= 8192 (8 n^2 bytes) and computed row by row beyond. O(n^2 p) a pass. Source: Schubert and
/// Rousseeuw (2021). Errors: invalid_input. Matches: the losses of kmedoids.fasterpam and PAM from the same starts (ties of swaps are free).
medoids_fit fit_medoids(const table_view& x, const medoids_options& options = {}, const std::vector<std::int64_t>& start = {}, const execution& run = {});

/// n x k distances of rows to the medoids. With given distances: x is n x (rows of training).
matrix medoid_distances(const medoids_model& model, const table_view& x, const execution& run = {});

}  // namespace cluster
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/cluster/medoids-inl.hpp"
#endif
