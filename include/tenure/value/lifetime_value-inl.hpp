#pragma once

#include <cmath>
#include <limits>
#include <string>

#include "tenure/numeric/distributions.hpp"
#include "tenure/numeric/sort.hpp"
#include "tenure/value/bg_nbd-inl.hpp"
#include "tenure/value/gamma_gamma-inl.hpp"
#include "tenure/value/lifetime_value.hpp"
#include "tenure/value/pareto_nbd-inl.hpp"

namespace tenure::inline TENURE_ABI::value {

namespace detail {

/// Discounted purchases expected of every customer.
template <class View>
std::vector<double> discounted_purchases(const customers& who, const std::vector<View>& views, const lifetime_options& o, const execution& run) {
  return who.product(
      views,
      [&](const View& view, double x, double age) {
        double sum = 0, before = 0, factor = 1;
        for (int k = 1; k <= o.periods; ++k) {
          const double now = view.if_alive(x, age, k * o.period_length);
          factor /= 1 + o.discount_rate;
          sum += (now - before) * factor;
          before = now;
        }
        return sum;
      },
      run);
}

inline std::vector<double> spends(const customers& who, numeric_column mean, const gamma_gamma_view& view) {
  std::vector<double> result(who.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = view.spend(who.frequency(i), mean[i]);
    if (std::isinf(result[i])) throw numeric_failure("lifetime_value: the mean spend is infinite (q <= 1) for the customer in row " + std::to_string(i));
  }
  return result;
}

/// Adds the intervals: derivatives of log value by every parameter of both models, by differences for log-parameters and from these by the
/// chain rule for coefficients, then g' V g.
template <class View, class Model>
void add_intervals(lifetime_values& v, const std::vector<double>& purchases, const customers& who, numeric_column mean, const std::vector<View>& views,
                   const Model& model, const gamma_gamma_view& spend, const matrix& spend_covariance, const lifetime_options& o, const execution& run) {
  for (const matrix* m : {&model.fit.covariance, &spend_covariance})
    for (const double x : m->values())
      if (!std::isfinite(x)) throw numeric_failure("lifetime_value: a model has no covariance, so there are no intervals; see its fit report");
  constexpr double h = 1e-5;
  const std::size_t n = who.size();
  std::vector<double> variance(n);
  double total_variance = 0;
  const auto add = [&](const matrix& covariance, const std::vector<std::vector<double>>& slopes) {
    const std::size_t k = slopes.size();
    std::vector<double> totals(k);
    for (std::size_t a = 0; a < k; ++a)
      for (std::size_t i = 0; i < n; ++i)
        totals[a] += slopes[a][i] * v.value[i];
    for (std::size_t a = 0; a < k; ++a)
      for (std::size_t b = 0; b < k; ++b) {
        total_variance += totals[a] * covariance(a, b) * totals[b];
        for (std::size_t i = 0; i < n; ++i)
          variance[i] += slopes[a][i] * covariance(a, b) * slopes[b][i];
      }
  };
  std::vector<std::vector<double>> slopes;
  for (std::size_t a = 0; a < View::parameters; ++a) {
    auto moved = views;
    for (View& view : moved)
      view.parameter(a) *= std::exp(h);
    auto there = discounted_purchases(who, moved, o, run);
    for (std::size_t i = 0; i < n; ++i)
      there[i] = purchases[i] > 0 ? (there[i] / purchases[i] - 1) / h : 0;
    slopes.push_back(std::move(there));
  }
  View::layout(model).each([&](const covariate_block& b, std::size_t column, std::size_t) {
    std::vector<double> slope(n);
    for (std::size_t i = 0; i < n; ++i)
      slope[i] = b.sign * who.covariates(i)[column] * slopes[b.parameter][i];
    slopes.push_back(std::move(slope));
  });
  add(model.fit.covariance, slopes);
  slopes.clear();
  for (std::size_t a = 0; a < gamma_gamma_view::parameters; ++a) {
    gamma_gamma_view moved = spend;
    moved.parameter(a) *= std::exp(h);
    auto there = spends(who, mean, moved);
    for (std::size_t i = 0; i < n; ++i)
      there[i] = (there[i] / v.spend[i] - 1) / h;
    slopes.push_back(std::move(there));
  }
  add(spend_covariance, slopes);
  const double z = numeric::two_sided_z(o.level);
  v.lower.resize(n);
  v.upper.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double factor = std::exp(z * std::sqrt(variance[i]));
    v.lower[i] = v.value[i] / factor;
    v.upper[i] = v.value[i] * factor;
  }
  const double factor = v.total > 0 ? std::exp(z * std::sqrt(total_variance) / v.total) : 1;
  v.total_lower = v.total / factor;
  v.total_upper = v.total * factor;
}

template <class View, class Model>
lifetime_values lifetime_value_of(const Model& model, const gamma_gamma_model& spend, numeric_column frequency, numeric_column recency, numeric_column age,
                                  numeric_column mean, const lifetime_options& options, const customer_covariates& covariates, const execution& run) {
  validate(options);
  const customers who(frequency, recency, age, model.covariates, covariates);
  if (mean.size() != frequency.size()) throw invalid_input("monetary_value", "must have as many values as frequency");
  for (std::size_t i = 0; i < who.size(); ++i)
    check_spend(who.frequency(i), mean[i], i);
  const auto views = who.views<View>(model);
  const gamma_gamma_view spend_view(spend);
  lifetime_values v;
  v.spend = spends(who, mean, spend_view);
  const auto purchases = discounted_purchases(who, views, options, run);
  v.value.resize(who.size());
  for (std::size_t i = 0; i < who.size(); ++i) {
    v.value[i] = options.margin * v.spend[i] * purchases[i];
    v.total += v.value[i];
  }
  v.total_lower = v.total_upper = std::numeric_limits<double>::quiet_NaN();
  if (options.intervals) add_intervals(v, purchases, who, mean, views, model, spend_view, spend.fit.covariance, options, run);
  return v;
}

}  // namespace detail

TENURE_INLINE lifetime_values lifetime_value(const bg_nbd_model& purchases, const gamma_gamma_model& spend, numeric_column frequency, numeric_column recency,
                                             numeric_column age, numeric_column mean, const lifetime_options& options, const customer_covariates& covariates,
                                             const execution& run) {
  return detail::lifetime_value_of<detail::bg_nbd_view>(purchases, spend, frequency, recency, age, mean, options, covariates, run);
}

TENURE_INLINE lifetime_values lifetime_value(const pareto_nbd_model& purchases, const gamma_gamma_model& spend, numeric_column frequency,
                                             numeric_column recency, numeric_column age, numeric_column mean, const lifetime_options& options,
                                             const customer_covariates& covariates, const execution& run) {
  return detail::lifetime_value_of<detail::pareto_nbd_view>(purchases, spend, frequency, recency, age, mean, options, covariates, run);
}

TENURE_INLINE std::vector<std::int32_t> value_tiers(numeric_column value, const std::vector<double>& shares) {
  for (std::size_t k = 0; k < shares.size(); ++k) {
    if (!strictly_between(0, 1).contains(shares[k])) throw invalid_input("shares", strictly_between(0, 1).rule(), shares[k], k);
    if (k > 0 && shares[k] <= shares[k - 1]) throw invalid_input("shares", "must rise", shares[k], k);
  }
  double total = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const double v = value[i];
    if (!std::isfinite(v)) throw invalid_input("value", "must be finite", v, i);
    total += std::max(v, 0.0);
  }
  const auto last = static_cast<std::int32_t>(shares.size());
  std::vector<std::int32_t> tiers(value.size(), last);
  const auto order = numeric::sort_order(value);
  double running = 0;
  std::int32_t tier = 0;
  for (std::size_t k = order.size(); k-- > 0;) {
    const double v = value[order[k]];
    if (!(v > 0)) break;
    const bool tied = k + 1 < order.size() && value[order[k + 1]] == v;
    if (!tied)
      while (tier < last && running >= shares[static_cast<std::size_t>(tier)] * total)
        ++tier;
    tiers[order[k]] = tied ? tiers[order[k + 1]] : tier;
    running += v;
  }
  return tiers;
}

}  // namespace tenure::inline TENURE_ABI::value
