#pragma once

#include <Eigen/Core>

#include "tenure/numeric/cross_products.hpp"

namespace tenure::inline TENURE_ABI::numeric {

TENURE_INLINE void add_cross_products(matrix& c, const double* a, const double* b, std::size_t rows, std::size_t stride) {
  using block = Eigen::Map<const Eigen::MatrixXd, 0, Eigen::OuterStride<>>;
  const auto n = static_cast<Eigen::Index>(rows), p = static_cast<Eigen::Index>(c.rows()), q = static_cast<Eigen::Index>(c.cols());
  const block left(a, n, p, Eigen::OuterStride<>(static_cast<Eigen::Index>(stride))), right(b, n, q, Eigen::OuterStride<>(static_cast<Eigen::Index>(stride)));
  Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> out(c.data(), p, q);
  if (a == b && p == q) {
    Eigen::MatrixXd half = Eigen::MatrixXd::Zero(p, p);
    half.selfadjointView<Eigen::Upper>().rankUpdate(left.transpose());
    out += half.selfadjointView<Eigen::Upper>().toDenseMatrix();
  } else {
    out.noalias() += left.transpose() * right;
  }
}

}  // namespace tenure::inline TENURE_ABI::numeric
