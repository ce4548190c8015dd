#pragma once

#include <cmath>

#include "tenure/numeric/sum.hpp"
#include "tenure/rates/churn_rate-inl.hpp"
#include "tenure/rates/loss.hpp"

namespace tenure::inline TENURE_ABI::rates {

namespace detail {

/// sum over t < periods of factor^t, a last part of a period in proportion.
inline double annuity(double factor, double periods) {
  const double whole = std::floor(periods), part = periods - whole;
  const double last = std::pow(factor, whole);
  return (factor == 1 ? whole : (1 - last) / (1 - factor)) + part * last;
}

inline double horizon_factor(const loss_options& o) {
  if (std::isinf(o.periods)) throw invalid_input("periods", "must be finite: cap the horizon", o.periods);
  return (1 - o.return_chance) * annuity(o.survival / (1 + o.discount), o.periods);
}

inline loss_result with_costs(loss_result r, const loss_options& o) {
  r.replacement = r.lost * o.replacement_cost;
  r.fixed_cost = r.lost * o.fixed_cost * horizon_factor(o);
  r.total = r.loss + r.replacement + r.fixed_cost;
  return r;
}

}  // namespace detail

TENURE_INLINE loss_result churn_loss(double lost, const std::vector<turnover_class>& turnover, const loss_options& options) {
  validate(options);
  detail::check_count("lost", lost);
  if (turnover.empty()) throw invalid_input("turnover", "must hold at least one (share, amount)");
  loss_result r;
  r.lost = lost;
  const double factor = detail::horizon_factor(options);
  numeric::exact_sum shares;
  for (std::size_t i = 0; i < turnover.size(); ++i) {
    const auto [share, amount] = turnover[i];
    if (!(share >= 0 && share <= 1)) throw invalid_input("share", "must be in [0, 1]", share, i);
    if (!(amount >= 0) || std::isinf(amount)) throw invalid_input("amount", "must be finite and >= 0", amount, i);
    shares.add(share);
    r.revenue_by_class.push_back(lost * share * amount * factor);
    r.loss_by_class.push_back(r.revenue_by_class.back() * options.profit_rate);
    r.lost_revenue += r.revenue_by_class.back();
    r.loss += r.loss_by_class.back();
  }
  if (std::abs(shares.value() - 1) > 1e-9)
    throw invalid_input("turnover", "must have shares that add up to 1, they add up to " + format_number(shares.value()));
  return detail::with_costs(std::move(r), options);
}

TENURE_INLINE loss_result churn_loss(column_view<double> turnover, column_view<double> profit_rate, const loss_options& options) {
  validate(options);
  if (!profit_rate.empty() && profit_rate.size() != turnover.size()) throw invalid_input("profit_rate", "must have one value a customer, as turnover has");
  loss_result r;
  r.lost = static_cast<double>(turnover.size());
  const double factor = detail::horizon_factor(options);
  numeric::exact_sum revenue, loss;
  for (std::size_t i = 0; i < turnover.size(); ++i) {
    if (!(turnover[i] >= 0) || std::isinf(turnover[i])) throw invalid_input("turnover", "must be finite and >= 0", turnover[i], i);
    const double margin = profit_rate.empty() ? options.profit_rate : profit_rate[i];
    if (!(margin >= -1 && margin <= 1)) throw invalid_input("profit_rate", "must be in [-1, 1]", margin, i);
    revenue.add(turnover[i] * factor);
    loss.add(turnover[i] * factor * margin);
  }
  r.lost_revenue = revenue.value();
  r.loss = loss.value();
  return detail::with_costs(std::move(r), options);
}

}  // namespace tenure::inline TENURE_ABI::rates
