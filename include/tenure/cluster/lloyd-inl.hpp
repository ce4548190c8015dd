#pragma once

#include <cstring>
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
    cluster_sums sums;
    bool settled = false, checking = false;
    bool fresh = true;  // whether the sums were added up at once, without the rounding of many changes
    while (!settled && (checking || result.iterations < max_iterations)) {
      const bool whole = result.iterations == 0 || !weight_.empty() || sums.moved * 8 > n;
      const cluster_sums found = pass(result.centres, chunks, result.labels, bounds.get(), whole ? adding::all : adding::changes);
      if (!checking || found.moved > 0) ++result.iterations;
      checking = false;
      fresh = whole || (fresh && found.moved == 0);
      if (whole) {
        sums = found;
      } else {
        sums.moved = 0;
        sums.merge(found);
      }
      if (sums.moved == 0 && !fresh) {  // at rest, if it still is at the means added up at once
        sums = sums_of(result.labels, chunks, k);
        result.centres = means(sums, result.centres);
        fresh = checking = true;
        continue;
      }
      cluster_sums filled = sums;
      fill_empty(result, filled);
      result.weights = filled.weights;
      matrix next = means(filled, result.centres);
      double movement = 0;
      for (std::size_t i = 0; i < k * d; ++i)
        movement += (next.data()[i] - result.centres.data()[i]) * (next.data()[i] - result.centres.data()[i]);
      settled = filled.moved == 0;
      result.converged = settled || movement <= tolerance;
      result.centres = std::move(next);
      if (result.converged) break;
    }
    if (!fresh && std::find(sums.weights.begin(), sums.weights.end(), 0.0) == sums.weights.end())
      result.centres = means(sums_of(result.labels, chunks, k), result.centres);
    if (!settled) result.weights = pass(result.centres, chunks, result.labels, bounds.get(), adding::weights).weights;
    result.inertia = inertia(result);
    return result;
  }

 private:
  std::unique_ptr<distance_bounds<T>> make_bounds(std::size_t k, const matrix& start) const {
    const bool automatic = algorithm_ == kmeans_algorithm::automatic;
    if (k < 2 || algorithm_ == kmeans_algorithm::lloyd || (automatic && (k < yinyang_from || k * points_.cols() < yinyang_work))) return nullptr;
    return std::make_unique<distance_bounds<T>>(points_, start, algorithm_ == kmeans_algorithm::hamerly ? 1 : std::max<std::size_t>(1, k / yinyang_group),
                                                run_);
  }

  /// What a pass adds up: the weights alone; the rows that changed their cluster, taken from the one and added to the other; or all rows.
  enum class adding { weights, changes, all };

  cluster_sums pass(const matrix& centres, const chunking& chunks, std::vector<std::int32_t>& labels, distance_bounds<T>* bounds, adding what) const {
    const std::size_t k = centres.rows(), d = points_.cols();
    const centre_table<T> table(centres);
    if (bounds) bounds->begin_pass(centres);
    const cluster_sums zero{std::vector<double>(what == adding::weights ? 0 : k * d), std::vector<double>(k)};
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
            constexpr std::size_t few = 16;  // most rows stay where they are
            for (std::size_t start = first; start < last; start += few) {
              const std::size_t stop = std::min(last, start + few);
              if (std::memcmp(near + (start - first), labels.data() + start, (stop - start) * sizeof(std::int32_t)) == 0) continue;
              for (std::size_t i = start; i < stop; ++i) {
                if (near[i - first] == labels[i]) continue;
                ++part.moved;
                if (what == adding::changes) {
                  add_row(part, i, labels[i], -1);
                  add_row(part, i, near[i - first], 1);
                }
                labels[i] = near[i - first];
              }
            }
            if (what == adding::all) add_rows(part, first, last, labels);
            if (what == adding::weights)
              for (std::size_t i = first; i < last; ++i)
                part.weights[static_cast<std::size_t>(labels[i])] += weight_.empty() ? 1.0 : weight_[i];
          }
        },
        [](cluster_sums& a, const cluster_sums& b) { a.merge(b); });
  }

  void add_row(cluster_sums& part, std::size_t i, std::int32_t label, double w) const {
    const std::size_t d = points_.cols(), c = static_cast<std::size_t>(label);
    const T* x = points_.tile(i / lanes<T>) + i % lanes<T>;
    double* sum = part.sums.data() + c * d;
    part.weights[c] += w;
    for (std::size_t j = 0; j < d; ++j)
      sum[j] += w * static_cast<double>(x[j * lanes<T>]);
  }
  void add_rows(cluster_sums& part, std::size_t begin, std::size_t end, const std::vector<std::int32_t>& labels) const {
    for (std::size_t i = begin; i < end; ++i)
      add_row(part, i, labels[i], weight_.empty() ? 1.0 : weight_[i]);
  }

  cluster_sums sums_of(const std::vector<std::int32_t>& labels, const chunking& chunks, std::size_t k) const {
    return parallel_reduce(
        chunks, run_, cluster_sums{std::vector<double>(k * points_.cols()), std::vector<double>(k)},
        [&](cluster_sums& part, std::size_t begin, std::size_t end) { add_rows(part, begin * lanes<T>, std::min(points_.rows(), end * lanes<T>), labels); },
        [](cluster_sums& a, const cluster_sums& b) { a.merge(b); });
  }

  /// The means of the clusters; one without rows keeps its centre.
  static matrix means(const cluster_sums& sums, matrix centres) {
    for (std::size_t c = 0; c < centres.rows(); ++c)
      for (std::size_t j = 0; sums.weights[c] > 0 && j < centres.cols(); ++j)
        centres(c, j) = sums.sums[c * centres.cols() + j] / sums.weights[c];
    return centres;
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
    const std::size_t d = points_.cols();
    return parallel_reduce(
        chunking(points_.tile_count(), 512), run_, 0.0,
        [&](double& sum, std::size_t begin, std::size_t end) {
          for (std::size_t t = begin; t < end; ++t) {
            const double* centre[lanes<T>];
            double gaps[lanes<T>] = {};
            const std::size_t first = t * lanes<T>, rows = std::min(points_.rows() - first, lanes<T>);
            for (std::size_t l = 0; l < lanes<T>; ++l)
              centre[l] = result.centres.row(l < rows ? static_cast<std::size_t>(result.labels[first + l]) : 0);
            const T* x = points_.tile(t);
            for (std::size_t j = 0; j < d; ++j)
              for (std::size_t l = 0; l < lanes<T>; ++l) {
                const double gap = static_cast<double>(x[j * lanes<T> + l]) - centre[l][j];
                gaps[l] += gap * gap;
              }
            for (std::size_t l = 0; l < rows; ++l)
              sum += (weight_.empty() ? 1.0 : weight_[first + l]) * gaps[l];
          }
        },
        [](double& a, double b) { a += b; });
  }

  const packed_points<T>& points_;
  std::span<const double> weight_;
  kmeans_algorithm algorithm_;
  execution run_;
};

}  // namespace tenure::inline TENURE_ABI::cluster::detail
