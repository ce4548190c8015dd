#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "tenure/trees/grow_block-inl.hpp"
#include "tenure/trees/rules-inl.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

/// Rows of a tree as the log-rank rule reads them: the grid position up to which a row is at risk (0: before the first), whether it leaves
/// there, and how often it was drawn.
struct forest_rows {
  std::vector<std::uint8_t> position, event;
  std::vector<std::uint16_t> count;
};

/// The Nelson-Aalen curve of a set of rows on the grid.
class node_curve {
 public:
  node_curve() : at_position_(256), events_(256), hazard_(256) {}

  /// row_at(i): index into `rows` of the i-th member, i < n. `after(position, increment)` is called for each event time, last one first.
  template <class RowAt, class After>
  void fit(const forest_rows& rows, std::size_t n, RowAt&& row_at, After&& after) {
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t r = row_at(i), k = rows.position[r];
      at_position_[k] += rows.count[r];
      if (rows.event[r]) events_[k] += rows.count[r];
      seen_.insert(k);
    }
    order_.clear();
    seen_.drain([&](std::size_t k) { order_.push_back(static_cast<std::uint8_t>(k)); });
    std::uint64_t at_risk = 0;
    for (std::size_t i = order_.size(); i-- > 0;) {
      const std::size_t k = order_[i];
      at_risk += at_position_[k];
      hazard_[k] = static_cast<double>(events_[k]) / static_cast<double>(at_risk);
      if (events_[k]) after(k, hazard_[k]);
      at_position_[k] = events_[k] = 0;
    }
    double sum = 0;
    for (const std::size_t k : order_)
      hazard_[k] = sum += hazard_[k];
  }
  /// Cumulative hazard at a position that one of the rows has.
  double cumulative(std::size_t position) const { return hazard_[position]; }

 private:
  std::vector<std::uint64_t> at_position_, events_;
  std::vector<double> hazard_;
  std::vector<std::uint8_t> order_;
  trees::detail::code_set seen_{256};
};

/// Log-rank splitting: targets are the residuals from the node's own curve, in fixed point, packed with the number of rows.
struct log_rank_rule {
  using stat = std::uint64_t;
  const forest_rows* rows_of = nullptr;
  double min_rows = 1;
  node_curve curve = {};

  static constexpr bool exact_bounds = false;
  static constexpr double scale = 1.0;
  static constexpr double step = 1.0 / 8192;  // 65,535 rows have residuals of at most that sum in all, well within 31 bits

  stat retarget(const std::uint16_t* rows, stat* targets, std::size_t n) {
    curve.fit(*rows_of, n, [&](std::size_t i) { return rows[i]; }, [](std::size_t, double) {});
    stat total = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t r = rows[i];
      const double residual = rows_of->count[r] * (rows_of->event[r] - curve.cumulative(rows_of->position[r])) / step;
      targets[i] = trees::detail::pack(static_cast<std::int64_t>(residual + (residual < 0 ? -0.5 : 0.5)), rows_of->count[r]);
      total += targets[i];
    }
    return total;
  }

  static double rows(stat s) { return trees::detail::packed_low(s); }
  static double sum(stat s) { return trees::detail::packed_high(s) * step; }
  static bool empty(stat s) { return rows(s) == 0; }
  static double weight(stat s) { return rows(s); }
  static double value(stat s) { return sum(s) / rows(s); }
  static double order(stat s) { return value(s); }
  static bool done(stat) { return false; }
  static double node_cost(stat s) { return -sum(s) * sum(s) / rows(s); }
  static double pair_cost(stat left, stat right) { return node_cost(left) + node_cost(right); }
  bool allowed(stat left, stat right) const { return std::min(rows(left), rows(right)) >= min_rows; }
  static bool perfect(double) { return false; }
};

}  // namespace tenure::inline TENURE_ABI::survival::detail
