#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "tenure/trees/shap.hpp"
#include "tenure/trees/shap_kernel.hpp"

namespace tenure::inline TENURE_ABI::trees {

namespace detail {

/// Gauss-Legendre on [0, 1]: exact for polynomials of degree 2 n - 1.
inline void add_quadrature(std::size_t n, std::vector<double>& points, std::vector<double>& weights) {
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

inline std::size_t quadrature_begin(std::size_t points) { return points * (points - 1) / 2; }

/// Scratch of one walk, cut out of one vector.
class shap_scratch {
 public:
  shap_scratch(std::size_t levels, std::size_t points, std::size_t columns)
      : lanes_(levels * shap_lanes),
        cube_(lanes_ * points),
        numbers_(3 * cube_ + 2 * lanes_ + levels),
        node_(levels),
        previous_(levels),
        last_(columns),
        right_(levels) {}
  void point_to(shap_work& w) {
    w.product = numbers_.data();
    w.inverse = w.product + cube_;
    w.sum = w.inverse + cube_;
    w.passes = w.sum + cube_;
    w.branch = w.passes + lanes_;
    w.left_out = w.branch + lanes_;
    w.node = node_.data();
    w.previous = previous_.data();
    w.last_level = last_.data();
    w.on_right = right_.data();
  }

 private:
  std::size_t lanes_, cube_;
  std::vector<double> numbers_;
  std::vector<std::uint32_t> node_, previous_, last_;
  std::vector<std::uint8_t> right_;
};

}  // namespace detail

TENURE_INLINE tree_explainer::tree_explainer(const tree_ensemble& model) : model_(model), share_(model.nodes.size(), 1.0) {
  std::size_t most_points = 1;
  for (std::size_t t = 0; t < model.trees(); ++t) {
    detail::shap_tree tree;
    tree.first_node = model.tree_begin[t];
    const auto list = summarise(model, t);
    tree.base = list[0].value;
    // The most different columns on one path: depth first, with a count a column.
    std::vector<std::uint32_t> asked(model.columns.size()), path;
    std::size_t different = 0, most = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto& s = list[i];
      while (path.size() > s.depth) {
        different -= --asked[path.back()] == 0;
        path.pop_back();
      }
      tree.depth = std::max(tree.depth, static_cast<std::uint32_t>(s.depth));
      most = std::max(most, different);
      if (i > 0) {
        const double all = list[s.parent].weight;
        share_[tree.first_node + i] = all > 0 ? std::max(s.weight / all, 1e-12) : 0.5;
      }
      if (s.leaf) continue;
      const auto feature = static_cast<std::uint32_t>(s.feature);
      path.push_back(feature);
      different += asked[feature]++ == 0;
    }
    tree.points = static_cast<std::uint32_t>(std::max<std::size_t>(1, (most + 1) / 2));
    most_points = std::max<std::size_t>(most_points, tree.points);
    base_ += tree.base;
    trees_.push_back(tree);
  }
  for (std::size_t n = 1; n <= most_points; ++n)
    detail::add_quadrature(n, points_, weights_);
}

/// codes: columns x lanes; out: columns x lanes, zero on entry.
TENURE_INLINE void tree_explainer::explain_block(const std::uint16_t* codes, double* out) const {
  std::size_t levels = 1, points = 1;
  for (const auto& tree : trees_) {
    levels = std::max<std::size_t>(levels, tree.depth + 2);
    points = std::max<std::size_t>(points, tree.points);
  }
  detail::shap_scratch scratch(levels, points, model_.columns.size());
  detail::shap_work work{};
  scratch.point_to(work);
  work.leaf_values = model_.values.data();
  work.set_words = model_.set_words;
  work.codes = codes;
  work.phi = out;
  for (std::size_t t = 0; t < trees_.size(); ++t) {
    work.nodes = model_.nodes.data() + trees_[t].first_node;
    work.share = share_.data() + trees_[t].first_node;
    work.sets = model_.sets.empty() ? nullptr : model_.sets.data() + std::size_t{model_.set_begin[t]} * model_.set_words;
    work.points = trees_[t].points;
    work.point = points_.data() + detail::quadrature_begin(trees_[t].points);
    work.weight = weights_.data() + detail::quadrature_begin(trees_[t].points);
    detail::shap_walk(work);
  }
}

TENURE_INLINE matrix tree_explainer::explain(const table_view& x, const execution& run) const {
  constexpr std::size_t lanes = detail::shap_lanes;
  const std::size_t p = model_.columns.size();
  const auto codes = code_rows(model_, x, run);
  matrix out(x.rows(), p);
  parallel_for((x.rows() + lanes - 1) / lanes, run, [&](std::size_t b) {
    const std::size_t begin = b * lanes, count = std::min(lanes, x.rows() - begin);
    std::vector<std::uint16_t> block(p * lanes);
    std::vector<double> phi(p * lanes);
    for (std::size_t j = 0; j < p; ++j)
      for (std::size_t r = 0; r < count; ++r)
        block[j * lanes + r] = codes[(begin + r) * p + j];
    explain_block(block.data(), phi.data());
    for (std::size_t r = 0; r < count; ++r)
      for (std::size_t j = 0; j < p; ++j)
        out(begin + r, j) = phi[j * lanes + r];
  });
  return out;
}

namespace detail {

inline void largest(const double* values, std::size_t columns, std::span<reason> out) {
  std::vector<std::uint32_t> order(columns);
  for (std::uint32_t j = 0; j < columns; ++j)
    order[j] = j;
  const std::size_t k = std::min(out.size(), columns);
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(k), order.end(),
                    [&](std::uint32_t a, std::uint32_t b) { return values[a] != values[b] ? values[a] > values[b] : a < b; });
  for (std::size_t i = 0; i < k; ++i)
    out[i] = {order[i], values[order[i]]};
}

}  // namespace detail

TENURE_INLINE std::vector<reason> tree_explainer::top_reasons(const table_view& x, std::size_t k, const execution& run) const {
  if (k == 0 || k > model_.columns.size()) throw invalid_input("k", "must lie between 1 and the number of columns", static_cast<double>(k));
  const matrix values = explain(x, run);
  std::vector<reason> out(x.rows() * k);
  for (std::size_t i = 0; i < x.rows(); ++i)
    detail::largest(values.row(i), values.cols(), {out.data() + i * k, k});
  return out;
}

namespace detail {

/// Interventional values of one tree for one pair of rows: a leaf counts when each of its path's columns is passed by the row or by the
/// background row. With a columns that only the row passes and b that only the background passes, each of the a gets v (a-1)! b! / (a+b)!,
/// each of the b loses v a! (b-1)! / (a+b)!.
class pair_walker {
 public:
  pair_walker(const tree_ensemble& model, std::size_t tree) : model_(model), tree_(tree), state_(model.columns.size()) {}

  void add(const std::uint16_t* row, const std::uint16_t* other, double scale, double* phi) {
    row_ = row;
    other_ = other;
    scale_ = scale;
    phi_ = phi;
    visit(0);
  }

 private:
  enum : std::uint8_t { unasked = 0, only_row = 1, only_other = 2 };

  void visit(std::size_t at) {
    const tree_node n = model_.node(model_.tree_begin[tree_] + at);
    if (n.leaf) return leaf(model_.values[n.right]);
    const bool row_left = model_.goes_left(tree_, n, row_[n.feature]), other_left = model_.goes_left(tree_, n, other_[n.feature]);
    const std::uint8_t known = state_[n.feature];
    if (row_left == other_left) return visit(row_left ? at + 1 : n.right);
    // The rows part ways here: whoever the column was taken from before decides, else both ways are possible.
    if (known == only_row) return visit(row_left ? at + 1 : n.right);
    if (known == only_other) return visit(other_left ? at + 1 : n.right);
    follow(n.feature, only_row, mine_, row_left ? at + 1 : n.right);
    follow(n.feature, only_other, theirs_, other_left ? at + 1 : n.right);
  }

  void follow(std::uint32_t feature, std::uint8_t side, std::vector<std::uint32_t>& list, std::size_t child) {
    state_[feature] = side;
    list.push_back(feature);
    visit(child);
    list.pop_back();
    state_[feature] = unasked;
  }

  void leaf(double value) {
    const auto a = static_cast<double>(mine_.size()), b = static_cast<double>(theirs_.size());
    if (a + b == 0) return;
    const double orders = std::lgamma(a + 1) + std::lgamma(b + 1) - std::lgamma(a + b + 1), all = std::exp(orders) * value * scale_;  // a! b! / (a+b)!
    for (const auto j : mine_)
      phi_[j] += all / a;
    for (const auto j : theirs_)
      phi_[j] -= all / b;
  }

  const tree_ensemble& model_;
  std::size_t tree_;
  std::vector<std::uint8_t> state_;
  std::vector<std::uint32_t> mine_, theirs_;
  const std::uint16_t *row_ = nullptr, *other_ = nullptr;
  double scale_ = 1;
  double* phi_ = nullptr;
};

}  // namespace detail

TENURE_INLINE matrix tree_explainer::explain_against(const table_view& x, const table_view& background, const execution& run) const {
  if (background.rows() == 0) throw invalid_input("background", "has no rows");
  const std::size_t p = model_.columns.size();
  const auto codes = code_rows(model_, x, run), others = code_rows(model_, background, run);
  matrix out(x.rows(), p);
  parallel_for(x.rows(), run, [&](std::size_t i) {
    for (std::size_t t = 0; t < model_.trees(); ++t) {
      detail::pair_walker walker(model_, t);
      for (std::size_t k = 0; k < background.rows(); ++k)
        walker.add(codes.data() + i * p, others.data() + k * p, 1 / static_cast<double>(background.rows()), out.row(i));
    }
  });
  return out;
}

TENURE_INLINE void tree_explainer::top_reasons_row(std::span<const double> row, std::span<reason> out, std::vector<double>& scratch) const {
  const std::size_t p = model_.columns.size();
  if (row.size() != p) throw invalid_input("row", "must have one value a column (" + std::to_string(p) + ")", static_cast<double>(row.size()));
  std::vector<std::uint16_t> block(p * detail::shap_lanes);
  for (std::size_t j = 0; j < p; ++j)
    block[j * detail::shap_lanes] = static_cast<std::uint16_t>(model_.columns[j].code_of(row[j]));
  scratch.assign(p * detail::shap_lanes + p, 0.0);
  explain_block(block.data(), scratch.data());
  for (std::size_t j = 0; j < p; ++j)
    scratch[p * detail::shap_lanes + j] = scratch[j * detail::shap_lanes];
  detail::largest(scratch.data() + p * detail::shap_lanes, p, out);
}

}  // namespace tenure::inline TENURE_ABI::trees
