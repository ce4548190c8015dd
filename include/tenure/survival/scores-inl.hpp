#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/numeric/sort.hpp"
#include "tenure/survival/curve.hpp"
#include "tenure/survival/scores.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

TENURE_INLINE censoring_curve::censoring_curve(const outcome& training) {
  event_counts counts;
  counts.add(training);
  const event_table table = std::move(counts).finish()[0];
  const std::vector<double> risk = table.at_risk();
  double g = 1;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double left = risk[i] - table.events[i];
    if (table.censored[i] > 0 && left > 0) g *= left - table.censored[i] > 1e-12 * left ? 1 - table.censored[i] / left : 0.0;
    time_.push_back(table.time[i]);
    value_.push_back(g);
  }
}

TENURE_INLINE double censoring_curve::at(double t) const {
  const auto next = std::upper_bound(time_.begin(), time_.end(), t) - time_.begin();
  return next == 0 ? 1.0 : value_[static_cast<std::size_t>(next) - 1];
}

inline void check_score_times(const column_view<double>& times) {
  if (times.empty()) throw invalid_input("times", "has no times");
  for (std::size_t k = 0; k < times.size(); ++k) {
    if (!(times[k] >= 0 && std::isfinite(times[k]))) throw invalid_input("times", "must be finite and >= 0", times[k], k);
    if (k > 0 && !(times[k] > times[k - 1])) throw invalid_input("times", "must ascend", times[k], k);
  }
}

}  // namespace detail

TENURE_INLINE std::vector<double> brier_score(const outcome& training, const outcome& y, matrix_view survival, const column_view<double>& times) {
  detail::check_score_times(times);
  const detail::plain_outcome rows = detail::load_outcome(y);
  const std::size_t n = rows.size();
  if (survival.rows() != n || survival.cols() != times.size()) throw invalid_input("survival", "must be rows x times");
  const detail::censoring_curve censoring(training);
  std::vector<double> weight(n), out(times.size(), 0.0);
  double total = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double g = rows.event[i] ? censoring.at(rows.time[i]) : 0.0;
    weight[i] = g > 0 ? rows.weight_of(i) / g : 0.0;
    total += rows.weight_of(i);
  }
  for (std::size_t k = 0; k < times.size(); ++k) {
    const double g = censoring.at(times[k]), still = g > 0 ? 1 / g : 0.0;
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double s = survival(i, k);
      if (!(s >= 0 && s <= 1)) throw invalid_input("survival", "must be probabilities", s, i);
      sum += rows.time[i] <= times[k] ? s * s * weight[i] : (1 - s) * (1 - s) * still * rows.weight_of(i);
    }
    out[k] = sum / total;
  }
  return out;
}

TENURE_INLINE double integrated_brier_score(const outcome& training, const outcome& y, matrix_view survival, const column_view<double>& times) {
  if (times.size() < 2) throw invalid_input("times", "must be at least two for an integral", static_cast<double>(times.size()));
  const std::vector<double> score = brier_score(training, y, survival, times);
  double area = 0;
  for (std::size_t k = 1; k < times.size(); ++k)
    area += 0.5 * (score[k] + score[k - 1]) * (times[k] - times[k - 1]);
  return area / (times[times.size() - 1] - times[0]);
}

TENURE_INLINE dynamic_auc_result dynamic_auc(const outcome& training, const outcome& y, const numeric_column& risk, const column_view<double>& times) {
  detail::check_score_times(times);
  const detail::plain_outcome rows = detail::load_outcome({y.time, y.event, {}, {}});
  const std::size_t n = rows.size();
  detail::require_length(risk, "risk", n);
  const std::vector<double> value = detail::to_doubles(risk);
  for (std::size_t i = 0; i < n; ++i)
    if (!std::isfinite(value[i])) throw invalid_input("risk", "must be finite", value[i], i);
  const auto order = numeric::sort_order(value);
  const detail::censoring_curve censoring(training);
  std::vector<double> weight(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double g = rows.event[i] ? censoring.at(rows.time[i]) : 0.0;
    weight[i] = g > 0 ? 1 / g : 0.0;
  }
  dynamic_auc_result out;
  for (std::size_t k = 0; k < times.size(); ++k) {
    double cases = 0, controls = 0, right = 0;  // in ascending risk: a case beats the controls before it, and half of those equal to it
    for (std::size_t i = 0, j; i < n; i = j) {
      double here_cases = 0, here_controls = 0;
      for (j = i; j < n && value[order[j]] == value[order[i]]; ++j) {
        const std::uint32_t row = order[j];
        if (rows.time[row] > times[k])
          here_controls += 1;
        else
          here_cases += weight[row];
      }
      right += here_cases * (controls + 0.5 * here_controls);
      cases += here_cases;
      controls += here_controls;
    }
    out.auc.push_back(cases > 0 && controls > 0 ? right / (cases * controls) : detail::not_a_number);
  }
  event_counts counts;
  counts.add({y.time, y.event, {}, {}});
  const std::vector<double> s = curve_at(kaplan_meier(std::move(counts).finish()[0]), times, 1.0);
  double before = 1, drop = 0;
  for (std::size_t k = 0; k < times.size(); before = s[k++]) {
    if (std::isnan(out.auc[k])) continue;
    out.mean += out.auc[k] * (before - s[k]);
    drop += before - s[k];
  }
  out.mean = drop > 0 ? out.mean / drop : detail::not_a_number;
  return out;
}

TENURE_INLINE std::vector<calibration_bin> calibration_at(const outcome& y, const numeric_column& survival, double time, int bins) {
  const detail::plain_outcome rows = detail::load_outcome(y);
  const std::size_t n = rows.size();
  detail::require_length(survival, "survival", n);
  if (bins < 1 || static_cast<std::size_t>(bins) > n) throw invalid_input("bins", "must be in [1, rows]", bins);
  if (!(time > 0)) throw invalid_input("time", "must be > 0", time);
  std::vector<double> left(detail::to_doubles(survival));
  for (std::size_t i = 0; i < n; ++i) {
    if (!(left[i] >= 0 && left[i] <= 1)) throw invalid_input("survival", "must be probabilities", left[i], i);
    left[i] = 1 - left[i];
  }
  const auto order = numeric::sort_order(left);
  std::vector<std::uint32_t> bin(n);
  std::vector<calibration_bin> out(static_cast<std::size_t>(bins));
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t b = i * out.size() / n;
    bin[order[i]] = static_cast<std::uint32_t>(b);
    out[b].n += rows.weight_of(order[i]);
    out[b].predicted += rows.weight_of(order[i]) * left[order[i]];
  }
  event_counts counts(out.size());
  counts.add(y, bin);
  const auto tables = std::move(counts).finish();
  for (std::size_t b = 0; b < out.size(); ++b) {
    out[b].predicted /= out[b].n;
    const curve km = kaplan_meier(tables[b]);
    const auto at = detail::last_at(km.time, time);
    const double s = at < 0 ? 1.0 : km.estimate[static_cast<std::size_t>(at)];
    out[b].observed = 1 - s;
    out[b].std_error = at < 0 || s <= 0 ? 0.0 : s * std::sqrt(km.variance[static_cast<std::size_t>(at)]);
  }
  return out;
}

}  // namespace tenure::inline TENURE_ABI::survival
