#pragma once

#include "tenure/trees/ensemble.hpp"
#include "tenure/trees/shap_kernel.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

TENURE_KERNEL void shap_walk(const shap_work& w) {
  constexpr std::size_t lanes = shap_lanes;
  const std::size_t q = w.points, level_size = q * lanes;
  std::size_t level = 0;
  w.node[0] = 0;
  for (std::size_t i = 0; i < level_size; ++i) w.product[i] = 1.0;
  bool entering = true;
  for (;;) {
    const tree_node n = tree_node::of(w.nodes[w.node[level]]);
    double* const sum = w.sum + level * level_size;
    if (entering) {
      const double* const product = w.product + level * level_size;
      if (n.leaf) {
        const double value = w.leaf_values[n.right];
        for (std::size_t i = 0; i < level_size; ++i) sum[i] = value * product[i];
        entering = false;
        continue;
      }
      for (std::size_t i = 0; i < level_size; ++i) sum[i] = 0.0;
      const std::uint16_t* const code = w.codes + n.feature * lanes;
      double* const branch = w.branch + level * lanes;
      if (n.categorical) {
        for (std::size_t r = 0; r < lanes; ++r) branch[r] = (w.sets[n.split * w.set_words + code[r] / 32U] >> (code[r] % 32U) & 1) != 0 ? 1.0 : 0.0;
      } else {
        const std::uint16_t shift = n.missing_left ? 0 : 1;
        const auto limit = static_cast<std::uint16_t>(n.split + 1 - shift);
        for (std::size_t r = 0; r < lanes; ++r) branch[r] = static_cast<std::uint16_t>(code[r] - shift) <= limit ? 1.0 : 0.0;
      }
    } else {
      if (level == 0) return;
      // The child at `level` is done: credit its column, hand its sum to the parent, and go on with its sibling or the parent.
      const std::size_t up = level - 1;
      const tree_node parent = tree_node::of(w.nodes[w.node[up]]);
      double* const phi = w.phi + parent.feature * lanes;
      const double* const passes = w.passes + level * lanes;
      const double* const inverse = w.inverse + level * level_size;
      const std::size_t before = w.previous[level];
      double own[lanes] = {}, earlier[lanes] = {};
      for (std::size_t k = 0; k < q; ++k)
        for (std::size_t r = 0; r < lanes; ++r) own[r] += w.weight[k] * sum[k * lanes + r] * inverse[k * lanes + r];
      for (std::size_t r = 0; r < lanes; ++r) phi[r] += (passes[r] - w.left_out[level]) * own[r];
      if (before) {
        const double* const inverse_before = w.inverse + before * level_size;
        const double* const passes_before = w.passes + before * lanes;
        for (std::size_t k = 0; k < q; ++k)
          for (std::size_t r = 0; r < lanes; ++r) earlier[r] += w.weight[k] * sum[k * lanes + r] * inverse_before[k * lanes + r];
        for (std::size_t r = 0; r < lanes; ++r) phi[r] -= (passes_before[r] - w.left_out[before]) * earlier[r];
      }
      double* const above = w.sum + up * level_size;
      for (std::size_t i = 0; i < level_size; ++i) above[i] += sum[i];
      w.last_level[parent.feature] = w.previous[level];
      const bool was_right = w.on_right[level] != 0;
      level = up;
      if (was_right) continue;
    }
    // Go down: to the left child when the node was just entered, else to the right one.
    const tree_node at = tree_node::of(w.nodes[w.node[level]]);
    const bool right = !entering;
    const std::size_t down = level + 1;
    const std::uint32_t child = right ? at.right : w.node[level] + 1;
    const std::size_t before = w.last_level[at.feature];
    const double* const branch = w.branch + level * lanes;
    double* const passes = w.passes + down * lanes;
    double share = w.share[child];
    for (std::size_t r = 0; r < lanes; ++r) passes[r] = right ? 1.0 - branch[r] : branch[r];
    if (before) {
      share *= w.left_out[before];
      for (std::size_t r = 0; r < lanes; ++r) passes[r] *= w.passes[before * lanes + r];
    }
    const double* const product = w.product + level * level_size;
    double* const product_down = w.product + down * level_size;
    double* const inverse_down = w.inverse + down * level_size;
    for (std::size_t k = 0; k < q; ++k) {
      const double t = w.point[k], out = share * (1 - t), in = t + out, per_out = 1 / out, per_in = 1 / in;
      for (std::size_t r = 0; r < lanes; ++r) {
        const std::size_t i = k * lanes + r;
        product_down[i] = product[i] * (passes[r] > 0.5 ? in : out);
        inverse_down[i] = passes[r] > 0.5 ? per_in : per_out;
      }
    }
    if (before) {
      const double* const inverse_before = w.inverse + before * level_size;
      for (std::size_t i = 0; i < level_size; ++i) product_down[i] *= inverse_before[i];
    }
    w.left_out[down] = share;
    w.previous[down] = static_cast<std::uint32_t>(before);
    w.on_right[down] = right ? 1 : 0;
    w.node[down] = child;
    w.last_level[at.feature] = static_cast<std::uint32_t>(down);
    level = down;
    entering = true;
  }
}

}  // namespace tenure::inline TENURE_ABI::trees::detail
