#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <queue>
#include <utility>
#include <vector>

#include "tenure/trees/grow-inl.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// Weakest-link pruning (Breiman et al. 1984, chapter 3): which node is cut at which complexity price, and the risk that is left.
struct pruning {
  std::vector<std::uint32_t> cut;
  std::vector<double> alpha, risk;  // one more than cuts: the whole tree first
  std::vector<std::uint32_t> leaves;
};

/// risk(node): its share of the total risk were it a leaf.
template <class Rule, class Risk>
pruning weakest_links(const grown_tree<Rule>& tree, Risk&& risk, double largest_alpha = std::numeric_limits<double>::infinity()) {
  const std::size_t count = tree.nodes.size();
  std::vector<double> own(count), branch(count);
  std::vector<std::uint32_t> leaves(count, 1), parent(count), preorder, open{0};
  while (!open.empty()) {
    const std::uint32_t at = open.back();
    open.pop_back();
    preorder.push_back(at);
    own[at] = branch[at] = risk(tree.nodes[at]);
    if (!tree.nodes[at].left) continue;
    for (const std::uint32_t child : {tree.nodes[at].right, tree.nodes[at].left}) {
      parent[child] = at;
      open.push_back(child);
    }
  }
  std::vector<bool> inner(count);
  for (std::size_t k = preorder.size(); k-- > 0;) {
    const auto& node = tree.nodes[preorder[k]];
    if (!node.left) continue;
    inner[preorder[k]] = true;
    branch[preorder[k]] = branch[node.left] + branch[node.right];
    leaves[preorder[k]] = leaves[node.left] + leaves[node.right];
  }
  pruning result;
  result.alpha.push_back(0);
  result.risk.push_back(branch[0]);
  result.leaves.push_back(leaves[0]);
  // Cheapest branch first, the earlier node where equal; a price that has changed since is skipped.
  std::vector<std::uint32_t> place(count);
  for (std::uint32_t k = 0; k < preorder.size(); ++k)
    place[preorder[k]] = k;
  std::vector<double> price(count);
  using offer = std::pair<double, std::uint32_t>;
  std::priority_queue<offer, std::vector<offer>, std::greater<>> offers;
  const auto bid = [&](std::uint32_t at) {
    price[at] = (own[at] - branch[at]) / (leaves[at] - 1);
    offers.emplace(price[at], place[at]);
  };
  for (const std::uint32_t at : preorder)
    if (inner[at]) bid(at);
  while (inner[0]) {
    const auto [best, position] = offers.top();
    const std::uint32_t weakest = preorder[position];
    if (!inner[weakest] || best != price[weakest]) {
      offers.pop();
      continue;
    }
    if (best > largest_alpha) break;
    std::vector<std::uint32_t> below{weakest};
    while (!below.empty()) {
      const std::uint32_t at = below.back();
      below.pop_back();
      if (!inner[at]) continue;
      inner[at] = false;
      below.push_back(tree.nodes[at].left);
      below.push_back(tree.nodes[at].right);
    }
    const double lost_risk = own[weakest] - branch[weakest];
    const std::uint32_t lost_leaves = leaves[weakest] - 1;
    for (std::uint32_t at = weakest;; at = parent[at]) {
      branch[at] += lost_risk;
      leaves[at] -= lost_leaves;
      if (inner[at]) bid(at);
      if (at == 0) break;
    }
    result.cut.push_back(weakest);
    result.alpha.push_back(best);
    result.risk.push_back(branch[0]);
    result.leaves.push_back(leaves[0]);
  }
  return result;
}

}  // namespace tenure::inline TENURE_ABI::trees::detail
