#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "tenure/learn/decision_tree-inl.hpp"
#include "tenure/learn/random_forest.hpp"
#include "tenure/trees/sample.hpp"

namespace tenure::inline TENURE_ABI::learn {

namespace detail {

template <class Stat, bool Entropy>
std::vector<trees::detail::flat_tree> grow_forest(const trees::binned_table& table, const binary_target& target, const random_forest_options& options, const trees::detail::row_sampler& sampler,
                                                  trees::detail::grow_limits limits, std::uint32_t set_words, const execution& run) {
  using rule_type = trees::detail::class_rule<Stat, Entropy>;
  const double total = target.weight0 * options.class_weight0 + target.weight1 * options.class_weight1;
  const double w0 = options.class_weight0, w1 = options.class_weight1;
  rule_type rule;
  rule.weight0 = w0;
  rule.weight1 = w1;
  rule.min_rows = options.min_samples_leaf;
  rule.min_weight = options.min_weight_fraction_leaf * total;
  if (options.min_impurity_decrease > 0) limits.min_gain = (options.min_impurity_decrease - 1e-15) * total / rule_type::scale;
  const class_leaf<rule_type> leaf{rule, options.prior_correction ? 1 / w0 : 1.0, options.prior_correction ? 1 / w1 : 1.0};

  std::vector<trees::detail::flat_tree> flat(static_cast<std::size_t>(options.n_estimators));
  parallel_for(flat.size(), run, [&](std::size_t t) {
    const auto counts = sampler.draw(t);
    std::vector<std::uint32_t> rows;
    std::vector<Stat> targets;
    rows.reserve(table.rows);
    targets.reserve(table.rows);
    for (std::size_t i = 0; i < table.rows; ++i) {
      const std::uint32_t count = counts.empty() ? 1U : counts[i];
      if (count == 0 || (!target.weight.empty() && target.weight[i] == 0)) continue;
      rows.push_back(static_cast<std::uint32_t>(i));
      if constexpr (std::is_same_v<Stat, std::uint64_t>) {
        targets.push_back(trees::detail::pack(target.y[i] ? count : 0U, count));
      } else {
        const double w = count * target.weight[i] * (target.y[i] ? w1 : w0);
        targets.push_back({w, target.y[i] ? w : 0.0, static_cast<double>(count)});
      }
    }
    auto own = limits;
    own.stream = t + 1;
    const trees::detail::binned_source source{table};
    const auto tree = trees::detail::tree_grower<rule_type, trees::detail::binned_source>(rule, source, own, run).grow(rows, targets);
    flat[t] = trees::detail::flatten(tree, table.cols, set_words, [&](const auto& node) { return trees::detail::binned_cut(node, table.columns); },
                                     [&](const auto& node) { return leaf.value(node); }, [&](const auto& node) { return leaf.weight(node); });
  });
  return flat;
}

}  // namespace detail

TENURE_INLINE void random_forest_model::check() const {
  detail::check_classifier(trees, importances);
  if (trees.trees() == 0) throw bad_file("random forest: there must be a tree");
}

TENURE_INLINE random_forest_model fit_random_forest(const table_view& x, numeric_column y, const random_forest_options& given, numeric_column weight, numeric_column groups,
                                                    const execution& run) {
  validate(given);
  auto options = given;
  const auto target = detail::binary_target_of(x, y, weight);
  if (options.min_samples_leaf == 0) options.min_samples_leaf = std::clamp(std::floor(static_cast<double>(x.rows()) / 500), 1.0, 10.0);
  if (options.max_features == 0) options.max_features = std::max(1, static_cast<int>(std::sqrt(static_cast<double>(x.cols()))));
  trees::detail::grow_limits limits;
  if (options.max_depth) limits.max_depth = static_cast<std::uint32_t>(options.max_depth);
  limits.max_leaf_nodes = static_cast<std::uint32_t>(options.max_leaf_nodes);
  limits.min_rows_split = std::max(options.min_samples_split, 2 * options.min_samples_leaf);
  limits.features_per_node = static_cast<std::uint32_t>(options.max_features);
  limits.monotone = detail::monotone_of(options.monotone, x);
  limits.seed = static_cast<std::uint64_t>(options.seed);
  const trees::detail::row_sampler sampler(x.rows(), groups, options.bootstrap, options.max_samples, limits.seed);

  const auto table = trees::bin(x, options.max_bins, run);
  random_forest_model model;
  if (options.prior_correction) model.threshold = options.class_weight0 / (options.class_weight0 + options.class_weight1);
  model.bootstrap = options.bootstrap;
  model.max_samples = options.max_samples;
  model.seed = options.seed;
  model.trees.columns = trees::detail::columns_of(x, table.columns);
  model.trees.set_words = trees::detail::set_words_of(table.columns);
  const bool entropy = options.criterion == split_criterion::entropy;
  using counts = trees::detail::weighted_counts;
  const auto grow = [&](auto grower) { return grower(table, target, options, sampler, limits, model.trees.set_words, run); };
  auto flat = target.weight.empty() ? (entropy ? grow(detail::grow_forest<std::uint64_t, true>) : grow(detail::grow_forest<std::uint64_t, false>))
                                    : (entropy ? grow(detail::grow_forest<counts, true>) : grow(detail::grow_forest<counts, false>));
  model.importances = trees::detail::join_trees(model.trees, flat);
  detail::normalise(model.importances);
  return model;
}

TENURE_INLINE std::vector<double> predict_probability(const random_forest_model& model, const table_view& x, const execution& run) {
  auto sums = trees::sum_values(model.trees, x, run);
  for (double& s : sums) s /= static_cast<double>(model.trees.trees());
  return sums;
}

TENURE_INLINE double predict_probability_row(const random_forest_model& model, std::span<const double> row) {
  return trees::sum_values_row(model.trees, row) / static_cast<double>(model.trees.trees());
}

TENURE_INLINE std::vector<double> out_of_bag_probability(const random_forest_model& model, const table_view& x, numeric_column groups, const execution& run) {
  if (!model.bootstrap) throw invalid_input("bootstrap", "must be true for out-of-bag predictions");
  const trees::detail::row_sampler sampler(x.rows(), groups, true, model.max_samples, static_cast<std::uint64_t>(model.seed));
  const std::size_t trees = model.trees.trees();
  std::vector<std::vector<bool>> outside(trees);
  parallel_for(trees, {.threads = run.threads}, [&](std::size_t t) {
    const auto counts = sampler.draw(t);
    outside[t].resize(counts.size());
    for (std::size_t i = 0; i < counts.size(); ++i) outside[t][i] = counts[i] == 0;
  });
  std::vector<double> sums(x.rows());
  std::vector<std::uint32_t> votes(x.rows());
  trees::detail::visit_leaves(model.trees, x, run, [&](std::size_t begin, std::size_t count, std::size_t t, const std::uint32_t* leaf) {
    const std::int64_t* const nodes = model.trees.nodes.data() + model.trees.tree_begin[t];
    for (std::size_t i = 0; i < count; ++i) {
      if (!outside[t][begin + i]) continue;
      sums[begin + i] += model.trees.values[static_cast<std::uint32_t>(nodes[leaf[i]])];
      ++votes[begin + i];
    }
  });
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = votes[i] ? sums[i] / votes[i] : std::numeric_limits<double>::quiet_NaN();
  return sums;
}

}  // namespace tenure::inline TENURE_ABI::learn
