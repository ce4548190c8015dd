#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "tenure/evaluate/ranking.hpp"

namespace tenure::inline TENURE_ABI::evaluate::detail {

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

}  // namespace tenure::inline TENURE_ABI::evaluate::detail
