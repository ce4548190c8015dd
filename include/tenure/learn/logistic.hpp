#pragma once

#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"
#include "tenure/learn/logistic_model.hpp"
#include "tenure/learn/logistic_statistic.hpp"

namespace tenure::inline TENURE_ABI::learn {

/// Logistic regression by Newton's method (iteratively reweighted least squares), with the covariance of the estimate.
///
/// x: n rows, numbers or categoricals (see `encoding`), no missing values. Minimises
/// -sum_i w_i [y_i eta_i - log(1 + exp(eta_i))] / sum_i w_i + l1 |b|_1 + l2 / 2 |b|_2^2, eta = offset + intercept + x b. Weights count
/// rows (R's and statsmodels' case weights). hc0 is B^-1 M B^-1 with M = sum of w_i^2 (y_i - p_i)^2 x_i x_i'; hc1 multiplies it by
/// n / (n - p); cluster sums scores within clusters first and multiplies by G / (G - 1) (R sandwich::vcovCL, Stata).
///
/// `firth` maximises the log-likelihood + log det(information) / 2 instead (Firth, Biometrika 80 (1993); Heinze and Schemper, Statistics in
/// Medicine 21 (2002)): less biased in small samples and finite under separation. O(n p^2) twice per pass, 10 to 30 passes. Matches: R brglm2.
///
/// Columns are scaled while fitting, so units do not matter. A constant or dependent column gets coefficient 0 and is named in
/// `info.dependent` unless a penalty makes it estimable. When the classes are separated the likelihood has no maximum: the fit stops
/// and says so in `info`. O(n p^2) per pass, about 8 passes, 3 over a large table, whose fit starts from that of a sample; beyond the data it
/// needs 10 p^2 doubles a thread and no copy.
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
#include "tenure/learn/logistic_path.hpp"
#endif
