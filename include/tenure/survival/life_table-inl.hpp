#pragma once

#include <cmath>

#include "tenure/survival/life_table.hpp"

namespace tenure::inline TENURE_ABI::survival {

TENURE_INLINE life_table make_life_table(const event_table& counts, const std::vector<double>& breaks) {
  if (breaks.size() < 2) throw invalid_input("breaks", "must be at least two", static_cast<double>(breaks.size()));
  for (std::size_t i = 0; i < breaks.size(); ++i)
    if (std::isnan(breaks[i]) || (i > 0 && !(breaks[i] > breaks[i - 1]))) throw invalid_input("breaks", "must ascend", breaks[i], i);
  if (counts.causes != 1) throw invalid_input("causes", "must be 1", counts.causes);
  if (!counts.entry_time.empty()) throw not_supported("a life table of late entries: use Kaplan-Meier");
  const std::size_t intervals = breaks.size() - 1;
  life_table t;
  t.begin.assign(breaks.begin(), breaks.end() - 1);
  t.end.assign(breaks.begin() + 1, breaks.end());
  t.n_lost.assign(intervals, 0);
  t.n_event.assign(intervals, 0);
  double entering = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    while (at < intervals && counts.time[i] >= t.end[at])
      ++at;
    if (at == intervals || counts.time[i] < breaks[0]) throw invalid_input("time", "lies outside the breaks", counts.time[i]);
    t.n_lost[at] += counts.censored[i];
    t.n_event[at] += counts.events[i];
    entering += counts.censored[i] + counts.events[i];
  }
  double survival = 1, greenwood = 0;
  for (std::size_t i = 0; i < intervals; ++i) {
    const double exposed = entering - 0.5 * t.n_lost[i], d = t.n_event[i], width = t.end[i] - t.begin[i];
    const double q = exposed > 0 ? d / exposed : 0.0, p = 1 - q;
    t.n_entering.push_back(entering);
    t.n_exposed.push_back(exposed);
    t.survival.push_back(survival);
    t.survival_std_error.push_back(survival * std::sqrt(greenwood));
    const bool known = i + 1 < intervals && exposed > 0;
    const double hazard = 2 * q / (width * (1 + p));
    t.density.push_back(known ? survival * q / width : detail::not_a_number);
    t.density_std_error.push_back(known ? survival * q / width * std::sqrt(greenwood + p / (exposed * q)) : detail::not_a_number);
    t.hazard.push_back(known ? hazard : detail::not_a_number);
    t.hazard_std_error.push_back(known ? std::sqrt(hazard * hazard / (exposed * q) * (1 - 0.25 * width * width * hazard * hazard)) : detail::not_a_number);
    if (p > 0 && exposed > 0) greenwood += q / (exposed * p);
    survival *= p;
    entering -= d + t.n_lost[i];
  }
  return t;
}

TENURE_INLINE life_tables fit_life_table(const outcome& y, const numeric_column& group, const std::vector<std::string>& groups,
                                         const std::vector<double>& breaks, const execution& run) {
  if (groups.empty()) throw invalid_input("groups", "must name at least one group");
  event_counts counts(groups.size());
  counts.add(y, group, run);
  life_tables out{groups, {}};
  for (const event_table& table : std::move(counts).finish())
    out.tables.push_back(make_life_table(table, breaks));
  return out;
}

TENURE_INLINE void life_table::check() const {
  for (const auto* column :
       {&end, &n_entering, &n_lost, &n_exposed, &n_event, &survival, &survival_std_error, &density, &density_std_error, &hazard, &hazard_std_error})
    if (column->size() != begin.size()) throw bad_file("life table: columns of different lengths");
}

TENURE_INLINE void life_tables::check() const {
  if (groups.size() != tables.size() || tables.empty()) throw bad_file("life table: one name a table is needed");
}

}  // namespace tenure::inline TENURE_ABI::survival
