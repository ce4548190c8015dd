#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tenure/alert/tiers.hpp"

namespace tenure::inline TENURE_ABI::alert {

TENURE_INLINE tier_result assign_tiers(numeric_column score, const std::vector<double>& from, const std::vector<double>& capacity) {
  if (from.empty()) throw invalid_input("from", "must name a least score a tier");
  if (capacity.size() != from.size()) throw invalid_input("capacity", "must have one number a tier");
  for (std::size_t k = 0; k < from.size(); ++k) {
    if (std::isnan(from[k]) || (k > 0 && !(from[k] < from[k - 1]))) throw invalid_input("from", "must fall from tier to tier", from[k], k);
    if (!(capacity[k] >= 0) || (std::isfinite(capacity[k]) && capacity[k] != std::floor(capacity[k])))
      throw invalid_input("capacity", "must be a whole number >= 0", capacity[k], k);
  }
  for (std::size_t i = 0; i < score.size(); ++i)
    if (std::isnan(score[i])) throw invalid_input("score", "must not be missing", score[i], i);
  std::vector<std::size_t> order(score.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score[a] > score[b]; });
  tier_result r;
  r.tier.assign(score.size(), 0);
  r.customers.assign(from.size() + 1, 0);
  r.moved_down.assign(from.size(), 0);
  for (const std::size_t i : order) {
    std::size_t k = 0;
    while (k < from.size() && score[i] < from[k])
      ++k;
    while (k < from.size() && r.customers[k] >= capacity[k])
      r.moved_down[k++] += 1;
    r.tier[i] = static_cast<std::int32_t>(k);
    r.customers[k] += 1;
  }
  return r;
}

}  // namespace tenure::inline TENURE_ABI::alert
