#pragma once

#include <string>
#include <vector>

#include "tenure/core/views.hpp"
#include "tenure/rates/churn_rate.hpp"

namespace tenure::inline TENURE_ABI::rates {

/// What a rate compounds as: survivors who leave again and again, or an amount that grows (or, below 0, shrinks).
enum class rate_kind : unsigned char { churn, growth };

struct convert_options {
  double from_days = 365.25 / 12;  // length of the period the rate was measured over
  double to_days = 365.25;         // length of the period wanted
  rate_kind kind = rate_kind::churn;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("from_days", self.from_days, more_than(0), "length of the period the rate was measured over");
    visit("to_days", self.to_days, more_than(0), "length of the period wanted");
    visit("kind", self.kind, "churn compounds survivors, growth compounds an amount");
  }
};

/// The rate of a period of another length. churn: 1 - (1 - rate)^(to / from), rate in [0, 1]; growth: (1 + rate)^(to / from) - 1, rate
/// >= -1 (net revenue growth, expansion). A rate is never multiplied by the number of periods: 2% a month is 21.53% a year, not 24%.
/// Errors: invalid_input for a rate outside its range.
double convert_rate(double rate, const convert_options& options = {});

/// The same for an estimate with its interval. Throws not_supported for conventions that are no probabilities and do not compound.
rate_estimate convert_rate(const rate_estimate& churn, const convert_options& options = {});

/// One period of a series of counts beside the period before it.
struct growth_row {
  double value = 0;
  double change = 0;
  double growth = 0;
  double lower = 0, upper = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("value", self.value, "the period's count");
    visit("change", self.change, "minus the count before; NaN in the first period");
    visit("growth", self.growth, "change / count before; NaN in the first period, and after a count of 0");
    visit("lower", self.lower, "lower bound of the growth");
    visit("upper", self.upper, "upper bound of the growth");
  }
};

/// Growth from period to period of a series of counts, with exact Poisson intervals (the share of one count in two). Matches: R
/// poisson.test of two counts. Errors: invalid_input with the row for a negative count.
std::vector<growth_row> period_growth(column_view<double> counts, double level = 0.95);

}  // namespace tenure::inline TENURE_ABI::rates

template <>
struct tenure::enum_names<tenure::rates::rate_kind> {
  static constexpr const char* values[] = {"churn", "growth"};
};

#ifndef TENURE_COMPILED
#include "tenure/rates/convert-inl.hpp"
#endif
