#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI::trees {

/// One column as trees see it: numbers become codes by `cuts` (x <= cuts[k] has code <= k + 1), levels by `level_codes`; code 0 is missing.
struct tree_column {
  column_schema schema;
  std::vector<double> cuts;
  std::vector<std::uint16_t> level_codes;
  bool missing = false;  // training had missing values here

  std::uint32_t code_of(double x) const;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("schema", self.schema, "name and levels");
    visit("cuts", self.cuts, "thresholds in use, ascending");
    visit("level_codes", self.level_codes, "code per level; 0 is missing");
    visit("missing", self.missing, "whether training had missing values here");
  }
  friend bool operator==(const tree_column&, const tree_column&) = default;
};

/// One node, unpacked. A row goes left when code <= split + 1 (numeric), when its code is in the set (categorical), or when it is missing
/// and `missing_left`. The left child is the next node.
struct tree_node {
  bool leaf = false, categorical = false, missing_left = false;
  std::uint32_t feature = 0;
  std::uint32_t split = 0;  // index into the column's cuts, or number of the level set within the tree
  std::uint32_t right = 0;  // index of the right child; for a leaf the index of its value

  static tree_node of(std::int64_t packed) {
    const auto bits = static_cast<std::uint64_t>(packed);
    return {.leaf = (bits >> 62 & 1) != 0,
            .categorical = (bits >> 61 & 1) != 0,
            .missing_left = (bits >> 63) != 0,
            .feature = static_cast<std::uint32_t>(bits >> 48 & 0x1fff),
            .split = static_cast<std::uint32_t>(bits >> 32 & 0xffff),
            .right = static_cast<std::uint32_t>(bits)};
  }
  std::int64_t packed() const {
    return static_cast<std::int64_t>(std::uint64_t{missing_left} << 63 | std::uint64_t{leaf} << 62 | std::uint64_t{categorical} << 61 |
                                     std::uint64_t{feature} << 48 | std::uint64_t{split} << 32 | right);
  }
};

/// Any number of trees in flat arrays: 8 bytes a node in depth-first order, 4 bytes a leaf for the weight of its training rows, and one table of
/// the distinct leaf values. What every tree model of the library is made of.
struct tree_ensemble {
  std::vector<tree_column> columns;
  std::vector<std::uint32_t> tree_begin{0};  // first node of each tree, and the number of nodes
  std::vector<std::uint32_t> set_begin{0};   // first level set of each tree, and their number
  std::vector<std::uint32_t> leaf_begin{0};  // first leaf of each tree, and the number of leaves
  std::uint32_t set_words = 1;
  std::vector<std::int64_t> nodes;
  std::vector<std::uint32_t> sets;  // set_words words a set; bit c: code c goes left
  std::vector<double> values;
  std::vector<float> leaf_weight;

  std::size_t trees() const { return tree_begin.size() - 1; }
  tree_node node(std::size_t i) const { return tree_node::of(nodes[i]); }
  /// Whether code `code` of node `n` of tree `t` goes left.
  bool goes_left(std::size_t t, const tree_node& n, std::uint32_t code) const {
    if (n.categorical) return (sets[(set_begin[t] + n.split) * std::size_t{set_words} + code / 32] >> (code % 32) & 1) != 0;
    return code == 0 ? n.missing_left : code <= n.split + 1;
  }

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("columns", self.columns, "the columns of training and how they are coded");
    visit("tree_begin", self.tree_begin, "first node of each tree, and the number of nodes");
    visit("set_begin", self.set_begin, "first level set of each tree, and their number");
    visit("leaf_begin", self.leaf_begin, "first leaf of each tree, and the number of leaves");
    visit("set_words", self.set_words, at_least(1), "32-bit words a level set");
    visit("nodes", self.nodes, "packed nodes in depth-first order");
    visit("sets", self.sets, "level sets: bit c is set when code c goes left");
    visit("values", self.values, "distinct leaf values");
    visit("leaf_weight", self.leaf_weight, "weight of the training rows of each leaf");
  }
  /// Throws bad_file unless every index that prediction follows is in range.
  void check() const;
  friend bool operator==(const tree_ensemble&, const tree_ensemble&) = default;
};

namespace detail {
/// A non-owning reference to a callable (first row, number of rows, tree, what the leaf of each row holds).
class leaf_use {
 public:
  template <class F, class = std::enable_if_t<!std::is_same_v<std::remove_cvref_t<F>, leaf_use>>>
  leaf_use(F&& f)
      : object_(const_cast<void*>(static_cast<const void*>(&f))),
        call_([](void* o, std::size_t begin, std::size_t count, std::size_t tree, const std::uint32_t* held) {
          (*static_cast<std::remove_reference_t<F>*>(o))(begin, count, tree, held);
        }) {}
  void operator()(std::size_t begin, std::size_t count, std::size_t tree, const std::uint32_t* held) const { call_(object_, begin, count, tree, held); }

 private:
  void* object_;
  void (*call_)(void*, std::size_t, std::size_t, std::size_t, const std::uint32_t*);
};

/// Sends the rows of `x` down every tree, in blocks of rows; within a block trees come in order. A leaf holds the index of its value.
void visit_leaves(const tree_ensemble& model, const table_view& x, const execution& run, leaf_use use);
}  // namespace detail

/// Per row the sum over all trees of the leaf value. Columns are matched by name, an unseen level counts as missing.
/// O(rows x trees x depth), in blocks of rows that stay in cache.
std::vector<double> sum_values(const tree_ensemble& model, const table_view& x, const execution& run = {});

/// The rows of `x` in codes, row-major.
std::vector<std::uint16_t> code_rows(const tree_ensemble& model, const table_view& x, const execution& run = {});

/// Per row (matrix row) and tree (column) the number of the leaf, counted from 0 within the tree.
std::vector<std::uint32_t> leaf_numbers(const tree_ensemble& model, const table_view& x, const execution& run = {});

/// The same for one row, without allocation for up to 512 columns: values in the order of training's columns, categoricals as level codes,
/// NaN or a negative code missing. Throws invalid_input when the length is not the number of columns.
double sum_values_row(const tree_ensemble& model, std::span<const double> row);

/// One node in words and numbers, for printing and for comparing with other programs.
struct node_summary {
  std::size_t node = 0, parent = 0, depth = 0;
  bool leaf = false;
  std::string rule;  // "tenure <= 6.5" or "contract in {month-to-month}"; the row goes left where it holds
  double weight = 0, value = 0;
  std::size_t left = 0, right = 0;
  std::int64_t feature = -1;
  double threshold = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("node", self.node, "number of the node within its tree, depth-first");
    visit("parent", self.parent, "its parent (the root: itself)");
    visit("depth", self.depth, "steps from the root");
    visit("leaf", self.leaf, "whether it is a leaf");
    visit("rule", self.rule, "a row goes left where this holds");
    visit("weight", self.weight, "weight of its training rows");
    visit("value", self.value, "weighted mean of the leaf values below it");
    visit("left", self.left, "left child");
    visit("right", self.right, "right child");
    visit("feature", self.feature, "column of the rule, -1 in a leaf");
    visit("threshold", self.threshold, "threshold of a numeric rule");
  }
};
std::vector<node_summary> summarise(const tree_ensemble& model, std::size_t tree);

}  // namespace tenure::inline TENURE_ABI::trees

#ifndef TENURE_COMPILED
#include "tenure/trees/ensemble-inl.hpp"
#endif
