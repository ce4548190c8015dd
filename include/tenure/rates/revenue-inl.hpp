#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/core/random.hpp"
#include "tenure/numeric/sort.hpp"
#include "tenure/rates/churn_rate-inl.hpp"
#include "tenure/rates/revenue.hpp"

namespace tenure::inline TENURE_ABI::rates {

namespace detail {

/// One customer's revenue.
struct revenue_pair {
  double begin = 0, end = 0, current = 0;
  bool paid_before = false;

  double lost() const { return begin > 0 ? std::max(0.0, begin - end) : 0.0; }
  double gained() const { return begin > 0 ? std::max(0.0, end - begin) : 0.0; }
  double reactivated() const { return begin == 0 && paid_before ? end : 0.0; }
};

inline double amount(const numeric_column& column, const char* name, std::size_t row) {
  const double x = column[row];
  if (!(x >= 0) || std::isinf(x)) throw invalid_input(name, "must be finite and >= 0", x, row);
  return x;
}

/// Calls visit(revenue_pair) for every customer.
template <class Visit>
void each_customer(const revenue_lines& lines, Visit&& visit) {
  const std::size_t n = lines.begin_mrr.size();
  const auto same_length = [n](const numeric_column& c, const char* name) {
    if (!c.empty() && c.size() != n) throw invalid_input(name, "must have one value a line: " + std::to_string(n) + ", not " + std::to_string(c.size()));
  };
  if (lines.end_mrr.size() != n)
    throw invalid_input("end_mrr", "must have one value a line: " + std::to_string(n) + ", not " + std::to_string(lines.end_mrr.size()));
  same_length(lines.customer, "customer");
  same_length(lines.paid_before, "paid_before");
  same_length(lines.end_current, "end_current");
  const auto line = [&](std::size_t i) {
    revenue_pair r{amount(lines.begin_mrr, "begin_mrr", i), amount(lines.end_mrr, "end_mrr", i)};
    r.current = lines.end_current.empty() ? r.end : amount(lines.end_current, "end_current", i);
    if (!lines.paid_before.empty()) {
      const double paid = lines.paid_before[i];
      if (paid != 0 && paid != 1) throw invalid_input("paid_before", "must be 0 or 1", paid, i);
      r.paid_before = paid == 1;
    }
    return r;
  };
  if (lines.customer.empty()) {
    for (std::size_t i = 0; i < n; ++i)
      visit(line(i));
    return;
  }
  const auto order = numeric::sort_order(lines.customer);
  for (std::size_t i = 0; i < n;) {
    const double who = lines.customer[order[i]];
    if (std::isnan(who)) throw invalid_input("customer", "is missing", who, order[i]);
    revenue_pair total;
    for (; i < n && lines.customer[order[i]] == who; ++i) {
      const auto r = line(order[i]);
      total.begin += r.begin;
      total.end += r.end;
      total.current += r.current;
      total.paid_before = total.paid_before || r.paid_before;
    }
    visit(total);
  }
}

/// Standard error of sum x / sum m over n customers, from sums of squares and products.
inline double ratio_error(double ratio, double xx, double xm, double mm, double m, double n) {
  const double residual = std::max(0.0, xx - 2 * ratio * xm + ratio * ratio * mm);
  return n > 1 ? std::sqrt(n / (n - 1) * residual) / m : nan;
}

/// Percentile intervals of the four ratios over samples of customers with replacement.
inline void bootstrap(revenue_result& r, const std::vector<revenue_pair>& customers, const revenue_options& o, const execution& run) {
  const auto samples = static_cast<std::size_t>(o.resamples);
  std::vector<double> gross(samples), net(samples), nrr(samples);
  parallel_for(samples, run, [&](std::size_t s) {
    random_stream random(o.seed, s);
    double begin = 0, lost = 0, gained = 0, again = 0;
    for (std::size_t i = 0; i < customers.size(); ++i) {
      const auto& c = customers[random.below(customers.size())];
      begin += c.begin;
      lost += c.lost();
      gained += c.gained();
      again += c.reactivated();
    }
    gross[s] = lost / begin;
    net[s] = (lost - gained - (o.reactivation_in_net ? again : 0)) / begin;
    nrr[s] = 1 - (lost - gained) / begin;
  });
  const auto percentiles = [&](std::vector<double>& values, ratio_estimate& e) {
    std::erase_if(values, [](double x) { return !std::isfinite(x); });
    std::sort(values.begin(), values.end());
    const auto at = [&](double p) {
      const double position = p * static_cast<double>(values.size() - 1), low = std::floor(position);
      const auto i = static_cast<std::size_t>(low);
      return values[i] + (position - low) * (values[std::min(i + 1, values.size() - 1)] - values[i]);
    };
    e.lower = values.empty() ? nan : at((1 - o.level) / 2);
    e.upper = values.empty() ? nan : at((1 + o.level) / 2);
  };
  percentiles(gross, r.gross);
  percentiles(net, r.net);
  percentiles(nrr, r.nrr);
  r.grr.lower = 1 - r.gross.upper;
  r.grr.upper = 1 - r.gross.lower;
}

}  // namespace detail

TENURE_INLINE void revenue_statistic::add(const revenue_lines& lines) {
  auto next = *this;
  detail::each_customer(lines, [&](const detail::revenue_pair& c) {
    const double lost = c.lost(), gained = c.gained(), again = c.reactivated(), net = lost - gained;
    const auto put = [&](sum which, double x) {
      if (x != 0) next.sum_[which].add(x);
    };
    put(begin, c.begin);
    put(fx, c.current - c.end);
    put(again_, again);
    put(more, gained);
    put(c.end == 0 ? gone : less, lost);
    put(fresh, c.begin == 0 && !c.paid_before ? c.end : 0);
    put(begin2, c.begin * c.begin);
    put(lost2, lost * lost);
    put(lost_begin, lost * c.begin);
    put(net2, net * net);
    put(net_begin, net * c.begin);
    put(again2, again * again);
    next.count_[0] += c.begin > 0;
    next.count_[1] += c.begin == 0 && c.end > 0 && !c.paid_before;
    next.count_[2] += again > 0;
    next.count_[3] += gained > 0;
    next.count_[4] += lost > 0 && c.end > 0;
    next.count_[5] += lost > 0 && c.end == 0;
  });
  *this = next;
}

TENURE_INLINE void revenue_statistic::merge(const revenue_statistic& other) {
  for (int i = 0; i < sums; ++i)
    sum_[i].merge(other.sum_[i]);
  for (int i = 0; i < 6; ++i)
    count_[i] += other.count_[i];
}

TENURE_INLINE revenue_result revenue_statistic::finish(const revenue_options& options) const {
  validate(options);
  const auto of = [this](sum which) { return sum_[which].value(); };
  revenue_result r;
  r.begin = of(begin);
  r.new_business = of(fresh);
  r.reactivation = of(again_);
  r.expansion = of(more);
  r.contraction = of(less);
  r.churn = of(gone);
  r.fx = of(fx);
  r.end = r.begin + r.new_business + r.reactivation + r.expansion - r.contraction - r.churn + r.fx;
  r.customers_begin = count_[0];
  r.customers_new = count_[1];
  r.customers_reactivated = count_[2];
  r.customers_expanded = count_[3];
  r.customers_contracted = count_[4];
  r.customers_churned = count_[5];

  const double lost = r.churn + r.contraction, gained = r.new_business + r.expansion + (options.reactivation_in_quick ? r.reactivation : 0);
  r.quick_ratio = lost == 0 && gained == 0 ? detail::nan : lost == 0 ? std::numeric_limits<double>::infinity() : gained / lost;
  if (lost == 0)
    r.notes.push_back(
        {"no_losses", gained == 0 ? "nothing was gained and nothing lost: there is no quick ratio" : "nothing was lost: the quick ratio is infinite", false});
  if (r.begin == 0) {
    for (ratio_estimate* e : {&r.gross, &r.net, &r.grr, &r.nrr})
      *e = {detail::nan, detail::nan, detail::nan};
    r.notes.push_back({"no_open", "no revenue at the open: there are no rates", true});
    return r;
  }
  const double z = numeric::two_sided_z(options.level), n = static_cast<double>(count_[0]);
  const auto with = [&](double value, double error) { return ratio_estimate{value, value - z * error, value + z * error}; };
  const double gross = lost / r.begin, inside = (lost - r.expansion) / r.begin;
  const double gross_error = detail::ratio_error(gross, of(lost2), of(lost_begin), of(begin2), r.begin, n);
  const double inside_error = detail::ratio_error(inside, of(net2), of(net_begin), of(begin2), r.begin, n);
  r.gross = with(gross, gross_error);
  r.grr = with(1 - gross, gross_error);
  r.nrr = with(1 - inside, inside_error);
  if (options.reactivation_in_net) {
    const double net = inside - r.reactivation / r.begin;
    r.net = with(net, detail::ratio_error(net, of(net2) + of(again2), of(net_begin), of(begin2), r.begin, n + static_cast<double>(count_[2])));
  } else {
    r.net = with(inside, inside_error);
  }
  if (count_[0] < 2) r.notes.push_back({"one_customer", "fewer than two paying customers at the open: the ratios have no interval", true});
  return r;
}

TENURE_INLINE revenue_result revenue_churn(const revenue_lines& lines, const revenue_options& options, const execution& run) {
  revenue_statistic statistic;
  statistic.add(lines);
  auto r = statistic.finish(options);
  if (options.interval == revenue_interval::bootstrap && r.begin > 0) {
    std::vector<detail::revenue_pair> customers;
    detail::each_customer(lines, [&](const detail::revenue_pair& c) { customers.push_back(c); });
    detail::bootstrap(r, customers, options, run);
  }
  return r;
}

TENURE_INLINE double monthly_revenue(column_view<double> quantity, column_view<double> value, column_view<double> months) {
  if (value.size() != quantity.size()) throw invalid_input("amount", "must have one value a line, as quantity has");
  if (months.size() != quantity.size()) throw invalid_input("months", "must have one value a line, as quantity has");
  numeric::exact_sum total;
  for (std::size_t i = 0; i < quantity.size(); ++i) {
    if (!(months[i] > 0)) throw invalid_input("months", "must be > 0", months[i], i);
    total.add(detail::amount(quantity, "quantity", i) * detail::amount(value, "amount", i) / months[i]);
  }
  return total.value();
}

}  // namespace tenure::inline TENURE_ABI::rates
