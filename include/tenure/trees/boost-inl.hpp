#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "tenure/core/random.hpp"
#include "tenure/trees/flatten-inl.hpp"
#include "tenure/trees/grower-inl.hpp"
#include "tenure/trees/kernels.hpp"
#include "tenure/trees/rules-inl.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// How a boosted tree grows.
struct boost_settings {
  double learning_rate = 0.1, min_rows = 20, min_hessian = 1e-3, l1 = 0, l2 = 1, subsample = 1, max_features = 1;
  std::uint64_t seed = 0;
  grow_limits limits;
};

/// Grows Newton trees on gradients and Hessians that the caller makes, one a row of the table.
class newton_booster {
 public:
  newton_booster(const binned_table& table, boost_settings settings, const execution& run)
      : table_(table), settings_(std::move(settings)), run_{.threads = run.threads}, set_words_(set_words_of(table.columns)) {}

  /// One tree for the rows `training`; its values, times the learning rate, are added to the scores of all rows.
  flat_tree round(std::size_t number, const std::vector<std::uint32_t>& training, const std::vector<double>& gradient, const std::vector<double>& hessian,
                  std::vector<double>& score) {
    auto rows = drawn_rows(number, training);
    auto limits = settings_.limits;
    limits.features = drawn_columns(number);
    const auto rule = rule_of(rows, gradient, hessian);
    auto targets = packed(rule, rows, gradient, hessian);
    const binned_source source{table_};
    const auto tree = tree_grower<newton_rule, binned_source>(rule, source, limits, run_).grow(rows, targets);
    std::vector<double> values(tree.nodes.size());
    for (std::size_t k = 0; k < values.size(); ++k) {
      const auto& node = tree.nodes[k];
      if (node.left) continue;
      double g = 0, h = 0;
      for (std::uint32_t r = node.begin; r < node.end; ++r) {
        g += gradient[rows[r]];
        h += hessian[rows[r]];
      }
      const double step = h + settings_.l2 > 0 ? -rule.shrunk(g) / (h + settings_.l2) : 0.0;
      values[k] = settings_.learning_rate * std::clamp(step, node.low, node.high);
    }
    auto flat = flatten(
        tree, table_.cols, set_words_, [&](const auto& node) { return binned_cut(node, table_.columns); },
        [&](const auto& node) { return values[static_cast<std::size_t>(&node - tree.nodes.data())]; },
        [](const auto& node) { return static_cast<double>(node.end - node.begin); });
    add(flat, score);
    return flat;
  }

  /// Adds a tree's values to the scores of all rows.
  void add(const flat_tree& flat, std::vector<double>& score) const {
    parallel_chunks(chunking(table_.rows, 1024), run_, [&](std::size_t, std::size_t begin, std::size_t end) {
      std::vector<std::uint32_t> leaf(end - begin);
      walk_tree(flat.nodes.data(), table_.row(begin), table_.cols, end - begin, flat.sets.empty() ? nullptr : flat.sets.data(), set_words_, leaf.data());
      for (std::size_t i = begin; i < end; ++i)
        score[i] += flat.values[static_cast<std::uint32_t>(flat.nodes[leaf[i - begin]])];
    });
  }

 private:
  std::vector<std::uint32_t> drawn_rows(std::size_t number, const std::vector<std::uint32_t>& training) const {
    if (settings_.subsample >= 1) return training;
    random_stream random(settings_.seed, 2 * number + 2);
    std::vector<std::uint32_t> rows;
    for (const auto i : training)
      if (random.uniform() < settings_.subsample) rows.push_back(i);
    return rows.size() >= 2 ? rows : training;
  }

  std::vector<std::uint32_t> drawn_columns(std::size_t number) const {
    std::vector<std::uint32_t> columns(table_.cols);
    std::iota(columns.begin(), columns.end(), 0U);
    const auto wanted = static_cast<std::size_t>(std::max(1.0, std::floor(settings_.max_features * static_cast<double>(table_.cols))));
    if (wanted >= columns.size()) return columns;
    random_stream random(settings_.seed, 2 * number + 3);
    for (std::size_t k = 0; k < wanted; ++k)
      std::swap(columns[k], columns[k + random.below(columns.size() - k)]);
    columns.resize(wanted);
    std::sort(columns.begin(), columns.end());
    return columns;
  }

  /// Gradient and Hessian in fixed point: as fine as sums over the rows allow in 32 bits.
  newton_rule rule_of(const std::vector<std::uint32_t>& rows, const std::vector<double>& gradient, const std::vector<double>& hessian) const {
    double g = 0, h = 0;
    for (const auto i : rows) {
      g += std::abs(gradient[i]);
      h += hessian[i];
    }
    const auto n = static_cast<double>(rows.size());
    newton_rule rule;
    rule.gradient_step = std::max(g, 1e-300) / (2147483000.0 - n);
    rule.hessian_step = std::max(h, 1e-300) / (4294967000.0 - n);
    rule.l1 = settings_.l1;
    rule.l2 = settings_.l2;
    rule.min_rows = settings_.min_rows;
    rule.min_hessian = settings_.min_hessian;
    return rule;
  }

  static std::vector<std::uint64_t> packed(const newton_rule& rule, const std::vector<std::uint32_t>& rows, const std::vector<double>& gradient,
                                           const std::vector<double>& hessian) {
    std::vector<std::uint64_t> targets(rows.size());
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const double g = gradient[rows[k]] / rule.gradient_step;
      targets[k] = pack(static_cast<std::int64_t>(g + (g < 0 ? -0.5 : 0.5)), static_cast<std::uint32_t>(hessian[rows[k]] / rule.hessian_step + 0.5));
    }
    return targets;
  }

  const binned_table& table_;
  boost_settings settings_;
  execution run_;
  std::uint32_t set_words_;
};

}  // namespace tenure::inline TENURE_ABI::trees::detail
