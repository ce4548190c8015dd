#pragma once

#include <cmath>
#include <cstdio>
#include <type_traits>

#include "tenure/rates/calendar.hpp"

namespace tenure::inline TENURE_ABI::rates {

namespace detail {

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

/// Days further away than this are no dates.
constexpr std::int64_t far_day = 1'000'000'000;
constexpr bool is_day(std::int64_t day) { return day > -far_day && day < far_day; }

/// Reads one date as a day; missing gives no_day. A value that is no date gives far_day, which the caller refuses.
template <class T>
struct day_reader {
  std::int64_t ticks;
  double per_tick;

  explicit day_reader(std::int64_t ticks_per_day) : ticks(ticks_per_day), per_tick(1 / static_cast<double>(ticks_per_day)) {
    if (ticks_per_day < 1) throw invalid_input("ticks_per_day", "must be >= 1", static_cast<double>(ticks_per_day));
  }
  std::int64_t operator()(T value) const {
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(value)) return no_day;
      const double day = std::floor(static_cast<double>(value) * per_tick);
      return std::abs(day) < static_cast<double>(far_day) ? static_cast<std::int64_t>(day) : far_day;
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
      if (ticks == 1) return value;
      if (value == no_day) return no_day;
      auto day = static_cast<std::int64_t>(static_cast<double>(value) * per_tick);  // off by one at most
      const auto rest = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(day) * static_cast<std::uint64_t>(ticks));
      return day + (rest >= ticks) - (rest < 0);
    } else {
      return floor_div(static_cast<std::int64_t>(value), ticks);
    }
  }
};

/// A day in a message: its number and its date.
inline std::string day_text(std::int64_t day);

inline std::int64_t day_at(const date_column& column, std::size_t row) {
  return column.values.visit([&](auto values) { return day_reader<std::remove_cvref_t<decltype(values[0])>>(column.ticks_per_day)(values[row]); });
}

/// Every date of a column as a day, checked to be a date or missing.
inline std::vector<std::int64_t> all_days(const date_column& column, const char* name, bool may_be_missing) {
  std::vector<std::int64_t> days(column.size());
  column.values.visit([&](auto values) {
    const day_reader<std::remove_cvref_t<decltype(values[0])>> read(column.ticks_per_day);
    for (std::size_t i = 0; i < days.size(); ++i) {
      days[i] = read(values[i]);
      if (days[i] == no_day && may_be_missing) continue;
      if (days[i] == no_day) throw invalid_input(name, "is missing in row " + std::to_string(i));
      if (!is_day(days[i])) throw invalid_input(name, "is no date", static_cast<double>(values[i]), i);
    }
  });
  return days;
}

[[noreturn]] inline void refuse_day(const char* name, std::int64_t day, std::size_t row, const char* rule, std::int64_t limit) {
  throw invalid_input(name, day_text(day) + " in row " + std::to_string(row) + " " + rule + " " + day_text(limit));
}

}  // namespace detail

TENURE_INLINE std::int64_t days_from_civil(civil_date date) {
  const std::int64_t y = date.year - (date.month <= 2), era = detail::floor_div(y, 400), year = y - era * 400;
  const std::int64_t day = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  return era * 146097 + year * 365 + year / 4 - year / 100 + day - 719468;
}

TENURE_INLINE civil_date civil_from_days(std::int64_t days) {
  const std::int64_t z = days + 719468, era = detail::floor_div(z, 146097), of_era = z - era * 146097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100), m = (5 * of_year + 2) / 153;
  const int month = static_cast<int>(m < 10 ? m + 3 : m - 9);
  return {year + era * 400 + (month <= 2), month, static_cast<int>(of_year - (153 * m + 2) / 5 + 1)};
}

TENURE_INLINE std::string iso_date(std::int64_t days) {
  const auto date = civil_from_days(days);
  char text[48];
  std::snprintf(text, sizeof text, "%04lld-%02d-%02d", static_cast<long long>(date.year), date.month, date.day);
  return text;
}

namespace detail {
inline std::string day_text(std::int64_t day) { return std::to_string(day) + " (" + iso_date(day) + ")"; }
}  // namespace detail

TENURE_INLINE std::int64_t calendar_index(std::int64_t day, calendar_unit unit) {
  if (unit == calendar_unit::day) return day;
  if (unit == calendar_unit::week) return detail::floor_div(day + 3, 7);  // 1970-01-01 was a Thursday
  const auto date = civil_from_days(day);
  switch (unit) {
    case calendar_unit::month:
      return date.year * 12 + date.month - 1;
    case calendar_unit::quarter:
      return date.year * 4 + (date.month - 1) / 3;
    default:
      return date.year;
  }
}

TENURE_INLINE std::int64_t calendar_start(std::int64_t index, calendar_unit unit) {
  const auto first_of = [](std::int64_t months) {
    return days_from_civil({detail::floor_div(months, 12), static_cast<int>(months - detail::floor_div(months, 12) * 12) + 1, 1});
  };
  switch (unit) {
    case calendar_unit::day:
      return index;
    case calendar_unit::week:
      return index * 7 - 3;
    case calendar_unit::month:
      return first_of(index);
    case calendar_unit::quarter:
      return first_of(index * 3);
    default:
      return first_of(index * 12);
  }
}

TENURE_INLINE std::vector<std::int64_t> calendar_edges(std::int64_t first, std::int64_t last, calendar_unit unit) {
  if (last <= first) throw invalid_input("last", "must be after first");
  if (!detail::is_day(first) || !detail::is_day(last) || last - first > 1'000'000) throw invalid_input("last", "must be within a million days of first");
  std::vector<std::int64_t> edges;
  for (std::int64_t i = calendar_index(first, unit); edges.empty() || edges.back() < last; ++i)
    edges.push_back(calendar_start(i, unit));
  return edges;
}

TENURE_INLINE std::vector<std::int64_t> trailing_edges(std::int64_t last_day, std::int64_t days) {
  if (days < 1) throw invalid_input("days", "must be >= 1", static_cast<double>(days));
  if (!detail::is_day(last_day) || !detail::is_day(days)) throw invalid_input("last_day", "is no date", static_cast<double>(last_day));
  return {last_day + 1 - days, last_day + 1};
}

}  // namespace tenure::inline TENURE_ABI::rates
