#pragma once

#include <cstdint>

#include "tenure/core/parallel.hpp"
#include "tenure/core/views.hpp"
#include "tenure/numeric/sum.hpp"
#include "tenure/rates/churn_rate.hpp"

namespace tenure::inline TENURE_ABI::rates {

/// Recurring revenue of each line at the open and at the close of a period, in one currency. Columns after the second may be empty.
struct revenue_lines {
  numeric_column begin_mrr = {};    // >= 0; 0 where the line was not paid for
  numeric_column end_mrr = {};      // >= 0, at the exchange rates of the open
  numeric_column customer = {};     // whose line it is; empty: each line is a customer
  numeric_column paid_before = {};  // 1 where the customer paid at some time before the open; empty: nobody who was not paying did
  numeric_column end_current = {};  // `end_mrr` at the exchange rates of the close; empty: the same
};

enum class revenue_interval : unsigned char { linearised, bootstrap };

struct revenue_options {
  double level = 0.95;
  bool reactivation_in_net = false;   // subtract reactivated revenue from net churn
  bool reactivation_in_quick = true;  // count it as gained in the quick ratio
  revenue_interval interval = revenue_interval::linearised;
  int resamples = 1000;    // bootstrap samples of customers
  std::uint64_t seed = 0;  // of the bootstrap

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("level", self.level, strictly_between(0, 1), "level of the intervals");
    visit("reactivation_in_net", self.reactivation_in_net, "subtract reactivated revenue from net churn");
    visit("reactivation_in_quick", self.reactivation_in_quick, "count reactivated revenue as gained in the quick ratio");
    visit("interval", self.interval, "linearised ratio, or bootstrap over customers");
    visit("resamples", self.resamples, between(100, 1e6), "bootstrap samples of customers");
    visit("seed", self.seed, "of the bootstrap");
  }
};

/// A ratio with its interval.
struct ratio_estimate {
  double value = 0, lower = 0, upper = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("value", self.value, "the ratio");
    visit("lower", self.lower, "lower confidence bound");
    visit("upper", self.upper, "upper confidence bound");
  }
};

/// Revenue movements of a period; end = begin + new_business + reactivation + expansion - contraction - churn + fx.
struct revenue_result {
  double begin = 0, new_business = 0, reactivation = 0, expansion = 0, contraction = 0, churn = 0, fx = 0, end = 0;
  std::int64_t customers_begin = 0, customers_new = 0, customers_reactivated = 0, customers_expanded = 0, customers_contracted = 0, customers_churned = 0;
  ratio_estimate gross, net, grr, nrr;
  double quick_ratio = 0;
  std::vector<note> notes;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("begin", self.begin, "revenue at the open");
    visit("new_business", self.new_business, "of customers who never paid before");
    visit("reactivation", self.reactivation, "of customers who paid before, but not at the open");
    visit("expansion", self.expansion, "gained with customers of the open");
    visit("contraction", self.contraction, "lost with customers who stay");
    visit("churn", self.churn, "lost with customers who left");
    visit("fx", self.fx, "change of exchange rates on the revenue at the close");
    visit("end", self.end, "revenue at the close, at its exchange rates");
    visit("customers_begin", self.customers_begin, "paying customers at the open");
    visit("customers_new", self.customers_new, "new customers");
    visit("customers_reactivated", self.customers_reactivated, "reactivated customers");
    visit("customers_expanded", self.customers_expanded, "customers who pay more");
    visit("customers_contracted", self.customers_contracted, "customers who pay less");
    visit("customers_churned", self.customers_churned, "customers who pay no more");
    visit("gross", self.gross, "(churn + contraction) / begin");
    visit("net", self.net, "(churn + contraction - expansion [- reactivation]) / begin");
    visit("grr", self.grr, "gross revenue retention: 1 - gross");
    visit("nrr", self.nrr, "net revenue retention: revenue at the close of the customers of the open / begin");
    visit("quick_ratio", self.quick_ratio, "(new_business + expansion [+ reactivation]) / (contraction + churn)");
    visit("notes", self.notes, "warnings");
  }
};

/// The movements' sums: chunks of lines are added (all lines of a customer in one chunk), partial sums merged.
class revenue_statistic {
 public:
  void add(const revenue_lines& lines);
  void merge(const revenue_statistic& other);
  /// Linearised intervals: the variance of a ratio of sums over customers. options.interval must be linearised.
  revenue_result finish(const revenue_options& options = {}) const;

 private:
  enum sum : int { begin, fresh, again_, more, less, gone, fx, begin2, lost2, lost_begin, net2, net_begin, again2, sums };
  numeric::exact_sum sum_[sums];
  std::int64_t count_[6] = {};
};

/// Revenue churn from each customer's recurring revenue at the open and at the close (the "snapshot" method: moves up and down inside the
/// period cancel). A line that ends while the customer keeps others is contraction; the last one is churn.
///
/// gross = (churn + contraction) / begin; net = gross - expansion / begin; GRR = sum min(begin, end) / begin; NRR = revenue at the close of
/// the customers of the open / begin. begin = 0 gives NaN with a note; a quick ratio without losses is +inf with a note. Intervals treat
/// customers as the sample. O(lines). Errors: invalid_input with the row for a negative or missing amount.
revenue_result revenue_churn(const revenue_lines& lines, const revenue_options& options = {}, const execution& run = {});

/// Monthly recurring revenue of billing lines: sum of quantity x amount / months.
double monthly_revenue(column_view<double> quantity, column_view<double> amount, column_view<double> months);

}  // namespace tenure::inline TENURE_ABI::rates

template <>
struct tenure::enum_names<tenure::rates::revenue_interval> {
  static constexpr const char* values[] = {"linearised", "bootstrap"};
};

#ifndef TENURE_COMPILED
#include "tenure/rates/revenue-inl.hpp"
#endif
