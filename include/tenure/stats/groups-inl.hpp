#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "tenure/numeric/distributions.hpp"
#include "tenure/numeric/sort.hpp"
#include "tenure/stats/contingency-inl.hpp"
#include "tenure/stats/groups.hpp"

namespace tenure::inline TENURE_ABI::stats {

namespace detail {

/// Count, mean and sum of squared deviations of one sample.
struct sample_moments {
  double n = 0, mean = 0, squares = 0;

  void add(double x) {
    ++n;
    const double gap = x - mean;
    mean += gap / n;
    squares += gap * (x - mean);
  }
  double variance() const { return squares / (n - 1); }
};

inline std::vector<double> present(numeric_column x, const char* name, std::size_t least) {
  std::vector<double> values;
  values.reserve(x.size());
  x.visit([&](auto column) {
    for (std::size_t i = 0; i < column.size(); ++i) {
      const auto v = static_cast<double>(column[i]);
      if (std::isinf(v)) throw invalid_input(name, "must be finite or missing", v, i);
      if (!std::isnan(v)) values.push_back(v);
    }
  });
  if (values.size() < least)
    throw invalid_input(name, "must have at least " + std::to_string(least) + " values that are present", static_cast<double>(values.size()));
  return values;
}

inline sample_moments moments_of(const std::vector<double>& values) {
  sample_moments m;
  for (const double v : values)
    m.add(v);
  return m;
}

/// Cohen's d and its large-sample interval.
inline void add_cohen_d(test_result& r, const sample_moments& a, const sample_moments& b, double level) {
  const double pooled = std::sqrt((a.squares + b.squares) / (a.n + b.n - 2));
  if (!(pooled > 0)) return;
  r.effect = (a.mean - b.mean) / pooled;
  const double half = numeric::two_sided_z(level) * std::sqrt((a.n + b.n) / (a.n * b.n) + r.effect * r.effect / (2 * (a.n + b.n)));
  r.effect_lower = r.effect - half;
  r.effect_upper = r.effect + half;
}

inline test_result t_test_of(const sample_moments& a, const sample_moments& b, const t_test_options& options) {
  test_result r;
  r.n = static_cast<std::size_t>(a.n + b.n);
  r.estimate = a.mean - b.mean;
  double error;
  if (options.equal_variance) {
    r.dof = a.n + b.n - 2;
    error = std::sqrt((a.squares + b.squares) / r.dof * (1 / a.n + 1 / b.n));
  } else {
    const double va = a.variance() / a.n, vb = b.variance() / b.n;
    r.dof = (va + vb) * (va + vb) / (va * va / (a.n - 1) + vb * vb / (b.n - 1));
    error = std::sqrt(va + vb);
  }
  if (!(error > 0)) return r;  // two constant samples have no test
  r.statistic = r.estimate / error;
  r.p_value = 2 * numeric::student_t_sf(std::abs(r.statistic), r.dof);
  const double half = numeric::student_t_quantile(0.5 + options.level / 2, r.dof) * error;
  r.lower = r.estimate - half;
  r.upper = r.estimate + half;
  add_cohen_d(r, a, b, options.level);
  return r;
}

/// P(U <= u) for sample sizes m and n without ties: counts of arrangements by the recursion of Mann and Whitney.
inline double rank_sum_cdf(double u, std::size_t m, std::size_t n) {
  const std::size_t most = m * n;
  std::vector<double> ways(most + 1, 0);  // Gaussian binomial coefficient as product of (1 - q^(n+i)) / (1 - q^i)
  ways[0] = 1;
  for (std::size_t i = 1; i <= m; ++i) {
    for (std::size_t k = most; k >= n + i; --k)
      ways[k] -= ways[k - n - i];
    for (std::size_t k = i; k <= most; ++k)
      ways[k] += ways[k - i];
  }
  double below = 0, all = 0;
  for (std::size_t k = 0; k <= most; ++k) {
    all += ways[k];
    if (static_cast<double>(k) <= u) below += ways[k];
  }
  return below / all;
}

/// Values of all groups with their codes, missing rows left out.
struct grouped_values {
  std::vector<double> values;
  std::vector<std::uint32_t> group;
  std::vector<sample_moments> moments;  // of the groups that have values, renumbered

  grouped_values(numeric_column x, numeric_column codes, std::size_t least) {
    if (codes.size() != x.size()) throw invalid_input("group", "must have one code a value");
    std::vector<std::int64_t> seen;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double v = x[i], code = codes[i];
      if (std::isinf(v)) throw invalid_input("values", "must be finite or missing", v, i);
      if (std::isnan(v) || !(code >= 0)) continue;
      if (code != std::floor(code) || code > 1e6) throw invalid_input("group", "must be a whole number below 1,000,000", code, i);
      const auto k = static_cast<std::size_t>(code);
      if (k >= seen.size()) seen.resize(k + 1, -1);
      if (seen[k] < 0) {
        seen[k] = static_cast<std::int64_t>(moments.size());
        moments.emplace_back();
      }
      values.push_back(v);
      group.push_back(static_cast<std::uint32_t>(seen[k]));
      moments[group.back()].add(v);
    }
    if (moments.size() < 2) throw invalid_input("group", "must have at least two groups with values", static_cast<double>(moments.size()));
    for (const auto& m : moments)
      if (m.n < static_cast<double>(least)) throw invalid_input("group", "every group must have at least " + std::to_string(least) + " values", m.n);
  }
  double n() const { return static_cast<double>(values.size()); }
  double k() const { return static_cast<double>(moments.size()); }
};

inline test_result anova_of(const std::vector<sample_moments>& groups, double level) {
  double n = 0, sum = 0, within = 0, between = 0;
  for (const auto& g : groups) {
    n += g.n;
    sum += g.n * g.mean;
    within += g.squares;
  }
  for (const auto& g : groups)
    between += g.n * (g.mean - sum / n) * (g.mean - sum / n);
  test_result r;
  r.n = static_cast<std::size_t>(n);
  r.dof = static_cast<double>(groups.size()) - 1;
  r.dof2 = n - static_cast<double>(groups.size());
  if (!(r.dof2 > 0) || !(within + between > 0)) return r;
  r.statistic = between / r.dof / (within / r.dof2);
  r.p_value = numeric::fisher_f_sf(r.statistic, r.dof, r.dof2);
  r.effect = between / (within + between);
  if (std::isinf(r.statistic)) {
    r.effect_lower = r.effect_upper = 1;
    return r;
  }
  const auto bound = [&](double target) {
    const double ncp = falling_root([&](double x) { return numeric::noncentral_f_cdf(r.statistic, r.dof, r.dof2, x); }, target, r.statistic * r.dof);
    return ncp / (ncp + n);
  };
  r.effect_lower = bound(0.5 + level / 2);
  r.effect_upper = bound(0.5 - level / 2);
  return r;
}

}  // namespace detail

TENURE_INLINE test_result t_test(numeric_column a, numeric_column b, const t_test_options& options) {
  validate(options);
  return detail::t_test_of(detail::moments_of(detail::present(a, "a", 2)), detail::moments_of(detail::present(b, "b", 2)), options);
}

TENURE_INLINE test_result mann_whitney(numeric_column a, numeric_column b, const mann_whitney_options& options) {
  validate(options);
  auto all = detail::present(a, "a", 1);
  const auto second = detail::present(b, "b", 1);
  const auto m = static_cast<double>(all.size()), n = static_cast<double>(second.size());
  all.insert(all.end(), second.begin(), second.end());
  const auto ranks = numeric::average_ranks(all);
  double rank_sum = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(m); ++i)
    rank_sum += ranks[i];
  std::sort(all.begin(), all.end());
  double tied = 0;
  for (std::size_t i = 0, j; i < all.size(); i = j) {
    for (j = i + 1; j < all.size() && all[j] == all[i];)
      ++j;
    const auto t = static_cast<double>(j - i);
    tied += t * (t * t - 1);
  }
  test_result r;
  r.n = all.size();
  r.statistic = rank_sum - m * (m + 1) / 2;
  if (options.exact == exactness::yes && tied > 0) throw invalid_input("exact", "is 'yes', which ties between values rule out");
  if (options.exact == exactness::yes && m * n > 1e6) throw not_supported("mann_whitney: the exact distribution of samples this large");
  const double middle = m * n / 2;
  if (tied == 0 && (options.exact == exactness::yes || (options.exact == exactness::automatic && m < 50 && n < 50))) {
    const double low = std::min(r.statistic, m * n - r.statistic);
    r.p_value = std::min(1.0, 2 * detail::rank_sum_cdf(low, static_cast<std::size_t>(m), static_cast<std::size_t>(n)));
  } else {
    const double variance = m * n / 12 * (m + n + 1 - tied / ((m + n) * (m + n - 1)));
    const double gap = std::max(0.0, std::abs(r.statistic - middle) - (options.continuity ? 0.5 : 0));
    r.p_value = variance > 0 ? numeric::two_sided_p(gap / std::sqrt(variance)) : 1;
  }
  r.effect = r.statistic / (m * n);
  const double auc = r.effect, q1 = auc / (2 - auc), q2 = 2 * auc * auc / (1 + auc);
  const double spread = std::sqrt(std::max(0.0, auc * (1 - auc) + (m - 1) * (q1 - auc * auc) + (n - 1) * (q2 - auc * auc)) / (m * n));
  r.effect_lower = std::max(0.0, auc - numeric::two_sided_z(options.level) * spread);
  r.effect_upper = std::min(1.0, auc + numeric::two_sided_z(options.level) * spread);
  return r;
}

TENURE_INLINE test_result kolmogorov_smirnov(numeric_column a, numeric_column b) {
  auto x = detail::present(a, "a", 1), y = detail::present(b, "b", 1);
  std::sort(x.begin(), x.end());
  std::sort(y.begin(), y.end());
  const auto m = static_cast<double>(x.size()), n = static_cast<double>(y.size());
  test_result r;
  r.n = x.size() + y.size();
  r.statistic = 0;
  for (std::size_t i = 0, j = 0; i < x.size() && j < y.size();) {
    const double at = std::min(x[i], y[j]);
    while (i < x.size() && x[i] == at)
      ++i;
    while (j < y.size() && y[j] == at)
      ++j;
    r.statistic = std::max(r.statistic, std::abs(static_cast<double>(i) / m - static_cast<double>(j) / n));
  }
  const double scaled = r.statistic * std::sqrt(m * n / (m + n));
  double p = 0;
  if (scaled < 0.2) {
    p = 1;  // below 1e-12 from it
  } else {
    for (int k = 1; k < 200; ++k) {
      const double term = 2 * (k % 2 ? 1 : -1) * std::exp(-2.0 * k * k * scaled * scaled);
      p += term;
      if (std::abs(term) < 1e-17 * std::abs(p)) break;
    }
  }
  r.p_value = std::clamp(p, 0.0, 1.0);
  return r;
}

TENURE_INLINE test_result anova(numeric_column values, numeric_column group, double level) {
  return detail::anova_of(detail::grouped_values(values, group, 1).moments, level);
}

TENURE_INLINE test_result welch_anova(numeric_column values, numeric_column group) {
  const detail::grouped_values g(values, group, 2);
  double weights = 0, mean = 0;
  for (const auto& m : g.moments) {
    if (!(m.squares > 0)) throw invalid_input("group", "a group has no spread, which Welch's test needs");
    weights += m.n / m.variance();
    mean += m.n / m.variance() * m.mean;
  }
  mean /= weights;
  double between = 0, lambda = 0;
  for (const auto& m : g.moments) {
    const double w = m.n / m.variance();
    between += w * (m.mean - mean) * (m.mean - mean);
    lambda += (1 - w / weights) * (1 - w / weights) / (m.n - 1);
  }
  const double k = g.k();
  test_result r;
  r.n = g.values.size();
  r.dof = k - 1;
  r.dof2 = (k * k - 1) / (3 * lambda);
  r.statistic = between / (k - 1) / (1 + 2 * (k - 2) / (k * k - 1) * lambda);
  r.p_value = numeric::fisher_f_sf(r.statistic, r.dof, r.dof2);
  return r;
}

TENURE_INLINE test_result kruskal_wallis(numeric_column values, numeric_column group) {
  const detail::grouped_values g(values, group, 1);
  const auto ranks = numeric::average_ranks(g.values);
  const double n = g.n(), middle = (n + 1) / 2;
  std::vector<double> sums(g.moments.size());
  double spread = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    sums[g.group[i]] += ranks[i] - middle;
    spread += (ranks[i] - middle) * (ranks[i] - middle);
  }
  test_result r;
  r.n = g.values.size();
  r.dof = g.k() - 1;
  if (!(spread > 0)) return r;
  r.statistic = 0;
  for (std::size_t k = 0; k < sums.size(); ++k)
    r.statistic += sums[k] * sums[k] / g.moments[k].n;
  r.statistic *= (n - 1) / spread;
  r.p_value = numeric::chi_squared_sf(r.statistic, r.dof);
  r.effect = r.statistic / (n - 1);
  return r;
}

TENURE_INLINE test_result levene(numeric_column values, numeric_column group) {
  const detail::grouped_values g(values, group, 2);
  std::vector<std::vector<double>> parts(g.moments.size());
  for (std::size_t i = 0; i < g.values.size(); ++i)
    parts[g.group[i]].push_back(g.values[i]);
  std::vector<detail::sample_moments> spreads(parts.size());
  for (std::size_t k = 0; k < parts.size(); ++k) {
    auto& x = parts[k];
    std::sort(x.begin(), x.end());
    const double median = 0.5 * (x[(x.size() - 1) / 2] + x[x.size() / 2]);
    for (const double v : x)
      spreads[k].add(std::abs(v - median));
  }
  return detail::anova_of(spreads, 0.95);
}

TENURE_INLINE test_result bartlett(numeric_column values, numeric_column group) {
  const detail::grouped_values g(values, group, 2);
  const double n = g.n(), k = g.k();
  double within = 0, logs = 0, inverse = 0;
  for (const auto& m : g.moments) {
    if (!(m.squares > 0)) throw invalid_input("group", "a group has no spread, which Bartlett's test needs");
    within += m.squares;
    logs += (m.n - 1) * std::log(m.variance());
    inverse += 1 / (m.n - 1);
  }
  test_result r;
  r.n = g.values.size();
  r.dof = k - 1;
  r.statistic = ((n - k) * std::log(within / (n - k)) - logs) / (1 + (inverse - 1 / (n - k)) / (3 * (k - 1)));
  r.p_value = numeric::chi_squared_sf(r.statistic, r.dof);
  return r;
}

}  // namespace tenure::inline TENURE_ABI::stats
