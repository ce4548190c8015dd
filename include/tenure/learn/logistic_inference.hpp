#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/learn/logistic.hpp"

namespace tenure::inline TENURE_ABI::learn {

/// One row a coefficient, the intercept (when fitted) first. NaN where a column was left out as dependent.
struct coefficient_table {
  std::vector<std::string> term;
  std::vector<double> coefficient, std_error, z, p_value, lower, upper, odds_ratio, odds_ratio_lower, odds_ratio_upper;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("term", self.term, "design column");
    visit("coefficient", self.coefficient, "log odds ratio per unit");
    visit("std_error", self.std_error, "its standard error");
    visit("z", self.z, "coefficient / std_error");
    visit("p_value", self.p_value, "two-sided, normal");
    visit("lower", self.lower, "Wald interval, lower end");
    visit("upper", self.upper, "Wald interval, upper end");
    visit("odds_ratio", self.odds_ratio, "exp(coefficient)");
    visit("odds_ratio_lower", self.odds_ratio_lower, "exp(lower)");
    visit("odds_ratio_upper", self.odds_ratio_upper, "exp(upper)");
  }
};

/// Standard errors, tests and intervals. Throws not_supported for a penalised model: shrunken coefficients are biased, and their
/// sampling variance alone gives intervals that do not cover.
coefficient_table coefficients_of(const logistic_model& model, double level = 0.95);

/// A chi-squared test.
struct chi_squared_test {
  double statistic = 0, dof = 0, p_value = 1;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("statistic", self.statistic, "chi-squared statistic");
    visit("dof", self.dof, "degrees of freedom");
    visit("p_value", self.p_value, "upper tail");
  }
};

/// Against the model without columns.
chi_squared_test likelihood_ratio(const logistic_model& model);
/// Of two nested fits to the same rows; throws invalid_input when `smaller` has no fewer parameters or other rows.
chi_squared_test likelihood_ratio(const logistic_model& smaller, const logistic_model& larger);

/// One joint Wald test a column of the table (all levels of a categorical together).
struct joint_tests {
  std::vector<std::string> column;
  std::vector<double> statistic, dof, p_value;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("column", self.column, "column of the table");
    visit("statistic", self.statistic, "Wald chi-squared");
    visit("dof", self.dof, "coefficients tested");
    visit("p_value", self.p_value, "upper tail");
  }
};
joint_tests joint_tests_of(const logistic_model& model);

}  // namespace tenure::inline TENURE_ABI::learn

#ifndef TENURE_COMPILED
#include "tenure/learn/logistic_inference-inl.hpp"
#endif
