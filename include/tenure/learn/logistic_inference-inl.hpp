#pragma once

#include <cmath>

#include "tenure/learn/logistic_inference.hpp"
#include "tenure/numeric/distributions.hpp"
#include "tenure/numeric/linear.hpp"

namespace tenure::inline TENURE_ABI::learn {

namespace detail {
inline void require_unpenalised(const logistic_model& model) {
  if (model.options.l1 > 0 || model.options.l2 > 0)
    throw not_supported(
        "standard errors of a penalised fit: the penalty biases the coefficients towards 0, so that intervals and p-values would not mean what they say; fit "
        "without a penalty");
}
}  // namespace detail

TENURE_INLINE coefficient_table coefficients_of(const logistic_model& model, double level) {
  detail::require_unpenalised(model);
  if (!(level > 0 && level < 1)) throw invalid_input("level", "must be between 0 and 1", level);
  const double quantile = numeric::two_sided_z(level);
  coefficient_table table;
  std::vector<double> estimates = model.coefficients;
  table.term = model.code.names();
  if (model.options.intercept) {
    table.term.insert(table.term.begin(), "intercept");
    estimates.insert(estimates.begin(), model.intercept);
  }
  for (std::size_t j = 0; j < estimates.size(); ++j) {
    const double b = estimates[j], error = std::sqrt(model.covariance(j, j));
    table.coefficient.push_back(b);
    table.std_error.push_back(error);
    table.z.push_back(b / error);
    table.p_value.push_back(numeric::two_sided_p(b / error));
    table.lower.push_back(b - quantile * error);
    table.upper.push_back(b + quantile * error);
    table.odds_ratio.push_back(std::exp(b));
    table.odds_ratio_lower.push_back(std::exp(b - quantile * error));
    table.odds_ratio_upper.push_back(std::exp(b + quantile * error));
  }
  return table;
}

TENURE_INLINE chi_squared_test likelihood_ratio(const logistic_model& model) {
  detail::require_unpenalised(model);
  const double statistic = std::max(0.0, model.null_deviance() - model.deviance()), dof = model.parameters() - model.options.intercept;
  return {statistic, dof, dof > 0 ? numeric::chi_squared_sf(statistic, dof) : 1.0};
}

TENURE_INLINE chi_squared_test likelihood_ratio(const logistic_model& smaller, const logistic_model& larger) {
  detail::require_unpenalised(smaller);
  detail::require_unpenalised(larger);
  if (smaller.options.firth || larger.options.firth)
    throw not_supported("likelihood-ratio test of two fits with Firth's correction: each is penalised by the information of its own columns; use joint tests");
  const double dof = larger.parameters() - smaller.parameters();
  if (!(dof > 0)) throw invalid_input("larger", "must have more parameters than smaller, difference", dof);
  if (smaller.rows != larger.rows || smaller.weight != larger.weight) throw invalid_input("larger", "was fitted to other rows than smaller, rows", larger.rows);
  const double statistic = std::max(0.0, smaller.deviance() - larger.deviance());
  return {statistic, dof, numeric::chi_squared_sf(statistic, dof)};
}

TENURE_INLINE joint_tests joint_tests_of(const logistic_model& model) {
  detail::require_unpenalised(model);
  joint_tests tests;
  const auto sources = model.code.sources();
  for (std::size_t c = 0; c < model.code.columns.size(); ++c) {
    std::vector<std::size_t> members;
    for (std::size_t j = 0; j < sources.size(); ++j)
      if (sources[j] == c && std::isfinite(model.covariance(j + model.options.intercept, j + model.options.intercept))) members.push_back(j);
    if (members.empty()) continue;
    matrix v(members.size(), members.size());
    std::vector<double> b;
    for (std::size_t i = 0; i < members.size(); ++i) {
      b.push_back(model.coefficients[members[i]]);
      for (std::size_t j = 0; j < members.size(); ++j)
        v(i, j) = model.covariance(members[i] + model.options.intercept, members[j] + model.options.intercept);
    }
    const auto factor = numeric::cholesky(v, 0.0);
    if (!factor.regular()) throw numeric_failure("joint test of '" + model.code.columns[c].name + "': its covariance is singular");
    const auto x = factor.solve(b);
    double statistic = 0;
    for (std::size_t i = 0; i < b.size(); ++i)
      statistic += b[i] * x[i];
    tests.column.push_back(model.code.columns[c].name);
    tests.statistic.push_back(statistic);
    tests.dof.push_back(static_cast<double>(b.size()));
    tests.p_value.push_back(numeric::chi_squared_sf(statistic, static_cast<double>(b.size())));
  }
  return tests;
}

}  // namespace tenure::inline TENURE_ABI::learn
