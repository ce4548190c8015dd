#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/rates/calendar.hpp"
#include "tenure/rates/churn_rate.hpp"

namespace tenure::inline TENURE_ABI::rates {

/// Records of customers: one row for each time somebody was one.
struct customer_records {
  date_column start = {};        // first active day
  date_column end = {};          // first day no longer active; missing = still active
  numeric_column customer = {};  // whole numbers that tell customers apart; empty: every record is another customer
  date_column renewal = {};      // first day of the next term, where a contract was up for renewal; empty: unknown
};

struct period_options {
  bool end_inclusive = false;                                      // `end` holds last active days
  double gap = 0;                                                  // stays of a customer at most this many days apart are one
  double return_window = std::numeric_limits<double>::infinity();  // who returns later counts as new
  double renewal_grace = 0;                                        // days after a renewal date in which an end still is a lost renewal

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("end_inclusive", self.end_inclusive, "`end` holds last active days");
    visit("gap", self.gap, at_least(0), "stays of a customer at most this many days apart are one");
    visit("return_window", self.return_window, at_least(0), "who returns after more days counts as new");
    visit("renewal_grace", self.renewal_grace, at_least(0), "days after a renewal date in which an end still is a lost renewal");
  }
  friend bool operator==(const period_options&, const period_options&) = default;
};

/// What happened in each of several periods that follow each other: counts by day from which every convention is computed.
///
/// Period p holds the days [edges[p], edges[p + 1]). It opens with the customers active on the day before edges[p] and closes with those
/// active on its last day, so that end = begin + new + returned - lost holds without exception. Statistics of disjoint sets of customers
/// merge; all are whole numbers, so that any split and any order give the same answer. Memory: 32 bytes a day.
struct period_statistic {
  static constexpr const char* kind = "rates.periods";
  static constexpr int version = 1;

  std::vector<std::int64_t> edges;
  period_options options;
  // By day, with one more before the first ("on or before") and one after the last: starts, returns and ends; ends on the day of the start.
  std::vector<std::int64_t> started, returned, ended, same_day;
  // By period.
  std::vector<std::int64_t> lost_open, lost_flash, lost_back, eligible, eligible_lost;
  bool renewals_known = false;
  std::int64_t records = 0, merged = 0;

  period_statistic() = default;
  /// edges: ascending days; at least two, at most a million days apart.
  explicit period_statistic(std::vector<std::int64_t> edges, const period_options& options = {});

  /// Counts the records of whole customers. One pass over the dates; customers with several records are sorted.
  /// Errors: invalid_input with the row for a missing start and for an end before its start.
  void add(const customer_records& records, const execution& run = {});
  void merge(const period_statistic& other);
  /// One set of counts a period, balanced, with daily counts, snapshots of every day, customer-days, and eligible contracts where known.
  std::vector<period_counts> finish() const;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("edges", self.edges, "first days of the periods, and the day after the last");
    visit("options", self.options, "how records were read");
    visit("started", self.started, "first starts by day");
    visit("returned", self.returned, "later starts by day");
    visit("ended", self.ended, "ends by day");
    visit("same_day", self.same_day, "ends on the day of the start, by day");
    visit("lost_open", self.lost_open, "by period, customers of the open who are gone at the close");
    visit("lost_flash", self.lost_flash, "by period, customers who joined and left inside");
    visit("lost_back", self.lost_back, "by period, customers of the open who left and came back");
    visit("eligible", self.eligible, "by period, contracts up for renewal");
    visit("eligible_lost", self.eligible_lost, "by period, contracts not renewed");
    visit("renewals_known", self.renewals_known, "whether renewal dates were given");
    visit("records", self.records, "records counted");
    visit("merged", self.merged, "records joined with the stay before because the gap was small");
  }
  void check() const;
  friend bool operator==(const period_statistic&, const period_statistic&) = default;
};

/// The counts of every period from customer records: add and finish of a period_statistic.
std::vector<period_counts> customer_periods(const customer_records& records, std::vector<std::int64_t> edges, const period_options& options = {},
                                            const execution& run = {});

/// When a subscriber counts as gone.
enum class churn_date : unsigned char { term_end, cancel, day_after_cancel };

struct end_options {
  churn_date date = churn_date::term_end;
  double delinquent_days = 30;  // days without payment after which a customer counts as gone

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("date", self.date, "when a subscriber who cancels counts as gone");
    visit("delinquent_days", self.delinquent_days, at_least(0), "days without payment after which a customer counts as gone");
  }
};

/// The first inactive day of each record (no_day = still active) from the end of the paid term, the day of cancelling and the day since which
/// nothing was paid; any column may be empty. The earliest of the resulting days counts.
std::vector<std::int64_t> end_dates(date_column term_end, date_column cancelled, date_column unpaid_since, const end_options& options = {});

}  // namespace tenure::inline TENURE_ABI::rates

template <>
struct tenure::enum_names<tenure::rates::churn_date> {
  static constexpr const char* values[] = {"term_end", "cancel", "day_after_cancel"};
};

#ifndef TENURE_COMPILED
#include "tenure/rates/periods-inl.hpp"
#endif
