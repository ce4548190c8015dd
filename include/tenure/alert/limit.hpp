#pragma once

#include <cstdint>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI {
namespace alert {

/// How the limit of an indicator is found: at most the share 1 - `quantile` of those who stayed triggers it; largest recall less false-alarm
/// share; least cost of false alarms and missed churners; at most the share `rate` of all customers triggers it.
enum class limit_rule : unsigned char { quantile, youden, cost, rate };

/// Which values are bad; learn: the side on which churners stand more often (AUC).
enum class bad_side : unsigned char { high, low, learn };

struct limit_options {
  limit_rule rule = limit_rule::youden;
  bad_side side = bad_side::learn;
  double quantile = 0.95, rate = 0.1;
  double false_alarm_cost = 1, missed_cost = 5;
  int repetitions = 200;
  std::uint32_t seed = 0;
  double level = 0.95;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("rule", self.rule, "how the limit is found");
    visit("side", self.side, "which values are bad");
    visit("quantile", self.quantile, strictly_between(0, 1), "share of those who stayed that stays below the limit, for the rule quantile");
    visit("rate", self.rate, between(0, 1), "largest share of all customers that may trigger, for the rule rate");
    visit("false_alarm_cost", self.false_alarm_cost, at_least(0), "of an alarm for a customer who stays, for the rule cost");
    visit("missed_cost", self.missed_cost, at_least(0), "of a churner without an alarm, for the rule cost");
    visit("repetitions", self.repetitions, between(0, 100000), "bootstrap samples; 0: no interval of the limit");
    visit("seed", self.seed, "of the random numbers");
    visit("level", self.level, strictly_between(0, 1), "of the intervals");
  }
};

/// What an indicator does at a limit. Customers whose value is missing do not trigger; they count as customers, and as missed if they churned.
struct limit_performance {
  double customers = 0, churners = 0, missing = 0, missing_churners = 0, triggered = 0, hits = 0;
  double precision = 0, precision_lower = 0, precision_upper = 0;
  double recall = 0, recall_lower = 0, recall_upper = 0;
  double lift = 0, lift_lower = 0, lift_upper = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("customers", self.customers, "rows");
    visit("churners", self.churners, "who churned");
    visit("missing", self.missing, "rows without a value");
    visit("missing_churners", self.missing_churners, "churners without a value");
    visit("triggered", self.triggered, "at the limit or beyond");
    visit("hits", self.hits, "churners among them");
    visit("precision", self.precision, "hits / triggered; NaN when nobody triggers");
    visit("precision_lower", self.precision_lower, "lower end of its Wilson interval");
    visit("precision_upper", self.precision_upper, "upper end of its Wilson interval");
    visit("recall", self.recall, "hits / churners");
    visit("recall_lower", self.recall_lower, "lower end of its Wilson interval");
    visit("recall_upper", self.recall_upper, "upper end of its Wilson interval");
    visit("lift", self.lift, "precision / share of churners among all");
    visit("lift_lower", self.lift_lower, "the interval of precision over that share, taken as known");
    visit("lift_upper", self.lift_upper, "upper end of that interval");
  }
};

struct alarm_limit {
  double limit = 0, lower = 0, upper = 0, auc = 0;
  bool high = true;
  limit_performance at;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("limit", self.limit, "triggers at this value or beyond; infinite: nobody should");
    visit("lower", self.lower, "lower end of the bootstrap interval of the limit");
    visit("upper", self.upper, "upper end of that interval");
    visit("auc", self.auc, "P(a churner's value is worse than a stayer's), of known values; NaN when one kind has none");
    visit("high", self.high, "high values are bad: >= triggers; else <=");
    visit("at", self.at, "what the limit does in the data it was found in");
  }
};

/// The limit of one indicator from history: one of its values, which triggers together with everything worse. Of equally good limits the
/// one that triggers fewer. The interval: percentiles over bootstrap samples in which each row counts a Poisson(1) number of times, on the side found in
/// the data.
/// `churned` is 0 or 1, NaN values are missing. One sort, then O(n) a repetition; the same bits for any number of threads.
/// Throws invalid_input for different lengths, no rows, an infinite value, one class only, or no known value.
alarm_limit fit_limit(numeric_column value, numeric_column churned, const limit_options& options = {}, const execution& run = {});

/// What a given limit does in data; at least one row, one class alone is allowed (recall, lift: NaN).
limit_performance limit_performance_of(numeric_column value, numeric_column churned, double limit, bool high, double level = 0.95);

}  // namespace alert

template <>
struct enum_names<alert::limit_rule> {
  static constexpr const char* values[] = {"quantile", "youden", "cost", "rate"};
};
template <>
struct enum_names<alert::bad_side> {
  static constexpr const char* values[] = {"high", "low", "learn"};
};

}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/alert/limit-inl.hpp"
#endif
