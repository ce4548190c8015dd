#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// One tree laid out for many rows: level by level, siblings side by side, so that a step is one addition and the levels that every row passes lie
/// together in the nearest cache. A row is its codes, and, where codes may be missing, the same codes less one behind them: missing (0) is the
/// lowest code in the first half and the highest in the second, and a node asks the half that sends missing rows its way.
///
/// Node: bits 0-31 the left child, 32-47 the limit (a row goes right when its code is above) or the number of the level set, 48-61 the
/// position of the code in the row, 62 "asks a level set", 63 "leaf". A leaf keeps every row: it is its own child, or, where rows are gathered and leaves told
/// apart, has what it holds there.
class level_tree {
 public:
  /// Takes a tree of packed nodes (tree_node) in depth-first order. `halves`: rows have both halves, the second `columns` codes on.
  void lay_out(const std::int64_t* tree, std::size_t count, std::size_t columns, bool halves);

  const std::uint64_t* nodes() const { return nodes_.data(); }
  /// What a leaf holds: the low half of its packed node.
  const std::uint32_t* held() const { return held_.data(); }

 private:
  std::vector<std::uint64_t> nodes_;
  std::vector<std::uint32_t> held_;
};

/// Rows in codes, and the level sets that nodes ask for.
template <class Code>
struct level_rows {
  const Code* codes;
  std::size_t width, count;   // codes a row, rows
  const std::uint32_t* sets;  // of the tree at hand, null when the model has no categorical columns
  std::size_t set_words;
};

/// Sends rows down a tree; writes what each row's leaf holds.
void walk_levels(const level_tree& tree, const level_rows<std::uint8_t>& rows, std::uint32_t* found);
void walk_levels(const level_tree& tree, const level_rows<std::uint16_t>& rows, std::uint32_t* found);

}  // namespace tenure::inline TENURE_ABI::trees::detail

#ifndef TENURE_COMPILED
#include "tenure/trees/level_walk-inl.hpp"
#endif
