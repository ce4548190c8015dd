#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/value/covariates-inl.hpp"
#include "tenure/value/fit_report-inl.hpp"

namespace tenure::inline TENURE_ABI::value::detail {

/// Columns [column, column + width) of a profile z move one parameter: log parameter_i = log parameter + sign * z_i'coef.
struct covariate_block {
  std::size_t parameter, column, width;
  double sign;
};

/// The parameters of a fit with covariates: the logarithms of the K parameters at covariates 0, then the coefficients, block after block.
template <std::size_t K>
struct covariate_layout {
  std::array<const char*, K> names;
  std::vector<covariate_block> blocks;

  std::size_t coefficients() const {
    std::size_t n = 0;
    for (const auto& b : blocks)
      n += b.width;
    return n;
  }
  std::size_t size() const { return K + coefficients(); }

  /// Calls `visit(block, column of the profile, index of the coefficient among all of them)` for every coefficient.
  template <class Visit>
  void each(Visit&& visit) const {
    std::size_t at = 0;
    for (const auto& b : blocks)
      for (std::size_t j = 0; j < b.width; ++j)
        visit(b, b.column + j, at++);
  }

  /// By how much the profile z moves the logarithm of each parameter.
  std::array<double, K> shifts(const double* z, const double* coef) const {
    std::array<double, K> shift{};
    each([&](const covariate_block& b, std::size_t column, std::size_t at) { shift[b.parameter] += b.sign * z[column] * coef[at]; });
    return shift;
  }

  /// Adds the derivatives by one profile's log-parameters to those by all parameters: J'g and J'HJ.
  void add_chained(likelihood_point& sum, const derivatives<K>& d, const double* z) const {
    sum.value += d.value;
    for (std::size_t i = 0; i < K; ++i) {
      sum.gradient[i] += d.gradient[i];
      for (std::size_t j = 0; j <= i; ++j)
        sum.hessian(i, j) += d.hessian[i][j];
    }
    const auto curvature = [&](std::size_t i, std::size_t j) { return i >= j ? d.hessian[i][j] : d.hessian[j][i]; };
    each([&](const covariate_block& b, std::size_t column, std::size_t at) {
      const double slope = b.sign * z[column];
      if (slope == 0) return;
      sum.gradient[K + at] += slope * d.gradient[b.parameter];
      for (std::size_t i = 0; i < K; ++i)
        sum.hessian(K + at, i) += slope * curvature(b.parameter, i);
      each([&](const covariate_block& other, std::size_t other_column, std::size_t before) {
        if (before <= at) sum.hessian(K + at, K + before) += slope * other.sign * z[other_column] * curvature(b.parameter, other.parameter);
      });
    });
  }

  /// Covariance of the K log-parameters at the profile z: J V J'.
  matrix covariance_at(const double* z, const matrix& v) const {
    matrix j(K, size());
    for (std::size_t i = 0; i < K; ++i)
      j(i, i) = 1;
    each([&](const covariate_block& b, std::size_t column, std::size_t at) { j(b.parameter, K + at) = b.sign * z[column]; });
    matrix result(K, K);
    for (std::size_t a = 0; a < size(); ++a)
      for (std::size_t b = 0; b < size(); ++b)
        for (std::size_t i = 0; i < K; ++i)
          for (std::size_t k = 0; k < K; ++k)
            result(i, k) += j(i, a) * v(a, b) * j(k, b);
    return result;
  }

  std::vector<coefficient> coefficients_of(const covariate_effects& effects, const fit_report& report) const {
    auto columns = effects.purchase.names();
    const auto dropout = effects.dropout.names();
    columns.insert(columns.end(), dropout.begin(), dropout.end());
    std::vector<coefficient> result;
    each([&](const covariate_block& b, std::size_t column, std::size_t at) {
      result.push_back({names[b.parameter], columns[column], effects.coef[at], std::sqrt(report.covariance(K + at, K + at))});
    });
    return result;
  }

  /// What a model's file must keep true.
  void check(const char* kind, const covariate_effects& effects, const fit_report& report) const { check(kind, K, effects, report); }
  void check(const char* kind, std::size_t parameters, const covariate_effects& effects, const fit_report& report) const {
    effects.check();
    if (effects.coef.size() != coefficients()) throw bad_file(std::string(kind) + ": one coefficient a column and parameter is needed");
    const std::size_t wanted = parameters + coefficients();
    if (report.covariance.rows() != wanted || report.covariance.cols() != wanted) throw bad_file(std::string(kind) + ": the covariance has the wrong size");
  }
};

/// Profiles with each column centred and scaled to standard deviation 1 over customers, so that steps and tolerances do not depend on units.
struct scaled_profiles {
  matrix z;
  std::vector<double> mean, scale;

  /// `weight`: customers a profile. Throws invalid_input for a constant column and for one that depends on the columns before it.
  scaled_profiles(const matrix& profiles, const std::vector<double>& weight, const encoding& purchase, const encoding& dropout)
      : z(profiles.rows(), profiles.cols()), mean(profiles.cols()), scale(profiles.cols()) {
    double total = 0;
    for (const double w : weight)
      total += w;
    const auto left = purchase.names(), right = dropout.names();
    for (std::size_t j = 0; j < z.cols(); ++j) {
      double low = profiles(0, j), high = low;
      for (std::size_t g = 0; g < z.rows(); ++g) {
        mean[j] += weight[g] * profiles(g, j) / total;
        low = std::min(low, profiles(g, j));
        high = std::max(high, profiles(g, j));
      }
      if (low == high) throw invalid_input("covariates", "column '" + (j < left.size() ? left[j] : right[j - left.size()]) + "' is the same for all customers");
      for (std::size_t g = 0; g < z.rows(); ++g)
        scale[j] += weight[g] * (profiles(g, j) - mean[j]) * (profiles(g, j) - mean[j]) / total;
      scale[j] = std::sqrt(scale[j]);
      for (std::size_t g = 0; g < z.rows(); ++g)
        z(g, j) = (profiles(g, j) - mean[j]) / scale[j];
    }
    refuse_dependent(weight, 0, left);
    refuse_dependent(weight, left.size(), right);
  }

 private:
  void refuse_dependent(const std::vector<double>& weight, std::size_t from, const std::vector<std::string>& names) const {
    matrix products(names.size(), names.size());
    for (std::size_t g = 0; g < z.rows(); ++g)
      for (std::size_t i = 0; i < names.size(); ++i)
        for (std::size_t j = 0; j <= i; ++j)
          products(i, j) += weight[g] * z(g, from + i) * z(g, from + j);
    const auto dependent = numeric::cholesky(products).dependent;
    if (!dependent.empty()) throw invalid_input("covariates", "column '" + names[dependent[0]] + "' is a linear combination of the columns before it");
  }
};

/// What is found, on the scale of the columns as they came.
template <std::size_t K>
struct covariate_estimate {
  std::array<double, K> parameters;
  std::vector<double> coef;
};

/// Maximum likelihood over K positive parameters and their coefficients. `first` cuts the rows by profile; `rows(parameters, begin, end)` gives
/// the derivatives of rows of one profile by its parameters; a task has at least `chunk` rows.
template <std::size_t K, class Rows>
covariate_estimate<K> fit_with_covariates(const covariate_layout<K>& layout, const scaled_profiles& scaled, const std::vector<std::size_t>& first,
                                          const std::array<double, K>& start, double customers, std::size_t chunk, const covariate_effects& effects,
                                          const fit_options& options, fit_report& report, const execution& run, Rows&& rows) {
  const chunking chunks(first.back(), chunk);
  const auto at = [&](const std::vector<double>& theta) {
    return parallel_reduce(
        chunks, run, likelihood_point(layout.size()),
        [&](likelihood_point& part, std::size_t begin, std::size_t end) {
          auto g = static_cast<std::size_t>(std::upper_bound(first.begin(), first.end(), begin) - first.begin()) - 1;
          for (; begin < end; ++g) {
            const std::size_t stop = std::min(end, first[g + 1]);
            auto parameters = layout.shifts(scaled.z.row(g), theta.data() + K);
            for (std::size_t i = 0; i < K; ++i)
              parameters[i] = std::exp(theta[i] + parameters[i]);
            auto d = rows(parameters, begin, stop);
            d.to_log_scale(parameters);
            layout.add_chained(part, d, scaled.z.row(g));
            begin = stop;
          }
        },
        [](likelihood_point& total, const likelihood_point& part) { total.merge(part); });
  };
  auto columns = effects.purchase.names();
  const auto dropout = effects.dropout.names();
  columns.insert(columns.end(), dropout.begin(), dropout.end());
  std::vector<std::string> names(layout.names.begin(), layout.names.end());
  layout.each([&](const covariate_block& b, std::size_t column, std::size_t) {
    names.push_back("the coefficient of " + columns[column] + " on " + layout.names[b.parameter]);
  });
  std::vector<double> theta(layout.size());
  std::copy(start.begin(), start.end(), theta.begin());
  theta = maximise(at, std::move(theta), customers, names, options, report);

  // Back from scaled columns: a linear map A of the parameters, A V A' of their covariance.
  matrix back(layout.size(), layout.size());
  for (std::size_t i = 0; i < K; ++i)
    back(i, i) = 1;
  layout.each([&](const covariate_block& b, std::size_t column, std::size_t k) {
    back(K + k, K + k) = 1 / scaled.scale[column];
    back(b.parameter, K + k) = -b.sign * scaled.mean[column] / scaled.scale[column];
  });
  const auto product = [](const matrix& a, const matrix& b, bool transposed) {
    matrix c(a.rows(), transposed ? b.rows() : b.cols());
    for (std::size_t i = 0; i < c.rows(); ++i)
      for (std::size_t j = 0; j < c.cols(); ++j)
        for (std::size_t k = 0; k < a.cols(); ++k)
          c(i, j) += a(i, k) * (transposed ? b(j, k) : b(k, j));
    return c;
  };
  report.covariance = product(product(back, report.covariance, false), back, true);
  theta = product(back, matrix(theta.size(), 1, theta), false).values();
  covariate_estimate<K> found;
  for (std::size_t i = 0; i < K; ++i) {
    found.parameters[i] = std::exp(theta[i]);
    if (!(found.parameters[i] > 0) || std::isinf(found.parameters[i]))
      throw numeric_failure(std::string(layout.names[i]) + " at covariates 0 is beyond the range of numbers; subtract from each covariate its mean");
  }
  found.coef.assign(theta.begin() + K, theta.end());
  return found;
}

/// Customers a profile.
inline std::vector<double> profile_weights(const std::vector<double>& weight, const std::vector<std::size_t>& first) {
  std::vector<double> sums(first.size() - 1);
  for (std::size_t g = 0; g < sums.size(); ++g)
    for (std::size_t i = first[g]; i < first[g + 1]; ++i)
      sums[g] += weight[i];
  return sums;
}

/// The log-likelihood of the data under a model of these parameters at covariates 0.
template <std::size_t K, class Rows>
double covariate_log_likelihood(const covariate_layout<K>& layout, const std::array<double, K>& base, const covariate_effects& effects,
                                const covariate_summary& data, Rows&& rows) {
  if (effects.purchase != data.purchase || effects.dropout != data.dropout)
    throw invalid_input("covariates", "must be the columns that the model was fitted with");
  double sum = 0;
  for (std::size_t g = 0; g < data.profiles.rows(); ++g) {
    auto parameters = layout.shifts(data.profiles.row(g), effects.coef.data());
    for (std::size_t k = 0; k < K; ++k)
      parameters[k] = base[k] * std::exp(parameters[k]);
    sum += rows(parameters, data.first[g], data.first[g + 1]).value;
  }
  return sum;
}

}  // namespace tenure::inline TENURE_ABI::value::detail
