#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "tenure/evaluate/kernels.hpp"

namespace tenure::inline TENURE_ABI::evaluate::detail {

TENURE_KERNEL bool slice_keys(const double* score, const std::uint8_t* y, std::size_t n, double high, double scale, double last, std::uint32_t* key) {
  constexpr std::uint64_t exponent = 0x7ff0000000000000;
  std::uint64_t bad = 0;
  for (std::size_t i = 0; i < n; ++i) {
    bad |= (std::bit_cast<std::uint64_t>(score[i]) & exponent) == exponent;
    double place = (high - score[i]) * scale;
    place = place > 0 ? place : 0.0;
    place = place < last ? place : last;
    key[i] = static_cast<std::uint32_t>(2 * static_cast<std::int32_t>(place) + y[i]);
  }
  return bad == 0;
}

TENURE_KERNEL void flag_slices(const std::uint32_t* key, std::size_t n, const std::uint32_t* bits, std::uint8_t* flag) {
  for (std::size_t i = 0; i < n; ++i)
    flag[i] = static_cast<std::uint8_t>(bits[key[i] >> 6] >> (key[i] >> 1 & 31) & 1);
}

TENURE_KERNEL bool holds_slice(const std::uint32_t* key, std::size_t n, std::uint32_t slice) {
  std::uint32_t found = 0;
  for (std::size_t i = 0; i < n; ++i)
    found |= key[i] >> 1 == slice;
  return found != 0;
}

TENURE_KERNEL bool outcome_bytes(const std::int64_t* y, std::size_t n, std::uint8_t* out) {
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < n; ++i) {
    seen |= static_cast<std::uint64_t>(y[i]);
    out[i] = static_cast<std::uint8_t>(y[i]);
  }
  return seen <= 1;
}

}  // namespace tenure::inline TENURE_ABI::evaluate::detail
