#pragma once

#include <cmath>

#include "tenure/rates/churn_rate-inl.hpp"
#include "tenure/rates/convert.hpp"

namespace tenure::inline TENURE_ABI::rates {

TENURE_INLINE double convert_rate(double rate, const convert_options& options) {
  validate(options);
  if (std::isinf(options.from_days) || std::isinf(options.to_days)) throw invalid_input("days", "must be finite");
  const double power = options.to_days / options.from_days;
  if (options.kind == rate_kind::growth) {
    if (!(rate >= -1) || std::isinf(rate)) throw invalid_input("rate", "must be finite and >= -1 to compound as growth", rate);
    return std::expm1(power * std::log1p(rate));
  }
  if (!(rate >= 0 && rate <= 1))
    throw invalid_input("rate", "must be in [0, 1] to compound as churn; net and expansion rates compound as kind = 'growth'", rate);
  return -std::expm1(power * std::log1p(-rate));
}

TENURE_INLINE rate_estimate convert_rate(const rate_estimate& churn, const convert_options& options) {
  if (options.kind != rate_kind::churn) throw invalid_input("kind", "must be 'churn' for an estimated churn rate");
  if (!detail::is_probability(churn.convention))
    throw not_supported(std::string("a rate by the convention '") + name_of(churn.convention) +
                        "' is not a probability and does not compound; use 'begin', 'hazard', 'daily_product', 'km' or 'eligible'");
  rate_estimate converted = churn;
  for (double rate_estimate::* field : {&rate_estimate::rate, &rate_estimate::lower, &rate_estimate::upper})
    if (!std::isnan(churn.*field)) converted.*field = convert_rate(churn.*field, options);
  converted.notes.push_back({"restated", "restated from " + format_number(options.from_days) + " to " + format_number(options.to_days) + " days", false});
  return converted;
}

TENURE_INLINE std::vector<growth_row> period_growth(column_view<double> counts, double level) {
  std::vector<growth_row> rows;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (!(counts[i] >= 0) || std::isinf(counts[i])) throw invalid_input("counts", "must be a finite count >= 0", counts[i], i);
    growth_row row{counts[i], detail::nan, detail::nan, detail::nan, detail::nan};
    if (i > 0) {
      row.change = counts[i] - counts[i - 1];
      if (counts[i - 1] > 0) {
        const auto ratio = stats::poisson_ratio_ci(counts[i], counts[i - 1], level);
        row.growth = row.change / counts[i - 1];
        row.lower = ratio.lower - 1;
        row.upper = ratio.upper - 1;
      }
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace tenure::inline TENURE_ABI::rates
