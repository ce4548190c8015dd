#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "tenure/numeric/distributions.hpp"

namespace tenure::inline TENURE_ABI::learn::detail {

/// Categories of a column that go together: their codes and what their rows weigh, by class.
struct chaid_group {
  std::vector<std::uint32_t> codes;
  double stays = 0, leaves = 0, rows = 0;
  bool missing = false;  // holds the category "missing" of a column of numbers

  double all() const { return stays + leaves; }
  bool known() const { return codes.size() > (missing ? 1U : 0U); }
  void join(const chaid_group& o) {
    codes.insert(codes.end(), o.codes.begin(), o.codes.end());
    stays += o.stays;
    leaves += o.leaves;
    rows += o.rows;
    missing |= o.missing;
  }
};

inline double chi_squared(const chaid_group& a, const chaid_group& b) {
  const double n = a.all() + b.all(), stays = a.stays + b.stays, leaves = a.leaves + b.leaves;
  if (!(stays > 0) || !(leaves > 0)) return 0;
  const double d = a.stays * b.leaves - a.leaves * b.stays;
  return n * d * d / (a.all() * b.all() * stays * leaves);
}

inline double chi_squared(const std::vector<chaid_group>& groups) {
  double stays = 0, leaves = 0, sum = 0;
  for (const auto& g : groups) {
    stays += g.stays;
    leaves += g.leaves;
  }
  if (!(stays > 0) || !(leaves > 0)) return 0;
  const double share = leaves / (stays + leaves);
  for (const auto& g : groups) {
    const double d = g.leaves - share * g.all();
    sum += d * d / (g.all() * share * (1 - share));
  }
  return sum;
}

/// log P(chi-squared > x), also where the probability is too small for a double.
inline double log_chi_squared_sf(double x, double dof) {
  const double p = numeric::chi_squared_sf(x, dof);
  if (p > 1e-300) return std::log(p);
  return -x / 2 + (dof / 2 - 1) * std::log(x / 2) - numeric::log_gamma(dof / 2) + std::log1p((dof / 2 - 1) / (x / 2));
}

inline double log_choose(double n, double k) {
  if (k < 0 || k > n) return -std::numeric_limits<double>::infinity();
  return numeric::log_gamma(n + 1) - numeric::log_gamma(k + 1) - numeric::log_gamma(n - k + 1);
}

inline double log_add(double a, double b) {
  const double high = std::max(a, b);
  return high == -std::numeric_limits<double>::infinity() ? high : high + std::log1p(std::exp(std::min(a, b) - high));
}

/// log of the number of partitions of c things into r parts (Stirling number of the second kind).
inline double log_partitions(std::size_t c, std::size_t r) {
  std::vector<double> row(r + 1, -std::numeric_limits<double>::infinity());
  row[0] = 0;
  for (std::size_t n = 1; n <= c; ++n) {
    for (std::size_t k = std::min(n, r); k >= 1; --k)
      row[k] = log_add(std::log(static_cast<double>(k)) + row[k], row[k - 1]);
    row[0] = -std::numeric_limits<double>::infinity();
  }
  return row[r];
}

/// log of the number of ways in which c categories can be merged to r groups.
inline double log_ways(std::size_t c, std::size_t r, bool ordered, bool missing) {
  if (!ordered) return log_partitions(c, r);
  const auto n = static_cast<double>(c), k = static_cast<double>(r);
  if (!missing) return log_choose(n - 1, k - 1);
  return log_add(log_choose(n - 2, k - 2), std::log(k) + log_choose(n - 2, k - 1));
}

/// Merges the pair of smallest chi-squared among those that may join while `wanted(statistic)`; in ordered columns neighbours, and "missing" with any.
template <class Wanted>
void merge_groups(std::vector<chaid_group>& groups, bool ordered, Wanted&& wanted) {
  while (groups.size() > 1) {
    std::size_t first = 0, second = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t a = 0; a < groups.size(); ++a)
      for (std::size_t b = a + 1; b < groups.size(); ++b) {
        const bool lone = !groups[a].known() || !groups[b].known();
        if (ordered && !lone && b != a + 1) continue;
        const double statistic = chi_squared(groups[a], groups[b]);
        if (!wanted(groups[a], groups[b], statistic) || !(statistic < least)) continue;
        least = statistic;
        first = a;
        second = b;
      }
    if (second == 0) return;
    groups[first].join(groups[second]);
    groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(second));
  }
}

/// A column's categories in a node (the lone group "missing" of an ordered column last), merged; empty when they all went together.
struct chaid_split {
  std::vector<chaid_group> groups;
  double statistic = 0, log_p = 0;
};

inline chaid_split merged_split(std::vector<chaid_group> groups, bool ordered, double merge_level, double min_rows) {
  const std::size_t categories = groups.size();
  const bool missing = ordered && std::any_of(groups.begin(), groups.end(), [](const auto& g) { return g.missing; });
  const double limit = numeric::normal_quantile(1 - merge_level / 2);
  merge_groups(groups, ordered, [&](const auto&, const auto&, double statistic) { return statistic < limit * limit; });
  merge_groups(groups, ordered, [&](const auto& a, const auto& b, double) { return std::min(a.rows, b.rows) < min_rows; });
  chaid_split out;
  if (groups.size() < 2) return out;
  out.statistic = chi_squared(groups);
  out.log_p = std::min(0.0, log_chi_squared_sf(out.statistic, static_cast<double>(groups.size() - 1)) + log_ways(categories, groups.size(), ordered, missing));
  out.groups = std::move(groups);
  return out;
}

}  // namespace tenure::inline TENURE_ABI::learn::detail
