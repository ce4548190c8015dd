#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"
#include "tenure/trees/ensemble.hpp"

namespace tenure::inline TENURE_ABI::trees {

namespace detail {
/// A tree prepared for Shapley values: per node the share of its parent's training weight.
struct shap_tree {
  std::size_t first_node = 0;
  std::uint32_t depth = 0;   // steps to the deepest leaf
  std::uint32_t points = 1;  // quadrature points that make the integral exact
  double base = 0;           // weighted mean of the leaf values
};
}  // namespace detail

/// One column's part in one row's score.
struct reason {
  std::uint32_t column = 0;
  double value = 0;
};

/// Shapley values of a sum of trees (Lundberg et al. 2020), exact.
///
/// Path-dependent values: what is unknown of a row follows the training weights of the branches. For one leaf with value v, whose path asks d
/// different columns, column j gets  v (o_j - z_j) Int_0^1 Prod_{i != j} (o_i t + z_i (1 - t)) dt,  where o_i tells whether the row passes the
/// path's tests of column i and z_i is the product of their weight shares. The integral is a polynomial of degree d - 1: Gauss-Legendre with
/// d / 2 points gives it exactly, and leaves share the products along their common path. O(nodes d / 2) a row instead of O(leaves d^2).
/// Interventional values: what is unknown is taken from the rows of a background table; O(nodes) for each pair of rows.
///
/// Values and base are those of the sum of the trees: a forest's are divided by its number of trees, a boosted model's base has the model's
/// own added. base + sum of a row's values = its score. Matches: the shap package, and enumeration of all subsets, to 1e-12.
class tree_explainer {
 public:
  /// Keeps a reference to `model`.
  explicit tree_explainer(const tree_ensemble& model);

  /// The score that is expected when nothing is known of a row.
  double base() const { return base_; }
  /// rows x columns.
  matrix explain(const table_view& x, const execution& run = {}) const;
  /// The k columns with the largest positive values (what speaks for churn most), per row, largest first; k entries a row, column and value.
  std::vector<reason> top_reasons(const table_view& x, std::size_t k, const execution& run = {}) const;
  /// The same for one row in training's column order (categoricals as level codes). `scratch` is reused between calls.
  void top_reasons_row(std::span<const double> row, std::span<reason> out, std::vector<double>& scratch) const;
  /// rows x columns against every row of `background`.
  matrix explain_against(const table_view& x, const table_view& background, const execution& run = {}) const;

 private:
  void explain_block(const std::uint16_t* codes, double* out) const;

  const tree_ensemble& model_;
  std::vector<detail::shap_tree> trees_;
  std::vector<double> share_;             // per node
  std::vector<double> points_, weights_;  // Gauss-Legendre rules on [0, 1] of 1, 2, ... points, one after the other
  double base_ = 0;
};

}  // namespace tenure::inline TENURE_ABI::trees

#ifndef TENURE_COMPILED
#include "tenure/trees/shap-inl.hpp"
#endif
