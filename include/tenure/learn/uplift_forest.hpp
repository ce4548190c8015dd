#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"
#include "tenure/trees/ensemble.hpp"

namespace tenure::inline TENURE_ABI::learn {

/// How far apart the outcomes of treated and other rows are.
enum class uplift_criterion { kl, euclidean, chi_squared };

}  // namespace tenure::inline TENURE_ABI::learn

namespace tenure::inline TENURE_ABI {
template <>
struct enum_names<learn::uplift_criterion> {
  static constexpr const char* values[] = {"kl", "euclidean", "chi_squared"};
};
}  // namespace tenure::inline TENURE_ABI

namespace tenure::inline TENURE_ABI::learn {

struct uplift_forest_options {
  int n_estimators = 100;
  uplift_criterion criterion = uplift_criterion::kl;
  bool normalise = true;              // divide a split's gain by the information of the split itself
  bool honest = false;                // half of a tree's rows choose its splits, the other half say what its leaves hold
  int max_depth = 0;                  // 0: no limit
  double min_samples_leaf = 100;      // rows (with repetition) of a leaf
  double min_samples_treatment = 10;  // treated rows, and other rows, of a leaf
  int max_features = 0;               // columns drawn anew for each node; 0: the square root of their number
  bool bootstrap = true;              // each tree sees rows drawn with replacement, else all rows
  double max_samples = 1;             // share of the rows drawn for a tree
  int max_bins = 255;
  std::int64_t seed = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("n_estimators", self.n_estimators, at_least(1), "number of trees");
    visit("criterion", self.criterion, "divergence of treated and other rows that splits raise");
    visit("normalise", self.normalise, "divide a split's gain by the information of the split itself");
    visit("honest", self.honest, "half of a tree's rows choose its splits, the other half say what its leaves hold");
    visit("max_depth", self.max_depth, at_least(0), "deepest leaf, 0 = no limit");
    visit("min_samples_leaf", self.min_samples_leaf, at_least(1), "rows (with repetition) of a leaf");
    visit("min_samples_treatment", self.min_samples_treatment, at_least(1), "treated rows, and other rows, of a leaf");
    visit("max_features", self.max_features, at_least(0), "columns drawn anew for each node, 0 = the square root of their number");
    visit("bootstrap", self.bootstrap, "each tree sees rows drawn with replacement");
    visit("max_samples", self.max_samples, bounds{.low = 0, .high = 1, .low_open = true}, "share of the rows drawn for a tree");
    visit("max_bins", self.max_bins, between(2, 255), "bins of a column");
    visit("seed", self.seed, "seed of rows and columns drawn");
  }
};

/// A fitted uplift forest. Leaf values are differences of rates; the forest says their mean.
struct uplift_forest_model {
  static constexpr const char* kind = "learn.uplift_forest";
  static constexpr int version = 1;

  trees::tree_ensemble trees;
  std::vector<double> importances;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("trees", self.trees, "the trees");
    visit("importances", self.importances, "share of the gain of all splits, one a column");
  }
  void check() const;
  friend bool operator==(const uplift_forest_model&, const uplift_forest_model&) = default;
};

/// Grows a forest that predicts what a treatment changes: P(y = 1 | x, treated) - P(y = 1 | x, not treated).
///
/// x: n x p; y and treatment: n values, each 0 or 1; treatment must have been given at random, or by the columns of x alone. A split is worth
/// [sum over children of N_child / N  D(treated, others) - D(treated, others) of the node] / I, with D the KL, squared Euclidean or chi-squared divergence
/// of the outcome's distributions (rates by Laplace's correction) and I the normalisation that keeps splits from separating treated rows from others
/// (Rzepakowski and Jaroszewicz, Knowledge and Information Systems 32 (2012), equations 8 to 10; logarithms to base 2).
/// `honest` keeps a leaf's value from being the one its own split was chosen for (Athey and Imbens, PNAS 113 (2016)).
///
/// The same seed gives the same forest for any number of threads and, up to 125,000 rows, any order of the rows. O(trees n sqrt(p) log n). Errors:
/// invalid_input for lengths, values other than 0 and 1, a missing group or outcome. Matches: an exhaustive search over all splits.
uplift_forest_model fit_uplift_forest(const table_view& x, numeric_column y, numeric_column treatment, const uplift_forest_options& options = {},
                                      const execution& run = {});

/// Uplift per row: the mean over the trees, in [-1, 1].
std::vector<double> predict_uplift(const uplift_forest_model& model, const table_view& x, const execution& run = {});
/// The same for one row in training's column order (categoricals as level codes), without allocation.
double predict_uplift_row(const uplift_forest_model& model, std::span<const double> row);

}  // namespace tenure::inline TENURE_ABI::learn

#ifndef TENURE_COMPILED
#include "tenure/learn/uplift_forest-inl.hpp"
#endif
