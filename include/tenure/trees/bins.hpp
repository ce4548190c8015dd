#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI::trees {

namespace detail {
/// Between neighbouring values; the lower one when nothing lies between.
inline double midpoint(double low, double high) {
  const double middle = low / 2 + high / 2;
  return middle < high && middle >= low ? middle : low;
}
}  // namespace detail

/// How one column becomes codes. Code 0 is "missing". Numeric: code k + 1 holds the values with cuts[k - 1] < x <= cuts[k].
/// Categorical: `level_codes[level]` is the code of a level.
struct column_bins {
  bool categorical = false;
  bool missing = false;  // a missing value was seen
  std::vector<double> cuts;
  std::vector<std::uint16_t> level_codes;

  std::uint32_t codes() const;
};

/// A table as one byte a cell, row by row: what tree growers read.
struct binned_table {
  std::size_t rows = 0, cols = 0;
  std::vector<column_bins> columns;
  std::vector<std::uint8_t> codes;

  const std::uint8_t* row(std::size_t i) const { return codes.data() + i * cols; }
};

/// Bins a table. Numeric columns with at most `max_bins` distinct values get one bin a value, others bins of about equal numbers of rows
/// (cut points from at most 100,000 evenly spaced rows). A categorical column keeps its `max_bins - 1` most frequent levels apart, all
/// others share a bin. One byte a cell; O(n p log bins).
///
/// max_bins: 2 to 255; weight: empty or one a row (rows of weight 0 do not count). NaN and negative level codes are missing. Throws invalid_input for an
/// infinite value, naming column and row, and for more than 8,191 columns or 2^31 rows.
binned_table bin(const table_view& x, int max_bins = 255, const execution& run = {}, const std::vector<double>& weight = {});

/// A table as dense ranks, column by column: what exact growers read. Rank 0 is "missing", rank k >= 1 the k-th smallest distinct value (or
/// level k - 1). Four bytes a cell; one sort a column.
struct ranked_table {
  std::size_t rows = 0, cols = 0;
  std::vector<column_bins> columns;         // level_codes of categoricals; cuts stay empty
  std::vector<std::vector<double>> values;  // numeric: the distinct values, ascending
  std::vector<std::vector<std::uint32_t>> codes;
};
ranked_table rank(const table_view& x, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::trees

#ifndef TENURE_COMPILED
#include "tenure/trees/bins-inl.hpp"
#endif
