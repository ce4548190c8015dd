#pragma once

#include <cmath>

#include "tenure/rates/churn_rate-inl.hpp"
#include "tenure/rates/funnel.hpp"

namespace tenure::inline TENURE_ABI::rates {

TENURE_INLINE funnel_result funnel(column_view<double> reached, const funnel_options& options) {
  validate(options);
  if (reached.size() < 2) throw invalid_input("reached", "must hold at least two stages");
  for (std::size_t i = 0; i < reached.size(); ++i) {
    if (!(reached[i] >= 0) || std::isinf(reached[i])) throw invalid_input("reached", "must be a finite count >= 0", reached[i], i);
    if (i > 0 && reached[i] > reached[i - 1])
      throw invalid_input("reached", "must not exceed the stage before, which " + format_number(reached[i - 1]) + " reached", reached[i], i);
  }
  const double first = reached[0];
  if (first == 0) throw invalid_input("reached", "must be > 0 at the first stage", first, 0);
  funnel_result r;
  r.lost = first - reached[reached.size() - 1];
  r.overall_rate = reached[reached.size() - 1] / first;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    funnel_row row{reached[i], 0, detail::nan, detail::nan, detail::nan, detail::nan, reached[i] / first, r.lost > 0 ? 0 : detail::nan};
    if (i > 0) {
      row.lost = reached[i - 1] - reached[i];
      if (r.lost > 0) row.share_of_lost = row.lost / r.lost;
      if (row.lost > 0 && (r.biggest_leak < 0 || row.lost > r.stages[static_cast<std::size_t>(r.biggest_leak)].lost))
        r.biggest_leak = static_cast<std::int64_t>(i);
      if (reached[i - 1] > 0) {
        const auto ci = stats::proportion_ci(reached[i], reached[i - 1], options.level, options.method);
        row.step_rate = reached[i] / reached[i - 1];
        row.lower = ci.lower;
        row.upper = ci.upper;
        row.loss_rate = row.lost / reached[i - 1];
      }
    }
    r.stages.push_back(row);
  }
  return r;
}

TENURE_INLINE std::vector<double> stage_counts(numeric_column furthest, std::size_t stages) {
  std::vector<double> reached(stages, 0.0);
  for (std::size_t i = 0; i < furthest.size(); ++i) {
    const double stage = furthest[i];
    if (stage < 0) continue;
    if (!(stage < static_cast<double>(stages)) || stage != std::floor(stage))
      throw invalid_input("furthest", "must be a stage below " + std::to_string(stages), stage, i);
    ++reached[static_cast<std::size_t>(stage)];
  }
  for (std::size_t s = stages; s-- > 1;)
    reached[s - 1] += reached[s];
  return reached;
}

}  // namespace tenure::inline TENURE_ABI::rates
