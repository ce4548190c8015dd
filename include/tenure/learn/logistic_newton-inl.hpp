#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "tenure/learn/logistic_model.hpp"
#include "tenure/learn/logistic_statistic-inl.hpp"
#include "tenure/numeric/linear.hpp"

namespace tenure::inline TENURE_ABI::learn::detail {

/// T A T'. Unknown (NaN) entries of A stay unknown and spoil no others.
inline matrix transform(const matrix& t, const matrix& a) {
  matrix transposed(t.cols(), t.rows());
  for (std::size_t i = 0; i < t.rows(); ++i)
    for (std::size_t j = 0; j < t.cols(); ++j)
      transposed(j, i) = t(i, j);
  matrix known = a;
  for (std::size_t k = 0; k < known.values().size(); ++k)
    if (std::isnan(known.data()[k])) known.data()[k] = 0;
  matrix result = numeric::multiply(numeric::multiply(t, known), transposed);
  for (std::size_t i = 0; i < a.rows(); ++i)
    for (std::size_t j = 0; j < a.cols(); ++j)
      if (std::isnan(a(i, j))) result(i, j) = a(i, j);
  return result;
}

/// T with raw coefficients = T * standardised coefficients.
inline matrix back_transform(const logistic_statistic& at) {
  const std::size_t p = at.coefficients.size(), first = at.intercept;
  matrix t(p, p);
  if (at.intercept) t(0, 0) = 1;
  for (std::size_t j = first; j < p; ++j) {
    t(j, j) = 1 / at.scale[j - first];
    if (at.intercept) t(0, j) = -at.center[j - first] / at.scale[j - first];
  }
  return t;
}

inline std::vector<double> raw_coefficients(const logistic_statistic& at) {
  std::vector<double> raw(at.coefficients);
  for (std::size_t j = at.intercept; j < raw.size(); ++j) {
    raw[j] /= at.scale[j - at.intercept];
    if (at.intercept) raw[0] -= raw[j] * at.center[j - at.intercept];
  }
  return raw;
}

/// The moments of a table with one column of zeros, for the model without columns.
inline logistic_moments moments_of_zeros(logistic_moments moments) {
  moments.mean.assign(1, 0.0), moments.squares.assign(1, 0.0), moments.count = 1;
  return moments;
}

/// Newton's method as a state: `statistic()` says where to evaluate, `update` takes the evaluated sums and moves on until `finished()`.
/// Works on standardised columns (intercept first); step halving keeps the objective falling.
class newton_state {
 public:
  newton_state(encoding code, const logistic_options& options, const logistic_moments& moments)
      : code_(std::move(code)), options_(options), weight_(moments.weight) {
    const std::size_t width = moments.mean.size();
    at_.intercept = options.intercept;
    at_.coefficients.assign(width + options.intercept, 0.0);
    for (std::size_t j = 0; j < width; ++j) {
      const double center = options.intercept ? moments.mean[j] : 0.0;
      const double spread = std::sqrt(moments.squares[j] / moments.count + (options.intercept ? 0.0 : moments.mean[j] * moments.mean[j]));
      const bool constant = spread <= 1e-14 * std::abs(moments.mean[j]);
      at_.center.push_back(center);
      at_.scale.push_back(constant ? 1.0 : spread);
      penalty_.push_back(options.l2 / (at_.scale[j] * at_.scale[j]));
      if (constant && options.intercept && options.l2 == 0) dependent_.push_back(j + 1);
    }
    if (options.intercept) penalty_.insert(penalty_.begin(), 0.0);
    if (options.intercept) at_.coefficients[0] = std::log(moments.events / (moments.weight - moments.events));
    active_ = without(dependent_);
  }

  const encoding& code() const { return code_; }
  const logistic_statistic& statistic() const { return at_; }
  /// The Newton step that would come next.
  const std::vector<double>& direction() const { return direction_; }
  /// Coefficients that are estimated: not those of dependent columns, which are known after the first update.
  const std::vector<std::size_t>& active() const { return active_; }
  bool finished() const { return finished_; }
  void start_from(const std::vector<double>& coefficients) { at_.coefficients = coefficients; }

  fit_info info() const {
    fit_info info{.converged = converged_, .iterations = passes_, .gradient = gradient_};
    const auto names = code_.names();
    for (const std::size_t j : dependent_)
      info.dependent.push_back(j < intercept() ? "intercept" : names[j - intercept()]);
    return info;
  }

  /// The statistic to be evaluated next, with empty sums.
  logistic_statistic next() const {
    logistic_statistic here = at_;
    here.gradient.clear(), here.information = matrix(), here.log_likelihood = 0;
    return here;
  }

  void run(const table_view& x, const binary_outcome& outcome, const execution& how) {
    while (!finished_) {
      logistic_statistic here = next();
      here.add(x, code_, outcome, how);
      update(std::move(here));
    }
  }

  /// Changes the step just decided on by what it will leave of the gradient, as another data set shows it: `here` and `there` are that data
  /// set's sums before and after the step, `weight` its weight. What a Newton step leaves is of second order, so a rough idea of it is enough.
  void foresee(const logistic_statistic& here, const logistic_statistic& there, double weight) {
    std::vector<double> left(active_.size());
    double largest = 0;
    for (std::size_t a = 0; a < active_.size(); ++a) {
      const std::size_t j = active_[a];
      left[a] = there.gradient[j] - here.gradient[j];
      for (const std::size_t k : active_)
        left[a] += here.information(j, k) * direction_[k];
      left[a] *= weight_ / weight;
      largest = std::max(largest, std::abs(left[a]) / weight_);
    }
    if (!(largest < 0.1 * gradient_)) return;
    const auto more = numeric::cholesky(reduced(), 0.0).solve(left);
    for (std::size_t a = 0; a < active_.size(); ++a)
      direction_[active_[a]] += more[a], at_.coefficients[active_[a]] += more[a];
    squaring_ = largest / (gradient_ * gradient_);
  }

  void update(logistic_statistic evaluated) {
    ++passes_;
    const double value = objective(evaluated);
    if (passes_ > 1 && !(value <= accepted_value_ + 1e-13 * std::abs(accepted_value_))) {
      step_ /= 2;
      if (step_ < 1e-9) return stop(false);
      for (std::size_t j = 0; j < at_.coefficients.size(); ++j)
        at_.coefficients[j] = accepted_.coefficients[j] + step_ * direction_[j];
      return;
    }
    accepted_ = std::move(evaluated);
    accepted_value_ = value;
    step_ = 1;
    const double before = gradient_;
    if (!solve()) return stop(false);
    const bool at_rounding = gradient_ <= 1e-9 && passes_ > 1 && gradient_ > before / 2;
    if (gradient_ <= options_.tolerance || at_rounding) return stop(true);
    // Newton's method squares the gradient: what the step that `stop` takes will leave need not be measured
    const double left = squaring_ > 0 ? 10 * squaring_ * gradient_ * gradient_ : gradient_ * gradient_ * gradient_ / (before * before);
    const bool exact_enough = gradient_ <= (options_.l2 > 0 ? 1e-4 : 1e-10);  // for inference, which has the information from here
    if (exact_enough && passes_ > 1 + !(squaring_ > 0) && left <= options_.tolerance) {
      gradient_ = left;
      return stop(true);
    }
    if (passes_ > options_.max_iterations) return stop(false);
    at_ = accepted_;
    for (std::size_t j = 0; j < at_.coefficients.size(); ++j)
      at_.coefficients[j] += direction_[j];
  }

  /// Names of the columns that the last direction moves, for a separated fit.
  std::vector<std::string> running_away() const {
    double largest = 0;
    for (std::size_t j = intercept(); j < direction_.size(); ++j)
      largest = std::max(largest, std::abs(direction_[j]));
    std::vector<std::string> found;
    const auto names = code_.names();
    for (std::size_t j = intercept(); j < direction_.size(); ++j)
      if (std::abs(direction_[j]) > 1e-3 * largest) found.push_back(names[j - intercept()]);
    return found;
  }

  /// Inverse of the information at the estimate, standardised; NaN for dependent columns.
  matrix inverse_information() const {
    const std::size_t p = at_.coefficients.size();
    matrix result(p, p, std::nan(""));
    const auto factor = numeric::cholesky(reduced(), 0.0);
    if (!factor.regular()) return result;
    const matrix inverse = factor.inverse();
    for (std::size_t a = 0; a < active_.size(); ++a)
      for (std::size_t b = 0; b < active_.size(); ++b)
        result(active_[a], active_[b]) = inverse(a, b);
    return result;
  }

 private:
  std::size_t intercept() const { return at_.intercept; }

  std::vector<std::size_t> without(const std::vector<std::size_t>& dropped) const {
    std::vector<std::size_t> kept;
    for (std::size_t j = 0; j < at_.coefficients.size(); ++j)
      if (std::find(dropped.begin(), dropped.end(), j) == dropped.end()) kept.push_back(j);
    return kept;
  }

  double objective(const logistic_statistic& s) const {
    double penalty = 0;
    for (std::size_t j = 0; j < s.coefficients.size(); ++j)
      penalty += penalty_[j] / 2 * s.coefficients[j] * s.coefficients[j];
    return penalty - s.log_likelihood / weight_;
  }

  /// The information of the active columns, penalty included.
  matrix reduced() const {
    matrix h(active_.size(), active_.size());
    for (std::size_t a = 0; a < active_.size(); ++a)
      for (std::size_t b = 0; b < active_.size(); ++b)
        h(a, b) = accepted_.information(active_[a], active_[b]) + (a == b ? weight_ * penalty_[active_[a]] : 0.0);
    return h;
  }

  /// The next direction; false when the information has no inverse.
  bool solve() {
    auto factor = numeric::cholesky(reduced(), 1e-12);
    if (!factor.regular() && !dependence_known_) {
      for (const std::size_t a : factor.dependent)
        dependent_.push_back(active_[a]);
      active_ = without(dependent_);
      factor = numeric::cholesky(reduced(), 1e-12);
    }
    dependence_known_ = true;
    direction_.assign(at_.coefficients.size(), 0.0);
    std::vector<double> g(active_.size());
    gradient_ = 0;
    for (std::size_t a = 0; a < active_.size(); ++a) {
      const std::size_t j = active_[a];
      g[a] = accepted_.gradient[j] - weight_ * penalty_[j] * accepted_.coefficients[j];
      gradient_ = std::max(gradient_, std::abs(g[a]) / weight_);
    }
    const bool regular = factor.regular();
    if (!regular) {  // a direction all the same, so that separation can be told from other failures
      matrix h = reduced();
      for (std::size_t a = 0; a < active_.size(); ++a)
        h(a, a) *= 1 + 1e-9;
      factor = numeric::cholesky(h, 0.0);
      if (!factor.regular()) return false;
    }
    const auto d = factor.solve(g);
    for (std::size_t a = 0; a < active_.size(); ++a)
      direction_[active_[a]] = d[a];
    return regular;
  }

  /// Ends at the accepted point, one last step further when converged: it costs nothing and squares the error.
  void stop(bool converged) {
    finished_ = true;
    converged_ = converged;
    at_ = accepted_;
    double size = 0;
    for (const double d : direction_)
      size = std::max(size, std::abs(d));
    if (!converged || size >= 1e-3) return;
    for (std::size_t j = 0; j < at_.coefficients.size(); ++j) {
      at_.coefficients[j] += direction_[j];
      double slope = accepted_.gradient[j];
      for (std::size_t k = 0; k < direction_.size(); ++k)
        slope -= accepted_.information(j, k) * direction_[k] / 2;
      at_.log_likelihood += slope * direction_[j];
    }
  }

  encoding code_;
  logistic_options options_;
  double weight_;
  logistic_statistic at_, accepted_;
  std::vector<double> penalty_, direction_;
  std::vector<std::size_t> active_, dependent_;
  double accepted_value_ = 0, step_ = 1, gradient_ = 0;
  double squaring_ = 0;  // the gradient after a step over the square of that before it, where `foresee` found out
  int passes_ = 0;
  bool finished_ = false, converged_ = false, dependence_known_ = false;
};

/// Adds the coefficient of each row's level.
inline void add_level_effects(const table_column& column, std::int64_t reference, const double* effects, std::size_t begin, std::size_t end, double* out) {
  column.values.visit([&](auto codes) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto level = static_cast<std::int64_t>(codes[i]);
      if (level < 0) throw invalid_input(column.name, "is missing in row " + std::to_string(i));
      if (level != reference) out[i - begin] += effects[level - (level > reference)];
    }
  });
}

}  // namespace tenure::inline TENURE_ABI::learn::detail
