#pragma once

#include "tenure/cluster/kmeans.hpp"

namespace tenure::inline TENURE_ABI::cluster {

struct minibatch_options {
  std::int64_t clusters = 8;
  kmeans_start start = kmeans_start::greedy_plus_plus;
  std::int64_t starts = 3;
  std::int64_t batch_size = 1024;
  std::int64_t max_epochs = 100;
  double tolerance = 0.0;
  std::int64_t patience = 10;
  double reassignment = 0.01;
  std::uint64_t seed = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("clusters", self.clusters, between(1, 1e7), "number of clusters k");
    visit("start", self.start, "how the first centres are drawn");
    visit("starts", self.starts, between(1, 1e6), "number of starts tried on a sample; the best is used");
    visit("batch_size", self.batch_size, between(1, 1e9), "rows a step");
    visit("max_epochs", self.max_epochs, between(1, 1e9), "passes over the table at most");
    visit("tolerance", self.tolerance, at_least(0.0),
          "stop when the squared movement of all centres in a step is at most this share of the mean column variance; 0 = never");
    visit("patience", self.patience, between(0, 1e9), "stop after this many steps without a better smoothed inertia; 0 = never");
    visit("reassignment", self.reassignment, between(0.0, 1.0), "centres with less than this share of the largest weight are put on rows of the batch");
    visit("seed", self.seed, "seed of the random draws");
  }
};

/// k-means from small batches: each step moves a centre to the mean of all rows it has ever been given.
///
/// Same input and model as fit_kmeans; the batches are blocks of an order of the rows that depends on their content alone. `iterations` of the
/// model counts steps; weights and inertia are those of the last, full assignment. Memory: one copy of the table.
/// Source: Sculley (2010), with the batch means of scikit-learn. Errors: invalid_input.
kmeans_fit fit_minibatch_kmeans(const table_view& x, numeric_column weight = {}, const minibatch_options& options = {}, const matrix& start = {},
                                const execution& run = {});

/// One step of streaming k-means: every centre becomes the mean of the rows nearest to it, counted together with the weight it stands for.
/// Rows that come in one chunk are assigned to the centres from before the chunk.
kmeans_model update_kmeans(const kmeans_model& model, const table_view& chunk, numeric_column weight = {}, const execution& run = {});

/// A model to start a stream with: centres drawn from the first chunk, weights 0.
kmeans_model begin_kmeans(const table_view& chunk, numeric_column weight = {}, const kmeans_options& options = {}, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::cluster

#ifndef TENURE_COMPILED
#include "tenure/cluster/minibatch-inl.hpp"
#endif
