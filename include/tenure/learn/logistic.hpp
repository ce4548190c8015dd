#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"
#include "tenure/learn/logistic_statistic.hpp"

namespace tenure::inline TENURE_ABI {

/// How the variance of the coefficients is estimated.
enum class variance_kind { model, hc0, hc1, cluster };
template <>
struct enum_names<variance_kind> {
  static constexpr const char* values[] = {"model", "hc0", "hc1", "cluster"};
};

}  // namespace tenure::inline TENURE_ABI

namespace tenure::inline TENURE_ABI::learn {

struct logistic_options {
  double l1 = 0.0;                                // lasso penalty: adds l1 * sum of absolute coefficients to the mean loss
  double l2 = 0.0;                                // ridge penalty: adds l2 / 2 * sum of squared coefficients to the mean loss
  bool intercept = true;                          // fit an intercept (never penalised)
  double tolerance = 1e-12;                       // stop when no entry of the gradient of the mean loss is larger (columns scaled to unit spread)
  int max_iterations = 100;                       // Newton steps at most
  variance_kind variance = variance_kind::model;  // how standard errors are computed

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("l1", self.l1, at_least(0.0), "lasso penalty: l1 * sum of absolute coefficients is added to the mean loss");
    visit("l2", self.l2, at_least(0.0), "ridge penalty: l2 / 2 * sum of squared coefficients is added to the mean loss");
    visit("intercept", self.intercept, "fit an intercept, never penalised");
    visit("tolerance", self.tolerance, more_than(0.0), "largest entry of the gradient of the mean loss at the end, columns scaled to unit spread");
    visit("max_iterations", self.max_iterations, at_least(1), "Newton steps at most");
    visit("variance", self.variance, "information matrix, heteroscedasticity-robust without (hc0) or with (hc1) degrees of freedom, or cluster-robust");
  }
};

/// How a fit went.
struct fit_info {
  bool converged = false;
  bool separated = false;                    // some combination of columns separates the classes: no finite estimate exists
  int iterations = 0;                        // passes over the data
  double gradient = 0;                       // largest entry of the gradient of the mean loss when the fit stopped
  std::vector<std::string> separating = {};  // design columns whose coefficients run away
  std::vector<std::string> dependent = {};   // design columns left out (coefficient 0): they are constant or a combination of earlier ones

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("converged", self.converged, "the gradient reached the tolerance");
    visit("separated", self.separated, "some combination of columns separates the classes: no finite estimate exists");
    visit("iterations", self.iterations, "passes over the data");
    visit("gradient", self.gradient, "largest entry of the gradient of the mean loss at the end");
    visit("separating", self.separating, "columns whose coefficients run away");
    visit("dependent", self.dependent, "columns left out: constant, or combinations of earlier ones");
  }
  friend bool operator==(const fit_info&, const fit_info&) = default;
};

/// A fitted logistic regression. Coefficients are per unit of each design column (`code.names()`), on the log-odds scale.
struct logistic_model {
  static constexpr const char* kind = "learn.logistic";
  static constexpr int version = 1;

  encoding code;
  double intercept = 0;
  std::vector<double> coefficients;
  matrix covariance;  // intercept (when fitted) first, then the coefficients; empty when penalised
  double rows = 0, weight = 0;
  double log_likelihood = 0, null_log_likelihood = 0;
  logistic_options options;
  fit_info info;

  double deviance() const { return -2 * log_likelihood; }
  double null_deviance() const { return -2 * null_log_likelihood; }
  /// Free coefficients, the intercept included, dependent columns not.
  double parameters() const;
  double aic() const { return deviance() + 2 * parameters(); }
  /// The sample size is the sum of weights.
  double bic() const;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("code", self.code, "how a table becomes the design columns");
    visit("intercept", self.intercept, "log-odds at the origin");
    visit("coefficients", self.coefficients, "log odds ratio of every design column");
    visit("covariance", self.covariance, "of intercept (when fitted) and coefficients; empty when penalised");
    visit("rows", self.rows, at_least(0.0), "rows with a positive weight");
    visit("weight", self.weight, at_least(0.0), "sum of weights");
    visit("log_likelihood", self.log_likelihood, "at the estimate");
    visit("null_log_likelihood", self.null_log_likelihood, "of the model without columns");
    visit("options", self.options, "what it was fitted with");
    visit("info", self.info, "how the fit went");
  }
  void check() const;
  friend bool operator==(const logistic_model& a, const logistic_model& b);
};

/// Logistic regression by Newton's method (iteratively reweighted least squares), with the covariance of the estimate.
///
/// x: n rows, numbers or categoricals (see `encoding`), no missing values. Minimises
/// -sum_i w_i [y_i eta_i - log(1 + exp(eta_i))] / sum_i w_i + l1 |b|_1 + l2 / 2 |b|_2^2, eta = offset + intercept + x b. Weights count
/// rows (R's and statsmodels' case weights). hc0 is B^-1 M B^-1 with M = sum of w_i^2 (y_i - p_i)^2 x_i x_i'; hc1 multiplies it by
/// n / (n - p); cluster sums scores within clusters first and multiplies by G / (G - 1) (R sandwich::vcovCL, Stata).
///
/// Columns are scaled while fitting, so units do not matter. A constant or dependent column gets coefficient 0 and is named in
/// `info.dependent` unless a penalty makes it estimable. When the classes are separated the likelihood has no maximum: the fit stops
/// and says so in `info`. O(n p^2) per pass, about 8 passes; beyond the data it needs 10 p^2 doubles a thread and no copy.
/// Errors: invalid_input for a missing or infinite value (column and row named), y not 0 or 1, one class, wrong lengths, negative weights.
/// Matches: R glm(family = binomial), statsmodels GLM and Logit (cov_type HC0, HC1), to 1e-8.
/// Source: McCullagh and Nelder, Generalized Linear Models, 2nd ed., ch. 4; White, Econometrica 50 (1982).
logistic_model fit_logistic(const table_view& x, const binary_outcome& outcome, const logistic_options& options = {}, const execution& run = {});

namespace detail {
/// fit_logistic with an l1 penalty: the last step of a short path.
logistic_model fit_sparse(const table_view& x, const binary_outcome& outcome, const logistic_options& options, const execution& run);
}  // namespace detail

/// The probability of class 1 for every row; the same bits for any batch of rows, number of threads or machine.
std::vector<double> predict_logistic(const logistic_model& model, const table_view& x, column_view<double> offset = {}, const execution& run = {});

/// What every column of the table adds to the log-odds of every row: rows x columns, coefficient times value (the level's coefficient for a
/// categorical, 0 for its reference). With the intercept and offset they sum to `logistic_log_odds`.
matrix logistic_effects(const logistic_model& model, const table_view& x, const execution& run = {});

/// The log-odds for every row.
std::vector<double> logistic_log_odds(const logistic_model& model, const table_view& x, column_view<double> offset = {}, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::learn

#ifndef TENURE_COMPILED
#include "tenure/learn/logistic-inl.hpp"
#include "tenure/learn/logistic_path-inl.hpp"
#endif
