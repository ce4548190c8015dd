#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "tenure/numeric/sort.hpp"
#include "tenure/survival/event_counts.hpp"
#include "tenure/survival/key_sort-inl.hpp"
#include "tenure/survival/memory-inl.hpp"
#include "tenure/survival/outcome-inl.hpp"

namespace tenure::inline TENURE_ABI::survival {

TENURE_INLINE double event_table::events_at(std::size_t i) const {
  double sum = 0;
  for (int k = 0; k < causes; ++k)
    sum += events[i * static_cast<std::size_t>(causes) + static_cast<std::size_t>(k)];
  return sum;
}

TENURE_INLINE std::vector<double> event_table::at_risk() const {
  std::vector<double> risk;
  detail::resize_large(risk, size());
  double leaving = 0, entering = 0;
  std::size_t e = entry_time.size();
  for (std::size_t i = size(); i-- > 0;) {
    leaving += events_at(i) + censored[i];
    while (e > 0 && entry_time[e - 1] >= time[i])
      entering += entered[--e];
    risk[i] = leaving - entering;
  }
  return risk;
}

TENURE_INLINE event_table merge_tables(const event_table& a, const event_table& b) {
  if (a.causes != b.causes) throw invalid_input("causes", "must be the same in both parts");
  const bool entries = !a.entry_time.empty() || !b.entry_time.empty();
  if (entries && ((a.entry_time.empty() && a.size()) || (b.entry_time.empty() && b.size())))
    throw invalid_input("entry", "must be given in both parts or in none");
  event_table out;
  out.causes = a.causes;
  const auto causes = static_cast<std::size_t>(a.causes);
  const bool weighted = !a.event_rows.empty() || !b.event_rows.empty();
  const auto rows_of = [](const event_table& t, std::size_t i) { return t.event_rows.empty() ? t.events_at(i) : t.event_rows[i]; };
  out.time.reserve(a.size() + b.size());
  for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    const bool from_a = j == b.size() || (i < a.size() && a.time[i] <= b.time[j]);
    const bool from_b = i == a.size() || (j < b.size() && b.time[j] <= a.time[i]);
    out.time.push_back(from_a ? a.time[i] : b.time[j]);
    for (std::size_t k = 0; k < causes; ++k)
      out.events.push_back((from_a ? a.events[i * causes + k] : 0) + (from_b ? b.events[j * causes + k] : 0));
    out.censored.push_back((from_a ? a.censored[i] : 0) + (from_b ? b.censored[j] : 0));
    if (weighted) out.event_rows.push_back((from_a ? rows_of(a, i) : 0) + (from_b ? rows_of(b, j) : 0));
    i += from_a;
    j += from_b;
  }
  for (std::size_t i = 0, j = 0; i < a.entry_time.size() || j < b.entry_time.size();) {
    const bool from_a = j == b.entry_time.size() || (i < a.entry_time.size() && a.entry_time[i] <= b.entry_time[j]);
    const bool from_b = i == a.entry_time.size() || (j < b.entry_time.size() && b.entry_time[j] <= a.entry_time[i]);
    out.entry_time.push_back(from_a ? a.entry_time[i] : b.entry_time[j]);
    out.entered.push_back((from_a ? a.entered[i] : 0) + (from_b ? b.entered[j] : 0));
    i += from_a;
    j += from_b;
  }
  return out;
}

namespace detail {

/// A column as contiguous T, in place where it already is.
template <class T>
const T* contiguous(const numeric_column& column, std::vector<T>& storage) {
  return column.visit([&]<class U>(column_view<U> c) -> const T* {
    if constexpr (std::is_same_v<T, U>)
      if (c.contiguous()) return c.data();
    storage.resize(c.size());
    for (std::size_t i = 0; i < c.size(); ++i)
      storage[i] = static_cast<T>(c[i]);
    return storage.data();
  });
}

/// Events as bytes; anything but 0 and 1 is refused.
inline const std::uint8_t* event_bytes(const numeric_column& column, std::vector<std::uint8_t>& storage) {
  const auto refuse = [](double x, std::size_t i) { throw invalid_input("event", "must be 0 (censored) or 1 (event)", x, i); };
  return column.visit([&]<class U>(column_view<U> c) -> const std::uint8_t* {
    bool fine = true;
    if constexpr (std::is_same_v<U, std::uint8_t>) {
      if (c.contiguous()) {
        std::uint8_t all = 0;
        for (std::size_t i = 0; i < c.size(); ++i)
          all |= c.data()[i];
        if (all <= 1) return c.data();
      }
    }
    storage.resize(c.size());
    for (std::size_t i = 0; i < c.size(); ++i) {
      const bool one = c[i] == static_cast<U>(1);
      fine &= one || c[i] == static_cast<U>(0);
      storage[i] = one;
    }
    for (std::size_t i = 0; !fine && i < c.size(); ++i)
      if (c[i] != static_cast<U>(1) && c[i] != static_cast<U>(0)) refuse(static_cast<double>(c[i]), i);
    return storage.data();
  });
}

/// Whole-number times below `limit`: a histogram of (group, time, event). False when some time is not one.
inline bool count_whole_times(const double* time, const std::uint8_t* event, const std::uint32_t* group, std::size_t n, std::size_t groups,
                              const execution& run, std::vector<event_table>& out) {
  std::size_t limit = std::min<std::size_t>(65536, std::max<std::size_t>(1024, 4 * n / groups));
  double largest = 0;  // a cheap look at the head of the column refuses continuous times at once
  for (std::size_t i = 0; i < std::min<std::size_t>(n, 4096); ++i) {
    if (!(time[i] >= 0 && time[i] < static_cast<double>(limit) && time[i] == std::floor(time[i]))) return false;
    largest = std::max(largest, time[i]);
  }
  limit = std::min(limit, std::max<std::size_t>(256, 4 * static_cast<std::size_t>(largest)));
  const chunking chunks(n, 1 << 16, 8);
  struct partial {
    std::vector<std::uint32_t> counts;
    bool fine = true;
  };
  const double bound = static_cast<double>(limit);
  const auto total = parallel_reduce(
      chunks, run, partial{},
      [&](partial& part, std::size_t begin, std::size_t end) {
        part.counts.assign(2 * limit * groups, 0);
        std::uint32_t* counts = part.counts.data();
        for (std::size_t i = begin; i < end; ++i) {
          const double t = time[i];
          if (!(t >= 0 && t < bound)) {
            part.fine = false;
            return;
          }
          const auto whole = static_cast<std::int32_t>(t);
          if (static_cast<double>(whole) != t) {
            part.fine = false;
            return;
          }
          const std::size_t base = group ? group[i] * limit : 0;
          ++counts[2 * (base + static_cast<std::size_t>(whole)) + event[i]];
        }
      },
      [](partial& a, const partial& b) {
        a.fine &= b.fine;
        if (!a.fine) return;
        for (std::size_t i = 0; i < a.counts.size(); ++i)
          a.counts[i] += b.counts[i];
      });
  if (!total.fine) return false;
  for (std::size_t g = 0; g < groups; ++g)
    for (std::size_t t = 0; t < limit; ++t) {
      const std::uint32_t* c = total.counts.data() + 2 * (g * limit + t);
      if (!(c[0] | c[1])) continue;
      out[g].time.push_back(static_cast<double>(t));
      out[g].censored.push_back(c[0]);
      out[g].events.push_back(c[1]);
    }
  return true;
}

/// The order-preserving key of a time >= 0 with the event in its lowest bit: one bare-key sort does everything.
inline std::uint64_t time_event_key(double time, std::uint8_t event) { return std::bit_cast<std::uint64_t>(time + 0.0) << 1 | event; }
inline double time_of_key(std::uint64_t key) { return std::bit_cast<double>(key >> 1); }

/// The table of one group from its sorted keys, in parallel: chunks of the keys are cut where the time changes.
inline event_table table_of_keys(const std::uint64_t* keys, std::size_t n, const execution& run) {
  const chunking chunks(n, 1 << 16, 32);
  const std::size_t count = chunks.count();
  std::vector<std::size_t> begin(count + 1, n), position(count + 1, 0);
  for (std::size_t c = 0; c < count; ++c) {
    std::size_t b = chunks.begin(c);
    while (b > 0 && b < n && (keys[b] ^ keys[b - 1]) < 2)
      ++b;
    begin[c] = b;
  }
  parallel_for(count, run, [&](std::size_t c) {
    std::size_t distinct = 0;
    for (std::size_t i = begin[c]; i < begin[c + 1]; ++i)
      distinct += i == begin[c] || (keys[i] ^ keys[i - 1]) > 1;
    position[c + 1] = distinct;
  });
  for (std::size_t c = 0; c < count; ++c)
    position[c + 1] += position[c];
  event_table out;
  resize_large(out.time, position[count]);
  resize_large(out.events, position[count]);
  resize_large(out.censored, position[count]);
  parallel_for(count, run, [&](std::size_t c) {
    std::size_t at = position[c];
    for (std::size_t i = begin[c], j; i < begin[c + 1]; i = j, ++at) {
      std::size_t events = 0;
      for (j = i; j < begin[c + 1] && (keys[j] ^ keys[i]) < 2; ++j)
        events += keys[j] & 1;
      out.time[at] = time_of_key(keys[i]);
      out.events[at] = static_cast<double>(events);
      out.censored[at] = static_cast<double>(j - i - events);
    }
  });
  return out;
}

inline std::vector<event_table> count_by_sorting_keys(const double* time, const std::uint8_t* event, const std::uint32_t* group, std::size_t n,
                                                      std::size_t groups, const execution& run) {
  std::vector<event_table> out(groups);
  const auto keys = make_keys(n);
  if (!group) {
    parallel_chunks(chunking(n), run, [&](std::size_t, std::size_t begin, std::size_t end) {
      check_times(time + begin, end - begin, begin);
      for (std::size_t i = begin; i < end; ++i)
        keys[i] = time_event_key(time[i], event[i]);
    });
    sort_keys(keys.get(), n, run);
    out[0] = table_of_keys(keys.get(), n, run);
    return out;
  }
  check_times(time, n, 0);
  std::vector<std::size_t> first(groups + 1, 0);
  for (std::size_t i = 0; i < n; ++i)
    ++first[group[i] + 1];
  for (std::size_t g = 0; g < groups; ++g)
    first[g + 1] += first[g];
  std::vector<std::size_t> at(first.begin(), first.end() - 1);
  for (std::size_t i = 0; i < n; ++i)
    keys[at[group[i]]++] = time_event_key(time[i], event[i]);
  parallel_for(groups, run, [&](std::size_t g) {
    const std::size_t count = first[g + 1] - first[g];
    sort_keys(keys.get() + first[g], count, {});
    out[g] = table_of_keys(keys.get() + first[g], count, {});
  });
  return out;
}

/// Weights, entry times or several causes: rows in time order, added to the table of their group.
inline std::vector<event_table> count_by_sorting_rows(const outcome& rows, const std::uint32_t* group, std::size_t groups, int causes) {
  const plain_outcome y = load_outcome(rows, causes);
  std::vector<event_table> out(groups);
  for (auto& table : out)
    table.causes = causes;
  for (const std::uint32_t i : numeric::sort_order(y.time)) {
    event_table& table = out[group ? group[i] : 0];
    if (table.time.empty() || table.time.back() != y.time[i]) {
      table.time.push_back(y.time[i]);
      table.events.resize(table.events.size() + static_cast<std::size_t>(causes), 0);
      table.censored.push_back(0);
      if (!y.weight.empty()) table.event_rows.push_back(0);
    }
    if (y.event[i] == 0) {
      table.censored.back() += y.weight_of(i);
      continue;
    }
    table.events[table.events.size() - static_cast<std::size_t>(causes) + y.event[i] - 1] += y.weight_of(i);
    if (!y.weight.empty()) ++table.event_rows.back();
  }
  if (y.entry.empty()) return out;
  for (const std::uint32_t i : numeric::sort_order(y.entry)) {
    event_table& table = out[group ? group[i] : 0];
    if (table.entry_time.empty() || table.entry_time.back() != y.entry[i]) {
      table.entry_time.push_back(y.entry[i]);
      table.entered.push_back(0);
    }
    table.entered.back() += y.weight_of(i);
  }
  return out;
}

}  // namespace detail

TENURE_INLINE event_counts::event_counts(std::size_t groups, int causes) : groups_(groups), causes_(causes) {
  if (groups == 0) throw invalid_input("groups", "must be >= 1", 0);
  if (causes < 1 || causes > 255) throw invalid_input("causes", "must be in [1, 255]", causes);
}

TENURE_INLINE void event_counts::add(const outcome& rows, const numeric_column& group, const execution& run) {
  const std::size_t n = rows.time.size();
  if (n == 0) throw invalid_input("time", "has no rows");
  detail::require_length(rows.event, "event", n);
  const std::vector<std::uint32_t> codes = detail::to_codes(group, "group", n);
  for (std::size_t i = 0; i < codes.size(); ++i)
    if (codes[i] >= groups_) throw invalid_input("group", "must be below the number of groups (" + std::to_string(groups_) + ")", codes[i], i);
  if (codes.empty() && groups_ > 1) throw invalid_input("group", "is missing");
  const std::uint32_t* group_of = codes.empty() ? nullptr : codes.data();

  if (!rows.weight.empty() || !rows.entry.empty() || causes_ > 1) return push(detail::count_by_sorting_rows(rows, group_of, groups_, causes_));
  std::vector<double> time_storage;
  std::vector<std::uint8_t> event_storage;
  const double* time = detail::contiguous<double>(rows.time, time_storage);
  const std::uint8_t* event = detail::event_bytes(rows.event, event_storage);
  tables counted(groups_);
  if (!detail::count_whole_times(time, event, group_of, n, groups_, run, counted))
    counted = detail::count_by_sorting_keys(time, event, group_of, n, groups_, run);
  push(std::move(counted));
}

TENURE_INLINE void event_counts::push(tables next) {
  const auto rows = [](const tables& t) {
    std::size_t sum = 0;
    for (const auto& table : t)
      sum += table.size();
    return sum;
  };
  while (!runs_.empty() && rows(runs_.back()) <= 2 * rows(next)) {
    for (std::size_t g = 0; g < groups_; ++g)
      next[g] = merge_tables(runs_.back()[g], next[g]);
    runs_.pop_back();
  }
  runs_.push_back(std::move(next));
}

TENURE_INLINE void event_counts::merge(const event_counts& other) {
  if (other.groups_ != groups_ || other.causes_ != causes_) throw invalid_input("other", "must count the same groups and causes");
  if (!other.runs_.empty()) push(other.finish());
}

TENURE_INLINE std::vector<event_table> event_counts::finish() && {
  if (runs_.empty()) push(tables(groups_, event_table{.causes = causes_}));
  tables total = std::move(runs_.back());
  for (std::size_t r = runs_.size() - 1; r-- > 0;)
    for (std::size_t g = 0; g < groups_; ++g)
      total[g] = merge_tables(runs_[r][g], total[g]);
  runs_.clear();
  return total;
}

TENURE_INLINE std::vector<event_table> event_counts::finish() const& { return event_counts(*this).finish(); }

}  // namespace tenure::inline TENURE_ABI::survival
