#pragma once

#include <cstddef>
#include <cstdint>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

inline constexpr std::size_t shap_points = 4;  // quadrature points that are worked on side by side

/// How a row's code is asked: it goes right when `code - shift > limit` (16-bit arithmetic), or when it is not in level set `limit`.
struct shap_test {
  std::uint16_t feature = 0, limit = 0, shift = 1, categorical = 0;
};

/// An inner node above other inner nodes. Positions number the nodes of a tree so that siblings stand side by side, the root first.
struct shap_node {
  double share[2] = {0, 0};  // of the node's weight: left, right
  std::uint32_t child = 0;   // position of the left child
  std::uint32_t before = 0;  // position, here or above, that the last test of the same column led to; 0 when there is none
  std::uint32_t mix = 1;     // entry of the table of known shares
  std::uint32_t position = 0;
  shap_test test;
};

/// An inner node above two leaves.
struct shap_twig {
  double mean = 0;          // of the leaves
  double gain[2] = {0, 0};  // what a row that goes left (right) has above the mean
  std::uint32_t before = 0, mix = 1, position = 0;
  shap_test test;
};

/// A leaf whose sibling is an inner node.
struct shap_leaf {
  double value = 0;
  std::uint32_t position = 0;
};

/// What the walk over one tree with one group of quadrature points needs.
struct shap_work {
  const shap_node* nodes;  // parents before children
  std::size_t node_count;
  const shap_twig* twigs;
  std::size_t twig_count;
  const shap_leaf* leaves;
  std::size_t leaf_count;
  const double* mix;          // entries of 2 x shap_points numbers: entry 0 for columns whose tests the row failed above, entry 1 for columns not asked above
  const double* weights;      // shap_points numbers
  const std::uint32_t* sets;  // the tree's level sets, null when there are none
  std::size_t set_words;
  const std::uint16_t* codes;  // rows x columns
  std::size_t rows, columns;
  double* phi;  // rows x columns x shap_points: added to
  // Scratch.
  double *reach, *value;  // positions x shap_points
  std::uint32_t* passes;  // positions: all ones when the row passes all tests of the position's column down to it, else 0
  std::uint32_t* chosen;  // 2 x node_count
};

void shap_walk(const shap_work& work);

}  // namespace tenure::inline TENURE_ABI::trees::detail

#ifndef TENURE_COMPILED
#include "tenure/trees/shap_kernel-inl.hpp"
#endif
