#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "tenure/core/describe.hpp"
#include "tenure/trees/code_kernel.hpp"
#include "tenure/trees/ensemble.hpp"
#include "tenure/trees/kernels.hpp"
#include "tenure/trees/level_walk.hpp"

namespace tenure::inline TENURE_ABI::trees {

namespace detail {

inline void require(bool holds, const char* problem) {
  if (!holds) throw bad_file(std::string("trees: ") + problem);
}

inline void check_offsets(const std::vector<std::uint32_t>& begin, std::size_t end, const char* problem) {
  require(!begin.empty() && begin.front() == 0 && begin.back() == end && std::is_sorted(begin.begin(), begin.end()), problem);
}

/// 1 + the number of cuts below x, 0 for NaN: a lower bound without branches on the data.
inline std::uint32_t cut_code(const std::vector<double>& cuts, double x) {
  const double* first = cuts.data();
  for (std::size_t n = cuts.size(); n > 0;) {
    const std::size_t half = (n + 1) / 2;
    first += first[half - 1] < x ? half : 0;
    n -= half;
  }
  return std::isnan(x) ? 0U : static_cast<std::uint32_t>(first - cuts.data()) + 1;
}

/// Turns rows of a table into codes, row-major.
template <class Code>
class row_coder {
 public:
  explicit row_coder(const tree_ensemble& model) : columns_(model.columns) {
    for (const auto& column : columns_)
      cuts_.emplace_back(column.cuts);
  }

  /// Returns whether any code is 0 (missing).
  bool write(const table_view& x, std::size_t begin, std::size_t end, Code* out) const {
    bool missing = false;
    for (; begin < end; begin += block, out += block * columns_.size())
      for (std::size_t j = 0; j < columns_.size(); ++j)
        missing |= write_column(j, x[j].values, begin, std::min(block, end - begin), out + j);
    return missing;
  }

 private:
  static constexpr std::size_t block = 256;

  bool write_column(std::size_t j, const numeric_column& from, std::size_t begin, std::size_t count, Code* cell) const {
    std::array<std::uint16_t, block> codes{};
    from.visit([&](auto values) {
      if (columns_[j].schema.categorical) {
        for (std::size_t i = 0; i < count; ++i) {
          const auto level = static_cast<std::int64_t>(values[begin + i]);
          codes[i] = level < 0 ? std::uint16_t{0} : columns_[j].level_codes[static_cast<std::size_t>(level)];
        }
        return;
      }
      std::array<double, block> numbers{};
      for (std::size_t i = 0; i < count; ++i)
        numbers[i] = static_cast<double>(values[begin + i]);
      code_numbers(numbers.data(), count, cuts_[j].values.data(), cuts_[j].values.size(), codes.data());
    });
    bool missing = false;
    for (std::size_t i = 0; i < count; ++i, cell += columns_.size()) {
      *cell = static_cast<Code>(codes[i]);
      missing |= codes[i] == 0;
    }
    return missing;
  }

  const std::vector<tree_column>& columns_;
  std::vector<padded_cuts> cuts_;
};

/// Behind every row of codes the same codes less one.
template <class Code>
std::vector<Code> in_halves(const std::vector<Code>& codes, std::size_t columns) {
  std::vector<Code> wide;
  wide.reserve(2 * codes.size());
  for (std::size_t i = 0; i < codes.size(); i += columns) {
    const auto row = codes.begin() + static_cast<std::ptrdiff_t>(i);
    wide.insert(wide.end(), row, row + static_cast<std::ptrdiff_t>(columns));
    std::transform(row, row + static_cast<std::ptrdiff_t>(columns), std::back_inserter(wide), [](Code code) { return static_cast<Code>(code - 1); });
  }
  return wide;
}

inline bool small_codes(const tree_ensemble& model) {
  return std::all_of(model.columns.begin(), model.columns.end(), [](const tree_column& c) {
    const bool few_cuts = c.cuts.size() <= 254 || (c.cuts.size() == 255 && c.cuts.back() == std::numeric_limits<double>::infinity());
    return few_cuts && std::all_of(c.level_codes.begin(), c.level_codes.end(), [](std::uint16_t code) { return code < 256; });
  });
}

inline bool has_sets(const tree_ensemble& model) { return !model.sets.empty(); }

/// Rows of one block: many, so that a tree is fetched from memory once for all of them, but no more than keeps every thread busy and the codes
/// of a block in a few megabytes.
inline std::size_t rows_of_block(std::size_t rows, std::size_t row_bytes, int threads) {
  const auto parts = static_cast<std::size_t>(thread_count(threads));
  const std::size_t most = std::clamp((std::size_t{4} << 20) / row_bytes, std::size_t{1024}, std::size_t{65536});
  return std::clamp((rows + parts - 1) / parts, std::size_t{1024}, most);
}

template <class Code>
void walk_blocks(const tree_ensemble& model, const std::vector<std::int64_t>& nodes, const table_view& x, const execution& run, const leaf_use& use) {
  const std::size_t p = model.columns.size(), block = rows_of_block(x.rows(), p * sizeof(Code), run.threads);
  const row_coder<Code> coder(model);
  parallel_for((x.rows() + block - 1) / block, run, [&](std::size_t b) {
    const std::size_t begin = b * block, count = std::min(block, x.rows() - begin);
    std::vector<Code> codes(count * p);
    const bool halves = coder.write(x, begin, begin + count, codes.data());
    if (halves) codes = in_halves(codes, p);
    level_rows<Code> rows{codes.data(), halves ? 2 * p : p, count, nullptr, model.set_words};
    std::vector<std::uint32_t> found(count);
    level_tree levels;
    for (std::size_t t = 0; t < model.trees(); ++t) {
      const std::int64_t* const tree = nodes.data() + model.tree_begin[t];
      const std::size_t size = model.tree_begin[t + 1] - model.tree_begin[t];
      rows.sets = has_sets(model) ? model.sets.data() + std::size_t{model.set_begin[t]} * model.set_words : nullptr;
      if (size <= 8 * count) {
        levels.lay_out(tree, size, p, halves);
        walk_levels(levels, rows, found.data());
      } else {
        walk_tree(tree, rows.codes, rows.width, count, rows.sets, rows.set_words, found.data());
        for (auto& node : found)
          node = static_cast<std::uint32_t>(tree[node]);
      }
      use(begin, count, t, found.data());
    }
  });
}

inline std::vector<column_schema> schema_of(const tree_ensemble& model) {
  std::vector<column_schema> schema;
  for (const auto& c : model.columns)
    schema.push_back(c.schema);
  return schema;
}

/// `nodes`: the model's, or the same trees with other things in the low half of their leaves.
inline void visit_nodes(const tree_ensemble& model, const std::vector<std::int64_t>& nodes, const table_view& x, const execution& run, const leaf_use& use) {
  const aligned_table aligned(x, schema_of(model), unseen_level::missing);
  if (small_codes(model))
    walk_blocks<std::uint8_t>(model, nodes, aligned.view(), run, use);
  else
    walk_blocks<std::uint16_t>(model, nodes, aligned.view(), run, use);
}

TENURE_INLINE void visit_leaves(const tree_ensemble& model, const table_view& x, const execution& run, leaf_use use) {
  visit_nodes(model, model.nodes, x, run, use);
}

}  // namespace detail

TENURE_INLINE std::uint32_t tree_column::code_of(double x) const {
  if (schema.categorical) return x >= 0 && x < static_cast<double>(level_codes.size()) ? level_codes[static_cast<std::size_t>(x)] : 0U;
  return detail::cut_code(cuts, x);
}

TENURE_INLINE void tree_ensemble::check() const {
  using detail::require;
  require(!columns.empty() && columns.size() <= 8191, "the number of columns must lie in [1, 8191]");
  std::size_t top_code = 0;
  for (const auto& c : columns) {
    require(c.schema.categorical ? c.cuts.empty() && c.level_codes.size() == c.schema.levels.size() : c.level_codes.empty() && c.cuts.size() < 65535,
            "a column's cuts or level codes do not fit it");
    for (const auto code : c.level_codes)
      top_code = std::max<std::size_t>(top_code, code);
    require(std::none_of(c.cuts.begin(), c.cuts.end(), [](double cut) { return std::isnan(cut); }) && std::is_sorted(c.cuts.begin(), c.cuts.end()),
            "cuts must ascend");
  }
  require(top_code / 32 < set_words, "level sets are too short");
  require(sets.size() % set_words == 0, "level sets are cut off");
  detail::check_offsets(tree_begin, nodes.size(), "tree offsets do not fit the nodes");
  detail::check_offsets(set_begin, sets.size() / set_words, "set offsets do not fit the sets");
  detail::check_offsets(leaf_begin, leaf_weight.size(), "leaf offsets do not fit the leaves");
  require(set_begin.size() == tree_begin.size() && leaf_begin.size() == tree_begin.size(), "offsets must be one a tree");
  for (const double v : values)
    require(std::isfinite(v), "leaf values must be finite");
  for (const float w : leaf_weight)
    require(std::isfinite(w) && w >= 0, "leaf weights must be finite and not negative");
  for (std::size_t t = 0; t < trees(); ++t) {
    const std::size_t count = tree_begin[t + 1] - tree_begin[t];
    std::vector<std::size_t> open{count};  // where the subtrees that are being read must end
    std::size_t leaves = 0;
    for (std::size_t i = 0; i < count; ++i) {
      require(!open.empty(), "a tree has nodes that nothing leads to");
      const tree_node n = node(tree_begin[t] + i);
      if (n.leaf) {
        ++leaves;
        require(n.feature == 0 && n.right < values.size(), "a leaf's value is out of range");
        require(open.back() == i + 1, "a tree's nodes are not in depth-first order");
        open.pop_back();
        continue;
      }
      require(n.feature < columns.size(), "a node's column is out of range");
      require(n.categorical == columns[n.feature].schema.categorical, "a node's rule does not fit its column");
      require(n.categorical ? n.split < set_begin[t + 1] - set_begin[t] : n.split < columns[n.feature].cuts.size(), "a node's split is out of range");
      require(n.right > i + 1 && n.right < open.back(), "a node's child is out of range");
      open.push_back(n.right);
    }
    require(count > 0 && open.empty(), "a tree ends early");
    require(leaves == leaf_begin[t + 1] - leaf_begin[t], "a tree has the wrong number of leaves");
  }
}

TENURE_INLINE std::vector<double> sum_values(const tree_ensemble& model, const table_view& x, const execution& run) {
  std::vector<double> sums(x.rows());
  detail::visit_leaves(model, x, run, [&](std::size_t begin, std::size_t count, std::size_t, const std::uint32_t* value) {
    for (std::size_t i = 0; i < count; ++i)
      sums[begin + i] += model.values[value[i]];
  });
  return sums;
}

TENURE_INLINE std::vector<std::uint16_t> code_rows(const tree_ensemble& model, const table_view& x, const execution& run) {
  const aligned_table aligned(x, detail::schema_of(model), unseen_level::missing);
  const detail::row_coder<std::uint16_t> coder(model);
  std::vector<std::uint16_t> codes(x.rows() * model.columns.size());
  parallel_chunks(chunking(x.rows(), 1024), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    coder.write(aligned.view(), begin, end, codes.data() + begin * model.columns.size());
  });
  return codes;
}

TENURE_INLINE std::vector<std::uint32_t> leaf_numbers(const tree_ensemble& model, const table_view& x, const execution& run) {
  auto numbered = model.nodes;
  for (std::size_t t = 0; t < model.trees(); ++t)
    for (std::uint32_t i = model.tree_begin[t], leaves = 0; i < model.tree_begin[t + 1]; ++i)
      if (tree_node node = model.node(i); node.leaf) {
        node.right = leaves++;
        numbered[i] = node.packed();
      }
  std::vector<std::uint32_t> out(x.rows() * model.trees());
  detail::visit_nodes(model, numbered, x, run, [&](std::size_t begin, std::size_t count, std::size_t t, const std::uint32_t* number) {
    for (std::size_t i = 0; i < count; ++i)
      out[(begin + i) * model.trees() + t] = number[i];
  });
  return out;
}

namespace detail {

/// Trees are walked side by side, so that their memory latencies overlap.
template <bool Categorical>
double sum_row(const tree_ensemble& model, const std::uint16_t* codes) {
  constexpr std::size_t lanes = 8;
  const std::size_t trees = model.trees();
  double sum = 0;
  for (std::size_t t = 0; t < trees; t += lanes) {
    const std::size_t count = std::min(lanes, trees - t);
    const std::int64_t* tree[lanes];
    const std::uint32_t* sets[lanes];
    std::uint32_t at[lanes] = {};
    for (std::size_t k = 0; k < lanes; ++k) {  // spare lanes walk the last tree again
      const std::size_t number = t + std::min(k, count - 1);
      tree[k] = model.nodes.data() + model.tree_begin[number];
      if constexpr (Categorical) sets[k] = model.sets.data() + std::size_t{model.set_begin[number]} * model.set_words;
    }
    std::uint32_t moved;
    do {
      moved = 0;
      for (std::size_t k = 0; k < lanes; ++k) {
        const auto bits = static_cast<std::uint64_t>(tree[k][at[k]]);
        // Arithmetic instead of branches: which way one row goes is not to be foreseen. A leaf stays where it is.
        const std::uint32_t inner = static_cast<std::uint32_t>(bits >> 62 & 1) - 1U;
        const std::uint32_t right = turns_right<std::uint16_t, Categorical>(bits, codes, Categorical ? sets[k] : nullptr, model.set_words);
        const std::uint32_t step = (1U + ((static_cast<std::uint32_t>(bits) - at[k] - 1U) & (0U - right))) & inner;
        moved |= step;
        at[k] += step;
      }
    } while (moved);
    for (std::size_t k = 0; k < count; ++k)
      sum += model.values[static_cast<std::uint32_t>(tree[k][at[k]])];
  }
  return sum;
}

}  // namespace detail

TENURE_INLINE double sum_values_row(const tree_ensemble& model, std::span<const double> row) {
  const std::size_t p = model.columns.size();
  if (row.size() != p) throw invalid_input("row", "must have one value a column (" + std::to_string(p) + ")", static_cast<double>(row.size()));
  std::array<std::uint16_t, 512> local;
  std::vector<std::uint16_t> large(p > local.size() ? p : 0);
  std::uint16_t* const codes = large.empty() ? local.data() : large.data();
  for (std::size_t j = 0; j < p; ++j)
    codes[j] = static_cast<std::uint16_t>(model.columns[j].code_of(row[j]));
  return detail::has_sets(model) ? detail::sum_row<true>(model, codes) : detail::sum_row<false>(model, codes);
}

namespace detail {

inline std::string rule_text(const tree_ensemble& model, std::size_t t, const tree_node& n) {
  const tree_column& column = model.columns[n.feature];
  if (!n.categorical) {
    const double cut = column.cuts[n.split];
    if (std::isinf(cut)) return column.schema.name + " is known";
    return column.schema.name + " <= " + format_number(cut) + (column.missing && n.missing_left ? " or missing" : "");
  }
  std::string levels;
  for (std::size_t level = 0; level < column.level_codes.size(); ++level)
    if (model.goes_left(t, n, column.level_codes[level])) levels += (levels.empty() ? "" : ", ") + column.schema.levels[level];
  return column.schema.name + " in {" + levels + "}" + (column.missing && model.goes_left(t, n, 0) ? " or missing" : "");
}

}  // namespace detail

TENURE_INLINE std::vector<node_summary> summarise(const tree_ensemble& model, std::size_t t) {
  if (t >= model.trees()) throw invalid_input("tree", "must be below the number of trees (" + std::to_string(model.trees()) + ")", static_cast<double>(t));
  const std::size_t first = model.tree_begin[t], count = model.tree_begin[t + 1] - first;
  std::vector<node_summary> list(count);
  std::size_t leaf = model.leaf_begin[t];
  for (std::size_t i = 0; i < count; ++i) {
    const tree_node n = model.node(first + i);
    node_summary& s = list[i];
    s.node = i;
    s.leaf = n.leaf;
    if (n.leaf) {
      s.weight = static_cast<double>(model.leaf_weight[leaf++]);
      s.value = model.values[n.right];
      continue;
    }
    s.rule = detail::rule_text(model, t, n);
    s.left = i + 1;
    s.right = n.right;
    s.feature = n.feature;
    s.threshold = n.categorical ? std::numeric_limits<double>::quiet_NaN() : model.columns[n.feature].cuts[n.split];
    for (const std::size_t child : {s.left, s.right}) {
      list[child].parent = i;
      list[child].depth = s.depth + 1;
    }
  }
  for (std::size_t i = count; i-- > 0;) {
    node_summary& s = list[i];
    if (s.leaf) continue;
    const node_summary &a = list[s.left], &b = list[s.right];
    s.weight = a.weight + b.weight;
    s.value = s.weight > 0 ? (a.weight * a.value + b.weight * b.value) / s.weight : (a.value + b.value) / 2;
  }
  return list;
}

}  // namespace tenure::inline TENURE_ABI::trees
