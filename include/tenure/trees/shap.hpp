#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"
#include "tenure/trees/ensemble.hpp"

namespace tenure::inline TENURE_ABI::trees {

/// One column's part in one row's score.
struct reason {
  std::uint32_t column = 0;
  double value = 0;
};

/// Shapley values of a sum of trees (Lundberg et al. 2020), exact.
///
/// Path-dependent values: what is unknown of a row follows the training weights of the branches. If every column is known with probability t
/// on its own, a row's expected score is a polynomial in t; column j gets  Int_0^1 (expected score if j is known - if j is unknown) dt
/// (Owen 1972), which Gauss-Legendre points give exactly: 4 points for up to 8 different columns on a path, 8 for 16, ... One pass down a tree
/// (how likely each node is reached) and one up (what is expected below it) credit every column: O(nodes) a row and group of 4 points.
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
  /// rows x columns against every row of `background`.
  matrix explain_against(const table_view& x, const table_view& background, const execution& run = {}) const;

 private:
  const tree_ensemble& model_;
  double base_ = 0;
};

/// The same path-dependent values for one row at a time, for scoring services: all tables are made once, and no call allocates.
/// Some 50 bytes a node, more where paths ask a column twice. One object a thread: it holds its own scratch.
class row_explainer {
 public:
  /// Keeps a reference to `model`.
  explicit row_explainer(const tree_ensemble& model);
  ~row_explainer();
  row_explainer(row_explainer&&) noexcept;
  row_explainer& operator=(row_explainer&&) = delete;

  double base() const;
  /// One value a column; `row` in training's column order (categoricals as level codes, NaN or a negative code missing). Valid until the next call.
  std::span<const double> explain(std::span<const double> row);
  /// The columns with the largest values, largest first: as many as `out` has room for.
  void top_reasons(std::span<const double> row, std::span<reason> out);

 private:
  struct state;
  std::vector<state> state_;  // one; a smart pointer would make every user of this header read all of <memory>
};

}  // namespace tenure::inline TENURE_ABI::trees

#ifndef TENURE_COMPILED
#include "tenure/trees/shap-inl.hpp"
#endif
