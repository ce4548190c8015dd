#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "tenure/numeric/distributions.hpp"
#include "tenure/survival/curve-inl.hpp"
#include "tenure/survival/rmst.hpp"

namespace tenure::inline TENURE_ABI::survival {

TENURE_INLINE double common_horizon(const std::vector<curve>& curves) {
  double least = detail::infinity;
  for (const curve& c : curves)
    least = std::min(least, c.time.empty() ? 0.0 : c.time.back());
  return least;
}

TENURE_INLINE rmst_comparison compare_restricted_means(const std::vector<curve>& curves, double tau, std::size_t reference) {
  const std::size_t k = curves.size();
  if (k < 2) throw invalid_input("curves", "must be at least two", static_cast<double>(k));
  if (reference >= k) throw invalid_input("reference", "must be below the number of curves", static_cast<double>(reference));
  if (!(tau > 0 && std::isfinite(tau))) throw invalid_input("tau", "must be finite and > 0", tau);
  rmst_comparison out{.tau = tau, .mean = {}, .contrasts = {}, .statistic = 0, .dof = 0, .p_value = 1};
  double precision = 0, weighted = 0;
  for (std::size_t g = 0; g < k; ++g) {
    if (curves[g].time.back() < tau && curves[g].estimate.back() > 0)
      throw invalid_input("tau", "must not pass the last time of a group that has not left entirely (" + format_number(curves[g].time.back()) + ")", tau);
    out.mean.push_back(restricted_mean(curves[g], tau));
    const double variance = out.mean[g].std_error * out.mean[g].std_error;
    if (!(variance > 0)) throw invalid_input("tau", "must pass an event of every group", tau);
    precision += 1 / variance;
    weighted += out.mean[g].value / variance;
  }
  const auto of = [&](std::size_t g) { return out.mean[g]; };
  for (std::size_t g = 0; g < k; ++g) {
    // independent groups: the chi-squared of all differences is the weighted spread around the weighted mean
    out.statistic += std::pow((of(g).value - weighted / precision) / of(g).std_error, 2);
    if (g == reference) continue;
    const mean_estimate a = of(g), b = of(reference);
    rmst_contrast c{.group = g};
    c.difference = a.value - b.value;
    c.difference_std_error = std::hypot(a.std_error, b.std_error);
    c.difference_p_value = numeric::two_sided_p(c.difference / c.difference_std_error);
    c.ratio = a.value / b.value;
    c.log_ratio_std_error = std::hypot(a.std_error / a.value, b.std_error / b.value);
    c.ratio_p_value = numeric::two_sided_p(std::log(c.ratio) / c.log_ratio_std_error);
    out.contrasts.push_back(c);
  }
  out.dof = static_cast<int>(k) - 1;
  out.p_value = numeric::chi_squared_sf(out.statistic, out.dof);
  return out;
}

}  // namespace tenure::inline TENURE_ABI::survival
