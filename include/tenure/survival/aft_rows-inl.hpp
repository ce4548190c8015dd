#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "tenure/survival/aft.hpp"
#include "tenure/survival/aft_laws-inl.hpp"
#include "tenure/survival/outcome-inl.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

enum class censoring : std::uint8_t { exact, right, left, interval };

/// The rows of a fit on the scale of the law: logarithms, unless Gaussian.
struct aft_rows {
  std::vector<censoring> kind;
  std::vector<double> low, high, entry, weight;  // entry: -inf where observed from the start; empty when nobody enters late
  std::vector<std::uint32_t> stratum;
  std::size_t strata = 1;
  double log_times = 0;  // sum of weight * log t over exact rows, taken off the likelihood

  std::size_t size() const { return kind.size(); }
  double weight_of(std::size_t i) const { return weight.empty() ? 1.0 : weight[i]; }
  /// True for a row that is more than an exact or right-censored time observed from the start.
  bool alone(std::size_t i) const { return kind[i] == censoring::left || kind[i] == censoring::interval || (!entry.empty() && std::isfinite(entry[i])); }
};

inline aft_rows load_aft_rows(const interval_outcome& y, bool positive, const numeric_column& strata) {
  const std::size_t n = y.lower.size();
  if (n == 0) throw invalid_input("time", "has no rows");
  require_length(y.upper, "upper", n);
  if (!y.entry.empty()) require_length(y.entry, "entry", n);
  if (!y.weight.empty()) require_length(y.weight, "weight", n);
  aft_rows rows{std::vector<censoring>(n), to_doubles(y.lower), to_doubles(y.upper), to_doubles(y.entry), to_doubles(y.weight), to_codes(strata, "strata", n)};
  if (!rows.stratum.empty()) rows.strata = *std::max_element(rows.stratum.begin(), rows.stratum.end()) + std::size_t{1};
  if (rows.strata > n) throw invalid_input("strata", "must be codes 0, 1, 2, ... without gaps");
  for (std::size_t i = 0; i < n; ++i) {
    double &a = rows.low[i], &b = rows.high[i];
    const bool no_low = std::isnan(a) || a == -infinity || (positive && a == 0 && b != 0), no_high = std::isnan(b) || b == infinity;
    if (no_low && no_high) throw invalid_input("lower", "and upper say nothing about the time", a, i);
    for (const auto& [value, known] : {std::pair{a, !no_low}, std::pair{b, !no_high}})
      if (known && (!std::isfinite(value) || (positive && value <= 0)))
        throw invalid_input("time", positive ? "must be finite and > 0 for this distribution" : "must be finite", value, i);
    if (!no_low && !no_high && b < a) throw invalid_input("upper", "must not be below lower (" + format_number(a) + ")", b, i);
    rows.kind[i] = no_low ? censoring::left : no_high ? censoring::right : a == b ? censoring::exact : censoring::interval;
    if (!rows.weight.empty() && !(rows.weight[i] >= 0 && std::isfinite(rows.weight[i])))
      throw invalid_input("weight", "must be finite and >= 0", rows.weight[i], i);
    if (!rows.entry.empty()) {
      double& e = rows.entry[i];
      if (std::isnan(e)) throw invalid_input("entry", "must be a number", e, i);
      if (!no_low ? e >= a : e >= b) throw invalid_input("entry", "must be before time", e, i);
      e = positive ? (e > 0 ? std::log(e) : -infinity) : e;
    }
    if (no_low) a = b;
    if (positive) {
      a = std::log(a);
      b = no_high ? b : std::log(b);
      if (rows.kind[i] == censoring::exact) rows.log_times += rows.weight_of(i) * a;
    }
  }
  if (std::all_of(rows.kind.begin(), rows.kind.end(), [](censoring k) { return k == censoring::right; }))
    throw invalid_input("event", "has no event: nothing can be learned about when customers leave");
  return rows;
}

}  // namespace tenure::inline TENURE_ABI::survival::detail
