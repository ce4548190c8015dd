#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "tenure/core/random.hpp"
#include "tenure/trees/bins.hpp"

namespace tenure::inline TENURE_ABI::learn::detail {

/// The table with a copy of every column whose rows are shuffled, all by the same permutation: copies keep what they have to do with each other
/// and lose what they have to do with the target.
inline trees::binned_table with_shuffled_copies(const trees::binned_table& table, std::uint64_t seed) {
  if (table.cols > 4095) throw not_supported("importance = 'impurity_corrected' doubles the columns: more than 4095 are too many");
  std::vector<std::uint32_t> order(table.rows);
  std::iota(order.begin(), order.end(), 0U);
  random_stream random(seed, std::uint64_t{1} << 62);
  for (std::size_t k = 0; k < order.size(); ++k)
    std::swap(order[k], order[k + random.below(order.size() - k)]);
  trees::binned_table out;
  out.rows = table.rows;
  out.cols = 2 * table.cols;
  out.columns = table.columns;
  out.columns.insert(out.columns.end(), table.columns.begin(), table.columns.end());
  out.codes.resize(out.rows * out.cols);
  for (std::size_t i = 0; i < table.rows; ++i) {
    std::uint8_t* const to = out.codes.data() + i * out.cols;
    std::copy_n(table.row(i), table.cols, to);
    std::copy_n(table.row(order[i]), table.cols, to + table.cols);
  }
  return out;
}

/// Impurity importance less what its shuffled copy gets by chance (Nembrini, Koenig and Wright 2018, after Sandri and Zuccolotto 2008), as shares of
/// all impurity removed. `grow(table)`: the trees of a forest on that table.
template <class Grow>
std::vector<double> corrected_importances(const trees::binned_table& table, std::uint64_t seed, Grow&& grow) {
  const auto flat = grow(with_shuffled_copies(table, seed));
  std::vector<double> sum(2 * table.cols), out(table.cols);
  double total = 0;
  for (const auto& tree : flat)
    for (std::size_t j = 0; j < sum.size(); ++j) {
      sum[j] += tree.importance[j];
      total += tree.importance[j];
    }
  for (std::size_t j = 0; j < out.size(); ++j)
    out[j] = total > 0 ? (sum[j] - sum[j + table.cols]) / total : 0.0;
  return out;
}

/// One part of two of a computation that reports its progress as a whole.
struct half_way {
  const execution& whole;
  double begin;

  operator execution() const { return {.threads = whole.threads, .progress = whole.progress ? &report : nullptr, .context = const_cast<half_way*>(this)}; }
  static bool report(void* self, double done) {
    const auto& half = *static_cast<const half_way*>(self);
    return half.whole.progress(half.whole.context, half.begin + done / 2);
  }
};

}  // namespace tenure::inline TENURE_ABI::learn::detail
