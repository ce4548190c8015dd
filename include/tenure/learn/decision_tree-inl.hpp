#pragma once

#include <algorithm>
#include <limits>
#include <numeric>

#include "tenure/learn/decision_tree.hpp"
#include "tenure/learn/tree_input-inl.hpp"
#include "tenure/trees/flatten-inl.hpp"
#include "tenure/trees/grower-inl.hpp"
#include "tenure/trees/prune-inl.hpp"

namespace tenure::inline TENURE_ABI::learn {

namespace detail {

inline void check_classifier(const trees::tree_ensemble& trees, const std::vector<double>& importances) {
  trees.check();
  for (const double v : trees.values)
    if (!(v >= 0 && v <= 1)) throw bad_file("trees: probabilities must lie in [0, 1]");
  if (importances.size() != trees.columns.size()) throw bad_file("trees: one importance a column is needed");
}

/// Prepares rule, limits and targets for one classification tree and hands them, with the table in codes, to `use`.
template <class Stat, bool Entropy, class Use>
void grow_decision_tree(const table_view& x, const binary_target& target, const decision_tree_options& options, const execution& run, Use&& use) {
  using rule_type = trees::detail::class_rule<Stat, Entropy>;
  const double total = target.weight0 * options.class_weight0 + target.weight1 * options.class_weight1;
  rule_type rule;
  rule.weight0 = options.class_weight0;
  rule.weight1 = options.class_weight1;
  rule.min_rows = options.min_samples_leaf;
  rule.min_weight = options.min_weight_fraction_leaf * total;
  trees::detail::grow_limits limits;
  if (options.max_depth) limits.max_depth = static_cast<std::uint32_t>(options.max_depth);
  limits.max_leaf_nodes = static_cast<std::uint32_t>(options.max_leaf_nodes);
  limits.min_rows_split = std::max(options.min_samples_split, 2 * options.min_samples_leaf);
  if (options.min_impurity_decrease > 0) limits.min_gain = (options.min_impurity_decrease - 1e-15) * total / rule_type::scale;
  limits.features_per_node = static_cast<std::uint32_t>(options.max_features);
  limits.monotone = monotone_of(options.monotone, x);
  limits.seed = static_cast<std::uint64_t>(options.seed);

  std::vector<std::uint32_t> rows;
  std::vector<Stat> targets;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    if (!target.weight.empty() && target.weight[i] == 0) continue;
    rows.push_back(static_cast<std::uint32_t>(i));
    if constexpr (std::is_same_v<Stat, std::uint64_t>) {
      targets.push_back(trees::detail::pack(target.y[i], 1));
    } else {
      const double w = target.weight[i] * (target.y[i] ? options.class_weight1 : options.class_weight0);
      targets.push_back({w, target.y[i] ? w : 0.0, 1.0});
    }
  }
  const bool exact = options.search == split_search::exact || (options.search == split_search::automatic && x.rows() <= 50'000);
  if (exact) {
    const auto table = trees::rank(x, run);
    const trees::detail::ranked_source source{table};
    auto tree = trees::detail::tree_grower<rule_type, trees::detail::ranked_source>(rule, source, limits, run).grow(rows, targets);
    use(
        rule, tree, [&] { return trees::detail::columns_of(x, table, tree); },
        [&](const auto& columns) {
          return [&](const auto& node) {
            const auto& cuts = columns[node.feature].cuts;
            return static_cast<std::uint32_t>(std::lower_bound(cuts.begin(), cuts.end(), trees::detail::ranked_threshold(node, table)) - cuts.begin());
          };
        },
        trees::detail::set_words_of(table.columns));
  } else {
    const auto table = trees::bin(x, options.max_bins, run, target.weight);
    const trees::detail::binned_source source{table};
    auto tree = trees::detail::tree_grower<rule_type, trees::detail::binned_source>(rule, source, limits, run).grow(rows, targets);
    use(
        rule, tree, [&] { return trees::detail::columns_of(x, table.columns); },
        [&](const auto&) { return [&](const auto& node) { return trees::detail::binned_cut(node, table.columns); }; },
        trees::detail::set_words_of(table.columns));
  }
}

template <class Use>
void with_decision_tree(const table_view& x, numeric_column y, const decision_tree_options& options, numeric_column weight, const execution& run, Use&& use) {
  validate(options);
  const auto target = binary_target_of(x, y, weight);
  const bool entropy = options.criterion == split_criterion::entropy;
  using counts = trees::detail::weighted_counts;
  if (target.weight.empty())
    entropy ? grow_decision_tree<std::uint64_t, true>(x, target, options, run, use) : grow_decision_tree<std::uint64_t, false>(x, target, options, run, use);
  else
    entropy ? grow_decision_tree<counts, true>(x, target, options, run, use) : grow_decision_tree<counts, false>(x, target, options, run, use);
}

}  // namespace detail

TENURE_INLINE void decision_tree_model::check() const {
  detail::check_classifier(trees, importances);
  if (trees.trees() != 1) throw bad_file("decision tree: there must be one tree");
}

TENURE_INLINE decision_tree_model fit_decision_tree(const table_view& x, numeric_column y, const decision_tree_options& options, numeric_column weight,
                                                    const execution& run) {
  decision_tree_model model;
  const double w0 = options.class_weight0, w1 = options.class_weight1;
  if (options.prior_correction) model.threshold = w0 / (w0 + w1);
  detail::with_decision_tree(
      x, y, options, weight, run, [&](const auto& rule, auto& tree, const auto& columns_of, const auto& cut_of, std::uint32_t set_words) {
        using rule_type = std::decay_t<decltype(rule)>;
        if (options.ccp_alpha > 0) {
          const double total = rule.weight(tree.nodes[0].total);
          const auto links =
              trees::detail::weakest_links(tree, [&](const auto& node) { return rule.node_cost(node.total) * rule_type::scale / total; }, options.ccp_alpha);
          for (const auto cut : links.cut)
            tree.nodes[cut].left = tree.nodes[cut].right = 0;
        }
        model.trees.columns = columns_of();
        model.trees.set_words = set_words;
        const detail::class_leaf<rule_type> leaf{rule, options.prior_correction ? 1 / w0 : 1.0, options.prior_correction ? 1 / w1 : 1.0};
        std::vector<trees::detail::flat_tree> flat;
        flat.push_back(trees::detail::flatten(
            tree, x.cols(), set_words, cut_of(model.trees.columns), [&](const auto& node) { return leaf.value(node); },
            [&](const auto& node) { return leaf.weight(node); }));
        model.importances = trees::detail::join_trees(model.trees, flat);
        detail::normalise(model.importances);
      });
  return model;
}

TENURE_INLINE std::vector<double> predict_probability(const decision_tree_model& model, const table_view& x, const execution& run) {
  return trees::sum_values(model.trees, x, run);
}

TENURE_INLINE double predict_probability_row(const decision_tree_model& model, std::span<const double> row) { return trees::sum_values_row(model.trees, row); }

TENURE_INLINE pruning_path cost_complexity_path(const table_view& x, numeric_column y, const decision_tree_options& options, numeric_column weight,
                                                const execution& run) {
  pruning_path path;
  detail::with_decision_tree(x, y, options, weight, run, [&](const auto& rule, auto& tree, const auto&, const auto&, std::uint32_t) {
    using rule_type = std::decay_t<decltype(rule)>;
    const double total = rule.weight(tree.nodes[0].total);
    auto links = trees::detail::weakest_links(tree, [&](const auto& node) { return rule.node_cost(node.total) * rule_type::scale / total; });
    path.alphas = std::move(links.alpha);
    path.impurities = std::move(links.risk);
  });
  return path;
}

}  // namespace tenure::inline TENURE_ABI::learn
