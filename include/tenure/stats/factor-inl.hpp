#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "tenure/numeric/distributions.hpp"
#include "tenure/numeric/linear.hpp"
#include "tenure/stats/correlation-inl.hpp"
#include "tenure/stats/factor.hpp"
#include "tenure/stats/rotation-inl.hpp"

namespace tenure::inline TENURE_ABI::stats {

namespace detail {

inline constexpr double least_uniqueness = 0.005;  // as factanal and psych: below lies the Heywood case

/// Loadings before rotation.
struct extraction {
  matrix loadings;
  std::vector<double> uniqueness;
  bool converged = false;
  int iterations = 0;
};

/// The discrepancy of ml or minres as a function of the uniquenesses (their logarithms for ml), with gradient and Gauss-Newton matrix: all from
/// the p - k smallest eigenvalues of the scaled (reduced) correlations.
struct discrepancy {
  bool ml;
  double value = 0;
  std::vector<double> gradient;
  matrix curvature;
  numeric::symmetric_eigen eigen;

  discrepancy(const matrix& r, const std::vector<double>& psi, std::size_t k, bool likelihood)
      : ml(likelihood), gradient(r.rows()), curvature(r.rows(), r.rows()) {
    const std::size_t p = r.rows();
    matrix s = r;
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t j = 0; j < p; ++j) {
        if (ml)
          s(i, j) /= std::sqrt(psi[i] * psi[j]);
        else if (i == j)
          s(i, i) -= psi[i];
      }
    eigen = numeric::eigen_symmetric(s);
    matrix rest(p, p);  // projection on the small eigenvectors
    for (std::size_t m = 0; m + k < p; ++m) {
      const double root = eigen.values[m];
      if (ml && !(root > 0)) throw numeric_failure("fit_factors: the correlations are singular, which maximum likelihood cannot use; take minres");
      value += ml ? root - std::log(root) - 1 : root * root / 2;
      for (std::size_t i = 0; i < p; ++i) {
        gradient[i] += (ml ? 1 - root : -root) * eigen.vectors(i, m) * eigen.vectors(i, m);
        for (std::size_t j = 0; j < p; ++j)
          rest(i, j) += eigen.vectors(i, m) * eigen.vectors(j, m);
      }
    }
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t j = 0; j < p; ++j)
        curvature(i, j) = rest(i, j) * rest(i, j);
  }
  matrix loadings(const std::vector<double>& psi, std::size_t k) const {
    const std::size_t p = psi.size();
    matrix l(p, k);
    for (std::size_t j = 0; j < k; ++j) {
      const std::size_t m = p - 1 - j;
      const double strength = std::sqrt(std::max(0.0, eigen.values[m] - (ml ? 1 : 0)));
      for (std::size_t i = 0; i < p; ++i)
        l(i, j) = eigen.vectors(i, m) * strength * (ml ? std::sqrt(psi[i]) : 1);
    }
    return l;
  }
};

/// Squared multiple correlations 1 - 1 / diag(R^-1), 0.5 where R is singular.
inline std::vector<double> squared_multiple_correlations(const matrix& r) {
  std::vector<double> smc(r.rows(), 0.5);
  const auto factor = numeric::cholesky(r);
  if (!factor.regular()) return smc;
  const matrix inverse = factor.inverse();
  for (std::size_t i = 0; i < smc.size(); ++i)
    smc[i] = 1 - 1 / inverse(i, i);
  return smc;
}

/// Levenberg-Marquardt over the uniquenesses; those at their bound and pushed further out are held.
inline extraction extract_by_discrepancy(const matrix& r, std::size_t k, const factor_options& o) {
  const std::size_t p = r.rows();
  const bool ml = o.method == factor_method::ml;
  const auto smc = squared_multiple_correlations(r);
  std::vector<double> psi(p);
  const double shrink = 1 - 0.5 * static_cast<double>(k) / static_cast<double>(p);
  for (std::size_t i = 0; i < p; ++i)
    psi[i] = std::clamp(shrink * (1 - smc[i]), least_uniqueness, 1.0);
  discrepancy now(r, psi, k, ml);
  double damping = 1e-3;
  extraction result;
  for (; result.iterations < o.max_iterations; ++result.iterations) {
    std::vector<char> held(p);
    double steepest = 0;
    for (std::size_t i = 0; i < p; ++i) {
      held[i] = (psi[i] <= least_uniqueness && now.gradient[i] > 0) || (psi[i] >= 1 && now.gradient[i] < 0);
      if (!held[i]) steepest = std::max(steepest, std::abs(now.gradient[i]));
    }
    result.converged = steepest <= o.tolerance;
    if (result.converged) break;
    bool better = false;
    damping = std::max(damping, 1e-10);
    for (; !better && damping < 1e10; damping *= better ? 0.1 : 10) {
      matrix system = now.curvature;
      std::vector<double> right(p);
      for (std::size_t i = 0; i < p; ++i) {
        if (held[i])
          for (std::size_t j = 0; j < p; ++j)
            system(i, j) = system(j, i) = 0;
        system(i, i) = held[i] ? 1 : system(i, i) + damping;
        right[i] = held[i] ? 0 : -now.gradient[i];
      }
      const auto factor = numeric::cholesky(system, 1e-14);
      if (!factor.regular()) continue;
      const auto step = factor.solve(right);
      auto next = psi;
      for (std::size_t i = 0; i < p; ++i)
        next[i] = std::clamp(ml ? psi[i] * std::exp(std::clamp(step[i], -2.0, 2.0)) : psi[i] + step[i], least_uniqueness, 1.0);
      discrepancy there(r, next, k, ml);
      better = there.value < now.value;
      if (!better) continue;
      psi = std::move(next);
      now = std::move(there);
    }
    if (!better) {
      result.converged = steepest <= 1e-6;  // rounding allows no further step
      break;
    }
  }
  result.loadings = now.loadings(psi, k);
  result.uniqueness = psi;
  return result;
}

/// Iterated principal axes.
inline extraction extract_principal_axes(const matrix& r, std::size_t k, const factor_options& o) {
  const std::size_t p = r.rows();
  auto communality = squared_multiple_correlations(r);
  double total = std::accumulate(communality.begin(), communality.end(), 0.0);
  extraction result;
  while (result.iterations < o.max_iterations && !result.converged) {
    ++result.iterations;
    std::vector<double> psi(p);
    for (std::size_t i = 0; i < p; ++i)
      psi[i] = 1 - communality[i];
    result.loadings = discrepancy(r, psi, k, false).loadings(psi, k);
    double sum = 0;
    for (std::size_t i = 0; i < p; ++i) {
      communality[i] = 0;
      for (std::size_t j = 0; j < k; ++j)
        communality[i] += result.loadings(i, j) * result.loadings(i, j);
      sum += communality[i];
    }
    result.converged = std::abs(sum - total) <= o.tolerance;
    total = sum;
  }
  for (const double h : communality)
    result.uniqueness.push_back(1 - h);
  return result;
}

/// Factors in falling order of explained variance, column sums positive.
inline void arrange(factor_model& m) {
  const std::size_t p = m.loadings.rows(), k = m.loadings.cols();
  std::vector<double> explained(k), sign(k);
  for (std::size_t j = 0; j < k; ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < p; ++i) {
      sum += m.loadings(i, j);
      for (std::size_t a = 0; a < k; ++a)
        explained[j] += m.loadings(i, j) * m.loadings(i, a) * m.factor_correlation(a, j);
    }
    sign[j] = sum < 0 ? -1 : 1;
  }
  std::vector<std::size_t> order(k);
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return explained[a] > explained[b]; });
  const matrix loadings = m.loadings, correlation = m.factor_correlation;
  for (std::size_t j = 0; j < k; ++j) {
    m.explained.push_back(explained[order[j]]);
    for (std::size_t i = 0; i < p; ++i)
      m.loadings(i, j) = sign[order[j]] * loadings(i, order[j]);
    for (std::size_t a = 0; a < k; ++a)
      m.factor_correlation(a, j) = sign[order[a]] * sign[order[j]] * correlation(order[a], order[j]);
  }
}

/// The model's correlations L Phi L' + Psi.
inline matrix implied(const factor_model& m) {
  matrix s = numeric::multiply(numeric::multiply(m.loadings, m.factor_correlation), transposed(m.loadings));
  for (std::size_t i = 0; i < s.rows(); ++i)
    s(i, i) += m.uniqueness[i];
  return s;
}

inline void test_fit(factor_model& m, const matrix& r) {
  const double p = static_cast<double>(r.rows()), k = static_cast<double>(m.loadings.cols());
  m.dof = ((p - k) * (p - k) - (p + k)) / 2;
  m.chi_squared = m.p_value = m.rmsea = m.bic = m.kmo = m.sphericity = m.sphericity_p_value = nan;
  m.sampling_adequacy.assign(r.rows(), nan);
  const auto observed = numeric::cholesky(r), model = numeric::cholesky(implied(m));
  if (!observed.regular()) return;
  const double scale = m.n - 1 - (2 * p + 5) / 6;
  if (p > 1) {
    m.sphericity = -scale * observed.log_determinant();
    m.sphericity_p_value = numeric::chi_squared_sf(m.sphericity, p * (p - 1) / 2);
    const matrix inverse = observed.inverse();
    double correlations = 0, partials = 0;
    for (std::size_t i = 0; i < r.rows(); ++i) {
      double own = 0, own_partial = 0;
      for (std::size_t j = 0; j < r.rows(); ++j) {
        if (i == j) continue;
        own += r(i, j) * r(i, j);
        own_partial += inverse(i, j) * inverse(i, j) / (inverse(i, i) * inverse(j, j));
      }
      m.sampling_adequacy[i] = own / (own + own_partial);
      correlations += own;
      partials += own_partial;
    }
    m.kmo = correlations / (correlations + partials);
  }
  if (!(m.dof > 0) || !model.regular()) return;
  const matrix ratio = numeric::multiply(model.inverse(), r);
  double trace = 0;
  for (std::size_t i = 0; i < r.rows(); ++i)
    trace += ratio(i, i);
  const double objective = trace - (observed.log_determinant() - model.log_determinant()) - p;
  m.chi_squared = std::max(0.0, objective * (scale - 2 * k / 3));
  m.p_value = numeric::chi_squared_sf(m.chi_squared, m.dof);
  m.rmsea = std::sqrt(std::max(0.0, m.chi_squared / (m.n * m.dof) - 1 / (m.n - 1)));
  m.bic = m.chi_squared - m.dof * std::log(m.n);
}

inline void require_complete(const table_view& x) {
  for (const auto& c : x.columns())
    c.values.visit([&](auto values) {
      for (std::size_t i = 0; i < values.size(); ++i)
        if (std::isnan(static_cast<double>(values[i]))) throw invalid_input(c.name, "must not be missing", static_cast<double>(values[i]), i);
    });
}

}  // namespace detail

TENURE_INLINE factor_model fit_factors(const table_view& x, const factor_options& options, const execution& run) {
  validate(options);
  const std::size_t p = x.cols(), k = static_cast<std::size_t>(options.factors);
  if (p == 0) throw invalid_input("x", "has no columns");
  if (k > std::max<std::size_t>(1, p - 1)) throw invalid_input("factors", "must be fewer than the " + std::to_string(p) + " columns", options.factors);
  if (x.rows() < 3) throw invalid_input("x", "must have at least 3 rows", static_cast<double>(x.rows()));
  detail::require_numbers(x);
  detail::require_complete(x);
  correlation_statistics sums;
  sums.add(x, run);
  factor_model m;
  m.n = static_cast<double>(x.rows());
  m.mean = sums.means();
  m.scale = sums.standard_deviations();
  const matrix r = sums.finish().estimate;
  for (std::size_t j = 0; j < p; ++j) {
    m.columns.push_back(x[j].name);
    if (std::isnan(r(j, j))) throw invalid_input(x[j].name, "is constant");
  }
  auto found = options.method == factor_method::pa ? detail::extract_principal_axes(r, k, options) : detail::extract_by_discrepancy(r, k, options);
  auto turned = detail::rotate(found.loadings, options.rotation, options.max_iterations);
  m.loadings = std::move(turned.loadings);
  m.factor_correlation = std::move(turned.correlation);
  m.uniqueness = std::move(found.uniqueness);
  m.iterations = found.iterations;
  m.converged = found.converged && turned.converged;
  detail::arrange(m);
  m.eigenvalues = numeric::eigen_symmetric(r).values;
  std::reverse(m.eigenvalues.begin(), m.eigenvalues.end());
  detail::test_fit(m, r);
  auto factor = numeric::cholesky(r);
  if (!factor.regular()) factor = numeric::cholesky(detail::implied(m));
  if (!factor.regular()) throw numeric_failure("fit_factors: neither the correlations nor the model's can be inverted for scores");
  m.weights = numeric::multiply(factor.inverse(), numeric::multiply(m.loadings, m.factor_correlation));
  return m;
}

TENURE_INLINE void factor_model::check() const {
  const std::size_t p = columns.size(), k = loadings.cols();
  const auto is = [](const matrix& m, std::size_t rows, std::size_t cols) { return m.rows() == rows && m.cols() == cols; };
  if (p == 0 || k == 0 || mean.size() != p || scale.size() != p || uniqueness.size() != p || !is(loadings, p, k) || !is(weights, p, k) ||
      !is(factor_correlation, k, k))
    throw bad_file("stats.factor: fields of different sizes");
  for (const double s : scale)
    if (!(s > 0)) throw bad_file("stats.factor: a scale is not > 0");
}

TENURE_INLINE matrix factor_scores(const factor_model& m, const table_view& x) {
  std::vector<column_schema> schema;
  for (const auto& name : m.columns)
    schema.push_back({name, false, {}});
  const aligned_table aligned(x, schema, unseen_level::refuse);
  const table_view& table = aligned.view();
  detail::require_numbers(table);
  detail::require_complete(table);
  const std::size_t p = m.columns.size(), k = m.loadings.cols();
  matrix scores(x.rows(), k);
  for (std::size_t j = 0; j < p; ++j)
    table[j].values.visit([&](auto values) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double z = (static_cast<double>(values[i]) - m.mean[j]) / m.scale[j];
        for (std::size_t f = 0; f < k; ++f)
          scores(i, f) += z * m.weights(j, f);
      }
    });
  return scores;
}

}  // namespace tenure::inline TENURE_ABI::stats
