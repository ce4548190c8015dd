#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "tenure/numeric/sort.hpp"
#include "tenure/trees/bins.hpp"
#include "tenure/trees/code_kernel.hpp"

namespace tenure::inline TENURE_ABI::trees {

namespace detail {

inline constexpr std::size_t most_columns = 8191, most_levels = 65534, bin_sample = 100'000;

inline void check_shape(const table_view& x) {
  if (x.rows() == 0) throw invalid_input("X", "has no rows");
  if (x.cols() == 0) throw invalid_input("X", "has no columns");
  if (x.cols() > most_columns) throw invalid_input("X", "has more than 8191 columns", static_cast<double>(x.cols()));
  if (x.rows() >= std::size_t{1} << 31) throw invalid_input("X", "has more than 2147483647 rows", static_cast<double>(x.rows()));
}

[[noreturn]] inline void refuse_infinite(const table_column& column) {
  for (std::size_t i = 0; i < column.values.size(); ++i)
    if (std::isinf(column.values[i])) throw invalid_input(column.name, "must be finite or missing", column.values[i], i);
  throw invalid_input(column.name, "must be finite or missing");
}

/// Distinct values, ascending, and the weight of each.
struct value_counts {
  std::vector<double> values, counts;
  double total = 0;

  void add(double value, double count) {
    total += count;
    if (values.empty() || values.back() != value) {
      values.push_back(value);
      counts.push_back(count);
    } else {
      counts.back() += count;
    }
  }
};

inline std::vector<double> cut_points(const value_counts& found, std::size_t max_bins) {
  const auto& [values, counts, total] = found;
  std::vector<double> cuts;
  if (values.size() <= max_bins) {
    for (std::size_t k = 0; k + 1 < values.size(); ++k)
      cuts.push_back(midpoint(values[k], values[k + 1]));
    return cuts;
  }
  double rest = total, filled = 0;
  for (std::size_t k = 0; k + 1 < values.size() && cuts.size() + 1 < max_bins; ++k) {
    filled += counts[k];
    rest -= counts[k];
    const double target = (rest + filled) / static_cast<double>(max_bins - cuts.size());
    const double next = filled + counts[k + 1];
    if (filled < target && (next <= target || next - target < target - filled)) continue;
    cuts.push_back(midpoint(values[k], values[k + 1]));
    filled = 0;
  }
  return cuts;
}

/// Values of (a sample of) the rows with positive weight.
inline value_counts count_values(const table_column& column, const std::vector<double>& weight) {
  const std::size_t n = column.values.size(), step = n <= bin_sample + bin_sample / 4 ? 1 : n / bin_sample;
  value_counts found;
  if (weight.empty()) {
    std::vector<std::uint64_t> keys;
    keys.reserve(n / step + 1);
    column.values.visit([&](auto values) {
      for (std::size_t i = 0; i < n; i += step) {
        const auto x = static_cast<double>(values[i]);
        if (!std::isnan(x)) keys.push_back(numeric::ordered_key(x));
      }
    });
    numeric::radix_sort(keys);
    for (const auto key : keys)
      found.add(numeric::from_ordered_key(key), 1.0);
    return found;
  }
  std::vector<numeric::keyed_row> rows;
  for (std::size_t i = 0; i < n; i += step) {
    const double x = column.values[i];
    if (!std::isnan(x) && weight[i] > 0) rows.push_back({numeric::ordered_key(x), static_cast<std::uint32_t>(i)});
  }
  numeric::radix_sort(rows);
  for (const auto& [key, row] : rows)
    found.add(numeric::from_ordered_key(key), weight[row]);
  return found;
}

inline column_bins bins_of(const table_column& column, std::size_t max_bins, const std::vector<double>& weight) {
  column_bins bins;
  bins.categorical = column.categorical;
  const std::size_t n = column.values.size();
  if (!column.categorical) {
    bins.cuts = cut_points(count_values(column, weight), max_bins);
    return bins;
  }
  if (column.levels.size() > most_levels) throw invalid_input(column.name, "has more than 65534 levels", static_cast<double>(column.levels.size()));
  std::vector<std::uint32_t> order(column.levels.size()), counts(column.levels.size());
  std::iota(order.begin(), order.end(), 0U);
  bins.level_codes.resize(order.size());
  if (order.size() > max_bins) {
    column.values.visit([&](auto codes) {
      for (std::size_t i = 0; i < n; ++i)
        if (const auto code = static_cast<std::int64_t>(codes[i]); code >= 0) ++counts[static_cast<std::size_t>(code)];
    });
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return counts[a] > counts[b]; });
  }
  for (std::size_t k = 0; k < order.size(); ++k)
    bins.level_codes[order[k]] = static_cast<std::uint16_t>(std::min(k + 1, max_bins));
  return bins;
}

inline constexpr std::size_t bin_block = 256;  // rows that are coded together

/// Writes codes of a block of rows of one column; returns whether there was {a missing, an infinite} value.
inline std::pair<bool, bool> write_codes(const table_column& column, const column_bins& bins, const padded_cuts& cuts, std::size_t begin, std::size_t count,
                                         std::uint8_t* out, std::size_t stride) {
  bool missing = false, infinite = false;
  column.values.visit([&](auto values) {
    if (bins.categorical) {
      for (std::size_t i = 0; i < count; ++i, out += stride) {
        const auto level = static_cast<std::int64_t>(values[begin + i]);
        missing |= level < 0;
        *out = level < 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(bins.level_codes[static_cast<std::size_t>(level)]);
      }
      return;
    }
    std::array<double, bin_block> numbers{};
    std::array<std::uint16_t, bin_block> codes{};
    for (std::size_t i = 0; i < count; ++i) {
      numbers[i] = static_cast<double>(values[begin + i]);
      infinite |= std::abs(numbers[i]) > std::numeric_limits<double>::max();
    }
    code_numbers(numbers.data(), count, cuts.values.data(), cuts.values.size(), codes.data());
    for (std::size_t i = 0; i < count; ++i, out += stride) {
      missing |= codes[i] == 0;
      *out = static_cast<std::uint8_t>(codes[i]);
    }
  });
  return {missing, infinite};
}

}  // namespace detail

TENURE_INLINE std::uint32_t column_bins::codes() const {
  if (!categorical) return static_cast<std::uint32_t>(cuts.size()) + 2;
  std::uint16_t top = 0;
  for (const auto code : level_codes)
    top = std::max(top, code);
  return top + 1U;
}

TENURE_INLINE binned_table bin(const table_view& x, int max_bins, const execution& run, const std::vector<double>& weight) {
  detail::check_shape(x);
  if (max_bins < 2 || max_bins > 255) throw invalid_input("max_bins", "must lie in [2, 255]", max_bins);
  binned_table table;
  table.rows = x.rows();
  table.cols = x.cols();
  table.columns.resize(x.cols());
  table.codes.resize(x.rows() * x.cols());
  const execution quiet{.threads = run.threads};
  parallel_for(x.cols(), quiet, [&](std::size_t j) { table.columns[j] = detail::bins_of(x[j], static_cast<std::size_t>(max_bins), weight); });

  std::vector<detail::padded_cuts> cuts;
  for (const auto& column : table.columns)
    cuts.emplace_back(column.cuts);
  const chunking chunks(x.rows(), 1024, 256);
  std::vector<std::uint8_t> missing(chunks.count() * x.cols()), infinite(missing.size());
  parallel_chunks(chunks, quiet, [&](std::size_t c, std::size_t begin, std::size_t end) {
    for (std::size_t block = begin; block < end; block += detail::bin_block)
      for (std::size_t j = 0; j < x.cols(); ++j) {
        const auto [m, i] = detail::write_codes(x[j], table.columns[j], cuts[j], block, std::min(detail::bin_block, end - block),
                                                table.codes.data() + block * x.cols() + j, x.cols());
        missing[c * x.cols() + j] |= m;
        infinite[c * x.cols() + j] |= i;
      }
  });
  for (std::size_t k = 0; k < missing.size(); ++k) {
    if (infinite[k]) detail::refuse_infinite(x[k % x.cols()]);
    if (missing[k]) table.columns[k % x.cols()].missing = true;
  }
  return table;
}

TENURE_INLINE ranked_table rank(const table_view& x, const execution& run) {
  detail::check_shape(x);
  ranked_table table;
  table.rows = x.rows();
  table.cols = x.cols();
  table.columns.resize(x.cols());
  table.values.resize(x.cols());
  table.codes.resize(x.cols());
  parallel_for(x.cols(), {.threads = run.threads}, [&](std::size_t j) {
    auto& bins = table.columns[j];
    auto& codes = table.codes[j];
    codes.resize(x.rows());
    if (x[j].categorical) {
      bins = detail::bins_of(x[j], detail::most_levels, {});
      x[j].values.visit([&](auto levels) {
        for (std::size_t i = 0; i < x.rows(); ++i) {
          const auto level = static_cast<std::int64_t>(levels[i]);
          bins.missing |= level < 0;
          codes[i] = level < 0 ? 0U : bins.level_codes[static_cast<std::size_t>(level)];
        }
      });
      return;
    }
    std::vector<numeric::keyed_row> rows(x.rows());
    x[j].values.visit([&](auto values) {
      for (std::size_t i = 0; i < x.rows(); ++i)
        rows[i] = {numeric::ordered_key(static_cast<double>(values[i])), static_cast<std::uint32_t>(i)};
    });
    numeric::radix_sort(rows);
    auto& distinct = table.values[j];
    for (const auto& [key, row] : rows) {
      const double value = numeric::from_ordered_key(key);
      if (std::isnan(value)) {  // a negative NaN sorts first, a positive one last
        bins.missing = true;
        continue;
      }
      if (distinct.empty() || distinct.back() != value) distinct.push_back(value);
      codes[row] = static_cast<std::uint32_t>(distinct.size());
    }
    if (!distinct.empty() && (std::isinf(distinct.front()) || std::isinf(distinct.back()))) detail::refuse_infinite(x[j]);
  });
  return table;
}

}  // namespace tenure::inline TENURE_ABI::trees
