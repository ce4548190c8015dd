#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/stats/proportion.hpp"

namespace tenure::inline TENURE_ABI::rates {

/// What a churn rate is divided by, and what is counted; see churn_rate().
enum class convention : unsigned char {
  begin,
  begin_gross,
  end,
  average,
  average_k,
  begin_plus_new,
  daily_sum,
  daily_product,
  customer_days,
  hazard,
  km,
  eligible
};

/// What a count of new customers holds: every start inside the period, or only those still there at its close.
enum class new_meaning : unsigned char { gross, kept };

/// Customers who joined and left inside one period: counted as new and lost, as new only, or not at all.
enum class flash_rule : unsigned char { include, exclude, ignore_both };

/// What is known of one period. Counts obey end = begin + new + returned - lost; what is missing follows from the rest.
struct period_counts {
  std::optional<double> begin, joined, returned, lost, end;
  std::optional<double> lost_open, lost_flash, lost_back;
  std::optional<double> days, customer_days;
  std::optional<double> eligible, eligible_lost;
  std::vector<double> snapshots;
  std::vector<double> daily_open, daily_lost;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("begin", self.begin, "customers active when the period opens");
    visit("new", self.joined, "first-ever starts inside the period (with `returned` not given: all starts)");
    visit("returned", self.returned, "starts of customers who had left before");
    visit("lost", self.lost, "ends inside the period, all of them");
    visit("end", self.end, "customers active when the period closes");
    visit("lost_open", self.lost_open, "customers active at the open and not at the close");
    visit("lost_flash", self.lost_flash, "customers who joined and left inside the period");
    visit("lost_back", self.lost_back, "customers active at the open who left and came back by the close");
    visit("days", self.days, "length of the period in days");
    visit("customer_days", self.customer_days, "days of the period on which each customer was active, summed");
    visit("eligible", self.eligible, "customers whose contract was up for renewal");
    visit("eligible_lost", self.eligible_lost, "those of them who did not renew");
    visit("snapshots", self.snapshots, "active customers at k + 1 moments from the open to the close");
    visit("daily_open", self.daily_open, "per day, customers active at its open");
    visit("daily_lost", self.daily_lost, "per day, how many of them ended on it");
  }
  friend bool operator==(const period_counts&, const period_counts&) = default;
};

struct rate_options {
  double level = 0.95;                                                 // of the confidence interval
  stats::proportion_method method = stats::proportion_method::wilson;  // interval of the conventions that are proportions
  new_meaning new_counts = new_meaning::gross;                         // what `new` holds
  flash_rule flash = flash_rule::include;                              // joined-and-left customers in conventions that count all losses
  std::optional<double> per_days = std::nullopt;                       // restate the rate for a period of that many days
  double min_n = 30;                                                   // a smaller denominator gets a note

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("level", self.level, strictly_between(0, 1), "level of the confidence interval");
    visit("method", self.method, "interval of the conventions that are proportions");
    visit("new_counts", self.new_counts, "what `new` holds: every start, or only customers still there at the close");
    visit("flash", self.flash, "joined-and-left customers in the conventions that count all losses");
    visit("per_days", self.per_days, "restate the rate for a period of that many days");
    visit("min_n", self.min_n, at_least(0), "a smaller denominator gets a note");
  }
};

/// A remark that belongs to a number. Warnings are those that a reader must not miss.
struct note {
  std::string code;
  std::string text;
  bool warning = false;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("code", self.code, "a short, stable name");
    visit("text", self.text, "one sentence");
    visit("warning", self.warning, "true when the number misleads without it");
  }
  friend bool operator==(const note&, const note&) = default;
};

/// A rate with its interval and everything needed to read it.
struct rate_estimate {
  rates::convention convention = rates::convention::begin;
  double rate = 0, lower = 0, upper = 0;
  double lost = 0, denominator = 0;
  double level = 0.95;
  std::string interval, formula;
  std::vector<note> notes;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("convention", self.convention, "what is divided by what");
    visit("rate", self.rate, "the churn rate; NaN, with a note, when there is nothing to divide by");
    visit("lower", self.lower, "lower confidence bound");
    visit("upper", self.upper, "upper confidence bound");
    visit("lost", self.lost, "the numerator");
    visit("denominator", self.denominator, "what the numerator is divided by");
    visit("level", self.level, "level of the interval");
    visit("interval", self.interval, "how the interval is made");
    visit("formula", self.formula, "the convention in words");
    visit("notes", self.notes, "assumptions made, and warnings");
  }
};

/// The counts with everything that follows from the identity end = begin + new + returned - lost filled in, and checked.
///
/// With new_counts = kept, `new` holds only customers still there at the close, and begin + new + returned - end is `lost_open`.
/// Errors: invalid_input for a negative count, counts that do not add up, or a missing count that would come out negative.
period_counts balance(const period_counts& counts, new_meaning new_counts = new_meaning::gross);

/// The churn rate of a period by one convention, with an interval that suits its denominator:
///
/// begin           lost_open / begin                    proportion; the default
/// begin_gross     lost / begin                         Garwood
/// end             lost / end                           Garwood; warns and names the begin value
/// average         lost / ((begin + end) / 2)           Garwood
/// average_k       lost / mean of the snapshots         Garwood
/// begin_plus_new  lost / (begin + new + returned)      proportion
/// daily_sum       sum over days of lost / open         Fay-Feuer; not a probability
/// daily_product   1 - product of (1 - lost / open)     Greenwood, log-log
/// customer_days   lost / customer-days x days          Garwood
/// hazard          1 - exp(-lost / customer-days x days)  Garwood, transformed
/// km              1 - Kaplan-Meier over the days of the period, later joiners entering late    Greenwood, log-log
/// eligible        not renewed / up for renewal         proportion
///
/// An empty denominator gives NaN and a warning. Errors: invalid_input when the counts that a convention needs are missing or
/// contradict each other. Matches: the worked numbers of the conventions' authors (tests/reference/rates), R binom.test, poisson.test.
rate_estimate churn_rate(const period_counts& counts, convention by = convention::begin, const rate_options& options = {});

/// Every convention that the counts allow, in the order above.
std::vector<rate_estimate> churn_rates(const period_counts& counts, const rate_options& options = {});

/// 1 - rate for the conventions that are probabilities of leaving a fixed set (begin, daily_product, hazard, km, eligible); throws
/// not_supported for the others, saying why.
double retention(const rate_estimate& churn);

}  // namespace tenure::inline TENURE_ABI::rates

template <>
struct tenure::enum_names<tenure::rates::convention> {
  static constexpr const char* values[] = {"begin",     "begin_gross",   "end",           "average", "average_k", "begin_plus_new",
                                           "daily_sum", "daily_product", "customer_days", "hazard",  "km",        "eligible"};
};
template <>
struct tenure::enum_names<tenure::rates::new_meaning> {
  static constexpr const char* values[] = {"gross", "kept"};
};
template <>
struct tenure::enum_names<tenure::rates::flash_rule> {
  static constexpr const char* values[] = {"include", "exclude", "ignore_both"};
};

#ifndef TENURE_COMPILED
#include "tenure/rates/churn_rate-inl.hpp"
#endif
