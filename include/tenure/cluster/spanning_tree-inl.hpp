#pragma once

#include <atomic>

#include "tenure/cluster/space_tree-inl.hpp"

// Internal: the minimum spanning tree of mutual reachability distances, exact, by Boruvka's algorithm on a space tree.

namespace tenure::inline TENURE_ABI::cluster::detail {

struct tree_edge {
  std::uint32_t a, b;  // input rows
  double length;
  double gap = 0;  // plain distance of the rows, squared: what orders edges of equal length

  friend bool operator<(const tree_edge& x, const tree_edge& y) {
    if (x.length != y.length) return x.length < y.length;
    if (x.gap != y.gap) return x.gap < y.gap;
    return std::minmax(x.a, x.b) < std::minmax(y.a, y.b);
  }
};

/// Boruvka 1926; every round each component takes its shortest edge to another one. A row's nearest foreign row stays the nearest while it is
/// foreign, so that most rows need no search in most rounds. Edges of a round are joined by ascending length, which makes the tree minimal
/// whatever the ties. Squared lengths throughout.
class spanning_tree {
 public:
  /// `core`: squared core distance by position; `near`: for every position some of its nearest rows.
  spanning_tree(const space_tree& tree, const std::vector<double>& core, const space_tree::neighbours& near, const execution& run)
      : tree_(tree),
        core_(core),
        run_(run),
        component_(tree.size()),
        least_core_(tree.nodes().size()),
        node_component_(tree.nodes().size()),
        length_(tree.size(), infinity),
        gap_(tree.size(), 0.0),
        other_(tree.size(), none),
        best_(tree.size()) {
    for (std::size_t v = tree.nodes().size(); v-- > 0;) {
      const auto& node = tree.nodes()[v];
      least_core_[v] =
          node.leaf() ? *std::min_element(core.begin() + node.begin, core.begin() + node.end) : std::min(least_core_[node.left], least_core_[node.right]);
    }
    std::iota(component_.begin(), component_.end(), std::uint32_t{0});
    for (std::uint32_t q = 0; q < tree.size(); ++q) {
      // A neighbour inside q's core distance with a core distance no larger cannot be beaten.
      for (std::size_t i = 0; i < near.count; ++i) {
        const std::uint32_t p = near.position[q * near.count + i];
        if (p != q && p != none && std::max(core[p], near.squared[q * near.count + i]) <= core[q]) offer(q, p, core[q], near.squared[q * near.count + i]);
      }
    }
  }

  std::vector<tree_edge> edges() {
    const std::size_t n = tree_.size();
    std::vector<tree_edge> edges;
    disjoint_sets sets(n);
    while (edges.size() + 1 < n) {
      mark_nodes();
      for (auto& b : best_)
        b.store(infinity, std::memory_order_relaxed);
      for (std::uint32_t q = 0; q < n; ++q)
        if (other_[q] != none && component_[other_[q]] != component_[q]) lower(best_[component_[q]], length_[q]);
      parallel_chunks(chunking(tree_.leaves().size(), 1, 4096), run_, [&](std::size_t, std::size_t begin, std::size_t end) {
        std::vector<double> query(tree_.cols());
        for (std::size_t l = begin; l < end; ++l) {
          const auto& leaf = tree_.nodes()[tree_.leaves()[l]];
          for (std::uint32_t q = leaf.begin; q < leaf.end; ++q)
            refresh(q, query);
        }
      });
      std::vector<std::uint32_t> choice(n, none);
      for (std::uint32_t q = 0; q < n; ++q) {
        if (other_[q] == none || component_[other_[q]] == component_[q]) continue;
        std::uint32_t& chosen = choice[component_[q]];
        if (chosen == none || before(q, chosen)) chosen = q;
      }
      std::erase(choice, none);
      std::sort(choice.begin(), choice.end(), [&](std::uint32_t x, std::uint32_t y) { return before(x, y); });
      for (const std::uint32_t q : choice)
        if (sets.join(q, other_[q])) edges.push_back(edge_of(q));
      for (std::uint32_t q = 0; q < n; ++q)
        component_[q] = sets.find(q);
    }
    return edges;
  }

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  static constexpr std::uint32_t none = 0xffffffffU, mixed = none;

  tree_edge edge_of(std::uint32_t q) const { return {tree_.row(q), tree_.row(other_[q]), length_[q], gap_[q]}; }
  bool before(std::uint32_t x, std::uint32_t y) const { return edge_of(x) < edge_of(y); }
  /// Keeps the shortest edge of q; among equals that to the row nearest by plain distance.
  void offer(std::uint32_t q, std::uint32_t p, double length, double gap) {
    if (other_[q] != none && !(tree_edge{tree_.row(q), tree_.row(p), length, gap} < edge_of(q))) return;
    length_[q] = length;
    gap_[q] = gap;
    other_[q] = p;
  }
  static void lower(std::atomic<double>& target, double value) {
    double seen = target.load(std::memory_order_relaxed);
    while (value < seen && !target.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
    }
  }

  /// The component of all rows below a node, or `mixed`.
  void mark_nodes() {
    for (std::size_t v = tree_.nodes().size(); v-- > 0;) {
      const auto& node = tree_.nodes()[v];
      if (!node.leaf()) {
        node_component_[v] = node_component_[node.left] == node_component_[node.right] ? node_component_[node.left] : mixed;
        continue;
      }
      node_component_[v] = component_[node.begin];
      for (std::uint32_t p = node.begin; p < node.end; ++p)
        if (component_[p] != node_component_[v]) node_component_[v] = mixed;
    }
  }

  /// Finds the nearest foreign row of q, unless the last one still is, or q cannot hold the shortest edge of its component. length_[q] is the
  /// length found, or with other_[q] = none a lower bound of it.
  void refresh(std::uint32_t q, std::vector<double>& query) {
    std::atomic<double>& best = best_[component_[q]];
    if (other_[q] != none && component_[other_[q]] != component_[q]) return;
    const double known = std::max(core_[q], other_[q] == none && length_[q] == infinity ? 0.0 : length_[q]);
    if (known > best.load(std::memory_order_relaxed)) {
      length_[q] = known;
      other_[q] = none;
      return;
    }
    tree_.points().copy_row(q, query.data());
    length_[q] = infinity;
    other_[q] = none;
    double skipped = infinity;
    search(0, q, query.data(), best, skipped);
    if (other_[q] == none || length_[q] > skipped) {  // something shorter may lie where the component's best edge cut the search
      length_[q] = std::min(length_[q], skipped);
      other_[q] = none;
      return;
    }
    lower(best, length_[q]);
  }

  void search(std::uint32_t v, std::uint32_t q, const double* query, std::atomic<double>& best, double& skipped) {
    const auto& node = tree_.nodes()[v];
    if (node_component_[v] == component_[q]) return;
    const double bound = std::max({core_[q], least_core_[v], tree_.least_squared(query, v)});
    if (bound > length_[q]) return;
    if (bound > best.load(std::memory_order_relaxed)) {
      skipped = std::min(skipped, bound);
      return;
    }
    if (!node.leaf()) {
      const bool left_first = tree_.least_squared(query, node.left) <= tree_.least_squared(query, node.right);
      search(left_first ? node.left : node.right, q, query, best, skipped);
      search(left_first ? node.right : node.left, q, query, best, skipped);
      return;
    }
    alignas(64) double gaps[space_tree::leaf_rows];
    tree_.scan(node, query, gaps);
    for (std::uint32_t p = node.begin; p < node.end; ++p) {
      if (component_[p] == component_[q]) continue;
      const double length = std::max({core_[q], core_[p], gaps[p - node.begin]});
      if (length <= length_[q]) offer(q, p, length, gaps[p - node.begin]);
    }
  }

  const space_tree& tree_;
  const std::vector<double>& core_;
  execution run_;
  std::vector<std::uint32_t> component_;
  std::vector<double> least_core_;
  std::vector<std::uint32_t> node_component_;
  std::vector<double> length_, gap_;
  std::vector<std::uint32_t> other_;
  std::vector<std::atomic<double>> best_;
};

}  // namespace tenure::inline TENURE_ABI::cluster::detail
