#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "tenure/learn/logistic_statistic.hpp"
#include "tenure/numeric/elementary.hpp"
#include "tenure/numeric/syrk.hpp"

namespace tenure::inline TENURE_ABI::learn {

namespace detail {

inline void read_block(const numeric_column& from, std::size_t begin, std::size_t end, double* to) {
  from.visit([&](auto values) {
    for (std::size_t i = begin; i < end; ++i)
      to[i - begin] = static_cast<double>(values[i]);
  });
}

/// Reads blocks of the design matrix, column by column; `first` is the block column of the first design column.
class design_reader {
 public:
  design_reader(const table_view& x, const encoding& code) : x_(x), code_(code), width_(code.width()), as_matrix_(find_matrix(x)) {}

  std::size_t width() const { return width_; }

  void read(std::size_t begin, std::size_t end, numeric::column_block& block, std::size_t first) const {
    if (as_matrix_.cols() != 0) return block.load(as_matrix_, begin, end, first);
    std::size_t at = first;
    for (std::size_t j = 0; j < x_.cols(); ++j) {
      if (!x_[j].categorical) {
        read_block(x_[j].values, begin, end, block.column(at++));
        continue;
      }
      const std::size_t span = x_[j].levels.size() - 1;
      for (std::size_t k = 0; k < span; ++k)
        std::fill(block.column(at + k), block.column(at + k) + (end - begin), 0.0);
      const std::int64_t reference = code_.reference[j];
      x_[j].values.visit([&](auto codes) {
        for (std::size_t i = begin; i < end; ++i) {
          const auto level = static_cast<std::int64_t>(codes[i]);
          if (level < 0) throw invalid_input(x_[j].name, "is missing in row " + std::to_string(i));
          if (level != reference) block.column(at + static_cast<std::size_t>(level - (level > reference)))[i - begin] = 1.0;
        }
      });
      at += span;
    }
  }

 private:
  /// The table as one row-major matrix of doubles, when that is how it lies in memory; no columns otherwise.
  static matrix_view find_matrix(const table_view& x) {
    if (x.cols() < 2) return {};
    const double* data = nullptr;
    std::ptrdiff_t stride = 0;
    for (std::size_t j = 0; j < x.cols(); ++j) {
      if (x[j].categorical || x[j].values.kind() != numeric_column::type::f64) return {};
      const bool next = x[j].values.visit([&]<class T>(column_view<T> c) {
        if constexpr (std::is_same_v<T, double>) {
          if (j == 0) data = c.data(), stride = c.stride();
          return c.data() == data + j && c.stride() == stride;
        }
        return false;
      });
      if (!next) return {};
    }
    return stride > 1 ? matrix_view(data, x.rows(), x.cols(), stride, 1) : matrix_view();
  }

  const table_view& x_;
  const encoding& code_;
  std::size_t width_;
  matrix_view as_matrix_;
};

/// Rows are read in blocks of this many; a partition of the data for threads.
inline chunking logistic_chunks(std::size_t rows, std::size_t width) { return chunking(rows, 4096, width <= 128 ? 64 : 8); }

inline void check_outcome(const binary_outcome& outcome, std::size_t rows) {
  const auto same_length = [&](const numeric_column& c, const char* name, bool required) {
    if ((required || !c.empty()) && c.size() != rows)
      throw invalid_input(name, "must have one value a row of X (" + std::to_string(rows) + ")", static_cast<double>(c.size()));
  };
  same_length(outcome.y, "y", true);
  same_length(outcome.weight, "sample_weight", false);
  same_length(outcome.offset, "offset", false);
  same_length(outcome.cluster, "cluster", false);
  outcome.y.visit([&](auto y) {
    for (std::size_t i = 0; i < rows; ++i)
      if (!(y[i] == 0 || y[i] == 1)) throw invalid_input("y", "must be 0 or 1", static_cast<double>(y[i]), i);
  });
  outcome.weight.visit([&](auto w) {
    for (std::size_t i = 0; i < w.size(); ++i)
      if (!(static_cast<double>(w[i]) >= 0 && static_cast<double>(w[i]) < INFINITY))
        throw invalid_input("sample_weight", "must be >= 0 and finite", static_cast<double>(w[i]), i);
  });
  outcome.offset.visit([&](auto o) {
    for (std::size_t i = 0; i < o.size(); ++i)
      if (!std::isfinite(static_cast<double>(o[i]))) throw invalid_input("offset", "must be a finite number", static_cast<double>(o[i]), i);
  });
}

/// The counts among the moments, which need no column.
inline logistic_moments outcome_totals(const binary_outcome& outcome, std::size_t rows, const execution& run) {
  check_outcome(outcome, rows);
  const auto body = [&](logistic_moments& part, std::size_t from, std::size_t to) {
    std::vector<double> y(1024), w(1024, 1.0);
    for (std::size_t begin = from; begin < to; begin += y.size()) {
      const std::size_t end = std::min(begin + y.size(), to);
      read_block(outcome.y, begin, end, y.data());
      if (!outcome.weight.empty()) read_block(outcome.weight, begin, end, w.data());
      for (std::size_t i = 0; i < end - begin; ++i)
        part.rows += w[i] > 0, part.weight += w[i], part.events += w[i] * y[i];
    }
  };
  return parallel_reduce(chunking(rows), run, logistic_moments(), body, [](logistic_moments& a, const logistic_moments& b) { a.merge(b); });
}

inline void require_two_classes(const logistic_moments& moments) {
  if (!(moments.weight > 0)) throw invalid_input("sample_weight", "is zero in every row");
  if (!(moments.events > 0 && moments.events < moments.weight)) throw invalid_input("y", "holds only one class among rows of positive weight");
}

}  // namespace detail

TENURE_INLINE binary_outcome binary_outcome::slice(std::size_t begin, std::size_t end) const {
  const auto part = [&](const numeric_column& c) { return c.empty() ? c : c.slice(begin, end); };
  return {part(y), part(weight), part(offset), part(cluster)};
}

TENURE_INLINE void logistic_moments::merge(const logistic_moments& other) {
  rows += other.rows, weight += other.weight, events += other.events;
  if (other.count == 0) return;
  if (count == 0) {
    count = other.count, mean = other.mean, squares = other.squares;
    return;
  }
  const double total = count + other.count;
  for (std::size_t j = 0; j < mean.size(); ++j) {
    const double shift = other.mean[j] - mean[j];
    mean[j] += shift * (other.count / total);
    squares[j] += other.squares[j] + shift * shift * (count * other.count / total);
  }
  count = total;
}

TENURE_INLINE void logistic_moments::add(const table_view& x, const encoding& code, const binary_outcome& outcome, const execution& run) {
  detail::check_outcome(outcome, x.rows());
  const detail::design_reader reader(x, code);
  const auto body = [&](logistic_moments& part, std::size_t begin, std::size_t end) {
    const std::size_t width = reader.width(), step = numeric::gram_sum::block_rows(width);
    numeric::column_block block(width, step);
    std::vector<double> y(step), w(step, 1.0);
    logistic_moments one;
    one.mean.resize(width), one.squares.resize(width);
    for (std::size_t at = begin; at < end; at += step) {
      const std::size_t stop = std::min(at + step, end), n = stop - at;
      reader.read(at, stop, block, 0);
      detail::read_block(outcome.y, at, stop, y.data());
      if (!outcome.weight.empty()) detail::read_block(outcome.weight, at, stop, w.data());
      for (std::size_t j = 0; j < width; ++j) {
        const auto moment = numeric::detail::moments_block(block.column(j), n);
        if (!std::isfinite(moment.squares)) {
          const auto& column = x[code.sources()[j]];
          for (std::size_t i = 0; i < n; ++i)
            if (!std::isfinite(block.column(j)[i])) throw invalid_input(column.name, "must be a finite number", block.column(j)[i], at + i);
          throw invalid_input(column.name, "holds numbers too large to square; rescale it", block.column(j)[0], at);
        }
        one.mean[j] = moment.mean, one.squares[j] = moment.squares;
      }
      one.count = static_cast<double>(n);
      one.rows = one.weight = one.events = 0;
      for (std::size_t i = 0; i < n; ++i)
        one.rows += w[i] > 0, one.weight += w[i], one.events += w[i] * y[i];
      part.merge(one);
    }
  };
  logistic_moments zero;
  zero.mean.resize(reader.width()), zero.squares.resize(reader.width());
  merge(
      parallel_reduce(detail::logistic_chunks(x.rows(), reader.width()), run, zero, body, [](logistic_moments& a, const logistic_moments& b) { a.merge(b); }));
}

TENURE_INLINE void logistic_statistic::merge(const logistic_statistic& other) {
  log_likelihood += other.log_likelihood;
  if (gradient.empty()) {
    gradient = other.gradient, information = other.information;
    return;
  }
  for (std::size_t k = 0; k < gradient.size(); ++k)
    gradient[k] += other.gradient[k];
  for (std::size_t k = 0; k < information.values().size(); ++k)
    information.data()[k] += other.information.values()[k];
}

namespace detail {

/// The log-odds of a block of standardised columns (and the intercept's column of ones).
inline void block_log_odds(const logistic_statistic& at, const binary_outcome& outcome, std::size_t begin, std::size_t end, const numeric::column_block& block,
                           double* eta) {
  if (outcome.offset.empty())
    std::fill(eta, eta + (end - begin), 0.0);
  else
    read_block(outcome.offset, begin, end, eta);
  for (std::size_t j = 0; j < at.coefficients.size(); ++j)
    numeric::detail::add_multiple_block(block.column(j), at.coefficients[j], end - begin, eta);
}

/// Calls body(begin, end, block) for every block of rows [from, to): ones (when there is an intercept) and standardised columns.
template <class Body>
void for_blocks(const logistic_statistic& at, const design_reader& reader, std::size_t from, std::size_t to, Body&& body) {
  const std::size_t p = at.coefficients.size(), first = at.intercept, step = numeric::gram_sum::block_rows(p);
  numeric::column_block block(p, step);
  for (std::size_t begin = from; begin < to; begin += step) {
    const std::size_t end = std::min(begin + step, to);
    if (at.intercept) std::fill(block.column(0), block.column(0) + (end - begin), 1.0);
    reader.read(begin, end, block, first);
    for (std::size_t j = first; j < p; ++j)
      numeric::detail::standardise_block(block.column(j), at.center[j - first], 1 / at.scale[j - first], end - begin);
    block.pad(end - begin);
    body(begin, end, block);
  }
}

/// Replaces y by weighted residuals w (y - p) and `loss` by information weights w p (1 - p); returns the weighted log-likelihood.
inline double score_block(const double* eta, const double* mean, double* loss, double* y, const double* w, std::size_t n) {
  double log_likelihood = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double weight = w ? w[i] : 1.0;
    log_likelihood += weight * (y[i] * eta[i] - loss[i]);
    y[i] = weight * (y[i] - mean[i]);
    loss[i] = weight * (mean[i] * (1 - mean[i]));
  }
  return log_likelihood;
}

}  // namespace detail

TENURE_INLINE void logistic_statistic::add(const table_view& x, const encoding& code, const binary_outcome& outcome, const execution& run) {
  const detail::design_reader reader(x, code);
  const std::size_t p = coefficients.size();
  const auto body = [&](logistic_statistic& part, std::size_t from, std::size_t to) {
    const std::size_t step = numeric::gram_sum::block_rows(p);
    numeric::gram_sum sum(p);
    std::vector<double> eta(step), mean(step), loss(step), y(step), w(outcome.weight.empty() ? 0 : step);
    detail::for_blocks(*this, reader, from, to, [&](std::size_t begin, std::size_t end, const numeric::column_block& block) {
      detail::block_log_odds(*this, outcome, begin, end, block, eta.data());
      numeric::logistic_block(eta.data(), end - begin, mean.data(), loss.data());
      detail::read_block(outcome.y, begin, end, y.data());
      if (!w.empty()) detail::read_block(outcome.weight, begin, end, w.data());
      part.log_likelihood += detail::score_block(eta.data(), mean.data(), loss.data(), y.data(), w.empty() ? nullptr : w.data(), end - begin);
      sum.add(block, end - begin, loss.data(), y.data());
    });
    part.gradient = sum.moments();
    part.information = sum.value();
  };
  merge(parallel_reduce(detail::logistic_chunks(x.rows(), p), run, logistic_statistic{}, body,
                        [](logistic_statistic& a, const logistic_statistic& b) { a.merge(b); }));
}

}  // namespace tenure::inline TENURE_ABI::learn
