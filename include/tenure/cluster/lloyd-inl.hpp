#pragma once

#include <numeric>
#include <span>

#include "tenure/cluster/bounds-inl.hpp"
#include "tenure/cluster/centres-inl.hpp"
#include "tenure/cluster/kmeans.hpp"

// Internal: Lloyd's iteration over packed rows.

namespace tenure::inline TENURE_ABI::cluster::detail {

/// Where one start ended: centres are relative to the shift of the rows.
struct lloyd_result {
  matrix centres;
  std::vector<double> weights;
  std::vector<std::int32_t> labels;
  double inertia = 0;
  std::int64_t iterations = 0;
  bool converged = false;
};

/// Sums of the rows of each cluster, and how many rows changed their cluster.
struct cluster_sums {
  std::vector<double> sums, weights;
  std::size_t moved = 0;

  void merge(const cluster_sums& other) {
    for (std::size_t i = 0; i < sums.size(); ++i)
      sums[i] += other.sums[i];
    for (std::size_t c = 0; c < weights.size(); ++c)
      weights[c] += other.weights[c];
    moved += other.moved;
  }
};

template <class T>
class lloyd {
 public:
  /// `weight`: one a row, in the order of `points`, or empty.
  lloyd(const packed_points<T>& points, std::span<const double> weight, kmeans_algorithm algorithm, const execution& run)
      : points_(points), weight_(weight), algorithm_(algorithm), run_(run) {}

  lloyd_result fit(const matrix& start, std::int64_t max_iterations, double tolerance) {
    const std::size_t n = points_.rows(), k = start.rows(), d = start.cols();
    lloyd_result result{.centres = start, .weights = std::vector<double>(k), .labels = std::vector<std::int32_t>(n, -1)};
    const chunking chunks(points_.tile_count(), 64, std::clamp<std::size_t>((std::size_t{1} << 23) / (k * d), 4, 64));
    std::unique_ptr<distance_bounds<T>> bounds = make_bounds(k, start);
    bool settled = false;
    while (!settled && result.iterations < max_iterations) {
      cluster_sums sums = pass(result.centres, chunks, result.labels, bounds.get(), true);
      ++result.iterations;
      fill_empty(result, sums);
      result.weights = sums.weights;
      matrix next = result.centres;
      double movement = 0;
      for (std::size_t c = 0; c < k; ++c) {
        if (!(sums.weights[c] > 0)) continue;
        for (std::size_t j = 0; j < d; ++j) {
          next(c, j) = sums.sums[c * d + j] / sums.weights[c];
          movement += (next(c, j) - result.centres(c, j)) * (next(c, j) - result.centres(c, j));
        }
      }
      settled = sums.moved == 0;
      result.converged = settled || movement <= tolerance;
      result.centres = std::move(next);
      if (result.converged) break;
    }
    if (!settled) result.weights = pass(result.centres, chunks, result.labels, bounds.get(), false).weights;
    result.inertia = inertia(result);
    return result;
  }

 private:
  std::unique_ptr<distance_bounds<T>> make_bounds(std::size_t k, const matrix& start) const {
    const bool automatic = algorithm_ == kmeans_algorithm::automatic;
    if (k < 2 || algorithm_ == kmeans_algorithm::lloyd || (automatic && k < yinyang_from)) return nullptr;
    return std::make_unique<distance_bounds<T>>(points_, start, algorithm_ == kmeans_algorithm::hamerly ? 1 : std::max<std::size_t>(1, k / yinyang_group),
                                                run_);
  }

  cluster_sums pass(const matrix& centres, const chunking& chunks, std::vector<std::int32_t>& labels, distance_bounds<T>* bounds, bool with_sums) const {
    const std::size_t k = centres.rows(), d = points_.cols();
    const centre_table<T> table(centres);
    if (bounds) bounds->begin_pass(centres);
    const cluster_sums zero{std::vector<double>(with_sums ? k * d : 0), std::vector<double>(k)};
    return parallel_reduce(
        chunks, run_, zero,
        [&](cluster_sums& part, std::size_t begin, std::size_t end) {
          constexpr std::size_t block = 32, lane_count = lanes<T>;
          alignas(64) T best[block * lane_count];
          std::int32_t near[block * lane_count];
          for (std::size_t t = begin; t < end; t += block) {
            const std::size_t tiles = std::min(block, end - t), first = t * lane_count, last = std::min(points_.rows(), (t + tiles) * lane_count);
            if (bounds) {
              bounds->nearest(first, last, labels.data() + first, near);
            } else {
              kernels<T>().nearest(points_.tile(t), tiles, d, table.values(), table.half_norms(), table.padded(), best, near);
            }
            for (std::size_t i = first; i < last; ++i) {
              part.moved += near[i - first] != labels[i];
              labels[i] = near[i - first];
            }
            if (with_sums)
              add_rows(part, t, first, last, labels);
            else
              for (std::size_t i = first; i < last; ++i)
                part.weights[static_cast<std::size_t>(labels[i])] += weight_.empty() ? 1.0 : weight_[i];
          }
        },
        [](cluster_sums& a, const cluster_sums& b) { a.merge(b); });
  }

  void add_rows(cluster_sums& part, std::size_t tile, std::size_t first, std::size_t last, const std::vector<std::int32_t>& labels) const {
    const std::size_t d = points_.cols();
    constexpr std::size_t lane_count = lanes<T>;
    for (std::size_t i = first; i < last; ++i) {
      const auto c = static_cast<std::size_t>(labels[i]);
      const T* x = points_.tile(tile + (i - first) / lane_count) + (i - first) % lane_count;
      double* sum = part.sums.data() + c * d;
      const double w = weight_.empty() ? 1.0 : weight_[i];
      part.weights[c] += w;
      if (w == 1.0) {
        for (std::size_t j = 0; j < d; ++j)
          sum[j] += static_cast<double>(x[j * lane_count]);
      } else {
        for (std::size_t j = 0; j < d; ++j)
          sum[j] += w * static_cast<double>(x[j * lane_count]);
      }
    }
  }

  /// An empty cluster takes the row farthest from its centre, the next one the second farthest, ... (as scikit-learn does).
  void fill_empty(lloyd_result& result, cluster_sums& sums) const {
    std::vector<std::size_t> empty;
    for (std::size_t c = 0; c < sums.weights.size(); ++c)
      if (!(sums.weights[c] > 0)) empty.push_back(c);
    if (empty.empty()) return;
    const std::vector<double> gaps = own_distances(result);
    std::vector<std::size_t> rows(gaps.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    const std::size_t wanted = std::min(empty.size(), rows.size());
    std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(wanted), rows.end(),
                      [&](std::size_t a, std::size_t b) { return gaps[a] != gaps[b] ? gaps[a] > gaps[b] : a < b; });
    const std::size_t d = points_.cols();
    for (std::size_t e = 0; e < wanted; ++e) {
      const std::size_t i = rows[e], to = empty[e], from = static_cast<std::size_t>(result.labels[i]);
      const double w = weight_.empty() ? 1.0 : weight_[i];
      if (!(gaps[i] > 0) || !(w > 0) || !(sums.weights[from] > w)) continue;
      for (std::size_t j = 0; j < d; ++j) {
        const double moved = w * static_cast<double>(points_.at(i, j));
        sums.sums[from * d + j] -= moved;
        sums.sums[to * d + j] = moved;
      }
      sums.weights[from] -= w;
      sums.weights[to] = w;
      sums.moved = std::max<std::size_t>(sums.moved, 1);
    }
  }

  std::vector<double> own_distances(const lloyd_result& result) const {
    std::vector<double> gaps(points_.rows());
    parallel_chunks(chunking(points_.rows()), run_, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i)
        gaps[i] = points_.squared_distance(i, result.centres.row(static_cast<std::size_t>(result.labels[i])));
    });
    return gaps;
  }

  double inertia(const lloyd_result& result) const {
    return parallel_reduce(
        chunking(points_.rows()), run_, 0.0,
        [&](double& sum, std::size_t begin, std::size_t end) {
          for (std::size_t i = begin; i < end; ++i)
            sum += (weight_.empty() ? 1.0 : weight_[i]) * points_.squared_distance(i, result.centres.row(static_cast<std::size_t>(result.labels[i])));
        },
        [](double& a, double b) { a += b; });
  }

  const packed_points<T>& points_;
  std::span<const double> weight_;
  kmeans_algorithm algorithm_;
  execution run_;
};

}  // namespace tenure::inline TENURE_ABI::cluster::detail
