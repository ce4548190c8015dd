#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>

#include "tenure/evaluate/profit.hpp"
#include "tenure/evaluate/ranking-inl.hpp"
#include "tenure/numeric/distributions.hpp"

namespace tenure::inline TENURE_ABI::evaluate {

namespace detail {

struct hull_point {
  double negative = 0, positive = 0;  // weight of each class at or above the score
  double score = INFINITY;
};

/// The upper convex hull of the points pushed so far; they come with both weights rising.
class upper_hull {
 public:
  void push(const hull_point& at) {
    while (points.size() > 1) {
      const auto &a = points[points.size() - 2], &b = points.back();
      if ((b.negative - a.negative) * (at.positive - a.positive) - (b.positive - a.positive) * (at.negative - a.negative) < 0) break;
      points.pop_back();
    }
    points.push_back(at);
  }
  std::vector<hull_point> points{hull_point{}};
};

/// The corners of the upper convex hull of the ROC curve, from (0, 0) to all rows.
inline std::vector<hull_point> convex_hull(const score_groups& groups) {
  upper_hull hull;
  hull_point at;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    at = {at.negative + groups.negative[g], at.positive + groups.positive[g], groups.score[g]};
    hull.push(at);
  }
  return hull.points;
}

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

/// Weights of each class in equal slices of the score range (0 is the highest): enough to know where the hull can have corners.
class score_slices {
 public:
  explicit score_slices(const scored& data) : data_(data) {
    high_ = -INFINITY;
    double low = INFINITY;
    data.score.visit([&](auto score) {
      for (std::size_t i = 0; i < score.size(); ++i) {
        const auto s = static_cast<double>(score[i]);
        high_ = s > high_ ? s : high_, low = s < low ? s : low;
      }
    });
    const double range = high_ - low;
    scale_ = range > 0 ? (count - 1) / range : 0;
    if (!std::isfinite(scale_)) scale_ = 0;  // a range that over- or underflows: one slice
    for_rows([&](std::size_t slice, std::size_t y, double w, double) { weight_[2 * slice + y] += w; });
    double positives = 0, negatives = 0;
    for (std::size_t s = 0; s < count; ++s)
      negatives += weight_[2 * s], positives += weight_[2 * s + 1];
    require_both_classes(positives, negatives);
    rows_ = positives + negatives;
  }

  double rows() const { return rows_; }

  std::vector<hull_point> hull() const {
    upper_hull coarse;
    hull_point at;
    for (std::size_t s = 0; s < count; ++s) {
      if (weight_[2 * s] == 0 && weight_[2 * s + 1] == 0) continue;
      at = {at.negative + weight_[2 * s], at.positive + weight_[2 * s + 1], 0};
      coarse.push(at);
    }
    // a slice matters inside when the corner of its box (its 1s first) lies above the coarse hull
    std::vector<std::uint32_t> place(count, 0);
    std::vector<std::vector<std::array<double, 3>>> inside(1);
    at = {};
    std::size_t segment = 0;
    for (std::size_t s = 0; s < count; ++s) {
      const double negative = weight_[2 * s], positive = weight_[2 * s + 1];
      if (negative > 0 && positive > 0) {
        while (segment + 2 < coarse.points.size() && coarse.points[segment + 1].negative <= at.negative)
          ++segment;
        const auto &a = coarse.points[segment], &b = coarse.points[segment + 1];
        if ((b.negative - a.negative) * (at.positive + positive - a.positive) > (b.positive - a.positive) * (at.negative - a.negative)) {
          place[s] = static_cast<std::uint32_t>(inside.size());
          inside.emplace_back();
        }
      }
      at = {at.negative + negative, at.positive + positive, 0};
    }
    for_rows([&](std::size_t slice, std::size_t y, double w, double score) {
      if (place[slice]) inside[place[slice]].push_back({score, y ? 0.0 : w, y ? w : 0.0});
    });
    upper_hull exact;
    at = {};
    for (std::size_t s = 0; s < count; ++s) {
      auto& rows = inside[place[s]];
      if (place[s] == 0) {
        if (weight_[2 * s] == 0 && weight_[2 * s + 1] == 0) continue;
        at = {at.negative + weight_[2 * s], at.positive + weight_[2 * s + 1], 0};
        exact.push(at);
        continue;
      }
      std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a[0] > b[0]; });
      for (std::size_t k = 0; k < rows.size(); ++k) {
        at = {at.negative + rows[k][1], at.positive + rows[k][2], rows[k][0]};
        if (k + 1 == rows.size() || rows[k + 1][0] != rows[k][0]) exact.push(at);
      }
    }
    return exact.points;
  }

  /// The score of the row at which the weight from the top reaches `wanted`.
  double score_at(double wanted) const {
    double above = 0;
    std::size_t target = 0;
    for (; target + 1 < count; ++target) {
      const double here = weight_[2 * target] + weight_[2 * target + 1];
      if (above + here >= wanted) break;
      above += here;
    }
    std::vector<std::array<double, 2>> rows;
    for_rows([&](std::size_t slice, std::size_t, double w, double score) {
      if (slice == target && w > 0) rows.push_back({score, w});
    });
    std::sort(rows.begin(), rows.end(), std::greater<>());
    for (const auto& [score, w] : rows)
      if ((above += w) >= wanted) return score;
    return rows.back()[0];
  }

 private:
  static constexpr std::size_t count = 65536;

  template <class Keep>
  void for_rows(Keep&& keep) const {
    data_.score.visit([&](auto score) {
      data_.y.visit([&](auto y) {
        for (std::size_t i = 0; i < score.size(); ++i) {
          const auto s = static_cast<double>(score[i]);
          keep(static_cast<std::size_t>((high_ - s) * scale_), static_cast<std::size_t>(y[i] != 0), data_.weight.empty() ? 1.0 : data_.weight[i], s);
        }
      });
    });
  }

  const scored& data_;
  double high_ = 0, scale_ = 0, rows_ = 0;
  std::vector<double> weight_ = std::vector<double>(2 * count);
};

}  // namespace detail

TENURE_INLINE profit_result expected_profit(const score_groups& groups, const campaign& c) {
  auto best = detail::expected_over_hull(detail::convex_hull(groups), c);
  best.threshold = best.share > 0 ? top_of(groups, best.share * groups.rows).threshold : INFINITY;
  return best;
}

TENURE_INLINE profit_result expected_profit(const scored& data, const campaign& c) {
  detail::check_scored(data);
  const detail::score_slices slices(data);
  auto best = detail::expected_over_hull(slices.hull(), c);
  best.threshold = best.share > 0 ? slices.score_at(best.share * slices.rows()) : INFINITY;
  return best;
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
