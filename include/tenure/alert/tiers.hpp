#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::alert {

struct tier_result {
  std::vector<std::int32_t> tier;
  std::vector<double> customers, moved_down;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("tier", self.tier, "of each customer, 0 the first; as many as there are tiers: none");
    visit("customers", self.customers, "in each tier, and last without one");
    visit("moved_down", self.moved_down, "customers that a tier had no room for");
  }
};

/// Tiers by score: `from[k]` is the least score of tier k, falling from tier to tier; `capacity[k]` the customers it has room for (infinite: no
/// limit). Customers are placed from the highest score down; who finds no room goes to the next tier, and so on. Of equal scores the earlier
/// row comes first. O(n log n). Throws invalid_input for a missing score, limits that do not fall, or capacities that are no counts.
tier_result assign_tiers(numeric_column score, const std::vector<double>& from, const std::vector<double>& capacity);

}  // namespace tenure::inline TENURE_ABI::alert

#ifndef TENURE_COMPILED
#include "tenure/alert/tiers-inl.hpp"
#endif
