#pragma once

#include <cstddef>
#include <vector>

#include "tenure/learn/decision_tree.hpp"

namespace tenure::inline TENURE_ABI::learn {

/// The nested subtrees of weakest-link pruning, largest first, and what cross-validation says of them.
struct pruning_table {
  std::vector<double> alphas, impurities;      // smallest price of a leaf that leads to the subtree; impurity of its leaves
  std::vector<std::size_t> leaves;             // of the subtree
  std::vector<double> errors, std_errors;      // mean squared error of held-out probabilities, and its standard error
  std::size_t smallest_error = 0, one_se = 0;  // the subtree of least error, and the smallest one within a standard error of it

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("alphas", self.alphas, "smallest price of a leaf that leads to each subtree");
    visit("impurities", self.impurities, "total impurity of the leaves of each subtree");
    visit("leaves", self.leaves, "leaves of each subtree");
    visit("errors", self.errors, "mean squared error of held-out probabilities");
    visit("std_errors", self.std_errors, "standard error of each error");
    visit("smallest_error", self.smallest_error, "the subtree of least error");
    visit("one_se", self.one_se, "the smallest subtree within a standard error of the least error");
  }
};

/// Cross-validates cost-complexity pruning (Breiman et al. 1984, section 8.5).
///
/// x, y, options, weight as for fit_decision_tree (ccp_alpha is ignored); folds: n whole numbers >= 0, at least two of them different. For each fold a
/// tree is grown without its rows and pruned at the geometric means of neighbouring alphas of the tree of all rows; the fold's rows are judged by
/// (y - probability)^2, weighted as in the fit (with class weights unless probabilities are prior-corrected). The standard error is that of a mean of
/// independent rows: sqrt(sum w e^2 - (sum w e)^2 / sum w) / sum w. One tree a fold and one more; rows go down each tree once for all prices.
/// Errors: as fit_decision_tree; invalid_input for folds of another length, negative, all the same, or that leave one class only.
/// Matches: R rpart (method "anova" of 0/1 outcomes, whose risk is half of Gini's) in alphas, xerror and xstd on the same folds.
pruning_table cross_validate_pruning(const table_view& x, numeric_column y, numeric_column folds, const decision_tree_options& options = {},
                                     numeric_column weight = {}, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::learn

#ifndef TENURE_COMPILED
#include "tenure/learn/pruning-inl.hpp"
#endif
