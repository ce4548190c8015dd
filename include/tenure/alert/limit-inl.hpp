#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tenure/alert/limit.hpp"
#include "tenure/core/random.hpp"
#include "tenure/stats/proportion.hpp"

namespace tenure::inline TENURE_ABI::alert {

namespace detail {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

/// Distinct values from worst to best with the churners and stayers at each; `churners` and `stayers` count missing values too.
struct value_groups {
  std::vector<double> value, churned, stayed;
  double churners = 0, stayers = 0;
};

struct indicator_rows {
  std::vector<double> badness;  // the value, turned so that high is bad; NaN missing
  std::vector<bool> churned;
};

inline indicator_rows rows_of(numeric_column value, numeric_column churned) {
  if (value.size() != churned.size()) throw invalid_input("churned", "must have one value a row, as many as the indicator");
  if (value.empty()) throw invalid_input("value", "must have rows");
  indicator_rows rows;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (std::isinf(value[i])) throw invalid_input("value", "must not be infinite", value[i], i);
    if (churned[i] != 0 && churned[i] != 1) throw invalid_input("churned", "must be 0 or 1", churned[i], i);
    rows.badness.push_back(value[i]);
    rows.churned.push_back(churned[i] != 0);
  }
  return rows;
}

inline value_groups group_values(const indicator_rows& rows) {
  const auto falling = [](double x, double y) { return x > y; };
  value_groups g;
  for (const double v : rows.badness)
    if (!std::isnan(v)) g.value.push_back(v);
  std::sort(g.value.begin(), g.value.end(), falling);
  g.value.erase(std::unique(g.value.begin(), g.value.end()), g.value.end());
  g.churned.resize(g.value.size()), g.stayed.resize(g.value.size());
  for (std::size_t i = 0; i < rows.badness.size(); ++i) {
    const double v = rows.badness[i];
    (rows.churned[i] ? g.churners : g.stayers) += 1;
    if (std::isnan(v)) continue;
    const auto at = std::lower_bound(g.value.begin(), g.value.end(), v, falling) - g.value.begin();
    (rows.churned[i] ? g.churned : g.stayed)[static_cast<std::size_t>(at)] += 1;
  }
  return g;
}

/// How often `rows` rows come into a bootstrap sample in which each comes a Poisson(1) number of times: two rows a random number, no row's memory touched.
class row_draws {
 public:
  row_draws(std::uint64_t seed, std::uint64_t stream) : random_(seed, stream) {}
  double of(double rows) {
    std::uint64_t total = 0;
    for (auto left = static_cast<std::uint64_t>(rows); left > 0; --left)
      total += one();
    return static_cast<double>(total);
  }

 private:
  std::uint64_t one() {
    if (!half_) bits_ = random_.next();
    const auto u = static_cast<double>(half_ ? bits_ >> 32 : bits_ & 0xffffffffU) * 0x1.0p-32;
    half_ = !half_;
    std::uint64_t k = 0;
    for (double chance = 0.36787944117144233, below = chance; u >= below && k < 12; below += chance)
      chance /= static_cast<double>(++k);
    return k;
  }

  random_stream random_;
  std::uint64_t bits_ = 0;
  bool half_ = false;
};

inline value_groups resampled(const value_groups& groups, row_draws draws) {
  value_groups sample = groups;
  double known_churners = 0, known_stayers = 0;
  sample.churners = sample.stayers = 0;
  for (std::size_t k = 0; k < groups.value.size(); ++k) {
    known_churners += groups.churned[k], known_stayers += groups.stayed[k];
    sample.churners += sample.churned[k] = draws.of(groups.churned[k]);
    sample.stayers += sample.stayed[k] = draws.of(groups.stayed[k]);
  }
  sample.churners += draws.of(groups.churners - known_churners);
  sample.stayers += draws.of(groups.stayers - known_stayers);
  return sample;
}

inline double auc_of_groups(const value_groups& g) {
  double churners = 0, stayers = 0, sum = 0;
  for (std::size_t k = g.value.size(); k-- > 0;) {
    sum += g.churned[k] * (stayers + g.stayed[k] / 2);
    churners += g.churned[k], stayers += g.stayed[k];
  }
  return churners > 0 && stayers > 0 ? sum / churners / stayers : nothing;
}

/// The first value that triggers, on the scale of badness.
inline double choose_limit(const value_groups& g, const limit_options& o) {
  const auto worth = [&](double hits, double false_alarms) {
    if (o.rule == limit_rule::cost) return -(o.false_alarm_cost * false_alarms + o.missed_cost * (g.churners - hits));
    return hits * g.stayers - false_alarms * g.churners;  // recall less false-alarm share, times both totals: ties are exact
  };
  const bool capped = o.rule == limit_rule::quantile || o.rule == limit_rule::rate;
  const double room = (o.rule == limit_rule::quantile ? (1 - o.quantile) * g.stayers : o.rate * (g.churners + g.stayers)) * (1 + 1e-12);
  double limit = infinite, most = worth(0, 0), hits = 0, false_alarms = 0;
  for (std::size_t k = 0; k < g.value.size(); ++k) {
    if (g.churned[k] + g.stayed[k] == 0) continue;
    hits += g.churned[k], false_alarms += g.stayed[k];
    if (capped) {
      if ((o.rule == limit_rule::quantile ? false_alarms : hits + false_alarms) > room) break;
      limit = g.value[k];
    } else if (const double here = worth(hits, false_alarms); here > most) {
      most = here, limit = g.value[k];
    }
  }
  return limit;
}

}  // namespace detail

TENURE_INLINE limit_performance limit_performance_of(numeric_column value, numeric_column churned, double limit, bool high, double level) {
  if (std::isnan(limit)) throw invalid_input("limit", "must be a number");
  const auto rows = detail::rows_of(value, churned);
  limit_performance p;
  for (std::size_t i = 0; i < rows.badness.size(); ++i) {
    const double v = rows.badness[i], lost = rows.churned[i] ? 1 : 0;
    p.customers += 1, p.churners += lost;
    if (std::isnan(v)) {
      p.missing += 1, p.missing_churners += lost;
    } else if (high ? v >= limit : v <= limit) {
      p.triggered += 1, p.hits += lost;
    }
  }
  const auto of = [&](double part, double whole, double& estimate, double& lower, double& upper) {
    estimate = lower = upper = detail::nothing;
    if (whole == 0) return;
    const auto limits = stats::proportion_ci(part, whole, level);
    estimate = part / whole, lower = limits.lower, upper = limits.upper;
  };
  of(p.hits, p.triggered, p.precision, p.precision_lower, p.precision_upper);
  of(p.hits, p.churners, p.recall, p.recall_lower, p.recall_upper);
  const double base = p.churners > 0 ? p.churners / p.customers : detail::nothing;
  p.lift = p.precision / base, p.lift_lower = p.precision_lower / base, p.lift_upper = p.precision_upper / base;
  return p;
}

TENURE_INLINE alarm_limit fit_limit(numeric_column value, numeric_column churned, const limit_options& options, const execution& run) {
  validate(options);
  auto rows = detail::rows_of(value, churned);
  alarm_limit found;
  auto groups = detail::group_values(rows);
  if (groups.churners == 0 || groups.stayers == 0) throw invalid_input("churned", "must hold customers who churned and customers who stayed");
  if (groups.value.empty()) throw invalid_input("value", "must have a known value");
  const double auc = detail::auc_of_groups(groups);
  found.high = options.side == bad_side::high || (options.side == bad_side::learn && !(auc < 0.5));
  found.auc = found.high ? auc : 1 - auc;
  if (!found.high) {
    for (double& v : rows.badness)
      v = -v;
    groups = detail::group_values(rows);
  }
  const double sign = found.high ? 1 : -1;
  found.limit = sign * detail::choose_limit(groups, options);
  found.lower = found.upper = detail::nothing;
  if (const auto repetitions = static_cast<std::size_t>(options.repetitions); repetitions > 0) {
    std::vector<double> limits(repetitions);
    parallel_for(repetitions, run, [&](std::size_t r) { limits[r] = sign * detail::choose_limit(detail::resampled(groups, {options.seed, r}), options); });
    std::sort(limits.begin(), limits.end());
    const double last = static_cast<double>(repetitions - 1), tail = (1 - options.level) / 2;
    found.lower = limits[static_cast<std::size_t>(std::floor(tail * last))];
    found.upper = limits[static_cast<std::size_t>(std::ceil((1 - tail) * last))];
  }
  found.at = limit_performance_of(value, churned, found.limit, found.high, options.level);
  return found;
}

}  // namespace tenure::inline TENURE_ABI::alert
