#pragma once

#include "tenure/cluster/kmeans.hpp"
#include "tenure/cluster/lloyd-inl.hpp"
#include "tenure/cluster/seeding-inl.hpp"

namespace tenure::inline TENURE_ABI::cluster {

namespace detail {

/// A weight column in the order of the packed rows.
inline std::vector<double> reordered(numeric_column weight, const std::vector<std::uint32_t>& order) {
  std::vector<double> result(weight.size());
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = weight[order.empty() ? i : order[i]];
  return result;
}

inline void check_clusters(std::int64_t clusters, std::size_t rows) {
  if (static_cast<std::size_t>(clusters) > rows)
    throw invalid_input("n_clusters", "must be at most the number of rows (n_samples=" + std::to_string(rows) + ")", static_cast<double>(clusters));
}

inline void check_start(const matrix& start, std::int64_t clusters, std::size_t cols) {
  if (start.rows() != static_cast<std::size_t>(clusters) || start.cols() != cols)
    throw invalid_input("init", "must have one row a cluster and one column a column of X (" + std::to_string(clusters) + " x " + std::to_string(cols) + ")");
  for (const double v : start.values())
    if (!std::isfinite(v)) throw invalid_input("init", "must be finite", v);
}

/// The mean over columns of the variance, which makes the tolerance independent of the unit.
template <class T>
double mean_variance(const packed_points<T>& points, const execution& run) {
  const std::size_t d = points.cols(), n = points.rows();
  const std::vector<double> sums = parallel_reduce(
      chunking(n), run, std::vector<double>(2 * d),
      [&](std::vector<double>& part, std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
          for (std::size_t j = 0; j < d; ++j) {
            const auto v = static_cast<double>(points.at(i, j));
            part[j] += v;
            part[d + j] += v * v;
          }
      },
      [](std::vector<double>& a, const std::vector<double>& b) {
        for (std::size_t j = 0; j < a.size(); ++j)
          a[j] += b[j];
      });
  double total = 0;
  for (std::size_t j = 0; j < d; ++j)
    total += std::max(0.0, sums[d + j] - sums[j] * sums[j] / static_cast<double>(n)) / static_cast<double>(n);
  return total / static_cast<double>(d);
}

template <class T>
kmeans_fit fit_kmeans_in(const table_view& x, numeric_column weight, const kmeans_options& options, const matrix& start, const execution& run) {
  const std::size_t n = x.rows(), d = x.cols(), k = static_cast<std::size_t>(options.clusters);
  const std::vector<std::uint32_t> order = start.rows() ? std::vector<std::uint32_t>{} : content_order(x, weight, run);
  const packed_points<T> points(x, rough_means(x, run), run, order);
  const std::vector<double> weights = reordered(weight, order);
  const double tolerance = options.tolerance > 0 ? options.tolerance * mean_variance(points, run) : 0.0;

  lloyd_result best;
  best.inertia = std::numeric_limits<double>::infinity();
  for (std::int64_t s = 0; s < (start.rows() ? 1 : options.starts); ++s) {
    matrix first = start;
    if (start.rows()) {
      for (std::size_t c = 0; c < k; ++c)
        for (std::size_t j = 0; j < d; ++j)
          first(c, j) -= points.shift()[j];
    } else {
      first = draw_centres(points, std::span<const double>(weights), k, options.start, random_stream(options.seed, static_cast<std::uint64_t>(s)), run);
    }
    lloyd_result result = lloyd<T>(points, weights, options.algorithm, run).fit(first, options.max_iterations, tolerance);
    if (s == 0 || result.inertia < best.inertia) best = std::move(result);
  }

  kmeans_fit fit;
  fit.labels.resize(n);
  for (std::size_t i = 0; i < n; ++i)
    fit.labels[order.empty() ? i : order[i]] = best.labels[i];
  for (std::size_t c = 0; c < k; ++c)
    for (std::size_t j = 0; j < d; ++j)
      best.centres(c, j) += points.shift()[j];
  fit.model = {schema_of(x), std::move(best.centres), std::move(best.weights), best.inertia, best.iterations, best.converged};
  return fit;
}

/// The nearest centre of every row, block by block: no copy of the table.
template <class T, class Use>
void for_nearest(const kmeans_model& model, const table_view& x, const execution& run, const Use& use) {
  const std::size_t d = x.cols(), k = model.centres.rows();
  std::vector<double> shift(d);
  for (std::size_t c = 0; c < k; ++c)
    for (std::size_t j = 0; j < d; ++j)
      shift[j] += model.centres(c, j) / static_cast<double>(k);
  matrix moved = model.centres;
  for (std::size_t c = 0; c < k; ++c)
    for (std::size_t j = 0; j < d; ++j)
      moved(c, j) -= shift[j];
  const centre_table<T> centres(moved);
  constexpr std::size_t block = 32 * lanes<T>;
  parallel_chunks(chunking(x.rows(), block, 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    alignas(64) T best[block];
    std::int32_t near[block];
    for (std::size_t i = begin; i < end; i += block) {
      const std::size_t last = std::min(end, i + block);
      const packed_points<T> points(x.slice(i, last), shift, {});
      kernels<T>().nearest(points.tile(0), points.tile_count(), d, centres.values(), centres.half_norms(), centres.padded(), best, near);
      use(i, last, near);
    }
  });
}

inline aligned_table aligned_numbers(const kmeans_model& model, const table_view& x, const execution& run) {
  aligned_table aligned(x, model.columns, unseen_level::refuse);
  if (x.rows() > 0) require_finite(aligned.view(), run);
  return aligned;
}

}  // namespace detail

TENURE_INLINE void kmeans_model::check() const {
  if (centres.rows() == 0 || centres.cols() != columns.size() || columns.empty()) throw bad_file("cluster.kmeans: one centre coordinate a column is needed");
  if (weights.size() != centres.rows()) throw bad_file("cluster.kmeans: one weight a centre is needed");
  if (centres.rows() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) throw bad_file("cluster.kmeans: too many centres");
  for (const double v : centres.values())
    if (!std::isfinite(v)) throw bad_file("cluster.kmeans: a centre is not finite");
  for (const double w : weights)
    if (!(w >= 0) || !std::isfinite(w)) throw bad_file("cluster.kmeans: a weight is negative or not finite");
  for (const auto& c : columns)
    if (c.categorical) throw bad_file("cluster.kmeans: a column is categorical");
}

TENURE_INLINE kmeans_fit fit_kmeans(const table_view& x, numeric_column weight, const kmeans_options& options, const matrix& start, const execution& run) {
  validate(options);
  detail::require_finite(x, run);
  detail::check_weight(weight, x.rows());
  detail::check_clusters(options.clusters, x.rows());
  if (start.rows()) detail::check_start(start, options.clusters, x.cols());
  return detail::single_precision(x) ? detail::fit_kmeans_in<float>(x, weight, options, start, run)
                                     : detail::fit_kmeans_in<double>(x, weight, options, start, run);
}

TENURE_INLINE std::vector<std::int32_t> predict_kmeans(const kmeans_model& model, const table_view& x, const execution& run) {
  const aligned_table aligned = detail::aligned_numbers(model, x, run);
  std::vector<std::int32_t> labels(x.rows());
  const auto keep = [&](std::size_t begin, std::size_t end, const std::int32_t* near) {
    std::copy_n(near, end - begin, labels.begin() + static_cast<std::ptrdiff_t>(begin));
  };
  if (detail::single_precision(x)) {
    detail::for_nearest<float>(model, aligned.view(), run, keep);
  } else {
    detail::for_nearest<double>(model, aligned.view(), run, keep);
  }
  return labels;
}

TENURE_INLINE matrix kmeans_distances(const kmeans_model& model, const table_view& x, const execution& run) {
  const aligned_table aligned = detail::aligned_numbers(model, x, run);
  const std::size_t k = model.centres.rows(), d = model.centres.cols();
  matrix distances(x.rows(), k);
  constexpr std::size_t block = 256;
  parallel_chunks(chunking(x.rows(), block, 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    alignas(64) double squared[block];
    for (std::size_t i = begin; i < end; i += block) {
      const std::size_t last = std::min(end, i + block);
      const detail::packed_points<double> points(aligned.view().slice(i, last), std::vector<double>(d), {});
      for (std::size_t c = 0; c < k; ++c) {
        detail::kernels<double>().squared_distances(points.tile(0), points.tile_count(), d, model.centres.row(c), squared);
        for (std::size_t r = i; r < last; ++r)
          distances(r, c) = std::sqrt(squared[r - i]);
      }
    }
  });
  return distances;
}

TENURE_INLINE double kmeans_inertia(const kmeans_model& model, const table_view& x, numeric_column weight, const execution& run) {
  kmeans_pass pass(model);
  pass.add(x, weight, run);
  return pass.finish().inertia;
}

TENURE_INLINE kmeans_pass::kmeans_pass(kmeans_model model)
    : model_(std::move(model)), sums_(model_.centres.rows(), model_.centres.cols()), weights_(model_.centres.rows()) {}

TENURE_INLINE void kmeans_pass::add(const table_view& chunk, numeric_column weight, const execution& run) {
  if (chunk.rows() == 0) return;
  detail::check_weight(weight, chunk.rows());
  const aligned_table aligned = detail::aligned_numbers(model_, chunk, run);
  const std::vector<std::int32_t> labels = predict_kmeans(model_, aligned.view(), run);
  const std::size_t d = sums_.cols(), k = sums_.rows();
  const table_view& x = aligned.view();
  const std::vector<double> zero(k * (d + 1) + 1);
  const std::vector<double> total = parallel_reduce(
      chunking(x.rows(), 4096, std::clamp<std::size_t>((std::size_t{1} << 23) / (k * d), 4, 64)), run, zero,
      [&](std::vector<double>& part, std::size_t begin, std::size_t end) {
        for (std::size_t j = 0; j < d; ++j)
          x[j].values.visit([&](auto values) {
            for (std::size_t i = begin; i < end; ++i) {
              const auto c = static_cast<std::size_t>(labels[i]);
              const double w = weight.empty() ? 1.0 : weight[i], v = static_cast<double>(values[i]), gap = v - model_.centres(c, j);
              part[c * d + j] += w * v;
              part.back() += w * gap * gap;
            }
          });
        for (std::size_t i = begin; i < end; ++i)
          part[k * d + static_cast<std::size_t>(labels[i])] += weight.empty() ? 1.0 : weight[i];
      },
      [](std::vector<double>& a, const std::vector<double>& b) {
        for (std::size_t i = 0; i < a.size(); ++i)
          a[i] += b[i];
      });
  for (std::size_t c = 0; c < k; ++c) {
    for (std::size_t j = 0; j < d; ++j)
      sums_(c, j) += total[c * d + j];
    weights_[c] += total[k * d + c];
  }
  inertia_ += total.back();
}

TENURE_INLINE void kmeans_pass::merge(const kmeans_pass& other) {
  if (!(other.model_.centres == model_.centres)) throw invalid_input("other", "must be a pass over the same centres");
  for (std::size_t c = 0; c < sums_.rows(); ++c) {
    for (std::size_t j = 0; j < sums_.cols(); ++j)
      sums_(c, j) += other.sums_(c, j);
    weights_[c] += other.weights_[c];
  }
  inertia_ += other.inertia_;
}

TENURE_INLINE kmeans_model kmeans_pass::finish() const {
  kmeans_model next = model_;
  for (std::size_t c = 0; c < sums_.rows(); ++c)
    for (std::size_t j = 0; j < sums_.cols(); ++j)
      if (weights_[c] > 0) next.centres(c, j) = sums_(c, j) / weights_[c];
  next.weights = weights_;
  next.inertia = inertia_;
  ++next.iterations;
  return next;
}

}  // namespace tenure::inline TENURE_ABI::cluster
