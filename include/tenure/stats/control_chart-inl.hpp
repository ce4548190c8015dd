#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/stats/control_chart.hpp"

namespace tenure::inline TENURE_ABI::stats {

namespace detail {

inline double mean_moving_range(const std::vector<double>& x, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 1; i < n; ++i)
    sum += std::abs(x[i] - x[i - 1]);
  return sum / static_cast<double>(n - 1) / 1.128;
}

inline void mark_signals(control_chart_result& c) {
  for (std::size_t i = 0; i < c.value.size(); ++i) {
    const bool falls = !c.fall.empty() && c.fall[i] > c.upper[i];
    c.signal.push_back(c.value[i] < c.lower[i] || c.value[i] > c.upper[i] || falls);
  }
}

inline control_chart_result proportion_chart(const std::vector<double>& counts, numeric_column totals, std::size_t baseline, const chart_options& o) {
  const std::size_t n = counts.size();
  control_chart_result c;
  double events = 0, all = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double total = totals[i];
    if (!(total > 0) || std::isinf(total)) throw invalid_input("totals", "must be finite and > 0", total, i);
    if (!(counts[i] >= 0 && counts[i] <= total)) throw invalid_input("values", "must be counts in [0, totals]", counts[i], i);
    if (i < baseline) events += counts[i], all += total;
  }
  c.centre = events / all;
  const double spread = std::sqrt(c.centre * (1 - c.centre));
  c.sigma = 1;
  if (o.kind == chart_kind::laney) {
    if (!(spread > 0)) throw invalid_input("values", "the baseline has no events or nothing else, so Laney's chart has no spread");
    std::vector<double> z(baseline);
    for (std::size_t i = 0; i < baseline; ++i)
      z[i] = (counts[i] / totals[i] - c.centre) / (spread / std::sqrt(totals[i]));
    c.sigma = mean_moving_range(z, baseline);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const double half = o.width * c.sigma * spread / std::sqrt(totals[i]);
    c.value.push_back(counts[i] / totals[i]);
    c.lower.push_back(std::max(0.0, c.centre - half));
    c.upper.push_back(std::min(1.0, c.centre + half));
  }
  return c;
}

inline control_chart_result value_chart(const std::vector<double>& x, std::size_t baseline, const chart_options& o) {
  control_chart_result c;
  const auto m = static_cast<double>(baseline);
  for (std::size_t i = 0; i < baseline; ++i)
    c.centre += x[i] / m;
  double squares = 0;
  for (std::size_t i = 0; i < baseline; ++i)
    squares += (x[i] - c.centre) * (x[i] - c.centre);
  c.sigma = o.kind == chart_kind::individuals ? mean_moving_range(x, baseline) : std::sqrt(squares / (m - 1));
  if (!(c.sigma > 0)) throw invalid_input("values", "the baseline does not vary, so there are no limits");
  double average = c.centre, rise = 0, fall = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (o.kind == chart_kind::cusum) {
      const double z = (x[i] - c.centre) / c.sigma;
      rise = std::max(0.0, rise + z - o.slack);
      fall = std::max(0.0, fall - z - o.slack);
      c.value.push_back(rise);
      c.fall.push_back(fall);
      c.lower.push_back(0);
      c.upper.push_back(o.decision);
      continue;
    }
    double half = o.width * c.sigma;
    if (o.kind == chart_kind::ewma) {
      average = o.weight * x[i] + (1 - o.weight) * average;
      half *= std::sqrt(o.weight / (2 - o.weight) * (1 - std::pow(1 - o.weight, 2 * static_cast<double>(i + 1))));
    }
    c.value.push_back(o.kind == chart_kind::ewma ? average : x[i]);
    c.lower.push_back(c.centre - half);
    c.upper.push_back(c.centre + half);
  }
  return c;
}

}  // namespace detail

TENURE_INLINE control_chart_result control_chart(numeric_column values, numeric_column totals, const chart_options& options) {
  validate(options);
  const bool proportions = options.kind == chart_kind::p || options.kind == chart_kind::laney;
  if (proportions && totals.size() != values.size()) throw invalid_input("totals", "must have one value a point");
  if (!proportions && !totals.empty()) throw invalid_input("totals", "must not be given for a chart of values");
  std::vector<double> x;
  for (std::size_t i = 0; i < values.size(); ++i) {
    x.push_back(values[i]);
    if (!std::isfinite(x[i])) throw invalid_input("values", "must be finite", x[i], i);
  }
  const std::size_t baseline = options.baseline > 0 ? static_cast<std::size_t>(options.baseline) : x.size();
  if (baseline > x.size()) throw invalid_input("baseline", "must be at most the number of points", options.baseline);
  if (baseline < 2) throw invalid_input("baseline", "must hold at least 2 points", static_cast<double>(baseline));
  auto chart = proportions ? detail::proportion_chart(x, totals, baseline, options) : detail::value_chart(x, baseline, options);
  detail::mark_signals(chart);
  return chart;
}

}  // namespace tenure::inline TENURE_ABI::stats
