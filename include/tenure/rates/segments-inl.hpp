#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include "tenure/numeric/distributions.hpp"
#include "tenure/rates/churn_rate-inl.hpp"
#include "tenure/rates/mix-inl.hpp"
#include "tenure/rates/segments.hpp"

namespace tenure::inline TENURE_ABI::rates {

TENURE_INLINE void segment_statistic::add(numeric_column segment, numeric_column churned, numeric_column amount) {
  const std::size_t n = segment.size();
  if (churned.size() != n) throw invalid_input("churned", "must have one value a row: " + std::to_string(n) + ", not " + std::to_string(churned.size()));
  if (!amount.empty() && amount.size() != n)
    throw invalid_input("amount", "must have one value a row: " + std::to_string(n) + ", not " + std::to_string(amount.size()));
  auto next = *this;
  segment.visit([&](auto codes) {
    churned.visit([&](auto gone) {
      for (std::size_t i = 0; i < n; ++i) {
        const auto code = static_cast<double>(codes[i]), left = static_cast<double>(gone[i]);
        if (left != 0 && left != 1) throw invalid_input("churned", "must be 0 or 1", left, i);
        if (!(code >= 0)) {
          ++next.left_out_;
          continue;
        }
        const auto s = static_cast<std::size_t>(code);
        if (s >= customers_.size() || static_cast<double>(s) != code)
          throw invalid_input("segment", "must be a code below " + std::to_string(customers_.size()), code, i);
        ++next.customers_[s];
        next.lost_[s] += left;
        if (left == 1 && !amount.empty()) {
          const double worth = amount[i];
          if (!std::isfinite(worth)) throw invalid_input("amount", "must be finite", worth, i);
          next.amount_[s] += worth;
        }
      }
    });
  });
  *this = std::move(next);
}

TENURE_INLINE void segment_statistic::merge(const segment_statistic& other) {
  if (other.customers_.size() != customers_.size()) throw invalid_input("other", "must have the same segments");
  for (std::size_t s = 0; s < customers_.size(); ++s) {
    customers_[s] += other.customers_[s];
    lost_[s] += other.lost_[s];
    amount_[s] += other.amount_[s];
  }
  left_out_ += other.left_out_;
}

namespace detail {

/// The beta-binomial likelihood's slopes.
struct beta_binomial {
  column_view<double> lost, customers;

  double slope_in_mean(double mean, double size) const {
    const double a = mean * size, b = size - a, psi_a = numeric::digamma(a), psi_b = numeric::digamma(b);
    double sum = 0;
    for (std::size_t i = 0; i < lost.size(); ++i)
      sum += numeric::digamma(lost[i] + a) - psi_a - numeric::digamma(customers[i] - lost[i] + b) + psi_b;
    return sum;
  }
  double slope_in_size(double mean, double size) const {
    const double a = mean * size, b = size - a, psi_a = numeric::digamma(a), psi_b = numeric::digamma(b), psi = numeric::digamma(size);
    double sum = 0;
    for (std::size_t i = 0; i < lost.size(); ++i)
      sum += mean * (numeric::digamma(lost[i] + a) - psi_a) + (1 - mean) * (numeric::digamma(customers[i] - lost[i] + b) - psi_b) -
             numeric::digamma(customers[i] + size) + psi;
    return sum;
  }
};

/// The root of a function that falls from positive to negative between low and high (bisection with secant steps, Illinois).
template <class F>
double falling_root(F&& f, double low, double high) {
  double f_low = f(low), f_high = f(high);
  if (f_low <= 0) return low;
  if (f_high >= 0) return high;
  for (int step = 0, side = 0; step < 200 && high - low > 1e-14 * std::max(std::abs(low), std::abs(high)); ++step) {
    double x = (low * f_high - high * f_low) / (f_high - f_low);
    if (!(x > low && x < high)) x = 0.5 * (low + high);
    const double fx = f(x);
    if (fx == 0) return x;
    if (fx > 0) {
      low = x;
      f_low = fx;
      if (side == 1) f_high *= 0.5;
      side = 1;
    } else {
      high = x;
      f_high = fx;
      if (side == -1) f_low *= 0.5;
      side = -1;
    }
  }
  return 0.5 * (low + high);
}

}  // namespace detail

TENURE_INLINE beta_prior fit_beta_prior(column_view<double> lost, column_view<double> customers) {
  if (lost.size() != customers.size()) throw invalid_input("lost", "must have one count a segment, as customers has");
  const auto total = detail::check_groups("customers", customers, "lost", lost);
  beta_prior prior{total.lost / total.customers, std::numeric_limits<double>::infinity()};
  const double p = prior.mean;
  if (p == 0 || p == 1) return prior;
  double beyond_chance = 0;  // slope of the likelihood in 1 / size at 0 (Tarone 1979)
  for (std::size_t i = 0; i < lost.size(); ++i) {
    const double x = lost[i], n = customers[i], y = n - x;
    beyond_chance += x * (x - 1) / p + y * (y - 1) / (1 - p) - n * (n - 1);
  }
  if (beyond_chance <= 0) return prior;
  const detail::beta_binomial likelihood{lost, customers};
  const auto best_mean = [&](double size) { return detail::falling_root([&](double mean) { return likelihood.slope_in_mean(mean, size); }, 1e-9, 1 - 1e-9); };
  const auto slope = [&](double log_size) {
    const double size = std::exp(log_size);
    return size * likelihood.slope_in_size(best_mean(size), size);
  };
  double low = std::log(1e-3), high = low;
  constexpr double step = 1.5, largest = 16;  // beyond exp(16) the likelihood is flat to the last digit
  while (high < largest && slope(high) > 0)
    low = std::exchange(high, high + step);
  if (high >= largest) return prior;
  prior.size = std::exp(detail::falling_root(slope, low, high));
  prior.mean = best_mean(prior.size);
  return prior;
}

TENURE_INLINE segment_result rates_by(column_view<double> lost, column_view<double> customers, const segment_options& options) {
  validate(options);
  for (std::size_t s = 0; s < customers.size(); ++s)
    if (customers[s] == 0) throw invalid_input("customers", "must be > 0: a segment without customers has no rate", 0, s);
  segment_result r;
  r.prior = fit_beta_prior(lost, customers);
  const auto total = detail::check_groups("customers", customers, "lost", lost);
  r.customers = total.customers;
  r.lost = total.lost;
  r.rate = total.lost / total.customers;
  const auto pooled = stats::proportion_ci(total.lost, total.customers, options.level, options.method);
  const double tail = (1 - options.level) / 2;
  std::vector<double> p;
  for (std::size_t s = 0; s < customers.size(); ++s) {
    const double x = lost[s], n = customers[s], rest = total.customers - n, rest_lost = total.lost - x;
    segment_row row;
    row.customers = n;
    row.lost = x;
    row.rate = x / n;
    const auto ci = stats::proportion_ci(x, n, options.level, options.method);
    row.lower = ci.lower;
    row.upper = ci.upper;
    row.rest_rate = row.difference = row.difference_lower = row.difference_upper = row.ratio = row.p_value = detail::nan;
    if (rest > 0) {
      const auto gap = stats::difference_ci(x, n, rest_lost, rest, options.level);
      row.rest_rate = rest_lost / rest;
      row.difference = row.rate - row.rest_rate;
      row.difference_lower = gap.lower;
      row.difference_upper = gap.upper;
      row.ratio = row.rest_rate > 0 ? row.rate / row.rest_rate : row.rate > 0 ? std::numeric_limits<double>::infinity() : detail::nan;
      row.p_value = stats::difference_p(x, n, rest_lost, rest);
    }
    if (std::isinf(r.prior.size)) {
      row.shrunk = r.rate;
      row.shrunk_lower = pooled.lower;
      row.shrunk_upper = pooled.upper;
    } else {
      const double a = x + r.prior.alpha(), b = n - x + r.prior.beta();
      row.shrunk = a / (a + b);
      row.shrunk_lower = numeric::beta_quantile(tail, a, b);
      row.shrunk_upper = numeric::beta_quantile(1 - tail, a, b);
    }
    row.share_of_customers = n / total.customers;
    row.share_of_lost = total.lost > 0 ? x / total.lost : detail::nan;
    p.push_back(row.p_value);
    r.segments.push_back(row);
  }
  const auto q = stats::adjust_p(p, options.adjust);
  for (std::size_t s = 0; s < q.size(); ++s)
    r.segments[s].q_value = q[s];
  return r;
}

}  // namespace tenure::inline TENURE_ABI::rates
