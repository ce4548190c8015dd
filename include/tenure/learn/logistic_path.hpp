#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/learn/logistic_model.hpp"
#include "tenure/learn/logistic_statistic.hpp"

namespace tenure::inline TENURE_ABI::learn {

struct logistic_path_options {
  double l1_ratio = 1.0;             // 1: lasso, 0: ridge, between: elastic net
  std::vector<double> lambdas = {};  // penalties to fit, falling; empty: a geometric sequence from the smallest that leaves no column
  int n_lambdas = 100;               // length of that sequence
  double lambda_ratio = 0;           // its last over its first; 0: 1e-4 when there are more rows than columns, else 1e-2
  bool standardise = true;           // penalise coefficients of columns scaled to unit spread
  bool intercept = true;             // fit an intercept (never penalised)
  double tolerance = 1e-7;           // largest violation of the optimality conditions of the mean loss
  int max_iterations = 100;          // steps a penalty at most

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("l1_ratio", self.l1_ratio, between(0, 1), "1: lasso, 0: ridge, between: elastic net");
    visit("lambdas", self.lambdas, "penalties to fit, falling; empty: a geometric sequence");
    visit("n_lambdas", self.n_lambdas, between(1, 100000), "length of the geometric sequence");
    visit("lambda_ratio", self.lambda_ratio, between(0, 1), "last over first penalty; 0: 1e-4 when there are more rows than columns, else 1e-2");
    visit("standardise", self.standardise, "penalise coefficients of columns scaled to unit spread");
    visit("intercept", self.intercept, "fit an intercept, never penalised");
    visit("tolerance", self.tolerance, more_than(0.0), "largest violation of the optimality conditions of the mean loss");
    visit("max_iterations", self.max_iterations, at_least(1), "steps a penalty at most");
  }
};

/// Fits for a falling sequence of penalties; coefficients are on the scale of the data.
struct logistic_path_model {
  static constexpr const char* kind = "learn.logistic_path";
  static constexpr int version = 1;

  encoding code;
  std::vector<double> lambdas, intercepts, deviance_ratios;
  matrix coefficients;  // one row a penalty
  std::vector<std::int32_t> nonzeros;
  double rows = 0, weight = 0, null_log_likelihood = 0, l1_ratio = 1;
  bool converged = false;
  int passes = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("code", self.code, "how a table becomes the design columns");
    visit("lambdas", self.lambdas, "penalties, falling");
    visit("intercepts", self.intercepts, "one a penalty");
    visit("deviance_ratios", self.deviance_ratios, "share of the null deviance explained, one a penalty");
    visit("coefficients", self.coefficients, "penalties x design columns");
    visit("nonzeros", self.nonzeros, "columns in the model, one a penalty");
    visit("rows", self.rows, at_least(0.0), "rows with a positive weight");
    visit("weight", self.weight, at_least(0.0), "sum of weights");
    visit("null_log_likelihood", self.null_log_likelihood, "of the model without columns");
    visit("l1_ratio", self.l1_ratio, between(0, 1), "1: lasso, 0: ridge, between: elastic net");
    visit("converged", self.converged, "every penalty reached the tolerance");
    visit("passes", self.passes, "passes over the data in all");
  }
  void check() const;
  friend bool operator==(const logistic_path_model&, const logistic_path_model&) = default;
};

/// Lasso, ridge and elastic-net paths of logistic regression: minimises for every lambda
/// mean loss + lambda (l1_ratio |b|_1 + (1 - l1_ratio) / 2 |b|_2^2), b the coefficients of the (standardised) columns.
///
/// Newton steps whose Gram matrix is kept while it still serves and learns from every step (BFGS; the gradient is always exact), coordinate
/// descent on it finished by a direct solve on the support, strong rules for the columns to look at, and at the end of every penalty a check of
/// the other columns, save those whose gradient cannot have reached the penalty since it was computed. Needs one copy of the data. Inputs, weights, offset and
/// errors as fit_logistic. Matches: R glmnet (family = "binomial"), which minimises the same. Sources: Friedman, Hastie and Tibshirani, J. Stat. Software 33
/// (2010); Tibshirani et al., JRSS B 74 (2012).
logistic_path_model fit_logistic_path(const table_view& x, const binary_outcome& outcome, const logistic_path_options& options = {}, const execution& run = {});

/// The fit at one penalty as a model that predicts.
logistic_model path_step(const logistic_path_model& path, std::size_t index);

/// Mean deviance of every step on given rows (weights count).
std::vector<double> path_deviances(const logistic_path_model& path, const table_view& x, const binary_outcome& outcome, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::learn

#ifndef TENURE_COMPILED
#include "tenure/learn/logistic_path-inl.hpp"
#endif
