#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"
#include "tenure/survival/outcome.hpp"

namespace tenure::inline TENURE_ABI::survival {

struct cox_path_options {
  double l1_ratio = 1.0;            // 1: lasso; smaller: elastic net
  int lambdas = 100;                // length of the path
  double smallest = 0.0;            // last lambda as a share of the first; 0: 1e-4, or 0.01 with more columns than rows
  std::vector<double> lambda = {};  // the path itself, descending; empty: made from the data
  double tolerance = 1e-7;          // largest change of a standardised coefficient that another iteration would bring
  int max_iterations = 200;         // for each lambda
  int folds = 0;                    // cross-validation; 0: none
  std::uint64_t seed = 0;           // of the folds

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("l1_ratio", self.l1_ratio, bounds{.low = 0, .high = 1, .low_open = true}, "share of the lasso in the penalty");
    visit("lambdas", self.lambdas, between(1, 10000), "length of the path");
    visit("smallest", self.smallest, bounds{.low = 0, .high = 1, .high_open = true}, "last lambda as a share of the first");
    visit("lambda", self.lambda, "the path itself, descending");
    visit("tolerance", self.tolerance, strictly_between(0, 1), "largest change of a standardised coefficient that another iteration would bring");
    visit("max_iterations", self.max_iterations, between(1, 1000000), "for each lambda");
    visit("folds", self.folds, between(0, 1000), "folds of the cross-validation");
    visit("seed", self.seed, "of the folds");
  }
};

/// Elastic-net Cox models along a path of penalties.
struct cox_path_model {
  static constexpr const char* kind = "survival.cox_path";
  static constexpr int version = 1;
  double l1_ratio = 1;
  encoding code;
  std::vector<double> lambda;
  matrix coef;                         ///< lambdas x columns, on the scale of the data
  std::vector<double> deviance_ratio;  ///< share of the deviance explained
  double null_deviance = 0;
  std::vector<double> cv_mean, cv_std_error;  ///< cross-validated deviance per event, empty without folds
  std::size_t best = 0;                       ///< the lambda with the least of it, else the last
  std::size_t sparse = 0;                     ///< the largest lambda within one standard error of that
  bool converged = true;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("l1_ratio", self.l1_ratio, between(0, 1), "share of the lasso in the penalty");
    visit("code", self.code, "columns of training");
    visit("lambda", self.lambda, "penalties, descending");
    visit("coef", self.coef, "coefficients, lambdas x columns");
    visit("deviance_ratio", self.deviance_ratio, "share of the deviance explained");
    visit("null_deviance", self.null_deviance, "deviance of the model without columns");
    visit("cv_mean", self.cv_mean, "cross-validated deviance per event");
    visit("cv_std_error", self.cv_std_error, "its standard error over folds");
    visit("best", self.best, "index of the lambda with the least cross-validated deviance");
    visit("sparse", self.sparse, "index of the largest lambda within one standard error of it");
    visit("converged", self.converged, "true when every lambda converged");
  }
  void check() const;
  friend bool operator==(const cox_path_model&, const cox_path_model&) = default;
};

/// Minimises -(1/n) log partial likelihood (Breslow) + lambda (l1_ratio |b|_1 + (1 - l1_ratio) / 2 |b|_2^2) over columns standardised to variance 1
/// (denominator n; a weight counts as so many rows), for each lambda (Simon, Friedman, Hastie and Tibshirani 2011). Coordinate descent on a quadratic model
/// whose curvature is computed once and follows the gradients that the path meets (BFGS); strong rules (Tibshirani et al. 2012) with a check of all columns.
/// The deviance of fold k is that of all rows less that of the others (Verweij and van Houwelingen 1993). Late entries and weights count. Matches: R
/// glmnet(family = "cox").
cox_path_model fit_cox_path(const table_view& x, const outcome& y, const cox_path_options& options = {}, const execution& run = {});

/// x' coef of the model with index `at` on the path.
std::vector<double> predict_log_hazard(const cox_path_model& model, const table_view& x, std::size_t at);

}  // namespace tenure::inline TENURE_ABI::survival

#ifndef TENURE_COMPILED
#include "tenure/survival/cox_path-inl.hpp"
#endif
