#pragma once

#include "tenure/cluster/linkage.hpp"
#include "tenure/cluster/spanning_tree-inl.hpp"

// Internal: the minimum spanning tree of all rows by Prim's algorithm, in O(n p) memory.

namespace tenure::inline TENURE_ABI::cluster::detail {

/// Takes the row nearest to the tree, row by row. The rows outside lie together without holes, so that one pass of the kernel updates them and
/// finds the next. Lengths are squared.
inline std::vector<tree_edge> prim_tree(const table_view& x, const execution& run) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  packed_points<double> points(x, std::vector<double>(x.cols()), run);
  const std::size_t n = x.rows(), d = x.cols(), padded = points.tile_count() * lanes<double>;
  aligned_buffer<double> near(padded), from(padded);
  std::vector<std::uint32_t> number(n);
  std::iota(number.begin(), number.end(), std::uint32_t{0});
  std::fill_n(near.data(), padded, infinity);
  std::fill_n(from.data(), padded, 0.0);
  const auto erase = [&](std::size_t i) {  // infinite coordinates are never near
    for (std::size_t j = 0; j < d; ++j)
      points.at(i, j) = infinity;
    near[i] = infinity;
  };
  for (std::size_t i = n; i < padded; ++i)
    erase(i);

  std::vector<tree_edge> edges;
  std::vector<double> query(d);
  std::size_t next = 0;
  for (std::size_t outside = n; outside > 1;) {
    points.copy_row(next, query.data());
    const std::uint32_t newest = number[next];
    const std::size_t last = --outside;
    if (next != last) {
      for (std::size_t j = 0; j < d; ++j)
        points.at(next, j) = points.at(last, j);
      near[next] = near[last];
      from[next] = from[last];
      number[next] = number[last];
    }
    erase(last);
    next = kernels<double>().reach_from(points.tile(0), rounded_up(outside, lanes<double>) / lanes<double>, d, query.data(), newest, near.data(), from.data());
    edges.push_back({number[next], static_cast<std::uint32_t>(from[next]), near[next], 0});
    run.report(static_cast<double>(edges.size()) / static_cast<double>(n));
  }
  return edges;
}

}  // namespace tenure::inline TENURE_ABI::cluster::detail
