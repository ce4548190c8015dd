#pragma once

#include "tenure/cluster/kmeans-inl.hpp"
#include "tenure/cluster/medoids-inl.hpp"
#include "tenure/cluster/prototypes.hpp"

namespace tenure::inline TENURE_ABI::cluster {

namespace detail {

/// Rows with the numbers first, then the codes; which column is where.
struct mixed_rows {
  matrix cells;
  std::vector<std::size_t> source;  // input column of each cell
  std::size_t numbers = 0;
  std::vector<std::size_t> levels;  // per categorical cell
  bool complete = true;             // nothing missing

  explicit mixed_rows(const table_view& x) {
    for (const bool categorical : {false, true})
      for (std::size_t j = 0; j < x.cols(); ++j) {
        if (x[j].categorical != categorical) continue;
        source.push_back(j);
        if (categorical)
          levels.push_back(std::max<std::size_t>(1, x[j].levels.size()));
        else
          ++numbers;
      }
    const matrix plain = plain_rows(x);
    cells = matrix(x.rows(), x.cols());
    for (std::size_t i = 0; i < x.rows(); ++i)
      for (std::size_t j = 0; j < source.size(); ++j) {
        cells(i, j) = plain(i, source[j]);
        complete = complete && !std::isnan(cells(i, j));
      }
  }

  double distance(const double* a, const double* b, double gamma) const {
    double sum = 0, differing = 0;
    const std::size_t p = source.size();
    if (complete) {
      for (std::size_t j = 0; j < numbers; ++j)
        sum += (a[j] - b[j]) * (a[j] - b[j]);
      for (std::size_t j = numbers; j < p; ++j)
        differing += a[j] != b[j] ? 1.0 : 0.0;
      return sum + gamma * differing;
    }
    for (std::size_t j = 0; j < numbers; ++j) {
      const double gap = a[j] - b[j];
      sum += std::isnan(gap) ? 0.0 : gap * gap;
    }
    for (std::size_t j = numbers; j < p; ++j)
      differing += a[j] != b[j] && !std::isnan(a[j]) && !std::isnan(b[j]) ? 1.0 : 0.0;
    return sum + gamma * differing;
  }

  std::size_t nearest(const double* row, const matrix& prototypes, double gamma, double& least) const {
    std::size_t best = 0;
    least = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < prototypes.rows(); ++c) {
      const double gap = distance(row, prototypes.row(c), gamma);
      if (gap < least) {
        least = gap;
        best = c;
      }
    }
    return best;
  }
};

/// Sums of numbers and counts of levels, cluster by cluster.
struct prototype_sums {
  std::vector<double> sums, present, counts, weights;
  double cost = 0;
  std::size_t moved = 0;

  void merge(const prototype_sums& o) {
    for (std::size_t i = 0; i < sums.size(); ++i)
      sums[i] += o.sums[i], present[i] += o.present[i];
    for (std::size_t i = 0; i < counts.size(); ++i)
      counts[i] += o.counts[i];
    for (std::size_t i = 0; i < weights.size(); ++i)
      weights[i] += o.weights[i];
    cost += o.cost;
    moved += o.moved;
  }
};

inline prototype_sums prototype_pass(const mixed_rows& rows, numeric_column weight, const matrix& prototypes, double gamma, std::vector<std::int32_t>& labels,
                                     const execution& run) {
  const std::size_t k = prototypes.rows(), numbers = rows.numbers, kinds = rows.levels.size();
  std::vector<std::size_t> offset(kinds + 1, 0);
  for (std::size_t j = 0; j < kinds; ++j)
    offset[j + 1] = offset[j] + rows.levels[j];
  const prototype_sums zero{std::vector<double>(k * numbers), std::vector<double>(k * numbers), std::vector<double>(k * offset[kinds]), std::vector<double>(k)};
  return parallel_reduce(
      chunking(rows.cells.rows(), 2048, 64), run, zero,
      [&](prototype_sums& part, std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          const double* row = rows.cells.row(i);
          double least = 0;
          const std::size_t c = rows.nearest(row, prototypes, gamma, least);
          const double w = weight.empty() ? 1.0 : weight[i];
          part.cost += w * least;
          part.weights[c] += w;
          part.moved += labels[i] != static_cast<std::int32_t>(c);
          labels[i] = static_cast<std::int32_t>(c);
          for (std::size_t j = 0; j < numbers; ++j) {
            if (std::isnan(row[j])) continue;
            part.sums[c * numbers + j] += w * row[j];
            part.present[c * numbers + j] += w;
          }
          for (std::size_t j = 0; j < kinds; ++j)
            if (!std::isnan(row[numbers + j])) part.counts[c * offset[kinds] + offset[j] + static_cast<std::size_t>(row[numbers + j])] += w;
        }
      },
      [](prototype_sums& a, const prototype_sums& b) { a.merge(b); });
}

inline void move_prototypes(const mixed_rows& rows, const prototype_sums& s, matrix& prototypes) {
  const std::size_t numbers = rows.numbers, kinds = rows.levels.size(), k = prototypes.rows(), width = k ? s.counts.size() / k : 0;
  for (std::size_t c = 0; c < k; ++c) {
    if (!(s.weights[c] > 0)) continue;
    for (std::size_t j = 0; j < numbers; ++j)
      if (s.present[c * numbers + j] > 0) prototypes(c, j) = s.sums[c * numbers + j] / s.present[c * numbers + j];
    std::size_t first = c * width;
    for (std::size_t j = 0; j < kinds; ++j) {
      const auto begin = s.counts.begin() + static_cast<std::ptrdiff_t>(first), end = begin + static_cast<std::ptrdiff_t>(rows.levels[j]);
      const auto most = std::max_element(begin, end);
      if (*most > 0) prototypes(c, numbers + j) = static_cast<double>(most - begin);
      first += rows.levels[j];
    }
  }
}

/// As k-means++, along `order`.
inline matrix draw_prototypes(const mixed_rows& rows, const std::vector<std::uint32_t>& order, numeric_column weight, std::size_t k, double gamma,
                              random_stream random, const execution& run) {
  const std::size_t n = rows.cells.rows(), p = rows.cells.cols();
  matrix prototypes(k, p);
  std::vector<double> closest(n, 1.0);
  const auto mass = [&](std::size_t i) { return (weight.empty() ? 1.0 : weight[order[i]]) * closest[order[i]]; };
  row_lottery lottery(n);
  for (std::size_t c = 0; c < k; ++c) {
    lottery.weigh(mass, run);
    const std::size_t row = order[lottery.total() > 0 ? lottery.draw(random.uniform(), mass) : random.below(n)];
    std::copy_n(rows.cells.row(row), p, prototypes.row(c));
    parallel_chunks(chunking(n), run, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const double gap = rows.distance(rows.cells.row(i), prototypes.row(c), gamma);
        closest[i] = c == 0 ? gap : std::min(closest[i], gap);
      }
    });
  }
  return prototypes;
}

/// Half the mean (weighted) standard deviation of the numbers.
inline double default_gamma(const mixed_rows& rows, numeric_column weight) {
  if (rows.numbers == 0) return 1.0;
  double mean = 0;
  for (std::size_t j = 0; j < rows.numbers; ++j) {
    double count = 0, centre = 0, squares = 0;
    for (std::size_t i = 0; i < rows.cells.rows(); ++i) {
      const double v = rows.cells(i, j);
      const double w = weight.empty() ? 1.0 : weight[i];
      if (std::isnan(v) || !(w > 0)) continue;
      count += w;
      const double gap = v - centre;
      centre += gap * w / count;
      squares += w * gap * (v - centre);
    }
    if (count > 0) mean += std::sqrt(squares / count) / static_cast<double>(rows.numbers);
  }
  return mean / 2;
}

}  // namespace detail

TENURE_INLINE prototypes_fit fit_prototypes(const table_view& x, numeric_column weight, const prototypes_options& options,
                                            const std::vector<std::int64_t>& start, const execution& run) {
  validate(options);
  if (x.rows() == 0 || x.cols() == 0) throw invalid_input("X", "must have at least one row and one column");
  const std::size_t n = x.rows(), k = static_cast<std::size_t>(options.clusters);
  detail::check_weight(weight, n);
  detail::check_clusters(options.clusters, n);
  if (!start.empty() && start.size() != k) throw invalid_input("init", "must hold one row number a cluster", static_cast<double>(start.size()));
  for (const std::int64_t row : start)
    if (row < 0 || static_cast<std::size_t>(row) >= n) throw invalid_input("init", "must hold row numbers", static_cast<double>(row));

  const detail::mixed_rows rows(x);
  const std::vector<std::uint32_t> order = start.empty() ? detail::content_order(x, weight, run) : std::vector<std::uint32_t>{};
  prototypes_fit best;
  const double gamma = options.gamma > 0 ? options.gamma : detail::default_gamma(rows, weight);
  for (std::int64_t s = 0; s < (start.empty() ? options.starts : 1); ++s) {
    prototypes_fit fit{{schema_of(x), matrix(k, x.cols()), {}, gamma, 0, 0, false}, std::vector<std::int32_t>(n, -1)};
    matrix& prototypes = fit.model.prototypes;
    if (start.empty())
      prototypes = detail::draw_prototypes(rows, order, weight, k, gamma, random_stream(options.seed, static_cast<std::uint64_t>(s)), run);
    else
      for (std::size_t c = 0; c < k; ++c)
        std::copy_n(rows.cells.row(static_cast<std::size_t>(start[c])), x.cols(), prototypes.row(c));
    for (;;) {
      const detail::prototype_sums sums = detail::prototype_pass(rows, weight, prototypes, gamma, fit.labels, run);
      fit.model.cost = sums.cost;
      fit.model.weights = sums.weights;
      fit.model.converged = sums.moved == 0;
      if (fit.model.converged || fit.model.iterations == options.max_iterations) break;
      detail::move_prototypes(rows, sums, prototypes);
      ++fit.model.iterations;
    }
    if (s == 0 || fit.model.cost < best.model.cost) best = std::move(fit);
  }
  matrix ordered(k, x.cols());
  for (std::size_t c = 0; c < k; ++c)
    for (std::size_t j = 0; j < x.cols(); ++j)
      ordered(c, rows.source[j]) = best.model.prototypes(c, j);
  best.model.prototypes = std::move(ordered);
  return best;
}

TENURE_INLINE std::vector<std::int32_t> predict_prototypes(const prototypes_model& model, const table_view& x, const execution& run) {
  const aligned_table aligned(x, model.columns, unseen_level::missing);
  std::vector<std::int32_t> labels(x.rows());
  parallel_chunks(chunking(x.rows(), 1024), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    detail::mixed_rows rows(aligned.view().slice(begin, end));
    rows.complete = false;
    matrix prototypes(model.prototypes.rows(), model.prototypes.cols());
    for (std::size_t c = 0; c < prototypes.rows(); ++c)
      for (std::size_t j = 0; j < prototypes.cols(); ++j)
        prototypes(c, j) = model.prototypes(c, rows.source[j]);
    double least = 0;
    for (std::size_t i = begin; i < end; ++i)
      labels[i] = static_cast<std::int32_t>(rows.nearest(rows.cells.row(i - begin), prototypes, model.gamma, least));
  });
  return labels;
}

TENURE_INLINE void prototypes_model::check() const {
  if (prototypes.rows() == 0 || columns.empty() || prototypes.cols() != columns.size() || weights.size() != prototypes.rows())
    throw bad_file("cluster.prototypes: one prototype a cluster is needed");
  for (const double v : prototypes.values())
    if (std::isinf(v)) throw bad_file("cluster.prototypes: a prototype is infinite");
}

}  // namespace tenure::inline TENURE_ABI::cluster
