#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "tenure/survival/log_rank_rule-inl.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

/// The cause-specific Nelson-Aalen curves of a set of rows on the grid; `forest_rows::event` is the cause, 0 for none.
class cause_curves {
 public:
  explicit cause_curves(std::size_t causes = 1) : causes_(causes), at_position_(256), events_(256 * causes), hazard_(256 * causes) {}

  /// row_at(i): index into `rows` of the i-th member, i < n. Leaves positions() and increments behind.
  template <class RowAt>
  void fit(const forest_rows& rows, std::size_t n, RowAt&& row_at) {
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t r = row_at(i), k = rows.position[r];
      at_position_[k] += rows.count[r];
      if (rows.event[r]) events_[k * causes_ + rows.event[r] - 1] += rows.count[r];
      seen_.insert(k);
    }
    order_.clear();
    seen_.drain([&](std::size_t k) { order_.push_back(static_cast<std::uint8_t>(k)); });
    std::uint64_t at_risk = 0;
    for (std::size_t i = order_.size(); i-- > 0;) {
      const std::size_t k = order_[i];
      at_risk += at_position_[k];
      for (std::size_t c = k * causes_; c < (k + 1) * causes_; ++c) {
        hazard_[c] = static_cast<double>(events_[c]) / static_cast<double>(at_risk);
        events_[c] = 0;
      }
      at_position_[k] = 0;
    }
  }
  /// Positions that rows have, ascending, and the increment of a cause at one of them.
  const std::vector<std::uint8_t>& positions() const { return order_; }
  double increment(std::size_t position, std::size_t cause) const { return hazard_[position * causes_ + cause]; }

 private:
  std::size_t causes_;
  std::vector<std::uint64_t> at_position_, events_;
  std::vector<double> hazard_;
  std::vector<std::uint8_t> order_;
  trees::detail::code_set seen_{256};
};

/// Sums of residuals, one a cause, in fixed point, and the number of rows.
template <std::size_t Causes>
struct cause_sums {
  std::array<std::int32_t, Causes> high{};
  std::uint32_t rows = 0;

  cause_sums& operator+=(const cause_sums& o) {
    for (std::size_t c = 0; c < Causes; ++c)
      high[c] += o.high[c];
    rows += o.rows;
    return *this;
  }
  friend cause_sums operator-(cause_sums a, const cause_sums& b) {
    for (std::size_t c = 0; c < Causes; ++c)
      a.high[c] -= b.high[c];
    a.rows -= b.rows;
    return a;
  }
};

/// Splits by the sum over the causes of their log-rank statistics, each event of another cause counting as still there (Ishwaran et al. 2014, section 3):
/// U_c^2 / (n_left n_right v_c), with v_c the sum of squares of the cause's residuals in the node, so that every cause weighs the same. For up to Causes
/// causes.
template <std::size_t Causes>
struct competing_rule {
  using stat = cause_sums<Causes>;
  const forest_rows* rows_of = nullptr;
  double min_rows = 1;
  cause_curves curves{Causes};
  std::array<double, Causes> weight_of{};  // of the causes in the node at hand
  std::size_t leading = 0;                 // the cause that orders levels: the most frequent one in the node

  static constexpr bool exact_bounds = false;
  static constexpr double scale = 1.0;
  static constexpr double step = log_rank_rule::step;

  stat retarget(const std::uint16_t* rows, stat* targets, std::size_t n) {
    curves.fit(*rows_of, n, [&](std::size_t i) { return rows[i]; });
    std::array<double, Causes> sum{}, squares{}, events{};
    for (const std::size_t k : curves.positions())
      for (std::size_t c = 0; c < Causes; ++c)
        cumulative_[k * Causes + c] = sum[c] += curves.increment(k, c);
    stat total{};
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t r = rows[i];
      stat& target = targets[i];
      target.rows = rows_of->count[r];
      for (std::size_t c = 0; c < Causes; ++c) {
        const double left = rows_of->event[r] == c + 1 ? 1.0 : 0.0, residual = left - cumulative_[rows_of->position[r] * Causes + c];
        const double units = target.rows * residual / step;
        target.high[c] = static_cast<std::int32_t>(units + (units < 0 ? -0.5 : 0.5));
        squares[c] += target.rows * residual * residual;
        events[c] += target.rows * left;
      }
      total += target;
    }
    double all = 0;
    for (const double e : events)
      all += e;
    for (std::size_t c = 0; c < Causes; ++c)
      weight_of[c] = squares[c] > 0 ? all / squares[c] : 0.0;
    leading = static_cast<std::size_t>(std::max_element(events.begin(), events.end()) - events.begin());
    return total;
  }

  static double rows(const stat& s) { return s.rows; }
  static bool empty(const stat& s) { return s.rows == 0; }
  static double weight(const stat& s) { return s.rows; }
  double value(const stat& s) const { return s.high[leading] * step / s.rows; }
  double order(const stat& s) const { return value(s); }
  static bool done(const stat&) { return false; }
  double node_cost(const stat& s) const {
    double cost = 0;
    for (std::size_t c = 0; c < Causes; ++c) {
      const double sum = s.high[c] * step;
      cost -= weight_of[c] * sum * sum;
    }
    return cost / s.rows;
  }
  double pair_cost(const stat& left, const stat& right) const { return node_cost(left) + node_cost(right); }
  bool allowed(const stat& left, const stat& right) const { return std::min(rows(left), rows(right)) >= min_rows; }
  static bool perfect(double) { return false; }

 private:
  std::vector<double> cumulative_ = std::vector<double>(256 * Causes);
};

}  // namespace tenure::inline TENURE_ABI::survival::detail
