#pragma once

#include <cmath>
#include <string>

#include "tenure/core/random.hpp"
#include "tenure/evaluate/uplift.hpp"
#include "tenure/numeric/distributions.hpp"
#include "tenure/numeric/sort.hpp"

namespace tenure::inline TENURE_ABI::evaluate {

namespace detail {

/// Rows from highest to lowest uplift: label y + 2 treatment, and whether the row is the last of its uplift.
struct uplift_ranking {
  std::vector<std::uint8_t> label, last;
};

inline uplift_ranking rank_uplift(const uplift_scored& data) {
  const std::size_t n = data.y.size();
  if (n == 0) throw invalid_input("y", "has no rows");
  const auto check = [&](const numeric_column& c, const char* name, bool binary) {
    if (c.size() != n) throw invalid_input(name, "must have one value a row of y (" + std::to_string(n) + ")", static_cast<double>(c.size()));
    for (std::size_t i = 0; i < n; ++i) {
      if (binary && c[i] != 0 && c[i] != 1) throw invalid_input(name, "must be 0 or 1", c[i], i);
      if (!std::isfinite(c[i])) throw invalid_input(name, "must be a finite number", c[i], i);
    }
  };
  check(data.y, "y", true);
  check(data.treatment, "treatment", true);
  check(data.uplift, "uplift", false);
  const auto order = numeric::sort_order(data.uplift);
  uplift_ranking ranking{std::vector<std::uint8_t>(n), std::vector<std::uint8_t>(n)};
  std::size_t treated = 0;
  for (std::size_t k = 0; k < n; ++k) {
    const std::size_t i = order[n - 1 - k];
    ranking.label[k] = static_cast<std::uint8_t>(data.y[i] + 2 * data.treatment[i]);
    ranking.last[k] = k + 1 == n || data.uplift[order[n - 2 - k]] != data.uplift[i];
    treated += ranking.label[k] >> 1;
  }
  if (treated == 0 || treated == n) throw invalid_input("treatment", "must hold treated rows (1) and others (0)");
  return ranking;
}

/// Walks a ranking whose row k counts count(k) times; use(rows, counts[label]) after every distinct uplift.
template <class Count, class Use>
void walk_ranking(const uplift_ranking& ranking, Count&& count, Use&& use) {
  double counts[4] = {};
  for (std::size_t k = 0; k < ranking.label.size(); ++k) {
    counts[ranking.label[k]] += count(k);
    if (ranking.last[k]) use(counts);
  }
}

inline double uplift_gain(const double* c, bool qini) {
  const double control = c[0] + c[1], treated = c[2] + c[3];
  if (qini) return c[3] - (control > 0 ? c[1] * treated / control : 0.0);
  return ((treated > 0 ? c[3] / treated : 0.0) - (control > 0 ? c[1] / control : 0.0)) * (treated + control);
}

inline uplift_points uplift_points_of(const uplift_scored& data, bool qini) {
  const auto ranking = rank_uplift(data);
  uplift_points out{{0}, {0}, {0}, {0}};
  walk_ranking(
      ranking, [](std::size_t) { return 1.0; },
      [&](const double* c) {
        out.control.push_back(c[0] + c[1]);
        out.treated.push_back(c[2] + c[3]);
        out.share.push_back(out.control.back() + out.treated.back());
        out.gain.push_back(uplift_gain(c, qini));
      });
  const double rows = out.share.back(), unit = qini ? out.treated.back() : rows;
  for (double& s : out.share)
    s /= rows;
  for (double& g : out.gain)
    g /= unit;
  return out;
}

/// Area under a curve, for Qini less that of the straight line; 0 for a sample without treated or without other rows.
template <class Count>
double uplift_area(const uplift_ranking& ranking, bool qini, Count&& count) {
  double area = 0, rows = 0, gain = 0, treated = 0, control = 0;
  walk_ranking(ranking, count, [&](const double* c) {
    control = c[0] + c[1];
    treated = c[2] + c[3];
    const double now = uplift_gain(c, qini);
    area += (control + treated - rows) * (gain + now) / 2;
    rows = control + treated;
    gain = now;
  });
  if (treated == 0 || control == 0) return 0;
  return qini ? (area / rows - gain / 2) / treated : area / (rows * rows);
}

inline uplift_measure uplift_measure_of(const uplift_scored& data, bool qini, const uplift_bootstrap& options, const execution& run) {
  validate(options);
  const auto ranking = rank_uplift(data);
  const std::size_t n = ranking.label.size(), samples = static_cast<std::size_t>(options.n_bootstrap);
  uplift_measure out;
  out.value = uplift_area(ranking, qini, [](std::size_t) { return 1.0; });
  std::vector<double> areas(samples);
  parallel_for(samples, run, [&](std::size_t b) {
    random_stream random(static_cast<std::uint64_t>(options.seed), b);
    std::vector<std::uint16_t> drawn(n);
    for (std::size_t k = 0; k < n; ++k)
      ++drawn[random.below(n)];
    areas[b] = uplift_area(ranking, qini, [&](std::size_t k) { return static_cast<double>(drawn[k]); });
  });
  double mean = 0, square = 0;
  for (const double a : areas)
    mean += a / static_cast<double>(samples);
  for (const double a : areas)
    square += (a - mean) * (a - mean);
  out.std_error = std::sqrt(square / static_cast<double>(samples - 1));
  const double wide = numeric::normal_quantile((1 + options.level) / 2) * out.std_error;
  out.lower = out.value - wide;
  out.upper = out.value + wide;
  return out;
}

}  // namespace detail

TENURE_INLINE uplift_points uplift_curve(const uplift_scored& data) { return detail::uplift_points_of(data, false); }
TENURE_INLINE uplift_points qini_curve(const uplift_scored& data) { return detail::uplift_points_of(data, true); }
TENURE_INLINE uplift_measure auuc(const uplift_scored& data, const uplift_bootstrap& options, const execution& run) {
  return detail::uplift_measure_of(data, false, options, run);
}
TENURE_INLINE uplift_measure qini_score(const uplift_scored& data, const uplift_bootstrap& options, const execution& run) {
  return detail::uplift_measure_of(data, true, options, run);
}

}  // namespace tenure::inline TENURE_ABI::evaluate
