#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "tenure/survival/outcome-inl.hpp"
#include "tenure/survival/turnbull.hpp"
#include "tenure/survival/turnbull_solver-inl.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

struct interval_row {
  double lower, upper, weight;
  bool closed;  // lower belongs to the interval
};

inline std::vector<interval_row> load_intervals(const interval_outcome& y) {
  const std::size_t n = y.lower.size();
  if (n == 0) throw invalid_input("lower", "has no rows");
  if (y.upper.size() != n)
    throw invalid_input("upper", "must have one value a row of lower (" + std::to_string(n) + "), has " + std::to_string(y.upper.size()));
  if (!y.weight.empty() && y.weight.size() != n)
    throw invalid_input("weight", "must have one value a row of lower (" + std::to_string(n) + "), has " + std::to_string(y.weight.size()));
  if (!y.entry.empty()) throw not_supported("an interval-censored curve of late entries: fit_aft takes them");
  const std::vector<double> lower = to_doubles(y.lower), upper = to_doubles(y.upper), weight = to_doubles(y.weight);
  std::vector<interval_row> rows(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double low = std::isnan(lower[i]) ? 0 : lower[i], high = std::isnan(upper[i]) ? infinity : upper[i];
    if (!(low >= 0 && std::isfinite(low))) throw invalid_input("lower", "must be finite and >= 0, or missing", low, i);
    if (!(high >= low)) throw invalid_input("upper", "must be at least lower (" + format_number(low) + ")", high, i);
    const double w = weight.empty() ? 1.0 : weight[i];
    if (!(w >= 0 && std::isfinite(w))) throw invalid_input("weight", "must be finite and >= 0", w, i);
    rows[i] = {low, high, w, std::isnan(lower[i]) || low == high};
  }
  return rows;
}

/// Ends of intervals in the order in which they lie on the line: a closed start at t, an end at t, an open start at t.
struct interval_end {
  double time;
  std::uint8_t order;  // 0 closed start, 1 end, 2 open start
  bool operator<(const interval_end& other) const { return time < other.time || (time == other.time && order < other.order); }
  bool operator==(const interval_end& other) const { return time == other.time && order == other.order; }
};

inline turnbull_curve turnbull_of(const std::vector<interval_row>& rows, const turnbull_options& options, const execution& run) {
  std::vector<interval_end> starts, ends;
  const auto start_of = [](const interval_row& r) { return interval_end{r.lower, static_cast<std::uint8_t>(r.closed ? 0 : 2)}; };
  for (const interval_row& r : rows) {
    starts.push_back(start_of(r));
    ends.push_back({r.upper, 1});
  }
  for (auto* list : {&starts, &ends}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  // the cells that can carry mass: a start followed at once by an end
  std::vector<interval_end> from;
  std::vector<double> to;
  for (std::size_t s = 0, e = 0; s < starts.size(); ++s) {
    while (e < ends.size() && ends[e] < starts[s])
      ++e;
    if (s + 1 < starts.size() && starts[s + 1] < ends[e]) continue;
    from.push_back(starts[s]);
    to.push_back(ends[e].time);
  }
  std::vector<range_likelihood::row> ranges;
  for (const interval_row& r : rows) {
    const auto first = std::lower_bound(from.begin(), from.end(), start_of(r)) - from.begin();
    const auto last = std::upper_bound(to.begin(), to.end(), r.upper) - to.begin() - 1;
    ranges.push_back({static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last), r.weight});
  }
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.first != b.first ? a.first < b.first : a.last < b.last; });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].first == ranges[kept].first && ranges[i].last == ranges[kept].last)
      ranges[kept].weight += ranges[i].weight;
    else
      ranges[++kept] = ranges[i];
  }
  ranges.resize(kept + 1);

  turnbull_curve curve;
  range_likelihood likelihood(std::move(ranges), from.size());
  for (int k = 0; k < 5; ++k)
    likelihood.self_consistency();
  int stalled = 0;  // rounds without a better gap: rounding allows no more
  for (double best = infinity; (curve.gap = likelihood.gap()) > options.tolerance && curve.iterations < options.max_iterations && stalled < 20;
       ++curve.iterations) {
    stalled = curve.gap < best ? 0 : stalled + 1;
    best = std::min(best, curve.gap);
    likelihood.convex_minorant();
    likelihood.self_consistency();
    likelihood.newton();
    likelihood.refill();
    run.report(std::min(0.9, curve.iterations / 50.0));
  }
  curve.converged = curve.gap <= options.tolerance;
  curve.log_likelihood = likelihood.log_likelihood();
  curve.rows = likelihood.total();
  double gone = 0;
  for (std::size_t j = 0; j < from.size(); ++j) {
    const double mass = likelihood.mass()[j];
    if (!(mass > 0)) continue;
    curve.begin.push_back(from[j].time);
    curve.end.push_back(to[j]);
    curve.mass.push_back(mass);
    gone += mass;
    curve.survival.push_back(std::max(0.0, 1 - gone));
  }
  curve.survival.back() = 0;
  return curve;
}

}  // namespace detail

TENURE_INLINE turnbull_curves fit_turnbull(const interval_outcome& y, const numeric_column& group, const std::vector<std::string>& groups,
                                           const turnbull_options& options, const execution& run) {
  validate(options);
  if (groups.empty()) throw invalid_input("groups", "must name at least one group");
  const std::vector<detail::interval_row> rows = detail::load_intervals(y);
  const std::vector<std::uint32_t> codes = detail::to_codes(group, "group", rows.size());
  std::vector<std::vector<detail::interval_row>> parts(groups.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t g = codes.empty() ? 0 : codes[i];
    if (g >= groups.size()) throw invalid_input("group", "must be below the number of groups", static_cast<double>(g), i);
    if (rows[i].weight > 0) parts[g].push_back(rows[i]);
  }
  turnbull_curves out{groups, std::vector<turnbull_curve>(groups.size())};
  for (std::size_t g = 0; g < groups.size(); ++g)
    if (parts[g].empty()) throw invalid_input("group", "'" + groups[g] + "' has no row of positive weight");
  for (std::size_t g = 0; g < groups.size(); ++g)
    out.curves[g] = detail::turnbull_of(parts[g], options, run);
  return out;
}

TENURE_INLINE std::vector<double> survival_at(const turnbull_curve& curve, const column_view<double>& times) {
  std::vector<double> out(times.size());
  for (std::size_t k = 0; k < times.size(); ++k) {
    if (!(times[k] >= 0)) throw invalid_input("times", "must be >= 0", times[k], k);
    const auto passed = std::upper_bound(curve.end.begin(), curve.end.end(), times[k]) - curve.end.begin();
    out[k] = passed == 0 ? 1.0 : curve.survival[static_cast<std::size_t>(passed) - 1];
  }
  return out;
}

TENURE_INLINE turnbull_quantile survival_quantile(const turnbull_curve& curve, double p) {
  if (!(p > 0 && p < 1)) throw invalid_input("p", "must be in (0, 1)", p);
  for (std::size_t j = 0; j < curve.mass.size(); ++j)
    if (curve.survival[j] <= (1 - p) * (1 + 1e-12)) return {curve.begin[j], curve.end[j]};
  return {detail::infinity, detail::infinity};
}

TENURE_INLINE void turnbull_curve::check() const {
  const std::size_t m = begin.size();
  if (m == 0 || end.size() != m || mass.size() != m || survival.size() != m) throw bad_file("turnbull: columns of different lengths");
  for (std::size_t j = 0; j < m; ++j)
    if (!(begin[j] >= 0 && end[j] >= begin[j]) || (j > 0 && !(begin[j] >= end[j - 1])) || !(survival[j] >= 0 && survival[j] <= 1))
      throw bad_file("turnbull: intervals must ascend");
}

TENURE_INLINE void turnbull_curves::check() const {
  if (groups.size() != curves.size() || curves.empty()) throw bad_file("turnbull: one name a curve is needed");
  for (const auto& c : curves)
    c.check();
}

}  // namespace tenure::inline TENURE_ABI::survival
