#pragma once

#include "tenure/cluster/linkage.hpp"
#include "tenure/cluster/spanning_tree-inl.hpp"

// Internal: linkages that need all distances, by chains of nearest neighbours.

namespace tenure::inline TENURE_ABI::cluster::detail {

/// Follows nearest neighbours until two are each other's and merges them (Murtagh 1983): right for reducible linkages in any order. The square
/// matrix is kept symmetric, so that a search reads one row; it shrinks in place when half of its rows are empty.
class matrix_linkage {
 public:
  matrix_linkage(const table_view& x, linkage_method method, const execution& run)
      : method_(method), run_(run), slots_(x.rows()), size_(slots_, 1.0), member_(slots_) {
    constexpr std::size_t most = 200'000;
    if (slots_ > most)
      throw not_supported(
          "complete, average and weighted linkage keep 8 n^2 bytes of distances: at most 200000 rows; ward, centroid, median and single need memory for the "
          "rows alone");
    std::iota(member_.begin(), member_.end(), std::uint32_t{0});
    stride_ = rounded_up(slots_, lanes<double>);
    gaps_ = aligned_buffer<double>(slots_ * stride_);
    const packed_points<double> points(x, rough_means(x, run), run);
    parallel_chunks(chunking(slots_, 8, 1024), run_, [&](std::size_t, std::size_t begin, std::size_t end) {
      std::vector<double> row(points.cols());
      for (std::size_t i = begin; i < end; ++i) {
        points.copy_row(i, row.data());
        kernels<double>().squared_distances(points.tile(0), points.tile_count(), points.cols(), row.data(), gap(i));
        for (std::size_t j = 0; j < stride_; ++j)
          gap(i)[j] = j < slots_ && j != i ? std::sqrt(gap(i)[j]) : infinity;
      }
    });
  }

  std::vector<tree_edge> merges() {
    std::vector<tree_edge> merges;
    std::vector<std::size_t> chain;
    std::size_t active = slots_, start = 0;
    while (active > 1) {
      if (chain.empty()) {
        while (size_[start] == 0)
          ++start;
        chain.push_back(start);
      }
      for (;;) {
        const std::size_t a = chain.back();
        std::size_t b = kernels<double>().least_index(gap(a), 0, slots_);
        const double nearest = gap(a)[b];
        if (chain.size() > 1 && gap(a)[chain[chain.size() - 2]] == nearest) b = chain[chain.size() - 2];
        if (chain.size() > 1 && b == chain[chain.size() - 2]) {
          chain.resize(chain.size() - 2);
          merges.push_back({member_[a], member_[b], nearest, 0});
          join(std::min(a, b), std::max(a, b));
          break;
        }
        chain.push_back(b);
      }
      --active;
      run_.report(static_cast<double>(merges.size()) / static_cast<double>(merges.size() + active));
      if (active * 2 < slots_ && slots_ > 64) close_holes(chain, start);
    }
    return merges;
  }

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  double* gap(std::size_t i) { return gaps_.data() + i * stride_; }

  /// The merged cluster takes slot b.
  void join(std::size_t a, std::size_t b) {
    const double na = size_[a], nb = size_[b];
    double *from = gap(a), *to = gap(b);
    if (method_ == linkage_method::complete) {
      for (std::size_t i = 0; i < slots_; ++i)
        to[i] = std::max(from[i], to[i]);
    } else {
      const double wa = method_ == linkage_method::average ? na / (na + nb) : 0.5, wb = method_ == linkage_method::average ? nb / (na + nb) : 0.5;
      for (std::size_t i = 0; i < slots_; ++i)
        to[i] = wa * from[i] + wb * to[i];
    }
    to[a] = to[b] = infinity;
    size_[a] = 0;
    size_[b] = na + nb;
    member_[b] = std::min(member_[a], member_[b]);
    parallel_chunks(chunking(slots_, 2048, 16), run_, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        if (size_[i] == 0) continue;
        gap(i)[b] = to[i];
        gap(i)[a] = infinity;
      }
    });
  }

  void close_holes(std::vector<std::size_t>& chain, std::size_t& start) {
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < slots_; ++i)
      if (size_[i] > 0) kept.push_back(i);
    std::vector<std::size_t> moved(slots_);
    for (std::size_t to = 0; to < kept.size(); ++to)
      moved[kept[to]] = to;
    for (std::size_t& c : chain)
      c = moved[c];
    start = 0;
    for (std::size_t to = 0; to < kept.size(); ++to) {
      double *old_row = gap(kept[to]), *new_row = gaps_.data() + to * stride_;
      for (std::size_t j = 0; j < kept.size(); ++j)
        new_row[j] = old_row[kept[j]];
      std::fill(new_row + kept.size(), new_row + std::min(slots_, stride_), infinity);
      size_[to] = size_[kept[to]];
      member_[to] = member_[kept[to]];
    }
    slots_ = kept.size();
  }

  linkage_method method_;
  execution run_;
  std::size_t slots_, stride_ = 0;
  std::vector<double> size_;
  std::vector<std::uint32_t> member_;
  aligned_buffer<double> gaps_;
};

}  // namespace tenure::inline TENURE_ABI::cluster::detail
