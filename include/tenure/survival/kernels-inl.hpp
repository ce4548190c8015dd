#pragma once

#include <cstddef>

#include "tenure/survival/kernels.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

TENURE_KERNEL void scaled_add(double a, const double* x, std::size_t n, double* y) {
  for (std::size_t i = 0; i < n; ++i) y[i] += a * x[i];
}

TENURE_KERNEL double dot(const double* x, const double* y, std::size_t n) {
  double sums[16] = {};
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (std::size_t k = 0; k < 16; ++k) sums[k] += x[i + k] * y[i + k];
  for (std::size_t k = 0; i + k < n; ++k) sums[k] += x[i + k] * y[i + k];
  for (std::size_t half = 8; half > 0; half /= 2)
    for (std::size_t k = 0; k < half; ++k) sums[k] += sums[k + half];
  return sums[0];
}

TENURE_KERNEL void shift_and_scale(double* x, std::size_t n, double shift, double scale) {
  for (std::size_t i = 0; i < n; ++i) x[i] = (x[i] - shift) * scale;
}

}  // namespace tenure::inline TENURE_ABI::survival::detail
