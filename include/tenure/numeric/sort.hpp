#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::numeric {

/// Maps a double to an unsigned key of the same order (-0 and 0 alike; NaN above +inf).
constexpr std::uint64_t ordered_key(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x + 0.0);
  return bits ^ ((bits >> 63) ? ~std::uint64_t{0} : std::uint64_t{1} << 63);
}
constexpr double from_ordered_key(std::uint64_t key) { return std::bit_cast<double>(key ^ ((key >> 63) ? std::uint64_t{1} << 63 : ~std::uint64_t{0})); }

/// A sort key with the row it came from.
struct keyed_row {
  std::uint64_t key;
  std::uint32_t row;
};

/// A sort key with two small values that travel with it.
struct keyed_pair {
  std::uint64_t key;
  std::int32_t first, second;
};

/// Stable radix sort by key; bytes that are the same in all keys are skipped. O(n) passes over 16-byte records; one scratch copy.
void radix_sort(std::vector<keyed_row>& rows);
/// The same for pairs and for bare keys.
void radix_sort(std::vector<keyed_pair>& pairs);
void radix_sort(std::vector<std::uint64_t>& keys);

/// The stable order of `values`, ascending (NaN last): values[order[0]] <= values[order[1]] <= ...
std::vector<std::uint32_t> sort_order(numeric_column values);

/// Ranks 1..n, ties get their average rank.
std::vector<double> average_ranks(numeric_column values);

}  // namespace tenure::inline TENURE_ABI::numeric

#ifndef TENURE_COMPILED
#include "tenure/numeric/sort-inl.hpp"
#endif
