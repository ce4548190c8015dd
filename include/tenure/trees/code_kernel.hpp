#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// Ascending cuts, filled up with infinity to one less than a power of two: a search for a code then takes the same steps for every number.
struct padded_cuts {
  explicit padded_cuts(const std::vector<double>& cuts) : values(std::bit_ceil(cuts.size() + 1) - 1, std::numeric_limits<double>::infinity()) {
    for (std::size_t k = 0; k < cuts.size(); ++k)
      values[k] = cuts[k];
  }
  std::vector<double> values;
};

/// codes[i] = 1 + the number of cuts below x[i], 0 when it is NaN. `cuts`: `size` of them, a power of two less one.
void code_numbers(const double* x, std::size_t count, const double* cuts, std::size_t size, std::uint16_t* codes);

}  // namespace tenure::inline TENURE_ABI::trees::detail

#ifndef TENURE_COMPILED
#include "tenure/trees/code_kernel-inl.hpp"
#endif
