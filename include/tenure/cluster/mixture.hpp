#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI {

namespace cluster {
/// What the components' covariance matrices may look like.
enum class covariance_type { full, tied, diag, spherical };
enum class mixture_start { kmeans, random };
}  // namespace cluster

template <>
struct enum_names<cluster::covariance_type> {
  static constexpr const char* values[] = {"full", "tied", "diag", "spherical"};
};
template <>
struct enum_names<cluster::mixture_start> {
  static constexpr const char* values[] = {"kmeans", "random"};
};

namespace cluster {

struct mixture_options {
  std::int64_t components = 1;
  covariance_type covariance = covariance_type::full;
  mixture_start start = mixture_start::kmeans;
  std::int64_t starts = 1;
  std::int64_t max_iterations = 100;
  double tolerance = 1e-3;
  double regularisation = 1e-6;
  std::uint64_t seed = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("components", self.components, between(1, 1e6), "number of components k");
    visit("covariance", self.covariance, "full: one matrix a component; tied: one for all; diag, spherical: no correlations");
    visit("start", self.start, "first responsibilities from k-means or from random rows");
    visit("starts", self.starts, between(1, 1e6), "number of starts; the likeliest is kept");
    visit("max_iterations", self.max_iterations, between(1, 1e9), "EM steps a start");
    visit("tolerance", self.tolerance, at_least(0.0), "stop when the mean log-likelihood gains less");
    visit("regularisation", self.regularisation, at_least(0.0), "added to the variances");
    visit("seed", self.seed, "seed of the random draws");
  }
};

/// Parameters to start EM from: weights (k), means (k x p), covariances in the layout of the model.
struct mixture_parameters {
  std::vector<double> weights;
  matrix means;
  std::vector<matrix> covariances;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("weights", self.weights, "share of each component");
    visit("means", self.means, "k x p");
    visit("covariances", self.covariances, "full: k matrices p x p; tied: one; diag: one k x p; spherical: one k x 1");
  }
  friend bool operator==(const mixture_parameters&, const mixture_parameters&) = default;
};

struct mixture_model {
  static constexpr const char* kind = "cluster.mixture";
  static constexpr int version = 1;

  std::vector<column_schema> columns;
  covariance_type covariance = covariance_type::full;
  mixture_parameters parameters;
  double log_likelihood = 0;  // mean a row (weighted), of the training data under the parameters before the last step
  std::int64_t iterations = 0;
  bool converged = false;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("columns", self.columns, "the columns of training");
    visit("covariance", self.covariance, "form of the covariance matrices");
    visit("parameters", self.parameters, "weights, means, covariances");
    visit("log_likelihood", self.log_likelihood, any_number(), "mean log-likelihood a row before the last step");
    visit("iterations", self.iterations, at_least(0), "EM steps of the best start");
    visit("converged", self.converged, "whether the gain fell below the tolerance");
  }
  void check() const;
  friend bool operator==(const mixture_model&, const mixture_model&) = default;
};

/// Gaussian mixture by expectation-maximisation: maximises sum_i w_i log sum_c pi_c N(x_i; mean_c, covariance_c).
///
/// `x`: n x p finite numbers; `weight`: n numbers >= 0 or empty; `start`: parameters to start from, or empty means. One pass over the rows a
/// step; moments are taken about the last means, so that far-off data lose no digits. O(n k p^2) a step; memory one copy of the table.
/// Source: Dempster, Laird and Rubin (1977). Errors: invalid_input; numeric_failure when a component collapses and `regularisation` is 0.
/// Matches: scikit-learn's GaussianMixture from the same parameters.
mixture_model fit_mixture(const table_view& x, numeric_column weight = {}, const mixture_options& options = {}, const mixture_parameters& start = {},
                          const execution& run = {});

/// Probability of each component for each row (n x k), and log density of each row.
struct mixture_density {
  matrix responsibilities;
  std::vector<double> log_density;
};
mixture_density mixture_densities(const mixture_model& model, const table_view& x, const execution& run = {});

/// Free parameters, as counted by BIC and AIC.
double mixture_degrees(const mixture_model& model);

/// One EM step over data that come in chunks (files, machines): add them in any split, merge, finish. Up to rounding the step of fit_mixture.
class mixture_pass {
 public:
  explicit mixture_pass(mixture_model model);
  void add(const table_view& chunk, numeric_column weight = {}, const execution& run = {});
  /// `other`: a pass from the same model. Errors: invalid_input.
  void merge(const mixture_pass& other);
  /// The model after the step, and the mean log-likelihood before it. Errors: invalid_input without rows.
  mixture_model finish(double regularisation = 1e-6) const;

 private:
  mixture_model model_;
  std::vector<double> weights_, first_, second_;  // per component: weight, and moments about its mean
  double log_likelihood_ = 0, total_ = 0;
};

}  // namespace cluster
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/cluster/mixture-inl.hpp"
#endif
