#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "tenure/numeric/sort.hpp"
#include "tenure/value/rfm.hpp"

namespace tenure::inline TENURE_ABI::value {

TENURE_INLINE purchase_log::purchase_log(double unit) : unit_(unit) {
  if (!(unit > 0) || std::isinf(unit)) throw invalid_input("unit", "must be finite and > 0", unit);
}

TENURE_INLINE void purchase_log::append(std::int64_t customer, double unit, double orders, double amount) {
  customer_.push_back(customer);
  time_.push_back(unit);
  orders_.push_back(orders);
  amount_.push_back(amount);
}

TENURE_INLINE void purchase_log::add(numeric_column customer, numeric_column time, numeric_column amount) {
  const std::size_t n = customer.size();
  if (time.size() != n) throw invalid_input("time", "must have as many values as customer");
  if (!amount.empty() && amount.size() != n) throw invalid_input("amount", "must have as many values as customer");
  for (std::size_t i = 0; i < n; ++i) {
    const double c = customer[i], t = time[i], a = amount.empty() ? 0 : amount[i];
    if (!(c >= 0 && c < 2147483648.0) || c != std::floor(c)) throw invalid_input("customer", "must be a code in [0, 2147483648)", c, i);
    if (!std::isfinite(t)) throw invalid_input("time", "must be finite", t, i);
    if (!(a >= 0) || std::isinf(a)) throw invalid_input("amount", "must be finite and >= 0 (net refunds against their purchases first)", a, i);
    append(static_cast<std::int64_t>(c), std::floor(t / unit_), 1, a);
  }
  compact();
}

TENURE_INLINE void purchase_log::merge(const purchase_log& other) {
  if (other.unit_ != unit_) throw invalid_input("other", "must count in the same time unit");
  for (std::size_t i = 0; i < other.customer_.size(); ++i)
    append(other.customer_[i], other.time_[i], other.orders_[i], other.amount_[i]);
  compact();
}

TENURE_INLINE void purchase_log::compact() {
  const std::size_t n = customer_.size();
  if (n == 0) return;
  const auto [low, high] = std::minmax_element(time_.begin(), time_.end());
  if (*high - *low >= 4294967296.0) throw invalid_input("time", "spans more than 4294967295 time units", *high - *low);
  const double origin = *low;
  std::vector<numeric::keyed_row> rows(n);
  for (std::size_t i = 0; i < n; ++i)
    rows[i] = {(static_cast<std::uint64_t>(customer_[i]) << 32) | static_cast<std::uint64_t>(time_[i] - origin), static_cast<std::uint32_t>(i)};
  numeric::radix_sort(rows);
  purchase_log sorted(unit_);
  for (std::size_t i = 0, j; i < n; i = j) {
    // Equal amounts in another order must give the same sum: add them in ascending order.
    std::vector<double> parts;
    double orders = 0;
    for (j = i; j < n && rows[j].key == rows[i].key; ++j) {
      parts.push_back(amount_[rows[j].row]);
      orders += orders_[rows[j].row];
    }
    std::sort(parts.begin(), parts.end());
    sorted.append(customer_[rows[i].row], time_[rows[i].row], orders, std::accumulate(parts.begin(), parts.end(), 0.0));
  }
  *this = std::move(sorted);
}

TENURE_INLINE double purchase_log::last_unit() const {
  if (empty()) throw invalid_input("customer", "there are no purchases");
  return *std::max_element(time_.begin(), time_.end());
}

TENURE_INLINE customer_purchases purchase_log::finish(double end) const {
  if (!std::isfinite(end)) throw invalid_input("end", "must be finite", end);
  const double now = std::floor(end / unit_);
  customer_purchases c;
  for (std::size_t i = 0, j; i < customer_.size(); i = j) {
    for (j = i + 1; j < customer_.size() && customer_[j] == customer_[i];)
      ++j;
    std::size_t stop = i;
    double orders = 0, repeat = 0;
    for (; stop < j && time_[stop] <= now; ++stop) {
      orders += orders_[stop];
      if (stop > i) repeat += amount_[stop];
    }
    if (stop == i) continue;
    const double visits = static_cast<double>(stop - i), first = time_[i], last = time_[stop - 1];
    c.customer.push_back(customer_[i]);
    c.first.push_back(first);
    c.last.push_back(last);
    c.orders.push_back(orders);
    c.visits.push_back(visits);
    c.amount.push_back(amount_[i] + repeat);
    c.frequency.push_back(visits - 1);
    c.recency.push_back(last - first);
    c.age.push_back(now - first);
    c.monetary_value.push_back(visits > 1 ? repeat / (visits - 1) : 0);
    c.since_last.push_back(now - last);
    const double cycle = visits > 1 ? (last - first) / (visits - 1) : std::numeric_limits<double>::quiet_NaN();
    c.cycle.push_back(cycle);
    c.overdue.push_back((now - last) / cycle);
  }
  return c;
}

namespace detail {

/// Exact least-squares division of sorted different values into `bins` runs: dynamic programming whose optimal cuts move to the right, so that
/// each layer is solved by divide and conquer.
class natural_breaks {
 public:
  natural_breaks(std::vector<double> values, const std::vector<double>& weights, int bins) : x_(std::move(values)) {
    const std::size_t n = x_.size();
    const double shift = x_[n / 2];  // against cancellation
    w_.assign(n + 1, 0);
    s_ = q_ = w_;
    for (std::size_t i = 0; i < n; ++i) {
      const double v = x_[i] - shift;
      w_[i + 1] = w_[i] + weights[i];
      s_[i + 1] = s_[i] + weights[i] * v;
      q_[i + 1] = q_[i] + weights[i] * v * v;
    }
    best_.resize(n + 1);
    for (std::size_t j = 1; j <= n; ++j)
      best_[j] = cost(0, j);
    for (int k = 1; k < bins; ++k) {
      cuts_.emplace_back(n + 1);
      std::vector<double> next(n + 1, std::numeric_limits<double>::infinity());
      const auto first = static_cast<std::size_t>(k) + 1;
      solve(next, first, n, first - 1, n - 1);
      best_ = std::move(next);
    }
  }
  std::vector<double> borders() const {
    std::vector<double> result;
    std::size_t end = x_.size();
    for (std::size_t k = cuts_.size(); k-- > 0;) {
      end = cuts_[k][end];
      result.push_back(0.5 * (x_[end - 1] + x_[end]));
    }
    std::reverse(result.begin(), result.end());
    return result;
  }

 private:
  double cost(std::size_t i, std::size_t j) const {
    const double s = s_[j] - s_[i];
    return std::max(0.0, q_[j] - q_[i] - s * s / (w_[j] - w_[i]));
  }
  void solve(std::vector<double>& next, std::size_t low, std::size_t high, std::size_t from, std::size_t to) {
    if (low > high) return;
    const std::size_t j = low + (high - low) / 2;
    std::size_t cut = from;
    for (std::size_t i = from; i <= std::min(to, j - 1); ++i) {
      const double total = best_[i] + cost(i, j);
      if (!(total < next[j])) continue;
      next[j] = total;
      cut = i;
    }
    cuts_.back()[j] = cut;
    if (j > low) solve(next, low, j - 1, from, cut);
    solve(next, j + 1, high, cut, to);
  }

  std::vector<double> x_, w_, s_, q_, best_;
  std::vector<std::vector<std::size_t>> cuts_;
};

}  // namespace detail

TENURE_INLINE std::vector<double> bin_borders(numeric_column values, int bins, binning method) {
  if (bins < 2 || bins > 1000) throw invalid_input("bins", "must be in [2, 1000]", bins);
  std::vector<double> x;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double v = values[i];
    if (std::isinf(v)) throw invalid_input("values", "must be finite or missing", v, i);
    if (!std::isnan(v)) x.push_back(v);
  }
  if (x.empty()) throw invalid_input("values", "are all missing");
  std::sort(x.begin(), x.end());
  std::vector<double> borders;
  if (method == binning::quantile) {
    for (int k = 1; k < bins; ++k) {
      const double at = static_cast<double>(x.size() - 1) * k / bins;
      const auto i = static_cast<std::size_t>(at);
      const double border = x[i] + (at - static_cast<double>(i)) * (x[std::min(i + 1, x.size() - 1)] - x[i]);
      if (border < x.back() && (borders.empty() || border > borders.back())) borders.push_back(border);
    }
    return borders;
  }
  std::vector<double> different, weights;
  for (const double v : x) {
    if (different.empty() || v != different.back()) {
      different.push_back(v);
      weights.push_back(0);
    }
    ++weights.back();
  }
  const int groups = static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(bins), different.size()));
  if (groups < 2) return borders;
  return detail::natural_breaks(std::move(different), weights, groups).borders();
}

TENURE_INLINE std::vector<std::int32_t> scores(numeric_column values, const std::vector<double>& borders, bool reverse) {
  for (std::size_t k = 0; k < borders.size(); ++k) {
    if (!std::isfinite(borders[k])) throw invalid_input("borders", "must be finite", borders[k], k);
    if (k > 0 && borders[k] <= borders[k - 1]) throw invalid_input("borders", "must rise", borders[k], k);
  }
  const auto top = static_cast<std::int32_t>(borders.size()) + 1;
  std::vector<std::int32_t> result(values.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    const double v = values[i];
    if (std::isnan(v)) continue;
    const auto score = static_cast<std::int32_t>(std::lower_bound(borders.begin(), borders.end(), v) - borders.begin()) + 1;
    result[i] = reverse ? top + 1 - score : score;
  }
  return result;
}

TENURE_INLINE const std::vector<std::string>& rfm_segment_names() {
  static const std::vector<std::string> names{"champions",      "loyal",          "potential loyalists", "new customers", "promising",
                                              "need attention", "about to sleep", "cannot lose them",    "at risk",       "hibernating"};
  return names;
}

TENURE_INLINE std::vector<std::int32_t> rfm_segments(const std::vector<std::int32_t>& recency_score, const std::vector<std::int32_t>& frequency_score,
                                                     int recency_levels, int frequency_levels) {
  if (frequency_score.size() != recency_score.size()) throw invalid_input("frequency_score", "must have as many values as recency_score");
  if (recency_levels < 1) throw invalid_input("recency_levels", "must be >= 1", recency_levels);
  if (frequency_levels < 1) throw invalid_input("frequency_levels", "must be >= 1", frequency_levels);
  // Rows: recency score 1 to 5, columns: frequency score 1 to 5.
  constexpr std::int32_t grid[5][5] = {{9, 9, 8, 8, 7}, {9, 9, 8, 8, 7}, {6, 6, 5, 1, 1}, {4, 2, 2, 1, 1}, {3, 2, 2, 0, 0}};
  const auto stretch = [](const char* name, std::int32_t s, int levels, std::size_t row) {
    if (s < 1 || s > levels) throw invalid_input(name, "must be in [1, " + std::to_string(levels) + "], or 0 for missing", s, row);
    return levels == 1 ? 2 : static_cast<int>(std::lround((s - 1) * 4.0 / (levels - 1)));
  };
  std::vector<std::int32_t> segments(recency_score.size(), -1);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (recency_score[i] == 0 || frequency_score[i] == 0) continue;
    const int r = stretch("recency_score", recency_score[i], recency_levels, i), f = stretch("frequency_score", frequency_score[i], frequency_levels, i);
    segments[i] = grid[r][f];
  }
  return segments;
}

}  // namespace tenure::inline TENURE_ABI::value
