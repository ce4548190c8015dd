#pragma once

#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::evaluate {

/// A yes/no outcome with the score that should rank it: higher means more likely 1. One value a row.
struct scored {
  numeric_column y;            // 0 or 1
  numeric_column score;        // any finite number
  numeric_column weight = {};  // >= 0; empty: all 1
};

/// What every ranking measure is made from: the distinct scores from highest to lowest with the weight of each class at that score. Ties
/// are one entry, so no measure depends on the order of rows.
struct score_groups {
  std::vector<double> score, positive, negative;
  double positives = 0, negatives = 0, rows = 0;

  std::size_t size() const { return score.size(); }
};

/// One radix sort, O(n). Errors: invalid_input for lengths, y not 0 or 1, a score that is not finite, a bad weight, one class only.
score_groups group_scores(const scored& data, const execution& run = {});

/// Area under the ROC curve with DeLong's standard error and the interval on the logit scale (it stays within 0 and 1).
struct auc_result {
  double value = 0, std_error = 0, lower = 0, upper = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("value", self.value, "probability that a random 1 scores above a random 0, ties counting half");
    visit("std_error", self.std_error, "DeLong's standard error");
    visit("lower", self.lower, "lower end of the interval");
    visit("upper", self.upper, "upper end of the interval");
  }
};

/// P(score of a 1 > score of a 0) + half of ties. DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988), computed from ranks (Sun and Xu
/// 2014), O(n log n). Weighted rows enter as sampling weights. Matches: scikit-learn roc_auc_score; R pROC.
auc_result roc_auc(const scored& data, double level = 0.95, const execution& run = {});

/// Two scores of the same rows.
struct auc_comparison {
  double first = 0, second = 0, difference = 0, std_error = 0, lower = 0, upper = 0, z = 0, p_value = 1;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("first", self.first, "AUC of the first score");
    visit("second", self.second, "AUC of the second score");
    visit("difference", self.difference, "first minus second");
    visit("std_error", self.std_error, "of the difference");
    visit("lower", self.lower, "lower end of the interval of the difference");
    visit("upper", self.upper, "upper end of the interval of the difference");
    visit("z", self.z, "difference / std_error");
    visit("p_value", self.p_value, "two-sided");
  }
};

/// DeLong's paired test of equal AUC. Matches: R pROC roc.test(method = "delong").
auc_comparison compare_roc_auc(numeric_column y, numeric_column first, numeric_column second, double level = 0.95);

/// Sum over thresholds of (recall gained) x precision. Matches: scikit-learn average_precision_score.
double average_precision(const score_groups& groups);

/// Kolmogorov-Smirnov: the largest gap between the score distributions of the classes, and the score where it is reached (inclusive).
struct ks_result {
  double value = 0, threshold = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("value", self.value, "largest gap between the cumulative distributions");
    visit("threshold", self.threshold, "rows with this score or more are the upper side of the gap");
  }
};
ks_result ks(const score_groups& groups);

/// What is found in the top part of the ranking; ties cut by its edge count pro rata.
struct top_part {
  double weight = 0, positives = 0, threshold = 0;
};
/// `count` rows (weight) from the top.
top_part top_of(const score_groups& groups, double count);

/// Rate of 1s among the top `share` (0, 1] of rows over the overall rate. Unweighted data: the top ceil(share * n) rows.
double lift(const score_groups& groups, double share);

/// The gain table: one row per slice of the ranking.
struct gain_table {
  std::vector<double> share, weight, positives, rate, cumulative_positives, captured, lift, cumulative_lift, threshold;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("share", self.share, "of all rows, from the top, up to and with this slice");
    visit("weight", self.weight, "rows in the slice");
    visit("positives", self.positives, "1s in the slice");
    visit("rate", self.rate, "1s per row in the slice");
    visit("cumulative_positives", self.cumulative_positives, "1s from the top");
    visit("captured", self.captured, "share of all 1s from the top");
    visit("lift", self.lift, "rate over the overall rate");
    visit("cumulative_lift", self.cumulative_lift, "rate from the top over the overall rate");
    visit("threshold", self.threshold, "lowest score in the slice");
  }
};
gain_table gains(const score_groups& groups, int slices = 10);

/// The ROC curve: one point a distinct score (and the start), scores falling.
struct roc_points {
  std::vector<double> threshold, false_positive_rate, true_positive_rate, precision;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("threshold", self.threshold, "scores of this or more are called 1");
    visit("false_positive_rate", self.false_positive_rate, "share of 0s called 1");
    visit("true_positive_rate", self.true_positive_rate, "share of 1s called 1 (recall)");
    visit("precision", self.precision, "share of 1s among those called 1");
  }
};
roc_points roc_curve(const score_groups& groups);

}  // namespace tenure::inline TENURE_ABI::evaluate

#ifndef TENURE_COMPILED
#include "tenure/evaluate/ranking-inl.hpp"
#endif
