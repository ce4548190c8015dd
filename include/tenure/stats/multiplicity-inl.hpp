#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/numeric/sort.hpp"
#include "tenure/stats/multiplicity.hpp"

namespace tenure::inline TENURE_ABI::stats {

namespace detail {

/// Hommel's adjustment of ascending p-values (Wright 1992, appendix).
inline std::vector<double> hommel(const std::vector<double>& p) {
  const std::size_t n = p.size();
  std::vector<double> adjusted(n, 1.0), q(n);
  double simes = 1;
  for (std::size_t i = 0; i < n; ++i)
    simes = std::min(simes, static_cast<double>(n) * p[i] / static_cast<double>(i + 1));
  adjusted.assign(n, simes);
  for (std::size_t m = n; m-- > 2;) {
    const auto size = static_cast<double>(m);
    const std::size_t split = n - m + 1;
    double smallest = 1;
    for (std::size_t i = split; i < n; ++i)
      smallest = std::min(smallest, size * p[i] / static_cast<double>(i - split + 2));
    for (std::size_t i = 0; i < split; ++i)
      q[i] = std::min(size * p[i], smallest);
    for (std::size_t i = split; i < n; ++i)
      q[i] = q[split - 1];
    for (std::size_t i = 0; i < n; ++i)
      adjusted[i] = std::max(adjusted[i], q[i]);
  }
  for (std::size_t i = 0; i < n; ++i)
    adjusted[i] = std::max(adjusted[i], p[i]);
  return adjusted;
}

/// Adjusts ascending p-values.
inline std::vector<double> adjust_sorted(const std::vector<double>& p, p_adjustment method) {
  const std::size_t count = p.size();
  const auto n = static_cast<double>(count);
  std::vector<double> adjusted(count);
  const auto rank = [](std::size_t i) { return static_cast<double>(i + 1); };
  const auto step_up = [&](auto factor) {
    double least = 1;
    for (std::size_t i = count; i-- > 0;)
      adjusted[i] = least = std::min(least, factor(i) * p[i]);
  };
  switch (method) {
    case p_adjustment::bonferroni:
      for (std::size_t i = 0; i < count; ++i)
        adjusted[i] = std::min(1.0, n * p[i]);
      break;
    case p_adjustment::holm: {
      double most = 0;
      for (std::size_t i = 0; i < count; ++i)
        adjusted[i] = most = std::max(most, std::min(1.0, (n - rank(i) + 1) * p[i]));
      break;
    }
    case p_adjustment::hochberg:
      step_up([&](std::size_t i) { return n - rank(i) + 1; });
      break;
    case p_adjustment::hommel:
      return hommel(p);
    case p_adjustment::bh:
      step_up([&](std::size_t i) { return n / rank(i); });
      break;
    case p_adjustment::by: {
      double harmonic = 0;
      for (std::size_t i = 0; i < count; ++i)
        harmonic += 1 / rank(i);
      step_up([&](std::size_t i) { return harmonic * n / rank(i); });
      break;
    }
  }
  return adjusted;
}

}  // namespace detail

TENURE_INLINE std::vector<double> adjust_p(column_view<double> p, p_adjustment method) {
  for (std::size_t i = 0; i < p.size(); ++i)
    if (p[i] < 0 || p[i] > 1) throw invalid_input("p", "must be in [0, 1]", p[i], i);
  const auto order = numeric::sort_order(p);
  std::vector<double> sorted;
  for (const auto i : order)
    if (!std::isnan(p[i])) sorted.push_back(p[i]);
  const auto adjusted = detail::adjust_sorted(sorted, method);
  std::vector<double> result(p.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < adjusted.size(); ++i)
    result[order[i]] = adjusted[i];
  return result;
}

}  // namespace tenure::inline TENURE_ABI::stats
