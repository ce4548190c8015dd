#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "tenure/learn/decision_tree-inl.hpp"
#include "tenure/learn/pruning.hpp"

namespace tenure::inline TENURE_ABI::learn {

namespace detail {

/// A grown tree whose nodes know the price at which they become leaves (infinite: never by themselves).
struct priced_tree {
  trees::tree_ensemble trees;
  std::vector<double> price, value;  // one a node, depth first
};

/// Sums of weighted errors over the held-out rows, one a price.
struct price_errors {
  std::vector<double> sum, squares;
};

template <class Rule, class Tree>
trees::detail::pruning links_of(const Rule& rule, const Tree& tree) {
  const double total = rule.weight(tree.nodes[0].total);
  return trees::detail::weakest_links(tree, [&](const auto& node) { return rule.node_cost(node.total) * std::decay_t<Rule>::scale / total; });
}

inline priced_tree grow_priced(const table_view& x, numeric_column y, const decision_tree_options& options, numeric_column weight) {
  priced_tree out;
  with_decision_tree(x, y, options, weight, {}, [&](const auto& rule, auto& tree, const auto& columns_of, const auto& cut_of, std::uint32_t set_words) {
    using rule_type = std::decay_t<decltype(rule)>;
    const auto links = links_of(rule, tree);
    std::vector<double> price(tree.nodes.size(), std::numeric_limits<double>::infinity());
    for (std::size_t k = 0; k < links.cut.size(); ++k)
      price[links.cut[k]] = links.alpha[k + 1];
    const class_leaf<rule_type> leaf{rule, options.prior_correction ? 1 / options.class_weight0 : 1.0,
                                     options.prior_correction ? 1 / options.class_weight1 : 1.0};
    for (std::vector<std::uint32_t> open{0}; !open.empty();) {  // the order of `flatten`
      const auto& node = tree.nodes[open.back()];
      out.price.push_back(node.left ? price[open.back()] : 0.0);
      out.value.push_back(leaf.value(node));
      open.pop_back();
      if (!node.left) continue;
      open.push_back(node.right);
      open.push_back(node.left);
    }
    out.trees.columns = columns_of();
    out.trees.set_words = set_words;
    std::vector<trees::detail::flat_tree> flat;
    flat.push_back(trees::detail::flatten(
        tree, x.cols(), set_words, cut_of(out.trees.columns), [&](const auto& node) { return leaf.value(node); },
        [&](const auto& node) { return leaf.weight(node); }));
    trees::detail::join_trees(out.trees, flat);
  });
  return out;
}

/// Adds what a row of weight w and outcome y loses at every one of the ascending `prices`, as differences from price to price: the topmost node on its way
/// whose own price is not above speaks for it.
inline void add_row(const priced_tree& tree, const std::uint16_t* codes, double y, double w, const std::vector<double>& prices, price_errors& errors) {
  std::size_t end = prices.size();
  for (std::uint32_t at = 0; end > 0;) {
    const auto begin =
        static_cast<std::size_t>(std::lower_bound(prices.begin(), prices.begin() + static_cast<std::ptrdiff_t>(end), tree.price[at]) - prices.begin());
    const auto node = tree.trees.node(at);
    const std::size_t from = node.leaf ? 0 : begin;
    if (from < end) {
      const double e = (y - tree.value[at]) * (y - tree.value[at]);
      errors.sum[from] += w * e;
      errors.sum[end] -= w * e;
      errors.squares[from] += w * e * e;
      errors.squares[end] -= w * e * e;
      end = from;
    }
    if (node.leaf) return;
    at = tree.trees.goes_left(0, node, codes[node.feature]) ? at + 1 : node.right;
  }
}

inline std::vector<std::uint32_t> folds_of(numeric_column folds, std::size_t rows) {
  if (folds.size() != rows)
    throw invalid_input("folds", "must have as many values as X has rows (" + std::to_string(rows) + ")", static_cast<double>(folds.size()));
  std::vector<double> distinct(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    distinct[i] = folds[i];
    if (!(distinct[i] >= 0) || distinct[i] != std::floor(distinct[i])) throw invalid_input("folds", "must be whole numbers >= 0", distinct[i], i);
  }
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.size() < 2) throw invalid_input("folds", "must hold at least two different numbers");
  std::vector<std::uint32_t> out(rows);
  for (std::size_t i = 0; i < rows; ++i)
    out[i] = static_cast<std::uint32_t>(std::lower_bound(distinct.begin(), distinct.end(), folds[i]) - distinct.begin());
  return out;
}

}  // namespace detail

TENURE_INLINE pruning_table cross_validate_pruning(const table_view& x, numeric_column y, numeric_column folds, const decision_tree_options& options,
                                                   numeric_column weight, const execution& run) {
  validate(options);
  const auto target = detail::binary_target_of(x, y, weight);
  const auto fold = detail::folds_of(folds, x.rows());
  const std::size_t n = x.rows(), count = *std::max_element(fold.begin(), fold.end()) + std::size_t{1};
  const auto weight_of = [&](std::size_t i) { return target.weight.empty() ? 1.0 : target.weight[i]; };
  for (std::size_t f = 0; f < count; ++f) {
    double left[2] = {0, 0};
    for (std::size_t i = 0; i < n; ++i)
      if (fold[i] != f) left[target.y[i]] += weight_of(i);
    if (!(left[0] > 0) || !(left[1] > 0)) throw invalid_input("folds", "without one of them only one class is left");
  }

  pruning_table table;
  detail::with_decision_tree(x, y, options, weight, {.threads = run.threads}, [&](const auto& rule, auto& tree, const auto&, const auto&, std::uint32_t) {
    const auto links = detail::links_of(rule, tree);
    for (std::size_t k = 0; k < links.alpha.size(); ++k) {
      const double alpha = std::max(links.alpha[k], table.alphas.empty() ? 0.0 : table.alphas.back());
      const bool same = !table.alphas.empty() && alpha <= table.alphas.back() * (1 + 1e-9) + 1e-15;  // cut together
      if (!same) {
        table.alphas.push_back(alpha);
        table.impurities.push_back(0);
        table.leaves.push_back(0);
      }
      table.alphas.back() = alpha;
      table.impurities.back() = links.risk[k];
      table.leaves.back() = links.leaves[k];
    }
  });
  const std::size_t steps = table.alphas.size();
  std::vector<double> prices(steps, std::numeric_limits<double>::infinity());
  for (std::size_t k = 0; k + 1 < steps; ++k)
    prices[k] = std::sqrt(table.alphas[k] * table.alphas[k + 1]);

  std::vector<detail::price_errors> errors(count, {std::vector<double>(steps + 1), std::vector<double>(steps + 1)});
  parallel_for(count, run, [&](std::size_t f) {
    std::vector<double> training(n);
    for (std::size_t i = 0; i < n; ++i)
      training[i] = fold[i] == f ? 0.0 : weight_of(i);
    const auto tree = detail::grow_priced(x, y, options, training);
    const auto codes = trees::code_rows(tree.trees, x);
    for (std::size_t i = 0; i < n; ++i) {
      const double class_weight = options.prior_correction ? 1.0 : target.y[i] ? options.class_weight1 : options.class_weight0;
      if (fold[i] == f) detail::add_row(tree, codes.data() + i * x.cols(), target.y[i], weight_of(i) * class_weight, prices, errors[f]);
    }
  });

  double total = 0;
  for (std::size_t i = 0; i < n; ++i)
    total += weight_of(i) * (options.prior_correction ? 1.0 : target.y[i] ? options.class_weight1 : options.class_weight0);
  std::vector<double> sum(steps), squares(steps);
  for (const auto& part : errors) {
    double s = 0, q = 0;
    for (std::size_t k = 0; k < steps; ++k) {
      sum[k] += s += part.sum[k];
      squares[k] += q += part.squares[k];
    }
  }
  for (std::size_t k = 0; k < steps; ++k) {
    table.errors.push_back(sum[k] / total);
    table.std_errors.push_back(std::sqrt(std::max(squares[k] - sum[k] * sum[k] / total, 0.0)) / total);
    if (table.errors[k] <= table.errors[table.smallest_error]) table.smallest_error = k;
  }
  for (std::size_t k = 0; k < steps; ++k)
    if (table.errors[k] <= table.errors[table.smallest_error] + table.std_errors[table.smallest_error]) table.one_se = k;
  return table;
}

}  // namespace tenure::inline TENURE_ABI::learn
