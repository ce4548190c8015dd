#pragma once

// Options and model of logistic regression, apart from the functions: what the parts of the fit share.

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/table.hpp"

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
  bool firth = false;                             // Firth's correction: adds half the log-determinant of the information to the log-likelihood
  bool intercept = true;                          // fit an intercept (never penalised)
  double tolerance = 1e-12;                       // stop when no entry of the gradient of the mean loss is larger (columns scaled to unit spread)
  int max_iterations = 100;                       // Newton steps at most
  variance_kind variance = variance_kind::model;  // how standard errors are computed

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("l1", self.l1, at_least(0.0), "lasso penalty: l1 * sum of absolute coefficients is added to the mean loss");
    visit("l2", self.l2, at_least(0.0), "ridge penalty: l2 / 2 * sum of squared coefficients is added to the mean loss");
    visit("firth", self.firth, "Firth's correction: half the log-determinant of the information is added to the log-likelihood");
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
  double gradient = 0;                       // largest entry of the gradient of the mean loss at the end, as Newton's quadratic convergence leaves it
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
  static constexpr int version = 2;

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
    visit("log_likelihood", self.log_likelihood, "at the estimate; with Firth's correction the penalised one");
    visit("null_log_likelihood", self.null_log_likelihood, "of the model without columns; with Firth's correction penalised by the information of all columns");
    visit("options", self.options, "what it was fitted with");
    visit("info", self.info, "how the fit went");
  }
  void check() const;
  friend bool operator==(const logistic_model& a, const logistic_model& b);
};

}  // namespace tenure::inline TENURE_ABI::learn
