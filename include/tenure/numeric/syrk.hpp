#pragma once

#include <cstddef>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::numeric {

/// Rows of a design matrix, column by column in aligned memory, padded with zero rows to a multiple of 8: what `gram_sum` eats.
class column_block {
 public:
  /// A block of up to `capacity` rows (rounded up to 8).
  column_block(std::size_t cols, std::size_t capacity);

  std::size_t cols() const { return cols_; }
  std::size_t capacity() const { return stride_; }
  double* column(std::size_t j) { return data_ + j * stride_; }
  const double* column(std::size_t j) const { return data_ + j * stride_; }
  /// Writes zeros behind the first `rows` rows of every column, up to the next multiple of 8.
  void pad(std::size_t rows);
  /// Copies rows [begin, end) of x into the columns from `first` on, without padding.
  void load(matrix_view x, std::size_t begin, std::size_t end, std::size_t first = 0);

 private:
  std::size_t cols_, stride_;
  std::vector<double> memory_;
  double* data_;
};

/// The running sum of X' W X and X' r, one block of rows at a time: the inner loop of every Newton step. Blocks of
/// `gram_sum::block_rows(cols)` rows stay in the near caches. Only the tiles on and below the diagonal are computed, in vector
/// accumulators that are folded once, by `value()`. Needs about 16 p^2 bytes (32 p^2 with AVX-512).
class gram_sum {
 public:
  explicit gram_sum(std::size_t cols);

  static std::size_t block_rows(std::size_t cols);

  /// Adds sum_i w[i] x_i x_i' and sum_i r[i] x_i over the first `rows` rows of the block, which must be padded; w (null: all ones) and
  /// r (null: zeros) need no padding.
  void add(const column_block& x, std::size_t rows, const double* w, const double* r = nullptr);
  /// The full symmetric p x p sum X' W X.
  matrix value() const;
  /// X' r.
  std::vector<double> moments() const;

 private:
  template <class Keep>
  void fold(Keep&& keep) const;

  std::size_t cols_;
  std::vector<double> sums_, scaled_;
};

/// X' W X of an n x p matrix with weights w (empty: all ones). O(n p^2 / 2), threaded; the same bits for any number of threads.
matrix weighted_gram(matrix_view x, column_view<double> w = {}, const execution& run = {});

namespace detail {
/// acc[i][j][lane] += sum over rows of a[i] * b[j], for 4 columns a and `width` columns b; rows is a multiple of `lanes`.
struct gram_kernel {
  std::size_t width, lanes;
  void (*tile)(const double* const* a, const double* const* b, std::size_t rows, double* acc);
};
const gram_kernel& chosen_gram_kernel();
/// out[r] = a[r] * b[r].
void multiply_block(const double* a, const double* b, std::size_t n, double* out);
/// sum[r] += factor * x[r].
void add_multiple_block(const double* x, double factor, std::size_t n, double* sum);
/// x[r] = (x[r] - center) * factor.
void standardise_block(double* x, double center, double factor, std::size_t n);
/// Sum of a[r] * b[r].
double dot_block(const double* a, const double* b, std::size_t n);
/// Mean and sum of squared differences from it; n > 0.
struct block_moments {
  double mean, squares;
};
block_moments moments_block(const double* x, std::size_t n);
}  // namespace detail

}  // namespace tenure::inline TENURE_ABI::numeric

#ifndef TENURE_COMPILED
#include "tenure/numeric/kernels-inl.hpp"
#include "tenure/numeric/syrk-inl.hpp"
#endif
