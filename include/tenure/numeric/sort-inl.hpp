#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <memory>

#include "tenure/numeric/sort.hpp"

namespace tenure::inline TENURE_ABI::numeric {

namespace detail {

constexpr std::uint64_t key_of(std::uint64_t key) { return key; }
constexpr std::uint64_t key_of(const auto& record) { return record.key; }

/// Least-significant-digit radix sort with 11-bit digits; all histograms come from one pass.
template <class Record>
void radix_sort(std::vector<Record>& records) {
  constexpr int digit_bits = 11, digits = 6;
  constexpr std::size_t buckets = std::size_t{1} << digit_bits;
  const std::size_t n = records.size();
  if (n < 256) {
    std::stable_sort(records.begin(), records.end(), [](const Record& a, const Record& b) { return key_of(a) < key_of(b); });
    return;
  }
  auto counts = std::make_unique<std::array<std::array<std::size_t, buckets>, digits>>();
  for (const Record& r : records)
    for (int d = 0; d < digits; ++d)
      ++(*counts)[d][(key_of(r) >> (d * digit_bits)) & (buckets - 1)];

  const auto scratch = std::make_unique_for_overwrite<Record[]>(n);
  Record *from = records.data(), *to = scratch.get();
  for (int d = 0; d < digits; ++d) {
    auto& count = (*counts)[d];
    const int shift = d * digit_bits;
    if (count[(key_of(from[0]) >> shift) & (buckets - 1)] == n) continue;
    std::size_t position = 0;
    for (auto& c : count)
      position += std::exchange(c, position);
    for (std::size_t i = 0; i < n; ++i)
      to[count[(key_of(from[i]) >> shift) & (buckets - 1)]++] = from[i];
    std::swap(from, to);
  }
  if (from != records.data()) std::copy(from, from + n, records.data());
}

}  // namespace detail

TENURE_INLINE void radix_sort(std::vector<keyed_row>& rows) { detail::radix_sort(rows); }
TENURE_INLINE void radix_sort(std::vector<keyed_pair>& pairs) { detail::radix_sort(pairs); }
TENURE_INLINE void radix_sort(std::vector<std::uint64_t>& keys) { detail::radix_sort(keys); }

TENURE_INLINE std::vector<std::uint32_t> sort_order(numeric_column values) {
  if (values.size() > std::numeric_limits<std::uint32_t>::max()) throw not_supported("sorting more than 4294967295 rows at once");
  std::vector<keyed_row> rows(values.size());
  values.visit([&](auto column) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      rows[i] = {ordered_key(static_cast<double>(column[i])), static_cast<std::uint32_t>(i)};
  });
  radix_sort(rows);
  std::vector<std::uint32_t> order(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    order[i] = rows[i].row;
  return order;
}

TENURE_INLINE std::vector<double> average_ranks(numeric_column values) {
  const auto order = sort_order(values);
  std::vector<double> ranks(order.size());
  for (std::size_t i = 0, j; i < order.size(); i = j) {
    for (j = i + 1; j < order.size() && values[order[j]] == values[order[i]];)
      ++j;
    for (std::size_t k = i; k < j; ++k)
      ranks[order[k]] = 0.5 * static_cast<double>(i + j + 1);
  }
  return ranks;
}

}  // namespace tenure::inline TENURE_ABI::numeric
