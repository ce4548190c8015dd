#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "tenure/numeric/sort.hpp"
#include "tenure/survival/episodes.hpp"
#include "tenure/survival/outcome-inl.hpp"

namespace tenure::inline TENURE_ABI::survival {

TENURE_INLINE episodes split_episodes(const outcome& y, const numeric_column& customer, const numeric_column& time) {
  const detail::plain_outcome known = detail::load_outcome(y, 255);
  const std::size_t n = known.size(), changes = time.size();
  if (customer.size() != changes)
    throw invalid_input("customer", "must have one value a change (" + std::to_string(changes) + "), has " + std::to_string(customer.size()));
  const std::vector<double> at = detail::to_doubles(time);
  std::vector<std::uint32_t> who(changes);
  const auto entry_of = [&](std::size_t i) { return known.entry.empty() ? 0.0 : known.entry[i]; };
  for (std::size_t i = 0; i < n; ++i)
    if (!(known.time[i] > entry_of(i))) throw invalid_input("time", "must be after the entry (0 when there is none)", known.time[i], i);
  episodes out;
  out.change.assign(n + 1, 0);
  for (std::size_t c = 0; c < changes; ++c) {
    const double code = customer[c];
    if (!(code >= 0 && code < static_cast<double>(n) && code == std::floor(code))) throw invalid_input("customer", "must be a row of the outcome", code, c);
    who[c] = static_cast<std::uint32_t>(code);
    if (!(at[c] >= entry_of(who[c]) && at[c] <= known.time[who[c]]))
      throw invalid_input("time of change", "must lie in [" + format_number(entry_of(who[c])) + ", " + format_number(known.time[who[c]]) + "]", at[c], c);
    ++out.change[who[c] + 1];
  }
  for (std::size_t i = 0; i < n; ++i)
    out.change[i + 1] += out.change[i];
  out.order.resize(changes);
  std::vector<std::uint32_t> next(out.change.begin(), out.change.end() - 1);
  for (const std::uint32_t c : numeric::sort_order(at))  // by time, then stably by customer
    out.order[next[who[c]]++] = c;

  for (std::size_t i = 0; i < n; ++i) {
    std::uint32_t seen = out.change[i];
    double from = entry_of(i);
    const auto close = [&](double to, std::uint8_t event) {
      out.customer.push_back(static_cast<std::uint32_t>(i));
      out.start.push_back(from);
      out.stop.push_back(to);
      out.event.push_back(event);
      out.seen.push_back(seen);
      from = to;
    };
    for (std::uint32_t k = out.change[i]; k < out.change[i + 1]; ++k) {
      const double t = at[out.order[k]];
      if (k > out.change[i] && t == at[out.order[k - 1]]) throw invalid_input("time of change", "must differ between changes of one customer", t, out.order[k]);
      if (t >= known.time[i]) break;
      if (t > from) close(t, 0);
      seen = k + 1;
    }
    close(known.time[i], known.event[i]);
  }
  return out;
}

TENURE_INLINE std::vector<std::int64_t> carry_forward(const episodes& rows, const column_view<std::uint8_t>& present) {
  if (present.size() != rows.order.size())
    throw invalid_input("present", "must have one value a change (" + std::to_string(rows.order.size()) + "), has " + std::to_string(present.size()));
  std::vector<std::int64_t> out(rows.customer.size());
  std::int64_t last = -1;
  std::uint32_t k = 0;
  for (std::size_t r = 0; r < out.size(); ++r) {
    if (r == 0 || rows.customer[r] != rows.customer[r - 1]) {
      last = -1;
      k = rows.change[rows.customer[r]];
    }
    for (; k < rows.seen[r]; ++k)
      if (present[rows.order[k]]) last = rows.order[k];
    out[r] = last;
  }
  return out;
}

}  // namespace tenure::inline TENURE_ABI::survival
