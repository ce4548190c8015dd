#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/trees/ensemble.hpp"

namespace tenure::inline TENURE_ABI::learn {

struct gradient_boosting_options {
  int n_estimators = 150;
  double learning_rate = 0.05;
  int max_leaf_nodes = 8;
  int max_depth = 0;             // 0: no limit
  double min_samples_leaf = 20;  // rows of a leaf
  double min_hessian = 1e-3;     // sum of weight * p * (1 - p) in a leaf
  double l1 = 0, l2 = 1;         // penalties on leaf values
  double min_gain = 0;           // reduction of the penalised loss that a split must bring
  double subsample = 0.7;        // share of the rows drawn for each tree, without replacement
  double max_features = 0.5;     // share of the columns drawn for each tree
  bool early_stopping = false;   // stop when the loss on held-out rows no longer falls
  double validation_fraction = 0.1;
  int n_iter_no_change = 10;
  double tol = 1e-7;
  int max_bins = 255;
  double class_weight0 = 1, class_weight1 = 1;
  bool prior_correction = true;
  std::vector<std::int32_t> monotone = {};
  std::int64_t seed = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("n_estimators", self.n_estimators, at_least(1), "number of trees (at most, with early stopping)");
    visit("learning_rate", self.learning_rate, bounds{.low = 0, .high = 1, .low_open = true}, "factor on each tree's values");
    visit("max_leaf_nodes", self.max_leaf_nodes, at_least(2), "leaves of a tree");
    visit("max_depth", self.max_depth, at_least(0), "deepest leaf, 0 = no limit");
    visit("min_samples_leaf", self.min_samples_leaf, at_least(1), "rows of a leaf");
    visit("min_hessian", self.min_hessian, at_least(0), "sum of weight p (1 - p) in a leaf");
    visit("l1", self.l1, at_least(0), "L1 penalty on leaf values");
    visit("l2", self.l2, at_least(0), "L2 penalty on leaf values");
    visit("min_gain", self.min_gain, at_least(0), "reduction of the penalised loss that a split must bring");
    visit("subsample", self.subsample, bounds{.low = 0, .high = 1, .low_open = true}, "share of the rows drawn for each tree");
    visit("max_features", self.max_features, bounds{.low = 0, .high = 1, .low_open = true}, "share of the columns drawn for each tree");
    visit("early_stopping", self.early_stopping, "stop when the loss on held-out rows no longer falls");
    visit("validation_fraction", self.validation_fraction, strictly_between(0, 1), "share of the rows held out for early stopping");
    visit("n_iter_no_change", self.n_iter_no_change, at_least(1), "trees without a better held-out loss before stopping");
    visit("tol", self.tol, at_least(0), "what counts as better");
    visit("max_bins", self.max_bins, between(2, 255), "bins of a column");
    visit("class_weight0", self.class_weight0, more_than(0), "weight of class 0");
    visit("class_weight1", self.class_weight1, more_than(0), "weight of class 1");
    visit("prior_correction", self.prior_correction, "probabilities in the original class mix, whatever the class weights");
    visit("monotone", self.monotone, "per column the direction (-1, 0, 1) that the probability must keep");
    visit("seed", self.seed, "seed of rows and columns drawn");
  }
};

/// A boosted model: log-odds = base + sum of leaf values.
struct gradient_boosting_model {
  static constexpr const char* kind = "learn.gradient_boosting";
  static constexpr int version = 1;

  trees::tree_ensemble trees;
  double base = 0;
  double threshold = 0.5;
  std::vector<double> importances;
  std::vector<double> train_loss, validation_loss;  // mean log-loss before the first tree and after each one

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("trees", self.trees, "the trees");
    visit("base", self.base, any_number(), "log-odds before the first tree");
    visit("threshold", self.threshold, between(0, 1), "class 1 is predicted for probabilities above it");
    visit("importances", self.importances, "share of the loss removed by splits, one a column");
    visit("train_loss", self.train_loss, "mean log-loss on the training rows, before the first tree and after each");
    visit("validation_loss", self.validation_loss, "the same on the held-out rows");
  }
  void check() const;
  friend bool operator==(const gradient_boosting_model&, const gradient_boosting_model&) = default;
};

/// Fits trees one after the other to the gradient of the log-loss (Friedman 2001; second-order gain of Chen and Guestrin 2016): the leaf with the
/// best gain is split next. Gain of a split: GL^2/(HL + l2) + GR^2/(HR + l2) - G^2/(H + l2), sums G, H of gradient and Hessian in 32-bit fixed
/// point, so that the tree depends neither on the order of rows nor on the number of threads; leaf values from exact sums.
///
/// x, y, weight as for fit_decision_tree. O(trees n p depth); n p + 48 n bytes. Errors: as fit_decision_tree.
/// Matches: LightGBM and XGBoost at equal settings in log-loss.
gradient_boosting_model fit_gradient_boosting(const table_view& x, numeric_column y, const gradient_boosting_options& options = {}, numeric_column weight = {},
                                              const execution& run = {});

/// Log-odds of class 1 per row.
std::vector<double> predict_log_odds(const gradient_boosting_model& model, const table_view& x, const execution& run = {});
/// Probability of class 1 per row.
std::vector<double> predict_probability(const gradient_boosting_model& model, const table_view& x, const execution& run = {});
/// The same for one row in training's column order (categoricals as level codes), without allocation.
double predict_probability_row(const gradient_boosting_model& model, std::span<const double> row);

}  // namespace tenure::inline TENURE_ABI::learn

#ifndef TENURE_COMPILED
#include "tenure/learn/gradient_boosting-inl.hpp"
#endif
