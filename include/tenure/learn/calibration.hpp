#pragma once

#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI {

/// The shape of a calibration map.
enum class calibration_method { isotonic, platt, beta, temperature };
template <>
struct enum_names<calibration_method> {
  static constexpr const char* values[] = {"isotonic", "platt", "beta", "temperature"};
};

}  // namespace tenure::inline TENURE_ABI

namespace tenure::inline TENURE_ABI::learn {

/// A map from predicted to calibrated probabilities.
struct calibration_model {
  static constexpr const char* kind = "learn.calibration";
  static constexpr int version = 1;

  calibration_method method = calibration_method::isotonic;
  std::vector<double> from, to;                                   // isotonic: the knots, rising
  double log_slope = 0, log_complement_slope = 0, intercept = 0;  // others: log-odds = log_slope log p - log_complement_slope log(1 - p) + intercept

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("method", self.method, "shape of the map");
    visit("from", self.from, "isotonic: predictions at the knots, rising");
    visit("to", self.to, "isotonic: calibrated probabilities at the knots, not falling");
    visit("log_slope", self.log_slope, "log-odds gained per log p");
    visit("log_complement_slope", self.log_complement_slope, "log-odds lost per log(1 - p)");
    visit("intercept", self.intercept, "log-odds at p = 1/2 apart from the slopes");
  }
  void check() const;
  friend bool operator==(const calibration_model&, const calibration_model&) = default;
};

/// Fits the map on predictions p in [0, 1] of rows that the predicting model has not seen.
///
/// isotonic: the non-falling map of least squares (pool adjacent violators, equal predictions pooled first), linear between knots and flat
/// outside, as scikit-learn's IsotonicRegression. platt: sigma(a logit p + b) by maximum likelihood with Platt's smoothed targets (Advances in
/// Large Margin Classifiers, 1999). beta: sigma(a log p - b log(1 - p) + c) with a, b >= 0 (Kull, Silva Filho and Flach, AISTATS 2017).
/// temperature: sigma(logit(p) / T). Predictions beyond [1e-9, 1 - 1e-9] count as these ends where a logarithm is taken.
/// Errors: invalid_input for p outside [0, 1] (row named), y not 0 or 1, one class, wrong lengths, bad weights.
calibration_model fit_calibration(numeric_column p, numeric_column y, calibration_method method, numeric_column weight = {});

/// The calibrated probabilities.
std::vector<double> apply_calibration(const calibration_model& model, numeric_column p);

/// Probabilities of a model trained on weighted or sampled classes, corrected to the true rate of 1s (Elkan, IJCAI 2001; King and Zeng 2001):
/// odds times [rate / (1 - rate)] / [trained_rate / (1 - trained_rate)].
std::vector<double> correct_prior(numeric_column p, double trained_rate, double rate);

}  // namespace tenure::inline TENURE_ABI::learn

#ifndef TENURE_COMPILED
#include "tenure/learn/calibration-inl.hpp"
#endif
