#pragma once

#include <span>

#include "tenure/cluster/kmeans.hpp"
#include "tenure/cluster/points-inl.hpp"
#include "tenure/core/random.hpp"

// Internal: the first centres of k-means.

namespace tenure::inline TENURE_ABI::cluster::detail {

/// Draws rows with probability proportional to a mass that is summed chunk by chunk.
class row_lottery {
 public:
  explicit row_lottery(std::size_t rows) : chunks_(rows), totals_(chunks_.count()) {}

  template <class Mass>
  void weigh(const Mass& mass, const execution& run) {
    parallel_chunks(chunks_, run, [&](std::size_t c, std::size_t begin, std::size_t end) {
      double sum = 0;
      for (std::size_t i = begin; i < end; ++i)
        sum += mass(i);
      totals_[c] = sum;
    });
    total_ = 0;
    for (const double t : totals_)
      total_ += t;
  }

  double total() const { return total_; }

  /// The row at which the running sum of the mass passes share * total.
  template <class Mass>
  std::size_t draw(double share, const Mass& mass) const {
    double target = share * total_;
    std::size_t c = 0, last = 0;
    while (c + 1 < totals_.size() && target >= totals_[c])
      target -= totals_[c++];
    for (std::size_t i = chunks_.begin(c); i < chunks_.end(c); ++i) {
      if (!(mass(i) > 0)) continue;
      last = i;
      if ((target -= mass(i)) < 0) return i;
    }
    return last;
  }

 private:
  chunking chunks_;
  std::vector<double> totals_;
  double total_ = 0;
};

/// k rows of `points` as centres (in shifted coordinates).
template <class T>
matrix draw_centres(const packed_points<T>& points, std::span<const double> weight, std::size_t k, kmeans_start start, random_stream random,
                    const execution& run) {
  const std::size_t n = points.rows(), d = points.cols(), padded = points.tile_count() * lanes<T>;
  const auto mass_of_weight = [&](std::size_t i) { return weight.empty() ? 1.0 : weight[i]; };
  matrix centres(k, d);
  row_lottery lottery(n);
  lottery.weigh(mass_of_weight, run);
  if (start == kmeans_start::random) {
    std::vector<bool> taken(n);
    for (std::size_t c = 0; c < k; ++c) {
      std::size_t row = lottery.draw(random.uniform(), mass_of_weight);
      for (int attempt = 0; taken[row] && attempt < 100; ++attempt)
        row = lottery.draw(random.uniform(), mass_of_weight);
      taken[row] = true;
      points.copy_row(row, centres.row(c));
    }
    return centres;
  }

  aligned_buffer<T> closest(padded), weights(padded), gaps(padded);
  for (std::size_t i = 0; i < padded; ++i) {
    weights[i] = i < n ? static_cast<T>(mass_of_weight(i)) : T(0);
    closest[i] = std::numeric_limits<T>::infinity();
  }
  const std::size_t trials = start == kmeans_start::greedy_plus_plus ? 2 + static_cast<std::size_t>(std::log(static_cast<double>(k))) : 1;
  const chunking chunks(points.tile_count(), 64, 64);
  const auto mass = [&](std::size_t i) { return static_cast<double>(weights[i]) * static_cast<double>(closest[i]); };
  points.copy_row(lottery.draw(random.uniform(), mass_of_weight), centres.row(0));
  std::vector<T> candidates(trials * d);
  for (std::size_t c = 0;; ++c) {
    const T* chosen = candidates.data();
    std::vector<T> centre(d);
    for (std::size_t j = 0; j < d; ++j)
      centre[j] = static_cast<T>(centres(c, j));
    chosen = centre.data();
    parallel_chunks(chunks, run, [&](std::size_t, std::size_t begin, std::size_t end) {
      const std::size_t first = begin * lanes<T>, last = end * lanes<T>;
      kernels<T>().squared_distances(points.tile(begin), end - begin, d, chosen, gaps.data() + first);
      for (std::size_t i = first; i < last; ++i)
        closest[i] = std::min(closest[i], gaps[i]);
    });
    if (c + 1 == k) return centres;
    lottery.weigh(mass, run);
    if (!(lottery.total() > 0)) {  // every row is a centre already
      for (std::size_t rest = c + 1; rest < k; ++rest)
        points.copy_row(lottery.draw(random.uniform(), mass_of_weight), centres.row(rest));
      return centres;
    }
    for (std::size_t t = 0; t < trials; ++t)
      points.copy_row(lottery.draw(random.uniform(), mass), candidates.data() + t * d);
    std::size_t best = 0;
    if (trials > 1) {
      const std::vector<double> potential = parallel_reduce(
          chunks, run, std::vector<double>(trials),
          [&](std::vector<double>& part, std::size_t begin, std::size_t end) {
            const std::size_t first = begin * lanes<T>;
            kernels<T>().seed_potentials(points.tile(begin), end - begin, d, candidates.data(), trials, closest.data() + first, weights.data() + first,
                                         part.data());
          },
          [](std::vector<double>& a, const std::vector<double>& b) {
            for (std::size_t t = 0; t < a.size(); ++t)
              a[t] += b[t];
          });
      best = static_cast<std::size_t>(std::min_element(potential.begin(), potential.end()) - potential.begin());
    }
    for (std::size_t j = 0; j < d; ++j)
      centres(c + 1, j) = static_cast<double>(candidates[best * d + j]);
  }
}

}  // namespace tenure::inline TENURE_ABI::cluster::detail
