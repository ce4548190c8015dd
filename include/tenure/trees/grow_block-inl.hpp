#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tenure/core/random.hpp"
#include "tenure/trees/grow-inl.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// The set of codes that occur in a node: two levels of bits, so that walking it costs what it holds.
class code_set {
 public:
  explicit code_set(std::size_t codes) : words_((codes + 63) / 64), summary_((words_.size() + 63) / 64) {}
  void insert(std::size_t code) {
    words_[code / 64] |= std::uint64_t{1} << (code % 64);
    summary_[code / 4096] |= std::uint64_t{1} << (code / 64 % 64);
  }
  /// Calls use(code), ascending, and empties the set.
  template <class Use>
  void drain(Use&& use) {
    for (std::size_t s = 0; s < summary_.size(); ++s)
      for (; summary_[s]; summary_[s] &= summary_[s] - 1) {
        const std::size_t w = s * 64 + static_cast<std::size_t>(std::countr_zero(summary_[s]));
        for (; words_[w]; words_[w] &= words_[w] - 1)
          use(w * 64 + static_cast<std::size_t>(std::countr_zero(words_[w])));
      }
  }

 private:
  std::vector<std::uint64_t> words_, summary_;
};

/// A few thousand rows copied together, column by column, so that a whole subtree grows in cache. `original[j]` maps codes back when the
/// block was coded anew (dense ranks of its own rows), else it is empty.
template <class Code>
struct row_block {
  std::size_t rows = 0;
  std::vector<Code> codes;  // column-major
  std::vector<std::vector<std::uint32_t>> original;
  std::size_t top_code = 0;  // no code is above

  const Code* column(std::size_t j) const { return codes.data() + j * rows; }
};

/// Grows the subtree of a block's rows, depth first. Rows move as 16-bit positions within the block, their targets with them.
template <class Rule, class Code>
class block_grower {
 public:
  using stat = typename Rule::stat;
  using node_type = grown_node<Rule>;

  block_grower(const Rule& rule, const grow_limits& limits, const std::vector<std::uint8_t>& categorical, std::uint32_t set_words, grown_tree<Rule>& out)
      : rule_(rule), limits_(limits), categorical_(categorical), set_words_(set_words), out_(out), order_(limits.features) {}

  /// `root` holds totals, bounds and its row range in the caller's list; its subtree's nodes are appended depth first. On return
  /// `order[i]` tells which block row stands at position i of the range.
  void grow(const row_block<Code>& block, std::vector<stat> targets, const node_type& root, std::uint32_t depth, random_stream& random,
            std::vector<std::uint16_t>& order) {
    block_ = &block;
    targets_ = std::move(targets);
    rows_.resize(block.rows);
    for (std::size_t i = 0; i < block.rows; ++i)
      rows_[i] = static_cast<std::uint16_t>(i);
    spare_rows_.resize(block.rows);
    spare_targets_.resize(block.rows);
    sums_.assign(block.top_code + 1, stat{});
    cells_.resize(block.top_code + 1);
    occupied_ = code_set(block.top_code + 1);
    struct open_node {
      node_type node;
      std::uint32_t parent, depth;
      bool is_right;
    };
    std::vector<open_node> open{{root, 0, depth, false}};
    const std::uint32_t base = root.begin;
    while (!open.empty()) {
      open_node item = open.back();
      open.pop_back();
      const auto at = static_cast<std::uint32_t>(out_.nodes.size());
      if (item.is_right) out_.nodes[item.parent].right = at;
      out_.nodes.push_back(item.node);
      node_type& node = out_.nodes.back();
      // A rule whose targets belong to the node (residuals from the node's own curve) makes them anew.
      if constexpr (requires { rule_.retarget(rows_.data(), targets_.data(), std::size_t{}); })
        node.total = rule_.retarget(rows_.data() + (node.begin - base), targets_.data() + (node.begin - base), node.end - node.begin);
      split_choice best;
      if (item.depth < limits_.max_depth && !rule_.done(node.total) && node.end - node.begin >= 2) best = find(node, base, random);
      if (!best.found()) continue;
      fill_cells(best.feature, node.begin - base, node.end - base);
      node_type attempt = node;
      const std::size_t sets_before = out_.sets.size();
      record(best, attempt);
      if (!(attempt.gain >= limits_.min_gain) || (limits_.positive_gain && !(attempt.gain > 0))) {
        out_.sets.resize(sets_before);
        continue;
      }
      node = attempt;
      node_type left{}, right{};
      left.begin = node.begin;
      left.end = right.begin = base + partition(node, node.begin - base, node.end - base, best, left.total);
      right.end = node.end;
      right.total = node.total - left.total;
      bound_children(rule_, limits_, node, left, right);
      to_original(node);
      node.left = at + 1;
      open.push_back({right, at, item.depth + 1, true});
      open.push_back({left, at, item.depth + 1, false});
    }
    order.assign(rows_.begin(), rows_.end());
  }

 private:
  split_choice find(const node_type& node, std::uint32_t base, random_stream& random) {
    split_choice best;
    if (node_rows(node) < limits_.min_rows_split) return best;
    const node_frame frame{node.low, node.high, limits_.monotone.empty() ? nullptr : limits_.monotone.data()};
    split_scanner<Rule> scan(rule_, node.total, frame, best);
    const std::size_t all = order_.size(), wanted = limits_.samples_features() ? limits_.features_per_node : all;
    std::size_t useful = 0;
    for (std::size_t drawn = 0; drawn < all && useful < wanted; ++drawn) {
      if (limits_.samples_features()) std::swap(order_[drawn], order_[drawn + random.below(all - drawn)]);
      const std::uint32_t feature = order_[drawn];
      fill_cells(feature, node.begin - base, node.end - base);
      if (cell_count_ < 2) continue;
      ++useful;
      if (categorical_[feature])
        scan.categorical(feature, cells_.data(), cell_count_);
      else
        scan.numeric(feature, cells_.data(), cell_count_);
      if (rule_.perfect(best.cost)) break;
    }
    return best;
  }

  double node_rows(const node_type& node) const {
    if constexpr (requires { Rule::rows(node.total); })
      return Rule::rows(node.total);
    else
      return static_cast<double>(node.end - node.begin);
  }

  /// Sums of a column's codes over a node, ascending by code, into cells_.
  void fill_cells(std::uint32_t feature, std::size_t begin, std::size_t end) {
    const Code* const column = block_->column(feature);
    const std::uint16_t* const rows = rows_.data();
    const stat* const targets = targets_.data();
    stat* const sums = sums_.data();
    code_cell<stat>* cell = cells_.data();
    const auto take = [&](std::size_t code) {
      cell->code = static_cast<std::uint32_t>(code);
      cell->sum = sums[code];
      ++cell;
      sums[code] = stat{};
    };
    if (sizeof(Code) == 1 && end - begin >= 48) {
      for (std::size_t i = begin; i < end; ++i)
        sums[column[rows[i]]] += targets[i];
      for (std::size_t code = 0; code < sums_.size(); ++code)
        if (!Rule::empty(sums[code])) take(code);
    } else {
      for (std::size_t i = begin; i < end; ++i) {
        const std::size_t code = column[rows[i]];
        sums[code] += targets[i];
        occupied_.insert(code);
      }
      occupied_.drain(take);
    }
    cell_count_ = static_cast<std::size_t>(cell - cells_.data());
  }

  /// Splits are recorded in the codes of the whole table.
  void record(const split_choice& best, node_type& node) {
    if (best.categorical && !block_->original.empty())
      for (std::size_t k = 0; k < cell_count_; ++k)
        cells_[k].code = block_->original[best.feature][cells_[k].code];
    record_split<Rule>(rule_, best, {cells_.data(), cell_count_}, set_words_, node, out_.sets);
  }
  void to_original(node_type& node) const {
    if (node.categorical || block_->original.empty()) return;
    node.code = block_->original[node.feature][node.code];
    if (node.next) node.next = block_->original[node.feature][node.next];
  }

  /// Stable: returns where the right rows begin; sums the left ones.
  std::uint32_t partition(const node_type& node, std::size_t begin, std::size_t end, const split_choice& best, stat& left_total) {
    const Code* const column = block_->column(node.feature);
    std::size_t left = begin, right = 0;
    stat sum{};
    const auto place = [&](std::size_t i, bool goes_left) {
      const std::uint16_t row = rows_[i];
      const stat target = targets_[i];
      rows_[left] = row;
      targets_[left] = target;
      spare_rows_[right] = row;
      spare_targets_[right] = target;
      left += goes_left;
      right += !goes_left;
    };
    if (node.categorical) {
      const std::uint32_t* const set = out_.sets.data() + std::size_t{node.set} * set_words_;
      const auto* const original = block_->original.empty() ? nullptr : block_->original[node.feature].data();
      for (std::size_t i = begin; i < end; ++i) {
        const std::uint32_t code = original ? original[column[rows_[i]]] : column[rows_[i]];
        place(i, (set[code / 32] >> (code % 32) & 1) != 0);
      }
    } else {
      const std::uint32_t shift = node.missing_left ? 0 : 1, limit = best.code - shift;
      for (std::size_t i = begin; i < end; ++i)
        place(i, static_cast<std::uint32_t>(column[rows_[i]]) - shift <= limit);
    }
    for (std::size_t i = begin; i < left; ++i)
      sum += targets_[i];
    std::copy(spare_rows_.begin(), spare_rows_.begin() + static_cast<std::ptrdiff_t>(right), rows_.begin() + static_cast<std::ptrdiff_t>(left));
    std::copy(spare_targets_.begin(), spare_targets_.begin() + static_cast<std::ptrdiff_t>(right), targets_.begin() + static_cast<std::ptrdiff_t>(left));
    left_total = sum;
    return static_cast<std::uint32_t>(left);
  }

  Rule rule_;
  const grow_limits& limits_;
  const std::vector<std::uint8_t>& categorical_;
  std::uint32_t set_words_;
  grown_tree<Rule>& out_;
  std::vector<std::uint32_t> order_;
  const row_block<Code>* block_ = nullptr;
  std::vector<std::uint16_t> rows_, spare_rows_;
  std::vector<stat> targets_, spare_targets_, sums_;
  code_set occupied_{1};
  std::vector<code_cell<stat>> cells_;
  std::size_t cell_count_ = 0;
};

}  // namespace tenure::inline TENURE_ABI::trees::detail
