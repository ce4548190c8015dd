#pragma once

#include <cmath>

#include "tenure/rates/churn_rate.hpp"

namespace tenure::inline TENURE_ABI::rates {

namespace detail {

using maybe_count = std::optional<double>;

inline void check_count(const char* name, const maybe_count& value) {
  if (value && (!(*value >= 0) || std::isinf(*value))) throw invalid_input(name, "must be a finite count >= 0", *value);
}

inline void check_counts(const char* name, const std::vector<double>& values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!(values[i] >= 0) || std::isinf(values[i])) throw invalid_input(name, "must be a finite count >= 0", values[i], i);
}

inline void check_each(const period_counts& c) {
  check_count("begin", c.begin);
  check_count("new", c.joined);
  check_count("returned", c.returned);
  check_count("lost", c.lost);
  check_count("end", c.end);
  check_count("lost_open", c.lost_open);
  check_count("lost_flash", c.lost_flash);
  check_count("lost_back", c.lost_back);
  check_count("customer_days", c.customer_days);
  check_count("eligible", c.eligible);
  check_count("eligible_lost", c.eligible_lost);
  check_counts("snapshots", c.snapshots);
  check_counts("daily_open", c.daily_open);
  check_counts("daily_lost", c.daily_lost);
  if (c.days && !(*c.days > 0 && std::isfinite(*c.days))) throw invalid_input("days", "must be finite and > 0", *c.days);
  if (c.daily_open.size() != c.daily_lost.size()) throw invalid_input("daily_lost", "must have one count a day, as daily_open has");
  if (c.eligible && c.eligible_lost && *c.eligible_lost > *c.eligible)
    throw invalid_input("eligible_lost", "must be <= eligible = " + format_number(*c.eligible), *c.eligible_lost);
}

/// Solves total = sum of added - taken for the one part that is missing; checks when none is. Parts are named for the message.
struct identity_part {
  const char* name;
  maybe_count* value;
  double sign;
};

template <std::size_t N>
void solve_identity(const identity_part (&parts)[N]) {
  const identity_part* missing = nullptr;
  double sum = 0, scale = 1;
  std::string known;
  for (const auto& part : parts) {
    if (!*part.value) {
      if (missing) return;
      missing = &part;
      continue;
    }
    sum += part.sign * **part.value;
    scale = std::max(scale, **part.value);
    known += (known.empty() ? "" : ", ") + std::string(part.name) + " = " + format_number(**part.value);
  }
  if (missing) {
    const double value = -missing->sign * sum;
    if (value < -1e-9 * scale) throw invalid_input(missing->name, "would be negative: " + known + " contradict each other", value);
    *missing->value = std::max(0.0, value);
  } else if (std::abs(sum) > 1e-9 * scale) {
    throw invalid_input(parts[0].name, "must be begin + new + returned - lost, but is off by " + format_number(std::abs(sum)) + ": " + known, **parts[0].value);
  }
}

/// The losses by kind of customer: lost >= lost_open + lost_flash + lost_back.
inline void split_losses(period_counts& c) {
  if (!c.lost) return;
  const double inside = c.lost_flash.value_or(0) + c.lost_back.value_or(0), rest = *c.lost - inside;
  const double slack = 1e-9 * std::max(1.0, *c.lost);
  if (rest < -slack) throw invalid_input("lost", "must be >= lost_flash + lost_back = " + format_number(inside), *c.lost);
  if (c.lost_open && *c.lost_open > rest + slack)
    throw invalid_input("lost", "must be >= lost_open + lost_flash + lost_back = " + format_number(*c.lost_open + inside), *c.lost);
  if (!c.lost_open) c.lost_open = std::max(0.0, rest);
}

}  // namespace detail

TENURE_INLINE period_counts balance(const period_counts& counts, new_meaning new_counts) {
  period_counts c = counts;
  detail::check_each(c);
  detail::maybe_count returned = c.returned.value_or(0);
  if (new_counts == new_meaning::kept) {
    detail::split_losses(c);
    detail::solve_identity({{"end", &c.end, -1}, {"begin", &c.begin, 1}, {"new", &c.joined, 1}, {"returned", &returned, 1}, {"lost_open", &c.lost_open, -1}});
    if (!c.lost && c.lost_open) c.lost = *c.lost_open + c.lost_flash.value_or(0) + c.lost_back.value_or(0);
  } else {
    if (!c.lost && c.lost_open && !(c.begin && c.joined && c.end)) c.lost = *c.lost_open + c.lost_flash.value_or(0) + c.lost_back.value_or(0);
    detail::solve_identity({{"end", &c.end, -1}, {"begin", &c.begin, 1}, {"new", &c.joined, 1}, {"returned", &returned, 1}, {"lost", &c.lost, -1}});
    if (c.joined && c.lost_flash && *c.lost_flash > *c.joined + *returned)
      throw invalid_input("lost_flash", "must be <= new = " + format_number(*c.joined) + ", of which it is a part", *c.lost_flash);
  }
  detail::split_losses(c);
  if (c.begin && c.lost_back && c.lost_open && *c.lost_open + *c.lost_back > *c.begin)
    throw invalid_input("lost_back", "must be <= begin - lost_open = " + format_number(*c.begin - *c.lost_open), *c.lost_back);
  return c;
}

}  // namespace tenure::inline TENURE_ABI::rates
