#pragma once

#include "tenure/trees/shap_kernel.hpp"

// What each clone of a kernel is made of must be part of it, or it would be compiled once, for the least instruction set.
#if defined(__GNUC__)
#define TENURE_PART_OF_KERNEL inline __attribute__((always_inline))
#else
#define TENURE_PART_OF_KERNEL inline
#endif

namespace tenure::inline TENURE_ABI::trees::detail {

/// A few numbers side by side. Loads come before stores, so that compilers see independent lanes.
struct shap_pack {
  double v[shap_points];
};
TENURE_PART_OF_KERNEL shap_pack load(const double* from) {
  shap_pack x;
  for (std::size_t k = 0; k < shap_points; ++k)
    x.v[k] = from[k];
  return x;
}
TENURE_PART_OF_KERNEL void store(double* to, const shap_pack& x) {
  for (std::size_t k = 0; k < shap_points; ++k)
    to[k] = x.v[k];
}

template <bool Categorical>
TENURE_PART_OF_KERNEL std::uint32_t goes_right(const shap_test& test, const std::uint16_t* codes, const std::uint32_t* sets, std::size_t set_words) {
  const std::uint32_t code = codes[test.feature];
  if constexpr (Categorical) {
    if (test.categorical) return ~(sets[test.limit * set_words + code / 32] >> (code % 32)) & 1U;
  }
  return static_cast<std::uint16_t>(code - test.shift) > test.limit;
}

template <bool Categorical>
TENURE_PART_OF_KERNEL void shap_walk_rows(const shap_work& w) {
  constexpr std::size_t points = shap_points;
  const shap_node* const nodes = w.nodes;
  const shap_twig* const twigs = w.twigs;
  const std::size_t node_count = w.node_count, twig_count = w.twig_count, set_words = w.set_words;
  const std::uint32_t* const sets = w.sets;
  const double* const mix = w.mix;
  double *const reach = w.reach, *const value = w.value;
  std::uint32_t *const passes = w.passes, *const chosen = w.chosen;
  for (std::size_t k = 0; k < w.leaf_count; ++k) {
    shap_pack x;
    for (std::size_t q = 0; q < points; ++q)
      x.v[q] = w.leaves[k].value;
    store(value + w.leaves[k].position * points, x);
  }
  passes[0] = ~std::uint32_t{0};
  store(reach, load(w.weights));
  const std::uint16_t* codes = w.codes;
  double* phi = w.phi;
  for (std::size_t r = 0; r < w.rows; ++r, codes += w.columns, phi += w.columns * points) {
    // Down: how likely each node is reached when a column is known with probability t, times the weight of t.
    for (std::size_t i = 0; i < node_count; ++i) {
      const shap_node& n = nodes[i];
      const std::uint32_t right = goes_right<Categorical>(n.test, codes, sets, set_words), alive = passes[n.before], entry = n.mix & alive;
      const std::size_t taken = n.child + right, other = n.child + 1 - right;
      passes[taken] = alive;
      passes[other] = 0;
      chosen[2 * i] = right;
      chosen[2 * i + 1] = entry;
      const shap_pack known = load(mix + std::size_t{entry} * 2 * points), here = load(reach + n.position * points);
      const double share = n.share[right], rest = n.share[1 - right];
      shap_pack go, stay;
      for (std::size_t q = 0; q < points; ++q) {
        go.v[q] = here.v[q] * (share + known.v[q] * rest);
        stay.v[q] = here.v[q] - go.v[q];
      }
      store(reach + taken * points, go);
      store(reach + other * points, stay);
    }
    // Up: the value expected below each node; a column is credited with what knowing it changes.
    for (std::size_t i = 0; i < twig_count; ++i) {
      const shap_twig& n = twigs[i];
      const double gain = n.gain[goes_right<Categorical>(n.test, codes, sets, set_words)];
      const double* const entry = mix + std::size_t{n.mix & passes[n.before]} * 2 * points;
      double* const credited = phi + n.test.feature * points;
      const shap_pack known = load(entry), scale = load(entry + points), likely = load(reach + n.position * points);
      shap_pack expected, credit = load(credited);
      for (std::size_t q = 0; q < points; ++q) {
        expected.v[q] = n.mean + known.v[q] * gain;
        credit.v[q] += likely.v[q] * scale.v[q] * gain;
      }
      store(value + n.position * points, expected);
      store(credited, credit);
    }
    for (std::size_t i = node_count; i-- > 0;) {
      const shap_node& n = nodes[i];
      const std::uint32_t right = chosen[2 * i];
      const double* const entry = mix + std::size_t{chosen[2 * i + 1]} * 2 * points;
      double* const credited = phi + n.test.feature * points;
      const double share = n.share[right], rest = n.share[1 - right];
      const shap_pack known = load(entry), scale = load(entry + points), likely = load(reach + n.position * points);
      const shap_pack taken = load(value + (n.child + right) * points), other = load(value + (n.child + 1 - right) * points);
      shap_pack expected, credit = load(credited);
      for (std::size_t q = 0; q < points; ++q) {
        const double apart = taken.v[q] - other.v[q];
        expected.v[q] = other.v[q] + (share + known.v[q] * rest) * apart;
        credit.v[q] += likely.v[q] * scale.v[q] * (rest * apart);
      }
      store(value + n.position * points, expected);
      store(credited, credit);
    }
  }
}

TENURE_KERNEL void shap_walk(const shap_work& w) {
  if (w.sets)
    shap_walk_rows<true>(w);
  else
    shap_walk_rows<false>(w);
}

}  // namespace tenure::inline TENURE_ABI::trees::detail

#undef TENURE_PART_OF_KERNEL
