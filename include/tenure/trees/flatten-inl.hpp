#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

#include "tenure/trees/bins.hpp"
#include "tenure/trees/ensemble.hpp"
#include "tenure/trees/grow-inl.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// One tree in the form of tree_ensemble, before it joins the others.
struct flat_tree {
  std::vector<std::int64_t> nodes;
  std::vector<std::uint32_t> sets;
  std::vector<double> values;
  std::vector<float> leaf_weight;
  std::vector<double> importance;  // one a column
};

/// Distinct numbers in order of appearance.
class number_table {
 public:
  std::uint32_t index_of(double x) {
    const auto bits = std::bit_cast<std::uint64_t>(x + 0.0);
    if (bits == last_bits_ && !values.empty()) return last_;
    const auto [found, added] = index_.try_emplace(bits, static_cast<std::uint32_t>(values.size()));
    if (added) values.push_back(x);
    last_bits_ = bits;
    return last_ = found->second;
  }
  std::vector<double> values;

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> index_;
  std::uint64_t last_bits_ = 0;
  std::uint32_t last_ = 0;
};

/// Repeated one-word level sets are kept once.
class set_table {
 public:
  set_table(const std::vector<std::uint32_t>& from, std::uint32_t words) : from_(from), words_(words) {}
  std::uint32_t index_of(std::uint32_t set) {
    const std::uint32_t* const first = from_.data() + std::size_t{set} * words_;
    auto number = static_cast<std::uint32_t>(sets.size() / words_);
    if (words_ == 1) {
      const auto [found, added] = index_.try_emplace(*first, number);
      if (!added) return found->second;
      number = found->second;
    }
    if (number > 0xffff) throw not_supported("a tree needs more than 65536 different level sets: limit max_depth or min_samples_leaf, or group rare levels");
    sets.insert(sets.end(), first, first + words_);
    return number;
  }
  std::vector<std::uint32_t> sets;

 private:
  const std::vector<std::uint32_t>& from_;
  std::uint32_t words_;
  std::unordered_map<std::uint32_t, std::uint32_t> index_;
};

/// Puts a grown tree into depth-first order. cut_of(node): index of a numeric split's threshold; value_of, weight_of(node): of leaves.
template <class Rule, class CutOf, class ValueOf, class WeightOf>
flat_tree flatten(const grown_tree<Rule>& tree, std::size_t columns, std::uint32_t set_words, CutOf&& cut_of, ValueOf&& value_of, WeightOf&& weight_of) {
  flat_tree flat;
  flat.importance.assign(columns, 0.0);
  flat.nodes.reserve(tree.nodes.size());
  flat.leaf_weight.reserve(tree.nodes.size() / 2 + 1);
  number_table values;
  set_table sets(tree.sets, set_words);
  struct pending {
    std::uint32_t node, parent;
  };
  constexpr std::uint32_t none = ~std::uint32_t{0};
  std::vector<pending> open{{0, none}};
  while (!open.empty()) {
    const auto [at, parent] = open.back();
    open.pop_back();
    const auto& node = tree.nodes[at];
    const auto position = static_cast<std::uint32_t>(flat.nodes.size());
    if (parent != none) flat.nodes[parent] |= position;
    tree_node out;
    if (!node.left) {
      out.leaf = true;
      out.right = values.index_of(value_of(node));
      flat.leaf_weight.push_back(static_cast<float>(weight_of(node)));
    } else {
      flat.importance[node.feature] += std::max(node.gain, 0.0) * Rule::scale;
      out.categorical = node.categorical;
      out.missing_left = !node.categorical && node.missing_left;
      out.feature = node.feature;
      out.split = node.categorical ? sets.index_of(node.set) : cut_of(node);
      open.push_back({node.right, position});
      open.push_back({node.left, none});
    }
    flat.nodes.push_back(out.packed());
  }
  flat.sets = std::move(sets.sets);
  flat.values = std::move(values.values);
  return flat;
}

/// The columns of a model whose trees split at bins: every cut, and +inf where "known" against "missing" may be asked.
inline std::vector<tree_column> columns_of(const table_view& x, const std::vector<column_bins>& bins) {
  std::vector<tree_column> columns;
  const auto schema = tenure::schema_of(x);
  for (std::size_t j = 0; j < bins.size(); ++j) {
    columns.push_back({schema[j], bins[j].cuts, bins[j].level_codes, bins[j].missing});
    if (!bins[j].categorical && bins[j].missing) columns.back().cuts.push_back(std::numeric_limits<double>::infinity());
  }
  return columns;
}

template <class Node>
std::uint32_t binned_cut(const Node& node, const std::vector<column_bins>& bins) {
  return node.next == 0 ? static_cast<std::uint32_t>(bins[node.feature].cuts.size()) : node.code - 1;
}

/// The same for trees that split between ranks: the threshold lies halfway between the neighbouring values of the node.
template <class Node>
double ranked_threshold(const Node& node, const ranked_table& table) {
  const auto& values = table.values[node.feature];
  return node.next == 0 ? std::numeric_limits<double>::infinity() : midpoint(values[node.code - 1], values[node.next - 1]);
}

template <class Rule>
std::vector<tree_column> columns_of(const table_view& x, const ranked_table& table, const grown_tree<Rule>& tree) {
  std::vector<tree_column> columns;
  const auto schema = tenure::schema_of(x);
  for (std::size_t j = 0; j < table.cols; ++j)
    columns.push_back({schema[j], {}, table.columns[j].level_codes, table.columns[j].missing});
  for (const auto& node : tree.nodes)
    if (node.left && !node.categorical) columns[node.feature].cuts.push_back(ranked_threshold(node, table));
  for (auto& c : columns) {
    std::sort(c.cuts.begin(), c.cuts.end());
    c.cuts.erase(std::unique(c.cuts.begin(), c.cuts.end()), c.cuts.end());
    if (c.cuts.size() >= 65535) throw not_supported("column '" + c.schema.name + "' would get more than 65534 thresholds: search = 'binned' grows such trees");
  }
  return columns;
}

/// Joins trees to one model; returns the sum of their importances.
inline std::vector<double> join_trees(tree_ensemble& model, std::vector<flat_tree>& trees) {
  number_table values;
  std::vector<double> importance(model.columns.size());
  std::size_t nodes = 0, sets = 0, leaves = 0;
  for (const auto& t : trees) {
    nodes += t.nodes.size();
    sets += t.sets.size();
    leaves += t.leaf_weight.size();
  }
  if (nodes > std::numeric_limits<std::uint32_t>::max()) throw not_supported("the model would have more than 4294967295 nodes");
  model.nodes.reserve(nodes);
  model.sets.reserve(sets);
  model.leaf_weight.reserve(leaves);
  for (auto& t : trees) {
    std::vector<std::uint32_t> number;
    for (const double v : t.values)
      number.push_back(values.index_of(v));
    for (const std::int64_t packed : t.nodes) {
      tree_node node = tree_node::of(packed);
      if (node.leaf) node.right = number[node.right];
      model.nodes.push_back(node.packed());
    }
    model.sets.insert(model.sets.end(), t.sets.begin(), t.sets.end());
    model.leaf_weight.insert(model.leaf_weight.end(), t.leaf_weight.begin(), t.leaf_weight.end());
    model.tree_begin.push_back(static_cast<std::uint32_t>(model.nodes.size()));
    model.set_begin.push_back(static_cast<std::uint32_t>(model.sets.size() / model.set_words));
    model.leaf_begin.push_back(static_cast<std::uint32_t>(model.leaf_weight.size()));
    for (std::size_t j = 0; j < importance.size(); ++j)
      importance[j] += t.importance[j];
    t = flat_tree{};
  }
  model.values = std::move(values.values);
  return importance;
}

}  // namespace tenure::inline TENURE_ABI::trees::detail
