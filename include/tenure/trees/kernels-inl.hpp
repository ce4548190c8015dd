#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include "tenure/trees/kernels.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// Eight rows are on their way at a time, so that their memory latencies overlap; a row that reaches its leaf makes room for the next.
template <class Code, bool Categorical>
inline void walk_rows(const std::int64_t* nodes, const Code* codes, std::size_t stride, std::size_t count, const std::uint32_t* sets, std::size_t set_words,
                      std::uint32_t* leaf) {
  constexpr std::size_t lanes = 8;
  std::uint32_t at[lanes] = {};
  const Code* row[lanes];
  std::size_t number[lanes], next = 0;
  for (std::size_t k = 0; k < lanes; ++k) {
    number[k] = next;
    row[k] = codes + (next < count ? next++ : 0) * stride;
  }
  for (bool more = count > lanes; more;)
    for (std::size_t k = 0; k < lanes; ++k) {
      const auto bits = static_cast<std::uint64_t>(nodes[at[k]]);
      if (!(bits >> 62 & 1)) {
        at[k] = tree_child<Code, Categorical>(bits, at[k], row[k], sets, set_words);
        continue;
      }
      if (number[k] < count) leaf[number[k]] = at[k];
      at[k] = 0;
      number[k] = next;
      if (next < count)
        row[k] = codes + next++ * stride;
      else
        more = false;
    }
  for (std::size_t k = 0; k < lanes; ++k) {
    if (number[k] >= count) continue;
    std::uint32_t here = at[k], child;
    while ((child = tree_step<Code, Categorical>(nodes, here, row[k], sets, set_words)) != here)
      here = child;
    leaf[number[k]] = here;
  }
}

TENURE_INLINE void walk_tree(const std::int64_t* nodes, const std::uint8_t* codes, std::size_t stride, std::size_t count, const std::uint32_t* sets,
                             std::size_t set_words, std::uint32_t* leaf) {
  if (sets)
    walk_rows<std::uint8_t, true>(nodes, codes, stride, count, sets, set_words, leaf);
  else
    walk_rows<std::uint8_t, false>(nodes, codes, stride, count, sets, set_words, leaf);
}

TENURE_INLINE void walk_tree(const std::int64_t* nodes, const std::uint16_t* codes, std::size_t stride, std::size_t count, const std::uint32_t* sets,
                             std::size_t set_words, std::uint32_t* leaf) {
  if (sets)
    walk_rows<std::uint16_t, true>(nodes, codes, stride, count, sets, set_words, leaf);
  else
    walk_rows<std::uint16_t, false>(nodes, codes, stride, count, sets, set_words, leaf);
}

/// The byte that stood k places on from the first one in memory.
inline std::size_t nth_byte(std::uint64_t word, std::size_t k) { return word >> 8 * (std::endian::native == std::endian::little ? k : 7 - k) & 0xff; }

/// K columns; neighbours are read in one word.
template <std::size_t K>
inline void add_columns(const std::uint8_t* codes, std::size_t stride, const std::uint32_t* rows, const std::uint64_t* targets, std::size_t count,
                        const std::uint32_t* features, std::uint64_t* histogram) {
  if (features[K - 1] == features[0] + (K - 1) && std::is_sorted(features, features + K)) {
    codes += features[0];
    for (std::size_t i = 0; i < count; ++i) {
      std::uint64_t word = 0;
      std::memcpy(&word, codes + rows[i] * stride, K);
      const std::uint64_t target = targets[i];
      for (std::size_t k = 0; k < K; ++k)
        histogram[256 * k + nth_byte(word, k)] += target;
    }
    return;
  }
  std::size_t offset[K];
  for (std::size_t k = 0; k < K; ++k)
    offset[k] = features[k];
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* row = codes + rows[i] * stride;
    const std::uint64_t target = targets[i];
    for (std::size_t k = 0; k < K; ++k)
      histogram[256 * k + row[offset[k]]] += target;
  }
}

TENURE_INLINE void add_histograms(const std::uint8_t* codes, std::size_t stride, const std::uint32_t* rows, const std::uint64_t* targets, std::size_t count,
                                  const std::uint32_t* features, std::size_t feature_count, std::uint64_t* histogram) {
  constexpr std::size_t block = 256;  // rows that stay in cache while their columns are added, eight at a time
  for (std::size_t begin = 0; begin < count; begin += block, rows += block, targets += block) {
    const std::size_t n = std::min(block, count - begin), ahead = std::min(block, count - begin - n);
    for (std::size_t i = 0; i < ahead; ++i)
      prefetch(codes + rows[block + i] * stride);
    std::size_t done = 0;
    for (; done + 8 <= feature_count; done += 8)
      add_columns<8>(codes, stride, rows, targets, n, features + done, histogram + 256 * done);
    const auto rest = [&](auto width) { add_columns<decltype(width)::value>(codes, stride, rows, targets, n, features + done, histogram + 256 * done); };
    switch (feature_count - done) {
      case 7:
        rest(std::integral_constant<std::size_t, 7>{});
        break;
      case 6:
        rest(std::integral_constant<std::size_t, 6>{});
        break;
      case 5:
        rest(std::integral_constant<std::size_t, 5>{});
        break;
      case 4:
        rest(std::integral_constant<std::size_t, 4>{});
        break;
      case 3:
        rest(std::integral_constant<std::size_t, 3>{});
        break;
      case 2:
        rest(std::integral_constant<std::size_t, 2>{});
        break;
      case 1:
        rest(std::integral_constant<std::size_t, 1>{});
        break;
      default:
        break;
    }
  }
}

}  // namespace tenure::inline TENURE_ABI::trees::detail
