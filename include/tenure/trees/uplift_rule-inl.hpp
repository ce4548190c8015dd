#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// Rows of a node with and without treatment, and those of them with outcome 1.
struct uplift_counts {
  std::uint32_t treated = 0, treated_events = 0, control = 0, control_events = 0;

  uplift_counts& operator+=(const uplift_counts& o) {
    treated += o.treated;
    treated_events += o.treated_events;
    control += o.control;
    control_events += o.control_events;
    return *this;
  }
  uplift_counts& operator-=(const uplift_counts& o) {
    treated -= o.treated;
    treated_events -= o.treated_events;
    control -= o.control;
    control_events -= o.control_events;
    return *this;
  }
  friend uplift_counts operator-(uplift_counts a, const uplift_counts& b) { return a -= b; }

  double rows() const { return static_cast<double>(treated) + static_cast<double>(control); }
  bool both_groups() const { return treated > 0 && control > 0; }
  /// Rate of outcome 1 among the treated less that among the others; both groups must be there.
  double uplift() const { return static_cast<double>(treated_events) / treated - static_cast<double>(control_events) / control; }
};

enum class distance : std::uint8_t { kl, euclidean, chi_squared };

/// How far apart two distributions over two outcomes are, from the probabilities of one outcome.
inline double two_way_divergence(distance kind, double p, double q) {
  if (kind == distance::euclidean) return 2 * (p - q) * (p - q);
  if (kind == distance::chi_squared) return (p - q) * (p - q) / (q * (1 - q));
  const auto term = [](double a, double b) { return a > 0 ? a * std::log2(a / b) : 0.0; };
  return term(p, q) + term(1 - p, 1 - q);
}

/// Splits that set the outcome's distributions of treated and other rows apart.
struct uplift_rule {
  using stat = uplift_counts;
  distance kind = distance::kl;
  bool normalised = true;
  double min_rows = 1, min_group_rows = 1;

  static constexpr bool exact_bounds = true;
  static constexpr double scale = 1.0;

  static double rows(const stat& s) { return s.rows(); }
  static bool empty(const stat& s) { return s.treated == 0 && s.control == 0; }
  double weight(const stat& s) const { return s.rows(); }
  double value(const stat& s) const { return treated_rate(s) - control_rate(s); }
  double order(const stat& s) const { return value(s); }
  bool done(const stat& s) const { return std::min(s.treated, s.control) < 2 * min_group_rows; }
  static bool perfect(double) { return false; }
  bool allowed(const stat& left, const stat& right) const {
    return std::min(rows(left), rows(right)) >= min_rows &&
           std::min(std::min(left.treated, left.control), std::min(right.treated, right.control)) >= min_group_rows;
  }
  double node_cost(const stat&) const { return 0.0; }
  double pair_cost(const stat& left, const stat& right) const {
    stat all = left;
    all += right;
    const double n = all.rows(), share = left.rows() / n;
    double gain = share * divergence(left) + (1 - share) * divergence(right) - divergence(all);
    if (normalised) gain /= normalisation(left, all);
    return -n * gain;
  }

 private:
  // Laplace's correction keeps the divergences of small nodes finite.
  static double treated_rate(const stat& s) { return (s.treated_events + 1.0) / (s.treated + 2.0); }
  static double control_rate(const stat& s) { return (s.control_events + 1.0) / (s.control + 2.0); }
  double divergence(const stat& s) const { return two_way_divergence(kind, treated_rate(s), control_rate(s)); }

  /// Entropy for the KL divergence, the Gini index for the others.
  double impurity(double p) const {
    if (kind != distance::kl) return 2 * p * (1 - p);
    const auto term = [](double a) { return a > 0 ? -a * std::log2(a) : 0.0; };
    return term(p) + term(1 - p);
  }
  double normalisation(const stat& left, const stat& all) const {
    const double treated = all.treated / all.rows(), p = static_cast<double>(left.treated) / all.treated, q = static_cast<double>(left.control) / all.control;
    return impurity(treated) * two_way_divergence(kind, p, q) + treated * impurity(p) + (1 - treated) * impurity(q) + 0.5;
  }
};

}  // namespace tenure::inline TENURE_ABI::trees::detail
