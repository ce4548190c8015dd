#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "tenure/numeric/linear.hpp"
#include "tenure/survival/cox_likelihood-inl.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

/// One data set's penalised likelihood along a path of penalties, in standardised columns, divided by the number (total weight) of rows.
///
/// Around `point_`, where the likelihood was last evaluated, stands a quadratic model: exact gradient, and a curvature that is computed once
/// and then follows the gradients that the path meets (BFGS), so that neither of its two Gram matrices is needed again. Coordinate
/// descent minimises the model; a pass over the wanted columns for the risks and one for the gradient tell how good its minimum was.
class path_solver {
 public:
  path_solver(const cox_stream& stream, double l1_ratio, double tolerance, int max_iterations, const execution& run, bool efron = false)
      : likelihood_(stream, efron, run),
        scale_(stream.scale),
        cols_(stream.cols),
        ratio_(l1_ratio),
        tolerance_(tolerance),
        max_iterations_(max_iterations),
        n_(stream.total_weight),
        point_(cols_, 0.0),
        beta_(cols_, 0.0),
        wanted_(cols_, 1) {
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
    screen(lambda, previous);
    double before = 0;
    int since_refresh = 0;
    for (int iteration = 0; iteration < max_iterations_; ++iteration) {
      minimise(lambda);
      double change = 0;
      for (std::size_t j = 0; j < cols_; ++j)
        change = std::max(change, std::abs(beta_[j] - point_[j]));
      // the model's error is of the order of its last one, shrunk as the last step was by the step before
      const double expected = before > 0 ? change * std::min(1.0, change / before) : change;
      if (expected < tolerance_) {
        if (complete(lambda)) return scaled();
        before = 0;
        continue;
      }
      const bool stalled = before > 0 && change > 0.5 * before;
      before = change;
      if (step(lambda) && !(stalled && since_refresh > 3)) {
        ++since_refresh;
        continue;
      }
      refresh();
      since_refresh = 0;
    }
    converged = false;
    return scaled();
  }

  /// At the coefficients of the last `solve`.
  double log_likelihood() const {
    double value = log_likelihood_;
    std::vector<double> d(cols_);
    for (std::size_t j = 0; j < cols_; ++j)
      d[j] = beta_[j] - point_[j];
    for (std::size_t j = 0; j < cols_; ++j) {
      if (d[j] == 0) continue;
      double curved = 0;
      for (std::size_t k = 0; k < cols_; ++k)
        curved += curvature_(j, k) * d[k];
      value += n_ * d[j] * (gradient_[j] - 0.5 * curved);
    }
    return value;
  }
  /// Log likelihood at coefficients of the data's own scale; the solver's own point is left behind.
  double log_likelihood_at(const double* coef) {
    std::vector<double> b(cols_);
    for (std::size_t j = 0; j < cols_; ++j)
      b[j] = coef[j] / scale_[j];
    return likelihood_.update(b, false);
  }

 private:
  /// Gradient of the model at beta_.
  std::vector<double> model_gradient() const {
    std::vector<double> g(gradient_);
    for (std::size_t j = 0; j < cols_; ++j) {
      const double step = beta_[j] - point_[j];
      if (step == 0) continue;
      const double* row = curvature_.row(j);
      for (std::size_t k = 0; k < cols_; ++k)
        g[k] -= row[k] * step;
    }
    return g;
  }

  /// The strong rule: columns whose gradient may reach the penalty by this lambda.
  void screen(double lambda, double previous) {
    const std::vector<double> g = model_gradient();
    for (std::size_t j = 0; j < cols_; ++j)
      wanted_[j] = beta_[j] != 0 || std::abs(g[j]) >= ratio_ * (2 * lambda - previous);
  }

  /// Likelihood, gradient and curvature at point_, of all columns.
  void refresh() {
    cox_evaluation e;
    log_likelihood_ = likelihood_.update(point_);
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

  /// Evaluates at beta_, or on the way there where the objective has risen (then false), and lets the model follow.
  bool step(double lambda) {
    const double before = objective(lambda, point_, log_likelihood_);
    std::vector<double> moved(cols_), at(beta_);
    double share = 1;
    for (int halving = 0; halving < 20; ++halving, share *= 0.5) {
      for (std::size_t j = 0; j < cols_; ++j) {
        moved[j] = share * (beta_[j] - point_[j]);
        at[j] = share == 1 ? beta_[j] : point_[j] + moved[j];
      }
      log_likelihood_ = likelihood_.update(at, false);
      if (objective(lambda, at, log_likelihood_) <= before + 1e-10 * std::abs(before)) break;
    }
    point_ = beta_ = at;
    follow(moved, likelihood_.gradient(wanted_));
    return share == 1;
  }

  /// The BFGS update: curvature times `moved` becomes what the gradient fell by. Columns that were not looked at keep the model's word.
  void follow(const std::vector<double>& moved, const std::vector<double>& gradient) {
    std::vector<double> modelled(cols_, 0.0), fell(cols_);
    for (std::size_t j = 0; j < cols_; ++j) {
      if (moved[j] == 0) continue;
      const double* row = curvature_.row(j);
      for (std::size_t k = 0; k < cols_; ++k)
        modelled[k] += row[k] * moved[j];
    }
    double bent = 0, bent_model = 0;
    for (std::size_t j = 0; j < cols_; ++j) {
      const double now = wanted_[j] ? gradient[j] / n_ : gradient_[j] - modelled[j];
      fell[j] = gradient_[j] - now;
      gradient_[j] = now;
      bent += moved[j] * fell[j];
      bent_model += moved[j] * modelled[j];
    }
    if (!(bent > 1e-3 * bent_model && bent_model > 0)) return;
    for (std::size_t j = 0; j < cols_; ++j) {
      const double up = fell[j] / bent, down = modelled[j] / bent_model;
      double* row = curvature_.row(j);
      for (std::size_t k = 0; k < cols_; ++k)
        row[k] += up * fell[k] - down * modelled[k];
    }
  }

  /// Coordinate descent on the model from beta_, over the wanted columns.
  void minimise(double lambda) {
    std::vector<double> g = model_gradient();
    const double l1 = lambda * ratio_, l2 = lambda * (1 - ratio_);
    std::vector<std::size_t> active;
    const auto visit = [&](std::size_t j) {
      const double h = curvature_(j, j);
      const double pull = g[j] + h * beta_[j];
      const double value = std::abs(pull) <= l1 ? 0.0 : (pull - std::copysign(l1, pull)) / (h + l2);
      const double step = value - beta_[j];
      if (step == 0) return 0.0;
      beta_[j] = value;
      add_multiple(-step, curvature_.row(j), g);
      return std::abs(step);
    };
    const double enough = 0.01 * tolerance_;
    constexpr int patience = 10;  // sweeps, before the columns that are in are solved for together
    for (int round = 0; round < 10000; ++round) {
      double change = 0;
      active.clear();
      for (std::size_t j = 0; j < cols_; ++j) {
        if (!wanted_[j]) continue;
        change = std::max(change, visit(j));
        if (beta_[j] != 0) active.push_back(j);
      }
      if (change < enough) return;
      for (int inner = 0; inner < patience && change >= enough; ++inner) {
        change = 0;
        for (const std::size_t j : active)
          change = std::max(change, visit(j));
      }
      if (change >= enough && leap(active, l1, l2, g)) g = model_gradient();
    }
  }

  /// Moves the columns that are in to the model's minimum among coefficients of their signs, or on the way there to where the first of them
  /// vanishes; false where that is not determined. Correlated columns would need thousands of sweeps.
  bool leap(const std::vector<std::size_t>& active, double l1, double l2, const std::vector<double>& g) {
    std::vector<std::size_t> in;
    for (const std::size_t j : active)
      if (beta_[j] != 0) in.push_back(j);
    matrix h(in.size(), in.size());
    std::vector<double> slope(in.size());
    for (std::size_t a = 0; a < in.size(); ++a) {
      for (std::size_t b = 0; b < in.size(); ++b)
        h(a, b) = curvature_(in[a], in[b]);
      h(a, a) += l2;
      slope[a] = g[in[a]] - l2 * beta_[in[a]] - std::copysign(l1, beta_[in[a]]);
    }
    const auto factor = numeric::cholesky(h, 1e-13);
    if (!factor.regular()) return false;
    const std::vector<double> step = factor.solve(slope);
    double share = 1;
    for (std::size_t a = 0; a < in.size(); ++a)
      if ((beta_[in[a]] + step[a]) * beta_[in[a]] <= 0) share = std::min(share, -beta_[in[a]] / step[a]);
    for (std::size_t a = 0; a < in.size(); ++a) {
      const double before = beta_[in[a]], now = before + share * step[a];
      beta_[in[a]] = now * before <= 0 || (share < 1 && -before / step[a] == share) ? 0.0 : now;
    }
    return true;
  }

  static void add_multiple(double a, const double* x, std::vector<double>& y) { numeric::detail::add_multiple_block(x, a, y.size(), y.data()); }

  /// Looks at the columns that were left out: true when none of them wants in.
  bool complete(double lambda) {
    std::vector<char> rest(cols_);
    for (std::size_t j = 0; j < cols_; ++j)
      rest[j] = !wanted_[j];
    if (std::find(rest.begin(), rest.end(), 1) == rest.end()) return true;
    const std::vector<double> true_gradient = likelihood_.gradient(rest);
    for (std::size_t j = 0; j < cols_; ++j)
      if (rest[j]) gradient_[j] = true_gradient[j] / n_;
    const std::vector<double> g = model_gradient();
    bool fine = true;
    for (std::size_t j = 0; j < cols_; ++j) {
      if (!rest[j] || std::abs(g[j]) <= lambda * ratio_ * (1 + 1e-9)) continue;
      wanted_[j] = 1;
      fine = false;
    }
    return fine;
  }

  std::vector<double> scaled() const {
    std::vector<double> out(beta_);
    for (std::size_t j = 0; j < cols_; ++j)
      out[j] *= scale_[j];
    return out;
  }

  cox_likelihood likelihood_;
  const std::vector<double>& scale_;
  std::size_t cols_;
  double ratio_, tolerance_;
  int max_iterations_;
  double n_, log_likelihood_ = 0, null_ = 0;  // at point_
  std::vector<double> point_, gradient_, beta_;
  std::vector<char> wanted_;
  matrix curvature_;
};

}  // namespace tenure::inline TENURE_ABI::survival::detail
