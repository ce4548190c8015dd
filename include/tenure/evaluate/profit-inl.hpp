#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/evaluate/hull-inl.hpp"
#include "tenure/evaluate/profit.hpp"
#include "tenure/evaluate/ranking-inl.hpp"
#include "tenure/evaluate/score_slices-inl.hpp"
#include "tenure/numeric/distributions.hpp"

namespace tenure::inline TENURE_ABI::evaluate {

namespace detail {

inline profit_result profit_at(const score_groups& groups, const campaign& c, double accepted, const hull_point& point) {
  const double profit = (accepted * (c.clv - c.offer) - c.contact) * point.positive - (c.offer + c.contact) * point.negative;
  return {profit / groups.rows, (point.positive + point.negative) / groups.rows, point.score};
}

/// Profit and share to contact, the corners of the hull given.
inline profit_result expected_over_hull(const std::vector<hull_point>& hull, const campaign& c) {
  validate(c);
  if (!(c.offer < c.clv)) throw invalid_input("offer", "must be less than clv", c.offer);
  const double rows = hull.back().positive + hull.back().negative, mean = c.alpha / (c.alpha + c.beta);
  profit_result total;
  double from = 0, mass_from = 0, mean_from = 0;
  for (std::size_t i = 0; i < hull.size(); ++i) {
    // the accepted share from which the next corner is better
    double to = 1;
    if (i + 1 < hull.size()) {
      const double churners = hull[i + 1].positive - hull[i].positive, others = hull[i + 1].negative - hull[i].negative;
      if (churners > 0) to = std::clamp(((c.offer + c.contact) * others / churners + c.contact) / (c.clv - c.offer), from, 1.0);
    }
    if (to == from) continue;
    const double mass_to = to == 1 ? 1 : numeric::beta_cdf(to, c.alpha, c.beta), mean_to = mean * (to == 1 ? 1 : numeric::beta_cdf(to, c.alpha + 1, c.beta));
    const double mass = mass_to - mass_from, accepted = mean_to - mean_from;
    const double profit = ((c.clv - c.offer) * accepted - c.contact * mass) * hull[i].positive - (c.offer + c.contact) * mass * hull[i].negative;
    total.profit += profit / rows;
    total.share += mass * (hull[i].positive + hull[i].negative) / rows;
    from = to, mass_from = mass_to, mean_from = mean_to;
    if (to == 1) break;
  }
  return total;
}

}  // namespace detail

TENURE_INLINE profit_result expected_profit(const score_groups& groups, const campaign& c) {
  auto best = detail::expected_over_hull(detail::convex_hull(groups), c);
  best.threshold = best.share > 0 ? top_of(groups, best.share * groups.rows).threshold : INFINITY;
  return best;
}

TENURE_INLINE profit_result expected_profit(const scored& data, const campaign& c, const execution& run) {
  const auto of_slices = [&](const auto& slices) {
    const auto corners = slices.hull();
    if (corners.empty()) return expected_profit(group_scores(data, run), c);
    auto best = detail::expected_over_hull(corners, c);
    best.threshold = best.share > 0 ? slices.score_at(best.share * slices.rows()) : INFINITY;
    return best;
  };
  detail::check_lengths(data);
  return data.weight.empty() ? of_slices(detail::score_slices<std::uint32_t>(data, run)) : of_slices(detail::score_slices<double>(data, run));
}

TENURE_INLINE profit_result maximum_profit(const score_groups& groups, double accept_rate, const campaign& c) {
  validate(c);
  if (!(accept_rate >= 0 && accept_rate <= 1)) throw invalid_input("accept_rate", "must be between 0 and 1", accept_rate);
  profit_result best{0, 0, INFINITY};
  for (const auto& point : detail::convex_hull(groups)) {
    const auto here = detail::profit_at(groups, c, accept_rate, point);
    if (here.profit > best.profit) best = here;
  }
  return best;
}

TENURE_INLINE profit_points profit_curve(const score_groups& groups, const campaign& c, int slices) {
  validate(c);
  if (slices < 1) throw invalid_input("n_points", "must be at least 1", slices);
  profit_points points;
  const double accepted = c.alpha / (c.alpha + c.beta);
  for (int s = 0; s <= slices; ++s) {
    const double share = static_cast<double>(s) / slices;
    const top_part top = s == 0        ? top_part{0, 0, INFINITY}
                         : s == slices ? top_part{groups.rows, groups.positives, groups.score.back()}
                                       : top_of(groups, share * groups.rows);
    points.share.push_back(share);
    points.contacted.push_back(top.weight);
    points.churners.push_back(top.positives);
    points.profit.push_back(detail::profit_at(groups, c, accepted, {top.weight - top.positives, top.positives, top.threshold}).profit * groups.rows);
    points.threshold.push_back(top.threshold);
  }
  return points;
}

TENURE_INLINE double h_measure(const score_groups& groups, double severity_ratio) {
  if (!(severity_ratio >= 0 && severity_ratio < INFINITY)) throw invalid_input("severity_ratio", "must be >= 0", severity_ratio);
  const double pi1 = groups.positives / groups.rows, pi0 = groups.negatives / groups.rows;
  const double severity = severity_ratio > 0 ? severity_ratio : pi1 / pi0, a = 2, b = 1 + 1 / severity;
  // integrals of c u(c) and (1 - c) u(c) from 0 to c
  const auto of_zeros = [&](double c) { return a / (a + b) * (c >= 1 ? 1 : numeric::beta_cdf(c, a + 1, b)); };
  const auto of_ones = [&](double c) { return b / (a + b) * (c >= 1 ? 1 : numeric::beta_cdf(c, a, b + 1)); };
  const auto hull = detail::convex_hull(groups);
  double loss = 0, from = 0, zeros_from = 0, ones_from = 0;
  for (std::size_t k = hull.size(); k > 0; --k) {  // calling everybody 1 is best while wrong 1s cost nothing
    const auto& point = hull[k - 1];
    double to = 1;
    if (k > 1) {
      const double ones = point.positive - hull[k - 2].positive, zeros = point.negative - hull[k - 2].negative;
      to = std::max(from, ones / (ones + zeros));
    }
    const double zeros_to = of_zeros(to), ones_to = of_ones(to);
    loss += point.negative / groups.rows * (zeros_to - zeros_from) + (groups.positives - point.positive) / groups.rows * (ones_to - ones_from);
    from = to, zeros_from = zeros_to, ones_from = ones_to;
  }
  const double without = pi0 * of_zeros(pi1) + pi1 * (of_ones(1) - of_ones(pi1));
  return 1 - loss / without;
}

}  // namespace tenure::inline TENURE_ABI::evaluate
