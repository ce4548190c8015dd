#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI {

namespace stats {

enum class factor_method { minres, ml, pa };
enum class factor_rotation { none, varimax, quartimax, promax, oblimin, geomin };

}  // namespace stats

template <>
struct enum_names<stats::factor_method> {
  static constexpr const char* values[] = {"minres", "ml", "pa"};
};
template <>
struct enum_names<stats::factor_rotation> {
  static constexpr const char* values[] = {"none", "varimax", "quartimax", "promax", "oblimin", "geomin"};
};

namespace stats {

struct factor_options {
  int factors = 1;                                      // how many
  factor_method method = factor_method::minres;         // how loadings are estimated
  factor_rotation rotation = factor_rotation::varimax;  // how they are turned
  int max_iterations = 1000;                            // of extraction and of rotation
  double tolerance = 1e-8;                              // extraction: largest derivative; pa: change of the summed communalities

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("factors", self.factors, at_least(1), "number of factors");
    visit("method", self.method, "minres (least squares of the residual correlations), ml (maximum likelihood), pa (principal axes)");
    visit("rotation", self.rotation, "none, varimax, quartimax (orthogonal), promax, oblimin (quartimin), geomin (oblique)");
    visit("max_iterations", self.max_iterations, between(1, 1e6), "iterations at most, of extraction and of rotation");
    visit("tolerance", self.tolerance, more_than(0), "extraction: largest derivative that counts as zero; pa: change of the summed communalities");
  }
};

/// A fitted factor analysis of p columns and k factors.
struct factor_model {
  static constexpr const char* kind = "stats.factor";
  static constexpr int version = 1;

  std::vector<std::string> columns;
  std::vector<double> mean, scale;
  matrix loadings, factor_correlation, weights;
  std::vector<double> uniqueness;
  bool converged = false;
  int iterations = 0;
  double n = 0, chi_squared = 0, dof = 0, p_value = 0, rmsea = 0, bic = 0;
  std::vector<double> eigenvalues, explained, sampling_adequacy;
  double kmo = 0, sphericity = 0, sphericity_p_value = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("columns", self.columns, "column names");
    visit("mean", self.mean, "column means");
    visit("scale", self.scale, "column standard deviations (n - 1)");
    visit("loadings", self.loadings, "p x k loadings (pattern), factors in falling order of explained variance, signs making column sums positive");
    visit("factor_correlation", self.factor_correlation, "k x k correlations of the factors; the identity for orthogonal rotations");
    visit("weights", self.weights, "p x k weights of the standardised columns in the factor scores (Thurstone's regression method)");
    visit("uniqueness", self.uniqueness, "share of each column's variance that is its own");
    visit("converged", self.converged, "true when extraction and rotation converged");
    visit("iterations", self.iterations, "iterations of the extraction");
    visit("n", self.n, "rows used");
    visit("chi_squared", self.chi_squared, "test that k factors suffice, Bartlett's correction; NaN without degrees of freedom");
    visit("dof", self.dof, "its degrees of freedom ((p - k)^2 - (p + k)) / 2");
    visit("p_value", self.p_value, "its p-value");
    visit("rmsea", self.rmsea, "root mean square error of approximation");
    visit("bic", self.bic, "chi-square minus dof log n");
    visit("eigenvalues", self.eigenvalues, "of the correlation matrix, falling: how many are above 1 suggests how many factors");
    visit("explained", self.explained, "variance of the p columns that each factor explains, in columns");
    visit("sampling_adequacy", self.sampling_adequacy, "Kaiser-Meyer-Olkin measure of each column, NaN when correlations are singular");
    visit("kmo", self.kmo, "Kaiser-Meyer-Olkin measure of all; below 0.5 a factor analysis makes no sense");
    visit("sphericity", self.sphericity, "Bartlett's test that there are no correlations: chi-square with p (p - 1) / 2 degrees of freedom");
    visit("sphericity_p_value", self.sphericity_p_value, "its p-value");
  }
  void check() const;
  friend bool operator==(const factor_model&, const factor_model&) = default;
};

/// Exploratory factor analysis of the correlations of numeric columns.
///
/// ml: Joereskog's (1967) likelihood, minres: Harman and Jones (1966), both over the uniquenesses (>= 0.005) by Gauss-Newton steps on the
/// eigen-decomposition; pa: iterated principal axes from squared multiple correlations. varimax, promax (power 4) with Kaiser normalisation,
/// quartimax, oblimin (quartimin) and geomin (delta 0.01) without, by gradient projection (Bernaards and Jennrich 2005). The correlations take
/// one pass over the rows; all else depends on p alone. Missing values are refused.
/// Throws invalid_input for constant columns, missing values, fewer than 3 rows or not fewer factors than columns (one for one column).
/// Matches: R psych 2.2.9 fa and stats::factanal to their tolerances.
factor_model fit_factors(const table_view& x, const factor_options& options = {}, const execution& run = {});

/// Factor scores: rows x k.
matrix factor_scores(const factor_model& model, const table_view& x);

}  // namespace stats

}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/stats/factor-inl.hpp"
#endif
