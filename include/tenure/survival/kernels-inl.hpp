#pragma once

#include <cstddef>

#include "tenure/survival/kernels.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

TENURE_KERNEL void scaled_add(double a, const double* x, std::size_t n, double* y) {
  for (std::size_t i = 0; i < n; ++i)
    y[i] += a * x[i];
}

// Sixteen running sums in two vectors, written as vectors where the compiler has them: g++ 12 keeps an array of sums in memory instead.
#if defined(__GNUC__)
typedef double dot_lanes __attribute__((vector_size(64), aligned(8), may_alias));
#else
struct dot_lanes {
  double lane[8];
  double& operator[](std::size_t k) { return lane[k]; }
};
#endif

TENURE_KERNEL double dot(const double* x, const double* y, std::size_t n) {
  dot_lanes first = {}, second = {};
  std::size_t i = 0;
#if defined(__GNUC__)
  for (; i + 16 <= n; i += 16) {
    first += *reinterpret_cast<const dot_lanes*>(x + i) * *reinterpret_cast<const dot_lanes*>(y + i);
    second += *reinterpret_cast<const dot_lanes*>(x + i + 8) * *reinterpret_cast<const dot_lanes*>(y + i + 8);
  }
#else
  for (; i + 16 <= n; i += 16)
    for (std::size_t k = 0; k < 8; ++k) {
      first[k] += x[i + k] * y[i + k];
      second[k] += x[i + 8 + k] * y[i + 8 + k];
    }
#endif
  double sums[16];
  for (std::size_t k = 0; k < 8; ++k) {
    sums[k] = first[k];
    sums[8 + k] = second[k];
  }
  for (std::size_t k = 0; i + k < n; ++k)
    sums[k] += x[i + k] * y[i + k];
  for (std::size_t half = 8; half > 0; half /= 2)
    for (std::size_t k = 0; k < half; ++k)
      sums[k] += sums[k + half];
  return sums[0];
}

TENURE_KERNEL void shift_and_scale(double* x, std::size_t n, double shift, double scale) {
  for (std::size_t i = 0; i < n; ++i)
    x[i] = (x[i] - shift) * scale;
}

}  // namespace tenure::inline TENURE_ABI::survival::detail
