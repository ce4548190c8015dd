#pragma once

#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::rates {

/// One group of a rate in two periods.
struct mix_row {
  double weight0 = 0, weight1 = 0, rate0 = 0, rate1 = 0, mix_effect = 0, rate_effect = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("weight0", self.weight0, "share of customers before");
    visit("weight1", self.weight1, "share of customers now");
    visit("rate0", self.rate0, "churn rate before; NaN without customers");
    visit("rate1", self.rate1, "churn rate now; NaN without customers");
    visit("mix_effect", self.mix_effect, "(weight1 - weight0) x mean rate");
    visit("rate_effect", self.rate_effect, "(rate1 - rate0) x mean weight");
  }
};

struct mix_result {
  double rate0 = 0, rate1 = 0, change = 0, mix_effect = 0, rate_effect = 0, standardised = 0;
  std::vector<mix_row> groups;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("rate0", self.rate0, "overall rate before");
    visit("rate1", self.rate1, "overall rate now");
    visit("change", self.change, "rate1 - rate0 = mix_effect + rate_effect");
    visit("mix_effect", self.mix_effect, "part of the change because other customers make up the base");
    visit("rate_effect", self.rate_effect, "part of the change because groups leave more or less often");
    visit("standardised", self.standardised, "the rate now if the groups were as large as before");
    visit("groups", self.groups, "one row a group");
  }
};

/// Splits the change of a churn rate between two periods into the effect of the groups' sizes and that of their rates:
/// change = sum (w1 - w0)(c1 + c0)/2 + sum (c1 - c0)(w1 + w0)/2, exact and free of order (Kitagawa 1955). A group without customers in one
/// period has no rate there: its whole part is mix. Errors: invalid_input for negative counts, lost > customers, no customers at all.
mix_result mix_rate(column_view<double> customers0, column_view<double> lost0, column_view<double> customers1, column_view<double> lost1);

}  // namespace tenure::inline TENURE_ABI::rates

#ifndef TENURE_COMPILED
#include "tenure/rates/mix-inl.hpp"
#endif
