#pragma once

#include <cmath>
#include <string>

#include "tenure/survival/outcome.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

TENURE_INLINE std::vector<double> to_doubles(const numeric_column& column) {
  std::vector<double> values(column.size());
  column.visit([&](auto c) {
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<double>(c[i]);
  });
  return values;
}

TENURE_INLINE std::vector<std::uint32_t> to_codes(const numeric_column& column, const char* name, std::size_t rows) {
  if (column.empty()) return {};
  if (column.size() != rows)
    throw invalid_input(name, "must have one value a row of time (" + std::to_string(rows) + "), has " + std::to_string(column.size()));
  std::vector<std::uint32_t> codes(rows);
  column.visit([&](auto c) {
    for (std::size_t i = 0; i < rows; ++i) {
      const auto x = static_cast<double>(c[i]);
      if (!(x >= 0 && x < 4294967295.0 && x == std::floor(x))) throw invalid_input(name, "must be codes 0, 1, 2, ...", x, i);
      codes[i] = static_cast<std::uint32_t>(x);
    }
  });
  return codes;
}

TENURE_INLINE void require_length(const numeric_column& column, const char* name, std::size_t rows) {
  if (column.size() != rows)
    throw invalid_input(name, "must have one value a row of time (" + std::to_string(rows) + "), has " + std::to_string(column.size()));
}

inline void check_times(const double* time, std::size_t n, std::size_t first_row) {
  for (std::size_t i = 0; i < n; ++i)
    if (!(time[i] >= 0 && std::isfinite(time[i]))) throw invalid_input("time", "must be finite and >= 0", time[i], first_row + i);
}

TENURE_INLINE plain_outcome load_outcome(const outcome& y, int causes) {
  const std::size_t n = y.time.size();
  if (n == 0) throw invalid_input("time", "has no rows");
  require_length(y.event, "event", n);
  if (!y.entry.empty()) require_length(y.entry, "entry", n);
  if (!y.weight.empty()) require_length(y.weight, "weight", n);

  plain_outcome out{to_doubles(y.time), to_doubles(y.entry), to_doubles(y.weight), std::vector<std::uint8_t>(n)};
  check_times(out.time.data(), n, 0);
  y.event.visit([&](auto c) {
    for (std::size_t i = 0; i < n; ++i) {
      const auto x = static_cast<double>(c[i]);
      if (!(x >= 0 && x <= causes && x == std::floor(x)))
        throw invalid_input("event", causes == 1 ? "must be 0 (censored) or 1 (event)" : "must be 0 (censored) or a cause 1.." + std::to_string(causes), x, i);
      out.event[i] = static_cast<std::uint8_t>(x);
    }
  });
  for (std::size_t i = 0; i < out.entry.size(); ++i) {
    if (!std::isfinite(out.entry[i])) throw invalid_input("entry", "must be finite", out.entry[i], i);
    if (!(out.entry[i] < out.time[i])) throw invalid_input("entry", "must be before time (" + format_number(out.time[i]) + ")", out.entry[i], i);
  }
  for (std::size_t i = 0; i < out.weight.size(); ++i)
    if (!(out.weight[i] >= 0 && std::isfinite(out.weight[i]))) throw invalid_input("weight", "must be finite and >= 0", out.weight[i], i);
  return out;
}

}  // namespace detail

TENURE_INLINE void check_outcome(const outcome& y, int causes) { detail::load_outcome(y, causes); }

}  // namespace tenure::inline TENURE_ABI::survival
