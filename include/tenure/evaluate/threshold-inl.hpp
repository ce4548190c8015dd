#pragma once

#include <cmath>

#include "tenure/evaluate/threshold.hpp"

namespace tenure::inline TENURE_ABI::evaluate {

namespace detail {
inline double share_or_zero(double part, double whole) { return whole > 0 ? part / whole : 0.0; }

inline double worth(const confusion& c, const threshold_options& o) {
  switch (o.goal) {
    case threshold_goal::f1:
      return c.f_measure();
    case threshold_goal::mcc:
      return c.mcc();
    case threshold_goal::youden:
      return c.recall() + c.specificity();
    default:
      return -(o.false_positive_cost * c.false_positives + o.false_negative_cost * c.false_negatives);
  }
}
}  // namespace detail

TENURE_INLINE double confusion::accuracy() const {
  return (true_negatives + true_positives) / (true_negatives + true_positives + false_negatives + false_positives);
}
TENURE_INLINE double confusion::precision() const { return detail::share_or_zero(true_positives, true_positives + false_positives); }
TENURE_INLINE double confusion::recall() const { return detail::share_or_zero(true_positives, true_positives + false_negatives); }
TENURE_INLINE double confusion::specificity() const { return detail::share_or_zero(true_negatives, true_negatives + false_positives); }
TENURE_INLINE double confusion::f_measure(double beta) const {
  const double b = beta * beta;
  return detail::share_or_zero((1 + b) * true_positives, (1 + b) * true_positives + b * false_negatives + false_positives);
}
TENURE_INLINE double confusion::mcc() const {
  const double called = true_positives + false_positives, not_called = true_negatives + false_negatives;
  const double ones = true_positives + false_negatives, zeros = true_negatives + false_positives;
  if (!(called > 0 && not_called > 0 && ones > 0 && zeros > 0)) return 0;
  return (true_positives * true_negatives - false_positives * false_negatives) / (std::sqrt(called * ones) * std::sqrt(zeros * not_called));
}
TENURE_INLINE double confusion::kappa() const {
  const double n = true_negatives + false_positives + false_negatives + true_positives;
  const double by_chance = ((true_positives + false_positives) / n) * ((true_positives + false_negatives) / n) +
                           ((true_negatives + false_positives) / n) * ((true_negatives + false_negatives) / n);
  return by_chance < 1 ? (accuracy() - by_chance) / (1 - by_chance) : 0;
}

TENURE_INLINE confusion confusion_at(const score_groups& groups, double threshold) {
  confusion c{threshold, groups.negatives, 0, groups.positives, 0};
  for (std::size_t g = 0; g < groups.size() && groups.score[g] >= threshold; ++g)
    c.true_positives += groups.positive[g], c.false_positives += groups.negative[g];
  c.true_negatives = groups.negatives - c.false_positives;
  c.false_negatives = groups.positives - c.true_positives;
  return c;
}

TENURE_INLINE confusion best_threshold(const score_groups& groups, const threshold_options& options) {
  validate(options);
  confusion at{INFINITY, groups.negatives, 0, groups.positives, 0}, best = at;
  double most = detail::worth(at, options);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    at.threshold = groups.score[g];
    at.true_positives += groups.positive[g], at.false_positives += groups.negative[g];
    at.true_negatives = groups.negatives - at.false_positives, at.false_negatives = groups.positives - at.true_positives;
    if (options.capacity > 0 && at.true_positives + at.false_positives > options.capacity) break;
    const double here = detail::worth(at, options);
    if (here > most) most = here, best = at;
  }
  return best;
}

}  // namespace tenure::inline TENURE_ABI::evaluate
