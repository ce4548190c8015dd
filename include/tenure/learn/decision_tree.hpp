#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/trees/ensemble.hpp"

namespace tenure::inline TENURE_ABI {

namespace learn {
/// Impurity that splits reduce.
enum class split_criterion { gini, entropy };
/// How splits are searched: `exact` looks at every distinct value, `binned` at up to max_bins - 1 cuts a column, `automatic` is exact up to
/// 50,000 rows.
enum class split_search { automatic, exact, binned };
}  // namespace learn

template <>
struct enum_names<learn::split_criterion> {
  static constexpr const char* values[] = {"gini", "entropy"};
};
template <>
struct enum_names<learn::split_search> {
  static constexpr const char* values[] = {"auto", "exact", "binned"};
};

namespace learn {

struct decision_tree_options {
  split_criterion criterion = split_criterion::gini;
  split_search search = split_search::automatic;
  int max_depth = 0;                        // 0: no limit
  int max_leaf_nodes = 0;                   // 0: no limit; else the best node is split next
  double min_samples_split = 2;             // rows of a node that may be split
  double min_samples_leaf = 1;              // rows of a leaf
  double min_weight_fraction_leaf = 0;      // share of the total weight that a leaf needs
  double min_impurity_decrease = 0;         // weighted impurity that a split must remove
  int max_features = 0;                     // columns drawn anew for each node; 0: all
  double ccp_alpha = 0;                     // price of a leaf in cost-complexity pruning
  int max_bins = 255;                       // of a column, in binned search
  double class_weight0 = 1;                 // weight of class 0 (stays)
  double class_weight1 = 1;                 // weight of class 1 (churns)
  bool prior_correction = true;             // probabilities in the original class mix, whatever the class weights
  std::vector<std::int32_t> monotone = {};  // per column -1, 0, 1: direction the probability must keep; empty: none
  std::int64_t seed = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("criterion", self.criterion, "impurity that splits reduce");
    visit("search", self.search, "how splits are searched");
    visit("max_depth", self.max_depth, at_least(0), "deepest leaf, 0 = no limit");
    visit("max_leaf_nodes", self.max_leaf_nodes, at_least(0), "most leaves, 0 = no limit");
    visit("min_samples_split", self.min_samples_split, at_least(2), "rows of a node that may be split");
    visit("min_samples_leaf", self.min_samples_leaf, at_least(1), "rows of a leaf");
    visit("min_weight_fraction_leaf", self.min_weight_fraction_leaf, between(0, 0.5), "share of the total weight that a leaf needs");
    visit("min_impurity_decrease", self.min_impurity_decrease, at_least(0), "weighted impurity that a split must remove");
    visit("max_features", self.max_features, at_least(0), "columns drawn anew for each node, 0 = all");
    visit("ccp_alpha", self.ccp_alpha, at_least(0), "price of a leaf in cost-complexity pruning");
    visit("max_bins", self.max_bins, between(2, 255), "bins of a column in binned search");
    visit("class_weight0", self.class_weight0, more_than(0), "weight of class 0");
    visit("class_weight1", self.class_weight1, more_than(0), "weight of class 1");
    visit("prior_correction", self.prior_correction, "probabilities in the original class mix, whatever the class weights");
    visit("monotone", self.monotone, "per column the direction (-1, 0, 1) that the probability must keep");
    visit("seed", self.seed, "seed of drawn columns");
  }
};

/// A fitted classification tree. The leaf values of `trees` are probabilities of class 1.
struct decision_tree_model {
  static constexpr const char* kind = "learn.decision_tree";
  static constexpr int version = 1;

  trees::tree_ensemble trees;
  double threshold = 0.5;           // class 1 is predicted above it: class weights move it when probabilities are prior-corrected
  std::vector<double> importances;  // share of the impurity removed, one a column

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("trees", self.trees, "the tree");
    visit("threshold", self.threshold, between(0, 1), "class 1 is predicted for probabilities above it");
    visit("importances", self.importances, "share of the impurity removed by splits, one a column");
  }
  void check() const;
  friend bool operator==(const decision_tree_model&, const decision_tree_model&) = default;
};

/// Grows a classification tree (CART, Breiman et al. 1984) for two classes.
///
/// x: n x p, numbers (NaN missing) and categoricals; y: n values 0 or 1; weight: n values >= 0, or empty. Categorical columns are split into the
/// best subset of levels; missing values go to the side that is better in training, where there were some, else to the heavier side. Numeric
/// thresholds lie halfway between neighbouring values. Equal splits: the earlier column, the smaller threshold.
/// Exact search: O(n p) a level after one sort a column, 4 n p bytes; binned: 1 n p bytes.
/// Errors: invalid_input for a length that differs, y other than 0 and 1 or of one class only, a weight that is negative or not finite,
/// infinite x, monotone on a categorical column.
/// Matches: scikit-learn's DecisionTreeClassifier, R rpart (subset splits).
decision_tree_model fit_decision_tree(const table_view& x, numeric_column y, const decision_tree_options& options = {}, numeric_column weight = {},
                                      const execution& run = {});

/// Probability of class 1 per row. Columns are matched by name; unseen levels count as missing.
std::vector<double> predict_probability(const decision_tree_model& model, const table_view& x, const execution& run = {});
/// The same for one row in training's column order (categoricals as level codes), without allocation.
double predict_probability_row(const decision_tree_model& model, std::span<const double> row);

/// The complexity prices at which weakest-link pruning of the tree that `options` grow cuts a branch, and the impurity of the leaves left.
struct pruning_path {
  std::vector<double> alphas, impurities;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("alphas", self.alphas, "complexity prices, ascending");
    visit("impurities", self.impurities, "total impurity of the leaves of each subtree");
  }
};
pruning_path cost_complexity_path(const table_view& x, numeric_column y, const decision_tree_options& options = {}, numeric_column weight = {},
                                  const execution& run = {});

}  // namespace learn
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/learn/decision_tree-inl.hpp"
#endif
