#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

// What a tree grower needs to know of its target. A rule has a `stat`: what is summed over the rows of a node (any order, integers where
// possible, so that sums are exact), the cost of a pair of children (lower is better), and which children are allowed.

/// Two 32-bit sums in one word: `high` is signed. A sum of packed words is the packed sum, so that one addition updates both.
constexpr std::uint64_t pack(std::int64_t high, std::uint32_t low) { return (static_cast<std::uint64_t>(high) << 32) + low; }
constexpr double packed_high(std::uint64_t s) { return static_cast<double>(static_cast<std::int32_t>(s >> 32)); }
constexpr double packed_low(std::uint64_t s) { return static_cast<double>(static_cast<std::uint32_t>(s)); }

/// Sums of real weights: all rows, churners, and the plain number of rows.
struct weighted_counts {
  double all = 0, positive = 0, rows = 0;

  weighted_counts& operator+=(const weighted_counts& o) {
    all += o.all;
    positive += o.positive;
    rows += o.rows;
    return *this;
  }
  weighted_counts& operator-=(const weighted_counts& o) {
    all -= o.all;
    positive -= o.positive;
    rows -= o.rows;
    return *this;
  }
  friend weighted_counts operator-(weighted_counts a, const weighted_counts& b) { return a -= b; }
  friend bool operator==(const weighted_counts&, const weighted_counts&) = default;
};

struct class_totals {
  double negative, positive;
  double all() const { return negative + positive; }
};

/// Two classes under Gini or entropy. Stat is the packed pair (churners, rows), weighted by class when costs are computed, or
/// weighted_counts, whose weights include the class weight.
template <class Stat, bool Entropy>
struct class_rule {
  using stat = Stat;
  double weight0 = 1, weight1 = 1;
  double min_rows = 1, min_weight = 0;

  static constexpr bool exact_bounds = true;  // a split outside monotone bounds is refused, not clipped

  class_totals totals(const stat& s) const {
    if constexpr (std::is_same_v<stat, std::uint64_t>)
      return {(packed_low(s) - packed_high(s)) * weight0, packed_high(s) * weight1};
    else
      return {std::max(s.all - s.positive, 0.0), s.positive};
  }
  static double rows(const stat& s) {
    if constexpr (std::is_same_v<stat, std::uint64_t>)
      return packed_low(s);
    else
      return s.rows;
  }
  static bool empty(const stat& s) { return rows(s) == 0; }
  double weight(const stat& s) const { return totals(s).all(); }
  double value(const stat& s) const {
    const auto t = totals(s);
    return t.all() > 0 ? t.positive / t.all() : 0.0;
  }
  double order(const stat& s) const { return value(s); }
  bool done(const stat& s) const { return std::min(totals(s).negative, totals(s).positive) <= 1e-12 * totals(s).all(); }
  /// Weight times impurity, up to the factor `scale`.
  static constexpr double scale = Entropy ? 1.0 : 2.0;
  double node_cost(const stat& s) const {
    const auto t = totals(s);
    if constexpr (Entropy) return xlog(t.all()) - xlog(t.negative) - xlog(t.positive);
    return t.all() > 0 ? t.negative * t.positive / t.all() : 0.0;
  }
  double pair_cost(const stat& left, const stat& right) const {
    if constexpr (Entropy) return node_cost(left) + node_cost(right);
    const auto l = totals(left), r = totals(right);
    const double wl = l.all(), wr = r.all();
    return (l.negative * l.positive * wr + r.negative * r.positive * wl) / (wl * wr);
  }
  bool allowed(const stat& left, const stat& right) const {
    if (std::min(rows(left), rows(right)) < min_rows) return false;
    return min_weight <= 0 || std::min(weight(left), weight(right)) >= min_weight;
  }
  static bool perfect(double cost) { return cost <= 0; }

 private:
  static double xlog(double x) { return x > 0 ? x * std::log2(x) : 0.0; }
};

/// Gradient and Hessian of a loss in fixed point (packed pair): Newton gain with L1 and L2 penalties.
struct newton_rule {
  using stat = std::uint64_t;
  double gradient_step = 1, hessian_step = 1;  // what one unit stands for
  double l1 = 0, l2 = 0;
  double min_rows = 1, min_hessian = 0;
  double rows_per_hessian = 0;  // in the node at hand: the number of rows is estimated from the Hessian

  static constexpr bool exact_bounds = false;
  static constexpr double scale = 1.0;

  double gradient(stat s) const { return packed_high(s) * gradient_step; }
  double hessian(stat s) const { return packed_low(s) * hessian_step; }
  static bool empty(stat s) { return s == 0; }
  double shrunk(double g) const { return l1 <= 0 ? g : g > l1 ? g - l1 : g < -l1 ? g + l1 : 0.0; }
  double value(stat s) const { return -shrunk(gradient(s)) / (hessian(s) + l2 + 1e-300); }
  double order(stat s) const { return gradient(s) / (hessian(s) + 1.0); }
  double weight(stat s) const { return hessian(s); }
  bool done(stat) const { return false; }
  double node_cost(stat s) const {
    const double g = shrunk(gradient(s));
    return -g * g / (hessian(s) + l2 + 1e-300);
  }
  double pair_cost(stat left, stat right) const {
    const double gl = shrunk(gradient(left)), gr = shrunk(gradient(right)), hl = hessian(left) + l2 + 1e-300, hr = hessian(right) + l2 + 1e-300;
    return -(gl * gl * hr + gr * gr * hl) / (hl * hr);
  }
  bool allowed(stat left, stat right) const {
    const double h = std::min(hessian(left), hessian(right));
    return h >= min_hessian && h > 0 && h * rows_per_hessian >= min_rows;
  }
  static bool perfect(double) { return false; }
};

}  // namespace tenure::inline TENURE_ABI::trees::detail
