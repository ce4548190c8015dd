#pragma once

#include "tenure/cluster/kmeans-inl.hpp"
#include "tenure/cluster/minibatch.hpp"

namespace tenure::inline TENURE_ABI::cluster {

namespace detail {

struct batch_sums {
  std::vector<double> sums, weights;
  double inertia = 0;
};

template <class T>
class minibatch {
 public:
  minibatch(const packed_points<T>& points, std::span<const double> weight, const minibatch_options& options, const execution& run)
      : points_(points), weight_(weight), options_(options), run_(run) {}

  /// Runs from `centres` until it comes to rest; returns whether it did.
  bool fit(matrix& centres, std::int64_t& steps, double tolerance) {
    const std::size_t n = points_.rows(), k = centres.rows(), d = centres.cols();
    const std::size_t batch_tiles = rounded_up(std::min<std::size_t>(static_cast<std::size_t>(options_.batch_size), n), lanes<T>) / lanes<T>;
    const std::size_t batches = (points_.tile_count() + batch_tiles - 1) / batch_tiles;
    const double fraction = std::min(1.0, 2.0 * static_cast<double>(batch_tiles * lanes<T>) / static_cast<double>(n + 1));
    std::vector<double> counts(k);
    std::vector<std::size_t> order(batches);
    for (std::size_t b = 0; b < batches; ++b)
      order[b] = b;
    random_stream random(options_.seed, 0x6d696e69);
    double smoothed = -1, best = std::numeric_limits<double>::infinity();
    std::int64_t without_gain = 0;
    std::size_t since_reassignment = 0;
    for (std::int64_t epoch = 0; epoch < options_.max_epochs; ++epoch) {
      random.shuffle(order.data(), batches);
      for (const std::size_t b : order) {
        const std::size_t begin = b * batch_tiles, end = std::min(points_.tile_count(), begin + batch_tiles);
        const batch_sums sums = assign(centres, begin, end);
        double movement = 0, total = 0;
        for (std::size_t c = 0; c < k; ++c) {
          total += sums.weights[c];
          if (!(sums.weights[c] > 0)) continue;
          for (std::size_t j = 0; j < d; ++j) {
            const double next = (centres(c, j) * counts[c] + sums.sums[c * d + j]) / (counts[c] + sums.weights[c]);
            movement += (next - centres(c, j)) * (next - centres(c, j));
            centres(c, j) = next;
          }
          counts[c] += sums.weights[c];
        }
        ++steps;
        run_.report(static_cast<double>(epoch) / static_cast<double>(options_.max_epochs));
        since_reassignment += (end - begin) * lanes<T>;
        if (since_reassignment >= 10 * k) {
          reassign(centres, counts, begin, end, random);
          since_reassignment = 0;
        }
        if (steps == 1 || !(total > 0)) continue;  // the first step starts from the drawn centres: its inertia says nothing
        smoothed = smoothed < 0 ? sums.inertia / total : smoothed * (1 - fraction) + sums.inertia / total * fraction;
        if (tolerance > 0 && movement <= tolerance) return true;
        without_gain = smoothed < best ? 0 : without_gain + 1;
        best = std::min(best, smoothed);
        if (options_.patience > 0 && without_gain >= options_.patience) return true;
      }
    }
    return false;
  }

  batch_sums assign(const matrix& centres, std::size_t begin_tile, std::size_t end_tile, std::int32_t* labels = nullptr) const {
    const std::size_t k = centres.rows(), d = centres.cols();
    const centre_table<T> table(centres);
    const batch_sums zero{std::vector<double>(k * d), std::vector<double>(k)};
    return parallel_reduce(
        chunking(end_tile - begin_tile, 16, std::clamp<std::size_t>((std::size_t{1} << 23) / (k * d), 4, 64)), run_, zero,
        [&](batch_sums& part, std::size_t begin, std::size_t end) {
          constexpr std::size_t block = 32;
          alignas(64) T best[block * lanes<T>];
          std::int32_t near[block * lanes<T>];
          for (std::size_t t = begin_tile + begin; t < begin_tile + end; t += block) {
            const std::size_t tiles = std::min(block, begin_tile + end - t), first = t * lanes<T>, last = std::min(points_.rows(), (t + tiles) * lanes<T>);
            kernels<T>().nearest(points_.tile(t), tiles, d, table.values(), table.half_norms(), table.padded(), best, near);
            for (std::size_t i = first; i < last; ++i) {
              const auto c = static_cast<std::size_t>(near[i - first]);
              const double w = weight_.empty() ? 1.0 : weight_[i];
              part.weights[c] += w;
              part.inertia += w * points_.squared_distance(i, table.row(c));
              for (std::size_t j = 0; j < d; ++j)
                part.sums[c * d + j] += w * static_cast<double>(points_.at(i, j));
              if (labels) labels[i] = near[i - first];
            }
          }
        },
        [](batch_sums& a, const batch_sums& b) {
          for (std::size_t i = 0; i < a.sums.size(); ++i)
            a.sums[i] += b.sums[i];
          for (std::size_t c = 0; c < a.weights.size(); ++c)
            a.weights[c] += b.weights[c];
          a.inertia += b.inertia;
        });
  }

 private:
  /// Centres that hardly any row chose are put on random rows of the batch, with the smallest weight of the others.
  void reassign(matrix& centres, std::vector<double>& counts, std::size_t begin, std::size_t end, random_stream& random) const {
    const double limit = options_.reassignment * *std::max_element(counts.begin(), counts.end());
    const std::size_t first = begin * lanes<T>, rows = std::min(points_.rows(), end * lanes<T>) - first;
    double least = std::numeric_limits<double>::infinity();
    std::vector<std::size_t> small;
    for (std::size_t c = 0; c < counts.size(); ++c) {
      if (counts[c] < limit)
        small.push_back(c);
      else
        least = std::min(least, counts[c]);
    }
    if (small.size() > rows / 2) small.resize(rows / 2);
    for (const std::size_t c : small) {
      points_.copy_row(first + random.below(rows), centres.row(c));
      counts[c] = least;
    }
  }

  const packed_points<T>& points_;
  std::span<const double> weight_;
  const minibatch_options& options_;
  execution run_;
};

template <class T>
kmeans_fit fit_minibatch_in(const table_view& x, numeric_column weight, const minibatch_options& options, const matrix& start, const execution& run) {
  const std::size_t n = x.rows(), d = x.cols(), k = static_cast<std::size_t>(options.clusters);
  const std::vector<std::uint32_t> order = content_order(x, weight, run);
  const packed_points<T> points(x, rough_means(x, run), run, order);
  const std::vector<double> weights = reordered(weight, order);
  minibatch<T> engine(points, weights, options, run);

  matrix centres = start;
  if (start.rows()) {
    for (std::size_t c = 0; c < k; ++c)
      for (std::size_t j = 0; j < d; ++j)
        centres(c, j) -= points.shift()[j];
  } else {
    const std::size_t sample = std::min(n, std::max<std::size_t>(3 * static_cast<std::size_t>(options.batch_size), 3 * k));
    const std::size_t sample_tiles = rounded_up(sample, lanes<T>) / lanes<T>, rows = std::min(n, sample_tiles * lanes<T>);
    packed_points<T> head(rows, d);  // the order is as good as random: its head is a sample
    std::copy_n(points.tile(0), sample_tiles * lanes<T> * d, head.tile(0));
    const std::span<const double> head_weights = std::span<const double>(weights).first(weights.empty() ? 0 : rows);
    double least = std::numeric_limits<double>::infinity();
    for (std::int64_t s = 0; s < options.starts; ++s) {
      const matrix drawn = draw_centres(head, head_weights, k, options.start, random_stream(options.seed, static_cast<std::uint64_t>(s)), run);
      const double inertia = engine.assign(drawn, 0, sample_tiles).inertia;
      if (s > 0 && !(inertia < least)) continue;
      least = inertia;
      centres = drawn;
    }
  }
  kmeans_fit fit;
  std::int64_t steps = 0;
  const double tolerance = options.tolerance > 0 ? options.tolerance * mean_variance(points, run) : 0.0;
  const bool converged = engine.fit(centres, steps, tolerance);
  std::vector<std::int32_t> labels(n);
  const batch_sums last = engine.assign(centres, 0, points.tile_count(), labels.data());
  fit.labels.resize(n);
  for (std::size_t i = 0; i < n; ++i)
    fit.labels[order[i]] = labels[i];
  for (std::size_t c = 0; c < k; ++c)
    for (std::size_t j = 0; j < d; ++j)
      centres(c, j) += points.shift()[j];
  fit.model = {schema_of(x), std::move(centres), last.weights, last.inertia, steps, converged};
  return fit;
}

}  // namespace detail

TENURE_INLINE kmeans_fit fit_minibatch_kmeans(const table_view& x, numeric_column weight, const minibatch_options& options, const matrix& start,
                                              const execution& run) {
  validate(options);
  detail::require_finite(x, run);
  detail::check_weight(weight, x.rows());
  detail::check_clusters(options.clusters, x.rows());
  if (start.rows()) detail::check_start(start, options.clusters, x.cols());
  return detail::single_precision(x) ? detail::fit_minibatch_in<float>(x, weight, options, start, run)
                                     : detail::fit_minibatch_in<double>(x, weight, options, start, run);
}

TENURE_INLINE kmeans_model update_kmeans(const kmeans_model& model, const table_view& chunk, numeric_column weight, const execution& run) {
  kmeans_pass pass(model);
  pass.add(chunk, weight, run);
  kmeans_model next = pass.finish();
  for (std::size_t c = 0; c < next.centres.rows(); ++c) {
    const double before = model.weights[c], now = next.weights[c];
    if (!(before + now > 0)) continue;
    for (std::size_t j = 0; j < next.centres.cols(); ++j)
      next.centres(c, j) = now > 0 ? (model.centres(c, j) * before + next.centres(c, j) * now) / (before + now) : model.centres(c, j);
    next.weights[c] = before + now;
  }
  return next;
}

TENURE_INLINE kmeans_model begin_kmeans(const table_view& chunk, numeric_column weight, const kmeans_options& options, const execution& run) {
  validate(options);
  detail::require_finite(chunk, run);
  detail::check_weight(weight, chunk.rows());
  detail::check_clusters(options.clusters, chunk.rows());
  const std::vector<std::uint32_t> order = detail::content_order(chunk, weight, run);
  const detail::packed_points<double> points(chunk, std::vector<double>(chunk.cols()), run, order);
  const std::vector<double> weights = detail::reordered(weight, order);
  kmeans_model model;
  model.columns = schema_of(chunk);
  model.centres = detail::draw_centres(points, std::span<const double>(weights), static_cast<std::size_t>(options.clusters), options.start,
                                       random_stream(options.seed), run);
  model.weights.assign(model.centres.rows(), 0.0);
  return model;
}

}  // namespace tenure::inline TENURE_ABI::cluster
