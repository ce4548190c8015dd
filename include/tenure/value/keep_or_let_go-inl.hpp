#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>

#include "tenure/value/keep_or_let_go.hpp"

namespace tenure::inline TENURE_ABI::value {

namespace detail {

/// What making the offer gains and costs.
struct offer {
  const keep_or_let_go_options& options;

  double cost(double p) const { return options.contact_cost + options.offer_cost * (p * options.chance + (1 - p) * options.waste); }
  double gain(double value, double p) const { return p * options.chance * value - cost(p); }
  /// gain(value, p) = p slope - cost(0), at 0.
  double break_even(double value) const {
    const double slope = options.chance * (value - options.offer_cost) + options.waste * options.offer_cost;
    if (cost(0) == 0) return slope >= 0 ? 0 : std::numeric_limits<double>::infinity();
    return slope > 0 && cost(0) <= slope ? cost(0) / slope : std::numeric_limits<double>::infinity();
  }
};

struct limits {
  double low, high;
};

inline limits limits_of(const char* name, double estimate, numeric_column lower, numeric_column upper, std::size_t i) {
  if (lower.size() == 0) return {estimate, estimate};
  const double low = lower[i], high = upper[i];
  if (!(low <= estimate && estimate <= high) || std::isinf(low) || std::isinf(high))
    throw invalid_input(name, "must be finite and lie within its limits", estimate, i);
  return {low, high};
}

inline void check_sizes(const offered_customers& c) {
  const std::size_t n = c.value.size();
  if (c.churn.size() != n) throw invalid_input("churn", "must have one value a customer, as value has");
  for (const auto& [name, lower, upper] :
       {std::tuple{"value_lower", &c.value_lower, &c.value_upper}, std::tuple{"churn_lower", &c.churn_lower, &c.churn_upper}}) {
    if (lower->size() != upper->size()) throw invalid_input(name, "must be given together with the upper limits");
    if (lower->size() != 0 && lower->size() != n) throw invalid_input(name, "must have one value a customer, as value has");
  }
}

}  // namespace detail

TENURE_INLINE keep_or_let_go_result keep_or_let_go(const offered_customers& customers, const keep_or_let_go_options& options) {
  if (std::isnan(options.budget)) throw invalid_input("budget", "must be >= 0");
  validate(options);
  detail::check_sizes(customers);
  const detail::offer offer{options};
  const std::size_t n = customers.value.size();
  const bool bounded = customers.value_lower.size() + customers.churn_lower.size() > 0;
  keep_or_let_go_result r;
  r.rank.assign(n, -1);
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < n; ++i) {
    const double value = customers.value[i], p = customers.churn[i];
    if (!std::isfinite(value)) throw invalid_input("value", "must be finite", value, i);
    if (!(p >= 0 && p <= 1)) throw invalid_input("churn", "must be in [0, 1]", p, i);
    const auto values = detail::limits_of("value", value, customers.value_lower, customers.value_upper, i);
    const auto churns = detail::limits_of("churn", p, customers.churn_lower, customers.churn_upper, i);
    if (churns.low < 0 || churns.high > 1) throw invalid_input("churn", "must have limits in [0, 1]", p, i);
    const std::array<double, 4> corners{offer.gain(values.low, churns.low), offer.gain(values.low, churns.high), offer.gain(values.high, churns.low),
                                        offer.gain(values.high, churns.high)};
    const auto [low, high] = std::minmax_element(corners.begin(), corners.end());
    const double gain = offer.gain(value, p);
    r.gain.push_back(gain);
    r.cost.push_back(offer.cost(p));
    r.break_even.push_back(offer.break_even(value));
    r.decision.push_back(static_cast<std::int32_t>(gain <= 0 ? keep_decision::let_go : *low <= 0 ? keep_decision::unsure : keep_decision::keep));
    if (bounded) {
      r.gain_lower.push_back(*low);
      r.gain_upper.push_back(*high);
    }
    if (gain > 0) wanted.push_back(i);
  }
  const auto per_cost = [&](std::size_t i) { return r.cost[i] > 0 ? r.gain[i] / r.cost[i] : std::numeric_limits<double>::max(); };
  std::stable_sort(wanted.begin(), wanted.end(), [&](std::size_t a, std::size_t b) { return per_cost(a) > per_cost(b); });
  std::int32_t rank = 0;
  for (const std::size_t i : wanted) {
    if (r.total_cost + r.cost[i] > options.budget) {
      r.decision[i] = static_cast<std::int32_t>(keep_decision::budget_spent);
      continue;
    }
    r.rank[i] = rank++;
    ++r.customers;
    r.total_cost += r.cost[i];
    r.total_gain += r.gain[i];
    r.total_lower += bounded ? r.gain_lower[i] : r.gain[i];
    r.total_upper += bounded ? r.gain_upper[i] : r.gain[i];
  }
  return r;
}

}  // namespace tenure::inline TENURE_ABI::value
