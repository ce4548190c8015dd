#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/learn/natural_spline.hpp"

namespace tenure::inline TENURE_ABI::learn {

namespace detail {

/// Cubic B-splines on boundary knots taken four times and interior knots once.
class cubic_splines {
 public:
  explicit cubic_splines(const std::vector<double>& knots) : t_(knots) {
    t_.insert(t_.begin(), 3, knots.front());
    t_.insert(t_.end(), 3, knots.back());
  }

  std::size_t size() const { return t_.size() - 4; }

  /// The derivative of every spline at x within the boundary (0: the value), by the recursions of Cox and de Boor.
  std::vector<double> at(double x, int derivative) const {
    const auto last = t_.end() - 5;  // the last piece holds the upper boundary
    const auto piece = std::min(std::upper_bound(t_.begin() + 3, t_.end() - 3, x) - 1, last);
    std::vector<double> values(t_.size() - 1);
    values[static_cast<std::size_t>(piece - t_.begin())] = 1;
    for (int order = 2; order <= 4; ++order) {
      const auto k = static_cast<std::size_t>(order);
      const bool differentiate = order > 4 - derivative;
      for (std::size_t i = 0; i + k < t_.size(); ++i) {
        const double left = t_[i + k - 1] - t_[i], right = t_[i + k] - t_[i + 1];
        const double a = left > 0 ? values[i] / left : 0.0, b = right > 0 ? values[i + 1] / right : 0.0;
        values[i] = differentiate ? (order - 1) * (a - b) : (x - t_[i]) * a + (t_[i + k] - x) * b;
      }
    }
    values.resize(size());
    return values;
  }

 private:
  std::vector<double> t_;
};

/// Turns a vector in place by I - 2 v v' / v'v.
inline void reflect(const std::vector<double>& v, std::vector<double>& x) {
  double along = 0, length = 0;
  for (std::size_t k = 0; k < v.size(); ++k)
    along += v[k] * x[k], length += v[k] * v[k];
  if (length == 0) return;
  for (std::size_t k = 0; k < v.size(); ++k)
    x[k] -= 2 * along / length * v[k];
}

/// The reflection that leaves only the first `at + 1` entries of x; entries before `at` stay.
inline std::vector<double> reflection_of(const std::vector<double>& x, std::size_t at) {
  std::vector<double> v(x);
  double length = 0;
  for (std::size_t k = at; k < x.size(); ++k)
    length += x[k] * x[k];
  std::fill(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(at), 0.0);
  v[at] += std::copysign(std::sqrt(length), x[at]);
  return v;
}

}  // namespace detail

TENURE_INLINE std::vector<double> natural_spline_knots(column_view<double> x, int df) {
  if (df < 1) throw invalid_input("df", "must be at least 1", df);
  if (x.empty()) throw invalid_input("x", "has no rows");
  std::vector<double> sorted;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i])) throw invalid_input("x", "must be a finite number", x[i], i);
    sorted.push_back(x[i]);
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> knots{sorted.front()};
  for (int k = 1; k < df; ++k) {
    const double place = static_cast<double>(k) / df * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const double part = place - static_cast<double>(below);
    knots.push_back(part > 0 ? (1 - part) * sorted[below] + part * sorted[below + 1] : sorted[below]);
  }
  knots.push_back(sorted.back());
  for (std::size_t k = 1; k < knots.size(); ++k)
    if (!(knots[k] > knots[k - 1])) throw invalid_input("df", "asks for more knots than x has separate values for", df);
  return knots;
}

TENURE_INLINE matrix natural_spline_basis(column_view<double> x, const std::vector<double>& knots) {
  if (knots.size() < 2) throw invalid_input("knots", "must be at least two, the boundary");
  for (std::size_t k = 0; k < knots.size(); ++k)
    if (!std::isfinite(knots[k]) || (k > 0 && !(knots[k] > knots[k - 1]))) throw invalid_input("knots", "must be finite and rise", knots[k], k);
  const detail::cubic_splines splines(knots);
  const double low = knots.front(), high = knots.back();
  const auto without_first = [](std::vector<double> values) {
    values.erase(values.begin());
    return values;
  };
  auto at_low = without_first(splines.at(low, 2)), at_high = without_first(splines.at(high, 2));
  const auto first = detail::reflection_of(at_low, 0);
  detail::reflect(first, at_high);
  const auto second = detail::reflection_of(at_high, 1);
  const auto basis = [&](double at, int derivative) {
    auto values = without_first(splines.at(at, derivative));
    detail::reflect(first, values);
    detail::reflect(second, values);
    return std::vector<double>(values.begin() + 2, values.end());
  };
  const auto low_value = basis(low, 0), low_slope = basis(low, 1), high_value = basis(high, 0), high_slope = basis(high, 1);
  matrix out(x.size(), knots.size() - 1);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i])) throw invalid_input("x", "must be a finite number", x[i], i);
    if (x[i] >= low && x[i] <= high) {
      const auto values = basis(x[i], 0);
      std::copy(values.begin(), values.end(), out.row(i));
      continue;
    }
    const auto &value = x[i] < low ? low_value : high_value, &slope = x[i] < low ? low_slope : high_slope;
    for (std::size_t j = 0; j < value.size(); ++j)
      out(i, j) = value[j] + (x[i] - (x[i] < low ? low : high)) * slope[j];
  }
  return out;
}

}  // namespace tenure::inline TENURE_ABI::learn
