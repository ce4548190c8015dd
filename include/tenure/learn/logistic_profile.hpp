#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/learn/logistic_inference.hpp"

namespace tenure::inline TENURE_ABI::learn {

/// Profile-likelihood intervals, one row a coefficient, the intercept (when fitted) first; NaN for dependent columns.
struct profile_intervals {
  std::vector<std::string> term;
  std::vector<double> coefficient, lower, upper;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("term", self.term, "design column");
    visit("coefficient", self.coefficient, "log odds ratio per unit");
    visit("lower", self.lower, "lower end; -inf where the likelihood never falls far enough");
    visit("upper", self.upper, "upper end; inf where the likelihood never falls far enough");
  }
};

/// The values of a coefficient at which twice the log-likelihood, the other coefficients at their best, has fallen by the chi-squared quantile:
/// unlike Wald's interval it need not be symmetric and holds in small samples and near separation. With Firth's correction the penalised
/// likelihood is profiled.
///
/// x, outcome: the rows of the fit. Newton steps on the signed root of the fall, each with the other coefficients at their best (Venzon and
/// Moolgavkar, Applied Statistics 37 (1988)); about 10 passes over the data an end. Errors: not_supported for penalised or separated fits; invalid_input when
/// the rows are not those of the fit. Matches: R confint(glm), which interpolates, to 1e-4 standard errors, and its exact solution by optimisation to 1e-7.
profile_intervals profile_intervals_of(const logistic_model& model, const table_view& x, const binary_outcome& outcome, double level = 0.95,
                                       const execution& run = {});

/// One likelihood-ratio test a column of the table (all levels of a categorical together): the fit against that without the column. With Firth's
/// correction both likelihoods are penalised by the information of all columns (as R logistf does). Matches: R drop1(test = "LRT").
joint_tests likelihood_ratio_tests_of(const logistic_model& model, const table_view& x, const binary_outcome& outcome, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::learn

#ifndef TENURE_COMPILED
#include "tenure/learn/logistic_profile-inl.hpp"
#endif
