#pragma once

#include <cstdint>
#include <vector>

#include "tenure/rates/calendar.hpp"
#include "tenure/rates/churn_rate.hpp"

namespace tenure::inline TENURE_ABI::rates {

/// Who counts as retained in bucket k: whoever shows up in it, in it or later, in any bucket of a bracket; or whoever has not left by its end.
enum class retention_kind : unsigned char { on, on_or_after, bracket, subscribed };

struct retention_options {
  retention_kind kind = retention_kind::on;
  calendar_unit cohort = calendar_unit::month;  // cohorts are customers who started in the same unit
  std::int64_t window_days = 0;                 // 0: buckets are calendar units after the start; else windows of so many days from the start
  std::int64_t buckets = 12;                    // buckets after the one of the start
  std::vector<std::int64_t> brackets = {};      // kind bracket: edges; bracket j holds the buckets [brackets[j], brackets[j + 1])
  std::int64_t as_of = no_day;                  // last day the records know; no_day: the latest in them

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("kind", self.kind, "who counts as retained");
    visit("cohort", self.cohort, "cohorts are customers who started in the same unit");
    visit("window_days", self.window_days, "0: buckets are calendar units after the start; else windows of so many days from the start");
    visit("buckets", self.buckets, "buckets after the one of the start");
    visit("brackets", self.brackets, "edges of the brackets, in buckets");
    visit("as_of", self.as_of, "last day the records know; missing: the latest in them");
  }
  friend bool operator==(const retention_options&, const retention_options&) = default;
};

/// Signs of life, one row each, in any order.
struct retention_events {
  numeric_column customer = {};  // whole numbers
  date_column day = {};
  date_column start = {};      // the day the customer started, the same in all his rows; empty: his first event
  numeric_column amount = {};  // revenue of the event; empty: none
};

/// A cohort table: rows are cohorts, columns buckets (or brackets). Row-major.
struct retention_result {
  std::vector<std::int64_t> cohort_start, size;  // first day and customers of each cohort
  std::int64_t columns = 0;
  std::vector<std::int64_t> eligible, retained;                          // customers whose bucket is fully observed, and those of them who are retained
  std::vector<double> rate, lower, upper, revenue;                       // NaN where nobody is eligible
  std::vector<std::uint8_t> complete;                                    // 1 where the bucket of every customer of the cohort is fully observed
  std::vector<double> weighted, weighted_lower, weighted_upper, simple;  // by column: sum of retained / sum of eligible; mean of complete cells
  std::vector<std::int64_t> total_eligible, total_retained;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("cohort_start", self.cohort_start, "first day of each cohort");
    visit("size", self.size, "customers of each cohort");
    visit("columns", self.columns, "number of buckets or brackets");
    visit("eligible", self.eligible, "customers whose bucket is fully observed");
    visit("retained", self.retained, "those of them who are retained");
    visit("rate", self.rate, "retained / eligible; NaN where nobody is eligible");
    visit("lower", self.lower, "lower confidence bound (Wilson)");
    visit("upper", self.upper, "upper confidence bound");
    visit("revenue", self.revenue, "revenue of the eligible customers in the bucket");
    visit("complete", self.complete, "1 where the bucket of every customer of the cohort is fully observed");
    visit("weighted", self.weighted, "by column, sum of retained / sum of eligible");
    visit("weighted_lower", self.weighted_lower, "lower confidence bound of it");
    visit("weighted_upper", self.weighted_upper, "upper confidence bound of it");
    visit("simple", self.simple, "by column, mean of the complete cells, every cohort counting the same");
    visit("total_eligible", self.total_eligible, "by column, sum of eligible");
    visit("total_retained", self.total_retained, "by column, sum of retained");
  }
};

/// Counts of a cohort table: chunks of whole customers add up, partial tables merge.
struct retention_statistic {
  static constexpr const char* kind = "rates.retention";
  static constexpr int version = 1;

  retention_options options;
  std::int64_t first_cohort = 0;  // calendar number of the first row
  std::vector<std::int64_t> size, eligible, retained;
  std::vector<double> revenue;

  retention_statistic() = default;
  /// options.as_of must be known: partial tables must agree on it.
  explicit retention_statistic(const retention_options& options);

  void add(const retention_events& events);
  /// Subscriptions: stays [start, end) of customers (a missing end: still active), for kind subscribed. A customer stays in the cohort of his first start.
  void add_stays(numeric_column customer, date_column start, date_column end);
  void merge(const retention_statistic& other);
  retention_result finish(double level = 0.95) const;

  std::size_t columns() const;
  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("options", self.options, "what the table counts");
    visit("first_cohort", self.first_cohort, "calendar number of the first row");
    visit("size", self.size, "customers of each cohort");
    visit("eligible", self.eligible, "customers whose bucket is fully observed");
    visit("retained", self.retained, "those of them who are retained");
    visit("revenue", self.revenue, "revenue of the eligible customers in the bucket");
  }
  void check() const;
  friend bool operator==(const retention_statistic&, const retention_statistic&) = default;
};

/// The cohort table of events. A cell is NaN, never 0, while no customer's bucket is fully observed by as_of; a customer enters a cell only when his
/// bucket is. One radix sort of the events. Errors: invalid_input with the row for missing values and for events before the start or after as_of.
retention_result retention_table(const retention_events& events, const retention_options& options = {}, double level = 0.95);

/// The cohort table of subscriptions (kind subscribed): the share not yet gone at the end of each bucket.
retention_result retention_table(numeric_column customer, date_column start, date_column end, const retention_options& options, double level = 0.95);

}  // namespace tenure::inline TENURE_ABI::rates

template <>
struct tenure::enum_names<tenure::rates::retention_kind> {
  static constexpr const char* values[] = {"on", "on_or_after", "bracket", "subscribed"};
};

#ifndef TENURE_COMPILED
#include "tenure/rates/cohort-inl.hpp"
#endif
