#pragma once

#include <algorithm>

#include "tenure/trees/level_walk.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

TENURE_INLINE void level_tree::lay_out(const std::int64_t* tree, std::size_t count, std::size_t columns, bool halves) {
  nodes_.resize(count);
  held_.resize(count + 2);
  std::uint32_t* const from = held_.data();  // until a node is written: where it stands in `tree`
  from[0] = 0;
  std::uint32_t next = 1;
  for (std::uint32_t k = 0; k < count; ++k) {
    const std::uint32_t source = from[k];
    const auto bits = static_cast<std::uint64_t>(tree[source]);
    const auto low = static_cast<std::uint32_t>(bits);
    const std::uint64_t leaf = bits >> 62 & 1, categorical = bits >> 61 & 1;
    const std::uint64_t second = halves ? 1 - (bits >> 63) : 0;  // missing goes right
    const std::uint64_t position = (bits >> 48 & 0x1fff) + (categorical ? 0 : second * columns);
    const std::uint64_t limit = (bits >> 32 & 0xffff) + (categorical ? 0 : 1 - second);
    const std::uint64_t inner = categorical << 62 | position << 48 | limit << 32 | next, end = std::uint64_t{1} << 63 | std::uint64_t{0xffff} << 32 | k;
    nodes_[k] = leaf ? end : inner;
    from[k] = low;
    from[next] = source + 1;
    from[next + 1] = low;
    next += leaf ? 0U : 2U;
  }
}

template <class Code, bool Categorical>
inline std::uint32_t level_step(std::uint64_t bits, const Code* row, const std::uint32_t* sets, std::size_t set_words) {
  const std::uint32_t code = row[bits >> 48 & 0x3fff];
  const std::uint32_t limit = bits >> 32 & 0xffff;
  std::uint32_t right = code > limit;
  if constexpr (Categorical)
    if (bits >> 62 & 1) right = ~(sets[limit * set_words + code / 32] >> (code % 32)) & 1U;
  return static_cast<std::uint32_t>(bits) + right;
}

/// Sixteen rows keep step, without branches on where they go, so that their memory latencies overlap.
template <class Code, bool Categorical>
inline void walk_in_step(const std::uint64_t* nodes, const std::uint32_t* held, const level_rows<Code>& rows, std::uint32_t* found) {
  constexpr std::size_t lanes = 16;
  const std::size_t width = rows.width;
  for (std::size_t i = 0; i < rows.count; i += lanes) {
    if (rows.count - i < lanes) i = rows.count < lanes ? 0 : rows.count - lanes;  // the last ones again, to be sixteen
    const std::size_t here = std::min(lanes, rows.count);
    const Code* row[lanes];
    for (std::size_t k = 0; k < lanes; ++k)
      row[k] = rows.codes + (i + std::min(k, here - 1)) * width;
    std::uint32_t at[lanes] = {}, moved;
    do {
      moved = 0;
      for (std::size_t k = 0; k < lanes; ++k) {
        const std::uint32_t next = level_step<Code, Categorical>(nodes[at[k]], row[k], rows.sets, rows.set_words);
        moved |= next ^ at[k];
        at[k] = next;
      }
    } while (moved);
    for (std::size_t k = 0; k < here; ++k)
      found[i + k] = held[at[k]];
  }
}

TENURE_INLINE void walk_levels(const level_tree& tree, const level_rows<std::uint8_t>& rows, std::uint32_t* found) {
  rows.sets ? walk_in_step<std::uint8_t, true>(tree.nodes(), tree.held(), rows, found)
            : walk_in_step<std::uint8_t, false>(tree.nodes(), tree.held(), rows, found);
}

TENURE_INLINE void walk_levels(const level_tree& tree, const level_rows<std::uint16_t>& rows, std::uint32_t* found) {
  rows.sets ? walk_in_step<std::uint16_t, true>(tree.nodes(), tree.held(), rows, found)
            : walk_in_step<std::uint16_t, false>(tree.nodes(), tree.held(), rows, found);
}

}  // namespace tenure::inline TENURE_ABI::trees::detail
