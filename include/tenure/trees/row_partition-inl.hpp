#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/trees/kernels.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// Splits the rows of a node in two, keeping order, chunk by chunk and by all threads.
template <class Stat>
class row_partition {
 public:
  /// Moves rows and their targets for which `to_left(codes[row * stride])` holds to the front; returns how many there are.
  template <class Code, class ToLeft>
  std::size_t operator()(std::uint32_t* rows, Stat* targets, std::size_t n, const Code* codes, std::size_t stride, ToLeft&& to_left, const execution& run) {
    const chunking chunks(n, 16384, 64);
    spare_rows_.resize(std::max(spare_rows_.size(), n));
    spare_targets_.resize(std::max(spare_targets_.size(), n));
    std::vector<std::size_t> lefts(chunks.count());
    parallel_chunks(chunks, run, [&](std::size_t c, std::size_t begin, std::size_t end) {
      std::size_t left = begin, right = 0;
      std::uint32_t* const other_rows = spare_rows_.data() + begin;
      Stat* const other_targets = spare_targets_.data() + begin;
      for (std::size_t i = begin; i < end; ++i) {
        if (i + 32 < end) prefetch(codes + rows[i + 32] * stride);
        const std::uint32_t row = rows[i];
        const Stat target = targets[i];
        const bool is_left = to_left(codes[row * stride]);
        rows[left] = row;
        targets[left] = target;
        other_rows[right] = row;
        other_targets[right] = target;
        left += is_left;
        right += !is_left;
      }
      lefts[c] = left - begin;
    });
    // Each chunk now has its left rows in front and its right rows in the spare arrays: bring the left ones together, then the right ones.
    std::size_t total_left = 0;
    for (std::size_t c = 0; c < chunks.count(); ++c) {
      if (total_left != chunks.begin(c)) {
        std::copy_n(rows + chunks.begin(c), lefts[c], rows + total_left);
        std::copy_n(targets + chunks.begin(c), lefts[c], targets + total_left);
      }
      total_left += lefts[c];
    }
    std::vector<std::size_t> to(chunks.count());
    for (std::size_t c = 0, at = total_left; c < chunks.count(); ++c) {
      to[c] = at;
      at += chunks.end(c) - chunks.begin(c) - lefts[c];
    }
    parallel_chunks(chunks, run, [&](std::size_t c, std::size_t begin, std::size_t end) {
      const std::size_t count = end - begin - lefts[c];
      std::copy_n(spare_rows_.data() + begin, count, rows + to[c]);
      std::copy_n(spare_targets_.data() + begin, count, targets + to[c]);
    });
    return total_left;
  }

 private:
  std::vector<std::uint32_t> spare_rows_;
  std::vector<Stat> spare_targets_;
};

}  // namespace tenure::inline TENURE_ABI::trees::detail
