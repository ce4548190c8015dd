#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::value {

/// How a maximum-likelihood fit went. Non-convergence is reported here, never hidden.
struct fit_report {
  bool converged = false;
  int iterations = 0;
  double log_likelihood = 0;
  double gradient = 0;
  std::string message;
  matrix covariance;  // of the logarithms of the parameters

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("converged", self.converged, "true when a maximum inside the parameter space was reached");
    visit("iterations", self.iterations, "Newton steps taken");
    visit("log_likelihood", self.log_likelihood, "log-likelihood at the estimate");
    visit("gradient", self.gradient, "largest derivative of the mean log-likelihood by a log-parameter");
    visit("message", self.message, "what went wrong, empty when nothing did");
    visit("covariance", self.covariance, "covariance of the log-parameters: inverse of the observed information");
  }
  friend bool operator==(const fit_report&, const fit_report&) = default;
};

/// How a fit is run.
struct fit_options {
  int max_iterations = 100;  // Newton steps at most
  double tolerance = 1e-8;   // largest derivative of the mean log-likelihood that counts as zero

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("max_iterations", self.max_iterations, between(1, 100000), "Newton steps at most");
    visit("tolerance", self.tolerance, more_than(0), "largest derivative of the mean log-likelihood by a log-parameter that counts as zero");
  }
};

/// Standard errors of parameters exp(theta), by the delta method from the report's covariance. NaN where there is none.
std::vector<double> std_errors(const std::vector<double>& parameters, const fit_report& report);

}  // namespace tenure::inline TENURE_ABI::value

#ifndef TENURE_COMPILED
#include "tenure/value/fit_report-inl.hpp"
#endif
