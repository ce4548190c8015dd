#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/evaluate/profit.hpp"
#include "tenure/evaluate/ranking.hpp"

namespace tenure::inline TENURE_ABI::evaluate {

struct bootstrap_options {
  int repetitions = 1000;
  std::uint32_t seed = 0;
  double level = 0.95;
  campaign offer = {};

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("repetitions", self.repetitions, between(0, 1000000), "bootstrap samples; 0: no intervals");
    visit("seed", self.seed, "of the random numbers");
    visit("level", self.level, strictly_between(0, 1), "of the intervals");
    visit("offer", self.offer, "the campaign of expected_profit");
  }
};

/// Every measure of a score with its bootstrap interval (percentiles; NaN without repetitions).
struct measure_table {
  std::vector<std::string> measure;
  std::vector<double> value, lower, upper;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("measure", self.measure, "name");
    visit("value", self.value, "of the data");
    visit("lower", self.lower, "lower end of the interval");
    visit("upper", self.upper, "upper end of the interval");
  }
};

/// roc_auc, average_precision, ks, h_measure, lift at 5, 10 and 20 percent, expected_profit and, when `probabilities`, log_loss and brier.
/// Rows are resampled within each class, by counting draws per distinct score: one sort in all, O(n) a repetition, the same for any number
/// of threads. Rows of unequal weight are drawn with equal probability and keep their weight.
measure_table bootstrap_measures(const scored& data, bool probabilities, const bootstrap_options& options = {}, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::evaluate

#ifndef TENURE_COMPILED
#include "tenure/evaluate/resample-inl.hpp"
#endif
