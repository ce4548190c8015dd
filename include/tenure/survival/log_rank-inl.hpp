#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "tenure/numeric/distributions.hpp"
#include "tenure/numeric/linear.hpp"
#include "tenure/survival/log_rank.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

/// Adds one stratum's U, V, observed and expected to `out`.
inline void add_stratum(const std::vector<event_table>& tables, const log_rank_options& options, log_rank_result& out) {
  const std::size_t groups = tables.size();
  struct cursor {
    std::vector<double> leaving;  // weight that leaves at each exit or later
    std::size_t exit = 0, entry = 0;
    double late = 0;  // weight that enters at the time at hand or later
  };
  std::vector<cursor> at(groups);
  for (std::size_t g = 0; g < groups; ++g) {
    const event_table& table = tables[g];
    if (table.causes != 1) throw invalid_input("causes", "must be 1", table.causes);
    at[g].leaving.resize(table.size());
    double leaving = 0;
    for (std::size_t i = table.size(); i-- > 0;)
      at[g].leaving[i] = leaving += table.events[i] + table.censored[i];
    for (const double w : table.entered)
      at[g].late += w;
    out.n[g] += leaving;
  }

  std::vector<double> n_of(groups), d_of(groups);
  double survival = 1, peto = 1;
  for (;;) {
    double t = infinity;
    for (std::size_t g = 0; g < groups; ++g)
      if (at[g].exit < tables[g].size()) t = std::min(t, tables[g].time[at[g].exit]);
    if (t == infinity) return;
    double n = 0, d = 0;
    for (std::size_t g = 0; g < groups; ++g) {
      const event_table& table = tables[g];
      const std::size_t i = at[g].exit;
      const bool here = i < table.size() && table.time[i] == t;
      d_of[g] = here ? table.events[i] : 0;
      d += d_of[g];
    }
    if (d > 0) {
      for (std::size_t g = 0; g < groups; ++g) {
        const event_table& table = tables[g];
        cursor& c = at[g];
        while (c.entry < table.entered.size() && table.entry_time[c.entry] < t)
          c.late -= table.entered[c.entry++];
        n_of[g] = c.exit < table.size() ? c.leaving[c.exit] - c.late : 0;
        n += n_of[g];
      }
      peto *= 1 - d / (n + 1);
      double w = 1;
      switch (options.weights) {
        case test_weights::log_rank:
          break;
        case test_weights::gehan:
          w = n;
          break;
        case test_weights::tarone_ware:
          w = std::sqrt(n);
          break;
        case test_weights::peto:
          w = peto;
          break;
        case test_weights::fleming_harrington:
          w = std::pow(survival, options.rho) * std::pow(1 - survival, options.gamma);
          break;
      }
      const double spread = n > 1 ? w * w * d * (n - d) / (n - 1) : 0.0;
      for (std::size_t g = 0; g < groups; ++g) {
        out.observed[g] += w * d_of[g];
        out.expected[g] += w * d * n_of[g] / n;
        const double share = n_of[g] / n;
        double* row = out.variance.row(g);
        for (std::size_t h = 0; h < groups; ++h)
          row[h] += spread * share * ((g == h ? 1.0 : 0.0) - n_of[h] / n);
      }
      survival *= 1 - d / n;
    }
    for (std::size_t g = 0; g < groups; ++g)
      if (at[g].exit < tables[g].size() && tables[g].time[at[g].exit] == t) ++at[g].exit;
  }
}

}  // namespace detail

TENURE_INLINE log_rank_result log_rank(const std::vector<std::vector<event_table>>& tables, const log_rank_options& options) {
  validate(options);
  const std::size_t groups = tables.empty() ? 0 : tables[0].size();
  if (groups < 2) throw invalid_input("group", "must have at least two groups", static_cast<double>(groups));
  if (!options.scores.empty() && options.scores.size() != groups) throw invalid_input("scores", "must have one score a group");
  log_rank_result out;
  out.n.assign(groups, 0);
  out.observed.assign(groups, 0);
  out.expected.assign(groups, 0);
  out.variance = matrix(groups, groups);
  for (const auto& stratum : tables) {
    if (stratum.size() != groups) throw invalid_input("group", "must be the same groups in every stratum");
    detail::add_stratum(stratum, options, out);
  }

  std::vector<double> difference(groups);
  for (std::size_t g = 0; g < groups; ++g)
    difference[g] = out.observed[g] - out.expected[g];
  if (!options.scores.empty()) {
    double u = 0, v = 0;
    for (std::size_t g = 0; g < groups; ++g) {
      u += options.scores[g] * difference[g];
      for (std::size_t h = 0; h < groups; ++h)
        v += options.scores[g] * out.variance(g, h) * options.scores[h];
    }
    out.dof = v > 0 ? 1 : 0;
    out.statistic = v > 0 ? u * u / v : 0;
  } else {
    std::vector<std::size_t> used;
    for (std::size_t g = 0; g < groups; ++g)
      if (out.expected[g] > 0) used.push_back(g);
    if (!used.empty()) used.pop_back();  // one row is the negative sum of the others
    matrix v(used.size(), used.size());
    for (std::size_t a = 0; a < used.size(); ++a)
      for (std::size_t b = 0; b < used.size(); ++b)
        v(a, b) = out.variance(used[a], used[b]);
    const auto factor = numeric::cholesky(v);
    std::vector<std::size_t> kept;
    for (std::size_t a = 0; a < used.size(); ++a)
      if (std::find(factor.dependent.begin(), factor.dependent.end(), a) == factor.dependent.end()) kept.push_back(used[a]);
    matrix regular(kept.size(), kept.size());
    std::vector<double> u(kept.size());
    for (std::size_t a = 0; a < kept.size(); ++a) {
      u[a] = difference[kept[a]];
      for (std::size_t b = 0; b < kept.size(); ++b)
        regular(a, b) = out.variance(kept[a], kept[b]);
    }
    out.dof = static_cast<int>(kept.size());
    if (!kept.empty()) {
      const std::vector<double> x = numeric::cholesky(regular).solve(u);
      for (std::size_t a = 0; a < kept.size(); ++a)
        out.statistic += u[a] * x[a];
    }
  }
  if (out.dof == 0) throw invalid_input("event", "leaves nothing to compare: no event happened while two groups were at risk");
  out.p_value = numeric::chi_squared_sf(out.statistic, out.dof);
  return out;
}

TENURE_INLINE std::vector<std::vector<event_table>> count_strata(const outcome& y, const numeric_column& group, const numeric_column& stratum,
                                                                 const execution& run) {
  const std::size_t n = y.time.size();
  std::vector<std::uint32_t> codes = detail::to_codes(group, "group", n);
  if (codes.empty()) throw invalid_input("group", "is missing");
  const std::vector<std::uint32_t> strata = detail::to_codes(stratum, "strata", n);
  const std::size_t groups = *std::max_element(codes.begin(), codes.end()) + std::size_t{1};
  const std::size_t count = strata.empty() ? 1 : *std::max_element(strata.begin(), strata.end()) + std::size_t{1};
  if (groups > n || count > n) throw invalid_input(groups > n ? "group" : "strata", "must be codes 0, 1, 2, ... without gaps");
  for (std::size_t i = 0; i < strata.size(); ++i)
    codes[i] += strata[i] * static_cast<std::uint32_t>(groups);
  event_counts counts(groups * count);
  counts.add(y, codes, run);
  std::vector<event_table> flat = std::move(counts).finish();
  std::vector<std::vector<event_table>> tables(count);
  for (std::size_t s = 0; s < count; ++s)
    tables[s].assign(std::make_move_iterator(flat.begin() + static_cast<std::ptrdiff_t>(s * groups)),
                     std::make_move_iterator(flat.begin() + static_cast<std::ptrdiff_t>((s + 1) * groups)));
  return tables;
}

TENURE_INLINE log_rank_result log_rank(const outcome& y, const numeric_column& group, const numeric_column& stratum, const log_rank_options& options,
                                       const execution& run) {
  return log_rank(count_strata(y, group, stratum, run), options);
}

TENURE_INLINE std::vector<log_rank_result> pairwise_log_rank(const std::vector<std::vector<event_table>>& tables, const log_rank_options& options) {
  const std::size_t groups = tables.empty() ? 0 : tables[0].size();
  std::vector<log_rank_result> out;
  for (std::size_t a = 0; a < groups; ++a)
    for (std::size_t b = a + 1; b < groups; ++b) {
      std::vector<std::vector<event_table>> pair;
      for (const auto& stratum : tables)
        pair.push_back({stratum[a], stratum[b]});
      out.push_back(log_rank(pair, options));
    }
  return out;
}

}  // namespace tenure::inline TENURE_ABI::survival
