#pragma once

#include "tenure/cluster/hdbscan.hpp"
#include "tenure/cluster/spanning_tree-inl.hpp"

// Internal: from a minimum spanning tree to the clusters of HDBSCAN.

namespace tenure::inline TENURE_ABI::cluster::detail {

/// Merges in ascending order: nodes 0 .. n - 1 are rows, n + i is merge i.
struct merge_tree {
  struct merge {
    std::uint32_t left, right, size;
    double distance;
  };
  std::size_t rows;
  std::vector<merge> merges;

  /// `edges`: a spanning tree with distances (not squared); sorted here.
  merge_tree(std::size_t n, std::vector<tree_edge> edges) : rows(n) {
    std::sort(edges.begin(), edges.end());
    disjoint_sets sets(n);
    std::vector<std::uint32_t> top(n);
    std::iota(top.begin(), top.end(), std::uint32_t{0});
    for (const tree_edge& e : edges) {
      const std::uint32_t a = sets.find(e.a), b = sets.find(e.b), left = std::min(top[a], top[b]), right = std::max(top[a], top[b]);
      merges.push_back({left, right, size(left) + size(right), e.length});
      sets.join(a, b);
      top[sets.find(a)] = static_cast<std::uint32_t>(n + merges.size() - 1);
    }
  }
  std::uint32_t size(std::uint32_t node) const { return node < rows ? 1 : merges[node - rows].size; }
};

/// The condensed tree: clusters of at least `least` rows, and for every row the cluster it leaves last and at which 1 / distance.
struct condensed_tree {
  std::vector<condensed_cluster> clusters;
  std::vector<std::int64_t> row_cluster;
  std::vector<double> row_lambda;
  std::vector<std::uint32_t> birth_size;

  condensed_tree(const merge_tree& tree, std::uint32_t least) : row_cluster(tree.rows, 0), row_lambda(tree.rows, 0.0) {
    clusters.push_back({});
    birth_size.push_back(static_cast<std::uint32_t>(tree.rows));
    if (tree.merges.empty()) return;
    std::vector<std::pair<std::uint32_t, std::int64_t>> level{{static_cast<std::uint32_t>(tree.rows + tree.merges.size() - 1), 0}}, next;
    for (; !level.empty(); level.swap(next), next.clear()) {
      for (const auto& [node, cluster] : level) {
        const auto& merge = tree.merges[node - tree.rows];
        const double lambda = merge.distance > 0 ? 1 / merge.distance : std::numeric_limits<double>::infinity();
        const bool split = tree.size(merge.left) >= least && tree.size(merge.right) >= least;
        for (const std::uint32_t child : {merge.left, merge.right}) {
          if (split) {
            leave(cluster, lambda, tree.size(child));
            next.emplace_back(child, static_cast<std::int64_t>(clusters.size()));
            clusters.push_back({.parent = cluster, .birth = lambda});
            birth_size.push_back(tree.size(child));
          } else if (tree.size(child) >= least) {
            next.emplace_back(child, cluster);
          } else {
            drop(tree, child, cluster, lambda);
          }
        }
      }
    }
  }

 private:
  void leave(std::int64_t cluster, double lambda, std::uint32_t rows) {
    condensed_cluster& c = clusters[static_cast<std::size_t>(cluster)];
    c.largest = std::max(c.largest, lambda);
    if (lambda > c.birth) c.stability += (lambda - c.birth) * rows;
  }
  void drop(const merge_tree& tree, std::uint32_t node, std::int64_t cluster, double lambda) {
    std::vector<std::uint32_t> open{node};
    while (!open.empty()) {
      const std::uint32_t v = open.back();
      open.pop_back();
      if (v >= tree.rows) {
        open.push_back(tree.merges[v - tree.rows].right);
        open.push_back(tree.merges[v - tree.rows].left);
        continue;
      }
      row_cluster[v] = cluster;
      row_lambda[v] = lambda;
      leave(cluster, lambda, 1);
    }
  }
};

/// Marks the selected clusters.
inline std::vector<char> select_clusters(const std::vector<condensed_cluster>& tree, const hdbscan_options& options) {
  const std::size_t count = tree.size();
  std::vector<std::vector<std::size_t>> children(count);
  for (std::size_t c = 1; c < count; ++c)
    children[static_cast<std::size_t>(tree[c].parent)].push_back(c);
  std::vector<char> selected(count, 0);
  if (options.selection == hdbscan_selection::leaf) {
    for (std::size_t c = 1; c < count; ++c)
      selected[c] = children[c].empty();
  } else {
    std::vector<double> best(count);
    for (std::size_t c = count; c-- > (options.single_cluster ? 0U : 1U);) {
      double below = 0;
      for (const std::size_t child : children[c])
        below += best[child];
      selected[c] = !(below > tree[c].stability);
      best[c] = selected[c] ? tree[c].stability : below;
    }
    for (std::size_t c = 1; c < count; ++c)  // nothing below a selected cluster
      for (std::int64_t up = tree[c].parent; up >= 0; up = tree[static_cast<std::size_t>(up)].parent)
        if (selected[static_cast<std::size_t>(up)]) {
          selected[c] = 0;
          break;
        }
  }
  if (options.epsilon > 0) {
    std::vector<char> wider(count, 0);
    for (std::size_t c = 1; c < count; ++c) {
      if (!selected[c]) continue;
      std::size_t at = c;
      while (at > 0 && !(tree[at].birth * options.epsilon <= 1)) {  // born closer than epsilon
        const auto up = static_cast<std::size_t>(tree[at].parent);
        if (up == 0 && !options.single_cluster) break;
        at = up;
      }
      wider[at] = 1;
    }
    if (selected[0]) wider[0] = 1;
    for (std::size_t c = 1; c < count; ++c)
      for (std::int64_t up = tree[c].parent; up >= 0; up = tree[static_cast<std::size_t>(up)].parent)
        if (wider[static_cast<std::size_t>(up)]) {
          wider[c] = 0;
          break;
        }
    selected = wider;
  }
  return selected;
}

}  // namespace tenure::inline TENURE_ABI::cluster::detail
