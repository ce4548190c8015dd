#pragma once

#include <cstdint>
#include <vector>

#include "tenure/learn/decision_tree.hpp"

namespace tenure::inline TENURE_ABI {

namespace learn {
/// What a column's importance is: the impurity that its splits remove, or that less what a shuffled copy of the column removes by chance.
enum class forest_importance { impurity, impurity_corrected };
}  // namespace learn

template <>
struct enum_names<learn::forest_importance> {
  static constexpr const char* values[] = {"impurity", "impurity_corrected"};
};

namespace learn {

struct random_forest_options {
  int n_estimators = 100;
  split_criterion criterion = split_criterion::gini;
  int max_depth = 0;                    // 0: no limit
  int max_leaf_nodes = 0;               // 0: no limit
  double min_samples_split = 2;         // rows (with repetition) of a node that may be split
  double min_samples_leaf = 0;          // rows (with repetition) of a leaf; 0: chosen, see fit_random_forest
  double min_weight_fraction_leaf = 0;  // share of the total weight that a leaf needs
  double min_impurity_decrease = 0;     // weighted impurity that a split must remove
  int max_features = 0;                 // columns drawn anew for each node; 0: the square root of their number
  bool bootstrap = true;                // each tree sees rows drawn with replacement, else all rows
  double max_samples = 1;               // share of the rows (or groups) drawn for a tree
  int max_bins = 255;
  double class_weight0 = 1, class_weight1 = 1;
  bool prior_correction = true;  // probabilities in the original class mix, whatever the class weights
  std::vector<std::int32_t> monotone = {};
  forest_importance importance = forest_importance::impurity;
  std::int64_t seed = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("n_estimators", self.n_estimators, at_least(1), "number of trees");
    visit("criterion", self.criterion, "impurity that splits reduce");
    visit("max_depth", self.max_depth, at_least(0), "deepest leaf, 0 = no limit");
    visit("max_leaf_nodes", self.max_leaf_nodes, at_least(0), "most leaves, 0 = no limit");
    visit("min_samples_split", self.min_samples_split, at_least(2), "rows (with repetition) of a node that may be split");
    visit("min_samples_leaf", self.min_samples_leaf, at_least(0), "rows (with repetition) of a leaf, 0 = chosen by out-of-bag loss");
    visit("min_weight_fraction_leaf", self.min_weight_fraction_leaf, between(0, 0.5), "share of the total weight that a leaf needs");
    visit("min_impurity_decrease", self.min_impurity_decrease, at_least(0), "weighted impurity that a split must remove");
    visit("max_features", self.max_features, at_least(0), "columns drawn anew for each node, 0 = the square root of their number");
    visit("bootstrap", self.bootstrap, "each tree sees rows drawn with replacement");
    visit("max_samples", self.max_samples, bounds{.low = 0, .high = 1, .low_open = true}, "share of the rows (or groups) drawn for a tree");
    visit("max_bins", self.max_bins, between(2, 255), "bins of a column");
    visit("class_weight0", self.class_weight0, more_than(0), "weight of class 0");
    visit("class_weight1", self.class_weight1, more_than(0), "weight of class 1");
    visit("prior_correction", self.prior_correction, "probabilities in the original class mix, whatever the class weights");
    visit("monotone", self.monotone, "per column the direction (-1, 0, 1) that the probability must keep");
    visit("importance", self.importance, "what importances are");
    visit("seed", self.seed, "seed of rows and columns drawn");
  }
};

/// A fitted forest. Leaf values are probabilities of class 1; the forest says their mean.
struct random_forest_model {
  static constexpr const char* kind = "learn.random_forest";
  static constexpr int version = 1;

  trees::tree_ensemble trees;
  double threshold = 0.5;
  std::vector<double> importances;
  double min_samples_leaf = 1;  // as given or chosen
  bool bootstrap = true;        // how rows were drawn, so that out-of-bag rows can be found again
  double max_samples = 1;
  std::int64_t seed = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("trees", self.trees, "the trees");
    visit("threshold", self.threshold, between(0, 1), "class 1 is predicted for probabilities above it");
    visit("importances", self.importances, "share of the impurity removed by splits (less that of a shuffled copy), one a column");
    visit("min_samples_leaf", self.min_samples_leaf, at_least(1), "rows of a leaf, as given or chosen");
    visit("bootstrap", self.bootstrap, "whether rows were drawn with replacement");
    visit("max_samples", self.max_samples, bounds{.low = 0, .high = 1, .low_open = true}, "share of the rows drawn for a tree");
    visit("seed", self.seed, "seed of the draws");
  }
  void check() const;
  friend bool operator==(const random_forest_model&, const random_forest_model&) = default;
};

/// Grows a random forest (Breiman 2001) for two classes on columns of at most max_bins bins.
///
/// x, y, weight as for fit_decision_tree (a bootstrap draws rows in proportion to their weights); groups: empty, or one whole number a row: whole groups
/// (customers) are then drawn instead of rows. min_samples_leaf = 0: 1 below 500 rows; up to 50,000 rows of a bootstrap the one of 3, 10, 30 with which 25
/// trees have the least out-of-bag log-loss; else 10. The same seed gives the same forest for any number of threads and, up to 125,000 rows, any order of the
/// rows. Impurity prefers columns with many values, which offer more splits to chance; importance = impurity_corrected grows a second forest on the columns and
/// shuffled copies of them and takes the copies' importance off (Nembrini et al. 2018): around 0 for noise, whatever its values; as long again, 2 n p bytes.
/// O(trees n sqrt(p) log n); n p bytes for the bins, and a few bytes a row and thread. Errors: as fit_decision_tree; groups of another length. Matches:
/// scikit-learn's RandomForestClassifier in distribution (AUC and log-loss within one standard error).
random_forest_model fit_random_forest(const table_view& x, numeric_column y, const random_forest_options& options = {}, numeric_column weight = {},
                                      numeric_column groups = {}, const execution& run = {});

/// Probability of class 1 per row: the mean over the trees.
std::vector<double> predict_probability(const random_forest_model& model, const table_view& x, const execution& run = {});
/// The same for one row in training's column order (categoricals as level codes), without allocation.
double predict_probability_row(const random_forest_model& model, std::span<const double> row);

/// Per tree, whether it did not see each training row. `x`, `y`, `weight` and `groups` must be those of the fit. Throws invalid_input when the forest was
/// grown without bootstrap.
std::vector<std::vector<bool>> out_of_bag_rows(const random_forest_model& model, const table_view& x, numeric_column y, numeric_column weight = {},
                                               numeric_column groups = {}, const execution& run = {});

/// Probability of class 1 of each training row from the trees that did not see it; NaN for rows that every tree saw. `x`, `y`, `weight`
/// and `groups` must be those of the fit. Throws invalid_input when the forest was grown without bootstrap.
std::vector<double> out_of_bag_probability(const random_forest_model& model, const table_view& x, numeric_column y, numeric_column weight = {},
                                           numeric_column groups = {}, const execution& run = {});

}  // namespace learn
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/learn/random_forest-inl.hpp"
#endif
