#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include "tenure/learn/chaid.hpp"
#include "tenure/learn/chaid_merge-inl.hpp"
#include "tenure/learn/decision_tree-inl.hpp"

namespace tenure::inline TENURE_ABI::learn {

namespace detail {

/// Grows the tree as chains of two-way nodes.
class chaid_grower {
 public:
  using rule_type = trees::detail::class_rule<trees::detail::weighted_counts, false>;
  using node_type = trees::detail::grown_node<rule_type>;
  struct made_split {
    std::uint32_t node, groups;
    double statistic, log_p;
  };

  chaid_grower(const trees::binned_table& table, const binary_target& target, const chaid_options& options)
      : table_(table), target_(target), options_(options), set_words_(trees::detail::set_words_of(table.columns)) {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t i = 0; i < table.rows; ++i)
      if (weight(i) > 0) rows.push_back(i);
    for (std::size_t j = 0; j < table.cols; ++j)
      intervals_.push_back(intervals_of(j, rows));
    tree_.nodes.push_back(node_of(rows));
    std::vector<open_node> open{{0, 0, std::move(rows)}};
    while (!open.empty()) {
      const open_node item = std::move(open.back());
      open.pop_back();
      split(item, open);
    }
  }

  const trees::detail::grown_tree<rule_type>& tree() const { return tree_; }
  const std::vector<made_split>& splits() const { return splits_; }

 private:
  struct open_node {
    std::uint32_t node;
    int depth;
    std::vector<std::uint32_t> rows;
  };

  double weight(std::size_t i) const { return target_.weight.empty() ? 1.0 : target_.weight[i]; }

  node_type node_of(const std::vector<std::uint32_t>& rows) const {
    node_type node;
    for (const auto i : rows)
      node.total += trees::detail::weighted_counts{weight(i), target_.y[i] ? weight(i) : 0.0, weight(i)};
    return node;
  }

  /// For each code the interval it belongs to, 0 for missing: by the share of the weight below the middle of its rows. Levels stay apart.
  std::vector<std::uint32_t> intervals_of(std::size_t j, const std::vector<std::uint32_t>& rows) const {
    const auto& column = table_.columns[j];
    std::vector<std::uint32_t> interval(column.codes());
    for (std::uint32_t c = 0; c < interval.size(); ++c)
      interval[c] = c;
    if (column.categorical) return interval;
    std::vector<double> sums(column.codes());
    for (const auto i : rows)
      sums[table_.row(i)[j]] += weight(i);
    double total = 0, below = 0;
    std::size_t distinct = 0;
    for (std::size_t c = 1; c < sums.size(); ++c) {
      total += sums[c];
      distinct += sums[c] > 0;
    }
    const auto bins = static_cast<double>(options_.max_bins);
    double last = -1;
    std::uint32_t current = 0;
    for (std::uint32_t c = 1; c < interval.size(); ++c) {
      if (sums[c] > 0) {
        const double place = static_cast<double>(distinct) <= bins ? static_cast<double>(c) : std::floor(bins * (below + sums[c] / 2) / total);
        current += place != last;
        last = place;
        below += sums[c];
      }
      interval[c] = std::max(current, 1U);
    }
    return interval;
  }

  /// The categories of a column in a node: ordered ones ascending, "missing" of an ordered column last.
  std::vector<chaid_group> categories_of(std::size_t j, const std::vector<std::uint32_t>& rows) const {
    std::vector<chaid_group> all(intervals_[j].size());
    for (const auto i : rows) {
      auto& g = all[intervals_[j][table_.row(i)[j]]];
      (target_.y[i] ? g.leaves : g.stays) += weight(i);
      g.rows += weight(i);
    }
    std::vector<chaid_group> found;
    const bool ordered = !table_.columns[j].categorical;
    for (std::uint32_t c = ordered ? 1 : 0; c < all.size(); ++c) {
      if (!(all[c].rows > 0)) continue;
      all[c].codes = {c};
      found.push_back(std::move(all[c]));
    }
    if (ordered && all[0].rows > 0) {
      all[0].codes = {0};
      all[0].missing = true;
      found.push_back(std::move(all[0]));
    }
    return found;
  }

  void split(const open_node& item, std::vector<open_node>& open) {
    const auto total = tree_.nodes[item.node].total;
    if (options_.max_depth && item.depth >= options_.max_depth) return;
    if (total.rows < options_.min_samples_split || total.positive <= 0 || total.positive >= total.all) return;
    chaid_split best;
    std::size_t feature = 0;
    for (std::size_t j = 0; j < table_.cols; ++j) {
      auto candidate = merged_split(categories_of(j, item.rows), !table_.columns[j].categorical, options_.merge_level, options_.min_samples_leaf);
      if (candidate.groups.size() < 2 || !(candidate.log_p <= std::log(options_.split_level))) continue;
      if (!best.groups.empty() && !(candidate.log_p < best.log_p)) continue;
      best = std::move(candidate);
      feature = j;
    }
    if (best.groups.empty()) return;
    splits_.push_back({item.node, static_cast<std::uint32_t>(best.groups.size()), best.statistic, best.log_p});
    chain(item, feature, best, open);
  }

  /// Numbers are cut from below, "missing" alone first; levels are taken out group by group, most leavers first.
  void chain(const open_node& item, std::size_t feature, chaid_split& best, std::vector<open_node>& open) {
    auto& groups = best.groups;
    const bool ordered = !table_.columns[feature].categorical;
    if (ordered)
      std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return first_known(a) < first_known(b); });
    else
      std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.leaves * b.all() > b.leaves * a.all(); });
    std::vector<std::uint32_t> group_of(intervals_[feature].size(), largest(groups));
    for (std::uint32_t g = 0; g < groups.size(); ++g)
      for (const auto c : groups[g].codes)
        group_of[c] = g;
    if (ordered)  // an interval without rows goes with the one below
      for (std::uint32_t c = 1, g = groups[0].known() ? 0 : 1; c < group_of.size(); ++c) {
        const bool seen = std::any_of(groups.begin(), groups.end(), [&](const auto& s) { return std::count(s.codes.begin(), s.codes.end(), c) > 0; });
        g = group_of[c] = seen ? group_of[c] : g;
      }
    std::vector<std::vector<std::uint32_t>> rows(groups.size());
    for (const auto i : item.rows)
      rows[group_of[intervals_[feature][table_.row(i)[feature]]]].push_back(i);
    std::uint32_t at = item.node;
    for (std::uint32_t g = 0; g + 1 < groups.size(); ++g) {
      const auto child = static_cast<std::uint32_t>(tree_.nodes.size());
      tree_.nodes.push_back(node_of(rows[g]));
      node_type rest;
      rest.total = tree_.nodes[at].total - tree_.nodes[child].total;
      tree_.nodes.push_back(rest);
      node_type& node = tree_.nodes[at];
      node.feature = static_cast<std::uint32_t>(feature);
      node.gain = g == 0 ? best.statistic : 0.0;
      node.categorical = !ordered;
      node.left = child;
      node.right = child + 1;
      if (ordered)
        cut(node, group_of, g, !groups[g].known());
      else
        take_levels(node, feature, group_of, g);
      open.push_back({child, item.depth + 1, std::move(rows[g])});
      at = child + 1;
    }
    open.push_back({at, item.depth + 1, std::move(rows.back())});
  }

  static std::uint32_t first_known(const chaid_group& g) {
    std::uint32_t first = 0;
    for (const auto c : g.codes)
      if (c > 0 && (first == 0 || c < first)) first = c;
    return first;
  }
  static std::uint32_t largest(const std::vector<chaid_group>& groups) {
    return static_cast<std::uint32_t>(std::max_element(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.rows < b.rows; }) -
                                      groups.begin());
  }

  void cut(node_type& node, const std::vector<std::uint32_t>& group_of, std::uint32_t group, bool only_missing) const {
    const auto& interval = intervals_[node.feature];
    if (only_missing) {  // the missing go right: "known" is what a node can ask
      std::swap(node.left, node.right);
      node.next = 0;
      node.missing_left = false;
      return;
    }
    for (std::uint32_t c = 1; c < interval.size(); ++c)
      if (group_of[interval[c]] <= group) node.code = c;
    node.next = node.code + 1;
    node.missing_left = group_of[0] == group;
  }

  void take_levels(node_type& node, std::size_t feature, const std::vector<std::uint32_t>& group_of, std::uint32_t group) {
    node.set = static_cast<std::uint32_t>(tree_.sets.size() / set_words_);
    tree_.sets.resize(tree_.sets.size() + set_words_);
    for (std::uint32_t c = 0; c < table_.columns[feature].codes(); ++c)
      if (group_of[c] == group) tree_.sets[std::size_t{node.set} * set_words_ + c / 32] |= std::uint32_t{1} << (c % 32);
  }

  const trees::binned_table& table_;
  const binary_target& target_;
  const chaid_options& options_;
  std::uint32_t set_words_;
  std::vector<std::vector<std::uint32_t>> intervals_;
  trees::detail::grown_tree<rule_type> tree_;
  std::vector<made_split> splits_;
};

}  // namespace detail

TENURE_INLINE void chaid_model::check() const {
  detail::check_classifier(trees, importances);
  if (trees.trees() != 1) throw bad_file("chaid: there must be one tree");
  const std::size_t n = split_node.size();
  if (split_groups.size() != n || split_statistic.size() != n || split_log_p.size() != n) throw bad_file("chaid: the lists of splits differ in length");
  for (const auto node : split_node)
    if (node >= trees.nodes.size()) throw bad_file("chaid: a split's node is out of range");
}

TENURE_INLINE chaid_model fit_chaid(const table_view& x, numeric_column y, const chaid_options& options, numeric_column weight, const execution& run) {
  validate(options);
  const auto target = detail::binary_target_of(x, y, weight);
  const auto table = trees::bin(x, 255, run, target.weight);
  const detail::chaid_grower grower(table, target, options);
  const auto& tree = grower.tree();

  chaid_model model;
  model.trees.columns = trees::detail::columns_of(x, table.columns);
  model.trees.set_words = trees::detail::set_words_of(table.columns);
  const detail::chaid_grower::rule_type rule;
  const detail::class_leaf<detail::chaid_grower::rule_type> leaf{rule, 1, 1};
  std::vector<trees::detail::flat_tree> flat;
  flat.push_back(trees::detail::flatten(
      tree, table.cols, model.trees.set_words, [&](const auto& node) { return trees::detail::binned_cut(node, table.columns); },
      [&](const auto& node) { return leaf.value(node); }, [&](const auto& node) { return leaf.weight(node); }));
  model.importances = trees::detail::join_trees(model.trees, flat);
  detail::normalise(model.importances);

  std::vector<std::uint32_t> position(tree.nodes.size());
  std::uint32_t next = 0;
  for (std::vector<std::uint32_t> open{0}; !open.empty();) {  // the order of `flatten`
    const auto& node = tree.nodes[open.back()];
    position[open.back()] = next++;
    open.pop_back();
    if (!node.left) continue;
    open.push_back(node.right);
    open.push_back(node.left);
  }
  auto splits = grower.splits();
  std::sort(splits.begin(), splits.end(), [&](const auto& a, const auto& b) { return position[a.node] < position[b.node]; });
  for (const auto& s : splits) {
    model.split_node.push_back(position[s.node]);
    model.split_groups.push_back(s.groups);
    model.split_statistic.push_back(s.statistic);
    model.split_log_p.push_back(s.log_p);
  }
  return model;
}

TENURE_INLINE std::vector<double> predict_probability(const chaid_model& model, const table_view& x, const execution& run) {
  return trees::sum_values(model.trees, x, run);
}

TENURE_INLINE double predict_probability_row(const chaid_model& model, std::span<const double> row) { return trees::sum_values_row(model.trees, row); }

}  // namespace tenure::inline TENURE_ABI::learn
