#pragma once

#include "tenure/learn/kernels.hpp"

namespace tenure::inline TENURE_ABI::learn::detail {

inline double sum_of_eight(const double* s) { return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7])); }

TENURE_KERNEL void add_columns(const double* const* column, const double* factor, std::size_t count, std::size_t n, double* sum) {
  std::size_t j = 0;
  for (; j + 4 <= count; j += 4) {
    const double *a = column[j], *b = column[j + 1], *c = column[j + 2], *d = column[j + 3];
    const double fa = factor[j], fb = factor[j + 1], fc = factor[j + 2], fd = factor[j + 3];
    for (std::size_t i = 0; i < n; ++i)
      sum[i] = (((sum[i] + fa * a[i]) + fb * b[i]) + fc * c[i]) + fd * d[i];
  }
  for (; j < count; ++j)
    for (std::size_t i = 0; i < n; ++i)
      sum[i] += factor[j] * column[j][i];
}

// Eight running sums a column, so that the compiler may use vectors without changing the order of any addition.
TENURE_KERNEL void dot_columns(const double* const* column, std::size_t count, const double* r, std::size_t n, double* product) {
  for (std::size_t j = 0; j < count; ++j) {
    const double* a = column[j];
    double s[8] = {};
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8)
      for (std::size_t k = 0; k < 8; ++k)
        s[k] += a[i + k] * r[i + k];
    for (; i < n; ++i)
      s[i % 8] += a[i] * r[i];
    product[j] += sum_of_eight(s);
  }
}

TENURE_KERNEL row_sums score_rows(const double* eta, const double* mean, const double* loss, const double* y, const double* w, std::size_t n, double* residual,
                                  double* curvature) {
  double losses[8] = {}, residuals[8] = {};
  const auto one = [&](std::size_t i, std::size_t k) {
    losses[k] += w[i] * (loss[i] - y[i] * eta[i]);
    residual[i] = w[i] * (mean[i] - y[i]);
    curvature[i] = w[i] * mean[i] * (1 - mean[i]);
    residuals[k] += residual[i];
  };
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (std::size_t k = 0; k < 8; ++k)
      one(i + k, k);
  for (; i < n; ++i)
    one(i, i % 8);
  return {sum_of_eight(losses), sum_of_eight(residuals)};
}

}  // namespace tenure::inline TENURE_ABI::learn::detail
