#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

/// A design with columns of mean 0 and variance 1: x = (raw - center) * scale.
struct scaled_design {
  matrix x;
  std::vector<double> center, scale;
};

/// Scales in place; refuses constant columns by name.
inline scaled_design scale_design(matrix raw, const std::vector<std::string>& names) {
  const std::size_t n = raw.rows(), p = raw.cols();
  scaled_design out{std::move(raw), std::vector<double>(p, 0.0), std::vector<double>(p)};
  for (std::size_t j = 0; j < p; ++j) {
    double sum = 0, square = 0;
    for (std::size_t i = 0; i < n; ++i)
      sum += out.x(i, j);
    out.center[j] = sum / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i)
      square += (out.x(i, j) - out.center[j]) * (out.x(i, j) - out.center[j]);
    if (!(square > 0)) throw invalid_input(names[j], "is constant: it cannot tell customers apart");
    out.scale[j] = 1 / std::sqrt(square / static_cast<double>(n));
    for (std::size_t i = 0; i < n; ++i)
      out.x(i, j) = (out.x(i, j) - out.center[j]) * out.scale[j];
  }
  return out;
}

}  // namespace tenure::inline TENURE_ABI::survival::detail
