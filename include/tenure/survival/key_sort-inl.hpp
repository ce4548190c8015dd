#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/survival/memory-inl.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

// Radix sort from the most significant differing bits: one pass over memory, the rest inside the caches, in parallel. Against passes from
// the least significant digit it halves the memory traffic of ten million keys.

struct key_split {
  std::uint64_t low = 0;
  int shift = 0;
  std::size_t buckets = 1;

  /// Buckets of about 4 keys each, at most `most`, over the range [low, high].
  key_split(std::uint64_t low_key, std::uint64_t high_key, std::size_t n, int most_bits) : low(low_key) {
    const int width = std::bit_width(high_key - low_key);
    const int bits = std::min({most_bits, width, std::max(1, static_cast<int>(std::bit_width(n)) - 3)});
    shift = width - bits;
    buckets = static_cast<std::size_t>((high_key - low_key) >> shift) + 1;
  }
  std::size_t of(std::uint64_t key) const { return static_cast<std::size_t>((key - low) >> shift); }
};

inline void insertion_sort(std::uint64_t* a, std::size_t n) {
  for (std::size_t i = 1; i < n; ++i) {
    const std::uint64_t key = a[i];
    std::size_t j = i;
    for (; j > 0 && a[j - 1] > key; --j)
      a[j] = a[j - 1];
    a[j] = key;
  }
}

/// Sorts the n keys in `a`; the result is left in `b` when `in_b`, else in `a`.
inline void sort_part(std::uint64_t* a, std::uint64_t* b, std::size_t n, bool in_b) {
  if (n <= 24) {
    insertion_sort(a, n);
    if (in_b) std::copy(a, a + n, b);
    return;
  }
  const auto [low, high] = std::minmax_element(a, a + n);
  if (*low == *high) {
    if (in_b) std::copy(a, a + n, b);
    return;
  }
  constexpr int bits = 11;
  const key_split split(*low, *high, n, bits);
  std::uint32_t end[(1 << bits) + 1] = {};
  for (std::size_t i = 0; i < n; ++i)
    ++end[split.of(a[i]) + 1];
  for (std::size_t k = 0; k < split.buckets; ++k)
    end[k + 1] += end[k];
  for (std::size_t i = 0; i < n; ++i)
    b[end[split.of(a[i])]++] = a[i];  // afterwards end[k] is where bucket k ends
  for (std::size_t k = 0, begin = 0; k < split.buckets; begin = end[k++]) {
    const std::size_t count = end[k] - begin;
    if (count > 0) sort_part(b + begin, a + begin, count, !in_b);
  }
}

inline void sort_keys(std::uint64_t* keys, std::size_t n, const execution& run) {
  const auto scratch = make_keys(n);
  if (n < (std::size_t{1} << 16)) return sort_part(keys, scratch.get(), n, false);
  const chunking chunks(n, 1 << 14, 16);
  struct range {
    std::uint64_t low = ~std::uint64_t{0}, high = 0;
  };
  const range all = parallel_reduce(
      chunks, run, range{},
      [&](range& r, std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          r.low = std::min(r.low, keys[i]);
          r.high = std::max(r.high, keys[i]);
        }
      },
      [](range& a, const range& b) {
        a.low = std::min(a.low, b.low);
        a.high = std::max(a.high, b.high);
      });
  if (all.low == all.high) return;
  const key_split split(all.low, all.high, n, 11);
  std::vector<std::vector<std::size_t>> position(chunks.count());
  parallel_chunks(chunks, run, [&](std::size_t c, std::size_t begin, std::size_t end) {
    position[c].assign(split.buckets, 0);
    for (std::size_t i = begin; i < end; ++i)
      ++position[c][split.of(keys[i])];
  });
  std::vector<std::size_t> first(split.buckets + 1, n);
  std::size_t at = 0;
  for (std::size_t k = 0; k < split.buckets; ++k) {
    first[k] = at;
    for (auto& p : position)
      at += std::exchange(p[k], at);
  }
  parallel_chunks(chunks, run, [&](std::size_t c, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      scratch[position[c][split.of(keys[i])]++] = keys[i];
  });
  parallel_for(split.buckets, {.threads = run.threads},
               [&](std::size_t k) { sort_part(scratch.get() + first[k], keys + first[k], first[k + 1] - first[k], true); });
}

}  // namespace tenure::inline TENURE_ABI::survival::detail
