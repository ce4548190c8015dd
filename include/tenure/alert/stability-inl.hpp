#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "tenure/alert/stability.hpp"
#include "tenure/numeric/distributions.hpp"

namespace tenure::inline TENURE_ABI::alert {

namespace detail {

inline double total_of(const std::vector<double>& counts, const char* name) {
  double sum = 0;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    if (!(counts[k] >= 0) || std::isinf(counts[k])) throw invalid_input(name, "must be finite counts >= 0", counts[k], k);
    sum += counts[k];
  }
  if (!(sum > 0)) throw invalid_input(name, "must have values");
  return sum;
}

/// The values that are there, in order.
inline std::vector<double> known_sorted(numeric_column x, const char* name) {
  std::vector<double> values;
  values.reserve(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = x[i];
    if (std::isinf(v)) throw invalid_input(name, "must not be infinite", v, i);
    if (!std::isnan(v)) values.push_back(v);
  }
  std::sort(values.begin(), values.end());
  return values;
}

/// Inner borders between the quantiles k / bins (type 7), each once.
inline std::vector<double> quantile_borders(const std::vector<double>& sorted, int bins) {
  std::vector<double> edges;
  for (int k = 0; k <= bins && !sorted.empty(); ++k) {
    const double at = static_cast<double>(sorted.size() - 1) * k / bins;
    const auto i = static_cast<std::size_t>(at);
    const double edge = sorted[i] + (at - static_cast<double>(i)) * (sorted[std::min(i + 1, sorted.size() - 1)] - sorted[i]);
    if (edges.empty() || edge > edges.back()) edges.push_back(edge);
  }
  if (edges.size() == 1) return {std::nextafter(edges[0], -std::numeric_limits<double>::infinity()), edges[0]};  // below, equal to and above the one value
  if (edges.empty()) return edges;
  return {edges.begin() + (edges.size() > 2), edges.end() - 1};
}

}  // namespace detail

TENURE_INLINE stability_result population_stability_index(const std::vector<double>& expected, const std::vector<double>& actual,
                                                          const stability_options& options) {
  validate(options);
  if (expected.empty() || actual.size() != expected.size()) throw invalid_input("actual", "must have one count a category, as many as expected");
  stability_result r;
  r.n_expected = detail::total_of(expected, "expected");
  r.n_actual = detail::total_of(actual, "actual");
  r.expected = expected, r.actual = actual;
  r.least_expected = std::numeric_limits<double>::infinity();
  double n = 0, m = 0;
  for (std::size_t k = 0; k < expected.size(); ++k) {
    if (expected[k] == 0 && actual[k] == 0) continue;
    ++r.dof;
    r.least_expected = std::min(r.least_expected, (expected[k] + actual[k]) * r.n_actual / (r.n_expected + r.n_actual));
    for (auto* count : {&r.expected[k], &r.actual[k]})
      if (*count == 0) *count = 0.5, ++r.corrected;
    n += r.expected[k], m += r.actual[k];
  }
  --r.dof;
  for (std::size_t k = 0; k < expected.size(); ++k) {
    r.expected[k] /= n, r.actual[k] /= m;
    r.contribution.push_back(r.expected[k] == 0 ? 0 : (r.actual[k] - r.expected[k]) * std::log(r.actual[k] / r.expected[k]));
    r.psi += r.contribution[k];
  }
  if (r.dof > 0) {
    const double scale = 1 / r.n_expected + 1 / r.n_actual;
    r.bound = scale * numeric::chi_squared_quantile(options.level, r.dof);
    r.p_value = numeric::chi_squared_sf(r.psi / scale, r.dof);
  }
  return r;
}

TENURE_INLINE stability_result population_stability_index(numeric_column expected, numeric_column actual, const stability_options& options) {
  validate(options);
  const auto base = detail::known_sorted(expected, "expected"), now = detail::known_sorted(actual, "actual");
  std::vector<double> borders = detail::quantile_borders(base, options.bins);
  const auto missing = [](numeric_column x, const std::vector<double>& known) { return static_cast<double>(x.size() - known.size()); };
  const double gone_before = missing(expected, base), gone_now = missing(actual, now);
  const auto count = [&](const std::vector<double>& values, double gone) {
    std::vector<double> counts(borders.size() + 1);
    for (const double v : values)
      ++counts[static_cast<std::size_t>(std::lower_bound(borders.begin(), borders.end(), v) - borders.begin())];
    if (gone_before + gone_now > 0) counts.push_back(gone);
    return counts;
  };
  auto r = population_stability_index(count(base, gone_before), count(now, gone_now), options);
  r.borders = std::move(borders);
  r.missing_expected = gone_before, r.missing_actual = gone_now;
  return r;
}

}  // namespace tenure::inline TENURE_ABI::alert
