#pragma once

#include "tenure/trees/ensemble.hpp"
#include "tenure/trees/shap_kernel.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// Eight numbers side by side. Loads come before stores, so that compilers see independent lanes.
struct lane_pack {
  double v[shap_lanes];
};
inline lane_pack load(const double* from) {
  lane_pack x;
  for (std::size_t r = 0; r < shap_lanes; ++r)
    x.v[r] = from[r];
  return x;
}
inline void store(double* to, const lane_pack& x) {
  for (std::size_t r = 0; r < shap_lanes; ++r)
    to[r] = x.v[r];
}

TENURE_KERNEL void shap_walk(const shap_work& w) {
  constexpr std::size_t lanes = shap_lanes;
  const std::size_t q = w.points, level_size = q * lanes;
  std::size_t level = 0;
  w.node[0] = 0;
  for (std::size_t i = 0; i < level_size; ++i)
    w.product[i] = 1.0;
  bool entering = true;
  for (;;) {
    const tree_node n = tree_node::of(w.nodes[w.node[level]]);
    double* const sum = w.sum + level * level_size;
    if (entering) {
      const double* const product = w.product + level * level_size;
      if (n.leaf) {
        const double value = w.leaf_values[n.right];
        for (std::size_t k = 0; k < q; ++k) {
          lane_pack x = load(product + k * lanes);
          for (std::size_t r = 0; r < lanes; ++r)
            x.v[r] *= value;
          store(sum + k * lanes, x);
        }
        entering = false;
        continue;
      }
      for (std::size_t i = 0; i < level_size; ++i)
        sum[i] = 0.0;
      const std::uint16_t* const code = w.codes + n.feature * lanes;
      double* const branch = w.branch + level * lanes;
      if (n.categorical) {
        for (std::size_t r = 0; r < lanes; ++r)
          branch[r] = (w.sets[n.split * w.set_words + code[r] / 32U] >> (code[r] % 32U) & 1) != 0 ? 1.0 : 0.0;
      } else {
        const std::uint16_t shift = n.missing_left ? 0 : 1;
        const auto limit = static_cast<std::uint16_t>(n.split + 1 - shift);
        for (std::size_t r = 0; r < lanes; ++r)
          branch[r] = static_cast<std::uint16_t>(code[r] - shift) <= limit ? 1.0 : 0.0;
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
      double* const above = w.sum + up * level_size;
      const double* const inverse_before = w.inverse + before * level_size;
      lane_pack own{}, earlier{};
      for (std::size_t k = 0; k < q; ++k) {
        const lane_pack here = load(sum + k * lanes), per = load(inverse + k * lanes);
        lane_pack total = load(above + k * lanes);
        const double weight = w.weight[k];
        for (std::size_t r = 0; r < lanes; ++r) {
          own.v[r] += weight * here.v[r] * per.v[r];
          total.v[r] += here.v[r];
        }
        store(above + k * lanes, total);
        if (!before) continue;
        const lane_pack per_before = load(inverse_before + k * lanes);
        for (std::size_t r = 0; r < lanes; ++r)
          earlier.v[r] += weight * here.v[r] * per_before.v[r];
      }
      lane_pack credit = load(phi);
      const lane_pack passed = load(passes), passed_before = load(w.passes + before * lanes);
      const double out = w.left_out[level], out_before = w.left_out[before];
      for (std::size_t r = 0; r < lanes; ++r)
        credit.v[r] += (passed.v[r] - out) * own.v[r];
      if (before)
        for (std::size_t r = 0; r < lanes; ++r)
          credit.v[r] -= (passed_before.v[r] - out_before) * earlier.v[r];
      store(phi, credit);
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
    lane_pack passes = load(branch);
    if (right)
      for (std::size_t r = 0; r < lanes; ++r)
        passes.v[r] = 1.0 - passes.v[r];
    double share = w.share[child];
    if (before) {
      share *= w.left_out[before];
      const lane_pack passed = load(w.passes + before * lanes);
      for (std::size_t r = 0; r < lanes; ++r)
        passes.v[r] *= passed.v[r];
    }
    store(w.passes + down * lanes, passes);
    const double* const product = w.product + level * level_size;
    const double* const inverse_before = w.inverse + before * level_size;
    double* const product_down = w.product + down * level_size;
    double* const inverse_down = w.inverse + down * level_size;
    for (std::size_t k = 0; k < q; ++k) {
      // The factor is `out` where the row fails the tests and `t + out` where it passes; its inverse likewise.
      const double t = w.point[k], out = share * (1 - t), per_out = 1 / out, per_in = 1 / (t + out);
      lane_pack factor = load(product + k * lanes), per;
      for (std::size_t r = 0; r < lanes; ++r) {
        factor.v[r] *= passes.v[r] * t + out;
        per.v[r] = per_out + passes.v[r] * (per_in - per_out);
      }
      store(inverse_down + k * lanes, per);
      if (before) {
        const lane_pack per_before = load(inverse_before + k * lanes);
        for (std::size_t r = 0; r < lanes; ++r)
          factor.v[r] *= per_before.v[r];
      }
      store(product_down + k * lanes, factor);
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
