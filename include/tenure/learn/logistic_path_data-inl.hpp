#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tenure/learn/kernels.hpp"
#include "tenure/learn/logistic_statistic-inl.hpp"
#include "tenure/learn/quadratic_net-inl.hpp"

namespace tenure::inline TENURE_ABI::learn::detail {

/// The standardised data in blocks (column 0 holds ones), and what a path asks of them at given coefficients.
class path_data {
 public:
  path_data(const table_view& x, const encoding& code, const binary_outcome& outcome, double weight, bool standardise, bool intercept, const execution& run)
      : run_(run), rows_(x.rows()), cols_(code.width()), step_(numeric::gram_sum::block_rows(cols_)), weight_(weight) {
    y_.resize(rows_), w_.assign(rows_, 1.0), offset_.assign(rows_, 0.0), residual_.resize(rows_), curvature_.resize(rows_);
    read_block(outcome.y, 0, rows_, y_.data());
    if (!outcome.weight.empty()) read_block(outcome.weight, 0, rows_, w_.data());
    if (!outcome.offset.empty()) read_block(outcome.offset, 0, rows_, offset_.data());
    const design_reader reader(x, code);
    for (std::size_t begin = 0; begin < rows_; begin += step_)
      blocks_.emplace_back(cols_ + 1, std::min(step_, rows_ - begin));
    parallel_for(blocks_.size(), run_, [&](std::size_t k) {
      std::fill(blocks_[k].column(0), blocks_[k].column(0) + (last(k) - first(k)), 1.0);
      reader.read(first(k), last(k), blocks_[k], 1);
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
    std::vector<std::size_t> used;
    std::vector<double> factor;
    for (std::size_t j = 0; j < cols_; ++j)
      if (b[j] != 0) used.push_back(j), factor.push_back(b[j]);
    const auto body = [&](sums& part, std::size_t from, std::size_t to) {
      part.gradient.assign(columns.size() + 1, 0.0);
      std::vector<double> eta(step_), mean(step_), loss(step_);
      std::vector<const double*> place(cols_);
      for (std::size_t k = from; k < to; ++k) {
        const std::size_t begin = first(k), n = last(k) - begin;
        for (std::size_t i = 0; i < n; ++i)
          eta[i] = intercept + offset_[begin + i];
        locate(k, used, place);
        add_columns(place.data(), factor.data(), used.size(), n, eta.data());
        numeric::logistic_block(eta.data(), n, mean.data(), loss.data());
        const row_sums sum = score_rows(eta.data(), mean.data(), loss.data(), &y_[begin], &w_[begin], n, &residual_[begin], &curvature_[begin]);
        part.loss += sum.loss;
        part.gradient[0] += sum.residual;
        locate(k, columns, place);
        dot_columns(place.data(), columns.size(), &residual_[begin], n, part.gradient.data() + 1);
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
      std::vector<const double*> place(columns.size());
      for (std::size_t k = from; k < to; ++k) {
        locate(k, columns, place);
        dot_columns(place.data(), columns.size(), &residual_[first(k)], last(k) - first(k), part.data());
      }
    };
    auto total = parallel_reduce(partition(), run_, std::vector<double>(columns.size()), body, [](std::vector<double>& a, const std::vector<double>& b) {
      for (std::size_t k = 0; k < a.size(); ++k)
        a[k] += b[k];
    });
    for (auto& g : total)
      g /= weight_;
    return total;
  }

  /// How far the residuals have moved since this was asked before: a gradient entry has changed by `reach` times that at most.
  double moved() {
    const bool first_time = before_.empty();
    double squares = 0;
    for (std::size_t i = 0; i < rows_ && !first_time; ++i)
      squares += (residual_[i] - before_[i]) * (residual_[i] - before_[i]);
    before_ = residual_;
    return std::sqrt(squares);
  }

  /// Hessian of the mean loss at the last evaluation, for the intercept and `columns`.
  matrix hessian(const std::vector<std::size_t>& columns) const {
    bool whole = columns.size() == cols_;
    for (std::size_t s = 0; whole && s < cols_; ++s)
      whole = columns[s] == s;
    const auto body = [&](matrix& part, std::size_t from, std::size_t to) {
      numeric::gram_sum sum(columns.size() + 1);
      numeric::column_block chosen(whole ? 0 : columns.size() + 1, step_);
      for (std::size_t k = from; k < to; ++k) {
        const std::size_t n = last(k) - first(k);
        if (!whole) {
          std::copy(blocks_[k].column(0), blocks_[k].column(0) + n, chosen.column(0));
          for (std::size_t s = 0; s < columns.size(); ++s)
            std::copy(blocks_[k].column(columns[s] + 1), blocks_[k].column(columns[s] + 1) + n, chosen.column(s + 1));
          chosen.pad(n);
        }
        sum.add(whole ? blocks_[k] : chosen, n, &curvature_[first(k)]);
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

  std::vector<double> center, scale, reach;

 private:
  std::size_t first(std::size_t block) const { return block * step_; }
  std::size_t last(std::size_t block) const { return std::min(rows_, (block + 1) * step_); }
  chunking partition() const { return chunking(blocks_.size(), 1, 64); }

  /// Where the columns lie in a block.
  void locate(std::size_t block, const std::vector<std::size_t>& columns, std::vector<const double*>& place) const {
    for (std::size_t s = 0; s < columns.size(); ++s)
      place[s] = blocks_[block].column(columns[s] + 1);
  }

  void scale_columns(bool standardise, bool intercept) {
    using sums = std::vector<double>;
    const auto add = [](sums& a, const sums& b) {
      for (std::size_t j = 0; j < a.size(); ++j)
        a[j] += b[j];
    };
    sums mean = parallel_reduce(
        partition(), run_, sums(cols_),
        [&](sums& part, std::size_t from, std::size_t to) {
          for (std::size_t k = from; k < to; ++k)
            for (std::size_t j = 0; j < cols_; ++j)
              part[j] += numeric::detail::dot_block(blocks_[k].column(j + 1), &w_[first(k)], last(k) - first(k));
        },
        add);
    for (auto& m : mean)
      m /= weight_;
    const sums squares = parallel_reduce(
        partition(), run_, sums(cols_),
        [&](sums& part, std::size_t from, std::size_t to) {
          std::vector<double> weighted(step_);
          for (std::size_t k = from; k < to; ++k)
            for (std::size_t j = 0; j < cols_; ++j) {
              const std::size_t n = last(k) - first(k);
              double* column = blocks_[k].column(j + 1);
              numeric::detail::standardise_block(column, mean[j], 1, n);
              numeric::detail::multiply_block(column, &w_[first(k)], n, weighted.data());
              part[j] += numeric::detail::dot_block(column, weighted.data(), n);
            }
        },
        add);
    center.assign(cols_, 0.0), scale.assign(cols_, 1.0);
    for (std::size_t j = 0; j < cols_; ++j) {
      if (intercept) center[j] = mean[j];
      const double spread = std::sqrt(squares[j] / weight_);
      if (standardise && spread > 1e-14 * std::abs(mean[j])) scale[j] = spread;
    }
    reach = parallel_reduce(
        partition(), run_, sums(cols_),
        [&](sums& part, std::size_t from, std::size_t to) {
          for (std::size_t k = from; k < to; ++k)
            for (std::size_t j = 0; j < cols_; ++j) {
              double* column = blocks_[k].column(j + 1);
              numeric::detail::standardise_block(column, center[j] - mean[j], 1 / scale[j], last(k) - first(k));
              part[j] += numeric::detail::dot_block(column, column, last(k) - first(k));
            }
        },
        add);
    for (auto& r : reach)
      r = std::sqrt(r) / weight_;
  }

  const execution& run_;
  std::size_t rows_, cols_, step_;
  double weight_;
  std::vector<numeric::column_block> blocks_;
  std::vector<double> y_, w_, offset_, residual_, curvature_, before_;
};

}  // namespace tenure::inline TENURE_ABI::learn::detail
