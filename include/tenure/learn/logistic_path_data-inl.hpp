#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tenure/learn/logistic_statistic-inl.hpp"
#include "tenure/learn/quadratic_net-inl.hpp"

namespace tenure::inline TENURE_ABI::learn::detail {

/// The standardised data in blocks, and what a path asks of them at given coefficients.
class path_data {
 public:
  path_data(const table_view& x, const encoding& code, const binary_outcome& outcome, double weight, bool standardise, bool intercept, const execution& run)
      : run_(run), rows_(x.rows()), cols_(code.width()), step_(numeric::gram_sum::block_rows(cols_)), weight_(weight) {
    center.assign(cols_, 0.0), scale.assign(cols_, 1.0);
    y_.resize(rows_), w_.assign(rows_, 1.0), offset_.assign(rows_, 0.0), residual.resize(rows_), curvature.resize(rows_);
    read_block(outcome.y, 0, rows_, y_.data());
    if (!outcome.weight.empty()) read_block(outcome.weight, 0, rows_, w_.data());
    if (!outcome.offset.empty()) read_block(outcome.offset, 0, rows_, offset_.data());
    const design_reader reader(x, code);
    for (std::size_t begin = 0; begin < rows_; begin += step_)
      blocks_.emplace_back(cols_, std::min(step_, rows_ - begin));
    parallel_for(blocks_.size(), run_, [&](std::size_t k) {
      reader.read(first(k), last(k), blocks_[k], 0);
      blocks_[k].pad(last(k) - first(k));
    });
    scale_columns(standardise, intercept);
  }

  std::size_t cols() const { return cols_; }

  /// Loss (a mean), residuals and curvatures at b; returns the gradient of the mean loss for the intercept and then for `columns`.
  double evaluate(double intercept, const std::vector<double>& b, const std::vector<std::size_t>& columns, std::vector<double>& gradient) {
    struct sums {
      double loss = 0;
      std::vector<double> gradient;
    };
    const auto body = [&](sums& part, std::size_t from, std::size_t to) {
      part.gradient.assign(columns.size() + 1, 0.0);
      std::vector<double> eta(step_), mean(step_), loss(step_);
      for (std::size_t k = from; k < to; ++k) {
        const std::size_t begin = first(k), n = last(k) - begin;
        for (std::size_t i = 0; i < n; ++i)
          eta[i] = intercept + offset_[begin + i];
        for (std::size_t j = 0; j < cols_; ++j)
          if (b[j] != 0) numeric::detail::add_multiple_block(blocks_[k].column(j), b[j], n, eta.data());
        numeric::logistic_block(eta.data(), n, mean.data(), loss.data());
        for (std::size_t i = 0; i < n; ++i) {
          const double w = w_[begin + i];
          part.loss += w * (loss[i] - y_[begin + i] * eta[i]);
          residual[begin + i] = w * (mean[i] - y_[begin + i]);
          curvature[begin + i] = w * mean[i] * (1 - mean[i]);
          part.gradient[0] += residual[begin + i];
        }
        for (std::size_t s = 0; s < columns.size(); ++s)
          part.gradient[s + 1] += numeric::detail::dot_block(blocks_[k].column(columns[s]), &residual[begin], n);
      }
    };
    const auto total = parallel_reduce(partition(), run_, sums{}, body, [](sums& a, const sums& b2) {
      a.loss += b2.loss;
      for (std::size_t k = 0; k < a.gradient.size(); ++k)
        a.gradient[k] += b2.gradient[k];
    });
    gradient = total.gradient;
    for (auto& g : gradient)
      g /= weight_;
    return total.loss / weight_;
  }

  /// Gradient of the mean loss at the last evaluation for `columns`.
  std::vector<double> gradient_of(const std::vector<std::size_t>& columns) const {
    const auto body = [&](std::vector<double>& part, std::size_t from, std::size_t to) {
      for (std::size_t k = from; k < to; ++k)
        for (std::size_t s = 0; s < columns.size(); ++s)
          part[s] += numeric::detail::dot_block(blocks_[k].column(columns[s]), &residual[first(k)], last(k) - first(k));
    };
    auto total = parallel_reduce(partition(), run_, std::vector<double>(columns.size()), body, [](std::vector<double>& a, const std::vector<double>& b) {
      for (std::size_t k = 0; k < a.size(); ++k)
        a[k] += b[k];
    });
    for (auto& g : total)
      g /= weight_;
    return total;
  }

  /// Hessian of the mean loss at the last evaluation, for the intercept and `columns`.
  matrix hessian(const std::vector<std::size_t>& columns) const {
    const auto body = [&](matrix& part, std::size_t from, std::size_t to) {
      numeric::gram_sum sum(columns.size() + 1);
      numeric::column_block chosen(columns.size() + 1, step_);
      for (std::size_t k = from; k < to; ++k) {
        const std::size_t n = last(k) - first(k);
        std::fill(chosen.column(0), chosen.column(0) + n, 1.0);
        for (std::size_t s = 0; s < columns.size(); ++s)
          std::copy(blocks_[k].column(columns[s]), blocks_[k].column(columns[s]) + n, chosen.column(s + 1));
        chosen.pad(n);
        sum.add(chosen, n, &curvature[first(k)]);
      }
      part = sum.value();
    };
    const std::size_t size = columns.size() + 1;
    const chunking chunks(blocks_.size(), 1, size <= 128 ? 32 : 8);
    matrix h = parallel_reduce(chunks, run_, matrix(size, size), body, [](matrix& a, const matrix& b) {
      for (std::size_t k = 0; k < a.values().size(); ++k)
        a.data()[k] += b.values()[k];
    });
    for (std::size_t k = 0; k < size * size; ++k)
      h.data()[k] /= weight_;
    return h;
  }

  std::vector<double> center, scale, residual, curvature;

 private:
  std::size_t first(std::size_t block) const { return block * step_; }
  std::size_t last(std::size_t block) const { return std::min(rows_, (block + 1) * step_); }
  chunking partition() const { return chunking(blocks_.size(), 1, 64); }

  void scale_columns(bool standardise, bool intercept) {
    parallel_for(cols_, run_, [&](std::size_t j) {
      double mean = 0, squares = 0;
      for (std::size_t k = 0; k < blocks_.size(); ++k)
        mean += numeric::detail::dot_block(blocks_[k].column(j), &w_[first(k)], last(k) - first(k));
      mean /= weight_;
      const double from = intercept ? mean : 0.0;
      for (std::size_t k = 0; k < blocks_.size(); ++k)
        for (std::size_t i = first(k); i < last(k); ++i) {
          const double d = blocks_[k].column(j)[i - first(k)] - mean;
          squares += w_[i] * d * d;
        }
      const double spread = std::sqrt(squares / weight_);
      center[j] = from;
      if (standardise && spread > 1e-14 * std::abs(mean)) scale[j] = spread;
      for (std::size_t k = 0; k < blocks_.size(); ++k)
        numeric::detail::standardise_block(blocks_[k].column(j), center[j], 1 / scale[j], last(k) - first(k));
    });
  }

  const execution& run_;
  std::size_t rows_, cols_, step_;
  double weight_;
  std::vector<numeric::column_block> blocks_;
  std::vector<double> y_, w_, offset_;
};

}  // namespace tenure::inline TENURE_ABI::learn::detail
