#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "tenure/evaluate/kernels.hpp"

namespace tenure::inline TENURE_ABI::evaluate::detail {

TENURE_KERNEL bool slice_keys(const double* score, const std::uint8_t* y, std::size_t n, double high, double scale, double last, std::uint16_t* slice,
                              std::uint32_t* key) {
  constexpr std::uint64_t exponent = 0x7ff0000000000000;
  std::uint64_t bad = 0;
  for (std::size_t i = 0; i < n; ++i) {
    bad |= (std::bit_cast<std::uint64_t>(score[i]) & exponent) == exponent;
    double place = (high - score[i]) * scale;
    place = place > 0 ? place : 0.0;
    place = place < last ? place : last;
    key[i] = static_cast<std::uint32_t>(2 * static_cast<std::int32_t>(place) + y[i]);
  }
  for (std::size_t i = 0; i < n; ++i)
    slice[i] = static_cast<std::uint16_t>(key[i] >> 1);
  return bad == 0;
}

TENURE_KERNEL bool holds_slice(const std::uint16_t* slice, std::size_t n, std::uint16_t wanted) {
  std::uint16_t found = 0;
  for (std::size_t i = 0; i < n; ++i)
    found = static_cast<std::uint16_t>(found | (slice[i] == wanted));
  return found != 0;
}

TENURE_KERNEL void rank_downwards(const double* score, std::size_t n, std::uint32_t* rank) {
  for (std::size_t i = 0; i < n; ++i) {
    std::uint64_t before = 0;
    for (std::size_t j = 0; j < i; ++j)
      before += score[j] >= score[i];
    for (std::size_t j = i + 1; j < n; ++j)
      before += score[j] > score[i];
    rank[i] = static_cast<std::uint32_t>(before);
  }
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
