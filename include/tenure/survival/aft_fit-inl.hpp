#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/numeric/linear.hpp"
#include "tenure/survival/aft_likelihood-inl.hpp"
#include "tenure/survival/cox-inl.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

/// Newton's method; where the information is not positive definite, or the step does not help, towards the gradient.
template <class Evaluate>
cox_evaluation climb(Evaluate&& evaluate, std::vector<double>& theta, double tolerance, int max_iterations, int& iterations, bool& converged) {
  const std::size_t p = theta.size();
  cox_evaluation now = evaluate(theta);
  double damping = 0;
  converged = false;
  for (iterations = 0;; ++iterations) {
    matrix h = now.information;
    for (std::size_t j = 0; j < p; ++j)
      h(j, j) += damping * std::max(std::abs(h(j, j)), 1e-8);
    const auto factor = numeric::cholesky(h, 1e-13);
    if (!factor.regular()) {
      if (damping > 1e8) throw numeric_failure("AFT: the likelihood has no curvature in some parameter; a column may separate events from censored rows");
      damping = std::max(1e-3, damping * 10);
      if (++iterations > 10 * max_iterations) return now;
      continue;
    }
    const std::vector<double> step = factor.solve(now.gradient);
    double decrement = 0;
    for (std::size_t j = 0; j < p; ++j)
      decrement += step[j] * now.gradient[j];
    if (std::sqrt(std::max(0.0, decrement)) <= tolerance && damping < 1e-6) {
      for (std::size_t j = 0; j < p; ++j)
        theta[j] += step[j];
      converged = true;
      return now;
    }
    if (iterations >= max_iterations) return now;
    bool better = false;
    double share = 1;
    for (int halving = 0; halving < 12 && !better; ++halving, share *= 0.5) {
      std::vector<double> next(theta);
      for (std::size_t j = 0; j < p; ++j)
        next[j] += share * step[j];
      cox_evaluation trial = evaluate(next);
      better = trial.log_likelihood >= now.log_likelihood - 1e-11 * std::abs(now.log_likelihood);
      if (!better) continue;
      theta = std::move(next);
      now = std::move(trial);
    }
    if (better)
      damping = damping < 1e-5 ? 0 : damping * 0.1;
    else if (damping > 1e8)
      return now;
    else
      damping = std::max(1e-3, damping * 10);
  }
}

/// Design blocks: an intercept, then the columns centred and scaled.
struct aft_design {
  std::vector<numeric::column_block> blocks;
  std::vector<double> center, scale;
  std::size_t block = 256;
};

inline aft_design make_aft_design(const table_view& x, const encoding& code, std::size_t rows) {
  aft_design d;
  const std::size_t p = code.width();
  if (x.rows() != rows) throw invalid_input("X", "must have one row a row of time (" + std::to_string(rows) + "), has " + std::to_string(x.rows()));
  d.block = numeric::gram_sum::block_rows(p + 1);
  std::vector<double> shift(p), sum(p, 0.0), square(p, 0.0), buffer(d.block * p);
  if (p > 0) encode_rows(x, code, 0, 1, shift.data());
  for (std::size_t begin = 0; begin < rows; begin += d.block) {
    const std::size_t count = std::min(d.block, rows - begin);
    encode_rows(x, code, begin, begin + count, buffer.data());
    numeric::column_block& block = d.blocks.emplace_back(p + 1, count);
    std::fill(block.column(0), block.column(0) + count, 1.0);
    for (std::size_t j = 0; j < p; ++j)
      for (std::size_t i = 0; i < count; ++i) {
        const double value = buffer[i * p + j] - shift[j];
        block.column(j + 1)[i] = value;
        sum[j] += value;
        square[j] += value * value;
      }
  }
  const auto n = static_cast<double>(rows);
  const auto names = code.names();
  for (std::size_t j = 0; j < p; ++j) {
    if (!(square[j] > 0)) throw invalid_input(names[j], "is constant: it cannot tell customers apart");
    const double mean = sum[j] / n, variance = std::max(square[j] / n - mean * mean, square[j] / n * 1e-14);
    d.center.push_back(shift[j] + mean);
    d.scale.push_back(1 / std::sqrt(variance));
    for (std::size_t b = 0; b < d.blocks.size(); ++b)
      shift_and_scale(d.blocks[b].column(j + 1), std::min(d.block, rows - b * d.block), mean, d.scale[j]);
  }
  numeric::gram_sum gram(p + 1);
  for (std::size_t b = 0; b < d.blocks.size(); ++b) {
    const std::size_t count = std::min(d.block, rows - b * d.block);
    d.blocks[b].pad(count);
    gram.add(d.blocks[b], count, nullptr);
  }
  const auto factor = numeric::cholesky(gram.value(), 1e-11);
  if (!factor.regular()) throw numeric_failure("column '" + names[factor.dependent[0] - 1] + "' is a combination of the columns before it; leave it out");
  return d;
}

/// Takes covariance from centred and scaled columns back to the caller's.
inline matrix back_transform(const matrix& v, const aft_design& d) {
  const std::size_t total = v.rows(), p = d.scale.size();
  matrix a(total, total);
  for (std::size_t i = 0; i < total; ++i)
    a(i, i) = i >= 1 && i <= p ? d.scale[i - 1] : 1.0;
  for (std::size_t j = 0; j < p; ++j)
    a(0, j + 1) = -d.scale[j] * d.center[j];
  matrix transposed(total, total);
  for (std::size_t i = 0; i < total; ++i)
    for (std::size_t j = 0; j < total; ++j)
      transposed(i, j) = a(j, i);
  return numeric::multiply(numeric::multiply(a, v), transposed);
}

inline std::vector<double> aft_start(const aft_rows& rows, const aft_likelihood& likelihood, aft_distribution distribution) {
  double sum = 0, square = 0, total = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double y = rows.kind[i] == censoring::interval ? 0.5 * (rows.low[i] + rows.high[i]) : rows.low[i], w = rows.weight_of(i);
    sum += w * y;
    square += w * y * y;
    total += w;
  }
  const double mean = sum / total, spread = std::sqrt(std::max(square / total - mean * mean, 1e-6));
  std::vector<double> theta(likelihood.size(), 0.0);
  const bool extreme = distribution == aft_distribution::weibull || distribution == aft_distribution::exponential;
  theta[0] = extreme ? mean + 0.572 * spread : mean;
  for (std::size_t s = 0; s < likelihood.scales(); ++s)
    theta[1 + s] = std::log(extreme ? spread / 1.28 : distribution == aft_distribution::loglogistic ? spread / 1.8 : spread);
  if (likelihood.shaped()) theta[1 + likelihood.scales()] = 0.5;
  return theta;
}

inline matrix aft_sandwich(const aft_likelihood& likelihood, const aft_rows& rows, const aft_design& d, const std::vector<double>& theta,
                           const std::vector<std::uint32_t>& cluster, const matrix& inverse) {
  const std::size_t p = d.scale.size() + 1, total = likelihood.size();
  const std::size_t count = cluster.empty() ? rows.size() : *std::max_element(cluster.begin(), cluster.end()) + std::size_t{1};
  if (likelihood.shaped()) throw not_supported("a robust variance of the generalized gamma");
  matrix scores(count, total);
  aft_terms t = likelihood.make_terms();
  for (std::size_t b = 0; b < d.blocks.size(); ++b) {
    likelihood.terms(b, theta, t);
    for (std::size_t i = 0; i < likelihood.rows_of(b); ++i) {
      const std::size_t row = b * d.block + i;
      double* to = scores.row(cluster.empty() ? row : cluster[row]);
      const double w = rows.weight_of(row);
      for (std::size_t j = 0; j < p; ++j)
        to[j] += w * t.u[i] * d.blocks[b].column(j)[i];
      if (likelihood.scales()) to[p + (rows.stratum.empty() ? 0 : rows.stratum[row])] += w * t.t[i];
      if (total > p + likelihood.scales()) to[total - 1] += w * t.c[i];
    }
  }
  return sandwich(inverse, gram_of_rows(scores));
}

}  // namespace tenure::inline TENURE_ABI::survival::detail
