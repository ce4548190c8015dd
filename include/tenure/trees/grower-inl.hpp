#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <queue>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/trees/bins.hpp"
#include "tenure/trees/grow_block-inl.hpp"
#include "tenure/trees/kernels.hpp"
#include "tenure/trees/row_partition-inl.hpp"
#include "tenure/trees/sources-inl.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// Grows one tree. Large nodes are worked on by all threads, column by column; small subtrees by one thread each. The result does not depend
/// on the number of threads: every sum is made in row order by one thread, or of integers.
template <class Rule, class Source>
class tree_grower {
 public:
  using stat = typename Rule::stat;
  using node_type = grown_node<Rule>;

  tree_grower(const Rule& rule, const Source& source, const grow_limits& limits, const execution& run)
      : rule_(rule),
        source_(source),
        limits_(limits),
        run_{.threads = run.threads},
        set_words_(set_words_of(source.columns())),
        random_(limits.seed, limits.stream) {
    for (const auto& c : source.columns())
      categorical_.push_back(c.categorical);
    if (limits_.features.empty()) {
      limits_.features.resize(source.cols());
      std::iota(limits_.features.begin(), limits_.features.end(), 0U);
    }
    order_ = limits_.features;
  }

  /// Rows and their targets; both are reordered so that every node's rows stand together.
  grown_tree<Rule> grow(std::vector<std::uint32_t>& rows, std::vector<stat>& targets) {
    rows_ = &rows;
    targets_ = &targets;
    grown_tree<Rule> tree;
    tree_ = &tree;
    node_type root;
    root.end = static_cast<std::uint32_t>(rows.size());
    for (const stat& t : targets)
      root.total += t;
    tree.nodes.push_back(root);
    open_node first{0, 0, {}, {}};
    std::vector<open_node> open;
    if (!starts_block(tree.nodes[0], 0) && !prepare(first)) return tree;
    if (blocks_.empty()) open.push_back(std::move(first));
    std::size_t leaves = 1;
    while (!open.empty()) {
      if (limits_.max_leaf_nodes && leaves >= limits_.max_leaf_nodes) break;
      open_node item = take(open);
      leaves += expand(item, open);
    }
    grow_blocks();
    return tree;
  }

 private:
  struct open_node {
    std::uint32_t node, depth;
    split_choice best;
    std::vector<stat> histogram;           // 256 sums a feature, when all features are in use
    std::vector<code_cell<stat>> cells{};  // of the best split's column
    double gain = 0;
    double caution = 1;  // grows when a split left fewer rows than the rule had estimated
  };
  struct block_job {
    std::uint32_t node, depth;
  };

  open_node take(std::vector<open_node>& open) const {
    std::size_t pick = open.size() - 1;
    if (limits_.max_leaf_nodes)
      for (std::size_t i = 0; i + 1 < open.size(); ++i)
        if (open[i].gain > open[pick].gain || (open[i].gain == open[pick].gain && open[i].node < open[pick].node)) pick = i;
    open_node item = std::move(open[pick]);
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(pick));
    return item;
  }

  bool starts_block(const node_type& node, std::uint32_t depth) {
    if (limits_.max_leaf_nodes || estimates_rows || node.end - node.begin > Source::block_rows) return false;
    blocks_.push_back({static_cast<std::uint32_t>(&node - tree_->nodes.data()), depth});
    return true;
  }

  /// Rules that know the number of rows only approximately get it, node by node, in `prepare`.
  static constexpr bool estimates_rows = requires(Rule rule) { rule.rows_per_hessian; };

  double node_rows(const node_type& node) const {
    if constexpr (requires { Rule::rows(node.total); })
      return Rule::rows(node.total);
    else
      return static_cast<double>(node.end - node.begin);
  }

  /// Finds the node's best split; false when it stays a leaf.
  bool prepare(open_node& item) {
    const node_type& node = tree_->nodes[item.node];
    if (item.depth >= limits_.max_depth || rule_.done(node.total) || node_rows(node) < limits_.min_rows_split) return false;
    const node_frame frame{node.low, node.high, limits_.monotone.empty() ? nullptr : limits_.monotone.data()};
    Rule rule = rule_;
    if constexpr (estimates_rows)
      rule.rows_per_hessian = static_cast<double>(node.end - node.begin) / std::max(rule.hessian(node.total), 1e-300) / item.caution;
    const std::size_t all = order_.size(), wanted = limits_.samples_features() ? limits_.features_per_node : all;
    if (!limits_.samples_features() && keeps_histograms && item.histogram.empty()) build_histogram(node, item.histogram);
    std::size_t useful = 0, drawn = 0;
    while (drawn < all && useful < wanted) {
      const std::size_t first = drawn, count = std::min(all - drawn, wanted - useful);
      for (; drawn < first + count; ++drawn)
        if (limits_.samples_features()) std::swap(order_[drawn], order_[drawn + random_.below(all - drawn)]);
      std::vector<split_choice> best(count);
      std::vector<std::vector<code_cell<stat>>> found(count);
      if (limits_.samples_features()) sampled_histograms(node, first, count);
      for_columns(node, count, [&](std::size_t k) {
        const std::uint32_t feature = order_[first + k];
        auto& cells = found[k];
        cells = cells_of(node, item.histogram, feature, first + k, k);
        if (cells.size() < 2) return;
        split_scanner<Rule> scan(rule, node.total, frame, best[k]);
        if (categorical_[feature])
          scan.categorical(feature, cells.data(), cells.size());
        else
          scan.numeric(feature, cells.data(), cells.size());
      });
      for (std::size_t k = 0; k < count; ++k) {
        useful += found[k].size() >= 2;
        if (!(best[k].cost < item.best.cost)) continue;
        item.best = best[k];
        item.cells = std::move(found[k]);
      }
    }
    if (!item.best.found()) return false;
    item.gain = rule.node_cost(node.total) - item.best.cost;
    return item.gain >= limits_.min_gain && (!limits_.positive_gain || item.gain > 1e-12 * std::abs(item.best.cost));
  }

  /// Work on columns is shared between threads when there is enough of it.
  template <class Body>
  void for_columns(const node_type& node, std::size_t count, Body&& body) const {
    const std::size_t work = (keeps_histograms ? 256 : node.end - node.begin) * count;
    parallel_for(count, {.threads = work > 20'000 ? run_.threads : 1}, body);
  }

  // ---- histograms of binned columns ----

  static constexpr bool keeps_histograms = std::is_same_v<Source, binned_source>;

  /// Adds `n` rows, `first` of the node's on, to histograms of `count` columns.
  void add(const node_type& node, std::size_t first, std::size_t n, const std::uint32_t* features, std::size_t count, stat* out) const {
    if constexpr (keeps_histograms) {
      const std::uint32_t* const rows = rows_->data() + node.begin + first;
      const stat* const targets = targets_->data() + node.begin + first;
      if constexpr (std::is_same_v<stat, std::uint64_t>) {
        add_histograms(source_.table.codes.data(), source_.cols(), rows, targets, n, features, count, out);
      } else {
        for (std::size_t i = 0; i < n; ++i) {
          const std::uint8_t* const row = source_.table.row(rows[i]);
          for (std::size_t k = 0; k < count; ++k)
            out[256 * k + row[features[k]]] += targets[i];
        }
      }
    }
  }

  /// Columns for one thread, in eights: every thread reads all rows once.
  static std::size_t column_group(std::size_t columns, int threads) {
    const auto parts = static_cast<std::size_t>(thread_count(threads));
    return ((columns + 8 * parts - 1) / (8 * parts)) * 8;
  }

  /// Integers are summed by shares of the rows, one a thread; sums of real numbers keep the order of rows, so that threads share columns.
  void build_histogram(const node_type& node, std::vector<stat>& histogram) const {
    const std::size_t p = order_.size(), n = node.end - node.begin;
    histogram.assign(256 * p, stat{});
    const int threads = n * p > 50'000 ? run_.threads : 1;
    if constexpr (std::is_integral_v<stat>) {
      const std::size_t parts = std::clamp<std::size_t>(n / 4096, 1, static_cast<std::size_t>(thread_count(threads)));
      std::vector<std::vector<stat>> others(parts - 1);
      parallel_for(parts, {.threads = threads}, [&](std::size_t k) {
        if (k > 0) others[k - 1].assign(256 * p, stat{});
        add(node, n * k / parts, n * (k + 1) / parts - n * k / parts, order_.data(), p, k > 0 ? others[k - 1].data() : histogram.data());
      });
      for (const auto& other : others)
        for (std::size_t i = 0; i < histogram.size(); ++i)
          histogram[i] += other[i];
    } else {
      const std::size_t group = column_group(p, threads);
      parallel_for((p + group - 1) / group, {.threads = threads},
                   [&](std::size_t g) { add(node, 0, n, order_.data() + g * group, std::min(group, p - g * group), histogram.data() + 256 * g * group); });
    }
  }

  void sampled_histograms(const node_type& node, std::size_t first, std::size_t count) {
    if constexpr (keeps_histograms) {
      sampled_.assign(256 * count, stat{});
      const int threads = std::size_t{node.end - node.begin} * count > 50'000 ? run_.threads : 1;
      const std::size_t group = column_group(count, threads);
      parallel_for((count + group - 1) / group, {.threads = threads}, [&](std::size_t g) {
        add(node, 0, node.end - node.begin, order_.data() + first + g * group, std::min(group, count - g * group), sampled_.data() + 256 * g * group);
      });
    }
  }

  std::vector<code_cell<stat>> cells_of(const node_type& node, const std::vector<stat>& histogram, std::uint32_t feature, std::size_t position,
                                        std::size_t k) const {
    std::vector<code_cell<stat>> cells;
    if constexpr (keeps_histograms) {
      const stat* const sums = limits_.samples_features() ? sampled_.data() + 256 * k : histogram.data() + 256 * position;
      cells.reserve(256);
      for (std::uint32_t code = 0; code < 256; ++code)
        if (!Rule::empty(sums[code])) cells.push_back({code, sums[code]});
    } else {
      gather_cells(node, feature, cells);
    }
    return cells;
  }

  /// Cells of one column from the node's rows: by counting when ranks are about as many as rows, else by sorting.
  void gather_cells(const node_type& node, std::uint32_t feature, std::vector<code_cell<stat>>& cells) const {
    const std::size_t n = node.end - node.begin;
    const std::uint32_t* const rows = rows_->data() + node.begin;
    const stat* const targets = targets_->data() + node.begin;
    const auto* const codes = source_.column_codes(feature);
    std::vector<code_cell<stat>> found;
    std::uint32_t top = 0;
    for (std::size_t i = 0; i < n; ++i)
      top = std::max(top, codes[rows[i]]);
    if (top / 8 <= n) {
      std::vector<stat> sums(top + std::size_t{1});
      for (std::size_t i = 0; i < n; ++i)
        sums[codes[rows[i]]] += targets[i];
      for (std::uint32_t code = 0; code <= top; ++code)
        if (!Rule::empty(sums[code])) cells.push_back({code, sums[code]});
      return;
    }
    found.reserve(n);
    for (std::size_t i = 0; i < n; ++i)
      found.push_back({codes[rows[i]], targets[i]});
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.code < b.code; });
    for (const auto& c : found) {
      if (!cells.empty() && cells.back().code == c.code)
        cells.back().sum += c.sum;
      else
        cells.push_back(c);
    }
  }

  // ---- splitting ----

  /// Splits a node; false when the split left too few rows on a side and the node waits with another one, or stays a leaf.
  bool expand(open_node& item, std::vector<open_node>& open) {
    record_split(rule_, item.best, item.cells, set_words_, tree_->nodes[item.node], tree_->sets);
    const std::uint32_t middle = partition(tree_->nodes[item.node]);
    if constexpr (estimates_rows) {
      const node_type& split = tree_->nodes[item.node];
      if (std::min(middle - split.begin, split.end - middle) < rule_.min_rows) {
        item.caution *= 2;
        item.best = {};
        if (prepare(item)) open.push_back(std::move(item));
        return false;
      }
    }
    const auto at = static_cast<std::uint32_t>(tree_->nodes.size());
    tree_->nodes.resize(at + 2);
    node_type &node = tree_->nodes[item.node], &left = tree_->nodes[at], &right = tree_->nodes[at + 1];
    node.left = at;
    node.right = at + 1;
    left.begin = node.begin;
    left.end = right.begin = middle;
    right.end = node.end;
    if constexpr (std::is_integral_v<stat>) {
      for (const auto& c : item.cells)
        if (goes_left(node, c.code)) left.total += c.sum;
    } else {
      for (std::uint32_t i = left.begin; i < left.end; ++i)
        left.total += (*targets_)[i];
    }
    right.total = node.total - left.total;
    bound_children(rule_, limits_, node, left, right);
    open_node first{at, item.depth + 1, {}, {}}, second{at + 1, item.depth + 1, {}, {}};
    const bool left_block = starts_block(left, item.depth + 1), right_block = starts_block(right, item.depth + 1);
    if (!item.histogram.empty() && item.depth + 1 < limits_.max_depth && !(left_block && right_block))
      share_histogram(item.histogram, left, right, first.histogram, second.histogram);
    if (!right_block && prepare(second)) open.push_back(std::move(second));
    if (!left_block && prepare(first)) open.push_back(std::move(first));
    return true;
  }

  /// The smaller child's histogram is summed, the larger one's is the parent's less that.
  void share_histogram(std::vector<stat>& parent, const node_type& left, const node_type& right, std::vector<stat>& left_histogram,
                       std::vector<stat>& right_histogram) const {
    const bool left_small = left.end - left.begin <= right.end - right.begin;
    std::vector<stat>& small = left_small ? left_histogram : right_histogram;
    build_histogram(left_small ? left : right, small);
    for (std::size_t i = 0; i < parent.size(); ++i)
      parent[i] -= small[i];
    (left_small ? right_histogram : left_histogram) = std::move(parent);
  }

  bool goes_left(const node_type& node, std::uint32_t code) const {
    if (node.categorical) return (tree_->sets[std::size_t{node.set} * set_words_ + code / 32] >> (code % 32) & 1) != 0;
    return code == 0 ? node.missing_left : code <= node.code;
  }

  /// Moves the rows that go left to the front; returns where the others begin.
  std::uint32_t partition(const node_type& node) {
    const std::size_t n = node.end - node.begin;
    const execution how{.threads = n > 60'000 ? run_.threads : 1};
    const auto move = [&](auto&& to_left) {
      return node.begin + static_cast<std::uint32_t>(partition_(rows_->data() + node.begin, targets_->data() + node.begin, n,
                                                                source_.column_codes(node.feature), source_.stride(), to_left, how));
    };
    if constexpr (keeps_histograms) {
      std::array<bool, 256> goes{};
      for (std::uint32_t code = 0; code < source_.columns()[node.feature].codes(); ++code)
        goes[code] = goes_left(node, code);
      return move([&goes](std::uint8_t code) { return goes[code]; });
    } else {
      return move([&](std::uint32_t code) { return goes_left(node, code); });
    }
  }

  // ---- small subtrees ----

  void grow_blocks() {
    std::vector<grown_tree<Rule>> grown(blocks_.size());
    const std::size_t total = rows_->size() * order_.size();
    parallel_for(blocks_.size(), {.threads = total > 20'000 ? run_.threads : 1}, [&](std::size_t b) {
      const node_type root = tree_->nodes[blocks_[b].node];
      const std::size_t count = root.end - root.begin;
      std::uint32_t* const rows = rows_->data() + root.begin;
      const auto block = source_.block(rows, count);
      block_grower<Rule, typename Source::block_code> grower(rule_, limits_, categorical_, set_words_, grown[b]);
      random_stream random(limits_.seed, (limits_.stream << 32) + root.begin + 1);
      std::vector<std::uint16_t> order;
      grower.grow(block, std::vector<stat>(targets_->begin() + root.begin, targets_->begin() + root.end), root, blocks_[b].depth, random, order);
      std::vector<std::uint32_t> moved(count);
      for (std::size_t i = 0; i < count; ++i)
        moved[i] = rows[order[i]];
      std::copy(moved.begin(), moved.end(), rows);
    });
    for (std::size_t b = 0; b < blocks_.size(); ++b)
      append(blocks_[b].node, grown[b]);
  }

  void append(std::uint32_t at, const grown_tree<Rule>& subtree) {
    const auto offset = static_cast<std::uint32_t>(tree_->nodes.size()) - 1;  // node k of the subtree becomes offset + k, its root replaces `at`
    const auto sets = static_cast<std::uint32_t>(tree_->sets.size() / set_words_);
    tree_->sets.insert(tree_->sets.end(), subtree.sets.begin(), subtree.sets.end());
    for (std::size_t k = 0; k < subtree.nodes.size(); ++k) {
      node_type node = subtree.nodes[k];
      node.set += sets;
      if (node.left) {
        node.left += offset;
        node.right += offset;
      }
      if (k == 0)
        tree_->nodes[at] = node;
      else
        tree_->nodes.push_back(node);
    }
  }

  Rule rule_;
  Source source_;
  grow_limits limits_;
  execution run_;
  std::uint32_t set_words_;
  random_stream random_;
  std::vector<std::uint8_t> categorical_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t>* rows_ = nullptr;
  std::vector<stat>* targets_ = nullptr;
  grown_tree<Rule>* tree_ = nullptr;
  std::vector<block_job> blocks_;
  row_partition<stat> partition_;
  std::vector<stat> sampled_;
};

}  // namespace tenure::inline TENURE_ABI::trees::detail
