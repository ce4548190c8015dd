#pragma once

#include <algorithm>
#include <deque>

#include "tenure/rules/collector-inl.hpp"
#include "tenure/rules/database-inl.hpp"

namespace tenure::inline TENURE_ABI::rules::detail {

/// Baskets as a prefix tree: equal beginnings share nodes, nodes of an item are linked. Items are numbered from 0 within a tree.
struct prefix_tree {
  static constexpr auto none = static_cast<std::uint32_t>(-1);
  struct node {
    std::uint32_t item, parent, count, next;
  };
  struct path {
    std::size_t begin, end;
    std::uint32_t count;
  };

  std::vector<node> nodes;
  std::vector<std::uint32_t> head;   // per item its first node
  std::vector<std::uint32_t> total;  // per item its number of baskets
  std::vector<std::uint32_t> rank;   // per item its rank in the database

  /// Builds from ascending item lists `items[begin, end)`, equal beginnings brought together by sorting.
  void build(const std::vector<std::uint32_t>& items, std::vector<path>& paths, std::size_t item_count) {
    std::sort(paths.begin(), paths.end(), [&](const path& a, const path& b) {
      return std::lexicographical_compare(items.begin() + static_cast<std::ptrdiff_t>(a.begin), items.begin() + static_cast<std::ptrdiff_t>(a.end),
                                          items.begin() + static_cast<std::ptrdiff_t>(b.begin), items.begin() + static_cast<std::ptrdiff_t>(b.end));
    });
    nodes.clear();
    head.assign(item_count, none);
    std::vector<std::uint32_t> last;  // nodes of the path before
    for (const path& p : paths) {
      std::size_t depth = 0;
      while (depth < last.size() && p.begin + depth < p.end && nodes[last[depth]].item == items[p.begin + depth])
        nodes[last[depth++]].count += p.count;
      last.resize(depth);
      for (std::size_t i = p.begin + depth; i < p.end; ++i) {
        nodes.push_back({items[i], last.empty() ? none : last.back(), p.count, head[items[i]]});
        last.push_back(head[items[i]] = static_cast<std::uint32_t>(nodes.size() - 1));
      }
    }
  }
};

/// FP-growth: the sets that end in an item are found in the tree of what precedes it.
class fpgrowth_search {
 public:
  fpgrowth_search(const prefix_tree& tree, collector& out) : tree_(tree), collector_(out) {}

  void from_root(std::uint32_t root, found_sets& out) {
    out_ = &out;
    prefix_.clear();
    free_.clear();
    grow(tree_, root, 0);
  }

 private:
  struct work {
    prefix_tree tree;
    std::vector<std::uint32_t> items, number_of, counts;
    std::vector<prefix_tree::path> paths;
  };

  void grow(const prefix_tree& tree, std::uint32_t item, std::size_t depth) {
    const std::uint32_t minimum = collector_.minimum(), count = tree.total[item];
    if (count < minimum) return;
    while (levels_.size() <= depth)
      levels_.emplace_back();
    work& below = levels_[depth];
    const std::size_t free_before = free_.size();
    prefix_.push_back(tree.rank[item]);
    below.counts.assign(item, 0);
    for (std::uint32_t n = tree.head[item]; n != prefix_tree::none; n = tree.nodes[n].next)
      for (std::uint32_t p = tree.nodes[n].parent; p != prefix_tree::none; p = tree.nodes[p].parent)
        below.counts[tree.nodes[p].item] += tree.nodes[n].count;
    below.number_of.assign(item, prefix_tree::none);
    below.tree.rank.clear();
    below.tree.total.clear();
    for (std::uint32_t i = 0; i < item; ++i) {
      if (below.counts[i] < minimum) continue;
      if (below.counts[i] == count) {
        free_.push_back(tree.rank[i]);
        continue;
      }
      below.number_of[i] = static_cast<std::uint32_t>(below.tree.rank.size());
      below.tree.rank.push_back(tree.rank[i]);
      below.tree.total.push_back(below.counts[i]);
    }
    collector_.add(*out_, prefix_, free_, count);
    if (!below.tree.rank.empty() && prefix_.size() < collector_.longest()) {
      condition(tree, item, below);
      for (auto i = static_cast<std::uint32_t>(below.tree.rank.size()); i-- > 0;)
        grow(below.tree, i, depth + 1);
    }
    prefix_.pop_back();
    free_.resize(free_before);
  }

  /// The tree of what precedes `item`, without items that are out of the question.
  static void condition(const prefix_tree& tree, std::uint32_t item, work& below) {
    below.items.clear();
    below.paths.clear();
    for (std::uint32_t n = tree.head[item]; n != prefix_tree::none; n = tree.nodes[n].next) {
      const std::size_t begin = below.items.size();
      for (std::uint32_t p = tree.nodes[n].parent; p != prefix_tree::none; p = tree.nodes[p].parent) {
        const std::uint32_t number = below.number_of[tree.nodes[p].item];
        if (number != prefix_tree::none) below.items.push_back(number);
      }
      if (below.items.size() == begin) continue;
      std::reverse(below.items.begin() + static_cast<std::ptrdiff_t>(begin), below.items.end());
      below.paths.push_back({begin, below.items.size(), tree.nodes[n].count});
    }
    below.tree.build(below.items, below.paths, below.tree.rank.size());
  }

  const prefix_tree& tree_;
  collector& collector_;
  found_sets* out_ = nullptr;
  std::vector<std::uint32_t> prefix_, free_;
  std::deque<work> levels_;
};

inline prefix_tree tree_of(const database& data) {
  prefix_tree tree;
  std::vector<prefix_tree::path> paths;
  paths.reserve(data.rows);
  for (std::size_t t = 0; t < data.rows; ++t)
    paths.push_back({data.row_begin[t], data.row_begin[t + 1], 1});
  tree.total = data.count_of_rank;
  for (std::uint32_t r = 0; r < data.ranks(); ++r)
    tree.rank.push_back(r);
  tree.build(data.row_items, paths, data.ranks());
  return tree;
}

}  // namespace tenure::inline TENURE_ABI::rules::detail
