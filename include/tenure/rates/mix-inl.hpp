#pragma once

#include "tenure/numeric/sum.hpp"
#include "tenure/rates/churn_rate-inl.hpp"
#include "tenure/rates/mix.hpp"

namespace tenure::inline TENURE_ABI::rates {

namespace detail {

struct group_totals {
  double customers = 0, lost = 0;
};

inline group_totals check_groups(const char* customers_name, column_view<double> customers, const char* lost_name, column_view<double> lost) {
  group_totals total;
  for (std::size_t g = 0; g < customers.size(); ++g) {
    if (!(customers[g] >= 0) || std::isinf(customers[g])) throw invalid_input(customers_name, "must be a finite count >= 0", customers[g], g);
    if (!(lost[g] >= 0 && lost[g] <= customers[g]))
      throw invalid_input(lost_name, std::string("must be in [0, ") + customers_name + " = " + format_number(customers[g]) + "]", lost[g], g);
    total.customers += customers[g];
    total.lost += lost[g];
  }
  if (total.customers == 0) throw invalid_input(customers_name, "must hold at least one customer");
  return total;
}

}  // namespace detail

TENURE_INLINE mix_result mix_rate(column_view<double> customers0, column_view<double> lost0, column_view<double> customers1, column_view<double> lost1) {
  const std::size_t groups = customers0.size();
  if (lost0.size() != groups || customers1.size() != groups || lost1.size() != groups)
    throw invalid_input("groups", "must be the same, in the same order, in both periods");
  const auto total0 = detail::check_groups("customers0", customers0, "lost0", lost0), total1 = detail::check_groups("customers1", customers1, "lost1", lost1);
  mix_result r;
  r.rate0 = total0.lost / total0.customers;
  r.rate1 = total1.lost / total1.customers;
  r.change = r.rate1 - r.rate0;
  numeric::exact_sum mix, rate, standardised;
  for (std::size_t g = 0; g < groups; ++g) {
    mix_row row{customers0[g] / total0.customers, customers1[g] / total1.customers, lost0[g] / customers0[g], lost1[g] / customers1[g]};
    const bool none0 = customers0[g] == 0, none1 = customers1[g] == 0;
    const double c0 = none0 ? (none1 ? 0 : row.rate1) : row.rate0, c1 = none1 ? c0 : row.rate1;
    row.mix_effect = (row.weight1 - row.weight0) * (c1 + c0) / 2;
    row.rate_effect = (c1 - c0) * (row.weight1 + row.weight0) / 2;
    mix.add(row.mix_effect);
    rate.add(row.rate_effect);
    standardised.add(row.weight0 * c1);
    r.groups.push_back(row);
  }
  r.mix_effect = mix.value();
  r.rate_effect = rate.value();
  r.standardised = standardised.value();
  return r;
}

}  // namespace tenure::inline TENURE_ABI::rates
