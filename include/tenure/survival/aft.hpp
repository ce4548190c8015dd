#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"
#include "tenure/survival/cox.hpp"
#include "tenure/survival/outcome.hpp"

namespace tenure::inline TENURE_ABI {

namespace survival {
/// The law of W in log T = x'coef + scale W (Gaussian: T itself).
enum class aft_distribution { weibull, exponential, lognormal, loglogistic, gaussian, generalized_gamma };
}  // namespace survival

template <>
struct enum_names<survival::aft_distribution> {
  static constexpr const char* values[] = {"weibull", "exponential", "lognormal", "loglogistic", "gaussian", "generalized_gamma"};
};

namespace survival {

/// Times known only to lie in an interval; each column has n values. Exact: lower = upper. Right-censored: upper infinite or NaN.
/// Left-censored: lower NaN, or 0 where times must be positive.
struct interval_outcome {
  numeric_column lower = {};
  numeric_column upper = {};
  numeric_column entry = {};   ///< n or empty; 0 or less: observed from the start
  numeric_column weight = {};  ///< n or empty
};

struct aft_options {
  aft_distribution distribution = aft_distribution::weibull;
  bool robust = false;                      // sandwich variance by row; a cluster column turns it on as well
  bool cure = false;                        // mixture cure: a share of customers never leaves
  int max_iterations = 100;                 // Newton steps
  double tolerance = 1e-10;                 // converged when the next step, in standard errors, is below this times sqrt(rows)
  std::vector<std::string> reference = {};  // "column=level": the level that others are compared with

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("distribution", self.distribution, "law of the time");
    visit("robust", self.robust, "sandwich variance");
    visit("cure", self.cure, "a share of customers never leaves");
    visit("max_iterations", self.max_iterations, between(1, 10000), "Newton steps");
    visit("tolerance", self.tolerance, strictly_between(0, 1), "converged when the next step, in standard errors, is below this times sqrt(rows)");
    visit("reference", self.reference, "column=level, the level that others are compared with");
  }
};

/// A fitted accelerated-failure-time model. Parameters stand in this order: intercept, columns, log scale of each stratum, then Q
/// (generalized gamma), then the logit of the cured share (cure).
struct aft_model {
  static constexpr const char* kind = "survival.aft";
  static constexpr int version = 1;

  aft_distribution distribution = aft_distribution::weibull;
  encoding code;
  std::vector<double> coef;       ///< intercept first
  std::vector<double> log_scale;  ///< one a stratum; 0 for the exponential
  double shape = 0;               ///< Q of the generalized gamma: 0 is lognormal, 1 is Weibull
  bool cure = false;
  double cured_share = 0;
  matrix covariance;         ///< of the estimated parameters, in their order
  matrix robust_covariance;  ///< sandwich, empty unless asked for
  std::size_t rows = 0;
  double log_likelihood_null = 0, log_likelihood = 0;
  int iterations = 0;
  bool converged = false;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("distribution", self.distribution, "law of the time");
    visit("code", self.code, "columns of training");
    visit("coef", self.coef, "intercept and coefficients on the scale of log time");
    visit("log_scale", self.log_scale, "log scale of each stratum");
    visit("shape", self.shape, "Q of the generalized gamma");
    visit("cure", self.cure, "true when a share of customers never leaves");
    visit("cured_share", self.cured_share, between(0, 1), "share that never leaves");
    visit("covariance", self.covariance, "of the estimated parameters");
    visit("robust_covariance", self.robust_covariance, "sandwich variance, or empty");
    visit("rows", self.rows, "rows of training");
    visit("log_likelihood_null", self.log_likelihood_null, "with the intercept alone");
    visit("log_likelihood", self.log_likelihood, "of the times, not their logarithms");
    visit("iterations", self.iterations, "Newton steps taken");
    visit("converged", self.converged, "true when the maximum was found");
  }
  void check() const;
  const matrix& variance() const { return robust_covariance.rows() > 0 ? robust_covariance : covariance; }  ///< what errors are taken from
  friend bool operator==(const aft_model&, const aft_model&) = default;
};

/// Fits log T = x'coef + scale W by Newton's method with step halving (Kalbfleisch and Prentice 2002, chapter 3; generalized gamma in Prentice's
/// (1974) parameters, its Q by differences of the gradient; mixture cure: Boag 1949).
/// x: n x p; `columns.strata` gives each stratum its own scale, `columns.cluster` a sandwich variance. O(n p^2) a step, one Gram matrix.
/// Memory: one copy of the design and 40 bytes a row. Throws invalid_input for times that the law cannot have.
/// Matches: R survival::survreg (generalized gamma: flexsurv's parameters).
aft_model fit_aft(const table_view& x, const interval_outcome& y, const aft_options& options = {}, const cox_columns& columns = {}, const execution& run = {});
aft_model fit_aft(const table_view& x, const outcome& y, const aft_options& options = {}, const cox_columns& columns = {}, const execution& run = {});

/// x'coef with the intercept: the location of log time.
std::vector<double> predict_location(const aft_model& model, const table_view& x, const execution& run = {});
/// P(T > times[j]) for each row. `given`: tenures already reached, or empty: then P(T > given + times[j] | T > given).
matrix predict_survival(const aft_model& model, const table_view& x, const column_view<double>& times, const numeric_column& stratum = {},
                        const numeric_column& given = {}, const execution& run = {});

struct quantile_prediction {
  matrix time, std_error;  ///< rows x probabilities
};
/// The time by which a share p of customers like each row have left, with its standard error (delta method).
quantile_prediction predict_quantile(const aft_model& model, const table_view& x, const column_view<double>& p, const numeric_column& stratum = {});

/// Deviance residuals of the training rows. Matches: R residuals.survreg.
std::vector<double> aft_deviance_residuals(const aft_model& model, const table_view& x, const interval_outcome& y, const numeric_column& stratum = {});

}  // namespace survival
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/survival/aft-inl.hpp"
#endif
