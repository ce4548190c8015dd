#pragma once

#include <limits>
#include <numeric>

#include "tenure/cluster/points-inl.hpp"

// Internal: the means of clusters in boxes of neighbours, where the nearest one by Ward's cost is found without looking at most of them.

namespace tenure::inline TENURE_ABI::cluster::detail {

/// Clusters live in slots, in the order of a k-d tree: 32 slots are a leaf, 64 leaves a branch, each with the box of its means and the size of its
/// smallest cluster. A box at distance g from a cluster of n rows holds no cost below g^2 2 n m / (n + m), m its least size. Merged clusters
/// stay in the slot of the larger one, whose boxes grow; the other slot is a hole until `close_holes`.
class ward_boxes {
  struct box_list {
    std::size_t count = 0;
    packed_points<double> low{0, 1}, high{0, 1};
    aligned_buffer<double> least;

    box_list() = default;
    box_list(std::size_t boxes, std::size_t d) : count(boxes), low(boxes, d), high(boxes, d), least(rounded_up(boxes, lanes<double>)) {
      constexpr double infinity = std::numeric_limits<double>::infinity();
      for (std::size_t b = 0; b < low.tile_count() * lanes<double>; ++b) {
        least[b] = infinity;
        for (std::size_t c = 0; c < d; ++c) {
          low.at(b, c) = infinity;
          high.at(b, c) = -infinity;
        }
      }
    }
    void reach(std::size_t b, std::size_t c, double x) {
      low.at(b, c) = std::min(low.at(b, c), x);
      high.at(b, c) = std::max(high.at(b, c), x);
    }
  };

 public:
  static constexpr std::size_t leaf_rows = 32, branch_leaves = 64;
  static constexpr std::uint32_t nowhere = 0xffffffffU;

  struct neighbour {
    double cost = std::numeric_limits<double>::infinity();
    std::uint32_t slot = nowhere;
  };

  ward_boxes(const table_view& x, const execution& run) : means_(x, rough_means(x, run), run), member_(x.rows()) {
    if (x.rows() >= nowhere) throw not_supported("linkage of more than 4294967294 rows");
    std::iota(member_.begin(), member_.end(), std::uint32_t{0});
    size_ = sizes_of(x.rows());
    std::fill_n(size_.data(), x.rows(), 1.0);
    close_holes(x.rows(), run);
  }

  std::size_t slots() const { return member_.size(); }
  bool open(std::size_t i) const { return size_[i] > 0; }
  /// A row of the cluster.
  std::uint32_t member(std::size_t i) const { return member_[i]; }

  /// Merges two clusters; returns the slot of the result.
  std::uint32_t join(std::uint32_t i, std::uint32_t j) {
    const std::uint32_t a = size_[j] > size_[i] ? j : i, b = a == i ? j : i;
    const double total = size_[a] + size_[b], share = size_[b] / total;
    for (std::size_t c = 0; c < means_.cols(); ++c) {
      double& mean = means_.at(a, c);
      mean += share * (means_.at(b, c) - mean);
      leaves_.reach(a / leaf_rows, c, mean);
      branches_.reach(a / leaf_rows / branch_leaves, c, mean);
    }
    size_[a] = total;
    size_[b] = none;
    return a;
  }

  /// Puts the `open` clusters left in the order of a new tree. Returns each old slot's new one, `nowhere` for holes.
  std::vector<std::uint32_t> close_holes(std::size_t open, const execution& run) {
    std::vector<std::uint32_t> order, moved(slots(), nowhere), member(open);
    order.reserve(open);
    for (std::uint32_t i = 0; i < slots(); ++i)
      if (this->open(i)) order.push_back(i);
    split(order.data(), open);
    packed_points<double> means(open, means_.cols());
    auto size = sizes_of(open);
    parallel_chunks(chunking(means.tile_count(), 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin * lanes<double>; i < end * lanes<double>; ++i)
        for (std::size_t c = 0; c < means.cols(); ++c)
          means.at(i, c) = i < open ? means_.at(order[i], c) : 0.0;
    });
    for (std::uint32_t i = 0; i < open; ++i) {
      size[i] = size_[order[i]];
      member[i] = member_[order[i]];
      moved[order[i]] = i;
    }
    means_ = std::move(means);
    size_ = std::move(size);
    member_ = std::move(member);
    leaves_ = box_list(rounded_up(open, leaf_rows) / leaf_rows, means_.cols());
    branches_ = box_list(rounded_up(leaves_.count, branch_leaves) / branch_leaves, means_.cols());
    for (std::size_t i = 0; i < open; ++i) {
      const std::size_t leaf = i / leaf_rows, branch = leaf / branch_leaves;
      for (std::size_t c = 0; c < means_.cols(); ++c) {
        leaves_.reach(leaf, c, means_.at(i, c));
        branches_.reach(branch, c, means_.at(i, c));
      }
      leaves_.least[leaf] = std::min(leaves_.least[leaf], size_[i]);
      branches_.least[branch] = std::min(branches_.least[branch], size_[i]);
    }
    return moved;
  }

  /// Searches with memory of its own; several may search at the same time.
  class searcher {
   public:
    explicit searcher(const ward_boxes& boxes)
        : boxes_(boxes), mean_(boxes.means_.cols()), leaf_bounds_(branch_leaves), branch_bounds_(rounded_up(boxes.branches_.count, lanes<double>)) {}

    /// The cluster that is cheapest to merge with the one in slot i.
    neighbour nearest(std::uint32_t i) {
      boxes_.means_.copy_row(i, mean_.data());
      own_ = boxes_.size_[i];
      best_ = {};
      const std::size_t leaf = i / leaf_rows, branch = leaf / branch_leaves;
      alignas(64) double others[leaf_rows];
      std::copy_n(boxes_.size_.data() + leaf * leaf_rows, leaf_rows, others);
      others[i % leaf_rows] = none;
      scan(leaf, others);
      enter(branch, leaf);
      bound(boxes_.branches_, 0, boxes_.branches_.count, branch_bounds_.data());
      order_.clear();
      for (std::size_t b = 0; b < boxes_.branches_.count; ++b)
        if (b != branch && possible(branch_bounds_[b])) order_.emplace_back(branch_bounds_[b], b);
      std::sort(order_.begin(), order_.end());
      for (const auto& [least, b] : order_) {
        if (!possible(least)) break;
        enter(b, nowhere);
      }
      return best_;
    }

   private:
    bool possible(double bound) const { return bound * (1 - 1e-12) < best_.cost; }  // room for the rounding of either

    void bound(const box_list& boxes, std::size_t first_tile, std::size_t count, double* out) const {
      kernels<double>().ward_bounds(boxes.low.tile(first_tile), boxes.high.tile(first_tile), rounded_up(count, lanes<double>) / lanes<double>, mean_.size(),
                                    mean_.data(), own_, boxes.least.data() + first_tile * lanes<double>, out);
    }

    /// Looks at the leaves of a branch, but for `done`.
    void enter(std::size_t branch, std::size_t done) {
      const std::size_t first = branch * branch_leaves, count = std::min(branch_leaves, boxes_.leaves_.count - first);
      bound(boxes_.leaves_, first / lanes<double>, count, leaf_bounds_.data());
      for (std::size_t l = 0; l < count; ++l)
        if (possible(leaf_bounds_[l]) && first + l != done) scan(first + l, boxes_.size_.data() + (first + l) * leaf_rows);
    }

    void scan(std::size_t leaf, const double* size) {
      const std::size_t per_leaf = leaf_rows / lanes<double>, first = leaf * per_leaf;
      double cost;
      const std::size_t at = kernels<double>().nearest_by_ward(boxes_.means_.tile(first), std::min(per_leaf, boxes_.means_.tile_count() - first), mean_.size(),
                                                               mean_.data(), own_, size, &cost);
      if (cost < best_.cost) best_ = {cost, static_cast<std::uint32_t>(leaf * leaf_rows + at)};
    }

    const ward_boxes& boxes_;
    std::vector<double> mean_;
    double own_ = 0;
    neighbour best_;
    aligned_buffer<double> leaf_bounds_, branch_bounds_;
    std::vector<std::pair<double, std::size_t>> order_;
  };

 private:
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();

  /// Room for the sizes of whole leaves; not a number where there is no cluster.
  static aligned_buffer<double> sizes_of(std::size_t slots) {
    aligned_buffer<double> size(rounded_up(slots, leaf_rows));
    std::fill_n(size.data(), rounded_up(slots, leaf_rows), none);
    return size;
  }

  /// Orders slots by halving the widest column again and again; halves end on whole branches and leaves.
  void split(std::uint32_t* from, std::size_t count) const {
    if (count <= leaf_rows) return;
    std::size_t widest = 0;
    double width = -1;
    for (std::size_t c = 0; c < means_.cols(); ++c) {
      double low = means_.at(from[0], c), high = low;
      for (std::size_t i = 1; i < count; ++i) {
        low = std::min(low, means_.at(from[i], c));
        high = std::max(high, means_.at(from[i], c));
      }
      if (high - low > width) {
        width = high - low;
        widest = c;
      }
    }
    const std::size_t step = count > leaf_rows * branch_leaves ? leaf_rows * branch_leaves : leaf_rows, half = rounded_up(count / 2, step);
    std::nth_element(from, from + half, from + count, [&](std::uint32_t a, std::uint32_t b) {
      const double x = means_.at(a, widest), y = means_.at(b, widest);
      return x < y || (x == y && a < b);
    });
    split(from, half);
    split(from + half, count - half);
  }

  packed_points<double> means_;
  aligned_buffer<double> size_;
  std::vector<std::uint32_t> member_;
  box_list leaves_, branches_;
};

}  // namespace tenure::inline TENURE_ABI::cluster::detail
