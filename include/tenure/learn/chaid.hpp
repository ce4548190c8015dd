#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/trees/ensemble.hpp"

namespace tenure::inline TENURE_ABI::learn {

struct chaid_options {
  double merge_level = 0.05;       // categories whose difference has a p-value above are merged
  double split_level = 0.05;       // largest adjusted p-value of a split
  int max_depth = 3;               // 0: no limit
  double min_samples_split = 100;  // rows of a node that may be split
  double min_samples_leaf = 50;    // rows of a leaf
  int max_bins = 10;               // intervals of a column of numbers

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("merge_level", self.merge_level, strictly_between(0, 1), "categories whose difference has a p-value above are merged");
    visit("split_level", self.split_level, strictly_between(0, 1), "largest adjusted p-value of a split");
    visit("max_depth", self.max_depth, at_least(0), "splits above a leaf, 0 = no limit");
    visit("min_samples_split", self.min_samples_split, at_least(2), "rows of a node that may be split");
    visit("min_samples_leaf", self.min_samples_leaf, at_least(1), "rows of a leaf");
    visit("max_bins", self.max_bins, between(2, 255), "intervals of a column of numbers");
  }
};

/// A fitted CHAID tree. A split into several groups is kept as a chain of two-way nodes; the `split_*` lists tell of the splits as they were made.
struct chaid_model {
  static constexpr const char* kind = "learn.chaid";
  static constexpr int version = 1;

  trees::tree_ensemble trees;
  double threshold = 0.5;
  std::vector<double> importances;                      // share of the chi-squared statistics, one a column
  std::vector<std::uint32_t> split_node, split_groups;  // first node of the chain, depth first; groups it leads to
  std::vector<double> split_statistic, split_log_p;     // chi-squared with split_groups - 1 degrees of freedom; log of the adjusted p-value

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("trees", self.trees, "the tree");
    visit("threshold", self.threshold, between(0, 1), "class 1 is predicted for probabilities above it");
    visit("importances", self.importances, "share of the chi-squared statistics, one a column");
    visit("split_node", self.split_node, "first node of each split, depth first");
    visit("split_groups", self.split_groups, "groups of each split");
    visit("split_statistic", self.split_statistic, "chi-squared statistic of each split");
    visit("split_log_p", self.split_log_p, "log of the adjusted p-value of each split");
  }
  void check() const;
  friend bool operator==(const chaid_model&, const chaid_model&) = default;
};

/// Grows a CHAID tree (Kass 1980) for two classes: in every node the categories of each column that differ least are merged while their 2 x 2 chi-squared
/// test has a p-value above merge_level; the column with the smallest p-value of the merged table is split, when that p-value, times the number of ways in
/// which its categories could have been merged (Bonferroni), is at most split_level.
///
/// x: n x p; y: n values 0 or 1; weight: n values >= 0, taken as numbers of rows, or empty. Columns of numbers are cut into at most max_bins intervals of about
/// equal weight, of which neighbours may merge; levels merge freely; "missing" is a category of its own that may join any other. Of a column with more than
/// 255 levels the 254 most frequent stay apart. Multipliers: C(c - 1, r - 1) ways for numbers, C(c - 2, r - 2) + r C(c - 2, r - 1) with missing ones, a
/// Stirling number of the second kind for levels. Merged groups are not split again. O(n p) a level. Errors: as fit_decision_tree.
/// Matches: the definition, by a separate program (tests).
chaid_model fit_chaid(const table_view& x, numeric_column y, const chaid_options& options = {}, numeric_column weight = {}, const execution& run = {});

/// Probability of class 1 per row. Columns are matched by name; an unseen level goes with the largest group.
std::vector<double> predict_probability(const chaid_model& model, const table_view& x, const execution& run = {});
/// The same for one row in training's column order (categoricals as level codes), without allocation.
double predict_probability_row(const chaid_model& model, std::span<const double> row);

}  // namespace tenure::inline TENURE_ABI::learn

#ifndef TENURE_COMPILED
#include "tenure/learn/chaid-inl.hpp"
#endif
