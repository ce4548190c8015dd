#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "tenure/numeric/distributions.hpp"
#include "tenure/stats/contingency.hpp"
#include "tenure/stats/proportion.hpp"

namespace tenure::inline TENURE_ABI::stats {

namespace detail {

/// A function that falls from f(low) to 0 or below: the point where it crosses `target`, by doubling and bisection.
template <class F>
double falling_root(F&& f, double target, double start) {
  if (f(0) <= target) return 0;
  double low = 0, high = std::max(start, 1.0);
  while (f(high) > target) {
    low = high;
    high *= 2;
  }
  for (int i = 0; i < 200 && high - low > 1e-12 * high; ++i) {
    const double middle = 0.5 * (low + high);
    (f(middle) > target ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

inline void check_counts(const matrix& counts, bool whole) {
  for (std::size_t i = 0; i < counts.rows(); ++i)
    for (std::size_t j = 0; j < counts.cols(); ++j) {
      const double c = counts(i, j);
      if (!(c >= 0) || std::isinf(c)) throw invalid_input("counts", "must be finite and >= 0", c, i);
      if (whole && c != std::floor(c)) throw invalid_input("counts", "must be whole numbers", c, i);
    }
}

inline void require_two_by_two(const matrix& counts, const char* argument) {
  if (counts.rows() != 2 || counts.cols() != 2) throw invalid_input(argument, "must be 2 x 2");
  check_counts(counts, false);
}

/// Sums of rows and columns.
struct margins {
  std::vector<double> rows, cols;
  double total = 0;
  explicit margins(const matrix& counts) : rows(counts.rows()), cols(counts.cols()) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::size_t j = 0; j < cols.size(); ++j) {
        rows[i] += counts(i, j);
        cols[j] += counts(i, j);
        total += counts(i, j);
      }
  }
};

inline double log_choose(double n, double k) { return numeric::log_gamma(n + 1) - numeric::log_gamma(k + 1) - numeric::log_gamma(n - k + 1); }

/// The conditional distribution of the first cell of a 2 x 2 table: the noncentral hypergeometric family.
struct first_cell {
  double low, high;
  std::vector<double> log_weight;  // of low, low + 1, ..., high at odds ratio 1

  explicit first_cell(const margins& m) {
    low = std::max(0.0, m.cols[0] - m.rows[1]);
    high = std::min(m.rows[0], m.cols[0]);
    for (double k = low; k <= high; ++k)
      log_weight.push_back(log_choose(m.rows[0], k) + log_choose(m.rows[1], m.cols[0] - k));
  }
  /// Calls f(k, probability) at log odds ratio `theta`.
  template <class F>
  void visit(double theta, F&& f) const {
    double top = -std::numeric_limits<double>::infinity(), total = 0;
    for (std::size_t i = 0; i < log_weight.size(); ++i)
      top = std::max(top, log_weight[i] + theta * static_cast<double>(i));
    for (std::size_t i = 0; i < log_weight.size(); ++i)
      total += std::exp(log_weight[i] + theta * static_cast<double>(i) - top);
    for (std::size_t i = 0; i < log_weight.size(); ++i)
      f(low + static_cast<double>(i), std::exp(log_weight[i] + theta * static_cast<double>(i) - top) / total);
  }
  double mean(double theta) const {
    double sum = 0;
    visit(theta, [&](double k, double p) { sum += k * p; });
    return sum;
  }
  double at_most(double x, double theta) const {
    double sum = 0;
    visit(theta, [&](double k, double p) { sum += k <= x ? p : 0; });
    return sum;
  }
  double at_least(double x, double theta) const {
    double sum = 0;
    visit(theta, [&](double k, double p) { sum += k >= x ? p : 0; });
    return sum;
  }
};

/// The log odds ratio at which an increasing function crosses `target`.
template <class F>
double rising_log_root(F&& f, double target) {
  double low = -1, high = 1;
  while (f(low) > target && low > -700)
    low *= 2;
  while (f(high) < target && high < 700)
    high *= 2;
  for (int i = 0; i < 100; ++i) {
    const double middle = 0.5 * (low + high);
    (f(middle) < target ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

inline test_result fisher_two_by_two(const matrix& counts, double level) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  const margins m(counts);
  const first_cell cell(m);
  const double x = counts(0, 0), tail = (1 - level) / 2;
  test_result r;
  r.n = static_cast<std::size_t>(m.total);
  double observed = 0;
  cell.visit(0, [&](double k, double p) { observed = k == x ? p : observed; });
  r.p_value = 0;
  cell.visit(0, [&](double, double p) { r.p_value += p <= observed * (1 + 1e-7) ? p : 0; });
  r.p_value = std::min(r.p_value, 1.0);
  if (cell.low == cell.high) return r;  // nothing can vary
  r.estimate = x == cell.low ? 0 : x == cell.high ? inf : std::exp(rising_log_root([&](double t) { return cell.mean(t); }, x));
  r.lower = x == cell.low ? 0 : std::exp(rising_log_root([&](double t) { return cell.at_least(x, t); }, tail));
  r.upper = x == cell.high ? inf : std::exp(rising_log_root([&](double t) { return -cell.at_most(x, t); }, -tail));
  return r;
}

/// Sums the probabilities of all r x 2 tables with these margins that are no more probable than the observed one.
class narrow_tables {
 public:
  narrow_tables(std::vector<double> rows, double first_column, double log_limit) : rows_(std::move(rows)), log_limit_(log_limit) {
    rest_.assign(rows_.size() + 1, 0);
    for (std::size_t i = rows_.size(); i-- > 0;)
      rest_[i] = rest_[i + 1] + rows_[i];
    walk(0, first_column, -log_choose(rest_[0], first_column));
  }
  double p_value() const { return std::min(sum_, 1.0); }

 private:
  void walk(std::size_t row, double left, double log_p) {
    if (row + 1 == rows_.size()) {
      if (++tables_ > 20'000'000) throw not_supported("fisher_exact: more than 20,000,000 tables have these margins; use the chi-square test");
      const double total = log_p + log_choose(rows_[row], left);
      if (total <= log_limit_ + 1e-7) sum_ += std::exp(total);
      return;
    }
    for (double k = std::max(0.0, left - rest_[row + 1]); k <= std::min(rows_[row], left); ++k)
      walk(row + 1, left - k, log_p + log_choose(rows_[row], k));
  }

  std::vector<double> rows_, rest_;
  double log_limit_, sum_ = 0;
  std::size_t tables_ = 0;
};

}  // namespace detail

TENURE_INLINE matrix cross_tabulate(const table_column& a, const table_column& b) {
  for (const auto* c : {&a, &b})
    if (!c->categorical) throw invalid_input(c->name, "must be categorical");
  if (a.values.size() != b.values.size()) throw invalid_input(b.name, "must have as many rows as " + a.name);
  matrix counts(a.levels.size(), b.levels.size());
  a.values.visit([&](auto u) {
    b.values.visit([&](auto v) {
      for (std::size_t i = 0; i < u.size(); ++i) {
        const auto row = static_cast<std::int64_t>(u[i]), col = static_cast<std::int64_t>(v[i]);
        if (row >= 0 && col >= 0) ++counts(static_cast<std::size_t>(row), static_cast<std::size_t>(col));
      }
    });
  });
  return counts;
}

TENURE_INLINE contingency_result contingency(const matrix& counts, double level) {
  detail::check_counts(counts, false);
  const detail::margins m(counts);
  contingency_result r;
  r.n = m.total;
  const double rows = static_cast<double>(std::count_if(m.rows.begin(), m.rows.end(), [](double x) { return x > 0; }));
  const double cols = static_cast<double>(std::count_if(m.cols.begin(), m.cols.end(), [](double x) { return x > 0; }));
  if (rows < 2 || cols < 2) {
    r.p_value = r.g_p_value = 1;
    for (double* x : {&r.cramers_v, &r.cramers_v_corrected, &r.lower, &r.upper, &r.contingency_coefficient, &r.tschuprow_t, &r.phi, &r.min_expected})
      *x = test_result::none;
    return r;
  }
  r.min_expected = m.total;
  for (std::size_t i = 0; i < counts.rows(); ++i)
    for (std::size_t j = 0; j < counts.cols(); ++j) {
      const double expected = m.rows[i] * m.cols[j] / m.total, observed = counts(i, j);
      if (expected == 0) continue;
      r.min_expected = std::min(r.min_expected, expected);
      r.chi_squared += (observed - expected) * (observed - expected) / expected;
      if (observed > 0) r.g_statistic += 2 * observed * std::log(observed / expected);
    }
  r.g_statistic = std::max(r.g_statistic, 0.0);
  r.dof = (rows - 1) * (cols - 1);
  r.p_value = numeric::chi_squared_sf(r.chi_squared, r.dof);
  r.g_p_value = numeric::chi_squared_sf(r.g_statistic, r.dof);
  const double phi2 = r.chi_squared / m.total, smaller = std::min(rows, cols) - 1;
  r.phi = std::sqrt(phi2);
  r.cramers_v = std::sqrt(phi2 / smaller);
  r.contingency_coefficient = std::sqrt(phi2 / (1 + phi2));
  r.tschuprow_t = std::sqrt(phi2 / std::sqrt(r.dof));
  const double corrected = std::max(0.0, phi2 - r.dof / (m.total - 1));
  const double room = std::min(rows - (rows - 1) * (rows - 1) / (m.total - 1), cols - (cols - 1) * (cols - 1) / (m.total - 1)) - 1;
  r.cramers_v_corrected = room > 0 ? std::min(1.0, std::sqrt(corrected / room)) : test_result::none;
  const double tail = (1 - level) / 2;
  const auto bound = [&](double target) {
    const double ncp = detail::falling_root([&](double x) { return numeric::noncentral_chi_squared_cdf(r.chi_squared, r.dof, x); }, target, r.chi_squared);
    return std::min(1.0, std::sqrt(ncp / (m.total * smaller)));
  };
  r.lower = bound(1 - tail);
  r.upper = bound(tail);
  return r;
}

TENURE_INLINE test_result yates_chi_squared(const matrix& counts) {
  detail::require_two_by_two(counts, "counts");
  const detail::margins m(counts);
  const double product = m.rows[0] * m.rows[1] * m.cols[0] * m.cols[1];
  test_result r;
  r.n = static_cast<std::size_t>(m.total);
  r.dof = 1;
  if (product == 0) return r;
  const double cross = std::abs(counts(0, 0) * counts(1, 1) - counts(0, 1) * counts(1, 0));
  const double gap = std::max(0.0, cross - m.total / 2);
  r.statistic = m.total * gap * gap / product;
  r.p_value = numeric::chi_squared_sf(r.statistic, 1);
  return r;
}

TENURE_INLINE test_result fisher_exact(const matrix& counts, double level) {
  detail::check_counts(counts, true);
  if (counts.rows() < 2 || counts.cols() < 2) throw invalid_input("counts", "must have at least two rows and two columns");
  if (counts.rows() == 2 && counts.cols() == 2) return detail::fisher_two_by_two(counts, level);
  if (counts.rows() != 2 && counts.cols() != 2) throw not_supported("fisher_exact: tables wider than r x 2; use the chi-square test");
  const detail::margins m(counts);
  const bool tall = counts.cols() == 2;
  const auto& rows = tall ? m.rows : m.cols;
  double log_observed = -detail::log_choose(m.total, tall ? m.cols[0] : m.rows[0]);
  for (std::size_t i = 0; i < rows.size(); ++i)
    log_observed += detail::log_choose(rows[i], tall ? counts(i, 0) : counts(0, i));
  test_result r;
  r.n = static_cast<std::size_t>(m.total);
  r.p_value = detail::narrow_tables(rows, tall ? m.cols[0] : m.rows[0], log_observed).p_value();
  return r;
}

TENURE_INLINE test_result mantel_haenszel(const std::vector<matrix>& tables, double level) {
  test_result r;
  double gap = 0, variance = 0, numerator = 0, denominator = 0, pr = 0, mixed = 0, qs = 0, total = 0;
  for (const matrix& t : tables) {
    detail::require_two_by_two(t, "tables");
    const detail::margins m(t);
    if (m.total < 2) continue;
    const double n = m.total;
    gap += t(0, 0) - m.rows[0] * m.cols[0] / n;
    variance += m.rows[0] * m.rows[1] * m.cols[0] * m.cols[1] / (n * n * (n - 1));
    const double agree = (t(0, 0) + t(1, 1)) / n, up = t(0, 0) * t(1, 1) / n, down = t(0, 1) * t(1, 0) / n;
    numerator += up;
    denominator += down;
    pr += agree * up;
    mixed += agree * down + (1 - agree) * up;
    qs += (1 - agree) * down;
    total += n;
  }
  r.n = static_cast<std::size_t>(total);
  r.dof = 1;
  if (variance == 0) return r;
  r.statistic = gap * gap / variance;
  r.p_value = numeric::chi_squared_sf(r.statistic, 1);
  if (numerator == 0 && denominator == 0) return r;
  r.estimate = denominator > 0 ? numerator / denominator : std::numeric_limits<double>::infinity();
  if (numerator == 0 || denominator == 0) return r;
  const double error = std::sqrt(pr / (2 * numerator * numerator) + mixed / (2 * numerator * denominator) + qs / (2 * denominator * denominator));
  const double z = numeric::two_sided_z(level);
  r.lower = r.estimate * std::exp(-z * error);
  r.upper = r.estimate * std::exp(z * error);
  return r;
}

TENURE_INLINE test_result mcnemar(double only_first, double only_second, bool continuity) {
  for (const double c : {only_first, only_second})
    if (!(c >= 0) || std::isinf(c) || c != std::floor(c)) throw invalid_input("counts", "must be whole numbers >= 0", c);
  test_result r;
  const double n = only_first + only_second, gap = std::max(0.0, std::abs(only_first - only_second) - (continuity ? 1 : 0));
  r.n = static_cast<std::size_t>(n);
  r.dof = 1;
  if (n == 0) return r;
  r.statistic = gap * gap / n;
  r.p_value = numeric::chi_squared_sf(r.statistic, 1);
  r.estimate = only_first > 0 ? only_second / only_first : std::numeric_limits<double>::infinity();
  r.effect = std::min(1.0, 2 * numeric::binomial_cdf(std::min(only_first, only_second), n, 0.5));
  return r;
}

TENURE_INLINE test_result cochran_armitage(const std::vector<double>& events, const std::vector<double>& totals, const std::vector<double>& scores) {
  if (totals.size() != events.size()) throw invalid_input("totals", "must have one value an entry of events");
  if (scores.size() != events.size()) throw invalid_input("scores", "must have one value an entry of events");
  double n = 0, x = 0, s = 0, ss = 0, xs = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!(totals[i] >= 0) || std::isinf(totals[i])) throw invalid_input("totals", "must be finite and >= 0", totals[i], i);
    if (!(events[i] >= 0 && events[i] <= totals[i])) throw invalid_input("events", "must be in [0, totals]", events[i], i);
    if (!std::isfinite(scores[i])) throw invalid_input("scores", "must be finite", scores[i], i);
    n += totals[i];
    x += events[i];
    s += totals[i] * scores[i];
    ss += totals[i] * scores[i] * scores[i];
    xs += events[i] * scores[i];
  }
  test_result r;
  r.n = static_cast<std::size_t>(n);
  const double p = x / n, variance = p * (1 - p) * (ss - s * s / n);
  if (!(variance > 0)) return r;
  r.statistic = (xs - p * s) / std::sqrt(variance);
  r.p_value = numeric::two_sided_p(r.statistic);
  return r;
}

TENURE_INLINE proportion_comparison two_proportions(double x1, double n1, double x2, double n2, double level) {
  const double z = numeric::two_sided_z(level);
  proportion_comparison c;
  c.p1 = x1 / n1;
  c.p2 = x2 / n2;
  c.difference = c.p1 - c.p2;
  const auto gap = difference_ci(x1, n1, x2, n2, level);
  c.lower = gap.lower;
  c.upper = gap.upper;
  const double y1 = n1 - x1, y2 = n2 - x2;
  c.relative_risk = c.p1 / c.p2;
  const auto risks = ratio_ci(x1, n1, x2, n2, level);
  c.relative_risk_lower = risks.lower;
  c.relative_risk_upper = risks.upper;
  c.odds_ratio = x1 * y2 / (y1 * x2);
  const double error = std::sqrt(1 / x1 + 1 / x2 + 1 / y1 + 1 / y2);
  const bool open = std::isinf(error);
  c.odds_ratio_lower = open ? 0 : c.odds_ratio * std::exp(-z * error);
  c.odds_ratio_upper = open ? std::numeric_limits<double>::infinity() : c.odds_ratio * std::exp(z * error);
  c.cohen_h = 2 * (std::asin(std::sqrt(c.p1)) - std::asin(std::sqrt(c.p2)));
  c.cohen_h_lower = c.cohen_h - z * std::sqrt(1 / n1 + 1 / n2);
  c.cohen_h_upper = c.cohen_h + z * std::sqrt(1 / n1 + 1 / n2);
  const matrix counts(2, 2, {x1, y1, x2, y2});
  const double pooled = (x1 + x2) / (n1 + n2), variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2);
  c.statistic = variance > 0 ? c.difference * c.difference / variance : 0;
  c.p_value = numeric::chi_squared_sf(c.statistic, 1);
  c.p_value_corrected = variance > 0 ? yates_chi_squared(counts).p_value : 1;
  return c;
}

}  // namespace tenure::inline TENURE_ABI::stats
