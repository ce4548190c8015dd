#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI {

namespace cluster {
/// How the first centres are drawn from the rows.
enum class kmeans_start {
  greedy_plus_plus,  // k-means++ that tries 2 + log k candidates a centre and keeps the best
  plus_plus,         // k-means++ as published: one candidate a centre
  random             // rows with probability proportional to their weight
};
/// How the nearest centres are found; the answer is the same for all.
enum class kmeans_algorithm { automatic, lloyd, hamerly, yinyang };
}  // namespace cluster

template <>
struct enum_names<cluster::kmeans_start> {
  static constexpr const char* values[] = {"k-means++", "plain-k-means++", "random"};
};
template <>
struct enum_names<cluster::kmeans_algorithm> {
  static constexpr const char* values[] = {"auto", "lloyd", "hamerly", "yinyang"};
};

namespace cluster {

struct kmeans_options {
  std::int64_t clusters = 8;
  kmeans_start start = kmeans_start::greedy_plus_plus;
  std::int64_t starts = 1;
  std::int64_t max_iterations = 300;
  double tolerance = 1e-4;
  kmeans_algorithm algorithm = kmeans_algorithm::automatic;
  std::uint64_t seed = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("clusters", self.clusters, between(1, 1e7), "number of clusters k");
    visit("start", self.start, "how the first centres are drawn");
    visit("starts", self.starts, between(1, 1e6), "number of starts; the best is kept");
    visit("max_iterations", self.max_iterations, between(1, 1e9), "iterations a start");
    visit("tolerance", self.tolerance, at_least(0.0), "stop when the squared movement of all centres is at most this share of the mean column variance");
    visit("algorithm", self.algorithm, "how the nearest centres are found; the answer is the same for all");
    visit("seed", self.seed, "seed of the random draws");
  }
};

/// k centres and what training found about them.
struct kmeans_model {
  static constexpr const char* kind = "cluster.kmeans";
  static constexpr int version = 1;

  std::vector<column_schema> columns;
  matrix centres;               // k x p
  std::vector<double> weights;  // k: the weight of the rows of each cluster
  double inertia = 0;           // sum of weight x squared distance to the nearest centre
  std::int64_t iterations = 0;
  bool converged = false;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("columns", self.columns, "the columns of training");
    visit("centres", self.centres, "one row a cluster");
    visit("weights", self.weights, "total weight of the rows of each cluster");
    visit("inertia", self.inertia, any_number(), "sum of weight x squared distance to the nearest centre");
    visit("iterations", self.iterations, at_least(0), "iterations of the best start");
    visit("converged", self.converged, "whether the best start came to rest before max_iterations");
  }
  void check() const;
  friend bool operator==(const kmeans_model&, const kmeans_model&) = default;
};

struct kmeans_fit {
  kmeans_model model;
  std::vector<std::int32_t> labels;  // n: the nearest centre of every row of training
};

/// k-means: k centres that minimise sum_i w_i min_c |x_i - c|^2, by Lloyd's iteration from several starts.
///
/// `x`: n x p finite numbers (float columns are computed in float, all else in double); `weight`: n numbers >= 0 or empty; `start`: k x p
/// first centres or empty to draw them. An empty cluster takes over the row farthest from its centre, as in scikit-learn. With fewer
/// distinct rows than clusters some weights stay 0 and `converged` tells the truth. Memory: one copy of the table, with "yinyang" also
/// k/8 numbers a row. Time a pass: O(n k p); the bounds of Hamerly (2010) and Ding et al. (2015, "yinyang") skip most of it for large k and
/// give the same labels. Drawn starts do not depend on the order of the rows, and a row of weight 2 counts as two rows.
/// Source: Lloyd (1982); Arthur and Vassilvitskii (2007) for k-means++. Errors: invalid_input.
/// Matches: scikit-learn's KMeans from the same centres.
kmeans_fit fit_kmeans(const table_view& x, numeric_column weight = {}, const kmeans_options& options = {}, const matrix& start = {}, const execution& run = {});

/// The nearest centre of every row.
std::vector<std::int32_t> predict_kmeans(const kmeans_model& model, const table_view& x, const execution& run = {});

/// n x k Euclidean distances to the centres.
matrix kmeans_distances(const kmeans_model& model, const table_view& x, const execution& run = {});

/// Sum of weight x squared distance to the nearest centre.
double kmeans_inertia(const kmeans_model& model, const table_view& x, numeric_column weight = {}, const execution& run = {});

/// One pass of Lloyd's iteration over data that come in chunks (files, machines): add them in any split, merge, finish.
class kmeans_pass {
 public:
  explicit kmeans_pass(kmeans_model model);
  void add(const table_view& chunk, numeric_column weight = {}, const execution& run = {});
  void merge(const kmeans_pass& other);
  /// The model after the pass: means of the rows nearest to each centre (a centre without rows stays), and the inertia before it.
  kmeans_model finish() const;

 private:
  kmeans_model model_;
  matrix sums_;
  std::vector<double> weights_;
  double inertia_ = 0;
};

}  // namespace cluster
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/cluster/kmeans-inl.hpp"
#endif
