#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "tenure/learn/calibration.hpp"
#include "tenure/numeric/elementary.hpp"
#include "tenure/numeric/linear.hpp"
#include "tenure/numeric/sort.hpp"

namespace tenure::inline TENURE_ABI::learn {

namespace detail {

inline void check_prediction(double p, std::size_t row) {
  if (!(p >= 0 && p <= 1)) throw invalid_input("p", "must be a probability between 0 and 1", p, row);
}

/// The pair (log p, -log(1 - p)) whose sum is the logit.
inline std::array<double, 2> log_terms(double p) {
  const double inside = std::clamp(p, 1e-9, 1 - 1e-9);
  return {std::log(inside), -std::log1p(-inside)};
}

/// Maximum-likelihood logistic regression of fractional targets on a few columns, no penalty: Newton with step halving.
inline std::vector<double> small_logistic(const std::vector<std::vector<double>>& columns, const std::vector<double>& target,
                                          const std::vector<double>& weight) {
  const std::size_t p = columns.size(), n = target.size();
  std::vector<double> b(p), step(p), eta(n), mean(n), loss(n);
  double before = INFINITY, factor = 1;
  for (int pass = 0; pass < 200; ++pass) {
    std::fill(eta.begin(), eta.end(), 0.0);
    for (std::size_t j = 0; j < p; ++j)
      for (std::size_t i = 0; i < n; ++i)
        eta[i] += b[j] * columns[j][i];
    numeric::logistic_block(eta.data(), n, mean.data(), loss.data());
    double value = 0;
    for (std::size_t i = 0; i < n; ++i)
      value += weight[i] * (loss[i] - target[i] * eta[i]);
    if (value > before * (1 + 1e-14)) {
      factor /= 2;
      if (factor < 1e-9) break;
      for (std::size_t j = 0; j < p; ++j)
        b[j] -= factor * step[j];
      continue;
    }
    before = value, factor = 1;
    matrix h(p, p);
    std::vector<double> g(p);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < p; ++j) {
        g[j] += weight[i] * (target[i] - mean[i]) * columns[j][i];
        for (std::size_t k = 0; k <= j; ++k)
          h(j, k) += weight[i] * mean[i] * (1 - mean[i]) * columns[j][i] * columns[k][i];
      }
    const auto solver = numeric::cholesky(h, 1e-12);
    if (!solver.regular()) throw numeric_failure("calibration: the predictions do not vary enough to fit this method");
    step = solver.solve(g);
    double size = 0;
    for (std::size_t j = 0; j < p; ++j)
      b[j] += step[j], size = std::max(size, std::abs(step[j]));
    if (size < 1e-12) break;
  }
  return b;
}

/// Pool adjacent violators over distinct predictions.
inline void isotonic(const std::vector<double>& p, const std::vector<double>& y, const std::vector<double>& weight, calibration_model& model) {
  struct block {
    double low, high, weight, mean;
  };
  std::vector<block> blocks;
  const auto order = numeric::sort_order(p);
  for (std::size_t k = 0, end; k < order.size(); k = end) {
    block here{p[order[k]], p[order[k]], 0, 0};
    for (end = k; end < order.size() && p[order[end]] == here.low; ++end)
      here.weight += weight[order[end]], here.mean += weight[order[end]] * y[order[end]];
    if (here.weight == 0) continue;
    here.mean /= here.weight;
    while (!blocks.empty() && blocks.back().mean >= here.mean) {
      const block& last = blocks.back();
      here = {last.low, here.high, last.weight + here.weight, (last.weight * last.mean + here.weight * here.mean) / (last.weight + here.weight)};
      blocks.pop_back();
    }
    blocks.push_back(here);
  }
  for (const auto& b : blocks) {
    model.from.push_back(b.low), model.to.push_back(std::clamp(b.mean, 0.0, 1.0));
    if (b.high > b.low) model.from.push_back(b.high), model.to.push_back(std::clamp(b.mean, 0.0, 1.0));
  }
}

}  // namespace detail

TENURE_INLINE void calibration_model::check() const {
  if (method == calibration_method::isotonic) {
    if (from.empty() || from.size() != to.size()) throw bad_file("learn.calibration: knots are missing");
    for (std::size_t k = 0; k < from.size(); ++k)
      if (!(std::isfinite(from[k]) && to[k] >= 0 && to[k] <= 1) || (k > 0 && !(from[k] > from[k - 1] && to[k] >= to[k - 1])))
        throw bad_file("learn.calibration: knots must rise");
  }
  if (!std::isfinite(log_slope) || !std::isfinite(log_complement_slope) || !std::isfinite(intercept))
    throw bad_file("learn.calibration: a coefficient is not finite");
}

TENURE_INLINE calibration_model fit_calibration(numeric_column p, numeric_column y, calibration_method method, numeric_column weight) {
  const std::size_t n = y.size();
  if (p.size() != n) throw invalid_input("p", "must have one value a row of y (" + std::to_string(n) + ")", static_cast<double>(p.size()));
  if (!weight.empty() && weight.size() != n)
    throw invalid_input("sample_weight", "must have one value a row of y (" + std::to_string(n) + ")", static_cast<double>(weight.size()));
  std::vector<double> predicted(n), outcome(n), w(n, 1.0);
  double of_class[2] = {};
  for (std::size_t i = 0; i < n; ++i) {
    predicted[i] = p[i], outcome[i] = y[i];
    if (!weight.empty()) w[i] = weight[i];
    detail::check_prediction(predicted[i], i);
    if (!(outcome[i] == 0 || outcome[i] == 1)) throw invalid_input("y", "must be 0 or 1", outcome[i], i);
    if (!(w[i] >= 0 && w[i] < INFINITY)) throw invalid_input("sample_weight", "must be >= 0 and finite", w[i], i);
    of_class[outcome[i] != 0] += w[i];
  }
  if (!(of_class[0] > 0 && of_class[1] > 0)) throw invalid_input("y", "must hold both classes among rows of positive weight");

  calibration_model model;
  model.method = method;
  if (method == calibration_method::isotonic) {
    detail::isotonic(predicted, outcome, w, model);
    return model;
  }
  std::vector<double> log_p(n), log_q(n), logit(n), target = outcome;
  for (std::size_t i = 0; i < n; ++i) {
    const auto [a, b] = detail::log_terms(predicted[i]);
    log_p[i] = a, log_q[i] = b, logit[i] = a + b;
  }
  const std::vector<double> ones(n, 1.0);
  if (method == calibration_method::platt) {
    for (auto& t : target)
      t = t != 0 ? (of_class[1] + 1) / (of_class[1] + 2) : 1 / (of_class[0] + 2);
    const auto b = detail::small_logistic({logit, ones}, target, w);
    model.log_slope = model.log_complement_slope = b[0], model.intercept = b[1];
  } else if (method == calibration_method::temperature) {
    const auto b = detail::small_logistic({logit}, target, w);
    model.log_slope = model.log_complement_slope = b[0];
  } else {
    auto b = detail::small_logistic({log_p, log_q, ones}, target, w);
    if (b[0] < 0 || b[1] < 0) {
      const bool drop_first = b[0] < 0;
      const auto rest = detail::small_logistic({drop_first ? log_q : log_p, ones}, target, w);
      b = {drop_first ? 0.0 : rest[0], drop_first ? rest[0] : 0.0, rest[1]};
    }
    model.log_slope = b[0], model.log_complement_slope = b[1], model.intercept = b[2];
  }
  return model;
}

TENURE_INLINE std::vector<double> apply_calibration(const calibration_model& model, numeric_column p) {
  std::vector<double> result(p.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    const double q = p[i];
    detail::check_prediction(q, i);
    if (model.method != calibration_method::isotonic) {
      const auto [log_p, log_q] = detail::log_terms(q);
      result[i] = model.log_slope * log_p + model.log_complement_slope * log_q + model.intercept;
      continue;
    }
    const auto above = static_cast<std::size_t>(std::upper_bound(model.from.begin(), model.from.end(), q) - model.from.begin());
    if (above == 0 || above == model.from.size()) {
      result[i] = above == 0 ? model.to.front() : model.to.back();
      continue;
    }
    const double share = (q - model.from[above - 1]) / (model.from[above] - model.from[above - 1]);
    result[i] = model.to[above - 1] + share * (model.to[above] - model.to[above - 1]);
  }
  if (model.method != calibration_method::isotonic) numeric::logistic_block(result.data(), result.size(), result.data(), nullptr);
  return result;
}

TENURE_INLINE std::vector<double> correct_prior(numeric_column p, double trained_rate, double rate) {
  for (const double r : {trained_rate, rate})
    if (!(r > 0 && r < 1)) throw invalid_input("rate", "must be strictly between 0 and 1", r);
  const double factor = rate / (1 - rate) / (trained_rate / (1 - trained_rate));
  std::vector<double> result(p.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    detail::check_prediction(p[i], i);
    result[i] = p[i] * factor / (p[i] * factor + (1 - p[i]));
  }
  return result;
}

}  // namespace tenure::inline TENURE_ABI::learn
