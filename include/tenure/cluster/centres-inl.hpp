#pragma once

#include "tenure/cluster/points-inl.hpp"

// Internal: centres in the form that the kernels read.

namespace tenure::inline TENURE_ABI::cluster::detail {

/// k x d centres in T, padded to a multiple of 4 with centres that are never nearest, and half their squared norms.
template <class T>
class centre_table {
 public:
  explicit centre_table(const matrix& centres)
      : count_(centres.rows()), cols_(centres.cols()), values_(padded() * cols_, T(0)), half_norms_(padded(), std::numeric_limits<T>::infinity()) {
    for (std::size_t c = 0; c < count_; ++c)
      set(c, centres.row(c));
  }
  centre_table(std::size_t count, std::size_t cols)
      : count_(count), cols_(cols), values_(padded() * cols_, T(0)), half_norms_(padded(), std::numeric_limits<T>::infinity()) {}

  void set(std::size_t c, const double* centre) {
    T norm = 0;
    for (std::size_t j = 0; j < cols_; ++j) {
      const T v = static_cast<T>(centre[j]);
      values_[c * cols_ + j] = v;
      norm += v * v;
    }
    half_norms_[c] = norm / 2;
  }

  std::size_t count() const { return count_; }
  std::size_t padded() const { return rounded_up(count_, 4); }
  const T* values() const { return values_.data(); }
  const T* row(std::size_t c) const { return values_.data() + c * cols_; }
  const T* half_norms() const { return half_norms_.data(); }

 private:
  std::size_t count_, cols_;
  std::vector<T> values_, half_norms_;
};

}  // namespace tenure::inline TENURE_ABI::cluster::detail
