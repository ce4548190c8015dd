#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "tenure/learn/logistic_inference-inl.hpp"
#include "tenure/learn/logistic_profile.hpp"
#include "tenure/learn/logistic_surface-inl.hpp"
#include "tenure/numeric/distributions.hpp"

namespace tenure::inline TENURE_ABI::learn {

namespace detail {

/// The rows of a fit with the top of their likelihood, found again from the model's coefficients.
struct known_top {
  known_top(const logistic_model& model, const table_view& x, const binary_outcome& outcome, const execution& run)
      : aligned(x, model.code.columns, unseen_level::refuse),
        moments(moments_of(model, aligned.view(), outcome, run)),
        surface(aligned.view(), model.code, outcome, moments, model.options, run) {
    require_unpenalised(model);
    if (model.info.separated)
      throw not_supported("likelihood of separated classes: it has no maximum to measure from; fit with Firth's correction (penalty='firth')");
    top = maximise(surface, {surface.coefficients_of(model), model.options.tolerance, model.options.max_iterations}, surface.free()).at;
    if (!(std::abs(top.value - model.log_likelihood) <= 1e-6 * (1 + std::abs(model.log_likelihood))))
      throw invalid_input("X", "must be the rows that the model was fitted to: their log-likelihood is another", top.value);
  }

  static logistic_moments moments_of(const logistic_model& model, const table_view& x, const binary_outcome& outcome, const execution& run) {
    logistic_moments found;
    found.add(x, model.code, outcome, run);
    require_two_classes(found);
    return found;
  }

  aligned_table aligned;
  logistic_moments moments;
  likelihood_surface surface;
  likelihood_surface::point top;
};

inline double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k)
    sum += a[k] * b[k];
  return sum;
}

/// The profile of contrast' b (free coefficients): its value and slope at points that move along.
class profile_walk {
 public:
  profile_walk(const likelihood_surface& surface, const likelihood_surface::point& top, const std::vector<double>& contrast)
      : surface_(surface), contrast_(contrast), here_(top) {
    factor();
  }

  /// False once the information has no inverse: the likelihood is flat out there.
  bool regular() const { return regular_; }
  double value() const { return here_.value; }
  /// d value / d contrast' b, the other coefficients at their best.
  double slope() const { return dot(contrast_, climb_) / spread_; }
  /// Variance of contrast' b as the information has it.
  double spread() const { return spread_; }

  /// Moves contrast' b by `change` and finds the best place there.
  void move(double change) {
    std::vector<double> step(along_);
    for (double& s : step)
      s *= change / spread_;
    here_ = surface_.at(stepped(step, 1));
    factor();
    for (int pass = 0; regular_ && pass < 200; ++pass) {
      std::vector<double> ascent(climb_);
      const double away = slope();
      for (std::size_t k = 0; k < ascent.size(); ++k)
        ascent[k] -= away * along_[k];
      const double gain = dot(ascent, here_.gradient);  // twice what a quadratic would win
      if (!(gain > 1e-14)) return;
      for (double size = 1; size > 1e-6; size /= 2) {
        auto next = surface_.at(stepped(ascent, size));
        if (!(next.value >= here_.value - 1e-13 * std::abs(here_.value))) continue;
        here_ = std::move(next);
        break;
      }
      factor();
    }
  }

 private:
  std::vector<double> stepped(const std::vector<double>& step, double size) const {
    auto to = here_.coefficients;
    for (std::size_t k = 0; k < step.size(); ++k)
      to[surface_.free()[k]] += size * step[k];
    return to;
  }

  void factor() {
    const auto found = numeric::cholesky(here_.information, 1e-14);
    regular_ = found.regular() && std::isfinite(here_.value);
    if (!regular_) return;
    along_ = found.solve(contrast_), climb_ = found.solve(here_.gradient);
    spread_ = dot(contrast_, along_);
  }

  const likelihood_surface& surface_;
  const std::vector<double>& contrast_;
  likelihood_surface::point here_;
  std::vector<double> along_, climb_;
  double spread_ = 0;
  bool regular_ = false;
};

/// How far contrast' b may go from the top in the direction of `sign` until the root of twice the fall of the likelihood is z: that root is nearly a
/// straight line, so that Newton steps on it, kept between the places known to be too near and too far, need two or three.
inline double profile_reach(const likelihood_surface& surface, const likelihood_surface::point& top, const std::vector<double>& contrast, double z,
                            double sign) {
  profile_walk walk(surface, top, contrast);
  if (!walk.regular()) return INFINITY;
  double near = 0, far = INFINITY, at = 0, next = z * std::sqrt(walk.spread());
  const double limit = 1000 * next;
  for (int k = 0; k < 100; ++k) {
    walk.move(sign * (next - at));
    if (!walk.regular()) return INFINITY;
    at = next;
    const double root = std::sqrt(2 * std::max(0.0, top.value - walk.value())), rise = root > 0 ? -sign * walk.slope() / root : 0.0;
    (root < z ? near : far) = at;
    if (std::abs(root - z) < 1e-9 * z || far - near < 1e-13 * at) return at;
    next = rise > 0 ? at + (z - root) / rise : INFINITY;
    if (!(next > near && next < far)) next = far < INFINITY ? (near + far) / 2 : 3 * at;
    next = std::min(next, 3 * at);
    if (next > limit) return INFINITY;
  }
  throw numeric_failure("profile interval: no convergence");
}

}  // namespace detail

TENURE_INLINE profile_intervals profile_intervals_of(const logistic_model& model, const table_view& x, const binary_outcome& outcome, double level,
                                                     const execution& run) {
  if (!(level > 0 && level < 1)) throw invalid_input("level", "must be between 0 and 1", level);
  const detail::known_top known(model, x, outcome, run);
  const auto& frame = known.surface.frame();
  const auto& free = known.surface.free();
  const matrix to_raw = detail::back_transform(frame);
  const double z = numeric::two_sided_z(level);
  profile_intervals result;
  result.term = model.code.names();
  result.coefficient = model.coefficients;
  if (frame.intercept) {
    result.term.insert(result.term.begin(), "intercept");
    result.coefficient.insert(result.coefficient.begin(), model.intercept);
  }
  for (std::size_t j = 0; j < frame.coefficients.size(); ++j) {
    if (std::find(free.begin(), free.end(), j) == free.end()) {
      result.lower.push_back(std::nan("")), result.upper.push_back(std::nan(""));
      continue;
    }
    std::vector<double> contrast;
    for (const std::size_t k : free)
      contrast.push_back(to_raw(j, k));
    std::vector<double> best;
    for (const std::size_t k : free)
      best.push_back(known.top.coefficients[k]);
    const double top = detail::dot(contrast, best);
    result.lower.push_back(top - detail::profile_reach(known.surface, known.top, contrast, z, -1));
    result.upper.push_back(top + detail::profile_reach(known.surface, known.top, contrast, z, 1));
  }
  return result;
}

TENURE_INLINE joint_tests likelihood_ratio_tests_of(const logistic_model& model, const table_view& x, const binary_outcome& outcome, const execution& run) {
  const detail::known_top known(model, x, outcome, run);
  const auto& free = known.surface.free();
  const auto sources = model.code.sources();
  const std::size_t first = known.surface.frame().intercept;
  joint_tests tests;
  for (std::size_t c = 0; c < model.code.columns.size(); ++c) {
    std::vector<std::size_t> others;
    auto start = known.top.coefficients;
    for (const std::size_t j : free) {
      if (j < first || sources[j - first] != c)
        others.push_back(j);
      else
        start[j] = 0;
    }
    if (others.size() == free.size()) continue;  // nothing of the column was estimated
    const auto without = detail::maximise(known.surface, {start, model.options.tolerance, model.options.max_iterations}, others);
    const double statistic = std::max(0.0, 2 * (known.top.value - without.at.value)), dof = static_cast<double>(free.size() - others.size());
    tests.column.push_back(model.code.columns[c].name);
    tests.statistic.push_back(statistic);
    tests.dof.push_back(dof);
    tests.p_value.push_back(numeric::chi_squared_sf(statistic, dof));
  }
  return tests;
}

}  // namespace tenure::inline TENURE_ABI::learn
