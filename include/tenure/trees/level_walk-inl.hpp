#pragma once

#include <algorithm>

#include "tenure/trees/kernels.hpp"
#include "tenure/trees/level_walk.hpp"

// The compiled library also carries a body that gathers nodes and codes of sixteen rows at a time (AVX-512).
#if defined(TENURE_COMPILED) && defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__ELF__)
#define TENURE_GATHERED_WALK __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#include <immintrin.h>
#endif

namespace tenure::inline TENURE_ABI::trees::detail {

/// Whether this machine gathers.
inline bool gathers_rows() {
#ifdef TENURE_GATHERED_WALK
  static const bool gathers = __builtin_cpu_supports("x86-64-v4") != 0;
  return gathers;
#else
  return false;
#endif
}

TENURE_INLINE void level_tree::lay_out(const std::int64_t* tree, std::size_t count, std::size_t columns, bool halves) {
  for (std::size_t k = 0; k < count; k += 8)
    prefetch(tree + k);  // in order, before it is read out of order
  const bool gathers = gathers_rows();
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
    const std::uint64_t second = halves ? (1 - (bits >> 63)) & (1 - categorical) : 0;  // numbers whose missing go right
    const std::uint64_t position = (bits >> 48 & 0x1fff) + second * columns;
    const std::uint64_t limit = (bits >> 32 & 0xffff) + 1 - second - categorical;
    const std::uint64_t inner = categorical << 62 | position << 48 | limit << 32 | next;
    const std::uint64_t end = std::uint64_t{1} << 63 | std::uint64_t{0xffff} << 32 | (gathers ? low : k);
    const std::uint64_t is_leaf = 0 - leaf;
    nodes_[k] = (end & is_leaf) | (inner & ~is_leaf);
    from[k] = low;
    from[next] = source + 1;
    from[next + 1] = low;
    next += 2U - 2U * static_cast<std::uint32_t>(leaf);
  }
}

/// Where a row goes from a node; a leaf that is its own child keeps it.
template <class Code, bool Categorical>
inline std::uint32_t level_child(std::uint64_t bits, const Code* row, const std::uint32_t* sets, std::size_t set_words) {
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
  for (std::size_t i = 0; i < rows.count; i += lanes) {
    if (rows.count - i < lanes) i = rows.count < lanes ? 0 : rows.count - lanes;  // the last ones again, to be sixteen
    const std::size_t here = std::min(lanes, rows.count);
    const Code* row[lanes];
    for (std::size_t k = 0; k < lanes; ++k)
      row[k] = rows.codes + (i + std::min(k, here - 1)) * rows.width;
    std::uint32_t at[lanes] = {}, moved;
    do {
      moved = 0;
      for (std::size_t k = 0; k < lanes; ++k) {
        const std::uint32_t next = level_child<Code, Categorical>(nodes[at[k]], row[k], rows.sets, rows.set_words);
        moved |= next ^ at[k];
        at[k] = next;
      }
    } while (moved);
    for (std::size_t k = 0; k < here; ++k)
      found[i + k] = held[at[k]];
  }
}

#ifdef TENURE_GATHERED_WALK

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // the intrinsics' own undefined registers

/// Rows that are still on their way stand in lists that shrink level by level; leaves are listed as they are reached.
template <class Code, bool Categorical>
TENURE_GATHERED_WALK inline void walk_gathered(const std::uint64_t* nodes, const level_rows<Code>& rows, std::uint32_t* found) {
  constexpr std::size_t most = 1024, lanes = 16;
  std::uint32_t at_list[most + lanes], row_list[most + lanes], held_list[most + lanes], ended_list[most + lanes];
  const __m512i low_halves = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const __m512i high_halves = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  const __m512i one = _mm512_set1_epi32(1), width = _mm512_set1_epi32(static_cast<int>(rows.width));
  for (std::size_t begin = 0; begin < rows.count; begin += most) {
    const std::size_t count = std::min(most, rows.count - begin);
    const Code* const codes = rows.codes + begin * rows.width;
    for (std::size_t k = 0; k < count; ++k) {
      at_list[k] = 0;
      row_list[k] = static_cast<std::uint32_t>(k);
    }
    std::size_t ended = 0;
    for (std::size_t going = count, kept; going > 0; going = kept) {
      kept = 0;
      for (std::size_t k = 0; k < going; k += lanes) {
        const auto mask = static_cast<__mmask16>(going - k >= lanes ? 0xffffU : (1U << (going - k)) - 1U);
        const __m512i at = _mm512_maskz_loadu_epi32(mask, at_list + k), row = _mm512_maskz_loadu_epi32(mask, row_list + k);
        const __m512i first = _mm512_i32gather_epi64(_mm512_castsi512_si256(at), nodes, 8);
        const __m512i second = _mm512_i32gather_epi64(_mm512_extracti64x4_epi64(at, 1), nodes, 8);
        const __m512i child = _mm512_permutex2var_epi32(first, low_halves, second), test = _mm512_permutex2var_epi32(first, high_halves, second);
        const __mmask16 leaf = _mm512_mask_cmplt_epi32_mask(mask, test, _mm512_setzero_si512()), inner = _kandn_mask16(leaf, mask);
        const __m512i limit = _mm512_and_si512(test, _mm512_set1_epi32(0xffff));
        __m512i position = _mm512_srli_epi32(test, 16);
        if constexpr (Categorical) position = _mm512_and_si512(position, _mm512_set1_epi32(0x3fff));
        const __m512i cell = _mm512_add_epi32(_mm512_mullo_epi32(row, width), position);
        const __m512i code = _mm512_and_si512(_mm512_mask_i32gather_epi32(_mm512_setzero_si512(), inner, cell, codes, sizeof(Code)),
                                              _mm512_set1_epi32(sizeof(Code) == 1 ? 0xff : 0xffff));
        __mmask16 right = _mm512_cmpgt_epi32_mask(code, limit);
        if constexpr (Categorical) {
          const __mmask16 asks_set = _mm512_mask_test_epi32_mask(inner, test, _mm512_set1_epi32(1 << 30));
          if (asks_set) {
            const __m512i word = _mm512_add_epi32(_mm512_mullo_epi32(limit, _mm512_set1_epi32(static_cast<int>(rows.set_words))), _mm512_srli_epi32(code, 5));
            const __m512i set = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), asks_set, word, rows.sets, 4);
            const __m512i bit = _mm512_srlv_epi32(set, _mm512_and_si512(code, _mm512_set1_epi32(31)));
            right = static_cast<__mmask16>((right & ~asks_set) | _mm512_mask_testn_epi32_mask(asks_set, bit, one));
          }
        }
        _mm512_storeu_si512(at_list + kept, _mm512_maskz_compress_epi32(inner, _mm512_mask_add_epi32(child, right, child, one)));
        _mm512_storeu_si512(row_list + kept, _mm512_maskz_compress_epi32(inner, row));
        kept += static_cast<std::size_t>(_mm_popcnt_u32(inner));
        if (!leaf) continue;
        _mm512_storeu_si512(held_list + ended, _mm512_maskz_compress_epi32(leaf, child));
        _mm512_storeu_si512(ended_list + ended, _mm512_maskz_compress_epi32(leaf, row));
        ended += static_cast<std::size_t>(_mm_popcnt_u32(leaf));
      }
    }
    for (std::size_t k = 0; k < count; ++k)
      found[begin + ended_list[k]] = held_list[k];
  }
}

#pragma GCC diagnostic pop

#endif

template <class Code, bool Categorical>
inline void walk_all(const level_tree& tree, const level_rows<Code>& rows, std::uint32_t* found) {
  if (!gathers_rows()) return walk_in_step<Code, Categorical>(tree.nodes(), tree.held(), rows, found);
#ifdef TENURE_GATHERED_WALK
  // Codes are gathered four bytes at a time: rows at the very end, from which that would reach past the codes, go one by one.
  const std::size_t most = rows.count - std::min(rows.count, 4 / (rows.width * sizeof(Code)) + 1);
  walk_gathered<Code, Categorical>(tree.nodes(), {rows.codes, rows.width, most, rows.sets, rows.set_words}, found);
  for (std::size_t i = most; i < rows.count; ++i) {
    std::uint64_t bits = tree.nodes()[0];
    while (!(bits >> 63))
      bits = tree.nodes()[level_child<Code, Categorical>(bits, rows.codes + i * rows.width, rows.sets, rows.set_words)];
    found[i] = static_cast<std::uint32_t>(bits);
  }
#endif
}

TENURE_INLINE void walk_levels(const level_tree& tree, const level_rows<std::uint8_t>& rows, std::uint32_t* found) {
  rows.sets ? walk_all<std::uint8_t, true>(tree, rows, found) : walk_all<std::uint8_t, false>(tree, rows, found);
}

TENURE_INLINE void walk_levels(const level_tree& tree, const level_rows<std::uint16_t>& rows, std::uint32_t* found) {
  rows.sets ? walk_all<std::uint16_t, true>(tree, rows, found) : walk_all<std::uint16_t, false>(tree, rows, found);
}

}  // namespace tenure::inline TENURE_ABI::trees::detail
