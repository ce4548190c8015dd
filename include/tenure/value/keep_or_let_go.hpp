#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI {
namespace value {

/// Customers, one row each. Limits may be empty; otherwise both are given and hold the estimate.
struct offered_customers {
  numeric_column value;                     // profit still expected from the customer if he stays
  numeric_column churn;                     // probability that he leaves without an offer
  numeric_column value_lower, value_upper;  // limits of `value`
  numeric_column churn_lower, churn_upper;  // limits of `churn`
};

struct keep_or_let_go_options {
  double offer_cost = 0;    // of what an accepting customer gets
  double contact_cost = 0;  // of one attempt, whatever comes of it
  double chance = 1;        // that a customer who would leave accepts and stays
  double waste = 1;         // chance that a customer who would have stayed anyway takes the offer
  double budget = std::numeric_limits<double>::infinity();

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("offer_cost", self.offer_cost, at_least(0), "cost of what a customer who accepts gets");
    visit("contact_cost", self.contact_cost, at_least(0), "cost of one attempt, whatever comes of it");
    visit("chance", self.chance, between(0, 1), "chance that a customer who would leave accepts and stays");
    visit("waste", self.waste, between(0, 1), "chance that a customer who would have stayed anyway takes the offer");
    visit("budget", self.budget, at_least(0), "most money that all attempts together may be expected to cost");
  }
};

/// let_go: the offer is expected to lose money; unsure: the gain is positive, but its interval holds 0; keep: the whole interval is positive.
enum class keep_decision : unsigned char { let_go, unsure, keep, budget_spent };

struct keep_or_let_go_result {
  std::vector<double> gain, gain_lower, gain_upper, cost, break_even;
  std::vector<std::int32_t> decision, rank;
  double customers = 0, total_gain = 0, total_lower = 0, total_upper = 0, total_cost = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("gain", self.gain, "expected gain of making the offer");
    visit("gain_lower", self.gain_lower, "lower end of its interval, empty without limits");
    visit("gain_upper", self.gain_upper, "upper end of its interval, empty without limits");
    visit("cost", self.cost, "expected cost of making the offer");
    visit("break_even", self.break_even, "churn probability at which the offer pays; infinite when it never does");
    visit("decision", self.decision, "0 let go, 1 unsure, 2 keep, 3 the budget is spent");
    visit("rank", self.rank, "place in the order of offers, -1 without an offer");
    visit("customers", self.customers, "customers who get the offer");
    visit("total_gain", self.total_gain, "expected gain of these offers");
    visit("total_lower", self.total_lower, "sum of the lower ends: all estimates at their worst together");
    visit("total_upper", self.total_upper, "sum of the upper ends");
    visit("total_cost", self.total_cost, "expected cost of these offers");
  }
};

/// Whom to make an offer, customer by customer: the gain of an attempt in rates::keep_or_acquire (chance x margin - cost), where the attempt meets a
/// customer who would leave only with his probability p of leaving:
///
///     gain = p chance value - contact_cost - offer_cost (p chance + (1 - p) waste)
///
/// Those of positive gain get the offer, by gain for each unit of expected cost, while the budget lasts. With limits, the interval runs over the corners of
/// (value, churn), where the gain, linear in each, has its extremes: both at their worst, so it is wider than its level says.
/// Churn to be used here is of the horizon after which `value` would be gone, and says who leaves, not who can be persuaded: `chance` does, and one number
/// for all is a rough answer (see uplift).
/// Throws invalid_input naming the row for a value that is not finite, a churn outside [0, 1], or an estimate outside its limits.
keep_or_let_go_result keep_or_let_go(const offered_customers& customers, const keep_or_let_go_options& options = {});

}  // namespace value

template <>
struct enum_names<value::keep_decision> {
  static constexpr const char* values[] = {"let go", "unsure", "keep", "budget spent"};
};

}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/value/keep_or_let_go-inl.hpp"
#endif
