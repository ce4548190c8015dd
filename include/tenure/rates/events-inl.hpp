#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/numeric/sort.hpp"
#include "tenure/rates/calendar-inl.hpp"
#include "tenure/rates/customers-inl.hpp"

namespace tenure::inline TENURE_ABI::rates::detail {

/// Events sorted by customer and day: what stays, silences and cohorts are read from.
class sorted_events {
 public:
  sorted_events(const numeric_column& customer, const date_column& day, std::int64_t as_of) {
    const std::size_t n = customer.size();
    if (day.size() != n) throw invalid_input("day", "must have one value an event: " + std::to_string(n) + ", not " + std::to_string(day.size()));
    if (n > 0xffffffffU) throw not_supported("more than 4294967295 events at once");
    const auto days = all_days(day, "day", false);
    const auto keys = keys_of(customer);
    if (n == 0) {
      last_day_ = as_of;
      return;
    }
    const auto [low, high] = std::minmax_element(keys.begin(), keys.end());
    const auto [first, last] = std::minmax_element(days.begin(), days.end());
    if (as_of != no_day && *last > as_of) refuse_day("day", *last, static_cast<std::size_t>(last - days.begin()), "must not be after as_of,", as_of);
    last_day_ = as_of == no_day ? *last : as_of;
    first_key_ = *low;
    first_day_ = *first;
    span_ = static_cast<std::uint64_t>(*last - *first) + 1;
    const std::uint64_t range = *high - *low;
    if (range >= (std::uint64_t{1} << 62) / span_) throw invalid_input("customer", "numbers lie too far apart: number the customers 0, 1, 2, ...");
    rows_.resize(n);
    for (std::size_t i = 0; i < n; ++i)
      rows_[i] = {(keys[i] - first_key_) * span_ + static_cast<std::uint64_t>(days[i] - first_day_), static_cast<std::uint32_t>(i)};
    numeric::radix_sort(rows_);
  }

  std::size_t size() const { return rows_.size(); }
  std::int64_t last_day() const { return last_day_; }
  std::int64_t customer(std::size_t i) const { return customer_number(first_key_ + rows_[i].key / span_); }
  std::int64_t day(std::size_t i) const { return first_day_ + static_cast<std::int64_t>(rows_[i].key % span_); }
  std::uint32_t row(std::size_t i) const { return rows_[i].row; }

  /// visit(begin, end) for the events of every customer.
  template <class Visit>
  void each_customer(Visit&& visit) const {
    for (std::size_t i = 0, j; i < rows_.size(); i = j) {
      const std::uint64_t after = (rows_[i].key / span_ + 1) * span_;
      for (j = i + 1; j < rows_.size() && rows_[j].key < after;)
        ++j;
      visit(i, j);
    }
  }

 private:
  static std::vector<std::uint64_t> keys_of(const numeric_column& customer) {
    std::vector<std::uint64_t> keys(customer.size());
    customer.visit([&](auto codes) {
      for (std::size_t i = 0; i < keys.size(); ++i)
        keys[i] = customer_key(codes[i], i);
    });
    return keys;
  }

  std::vector<numeric::keyed_row> rows_;
  std::int64_t first_day_ = 0, last_day_ = no_day;
  std::uint64_t first_key_ = 0, span_ = 1;
};

}  // namespace tenure::inline TENURE_ABI::rates::detail
