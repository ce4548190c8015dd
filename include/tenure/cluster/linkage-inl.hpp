#pragma once

#include "tenure/cluster/linkage.hpp"
#include "tenure/cluster/linkage_centres-inl.hpp"
#include "tenure/cluster/linkage_matrix-inl.hpp"
#include "tenure/cluster/linkage_single-inl.hpp"
#include "tenure/cluster/linkage_ward-inl.hpp"
#include "tenure/cluster/spanning_tree-inl.hpp"

namespace tenure::inline TENURE_ABI::cluster {

namespace detail {

/// Merges of named rows in the form of scipy: the smaller cluster number first.
inline matrix numbered_merges(std::size_t n, const std::vector<tree_edge>& merges) {
  matrix table(merges.size(), 4);
  disjoint_sets sets(n);
  std::vector<double> number(n), size(n, 1.0);
  std::iota(number.begin(), number.end(), 0.0);
  for (std::size_t i = 0; i < merges.size(); ++i) {
    const std::uint32_t a = sets.find(merges[i].a), b = sets.find(merges[i].b);
    table(i, 0) = std::min(number[a], number[b]);
    table(i, 1) = std::max(number[a], number[b]);
    table(i, 2) = merges[i].length;
    table(i, 3) = size[a] + size[b];
    sets.join(a, b);
    const std::uint32_t root = sets.find(a);
    number[root] = static_cast<double>(n + i);
    size[root] = table(i, 3);
  }
  return table;
}

/// The minimum spanning tree by whichever way is faster: a space tree says little about rows of many columns, and all pairs are quick to go
/// through while the rows lie in the cache.
inline std::vector<tree_edge> single_tree(const table_view& x, const execution& run) {
  constexpr std::size_t in_cache = std::size_t{1} << 18;
  const std::size_t n = x.rows();
  std::vector<tree_edge> edges;
  if (x.cols() >= 6 && n * x.cols() <= in_cache) {
    edges = prim_tree(x, run);
  } else {
    const space_tree tree(x, run);
    const auto near = tree.nearest(std::min<std::size_t>(2, n), run);
    const std::vector<double> core(n, 0.0);
    edges = spanning_tree(tree, core, near, run).edges();
  }
  for (tree_edge& e : edges)
    e.length = std::sqrt(e.length);
  return edges;
}

}  // namespace detail

TENURE_INLINE linkage_model fit_linkage(const table_view& x, linkage_method method, const execution& run) {
  detail::require_finite(x, run);
  const std::size_t n = x.rows();
  std::vector<detail::tree_edge> merges;
  if (method == linkage_method::single) {
    merges = detail::single_tree(x, run);
  } else if (method == linkage_method::ward) {
    merges = detail::ward_linkage(x, run).merges();
  } else if (method == linkage_method::centroid || method == linkage_method::median) {
    merges = detail::centre_linkage(x, method, run).merges();
  } else {
    merges = detail::matrix_linkage(x, method, run).merges();
  }
  if (method != linkage_method::centroid && method != linkage_method::median)
    std::stable_sort(merges.begin(), merges.end(), [](const auto& a, const auto& b) { return a.length < b.length; });
  return {schema_of(x), method, detail::numbered_merges(n, merges)};
}

TENURE_INLINE std::vector<std::int64_t> cut_tree(const linkage_model& model, std::int64_t clusters) {
  const std::size_t n = model.merges.rows() + 1;
  if (clusters < 1 || static_cast<std::size_t>(clusters) > n)
    throw invalid_input("n_clusters", "must be between 1 and the number of rows", static_cast<double>(clusters));
  detail::disjoint_sets sets(n);
  std::vector<std::uint32_t> member(2 * n);
  std::iota(member.begin(), member.begin() + static_cast<std::ptrdiff_t>(n), std::uint32_t{0});
  for (std::size_t i = 0; i + static_cast<std::size_t>(clusters) < n; ++i) {
    const auto a = static_cast<std::size_t>(model.merges(i, 0)), b = static_cast<std::size_t>(model.merges(i, 1));
    sets.join(member[a], member[b]);
    member[n + i] = member[a];
  }
  std::vector<std::int64_t> labels(n), number(n, -1);
  std::int64_t next = 0;
  for (std::uint32_t i = 0; i < n; ++i) {
    std::int64_t& assigned = number[sets.find(i)];
    if (assigned < 0) assigned = next++;
    labels[i] = assigned;
  }
  return labels;
}

TENURE_INLINE std::int64_t clusters_below(const linkage_model& model, double height) {
  std::int64_t left = 1;
  for (std::size_t i = 0; i < model.merges.rows(); ++i)
    left += model.merges(i, 2) >= height;
  return left;
}

TENURE_INLINE void linkage_model::check() const {
  if (merges.rows() > 0 && merges.cols() != 4) throw bad_file("cluster.linkage: four columns are needed");
  const std::size_t n = merges.rows() + 1;
  std::vector<char> merged(2 * n, 0);
  for (std::size_t i = 0; i < merges.rows(); ++i) {
    for (const std::size_t side : {0U, 1U}) {
      const double c = merges(i, side);
      if (!(c >= 0) || c >= static_cast<double>(n + i) || c != std::floor(c) || merged[static_cast<std::size_t>(c)]++)
        throw bad_file("cluster.linkage: a merge names no open cluster");
    }
    if (!(merges(i, 2) >= 0)) throw bad_file("cluster.linkage: a height is negative");
  }
}

}  // namespace tenure::inline TENURE_ABI::cluster
