#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI::cluster {

struct dbscan_options {
  double eps = 0.5;
  double min_samples = 5;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("eps", self.eps, more_than(0.0), "two rows are neighbours when their distance is at most eps");
    visit("min_samples", self.min_samples, more_than(0.0), "a row whose neighbours (itself included) weigh at least this much is a core row");
  }
};

struct dbscan_model {
  static constexpr const char* kind = "cluster.dbscan";
  static constexpr int version = 1;

  std::vector<column_schema> columns;
  std::vector<std::int64_t> labels;  // n: the cluster of every row, -1 for noise
  std::vector<std::int64_t> core;    // rows that are core rows, ascending
  std::int64_t clusters = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("columns", self.columns, "the columns of training");
    visit("labels", self.labels, "the cluster of every row, -1 for noise");
    visit("core", self.core, "core rows, ascending");
    visit("clusters", self.clusters, at_least(0), "number of clusters");
  }
  void check() const;
  friend bool operator==(const dbscan_model&, const dbscan_model&) = default;
};

/// DBSCAN: core rows that are neighbours share a cluster, other rows join the cluster of a core neighbour or are noise.
///
/// `x`: n x p finite numbers, Euclidean distance; `weight`: n numbers >= 0 or empty. Clusters are numbered by their first core row; a row
/// beside several clusters joins the one with the lowest number (what scikit-learn does, and independent of threads). Space tree: O(n log n)
/// for few columns, O(n^2) at worst; memory two copies of the table. Source: Ester, Kriegel, Sander and Xu (1996). Errors: invalid_input.
/// Matches: scikit-learn.
dbscan_model fit_dbscan(const table_view& x, numeric_column weight = {}, const dbscan_options& options = {}, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::cluster

#ifndef TENURE_COMPILED
#include "tenure/cluster/dbscan-inl.hpp"
#endif
