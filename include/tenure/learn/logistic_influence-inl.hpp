#pragma once

#include <cmath>

#include "tenure/learn/logistic_inference-inl.hpp"
#include "tenure/learn/logistic_influence.hpp"
#include "tenure/learn/logistic_surface-inl.hpp"

namespace tenure::inline TENURE_ABI::learn {

namespace detail {

/// From the log-odds, so that tails keep their digits: log(1 + exp(x)).
inline double log_one_plus_exp(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

inline double residual_of(residual_kind kind, double y, double eta, double weight) {
  const double p = 1 / (1 + std::exp(-eta)), q = 1 / (1 + std::exp(eta)), raw = y == 1 ? q : -p;
  switch (kind) {
    case residual_kind::response:
      return raw;
    case residual_kind::working:
      return raw / (p * q);
    case residual_kind::pearson:
      return std::copysign(std::sqrt(weight) * std::exp((y == 1 ? -eta : eta) / 2), raw);  // sqrt(q / p), sqrt(p / q)
    default:
      return std::copysign(std::sqrt(2 * weight * log_one_plus_exp(y == 1 ? -eta : eta)), raw);
  }
}

}  // namespace detail

TENURE_INLINE std::vector<double> logistic_residuals(const logistic_model& model, const table_view& x, const binary_outcome& outcome, residual_kind kind,
                                                     const execution& run) {
  detail::check_outcome(outcome, x.rows());
  std::vector<double> values = logistic_log_odds(model, x, {}, run);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double eta = values[i] + (outcome.offset.empty() ? 0.0 : outcome.offset[i]);
    values[i] = detail::residual_of(kind, outcome.y[i], eta, outcome.weight.empty() ? 1.0 : outcome.weight[i]);
  }
  return values;
}

TENURE_INLINE influence_table influence_of(const logistic_model& model, const table_view& x, const binary_outcome& outcome, const execution& run) {
  detail::require_unpenalised(model);
  const aligned_table aligned(x, model.code.columns, unseen_level::refuse);
  const table_view& table = aligned.view();
  logistic_moments moments;
  moments.add(table, model.code, outcome, run);
  detail::require_two_classes(moments);
  const detail::likelihood_surface surface(table, model.code, outcome, moments, model.options, run);
  logistic_statistic at = surface.frame();
  at.coefficients = surface.coefficients_of(model);
  const auto factor = numeric::cholesky(surface.at(at.coefficients).information, 0.0);
  if (!factor.regular()) throw numeric_failure("leverage: the information matrix is singular");
  influence_table result;
  const std::size_t rows = table.rows();
  for (auto* column : {&result.probability, &result.leverage, &result.standardised_pearson, &result.standardised_deviance, &result.cooks_distance})
    column->resize(rows);
  const detail::design_reader reader(table, model.code);
  const std::size_t width = at.coefficients.size(), step = numeric::gram_sum::block_rows(width);
  const auto parameters = static_cast<double>(surface.free().size());
  parallel_chunks(detail::logistic_chunks(rows, width), run, [&](std::size_t, std::size_t from, std::size_t to) {
    numeric::column_block scratch(surface.free().size(), step);
    std::vector<double> eta(step), h(step);
    detail::for_blocks(at, reader, from, to, [&](std::size_t begin, std::size_t end, const numeric::column_block& block) {
      const std::size_t n = end - begin;
      detail::block_log_odds(at, outcome, begin, end, block, eta.data());
      detail::quadratic_forms(factor, block, surface.free(), n, scratch, h.data());
      for (std::size_t i = 0; i < n; ++i) {
        const std::size_t row = begin + i;
        const double weight = outcome.weight.empty() ? 1.0 : outcome.weight[row], y = outcome.y[row];
        const double p = 1 / (1 + std::exp(-eta[i])), q = 1 / (1 + std::exp(eta[i]));
        const double leverage = weight * p * q * h[i], left = 1 - leverage;
        const double pearson = detail::residual_of(residual_kind::pearson, y, eta[i], weight);
        result.probability[row] = p;
        result.leverage[row] = leverage;
        result.standardised_pearson[row] = pearson / std::sqrt(left);
        result.standardised_deviance[row] = detail::residual_of(residual_kind::deviance, y, eta[i], weight) / std::sqrt(left);
        result.cooks_distance[row] = pearson * pearson / (left * left) * leverage / parameters;
      }
    });
  });
  return result;
}

}  // namespace tenure::inline TENURE_ABI::learn
