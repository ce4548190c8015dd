#pragma once

#include <vector>

#include "tenure/core/views.hpp"
#include "tenure/survival/event_counts.hpp"
#include "tenure/survival/outcome.hpp"

namespace tenure::inline TENURE_ABI::survival {

// Scores of predictions on customers some of whom are censored. Each needs the censoring curve G of the training data: its Kaplan-Meier
// estimate with censorings as events, in which at a tied time the events leave first (scikit-survival's convention). G keeps its last value
// after the last training time; a term whose weight 1 / G does not exist (G = 0) is left out of the sum.

/// Brier score at each time: mean over rows of S^2 [left by t] / G(T) + (1 - S)^2 [still there] / G(t) (Graf et al. 1999).
/// `survival`: rows x times, predicted P(still there at t). Matches: scikit-survival brier_score.
std::vector<double> brier_score(const outcome& training, const outcome& y, matrix_view survival, const column_view<double>& times);

/// The same averaged over time by the trapezoidal rule; needs two times or more.
double integrated_brier_score(const outcome& training, const outcome& y, matrix_view survival, const column_view<double>& times);

struct dynamic_auc_result {
  std::vector<double> auc;  ///< one a time; not a number when nobody has left by then or nobody is still there
  double mean = 0;          ///< averaged over time, weighted by the drop of the Kaplan-Meier curve of `y`
};

/// Cumulative/dynamic AUC: P(risk of someone who left by t > risk of someone still there), cases weighted by 1 / G(T) (Uno et al. 2007;
/// Hung and Chiang 2010). `risk`: higher leaves earlier; equal risks count one half. O(times n log n). Matches: scikit-survival
/// cumulative_dynamic_auc.
dynamic_auc_result dynamic_auc(const outcome& training, const outcome& y, const numeric_column& risk, const column_view<double>& times);

/// Predicted against observed by groups of predicted risk at one horizon.
struct calibration_bin {
  double n = 0, predicted = 0, observed = 0, std_error = 0;
};

/// Sorts rows by predicted P(left by `time`), cuts them into `bins` groups of equal size and compares the mean prediction with Kaplan-Meier.
std::vector<calibration_bin> calibration_at(const outcome& y, const numeric_column& survival, double time, int bins = 10);

namespace detail {

/// G(t), right-continuous.
class censoring_curve {
 public:
  explicit censoring_curve(const outcome& training);
  double at(double t) const;

 private:
  std::vector<double> time_, value_;
};

}  // namespace detail
}  // namespace tenure::inline TENURE_ABI::survival

#ifndef TENURE_COMPILED
#include "tenure/survival/scores-inl.hpp"
#endif
