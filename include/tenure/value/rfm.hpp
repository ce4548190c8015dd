#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI {

namespace value {

/// Per customer, what a log of purchases says. Times are in the unit of the log; a visit is a time unit with at least one purchase.
struct customer_purchases {
  std::vector<std::int64_t> customer;
  std::vector<double> first, last, orders, visits, amount;
  std::vector<double> frequency, recency, age, monetary_value;
  std::vector<double> since_last, cycle, overdue;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("customer", self.customer, "customer code, ascending");
    visit("first", self.first, "time unit of the first purchase");
    visit("last", self.last, "time unit of the last purchase");
    visit("orders", self.orders, "purchases");
    visit("visits", self.visits, "time units with a purchase");
    visit("amount", self.amount, "sum of the amounts");
    visit("frequency", self.frequency, "repeat visits: visits - 1");
    visit("recency", self.recency, "last - first");
    visit("age", self.age, "end - first");
    visit("monetary_value", self.monetary_value, "mean amount of a repeat visit, 0 without one");
    visit("since_last", self.since_last, "end - last");
    visit("cycle", self.cycle, "mean time between visits, NaN with one visit");
    visit("overdue", self.overdue, "since_last / cycle: above 1 the usual next visit has not come; NaN with one visit");
  }
};

/// A log of purchases, added up by customer and time unit: chunks in any split and any order give the same log.
class purchase_log {
 public:
  /// `unit` > 0: length of a time unit in the unit of the times (1 for days counted in days).
  explicit purchase_log(double unit = 1);

  /// One purchase a row; `customer` holds codes >= 0 and below 2^31, `amount` may be empty (0 each). Throws invalid_input naming the row for a
  /// missing or infinite number, a bad code, or a negative amount (net refunds against their purchases first).
  void add(numeric_column customer, numeric_column time, numeric_column amount);
  void merge(const purchase_log& other);

  /// The customers as of `end`, a time: purchases after it are ignored, and customers whose first purchase is after it are left out.
  customer_purchases finish(double end) const;

  bool empty() const { return customer_.empty(); }
  /// The time of the last purchase in the log, in time units.
  double last_unit() const;

 private:
  void append(std::int64_t customer, double unit, double orders, double amount);
  void compact();

  double unit_;
  std::vector<std::int64_t> customer_;
  std::vector<double> time_, orders_, amount_;
};

enum class binning { quantile, natural };

}  // namespace value

template <>
struct enum_names<value::binning> {
  static constexpr const char* values[] = {"quantile", "natural"};
};

namespace value {

/// Inner borders that cut values into at most `bins` groups; group k holds values in (border[k - 1], border[k]]. Equal values are never
/// separated, so heavy ties leave fewer groups. Missing values are left out.
///   quantile: quantiles of type 7 at k / bins;
///   natural:  least sum of squares within groups (Fisher 1958, Jenks 1967), exact: O(bins n log n), borders midway between neighbours.
std::vector<double> bin_borders(numeric_column values, int bins, binning method = binning::quantile);

/// Scores 1, 2, ... by borders (rising); with `reverse` the smallest values score highest. 0 for missing.
std::vector<std::int32_t> scores(numeric_column values, const std::vector<double>& borders, bool reverse = false);

/// The usual ten-part division of customers by recency and frequency scores of 1 to 5: names by index, and the index of each customer (-1
/// where a score is 0). Scores of fewer or more levels are stretched to five; a score of a single level counts as the middle one.
const std::vector<std::string>& rfm_segment_names();
std::vector<std::int32_t> rfm_segments(const std::vector<std::int32_t>& recency_score, const std::vector<std::int32_t>& frequency_score, int recency_levels = 5,
                                       int frequency_levels = 5);

}  // namespace value

}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/value/rfm-inl.hpp"
#endif
