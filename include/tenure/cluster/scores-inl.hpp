#pragma once

#include <unordered_map>

#include "tenure/cluster/points-inl.hpp"
#include "tenure/cluster/scores.hpp"
#include "tenure/core/random.hpp"

namespace tenure::inline TENURE_ABI::cluster {

namespace detail {

/// Labels as codes 0 .. k - 1 in ascending order of the label, and the rows sorted by them.
struct grouping {
  std::vector<std::uint32_t> code, rows;  // per input row; input rows, cluster by cluster
  std::vector<std::size_t> begin;         // k + 1 positions in `rows`

  std::size_t count() const { return begin.size() - 1; }
  std::size_t size(std::size_t c) const { return begin[c + 1] - begin[c]; }

  explicit grouping(const std::vector<std::int64_t>& labels) : code(labels.size()), rows(labels.size()) {
    std::vector<std::int64_t> distinct(labels);
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    begin.assign(distinct.size() + 1, 0);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      code[i] = static_cast<std::uint32_t>(std::lower_bound(distinct.begin(), distinct.end(), labels[i]) - distinct.begin());
      ++begin[code[i] + 1];
    }
    for (std::size_t c = 0; c < distinct.size(); ++c)
      begin[c + 1] += begin[c];
    std::vector<std::size_t> next(begin.begin(), begin.end() - 1);
    for (std::size_t i = 0; i < labels.size(); ++i)
      rows[next[code[i]]++] = static_cast<std::uint32_t>(i);
  }
};

inline grouping checked_grouping(const table_view& x, const std::vector<std::int64_t>& labels, const execution& run) {
  require_finite(x, run);
  if (labels.size() != x.rows()) throw invalid_input("labels", "must have one value a row of X", static_cast<double>(labels.size()));
  grouping groups(labels);
  if (groups.count() < 2 || groups.count() + 1 > x.rows())
    throw invalid_input("labels", "must hold between 2 and n_samples - 1 different labels", static_cast<double>(groups.count()));
  return groups;
}

/// Rows sorted by cluster, row by row, for loops of one tile against many points.
inline std::vector<double> sorted_rows(const table_view& x, const grouping& groups, const std::vector<double>& shift) {
  const std::size_t n = x.rows(), d = x.cols();
  std::vector<double> sorted(n * d);
  for (std::size_t j = 0; j < d; ++j)
    x[j].values.visit([&](auto values) {
      for (std::size_t i = 0; i < n; ++i)
        sorted[i * d + j] = static_cast<double>(values[groups.rows[i]]) - shift[j];
    });
  return sorted;
}

/// Silhouettes of the rows `wanted` (input rows).
inline std::vector<double> silhouettes(const table_view& x, const grouping& groups, const std::vector<std::uint32_t>& wanted, const execution& run) {
  const std::size_t d = x.cols(), k = groups.count();
  const std::vector<double> shift = rough_means(x, run), sorted = sorted_rows(x, groups, shift);
  packed_points<double> tiles(wanted.size(), d);
  for (std::size_t j = 0; j < d; ++j) {
    x[j].values.visit([&](auto values) {
      for (std::size_t i = 0; i < tiles.tile_count() * lanes<double>; ++i)
        tiles.at(i, j) = i < wanted.size() ? static_cast<double>(values[wanted[i]]) - shift[j] : 0.0;
    });
  }
  std::vector<double> result(wanted.size());
  parallel_chunks(chunking(tiles.tile_count(), 1, 512), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    constexpr std::size_t lane_count = lanes<double>;
    std::vector<double> means(k * lane_count);
    for (std::size_t t = begin; t < end; ++t) {
      for (std::size_t c = 0; c < k; ++c) {
        double* sums = means.data() + c * lane_count;
        std::fill_n(sums, lane_count, 0.0);
        kernels<double>().distance_sums(tiles.tile(t), d, sorted.data() + groups.begin[c] * d, groups.size(c), sums);
      }
      for (std::size_t i = t * lane_count; i < std::min(wanted.size(), (t + 1) * lane_count); ++i) {
        const std::size_t own = groups.code[wanted[i]], lane = i % lane_count;
        if (groups.size(own) == 1) continue;
        const double inside = means[own * lane_count + lane] / static_cast<double>(groups.size(own) - 1);
        double outside = std::numeric_limits<double>::infinity();
        for (std::size_t c = 0; c < k; ++c)
          if (c != own) outside = std::min(outside, means[c * lane_count + lane] / static_cast<double>(groups.size(c)));
        const double larger = std::max(inside, outside);
        result[i] = larger > 0 ? (outside - inside) / larger : 0.0;
      }
    }
  });
  return result;
}

inline double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values)
    sum += v;
  return sum / static_cast<double>(values.size());
}

/// Cluster means (k x d), shifted.
inline matrix group_means(const std::vector<double>& sorted, const grouping& groups, std::size_t d) {
  matrix means(groups.count(), d);
  for (std::size_t c = 0; c < groups.count(); ++c) {
    for (std::size_t i = groups.begin[c]; i < groups.begin[c + 1]; ++i)
      for (std::size_t j = 0; j < d; ++j)
        means(c, j) += sorted[i * d + j];
    for (std::size_t j = 0; j < d; ++j)
      means(c, j) /= static_cast<double>(groups.size(c));
  }
  return means;
}

inline double squared_gap(const double* a, const double* b, std::size_t d) {
  double sum = 0;
  for (std::size_t j = 0; j < d; ++j)
    sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

/// The cells of the cross table of two groupings, with the sizes of both.
struct cross_table {
  std::vector<double> a, b, cells;
  std::vector<std::pair<std::size_t, std::size_t>> where;

  cross_table(const std::vector<std::int64_t>& left, const std::vector<std::int64_t>& right) {
    if (left.size() != right.size()) throw invalid_input("labels_pred", "must have one value a value of labels_true", static_cast<double>(right.size()));
    if (left.empty()) throw invalid_input("labels_true", "must have at least one value");
    const grouping ga(left), gb(right);
    std::unordered_map<std::uint64_t, std::uint64_t> counts;
    for (std::size_t i = 0; i < left.size(); ++i)
      ++counts[(std::uint64_t{ga.code[i]} << 32) | gb.code[i]];
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ordered(counts.begin(), counts.end());
    std::sort(ordered.begin(), ordered.end());
    for (const auto& [cell, count] : ordered) {
      where.emplace_back(cell >> 32, cell & 0xffffffffU);
      cells.push_back(static_cast<double>(count));
    }
    for (std::size_t c = 0; c < ga.count(); ++c)
      a.push_back(static_cast<double>(ga.size(c)));
    for (std::size_t c = 0; c < gb.count(); ++c)
      b.push_back(static_cast<double>(gb.size(c)));
  }
};

}  // namespace detail

TENURE_INLINE std::vector<double> silhouette_samples(const table_view& x, const std::vector<std::int64_t>& labels, const execution& run) {
  const detail::grouping groups = detail::checked_grouping(x, labels, run);
  std::vector<std::uint32_t> all(x.rows());
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<std::uint32_t>(i);
  return detail::silhouettes(x, groups, all, run);
}

TENURE_INLINE double silhouette_score(const table_view& x, const std::vector<std::int64_t>& labels, std::int64_t sample_size, std::uint64_t seed,
                                      const execution& run) {
  if (sample_size < 0) throw invalid_input("sample_size", "must be >= 0", static_cast<double>(sample_size));
  const auto wanted = static_cast<std::size_t>(sample_size);
  if (wanted == 0 || wanted >= x.rows()) return detail::mean_of(silhouette_samples(x, labels, run));
  const detail::grouping groups = detail::checked_grouping(x, labels, run);
  std::vector<std::uint32_t> rows = detail::content_order(x, {}, run);
  random_stream random(seed);
  for (std::size_t i = 0; i < wanted; ++i)
    std::swap(rows[i], rows[i + random.below(rows.size() - i)]);
  rows.resize(wanted);
  return detail::mean_of(detail::silhouettes(x, groups, rows, run));
}

TENURE_INLINE double simplified_silhouette_score(const table_view& x, const std::vector<std::int64_t>& labels, const execution& run) {
  const detail::grouping groups = detail::checked_grouping(x, labels, run);
  const std::size_t d = x.cols();
  const std::vector<double> sorted = detail::sorted_rows(x, groups, detail::rough_means(x, run));
  const matrix means = detail::group_means(sorted, groups, d);
  const double sum = parallel_reduce(
      chunking(x.rows()), run, 0.0,
      [&](double& part, std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          const std::size_t own = groups.code[groups.rows[i]];
          if (groups.size(own) == 1) continue;
          double outside = std::numeric_limits<double>::infinity();
          for (std::size_t c = 0; c < groups.count(); ++c)
            if (c != own) outside = std::min(outside, detail::squared_gap(&sorted[i * d], means.row(c), d));
          const double a = std::sqrt(detail::squared_gap(&sorted[i * d], means.row(own), d)), b = std::sqrt(outside);
          if (std::max(a, b) > 0) part += (b - a) / std::max(a, b);
        }
      },
      [](double& a, double b) { a += b; });
  return sum / static_cast<double>(x.rows());
}

TENURE_INLINE double calinski_harabasz_score(const table_view& x, const std::vector<std::int64_t>& labels, const execution& run) {
  const detail::grouping groups = detail::checked_grouping(x, labels, run);
  const std::size_t d = x.cols(), n = x.rows(), k = groups.count();
  const std::vector<double> sorted = detail::sorted_rows(x, groups, detail::rough_means(x, run));
  const matrix means = detail::group_means(sorted, groups, d);
  std::vector<double> centre(d);
  for (std::size_t c = 0; c < k; ++c)
    for (std::size_t j = 0; j < d; ++j)
      centre[j] += means(c, j) * static_cast<double>(groups.size(c)) / static_cast<double>(n);
  double between = 0, within = 0;
  for (std::size_t c = 0; c < k; ++c) {
    between += static_cast<double>(groups.size(c)) * detail::squared_gap(means.row(c), centre.data(), d);
    for (std::size_t i = groups.begin[c]; i < groups.begin[c + 1]; ++i)
      within += detail::squared_gap(&sorted[i * d], means.row(c), d);
  }
  return within == 0 ? 1.0 : between * static_cast<double>(n - k) / (within * static_cast<double>(k - 1));
}

TENURE_INLINE double davies_bouldin_score(const table_view& x, const std::vector<std::int64_t>& labels, const execution& run) {
  const detail::grouping groups = detail::checked_grouping(x, labels, run);
  const std::size_t d = x.cols(), k = groups.count();
  const std::vector<double> sorted = detail::sorted_rows(x, groups, detail::rough_means(x, run));
  const matrix means = detail::group_means(sorted, groups, d);
  std::vector<double> spread(k);
  for (std::size_t c = 0; c < k; ++c) {
    for (std::size_t i = groups.begin[c]; i < groups.begin[c + 1]; ++i)
      spread[c] += std::sqrt(detail::squared_gap(&sorted[i * d], means.row(c), d));
    spread[c] /= static_cast<double>(groups.size(c));
  }
  double total = 0;
  for (std::size_t a = 0; a < k; ++a) {
    double worst = 0;
    for (std::size_t b = 0; b < k; ++b) {
      const double gap = std::sqrt(detail::squared_gap(means.row(a), means.row(b), d));
      if (a != b && gap > 0) worst = std::max(worst, (spread[a] + spread[b]) / gap);
    }
    total += worst;
  }
  return total / static_cast<double>(k);
}

TENURE_INLINE double dunn_score(const table_view& x, const std::vector<std::int64_t>& labels, const execution& run) {
  const detail::grouping groups = detail::checked_grouping(x, labels, run);
  const std::size_t d = x.cols(), n = x.rows();
  const std::vector<double> shift = detail::rough_means(x, run);
  const detail::packed_points<double> tiles(x, shift, run, groups.rows);
  struct extremes {
    double least_between = std::numeric_limits<double>::infinity(), largest_within = 0;
  };
  const extremes e = parallel_reduce(
      chunking(n, 16, 512), run, extremes{},
      [&](extremes& part, std::size_t begin, std::size_t end) {
        std::vector<double> row(d);
        detail::aligned_buffer<double> gaps(tiles.tile_count() * detail::lanes<double>);
        for (std::size_t i = begin; i < end; ++i) {
          tiles.copy_row(i, row.data());
          detail::kernels<double>().squared_distances(tiles.tile(0), tiles.tile_count(), d, row.data(), gaps.data());
          const std::size_t own = groups.code[groups.rows[i]], from = groups.begin[own], to = groups.begin[own + 1];
          part.largest_within = std::max(part.largest_within, *std::max_element(gaps.data() + from, gaps.data() + to));
          for (const auto& [a, b] : {std::pair{std::size_t{0}, from}, std::pair{to, n}})
            if (a < b) part.least_between = std::min(part.least_between, *std::min_element(gaps.data() + a, gaps.data() + b));
        }
      },
      [](extremes& a, const extremes& b) {
        a.least_between = std::min(a.least_between, b.least_between);
        a.largest_within = std::max(a.largest_within, b.largest_within);
      });
  return std::sqrt(e.least_between) / std::sqrt(e.largest_within);
}

TENURE_INLINE double adjusted_rand_score(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) {
  const detail::cross_table table(a, b);
  const auto pairs = [](const std::vector<double>& counts) {
    double sum = 0;
    for (const double c : counts)
      sum += c * (c - 1) / 2;
    return sum;
  };
  const double n = static_cast<double>(a.size()), all = n * (n - 1) / 2, both = pairs(table.cells), left = pairs(table.a), right = pairs(table.b);
  if ((left == all && right == all) || (left == 0 && right == 0)) return 1.0;
  const double expected = left * right / all;
  return (both - expected) / ((left + right) / 2 - expected);
}

TENURE_INLINE double normalized_mutual_info_score(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) {
  const detail::cross_table table(a, b);
  const double n = static_cast<double>(a.size());
  if (table.a.size() == 1 && table.b.size() == 1) return 1.0;
  const auto entropy = [&](const std::vector<double>& counts) {
    double sum = 0;
    for (const double c : counts)
      sum -= c / n * std::log(c / n);
    return sum;
  };
  double information = 0;
  for (std::size_t i = 0; i < table.cells.size(); ++i)
    information += table.cells[i] / n * std::log(table.cells[i] * n / (table.a[table.where[i].first] * table.b[table.where[i].second]));
  const double mean = (entropy(table.a) + entropy(table.b)) / 2;
  return mean > 0 ? std::max(0.0, information) / mean : 0.0;
}

}  // namespace tenure::inline TENURE_ABI::cluster
