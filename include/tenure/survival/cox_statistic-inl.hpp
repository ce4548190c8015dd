#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "tenure/numeric/syrk.hpp"
#include "tenure/survival/cox-inl.hpp"
#include "tenure/survival/cox_statistic.hpp"
#include "tenure/survival/outcome-inl.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

/// Rows of a chunk ready to be summed: design less the center, w exp(eta), eta.
struct cox_chunk {
  plain_outcome y;
  std::vector<std::uint32_t> strata;
  matrix x;
  std::vector<double> eta, risk;
  std::uint32_t stratum(std::size_t i) const { return strata.empty() ? 0 : strata[i]; }
};

inline cox_chunk load_cox_chunk(const table_view& table, const outcome& y, const cox_columns& columns, const encoding& code, const std::vector<double>& coef,
                                const std::vector<double>& center) {
  cox_chunk c{load_outcome(y), {}, {}, {}, {}};
  const std::size_t n = c.y.size(), p = coef.size();
  if (table.rows() != n) throw invalid_input("X", "must have one row a row of time (" + std::to_string(n) + "), has " + std::to_string(table.rows()));
  c.strata = to_codes(columns.strata, "strata", n);
  if (!columns.offset.empty()) require_length(columns.offset, "offset", n);
  const std::vector<double> offset = to_doubles(columns.offset);
  c.x = encode(table, code);
  c.eta.resize(n);
  c.risk.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    double eta = offset.empty() ? 0.0 : offset[i];
    for (std::size_t j = 0; j < p; ++j) {
      c.x(i, j) -= center[j];
      eta += c.x(i, j) * coef[j];
    }
    c.eta[i] = eta;
    c.risk[i] = c.y.weight_of(i) * std::exp(eta);
  }
  return c;
}

/// Sums of rows of numbers by (stratum, time), ascending.
struct keyed_sums {
  std::vector<std::uint32_t>& stratum;
  std::vector<double>& time;
  matrix& values;

  void replace(const std::vector<std::uint32_t>& strata, const std::vector<double>& times, const matrix& rows) {
    std::vector<std::uint32_t> order(times.size());
    for (std::size_t i = 0; i < order.size(); ++i)
      order[i] = static_cast<std::uint32_t>(i);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return strata[a] != strata[b] ? strata[a] < strata[b] : times[a] < times[b]; });
    std::vector<std::uint32_t> new_stratum;
    std::vector<double> new_time, sums;
    const std::size_t width = rows.cols();
    for (const std::uint32_t i : order) {
      if (new_time.empty() || strata[i] != new_stratum.back() || times[i] != new_time.back()) {
        new_stratum.push_back(strata[i]);
        new_time.push_back(times[i]);
        sums.insert(sums.end(), rows.row(i), rows.row(i) + width);
        continue;
      }
      double* last = sums.data() + sums.size() - width;
      for (std::size_t j = 0; j < width; ++j)
        last[j] += rows.row(i)[j];
    }
    stratum = std::move(new_stratum);
    time = std::move(new_time);
    values = matrix(time.size(), width, std::move(sums));
  }

  void merge(const std::vector<std::uint32_t>& strata, const std::vector<double>& times, const matrix& rows) {
    std::vector<std::uint32_t> all_strata(stratum);
    std::vector<double> all_times(time), all(values.values());
    all_strata.insert(all_strata.end(), strata.begin(), strata.end());
    all_times.insert(all_times.end(), times.begin(), times.end());
    all.insert(all.end(), rows.values().begin(), rows.values().end());
    const std::size_t width = std::max(values.cols(), rows.cols()), count = all_times.size();
    replace(all_strata, all_times, matrix(count, width, std::move(all)));
  }
};

inline void check_keys(const std::vector<std::uint32_t>& stratum, const std::vector<double>& time, std::size_t rows, const char* what) {
  if (stratum.size() != time.size() || rows != time.size()) throw bad_file(std::string(what) + ": columns of different lengths");
  for (std::size_t i = 0; i < time.size(); ++i)
    if (!std::isfinite(time[i]) || (i > 0 && !(stratum[i] > stratum[i - 1] || (stratum[i] == stratum[i - 1] && time[i] > time[i - 1]))))
      throw bad_file(std::string(what) + ": times must ascend");
}

}  // namespace detail

TENURE_INLINE cox_sums::cox_sums(encoding columns, std::vector<double> coefficients, std::vector<double> center_of_columns)
    : code(std::move(columns)), coef(std::move(coefficients)), center(std::move(center_of_columns)) {
  const std::size_t p = code.width();
  if (coef.size() != p) throw invalid_input("coef", "must have one value a design column (" + std::to_string(p) + ")", static_cast<double>(coef.size()));
  if (center.empty()) center.assign(p, 0.0);
  if (center.size() != p) throw invalid_input("center", "must have one value a design column (" + std::to_string(p) + ")", static_cast<double>(center.size()));
  risk = matrix(0, p + 1);
  event = matrix(0, 2 * p + 4);
}

TENURE_INLINE void cox_sums::add(const table_view& x, const outcome& y, const cox_columns& columns) {
  const detail::cox_chunk c = detail::load_cox_chunk(x, y, columns, code, coef, center);
  const std::size_t n = c.y.size(), p = coef.size(), entries = c.y.entry.size();
  std::vector<std::uint32_t> stratum(n + entries), died;
  std::vector<double> time(n + entries);
  matrix rows(n + entries, p + 1);
  for (std::size_t k = 0; k < n + entries; ++k) {
    const std::size_t i = k % n;
    const double risk_of = k < n ? c.risk[i] : -c.risk[i];
    stratum[k] = c.stratum(i);
    time[k] = k < n ? c.y.time[i] : c.y.entry[i];
    rows(k, 0) = risk_of;
    for (std::size_t j = 0; j < p; ++j)
      rows(k, j + 1) = risk_of * c.x(i, j);
  }
  cox_sums part(code, coef, center);
  detail::keyed_sums{part.risk_stratum, part.risk_time, part.risk}.replace(stratum, time, rows);
  for (std::size_t i = 0; i < n; ++i)
    if (c.y.event[i]) died.push_back(static_cast<std::uint32_t>(i));
  matrix deaths(died.size(), 2 * p + 4);
  stratum.resize(died.size());
  time.resize(died.size());
  for (std::size_t k = 0; k < died.size(); ++k) {
    const std::size_t i = died[k];
    const double w = c.y.weight_of(i);
    stratum[k] = c.stratum(i);
    time[k] = c.y.time[i];
    double* row = deaths.row(k);
    row[0] = 1;
    row[1] = w;
    row[2] = w * c.eta[i];
    row[3] = c.risk[i];
    for (std::size_t j = 0; j < p; ++j) {
      row[4 + j] = w * c.x(i, j);
      row[4 + p + j] = c.risk[i] * c.x(i, j);
    }
  }
  detail::keyed_sums{part.event_stratum, part.event_time, part.event}.replace(stratum, time, deaths);
  merge(part);
}

TENURE_INLINE void cox_sums::merge(const cox_sums& other) {
  if (!(code == other.code) || coef != other.coef || center != other.center) throw invalid_input("other", "has other columns or coefficients");
  detail::keyed_sums{risk_stratum, risk_time, risk}.merge(other.risk_stratum, other.risk_time, other.risk);
  detail::keyed_sums{event_stratum, event_time, event}.merge(other.event_stratum, other.event_time, other.event);
}

TENURE_INLINE cox_risk_sets cox_sums::finish(survival::ties method) const {
  if (method == survival::ties::exact) throw not_supported("exact ties in chunks: use 'efron' or 'breslow'");
  const std::size_t p = coef.size();
  cox_risk_sets out;
  out.code = code;
  out.coef = coef;
  out.center = center;
  out.gradient.assign(p, 0.0);
  out.spread = matrix(p, p);
  std::vector<double> at_risk(p + 1, 0.0), mean(p);
  std::size_t k = risk_time.size();
  for (std::size_t e = event_time.size(); e-- > 0;) {  // stratum by stratum, from the last time to the first
    if (e + 1 == event_time.size() || event_stratum[e] != event_stratum[e + 1]) std::fill(at_risk.begin(), at_risk.end(), 0.0);
    while (k > 0 && (risk_stratum[k - 1] > event_stratum[e] || (risk_stratum[k - 1] == event_stratum[e] && risk_time[k - 1] >= event_time[e]))) {
      --k;
      if (risk_stratum[k] != event_stratum[e]) continue;  // a later stratum's times before its first event
      for (std::size_t j = 0; j <= p; ++j)
        at_risk[j] += risk(k, j);
    }
    const double* d = event.row(e);
    const double count = d[0], weight = d[1];
    if (!(weight > 0)) continue;
    out.log_likelihood += d[2];
    for (std::size_t j = 0; j < p; ++j)
      out.gradient[j] += d[4 + j];
    const bool efron = method == survival::ties::efron && count > 1;
    const int steps = efron ? static_cast<int>(count) : 1;
    const double each = weight / steps;
    double hazard = 0, spared = 0;
    for (int l = 0; l < steps; ++l) {
      const double share = efron ? l / count : 0.0, sum = at_risk[0] - share * d[3];
      if (!(sum > 0 && std::isfinite(sum))) throw numeric_failure("the risks leave the range of numbers: give a center near the columns' means");
      for (std::size_t j = 0; j < p; ++j) {
        mean[j] = (at_risk[j + 1] - share * d[4 + p + j]) / sum;
        out.gradient[j] -= each * mean[j];
      }
      for (std::size_t a = 0; a < p; ++a)
        for (std::size_t b = 0; b < p; ++b)
          out.spread(a, b) += each * mean[a] * mean[b];
      out.log_likelihood -= each * std::log(sum);
      hazard += each / sum;
      spared += share * each / sum;
    }
    out.stratum.push_back(event_stratum[e]);
    out.time.push_back(event_time[e]);
    out.hazard.push_back(hazard);
    out.spared.push_back(spared);
  }
  if (out.time.empty()) throw invalid_input("event", "has no event: nothing can be learned about what makes customers leave");
  for (auto* v : {&out.time, &out.hazard, &out.spared})
    std::reverse(v->begin(), v->end());
  std::reverse(out.stratum.begin(), out.stratum.end());
  for (std::size_t e = 1; e < out.time.size(); ++e)
    if (out.stratum[e] == out.stratum[e - 1]) out.hazard[e] += out.hazard[e - 1];
  return out;
}

TENURE_INLINE cox_information::cox_information(cox_risk_sets risk_sets) : sets(std::move(risk_sets)), sum(sets.coef.size(), sets.coef.size()) {}

TENURE_INLINE void cox_information::add(const table_view& x, const outcome& y, const cox_columns& columns) {
  const detail::cox_chunk c = detail::load_cox_chunk(x, y, columns, sets.code, sets.coef, sets.center);
  const std::size_t times = sets.time.size();
  const auto begin_of = [&](std::uint32_t s) { return std::lower_bound(sets.stratum.begin(), sets.stratum.end(), s) - sets.stratum.begin(); };
  const auto end_of = [&](std::uint32_t s) { return std::upper_bound(sets.stratum.begin(), sets.stratum.end(), s) - sets.stratum.begin(); };
  std::vector<double> seen(c.risk.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto begin = sets.time.begin() + begin_of(c.stratum(i)), end = sets.time.begin() + end_of(c.stratum(i));
    const auto until = [&](double t) {
      const auto found = std::upper_bound(begin, end, t);
      return found == begin ? times : static_cast<std::size_t>(found - sets.time.begin()) - 1;
    };
    const std::size_t last = until(c.y.time[i]);
    double hazard = last == times ? 0.0 : sets.hazard[last];
    if (c.y.event[i] && last != times && sets.time[last] == c.y.time[i]) hazard -= sets.spared[last];
    if (!c.y.entry.empty()) {
      const std::size_t before = until(c.y.entry[i]);
      if (before != times) hazard -= sets.hazard[before];
    }
    seen[i] = c.risk[i] * hazard;
  }
  const matrix part = numeric::weighted_gram(c.x, seen);
  for (std::size_t k = 0; k < sum.values().size(); ++k)
    sum.data()[k] += part.values()[k];
}

TENURE_INLINE void cox_information::merge(const cox_information& other) {
  if (!(sets == other.sets)) throw invalid_input("other", "has other risk sets");
  for (std::size_t k = 0; k < sum.values().size(); ++k)
    sum.data()[k] += other.sum.values()[k];
}

TENURE_INLINE matrix cox_information::finish() const {
  matrix out(sum);
  for (std::size_t k = 0; k < out.values().size(); ++k)
    out.data()[k] -= sets.spread.values()[k];
  return out;
}

TENURE_INLINE void cox_risk_sets::check() const {
  code.check();
  const std::size_t p = code.width();
  if (coef.size() != p || center.size() != p || gradient.size() != p || spread.rows() != p || spread.cols() != p)
    throw bad_file("cox risk sets: coefficients do not fit the columns");
  detail::check_keys(stratum, time, hazard.size(), "cox risk sets");
  if (spared.size() != time.size()) throw bad_file("cox risk sets: columns of different lengths");
}

TENURE_INLINE void cox_sums::check() const {
  code.check();
  const std::size_t p = code.width();
  if (coef.size() != p || center.size() != p || risk.cols() != p + 1 || event.cols() != 2 * p + 4)
    throw bad_file("cox sums: coefficients do not fit the columns");
  detail::check_keys(risk_stratum, risk_time, risk.rows(), "cox sums");
  detail::check_keys(event_stratum, event_time, event.rows(), "cox sums");
}

TENURE_INLINE void cox_information::check() const {
  sets.check();
  if (sum.rows() != sets.coef.size() || sum.cols() != sets.coef.size()) throw bad_file("cox information: the matrix does not fit the columns");
}

}  // namespace tenure::inline TENURE_ABI::survival
