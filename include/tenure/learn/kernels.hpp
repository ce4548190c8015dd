#pragma once

#include <cstddef>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::learn::detail {

// Loops over blocks of rows that are compiled once per instruction set.

/// sum[i] += factor[0] * column[0][i] + factor[1] * column[1][i] + ..., added in this order.
void add_columns(const double* const* column, const double* factor, std::size_t count, std::size_t n, double* sum);

/// product[j] += sum of column[j][i] * r[i].
void dot_columns(const double* const* column, std::size_t count, const double* r, std::size_t n, double* product);

/// Of n rows with log-odds eta, probability `mean` and `loss` = log(1 + exp(eta)): residual = w (mean - y) and curvature = w mean (1 - mean).
struct row_sums {
  double loss, residual;
};
row_sums score_rows(const double* eta, const double* mean, const double* loss, const double* y, const double* w, std::size_t n, double* residual,
                    double* curvature);

}  // namespace tenure::inline TENURE_ABI::learn::detail

#ifndef TENURE_COMPILED
#include "tenure/learn/kernels-inl.hpp"
#endif
