#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "tenure/core/table.hpp"
#include "tenure/trees/bins.hpp"
#include "tenure/trees/grow-inl.hpp"
#include "tenure/trees/rules-inl.hpp"
#include "tenure/trees/sample-inl.hpp"

namespace tenure::inline TENURE_ABI::learn::detail {

/// A checked two-class target with weights; weights are empty when all are 1.
struct binary_target {
  std::vector<std::uint8_t> y;
  std::vector<double> weight;
  double weight0 = 0, weight1 = 0;  // totals per class
};

/// Checked weights; empty when all are 1.
inline std::vector<double> weights_of(const table_view& x, numeric_column weight) {
  if (weight.empty()) return {};
  const std::size_t n = x.rows();
  if (weight.size() != n)
    throw invalid_input("sample_weight", "must have as many values as X has rows (" + std::to_string(n) + ")", static_cast<double>(weight.size()));
  std::vector<double> out(n);
  bool unit = true;
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = weight[i];
    if (!(out[i] >= 0) || std::isinf(out[i])) throw invalid_input("sample_weight", "must be finite and >= 0", out[i], i);
    unit &= out[i] == 1;
  }
  if (unit) out.clear();
  return out;
}

inline binary_target binary_target_of(const table_view& x, numeric_column y, numeric_column weight) {
  const std::size_t n = x.rows();
  if (n == 0) throw invalid_input("X", "has no rows");
  if (y.size() != n) throw invalid_input("y", "must have as many values as X has rows (" + std::to_string(n) + ")", static_cast<double>(y.size()));
  binary_target target;
  target.y.resize(n);
  y.visit([&](auto values) {
    for (std::size_t i = 0; i < n; ++i) {
      const auto value = static_cast<double>(values[i]);
      if (value != 0 && value != 1) throw invalid_input("y", "must be 0 or 1", value, i);
      target.y[i] = value == 1;
    }
  });
  target.weight = weights_of(x, weight);
  for (std::size_t i = 0; i < n; ++i)
    (target.y[i] ? target.weight1 : target.weight0) += target.weight.empty() ? 1.0 : target.weight[i];
  if (!(target.weight0 > 0) || !(target.weight1 > 0))
    throw invalid_input("y", "must hold both classes, 0 and 1, with positive weight; there is only one class");
  return target;
}

/// Puts the rows of table and target in the order of their content; returns it.
inline std::vector<std::uint32_t> order_by_content(trees::binned_table& table, binary_target& target) {
  auto order = trees::detail::content_order(table.codes.data(), table.rows, table.cols, target.y);
  target.y = trees::detail::reordered(target.y, order);
  target.weight = trees::detail::reordered(target.weight, order);
  std::vector<std::uint8_t> codes(table.codes.size());
  for (std::size_t i = 0; i < table.rows; ++i)
    std::copy_n(table.row(order[i]), table.cols, codes.data() + i * table.cols);
  table.codes = std::move(codes);
  return order;
}

inline std::vector<std::int8_t> monotone_of(const std::vector<std::int32_t>& monotone, const table_view& x) {
  if (monotone.empty()) return {};
  if (monotone.size() != x.cols())
    throw invalid_input("monotone", "must have one value a column (" + std::to_string(x.cols()) + ")", static_cast<double>(monotone.size()));
  std::vector<std::int8_t> out;
  bool any = false;
  for (std::size_t j = 0; j < monotone.size(); ++j) {
    if (monotone[j] < -1 || monotone[j] > 1) throw invalid_input("monotone", "must be -1, 0 or 1", monotone[j], j);
    if (monotone[j] != 0 && x[j].categorical) throw invalid_input("monotone", "must be 0 for the categorical column '" + x[j].name + "'", monotone[j], j);
    any |= monotone[j] != 0;
    out.push_back(static_cast<std::int8_t>(monotone[j]));
  }
  if (!any) out.clear();
  return out;
}

/// What leaves say: the probability of class 1 and the weight of the rows, in the original class mix when `correct`.
template <class Rule>
struct class_leaf {
  const Rule& rule;
  double unweight0, unweight1;  // 1 / class weight when probabilities are corrected, else 1

  template <class Node>
  double weight(const Node& node) const {
    const auto t = rule.totals(node.total);
    return t.negative * unweight0 + t.positive * unweight1;
  }
  template <class Node>
  double value(const Node& node) const {
    const double all = weight(node);
    return all > 0 ? rule.totals(node.total).positive * unweight1 / all : 0.0;
  }
};

inline void normalise(std::vector<double>& importances) {
  double sum = 0;
  for (const double v : importances)
    sum += v;
  for (double& v : importances)
    v = sum > 0 ? v / sum : 0.0;
}

}  // namespace tenure::inline TENURE_ABI::learn::detail
