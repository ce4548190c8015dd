#pragma once

#include "tenure/cluster/linkage.hpp"
#include "tenure/cluster/space_tree-inl.hpp"
#include "tenure/cluster/spanning_tree-inl.hpp"

// Internal: linkage by the distance of centres (centroid, median), in O(n p) memory.

namespace tenure::inline TENURE_ABI::cluster::detail {

/// Müllner's generic algorithm, which does not need distances that only grow: every cluster knows its nearest one among those behind it, or a lower bound of
/// the distance; the least bound is made exact until it holds. Clusters live in slots; merged ones leave holes, which are closed when half of the slots are
/// empty.
class centre_linkage {
 public:
  centre_linkage(const table_view& x, linkage_method method, const execution& run) : method_(method), run_(run), centres_(x, rough_means(x, run), run) {
    const std::size_t n = x.rows();
    if (n > 0xffffffffU - 64) throw not_supported("linkage of more than 4294967231 rows");
    allocate(n);
    member_.resize(n);
    std::iota(member_.begin(), member_.end(), std::uint32_t{0});
    for (std::size_t i = 0; i < n; ++i)
      size_[i] = 1;
    nearest_to_all();
  }

  std::vector<tree_edge> merges() {
    std::vector<tree_edge> merges;
    std::size_t active = slots_;
    while (active > 1) {
      const std::size_t a = next_pair(), b = near_[a];
      merges.push_back({member_[a], member_[b], std::sqrt(gap_[a]), 0});
      join(a, b);
      --active;
      run_.report(static_cast<double>(merges.size()) / static_cast<double>(merges.size() + active));
      if (active * 2 < slots_ && slots_ > 64) close_holes(active);
    }
    return merges;
  }

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  static constexpr std::uint32_t unknown = 0xffffffffU;

  void allocate(std::size_t n) {
    slots_ = n;
    const std::size_t padded = rounded_up(n, lanes<double>);
    size_ = aligned_buffer<double>(padded);
    gap_ = aligned_buffer<double>(padded);
    row_ = aligned_buffer<double>(padded);
    for (std::size_t i = 0; i < padded; ++i)
      size_[i] = 0, gap_[i] = infinity;
    near_.assign(n, unknown);
  }

  /// Squared distances from slot `i` to the slots of tiles from `first_tile` on, infinite for holes.
  void distances(std::size_t i, std::size_t first_tile, double* out, const execution& how) const {
    std::vector<double> centre(centres_.cols());
    centres_.copy_row(i, centre.data());
    const std::size_t tiles = centres_.tile_count() - first_tile;
    parallel_chunks(chunking(tiles, std::max<std::size_t>(1, 20'000 / centres_.cols()), 16), how, [&](std::size_t, std::size_t begin, std::size_t end) {
      kernels<double>().live_distances(centres_.tile(first_tile + begin), end - begin, centres_.cols(), centre.data(),
                                       size_.data() + (first_tile + begin) * lanes<double>, out + (first_tile + begin) * lanes<double>);
    });
  }

  void find_near(std::size_t i, double* row, const execution& how) {
    gap_[i] = infinity;
    near_[i] = unknown;
    if (i + 1 >= slots_) return;
    distances(i, (i + 1) / lanes<double>, row, how);
    const std::size_t best = kernels<double>().least_index(row, i + 1, slots_);
    gap_[i] = row[best];
    near_[i] = row[best] < infinity ? static_cast<std::uint32_t>(best) : unknown;
  }

  void nearest_to_all() {
    parallel_chunks(chunking(slots_, 8, 1024), run_, [&](std::size_t, std::size_t begin, std::size_t end) {
      aligned_buffer<double> row(rounded_up(slots_, lanes<double>));
      for (std::size_t i = begin; i < end; ++i)
        find_near(i, row.data(), {});
    });
  }

  std::size_t next_pair() {
    for (;;) {
      const std::size_t a = kernels<double>().least_index(gap_.data(), 0, slots_);
      if (near_[a] != unknown) return a;
      find_near(a, row_.data(), run_);
    }
  }

  /// The merged cluster takes slot b.
  void join(std::size_t a, std::size_t b) {
    const double na = size_[a], nb = size_[b], share = method_ == linkage_method::median ? 0.5 : na / (na + nb);
    for (std::size_t j = 0; j < centres_.cols(); ++j)
      centres_.at(b, j) += share * (centres_.at(a, j) - centres_.at(b, j));
    size_[b] = na + nb;
    size_[a] = 0;
    gap_[a] = infinity;
    near_[a] = unknown;
    member_[b] = std::min(member_[a], member_[b]);
    distances(b, 0, row_.data(), run_);
    for (std::size_t i = 0; i < b; ++i) {
      if (row_[i] < gap_[i]) {
        gap_[i] = row_[i];
        near_[i] = static_cast<std::uint32_t>(b);
      } else if (near_[i] == a || near_[i] == b) {
        near_[i] = unknown;  // the old distance stays a lower bound: everything else is at least as far
      }
    }
    gap_[b] = infinity;
    near_[b] = unknown;
    if (b + 1 < slots_) {
      const std::size_t best = kernels<double>().least_index(row_.data(), b + 1, slots_);
      if (row_[best] < infinity) {
        gap_[b] = row_[best];
        near_[b] = static_cast<std::uint32_t>(best);
      }
    }
  }

  void close_holes(std::size_t active) {
    const std::size_t before = slots_, d = centres_.cols();
    std::vector<std::uint32_t> moved(before, unknown), member(active);
    packed_points<double> centres(active, d);
    for (std::size_t i = 0; i < centres.tile_count() * lanes<double>; ++i)
      for (std::size_t j = 0; j < d; ++j)
        centres.at(i, j) = 0;
    const aligned_buffer<double> old_size = std::move(size_), old_gap = std::move(gap_);
    const std::vector<std::uint32_t> old_near = std::move(near_);
    allocate(active);
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < before; ++i)
      if (old_size[i] > 0) moved[i] = next++;
    for (std::size_t i = 0; i < before; ++i) {
      if (moved[i] == unknown) continue;
      const std::size_t to = moved[i];
      for (std::size_t j = 0; j < d; ++j)
        centres.at(to, j) = centres_.at(i, j);
      size_[to] = old_size[i];
      gap_[to] = old_gap[i];
      near_[to] = old_near[i] == unknown ? unknown : moved[old_near[i]];
      member[to] = member_[i];
    }
    centres_ = std::move(centres);
    member_ = std::move(member);
  }

  linkage_method method_;
  execution run_;
  packed_points<double> centres_;
  std::size_t slots_ = 0;
  aligned_buffer<double> size_, gap_, row_;
  std::vector<std::uint32_t> near_, member_;
};

}  // namespace tenure::inline TENURE_ABI::cluster::detail
