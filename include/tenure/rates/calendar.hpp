#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::rates {

// Days are counted from 1970-01-01 in the civil (proleptic Gregorian) calendar of whoever made the data. A customer is active on the
// days [start, end): `end` is the first day on which he is not.

enum class calendar_unit : unsigned char { day, week, month, quarter, year };

struct civil_date {
  std::int64_t year = 1970;
  int month = 1, day = 1;
};

/// Days since 1970-01-01 and back (Hinnant's days_from_civil).
std::int64_t days_from_civil(civil_date date);
civil_date civil_from_days(std::int64_t days);

/// "2026-01-31".
std::string iso_date(std::int64_t days);

/// The number of the calendar unit that holds a day; units follow each other without gaps, weeks begin on Monday.
std::int64_t calendar_index(std::int64_t day, calendar_unit unit);

/// The first day of calendar unit number `index`.
std::int64_t calendar_start(std::int64_t index, calendar_unit unit);

/// First days of all units that hold a day of [first, last), and the day after the last unit.
std::vector<std::int64_t> calendar_edges(std::int64_t first, std::int64_t last, calendar_unit unit);

/// The period of `days` days that ends with `last_day`, as edges: trailing rates.
std::vector<std::int64_t> trailing_edges(std::int64_t last_day, std::int64_t days);

/// The day value of a missing date.
constexpr std::int64_t no_day = INT64_MIN;

/// A column of dates: `ticks_per_day` = 1 for day numbers, 86400 for seconds, and so on. Missing is NaN or INT64_MIN.
struct date_column {
  numeric_column values;
  std::int64_t ticks_per_day = 1;

  date_column() = default;
  date_column(numeric_column column, std::int64_t ticks = 1) : values(column), ticks_per_day(ticks) {}
  date_column(const std::vector<std::int64_t>& days) : values(days) {}

  std::size_t size() const { return values.size(); }
  bool empty() const { return values.empty(); }
};

}  // namespace tenure::inline TENURE_ABI::rates

template <>
struct tenure::enum_names<tenure::rates::calendar_unit> {
  static constexpr const char* values[] = {"day", "week", "month", "quarter", "year"};
};

#ifndef TENURE_COMPILED
#include "tenure/rates/calendar-inl.hpp"
#endif
