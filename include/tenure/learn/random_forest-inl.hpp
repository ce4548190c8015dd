#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "tenure/learn/corrected_importance-inl.hpp"
#include "tenure/learn/decision_tree-inl.hpp"
#include "tenure/learn/random_forest.hpp"

namespace tenure::inline TENURE_ABI::learn {

namespace detail {

template <class Stat, bool Entropy>
std::vector<trees::detail::flat_tree> grow_forest(const trees::binned_table& table, const binary_target& target, const random_forest_options& options,
                                                  const trees::detail::row_sampler& sampler, trees::detail::grow_limits limits, std::uint32_t set_words,
                                                  const execution& run) {
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
    flat[t] = trees::detail::flatten(
        tree, table.cols, set_words, [&](const auto& node) { return trees::detail::binned_cut(node, table.columns); },
        [&](const auto& node) { return leaf.value(node); }, [&](const auto& node) { return leaf.weight(node); });
  });
  return flat;
}

/// Log-loss of the out-of-bag probabilities of a few trees (clipped to [1e-4, 1 - 1e-4], as a leaf of one row says 0 or 1).
inline double out_of_bag_loss(const std::vector<trees::detail::flat_tree>& flat, const trees::binned_table& table, std::uint32_t set_words,
                              const binary_target& target, const trees::detail::row_sampler& sampler, const execution& run) {
  std::vector<double> sums(table.rows), votes(table.rows);
  for (std::size_t t = 0; t < flat.size(); ++t) {
    const auto counts = sampler.draw(t);
    const auto& tree = flat[t];
    parallel_chunks(chunking(table.rows, 1024), run, [&](std::size_t, std::size_t begin, std::size_t end) {
      std::vector<std::uint32_t> leaf(end - begin);
      trees::detail::walk_tree(tree.nodes.data(), table.row(begin), table.cols, end - begin, tree.sets.empty() ? nullptr : tree.sets.data(), set_words,
                               leaf.data());
      for (std::size_t i = begin; i < end; ++i) {
        if (counts[i]) continue;
        sums[i] += tree.values[static_cast<std::uint32_t>(tree.nodes[leaf[i - begin]])];
        ++votes[i];
      }
    });
  }
  double loss = 0;
  for (std::size_t i = 0; i < table.rows; ++i) {
    if (votes[i] == 0) continue;
    const double p = std::clamp(sums[i] / votes[i], 1e-4, 1 - 1e-4);
    loss -= std::log(target.y[i] ? p : 1 - p);
  }
  return loss;
}

inline std::vector<double> groups_of(const table_view& x, numeric_column groups) {
  if (!groups.empty() && groups.size() != x.rows())
    throw invalid_input("groups", "must have as many values as X has rows (" + std::to_string(x.rows()) + ")", static_cast<double>(groups.size()));
  std::vector<double> out;
  for (std::size_t i = 0; i < groups.size(); ++i)
    out.push_back(groups[i]);
  return out;
}

}  // namespace detail

TENURE_INLINE void random_forest_model::check() const {
  detail::check_classifier(trees, importances);
  if (trees.trees() == 0) throw bad_file("random forest: there must be a tree");
}

TENURE_INLINE random_forest_model fit_random_forest(const table_view& x, numeric_column y, const random_forest_options& given, numeric_column weight,
                                                    numeric_column groups, const execution& run) {
  validate(given);
  auto options = given;
  auto target = detail::binary_target_of(x, y, weight);
  const double total_weight = target.weight0 + target.weight1;
  if (options.max_features == 0) options.max_features = std::max(1, static_cast<int>(std::sqrt(static_cast<double>(x.cols()))));
  trees::detail::grow_limits limits;
  if (options.max_depth) limits.max_depth = static_cast<std::uint32_t>(options.max_depth);
  limits.max_leaf_nodes = static_cast<std::uint32_t>(options.max_leaf_nodes);
  limits.features_per_node = static_cast<std::uint32_t>(options.max_features);
  limits.monotone = detail::monotone_of(options.monotone, x);
  limits.seed = static_cast<std::uint64_t>(options.seed);
  auto table = trees::bin(x, options.max_bins, run, target.weight);
  auto units = detail::groups_of(x, groups);
  units = trees::detail::reordered(units, detail::order_by_content(table, target));
  const trees::detail::row_sampler sampler(x.rows(), target.weight, units, options.bootstrap, options.max_samples, limits.seed);
  if (sampler.uses_weights()) target.weight.clear();

  random_forest_model model;
  if (options.prior_correction) model.threshold = options.class_weight0 / (options.class_weight0 + options.class_weight1);
  model.bootstrap = options.bootstrap;
  model.max_samples = options.max_samples;
  model.seed = options.seed;
  model.trees.columns = trees::detail::columns_of(x, table.columns);
  model.trees.set_words = trees::detail::set_words_of(table.columns);
  const bool entropy = options.criterion == split_criterion::entropy;
  using counts = trees::detail::weighted_counts;
  const auto grow = [&](const trees::binned_table& rows, const random_forest_options& how, const execution& running) {
    auto own = limits;
    if (rows.cols > limits.monotone.size()) own.monotone.insert(own.monotone.end(), limits.monotone.begin(), limits.monotone.end());
    own.min_rows_split = std::max(how.min_samples_split, 2 * how.min_samples_leaf);
    const auto with = [&](auto grower) { return grower(rows, target, how, sampler, own, model.trees.set_words, running); };
    if (target.weight.empty()) return entropy ? with(detail::grow_forest<std::uint64_t, true>) : with(detail::grow_forest<std::uint64_t, false>);
    return entropy ? with(detail::grow_forest<counts, true>) : with(detail::grow_forest<counts, false>);
  };
  if (options.min_samples_leaf == 0) {
    const double rows = total_weight;
    options.min_samples_leaf = rows < 500 ? 1 : 10;
    if (options.bootstrap && rows >= 500 && rows <= 50'000) {
      double best = std::numeric_limits<double>::infinity();
      for (const double leaf : {3.0, 10.0, 30.0}) {
        auto pilot = options;
        pilot.n_estimators = 25;
        pilot.min_samples_leaf = leaf;
        pilot.prior_correction = true;
        const double loss =
            detail::out_of_bag_loss(grow(table, pilot, {.threads = run.threads}), table, model.trees.set_words, target, sampler, {.threads = run.threads});
        if (loss >= best) continue;
        best = loss;
        options.min_samples_leaf = leaf;
      }
    }
  }
  model.min_samples_leaf = options.min_samples_leaf;
  const bool corrected = options.importance == forest_importance::impurity_corrected;
  const detail::half_way first{run, 0.0}, second{run, 0.5};
  auto flat = grow(table, options, corrected ? execution(first) : run);
  model.importances = trees::detail::join_trees(model.trees, flat);
  detail::normalise(model.importances);
  if (corrected)
    model.importances = detail::corrected_importances(table, limits.seed, [&](const trees::binned_table& rows) { return grow(rows, options, second); });
  return model;
}

TENURE_INLINE std::vector<double> predict_probability(const random_forest_model& model, const table_view& x, const execution& run) {
  auto sums = trees::sum_values(model.trees, x, run);
  for (double& s : sums)
    s /= static_cast<double>(model.trees.trees());
  return sums;
}

TENURE_INLINE double predict_probability_row(const random_forest_model& model, std::span<const double> row) {
  return trees::sum_values_row(model.trees, row) / static_cast<double>(model.trees.trees());
}

TENURE_INLINE std::vector<std::vector<bool>> out_of_bag_rows(const random_forest_model& model, const table_view& x, numeric_column y, numeric_column weight,
                                                             numeric_column groups, const execution& run) {
  if (!model.bootstrap) throw invalid_input("bootstrap", "must be true for out-of-bag predictions");
  const auto target = detail::binary_target_of(x, y, weight);
  const auto codes = trees::code_rows(model.trees, x, run);
  const auto order = trees::detail::content_order(codes.data(), x.rows(), x.cols(), target.y);
  const auto reordered_groups = trees::detail::reordered(detail::groups_of(x, groups), order);
  const trees::detail::row_sampler sampler(x.rows(), trees::detail::reordered(target.weight, order), reordered_groups, true, model.max_samples,
                                           static_cast<std::uint64_t>(model.seed));
  std::vector<std::vector<bool>> outside(model.trees.trees(), std::vector<bool>(x.rows()));
  parallel_for(outside.size(), {.threads = run.threads}, [&](std::size_t t) {
    const auto counts = sampler.draw(t);
    for (std::size_t k = 0; k < counts.size(); ++k)
      outside[t][order[k]] = counts[k] == 0;
  });
  return outside;
}

TENURE_INLINE std::vector<double> out_of_bag_probability(const random_forest_model& model, const table_view& x, numeric_column y, numeric_column weight,
                                                         numeric_column groups, const execution& run) {
  const auto outside = out_of_bag_rows(model, x, y, weight, groups, run);
  std::vector<double> sums(x.rows());
  std::vector<std::uint32_t> votes(x.rows());
  trees::detail::visit_leaves(model.trees, x, run, [&](std::size_t begin, std::size_t count, std::size_t t, const std::uint32_t* value) {
    for (std::size_t i = 0; i < count; ++i) {
      if (!outside[t][begin + i]) continue;
      sums[begin + i] += model.trees.values[value[i]];
      ++votes[begin + i];
    }
  });
  for (std::size_t i = 0; i < sums.size(); ++i)
    sums[i] = votes[i] ? sums[i] / votes[i] : std::numeric_limits<double>::quiet_NaN();
  return sums;
}

}  // namespace tenure::inline TENURE_ABI::learn
