#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "tenure/learn/logistic-inl.hpp"
#include "tenure/learn/logistic_path.hpp"
#include "tenure/learn/logistic_path_data-inl.hpp"

namespace tenure::inline TENURE_ABI::learn {

namespace detail {

/// The state of a path: coefficients, the gradient there, the columns looked at, and a Hessian that may be a little old. The gradient of other
/// columns may be old, too: it cannot have changed more than the residuals have moved since.
class path_walk {
 public:
  path_walk(path_data& data, const logistic_path_options& options, double start)
      : data_(data), o_(options), intercept_(start), b_(data.cols()), looked_at_(data.cols()), seen_at_(data.cols()), place_(data.cols()) {
    evaluate();
    step_to(INFINITY);  // the intercept alone
    gradient_.assign(data.cols(), 0.0);
    std::vector<std::size_t> all(data.cols());
    for (std::size_t j = 0; j < all.size(); ++j)
      all[j] = j;
    gradient_ = data.gradient_of(all);
    data.moved();
    null_loss_ = loss_;
  }

  double intercept() const { return intercept_; }
  const std::vector<double>& coefficients() const { return b_; }
  double loss() const { return loss_; }
  double null_loss() const { return null_loss_; }
  int passes() const { return passes_; }
  /// The smallest penalty that leaves no column in the model.
  double largest_penalty() const {
    double most = 0;
    for (const double g : gradient_)
      most = std::max(most, std::abs(g));
    return most / std::max(o_.l1_ratio, 1e-3);
  }

  /// Moves to the solution at `lambda`, coming from the one at `before`; false when it takes more than the allowed steps.
  bool move_to(double lambda, double before) {
    const double expected = o_.l1_ratio * (2 * lambda - before), allowed = o_.l1_ratio * lambda + o_.tolerance;
    refresh(expected);
    for (std::size_t j = 0; j < b_.size(); ++j)
      if (!looked_at_[j] && std::abs(gradient_[j]) >= expected) look_at(j);
    for (;;) {
      if (!step_to(lambda)) return false;
      drift_ += data_.moved();
      refresh(allowed);
      bool complete = true;
      for (std::size_t j = 0; j < b_.size(); ++j)
        if (!looked_at_[j] && std::abs(gradient_[j]) > allowed) look_at(j), complete = false;
      if (complete) return true;
    }
  }

 private:
  void look_at(std::size_t j) {
    looked_at_[j] = true;
    columns_.push_back(j);
    stale_ = stale_ || place_[j] == 0;
  }

  /// Brings the gradient up to date for the columns not looked at where it may have reached `limit`.
  void refresh(double limit) {
    std::vector<std::size_t> due;
    for (std::size_t j = 0; j < b_.size(); ++j)
      if (!looked_at_[j] && seen_at_[j] < drift_ && std::abs(gradient_[j]) + data_.reach[j] * (drift_ - seen_at_[j]) >= limit) due.push_back(j);
    if (due.empty()) return;
    const auto g = data_.gradient_of(due);
    for (std::size_t k = 0; k < due.size(); ++k)
      gradient_[due[k]] = g[k], seen_at_[due[k]] = drift_;
  }

  /// The Hessian of the columns looked at and of those that may be next, so that it need not be computed again for every column that enters: all
  /// when they are few, else as many again.
  void renew_hessian() {
    scope_ = columns_;
    if (b_.size() <= std::max<std::size_t>(256, 2 * columns_.size())) {
      scope_.resize(b_.size());
      std::iota(scope_.begin(), scope_.end(), std::size_t{0});
    } else {
      std::vector<std::size_t> rest;
      for (std::size_t j = 0; j < b_.size(); ++j)
        if (!looked_at_[j]) rest.push_back(j);
      std::stable_sort(rest.begin(), rest.end(), [&](std::size_t i, std::size_t j) { return std::abs(gradient_[i]) > std::abs(gradient_[j]); });
      rest.resize(std::min(rest.size(), columns_.size()));
      scope_.insert(scope_.end(), rest.begin(), rest.end());
    }
    std::fill(place_.begin(), place_.end(), std::size_t{0});
    for (std::size_t s = 0; s < scope_.size(); ++s)
      place_[scope_[s]] = s + 1;
    hessian_ = data_.hessian(scope_);
    if (!o_.intercept)
      for (std::size_t s = 0; s <= scope_.size(); ++s)
        hessian_(0, s) = hessian_(s, 0) = 0;
    stale_ = false;
  }

  /// Changes the Hessian so that it explains how the gradient changed from the point before (the update of Broyden, Fletcher, Goldfarb and
  /// Shanno): along a path one step is much like the next. The gradient of columns not looked at is taken to have changed as the Hessian says.
  void learn_curvature(const std::vector<double>& point, const std::vector<double>& gradient) {
    const std::size_t p = scope_.size() + 1;
    std::vector<double> s(p), hs(p);
    const auto now = point_now(), gradient_here = gradient_now();
    for (std::size_t k = 0; k < now.size(); ++k)
      s[place(k)] = now[k] - point[k];
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t k = 0; k < p; ++k)
        hs[i] += hessian_(i, k) * s[k];
    std::vector<double> y = hs;
    double most = 0, sy = 0, shs = 0;
    for (std::size_t k = 0; k < now.size(); ++k) {
      y[place(k)] = gradient_here[k] - gradient[k];
      most = std::max(most, std::abs(y[place(k)]));
    }
    for (std::size_t i = 0; i < p; ++i)
      sy += s[i] * y[i], shs += s[i] * hs[i];
    if (!(most > 1e-9 && sy > 0.1 * shs && shs > 0)) return;
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t k = 0; k < p; ++k)
        hessian_(i, k) += y[i] * y[k] / sy - hs[i] * hs[k] / shs;
  }

  /// The row of the Hessian of the intercept (0) and of each column looked at.
  std::size_t place(std::size_t k) const { return k == 0 ? 0 : place_[columns_[k - 1]]; }
  /// The coefficients and the gradient of the intercept and the columns looked at.
  std::vector<double> point_now() const { return gathered(intercept_, b_); }
  std::vector<double> gradient_now() const { return gathered(o_.intercept ? intercept_gradient_ : 0.0, gradient_); }
  std::vector<double> gathered(double first, const std::vector<double>& values) const {
    std::vector<double> found{first};
    for (const std::size_t j : columns_)
      found.push_back(values[j]);
    return found;
  }

  void evaluate() {
    ++passes_;
    std::vector<double> g;
    loss_ = data_.evaluate(intercept_, b_, columns_, g);
    intercept_gradient_ = g[0];
    for (std::size_t s = 0; s < columns_.size(); ++s)
      gradient_[columns_[s]] = g[s + 1];
  }

  double objective(double lambda) const {
    double penalty = 0;
    for (const std::size_t j : columns_)
      penalty += o_.l1_ratio * std::abs(b_[j]) + (1 - o_.l1_ratio) / 2 * b_[j] * b_[j];
    return columns_.empty() ? loss_ : loss_ + lambda * penalty;
  }

  double violation(double lambda) const {
    double worst = o_.intercept ? std::abs(intercept_gradient_) : 0.0;
    const double l1 = lambda * o_.l1_ratio, l2 = lambda * (1 - o_.l1_ratio);
    for (const std::size_t j : columns_) {
      const double g = gradient_[j] + l2 * b_[j];
      worst = std::max(worst, b_[j] == 0 ? std::abs(g) - l1 : std::abs(g + std::copysign(l1, b_[j])));
    }
    return worst;
  }

  /// Solves on the columns looked at.
  bool step_to(double lambda) {
    double wrong = violation(lambda);
    for (int k = 0; k < o_.max_iterations; ++k) {
      if (wrong <= o_.tolerance) return true;
      const bool fresh = stale_;
      if (stale_) renew_hessian();
      const double before = objective(lambda), old_intercept = intercept_;
      const auto old = b_, old_point = point_now(), old_gradient = gradient_now();
      newton_step(lambda);
      const double new_intercept = intercept_;
      const auto full = b_;
      evaluate();
      for (double part = 0.5; !(objective(lambda) <= before + 1e-13 * std::abs(before)) && part > 1e-9; part /= 2) {
        intercept_ = old_intercept + part * (new_intercept - old_intercept);
        for (const std::size_t j : columns_)
          b_[j] = old[j] + part * (full[j] - old[j]);
        evaluate();
        stale_ = true;
      }
      learn_curvature(old_point, old_gradient);
      const double now = violation(lambda);
      if (now > 0.1 * wrong) {
        if (fresh && now > 0.9 * wrong && now < 1e3 * o_.tolerance && now < 1e-9) return true;  // rounding
        stale_ = true;
      }
      wrong = now;
    }
    return wrong <= o_.tolerance;
  }

  void newton_step(double lambda) {
    const std::size_t p = columns_.size() + 1;
    matrix h(p, p);
    std::vector<double> b = point_now(), c = gradient_now();
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t k = 0; k < p; ++k) {
        h(i, k) = hessian_(place(i), place(k));
        c[i] -= h(i, k) * b[k];
      }
    quadratic_net(h, c, 1, columns_.empty() ? 0 : lambda * o_.l1_ratio, columns_.empty() ? 0 : lambda * (1 - o_.l1_ratio)).minimise(b);
    intercept_ = b[0];
    for (std::size_t s = 1; s < p; ++s)
      b_[columns_[s - 1]] = b[s];
  }

  path_data& data_;
  const logistic_path_options& o_;
  double intercept_, intercept_gradient_ = 0, loss_ = 0, null_loss_ = 0;
  std::vector<double> b_, gradient_;
  std::vector<char> looked_at_;
  std::vector<double> seen_at_;                       // the drift when the gradient of a column was computed last
  std::vector<std::size_t> place_, columns_, scope_;  // row of the Hessian (0: none) of every column; columns looked at; columns of the Hessian
  matrix hessian_;
  double drift_ = 0;  // how far the residuals have moved in all
  bool stale_ = true;
  int passes_ = 0;
};

inline std::vector<double> penalty_sequence(const logistic_path_options& o, double largest, bool tall) {
  if (!o.lambdas.empty()) {
    for (std::size_t k = 0; k < o.lambdas.size(); ++k)
      if (!(o.lambdas[k] >= 0 && o.lambdas[k] < INFINITY) || (k > 0 && o.lambdas[k] > o.lambdas[k - 1]))
        throw invalid_input("lambdas", "must be >= 0 and not rise", o.lambdas[k], k);
    return o.lambdas;
  }
  const double ratio = o.lambda_ratio > 0 ? o.lambda_ratio : tall ? 1e-4 : 1e-2;
  std::vector<double> sequence;
  for (int k = 0; k < o.n_lambdas; ++k)
    sequence.push_back(largest * std::pow(ratio, o.n_lambdas > 1 ? static_cast<double>(k) / (o.n_lambdas - 1) : 0.0));
  return sequence;
}

}  // namespace detail

TENURE_INLINE void logistic_path_model::check() const {
  code.check();
  const std::size_t steps = lambdas.size();
  if (intercepts.size() != steps || deviance_ratios.size() != steps || nonzeros.size() != steps || coefficients.rows() != steps ||
      (steps > 0 && coefficients.cols() != code.width()))
    throw bad_file("learn.logistic_path: its parts have different lengths");
  for (const double b : coefficients.values())
    if (!std::isfinite(b)) throw bad_file("learn.logistic_path: a coefficient is not finite");
  for (const double b : intercepts)
    if (!std::isfinite(b)) throw bad_file("learn.logistic_path: an intercept is not finite");
}

TENURE_INLINE logistic_path_model fit_logistic_path(const table_view& x, const binary_outcome& outcome, const logistic_path_options& options,
                                                    const execution& run) {
  validate(options);
  if (x.rows() == 0) throw invalid_input("X", "has no rows");
  const encoding code = encoding::of(x);
  logistic_moments moments;
  moments.add(x, code, outcome, run);
  detail::require_two_classes(moments);
  detail::path_data data(x, code, outcome, moments.weight, options.standardise, options.intercept, run);
  detail::path_walk walk(data, options, options.intercept ? std::log(moments.events / (moments.weight - moments.events)) : 0.0);

  logistic_path_model path;
  path.code = code;
  path.lambdas = detail::penalty_sequence(options, walk.largest_penalty(), moments.rows > static_cast<double>(code.width()));
  path.rows = moments.rows, path.weight = moments.weight, path.l1_ratio = options.l1_ratio;
  path.null_log_likelihood = -walk.null_loss() * moments.weight;
  path.coefficients = matrix(path.lambdas.size(), code.width());
  path.converged = true;
  double before = walk.largest_penalty();
  for (std::size_t k = 0; k < path.lambdas.size(); ++k) {
    const double lambda = path.lambdas[k];
    if (!walk.move_to(lambda, std::max(before, lambda))) path.converged = false;
    before = lambda;
    double intercept = walk.intercept();
    std::int32_t nonzero = 0;
    for (std::size_t j = 0; j < code.width(); ++j) {
      path.coefficients(k, j) = walk.coefficients()[j] / data.scale[j];
      intercept -= path.coefficients(k, j) * data.center[j];
      nonzero += walk.coefficients()[j] != 0;
    }
    path.intercepts.push_back(options.intercept ? intercept : 0.0);
    path.nonzeros.push_back(nonzero);
    path.deviance_ratios.push_back(1 - walk.loss() / walk.null_loss());
    run.report(static_cast<double>(k + 1) / static_cast<double>(path.lambdas.size()));
  }
  path.passes = walk.passes();
  return path;
}

TENURE_INLINE logistic_model detail::fit_sparse(const table_view& x, const binary_outcome& outcome, const logistic_options& options, const execution& run) {
  if (options.variance != variance_kind::model || !outcome.cluster.empty())
    throw not_supported("variance = '" + std::string(name_of(options.variance)) + "' with a penalty: a penalised fit has no standard errors");
  const double lambda = options.l1 + options.l2;
  logistic_path_options o;
  o.l1_ratio = options.l1 / lambda;
  for (int k = 8; k >= 0; --k)
    o.lambdas.push_back(lambda * std::pow(2.0, k));
  o.standardise = false;
  o.intercept = options.intercept;
  o.tolerance = std::max(options.tolerance, 1e-12);
  o.max_iterations = options.max_iterations;
  const auto path = fit_logistic_path(x, outcome, o, run);
  logistic_model model = path_step(path, path.lambdas.size() - 1);
  model.options = options;
  return model;
}

TENURE_INLINE logistic_model path_step(const logistic_path_model& path, std::size_t index) {
  if (index >= path.lambdas.size()) throw invalid_input("index", "must be below the number of penalties", static_cast<double>(index));
  logistic_model model;
  model.code = path.code;
  model.intercept = path.intercepts[index];
  model.coefficients.assign(path.coefficients.row(index), path.coefficients.row(index) + path.coefficients.cols());
  model.rows = path.rows, model.weight = path.weight;
  model.null_log_likelihood = path.null_log_likelihood;
  model.log_likelihood = path.null_log_likelihood * (1 - path.deviance_ratios[index]);
  model.options.l1 = path.lambdas[index] * path.l1_ratio;
  model.options.l2 = path.lambdas[index] * (1 - path.l1_ratio);
  model.info.converged = path.converged;
  model.info.iterations = path.passes;
  return model;
}

TENURE_INLINE std::vector<double> path_deviances(const logistic_path_model& path, const table_view& x, const binary_outcome& outcome, const execution& run) {
  detail::check_outcome(outcome, x.rows());
  std::vector<double> offset(outcome.offset.size());
  if (!offset.empty()) detail::read_block(outcome.offset, 0, offset.size(), offset.data());
  std::vector<double> deviances;
  std::vector<double> loss(x.rows());
  for (std::size_t k = 0; k < path.lambdas.size(); ++k) {
    const auto eta = logistic_log_odds(path_step(path, k), x, offset, run);
    numeric::logistic_block(eta.data(), eta.size(), nullptr, loss.data());
    double sum = 0, weight = 0;
    for (std::size_t i = 0; i < eta.size(); ++i) {
      const double w = outcome.weight.empty() ? 1.0 : outcome.weight[i];
      sum += w * (loss[i] - outcome.y[i] * eta[i]), weight += w;
    }
    deviances.push_back(2 * sum / weight);
  }
  return deviances;
}

}  // namespace tenure::inline TENURE_ABI::learn
