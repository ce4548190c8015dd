#pragma once

#include <string>
#include <vector>

#include "tenure/survival/cox.hpp"

namespace tenure::inline TENURE_ABI::survival {

struct sparse_cox_options {
  survival::ties ties = ties::efron;
  double alpha = 0.01;                      // the penalty, on the mean log partial likelihood
  double l1_ratio = 1.0;                    // 1: lasso; smaller: elastic net
  int max_iterations = 200;                 // of the path solver
  double tolerance = 1e-9;                  // largest change of a standardised coefficient in the last iteration
  std::vector<std::string> reference = {};  // "column=level": the level that others are compared with

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("ties", self.ties, "how events at the same time are handled");
    visit("alpha", self.alpha, more_than(0), "the penalty");
    visit("l1_ratio", self.l1_ratio, bounds{.low = 0, .high = 1, .low_open = true}, "share of the lasso in the penalty");
    visit("max_iterations", self.max_iterations, between(1, 1000000), "of the path solver");
    visit("tolerance", self.tolerance, strictly_between(0, 1), "largest change of a standardised coefficient in the last iteration");
    visit("reference", self.reference, "column=level, the level that others are compared with");
  }
};

/// A Cox model at one elastic-net penalty: minimises what `fit_cox_path` does, -(1/n) log partial likelihood + alpha (l1_ratio |b|_1 +
/// (1 - l1_ratio) / 2 |b|_2^2) over columns standardised to variance 1, also with strata, offsets and Efron's ties. The result predicts like any other
/// Cox model; its covariance is empty and its tests are 0, because standard errors of chosen coefficients that ignore the choice are wrong.
/// Throws invalid_input and not_supported (exact ties, clusters) as `fit_cox` does. Matches: fit_cox_path (Breslow).
cox_model fit_sparse_cox(const table_view& x, const outcome& y, const sparse_cox_options& options = {}, const cox_columns& columns = {},
                         const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::survival

#ifndef TENURE_COMPILED
#include "tenure/survival/cox_sparse-inl.hpp"
#endif
