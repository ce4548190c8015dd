#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "tenure/learn/logistic_newton-inl.hpp"
#include "tenure/learn/logistic_statistic-inl.hpp"
#include "tenure/numeric/linear.hpp"

namespace tenure::inline TENURE_ABI::learn::detail {

/// x' A^-1 x for every row x of a block, the columns `active` of it taken, from the Cholesky factor of A. `scratch` has as many columns.
inline void quadratic_forms(const numeric::cholesky_factor& factor, const numeric::column_block& block, const std::vector<std::size_t>& active, std::size_t n,
                            numeric::column_block& scratch, double* out) {
  std::fill(out, out + n, 0.0);
  for (std::size_t a = 0; a < active.size(); ++a) {
    double* z = scratch.column(a);
    std::copy(block.column(active[a]), block.column(active[a]) + n, z);
    for (std::size_t b = 0; b < a; ++b)
      numeric::detail::add_multiple_block(scratch.column(b), -factor.lower(a, b), n, z);
    const double scale = 1 / factor.lower(a, a);
    for (std::size_t i = 0; i < n; ++i) {
      z[i] *= scale;
      out[i] += z[i] * z[i];
    }
  }
}

/// The log-likelihood of some rows, with Firth's penalty where wanted, as a function of the standardised coefficients: what searches other than
/// the plain fit climb on. Coefficients of dependent columns stay 0. Holds references to its arguments.
class likelihood_surface {
 public:
  struct point {
    std::vector<double> coefficients;
    double value = 0;
    std::vector<double> gradient;  // of the free coefficients, like the information
    matrix information;
  };

  likelihood_surface(const table_view& x, const encoding& code, const binary_outcome& outcome, const logistic_moments& moments, const logistic_options& options,
                     const execution& run)
      : x_(x), code_(code), outcome_(outcome), run_(run), firth_(options.firth), weight_(moments.weight) {
    newton_state state(code, options, moments);
    logistic_statistic first = state.next();
    first.add(x, code, outcome, run);
    state.update(std::move(first));
    free_ = state.active();
    dependent_ = state.info().dependent;
    frame_ = newton_state(code, options, moments).next();
    for (const std::size_t j : free_)
      if (j >= frame_.intercept) log_scale_ += std::log(frame_.scale[j - frame_.intercept]);
  }

  /// Where the columns are centred and how they are scaled.
  const logistic_statistic& frame() const { return frame_; }
  const std::vector<std::size_t>& free() const { return free_; }
  const std::vector<std::string>& dependent() const { return dependent_; }
  double weight() const { return weight_; }
  /// No column matters.
  std::vector<double> start() const { return frame_.coefficients; }

  /// The standardised coefficients of a fitted model.
  std::vector<double> coefficients_of(const logistic_model& model) const {
    std::vector<double> b(frame_.coefficients.size());
    if (frame_.intercept) b[0] = model.intercept;
    for (std::size_t j = 0; j < model.coefficients.size(); ++j) {
      b[j + frame_.intercept] = model.coefficients[j] * frame_.scale[j];
      if (frame_.intercept) b[0] += model.coefficients[j] * frame_.center[j];
    }
    return b;
  }

  point at(std::vector<double> coefficients) const {
    logistic_statistic here = frame_;
    here.coefficients = std::move(coefficients);
    here.add(x_, code_, outcome_, run_);
    point result{here.coefficients, here.log_likelihood, std::vector<double>(free_.size()), matrix(free_.size(), free_.size())};
    for (std::size_t a = 0; a < free_.size(); ++a) {
      result.gradient[a] = here.gradient[free_[a]];
      for (std::size_t b = 0; b < free_.size(); ++b)
        result.information(a, b) = here.information(free_[a], free_[b]);
    }
    if (firth_) add_penalty(here, result);
    return result;
  }

  /// Inverse information, with all coefficients; NaN for dependent columns.
  matrix covariance(const point& p) const {
    matrix all(frame_.coefficients.size(), frame_.coefficients.size(), std::nan(""));
    const auto factor = numeric::cholesky(p.information, 0.0);
    if (!factor.regular()) return all;
    const matrix inverse = factor.inverse();
    for (std::size_t a = 0; a < free_.size(); ++a)
      for (std::size_t b = 0; b < free_.size(); ++b)
        all(free_[a], free_[b]) = inverse(a, b);
    return all;
  }

 private:
  /// Half the log-determinant of the information (of the columns as they are) and its gradient: sum of h (1/2 - p) x, h the leverage.
  void add_penalty(const logistic_statistic& here, point& p) const {
    const auto factor = numeric::cholesky(p.information, 0.0);
    if (!factor.regular()) {
      p.value = -INFINITY;
      return;
    }
    p.value += factor.log_determinant() / 2 + log_scale_;
    const design_reader reader(x_, code_);
    const std::size_t width = here.coefficients.size(), step = numeric::gram_sum::block_rows(width);
    const auto body = [&](std::vector<double>& part, std::size_t from, std::size_t to) {
      numeric::column_block scratch(free_.size(), step);
      std::vector<double> eta(step), mean(step), h(step), w(step, 1.0);
      for_blocks(here, reader, from, to, [&](std::size_t begin, std::size_t end, const numeric::column_block& block) {
        const std::size_t n = end - begin;
        block_log_odds(here, outcome_, begin, end, block, eta.data());
        numeric::logistic_block(eta.data(), n, mean.data(), nullptr);
        if (!outcome_.weight.empty()) read_block(outcome_.weight, begin, end, w.data());
        quadratic_forms(factor, block, free_, n, scratch, h.data());
        for (std::size_t i = 0; i < n; ++i)
          h[i] *= w[i] * mean[i] * (1 - mean[i]) * (0.5 - mean[i]);
        for (std::size_t a = 0; a < free_.size(); ++a)
          part[a] += numeric::detail::dot_block(block.column(free_[a]), h.data(), n);
      });
    };
    const auto sums = parallel_reduce(logistic_chunks(x_.rows(), width), run_, std::vector<double>(free_.size()), body,
                                      [](std::vector<double>& a, const std::vector<double>& b) {
                                        for (std::size_t k = 0; k < a.size(); ++k)
                                          a[k] += b[k];
                                      });
    for (std::size_t a = 0; a < free_.size(); ++a)
      p.gradient[a] += sums[a];
  }

  const table_view& x_;
  const encoding& code_;
  const binary_outcome& outcome_;
  const execution& run_;
  bool firth_;
  double weight_, log_scale_ = 0;
  logistic_statistic frame_;
  std::vector<std::size_t> free_;
  std::vector<std::string> dependent_;
};

struct search {
  std::vector<double> from;
  double tolerance = 1e-12;
  int max_iterations = 100;
};
struct search_result {
  likelihood_surface::point at;
  bool converged = false;
  int passes = 0;
  double gradient = 0;
};

/// The highest point when only the coefficients `moving` move: Newton steps with the information, halved while the value falls.
inline search_result maximise(const likelihood_surface& surface, const search& how, const std::vector<std::size_t>& moving) {
  std::vector<std::size_t> places;  // of the moving ones among the free
  for (std::size_t a = 0; a < surface.free().size(); ++a)
    if (std::find(moving.begin(), moving.end(), surface.free()[a]) != moving.end()) places.push_back(a);
  search_result found{surface.at(how.from), false, 1, 0};
  double before = INFINITY;
  for (;; ++found.passes) {
    matrix h(places.size(), places.size());
    std::vector<double> g(places.size());
    found.gradient = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
      g[i] = found.at.gradient[places[i]];
      found.gradient = std::max(found.gradient, std::abs(g[i]) / surface.weight());
      for (std::size_t j = 0; j < places.size(); ++j)
        h(i, j) = found.at.information(places[i], places[j]);
    }
    const bool at_rounding = found.gradient <= 1e-9 && found.gradient >= before;
    found.converged = found.gradient <= how.tolerance || at_rounding;
    before = found.gradient;
    if (found.converged || found.passes > how.max_iterations) return found;
    const auto factor = numeric::cholesky(h, 0.0);
    if (!factor.regular()) return found;
    const auto d = factor.solve(g);
    for (double step = 1;; step /= 2) {
      auto to = found.at.coefficients;
      for (std::size_t i = 0; i < places.size(); ++i)
        to[surface.free()[places[i]]] += step * d[i];
      auto next = surface.at(std::move(to));
      if (next.value >= found.at.value - 1e-13 * std::abs(found.at.value)) {
        found.at = std::move(next);
        break;
      }
      ++found.passes;
      if (step < 1e-9) return found;
    }
  }
}

}  // namespace tenure::inline TENURE_ABI::learn::detail
