#pragma once

#include <cstddef>
#include <cstdint>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// Tells the processor that memory will be read soon.
inline void prefetch(const void* address) {
#if defined(__GNUC__)
  __builtin_prefetch(address);
#else
  static_cast<void>(address);
#endif
}

/// Whether a row goes right (1) or left (0) from the inner node whose packed form is `bits`.
template <class Code, bool Categorical>
inline std::uint32_t turns_right(std::uint64_t bits, const Code* row, const std::uint32_t* sets, std::size_t set_words) {
  const std::uint32_t code = row[bits >> 48 & 0x1fff];
  const auto split = static_cast<std::uint32_t>(bits >> 32 & 0xffff);
  const auto shift = static_cast<std::uint32_t>(1 - (bits >> 63));  // 0 when missing (code 0) goes left, else 1: code 0 wraps to the top
  if constexpr (Categorical) {
    if (bits >> 61 & 1) return ~(sets[split * set_words + code / 32] >> (code % 32)) & 1U;
  }
  return static_cast<Code>(code - shift) >= split + 2 - shift;
}

/// Where it goes to from the inner node `at`. With many rows on their way a foreseen branch is worth more than arithmetic: deep trees are
/// waited for in memory.
template <class Code, bool Categorical>
inline std::uint32_t tree_child(std::uint64_t bits, std::uint32_t at, const Code* row, const std::uint32_t* sets, std::size_t set_words) {
  const bool left = turns_right<Code, Categorical>(bits, row, sets, set_words) == 0;
  return left ? at + 1 : static_cast<std::uint32_t>(bits);
}

/// One step of one row; a leaf stays where it is.
template <class Code, bool Categorical>
inline std::uint32_t tree_step(const std::int64_t* nodes, std::uint32_t at, const Code* row, const std::uint32_t* sets, std::size_t set_words) {
  const auto bits = static_cast<std::uint64_t>(nodes[at]);
  return bits >> 62 & 1 ? at : tree_child<Code, Categorical>(bits, at, row, sets, set_words);
}

/// Sends `count` rows of codes (row-major, `stride` codes apart) down one tree; writes each row's leaf (node index relative to `nodes`).
/// `sets` is the tree's first level set, null when the model has no categorical columns.
void walk_tree(const std::int64_t* nodes, const std::uint8_t* codes, std::size_t stride, std::size_t count, const std::uint32_t* sets, std::size_t set_words,
               std::uint32_t* leaf);
void walk_tree(const std::int64_t* nodes, const std::uint16_t* codes, std::size_t stride, std::size_t count, const std::uint32_t* sets, std::size_t set_words,
               std::uint32_t* leaf);

/// Adds targets[i] to histogram[256 * k + code] for up to eight columns k of the rows listed; packed 64-bit sums.
void add_histograms(const std::uint8_t* codes, std::size_t stride, const std::uint32_t* rows, const std::uint64_t* targets, std::size_t count,
                    const std::uint32_t* features, std::size_t feature_count, std::uint64_t* histogram);

}  // namespace tenure::inline TENURE_ABI::trees::detail

#ifndef TENURE_COMPILED
#include "tenure/trees/kernels-inl.hpp"
#endif
