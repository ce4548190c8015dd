#pragma once

#include <Eigen/Dense>
#include <cmath>

#include "tenure/numeric/linear.hpp"

namespace tenure::inline TENURE_ABI::numeric {

namespace detail {
using row_major = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
inline Eigen::Map<const row_major> as_eigen(const matrix& m) { return {m.data(), static_cast<Eigen::Index>(m.rows()), static_cast<Eigen::Index>(m.cols())}; }
inline Eigen::Map<row_major> as_eigen(matrix& m) { return {m.data(), static_cast<Eigen::Index>(m.rows()), static_cast<Eigen::Index>(m.cols())}; }
inline Eigen::Map<const Eigen::VectorXd> as_eigen(const std::vector<double>& v) { return {v.data(), static_cast<Eigen::Index>(v.size())}; }
}  // namespace detail

TENURE_INLINE cholesky_factor cholesky(const matrix& a, double tolerance) {
  if (a.rows() != a.cols()) throw invalid_input("a", "must be square");
  const std::size_t n = a.rows();
  cholesky_factor f{matrix(n, n), {}};
  for (std::size_t j = 0; j < n; ++j) {
    double* lj = f.lower.row(j);
    double pivot = a(j, j);
    for (std::size_t k = 0; k < j; ++k)
      pivot -= lj[k] * lj[k];
    if (!(pivot > tolerance * a(j, j))) {
      f.dependent.push_back(j);
      continue;
    }
    lj[j] = std::sqrt(pivot);
    for (std::size_t i = j + 1; i < n; ++i) {
      double* li = f.lower.row(i);
      double sum = a(i, j);
      for (std::size_t k = 0; k < j; ++k)
        sum -= li[k] * lj[k];
      li[j] = sum / lj[j];
    }
  }
  return f;
}

TENURE_INLINE std::vector<double> cholesky_factor::solve(const std::vector<double>& b) const {
  std::vector<double> x(b);
  Eigen::Map<Eigen::VectorXd> v(x.data(), static_cast<Eigen::Index>(x.size()));
  detail::as_eigen(lower).triangularView<Eigen::Lower>().solveInPlace(v);
  detail::as_eigen(lower).transpose().triangularView<Eigen::Upper>().solveInPlace(v);
  return x;
}

TENURE_INLINE matrix cholesky_factor::inverse() const {
  matrix result(lower.rows(), lower.rows());
  auto m = detail::as_eigen(result);
  m.setIdentity();
  detail::as_eigen(lower).triangularView<Eigen::Lower>().solveInPlace(m);
  m = (m.transpose() * m).eval();
  return result;
}

TENURE_INLINE double cholesky_factor::log_determinant() const {
  double sum = 0;
  for (std::size_t j = 0; j < lower.rows(); ++j)
    sum += 2 * std::log(lower(j, j));
  return sum;
}

TENURE_INLINE symmetric_eigen eigen_symmetric(const matrix& a) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(detail::as_eigen(a));
  if (solver.info() != Eigen::Success) throw numeric_failure("eigen_symmetric: no convergence");
  symmetric_eigen result{{solver.eigenvalues().data(), solver.eigenvalues().data() + solver.eigenvalues().size()}, matrix(a.rows(), a.rows())};
  detail::as_eigen(result.vectors) = solver.eigenvectors();
  return result;
}

TENURE_INLINE std::vector<double> least_squares(const matrix& a, const std::vector<double>& b) {
  if (a.rows() != b.size()) throw invalid_input("b", "must have one value a row of a");
  const Eigen::VectorXd x = detail::as_eigen(a).colPivHouseholderQr().solve(detail::as_eigen(b));
  return {x.data(), x.data() + x.size()};
}

TENURE_INLINE matrix multiply(const matrix& a, const matrix& b) {
  if (a.cols() != b.rows()) throw invalid_input("b", "must have as many rows as a has columns");
  matrix c(a.rows(), b.cols());
  detail::as_eigen(c).noalias() = detail::as_eigen(a) * detail::as_eigen(b);
  return c;
}

}  // namespace tenure::inline TENURE_ABI::numeric
