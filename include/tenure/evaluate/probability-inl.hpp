#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/evaluate/probability.hpp"
#include "tenure/evaluate/ranking-inl.hpp"
#include "tenure/numeric/sum.hpp"

namespace tenure::inline TENURE_ABI::evaluate {

namespace detail {

inline void check_probabilities(const scored& data) {
  check_scored(data);
  for (std::size_t i = 0; i < data.score.size(); ++i)
    if (!(data.score[i] >= 0 && data.score[i] <= 1)) throw invalid_input("y_prob", "must be a probability between 0 and 1", data.score[i], i);
}

/// The weighted mean of f(y, p) over rows.
template <class F>
double weighted_mean(const scored& data, F&& f) {
  numeric::exact_sum sum, weight;
  for (std::size_t i = 0; i < data.y.size(); ++i) {
    const double w = data.weight.empty() ? 1.0 : data.weight[i];
    if (w == 0) continue;
    const double value = f(data.y[i], data.score[i]);
    if (std::isinf(value)) return value;
    sum.add(w * value);
    weight.add(w);
  }
  if (!(weight.value() > 0)) throw invalid_input("sample_weight", "has no positive weight");
  return sum.value() / weight.value();
}

/// Edges of the bins, inner ones only.
inline std::vector<double> inner_edges(const scored& data, const calibration_options& options) {
  const auto bins = static_cast<std::size_t>(options.n_bins);
  std::vector<double> edges, sorted;
  if (options.strategy == binning::quantile) {
    for (std::size_t i = 0; i < data.score.size(); ++i)
      sorted.push_back(data.score[i]);
    std::sort(sorted.begin(), sorted.end());
  }
  for (std::size_t k = 1; k < bins; ++k) {
    const double share = static_cast<double>(k) / static_cast<double>(bins);
    if (options.strategy == binning::uniform) {
      edges.push_back(share);
      continue;
    }
    const double at = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const double part = at - static_cast<double>(below), high = sorted[std::min(below + 1, sorted.size() - 1)];
    edges.push_back(part < 0.5 ? sorted[below] + part * (high - sorted[below]) : high - (1 - part) * (high - sorted[below]));
  }
  return edges;
}

/// Sums of one bin.
struct bin_sums {
  double rows = 0, weight = 0, y = 0, p = 0, pp = 0, py = 0;
};

inline std::vector<bin_sums> fill_bins(const scored& data, const std::vector<double>& edges) {
  std::vector<bin_sums> bins(edges.size() + 1);
  for (std::size_t i = 0; i < data.y.size(); ++i) {
    const double p = data.score[i], y = data.y[i], w = data.weight.empty() ? 1.0 : data.weight[i];
    const auto edge = std::lower_bound(edges.begin(), edges.end(), p);
    auto& bin = bins[static_cast<std::size_t>(edge - edges.begin())];
    bin.rows += 1, bin.weight += w, bin.y += w * y, bin.p += w * p, bin.pp += w * p * p, bin.py += w * p * y;
  }
  return bins;
}

}  // namespace detail

TENURE_INLINE double log_loss(const scored& data) {
  detail::check_probabilities(data);
  return detail::weighted_mean(data, [](double y, double p) { return y != 0 ? -std::log(p) : -std::log1p(-p); });
}

TENURE_INLINE double brier(const scored& data) {
  detail::check_probabilities(data);
  return detail::weighted_mean(data, [](double y, double p) { return (y - p) * (y - p); });
}

TENURE_INLINE calibration_bins calibration_table(const scored& data, const calibration_options& options) {
  validate(options);
  detail::check_probabilities(data);
  const auto edges = detail::inner_edges(data, options);
  const auto bins = detail::fill_bins(data, edges);
  const double z = numeric::two_sided_z(options.level);
  double lowest = 0, highest = 1;
  if (options.strategy == binning::quantile) {
    lowest = highest = data.score[0];
    for (std::size_t i = 0; i < data.score.size(); ++i)
      lowest = std::min(lowest, data.score[i]), highest = std::max(highest, data.score[i]);
  }
  calibration_bins table;
  for (std::size_t b = 0; b < bins.size(); ++b) {
    const auto& bin = bins[b];
    if (!(bin.weight > 0)) continue;
    const double rate = bin.y / bin.weight, n = bin.weight, centre = (rate + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z / (1 + z * z / n) * std::sqrt(rate * (1 - rate) / n + z * z / (4 * n * n));
    table.from.push_back(b == 0 ? lowest : edges[b - 1]);
    table.to.push_back(b == edges.size() ? highest : edges[b]);
    table.rows.push_back(bin.rows);
    table.weight.push_back(bin.weight);
    table.predicted.push_back(bin.p / bin.weight);
    table.observed.push_back(rate);
    table.lower.push_back(std::max(0.0, centre - half));
    table.upper.push_back(std::min(1.0, centre + half));
  }
  return table;
}

TENURE_INLINE double calibration_error(const scored& data, const calibration_options& options) {
  const auto table = calibration_table(data, options);
  double sum = 0, weight = 0;
  for (std::size_t b = 0; b < table.weight.size(); ++b) {
    sum += table.weight[b] * std::abs(table.predicted[b] - table.observed[b]);
    weight += table.weight[b];
  }
  return sum / weight;
}

TENURE_INLINE hosmer_lemeshow_result hosmer_lemeshow(const scored& data, int n_groups) {
  detail::check_probabilities(data);
  if (n_groups < 3) throw invalid_input("n_groups", "must be at least 3", n_groups);
  const auto order = numeric::sort_order(data.score);
  const auto groups = static_cast<std::size_t>(n_groups);
  hosmer_lemeshow_result test;
  for (std::size_t g = 0; g < groups; ++g) {
    const std::size_t begin = order.size() * g / groups, end = order.size() * (g + 1) / groups;
    double observed = 0, expected = 0;
    for (std::size_t k = begin; k < end; ++k)
      observed += data.y[order[k]], expected += data.score[order[k]];
    const auto n = static_cast<double>(end - begin);
    if (!(expected > 0 && expected < n))
      throw invalid_input("n_groups", "leaves a group that is empty or whose predictions are all 0 or all 1, group", static_cast<double>(g));
    test.statistic += (observed - expected) * (observed - expected) / (expected * (1 - expected / n));
    test.rows.push_back(n);
    test.observed.push_back(observed);
    test.expected.push_back(expected);
  }
  test.dof = n_groups - 2;
  test.p_value = numeric::chi_squared_sf(test.statistic, test.dof);
  return test;
}

TENURE_INLINE brier_parts brier_decomposition(const scored& data, const calibration_options& options) {
  validate(options);
  brier_parts parts;
  parts.brier = brier(data);
  const auto bins = detail::fill_bins(data, detail::inner_edges(data, options));
  double weight = 0, events = 0;
  for (const auto& bin : bins)
    weight += bin.weight, events += bin.y;
  const double rate = events / weight;
  parts.uncertainty = rate * (1 - rate);
  for (const auto& bin : bins) {
    if (!(bin.weight > 0)) continue;
    const double observed = bin.y / bin.weight, predicted = bin.p / bin.weight;
    parts.reliability += bin.weight / weight * (predicted - observed) * (predicted - observed);
    parts.resolution += bin.weight / weight * (observed - rate) * (observed - rate);
    parts.within_bin += ((bin.pp - bin.p * predicted) - 2 * (bin.py - bin.p * observed)) / weight;
  }
  return parts;
}

}  // namespace tenure::inline TENURE_ABI::evaluate
