#pragma once

#include <cstddef>
#include <cstdint>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

inline constexpr std::size_t shap_lanes = 8;

/// What the walk over one tree needs. Arrays with lanes hold eight rows side by side.
struct shap_work {
  const std::int64_t* nodes;
  const double* share;
  const double* leaf_values;  // the model's table
  const std::uint32_t* sets;
  std::size_t set_words;
  const std::uint16_t* codes;  // columns x lanes
  std::size_t points;
  const double* point;
  const double* weight;
  double* phi;  // columns x lanes: added to
  // Scratch: one entry a level of the tree, and one a column.
  double* product;            // levels x points x lanes
  double* inverse;            // levels x points x lanes
  double* sum;                // levels x points x lanes
  double* passes;             // levels x lanes: 1 when the row passes all tests of the level's column so far
  double* branch;             // levels x lanes: 1 when the row goes left
  double* left_out;           // levels: share of weight kept by the tests of the level's column so far
  std::uint32_t* node;        // levels
  std::uint32_t* previous;    // levels: the level where the column was asked before, 0 when never
  std::uint8_t* on_right;     // levels
  std::uint32_t* last_level;  // columns: zero on entry and on return
};

void shap_walk(const shap_work& work);

}  // namespace tenure::inline TENURE_ABI::trees::detail

#ifndef TENURE_COMPILED
#include "tenure/trees/shap_kernel-inl.hpp"
#endif
