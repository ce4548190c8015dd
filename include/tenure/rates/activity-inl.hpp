#pragma once

#include "tenure/numeric/distributions.hpp"
#include "tenure/rates/activity.hpp"
#include "tenure/rates/churn_rate-inl.hpp"
#include "tenure/rates/events-inl.hpp"
#include "tenure/rates/periods.hpp"

namespace tenure::inline TENURE_ABI::rates {

namespace detail {

inline active_stays stays_of(const sorted_events& events, const activity_options& options) {
  active_stays stays;
  const auto silence = static_cast<std::int64_t>(std::floor(options.silence));
  const auto put = [&](std::int64_t who, std::int64_t start, std::int64_t last, bool over) {
    stays.customer.push_back(who);
    stays.start.push_back(start);
    stays.end.push_back(over ? last + (options.dated == silence_date::threshold ? silence : 1) : no_day);
  };
  events.each_customer([&](std::size_t begin, std::size_t end) {
    std::int64_t start = events.day(begin), last = start;
    for (std::size_t i = begin + 1; i < end; ++i) {
      const std::int64_t day = events.day(i);
      if (day - last > silence) {
        put(events.customer(begin), start, last, true);
        start = day;
      }
      last = day;
    }
    put(events.customer(begin), start, last, events.last_day() - last >= silence);
  });
  return stays;
}

}  // namespace detail

TENURE_INLINE active_stays active_periods(const activity_records& records, const activity_options& options) {
  validate(options);
  return detail::stays_of(detail::sorted_events(records.customer, records.day, options.as_of), options);
}

TENURE_INLINE void silence_statistic::add(const activity_records& records, std::int64_t as_of) {
  const detail::sorted_events events(records.customer, records.day, as_of);
  const auto count = [this](std::vector<std::int64_t> silence_statistic::* which, std::int64_t days) {
    const auto length = static_cast<std::size_t>(days);
    if (length >= returned.size()) {
      if (length > 1'000'000) throw invalid_input("day", "must span at most a million days", static_cast<double>(days));
      returned.resize(length + 1);
      lasting.resize(length + 1);
    }
    ++(this->*which)[length];
  };
  events.each_customer([&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin + 1; i < end; ++i)
      if (const std::int64_t gap = events.day(i) - events.day(i - 1)) count(&silence_statistic::returned, gap);
    count(&silence_statistic::lasting, events.last_day() - events.day(end - 1));
  });
}

TENURE_INLINE void silence_statistic::merge(const silence_statistic& other) {
  returned.resize(std::max(returned.size(), other.returned.size()));
  lasting.resize(returned.size());
  for (std::size_t d = 0; d < other.returned.size(); ++d) {
    returned[d] += other.returned[d];
    lasting[d] += other.lasting[d];
  }
}

TENURE_INLINE std::vector<return_row> silence_statistic::finish(const std::vector<std::int64_t>& days, const return_options& options) const {
  validate(options);
  const std::size_t longest = returned.size();
  // By length d: silences of at least d, log S(d) and Greenwood's sum up to d.
  std::vector<std::int64_t> at_least(longest + 1);
  for (std::size_t d = longest; d-- > 0;)
    at_least[d] = at_least[d + 1] + returned[d] + lasting[d];
  std::vector<double> log_survival(longest + 1), greenwood(longest + 1);
  for (std::size_t d = 0; d < longest; ++d) {
    const auto risk = static_cast<double>(at_least[d]), back = static_cast<double>(returned[d]);
    log_survival[d + 1] = log_survival[d] + (back > 0 ? std::log1p(-back / risk) : 0);
    greenwood[d + 1] = greenwood[d] + (back > 0 ? back / (risk * (risk - back)) : 0);
  }
  const double z = numeric::two_sided_z(options.level);
  std::vector<std::int64_t> wanted = days;
  if (wanted.empty())
    for (std::size_t d = 0; d < longest; ++d)
      wanted.push_back(static_cast<std::int64_t>(d));
  std::vector<return_row> rows;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::int64_t silent = wanted[i];
    if (silent < 0) throw invalid_input("days", "must be >= 0", static_cast<double>(silent), i);
    return_row row{silent, 0, 0, detail::nan, detail::nan, detail::nan};
    const auto d = static_cast<std::size_t>(silent);
    if (d < longest) {
      for (std::size_t t = d + 1; t < longest; ++t)
        row.returned += returned[t];
      row.silences = at_least[d + 1] + lasting[d];
      const auto far = std::isinf(options.horizon)
                           ? longest
                           : static_cast<std::size_t>(std::min(static_cast<double>(longest), static_cast<double>(d + 1) + std::floor(options.horizon)));
      const double u = log_survival[far] - log_survival[d + 1];
      if (row.silences > 0) {
        row.probability = 0 - std::expm1(u);
        const double spread = z * std::sqrt(greenwood[far] - greenwood[d + 1]) / -u;
        row.lower = u < 0 && std::isfinite(spread) ? -std::expm1(u * std::exp(-spread)) : row.probability;
        row.upper = u < 0 && std::isfinite(spread) ? -std::expm1(u * std::exp(spread)) : row.probability;
      }
    }
    rows.push_back(row);
  }
  return rows;
}

TENURE_INLINE void silence_statistic::check() const {
  if (returned.size() != lasting.size() || returned.size() > 1'000'001) throw bad_file("rates.silences: wrong number of lengths");
  for (const auto* counts : {&returned, &lasting})
    for (const auto count : *counts)
      if (count < 0 || count > (std::int64_t{1} << 40)) throw bad_file("rates.silences: a count is out of range");
}

TENURE_INLINE std::int64_t choose_threshold(const silence_statistic& silences, const threshold_options& options) {
  validate(options);
  if (options.percentile > 0) {
    double total = 0, sum = 0;
    for (const auto count : silences.returned)
      total += static_cast<double>(count);
    if (total == 0) throw numeric_failure("choose_threshold: no customer ever came back, so that there are no silences to take a percentile of");
    for (std::size_t d = 0; d < silences.returned.size(); ++d)
      if ((sum += static_cast<double>(silences.returned[d])) >= options.percentile * total) return static_cast<std::int64_t>(d);
  }
  for (const auto& row : silences.finish({}, {.horizon = options.horizon}))
    if (row.silent_days > 0 && row.probability <= options.max_return) return row.silent_days;
  throw numeric_failure("choose_threshold: after no silence seen does the chance to return fall to " + format_number(options.max_return) +
                        "; allow more or bring longer records");
}

TENURE_INLINE std::vector<sensitivity_row> threshold_sensitivity(const activity_records& records, const std::vector<double>& thresholds, std::int64_t first,
                                                                 std::int64_t after, const activity_options& options, double level) {
  const detail::sorted_events events(records.customer, records.day, options.as_of);
  silence_statistic silences;
  silences.add(records, options.as_of);
  std::vector<sensitivity_row> rows;
  for (const double silence : thresholds) {
    activity_options each = options;
    each.silence = silence;
    validate(each);
    const auto stays = detail::stays_of(events, each);
    const auto counts = customer_periods({.start = stays.start, .end = stays.end, .customer = stays.customer}, {first, after});
    const auto churn = churn_rate(counts[0], convention::begin, {.level = level});
    const auto curve = silences.finish({static_cast<std::int64_t>(std::floor(silence))});
    const double again = curve[0].silences > 0 ? static_cast<double>(curve[0].returned) / static_cast<double>(curve[0].silences) : detail::nan;
    rows.push_back({silence, churn.denominator, churn.lost, churn.rate, churn.lower, churn.upper, again});
  }
  return rows;
}

}  // namespace tenure::inline TENURE_ABI::rates
