#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/core/random.hpp"
#include "tenure/learn/tree_input-inl.hpp"
#include "tenure/learn/uplift_forest.hpp"
#include "tenure/trees/flatten-inl.hpp"
#include "tenure/trees/grower-inl.hpp"
#include "tenure/trees/sample-inl.hpp"
#include "tenure/trees/uplift_rule-inl.hpp"

namespace tenure::inline TENURE_ABI::learn {

namespace detail {

/// Outcome and treatment of each row as one label: y + 2 treatment.
inline binary_target uplift_target_of(const table_view& x, numeric_column y, numeric_column treatment) {
  const std::size_t n = x.rows();
  if (n == 0) throw invalid_input("X", "has no rows");
  binary_target target;
  target.y.resize(n);
  const auto read = [&](const numeric_column& column, const char* name, std::uint8_t unit, const char* groups) {
    if (column.size() != n) throw invalid_input(name, "must have as many values as X has rows (" + std::to_string(n) + ")", static_cast<double>(column.size()));
    std::size_t ones = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (column[i] != 0 && column[i] != 1) throw invalid_input(name, "must be 0 or 1", column[i], i);
      if (column[i] == 0) continue;
      target.y[i] = static_cast<std::uint8_t>(target.y[i] + unit);
      ++ones;
    }
    if (ones == 0 || ones == n) throw invalid_input(name, groups);
  };
  read(y, "y", 1, "must hold both outcomes, 0 and 1; there is only one class");
  read(treatment, "treatment", 2, "must hold treated rows (1) and others (0)");
  return target;
}

inline trees::detail::uplift_counts uplift_counts_of(std::uint8_t label, std::uint32_t count) {
  const bool treated = (label & 2) != 0, event = (label & 1) != 0;
  return {treated ? count : 0U, treated && event ? count : 0U, treated ? 0U : count, !treated && event ? count : 0U};
}

/// Gives the leaves of a tree the values of rows that had no say in its splits. A leaf without treated or other rows says what the next node above
/// it with both says.
inline void revalue(trees::detail::flat_tree& flat, const trees::binned_table& table, std::uint32_t set_words, const std::vector<std::uint8_t>& label,
                    const std::vector<std::uint32_t>& rows, const std::vector<std::uint32_t>& counts) {
  std::vector<trees::detail::uplift_counts> sums(flat.nodes.size());
  for (std::size_t k = 0; k < rows.size(); ++k) {
    std::uint32_t leaf = 0;
    trees::detail::walk_tree(flat.nodes.data(), table.row(rows[k]), table.cols, 1, flat.sets.empty() ? nullptr : flat.sets.data(), set_words, &leaf);
    sums[leaf] += uplift_counts_of(label[rows[k]], counts[k]);
  }
  const auto node = [&](std::size_t i) { return trees::tree_node::of(flat.nodes[i]); };
  for (std::size_t i = sums.size(); i-- > 0;) {
    if (node(i).leaf) continue;
    sums[i] = sums[i + 1];
    sums[i] += sums[node(i).right];
  }
  trees::detail::number_table values;
  std::vector<double> above(sums.size());
  std::size_t leaf = 0;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const auto n = node(i);
    if (sums[i].both_groups()) above[i] = sums[i].uplift();
    if (!n.leaf) {
      above[i + 1] = above[n.right] = above[i];
      continue;
    }
    auto changed = n;
    changed.right = values.index_of(above[i]);
    flat.nodes[i] = changed.packed();
    flat.leaf_weight[leaf++] = static_cast<float>(sums[i].rows());
  }
  flat.values = std::move(values.values);
}

}  // namespace detail

TENURE_INLINE void uplift_forest_model::check() const {
  trees.check();
  if (trees.trees() == 0) throw bad_file("uplift forest: there must be a tree");
  for (const double v : trees.values)
    if (!(v >= -1 && v <= 1)) throw bad_file("uplift forest: differences of rates must lie in [-1, 1]");
  if (importances.size() != trees.columns.size()) throw bad_file("uplift forest: one importance a column is needed");
}

TENURE_INLINE uplift_forest_model fit_uplift_forest(const table_view& x, numeric_column y, numeric_column treatment, const uplift_forest_options& options,
                                                    const execution& run) {
  validate(options);
  auto target = detail::uplift_target_of(x, y, treatment);
  auto table = trees::bin(x, options.max_bins, run);
  detail::order_by_content(table, target);
  const trees::detail::row_sampler sampler(x.rows(), {}, {}, options.bootstrap, options.max_samples, static_cast<std::uint64_t>(options.seed));

  trees::detail::grow_limits limits;
  if (options.max_depth) limits.max_depth = static_cast<std::uint32_t>(options.max_depth);
  limits.min_rows_split = 2 * options.min_samples_leaf;
  limits.positive_gain = true;
  const auto root = static_cast<std::uint32_t>(std::sqrt(static_cast<double>(x.cols())));
  limits.features_per_node = options.max_features ? static_cast<std::uint32_t>(options.max_features) : std::max(1U, root);
  limits.seed = static_cast<std::uint64_t>(options.seed);
  trees::detail::uplift_rule rule;
  rule.kind = static_cast<trees::detail::distance>(options.criterion);
  rule.normalised = options.normalise;
  rule.min_rows = options.min_samples_leaf;
  rule.min_group_rows = options.min_samples_treatment;

  uplift_forest_model model;
  model.trees.columns = trees::detail::columns_of(x, table.columns);
  model.trees.set_words = trees::detail::set_words_of(table.columns);
  std::vector<trees::detail::flat_tree> flat(static_cast<std::size_t>(options.n_estimators));
  parallel_for(flat.size(), run, [&](std::size_t t) {
    const auto counts = sampler.draw(t);
    random_stream coin(limits.seed, (std::uint64_t{1} << 62) | t);
    std::vector<std::uint32_t> rows, other_rows, other_counts;
    std::vector<trees::detail::uplift_counts> targets;
    for (std::uint32_t i = 0; i < table.rows; ++i) {
      const std::uint32_t count = counts.empty() ? 1U : counts[i];
      if (count == 0) continue;
      if (options.honest && coin.uniform() < 0.5) {
        other_rows.push_back(i);
        other_counts.push_back(count);
        continue;
      }
      rows.push_back(i);
      targets.push_back(detail::uplift_counts_of(target.y[i], count));
    }
    auto own = limits;
    own.stream = t + 1;
    const trees::detail::binned_source source{table};
    const auto tree = trees::detail::tree_grower<trees::detail::uplift_rule, trees::detail::binned_source>(rule, source, own, run).grow(rows, targets);
    flat[t] = trees::detail::flatten(
        tree, table.cols, model.trees.set_words, [&](const auto& node) { return trees::detail::binned_cut(node, table.columns); },
        [](const auto& node) { return node.total.both_groups() ? node.total.uplift() : 0.0; }, [](const auto& node) { return node.total.rows(); });
    if (options.honest) detail::revalue(flat[t], table, model.trees.set_words, target.y, other_rows, other_counts);
  });
  model.importances = trees::detail::join_trees(model.trees, flat);
  detail::normalise(model.importances);
  return model;
}

TENURE_INLINE std::vector<double> predict_uplift(const uplift_forest_model& model, const table_view& x, const execution& run) {
  auto sums = trees::sum_values(model.trees, x, run);
  for (double& s : sums)
    s /= static_cast<double>(model.trees.trees());
  return sums;
}

TENURE_INLINE double predict_uplift_row(const uplift_forest_model& model, std::span<const double> row) {
  return trees::sum_values_row(model.trees, row) / static_cast<double>(model.trees.trees());
}

}  // namespace tenure::inline TENURE_ABI::learn
