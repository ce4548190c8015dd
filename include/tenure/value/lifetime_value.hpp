#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/value/bg_nbd.hpp"
#include "tenure/value/gamma_gamma.hpp"
#include "tenure/value/pareto_nbd.hpp"

namespace tenure::inline TENURE_ABI::value {

struct lifetime_options {
  int periods = 12;          // how many periods ahead
  double period_length = 1;  // in the time unit of the purchase model
  double discount_rate = 0;  // per period
  double margin = 1;         // share of revenue that is profit
  bool intervals = false;    // also the interval of each value
  double level = 0.95;       // its confidence level

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("periods", self.periods, between(1, 100000), "periods looked ahead");
    visit("period_length", self.period_length, more_than(0), "length of a period in the time unit of the purchase model");
    visit("discount_rate", self.discount_rate, more_than(-1), "discount rate per period");
    visit("margin", self.margin, at_least(0), "share of revenue that is profit");
    visit("intervals", self.intervals, "also compute an interval for each value");
    visit("level", self.level, strictly_between(0, 1), "confidence level of the intervals");
  }
};

/// Discounted value of each customer's purchases over the coming periods, and the total over customers.
struct lifetime_values {
  std::vector<double> value, lower, upper, spend;
  double total = 0, total_lower = 0, total_upper = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("value", self.value, "discounted lifetime value");
    visit("lower", self.lower, "lower end of its interval, empty unless asked for");
    visit("upper", self.upper, "upper end of its interval, empty unless asked for");
    visit("spend", self.spend, "expected value of a purchase");
    visit("total", self.total, "sum over customers");
    visit("total_lower", self.total_lower, "lower end of its interval, NaN unless asked for");
    visit("total_upper", self.total_upper, "upper end of its interval, NaN unless asked for");
  }
};

/// value_i = margin * spend_i * sum over k = 1 ... periods of (purchases expected in period k) / (1 + discount_rate)^k. The purchases of a
/// customer who is alive depend on covariates, frequency and age alone and are computed once for every different combination.
///
/// Intervals are confidence intervals of these expectations (how well the two models are known), by the delta method on the log scale from the
/// models' covariances; what a single customer will really spend varies far more. They cost one more evaluation a parameter.
/// Throws invalid_input as the models do, numeric_failure when the mean spend is infinite (q <= 1) for a customer, or an interval is asked of a
/// model without a covariance. Matches: lifetimes 0.11.3 customer_lifetime_value.
lifetime_values lifetime_value(const bg_nbd_model& purchases, const gamma_gamma_model& spend, numeric_column frequency, numeric_column recency,
                               numeric_column age, numeric_column mean, const lifetime_options& options = {}, const customer_covariates& covariates = {},
                               const execution& run = {});
lifetime_values lifetime_value(const pareto_nbd_model& purchases, const gamma_gamma_model& spend, numeric_column frequency, numeric_column recency,
                               numeric_column age, numeric_column mean, const lifetime_options& options = {}, const customer_covariates& covariates = {},
                               const execution& run = {});

/// Tier of every customer, 0 = the best: customers in descending order of value belong to tier k until the running share of the total (of the
/// positive values) reaches shares[k]; the customer who crosses a border is still inside. Shares must rise and lie in (0, 1); without positive
/// value a customer is in the last tier, number shares.size(). Customers of equal value are in the same tier.
/// The usual key / main / ordinary / small customers: shares 0.5, 0.8, 0.95.
std::vector<std::int32_t> value_tiers(numeric_column value, const std::vector<double>& shares);

}  // namespace tenure::inline TENURE_ABI::value

#ifndef TENURE_COMPILED
#include "tenure/value/lifetime_value-inl.hpp"
#endif
