#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::alert {

/// A customer who is still there.
inline constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

/// Alarms in any order: whose (a row of the customers) and on which day.
struct alarm_list {
  column_view<std::int64_t> customer, day;
};

/// Customers, one row each: first day, first day no longer one (`never`: still there), and what one is worth (may be empty).
struct watched_customers {
  column_view<std::int64_t> start, churn;
  numeric_column value;
};

struct evaluation_options {
  std::int64_t first = 0, last = 0;
  std::int64_t horizon = 90, quiet = 30;
  double success_rate = 0, alarm_cost = 0;
  int repetitions = 500;
  std::uint32_t seed = 0;
  double level = 0.95;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("first", self.first, "first day on which alarms could be raised");
    visit("last", self.last, "last day seen");
    visit("horizon", self.horizon, "days after an alarm within which a churn makes it true");
    visit("quiet", self.quiet, "days after a counted alarm of a customer in which another is a repetition");
    visit("success_rate", self.success_rate, between(0, 1), "share of warned churners that can be kept");
    visit("alarm_cost", self.alarm_cost, at_least(0), "of acting on one alarm");
    visit("repetitions", self.repetitions, between(2, 100000), "bootstrap samples of customers");
    visit("seed", self.seed, "of the random numbers");
    visit("level", self.level, strictly_between(0, 1), "of the intervals");
  }
};

struct alarm_evaluation {
  double alarms = 0, counted = 0, repeated = 0, late = 0, early = 0;
  double customers = 0, alarmed = 0, customer_days = 0, per_customer_month = 0, counted_per_customer_month = 0;
  double hits = 0, false_alarms = 0, undecided = 0;
  double precision = 0, precision_lower = 0, precision_upper = 0;
  double churners = 0, warned = 0, recall = 0, recall_lower = 0, recall_upper = 0;
  std::vector<double> lead_share, lead_time, lead_lower, lead_upper, warned_days;
  double random_precision = 0, random_recall = 0;
  double saved_value = 0, cost = 0, random_saved_value = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("alarms", self.alarms, "while the customer was there, one a customer and day");
    visit("counted", self.counted, "of them, without repetitions within the quiet days");
    visit("repeated", self.repeated, "repetitions");
    visit("late", self.late, "alarms on or after the day of churn, not counted");
    visit("early", self.early, "alarms before the customer's first day, not counted");
    visit("customers", self.customers, "there on some day watched");
    visit("alarmed", self.alarmed, "customers with a counted alarm");
    visit("customer_days", self.customer_days, "days on which a customer was there and watched");
    visit("per_customer_month", self.per_customer_month, "alarms, repetitions included, for each customer and 30.4375 days");
    visit("counted_per_customer_month", self.counted_per_customer_month, "counted alarms likewise");
    visit("hits", self.hits, "counted alarms with a churn within the horizon");
    visit("false_alarms", self.false_alarms, "counted alarms whose horizon ended without");
    visit("undecided", self.undecided, "counted alarms whose horizon has not ended yet");
    visit("precision", self.precision, "share of counted alarms with a churn within the horizon, by Kaplan-Meier; NaN while no alarm is that old");
    visit("precision_lower", self.precision_lower, "lower end of its interval");
    visit("precision_upper", self.precision_upper, "upper end of its interval");
    visit("churners", self.churners, "who left on a day watched, after at least one day watched");
    visit("warned", self.warned, "churners with a counted alarm within the horizon before");
    visit("recall", self.recall, "warned / churners");
    visit("recall_lower", self.recall_lower, "lower end of its Wilson interval");
    visit("recall_upper", self.recall_upper, "upper end of its Wilson interval");
    visit("lead_share", self.lead_share, "of the true alarms, for the lead times");
    visit("lead_time", self.lead_time, "days from first alarm to churn that this share of true first alarms does not exceed");
    visit("lead_lower", self.lead_lower, "lower ends of their intervals");
    visit("lead_upper", self.lead_upper, "upper ends");
    visit("warned_days", self.warned_days, "of each warned churner: days from his first alarm within the horizon");
    visit("random_precision", self.random_precision, "precision of alarms on random days of random customers; NaN while the horizon covers all days");
    visit("random_recall", self.random_recall, "recall of as many alarms on random days of random customers");
    visit("saved_value", self.saved_value, "success_rate x value of the warned churners");
    visit("cost", self.cost, "alarm_cost x counted");
    visit("random_saved_value", self.random_saved_value, "what as many random alarms would save");
  }
};

/// What a list of alarms was worth. A day counts from its beginning: an alarm on day a is true if the churn day c is in (a, a + horizon].
///
/// An alarm is counted if it is the customer's first or comes more than `quiet` days after the one counted before. Precision is 1 - S(horizon) of the
/// Kaplan-Meier curve of the time from a counted alarm to churn: alarms whose horizon has not ended are censored, neither false nor dropped. Its
/// interval is Wilson's for as many independent alarms as give the variance found by resampling customers, since alarms of one customer are not
/// independent.
/// Lead time is of first alarms (a counted alarm with no first alarm within the horizon before): the quantile p is the least t with
/// 1 - S(t) >= p (1 - S(horizon)); intervals are percentiles over resampled customers. NaN without a true alarm.
/// Random alarms: uniform over the customer-days, at the rate of the counted ones; in closed form (the recall of a Poisson process), precision over days
/// whose horizon has ended.
/// O(n log n + repetitions (alarmed customers + horizon)). Throws invalid_input with the row for an alarm of no customer or after the
/// last day, a churn after the last day or before the start, a value that is not finite, or a horizon < 1.
alarm_evaluation evaluate_alarms(const alarm_list& alarms, const watched_customers& customers, const evaluation_options& options,
                                 const std::vector<double>& lead_shares = {0.1, 0.25, 0.5, 0.75, 0.9}, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::alert

#ifndef TENURE_COMPILED
#include "tenure/alert/alarms-inl.hpp"
#endif
