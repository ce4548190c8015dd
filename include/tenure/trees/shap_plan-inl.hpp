#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

#include "tenure/trees/ensemble.hpp"
#include "tenure/trees/shap_kernel.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// Gauss-Legendre on [0, 1]: n points, exact for polynomials of degree 2 n - 1.
struct quadrature {
  std::vector<double> points, weights;

  explicit quadrature(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      double x = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (static_cast<double>(n) + 0.5)), slope = 1;
      for (int step = 0; step < 100; ++step) {
        double previous = 1, value = x;
        for (std::size_t k = 2; k <= n; ++k) {
          const auto degree = static_cast<double>(k);
          const double next = ((2 * degree - 1) * x * value - (degree - 1) * previous) / degree;
          previous = std::exchange(value, next);
        }
        slope = static_cast<double>(n) * (x * value - previous) / (x * x - 1);
        const double move = value / slope;
        x -= move;
        if (std::abs(move) < 1e-16) break;
      }
      points.push_back((1 + x) / 2);
      weights.push_back(1 / ((1 - x * x) * slope * slope));
    }
  }
};

/// Weight of the training rows of each node of one tree, and the mean of its leaf values.
struct node_sums {
  std::vector<double> weight, mean;

  node_sums(const tree_ensemble& model, std::size_t tree) : weight(model.tree_begin[tree + 1] - model.tree_begin[tree]), mean(weight.size()) {
    std::size_t leaf = model.leaf_begin[tree + 1];
    for (std::size_t i = weight.size(); i-- > 0;) {
      const tree_node n = model.node(model.tree_begin[tree] + i);
      if (n.leaf) {
        weight[i] = static_cast<double>(model.leaf_weight[--leaf]);
        mean[i] = model.values[n.right];
        continue;
      }
      const double a = weight[i + 1], b = weight[n.right];
      weight[i] = a + b;
      mean[i] = a + b > 0 ? (a * mean[i + 1] + b * mean[n.right]) / (a + b) : (mean[i + 1] + mean[n.right]) / 2;
    }
  }
};

/// One tree in the form that shap_walk reads.
struct shap_plan {
  std::vector<shap_node> nodes;
  std::vector<shap_twig> twigs;
  std::vector<shap_leaf> leaves;
  std::vector<double> earlier;  // per entry of the mix table from the third on: share kept by the column's tests above
  std::size_t positions = 0;
  std::size_t asked = 0;             // most different columns on one path
  double base = 0;                   // weighted mean of the leaf values
  std::vector<double> mix, weights;  // one table a group of quadrature points

  std::size_t groups() const { return std::max<std::size_t>(1, (asked + 2 * shap_points - 1) / (2 * shap_points)); }
  std::size_t bytes() const { return nodes.size() * sizeof(shap_node) + twigs.size() * sizeof(shap_twig) + mix.size() * sizeof(double); }
};

/// Makes the plan of one tree: weights bottom-up, then nodes breadth-first.
class shap_planner {
 public:
  shap_planner(const tree_ensemble& model, std::size_t tree) : model_(model), first_(model.tree_begin[tree]), sums_(model, tree) {}

  shap_plan plan() {
    shap_plan out;
    out.base = sums_.mean[0];
    out.positions = 1;
    if (node(0).leaf) return out;
    struct reached {
      std::uint32_t node, position, path;  // path: number of the last test above, 0 for none
      std::size_t different;
    };
    std::vector<reached> queue{{0, 0, 0, 0}};
    for (std::size_t head = 0; head < queue.size(); ++head) {
      const reached at = queue[head];
      const tree_node n = node(at.node);
      const std::uint32_t left = at.node + 1;
      const double all = sums_.weight[at.node], share = all > 0 ? sums_.weight[left] / all : 0.5, rest = all > 0 ? sums_.weight[n.right] / all : 0.5;
      const auto [before, kept] = earlier_test(at.path, n.feature);
      const std::size_t different = at.different + (before == 0);
      out.asked = std::max(out.asked, different);
      std::uint32_t mix = 1;
      if (before) {
        mix = static_cast<std::uint32_t>(out.earlier.size()) + 2;
        out.earlier.push_back(kept);
      }
      const auto shift = static_cast<std::uint16_t>(n.missing_left ? 0 : 1);
      const shap_test test{static_cast<std::uint16_t>(n.feature), static_cast<std::uint16_t>(n.categorical ? n.split : n.split + 1 - shift), shift,
                           n.categorical};
      if (node(left).leaf && node(n.right).leaf) {
        const double apart = value(left) - value(n.right);
        out.twigs.push_back({sums_.mean[at.node], {rest * apart, -share * apart}, before, mix, at.position, test});
        continue;
      }
      const auto child = static_cast<std::uint32_t>(out.positions);
      out.positions += 2;
      out.nodes.push_back({{share, rest}, child, before, mix, at.position, test});
      for (const std::uint32_t side : {0U, 1U}) {
        const std::uint32_t next = side ? n.right : left;
        if (node(next).leaf) {
          out.leaves.push_back({value(next), child + side});
          continue;
        }
        tests_.push_back({at.path, n.feature, child + side, kept * (side ? rest : share)});
        queue.push_back({next, child + side, static_cast<std::uint32_t>(tests_.size()), different});
      }
    }
    mix_shares(out);
    return out;
  }

 private:
  struct test_above {
    std::uint32_t above, feature, position;
    double kept;  // share of weight that the tests of the column keep down to here
  };

  tree_node node(std::size_t i) const { return model_.node(first_ + i); }
  double value(std::size_t i) const { return model_.values[node(i).right]; }

  /// The last test of a column on a path: where it led to and the share kept; {0, 1} when there is none.
  std::pair<std::uint32_t, double> earlier_test(std::uint32_t path, std::uint32_t feature) const {
    for (; path; path = tests_[path - 1].above)
      if (tests_[path - 1].feature == feature) return {tests_[path - 1].position, tests_[path - 1].kept};
    return {0, 1.0};
  }

  /// How likely a column is known at a node, given that the row got there: t where nothing asked it above, t / (t + z (1 - t)) where tests that
  /// the row passes kept share z, 0 where it failed one; and what a change there is worth to the column, z / (t + z (1 - t))^2.
  static void mix_shares(shap_plan& out) {
    const quadrature rule(out.groups() * shap_points);
    out.weights = rule.weights;
    out.mix.reserve(out.groups() * (out.earlier.size() + 2) * 2 * shap_points);
    for (std::size_t g = 0; g < out.groups(); ++g) {
      const double* const t = rule.points.data() + g * shap_points;
      out.mix.insert(out.mix.end(), 2 * shap_points, 0.0);
      out.mix.insert(out.mix.end(), t, t + shap_points);
      out.mix.insert(out.mix.end(), shap_points, 1.0);
      for (const double z : out.earlier) {
        double known[shap_points], worth[shap_points];
        for (std::size_t q = 0; q < shap_points; ++q) {
          const double likely = t[q] + z * (1 - t[q]);
          known[q] = t[q] / likely;
          worth[q] = z / (likely * likely);
        }
        out.mix.insert(out.mix.end(), known, known + shap_points);
        out.mix.insert(out.mix.end(), worth, worth + shap_points);
      }
    }
  }

  const tree_ensemble& model_;
  std::size_t first_;
  node_sums sums_;
  std::vector<test_above> tests_;
};

/// Scratch that fits any of the plans given to `fit`.
class shap_scratch {
 public:
  void fit(const shap_plan& plan) {
    if (plan.positions > passes_.size()) {
      reach_.resize(plan.positions * shap_points);
      value_.resize(plan.positions * shap_points);
      passes_.resize(plan.positions);
      chosen_.resize(2 * plan.positions);
    }
  }
  /// Adds the values of `rows` rows of codes to phi (rows x columns x shap_points).
  void walk(const shap_plan& plan, const tree_ensemble& model, std::size_t tree, const std::uint16_t* codes, std::size_t rows, double* phi) {
    if (plan.positions == 1 && plan.twigs.empty()) return;
    shap_work w{};
    w.nodes = plan.nodes.data();
    w.node_count = plan.nodes.size();
    w.twigs = plan.twigs.data();
    w.twig_count = plan.twigs.size();
    w.leaves = plan.leaves.data();
    w.leaf_count = plan.leaves.size();
    w.sets = model.sets.empty() ? nullptr : model.sets.data() + std::size_t{model.set_begin[tree]} * model.set_words;
    w.set_words = model.set_words;
    w.codes = codes;
    w.rows = rows;
    w.columns = model.columns.size();
    w.phi = phi;
    w.reach = reach_.data();
    w.value = value_.data();
    w.passes = passes_.data();
    w.chosen = chosen_.data();
    for (std::size_t g = 0; g < plan.groups(); ++g) {
      w.mix = plan.mix.data() + g * (plan.earlier.size() + 2) * 2 * shap_points;
      w.weights = plan.weights.data() + g * shap_points;
      shap_walk(w);
    }
  }

 private:
  std::vector<double> reach_, value_;
  std::vector<std::uint32_t> passes_, chosen_;
};

}  // namespace tenure::inline TENURE_ABI::trees::detail
