#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "tenure/core/random.hpp"
#include "tenure/evaluate/probability-inl.hpp"
#include "tenure/evaluate/profit-inl.hpp"
#include "tenure/evaluate/resample.hpp"

namespace tenure::inline TENURE_ABI::evaluate {

namespace detail {

inline double auc_of(const score_groups& groups) {
  double negative = 0, sum = 0;
  for (std::size_t g = groups.size(); g-- > 0;) {
    sum += groups.positive[g] * (negative + groups.negative[g] / 2);
    negative += groups.negative[g];
  }
  return sum / groups.positives / groups.negatives;
}

inline double log_loss_of(const score_groups& groups) {
  double sum = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups.positive[g] > 0) sum -= groups.positive[g] * std::log(groups.score[g]);
    if (groups.negative[g] > 0) sum -= groups.negative[g] * std::log1p(-groups.score[g]);
  }
  return sum / groups.rows;
}

inline double brier_of(const score_groups& groups) {
  double sum = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const double p = groups.score[g];
    sum += groups.positive[g] * (1 - p) * (1 - p) + groups.negative[g] * p * p;
  }
  return sum / groups.rows;
}

inline std::vector<double> measures_of(const score_groups& groups, bool probabilities, const campaign& offer) {
  std::vector<double> values{auc_of(groups),     average_precision(groups), ks(groups).value,  h_measure(groups),
                             lift(groups, 0.05), lift(groups, 0.1),         lift(groups, 0.2), expected_profit(groups, offer).profit};
  if (probabilities) values.push_back(log_loss_of(groups)), values.push_back(brier_of(groups));
  return values;
}

/// Linear interpolation between order statistics (R's type 7).
inline double quantile_of(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const double high = sorted[std::min(below + 1, sorted.size() - 1)];
  return sorted[below] + (at - static_cast<double>(below)) * (high - sorted[below]);
}

}  // namespace detail

TENURE_INLINE measure_table bootstrap_measures(const scored& data, bool probabilities, const bootstrap_options& options, const execution& run) {
  validate(options);
  if (probabilities) detail::check_probabilities(data);
  const score_groups groups = group_scores(data, run);
  measure_table table;
  table.measure = {"roc_auc", "average_precision", "ks", "h_measure", "lift_5", "lift_10", "lift_20", "expected_profit"};
  if (probabilities) table.measure.insert(table.measure.end(), {"log_loss", "brier"});
  table.value = detail::measures_of(groups, probabilities, options.offer);
  const auto repetitions = static_cast<std::size_t>(options.repetitions);
  if (repetitions == 0) {
    table.lower = table.upper = std::vector<double>(table.value.size(), std::numeric_limits<double>::quiet_NaN());
    return table;
  }
  std::vector<std::pair<std::uint32_t, double>> rows[2];  // per class: the group and weight of every row
  for (std::size_t i = 0; i < data.y.size(); ++i) {
    const double w = data.weight.empty() ? 1.0 : data.weight[i];
    if (w == 0) continue;
    const auto group = std::lower_bound(groups.score.begin(), groups.score.end(), data.score[i], std::greater<>()) - groups.score.begin();
    rows[data.y[i] != 0].emplace_back(static_cast<std::uint32_t>(group), w);
  }
  std::vector<std::vector<double>> found(repetitions);
  parallel_for(repetitions, run, [&](std::size_t repetition) {
    random_stream random(options.seed, repetition);
    score_groups sample = groups;
    for (const int c : {0, 1}) {
      auto& counts = c ? sample.positive : sample.negative;
      std::fill(counts.begin(), counts.end(), 0.0);
      double total = 0;
      for (std::size_t i = 0; i < rows[c].size(); ++i) {
        const auto& [group, w] = rows[c][random.below(rows[c].size())];
        counts[group] += w, total += w;
      }
      (c ? sample.positives : sample.negatives) = total;
    }
    sample.rows = sample.positives + sample.negatives;
    std::size_t kept = 0;  // groups that were not drawn disappear
    for (std::size_t g = 0; g < sample.size(); ++g) {
      if (sample.positive[g] == 0 && sample.negative[g] == 0) continue;
      sample.score[kept] = sample.score[g], sample.positive[kept] = sample.positive[g], sample.negative[kept] = sample.negative[g];
      ++kept;
    }
    sample.score.resize(kept), sample.positive.resize(kept), sample.negative.resize(kept);
    found[repetition] = detail::measures_of(sample, probabilities, options.offer);
  });
  std::vector<double> sorted(repetitions);
  for (std::size_t m = 0; m < table.value.size(); ++m) {
    for (std::size_t r = 0; r < repetitions; ++r)
      sorted[r] = found[r][m];
    std::sort(sorted.begin(), sorted.end());
    table.lower.push_back(detail::quantile_of(sorted, (1 - options.level) / 2));
    table.upper.push_back(detail::quantile_of(sorted, (1 + options.level) / 2));
  }
  return table;
}

}  // namespace tenure::inline TENURE_ABI::evaluate
