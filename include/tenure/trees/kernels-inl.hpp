#pragma once

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

template <std::size_t K>
inline void add_columns(const std::uint8_t* codes, std::size_t stride, const std::uint32_t* rows, const std::uint64_t* targets, std::size_t count,
                        const std::uint32_t* features, std::uint64_t* histogram) {
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
  for (; feature_count >= 8; feature_count -= 8, features += 8, histogram += 8 * 256)
    add_columns<8>(codes, stride, rows, targets, count, features, histogram);
  switch (feature_count) {
    case 7:
      return add_columns<7>(codes, stride, rows, targets, count, features, histogram);
    case 6:
      return add_columns<6>(codes, stride, rows, targets, count, features, histogram);
    case 5:
      return add_columns<5>(codes, stride, rows, targets, count, features, histogram);
    case 4:
      return add_columns<4>(codes, stride, rows, targets, count, features, histogram);
    case 3:
      return add_columns<3>(codes, stride, rows, targets, count, features, histogram);
    case 2:
      return add_columns<2>(codes, stride, rows, targets, count, features, histogram);
    case 1:
      return add_columns<1>(codes, stride, rows, targets, count, features, histogram);
    default:
      return;
  }
}

}  // namespace tenure::inline TENURE_ABI::trees::detail
