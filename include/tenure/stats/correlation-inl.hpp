#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "tenure/numeric/cross_products.hpp"
#include "tenure/numeric/distributions.hpp"
#include "tenure/numeric/sort.hpp"
#include "tenure/stats/correlation.hpp"
#include "tenure/stats/kendall-inl.hpp"

namespace tenure::inline TENURE_ABI::stats {

namespace detail {

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Fisher's z interval: atanh(r) +- z sqrt(variance).
inline void z_interval(correlation_estimate& e, double variance, double level) {
  const double half = numeric::two_sided_z(level) * std::sqrt(variance), centre = std::atanh(e.estimate);
  e.lower = std::tanh(centre - half);
  e.upper = std::tanh(centre + half);
}

inline correlation_estimate undefined_correlation(double n) { return {nan, nan, nan, nan, nan, static_cast<std::size_t>(n)}; }

/// Test and interval for a Pearson or rank correlation `r` over n rows.
inline correlation_estimate describe_product_moment(double r, double n, correlation_method method, double level) {
  if (std::isnan(r) || n < 3) {
    auto e = undefined_correlation(n);
    e.estimate = n < 2 ? nan : r;
    return e;
  }
  correlation_estimate e{r, nan, nan, nan, nan, static_cast<std::size_t>(n)};
  e.statistic = r * std::sqrt((n - 2) / std::max((1 - r) * (1 + r), 0.0));
  e.p_value = std::abs(r) >= 1 ? 0 : 2 * numeric::student_t_sf(std::abs(e.statistic), n - 2);
  if (n > 3) z_interval(e, (method == correlation_method::spearman ? 1 + r * r / 2 : 1) / (n - 3), level);
  return e;
}

inline correlation_estimate describe_kendall(const kendall_counts& k, double level) {
  const double n = k.n;
  auto e = undefined_correlation(n);
  const double tau = k.tau_b();
  if (std::isnan(tau)) return e;
  e.estimate = tau;
  const double variance = k.variance();
  if (variance > 0) {
    e.statistic = k.score / std::sqrt(variance);
    e.p_value = numeric::two_sided_p(e.statistic);
  }
  if (n > 4) z_interval(e, 0.437 / (n - 4), level);
  return e;
}

/// The rows where both are present; throws for an infinite value.
inline void complete_pairs(numeric_column x, numeric_column y, std::vector<double>& a, std::vector<double>& b) {
  if (x.size() != y.size()) throw invalid_input("y", "must have as many values as x");
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double u = x[i], v = y[i];
    if (std::isinf(u)) throw invalid_input("x", "must be finite or missing", u, i);
    if (std::isinf(v)) throw invalid_input("y", "must be finite or missing", v, i);
    if (std::isnan(u) || std::isnan(v)) continue;
    a.push_back(u);
    b.push_back(v);
  }
}

inline double product_moment(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size());
  double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    ma += a[i], mb += b[i];
  ma /= n, mb /= n;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double u = a[i] - ma, v = b[i] - mb;
    aa += u * u, bb += v * v, ab += u * v;
  }
  return aa > 0 && bb > 0 ? std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0) : nan;
}

/// True when the present values are at most two different ones.
inline bool is_binary(numeric_column x) {
  double first = nan, second = nan;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = x[i];
    if (std::isnan(v) || v == first || v == second) continue;
    if (std::isnan(first))
      first = v;
    else if (std::isnan(second))
      second = v;
    else
      return false;
  }
  return true;
}

inline bool has_missing(numeric_column x) {
  return x.visit([](auto c) {
    for (std::size_t i = 0; i < c.size(); ++i)
      if (std::isnan(static_cast<double>(c[i]))) return true;
    return false;
  });
}

inline void store(correlation_table& t, std::size_t i, std::size_t j, const correlation_estimate& e) {
  for (const auto& [a, b] : {std::pair{i, j}, std::pair{j, i}}) {
    t.estimate(a, b) = e.estimate;
    t.lower(a, b) = e.lower;
    t.upper(a, b) = e.upper;
    t.p_value(a, b) = e.p_value;
    t.n(a, b) = static_cast<double>(e.n);
  }
}

inline correlation_table empty_table(std::vector<std::string> columns) {
  const std::size_t p = columns.size();
  return {std::move(columns), matrix(p, p), matrix(p, p), matrix(p, p), matrix(p, p), matrix(p, p)};
}

inline void require_numbers(const table_view& x) {
  for (const auto& c : x.columns()) {
    if (c.categorical) throw invalid_input(c.name, "is categorical; a correlation needs numbers (cramers_v measures association of categories)");
    c.values.visit([&](auto values) {
      for (std::size_t i = 0; i < values.size(); ++i)
        if (std::isinf(static_cast<double>(values[i]))) throw invalid_input(c.name, "must be finite or missing", static_cast<double>(values[i]), i);
    });
  }
}

/// Calls body(i, j) for all i <= j in parallel.
template <class Body>
void for_pairs(std::size_t p, const execution& run, Body&& body) {
  parallel_for(p * (p + 1) / 2, run, [&](std::size_t task) {
    std::size_t i = 0;
    while (task >= p - i)
      task -= p - i++;
    body(i, i + task);
  });
}

inline correlation_table spearman_table(const table_view& x, double level, const execution& run) {
  const std::size_t p = x.cols();
  std::vector<std::vector<double>> ranks(p);
  std::vector<char> missing(p);
  parallel_for(p, run, [&](std::size_t j) {
    missing[j] = has_missing(x[j].values);
    if (!missing[j]) ranks[j] = numeric::average_ranks(x[j].values);
  });
  std::vector<table_column> complete;
  std::vector<std::size_t> place(p);
  for (std::size_t j = 0; j < p; ++j) {
    if (missing[j]) continue;
    place[j] = complete.size();
    complete.push_back({x[j].name, ranks[j], {}, false});
  }
  std::vector<std::string> names;
  for (const auto& c : x.columns())
    names.push_back(c.name);
  auto result = empty_table(names);
  correlation_table dense;
  if (!complete.empty()) {
    correlation_statistics sums;
    sums.add(table_view(complete), run);
    dense = sums.finish(level);
  }
  const auto n = static_cast<double>(x.rows());
  for_pairs(p, run, [&](std::size_t i, std::size_t j) {
    store(result, i, j,
          missing[i] || missing[j] ? correlation(x[i].values, x[j].values, {correlation_method::spearman, level})
                                   : describe_product_moment(dense.estimate(place[i], place[j]), n, correlation_method::spearman, level));
  });
  return result;
}

inline correlation_table kendall_table(const table_view& x, double level, const execution& run) {
  const std::size_t p = x.cols();
  std::vector<dense_ranks> ranks(p);
  parallel_for(p, run, [&](std::size_t j) { ranks[j] = dense_ranks::of(x[j].values); });
  std::vector<std::string> names;
  for (const auto& c : x.columns())
    names.push_back(c.name);
  auto result = empty_table(names);
  for_pairs(p, run, [&](std::size_t i, std::size_t j) {
    if (i != j) return store(result, i, j, describe_kendall(count_kendall(ranks[i], ranks[j]), level));
    auto self = undefined_correlation(static_cast<double>(ranks[i].order.size()));
    const bool varies = !ranks[i].order.empty() && ranks[i].rank[ranks[i].order.back()] > 0;
    if (varies) self = {1, 1, 1, nan, 0, self.n};
    store(result, i, i, self);
  });
  return result;
}

}  // namespace detail

TENURE_INLINE correlation_estimate correlation(numeric_column x, numeric_column y, const correlation_options& options) {
  validate(options);
  std::vector<double> a, b;
  detail::complete_pairs(x, y, a, b);
  if (options.method == correlation_method::point_biserial && !detail::is_binary(a) && !detail::is_binary(b))
    throw invalid_input("method", "is 'point_biserial', which needs a column of two values");
  if (options.method == correlation_method::kendall)
    return detail::describe_kendall(detail::count_kendall(detail::dense_ranks::of(a), detail::dense_ranks::of(b)), options.level);
  if (options.method == correlation_method::spearman) {
    a = numeric::average_ranks(a);
    b = numeric::average_ranks(b);
  }
  return detail::describe_product_moment(detail::product_moment(a, b), static_cast<double>(a.size()), options.method, options.level);
}

TENURE_INLINE correlation_table correlation_matrix(const table_view& x, const correlation_options& options, const execution& run) {
  validate(options);
  detail::require_numbers(x);
  if (options.method == correlation_method::spearman) return detail::spearman_table(x, options.level, run);
  if (options.method == correlation_method::kendall) return detail::kendall_table(x, options.level, run);
  if (options.method == correlation_method::point_biserial) {
    std::size_t wide = 0;
    for (const auto& c : x.columns())
      wide += !detail::is_binary(c.values);
    if (wide > 1) throw invalid_input("method", "is 'point_biserial', which needs a column of two values in every pair");
  }
  correlation_statistics sums;
  sums.add(x, run);
  return sums.finish(options.level);
}

TENURE_INLINE void correlation_statistics::start(const table_view& chunk) {
  const std::size_t p = chunk.cols(), head = std::min<std::size_t>(chunk.rows(), 256);
  for (const auto& c : chunk.columns()) {
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < head; ++i) {
      const double v = c.values[i];
      if (std::isnan(v)) continue;
      sum += v;
      ++count;
    }
    columns_.push_back(c.name);
    shift_.push_back(count > 0 ? sum / count : 0);
  }
  complete_sum_.assign(p, 0);
  complete_products_ = matrix(p, p);
  pair_rows_ = pair_sum_ = pair_squares_ = pair_products_ = matrix(p, p);
}

TENURE_INLINE void correlation_statistics::add_rows(const table_view& chunk, std::size_t begin, std::size_t end) {
  constexpr std::size_t block = 512;
  const std::size_t p = columns_.size();
  std::vector<double> z(block * p), squares, present, sums(p);
  for (std::size_t from = begin; from < end; from += block) {
    const std::size_t rows = std::min(block, end - from);
    bool complete = true;
    for (std::size_t j = 0; j < p; ++j) {
      double* out = z.data() + j * block;
      double sum = 0;
      chunk[j].values.slice(from, from + rows).visit([&](auto values) {
        for (std::size_t i = 0; i < rows; ++i)
          sum += out[i] = static_cast<double>(values[i]) - shift_[j];
      });
      complete &= !std::isnan(sum);
      sums[j] = sum;
    }
    if (complete) {
      complete_rows_ += static_cast<double>(rows);
      for (std::size_t j = 0; j < p; ++j)
        complete_sum_[j] += sums[j];
      numeric::add_cross_products(complete_products_, z.data(), z.data(), rows, block);
      continue;
    }
    squares.resize(z.size());
    present.resize(z.size());
    for (std::size_t k = 0; k < z.size(); ++k) {
      present[k] = std::isnan(z[k]) ? 0 : 1;
      if (present[k] == 0) z[k] = 0;
      squares[k] = z[k] * z[k];
    }
    numeric::add_cross_products(pair_rows_, present.data(), present.data(), rows, block);
    numeric::add_cross_products(pair_sum_, z.data(), present.data(), rows, block);
    numeric::add_cross_products(pair_squares_, squares.data(), present.data(), rows, block);
    numeric::add_cross_products(pair_products_, z.data(), z.data(), rows, block);
  }
}

TENURE_INLINE void correlation_statistics::add(const table_view& chunk, const execution& run) {
  detail::require_numbers(chunk);
  if (columns_.empty()) start(chunk);
  if (chunk.cols() != columns_.size()) throw invalid_input("chunk", "must have the same columns as the first one");
  for (std::size_t j = 0; j < columns_.size(); ++j)
    if (chunk[j].name != columns_[j]) throw invalid_input("chunk", "column '" + chunk[j].name + "' is not '" + columns_[j] + "', as in the first chunk");
  correlation_statistics zero(*this);
  zero.complete_rows_ = 0;
  zero.complete_sum_.assign(columns_.size(), 0);
  zero.complete_products_ = zero.pair_rows_ = zero.pair_sum_ = zero.pair_squares_ = zero.pair_products_ = matrix(columns_.size(), columns_.size());
  merge(parallel_reduce(
      chunking(chunk.rows(), 16384), run, zero, [&](correlation_statistics& part, std::size_t begin, std::size_t end) { part.add_rows(chunk, begin, end); },
      [](correlation_statistics& total, const correlation_statistics& part) { total.merge(part); }));
}

TENURE_INLINE void correlation_statistics::merge(const correlation_statistics& other) {
  if (other.columns_.empty()) return;
  if (columns_.empty()) {
    *this = other;
    return;
  }
  if (columns_ != other.columns_) throw invalid_input("other", "must be about the same columns");
  const std::size_t p = columns_.size();
  for (std::size_t i = 0; i < p; ++i) {
    const double di = other.shift_[i] - shift_[i];  // a value is (z + di) in this shift
    for (std::size_t j = 0; j < p; ++j) {
      const double dj = other.shift_[j] - shift_[j], rows = other.pair_rows_(i, j);
      complete_products_(i, j) += other.complete_products_(i, j) + di * other.complete_sum_[j] + dj * other.complete_sum_[i] + di * dj * other.complete_rows_;
      pair_products_(i, j) += other.pair_products_(i, j) + di * other.pair_sum_(j, i) + dj * other.pair_sum_(i, j) + di * dj * rows;
      pair_squares_(i, j) += other.pair_squares_(i, j) + di * (2 * other.pair_sum_(i, j) + di * rows);
      pair_sum_(i, j) += other.pair_sum_(i, j) + di * rows;
      pair_rows_(i, j) += rows;
    }
  }
  for (std::size_t i = 0; i < p; ++i)
    complete_sum_[i] += other.complete_sum_[i] + (other.shift_[i] - shift_[i]) * other.complete_rows_;
  complete_rows_ += other.complete_rows_;
}

TENURE_INLINE correlation_table correlation_statistics::finish(double level) const {
  auto result = detail::empty_table(columns_);
  const std::size_t p = columns_.size();
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = i; j < p; ++j) {
      const double n = complete_rows_ + pair_rows_(i, j);
      const double si = complete_sum_[i] + pair_sum_(i, j), sj = complete_sum_[j] + pair_sum_(j, i);
      const double qi = complete_products_(i, i) + pair_squares_(i, j), qj = complete_products_(j, j) + pair_squares_(j, i);
      const double vi = qi - si * si / n, vj = qj - sj * sj / n;
      constexpr double rounding = 1e-14;  // a constant column leaves only rounding
      const bool varies = n > 1 && vi > rounding * qi && vj > rounding * qj;
      const double r = !varies  ? detail::nan
                       : i == j ? 1.0
                                : std::clamp((complete_products_(i, j) + pair_products_(i, j) - si * sj / n) / std::sqrt(vi * vj), -1.0, 1.0);
      detail::store(result, i, j, detail::describe_product_moment(r, n, correlation_method::pearson, level));
    }
  }
  return result;
}

TENURE_INLINE std::vector<double> correlation_statistics::means() const {
  std::vector<double> result;
  for (std::size_t j = 0; j < columns_.size(); ++j)
    result.push_back(shift_[j] + (complete_sum_[j] + pair_sum_(j, j)) / (complete_rows_ + pair_rows_(j, j)));
  return result;
}

TENURE_INLINE std::vector<double> correlation_statistics::standard_deviations() const {
  std::vector<double> result;
  for (std::size_t j = 0; j < columns_.size(); ++j) {
    const double n = complete_rows_ + pair_rows_(j, j), sum = complete_sum_[j] + pair_sum_(j, j);
    result.push_back(std::sqrt(std::max(0.0, (complete_products_(j, j) + pair_products_(j, j) - sum * sum / n) / (n - 1))));
  }
  return result;
}

}  // namespace tenure::inline TENURE_ABI::stats
