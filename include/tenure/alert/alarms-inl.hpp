#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "tenure/alert/alarms.hpp"
#include "tenure/alert/limit-inl.hpp"
#include "tenure/core/random.hpp"
#include "tenure/stats/proportion.hpp"

namespace tenure::inline TENURE_ABI::alert {

namespace detail {

/// Time from an alarm to churn, or to where sight of it ends, in days up to the horizon; and which alarmed customer it belongs to.
struct followed_alarm {
  std::size_t owner, days;
  bool churned;
};

/// 1 - S(t) for t = 0 ... horizon of alarms with the weights of their owners; `seen`: somebody was at risk on the horizon's last day.
struct churned_by {
  std::vector<double> share;
  bool seen = false;
};

inline churned_by churned_by_day(const std::vector<followed_alarm>& alarms, const std::vector<double>& weight, std::size_t horizon) {
  std::vector<double> events(horizon + 1), ends(horizon + 1);
  double at_risk = 0;
  for (const auto& a : alarms) {
    const double w = weight[a.owner];
    at_risk += w;
    ends[a.days] += w;
    if (a.churned) events[a.days] += w;
  }
  churned_by r;
  r.share.resize(horizon + 1);
  double survival = 1;
  at_risk -= ends[0];
  for (std::size_t t = 1; t <= horizon; ++t) {
    r.seen = at_risk > 0;
    if (at_risk > 0) survival *= 1 - events[t] / at_risk;
    at_risk -= ends[t];
    r.share[t] = 1 - survival;
    if (survival == 0) {
      std::fill(r.share.begin() + static_cast<std::ptrdiff_t>(t), r.share.end(), 1.0);
      r.seen = true;
      break;
    }
  }
  return r;
}

inline double lead_quantile(const churned_by& curve, double p) {
  const double whole = curve.share.back();
  if (!curve.seen || whole <= 0) return nothing;
  const auto at = std::find_if(curve.share.begin() + 1, curve.share.end(), [&](double f) { return f >= p * whole * (1 - 1e-12); });
  return static_cast<double>(at - curve.share.begin());
}

inline void check_watched(const alarm_list& alarms, const watched_customers& c, const evaluation_options& o) {
  if (o.horizon < 1) throw invalid_input("horizon", "must be at least 1 day", static_cast<double>(o.horizon));
  if (o.horizon > 36525) throw invalid_input("horizon", "must be at most 100 years", static_cast<double>(o.horizon));
  if (o.quiet < 0) throw invalid_input("quiet", "must be >= 0", static_cast<double>(o.quiet));
  if (o.last < o.first) throw invalid_input("last", "must not come before the first day");
  if (c.churn.size() != c.start.size()) throw invalid_input("churn", "must have one day a customer, as start has");
  if (!c.value.empty() && c.value.size() != c.start.size()) throw invalid_input("value", "must have one number a customer, as start has");
  if (alarms.day.size() != alarms.customer.size()) throw invalid_input("day", "must have one day an alarm");
  for (std::size_t i = 0; i < c.start.size(); ++i) {
    if (c.churn[i] != never && c.churn[i] < c.start[i])
      throw invalid_input("churn", "must not come before the customer's first day", static_cast<double>(c.churn[i]), i);
    if (c.churn[i] != never && c.churn[i] > o.last) throw invalid_input("churn", "must not come after the last day seen", static_cast<double>(c.churn[i]), i);
    if (!c.value.empty() && !std::isfinite(c.value[i])) throw invalid_input("value", "must be finite", c.value[i], i);
  }
  for (std::size_t i = 0; i < alarms.day.size(); ++i) {
    if (alarms.customer[i] < 0 || static_cast<std::size_t>(alarms.customer[i]) >= c.start.size())
      throw invalid_input("customer", "must be a row of the customers", static_cast<double>(alarms.customer[i]), i);
    if (alarms.day[i] < o.first || alarms.day[i] > o.last) throw invalid_input("day", "must be one of the days watched", static_cast<double>(alarms.day[i]), i);
  }
}

/// Wilson's interval for a share whose estimate has this variance.
inline stats::interval wilson_of_variance(double share, double variance, double most, double level) {
  if (most <= 0) return {nothing, nothing};
  const double n = variance > 0 && share > 0 && share < 1 ? std::min(most, share * (1 - share) / variance) : most;
  return stats::proportion_ci(share * n, n, level);
}

}  // namespace detail

TENURE_INLINE alarm_evaluation evaluate_alarms(const alarm_list& alarms, const watched_customers& customers, const evaluation_options& options,
                                               const std::vector<double>& lead_shares, const execution& run) {
  validate(options);
  detail::check_watched(alarms, customers, options);
  for (std::size_t k = 0; k < lead_shares.size(); ++k)
    if (!(lead_shares[k] > 0 && lead_shares[k] <= 1)) throw invalid_input("lead_shares", "must be in (0, 1]", lead_shares[k], k);
  constexpr double month = 30.4375;
  const auto& [start, churn, value] = customers;
  const std::size_t n = start.size();
  const auto h = options.horizon;
  alarm_evaluation r;

  std::vector<std::pair<std::int64_t, std::int64_t>> list;  // (customer, day) while there, each once
  for (std::size_t i = 0; i < alarms.day.size(); ++i) {
    const auto c = static_cast<std::size_t>(alarms.customer[i]);
    if (churn[c] != never && alarms.day[i] >= churn[c]) {
      r.late += 1;
    } else if (alarms.day[i] < start[c]) {
      r.early += 1;
    } else {
      list.emplace_back(alarms.customer[i], alarms.day[i]);
    }
  }
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  r.alarms = static_cast<double>(list.size());

  std::vector<detail::followed_alarm> counted, firsts;
  std::vector<std::int64_t> warned(n, never);  // the first counted alarm within the horizon before the churn
  std::int64_t whose = -1, last_counted = 0, last_first = 0;
  std::size_t owners = 0;
  for (const auto& [customer, day] : list) {
    const bool begins = customer != whose;
    if (!begins && day - last_counted <= options.quiet) {
      r.repeated += 1;
      continue;
    }
    if (begins) ++owners;
    const bool first = begins || day - last_first > h;
    whose = customer, last_counted = day;
    const auto c = static_cast<std::size_t>(customer);
    const bool hit = churn[c] != never && churn[c] - day <= h;
    const auto days = std::min(h, hit ? churn[c] - day : options.last - day);
    (hit ? r.hits : churn[c] == never && options.last - day < h ? r.undecided : r.false_alarms) += 1;
    if (hit && warned[c] == never) warned[c] = day;
    counted.push_back({owners - 1, static_cast<std::size_t>(days), hit});
    if (first) last_first = day, firsts.push_back(counted.back());
  }
  r.counted = static_cast<double>(counted.size());
  r.alarmed = static_cast<double>(owners);

  double decided_days = 0, decided_hits = 0;
  std::vector<std::pair<double, double>> at_stake;  // of each churner: days on which an alarm would have been true, value
  for (std::size_t c = 0; c < n; ++c) {
    const bool gone = churn[c] != never;
    const auto from = std::max(start[c], options.first), until = gone ? churn[c] - 1 : options.last;  // last day there
    if (until < from) continue;
    r.customers += 1;
    r.customer_days += static_cast<double>(until - from + 1);
    const auto over = std::min(until, options.last - h);
    decided_days += static_cast<double>(std::max<std::int64_t>(0, over - from + 1));
    if (!gone) continue;
    decided_hits += static_cast<double>(std::max<std::int64_t>(0, over - std::max(from, churn[c] - h) + 1));
    const double worth = value.empty() ? 0 : value[c];
    r.churners += 1;
    at_stake.emplace_back(static_cast<double>(std::min(h, churn[c] - from)), worth);
    if (warned[c] == never) continue;
    r.warned += 1;
    r.warned_days.push_back(static_cast<double>(churn[c] - warned[c]));
    r.saved_value += options.success_rate * worth;
  }
  const double days = r.customer_days > 0 ? r.customer_days : detail::nothing;
  r.per_customer_month = r.alarms / days * month;
  r.counted_per_customer_month = r.counted / days * month;
  r.recall = r.recall_lower = r.recall_upper = detail::nothing;
  if (r.churners > 0) {
    const auto limits = stats::proportion_ci(r.warned, r.churners, options.level);
    r.recall = r.warned / r.churners, r.recall_lower = limits.lower, r.recall_upper = limits.upper;
  }
  r.random_precision = decided_days > 0 ? decided_hits / decided_days : detail::nothing;
  r.random_recall = r.churners > 0 ? 0 : detail::nothing;
  for (const auto& [open, worth] : at_stake) {
    const double chance = -std::expm1(-r.counted / days * open);
    r.random_recall += chance / r.churners;
    r.random_saved_value += options.success_rate * chance * worth;
  }
  r.cost = options.alarm_cost * r.counted;

  const auto length = static_cast<std::size_t>(h);
  const std::vector<double> once(owners, 1.0);
  const auto curve = detail::churned_by_day(counted, once, length), lead = detail::churned_by_day(firsts, once, length);
  r.lead_share = lead_shares;
  r.precision = curve.seen ? curve.share.back() : detail::nothing;
  for (const double p : lead_shares)
    r.lead_time.push_back(detail::lead_quantile(lead, p));
  const auto repetitions = static_cast<std::size_t>(options.repetitions);
  std::vector<std::vector<double>> found(repetitions);  // precision and lead times
  parallel_for(owners > 0 ? repetitions : 0, run, [&](std::size_t b) {
    random_stream random(options.seed, b);
    std::vector<double> weight(owners);
    for (std::size_t k = 0; k < owners; ++k)
      weight[random.below(owners)] += 1;
    const auto all = detail::churned_by_day(counted, weight, length), first = detail::churned_by_day(firsts, weight, length);
    found[b].push_back(all.seen ? all.share.back() : detail::nothing);
    for (const double p : lead_shares)
      found[b].push_back(detail::lead_quantile(first, p));
  });
  const auto column = [&](std::size_t k) {
    std::vector<double> known;
    for (const auto& row : found)
      if (!row.empty() && !std::isnan(row[k])) known.push_back(row[k]);
    std::sort(known.begin(), known.end());
    return known;
  };
  r.precision_lower = r.precision_upper = detail::nothing;
  if (curve.seen) {
    const auto sample = column(0);
    const double mean = std::accumulate(sample.begin(), sample.end(), 0.0) / static_cast<double>(sample.size());
    double variance = 0;
    for (const double p : sample)
      variance += (p - mean) * (p - mean) / static_cast<double>(sample.size());
    const auto limits = detail::wilson_of_variance(r.precision, variance, r.hits + r.false_alarms, options.level);
    r.precision_lower = limits.lower, r.precision_upper = limits.upper;
  }
  for (std::size_t k = 0; k < lead_shares.size(); ++k) {
    const auto sample = std::isnan(r.lead_time[k]) ? std::vector<double>{} : column(k + 1);
    const auto at = [&](double p, auto round) {
      return sample.empty() ? detail::nothing : sample[static_cast<std::size_t>(round(p * static_cast<double>(sample.size() - 1)))];
    };
    r.lead_lower.push_back(at((1 - options.level) / 2, [](double x) { return std::floor(x); }));
    r.lead_upper.push_back(at((1 + options.level) / 2, [](double x) { return std::ceil(x); }));
  }
  return r;
}

}  // namespace tenure::inline TENURE_ABI::alert
