#pragma once

#include <Eigen/Core>
#include <vector>

#include "tenure/core/views.hpp"

/// Conversions for callers who use Eigen themselves. The library's own interface has no Eigen type in it.
namespace tenure::inline TENURE_ABI::adapt {

/// Views any dense double matrix expression that has memory, with its strides. The matrix must outlive the view.
template <class Derived>
matrix_view view(const Eigen::MatrixBase<Derived>& m) {
  const auto& d = m.derived();
  return {d.data(), static_cast<std::size_t>(d.rows()), static_cast<std::size_t>(d.cols()), d.rowStride(), d.colStride()};
}

template <class Derived>
column_view<double> column(const Eigen::MatrixBase<Derived>& v) {
  const auto& d = v.derived();
  return {d.data(), static_cast<std::size_t>(d.size()), d.innerStride()};
}

inline Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> eigen(const matrix& m) {
  return {m.data(), static_cast<Eigen::Index>(m.rows()), static_cast<Eigen::Index>(m.cols())};
}

inline Eigen::Map<const Eigen::VectorXd> eigen(const std::vector<double>& v) { return {v.data(), static_cast<Eigen::Index>(v.size())}; }

}  // namespace tenure::inline TENURE_ABI::adapt
