#pragma once

#include "tenure/cluster/kmeans-inl.hpp"
#include "tenure/cluster/mixture.hpp"
#include "tenure/numeric/linear.hpp"

namespace tenure::inline TENURE_ABI::cluster {

namespace detail {

/// Components in the form that the kernels read: means, and the rows of inverse Cholesky factors (full) or inverse deviations (diagonal).
struct gaussian_factors {
  bool diagonal = false;
  matrix means;
  std::vector<std::vector<double>> factor;  // per component: lower triangle by rows, or p inverse deviations
  std::vector<double> offset;               // log weight - log sqrt((2 pi)^p |covariance|)

  gaussian_factors(const mixture_parameters& p, covariance_type type)
      : diagonal(type == covariance_type::diag || type == covariance_type::spherical), means(p.means) {
    const std::size_t k = p.means.rows(), d = p.means.cols();
    for (std::size_t c = 0; c < k; ++c) {
      double half_log_determinant = 0;
      if (diagonal) {
        std::vector<double> inverse(d);
        for (std::size_t j = 0; j < d; ++j) {
          const double variance = p.covariances[0](c, type == covariance_type::diag ? j : 0);
          if (!(variance > 0)) collapsed(c);
          inverse[j] = 1 / std::sqrt(variance);
          half_log_determinant -= std::log(inverse[j]);
        }
        factor.push_back(std::move(inverse));
      } else if (type == covariance_type::tied && c > 0) {
        factor.push_back(factor[0]);
        half_log_determinant = tied_half_log_determinant;
      } else {
        const auto l = numeric::cholesky(p.covariances[type == covariance_type::tied ? 0 : c], 0.0);
        if (!l.regular()) collapsed(c);
        factor.push_back(inverse_of_lower(l.lower));
        half_log_determinant = tied_half_log_determinant = l.log_determinant() / 2;
      }
      offset.push_back(std::log(p.weights[c]) - half_log_determinant - 0.91893853320467274178 * static_cast<double>(d));
    }
  }

 private:
  double tied_half_log_determinant = 0;

  [[noreturn]] static void collapsed(std::size_t c) {
    throw numeric_failure("the covariance of component " + std::to_string(c) + " is not positive definite: raise reg_covar or take fewer components");
  }
  static std::vector<double> inverse_of_lower(const matrix& l) {
    const std::size_t d = l.rows();
    std::vector<double> packed(d * (d + 1) / 2);
    const auto at = [&](std::size_t i, std::size_t j) -> double& { return packed[i * (i + 1) / 2 + j]; };
    for (std::size_t j = 0; j < d; ++j)
      for (std::size_t i = j; i < d; ++i) {
        double sum = i == j ? 1.0 : 0.0;
        for (std::size_t m = j; m < i; ++m)
          sum -= l(i, m) * at(m, j);
        at(i, j) = sum / l(i, i);
      }
    return packed;
  }
};

/// Sums of an EM step, about the means before it: per component the weight, sum r (x - m), and sum r (x - m)(x - m)' (lower triangle by rows,
/// or its diagonal).
struct mixture_sums {
  std::vector<double> weights, first, second;
  double log_likelihood = 0, total = 0;

  void merge(const mixture_sums& o) {
    for (std::size_t i = 0; i < weights.size(); ++i)
      weights[i] += o.weights[i];
    for (std::size_t i = 0; i < first.size(); ++i)
      first[i] += o.first[i];
    for (std::size_t i = 0; i < second.size(); ++i)
      second[i] += o.second[i];
    log_likelihood += o.log_likelihood;
    total += o.total;
  }
};

class mixture_engine {
 public:
  mixture_engine(const packed_points<double>& points, std::span<const double> weight, covariance_type type, const execution& run)
      : points_(points), weight_(weight), type_(type), run_(run) {}

  mixture_sums step(const gaussian_factors& g) const {
    const std::size_t k = g.means.rows(), d = points_.cols(), moments = g.diagonal ? d : d * (d + 1) / 2;
    const mixture_sums zero{std::vector<double>(k), std::vector<double>(k * d), std::vector<double>(k * moments)};
    return parallel_reduce(
        chunking(points_.tile_count(), 64, 64), run_, zero,
        [&](mixture_sums& part, std::size_t begin, std::size_t end) {
          aligned_buffer<double> logs(block * lane_count * (k + 1)), scratch(block * lane_count * (2 * d + 2));
          for (std::size_t t = begin; t < end; t += block) {
            const std::size_t tiles = std::min(block, end - t), rows = tiles * lane_count, first = t * lane_count;
            densities(g, t, tiles, logs.data(), scratch.data());
            for (std::size_t i = 0; i < rows; ++i) {
              const double w = first + i < points_.rows() ? (weight_.empty() ? 1.0 : weight_[first + i]) : 0.0;
              part.log_likelihood += w > 0 ? w * logs[k * block * lane_count + i] : 0.0;
              part.total += w;
              if (w == 1.0) continue;
              for (std::size_t c = 0; c < k; ++c)
                logs[c * block * lane_count + i] *= w;
            }
            for (std::size_t c = 0; c < k; ++c)
              kernels<double>().weighted_moments(points_.tile(t), tiles, d, g.means.row(c), logs.data() + c * block * lane_count, g.diagonal, scratch.data(),
                                                 &part.weights[c], &part.first[c * d], &part.second[c * moments]);
          }
        },
        [](mixture_sums& a, const mixture_sums& b) { a.merge(b); });
  }

  /// Responsibilities of a block of tiles: component after component, block * lanes apart; behind them the log densities.
  void densities(const gaussian_factors& g, std::size_t tile, std::size_t tiles, double* out, double* scratch) const {
    const std::size_t k = g.means.rows();
    for (std::size_t c = 0; c < k; ++c)
      kernels<double>().gaussian_log_density(points_.tile(tile), tiles, points_.cols(), g.means.row(c), g.factor[c].data(), g.diagonal, g.offset[c], scratch,
                                             out + c * block * lane_count);
    kernels<double>().soft_maximum(out, block * lane_count, tiles, k);
  }

  /// New parameters from the sums of a step.
  mixture_parameters maximise(const mixture_sums& s, const matrix& means, double regularisation) const {
    const std::size_t k = means.rows(), d = means.cols(), moments = s.second.size() / k;
    mixture_parameters p{std::vector<double>(k), means, {}};
    const bool diagonal = moments == d && (type_ == covariance_type::diag || type_ == covariance_type::spherical);
    if (diagonal) {
      p.covariances.assign(1, matrix(k, type_ == covariance_type::diag ? d : 1));
    } else {
      p.covariances.assign(type_ == covariance_type::tied ? 1 : k, matrix(d, d));
    }
    for (std::size_t c = 0; c < k; ++c) {
      const double w = std::max(s.weights[c], 10 * std::numeric_limits<double>::min());
      p.weights[c] = w / s.total;
      std::vector<double> shift(d);
      for (std::size_t j = 0; j < d; ++j) {
        shift[j] = s.first[c * d + j] / w;
        p.means(c, j) += shift[j];
      }
      const double* second = s.second.data() + c * moments;
      if (diagonal) {
        double mean = 0;
        for (std::size_t j = 0; j < d; ++j) {
          const double variance = second[j] / w - shift[j] * shift[j] + regularisation;
          mean += variance / static_cast<double>(d);
          if (type_ == covariance_type::diag) p.covariances[0](c, j) = variance;
        }
        if (type_ == covariance_type::spherical) p.covariances[0](c, 0) = mean;
        continue;
      }
      for (std::size_t i = 0; i < d; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
          const double moment = second[i * (i + 1) / 2 + j] - w * shift[i] * shift[j];
          if (type_ == covariance_type::tied) {
            p.covariances[0](i, j) += moment / s.total;
          } else {
            p.covariances[c](i, j) = moment / w + (i == j ? regularisation : 0.0);
          }
        }
    }
    if (type_ == covariance_type::tied)
      for (std::size_t j = 0; j < d; ++j)
        p.covariances[0](j, j) += regularisation;
    for (matrix& m : p.covariances)
      for (std::size_t i = 0; !diagonal && i < d; ++i)
        for (std::size_t j = i + 1; j < d; ++j)
          m(i, j) = m(j, i);
    return p;
  }

  static constexpr std::size_t block = 16, lane_count = lanes<double>;

 private:
  const packed_points<double>& points_;
  std::span<const double> weight_;
  covariance_type type_;
  execution run_;
};

/// The sums of a step in which row i belongs to labels[i] alone, about `means`.
inline mixture_sums hard_sums(const packed_points<double>& points, std::span<const double> weight, const std::vector<std::int32_t>& labels, const matrix& means,
                              bool diagonal) {
  const std::size_t k = means.rows(), d = means.cols(), moments = diagonal ? d : d * (d + 1) / 2;
  mixture_sums s{std::vector<double>(k), std::vector<double>(k * d), std::vector<double>(k * moments)};
  std::vector<double> gap(d);
  for (std::size_t i = 0; i < points.rows(); ++i) {
    const auto c = static_cast<std::size_t>(labels[i]);
    const double w = weight.empty() ? 1.0 : weight[i];
    for (std::size_t j = 0; j < d; ++j)
      gap[j] = points.at(i, j) - means(c, j);
    s.weights[c] += w;
    s.total += w;
    double* second = s.second.data() + c * moments;
    for (std::size_t j = 0; j < d; ++j) {
      s.first[c * d + j] += w * gap[j];
      if (diagonal)
        second[j] += w * gap[j] * gap[j];
      else
        for (std::size_t m = 0; m <= j; ++m)
          second[j * (j + 1) / 2 + m] += w * gap[j] * gap[m];
    }
  }
  return s;
}

inline void check_parameters(const mixture_parameters& p, covariance_type type, std::size_t k, std::size_t d) {
  const auto need = [](bool holds, const char* what) {
    if (!holds) throw invalid_input("start", what);
  };
  need(p.weights.size() == k && p.means.rows() == k && p.means.cols() == d, "must have one weight and one mean a component");
  const bool diagonal = type == covariance_type::diag || type == covariance_type::spherical;
  need(p.covariances.size() == (type == covariance_type::full ? k : 1), "must have covariances in the layout of the covariance type");
  for (const matrix& m : p.covariances) {
    need(diagonal ? m.rows() == k && m.cols() == (type == covariance_type::diag ? d : 1) : m.rows() == d && m.cols() == d,
         "must have covariances in the layout of the covariance type");
    for (const double v : m.values())
      need(std::isfinite(v), "must have finite covariances");
  }
  for (const double w : p.weights)
    need(w >= 0 && std::isfinite(w), "must have weights >= 0");
  for (const double v : p.means.values())
    need(std::isfinite(v), "must have finite means");
}

inline mixture_parameters shifted(mixture_parameters p, const std::vector<double>& shift, double sign) {
  for (std::size_t c = 0; c < p.means.rows(); ++c)
    for (std::size_t j = 0; j < p.means.cols(); ++j)
      p.means(c, j) += sign * shift[j];
  return p;
}

}  // namespace detail

TENURE_INLINE mixture_model fit_mixture(const table_view& x, numeric_column weight, const mixture_options& options, const mixture_parameters& start,
                                        const execution& run) {
  validate(options);
  detail::require_finite(x, run);
  detail::check_weight(weight, x.rows());
  const std::size_t k = static_cast<std::size_t>(options.components), d = x.cols();
  if (k > x.rows())
    throw invalid_input("n_components", "must be at most the number of rows (n_samples=" + std::to_string(x.rows()) + ")", static_cast<double>(k));
  const bool given = start.means.rows() > 0, diagonal = options.covariance == covariance_type::diag || options.covariance == covariance_type::spherical;
  if (given) detail::check_parameters(start, options.covariance, k, d);

  const std::vector<std::uint32_t> order = given ? std::vector<std::uint32_t>{} : detail::content_order(x, weight, run);
  const detail::packed_points<double> points(x, detail::rough_means(x, run), run, order);
  const std::vector<double> weights = detail::reordered(weight, order);
  const detail::mixture_engine engine(points, weights, options.covariance, run);
  mixture_model best;
  for (std::int64_t s = 0; s < (given ? 1 : options.starts); ++s) {
    mixture_model model;
    if (given) {
      model.parameters = detail::shifted(start, points.shift(), -1);
    } else {
      const random_stream random(options.seed, static_cast<std::uint64_t>(s));
      const bool from_kmeans = options.start == mixture_start::kmeans;
      const matrix centres =
          detail::draw_centres(points, std::span<const double>(weights), k, from_kmeans ? kmeans_start::greedy_plus_plus : kmeans_start::random, random, run);
      const auto groups = detail::lloyd<double>(points, weights, kmeans_algorithm::automatic, run).fit(centres, from_kmeans ? 100 : 1, 0);
      model.parameters = engine.maximise(detail::hard_sums(points, weights, groups.labels, groups.centres, diagonal), groups.centres, options.regularisation);
    }
    double before = -std::numeric_limits<double>::infinity();
    while (model.iterations < options.max_iterations && !model.converged) {
      const detail::mixture_sums sums = engine.step(detail::gaussian_factors(model.parameters, options.covariance));
      model.parameters = engine.maximise(sums, model.parameters.means, options.regularisation);
      model.log_likelihood = sums.log_likelihood / sums.total;
      ++model.iterations;
      model.converged = std::abs(model.log_likelihood - before) < options.tolerance;
      before = model.log_likelihood;
      run.report(static_cast<double>(model.iterations) / static_cast<double>(options.max_iterations));
    }
    if (s == 0 || model.log_likelihood > best.log_likelihood) best = std::move(model);
  }
  best.columns = schema_of(x);
  best.covariance = options.covariance;
  best.parameters = detail::shifted(std::move(best.parameters), points.shift(), 1);
  return best;
}

TENURE_INLINE mixture_density mixture_densities(const mixture_model& model, const table_view& x, const execution& run) {
  const aligned_table aligned(x, model.columns, unseen_level::refuse);
  const std::size_t k = model.parameters.means.rows(), n = x.rows(), d = model.parameters.means.cols();
  mixture_density result{matrix(n, k), std::vector<double>(n)};
  if (n == 0) return result;
  detail::require_finite(aligned.view(), run);
  std::vector<double> shift(model.parameters.means.row(0), model.parameters.means.row(0) + d);
  const detail::gaussian_factors factors(detail::shifted(model.parameters, shift, -1), model.covariance);
  constexpr std::size_t rows = detail::mixture_engine::block * detail::mixture_engine::lane_count;
  parallel_chunks(chunking(n, rows, 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    detail::aligned_buffer<double> logs(rows * (k + 1)), scratch(rows * (2 * d + 2));
    for (std::size_t i = begin; i < end; i += rows) {
      const std::size_t last = std::min(end, i + rows);
      const detail::packed_points<double> points(aligned.view().slice(i, last), shift, {});
      detail::mixture_engine(points, {}, model.covariance, {}).densities(factors, 0, points.tile_count(), logs.data(), scratch.data());
      for (std::size_t r = i; r < last; ++r) {
        for (std::size_t c = 0; c < k; ++c)
          result.responsibilities(r, c) = logs[c * rows + r - i];
        result.log_density[r] = logs[k * rows + r - i];
      }
    }
  });
  return result;
}

TENURE_INLINE mixture_pass::mixture_pass(mixture_model model) : model_(std::move(model)) {}

TENURE_INLINE void mixture_pass::add(const table_view& chunk, numeric_column weight, const execution& run) {
  if (chunk.rows() == 0) return;
  const aligned_table aligned(chunk, model_.columns, unseen_level::refuse);
  detail::require_finite(aligned.view(), run);
  detail::check_weight(weight, chunk.rows());
  const mixture_parameters& p = model_.parameters;
  const std::vector<double> shift(p.means.row(0), p.means.row(0) + p.means.cols());
  const detail::packed_points<double> points(aligned.view(), shift, run);
  const std::vector<double> weights = detail::reordered(weight, {});
  const detail::mixture_sums sums =
      detail::mixture_engine(points, weights, model_.covariance, run).step(detail::gaussian_factors(detail::shifted(p, shift, -1), model_.covariance));
  mixture_pass part(*this);
  part.weights_ = sums.weights;
  part.first_ = sums.first;
  part.second_ = sums.second;
  part.log_likelihood_ = sums.log_likelihood;
  part.total_ = sums.total;
  merge(part);
}

TENURE_INLINE void mixture_pass::merge(const mixture_pass& other) {
  if (!(other.model_ == model_)) throw invalid_input("other", "must be a pass from the same model");
  const auto add_to = [](std::vector<double>& sum, const std::vector<double>& values) {
    sum.resize(std::max(sum.size(), values.size()));
    for (std::size_t i = 0; i < values.size(); ++i)
      sum[i] += values[i];
  };
  add_to(weights_, other.weights_);
  add_to(first_, other.first_);
  add_to(second_, other.second_);
  log_likelihood_ += other.log_likelihood_;
  total_ += other.total_;
}

TENURE_INLINE mixture_model mixture_pass::finish(double regularisation) const {
  if (!(total_ > 0)) throw invalid_input("chunks", "must hold at least one row of positive weight");
  if (!(regularisation >= 0)) throw invalid_input("regularisation", "must be >= 0", regularisation);
  const detail::packed_points<double> none(0, model_.parameters.means.cols());
  const detail::mixture_sums sums{weights_, first_, second_, log_likelihood_, total_};
  mixture_model next = model_;
  next.parameters = detail::mixture_engine(none, {}, model_.covariance, {}).maximise(sums, model_.parameters.means, regularisation);
  next.log_likelihood = log_likelihood_ / total_;
  ++next.iterations;
  return next;
}

TENURE_INLINE double mixture_degrees(const mixture_model& model) {
  const auto k = static_cast<double>(model.parameters.means.rows()), d = static_cast<double>(model.parameters.means.cols());
  const double shape = model.covariance == covariance_type::full   ? k * d * (d + 1) / 2
                       : model.covariance == covariance_type::tied ? d * (d + 1) / 2
                       : model.covariance == covariance_type::diag ? k * d
                                                                   : k;
  return shape + k * d + k - 1;
}

TENURE_INLINE void mixture_model::check() const {
  if (columns.empty() || parameters.means.rows() == 0) throw bad_file("cluster.mixture: no components");
  try {
    detail::check_parameters(parameters, covariance, parameters.means.rows(), columns.size());
    detail::gaussian_factors(parameters, covariance);
  } catch (const invalid_input& reason) {
    throw bad_file(std::string("cluster.mixture: ") + reason.what());
  } catch (const numeric_failure& reason) {
    throw bad_file(std::string("cluster.mixture: ") + reason.what());
  }
  for (const auto& c : columns)
    if (c.categorical) throw bad_file("cluster.mixture: a column is categorical");
}

}  // namespace tenure::inline TENURE_ABI::cluster
