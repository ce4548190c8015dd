#pragma once

#include "tenure/trees/code_kernel.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// Many searches keep step, each without branches.
TENURE_INLINE void code_numbers(const double* x, std::size_t count, const double* cuts, std::size_t size, std::uint16_t* codes) {
  constexpr std::size_t lanes = 16;
  for (std::size_t i = 0; i < count; i += lanes) {
    if (count - i < lanes) {
      for (; i < count; ++i) {
        std::size_t below = 0;
        for (std::size_t step = (size + 1) / 2; step > 0; step /= 2)
          below += cuts[below + step - 1] < x[i] ? step : 0;
        codes[i] = static_cast<std::uint16_t>(x[i] == x[i] ? below + 1 : 0);
      }
      return;
    }
    std::int32_t below[lanes] = {};
    for (auto step = static_cast<std::int32_t>((size + 1) / 2); step > 0; step /= 2)
      for (std::size_t k = 0; k < lanes; ++k)
        below[k] += cuts[below[k] + step - 1] < x[i + k] ? step : 0;
    for (std::size_t k = 0; k < lanes; ++k)
      codes[i + k] = static_cast<std::uint16_t>(x[i + k] == x[i + k] ? below[k] + 1 : 0);
  }
}

}  // namespace tenure::inline TENURE_ABI::trees::detail
