#pragma once

#include "tenure/core/describe.hpp"
#include "tenure/evaluate/ranking.hpp"

namespace tenure::inline TENURE_ABI {

/// What a threshold is chosen for.
enum class threshold_goal { cost, f1, mcc, youden };
template <>
struct enum_names<threshold_goal> {
  static constexpr const char* values[] = {"cost", "f1", "mcc", "youden"};
};

}  // namespace tenure::inline TENURE_ABI

namespace tenure::inline TENURE_ABI::evaluate {

/// Calling every score of `threshold` or more a 1: the four counts (weights) and what follows from them. A ratio without a denominator is 0,
/// as in scikit-learn.
struct confusion {
  double threshold = 0, true_negatives = 0, false_positives = 0, false_negatives = 0, true_positives = 0;

  double accuracy() const;
  double precision() const;
  double recall() const;
  double specificity() const;
  double f_measure(double beta = 1) const;
  /// Matthews' correlation coefficient.
  double mcc() const;
  double kappa() const;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("threshold", self.threshold, "scores of this or more are called 1");
    visit("true_negatives", self.true_negatives, "0s called 0");
    visit("false_positives", self.false_positives, "0s called 1");
    visit("false_negatives", self.false_negatives, "1s called 0");
    visit("true_positives", self.true_positives, "1s called 1");
  }
};
confusion confusion_at(const score_groups& groups, double threshold);

struct threshold_options {
  threshold_goal goal = threshold_goal::cost;
  double false_positive_cost = 1, false_negative_cost = 1;
  double capacity = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("goal", self.goal, "least cost, largest F1, largest Matthews correlation, largest recall + specificity");
    visit("false_positive_cost", self.false_positive_cost, at_least(0.0), "cost of calling a 0 a 1");
    visit("false_negative_cost", self.false_negative_cost, at_least(0.0), "cost of calling a 1 a 0");
    visit("capacity", self.capacity, at_least(0.0), "at most this many rows (weight) may be called 1; 0 is no limit");
  }
};

/// The best of all thresholds (each distinct score, and infinity: nobody) under the capacity; of equal ones the highest.
confusion best_threshold(const score_groups& groups, const threshold_options& options = {});

}  // namespace tenure::inline TENURE_ABI::evaluate

#ifndef TENURE_COMPILED
#include "tenure/evaluate/threshold-inl.hpp"
#endif
