#pragma once

#include <algorithm>
#include <cstdint>

#include "tenure/numeric/syrk.hpp"

namespace tenure::inline TENURE_ABI::numeric {

namespace detail {
constexpr std::size_t tile_rows = 4;  // columns of the left operand in one tile
constexpr std::size_t up_to_multiple(std::size_t n, std::size_t m) { return (n + m - 1) / m * m; }
inline void gather_8(const double* from, std::ptrdiff_t step, double* to) {
  const double a = from[0], b = from[step], c = from[2 * step], d = from[3 * step];
  const double e = from[4 * step], f = from[5 * step], g = from[6 * step], h = from[7 * step];
  to[0] = a, to[1] = b, to[2] = c, to[3] = d, to[4] = e, to[5] = f, to[6] = g, to[7] = h;
}
}  // namespace detail

TENURE_INLINE column_block::column_block(std::size_t cols, std::size_t capacity)
    : cols_(cols), stride_(detail::up_to_multiple(std::max<std::size_t>(capacity, 1), 8)) {
  memory_.resize(cols_ * stride_ + 8);
  data_ = memory_.data();
  while (reinterpret_cast<std::uintptr_t>(data_) % 64 != 0)
    ++data_;
}

TENURE_INLINE void column_block::pad(std::size_t rows) {
  const std::size_t end = detail::up_to_multiple(rows, 8);
  for (std::size_t j = 0; j < cols_; ++j)
    std::fill(column(j) + rows, column(j) + end, 0.0);
}

TENURE_INLINE void column_block::load(matrix_view x, std::size_t begin, std::size_t end, std::size_t first) {
  const std::size_t rows = end - begin;
  if (x.row_stride() == 1) {
    for (std::size_t j = 0; j < x.cols(); ++j) {
      const double* from = x.column(j).data() + begin;
      std::copy(from, from + rows, column(first + j));
    }
    return;
  }
  constexpr std::size_t strip = 8;  // rows that are transposed together: their cache lines are read once
  const auto step = x.row_stride();
  std::size_t i = 0;
  for (; i + strip <= rows; i += strip) {
    const double* from = x.data() + static_cast<std::ptrdiff_t>(begin + i) * step;
    double* to = column(first) + i;
    for (std::size_t j = 0; j < x.cols(); ++j, from += x.col_stride(), to += stride_)
      detail::gather_8(from, step, to);
  }
  for (; i < rows; ++i)
    for (std::size_t j = 0; j < x.cols(); ++j)
      column(first + j)[i] = x(begin + i, j);
}

TENURE_INLINE std::size_t gram_sum::block_rows(std::size_t cols) { return cols <= 64 ? 256 : cols <= 256 ? 128 : 64; }

// The left operand has the p weighted columns and, as row p of the result, r.
TENURE_INLINE gram_sum::gram_sum(std::size_t cols) : cols_(cols) {
  const auto& kernel = detail::chosen_gram_kernel();
  std::size_t tiles = 0;
  for (std::size_t i = 0; i <= cols; i += detail::tile_rows)
    tiles += (std::min(i + detail::tile_rows, cols) + kernel.width - 1) / kernel.width;
  sums_.assign(tiles * detail::tile_rows * kernel.width * kernel.lanes, 0.0);
  scaled_.resize(detail::tile_rows * block_rows(cols));
}

TENURE_INLINE void gram_sum::add(const column_block& x, std::size_t rows, const double* w, const double* r) {
  if (cols_ == 0) return;
  const auto& kernel = detail::chosen_gram_kernel();
  const std::size_t padded = detail::up_to_multiple(rows, 8);
  scaled_.resize(std::max(scaled_.size(), detail::tile_rows * padded));
  double* sums = sums_.data();
  for (std::size_t i = 0; i <= cols_; i += detail::tile_rows) {
    const double* left[detail::tile_rows];
    for (std::size_t k = 0; k < detail::tile_rows; ++k) {
      double* scaled = scaled_.data() + k * padded;
      left[k] = scaled;
      std::fill(scaled + rows, scaled + padded, 0.0);
      if (i + k < cols_ && w)
        detail::multiply_block(x.column(i + k), w, rows, scaled);
      else if (i + k < cols_)
        left[k] = x.column(i + k);
      else if (i + k == cols_ && r)
        std::copy(r, r + rows, scaled);
      else
        std::fill(scaled, scaled + rows, 0.0);
    }
    for (std::size_t j = 0; j < std::min(i + detail::tile_rows, cols_); j += kernel.width) {
      const double* right[detail::tile_rows];
      for (std::size_t k = 0; k < kernel.width; ++k)
        right[k] = x.column(std::min(j + k, cols_ - 1));
      kernel.tile(left, right, padded, sums);
      sums += detail::tile_rows * kernel.width * kernel.lanes;
    }
  }
}

template <class Keep>
void gram_sum::fold(Keep&& keep) const {
  const auto& kernel = detail::chosen_gram_kernel();
  const double* sums = sums_.data();
  for (std::size_t i = 0; i <= cols_; i += detail::tile_rows)
    for (std::size_t j = 0; j < std::min(i + detail::tile_rows, cols_); j += kernel.width)
      for (std::size_t k = 0; k < detail::tile_rows; ++k)
        for (std::size_t l = 0; l < kernel.width; ++l, sums += kernel.lanes) {
          if (i + k > cols_ || j + l >= cols_) continue;
          double sum = 0;
          for (std::size_t lane = 0; lane < kernel.lanes; ++lane)
            sum += sums[lane];
          keep(i + k, j + l, sum);
        }
}

TENURE_INLINE matrix gram_sum::value() const {
  matrix result(cols_, cols_);
  fold([&](std::size_t i, std::size_t j, double sum) {
    if (i < cols_ && j <= i) result(i, j) = result(j, i) = sum;
  });
  return result;
}

TENURE_INLINE std::vector<double> gram_sum::moments() const {
  std::vector<double> result(cols_);
  fold([&](std::size_t i, std::size_t j, double sum) {
    if (i == cols_) result[j] = sum;
  });
  return result;
}

TENURE_INLINE matrix weighted_gram(matrix_view x, column_view<double> w, const execution& run) {
  const std::size_t p = x.cols();
  if (!w.empty() && w.size() != x.rows())
    throw invalid_input("w", "must have one weight a row, rows: " + std::to_string(x.rows()), static_cast<double>(w.size()));
  const auto body = [&](matrix& partial, std::size_t begin, std::size_t end) {
    const std::size_t step = gram_sum::block_rows(p);
    column_block block(p, step);
    gram_sum sum(p);
    std::vector<double> weights(w.empty() ? 0 : step);
    for (std::size_t at = begin; at < end; at += step) {
      const std::size_t stop = std::min(at + step, end);
      block.load(x, at, stop);
      block.pad(stop - at);
      for (std::size_t i = at; i < stop && !w.empty(); ++i)
        weights[i - at] = w[i];
      sum.add(block, stop - at, w.empty() ? nullptr : weights.data());
    }
    partial = sum.value();
  };
  const auto merge = [](matrix& total, const matrix& part) {
    for (std::size_t k = 0; k < total.values().size(); ++k)
      total.data()[k] += part.values()[k];
  };
  return parallel_reduce(chunking(x.rows(), 4096, p <= 128 ? 64 : 8), run, matrix(p, p), body, merge);
}

}  // namespace tenure::inline TENURE_ABI::numeric
