#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "tenure/evaluate/ranking.hpp"
#include "tenure/numeric/distributions.hpp"
#include "tenure/numeric/sort.hpp"

namespace tenure::inline TENURE_ABI::evaluate {

namespace detail {

inline void check_lengths(const scored& data) {
  const auto same_length = [&](const numeric_column& c, const char* name) {
    if (c.size() != data.y.size())
      throw invalid_input(name, "must have one value a row of y (" + std::to_string(data.y.size()) + ")", static_cast<double>(c.size()));
  };
  if (data.y.empty()) throw invalid_input("y", "has no rows");
  same_length(data.score, "score");
  if (!data.weight.empty()) same_length(data.weight, "sample_weight");
}

inline void check_scored(const scored& data) {
  check_lengths(data);
  data.y.visit([](auto y) {
    for (std::size_t i = 0; i < y.size(); ++i)
      if (!(y[i] == 0 || y[i] == 1)) throw invalid_input("y", "must be 0 or 1", static_cast<double>(y[i]), i);
  });
  data.score.visit([](auto s) {
    for (std::size_t i = 0; i < s.size(); ++i)
      if (!std::isfinite(static_cast<double>(s[i]))) throw invalid_input("score", "must be a finite number", static_cast<double>(s[i]), i);
  });
  data.weight.visit([](auto w) {
    for (std::size_t i = 0; i < w.size(); ++i)
      if (!(static_cast<double>(w[i]) >= 0 && static_cast<double>(w[i]) < INFINITY))
        throw invalid_input("sample_weight", "must be >= 0 and finite", static_cast<double>(w[i]), i);
  });
}

inline void require_both_classes(double positives, double negatives) {
  if (!(positives > 0 && negatives > 0)) throw invalid_input("y", "must hold both classes among rows of positive weight");
}

/// The scores of each class as sorted keys: without weights there is nothing else to carry, and 8 bytes sort twice as fast as 16.
struct class_keys {
  std::vector<std::uint64_t> positive, negative;
};
inline class_keys sorted_keys(const scored& data, const execution& run) {
  class_keys keys;
  std::size_t positives = 0;
  data.y.visit([&](auto y) {
    for (std::size_t i = 0; i < y.size(); ++i)
      positives += y[i] != 0;
  });
  std::vector<std::uint64_t> both(data.y.size());
  keys.positive.resize(positives);
  keys.negative.resize(data.y.size() - positives);
  data.score.visit([&](auto score) {
    for (std::size_t i = 0; i < both.size(); ++i)
      both[i] = numeric::ordered_key(static_cast<double>(score[i]));
  });
  data.y.visit([&](auto y) {
    std::uint64_t* to[2] = {keys.negative.data(), keys.positive.data()};
    for (std::size_t i = 0; i < both.size(); ++i)
      *to[y[i] != 0]++ = both[i];
  });
  both = {};
  parallel_for(2, run, [&](std::size_t k) { numeric::radix_sort(k ? keys.positive : keys.negative); });
  return keys;
}

/// Calls keep(score, positive, negative) for every distinct score, from the highest down.
template <class Keep>
void for_groups(const scored& data, const execution& run, Keep&& keep) {
  if (data.weight.empty()) {
    const class_keys keys = sorted_keys(data, run);
    std::size_t i = keys.positive.size(), j = keys.negative.size();
    while (i > 0 || j > 0) {
      const std::uint64_t top = std::max(i > 0 ? keys.positive[i - 1] : 0, j > 0 ? keys.negative[j - 1] : 0);
      std::size_t positive = i, negative = j;
      while (i > 0 && keys.positive[i - 1] == top)
        --i;
      while (j > 0 && keys.negative[j - 1] == top)
        --j;
      positive -= i, negative -= j;
      keep(numeric::from_ordered_key(top), static_cast<double>(positive), static_cast<double>(negative));
    }
    return;
  }
  const auto order = numeric::sort_order(data.score);
  for (std::size_t k = order.size(); k > 0;) {
    const double score = data.score[order[k - 1]];
    double sums[2] = {0, 0};
    for (; k > 0 && data.score[order[k - 1]] == score; --k)
      sums[data.y[order[k - 1]] != 0] += data.weight[order[k - 1]];
    if (sums[0] > 0 || sums[1] > 0) keep(score, sums[1], sums[0]);
  }
}

/// Interval on the logit scale, where the estimate is away from 0 and 1.
inline void logit_interval(auc_result& auc, double level) {
  const double z = numeric::two_sided_z(level), a = auc.value;
  if (!(a > 0 && a < 1)) {
    auc.lower = auc.upper = a;
    return;
  }
  const double logit = std::log(a / (1 - a)), half = z * auc.std_error / (a * (1 - a));
  auc.lower = 1 / (1 + std::exp(-(logit - half)));
  auc.upper = 1 / (1 + std::exp(-(logit + half)));
}

}  // namespace detail

TENURE_INLINE score_groups group_scores(const scored& data, const execution& run) {
  detail::check_scored(data);
  score_groups groups;
  detail::for_groups(data, run, [&](double score, double positive, double negative) {
    groups.score.push_back(score);
    groups.positive.push_back(positive);
    groups.negative.push_back(negative);
    groups.positives += positive;
    groups.negatives += negative;
  });
  detail::require_both_classes(groups.positives, groups.negatives);
  groups.rows = groups.positives + groups.negatives;
  return groups;
}

TENURE_INLINE auc_result roc_auc(const scored& data, double level, const execution& run) {
  detail::check_scored(data);
  if (!(level > 0 && level < 1)) throw invalid_input("level", "must be between 0 and 1", level);
  auc_result auc;
  // Placement values: the share of the other class on the right side. Sums of them and of their squares give AUC and variance.
  if (data.weight.empty()) {
    const auto keys = detail::sorted_keys(data, run);
    const auto m = static_cast<double>(keys.positive.size()), n = static_cast<double>(keys.negative.size());
    detail::require_both_classes(m, n);
    const auto spread = [&](const std::vector<std::uint64_t>& own, const std::vector<std::uint64_t>& other, double& sum, double& squares) {
      std::size_t below = 0, upto = 0;
      for (const std::uint64_t key : own) {
        while (below < other.size() && other[below] < key)
          ++below;
        if (upto < below) upto = below;
        while (upto < other.size() && other[upto] == key)
          ++upto;
        const double placement = 0.5 * static_cast<double>(below + upto) / static_cast<double>(other.size());
        sum += placement, squares += (placement - 0.5) * (placement - 0.5);
      }
    };
    double sum[2] = {}, squares[2] = {};
    parallel_for(2, run, [&](std::size_t k) {
      k ? spread(keys.positive, keys.negative, sum[1], squares[1]) : spread(keys.negative, keys.positive, sum[0], squares[0]);
    });
    auc.value = sum[1] / m;
    const double shift = auc.value - 0.5;  // placements of the negatives average 1 - AUC
    const double s10 = m > 1 ? std::max(0.0, squares[1] / m - shift * shift) / (m - 1) : 0.0;
    const double s01 = n > 1 ? std::max(0.0, squares[0] / n - shift * shift) / (n - 1) : 0.0;
    auc.std_error = std::sqrt(s10 + s01);
  } else {
    const auto order = numeric::sort_order(data.score);
    double total[2] = {}, count[2] = {};
    for (std::size_t i = 0; i < data.y.size(); ++i)
      total[data.y[i] != 0] += data.weight[i], count[data.y[i] != 0] += data.weight[i] > 0;
    detail::require_both_classes(total[1], total[0]);
    double below[2] = {}, sum = 0, squares[2] = {};
    for (const int pass : {0, 1}) {
      below[0] = below[1] = 0;
      for (std::size_t k = 0, end; k < order.size(); k = end) {
        double here[2] = {};
        for (end = k; end < order.size() && data.score[order[end]] == data.score[order[k]]; ++end)
          here[data.y[order[end]] != 0] += data.weight[order[end]];
        if (pass == 0) sum += here[1] * (below[0] + here[0] / 2) / total[0];
        for (std::size_t i = k; pass == 1 && i < end; ++i) {
          const int own = data.y[order[i]] != 0, other = 1 - own;
          const double placement = (below[other] + here[other] / 2) / total[other], centre = own ? auc.value : 1 - auc.value;
          squares[own] += std::pow(data.weight[order[i]] * (placement - centre), 2);
        }
        below[0] += here[0], below[1] += here[1];
      }
      auc.value = sum / total[1];
    }
    double variance = 0;
    for (const int c : {0, 1})
      variance += count[c] > 1 ? squares[c] / (total[c] * total[c]) * count[c] / (count[c] - 1) : 0.0;
    auc.std_error = std::sqrt(variance);
  }
  detail::logit_interval(auc, level);
  return auc;
}

TENURE_INLINE auc_comparison compare_roc_auc(numeric_column y, numeric_column first, numeric_column second, double level) {
  if (!(level > 0 && level < 1)) throw invalid_input("level", "must be between 0 and 1", level);
  const std::size_t n = y.size();
  double count[2] = {};
  std::vector<double> placements[2];
  const numeric_column scores[2] = {first, second};
  for (const int s : {0, 1}) {
    detail::check_scored({y, scores[s]});
    const auto ranks = numeric::average_ranks(scores[s]);
    std::vector<double> own[2];
    count[0] = count[1] = 0;
    for (std::size_t i = 0; i < n; ++i)
      ++count[y[i] != 0];
    detail::require_both_classes(count[1], count[0]);
    for (const int c : {0, 1}) {
      std::vector<double> of_class;
      for (std::size_t i = 0; i < n; ++i)
        if ((y[i] != 0) == c) of_class.push_back(scores[s][i]);
      own[c] = numeric::average_ranks(of_class);
    }
    placements[s].resize(n);
    std::size_t at[2] = {};
    for (std::size_t i = 0; i < n; ++i) {
      const int c = y[i] != 0;
      const double below = (ranks[i] - own[c][at[c]++]) / count[1 - c];  // share of the other class below, ties half
      placements[s][i] = c ? below : 1 - below;
    }
  }
  auc_comparison result;
  double mean[2] = {};  // per class, of the difference of placements
  for (std::size_t i = 0; i < n; ++i) {
    const int c = y[i] != 0;
    mean[c] += placements[0][i] - placements[1][i];
    if (c) result.first += placements[0][i], result.second += placements[1][i];
  }
  for (const int c : {0, 1})
    mean[c] /= count[c];
  result.first /= count[1], result.second /= count[1];
  double squares[2] = {};
  for (std::size_t i = 0; i < n; ++i) {
    const int c = y[i] != 0;
    const double d = placements[0][i] - placements[1][i] - mean[c];
    squares[c] += d * d;
  }
  double variance = 0;
  for (const int c : {0, 1})
    if (count[c] > 1) variance += squares[c] / (count[c] - 1) / count[c];
  result.difference = result.first - result.second;
  result.std_error = std::sqrt(variance);
  const double half = numeric::two_sided_z(level) * result.std_error;
  result.lower = result.difference - half, result.upper = result.difference + half;
  if (result.std_error > 0) {
    result.z = result.difference / result.std_error;
    result.p_value = numeric::two_sided_p(result.z);
  }
  return result;
}

TENURE_INLINE double average_precision(const score_groups& groups) {
  double positive = 0, all = 0, sum = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    positive += groups.positive[g];
    all += groups.positive[g] + groups.negative[g];
    sum += groups.positive[g] * (positive / all);
  }
  return sum / groups.positives;
}

TENURE_INLINE ks_result ks(const score_groups& groups) {
  ks_result best;
  double positive = 0, negative = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    positive += groups.positive[g], negative += groups.negative[g];
    const double gap = std::abs(positive / groups.positives - negative / groups.negatives);
    if (gap > best.value || g == 0) best = {gap, groups.score[g]};
  }
  return best;
}

TENURE_INLINE top_part top_of(const score_groups& groups, double count) {
  top_part top;
  for (std::size_t g = 0; g < groups.size() && top.weight < count; ++g) {
    const double here = groups.positive[g] + groups.negative[g], part = std::min(1.0, (count - top.weight) / here);
    top.weight = part < 1 ? count : top.weight + here;
    top.positives += part * groups.positive[g];
    top.threshold = groups.score[g];
  }
  return top;
}

TENURE_INLINE double lift(const score_groups& groups, double share) {
  if (!(share > 0 && share <= 1)) throw invalid_input("share", "must be more than 0 and at most 1", share);
  const bool whole = std::floor(groups.rows) == groups.rows;
  const top_part top = top_of(groups, whole ? std::ceil(share * groups.rows - 1e-9) : share * groups.rows);
  return top.positives / top.weight / (groups.positives / groups.rows);
}

TENURE_INLINE gain_table gains(const score_groups& groups, int slices) {
  if (slices < 1) throw invalid_input("n_bins", "must be at least 1", slices);
  gain_table table;
  const double base = groups.positives / groups.rows;
  top_part before;
  for (int s = 1; s <= slices; ++s) {
    const double share = static_cast<double>(s) / slices;
    const top_part top = s == slices ? top_part{groups.rows, groups.positives, groups.score.back()} : top_of(groups, share * groups.rows);
    const double weight = top.weight - before.weight, positives = top.positives - before.positives;
    table.share.push_back(share);
    table.weight.push_back(weight);
    table.positives.push_back(positives);
    table.rate.push_back(positives / weight);
    table.cumulative_positives.push_back(top.positives);
    table.captured.push_back(top.positives / groups.positives);
    table.lift.push_back(positives / weight / base);
    table.cumulative_lift.push_back(top.positives / top.weight / base);
    table.threshold.push_back(top.threshold);
    before = top;
  }
  return table;
}

TENURE_INLINE roc_points roc_curve(const score_groups& groups) {
  roc_points points{{INFINITY}, {0}, {0}, {1}};
  double positive = 0, negative = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    positive += groups.positive[g], negative += groups.negative[g];
    points.threshold.push_back(groups.score[g]);
    points.false_positive_rate.push_back(negative / groups.negatives);
    points.true_positive_rate.push_back(positive / groups.positives);
    points.precision.push_back(positive / (positive + negative));
  }
  return points;
}

}  // namespace tenure::inline TENURE_ABI::evaluate
