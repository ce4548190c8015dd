#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include "tenure/numeric/linear.hpp"
#include "tenure/stats/factor.hpp"

namespace tenure::inline TENURE_ABI::stats::detail {

inline matrix transposed(const matrix& a) {
  matrix t(a.cols(), a.rows());
  for (std::size_t i = 0; i < a.rows(); ++i)
    for (std::size_t j = 0; j < a.cols(); ++j)
      t(j, i) = a(i, j);
  return t;
}

inline matrix identity(std::size_t k) {
  matrix m(k, k);
  for (std::size_t i = 0; i < k; ++i)
    m(i, i) = 1;
  return m;
}

inline double squared_norm(const matrix& a) {
  double sum = 0;
  for (const double x : a.values())
    sum += x * x;
  return sum;
}

/// a + factor * b.
inline matrix plus(const matrix& a, double factor, const matrix& b) {
  matrix c = a;
  for (std::size_t i = 0; i < a.rows(); ++i)
    for (std::size_t j = 0; j < a.cols(); ++j)
      c(i, j) += factor * b(i, j);
  return c;
}

/// Loadings after a rotation, and the correlations of the factors.
struct rotated {
  matrix loadings, correlation;
  bool converged = true;
};

/// The criterion to be minimised and its derivative by the loadings (Bernaards and Jennrich 2005).
inline double rotation_criterion(factor_rotation rotation, const matrix& l, matrix& gradient) {
  const std::size_t p = l.rows(), k = l.cols();
  gradient = matrix(p, k);
  double value = 0;
  if (rotation == factor_rotation::oblimin) {
    for (std::size_t i = 0; i < p; ++i) {
      double row = 0;
      for (std::size_t j = 0; j < k; ++j)
        row += l(i, j) * l(i, j);
      for (std::size_t j = 0; j < k; ++j) {
        const double others = row - l(i, j) * l(i, j);
        gradient(i, j) = l(i, j) * others;
        value += l(i, j) * l(i, j) * others / 4;
      }
    }
  } else if (rotation == factor_rotation::geomin) {
    constexpr double delta = 0.01;
    for (std::size_t i = 0; i < p; ++i) {
      double logs = 0;
      for (std::size_t j = 0; j < k; ++j)
        logs += std::log(l(i, j) * l(i, j) + delta);
      const double product = std::exp(logs / static_cast<double>(k));
      value += product;
      for (std::size_t j = 0; j < k; ++j)
        gradient(i, j) = 2 / static_cast<double>(k) * l(i, j) / (l(i, j) * l(i, j) + delta) * product;
    }
  } else {
    for (std::size_t j = 0; j < k; ++j) {
      double mean = 0;
      if (rotation != factor_rotation::quartimax)
        for (std::size_t i = 0; i < p; ++i)
          mean += l(i, j) * l(i, j) / static_cast<double>(p);
      for (std::size_t i = 0; i < p; ++i) {
        const double gap = l(i, j) * l(i, j) - mean;
        value -= gap * gap / 4;
        gradient(i, j) = -l(i, j) * gap;
      }
    }
  }
  return value;
}

/// The orthogonal matrix nearest to x: x (x'x)^(-1/2).
inline matrix nearest_orthogonal(const matrix& x) {
  const auto e = numeric::eigen_symmetric(numeric::multiply(transposed(x), x));
  matrix root(x.cols(), x.cols());
  for (std::size_t a = 0; a < x.cols(); ++a)
    for (std::size_t b = 0; b < x.cols(); ++b)
      for (std::size_t m = 0; m < x.cols(); ++m)
        root(a, b) += e.vectors(a, m) * e.vectors(b, m) / std::sqrt(std::max(e.values[m], 1e-300));
  return numeric::multiply(x, root);
}

/// The inverse of a square matrix t, transposed: t (t't)^-1.
inline matrix inverse_transposed(const matrix& t) {
  const auto factor = numeric::cholesky(numeric::multiply(transposed(t), t), 1e-14);
  if (!factor.regular()) throw numeric_failure("fit_factors: the factors became the same in the rotation");
  return numeric::multiply(t, factor.inverse());
}

/// Gradient projection: minimises the criterion of a (t')^-1 over orthogonal t, or with columns of length 1.
inline rotated gradient_projection(const matrix& a, factor_rotation rotation, bool oblique, int max_iterations) {
  const std::size_t k = a.cols();
  matrix t = identity(k), gradient;
  const auto loadings_at = [&](const matrix& turn) { return numeric::multiply(a, oblique ? inverse_transposed(turn) : turn); };
  matrix l = loadings_at(t);
  double value = rotation_criterion(rotation, l, gradient), step = 1;
  rotated result;
  result.converged = false;
  for (int iteration = 0; iteration < max_iterations; ++iteration) {
    matrix g;
    if (oblique) {
      g = transposed(numeric::multiply(numeric::multiply(transposed(l), gradient), transposed(inverse_transposed(t))));
      for (std::size_t i = 0; i < k; ++i)
        for (std::size_t j = 0; j < k; ++j)
          g(i, j) = -g(i, j);
    } else {
      g = numeric::multiply(transposed(a), gradient);
    }
    matrix projected = g;
    if (oblique) {
      for (std::size_t j = 0; j < k; ++j) {
        double inner = 0;
        for (std::size_t i = 0; i < k; ++i)
          inner += t(i, j) * g(i, j);
        for (std::size_t i = 0; i < k; ++i)
          projected(i, j) -= t(i, j) * inner;
      }
    } else {
      const matrix m = numeric::multiply(transposed(t), g);
      projected = plus(g, -0.5, numeric::multiply(t, plus(m, 1, transposed(m))));
    }
    const double slope = squared_norm(projected);
    if (std::sqrt(slope) < 1e-7) {
      result.converged = true;
      break;
    }
    step *= 2;
    bool better = false;
    for (int trial = 0; trial < 40 && !better; ++trial) {
      matrix next = plus(t, -step, projected);
      if (oblique) {
        for (std::size_t j = 0; j < k; ++j) {
          double length = 0;
          for (std::size_t i = 0; i < k; ++i)
            length += next(i, j) * next(i, j);
          for (std::size_t i = 0; i < k; ++i)
            next(i, j) /= std::sqrt(length);
        }
      } else {
        next = nearest_orthogonal(next);
      }
      const matrix there = loadings_at(next);
      matrix g_there;
      const double v = rotation_criterion(rotation, there, g_there);
      if (v < value - 0.5 * slope * step || (v <= value && std::sqrt(slope) < 1e-6)) {
        better = true;
        t = next;
        l = there;
        gradient = g_there;
        value = v;
      } else {
        step /= 2;
      }
    }
    if (!better) {
      result.converged = std::sqrt(slope) < 1e-5;  // rounding allows no further step
      break;
    }
  }
  result.loadings = l;
  result.correlation = oblique ? numeric::multiply(transposed(t), t) : identity(k);
  return result;
}

/// Promax: the varimax loadings are drawn towards their fourth powers (Hendrickson and White 1964).
inline rotated promax(const matrix& varimax) {
  const std::size_t p = varimax.rows(), k = varimax.cols();
  matrix target(p, k);
  for (std::size_t i = 0; i < p; ++i)
    for (std::size_t j = 0; j < k; ++j)
      target(i, j) = varimax(i, j) * std::pow(std::abs(varimax(i, j)), 3);
  const matrix gram = numeric::cholesky(numeric::multiply(transposed(varimax), varimax)).inverse();
  matrix u = numeric::multiply(gram, numeric::multiply(transposed(varimax), target));
  const matrix inner = numeric::cholesky(numeric::multiply(transposed(u), u), 1e-14).inverse();
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = 0; j < k; ++j)
      u(i, j) *= std::sqrt(inner(j, j));
  const matrix back = inverse_transposed(u);  // (u^-1)'
  return {numeric::multiply(varimax, u), numeric::multiply(transposed(back), back), true};
}

/// Rotates loadings; varimax and promax work on rows of length 1 (Kaiser).
inline rotated rotate(const matrix& loadings, factor_rotation rotation, int max_iterations) {
  const std::size_t p = loadings.rows(), k = loadings.cols();
  if (k == 1 || rotation == factor_rotation::none) return {loadings, identity(k), true};
  if (rotation == factor_rotation::oblimin || rotation == factor_rotation::geomin) return gradient_projection(loadings, rotation, true, max_iterations);
  if (rotation == factor_rotation::quartimax) return gradient_projection(loadings, rotation, false, max_iterations);
  std::vector<double> length(p);
  matrix unit = loadings;
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = 0; j < k; ++j)
      length[i] += loadings(i, j) * loadings(i, j);
    length[i] = std::sqrt(std::max(length[i], 1e-300));
    for (std::size_t j = 0; j < k; ++j)
      unit(i, j) /= length[i];
  }
  auto result = gradient_projection(unit, factor_rotation::varimax, false, max_iterations);
  if (rotation == factor_rotation::promax) {
    const bool converged = result.converged;
    result = promax(result.loadings);
    result.converged = converged;
  }
  for (std::size_t i = 0; i < p; ++i)
    for (std::size_t j = 0; j < k; ++j)
      result.loadings(i, j) *= length[i];
  return result;
}

}  // namespace tenure::inline TENURE_ABI::stats::detail
