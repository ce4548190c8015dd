#pragma once

#include "tenure/cluster/kmeans-inl.hpp"
#include "tenure/cluster/medoids.hpp"

namespace tenure::inline TENURE_ABI::cluster {

namespace detail {

/// A mixed table row by row as doubles: codes for levels, NaN for missing.
inline matrix plain_rows(const table_view& x) {
  matrix rows(x.rows(), x.cols());
  for (std::size_t j = 0; j < x.cols(); ++j)
    x[j].values.visit([&](auto values) {
      for (std::size_t i = 0; i < x.rows(); ++i) {
        const auto v = static_cast<double>(values[i]);
        if (std::isinf(v)) throw invalid_input(x[j].name, "must be finite or missing", v, i);
        rows(i, j) = x[j].categorical && v < 0 ? std::numeric_limits<double>::quiet_NaN() : v;
      }
    });
  return rows;
}

struct row_metric {
  distance_metric metric;
  std::vector<char> categorical;
  std::vector<double> ranges;

  double operator()(const double* a, const double* b) const {
    const std::size_t d = categorical.size();
    double sum = 0;
    if (metric == distance_metric::euclidean) {
      for (std::size_t j = 0; j < d; ++j)
        sum += (a[j] - b[j]) * (a[j] - b[j]);
      return std::sqrt(sum);
    }
    if (metric == distance_metric::manhattan) {
      for (std::size_t j = 0; j < d; ++j)
        sum += std::abs(a[j] - b[j]);
      return sum;
    }
    double present = 0;
    for (std::size_t j = 0; j < d; ++j) {
      if (std::isnan(a[j]) || std::isnan(b[j])) continue;
      present += 1;
      if (categorical[j])
        sum += a[j] != b[j];
      else if (ranges[j] > 0)
        sum += std::min(1.0, std::abs(a[j] - b[j]) / ranges[j]);
    }
    return present > 0 ? sum / present : 1.0;
  }
};

inline row_metric metric_of(const medoids_model& model) {
  row_metric m{model.metric, {}, model.ranges};
  for (const auto& c : model.columns)
    m.categorical.push_back(c.categorical);
  return m;
}

/// Given distances where they lie: entry (i, j) is base[i row_step + j col_step] when the columns of the table are those of one matrix.
struct distance_table {
  const double* base = nullptr;
  std::ptrdiff_t row_step = 0, col_step = 0;

  distance_table() = default;
  explicit distance_table(const table_view& x) {
    const auto start = [&](std::size_t j) -> std::pair<const double*, std::ptrdiff_t> {
      if (x[j].values.kind() != numeric_column::type::f64) return {nullptr, 0};
      return x[j].values.visit([](auto c) -> std::pair<const double*, std::ptrdiff_t> {
        if constexpr (std::is_same_v<decltype(c), column_view<double>>) return {c.data(), c.stride()};
        return {nullptr, 0};
      });
    };
    const auto [first, step] = start(0);
    if (!first) return;
    const std::ptrdiff_t apart = x.cols() > 1 && start(1).first ? start(1).first - first : 1;
    for (std::size_t j = 0; j < x.cols(); ++j)
      if (start(j) != std::pair(first + static_cast<std::ptrdiff_t>(j) * apart, step)) return;
    base = first;
    row_step = step;
    col_step = apart;
  }
  const double* row(std::size_t i) const { return base + static_cast<std::ptrdiff_t>(i) * row_step; }
};

/// Refuses anything but a square table of finite distances >= 0.
inline void check_distances(const table_view& x, const execution& run) {
  const std::size_t n = x.rows();
  if (x.cols() != n) throw invalid_input("X", "must be a square matrix of distances", static_cast<double>(x.cols()));
  const auto check = [&](std::size_t i, std::size_t j, double v) {
    if (!std::isfinite(v)) throw invalid_input(x[j].name, "must be a finite number", v, i);
    if (!(v >= 0)) throw invalid_input(x[j].name, "is a distance and must be >= 0", v, i);
  };
  const distance_table table(x);
  if (table.base && table.col_step == 1) {
    parallel_chunks(chunking(n, 16, 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const double* row = table.row(i);
        bool good = true;
        for (std::size_t j = 0; j < n; ++j)
          good &= row[j] >= 0 && row[j] <= std::numeric_limits<double>::max();
        for (std::size_t j = 0; !good && j < n; ++j)
          check(i, j, row[j]);
      }
    });
    return;
  }
  parallel_chunks(chunking(n, 16, 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t j = begin; j < end; ++j)
      x[j].values.visit([&](auto values) {
        for (std::size_t i = 0; i < n; ++i)
          check(i, j, static_cast<double>(values[i]));
      });
  });
}

class medoid_search {
 public:
  medoid_search(const table_view& x, medoids_model& model, const execution& run)
      : run_(run), n_(x.rows()), stride_(rounded_up(n_, lanes<double>)), metric_{model.metric, {}, {}} {
    if (model.metric == distance_metric::precomputed) {
      given_ = &x;
      lying_ = distance_table(x);
      if (lying_.col_step == 1) return;
    } else {
      rows_ = plain_rows(x);
      if (model.metric == distance_metric::gower) {
        for (std::size_t j = 0; j < x.cols(); ++j) {
          double low = std::numeric_limits<double>::infinity(), high = -low;
          for (std::size_t i = 0; i < n_; ++i) {
            if (std::isnan(rows_(i, j))) continue;
            low = std::min(low, rows_(i, j));
            high = std::max(high, rows_(i, j));
          }
          model.ranges.push_back(high > low ? high - low : 0.0);
        }
      }
      metric_ = metric_of(model);
      if (model.metric == distance_metric::euclidean) packed_ = std::make_unique<packed_points<double>>(x, std::vector<double>(x.cols()), run);
    }
    if (n_ > kept_rows) return;
    kept_ = aligned_buffer<double>(n_ * stride_);
    parallel_chunks(chunking(n_, 8, 512), run, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i)
        compute(i, kept_.data() + i * stride_);
    });
    whole_ = true;
  }

  const matrix& rows() const { return rows_; }

  /// Distances from row i to all rows; `buffer` (stride values) is used when they are neither given row by row nor kept.
  const double* from(std::size_t i, double* buffer) const {
    if (lying_.col_step == 1) return lying_.row(i);
    if (whole_) return kept_.data() + i * stride_;
    compute(i, buffer);
    return buffer;
  }
  std::size_t stride() const { return stride_; }

  std::vector<std::size_t> build(std::size_t k) const {
    std::vector<std::size_t> medoids;
    aligned_buffer<double> nearest(stride_);
    for (std::size_t i = 0; i < stride_; ++i)
      nearest[i] = i < n_ ? std::numeric_limits<double>::max() / (4.0 * static_cast<double>(n_)) : 0.0;
    std::vector<char> taken(n_, 0);
    while (medoids.size() < k) {
      std::vector<double> cost(n_);
      parallel_chunks(chunking(n_, 16, 512), run_, [&](std::size_t, std::size_t begin, std::size_t end) {
        aligned_buffer<double> buffer(stride_);
        for (std::size_t i = begin; i < end; ++i)
          cost[i] = taken[i] ? std::numeric_limits<double>::infinity() : kernels<double>().sum_of_least(from(i, buffer.data()), nearest.data(), n_);
      });
      const auto best = static_cast<std::size_t>(std::min_element(cost.begin(), cost.end()) - cost.begin());
      taken[best] = 1;
      medoids.push_back(best);
      aligned_buffer<double> buffer(stride_);
      const double* row = from(best, buffer.data());
      for (std::size_t i = 0; i < n_; ++i)
        nearest[i] = std::min(nearest[i], row[i]);
    }
    return medoids;
  }

  struct state {
    std::vector<std::size_t> medoids;
    std::vector<std::uint32_t> near, next;  // position of the nearest and second nearest medoid
    std::vector<double> near_gap, next_gap;
    std::int64_t passes = 0;
    bool settled = false;
  };

  state improve(std::vector<std::size_t> medoids, std::int64_t max_passes) const {
    const std::size_t k = medoids.size();
    if (k == 1) medoids = build(1);
    state s{std::move(medoids), std::vector<std::uint32_t>(n_), std::vector<std::uint32_t>(n_), std::vector<double>(n_), std::vector<double>(n_)};
    std::vector<std::vector<double>> gaps(k);
    aligned_buffer<double> buffer(stride_);
    std::vector<char> is_medoid(n_, 0);
    for (std::size_t m = 0; m < k; ++m) {
      const double* row = from(s.medoids[m], buffer.data());
      gaps[m].assign(row, row + n_);
      is_medoid[s.medoids[m]] = 1;
    }
    for (std::size_t o = 0; o < n_; ++o)
      assign(s, gaps, o);
    if (k == n_ || k == 1) {  // one medoid: the greedy choice is the best
      s.settled = true;
      return s;
    }
    std::vector<double> removal = removal_losses(s), change(k);
    std::vector<std::uint32_t> touched(n_ + lanes<double>);
    std::size_t since_swap = 0;
    while (s.passes < max_passes && !s.settled) {
      ++s.passes;
      run_.report(static_cast<double>(s.passes) / static_cast<double>(max_passes));
      for (std::size_t candidate = 0; candidate < n_ && !s.settled; ++candidate) {
        if (++since_swap > n_) {
          s.settled = true;
          break;
        }
        if (is_medoid[candidate]) continue;
        const double* row = from(candidate, buffer.data());
        const std::size_t count = kernels<double>().indices_below(row, s.next_gap.data(), n_, touched.data());
        change = removal;
        double shared = 0;
        for (std::size_t t = 0; t < count; ++t) {
          const std::size_t o = touched[t];
          if (row[o] < s.near_gap[o]) {
            shared += row[o] - s.near_gap[o];
            change[s.near[o]] += s.near_gap[o] - s.next_gap[o];
          } else {
            change[s.near[o]] += row[o] - s.next_gap[o];
          }
        }
        const auto best = static_cast<std::size_t>(std::min_element(change.begin(), change.end()) - change.begin());
        if (!(change[best] + shared < -1e-12 * total(s))) continue;
        is_medoid[s.medoids[best]] = 0;
        is_medoid[candidate] = 1;
        s.medoids[best] = candidate;
        gaps[best].assign(row, row + n_);
        for (std::size_t o = 0; o < n_; ++o)
          if (s.near[o] == best || s.next[o] == best || row[o] < s.next_gap[o]) assign(s, gaps, o);
        removal = removal_losses(s);
        since_swap = 0;
      }
    }
    return s;
  }

 private:
  static constexpr std::size_t kept_rows = 8192;

  void compute(std::size_t i, double* out) const {
    if (lying_.base) {
      for (std::size_t j = 0; j < n_; ++j)
        out[j] = lying_.row(i)[static_cast<std::ptrdiff_t>(j) * lying_.col_step];
    } else if (given_) {
      for (std::size_t j = 0; j < n_; ++j)
        out[j] = (*given_)[j].values[i];
    } else if (packed_) {
      kernels<double>().distances(packed_->tile(0), packed_->tile_count(), packed_->cols(), rows_.row(i), out);
    } else {
      for (std::size_t j = 0; j < n_; ++j)
        out[j] = metric_(rows_.row(i), rows_.row(j));
    }
  }

  void assign(state& s, const std::vector<std::vector<double>>& gaps, std::size_t o) const {
    s.near_gap[o] = s.next_gap[o] = std::numeric_limits<double>::infinity();
    for (std::size_t m = 0; m < gaps.size(); ++m) {
      const double gap = gaps[m][o];
      if (gap < s.near_gap[o]) {
        s.next[o] = s.near[o];
        s.next_gap[o] = s.near_gap[o];
        s.near[o] = static_cast<std::uint32_t>(m);
        s.near_gap[o] = gap;
      } else if (gap < s.next_gap[o]) {
        s.next[o] = static_cast<std::uint32_t>(m);
        s.next_gap[o] = gap;
      }
    }
  }

  std::vector<double> removal_losses(const state& s) const {
    std::vector<double> loss(s.medoids.size(), 0.0);
    for (std::size_t o = 0; o < n_; ++o)
      loss[s.near[o]] += s.next_gap[o] - s.near_gap[o];
    return loss;
  }

  static double total(const state& s) {
    double sum = 0;
    for (const double gap : s.near_gap)
      sum += gap;
    return sum;
  }

  execution run_;
  std::size_t n_, stride_;
  row_metric metric_;
  const table_view* given_ = nullptr;
  distance_table lying_;
  matrix rows_;
  std::unique_ptr<packed_points<double>> packed_;
  aligned_buffer<double> kept_;
  bool whole_ = false;
};

}  // namespace detail

TENURE_INLINE medoids_fit fit_medoids(const table_view& x, const medoids_options& options, const std::vector<std::int64_t>& start, const execution& run) {
  validate(options);
  const std::size_t n = x.rows(), k = static_cast<std::size_t>(options.clusters);
  if (n == 0 || x.cols() == 0) throw invalid_input("X", "must have at least one row and one column");
  detail::check_clusters(options.clusters, n);
  if (options.metric == distance_metric::precomputed) {
    detail::check_distances(x, run);
  } else if (options.metric != distance_metric::gower) {
    detail::require_finite(x, run);
  }
  std::vector<std::size_t> medoids;
  for (const std::int64_t row : start) {
    if (row < 0 || static_cast<std::size_t>(row) >= n || std::find(medoids.begin(), medoids.end(), static_cast<std::size_t>(row)) != medoids.end())
      throw invalid_input("init", "must hold different row numbers", static_cast<double>(row));
    medoids.push_back(static_cast<std::size_t>(row));
  }
  if (!start.empty() && start.size() != k) throw invalid_input("init", "must hold one row number a cluster", static_cast<double>(start.size()));

  medoids_fit fit;
  medoids_model& model = fit.model;
  model.columns = schema_of(x);
  model.metric = options.metric;
  const detail::medoid_search search(x, model, run);
  if (medoids.empty() && options.start == medoid_start::build) medoids = search.build(k);
  if (medoids.empty()) {
    std::vector<std::size_t> rows(n);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    random_stream(options.seed).shuffle(rows.data(), n);
    medoids.assign(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(k));
  }
  const auto found = search.improve(std::move(medoids), options.max_iterations);
  model.iterations = found.passes;
  model.converged = found.settled;
  const std::size_t width = options.metric == distance_metric::precomputed ? 0 : x.cols();
  model.medoids = matrix(k, width);
  for (std::size_t m = 0; m < k; ++m) {
    model.rows.push_back(static_cast<std::int64_t>(found.medoids[m]));
    if (width) std::copy_n(search.rows().row(found.medoids[m]), width, model.medoids.row(m));
  }
  for (std::size_t o = 0; o < n; ++o) {
    fit.labels.push_back(static_cast<std::int32_t>(found.near[o]));
    model.loss += found.near_gap[o];
  }
  return fit;
}

TENURE_INLINE matrix medoid_distances(const medoids_model& model, const table_view& x, const execution& run) {
  const std::size_t n = x.rows(), k = model.rows.size();
  const aligned_table aligned(x, model.columns, unseen_level::refuse);
  matrix distances(n, k);
  if (n == 0) return distances;
  if (model.metric != distance_metric::gower) detail::require_finite(aligned.view(), run);
  if (model.metric == distance_metric::precomputed) {
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t m = 0; m < k; ++m)
        distances(i, m) = aligned.view()[static_cast<std::size_t>(model.rows[m])].values[i];
    return distances;
  }
  const detail::row_metric metric = detail::metric_of(model);
  parallel_chunks(chunking(n, 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    const matrix rows = detail::plain_rows(aligned.view().slice(begin, end));
    for (std::size_t i = begin; i < end; ++i)
      for (std::size_t m = 0; m < k; ++m)
        distances(i, m) = metric(rows.row(i - begin), model.medoids.row(m));
  });
  return distances;
}

TENURE_INLINE void medoids_model::check() const {
  const bool given = metric == distance_metric::precomputed;
  if (rows.empty() || columns.empty() || medoids.rows() != rows.size() || medoids.cols() != (given ? 0 : columns.size()))
    throw bad_file("cluster.medoids: one medoid a cluster is needed");
  if (ranges.size() != (metric == distance_metric::gower ? columns.size() : 0)) throw bad_file("cluster.medoids: one range a column is needed");
  for (const std::int64_t row : rows)
    if (row < 0 || (given && static_cast<std::size_t>(row) >= columns.size())) throw bad_file("cluster.medoids: a medoid is no row of training");
}

}  // namespace tenure::inline TENURE_ABI::cluster
