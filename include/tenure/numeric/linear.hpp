#pragma once

#include <vector>

#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::numeric {

/// The lower Cholesky factor of a symmetric positive definite matrix with a check for dependent columns.
struct cholesky_factor {
  matrix lower;
  /// Indices of columns that depend on earlier ones (pivot below `tolerance` times the column's own diagonal); empty when regular.
  std::vector<std::size_t> dependent;

  bool regular() const { return dependent.empty(); }
  /// Solves A x = b; requires regular().
  std::vector<double> solve(const std::vector<double>& b) const;
  /// Inverse of A; requires regular().
  matrix inverse() const;
  double log_determinant() const;
};

/// Factors A (n x n, the lower triangle is read). O(n^3 / 3).
cholesky_factor cholesky(const matrix& a, double tolerance = 1e-10);

/// Eigenvalues (ascending) and eigenvectors (columns) of a symmetric matrix.
struct symmetric_eigen {
  std::vector<double> values;
  matrix vectors;
};
symmetric_eigen eigen_symmetric(const matrix& a);

/// Least squares by column-pivoted QR: minimises ||A x - b||.
std::vector<double> least_squares(const matrix& a, const std::vector<double>& b);

/// C = A B for row-major matrices.
matrix multiply(const matrix& a, const matrix& b);

}  // namespace tenure::inline TENURE_ABI::numeric

#ifndef TENURE_COMPILED
#include "tenure/numeric/linear-inl.hpp"
#endif
