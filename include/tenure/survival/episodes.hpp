#pragma once

#include <cstdint>
#include <vector>

#include "tenure/survival/outcome.hpp"

namespace tenure::inline TENURE_ABI::survival {

/// Customers cut where something about them changed: rows (start, stop] in order of customer and time.
struct episodes {
  std::vector<std::uint32_t> customer;
  std::vector<double> start, stop;
  std::vector<std::uint8_t> event;    ///< the customer's, in the last of its rows; 0 before
  std::vector<std::uint32_t> order;   ///< changes by customer and time
  std::vector<std::uint32_t> seen;    ///< for each row the end in `order` of the customer's changes that are in force
  std::vector<std::uint32_t> change;  ///< for each customer the begin of its changes in `order`
};

/// Counting-process rows from what happened to customers and when something about them changed (Therneau and Grambsch 2000, section 3.7).
///
/// y: one row a customer; observed over (entry, time], entry 0 when there is none. `customer`: codes into the rows of y, one a change; `time`: when it
/// changed. A change counts from just after its time: at the entry it holds from the start, at the end it is too late for any row. O(n log n), 20 bytes a
/// row. Throws invalid_input for a change before the entry or after the end, two changes of a customer at one time, time <= entry.
/// Matches: R survival::tmerge with tdc().
episodes split_episodes(const outcome& y, const numeric_column& customer, const numeric_column& time);

/// For each row the last change in force that is `present` (one flag a change), or -1: where a column's value comes from when missing entries mean
/// "as before".
std::vector<std::int64_t> carry_forward(const episodes& rows, const column_view<std::uint8_t>& present);

}  // namespace tenure::inline TENURE_ABI::survival

#ifndef TENURE_COMPILED
#include "tenure/survival/episodes-inl.hpp"
#endif
