#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::rates {

/// Two ways to have one more customer: keep one who would leave, or win a new one.
struct keep_or_acquire_options {
  double keep_cost = 0;       // of one attempt to keep a customer
  double keep_chance = 0;     // that the attempt succeeds
  double acquire_cost = 0;    // of one attempt to win a prospect
  double acquire_chance = 0;  // that the attempt succeeds
  double margin_left = 0;     // profit still expected from a customer who is kept
  double margin_new = 0;      // profit expected from a new customer

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("keep_cost", self.keep_cost, at_least(0), "cost of one attempt to keep a customer");
    visit("keep_chance", self.keep_chance, between(0, 1), "chance that it succeeds");
    visit("acquire_cost", self.acquire_cost, at_least(0), "cost of one attempt to win a prospect");
    visit("acquire_chance", self.acquire_chance, between(0, 1), "chance that it succeeds");
    visit("margin_left", self.margin_left, at_least(0), "profit still expected from a customer who is kept");
    visit("margin_new", self.margin_new, at_least(0), "profit expected from a new customer");
  }
};

struct keep_or_acquire_result {
  double cost_per_kept = 0, cost_per_acquired = 0, cost_ratio = 0, keep_gain = 0, acquire_gain = 0, keep_break_even = 0, acquire_break_even = 0;
  bool keep = false, acquire = false;
  std::string first;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("cost_per_kept", self.cost_per_kept, "keep_cost / keep_chance");
    visit("cost_per_acquired", self.cost_per_acquired, "acquire_cost / acquire_chance");
    visit("cost_ratio", self.cost_ratio, "cost_per_acquired / cost_per_kept");
    visit("keep_gain", self.keep_gain, "expected gain of one attempt to keep: keep_chance x margin_left - keep_cost");
    visit("acquire_gain", self.acquire_gain, "expected gain of one attempt to acquire");
    visit("keep_break_even", self.keep_break_even, "the chance at which keeping pays: keep_cost / margin_left");
    visit("acquire_break_even", self.acquire_break_even, "the chance at which acquiring pays");
    visit("keep", self.keep, "keeping pays: keep_chance x margin_left > keep_cost");
    visit("acquire", self.acquire, "acquiring pays");
    visit("first", self.first, "where the next unit of money gains more: 'keep', 'acquire', 'either' or 'neither'");
  }
};

/// Compares the cost of keeping a customer with that of winning a new one. At equal cost a contact, a lost customer who comes back with
/// chance 1/4 is 4 times as cheap as a prospect who buys with chance 1/16. Errors: invalid_input for a chance of 0, costs or margins out of range.
keep_or_acquire_result keep_or_acquire(const keep_or_acquire_options& options);

/// How hard one tries to win a customer back.
enum class effort : unsigned char { at_all_costs, try_hard, as_it_comes, give_up };

/// A class of lost customers by value.
struct win_back_tier {
  std::string name;
  double min_quantile = 0;  // holds customers whose value is at or above this quantile of all values
  effort attitude = effort::as_it_comes;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("name", self.name, "what the tier is called");
    visit("min_quantile", self.min_quantile, between(0, 1), "holds customers whose value is at or above this quantile of all values");
    visit("attitude", self.attitude, "how hard one tries");
  }
};

/// Important, main, ordinary and small customers: the best 5%, the next 15%, down to the 40% quantile, and the rest.
std::vector<win_back_tier> default_win_back_tiers();

/// Lost customers, one row each.
struct win_back_customers {
  column_view<double> value;            // profit expected if he comes back, >= 0
  column_view<double> chance;           // of coming back when contacted
  column_view<double> cost;             // of contacting him
  std::vector<numeric_column> give_up;  // one 0/1 column a give-up rule, strongest rule first
};

struct win_back_options {
  std::vector<win_back_tier> tiers = default_win_back_tiers();
  double budget = std::numeric_limits<double>::infinity();  // for all contacts

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("tiers", self.tiers, "classes by value, best first");
    visit("budget", self.budget, at_least(0), "money for all contacts");
  }
};

/// What becomes of each lost customer.
enum class win_back_decision : unsigned char { contact, rule, no_gain, tier_given_up, budget_spent };

struct win_back_result {
  std::vector<std::int32_t> tier, rule, decision, rank;
  std::vector<double> gain, tier_customers, tier_contacted, tier_cost, tier_gain;
  double contacted = 0, cost = 0, gain_total = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("tier", self.tier, "per customer, the index of his tier");
    visit("rule", self.rule, "per customer, the give-up rule that applies, -1 for none");
    visit("decision", self.decision, "per customer: 0 contact, 1 a give-up rule, 2 no gain, 3 the tier is given up, 4 the budget is spent");
    visit("rank", self.rank, "per customer, his place in the order of contact, -1 when not contacted");
    visit("gain", self.gain, "per customer, chance x value - cost");
    visit("tier_customers", self.tier_customers, "customers of each tier");
    visit("tier_contacted", self.tier_contacted, "contacted customers of each tier");
    visit("tier_cost", self.tier_cost, "cost of contacting them");
    visit("tier_gain", self.tier_gain, "expected gain of contacting them");
    visit("contacted", self.contacted, "customers to contact");
    visit("cost", self.cost, "cost of contacting them");
    visit("gain_total", self.gain_total, "expected gain of contacting them");
  }
};

/// Whom to win back. A customer is given up when a give-up rule applies or his tier is given up; otherwise he is contacted when his expected
/// gain is positive (in a tier at_all_costs: always), by tier and then by gain for each unit of cost, until the budget is spent.
/// Errors: invalid_input with the row for a chance outside [0, 1], a negative value or cost, a flag that is not 0 or 1; for tiers that are not
/// in falling order or do not reach down to quantile 0.
win_back_result win_back(const win_back_customers& customers, const win_back_options& options = {});

}  // namespace tenure::inline TENURE_ABI::rates

template <>
struct tenure::enum_names<tenure::rates::effort> {
  static constexpr const char* values[] = {"at_all_costs", "try_hard", "as_it_comes", "give_up"};
};
template <>
struct tenure::enum_names<tenure::rates::win_back_decision> {
  static constexpr const char* values[] = {"contact", "rule", "no_gain", "tier_given_up", "budget_spent"};
};

#ifndef TENURE_COMPILED
#include "tenure/rates/economics-inl.hpp"
#endif
