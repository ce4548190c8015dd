#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/trees/bins.hpp"
#include "tenure/trees/grow_block-inl.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// The codes of a table column by column: what splitting many rows by one column reads.
inline std::vector<std::uint8_t> by_column(const binned_table& table, const execution& run) {
  std::vector<std::uint8_t> out(table.codes.size());
  parallel_chunks(chunking(table.rows, 1024), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t block = begin; block < end; block += 1024)
      for (std::size_t j = 0; j < table.cols; ++j)
        for (std::size_t i = block; i < std::min(block + 1024, end); ++i)
          out[j * table.rows + i] = table.row(i)[j];
  });
  return out;
}

/// Where a grower reads codes: bytes by row, or ranks by column.
struct binned_source {
  const binned_table& table;
  const std::uint8_t* by_column = nullptr;         // the same codes column by column, where there is such a copy
  static constexpr std::size_t block_rows = 4096;  // subtrees of at most so many rows grow in a block of their own
  using block_code = std::uint8_t;

  std::size_t cols() const { return table.cols; }
  const std::vector<column_bins>& columns() const { return table.columns; }
  /// column_codes(j)[row * stride()]
  const std::uint8_t* column_codes(std::uint32_t j) const { return by_column ? by_column + j * table.rows : table.codes.data() + j; }
  std::size_t stride() const { return by_column ? 1 : table.cols; }

  row_block<std::uint8_t> block(const std::uint32_t* rows, std::size_t count) const {
    row_block<std::uint8_t> out;
    out.rows = count;
    out.top_code = 255;
    out.codes.resize(count * table.cols);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint8_t* from = table.row(rows[i]);
      std::uint8_t* to = out.codes.data() + i;
      for (std::size_t j = 0; j < table.cols; ++j, to += count)
        *to = from[j];
    }
    return out;
  }
};

struct ranked_source {
  const ranked_table& table;
  static constexpr std::size_t block_rows = 16384;
  using block_code = std::uint16_t;

  std::size_t cols() const { return table.cols; }
  const std::vector<column_bins>& columns() const { return table.columns; }
  const std::uint32_t* column_codes(std::uint32_t j) const { return table.codes[j].data(); }
  static constexpr std::size_t stride() { return 1; }

  /// Ranks are made dense again among the block's rows: bits mark the ranks that occur, counting bits below gives the new rank.
  row_block<std::uint16_t> block(const std::uint32_t* rows, std::size_t count) const {
    row_block<std::uint16_t> out;
    out.rows = count;
    out.codes.resize(count * table.cols);
    out.original.resize(table.cols);
    std::vector<std::uint64_t> present;
    std::vector<std::uint32_t> below;
    for (std::size_t j = 0; j < table.cols; ++j) {
      const std::uint32_t* const codes = table.codes[j].data();
      const std::size_t top = table.columns[j].categorical ? table.columns[j].codes() : table.values[j].size() + 1;
      present.assign(top / 64 + 1, 0);
      for (std::size_t i = 0; i < count; ++i)
        present[codes[rows[i]] / 64] |= std::uint64_t{1} << (codes[rows[i]] % 64);
      present[0] |= 1;  // code 0 stays "missing"
      below.resize(present.size());
      auto& original = out.original[j];
      for (std::size_t w = 0; w < present.size(); ++w) {
        below[w] = static_cast<std::uint32_t>(original.size());
        for (std::uint64_t bits = present[w]; bits; bits &= bits - 1)
          original.push_back(static_cast<std::uint32_t>(w * 64 + static_cast<std::size_t>(std::countr_zero(bits))));
      }
      for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t c = codes[rows[i]];
        out.codes[j * count + i] =
            static_cast<std::uint16_t>(below[c / 64] + static_cast<std::uint32_t>(std::popcount(present[c / 64] & ((std::uint64_t{1} << (c % 64)) - 1))));
      }
      out.top_code = std::max(out.top_code, original.size() - 1);
    }
    return out;
  }
};

inline std::uint32_t set_words_of(const std::vector<column_bins>& columns) {
  std::uint32_t codes = 1;
  for (const auto& c : columns)
    if (c.categorical) codes = std::max(codes, c.codes());
  return (codes + 31) / 32;
}

}  // namespace tenure::inline TENURE_ABI::trees::detail
