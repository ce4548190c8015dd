#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "tenure/numeric/distributions.hpp"
#include "tenure/numeric/linear.hpp"
#include "tenure/stats/effects.hpp"

namespace tenure::inline TENURE_ABI::stats {

namespace detail {

/// Ordinary least squares with its bread, ready for any sandwich.
class regression {
 public:
  matrix x, bread;  // bread: inverse of X'X
  std::vector<double> coefficients, residuals;

  regression(matrix design, const std::vector<double>& y, const char* what) : x(std::move(design)) {
    const std::size_t n = x.rows(), k = x.cols();
    matrix gram(k, k);
    std::vector<double> right(k);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t a = 0; a < k; ++a) {
        right[a] += x(i, a) * y[i];
        for (std::size_t b = 0; b < k; ++b)
          gram(a, b) += x(i, a) * x(i, b);
      }
    const auto factor = numeric::cholesky(gram);
    if (!factor.regular()) throw numeric_failure(std::string(what) + ": the terms cannot be told apart in these data");
    bread = factor.inverse();
    coefficients = factor.solve(right);
    residuals = y;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t a = 0; a < k; ++a)
        residuals[i] -= x(i, a) * coefficients[a];
  }
  double rows() const { return static_cast<double>(x.rows()); }
  double spare() const { return static_cast<double>(x.rows()) - static_cast<double>(x.cols()); }

  matrix classical() const {
    double squares = 0;
    for (const double u : residuals)
      squares += u * u;
    matrix v = bread;
    for (std::size_t a = 0; a < v.rows(); ++a)
      for (std::size_t b = 0; b < v.cols(); ++b)
        v(a, b) *= squares / spare();
    return v;
  }
  matrix sandwich(const matrix& meat, double factor) const {
    matrix v = numeric::multiply(numeric::multiply(bread, meat), bread);
    for (std::size_t a = 0; a < v.rows(); ++a)
      for (std::size_t b = 0; b < v.cols(); ++b)
        v(a, b) *= factor;
    return v;
  }
  /// Scores x_i u_i summed within groups, one row a group.
  matrix scores(const std::vector<std::size_t>& group, std::size_t groups) const {
    matrix s(groups, x.cols());
    for (std::size_t i = 0; i < x.rows(); ++i)
      for (std::size_t a = 0; a < x.cols(); ++a)
        s(group[i], a) += x(i, a) * residuals[i];
    return s;
  }
  /// Sum over rows i of s_i s_(i+lag)' + its transpose (half for lag 0).
  static void add_products(matrix& meat, const matrix& s, std::size_t lag, double weight) {
    for (std::size_t i = lag; i < s.rows(); ++i)
      for (std::size_t a = 0; a < s.cols(); ++a)
        for (std::size_t b = 0; b < s.cols(); ++b)
          meat(a, b) += weight * (lag == 0 ? s(i, a) * s(i, b) : s(i, a) * s(i - lag, b) + s(i - lag, a) * s(i, b));
  }
};

inline effect_estimate estimate_of(std::string name, double estimate, double variance, double dof, double level) {
  effect_estimate e{std::move(name), estimate, std::sqrt(variance), 0, 0, 0, 0};
  e.statistic = e.estimate / e.std_error;
  e.p_value = std::isnan(e.statistic) ? e.statistic : std::isinf(e.statistic) ? 0 : 2 * numeric::student_t_sf(std::abs(e.statistic), dof);
  const double half = std::isnan(e.std_error) ? e.std_error : numeric::student_t_quantile(0.5 + level / 2, dof) * e.std_error;
  e.lower = estimate - half;
  e.upper = estimate + half;
  return e;
}

inline std::vector<std::size_t> each_row(std::size_t n) {
  std::vector<std::size_t> own(n);
  for (std::size_t i = 0; i < n; ++i)
    own[i] = i;
  return own;
}

/// The rows of a difference-in-differences table.
struct did_rows {
  std::vector<double> y, treated, post, period;
  std::vector<std::size_t> unit;
  std::size_t units = 0;

  did_rows(numeric_column values, numeric_column t, numeric_column p, numeric_column u, numeric_column time) {
    const std::size_t n = values.size();
    const auto check_size = [n](const char* name, numeric_column c, bool optional) {
      if (c.size() != n && !(optional && c.empty())) throw invalid_input(name, "must have one value a row");
    };
    check_size("treated", t, false);
    check_size("post", p, false);
    check_size("unit", u, true);
    check_size("period", time, true);
    std::vector<std::int64_t> codes;
    std::vector<double> named;
    for (std::size_t i = 0; i < n; ++i) {
      if (std::isinf(values[i])) throw invalid_input("y", "must be finite or missing", values[i], i);
      if (t[i] != 0 && t[i] != 1) throw invalid_input("treated", "must be 0 or 1", t[i], i);
      if (p[i] != 0 && p[i] != 1) throw invalid_input("post", "must be 0 or 1", p[i], i);
      if (!u.empty() && !std::isfinite(u[i])) throw invalid_input("unit", "must be a code", u[i], i);
      if (!time.empty() && !std::isfinite(time[i])) throw invalid_input("period", "must be finite", time[i], i);
      if (std::isnan(values[i])) continue;
      y.push_back(values[i]);
      treated.push_back(t[i]);
      post.push_back(p[i]);
      if (!u.empty()) named.push_back(u[i]);
      if (!time.empty()) period.push_back(time[i]);
    }
    auto different = named;
    std::sort(different.begin(), different.end());
    different.erase(std::unique(different.begin(), different.end()), different.end());
    units = different.size();
    for (const double name : named)
      unit.push_back(static_cast<std::size_t>(std::lower_bound(different.begin(), different.end(), name) - different.begin()));
  }

  /// Variance of the last coefficient: clustered by unit where there are units, else HC1; with its degrees of freedom.
  std::pair<double, double> robust_variance(const regression& fit, bool by_unit) const {
    const std::size_t k = fit.x.cols();
    matrix meat(k, k);
    if (by_unit) {
      const auto g = static_cast<double>(units);
      regression::add_products(meat, fit.scores(unit, units), 0, 1);
      return {fit.sandwich(meat, g / (g - 1) * (fit.rows() - 1) / fit.spare())(k - 1, k - 1), g - 1};
    }
    regression::add_products(meat, fit.scores(each_row(y.size()), y.size()), 0, 1);
    return {fit.sandwich(meat, fit.rows() / fit.spare())(k - 1, k - 1), fit.spare()};
  }
};

/// A difference in slopes between treated and others before the change.
inline void test_pretrend(did_result& r, const did_rows& rows) {
  r.pretrend_statistic = r.pretrend_p_value = std::numeric_limits<double>::quiet_NaN();
  if (rows.period.empty()) return;
  did_rows before = rows;
  for (auto* v : {&before.y, &before.treated, &before.period})
    v->clear();
  before.unit.clear();
  std::vector<double> times;
  for (std::size_t i = 0; i < rows.y.size(); ++i) {
    if (rows.post[i] != 0) continue;
    before.y.push_back(rows.y[i]);
    before.treated.push_back(rows.treated[i]);
    before.period.push_back(rows.period[i]);
    if (!rows.unit.empty()) before.unit.push_back(rows.unit[i]);
    times.push_back(rows.period[i]);
  }
  std::sort(times.begin(), times.end());
  if (times.empty() || times.front() == times.back() || before.y.size() < 5) return;
  matrix x(before.y.size(), 4);
  for (std::size_t i = 0; i < before.y.size(); ++i) {
    const double t = before.period[i] - times.front(), d = before.treated[i];
    const double line[4] = {1, d, t, d * t};
    std::copy(line, line + 4, x.row(i));
  }
  const regression fit(std::move(x), before.y, "difference_in_differences");
  const auto [variance, dof] = before.robust_variance(fit, rows.units > 1);
  const auto e = estimate_of("", fit.coefficients[3], variance, dof, 0.95);
  r.pretrend_statistic = e.statistic;
  r.pretrend_p_value = e.p_value;
}

}  // namespace detail

TENURE_INLINE before_after_result before_after(numeric_column values, std::size_t change, const before_after_options& options) {
  validate(options);
  const std::size_t n = values.size();
  std::vector<double> y(n);
  for (std::size_t i = 0; i < n; ++i) {
    y[i] = values[i];
    if (!std::isfinite(y[i])) throw invalid_input("values", "must be finite", y[i], i);
  }
  if (change < 3 || change + 3 > n) throw invalid_input("change", "must leave at least 3 points before and after it", static_cast<double>(change));
  const auto season = static_cast<std::size_t>(options.season);
  if (season > 0 && (season < 2 || change < season))
    throw invalid_input("season", "must be at least 2 and at most the number of points before the change", options.season);
  const std::size_t k = 4 + (season > 0 ? season - 1 : 0);
  if (n <= k) throw invalid_input("values", "must be more points than coefficients (" + std::to_string(k) + ")", static_cast<double>(n));
  matrix x(n, k);
  for (std::size_t i = 0; i < n; ++i) {
    const bool after = i >= change;
    x(i, 0) = 1;
    x(i, 1) = static_cast<double>(i);
    x(i, 2) = after;
    x(i, 3) = after ? static_cast<double>(i - change) : 0;
    if (season > 0 && i % season > 0) x(i, 3 + i % season) = 1;
  }
  const detail::regression fit(std::move(x), y, "before_after");
  before_after_result r;
  r.n_before = static_cast<double>(change);
  r.n_after = static_cast<double>(n - change);
  r.lags = options.lags >= 0 ? options.lags : std::floor(4 * std::pow(static_cast<double>(n) / 100, 2.0 / 9));
  if (r.lags >= static_cast<double>(n)) throw invalid_input("lags", "must be below the number of points", r.lags);
  matrix meat(k, k);
  const matrix scores = fit.scores(detail::each_row(n), n);
  for (std::size_t lag = 0; lag <= static_cast<std::size_t>(r.lags); ++lag)
    detail::regression::add_products(meat, scores, lag, 1 - static_cast<double>(lag) / (r.lags + 1));
  const matrix v = fit.sandwich(meat, fit.rows() / fit.spare());
  const auto add = [&](const std::string& name, std::size_t a) {
    r.effects.push_back(detail::estimate_of(name, fit.coefficients[a], v(a, a), fit.spare(), options.level));
  };
  add("level change", 2);
  add("slope change", 3);
  add("slope before", 1);
  add("level at start", 0);
  for (std::size_t s = 1; s < season; ++s)
    add("season " + std::to_string(s + 1), 3 + s);
  for (std::size_t i = 0; i < n; ++i) {
    r.fitted.push_back(y[i] - fit.residuals[i]);
    r.expected.push_back(r.fitted[i] - fit.x(i, 2) * fit.coefficients[2] - fit.x(i, 3) * fit.coefficients[3]);
  }
  return r;
}

TENURE_INLINE did_result difference_in_differences(numeric_column y, numeric_column treated, numeric_column post, numeric_column unit, numeric_column period,
                                                   const did_options& options) {
  validate(options);
  const detail::did_rows rows(y, treated, post, unit, period);
  double sums[2][2] = {{0, 0}, {0, 0}}, counts[2][2] = {{0, 0}, {0, 0}};
  matrix x(rows.y.size(), 4);
  for (std::size_t i = 0; i < rows.y.size(); ++i) {
    const auto t = static_cast<std::size_t>(rows.treated[i]), p = static_cast<std::size_t>(rows.post[i]);
    sums[t][p] += rows.y[i];
    ++counts[t][p];
    const double line[4] = {1, rows.treated[i], rows.post[i], rows.treated[i] * rows.post[i]};
    std::copy(line, line + 4, x.row(i));
  }
  for (const auto& by_treated : counts)
    for (const double c : by_treated)
      if (c == 0) throw invalid_input("treated", "all four cells (treated or not, before or after) must have rows");
  if (rows.y.size() < 5) throw invalid_input("y", "must have at least 5 values", static_cast<double>(rows.y.size()));
  did_result r;
  r.control_before = sums[0][0] / counts[0][0];
  r.control_after = sums[0][1] / counts[0][1];
  r.treated_before = sums[1][0] / counts[1][0];
  r.treated_after = sums[1][1] / counts[1][1];
  r.n = static_cast<double>(rows.y.size());
  r.clusters = static_cast<double>(rows.units);
  const detail::regression fit(std::move(x), rows.y, "difference_in_differences");
  r.effect = detail::estimate_of("classical", fit.coefficients[3], fit.classical()(3, 3), fit.spare(), options.level);
  const auto [robust, dof] = rows.robust_variance(fit, false);
  r.robust = detail::estimate_of("HC1", fit.coefficients[3], robust, dof, options.level);
  r.clustered = detail::estimate_of("clustered", fit.coefficients[3], std::numeric_limits<double>::quiet_NaN(), 1, options.level);
  if (rows.units > 1) {
    const auto [by_unit, cluster_dof] = rows.robust_variance(fit, true);
    r.clustered = detail::estimate_of("clustered", fit.coefficients[3], by_unit, cluster_dof, options.level);
  }
  detail::test_pretrend(r, rows);
  return r;
}

}  // namespace tenure::inline TENURE_ABI::stats
