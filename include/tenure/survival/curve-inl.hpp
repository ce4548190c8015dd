#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/numeric/distributions.hpp"
#include "tenure/survival/curve.hpp"
#include "tenure/survival/memory-inl.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

inline curve start_curve(event_table& table) {
  if (table.causes != 1) throw invalid_input("causes", "must be 1 for a survival curve; competing reasons have cumulative incidence", table.causes);
  curve c;
  c.n_risk = table.at_risk();
  c.time = std::move(table.time);
  c.n_event = std::move(table.events);
  c.n_censor = std::move(table.censored);
  resize_large(c.estimate, c.time.size());
  resize_large(c.variance, c.time.size());
  return c;
}

/// Index of the last time <= t, or -1.
inline std::ptrdiff_t last_at(const std::vector<double>& time, double t) { return std::upper_bound(time.begin(), time.end(), t) - time.begin() - 1; }

inline void check_time_argument(double t, std::size_t i) {
  if (!(t >= 0)) throw invalid_input("times", "must be >= 0", t, i);
}

}  // namespace detail

TENURE_INLINE void curve::check() const {
  const std::size_t n = time.size();
  for (const auto* column : {&n_risk, &n_event, &n_censor, &estimate, &variance})
    if (column->size() != n) throw bad_file("curve: columns of different lengths");
  for (std::size_t i = 0; i < n; ++i)
    if (!std::isfinite(time[i]) || std::isnan(estimate[i]) || (i > 0 && !(time[i] > time[i - 1])))
      throw bad_file("curve: times must ascend and values be numbers");
}

TENURE_INLINE void survival_curves::check() const {
  if (groups.size() != curves.size() || curves.empty()) throw bad_file("curves: one name a curve is needed");
}

TENURE_INLINE curve kaplan_meier(event_table table) {
  curve c = detail::start_curve(table);
  double survival = 1, greenwood = 0;
  for (std::size_t i = 0; i < c.time.size(); ++i) {
    const double n = c.n_risk[i], d = c.n_event[i];
    if (d > 0) {
      const double left = n - d;
      if (left > 1e-12 * n) {
        survival *= left / n;
        greenwood += d / (n * left);
      } else {
        survival = 0;
        greenwood = detail::infinity;
      }
    }
    c.estimate[i] = survival;
    c.variance[i] = greenwood;
  }
  return c;
}

TENURE_INLINE curve nelson_aalen(event_table table, hazard_ties ties) {
  const std::vector<double> rows = std::move(table.event_rows);
  curve c = detail::start_curve(table);
  double hazard = 0, variance = 0;
  for (std::size_t i = 0; i < c.time.size(); ++i) {
    const double n = c.n_risk[i], d = c.n_event[i];
    if (d > 0 && ties == hazard_ties::nelson_aalen) {
      hazard += d / n;
      variance += d / (n * n);
    } else if (d > 0) {
      const auto count = static_cast<std::size_t>(rows.empty() ? d : rows[i]);
      const double each = d / static_cast<double>(count);
      for (std::size_t k = 0; k < count; ++k) {
        const double left = n - static_cast<double>(k) * each;
        hazard += each / left;
        variance += each / (left * left);
      }
    }
    c.estimate[i] = hazard;
    c.variance[i] = variance;
  }
  return c;
}

TENURE_INLINE curve_limits survival_limits(const curve& km, interval_scale scale, double level, const execution& run) {
  const std::size_t n = km.time.size();
  const double z = numeric::two_sided_z(level);
  curve_limits out;
  for (auto* column : {&out.std_error, &out.lower, &out.upper})
    detail::resize_large(*column, n);
  parallel_chunks(chunking(n, 1 << 14), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const double s = km.estimate[i], width = z * std::sqrt(km.variance[i]);
      out.std_error[i] = s * std::sqrt(km.variance[i]);
      if (s <= 0) {
        out.std_error[i] = out.lower[i] = out.upper[i] = detail::not_a_number;
      } else if (i > begin && s == km.estimate[i - 1]) {
        out.lower[i] = out.lower[i - 1];
        out.upper[i] = out.upper[i - 1];
      } else if (s >= 1 && scale == interval_scale::log_log) {
        out.lower[i] = out.upper[i] = detail::not_a_number;
      } else if (scale == interval_scale::plain) {
        out.lower[i] = std::max(0.0, s - s * width);
        out.upper[i] = std::min(1.0, s + s * width);
      } else if (scale == interval_scale::log) {
        const double factor = std::exp(width);
        out.lower[i] = s / factor;
        out.upper[i] = std::min(1.0, s * factor);
      } else {
        const double log_s = std::log(s), factor = std::exp(width / log_s);
        out.lower[i] = std::exp(log_s / factor);
        out.upper[i] = std::exp(log_s * factor);
      }
    }
  });
  return out;
}

TENURE_INLINE curve_limits hazard_limits(const curve& na, interval_scale scale, double level) {
  const std::size_t n = na.time.size();
  const double z = numeric::two_sided_z(level);
  curve_limits out{std::vector<double>(n), std::vector<double>(n), std::vector<double>(n)};
  for (std::size_t i = 0; i < n; ++i) {
    const double h = na.estimate[i], se = std::sqrt(na.variance[i]);
    out.std_error[i] = se;
    if (scale == interval_scale::plain || h <= 0) {
      out.lower[i] = std::max(0.0, h - z * se);
      out.upper[i] = h + z * se;
    } else {
      out.lower[i] = h * std::exp(-z * se / h);
      out.upper[i] = h * std::exp(z * se / h);
    }
  }
  return out;
}

TENURE_INLINE std::vector<double> curve_at(const curve& c, const column_view<double>& times, double start) {
  std::vector<double> out(times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    detail::check_time_argument(times[i], i);
    const auto at = detail::last_at(c.time, times[i]);
    out[i] = at < 0 ? start : c.estimate[static_cast<std::size_t>(at)];
  }
  return out;
}

TENURE_INLINE std::vector<double> at_risk(const curve& c, const column_view<double>& times) {
  std::vector<double> out(times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    detail::check_time_argument(times[i], i);
    const auto next = std::lower_bound(c.time.begin(), c.time.end(), times[i]) - c.time.begin();
    out[i] = static_cast<std::size_t>(next) < c.time.size() ? c.n_risk[static_cast<std::size_t>(next)] : 0.0;
  }
  return out;
}

namespace detail {

/// The time of the value nearest below `level`: the first crossing where values only fall (limits after late entries may rise again).
inline double crossing_time(const std::vector<double>& time, const std::vector<double>& value, double level) {
  constexpr double tolerance = 1.4901161193847656e-08;
  const auto nearest_below = [&](double bound) {
    std::size_t best = time.size();
    for (std::size_t i = 0; i < time.size(); ++i)
      if (value[i] <= bound && (best == time.size() || value[i] > value[best])) best = i;
    return best;
  };
  const std::size_t first = nearest_below(level + tolerance);
  if (first == time.size()) return infinity;
  if (value[first] < level - tolerance) return time[first];
  const std::size_t next = nearest_below(level - tolerance);
  return next == time.size() ? time[first] : 0.5 * (time[first] + time[next]);
}

}  // namespace detail

TENURE_INLINE quantile_estimate survival_quantile(const curve& km, const curve_limits& limits, double p) {
  if (!(p > 0 && p < 1)) throw invalid_input("p", "must be in (0, 1)", p);
  return {p, detail::crossing_time(km.time, km.estimate, 1 - p), detail::crossing_time(km.time, limits.lower, 1 - p),
          detail::crossing_time(km.time, limits.upper, 1 - p)};
}

TENURE_INLINE mean_estimate restricted_mean(const curve& km, double tau) {
  if (!(tau > 0 && std::isfinite(tau))) throw invalid_input("tau", "must be > 0", tau);
  const auto last = detail::last_at(km.time, tau);
  double area = 0, variance = 0;  // area from the time at hand to tau, built from the right
  double right = tau;
  for (auto k = last; k >= 0; --k) {
    const auto i = static_cast<std::size_t>(k);
    area += km.estimate[i] * (right - km.time[i]);
    right = km.time[i];
    const double n = km.n_risk[i], d = km.n_event[i];
    if (d > 0 && n - d > 0) variance += area * area * d / (n * (n - d));
  }
  return {area + right, std::sqrt(variance)};
}

namespace detail {

template <class Make>
survival_curves fit_curves(const outcome& y, const numeric_column& group, const std::vector<std::string>& groups, const curve_options& options, bool hazard,
                           const execution& run, Make&& make) {
  validate(options);
  if (groups.empty()) throw invalid_input("groups", "must name at least one group");
  event_counts counts(groups.size());
  counts.add(y, group, run);
  survival_curves out{hazard, options.scale, options.level, groups, std::vector<curve>(groups.size())};
  std::vector<event_table> tables = std::move(counts).finish();
  parallel_for(groups.size(), run, [&](std::size_t g) { out.curves[g] = make(std::move(tables[g])); });
  return out;
}

}  // namespace detail

TENURE_INLINE survival_curves fit_kaplan_meier(const outcome& y, const numeric_column& group, const std::vector<std::string>& groups,
                                               const curve_options& options, const execution& run) {
  return detail::fit_curves(y, group, groups, options, false, run, [](event_table table) { return kaplan_meier(std::move(table)); });
}

TENURE_INLINE survival_curves fit_nelson_aalen(const outcome& y, const numeric_column& group, const std::vector<std::string>& groups,
                                               const curve_options& options, hazard_ties ties, const execution& run) {
  return detail::fit_curves(y, group, groups, options, true, run, [&](event_table table) { return nelson_aalen(std::move(table), ties); });
}

}  // namespace tenure::inline TENURE_ABI::survival
