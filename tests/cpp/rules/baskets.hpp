#pragma once

#include <map>
#include <set>
#include <vector>

#include "tenure/core/random.hpp"
#include "tenure/rules/itemsets.hpp"

namespace rules_test {

using namespace tenure;
using namespace tenure::rules;

using found = std::map<std::vector<std::int32_t>, std::uint32_t>;

inline transactions baskets_of(const std::vector<std::vector<std::int32_t>>& baskets, std::size_t item_count) {
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int32_t> items;
  for (const auto& basket : baskets) {
    items.insert(items.end(), basket.begin(), basket.end());
    offsets.push_back(static_cast<std::int64_t>(items.size()));
  }
  return make_transactions(offsets, items, item_count);
}

/// Simulated baskets with patterns: items come in groups, some groups imply an item of another, one item is in every basket.
inline transactions simulated_baskets(std::size_t n, std::size_t groups, std::uint64_t seed) {
  random_stream random(seed);
  std::vector<std::vector<std::int32_t>> baskets(n);
  for (auto& basket : baskets) {
    basket.push_back(0);
    for (std::size_t g = 0; g < groups; ++g) {
      if (random.uniform() > 0.5 / (1.0 + static_cast<double>(g) / 4)) continue;
      const auto first = static_cast<std::int32_t>(1 + 3 * g);
      basket.push_back(first);
      if (random.uniform() < 0.8) basket.push_back(first + 1);
      if (random.uniform() < 0.3) basket.push_back(first + 2);
      if (g > 1 && random.uniform() < 0.9) basket.push_back(static_cast<std::int32_t>(g));
    }
    random.shuffle(basket.data(), basket.size());
  }
  return baskets_of(baskets, 1 + 3 * groups);
}

inline found as_map(const itemsets& sets) {
  found out;
  for (std::size_t s = 0; s < sets.size(); ++s) {
    std::vector<std::int32_t> items(sets.set(s).begin(), sets.set(s).end());
    std::sort(items.begin(), items.end());
    out[items] = sets.counts[s];
  }
  return out;
}

/// All frequent sets by growing every set by every later item and counting from scratch.
inline found by_definition(const transactions& baskets, std::uint32_t minimum) {
  std::vector<std::set<std::int32_t>> rows;
  for (std::size_t t = 0; t < baskets.size(); ++t)
    rows.emplace_back(baskets.items.begin() + baskets.offsets[t], baskets.items.begin() + baskets.offsets[t + 1]);
  found out;
  const auto grow = [&](const auto& self, const std::vector<std::int32_t>& prefix, const std::vector<std::size_t>& holders) -> void {
    for (std::int32_t item = prefix.empty() ? 0 : prefix.back() + 1; item < static_cast<std::int32_t>(baskets.item_count); ++item) {
      std::vector<std::size_t> left;
      for (const std::size_t t : holders)
        if (rows[t].contains(item)) left.push_back(t);
      if (left.size() < minimum) continue;
      std::vector<std::int32_t> longer = prefix;
      longer.push_back(item);
      out[longer] = static_cast<std::uint32_t>(left.size());
      self(self, longer, left);
    }
  };
  std::vector<std::size_t> everybody(rows.size());
  for (std::size_t t = 0; t < rows.size(); ++t)
    everybody[t] = t;
  grow(grow, {}, everybody);
  return out;
}

/// Closed, maximal and generator sets among all frequent ones, by their definitions.
inline found target_by_definition(const found& all, itemset_target target, std::uint32_t baskets) {
  found out = all;
  for (const auto& [set, count] : all) {
    for (std::size_t i = 0; i < set.size(); ++i) {
      std::vector<std::int32_t> smaller = set;
      smaller.erase(smaller.begin() + static_cast<std::ptrdiff_t>(i));
      const std::uint32_t smaller_count = smaller.empty() ? baskets : all.at(smaller);
      if (target == itemset_target::maximal || (target == itemset_target::closed && smaller_count == count)) out.erase(smaller);
      if (target == itemset_target::generators && smaller_count == count) out.erase(set);
    }
  }
  return out;
}

}  // namespace rules_test
