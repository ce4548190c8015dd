#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/numeric/sort.hpp"
#include "tenure/rates/calendar-inl.hpp"
#include "tenure/rates/customers-inl.hpp"
#include "tenure/rates/periods.hpp"

namespace tenure::inline TENURE_ABI::rates {

namespace detail {

constexpr std::int64_t still_active = INT64_MAX;

/// Days as bins: 0 for everything up to the day before the first period, 1 ... days, days + 1 for everything later.
struct day_bins {
  std::int64_t base, last;
  std::vector<std::int32_t> period;  // of each bin; -1 outside

  explicit day_bins(const std::vector<std::int64_t>& edges)
      : base(edges.front() - 1), last(edges.back() - edges.front() + 1), period(static_cast<std::size_t>(last + 1), -1) {
    for (std::size_t p = 0; p + 1 < edges.size(); ++p)
      std::fill(period.begin() + (edges[p] - base), period.begin() + (edges[p + 1] - base), static_cast<std::int32_t>(p));
  }
  std::size_t operator()(std::int64_t day) const { return static_cast<std::size_t>(day <= base ? 0 : day >= base + last ? last : day - base); }
};

/// One stay of a customer, [start, end).
struct stay {
  std::int64_t start, end;
};

/// Reads the stays of blocks of records and refuses what is none.
class stay_reader {
 public:
  stay_reader(const customer_records& records, bool end_inclusive) : records_(records), inclusive_(end_inclusive) {}

  /// stays[i] = record `begin + i`, for i < count.
  void read(std::size_t begin, std::size_t count, stay* stays) const {
    column(records_.start, begin, count, [&](std::size_t i, std::int64_t day) { stays[i].start = day; });
    column(records_.end, begin, count, [&](std::size_t i, std::int64_t day) {
      stays[i].end = day == no_day ? still_active : day < far_day ? day + inclusive_ : far_day;
    });
    bool good = true;
    for (std::size_t i = 0; i < count; ++i)
      good &= (stays[i].start > -far_day) & (stays[i].start < far_day) & (stays[i].end >= stays[i].start) &
              ((stays[i].end < far_day) | (stays[i].end == still_active));
    if (!good) refuse(begin, count, stays);
  }

 private:
  template <class Put>
  static void column(const date_column& dates, std::size_t begin, std::size_t count, Put&& put) {
    dates.values.visit([&](auto values) {
      const auto part = values.slice(begin, begin + count);
      const day_reader<std::remove_cvref_t<decltype(values[0])>> read(dates.ticks_per_day);
      for (std::size_t i = 0; i < count; ++i)
        put(i, read(part[i]));
    });
  }
  [[noreturn]] void refuse(std::size_t begin, std::size_t count, const stay* stays) const {
    std::size_t i = 0;
    while (is_day(stays[i].start) && stays[i].end >= stays[i].start && (is_day(stays[i].end) || stays[i].end == still_active) && i + 1 < count)
      ++i;
    const std::size_t row = begin + i;
    if (stays[i].start == no_day) throw invalid_input("start", "is missing in row " + std::to_string(row));
    if (!is_day(stays[i].start)) throw invalid_input("start", "is no date", records_.start.values[row], row);
    if (stays[i].end != still_active && !is_day(stays[i].end)) throw invalid_input("end", "is no date", records_.end.values[row], row);
    refuse_day("end", day_at(records_.end, row), row, "must not be before start,", stays[i].start);
  }

  const customer_records& records_;
  std::int64_t inclusive_;
};

/// Counts of customers with a single stay, in 32 bits: what a chunk of rows fills.
struct single_counts {
  std::vector<std::uint32_t> started, ended, same_day, flash;

  single_counts() = default;
  single_counts(std::size_t bins, std::size_t periods) : started(bins), ended(bins), same_day(bins + 1), flash(periods + 1) {}

  void add(const day_bins& bins, const stay* stays, std::size_t count) {
    const std::size_t no_bin = started.size();
    const auto none = static_cast<std::int32_t>(flash.size() - 1);
    const std::int32_t* period = bins.period.data();
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t s = bins(stays[i].start), e = bins(stays[i].end);
      ++started[s];
      ++ended[e];
      ++same_day[stays[i].start == stays[i].end ? e : no_bin];
      const std::int32_t p = period[s], q = period[e];
      ++flash[static_cast<std::size_t>(p == q && p >= 0 ? p : none)];
    }
  }
  void merge(const single_counts& other) {
    const auto sum = [](auto& a, const auto& b) {
      for (std::size_t i = 0; i < a.size(); ++i)
        a[i] += b[i];
    };
    sum(started, other.started);
    sum(ended, other.ended);
    sum(same_day, other.same_day);
    sum(flash, other.flash);
  }
};

inline void add_single(period_statistic& total, const day_bins& bins, const single_counts& c) {
  std::vector<std::int64_t> ended(total.lost_open.size());
  for (std::size_t d = 0; d < c.started.size(); ++d) {
    total.started[d] += c.started[d];
    total.ended[d] += c.ended[d];
    total.same_day[d] += c.same_day[d];
    if (bins.period[d] >= 0) ended[static_cast<std::size_t>(bins.period[d])] += c.ended[d];
  }
  for (std::size_t p = 0; p < ended.size(); ++p) {
    total.lost_flash[p] += c.flash[p];
    total.lost_open[p] += ended[p] - c.flash[p];
  }
}

/// Counts one customer with several stays, sorted by start.
inline void add_customer(period_statistic& total, const day_bins& bins, std::vector<stay>& stays) {
  std::size_t kept = 0;
  for (std::size_t i = 1; i < stays.size(); ++i) {
    const bool joined = stays[kept].end == still_active || static_cast<double>(stays[i].start - stays[kept].end) <= total.options.gap;
    if (joined) {
      stays[kept].end = std::max(stays[kept].end, stays[i].end);
      ++total.merged;
    } else {
      stays[++kept] = stays[i];
    }
  }
  stays.resize(kept + 1);

  const auto is_new = [&](std::size_t i) { return i == 0 || static_cast<double>(stays[i].start - stays[i - 1].end) > total.options.return_window; };
  for (std::size_t i = 0; i < stays.size(); ++i) {
    const std::size_t s = bins(stays[i].start), e = bins(stays[i].end);
    ++(is_new(i) ? total.started : total.returned)[s];
    ++total.ended[e];
    if (stays[i].start == stays[i].end) ++total.same_day[e];
  }
  for (std::size_t i = 0; i < stays.size();) {
    const std::size_t first = i;
    const std::int32_t period = bins.period[bins(stays[i].end)];
    while (i < stays.size() && bins.period[bins(stays[i].end)] == period)
      ++i;
    if (period < 0) continue;
    const auto p = static_cast<std::size_t>(period);
    const bool open = stays[first].start < total.edges[p], close = i < stays.size() && stays[i].start < total.edges[p + 1];
    if (open) ++(close ? total.lost_back : total.lost_open)[p];
    if (!open && !close && is_new(first)) ++total.lost_flash[p];
  }
}

/// Stays of customers who may have others, as (customer, start, end); INT32_MAX = still active. Days fit, see is_day.
inline numeric::keyed_pair packed(std::uint64_t customer, const stay& s) {
  return {customer, static_cast<std::int32_t>(s.start), s.end == still_active ? INT32_MAX : static_cast<std::int32_t>(s.end)};
}
inline stay unpacked(const numeric::keyed_pair& p) { return {p.first, p.second == INT32_MAX ? still_active : p.second}; }

/// What a chunk of rows holds: counts of customers with one stay, and the stays of the others.
struct chunk_of_stays {
  single_counts single;
  std::vector<numeric::keyed_pair> repeated;

  void merge(const chunk_of_stays& other) {
    single.merge(other.single);
    repeated.insert(repeated.end(), other.repeated.begin(), other.repeated.end());
  }
};

inline void add_repeated(period_statistic& total, const day_bins& bins, std::vector<numeric::keyed_pair> rows) {
  numeric::radix_sort(rows);
  std::vector<stay> stays;
  for (std::size_t i = 0; i < rows.size();) {
    stays.clear();
    for (const std::uint64_t who = rows[i].key; i < rows.size() && rows[i].key == who; ++i)
      stays.push_back(unpacked(rows[i]));
    std::sort(stays.begin(), stays.end(), [](const stay& a, const stay& b) { return a.start != b.start ? a.start < b.start : a.end < b.end; });
    add_customer(total, bins, stays);
  }
}

inline void add_renewals(period_statistic& total, const day_bins& bins, const stay_reader& reader, const date_column& renewal) {
  total.renewals_known = true;
  const auto days = all_days(renewal, "renewal", true);
  for (std::size_t i = 0; i < days.size(); ++i) {
    const std::int32_t p = days[i] == no_day ? -1 : bins.period[bins(days[i])];
    if (p < 0) continue;
    stay s;
    reader.read(i, 1, &s);
    if (s.start >= days[i] || s.end < days[i]) continue;
    ++total.eligible[static_cast<std::size_t>(p)];
    total.eligible_lost[static_cast<std::size_t>(p)] += s.end != still_active && static_cast<double>(s.end - days[i]) <= total.options.renewal_grace;
  }
}

}  // namespace detail

TENURE_INLINE period_statistic::period_statistic(std::vector<std::int64_t> first_days, const period_options& how) : edges(std::move(first_days)), options(how) {
  validate(options);
  if (edges.size() < 2) throw invalid_input("edges", "must hold at least two days");
  for (std::size_t p = 0; p < edges.size(); ++p) {
    if (!detail::is_day(edges[p])) throw invalid_input("edges", "is no date", static_cast<double>(edges[p]), p);
    if (p > 0 && edges[p] <= edges[p - 1]) throw invalid_input("edges", "must ascend", static_cast<double>(edges[p]), p);
  }
  if (edges.back() - edges.front() > 1'000'000) throw invalid_input("edges", "must span at most a million days");
  const auto bins = static_cast<std::size_t>(edges.back() - edges.front() + 2);
  for (auto* counts : {&started, &returned, &ended, &same_day})
    counts->assign(bins, 0);
  for (auto* counts : {&lost_open, &lost_flash, &lost_back, &eligible, &eligible_lost})
    counts->assign(edges.size() - 1, 0);
}

TENURE_INLINE void period_statistic::add(const customer_records& given, const execution& run) {
  const std::size_t n = given.start.size();
  const auto same_length = [n](std::size_t size, const char* name, bool required) {
    if ((required || size != 0) && size != n) throw invalid_input(name, "must have one value a record: " + std::to_string(n) + ", not " + std::to_string(size));
  };
  same_length(given.end.size(), "end", true);
  same_length(given.customer.size(), "customer", false);
  same_length(given.renewal.size(), "renewal", false);

  period_statistic next(edges, options);
  next.records = static_cast<std::int64_t>(n);
  const detail::day_bins bins(edges);
  const detail::stay_reader reader(given, options.end_inclusive);
  if (n > 0xffffffffU) throw not_supported("more than 4294967295 records at once");
  const detail::repeated_customers repeated(given.customer);

  auto chunks = parallel_reduce(
      chunking(n, std::size_t{1} << 18), run, detail::chunk_of_stays{{started.size(), lost_open.size()}, {}},
      [&](detail::chunk_of_stays& part, std::size_t begin, std::size_t end) {
        constexpr std::size_t block = 1024;
        detail::stay stays[block];
        numeric::keyed_pair several[block];
        for (std::size_t at = begin; at < end; at += block) {
          std::size_t count = std::min(block, end - at);
          reader.read(at, count, stays);
          if (!given.customer.empty()) {
            std::size_t kept = 0, set_aside = 0;
            given.customer.visit([&](auto codes) {
              for (std::size_t i = 0; i < count; ++i) {
                const std::uint64_t who = detail::customer_key(codes[at + i], at + i);
                const bool again = repeated(who);
                several[set_aside] = detail::packed(who, stays[i]);
                stays[kept] = stays[i];
                set_aside += again;
                kept += !again;
              }
            });
            part.repeated.insert(part.repeated.end(), several, several + set_aside);
            count = kept;
          }
          part.single.add(bins, stays, count);
        }
      },
      [](detail::chunk_of_stays& total, const detail::chunk_of_stays& part) { total.merge(part); });
  detail::add_single(next, bins, chunks.single);
  detail::add_repeated(next, bins, std::move(chunks.repeated));
  if (!given.renewal.empty()) detail::add_renewals(next, bins, reader, given.renewal);
  merge(next);
}

TENURE_INLINE void period_statistic::merge(const period_statistic& other) {
  if (other.edges != edges || !(other.options == options)) throw invalid_input("other", "must have the same periods and options");
  const auto sum = [&](std::vector<std::int64_t> period_statistic::* field) {
    for (std::size_t i = 0; i < (this->*field).size(); ++i)
      (this->*field)[i] += (other.*field)[i];
  };
  using s = period_statistic;
  for (const auto field : {&s::started, &s::returned, &s::ended, &s::same_day, &s::lost_open, &s::lost_flash, &s::lost_back, &s::eligible, &s::eligible_lost})
    sum(field);
  renewals_known = renewals_known || other.renewals_known;
  records += other.records;
  merged += other.merged;
}

TENURE_INLINE std::vector<period_counts> period_statistic::finish() const {
  std::vector<period_counts> periods;
  if (edges.empty()) return periods;
  std::int64_t active = started[0] + returned[0] - ended[0];
  const auto number = [](std::int64_t x) { return static_cast<double>(x); };
  for (std::size_t p = 0; p + 1 < edges.size(); ++p) {
    period_counts c;
    std::int64_t joined = 0, back = 0, lost = 0;
    double days = 0;
    c.begin = number(active);
    c.snapshots.push_back(number(active));
    for (std::int64_t day = edges[p]; day < edges[p + 1]; ++day) {
      const auto d = static_cast<std::size_t>(day - edges.front() + 1);
      c.daily_open.push_back(number(active));
      c.daily_lost.push_back(number(ended[d] - same_day[d]));
      joined += started[d];
      back += returned[d];
      lost += ended[d];
      active += started[d] + returned[d] - ended[d];
      days += number(active);
      c.snapshots.push_back(number(active));
    }
    c.joined = number(joined);
    c.returned = number(back);
    c.lost = number(lost);
    c.end = number(active);
    c.lost_open = number(lost_open[p]);
    c.lost_flash = number(lost_flash[p]);
    c.lost_back = number(lost_back[p]);
    c.days = number(edges[p + 1] - edges[p]);
    c.customer_days = days;
    if (renewals_known) {
      c.eligible = number(eligible[p]);
      c.eligible_lost = number(eligible_lost[p]);
    }
    periods.push_back(std::move(c));
  }
  return periods;
}

TENURE_INLINE void period_statistic::check() const {
  if (edges.empty() && started.empty()) return;
  const auto require = [](bool good, const char* what) {
    if (!good) throw bad_file(std::string("rates.periods: ") + what);
  };
  require(edges.size() >= 2, "fewer than two edges");
  for (std::size_t p = 0; p < edges.size(); ++p) {
    require(detail::is_day(edges[p]), "an edge is no date");
    require(p == 0 || edges[p] > edges[p - 1], "edges do not ascend");
  }
  require(edges.back() - edges.front() <= 1'000'000, "edges span more than a million days");
  const auto bins = static_cast<std::size_t>(edges.back() - edges.front() + 2);
  for (const auto* counts : {&started, &returned, &ended, &same_day})
    require(counts->size() == bins, "wrong number of days");
  for (const auto* counts : {&lost_open, &lost_flash, &lost_back, &eligible, &eligible_lost})
    require(counts->size() == edges.size() - 1, "wrong number of periods");
  for (const auto* counts : {&started, &returned, &ended, &same_day, &lost_open, &lost_flash, &lost_back, &eligible, &eligible_lost})
    for (const auto count : *counts)
      require(count >= 0 && count <= (std::int64_t{1} << 40), "a count is out of range");
}

TENURE_INLINE std::vector<period_counts> customer_periods(const customer_records& records, std::vector<std::int64_t> edges, const period_options& options,
                                                          const execution& run) {
  period_statistic statistic(std::move(edges), options);
  statistic.add(records, run);
  return statistic.finish();
}

TENURE_INLINE std::vector<std::int64_t> end_dates(date_column term_end, date_column cancelled, date_column unpaid_since, const end_options& options) {
  validate(options);
  const std::size_t n = std::max({term_end.size(), cancelled.size(), unpaid_since.size()});
  const auto days = [n](const date_column& column, const char* name) {
    if (!column.empty() && column.size() != n)
      throw invalid_input(name, "must have one value a record: " + std::to_string(n) + ", not " + std::to_string(column.size()));
    return detail::all_days(column, name, true);
  };
  const auto term = days(term_end, "term_end"), cancel = days(cancelled, "cancelled"), unpaid = days(unpaid_since, "unpaid_since");
  const auto allowed = static_cast<std::int64_t>(std::min(options.delinquent_days, 1e8));
  std::vector<std::int64_t> ends(n, no_day);
  for (std::size_t i = 0; i < n; ++i) {
    const bool has_term = !term.empty() && term[i] != no_day, has_cancel = !cancel.empty() && cancel[i] != no_day;
    std::int64_t& end = ends[i];
    if (cancel.empty() || has_cancel) {
      if (has_term && (options.date == churn_date::term_end || !has_cancel)) {
        end = term[i];
      } else if (has_cancel) {
        end = cancel[i] + (options.date == churn_date::day_after_cancel);
      }
    }
    if (!unpaid.empty() && unpaid[i] != no_day) {
      const std::int64_t due = unpaid[i] + allowed;
      if (end == no_day || due < end) end = due;
    }
  }
  return ends;
}

}  // namespace tenure::inline TENURE_ABI::rates
