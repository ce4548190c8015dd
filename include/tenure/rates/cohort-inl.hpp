#pragma once

#include "tenure/numeric/distributions.hpp"
#include "tenure/rates/churn_rate-inl.hpp"
#include "tenure/rates/cohort.hpp"
#include "tenure/rates/events-inl.hpp"

namespace tenure::inline TENURE_ABI::rates {

namespace detail {

/// The buckets after one customer's start.
struct bucket_scale {
  const retention_options& options;
  std::int64_t start, index;

  bucket_scale(const retention_options& o, std::int64_t first_day) : options(o), start(first_day), index(calendar_index(first_day, o.cohort)) {}

  std::int64_t of(std::int64_t day) const {
    return options.window_days ? floor_div(day - start, options.window_days) : calendar_index(day, options.cohort) - index;
  }
  /// The day after the last of bucket k.
  std::int64_t after(std::int64_t k) const {
    return options.window_days ? start + (k + 1) * options.window_days : calendar_start(index + k + 1, options.cohort);
  }
  /// The last bucket that is fully observed.
  std::int64_t last_observed() const { return of(options.as_of + 1) - 1; }
  bool observed(std::size_t column) const {
    return options.kind == retention_kind::bracket ? options.brackets[column + 1] - 1 <= last_observed() : static_cast<std::int64_t>(column) <= last_observed();
  }
};

inline std::size_t bracket_of(const std::vector<std::int64_t>& edges, std::int64_t bucket) {
  return static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), bucket) - edges.begin());  // 0 below the first edge
}

/// Makes room for calendar unit `cohort` and returns its row.
inline std::size_t cohort_row(retention_statistic& s, std::int64_t cohort) {
  const std::size_t columns = s.columns();
  if (s.size.empty()) s.first_cohort = cohort;
  const std::int64_t rows = static_cast<std::int64_t>(s.size.size());
  const bool front = cohort < s.first_cohort;
  const std::int64_t more = front ? s.first_cohort - cohort : cohort - s.first_cohort + 1 - rows;
  if (more > 0) {
    if (static_cast<double>(rows + more) * static_cast<double>(columns) > 1e8) throw invalid_input("start", "spans too many cohorts for one table");
    const auto widen = [&](auto& cells, std::size_t width) { cells.insert(front ? cells.begin() : cells.end(), static_cast<std::size_t>(more) * width, 0); };
    widen(s.size, 1);
    widen(s.eligible, columns);
    widen(s.retained, columns);
    widen(s.revenue, columns);
    if (front) s.first_cohort = cohort;
  }
  return static_cast<std::size_t>(cohort - s.first_cohort);
}

/// Counts one customer: `seen` and `revenue` by column (for on_or_after: `last` is his last bucket).
inline void count_customer(retention_statistic& s, const bucket_scale& scale, const std::vector<std::uint8_t>& seen, const std::vector<double>& revenue,
                           std::int64_t last) {
  const std::size_t row = cohort_row(s, scale.index), columns = s.columns();
  ++s.size[row];
  for (std::size_t k = 0; k < columns; ++k) {
    if (!scale.observed(k)) continue;
    ++s.eligible[row * columns + k];
    s.retained[row * columns + k] += s.options.kind == retention_kind::on_or_after ? static_cast<std::int64_t>(k) <= last : seen[k];
    s.revenue[row * columns + k] += revenue[k];
  }
}

}  // namespace detail

TENURE_INLINE std::size_t retention_statistic::columns() const {
  return options.kind == retention_kind::bracket ? options.brackets.size() - 1 : static_cast<std::size_t>(options.buckets) + 1;
}

TENURE_INLINE retention_statistic::retention_statistic(const retention_options& how) : options(how) {
  const auto require = [](bool good, const char* name, const char* rule, std::int64_t value) {
    if (!good) throw invalid_input(name, rule, static_cast<double>(value));
  };
  require(options.window_days >= 0 && options.window_days <= 1'000'000, "window_days", "must be in [0, 1000000]", options.window_days);
  require(options.buckets >= 0 && options.buckets <= 100'000, "buckets", "must be in [0, 100000]", options.buckets);
  if (options.as_of == no_day) throw invalid_input("as_of", "must be known");
  require(detail::is_day(options.as_of), "as_of", "is no date", options.as_of);
  if (options.kind != retention_kind::bracket) return;
  if (options.brackets.size() < 2) throw invalid_input("brackets", "must hold at least two edges for kind 'bracket'");
  for (std::size_t j = 0; j < options.brackets.size(); ++j)
    if (options.brackets[j] < 0 || options.brackets[j] > 100'000 || (j > 0 && options.brackets[j] <= options.brackets[j - 1]))
      throw invalid_input("brackets", "must ascend from 0 or more", static_cast<double>(options.brackets[j]), j);
}

TENURE_INLINE void retention_statistic::add(const retention_events& given) {
  if (options.kind == retention_kind::subscribed) throw invalid_input("kind", "'subscribed' wants stays, not events");
  const std::size_t n = given.customer.size();
  if (!given.amount.empty() && given.amount.size() != n)
    throw invalid_input("amount", "must have one value an event: " + std::to_string(n) + ", not " + std::to_string(given.amount.size()));
  if (!given.start.empty() && given.start.size() != n)
    throw invalid_input("start", "must have one value an event: " + std::to_string(n) + ", not " + std::to_string(given.start.size()));
  const detail::sorted_events events(given.customer, given.day, options.as_of);
  const auto starts = detail::all_days(given.start, "start", false);
  retention_statistic next = *this;
  std::vector<std::uint8_t> seen(columns());
  std::vector<double> amounts(columns());
  events.each_customer([&](std::size_t begin, std::size_t end) {
    const std::int64_t start = starts.empty() ? events.day(begin) : starts[events.row(begin)];
    const detail::bucket_scale scale(options, start);
    std::fill(seen.begin(), seen.end(), 0);
    std::fill(amounts.begin(), amounts.end(), 0.0);
    std::int64_t last = -1;
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t row = events.row(i);
      if (!starts.empty() && starts[row] != start)
        throw invalid_input("start", "must be the same in all rows of a customer", static_cast<double>(starts[row]), row);
      if (events.day(i) < start) detail::refuse_day("day", events.day(i), row, "must not be before the customer's start,", start);
      const double amount = given.amount.empty() ? 0 : given.amount[row];
      if (!std::isfinite(amount)) throw invalid_input("amount", "must be finite", amount, row);
      last = scale.of(events.day(i));
      std::size_t column = static_cast<std::size_t>(last);
      if (options.kind == retention_kind::bracket) {
        column = detail::bracket_of(options.brackets, last);
        if (column-- == 0) continue;
      }
      if (column >= seen.size()) continue;
      seen[column] = 1;
      amounts[column] += amount;
    }
    detail::count_customer(next, scale, seen, amounts, last);
  });
  *this = std::move(next);
}

TENURE_INLINE void retention_statistic::add_stays(numeric_column customer, date_column start, date_column end) {
  if (options.kind != retention_kind::subscribed) throw invalid_input("kind", "must be 'subscribed' for stays");
  if (end.size() != start.size())
    throw invalid_input("end", "must have one value a stay: " + std::to_string(start.size()) + ", not " + std::to_string(end.size()));
  const detail::sorted_events stays(customer, start, options.as_of);
  const auto ends = detail::all_days(end, "end", true);
  retention_statistic next = *this;
  std::vector<std::uint8_t> seen(columns());
  const std::vector<double> nothing(columns());
  stays.each_customer([&](std::size_t first, std::size_t after) {
    const detail::bucket_scale scale(options, stays.day(first));
    std::fill(seen.begin(), seen.end(), 0);
    for (std::size_t i = first; i < after; ++i) {
      const std::int64_t gone = ends[stays.row(i)];
      if (gone != no_day && gone < stays.day(i)) detail::refuse_day("end", gone, stays.row(i), "must not be before start,", stays.day(i));
      for (std::size_t k = 0; k < seen.size(); ++k) {
        const std::int64_t last_day = scale.after(static_cast<std::int64_t>(k)) - 1;
        if (stays.day(i) <= last_day && (gone == no_day || gone > last_day)) seen[k] = 1;
        if (last_day > options.as_of) break;
      }
    }
    detail::count_customer(next, scale, seen, nothing, -1);
  });
  *this = std::move(next);
}

TENURE_INLINE void retention_statistic::merge(const retention_statistic& other) {
  if (!(other.options == options)) throw invalid_input("other", "must have the same options, as_of included");
  const std::size_t width = columns();
  for (std::size_t r = 0; r < other.size.size(); ++r) {
    const std::size_t row = detail::cohort_row(*this, other.first_cohort + static_cast<std::int64_t>(r));
    size[row] += other.size[r];
    for (std::size_t k = 0; k < width; ++k) {
      eligible[row * width + k] += other.eligible[r * width + k];
      retained[row * width + k] += other.retained[r * width + k];
      revenue[row * width + k] += other.revenue[r * width + k];
    }
  }
}

TENURE_INLINE retention_result retention_statistic::finish(double level) const {
  if (!(level > 0 && level < 1)) throw invalid_input("level", strictly_between(0, 1).rule(), level);
  const std::size_t width = columns();
  retention_result r;
  r.columns = static_cast<std::int64_t>(width);
  r.total_eligible.assign(width, 0);
  r.total_retained.assign(width, 0);
  std::vector<double> sum(width);
  std::vector<std::int64_t> cells(width);
  for (std::size_t row = 0; row < size.size(); ++row) {
    if (size[row] == 0) continue;
    r.cohort_start.push_back(calendar_start(first_cohort + static_cast<std::int64_t>(row), options.cohort));
    r.size.push_back(size[row]);
    for (std::size_t k = 0; k < width; ++k) {
      const std::int64_t n = eligible[row * width + k], x = retained[row * width + k];
      const auto ci = n > 0 ? stats::proportion_ci(static_cast<double>(x), static_cast<double>(n), level) : stats::interval{detail::nan, detail::nan};
      const double rate = n > 0 ? static_cast<double>(x) / static_cast<double>(n) : detail::nan;
      r.eligible.push_back(n);
      r.retained.push_back(x);
      r.rate.push_back(rate);
      r.lower.push_back(ci.lower);
      r.upper.push_back(ci.upper);
      r.revenue.push_back(n > 0 ? revenue[row * width + k] : detail::nan);
      r.complete.push_back(n == size[row]);
      r.total_eligible[k] += n;
      r.total_retained[k] += x;
      if (n != size[row]) continue;
      sum[k] += rate;
      ++cells[k];
    }
  }
  for (std::size_t k = 0; k < width; ++k) {
    const auto n = static_cast<double>(r.total_eligible[k]), x = static_cast<double>(r.total_retained[k]);
    const auto ci = n > 0 ? stats::proportion_ci(x, n, level) : stats::interval{detail::nan, detail::nan};
    r.weighted.push_back(n > 0 ? x / n : detail::nan);
    r.weighted_lower.push_back(ci.lower);
    r.weighted_upper.push_back(ci.upper);
    r.simple.push_back(cells[k] > 0 ? sum[k] / static_cast<double>(cells[k]) : detail::nan);
  }
  return r;
}

TENURE_INLINE void retention_statistic::check() const {
  const auto require = [](bool good, const char* what) {
    if (!good) throw bad_file(std::string("rates.retention: ") + what);
  };
  try {
    const retention_statistic readable{options};
    (void)readable;
  } catch (const invalid_input& reason) {
    throw bad_file(std::string("rates.retention: ") + reason.what());
  }
  require(detail::is_day(first_cohort), "the first cohort is no date");
  const std::size_t cells = size.size() * columns();
  require(static_cast<double>(size.size()) * static_cast<double>(columns()) <= 1e8 && eligible.size() == cells && retained.size() == cells &&
              revenue.size() == cells,
          "wrong number of cells");
  for (std::size_t i = 0; i < cells; ++i)
    require(retained[i] >= 0 && retained[i] <= eligible[i] && eligible[i] <= size[i / columns()] && std::isfinite(revenue[i]), "a cell contradicts itself");
  for (const auto customers : size)
    require(customers >= 0 && customers <= (std::int64_t{1} << 35), "a cohort's size is out of range");
}

namespace detail {

/// The options with as_of known: the latest day of the columns where it was not given.
inline retention_options dated(retention_options options, const date_column& a, const date_column& b) {
  if (options.as_of != no_day) return options;
  for (const auto& [column, name] : {std::pair{&a, "day"}, std::pair{&b, "end"}})
    for (const auto day : all_days(*column, name, true))
      options.as_of = std::max(options.as_of, day);
  if (options.as_of == no_day) throw invalid_input("customer", "has no rows");
  return options;
}

}  // namespace detail

TENURE_INLINE retention_result retention_table(const retention_events& events, const retention_options& options, double level) {
  retention_statistic statistic(detail::dated(options, events.day, {}));
  statistic.add(events);
  return statistic.finish(level);
}

TENURE_INLINE retention_result retention_table(numeric_column customer, date_column start, date_column end, const retention_options& options, double level) {
  retention_statistic statistic(detail::dated(options, start, end));
  statistic.add_stays(customer, start, end);
  return statistic.finish(level);
}

}  // namespace tenure::inline TENURE_ABI::rates
