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

using newton_tree = grown_tree<newton_rule>;

/// The columns of round `number`, ascending: a share of all, drawn anew each round.
inline std::vector<std::uint32_t> columns_of_round(std::size_t number, std::size_t columns, double share, std::uint64_t seed) {
  std::vector<std::uint32_t> drawn(columns);
  std::iota(drawn.begin(), drawn.end(), 0U);
  const auto wanted = static_cast<std::size_t>(std::max(1.0, std::floor(share * static_cast<double>(columns))));
  if (wanted >= columns) return drawn;
  random_stream random(seed, 2 * number + 3);
  for (std::size_t k = 0; k < wanted; ++k)
    std::swap(drawn[k], drawn[k + random.below(columns - k)]);
  drawn.resize(wanted);
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

/// Gives a rule a fixed point as fine as sums of `rows` gradients and Hessians with these totals allow in 32 bits.
inline void fit_steps(newton_rule& rule, double total_gradient, double total_hessian, std::size_t rows) {
  const auto n = static_cast<double>(rows);
  rule.gradient_step = std::max(total_gradient, 1e-300) / (2147483000.0 - n);
  rule.hessian_step = std::max(total_hessian, 1e-300) / (4294967000.0 - n);
}

/// Newton steps of the leaves from exact sums over their rows, times `rate`; `derivatives(i)` gives gradient and Hessian of row i.
template <class Derivatives>
std::vector<double> leaf_steps(const newton_tree& tree, const newton_rule& rule, double rate, const std::vector<std::uint32_t>& rows, Derivatives&& derivatives,
                               const execution& run) {
  std::vector<double> values(tree.nodes.size());
  parallel_for(values.size(), {.threads = rows.size() > 20'000 ? run.threads : 1}, [&](std::size_t k) {
    const auto& node = tree.nodes[k];
    if (node.left) return;
    double g = 0, h = 0;
    for (std::uint32_t r = node.begin; r < node.end; ++r) {
      const auto [gradient, hessian] = derivatives(rows[r]);
      g += gradient;
      h += hessian;
    }
    const double step = h + rule.l2 > 0 ? -rule.shrunk(g) / (h + rule.l2) : 0.0;
    values[k] = rate * std::clamp(step, node.low, node.high);
  });
  return values;
}

/// The tree with those values in its leaves.
inline flat_tree flat_of(const newton_tree& tree, const std::vector<double>& values, const binned_table& table, std::uint32_t set_words) {
  return flatten(
      tree, table.cols, set_words, [&](const auto& node) { return binned_cut(node, table.columns); },
      [&](const auto& node) { return values[static_cast<std::size_t>(&node - tree.nodes.data())]; },
      [](const auto& node) { return static_cast<double>(node.end - node.begin); });
}

/// Adds the values of a tree to the scores of the rows that it was grown on.
inline void add_values(const newton_tree& tree, const std::vector<double>& values, const std::vector<std::uint32_t>& rows, std::vector<double>& score,
                       const execution& run) {
  parallel_for(values.size(), {.threads = rows.size() > 20'000 ? run.threads : 1}, [&](std::size_t k) {
    const auto& node = tree.nodes[k];
    if (node.left) return;
    for (std::uint32_t r = node.begin; r < node.end; ++r)
      score[rows[r]] += values[k];
  });
}

/// Adds the values of a tree to the scores of all rows of the table.
inline void add_values(const flat_tree& flat, const binned_table& table, std::uint32_t set_words, std::vector<double>& score, const execution& run) {
  parallel_chunks(chunking(table.rows, 1024), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> leaf(end - begin);
    walk_tree(flat.nodes.data(), table.row(begin), table.cols, end - begin, flat.sets.empty() ? nullptr : flat.sets.data(), set_words, leaf.data());
    for (std::size_t i = begin; i < end; ++i)
      score[i] += flat.values[static_cast<std::uint32_t>(flat.nodes[leaf[i - begin]])];
  });
}

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
      : table_(table),
        settings_(std::move(settings)),
        run_{.threads = run.threads},
        set_words_(set_words_of(table.columns)),
        by_column_(detail::by_column(table, run_)) {}

  /// One tree for the rows `training`; its values, times the learning rate, are added to the scores of all rows.
  flat_tree round(std::size_t number, const std::vector<std::uint32_t>& training, const std::vector<double>& gradient, const std::vector<double>& hessian,
                  std::vector<double>& score) {
    auto rows = drawn_rows(number, training);
    auto limits = settings_.limits;
    limits.features = columns_of_round(number, table_.cols, settings_.max_features, settings_.seed);
    const auto rule = rule_of(rows, gradient, hessian);
    auto targets = packed(rule, rows, gradient, hessian);
    const binned_source source{table_, by_column_.data()};
    const auto tree = tree_grower<newton_rule, binned_source>(rule, source, limits, run_).grow(rows, targets);
    const auto values = leaf_steps(tree, rule, settings_.learning_rate, rows, [&](std::uint32_t i) { return std::pair(gradient[i], hessian[i]); }, run_);
    auto flat = flat_of(tree, values, table_, set_words_);
    if (rows.size() == table_.rows)
      add_values(tree, values, rows, score, run_);
    else
      add(flat, score);
    return flat;
  }

  /// Adds a tree's values to the scores of all rows.
  void add(const flat_tree& flat, std::vector<double>& score) const { add_values(flat, table_, set_words_, score, run_); }

 private:
  std::vector<std::uint32_t> drawn_rows(std::size_t number, const std::vector<std::uint32_t>& training) const {
    if (settings_.subsample >= 1) return training;
    random_stream random(settings_.seed, 2 * number + 2);
    std::vector<std::uint32_t> rows;
    for (const auto i : training)
      if (random.uniform() < settings_.subsample) rows.push_back(i);
    return rows.size() >= 2 ? rows : training;
  }

  newton_rule rule_of(const std::vector<std::uint32_t>& rows, const std::vector<double>& gradient, const std::vector<double>& hessian) const {
    double g = 0, h = 0;
    for (const auto i : rows) {
      g += std::abs(gradient[i]);
      h += hessian[i];
    }
    newton_rule rule;
    fit_steps(rule, g, h, rows.size());
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
  std::vector<std::uint8_t> by_column_;
};

}  // namespace tenure::inline TENURE_ABI::trees::detail
