#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"
#include "tenure/trees/ensemble.hpp"

namespace tenure::inline TENURE_ABI::trees {

/// Which rows of x a tree speaks of: one list a tree (out-of-bag rows), or empty for all rows in all trees.
using rows_of_trees = std::vector<std::vector<bool>>;

/// Share of the trees in which a row of x and a row of `reference` (null: of x) stand in the same leaf (Breiman and Cutler 2003): rows x reference rows,
/// row-major. With `of_trees`, of the trees that speak of both rows (x against itself only); NaN where there is none.
/// O(trees (n + m) depth + pairs that meet); 4 bytes a pair, 4 bytes a row and tree. Throws invalid_input for more than 1e8 pairs.
/// Matches: R randomForest's proximity (oob.prox) by definition.
std::vector<float> proximity(const tree_ensemble& model, const table_view& x, const table_view* reference = nullptr, const rows_of_trees& of_trees = {},
                             const execution& run = {});

/// For each row of x the k rows of largest proximity, largest first, the earlier row where equal; -1 with proximity 0 when fewer meet it.
struct nearest_rows {
  std::size_t k = 0;
  std::vector<std::int64_t> row;  // n x k
  std::vector<float> proximity;
};

/// The rows of `reference` (null: of x, without the row itself) closest to each row of x. Time as for `proximity`, but no memory for all pairs.
/// k: at least 1. Throws invalid_input as there, without the limit.
nearest_rows nearest_by_proximity(const tree_ensemble& model, const table_view& x, std::size_t k, const table_view* reference = nullptr,
                                  const rows_of_trees& of_trees = {}, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::trees

#ifndef TENURE_COMPILED
#include "tenure/trees/proximity-inl.hpp"
#endif
