#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::survival {

/// What is known about when each of n customers left; views, nothing is copied.
struct outcome {
  numeric_column time = {};    ///< n; end of observation, finite and >= 0
  numeric_column event = {};   ///< n; 1 = left at `time`, 0 = still there (censored); competing reasons: 1, 2, ...
  numeric_column entry = {};   ///< n or empty; observed only after `entry` (left truncation, counting process), entry < time
  numeric_column weight = {};  ///< n or empty; case weights, finite and >= 0
};

/// Checks `y` row by row: equal lengths, at least one row, finite times >= 0, entry < time, events whole numbers in 0 .. causes,
/// weights finite and >= 0. Throws invalid_input naming the column, the value and the row. O(n).
void check_outcome(const outcome& y, int causes = 1);

namespace detail {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// An outcome as plain vectors; `entry` and `weight` stay empty when not given.
struct plain_outcome {
  std::vector<double> time, entry, weight;
  std::vector<std::uint8_t> event;

  std::size_t size() const { return time.size(); }
  double weight_of(std::size_t i) const { return weight.empty() ? 1.0 : weight[i]; }
};

/// Checks and copies.
plain_outcome load_outcome(const outcome& y, int causes = 1);
std::vector<double> to_doubles(const numeric_column& column);
void require_length(const numeric_column& column, const char* name, std::size_t rows);
/// Whole-number codes 0, 1, ... of groups or strata; throws invalid_input naming `name` and the row otherwise. Empty stays empty.
std::vector<std::uint32_t> to_codes(const numeric_column& column, const char* name, std::size_t rows);

}  // namespace detail
}  // namespace tenure::inline TENURE_ABI::survival

#ifndef TENURE_COMPILED
#include "tenure/survival/outcome-inl.hpp"
#endif
