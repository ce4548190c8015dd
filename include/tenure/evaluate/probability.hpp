#pragma once

#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/evaluate/ranking.hpp"

namespace tenure::inline TENURE_ABI {

/// How predictions are put into bins: equally many rows, or equally wide.
enum class binning { quantile, uniform };
template <>
struct enum_names<binning> {
  static constexpr const char* values[] = {"quantile", "uniform"};
};

}  // namespace tenure::inline TENURE_ABI

namespace tenure::inline TENURE_ABI::evaluate {

// Measures of predicted probabilities (`score` in [0, 1], otherwise invalid_input naming the row). One class is enough here.

/// Mean of -log of the probability given to what happened; infinite when something impossible happened (nothing is clipped).
double log_loss(const scored& data);

/// Mean squared difference between outcome and probability (Brier 1950).
double brier(const scored& data);

/// brier = reliability - resolution + uncertainty + within_bin, exactly (Stephenson, Coelho and Jolliffe 2008).
struct brier_parts {
  double brier = 0, reliability = 0, resolution = 0, uncertainty = 0, within_bin = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("brier", self.brier, "the score that is taken apart");
    visit("reliability", self.reliability, "mean squared gap between predicted and observed rate of bins; 0 is calibrated");
    visit("resolution", self.resolution, "spread of the observed rates; more is better");
    visit("uncertainty", self.uncertainty, "rate x (1 - rate) of the data");
    visit("within_bin", self.within_bin, "what the bins hide: spread of predictions in a bin minus twice their covariance with the outcome");
  }
};

/// One row a non-empty bin of the predictions.
struct calibration_bins {
  std::vector<double> from, to, rows, weight, predicted, observed, lower, upper;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("from", self.from, "lower edge of the bin");
    visit("to", self.to, "upper edge of the bin");
    visit("rows", self.rows, "rows in the bin");
    visit("weight", self.weight, "their weight");
    visit("predicted", self.predicted, "mean prediction");
    visit("observed", self.observed, "observed rate");
    visit("lower", self.lower, "Wilson interval of the observed rate, lower end");
    visit("upper", self.upper, "upper end");
  }
};

struct calibration_options {
  int n_bins = 10;
  binning strategy = binning::quantile;
  double level = 0.95;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("n_bins", self.n_bins, between(1, 100000), "bins asked for; empty and repeated ones are left out");
    visit("strategy", self.strategy, "edges at quantiles of the predictions, or equally wide");
    visit("level", self.level, strictly_between(0, 1), "of the intervals");
  }
};

/// Predicted against observed rate. Equal predictions share a bin; a prediction on an edge belongs to the bin below. Quantiles are of
/// rows, not of weights. Matches: scikit-learn calibration_curve.
calibration_bins calibration_table(const scored& data, const calibration_options& options = {});

/// Hosmer and Lemeshow's test: rows ordered by prediction (equal ones in row order) in `n_groups` groups cut at n i / g; chi-squared with
/// g - 2 degrees of freedom. Unweighted. Errors: invalid_input when a group is empty or its predictions are all 0 or all 1.
struct hosmer_lemeshow_result {
  double statistic = 0, dof = 0, p_value = 1;
  std::vector<double> rows, observed, expected;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("statistic", self.statistic, "sum of (observed - expected)^2 / (expected (1 - expected / n)) over groups");
    visit("dof", self.dof, "groups - 2");
    visit("p_value", self.p_value, "upper tail");
    visit("rows", self.rows, "per group");
    visit("observed", self.observed, "1s per group");
    visit("expected", self.expected, "sum of predictions per group");
  }
};
hosmer_lemeshow_result hosmer_lemeshow(const scored& data, int n_groups = 10);

/// Expected calibration error: mean gap between predicted and observed rate of the bins, weighted by rows.
double calibration_error(const scored& data, const calibration_options& options = {});

brier_parts brier_decomposition(const scored& data, const calibration_options& options = {});

}  // namespace tenure::inline TENURE_ABI::evaluate

#ifndef TENURE_COMPILED
#include "tenure/evaluate/probability-inl.hpp"
#endif
