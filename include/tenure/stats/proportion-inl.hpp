#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/numeric/distributions.hpp"
#include "tenure/stats/proportion.hpp"

namespace tenure::inline TENURE_ABI::stats {

namespace detail {

inline void check_level(double level) {
  constexpr bounds allowed = strictly_between(0, 1);
  if (!allowed.contains(level)) throw invalid_input("level", allowed.rule(), level);
}

inline void check_count(const char* name, double count) {
  if (!(count >= 0) || std::isinf(count)) throw invalid_input(name, "must be a finite count >= 0", count);
}

inline void check_proportion(const char* successes_name, double successes, const char* trials_name, double trials) {
  check_count(successes_name, successes);
  if (!(trials > 0) || std::isinf(trials)) throw invalid_input(trials_name, "must be a finite count > 0", trials);
  if (successes > trials) throw invalid_input(successes_name, std::string("must be <= ") + trials_name + " = " + format_number(trials), successes);
}

inline interval wilson(double x, double n, double z, double correction) {
  const double p = x / n, z2 = z * z, center = z2 / (2 * n), scale = 1 + z2 / n;
  const auto bound = [&](double side) {
    const double q = p + side * correction / n;
    return (q + center + side * z * std::sqrt(std::max(0.0, q * (1 - q) / n + z2 / (4 * n * n)))) / scale;
  };
  return {x == 0 ? 0.0 : std::max(0.0, bound(-1)), x == n ? 1.0 : std::min(1.0, bound(+1))};
}

inline interval beta_interval(double x, double n, double tail, double a, double b) {
  return {x + a > 0 ? numeric::beta_quantile(tail, x + a, n - x + b) : 0.0, n - x + a > 0 ? numeric::beta_quantile(1 - tail, x + b, n - x + a) : 1.0};
}

inline double upper_poisson(double count, double tail) { return 0.5 * numeric::chi_squared_quantile(1 - tail, 2 * count + 2); }
inline double lower_poisson(double count, double tail) { return count == 0 ? 0.0 : 0.5 * numeric::chi_squared_quantile(tail, 2 * count); }

/// Fisher's exact test: the chance of tables no likelier than the one observed, margins fixed.
inline double fisher_p(double observed, double row, double column, double total) {
  const double limit = numeric::hypergeometric_pmf(observed, column, row, total) * (1 + 1e-7);
  double p = 0;
  for (double k = std::max(0.0, row + column - total); k <= std::min(row, column); ++k) {
    const double chance = numeric::hypergeometric_pmf(k, column, row, total);
    if (chance <= limit) p += chance;
  }
  return std::min(1.0, p);
}

}  // namespace detail

namespace detail {

/// x of n, checked; z and tail belong to the level.
inline interval proportion_interval(double x, double n, double z, double tail, proportion_method method) {
  const double p = x / n;
  switch (method) {
    case proportion_method::wilson:
      return wilson(x, n, z, 0);
    case proportion_method::wilson_continuity:
      return wilson(x, n, z, std::min(0.5, std::abs(x - n / 2)));
    case proportion_method::clopper_pearson:
      return beta_interval(x, n, tail, 0, 1);
    case proportion_method::jeffreys: {
      const auto ci = beta_interval(x, n, tail, 0.5, 0.5);
      return {x == 0 ? 0.0 : ci.lower, x == n ? 1.0 : ci.upper};
    }
    case proportion_method::jeffreys_unmodified:
      return beta_interval(x, n, tail, 0.5, 0.5);
    case proportion_method::agresti_coull: {
      const double size = n + z * z, center = (x + z * z / 2) / size, half = z * std::sqrt(center * (1 - center) / size);
      return {center - half, center + half};
    }
    default: {
      const double half = z * std::sqrt(p * (1 - p) / n);
      return {p - half, p + half};
    }
  }
}

}  // namespace detail

TENURE_INLINE interval proportion_ci(double successes, double trials, double level, proportion_method method) {
  detail::check_level(level);
  detail::check_proportion("successes", successes, "trials", trials);
  return detail::proportion_interval(successes, trials, numeric::two_sided_z(level), (1 - level) / 2, method);
}

TENURE_INLINE interval_columns proportion_ci(column_view<double> successes, column_view<double> trials, double level, proportion_method method) {
  detail::check_level(level);
  const std::size_t size = successes.size();
  if (trials.size() != size) throw invalid_input("trials", "must have one count for each of successes");
  const double z = numeric::two_sided_z(level), tail = (1 - level) / 2;
  interval_columns all{std::vector<double>(size), std::vector<double>(size)};
  for (std::size_t i = 0; i < size; ++i) {
    const double x = successes[i], n = trials[i];
    if (!(n > 0) || std::isinf(n)) throw invalid_input("trials", "must be a finite count > 0", n, i);
    if (!(x >= 0 && x <= n)) throw invalid_input("successes", "must be in [0, trials = " + format_number(n) + "]", x, i);
    const auto ci = detail::proportion_interval(x, n, z, tail, method);
    all.lower[i] = ci.lower;
    all.upper[i] = ci.upper;
  }
  return all;
}

TENURE_INLINE interval poisson_ci(double count, double exposure, double level) {
  detail::check_level(level);
  detail::check_count("count", count);
  if (!(exposure > 0) || std::isinf(exposure)) throw invalid_input("exposure", "must be finite and > 0", exposure);
  const double tail = (1 - level) / 2;
  return {detail::lower_poisson(count, tail) / exposure, detail::upper_poisson(count, tail) / exposure};
}

TENURE_INLINE interval weighted_poisson_ci(double sum, double variance, double largest_weight, double level) {
  detail::check_level(level);
  detail::check_count("sum", sum);
  detail::check_count("variance", variance);
  if (!(largest_weight > 0) || std::isinf(largest_weight)) throw invalid_input("largest_weight", "must be finite and > 0", largest_weight);
  const double tail = (1 - level) / 2, w = largest_weight, v = variance + w * w, y = sum + w;
  const double lower = sum == 0 ? 0.0 : variance / (2 * sum) * numeric::chi_squared_quantile(tail, 2 * sum * sum / variance);
  return {lower, v / (2 * y) * numeric::chi_squared_quantile(1 - tail, 2 * y * y / v)};
}

TENURE_INLINE interval difference_ci(double successes1, double trials1, double successes2, double trials2, double level) {
  detail::check_level(level);
  detail::check_proportion("successes1", successes1, "trials1", trials1);
  detail::check_proportion("successes2", successes2, "trials2", trials2);
  const double z = numeric::two_sided_z(level), p1 = successes1 / trials1, p2 = successes2 / trials2;
  const auto a = detail::wilson(successes1, trials1, z, 0), b = detail::wilson(successes2, trials2, z, 0);
  return {p1 - p2 - std::hypot(p1 - a.lower, b.upper - p2), p1 - p2 + std::hypot(a.upper - p1, p2 - b.lower)};
}

TENURE_INLINE double difference_p(double successes1, double trials1, double successes2, double trials2) {
  detail::check_proportion("successes1", successes1, "trials1", trials1);
  detail::check_proportion("successes2", successes2, "trials2", trials2);
  const double total = trials1 + trials2, successes = successes1 + successes2, failures = total - successes;
  if (successes == 0 || failures == 0) return std::numeric_limits<double>::quiet_NaN();
  // The rarer outcome in the smaller sample: the cell with the smallest expectation.
  const bool first = trials1 <= trials2, success = successes <= failures;
  const double row = first ? trials1 : trials2, column = success ? successes : failures;
  const double in_row = first ? successes1 : successes2, observed = success ? in_row : row - in_row;
  const bool whole = row == std::floor(row) && column == std::floor(column) && observed == std::floor(observed) && total == std::floor(total);
  if (whole && row * column / total < 5) return detail::fisher_p(observed, row, column, total);
  const double gap = successes1 / trials1 - successes2 / trials2, p = successes / total;
  return numeric::two_sided_p(gap / std::sqrt(p * (1 - p) * (1 / trials1 + 1 / trials2)));
}

TENURE_INLINE interval ratio_ci(double successes1, double trials1, double successes2, double trials2, double level) {
  detail::check_level(level);
  detail::check_proportion("successes1", successes1, "trials1", trials1);
  detail::check_proportion("successes2", successes2, "trials2", trials2);
  if (successes1 == 0 || successes2 == 0) return {0.0, std::numeric_limits<double>::infinity()};
  const double ratio = (successes1 / trials1) / (successes2 / trials2);
  const double half = numeric::two_sided_z(level) * std::sqrt(1 / successes1 - 1 / trials1 + 1 / successes2 - 1 / trials2);
  return {ratio * std::exp(-half), ratio * std::exp(half)};
}

TENURE_INLINE interval poisson_ratio_ci(double count1, double count2, double level) {
  detail::check_level(level);
  detail::check_count("count1", count1);
  detail::check_count("count2", count2);
  constexpr double inf = std::numeric_limits<double>::infinity();
  if (count1 + count2 == 0) return {0.0, inf};
  const auto share = detail::beta_interval(count1, count1 + count2, (1 - level) / 2, 0, 1);
  return {share.lower / (1 - share.lower), share.upper < 1 ? share.upper / (1 - share.upper) : inf};
}

}  // namespace tenure::inline TENURE_ABI::stats
