#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "tenure/numeric/distributions.hpp"
#include "tenure/stats/groups-inl.hpp"
#include "tenure/stats/stability.hpp"

namespace tenure::inline TENURE_ABI::stats {

TENURE_INLINE stability_result population_stability(const std::vector<double>& expected, const std::vector<double>& actual, double level) {
  if (expected.empty() || actual.size() != expected.size()) throw invalid_input("actual", "must have one count a level, as many as expected");
  if (!strictly_between(0, 1).contains(level)) throw invalid_input("level", strictly_between(0, 1).rule(), level);
  stability_result r;
  const auto total = [](const std::vector<double>& counts, const char* name) {
    double sum = 0;
    for (std::size_t k = 0; k < counts.size(); ++k) {
      if (!(counts[k] >= 0) || std::isinf(counts[k])) throw invalid_input(name, "must be finite counts >= 0", counts[k], k);
      sum += counts[k];
    }
    if (!(sum > 0)) throw invalid_input(name, "must have values");
    return sum;
  };
  r.n_expected = total(expected, "expected");
  r.n_actual = total(actual, "actual");
  constexpr double least = 1e-4;
  for (std::size_t k = 0; k < expected.size(); ++k) {
    r.expected.push_back(std::max(least, expected[k] / r.n_expected));
    r.actual.push_back(std::max(least, actual[k] / r.n_actual));
    r.psi += (r.actual[k] - r.expected[k]) * std::log(r.actual[k] / r.expected[k]);
  }
  if (expected.size() > 1) r.bound = (1 / r.n_expected + 1 / r.n_actual) * numeric::chi_squared_quantile(level, static_cast<double>(expected.size() - 1));
  return r;
}

TENURE_INLINE stability_result population_stability(numeric_column expected, numeric_column actual, int bins, double level) {
  if (bins < 2 || bins > 1000) throw invalid_input("bins", "must be in [2, 1000]", bins);
  auto base = detail::present(expected, "expected", 1);
  const auto now = detail::present(actual, "actual", 1);
  std::sort(base.begin(), base.end());
  std::vector<double> edges;
  for (int k = 0; k <= bins; ++k) {
    const double at = static_cast<double>(base.size() - 1) * k / bins;
    const auto i = static_cast<std::size_t>(at);
    const double edge = base[i] + (at - static_cast<double>(i)) * (base[std::min(i + 1, base.size() - 1)] - base[i]);
    if (edges.empty() || edge > edges.back()) edges.push_back(edge);
  }
  std::vector<double> borders;
  if (edges.size() > 2) borders.assign(edges.begin() + 1, edges.end() - 1);
  const auto count = [&](const std::vector<double>& values) {
    std::vector<double> counts(borders.size() + 1);
    for (const double v : values)
      ++counts[static_cast<std::size_t>(std::lower_bound(borders.begin(), borders.end(), v) - borders.begin())];
    return counts;
  };
  auto r = population_stability(count(base), count(now), level);
  r.borders = std::move(borders);
  return r;
}

}  // namespace tenure::inline TENURE_ABI::stats
