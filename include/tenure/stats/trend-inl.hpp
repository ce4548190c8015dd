#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "tenure/numeric/distributions.hpp"
#include "tenure/stats/kendall-inl.hpp"
#include "tenure/stats/trend.hpp"

namespace tenure::inline TENURE_ABI::stats {

namespace detail {

/// The k-th smallest (k counted from 1) of numbers in any order, as `select` leaves them; NaN outside.
inline double kth(std::vector<double>& x, double k) {
  if (k < 1 || k > static_cast<double>(x.size())) return std::numeric_limits<double>::quiet_NaN();
  const auto at = x.begin() + static_cast<std::ptrdiff_t>(k) - 1;
  std::nth_element(x.begin(), at, x.end());
  return *at;
}

inline double median(std::vector<double>& x) {
  const auto n = static_cast<double>(x.size());
  return 0.5 * (kth(x, std::floor((n + 1) / 2)) + kth(x, std::ceil((n + 1) / 2)));
}

}  // namespace detail

TENURE_INLINE trend_result trend_test(numeric_column values, numeric_column time, double level) {
  if (!time.empty() && time.size() != values.size()) throw invalid_input("time", "must have as many values as values");
  if (!strictly_between(0, 1).contains(level)) throw invalid_input("level", strictly_between(0, 1).rule(), level);
  std::vector<double> y, t;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double v = values[i], at = time.empty() ? static_cast<double>(i) : time[i];
    if (std::isinf(v)) throw invalid_input("values", "must be finite or missing", v, i);
    if (!std::isfinite(at)) throw invalid_input("time", "must be finite", at, i);
    if (std::isnan(v)) continue;
    y.push_back(v);
    t.push_back(at);
  }
  const std::size_t n = y.size();
  if (n < 3) throw invalid_input("values", "must have at least 3 values that are present", static_cast<double>(n));
  if (n > 10000) throw not_supported("trend_test: more than 10,000 values; add them up over longer periods");
  const auto k = detail::count_kendall(detail::dense_ranks::of(t), detail::dense_ranks::of(y));
  if (k.ties_x > 0) throw invalid_input("time", "must not repeat a time");
  trend_result r;
  r.n = n;
  r.score = k.score;
  const double m = static_cast<double>(n);
  r.variance = (m * (m - 1) * (2 * m + 5) - k.cubic_y) / 18;
  r.statistic = r.variance > 0 ? (r.score - (r.score > 0) + (r.score < 0)) / std::sqrt(r.variance) : 0;
  r.p_value = numeric::two_sided_p(r.statistic);
  r.tau = k.tau_b();
  std::vector<double> slopes;
  slopes.reserve(n * (n - 1) / 2);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i + 1; j < n; ++j)
      slopes.push_back((y[j] - y[i]) / (t[j] - t[i]));
  const double pairs = static_cast<double>(slopes.size()), reach = numeric::two_sided_z(level) * std::sqrt(r.variance);
  r.slope = detail::median(slopes);
  r.lower = detail::kth(slopes, std::floor((pairs - reach) / 2));
  r.upper = detail::kth(slopes, std::ceil((pairs + reach) / 2) + 1);
  for (std::size_t i = 0; i < n; ++i)
    y[i] -= r.slope * t[i];
  r.intercept = detail::median(y);
  return r;
}

}  // namespace tenure::inline TENURE_ABI::stats
