#pragma once

#include <cstdint>
#include <vector>

#include "tenure/rates/calendar.hpp"
#include "tenure/rates/churn_rate.hpp"

namespace tenure::inline TENURE_ABI::rates {

// Customers without a contract: who bought, and when. Nobody says goodbye; a customer is gone when he has been silent for too long.

/// Purchases or other signs of life, in any order.
struct activity_records {
  numeric_column customer = {};  // whole numbers
  date_column day = {};
};

/// On which day a customer who fell silent counts as gone: when the threshold has passed, or (in hindsight) the day after his last sign of life.
enum class silence_date : unsigned char { threshold, last };

struct activity_options {
  double silence = 90;  // days without a sign of life that a customer may take
  silence_date dated = silence_date::threshold;
  std::int64_t as_of = no_day;  // last day the records know; no_day: the latest in them

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("silence", self.silence, between(1, 1e6), "days without a sign of life that a customer may take");
    visit("dated", self.dated, "on which day a customer who fell silent counts as gone");
    visit("as_of", self.as_of, "last day the records know; missing: the latest in them");
  }
};

/// Stays as customer_periods wants them: one row a stay, by customer and time.
struct active_stays {
  std::vector<std::int64_t> customer, start, end;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("customer", self.customer, "whose stay");
    visit("start", self.start, "first active day");
    visit("end", self.end, "first inactive day; missing = still active");
  }
};

/// Signs of life at most `silence` days apart make one stay; a longer silence ends it, unless the records end first. One radix sort.
/// Errors: invalid_input with the row for a missing customer or day, and for a day after as_of.
active_stays active_periods(const activity_records& records, const activity_options& options = {});

struct return_options {
  double horizon = std::numeric_limits<double>::infinity();  // days within which a return counts; the longest silence seen at most
  double level = 0.95;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("horizon", self.horizon, more_than(0), "days within which a return counts");
    visit("level", self.level, strictly_between(0, 1), "level of the interval");
  }
};

/// One point of the return curve.
struct return_row {
  std::int64_t silent_days = 0, silences = 0, returned = 0;
  double probability = 0, lower = 0, upper = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("silent_days", self.silent_days, "length of the silence so far");
    visit("silences", self.silences, "silences that lasted so long");
    visit("returned", self.returned, "those that ended with a return later on, as far as seen");
    visit("probability", self.probability, "chance that the customer still returns");
    visit("lower", self.lower, "lower confidence bound");
    visit("upper", self.upper, "upper confidence bound");
  }
};

/// Lengths of silences between signs of life: those that ended with a return, and those that last at the end of the records.
struct silence_statistic {
  static constexpr const char* kind = "rates.silences";
  static constexpr int version = 1;

  std::vector<std::int64_t> returned, lasting;  // by length in days

  /// Whole customers; as_of as in activity_options.
  void add(const activity_records& records, std::int64_t as_of = no_day);
  void merge(const silence_statistic& other);
  /// P(return within the horizon | silent for d days) = 1 - S(d + horizon) / S(d), S the Kaplan-Meier curve of the silences, for every d of
  /// `days` (empty: 0 to the longest); Greenwood log-log bounds of the ratio, silences taken as independent. Matches: R survfit.
  std::vector<return_row> finish(const std::vector<std::int64_t>& days = {}, const return_options& options = {}) const;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("returned", self.returned, "silences that ended with a return, by length in days");
    visit("lasting", self.lasting, "silences that last at the end of the records, by length in days");
  }
  void check() const;
  friend bool operator==(const silence_statistic&, const silence_statistic&) = default;
};

struct threshold_options {
  double max_return = 0.1;  // a customer is gone once his chance to return is no larger
  double percentile = 0;    // > 0: instead, the silence that this share of all returns was shorter than
  double horizon = std::numeric_limits<double>::infinity();

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("max_return", self.max_return, strictly_between(0, 1), "a customer is gone once his chance to return is no larger");
    visit("percentile", self.percentile, between(0, 1), "if above 0: the silence that this share of all returns does not exceed");
    visit("horizon", self.horizon, more_than(0), "days within which a return counts");
  }
};

/// The shortest silence after which a customer may be called gone. Throws numeric_failure when no silence seen is long enough.
std::int64_t choose_threshold(const silence_statistic& silences, const threshold_options& options = {});

/// How the churn rate of one period depends on the threshold.
struct sensitivity_row {
  double silence = 0, begin = 0, lost = 0, rate = 0, lower = 0, upper = 0, returned_later = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("silence", self.silence, "the threshold in days");
    visit("begin", self.begin, "customers active at the open");
    visit("lost", self.lost, "those gone at the close");
    visit("rate", self.rate, "lost / begin");
    visit("lower", self.lower, "lower confidence bound");
    visit("upper", self.upper, "upper confidence bound");
    visit("returned_later", self.returned_later, "share of all silences of that length that ended with a return");
  }
};

/// The churn rate of the period [first, after) for each threshold.
std::vector<sensitivity_row> threshold_sensitivity(const activity_records& records, const std::vector<double>& thresholds, std::int64_t first,
                                                   std::int64_t after, const activity_options& options = {}, double level = 0.95);

}  // namespace tenure::inline TENURE_ABI::rates

template <>
struct tenure::enum_names<tenure::rates::silence_date> {
  static constexpr const char* values[] = {"threshold", "last"};
};

#ifndef TENURE_COMPILED
#include "tenure/rates/activity-inl.hpp"
#endif
