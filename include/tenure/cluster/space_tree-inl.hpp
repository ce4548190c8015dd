#pragma once

#include <numeric>
#include <span>

#include "tenure/cluster/points-inl.hpp"

// Internal: a k-d tree whose leaves are whole tiles, so that the kernels scan them.

namespace tenure::inline TENURE_ABI::cluster::detail {

class space_tree {
 public:
  static constexpr std::size_t leaf_rows = 32, leaf_tiles = leaf_rows / lanes<double>;

  struct node {
    std::uint32_t begin, end;       // positions: rows in the order of the tree
    std::uint32_t left = 0, right;  // children; left = 0 for a leaf
    bool leaf() const { return left == 0; }
  };

  space_tree(const table_view& x, const execution& run) : cols_(x.cols()), rows_(x.rows()), points_(0, x.cols()) {
    if (x.rows() > 0xffffffffU - leaf_rows) throw not_supported("more than 4294967263 rows at once");
    const packed_points<double> given(x, std::vector<double>(cols_), run);
    std::iota(rows_.begin(), rows_.end(), std::uint32_t{0});
    split(given, 0, static_cast<std::uint32_t>(rows_.size()));
    points_ = packed_points<double>(x, std::vector<double>(cols_), run, rows_);
    for (std::size_t i = rows_.size(); i < points_.tile_count() * lanes<double>; ++i)
      for (std::size_t j = 0; j < cols_; ++j)
        points_.at(i, j) = far;
    for (std::size_t v = 0; v < nodes_.size(); ++v)
      if (nodes_[v].leaf()) leaves_.push_back(static_cast<std::uint32_t>(v));
  }

  std::size_t size() const { return rows_.size(); }
  std::size_t cols() const { return cols_; }
  const std::vector<node>& nodes() const { return nodes_; }
  const std::vector<std::uint32_t>& leaves() const { return leaves_; }
  /// The input row at a position.
  std::uint32_t row(std::size_t position) const { return rows_[position]; }
  const packed_points<double>& points() const { return points_; }
  const double* low(std::size_t v) const { return boxes_.data() + 2 * v * cols_; }
  const double* high(std::size_t v) const { return low(v) + cols_; }

  /// Squared distances of `query` to the rows of a leaf, in position order (leaf_rows of them; those behind the end are far away).
  void scan(const node& leaf, const double* query, double* out) const {
    const std::size_t first = leaf.begin / lanes<double>;
    kernels<double>().squared_distances(points_.tile(first), (leaf.end - leaf.begin + lanes<double> - 1) / lanes<double>, cols_, query, out);
  }

  double least_squared(const double* query, std::size_t v) const {
    const double *lo = low(v), *hi = high(v);
    double sum = 0;
    for (std::size_t j = 0; j < cols_; ++j) {
      const double gap = std::max({lo[j] - query[j], query[j] - hi[j], 0.0});
      sum += gap * gap;
    }
    return sum;
  }
  /// Bounds of the squared distances between the rows of two nodes.
  double least_squared_between(std::size_t a, std::size_t b) const {
    double sum = 0;
    for (std::size_t j = 0; j < cols_; ++j) {
      const double gap = std::max({low(a)[j] - high(b)[j], low(b)[j] - high(a)[j], 0.0});
      sum += gap * gap;
    }
    return sum;
  }
  double largest_squared_between(std::size_t a, std::size_t b) const {
    double sum = 0;
    for (std::size_t j = 0; j < cols_; ++j) {
      const double gap = std::max(high(a)[j] - low(b)[j], high(b)[j] - low(a)[j]);
      sum += gap * gap;
    }
    return sum;
  }

  /// The `count` nearest rows of every row (itself included), nearest first, ties by input row: squared distances and positions, size() x
  /// count, by position.
  struct neighbours {
    std::size_t count = 0;
    std::vector<double> squared;
    std::vector<std::uint32_t> position;
  };
  neighbours nearest(std::size_t count, const execution& run) const {
    neighbours found{count, std::vector<double>(size() * count, std::numeric_limits<double>::infinity()),
                     std::vector<std::uint32_t>(size() * count, 0xffffffffU)};
    parallel_chunks(chunking(leaves_.size(), 1, 4096), run, [&](std::size_t, std::size_t begin, std::size_t end) {
      std::vector<double> query(leaf_rows * cols_);
      for (std::size_t l = begin; l < end; ++l) {
        const node& leaf = nodes_[leaves_[l]];
        for (std::size_t q = leaf.begin; q < leaf.end; ++q)
          points_.copy_row(q, query.data() + (q - leaf.begin) * cols_);
        search(found, leaves_[l], 0, query.data());
      }
    });
    return found;
  }

 private:
  static constexpr double far = 1e150;

  std::uint32_t split(const packed_points<double>& x, std::uint32_t begin, std::uint32_t end) {
    const auto v = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back({begin, end, 0, 0});
    boxes_.resize(boxes_.size() + 2 * cols_);
    double* lo = boxes_.data() + 2 * std::size_t{v} * cols_;
    double* hi = lo + cols_;
    for (std::size_t j = 0; j < cols_; ++j)
      lo[j] = hi[j] = x.at(rows_[begin], j);
    for (std::uint32_t i = begin + 1; i < end; ++i)
      for (std::size_t j = 0; j < cols_; ++j) {
        lo[j] = std::min(lo[j], x.at(rows_[i], j));
        hi[j] = std::max(hi[j], x.at(rows_[i], j));
      }
    if (end - begin <= leaf_rows) {
      std::sort(rows_.begin() + begin, rows_.begin() + end);
      return v;
    }
    std::size_t widest = 0;
    for (std::size_t j = 1; j < cols_; ++j)
      if (hi[j] - lo[j] > hi[widest] - lo[widest]) widest = j;
    const auto middle = static_cast<std::uint32_t>(begin + rounded_up((end - begin) / 2, leaf_rows));
    std::nth_element(rows_.begin() + begin, rows_.begin() + middle, rows_.begin() + end, [&](std::uint32_t a, std::uint32_t b) {
      const double va = x.at(a, widest), vb = x.at(b, widest);
      return va != vb ? va < vb : a < b;
    });
    const std::uint32_t left = split(x, begin, middle), right = split(x, middle, end);
    nodes_[v].left = left;
    nodes_[v].right = right;
    return v;
  }

  void search(neighbours& found, std::uint32_t leaf, std::uint32_t v, const double* queries) const {
    const node& own = nodes_[leaf];
    const node& here = nodes_[v];
    const std::size_t k = found.count;
    double worst = 0;
    for (std::size_t q = own.begin; q < own.end; ++q)
      worst = std::max(worst, found.squared[q * k + k - 1]);
    if (least_squared_between(leaf, v) > worst) return;
    if (!here.leaf()) {
      const bool left_first = least_squared_between(leaf, here.left) <= least_squared_between(leaf, here.right);
      search(found, leaf, left_first ? here.left : here.right, queries);
      search(found, leaf, left_first ? here.right : here.left, queries);
      return;
    }
    alignas(64) double gaps[leaf_rows];
    for (std::size_t q = own.begin; q < own.end; ++q) {
      const double* query = queries + (q - own.begin) * cols_;
      double* squared = found.squared.data() + q * k;
      if (least_squared(query, v) > squared[k - 1]) continue;
      scan(here, query, gaps);
      for (std::size_t p = here.begin; p < here.end; ++p)
        if (gaps[p - here.begin] <= squared[k - 1]) insert(squared, found.position.data() + q * k, k, gaps[p - here.begin], static_cast<std::uint32_t>(p));
    }
  }

  void insert(double* squared, std::uint32_t* position, std::size_t k, double gap, std::uint32_t p) const {
    const auto before = [&](std::size_t i) { return squared[i] < gap || (squared[i] == gap && position[i] != 0xffffffffU && rows_[position[i]] < rows_[p]); };
    if (before(k - 1)) return;
    std::size_t i = k - 1;
    for (; i > 0 && !before(i - 1); --i) {
      squared[i] = squared[i - 1];
      position[i] = position[i - 1];
    }
    squared[i] = gap;
    position[i] = p;
  }

  std::size_t cols_;
  std::vector<std::uint32_t> rows_;
  std::vector<node> nodes_;
  std::vector<std::uint32_t> leaves_;
  std::vector<double> boxes_;
  packed_points<double> points_;
};

/// Disjoint sets; the root of a set is its smallest member.
class disjoint_sets {
 public:
  explicit disjoint_sets(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), std::uint32_t{0}); }
  std::uint32_t find(std::uint32_t i) {
    while (parent_[i] != i)
      i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  bool join(std::uint32_t a, std::uint32_t b) {
    a = find(a);
    b = find(b);
    if (a == b) return false;
    parent_[std::max(a, b)] = std::min(a, b);
    return true;
  }

 private:
  std::vector<std::uint32_t> parent_;
};

}  // namespace tenure::inline TENURE_ABI::cluster::detail
