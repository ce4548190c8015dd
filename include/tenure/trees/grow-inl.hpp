#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// Where growth stops, which columns a node may use, and which way predictions must go with a column.
struct grow_limits {
  std::uint32_t max_depth = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t max_leaf_nodes = 0;  // 0: no limit; else the best split of all open nodes is made next
  double min_rows_split = 2;
  double min_gain = -std::numeric_limits<double>::infinity();  // in units of the rule's cost
  bool positive_gain = false;                                  // a split must improve, not just separate
  std::vector<std::uint32_t> features;
  std::uint32_t features_per_node = 0;  // 0 or >= features.size(): all
  std::vector<std::int8_t> monotone;    // empty, or one of -1, 0, 1 a column
  std::uint64_t seed = 0, stream = 0;

  bool samples_features() const { return features_per_node > 0 && features_per_node < features.size(); }
};

/// A node while the tree grows. `left` == 0 marks a leaf; rows [begin, end) of the grower's row list are its own.
template <class Rule>
struct grown_node {
  std::uint32_t left = 0, right = 0;
  std::uint32_t feature = 0, code = 0, next = 0;  // code: the last that goes left; next: the first that goes right, 0 when only missing does
  std::uint32_t set = 0;
  bool missing_left = false, categorical = false;
  std::uint32_t begin = 0, end = 0;
  double gain = 0;
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  typename Rule::stat total{};
};

template <class Rule>
struct grown_tree {
  std::vector<grown_node<Rule>> nodes;
  std::vector<std::uint32_t> sets;  // set_words words each
};

/// The best split found so far.
struct split_choice {
  double cost = std::numeric_limits<double>::infinity();
  std::uint32_t feature = 0, code = 0, next = 0, left_levels = 0;
  bool missing_left = false, categorical = false;
  bool found() const { return cost < std::numeric_limits<double>::infinity(); }
};

/// The rows of a node that share a code of one column.
template <class Stat>
struct code_cell {
  std::uint32_t code;
  Stat sum;
};

/// What a node's children may be, besides what the rule says.
struct node_frame {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  const std::int8_t* monotone = nullptr;  // one a column
};

template <class Rule>
class split_scanner {
 public:
  using stat = typename Rule::stat;
  split_scanner(const Rule& rule, const stat& total, const node_frame& frame, split_choice& best) : rule_(rule), total_(total), frame_(frame), best_(best) {}

  /// Tries every split of a numeric column: cells ascend by code, code 0 (missing) first. Equal costs keep the earlier split.
  void numeric(std::uint32_t feature, const code_cell<stat>* cells, std::size_t count) {
    const bool missing = cells[0].code == 0;
    const std::size_t first = missing;
    stat left{};
    for (std::size_t k = first; k + 1 < count; ++k) {
      left += cells[k].sum;
      consider(feature, left, cells[k].code, cells[k + 1].code, false);
    }
    if (!missing) return;
    left += cells[count - 1].sum;
    consider(feature, left, cells[count - 1].code, 0, false);
    left = cells[0].sum;
    for (std::size_t k = first; k + 1 < count; ++k) {
      left += cells[k].sum;
      consider(feature, left, cells[k].code, cells[k + 1].code, true);
    }
  }

  /// Sorts the levels (missing is one) by the rule's order and tries every prefix: for two classes and for Newton gains no subset beats the
  /// best prefix (Breiman et al. 1984, theorem 4.5). Reorders the cells.
  void categorical(std::uint32_t feature, code_cell<stat>* cells, std::size_t count) {
    order_levels(rule_, cells, count);
    stat left{};
    for (std::size_t k = 0; k + 1 < count; ++k) {
      left += cells[k].sum;
      if (!consider(feature, left, 0, 0, false)) continue;
      best_.categorical = true;
      best_.left_levels = static_cast<std::uint32_t>(k + 1);
    }
  }

  static void order_levels(const Rule& rule, code_cell<stat>* cells, std::size_t count) {
    std::sort(cells, cells + count, [&](const auto& a, const auto& b) {
      const double x = rule.order(a.sum), y = rule.order(b.sum);
      return x != y ? x < y : a.code < b.code;
    });
  }

 private:
  bool consider(std::uint32_t feature, const stat& left, std::uint32_t code, std::uint32_t next, bool missing_left) {
    const stat right = total_ - left;
    if (!rule_.allowed(left, right)) return false;
    const double cost = rule_.pair_cost(left, right);
    if (!(cost < best_.cost)) return false;
    if (frame_.monotone && !keeps_direction(feature, left, right)) return false;
    best_ = {cost, feature, code, next, 0, missing_left, false};
    return true;
  }

  bool keeps_direction(std::uint32_t feature, const stat& left, const stat& right) const {
    double l = rule_.value(left), r = rule_.value(right);
    if constexpr (Rule::exact_bounds) {
      if (std::min(l, r) < frame_.low || std::max(l, r) > frame_.high) return false;
    } else {
      l = std::clamp(l, frame_.low, frame_.high);
      r = std::clamp(r, frame_.low, frame_.high);
    }
    const int direction = frame_.monotone[feature];
    return direction == 0 || (direction > 0 ? l <= r : l >= r);
  }

  const Rule& rule_;
  const stat& total_;
  const node_frame& frame_;
  split_choice& best_;
};

/// Records a split in its node: direction of missing values, level set, gain.
template <class Rule>
void record_split(const Rule& rule, const split_choice& best, std::span<const code_cell<typename Rule::stat>> cells, std::uint32_t set_words,
                  grown_node<Rule>& node, std::vector<std::uint32_t>& sets) {
  using stat = typename Rule::stat;
  node.feature = best.feature;
  node.gain = rule.node_cost(node.total) - best.cost;
  node.code = best.code;
  node.next = best.next;
  node.categorical = best.categorical;
  if (!best.categorical) {
    stat left{};
    bool missing = false;
    for (const auto& c : cells) {
      if (c.code == 0)
        missing = true;
      else if (c.code <= best.code)
        left += c.sum;
    }
    node.missing_left = missing ? best.missing_left : rule.weight(left) >= rule.weight(node.total - left);
    return;
  }
  std::vector<code_cell<stat>> ordered(cells.begin(), cells.end());
  split_scanner<Rule>::order_levels(rule, ordered.data(), ordered.size());
  stat left{};
  for (std::size_t k = 0; k < best.left_levels; ++k)
    left += ordered[k].sum;
  const bool left_heavier = rule.weight(left) >= rule.weight(node.total - left);
  node.set = static_cast<std::uint32_t>(sets.size() / set_words);
  sets.resize(sets.size() + set_words, left_heavier ? ~std::uint32_t{0} : 0U);  // codes that the node has not seen follow the heavier child
  std::uint32_t* const set = sets.data() + std::size_t{node.set} * set_words;
  for (std::size_t k = 0; k < ordered.size(); ++k) {
    const std::uint32_t bit = std::uint32_t{1} << (ordered[k].code % 32);
    if (k < best.left_levels)
      set[ordered[k].code / 32] |= bit;
    else
      set[ordered[k].code / 32] &= ~bit;
  }
}

/// Values that the children of a node may take, when its split column or one above it is monotone.
template <class Rule>
void bound_children(const Rule& rule, const grow_limits& limits, const grown_node<Rule>& node, grown_node<Rule>& left, grown_node<Rule>& right) {
  if (limits.monotone.empty()) return;
  left.low = right.low = node.low;
  left.high = right.high = node.high;
  const int direction = limits.monotone[node.feature];
  if (direction == 0) return;
  const double middle = (std::clamp(rule.value(left.total), node.low, node.high) + std::clamp(rule.value(right.total), node.low, node.high)) / 2;
  (direction > 0 ? left : right).high = middle;
  (direction > 0 ? right : left).low = middle;
}

}  // namespace tenure::inline TENURE_ABI::trees::detail
