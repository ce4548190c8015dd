#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <string>

#include "tenure/core/random.hpp"
#include "tenure/survival/cox-inl.hpp"
#include "tenure/survival/cox_path.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

/// One data set's likelihood along a path, in standardised columns, divided by the number of rows.
class path_solver {
 public:
  path_solver(const cox_stream& stream, double l1_ratio, double tolerance, int max_iterations, const execution& run, bool efron = false)
      : s_(stream),
        likelihood_(stream, efron, run),
        ratio_(l1_ratio),
        tolerance_(tolerance),
        max_iterations_(max_iterations),
        n_(static_cast<double>(stream.rows)) {
    const std::size_t p = s_.cols;
    beta_.assign(p, 0.0);
    wanted_.assign(p, 1);
    refresh();
    null_ = log_likelihood_;
  }

  double null_log_likelihood() const { return null_; }
  double first_lambda() const {
    double largest = 0;
    for (const double g : gradient_)
      largest = std::max(largest, std::abs(g));
    return largest / ratio_;
  }

  /// Coefficients of the data's own scale at `lambda`, starting from the last ones.
  std::vector<double> solve(double lambda, double previous, bool& converged) {
    const std::size_t p = s_.cols;
    for (std::size_t j = 0; j < p; ++j)
      wanted_[j] = beta_[j] != 0 || std::abs(gradient_[j]) >= ratio_ * (2 * lambda - previous);
    int since_refresh = 0;
    for (int iteration = 0; iteration < max_iterations_; ++iteration) {
      std::vector<double> next(beta_);
      minimise(lambda, next);
      double change = 0;
      for (std::size_t j = 0; j < p; ++j)
        change = std::max(change, std::abs(next[j] - beta_[j]));
      if (change < tolerance_) {
        for (std::size_t j = 0; j < p; ++j)
          log_likelihood_ += n_ * gradient_[j] * (next[j] - beta_[j]);
        move(next);
        if (complete(lambda)) return scaled();
        since_refresh = 0;
        continue;
      }
      const double before = objective(lambda, beta_, log_likelihood_);
      const std::vector<double> start(beta_);
      double share = 1;
      for (int halving = 0; halving < 20; ++halving, share *= 0.5) {
        for (std::size_t j = 0; j < p; ++j)
          beta_[j] = start[j] + share * (next[j] - start[j]);
        log_likelihood_ = likelihood_.update(beta_, false);
        if (objective(lambda, beta_, log_likelihood_) <= before + 1e-10 * std::abs(before)) break;
      }
      if (++since_refresh > 4 || share < 1) {
        refresh();
        since_refresh = 0;
      } else {
        gradient();
      }
    }
    converged = false;
    return scaled();
  }

  double log_likelihood() const { return log_likelihood_; }
  /// Log likelihood at coefficients of the data's own scale.
  double log_likelihood_at(const double* coef) {
    std::vector<double> b(s_.cols);
    for (std::size_t j = 0; j < b.size(); ++j)
      b[j] = coef[j] / s_.scale[j];
    return likelihood_.update(b, false);
  }

 private:
  void gradient() {
    const std::vector<double> g = likelihood_.gradient(wanted_);
    for (std::size_t j = 0; j < s_.cols; ++j)
      if (wanted_[j]) gradient_[j] = g[j] / n_;
  }

  /// Gradient and curvature at the present coefficients, of all columns.
  void refresh() {
    cox_evaluation e;
    log_likelihood_ = likelihood_.update(beta_);
    likelihood_.accumulate({}, e);
    curvature_ = std::move(e.information);
    for (std::size_t k = 0; k < curvature_.values().size(); ++k)
      curvature_.data()[k] /= n_;
    gradient_ = std::move(e.gradient);
    for (double& g : gradient_)
      g /= n_;
  }

  double objective(double lambda, const std::vector<double>& b, double log_likelihood) const {
    double penalty = 0;
    for (const double v : b)
      penalty += ratio_ * std::abs(v) + 0.5 * (1 - ratio_) * v * v;
    return -log_likelihood / n_ + lambda * penalty;
  }

  /// Moves to `next` on the quadratic model: the gradient follows by the curvature.
  void move(const std::vector<double>& next) {
    const std::size_t p = s_.cols;
    for (std::size_t j = 0; j < p; ++j) {
      const double step = next[j] - beta_[j];
      if (step == 0) continue;
      const double* row = curvature_.row(j);
      for (std::size_t k = 0; k < p; ++k)
        gradient_[k] -= row[k] * step;
    }
    beta_ = next;
  }

  /// Coordinate descent on the quadratic model around beta_, over the wanted columns.
  void minimise(double lambda, std::vector<double>& b) const {
    const std::size_t p = s_.cols;
    std::vector<double> g(gradient_);  // of the model at b
    const double l1 = lambda * ratio_, l2 = lambda * (1 - ratio_);
    std::vector<std::size_t> active;
    const auto visit = [&](std::size_t j) {
      const double h = curvature_(j, j);
      const double pull = g[j] + h * b[j];
      const double value = std::abs(pull) <= l1 ? 0.0 : (pull - std::copysign(l1, pull)) / (h + l2);
      const double step = value - b[j];
      if (step == 0) return 0.0;
      b[j] = value;
      const double* row = curvature_.row(j);
      for (std::size_t k = 0; k < p; ++k)
        g[k] -= row[k] * step;
      return std::abs(step);
    };
    for (int round = 0; round < 1000; ++round) {
      double change = 0;
      active.clear();
      for (std::size_t j = 0; j < p; ++j) {
        if (!wanted_[j]) continue;
        change = std::max(change, visit(j));
        if (b[j] != 0) active.push_back(j);
      }
      if (change < 0.1 * tolerance_) return;
      for (int inner = 0; inner < 10000 && change >= 0.1 * tolerance_; ++inner) {
        change = 0;
        for (const std::size_t j : active)
          change = std::max(change, visit(j));
      }
    }
  }

  /// Looks at the columns that were left out: true when none of them wants in.
  bool complete(double lambda) {
    std::vector<char> rest(s_.cols);
    bool any = false;
    for (std::size_t j = 0; j < s_.cols; ++j)
      any |= (rest[j] = !wanted_[j]) != 0;
    if (!any) return true;
    const std::vector<double> g = likelihood_.gradient(rest);
    bool fine = true;
    for (std::size_t j = 0; j < s_.cols; ++j) {
      if (!rest[j]) continue;
      gradient_[j] = g[j] / n_;
      if (std::abs(gradient_[j]) <= lambda * ratio_ * (1 + 1e-9)) continue;
      wanted_[j] = 1;
      fine = false;
    }
    return fine;
  }

  std::vector<double> scaled() const {
    std::vector<double> out(beta_);
    for (std::size_t j = 0; j < out.size(); ++j)
      out[j] *= s_.scale[j];
    return out;
  }

  const cox_stream& s_;
  cox_likelihood likelihood_;
  double ratio_, tolerance_;
  int max_iterations_;
  double n_, log_likelihood_ = 0, null_ = 0;
  std::vector<double> beta_, gradient_;
  std::vector<char> wanted_;
  matrix curvature_;
};

/// The rows with a flag, as columns and outcome of their own.
struct path_subset {
  matrix x;
  plain_outcome y;
  std::unique_ptr<cox_stream> stream;
};

inline cox_stream stream_of(const matrix& x, const plain_outcome& y, const execution& run) {
  const table_view view(x);
  return make_stream(view, encoding::of(view), y, {}, run);
}

/// Cross-validated deviance per event of every lambda: of all rows less that of the other folds, at their coefficients.
inline void cross_validate(const matrix& x, const plain_outcome& y, path_solver& all, const cox_path_options& options, const execution& run,
                           cox_path_model& model) {
  const std::size_t n = y.size(), lambdas = model.lambda.size(), folds = static_cast<std::size_t>(options.folds);
  if (folds < 2 || folds > n) throw invalid_input("folds", "must be 0 or in [2, rows]", options.folds);
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  random_stream(options.seed).shuffle(order.data(), n);
  matrix score(folds, lambdas);
  std::vector<double> events(folds, 0.0);
  for (std::size_t f = 0; f < folds; ++f) {
    std::vector<std::uint32_t> kept;
    for (std::size_t i = 0; i < n; ++i) {
      if (i % folds != f)
        kept.push_back(order[i]);
      else
        events[f] += y.event[order[i]];
    }
    std::sort(kept.begin(), kept.end());
    matrix part(kept.size(), x.cols());
    plain_outcome rows;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      std::copy(x.row(kept[i]), x.row(kept[i]) + x.cols(), part.row(i));
      rows.time.push_back(y.time[kept[i]]);
      rows.event.push_back(y.event[kept[i]]);
      if (!y.entry.empty()) rows.entry.push_back(y.entry[kept[i]]);
      if (!y.weight.empty()) rows.weight.push_back(y.weight[kept[i]]);
    }
    const cox_stream stream = stream_of(part, rows, run);
    path_solver others(stream, options.l1_ratio, options.tolerance, options.max_iterations, run);
    double previous = others.first_lambda();
    for (std::size_t l = 0; l < lambdas; ++l) {
      const std::vector<double> coef = others.solve(model.lambda[l], std::max(previous, model.lambda[l]), model.converged);
      previous = model.lambda[l];
      score(f, l) = -2 * (all.log_likelihood_at(coef.data()) - others.log_likelihood());
    }
    run.report(0.2 + 0.8 * static_cast<double>(f + 1) / static_cast<double>(folds));
  }
  const double total = std::accumulate(events.begin(), events.end(), 0.0);
  for (std::size_t l = 0; l < lambdas; ++l) {
    double mean = 0, spread = 0;
    for (std::size_t f = 0; f < folds; ++f)
      mean += score(f, l) / total;
    for (std::size_t f = 0; f < folds; ++f)
      if (events[f] > 0) spread += events[f] / total * (score(f, l) / events[f] - mean) * (score(f, l) / events[f] - mean);
    model.cv_mean.push_back(mean);
    model.cv_std_error.push_back(std::sqrt(spread / static_cast<double>(folds - 1)));
  }
  model.best = static_cast<std::size_t>(std::min_element(model.cv_mean.begin(), model.cv_mean.end()) - model.cv_mean.begin());
  for (model.sparse = 0; model.cv_mean[model.sparse] > model.cv_mean[model.best] + model.cv_std_error[model.best];)
    ++model.sparse;
}

}  // namespace detail

TENURE_INLINE cox_path_model fit_cox_path(const table_view& x, const outcome& y, const cox_path_options& options, const execution& run) {
  validate(options);
  cox_path_model model;
  model.l1_ratio = options.l1_ratio;
  model.code = encoding::of(x);
  if (model.code.width() == 0) throw invalid_input("X", "has no columns");
  const detail::plain_outcome rows = detail::load_outcome(y);
  const detail::cox_stream stream = detail::make_stream(x, model.code, rows, {}, run);
  detail::path_solver solver(stream, options.l1_ratio, options.tolerance, options.max_iterations, run);
  model.lambda = options.lambda;
  const double first = solver.first_lambda();
  if (model.lambda.empty()) {
    const double smallest = options.smallest > 0 ? options.smallest : stream.cols > stream.rows ? 0.01 : 1e-4;
    for (int l = 0; l < options.lambdas; ++l)
      model.lambda.push_back(first * std::pow(smallest, options.lambdas > 1 ? static_cast<double>(l) / (options.lambdas - 1) : 0.0));
  }
  for (std::size_t l = 0; l < model.lambda.size(); ++l)
    if (!(model.lambda[l] > 0 && std::isfinite(model.lambda[l])) || (l > 0 && model.lambda[l] > model.lambda[l - 1]))
      throw invalid_input("lambda", "must be > 0 and descend", model.lambda[l], l);

  double saturated = 0;  // Breslow's likelihood when every time's events carry all the risk
  for (const auto& g : stream.groups)
    saturated -= g.weight * std::log(g.weight);
  model.null_deviance = 2 * (saturated - solver.null_log_likelihood());
  model.coef = matrix(model.lambda.size(), stream.cols);
  double previous = first;
  for (std::size_t l = 0; l < model.lambda.size(); ++l) {
    const std::vector<double> coef = solver.solve(model.lambda[l], std::max(previous, model.lambda[l]), model.converged);
    std::copy(coef.begin(), coef.end(), model.coef.row(l));
    model.deviance_ratio.push_back(2 * (solver.log_likelihood() - solver.null_log_likelihood()) / model.null_deviance);
    previous = model.lambda[l];
    run.report(0.2 * static_cast<double>(l + 1) / static_cast<double>(model.lambda.size()));
  }
  model.best = model.sparse = model.lambda.size() - 1;
  if (options.folds > 0) {
    const matrix design = encode(x, model.code);
    detail::cross_validate(design, rows, solver, options, run, model);
  }
  return model;
}

TENURE_INLINE void cox_path_model::check() const {
  code.check();
  if (lambda.empty() || coef.rows() != lambda.size() || coef.cols() != code.width() || deviance_ratio.size() != lambda.size())
    throw bad_file("cox path: sizes do not fit");
  if (best >= lambda.size() || sparse >= lambda.size()) throw bad_file("cox path: no such lambda");
  if (cv_mean.size() != cv_std_error.size() || (!cv_mean.empty() && cv_mean.size() != lambda.size())) throw bad_file("cox path: sizes do not fit");
  for (const double v : coef.values())
    if (!std::isfinite(v)) throw bad_file("cox path: coefficients must be finite");
}

TENURE_INLINE std::vector<double> predict_log_hazard(const cox_path_model& model, const table_view& x, std::size_t at) {
  if (at >= model.lambda.size()) throw invalid_input("at", "must be below the number of lambdas", static_cast<double>(at));
  cox_model cox;
  cox.code = model.code;
  cox.coef.assign(model.coef.row(at), model.coef.row(at) + model.coef.cols());
  return predict_log_hazard(cox, x);
}

}  // namespace tenure::inline TENURE_ABI::survival
