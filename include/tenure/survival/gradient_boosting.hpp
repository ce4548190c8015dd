#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/survival/outcome.hpp"
#include "tenure/trees/ensemble.hpp"

namespace tenure::inline TENURE_ABI {

namespace survival {
/// What boosting minimises: Cox's partial likelihood, or that of accelerated failure times with a law of log time.
enum class boosting_loss { cox, weibull, lognormal, loglogistic };
}  // namespace survival

template <>
struct enum_names<survival::boosting_loss> {
  static constexpr const char* values[] = {"cox", "weibull", "lognormal", "loglogistic"};
};

namespace survival {

struct gradient_boosting_options {
  boosting_loss loss = boosting_loss::cox;
  int n_estimators = 150;
  double learning_rate = 0.05;
  int max_leaf_nodes = 8;
  int max_depth = 0;             // 0: no limit
  double min_samples_leaf = 20;  // rows of a leaf
  double min_hessian = 1e-3;     // sum of second derivatives in a leaf
  double l1 = 0, l2 = 1;         // penalties on leaf values
  double min_gain = 0;           // reduction of the penalised loss that a split must bring
  double subsample = 0.7;        // share of the rows drawn for each tree, without replacement
  double max_features = 0.5;     // share of the columns drawn for each tree
  bool early_stopping = false;   // stop when the loss on held-out rows no longer falls
  double validation_fraction = 0.1;
  int n_iter_no_change = 10;
  double tol = 1e-7;
  int max_bins = 255;
  std::vector<std::int32_t> monotone = {};
  std::int64_t seed = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("loss", self.loss, "what is minimised");
    visit("n_estimators", self.n_estimators, at_least(1), "number of trees (at most, with early stopping)");
    visit("learning_rate", self.learning_rate, bounds{.low = 0, .high = 1, .low_open = true}, "factor on each tree's values");
    visit("max_leaf_nodes", self.max_leaf_nodes, at_least(2), "leaves of a tree");
    visit("max_depth", self.max_depth, at_least(0), "deepest leaf, 0 = no limit");
    visit("min_samples_leaf", self.min_samples_leaf, at_least(1), "rows of a leaf");
    visit("min_hessian", self.min_hessian, at_least(0), "sum of second derivatives in a leaf");
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
    visit("monotone", self.monotone, "per column the direction (-1, 0, 1) that the risk must keep");
    visit("seed", self.seed, "seed of rows and columns drawn");
  }
};

/// A boosted survival model. score = base + sum of leaf values: the log relative hazard (cox), or the location of log time.
struct gradient_boosting_model {
  static constexpr const char* kind = "survival.gradient_boosting";
  static constexpr int version = 1;

  trees::tree_ensemble trees;
  boosting_loss loss = boosting_loss::cox;
  double base = 0;
  double scale = 1;                            // of log time; 1 for cox
  std::vector<double> times, baseline_hazard;  // cox: cumulative hazard at log relative hazard 0, at the times of events
  std::vector<double> importances;
  std::vector<double> train_loss, validation_loss;  // before the first tree and after each one, with early stopping

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("trees", self.trees, "the trees");
    visit("loss", self.loss, "what was minimised");
    visit("base", self.base, any_number(), "score before the first tree");
    visit("scale", self.scale, more_than(0), "scale of log time");
    visit("times", self.times, "times of events, ascending");
    visit("baseline_hazard", self.baseline_hazard, "cumulative hazard at those times at log relative hazard 0");
    visit("importances", self.importances, "share of the loss removed by splits, one a column");
    visit("train_loss", self.train_loss, "mean training loss before the first tree and after each");
    visit("validation_loss", self.validation_loss, "mean held-out loss before the first tree and after each");
  }
  void check() const;
  friend bool operator==(const gradient_boosting_model&, const gradient_boosting_model&) = default;
};

/// Boosts trees on a survival loss by Newton steps (Friedman 2001; Ridgeway 1999 for Cox; Barnwal, Cho and Hocking 2022 for accelerated failure times).
///
/// x: n x p, numbers (NaN missing) and categoricals; y: time, event (0, 1), weight; no entry. Cox: Breslow's partial likelihood, with the gradient
/// r_i H(t_i) - event_i and the Hessian r_i H(t_i) - r_i^2 sum of d / S^2 up to t_i, r = weight x exp(score), S its sum over those at risk, H the sum of
/// d / S: O(n) a tree after one sort; the baseline is Breslow's at the end. Accelerated failure times: the likelihood of log time = score + scale x W (W
/// extreme value, normal or logistic), the scale by a Newton step before each tree. The result depends neither on threads nor on the order of the rows.
/// O(trees n p depth); n p + 48 n bytes. Errors: as check_outcome; not_supported for late entries; invalid_input without an event, for time 0 unless cox.
/// Matches: scikit-survival's GradientBoostingSurvivalAnalysis and XGBoost (survival:cox, survival:aft) in concordance.
gradient_boosting_model fit_gradient_boosting(const table_view& x, const outcome& y, const gradient_boosting_options& options = {}, const execution& run = {});

/// Per row how early it leaves: the log relative hazard, or minus the location of log time. Larger: earlier.
std::vector<double> predict_risk(const gradient_boosting_model& model, const table_view& x, const execution& run = {});
/// rows x times: exp(-H(t) exp(score)), or the law's P(log time > log t).
matrix predict_survival(const gradient_boosting_model& model, const table_view& x, const std::vector<double>& times, const execution& run = {});

}  // namespace survival
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/survival/gradient_boosting-inl.hpp"
#endif
