#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/numeric/sort.hpp"
#include "tenure/rates/calendar-inl.hpp"

namespace tenure::inline TENURE_ABI::rates::detail {

/// Events sorted by customer and day: what stays, silences and cohorts are read from.
class sorted_events {
 public:
  sorted_events(const numeric_column& customer, const date_column& day, std::int64_t as_of) {
    const std::size_t n = customer.size();
    if (day.size() != n) throw invalid_input("day", "must have one value an event: " + std::to_string(n) + ", not " + std::to_string(day.size()));
    if (n > 0xffffffffU) throw not_supported("more than 4294967295 events at once");
    const auto days = all_days(day, "day", false);
    const auto codes = whole_numbers(customer);
    if (n == 0) {
      last_day_ = as_of;
      return;
    }
    const auto [low, high] = std::minmax_element(codes.begin(), codes.end());
    const auto [first, last] = std::minmax_element(days.begin(), days.end());
    if (as_of != no_day && *last > as_of)
      throw invalid_input("day", "must not be after as_of = " + std::to_string(as_of), static_cast<double>(*last),
                          static_cast<std::size_t>(last - days.begin()));
    last_day_ = as_of == no_day ? *last : as_of;
    first_code_ = *low;
    first_day_ = *first;
    span_ = static_cast<std::uint64_t>(*last - *first) + 1;
    const auto range = static_cast<std::uint64_t>(*high) - static_cast<std::uint64_t>(*low);
    if (range >= (std::uint64_t{1} << 62) / span_) throw invalid_input("customer", "numbers lie too far apart: number the customers 0, 1, 2, ...");
    rows_.resize(n);
    for (std::size_t i = 0; i < n; ++i)
      rows_[i] = {(static_cast<std::uint64_t>(codes[i]) - static_cast<std::uint64_t>(first_code_)) * span_ + static_cast<std::uint64_t>(days[i] - first_day_),
                  static_cast<std::uint32_t>(i)};
    numeric::radix_sort(rows_);
  }

  std::size_t size() const { return rows_.size(); }
  std::int64_t last_day() const { return last_day_; }
  std::int64_t customer(std::size_t i) const { return first_code_ + static_cast<std::int64_t>(rows_[i].key / span_); }
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
  static std::vector<std::int64_t> whole_numbers(const numeric_column& customer) {
    std::vector<std::int64_t> codes(customer.size());
    customer.visit([&](auto values) {
      for (std::size_t i = 0; i < codes.size(); ++i) {
        const auto code = values[i];
        if constexpr (std::is_floating_point_v<std::remove_cvref_t<decltype(code)>>) {
          if (std::isnan(code)) throw invalid_input("customer", "is missing in row " + std::to_string(i));
          if (code != std::floor(code) || std::abs(code) > 0x1p53) throw invalid_input("customer", "must be a whole number", static_cast<double>(code), i);
        }
        codes[i] = static_cast<std::int64_t>(code);
      }
    });
    return codes;
  }

  std::vector<numeric::keyed_row> rows_;
  std::int64_t first_code_ = 0, first_day_ = 0, last_day_ = no_day;
  std::uint64_t span_ = 1;
};

}  // namespace tenure::inline TENURE_ABI::rates::detail
