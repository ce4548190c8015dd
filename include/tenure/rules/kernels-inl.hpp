#pragma once

#include <bit>

#include "tenure/rules/kernels.hpp"

// The compiled library also carries bodies for processors that count bits in vectors (AVX-512 VPOPCNTDQ), which the plain levels of
// x86-64 do not include.
#if defined(TENURE_COMPILED) && defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__ELF__)
#define TENURE_VECTOR_POPCOUNT __attribute__((target("avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi,bmi2,popcnt,lzcnt")))
#include <immintrin.h>
#endif

namespace tenure::inline TENURE_ABI::rules::detail {

TENURE_KERNEL void extend_plain(const std::uint64_t* base, std::uint32_t full, std::uint32_t minimum, const candidate_rows& candidates, extension& out) {
  const std::size_t words = candidates.words;
  std::uint64_t* next = out.rows;
  std::size_t kept = 0, perfect = 0;
  for (std::size_t k = 0; k < candidates.count; ++k) {
    const std::uint64_t* row = candidates.rows + candidates.order[k] * words;
    std::uint64_t sum = 0;
    for (std::size_t w = 0; w < words; ++w) {
      const std::uint64_t both = base[w] & row[w];
      next[w] = both;
      sum += static_cast<std::uint64_t>(std::popcount(both));
    }
    const auto common = static_cast<std::uint32_t>(sum);
    if (common < minimum) continue;
    if (common == full) {
      out.perfect[perfect++] = static_cast<std::uint32_t>(k);
      continue;
    }
    out.kept[kept] = static_cast<std::uint32_t>(k);
    out.counts[kept++] = common;
    next += words;
  }
  out.kept_count = kept;
  out.perfect_count = perfect;
}

TENURE_KERNEL std::size_t extend_groups_plain(const std::uint64_t* base, std::uint32_t minimum, const candidate_rows& candidates, const word_groups& groups,
                                              std::uint64_t* rows, std::uint32_t* kept, std::uint32_t* counts) {
  std::size_t stored = 0;
  for (std::size_t k = 0; k < candidates.count; ++k) {
    const std::uint64_t* row = candidates.rows + candidates.order[k] * candidates.words;
    std::uint64_t* next = rows + stored * candidates.words;
    std::uint32_t* count = counts + stored * groups.count;
    std::uint64_t outcome = 0;
    for (std::size_t g = 0; g < groups.count; ++g) {
      if (g == groups.wanted && outcome < minimum) break;
      std::uint64_t sum = 0;
      for (std::size_t w = groups.bounds[g]; w < groups.bounds[g + 1]; ++w) {
        const std::uint64_t both = base[w] & row[w];
        next[w] = both;
        sum += static_cast<std::uint64_t>(std::popcount(both));
      }
      count[g] = static_cast<std::uint32_t>(sum);
      if (g < groups.wanted) outcome += sum;
    }
    if (outcome >= minimum) kept[stored++] = static_cast<std::uint32_t>(k);
  }
  return stored;
}

TENURE_KERNEL std::uint32_t count_plain(const std::uint64_t* a, const std::uint64_t* b, std::size_t words) {
  std::uint64_t count = 0;
  for (std::size_t w = 0; w < words; ++w)
    count += static_cast<std::uint64_t>(std::popcount(a[w] & b[w]));
  return static_cast<std::uint32_t>(count);
}

TENURE_KERNEL std::uint32_t intersect_into(std::uint64_t* a, const std::uint64_t* b, std::size_t words) {
  std::uint64_t count = 0;
  for (std::size_t w = 0; w < words; ++w) {
    a[w] &= b[w];
    count += static_cast<std::uint64_t>(std::popcount(a[w]));
  }
  return static_cast<std::uint32_t>(count);
}

#ifdef TENURE_VECTOR_POPCOUNT
// Not _mm512_reduce_add_epi64: g++ 12 warns inside its header.
TENURE_VECTOR_POPCOUNT inline std::uint32_t total(__m512i sums) {
  alignas(64) std::uint64_t part[8];
  _mm512_store_si512(part, sums);
  return static_cast<std::uint32_t>(((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7])));
}

TENURE_VECTOR_POPCOUNT inline void extend_vector(const std::uint64_t* base, std::uint32_t full, std::uint32_t minimum, const candidate_rows& candidates,
                                                 extension& out) {
  const std::size_t words = candidates.words, blocks = words / 8;
  const auto tail = static_cast<__mmask8>((1U << (words % 8)) - 1);
  std::uint64_t* next = out.rows;
  std::size_t kept = 0, perfect = 0;
  for (std::size_t k = 0; k < candidates.count; ++k) {
    const std::uint64_t* row = candidates.rows + candidates.order[k] * words;
    __m512i sum = _mm512_setzero_si512();
    for (std::size_t b = 0; b < blocks; ++b) {
      const __m512i both = _mm512_and_si512(_mm512_loadu_si512(base + 8 * b), _mm512_loadu_si512(row + 8 * b));
      _mm512_storeu_si512(next + 8 * b, both);
      sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(both));
    }
    if (tail) {
      const __m512i both = _mm512_and_si512(_mm512_maskz_loadu_epi64(tail, base + 8 * blocks), _mm512_maskz_loadu_epi64(tail, row + 8 * blocks));
      _mm512_mask_storeu_epi64(next + 8 * blocks, tail, both);
      sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(both));
    }
    const auto common = total(sum);
    if (common < minimum) continue;
    if (common == full) {
      out.perfect[perfect++] = static_cast<std::uint32_t>(k);
      continue;
    }
    out.kept[kept] = static_cast<std::uint32_t>(k);
    out.counts[kept++] = common;
    next += words;
  }
  out.kept_count = kept;
  out.perfect_count = perfect;
}

TENURE_VECTOR_POPCOUNT inline std::size_t extend_groups_vector(const std::uint64_t* base, std::uint32_t minimum, const candidate_rows& candidates,
                                                               const word_groups& groups, std::uint64_t* rows, std::uint32_t* kept, std::uint32_t* counts) {
  std::size_t stored = 0;
  for (std::size_t k = 0; k < candidates.count; ++k) {
    const std::uint64_t* row = candidates.rows + candidates.order[k] * candidates.words;
    std::uint64_t* next = rows + stored * candidates.words;
    std::uint32_t* count = counts + stored * groups.count;
    std::uint32_t outcome = 0;
    for (std::size_t g = 0; g < groups.count; ++g) {
      if (g == groups.wanted && outcome < minimum) break;
      __m512i sum = _mm512_setzero_si512();
      const std::size_t end = groups.bounds[g + 1];
      for (std::size_t w = groups.bounds[g]; w < end; w += 8) {
        const auto mask = static_cast<__mmask8>(end - w >= 8 ? 0xffU : (1U << (end - w)) - 1);
        const __m512i both = _mm512_and_si512(_mm512_maskz_loadu_epi64(mask, base + w), _mm512_maskz_loadu_epi64(mask, row + w));
        _mm512_mask_storeu_epi64(next + w, mask, both);
        sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(both));
      }
      count[g] = total(sum);
      if (g < groups.wanted) outcome += count[g];
    }
    if (outcome >= minimum) kept[stored++] = static_cast<std::uint32_t>(k);
  }
  return stored;
}

TENURE_VECTOR_POPCOUNT inline std::uint32_t count_vector(const std::uint64_t* a, const std::uint64_t* b, std::size_t words) {
  __m512i sum = _mm512_setzero_si512();
  for (std::size_t w = 0; w < words; w += 8) {
    const auto mask = static_cast<__mmask8>(words - w >= 8 ? 0xffU : (1U << (words - w)) - 1);
    sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(_mm512_and_si512(_mm512_maskz_loadu_epi64(mask, a + w), _mm512_maskz_loadu_epi64(mask, b + w))));
  }
  return total(sum);
}

inline const bool has_vector_popcount =
    __builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi2");
#endif

TENURE_INLINE void extend(const std::uint64_t* base, std::uint32_t full, std::uint32_t minimum, const candidate_rows& candidates, extension& out) {
#ifdef TENURE_VECTOR_POPCOUNT
  if (has_vector_popcount) return extend_vector(base, full, minimum, candidates, out);
#endif
  extend_plain(base, full, minimum, candidates, out);
}

TENURE_INLINE std::size_t extend_groups(const std::uint64_t* base, std::uint32_t minimum, const candidate_rows& candidates, const word_groups& groups,
                                        std::uint64_t* rows, std::uint32_t* kept, std::uint32_t* counts) {
#ifdef TENURE_VECTOR_POPCOUNT
  if (has_vector_popcount) return extend_groups_vector(base, minimum, candidates, groups, rows, kept, counts);
#endif
  return extend_groups_plain(base, minimum, candidates, groups, rows, kept, counts);
}

TENURE_INLINE std::uint32_t count_common(const std::uint64_t* a, const std::uint64_t* b, std::size_t words) {
#ifdef TENURE_VECTOR_POPCOUNT
  if (has_vector_popcount) return count_vector(a, b, words);
#endif
  return count_plain(a, b, words);
}

/// Appends words of a few bits each.
class bit_writer {
 public:
  explicit bit_writer(std::uint64_t* out) : out_(out) {}
  void add(std::uint64_t bits, unsigned count) {
    pending_ |= bits << filled_;
    if (filled_ + count >= 64) {
      *out_++ = pending_;
      pending_ = filled_ ? bits >> (64 - filled_) : 0;
      filled_ = filled_ + count - 64;
    } else {
      filled_ += count;
    }
  }
  void end() { *out_ = pending_; }

 private:
  std::uint64_t* out_;
  std::uint64_t pending_ = 0;
  unsigned filled_ = 0;
};

#ifdef TENURE_VECTOR_POPCOUNT
TENURE_VECTOR_POPCOUNT inline void compress_row_vector(const std::uint64_t* row, const std::uint64_t* mask, const compression& plan, std::uint64_t* out) {
  bit_writer writer(out);
  for (const std::uint32_t w : plan.word)
    writer.add(_pext_u64(row[w], mask[w]), static_cast<unsigned>(_mm_popcnt_u64(mask[w])));
  writer.end();
}
#endif

// Parallel-suffix compression of 64 bits (Warren, Hacker's Delight, 7-4): what depends on the mask alone is worked out once.
TENURE_INLINE void plan_compression(const std::uint64_t* mask, std::size_t words, compression& plan) {
  plan.word.clear();
  for (std::size_t w = 0; w < words; ++w)
    if (mask[w]) plan.word.push_back(static_cast<std::uint32_t>(w));
#ifdef TENURE_VECTOR_POPCOUNT
  if (has_vector_popcount) return;
#endif
  plan.steps.resize(6 * plan.word.size());
  for (std::size_t k = 0; k < plan.word.size(); ++k) {
    std::uint64_t m = mask[plan.word[k]];
    std::uint64_t gaps = ~m << 1;
    for (unsigned i = 0; i < 6; ++i) {
      std::uint64_t odd = gaps ^ (gaps << 1);
      odd ^= odd << 2;
      odd ^= odd << 4;
      odd ^= odd << 8;
      odd ^= odd << 16;
      odd ^= odd << 32;
      const std::uint64_t move = odd & m;
      plan.steps[k * 6 + i] = move;
      m = (m ^ move) | (move >> (1U << i));
      gaps &= ~odd;
    }
  }
}

TENURE_KERNEL void compress_row_plain(const std::uint64_t* row, const std::uint64_t* mask, const compression& plan, std::uint64_t* out) {
  bit_writer writer(out);
  for (std::size_t k = 0; k < plan.word.size(); ++k) {
    const std::size_t w = plan.word[k];
    std::uint64_t x = row[w] & mask[w];
    for (unsigned i = 0; i < 6; ++i) {
      const std::uint64_t move = x & plan.steps[k * 6 + i];
      x = (x ^ move) | (move >> (1U << i));
    }
    writer.add(x, static_cast<unsigned>(std::popcount(mask[w])));
  }
  writer.end();
}

TENURE_INLINE void compress_row(const std::uint64_t* row, const std::uint64_t* mask, const compression& plan, std::uint64_t* out) {
#ifdef TENURE_VECTOR_POPCOUNT
  if (has_vector_popcount) return compress_row_vector(row, mask, plan, out);
#endif
  compress_row_plain(row, mask, plan, out);
}

}  // namespace tenure::inline TENURE_ABI::rules::detail
