#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::rules::detail {

// Sets of baskets as bit sets of `words` 64-bit words. These loops are where mining spends its time.

/// The candidates of one search node: row `order[k]` of `rows` is the bit set of candidate k.
struct candidate_rows {
  const std::uint64_t* rows;
  const std::uint32_t* order;
  std::size_t count;
  std::size_t words;
};

/// What `extend` found: candidates whose intersection with the base is frequent (`kept`, with their counts), and those that lose nothing
/// (`perfect`). All hold positions into the candidates.
struct extension {
  std::uint64_t* rows;
  std::uint32_t* kept;
  std::uint32_t* counts;
  std::uint32_t* perfect;
  std::size_t kept_count;
  std::size_t perfect_count;
};

/// Intersects `base` (of `full` bits) with every candidate; intersections of at least `minimum` bits are stored one after the other.
void extend(const std::uint64_t* base, std::uint32_t full, std::uint32_t minimum, const candidate_rows& candidates, extension& out);

/// Rows whose words fall into groups of baskets: group g is words [bounds[g], bounds[g + 1]). The first `wanted` groups hold the outcome.
struct word_groups {
  const std::size_t* bounds;
  std::size_t count;
  std::size_t wanted;
};

/// Intersects `base` with every candidate and counts by group; an intersection is stored when the wanted groups together have `minimum`
/// bits. Returns how many were stored: their positions in `kept`, their counts (groups.count each) in `counts`.
std::size_t extend_groups(const std::uint64_t* base, std::uint32_t minimum, const candidate_rows& candidates, const word_groups& groups, std::uint64_t* rows,
                          std::uint32_t* kept, std::uint32_t* counts);

/// Number of common bits of a and b.
std::uint32_t count_common(const std::uint64_t* a, const std::uint64_t* b, std::size_t words);

/// a &= b; the number of bits left in a.
std::uint32_t intersect_into(std::uint64_t* a, const std::uint64_t* b, std::size_t words);

/// How to gather the bits of rows where a mask is set.
struct compression {
  std::vector<std::uint32_t> word;   // where the mask is not 0
  std::vector<std::uint64_t> steps;  // six a word, where the processor has no instruction for it
};
void plan_compression(const std::uint64_t* mask, std::size_t words, compression& plan);

/// Gathers the bits of `row` where `mask` is set into the low bits of `out`, which has one spare word behind them.
void compress_row(const std::uint64_t* row, const std::uint64_t* mask, const compression& plan, std::uint64_t* out);

}  // namespace tenure::inline TENURE_ABI::rules::detail

#ifndef TENURE_COMPILED
#include "tenure/rules/kernels-inl.hpp"
#endif
