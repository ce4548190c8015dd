#include "tenure/rates/periods.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"

namespace {

using namespace tenure;
using rates::no_day;

struct record {
  std::int64_t customer, start, end;  // end = no_day: still active
};

struct columns {
  std::vector<std::int64_t> customer, start, end;

  explicit columns(const std::vector<record>& records) {
    for (const auto& r : records) {
      customer.push_back(r.customer);
      start.push_back(r.start);
      end.push_back(r.end);
    }
  }
  rates::customer_records view() const { return {.start = start, .end = end, .customer = customer}; }
};

/// Customers with one to four stays each, some overlapping, some on one day, some still active.
std::vector<record> random_records(std::uint64_t seed, std::size_t customers) {
  random_stream random(seed, 0);
  std::vector<record> records;
  for (std::size_t c = 0; c < customers; ++c) {
    const auto stays = 1 + random.below(4) * (random.below(3) == 0);
    std::int64_t day = static_cast<std::int64_t>(random.below(120)) - 20;
    for (std::uint64_t s = 0; s < stays; ++s) {
      const auto length = static_cast<std::int64_t>(random.below(30));
      const bool open = random.below(6) == 0;
      records.push_back({static_cast<std::int64_t>(c), day, open ? no_day : day + length});
      day += length + static_cast<std::int64_t>(random.below(25)) - 3;
    }
  }
  random.shuffle(records.data(), records.size());
  return records;
}

/// The definitions, read off day by day for every customer: slow and plain.
rates::period_counts by_definition(const std::vector<record>& records, std::int64_t first, std::int64_t after, double gap, double window) {
  std::map<std::int64_t, std::vector<std::pair<std::int64_t, std::int64_t>>> stays;
  for (const auto& r : records)
    stays[r.customer].emplace_back(r.start, r.end == no_day ? 1'000'000 : r.end);
  double begin = 0, end = 0, joined = 0, returned = 0, lost = 0, open_lost = 0, flash = 0, back = 0, days = 0;
  for (auto& [customer, list] : stays) {
    std::sort(list.begin(), list.end());
    std::vector<std::pair<std::int64_t, std::int64_t>> merged;
    for (const auto& s : list) {
      if (!merged.empty() && static_cast<double>(s.first - merged.back().second) <= gap) {
        merged.back().second = std::max(merged.back().second, s.second);
      } else {
        merged.push_back(s);
      }
    }
    const auto active = [&](std::int64_t day) {
      return std::any_of(merged.begin(), merged.end(), [&](const auto& s) { return s.first <= day && day < s.second; });
    };
    const bool open = active(first - 1), close = active(after - 1);
    bool lost_here = false, new_here = false, first_event_is_new = false, seen = false;
    for (std::size_t i = 0; i < merged.size(); ++i) {
      const bool fresh = i == 0 || static_cast<double>(merged[i].first - merged[i - 1].second) > window;
      if (merged[i].first >= first && merged[i].first < after) {
        (fresh ? joined : returned) += 1;
        new_here |= fresh;
        if (!seen) first_event_is_new = fresh;
        seen = true;
      }
      if (merged[i].second >= first && merged[i].second < after) {
        lost += 1;
        lost_here = true;
        seen = true;
      }
    }
    begin += open;
    end += close;
    open_lost += open && !close;
    back += open && close && lost_here;
    flash += !open && !close && lost_here && new_here && first_event_is_new;
    for (std::int64_t day = first; day < after; ++day)
      days += active(day);
  }
  rates::period_counts c;
  c.begin = begin;
  c.end = end;
  c.joined = joined;
  c.returned = returned;
  c.lost = lost;
  c.lost_open = open_lost;
  c.lost_flash = flash;
  c.lost_back = back;
  c.customer_days = days;
  return c;
}

TEST(Periods, AgreeWithTheDefinitions) {
  for (const double gap : {0.0, 5.0}) {
    for (const double window : {std::numeric_limits<double>::infinity(), 10.0}) {
      const auto records = random_records(static_cast<std::uint64_t>(gap) + 1, 500);
      const std::vector<std::int64_t> edges{0, 7, 31, 32, 60, 100};
      const columns c(records);
      const auto periods = rates::customer_periods(c.view(), edges, {.gap = gap, .return_window = window});
      for (std::size_t p = 0; p < periods.size(); ++p) {
        const auto want = by_definition(records, edges[p], edges[p + 1], gap, window);
        SCOPED_TRACE("period " + std::to_string(p) + " gap " + std::to_string(gap));
        EXPECT_EQ(periods[p].begin, want.begin);
        EXPECT_EQ(periods[p].end, want.end);
        EXPECT_EQ(periods[p].joined, want.joined);
        EXPECT_EQ(periods[p].returned, want.returned);
        EXPECT_EQ(periods[p].lost, want.lost);
        EXPECT_EQ(periods[p].lost_open, want.lost_open);
        EXPECT_EQ(periods[p].lost_flash, want.lost_flash);
        EXPECT_EQ(periods[p].lost_back, want.lost_back);
        EXPECT_EQ(periods[p].customer_days, want.customer_days);
        EXPECT_NO_THROW(rates::balance(periods[p]));
      }
    }
  }
}

TEST(Periods, EveryConventionFollowsFromTheRecords) {
  const auto records = random_records(7, 3000);
  const columns c(records);
  const auto periods = rates::customer_periods(c.view(), {0, 30, 60});
  for (const auto& p : periods)
    EXPECT_EQ(rates::churn_rates(p).size(), 11U);
  EXPECT_EQ(periods[0].snapshots.size(), 31U);
  EXPECT_EQ(periods[0].snapshots.front(), periods[0].begin);
  EXPECT_EQ(periods[0].snapshots.back(), periods[0].end);
  const double lost = std::accumulate(periods[0].daily_lost.begin(), periods[0].daily_lost.end(), 0.0);
  EXPECT_LE(lost, *periods[0].lost);  // ends on the day of the start are never at risk at a day's open
}

TEST(Periods, AnySplitAnyOrderAnyNumberOfThreads) {
  auto records = random_records(3, 2000);
  const std::vector<std::int64_t> edges{0, 10, 50, 100};
  const columns all(records);
  rates::period_statistic whole(edges);
  whole.add(all.view());
  for (const int threads : {2, 3, 7}) {
    rates::period_statistic again(edges);
    again.add(all.view(), {.threads = threads});
    EXPECT_EQ(again, whole);
  }
  rates::period_statistic merged(edges);
  for (std::int64_t part = 0; part < 3; ++part) {  // whole customers stay together
    std::vector<record> some;
    std::copy_if(records.begin(), records.end(), std::back_inserter(some), [&](const record& r) { return r.customer % 3 == part; });
    std::reverse(some.begin(), some.end());
    rates::period_statistic partial(edges);
    partial.add(columns(some).view());
    merged.merge(partial);
  }
  EXPECT_EQ(merged, whole);
  EXPECT_EQ(io::from_bytes<rates::period_statistic>(io::to_bytes(whole)), whole);
  EXPECT_THROW(merged.merge(rates::period_statistic({0, 10})), invalid_input);
}

TEST(Periods, LargeChunksOnSeveralThreads) {
  const std::size_t n = 700'000;
  random_stream random(5, 0);
  std::vector<std::int64_t> start(n), end(n);
  for (std::size_t i = 0; i < n; ++i) {
    start[i] = static_cast<std::int64_t>(random.below(1000));
    end[i] = random.below(3) ? start[i] + static_cast<std::int64_t>(random.below(500)) : no_day;
  }
  const rates::customer_records records{.start = start, .end = end};
  const auto one = rates::customer_periods(records, {500, 530, 560}), four = rates::customer_periods(records, {500, 530, 560}, {}, {.threads = 4});
  EXPECT_EQ(one, four);
  double open = 0;
  for (std::size_t i = 0; i < n; ++i)
    open += start[i] < 500 && (end[i] == no_day || end[i] >= 500);
  EXPECT_EQ(one[0].begin, open);
}

TEST(Periods, NumbersOfCustomersFarApart) {
  auto records = random_records(5, 3'000);
  const std::vector<std::int64_t> edges{0, 30, 60, 90};
  const auto want = rates::customer_periods(columns(records).view(), edges);
  for (const std::int64_t factor : {std::int64_t{1} << 24, std::int64_t{1'000'003}, std::int64_t{-2'654'435'761}}) {
    auto spread = records;
    for (auto& r : spread)
      r.customer *= factor;
    EXPECT_EQ(rates::customer_periods(columns(spread).view(), edges), want) << factor;
  }
}

TEST(Periods, EveryTypeOfDateColumn) {
  const std::vector<record> records{{0, 5, 9}, {1, 3, no_day}, {2, 8, 8}};
  const auto want = rates::customer_periods(columns(records).view(), {4, 10});
  const std::vector<double> start{5, 3, 8}, end{9, std::nan(""), 8};
  EXPECT_EQ(rates::customer_periods({.start = rates::date_column(start), .end = rates::date_column(end)}, {4, 10}), want);
  constexpr std::int64_t ns = 86'400'000'000'000;
  const std::vector<std::int64_t> start_ns{5 * ns, 4 * ns - 1, 8 * ns + 17}, end_ns{9 * ns + ns - 1, no_day, 8 * ns};
  EXPECT_EQ(rates::customer_periods({.start = {start_ns, ns}, .end = {end_ns, ns}}, {4, 10}), want);
  const std::vector<std::int32_t> start32{5, 3, 8}, last_day{8, 100, 7};
  const auto inclusive = rates::customer_periods({.start = rates::date_column(start32), .end = rates::date_column(last_day)}, {4, 10}, {.end_inclusive = true});
  EXPECT_EQ(inclusive, want);
}

TEST(Periods, DatesBefore1970AndExactMidnights) {
  constexpr std::int64_t ns = 86'400'000'000'000;
  for (const std::int64_t day : {-100'000, -36'500, -1, 0, 1, 19'999, 100'000}) {
    for (const std::int64_t offset : {std::int64_t{0}, std::int64_t{1}, ns - 1}) {
      const std::vector<std::int64_t> start{day * ns + offset}, end{no_day};
      const auto p = rates::customer_periods({.start = {start, ns}, .end = {end, ns}}, {day, day + 1});
      EXPECT_EQ(p[0].joined, 1) << day << " + " << offset;
    }
  }
}

TEST(Periods, BadRecordsAreNamed) {
  const auto message = [](const std::vector<record>& records) -> std::string {
    try {
      rates::customer_periods(columns(records).view(), {0, 10});
    } catch (const invalid_input& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(message({{0, 1, 5}, {1, 9, 4}}), "end: 4 (1970-01-05) in row 1 must not be before start, 9 (1970-01-10)");
  EXPECT_EQ(message({{0, no_day, 5}}), "start: is missing in row 0");
  EXPECT_EQ(message({{0, 5'000'000'000, no_day}}), "start = 5e+09 in row 0: is no date");
  EXPECT_EQ(message({{0, 1, INT64_MAX}}), "end = 9223372036854775808 in row 0: is no date");
  EXPECT_THROW(rates::customer_periods({}, {10, 10}), invalid_input);
  EXPECT_THROW(rates::customer_periods({}, {10}), invalid_input);
  EXPECT_THROW(rates::customer_periods({}, {0, 5'000'000}), invalid_input);
  EXPECT_THROW(rates::customer_periods({}, {INT64_MIN, 5}), invalid_input);
  EXPECT_THROW(rates::calendar_edges(INT64_MIN, INT64_MAX, rates::calendar_unit::month), invalid_input);
  EXPECT_THROW(rates::trailing_edges(INT64_MIN, 30), invalid_input);
  const std::vector<std::int64_t> one{1}, none;
  EXPECT_THROW(rates::customer_periods({.start = one, .end = none}, {0, 10}), invalid_input);
  rates::period_statistic kept({0, 10});
  kept.add(columns({{0, 1, 5}}).view());
  const auto before = kept;
  EXPECT_THROW(kept.add(columns({{1, 1, 5}, {2, 9, 4}}).view()), invalid_input);
  EXPECT_EQ(kept, before);  // nothing half added
}

TEST(Periods, ADamagedFileIsRefused) {
  rates::period_statistic s({0, 10});
  s.started.pop_back();
  EXPECT_THROW(s.check(), bad_file);
  s = rates::period_statistic({0, 10});
  s.edges = {10, 0};
  EXPECT_THROW(s.check(), bad_file);
  s.edges = {INT64_MIN, INT64_MAX};
  EXPECT_THROW(s.check(), bad_file);
}

TEST(Periods, RenewalsThatCameUp) {
  const std::vector<std::int64_t> start{0, 0, 0, 0, 8}, end{15, no_day, 18, 5, no_day}, renewal{15, 15, 15, 15, no_day};
  const rates::customer_records records{.start = start, .end = end, .renewal = renewal};
  const auto p = rates::customer_periods(records, {10, 20});
  EXPECT_EQ(p[0].eligible, 3);
  EXPECT_EQ(p[0].eligible_lost, 1);
  EXPECT_EQ(rates::customer_periods(records, {10, 20}, {.renewal_grace = 3})[0].eligible_lost, 2);
  EXPECT_DOUBLE_EQ(rates::churn_rate(p[0], rates::convention::eligible).rate, 1.0 / 3);
}

TEST(Periods, WhenASubscriberIsGone) {
  const std::vector<std::int64_t> term{100, 100, 100}, cancel{80, no_day, no_day}, unpaid{no_day, no_day, 90};
  EXPECT_EQ(rates::end_dates(term, cancel, {}), (std::vector<std::int64_t>{100, no_day, no_day}));
  EXPECT_EQ(rates::end_dates(term, cancel, {}, {.date = rates::churn_date::cancel})[0], 80);
  EXPECT_EQ(rates::end_dates(term, cancel, {}, {.date = rates::churn_date::day_after_cancel})[0], 81);
  EXPECT_EQ(rates::end_dates(term, {}, {})[1], 100);
  EXPECT_EQ(rates::end_dates(term, cancel, unpaid, {.delinquent_days = 15})[2], 105);
}

TEST(Calendar, AgreesWithItselfAndWithKnownDates) {
  EXPECT_EQ(rates::days_from_civil({2000, 3, 1}), 11017);
  EXPECT_EQ(rates::days_from_civil({1969, 12, 31}), -1);
  for (std::int64_t day = -800'000; day < 800'000; day += 97) {
    const auto date = rates::civil_from_days(day);
    EXPECT_EQ(rates::days_from_civil(date), day);
    for (const auto unit : {rates::calendar_unit::week, rates::calendar_unit::month, rates::calendar_unit::quarter, rates::calendar_unit::year}) {
      const auto index = rates::calendar_index(day, unit);
      EXPECT_LE(rates::calendar_start(index, unit), day);
      EXPECT_GT(rates::calendar_start(index + 1, unit), day);
    }
  }
  const auto february = rates::days_from_civil({2024, 2, 1});
  EXPECT_EQ(rates::calendar_edges(february, february + 29, rates::calendar_unit::month), (std::vector<std::int64_t>{february, february + 29}));
  EXPECT_EQ(rates::trailing_edges(100, 30), (std::vector<std::int64_t>{71, 101}));
  EXPECT_THROW(rates::calendar_edges(5, 5, rates::calendar_unit::month), invalid_input);
}

}  // namespace
