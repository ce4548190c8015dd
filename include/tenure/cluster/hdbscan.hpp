#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI {

namespace cluster {
/// Which clusters of the condensed tree become the answer: those with the largest excess of mass, or the leaves.
enum class hdbscan_selection { excess_of_mass, leaf };
}  // namespace cluster

template <>
struct enum_names<cluster::hdbscan_selection> {
  static constexpr const char* values[] = {"eom", "leaf"};
};

namespace cluster {

struct hdbscan_options {
  std::int64_t min_cluster_size = 5;
  std::int64_t min_samples = 0;
  hdbscan_selection selection = hdbscan_selection::excess_of_mass;
  double epsilon = 0.0;
  bool single_cluster = false;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("min_cluster_size", self.min_cluster_size, between(2, 1e9), "smaller groups are noise or part of a larger one");
    visit("min_samples", self.min_samples, between(0, 1e9),
          "a row's core distance is that to its min_samples-th nearest row, itself counted; 0 = min_cluster_size");
    visit("selection", self.selection, "which clusters of the condensed tree are taken");
    visit("epsilon", self.epsilon, at_least(0.0), "clusters that split below this distance stay together");
    visit("single_cluster", self.single_cluster, "whether all rows may be one cluster");
  }
};

/// One cluster of the condensed tree.
struct condensed_cluster {
  std::int64_t parent = -1;  // its number, -1 for the root
  double birth = 0;          // 1 / distance at which it splits off
  double largest = 0;        // the largest 1 / distance at which a row leaves it
  double stability = 0;
  std::int64_t label = -1;  // of the selected cluster it lies in, -1 outside of all

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("parent", self.parent, any_number(), "number of the parent, -1 for the root");
    visit("birth", self.birth, at_least(0.0), "1 / distance at which it splits off");
    visit("largest", self.largest, at_least(0.0), "largest 1 / distance at which a row leaves it");
    visit("stability", self.stability, at_least(0.0), "excess of mass");
    visit("label", self.label, any_number(), "label of the selected cluster that it lies in, -1 outside");
  }
  friend bool operator==(const condensed_cluster&, const condensed_cluster&) = default;
};

struct hdbscan_model {
  static constexpr const char* kind = "cluster.hdbscan";
  static constexpr int version = 1;

  std::vector<column_schema> columns;
  std::vector<std::int64_t> labels;       // n, -1 for noise
  std::vector<double> probabilities;      // n: how firmly a row belongs to its cluster
  std::vector<double> persistence;        // one a label: stability
  std::vector<condensed_cluster> tree;    // parents before children
  std::vector<std::int64_t> row_cluster;  // n: the cluster of the tree a row leaves last
  matrix rows;                            // n x p: training data, for approximate predictions
  std::vector<double> core_distance;      // n
  std::int64_t min_samples = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("columns", self.columns, "the columns of training");
    visit("labels", self.labels, "the cluster of every row, -1 for noise");
    visit("probabilities", self.probabilities, "how firmly a row belongs to its cluster, 0 to 1");
    visit("persistence", self.persistence, "stability of every selected cluster");
    visit("tree", self.tree, "the condensed tree, parents before children");
    visit("row_cluster", self.row_cluster, "the cluster of the tree that a row leaves last");
    visit("rows", self.rows, "training data");
    visit("core_distance", self.core_distance, "distance to the min_samples-th nearest row");
    visit("min_samples", self.min_samples, at_least(1), "rows in a core distance, the row itself counted");
  }
  void check() const;
  friend bool operator==(const hdbscan_model&, const hdbscan_model&) = default;
};

/// HDBSCAN*: the hierarchy of DBSCAN over all distances, cut where clusters are most stable.
///
/// `x`: n x p finite numbers, Euclidean distance. The minimum spanning tree of the mutual reachability distances is exact; a row at the same
/// reach from two clusters goes with its nearest neighbour by plain distance (other programs leave it to their sort). Labels are numbered
/// from the root of the condensed tree downwards. Space tree: about O(n log n) for few columns; memory some n (2 p + min_samples) numbers.
/// Source: Campello, Moulavi and Sander (2013); McInnes and Healy (2017) for the condensed tree. Errors: invalid_input.
/// Matches: scikit-learn's HDBSCAN (not the approximate tree that is the default of the package hdbscan).
hdbscan_model fit_hdbscan(const table_view& x, const hdbscan_options& options = {}, const execution& run = {});

/// Labels and probabilities of new rows as if they had been too few to change the clusters: each follows its nearest row of training by mutual
/// reachability. O(n p) a row.
struct hdbscan_prediction {
  std::vector<std::int64_t> labels;
  std::vector<double> probabilities;
};
hdbscan_prediction approximate_predict(const hdbscan_model& model, const table_view& x, const execution& run = {});

}  // namespace cluster
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/cluster/hdbscan-inl.hpp"
#endif
