#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI {

namespace cluster {
/// How the distance of two clusters follows from those of their rows.
enum class linkage_method { ward, complete, average, weighted, single, centroid, median };
}  // namespace cluster

template <>
struct enum_names<cluster::linkage_method> {
  static constexpr const char* values[] = {"ward", "complete", "average", "weighted", "single", "centroid", "median"};
};

namespace cluster {

/// A dendrogram.
struct linkage_model {
  static constexpr const char* kind = "cluster.linkage";
  static constexpr int version = 1;

  std::vector<column_schema> columns;
  linkage_method method = linkage_method::ward;
  matrix merges;  // (n - 1) x 4: two clusters (rows 0 .. n - 1, then merges n, n + 1, ...), height, rows; as in scipy

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("columns", self.columns, "the columns of training");
    visit("method", self.method, "linkage method");
    visit("merges", self.merges, "(n - 1) x 4: the two clusters, height, rows");
  }
  void check() const;
  friend bool operator==(const linkage_model&, const linkage_model&) = default;
};

/// Agglomerative clustering under Euclidean distance: the two nearest clusters are merged until one is left.
///
/// `x`: n x p finite numbers. Heights as in scipy: Ward's is sqrt(2 |A||B| / (|A| + |B|)) |mean_A - mean_B|, centroid and median the distance
/// of the centres. Merges come in ascending height; centroid and median, whose heights may fall, in the order they happen. O(n^2 p) time and
/// O(n p) memory for ward (few columns: far less time, boxes of clusters rule most out), centroid, median and single (few columns or many rows: a
/// space tree, about O(n log n)); complete, average, weighted: O(n^2 p) time and some 2 n^2 bytes, 8 n^2 in the worst case.
/// Source: Müllner (2011); Bruynooghe (1978) for ward. Errors: invalid_input; numeric_failure when Ward's squared distances overflow.
/// Matches: scipy's and fastcluster's linkage (the order of merges at equal heights is free).
linkage_model fit_linkage(const table_view& x, linkage_method method = linkage_method::ward, const execution& run = {});

/// The cluster of every row when the merges of a dendrogram stop at `clusters` clusters; numbered by their first row.
std::vector<std::int64_t> cut_tree(const linkage_model& model, std::int64_t clusters);

/// The number of clusters left when only merges below `height` are made.
std::int64_t clusters_below(const linkage_model& model, double height);

}  // namespace cluster
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/cluster/linkage-inl.hpp"
#endif
