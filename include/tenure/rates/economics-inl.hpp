#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/numeric/sort.hpp"
#include "tenure/rates/economics.hpp"

namespace tenure::inline TENURE_ABI::rates {

TENURE_INLINE keep_or_acquire_result keep_or_acquire(const keep_or_acquire_options& o) {
  validate(o);
  if (o.keep_chance == 0) throw invalid_input("keep_chance", "must be > 0: without a chance there is no cost of a kept customer", 0);
  if (o.acquire_chance == 0) throw invalid_input("acquire_chance", "must be > 0: without a chance there is no cost of an acquired customer", 0);
  keep_or_acquire_result r;
  r.cost_per_kept = o.keep_cost / o.keep_chance;
  r.cost_per_acquired = o.acquire_cost / o.acquire_chance;
  r.cost_ratio = r.cost_per_acquired / r.cost_per_kept;
  r.keep_gain = o.keep_chance * o.margin_left - o.keep_cost;
  r.acquire_gain = o.acquire_chance * o.margin_new - o.acquire_cost;
  r.keep_break_even = o.keep_cost / o.margin_left;
  r.acquire_break_even = o.acquire_cost / o.margin_new;
  r.keep = r.keep_gain > 0;
  r.acquire = r.acquire_gain > 0;
  const double per_keep = r.keep_gain * o.acquire_cost, per_acquire = r.acquire_gain * o.keep_cost;  // gain a unit of money, cross-multiplied
  r.first = !r.keep && !r.acquire                              ? "neither"
            : !r.acquire || (r.keep && per_keep > per_acquire) ? "keep"
            : !r.keep || per_acquire > per_keep                ? "acquire"
                                                               : "either";
  return r;
}

TENURE_INLINE std::vector<win_back_tier> default_win_back_tiers() {
  return {
      {"important", 0.95, effort::at_all_costs}, {"main", 0.80, effort::try_hard}, {"ordinary", 0.40, effort::as_it_comes}, {"small", 0.0, effort::give_up}};
}

namespace detail {

inline void check_tiers(const std::vector<win_back_tier>& tiers) {
  if (tiers.empty()) throw invalid_input("tiers", "must hold at least one tier");
  for (std::size_t t = 0; t < tiers.size(); ++t) {
    validate(tiers[t]);
    if (t > 0 && tiers[t].min_quantile >= tiers[t - 1].min_quantile)
      throw invalid_input("min_quantile", "must fall from tier to tier", tiers[t].min_quantile, t);
  }
  if (tiers.back().min_quantile != 0)
    throw invalid_input("min_quantile", "must be 0 in the last tier, so that every customer has one", tiers.back().min_quantile);
}

inline void check_customers(const win_back_customers& c) {
  const std::size_t n = c.value.size();
  if (c.chance.size() != n) throw invalid_input("chance", "must have one value a customer, as value has");
  if (c.cost.size() != n) throw invalid_input("cost", "must have one value a customer, as value has");
  for (std::size_t i = 0; i < n; ++i) {
    if (!(c.value[i] >= 0) || std::isinf(c.value[i])) throw invalid_input("value", "must be finite and >= 0", c.value[i], i);
    if (!(c.chance[i] >= 0 && c.chance[i] <= 1)) throw invalid_input("chance", "must be in [0, 1]", c.chance[i], i);
    if (!(c.cost[i] >= 0) || std::isinf(c.cost[i])) throw invalid_input("cost", "must be finite and >= 0", c.cost[i], i);
  }
}

inline std::int32_t first_rule(const win_back_customers& c, std::size_t i) {
  for (std::size_t r = 0; r < c.give_up.size(); ++r) {
    const double flag = c.give_up[r][i];
    if (flag != 0 && flag != 1) throw invalid_input("give_up", "must be 0 or 1", flag, i);
    if (flag == 1) return static_cast<std::int32_t>(r);
  }
  return -1;
}

}  // namespace detail

TENURE_INLINE win_back_result win_back(const win_back_customers& customers, const win_back_options& options) {
  if (!(options.budget >= 0)) throw invalid_input("budget", "must be >= 0", options.budget);
  detail::check_tiers(options.tiers);
  detail::check_customers(customers);
  const std::size_t n = customers.value.size(), tiers = options.tiers.size();
  for (const auto& rule : customers.give_up)
    if (rule.size() != n) throw invalid_input("give_up", "must have one value a customer, as value has");

  std::vector<double> threshold(tiers);
  std::vector<double> sorted(n);
  for (std::size_t i = 0; i < n; ++i)
    sorted[i] = customers.value[i];
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t t = 0; t < tiers; ++t)
    threshold[t] = n == 0 ? 0 : sorted[std::min(n - 1, static_cast<std::size_t>(std::ceil(options.tiers[t].min_quantile * static_cast<double>(n) - 1e-9)))];

  win_back_result r;
  r.tier.resize(n);
  r.rule.resize(n);
  r.decision.resize(n);
  r.rank.assign(n, -1);
  r.gain.resize(n);
  for (auto* totals : {&r.tier_customers, &r.tier_contacted, &r.tier_cost, &r.tier_gain})
    totals->assign(tiers, 0.0);
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t t = 0;
    while (customers.value[i] < threshold[t])
      ++t;
    r.tier[i] = static_cast<std::int32_t>(t);
    ++r.tier_customers[t];
    r.gain[i] = customers.chance[i] * customers.value[i] - customers.cost[i];
    r.rule[i] = detail::first_rule(customers, i);
    const auto attitude = options.tiers[t].attitude;
    const auto decision = r.rule[i] >= 0                                       ? win_back_decision::rule
                          : attitude == effort::give_up                        ? win_back_decision::tier_given_up
                          : r.gain[i] <= 0 && attitude != effort::at_all_costs ? win_back_decision::no_gain
                                                                               : win_back_decision::contact;
    r.decision[i] = static_cast<std::int32_t>(decision);
    if (decision == win_back_decision::contact) wanted.push_back(i);
  }
  const auto per_cost = [&](std::size_t i) { return customers.cost[i] > 0 ? r.gain[i] / customers.cost[i] : std::numeric_limits<double>::max(); };
  std::stable_sort(wanted.begin(), wanted.end(), [&](std::size_t a, std::size_t b) {
    if (r.tier[a] != r.tier[b]) return r.tier[a] < r.tier[b];
    return per_cost(a) > per_cost(b);
  });
  std::int32_t rank = 0;
  for (const std::size_t i : wanted) {
    if (r.cost + customers.cost[i] > options.budget) {
      r.decision[i] = static_cast<std::int32_t>(win_back_decision::budget_spent);
      continue;
    }
    const auto t = static_cast<std::size_t>(r.tier[i]);
    r.rank[i] = rank++;
    ++r.contacted;
    r.cost += customers.cost[i];
    r.gain_total += r.gain[i];
    ++r.tier_contacted[t];
    r.tier_cost[t] += customers.cost[i];
    r.tier_gain[t] += r.gain[i];
  }
  return r;
}

}  // namespace tenure::inline TENURE_ABI::rates
