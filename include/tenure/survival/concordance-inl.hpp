#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "tenure/numeric/sort.hpp"
#include "tenure/survival/concordance.hpp"
#include "tenure/survival/scores.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

/// Weights by rank with sums below a rank: a Fenwick tree over dense ranks 0 .. size-1.
class rank_sums {
 public:
  explicit rank_sums(std::size_t size) : tree_(size + 1, 0.0), at_(size, 0.0) {}
  void add(std::size_t rank, double w) {
    at_[rank] += w;
    total_ += w;
    for (std::size_t i = rank + 1; i < tree_.size(); i += i & (~i + 1))
      tree_[i] += w;
  }
  double below(std::size_t rank) const {
    double sum = 0;
    for (std::size_t i = rank; i > 0; i &= i - 1)
      sum += tree_[i];
    return sum;
  }
  double at(std::size_t rank) const { return at_[rank]; }
  double total() const { return total_; }
  double above(std::size_t rank) const { return total_ - below(rank) - at_[rank]; }

 private:
  std::vector<double> tree_, at_;
  double total_ = 0;
};

inline std::vector<double> load_risk(const numeric_column& risk, std::size_t rows) {
  require_length(risk, "risk", rows);
  std::vector<double> out = to_doubles(risk);
  for (std::size_t i = 0; i < rows; ++i)
    if (!std::isfinite(out[i])) throw invalid_input("risk", "must be finite", out[i], i);
  return out;
}

/// Dense ranks of risks: equal risks share one.
inline std::vector<std::uint32_t> dense_ranks(const std::vector<double>& risk, std::size_t& distinct) {
  const auto order = numeric::sort_order(risk);
  std::vector<std::uint32_t> rank(risk.size());
  distinct = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && risk[order[i]] != risk[order[i - 1]]) ++distinct;
    rank[order[i]] = static_cast<std::uint32_t>(distinct);
  }
  ++distinct;
  return rank;
}

/// What each row adds to the pair counts, per unit of its own weight.
struct pair_counts {
  double concordant = 0, discordant = 0, tied_risk = 0;
};

struct concordance_rows {
  const plain_outcome& y;
  const std::vector<std::uint32_t>& rank;
  std::size_t ranks;
  bool influence;
  const std::vector<double>* event_weight;  // of a pair, by its earlier row; null: 1
  std::vector<pair_counts> own = {};
  concordance_result total = {};
  double pairs_at_same_time = 0;

  double pair_weight(std::size_t i) const { return event_weight ? (*event_weight)[i] : 1.0; }

  /// One stratum's rows, ordered by time descending. Walks from the last time to the first with everybody at risk in the tree.
  void add_stratum(const std::vector<std::uint32_t>& exits, const std::vector<std::uint32_t>& entries) {
    rank_sums risk_set(ranks), after(influence ? ranks : 0);
    std::size_t e = 0;
    for (std::size_t i = 0, j; i < exits.size(); i = j) {
      const double t = y.time[exits[i]];
      for (j = i; j < exits.size() && y.time[exits[j]] == t; ++j)
        if (y.event[exits[j]] == 0) risk_set.add(rank[exits[j]], y.weight_of(exits[j]));  // censored here: was still there
      for (; e < entries.size() && y.entry[entries[e]] >= t; ++e)
        risk_set.add(rank[entries[e]], -y.weight_of(entries[e]));
      double events = 0, squares = 0;
      for (std::size_t k = i; k < j; ++k) {
        const std::uint32_t row = exits[k];
        if (y.event[row] == 0) continue;
        const double w = y.weight_of(row), v = pair_weight(row);
        const pair_counts c{risk_set.below(rank[row]), risk_set.above(rank[row]), risk_set.at(rank[row])};
        total.concordant += w * v * c.concordant;
        total.discordant += w * v * c.discordant;
        total.tied_risk += w * v * c.tied_risk;
        if (influence) own[row] = {v * c.concordant, v * c.discordant, v * c.tied_risk};
        events += w;
        squares += w * w;
      }
      total.tied_time += 0.5 * (events * events - squares);
      for (std::size_t k = i; k < j; ++k)
        if (y.event[exits[k]] != 0) risk_set.add(rank[exits[k]], y.weight_of(exits[k]));
    }
    if (influence) add_later_side(exits, entries);
  }

  /// The pairs in which a row is the later one: walks from the first time on, with the events so far in the tree; a late entry subtracts
  /// the events before it.
  void add_later_side(const std::vector<std::uint32_t>& exits, const std::vector<std::uint32_t>& entries) {
    rank_sums events(ranks);
    const auto count = [&](std::uint32_t row, double sign) {
      own[row].concordant += sign * events.above(rank[row]);
      own[row].discordant += sign * events.below(rank[row]);
      own[row].tied_risk += sign * events.at(rank[row]);
    };
    std::size_t e = entries.size();
    for (std::size_t j = exits.size(), i; j > 0; j = i) {
      const double t = y.time[exits[j - 1]];
      for (; e > 0 && y.entry[entries[e - 1]] < t; --e)
        count(entries[e - 1], -1.0);
      for (i = j; i > 0 && y.time[exits[i - 1]] == t; --i)
        if (y.event[exits[i - 1]] != 0) count(exits[i - 1], 1.0);
      for (std::size_t k = i; k < j; ++k)
        if (y.event[exits[k]] != 0) events.add(rank[exits[k]], y.weight_of(exits[k]) * pair_weight(exits[k]));
      for (std::size_t k = i; k < j; ++k)
        if (y.event[exits[k]] == 0) count(exits[k], 1.0);
    }
  }
};

/// Rows in descending order of `time`, by stratum.
inline std::vector<std::vector<std::uint32_t>> descending_by_stratum(const std::vector<double>& time, const std::vector<std::uint32_t>& strata,
                                                                     std::size_t count) {
  std::vector<std::vector<std::uint32_t>> rows(count);
  const auto order = numeric::sort_order(time);
  for (std::size_t i = order.size(); i-- > 0;)
    rows[strata.empty() ? 0 : strata[order[i]]].push_back(order[i]);
  return rows;
}

inline concordance_result count_concordance(const plain_outcome& y, const std::vector<double>& risk, const std::vector<std::uint32_t>& strata, bool std_error,
                                            const std::vector<double>* event_weight) {
  const std::size_t n = y.size();
  std::size_t distinct = 0;
  const auto rank = dense_ranks(risk, distinct);
  concordance_rows rows{y, rank, distinct, std_error, event_weight};
  if (std_error) rows.own.resize(n);
  const std::size_t count = strata.empty() ? 1 : *std::max_element(strata.begin(), strata.end()) + std::size_t{1};
  if (count > n) throw invalid_input("strata", "must be codes 0, 1, 2, ... without gaps");
  const auto exits = descending_by_stratum(y.time, strata, count);
  const auto entries = y.entry.empty() ? std::vector<std::vector<std::uint32_t>>(count) : descending_by_stratum(y.entry, strata, count);
  for (std::size_t s = 0; s < count; ++s)
    rows.add_stratum(exits[s], entries[s]);

  concordance_result out = rows.total;
  const double pairs = out.concordant + out.discordant + out.tied_risk;
  if (!(pairs > 0)) throw invalid_input("event", "leaves no comparable pair: no event happened while another customer was at risk");
  out.concordance = (out.concordant + 0.5 * out.tied_risk) / pairs;
  const double somers = (out.concordant - out.discordant) / pairs;
  double variance = 0;
  for (std::size_t i = 0; i < rows.own.size(); ++i) {
    const pair_counts& c = rows.own[i];
    const double influence = y.weight_of(i) * ((c.concordant - c.discordant) - somers * (c.concordant + c.discordant + c.tied_risk)) / pairs;
    variance += 0.25 * influence * influence;
  }
  out.std_error = std::sqrt(variance);
  return out;
}

// The plain case. Rows stand in order of time, at equal times events before censored rows and events in order of risk. A pair is comparable
// when its earlier row is an event and the two are not events of the same time; it is concordant when the earlier risk is higher, an inversion.
// Each row is rank << 1 | event; merging two sorted runs counts, for every row on the right, the events left of it with a higher rank.

inline std::uint64_t merge_counting(const std::uint32_t* a, std::size_t na, const std::uint32_t* b, std::size_t nb, std::uint32_t* to) {
  std::uint64_t concordant = 0, events = 0;
  for (std::size_t i = 0; i < na; ++i)
    events += a[i] & 1;
  std::size_t i = 0, j = 0;
  while (i < na && j < nb) {
    const bool right = (b[j] >> 1) < (a[i] >> 1);
    *to++ = right ? b[j] : a[i];
    concordant += right ? events : 0;
    events -= right ? 0 : a[i] & 1;
    j += right;
    i += !right;
  }
  to = std::copy(a + i, a + na, to);
  std::copy(b + j, b + nb, to);
  return concordant;
}

/// Sorts value[begin, end) by rank and counts; the result is in `value`.
inline std::uint64_t sort_counting(std::uint32_t* value, std::uint32_t* other, std::size_t begin, std::size_t end) {
  constexpr std::size_t leaf = 16;
  std::uint64_t concordant = 0;
  for (std::size_t b = begin; b < end; b += leaf) {
    const std::size_t stop = std::min(b + leaf, end);
    for (std::size_t i = b + 1; i < stop; ++i) {
      const std::uint32_t key = value[i];
      std::size_t j = i;
      for (; j > b && (value[j - 1] >> 1) > (key >> 1); --j) {
        value[j] = value[j - 1];
        concordant += value[j] & 1;
      }
      value[j] = key;
    }
  }
  std::uint32_t *from = value, *to = other;
  for (std::size_t width = leaf; width < end - begin; width *= 2, std::swap(from, to))
    for (std::size_t b = begin; b < end; b += 2 * width) {
      const std::size_t middle = std::min(b + width, end), stop = std::min(b + 2 * width, end);
      concordant += merge_counting(from + b, middle - b, from + middle, stop - middle, to + b);
    }
  if (from != value) std::copy(from + begin, from + end, value + begin);
  return concordant;
}

inline std::uint64_t count_concordant(std::vector<std::uint32_t>& value, const execution& run) {
  const std::size_t n = value.size();
  std::vector<std::uint32_t> other(n);
  const chunking chunks(n, 1 << 14, 32);
  const std::size_t count = chunks.count();
  std::vector<std::uint64_t> found(count, 0);
  parallel_for(count, run, [&](std::size_t c) { found[c] = sort_counting(value.data(), other.data(), chunks.begin(c), chunks.end(c)); });
  std::uint64_t concordant = std::accumulate(found.begin(), found.end(), std::uint64_t{0});
  const auto start = [&](std::size_t c) { return c >= count ? n : chunks.begin(c); };
  for (std::size_t step = 1; step < count; step *= 2) {
    const std::size_t pairs = (count + 2 * step - 1) / (2 * step);
    std::vector<std::uint64_t> merged(pairs, 0);
    parallel_for(pairs, {.threads = run.threads}, [&](std::size_t k) {
      const std::size_t begin = start(2 * step * k), middle = start(2 * step * k + step), end = start(2 * step * (k + 1));
      merged[k] = merge_counting(value.data() + begin, middle - begin, value.data() + middle, end - middle, other.data() + begin);
    });
    concordant += std::accumulate(merged.begin(), merged.end(), std::uint64_t{0});
    value.swap(other);
  }
  return concordant;
}

inline concordance_result plain_concordance(const plain_outcome& y, const std::vector<double>& risk, const execution& run) {
  const std::size_t n = y.size();
  if (n >= (std::size_t{1} << 31)) throw not_supported("concordance of more than 2147483647 rows at once");
  const auto by_risk = numeric::sort_order(risk);
  std::vector<numeric::keyed_row> rows(n);
  std::uint32_t rank = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t row = by_risk[i];
    if (i > 0 && risk[row] != risk[by_risk[i - 1]]) ++rank;
    rows[i] = {std::bit_cast<std::uint64_t>(y.time[row] + 0.0) << 1 | (y.event[row] ^ 1U), rank << 1 | y.event[row]};
  }
  const bool risk_ties = rank + std::size_t{1} < n;
  numeric::radix_sort(rows);

  concordance_result out;
  std::uint64_t comparable = 0;
  for (std::size_t i = 0, j; i < n; i = j) {
    for (j = i + 1; j < n && rows[j].key == rows[i].key;)
      ++j;
    if (rows[i].key & 1) continue;
    const std::uint64_t events = j - i;
    comparable += events * (n - j);
    out.tied_time += 0.5 * static_cast<double>(events) * static_cast<double>(events - 1);
  }
  if (comparable == 0) throw invalid_input("event", "leaves no comparable pair: no event happened while another customer was at risk");
  if (risk_ties) {
    struct seen {
      std::uint32_t events = 0, now = 0;
      std::uint64_t key = ~std::uint64_t{0};
    };
    std::vector<seen> of(rank + std::size_t{1});
    std::uint64_t tied = 0;
    for (const auto& r : rows) {
      seen& s = of[r.row >> 1];
      if (s.key != r.key) {
        s.events += std::exchange(s.now, 0);
        s.key = r.key;
      }
      tied += s.events;
      s.now += r.row & 1;
    }
    out.tied_risk = static_cast<double>(tied);
  }
  std::vector<std::uint32_t> value(n);
  for (std::size_t i = 0; i < n; ++i)
    value[i] = rows[i].row;
  rows = {};
  out.concordant = static_cast<double>(count_concordant(value, run));
  out.discordant = static_cast<double>(comparable) - out.concordant - out.tied_risk;
  out.concordance = (out.concordant + 0.5 * out.tied_risk) / static_cast<double>(comparable);
  return out;
}

}  // namespace detail

TENURE_INLINE concordance_result concordance_index(const outcome& y, const numeric_column& risk, const numeric_column& strata, bool std_error,
                                                   const execution& run) {
  const detail::plain_outcome rows = detail::load_outcome(y);
  const std::vector<double> values = detail::load_risk(risk, rows.size());
  if (rows.weight.empty() && rows.entry.empty() && strata.empty() && !std_error) return detail::plain_concordance(rows, values, run);
  return detail::count_concordance(rows, values, detail::to_codes(strata, "strata", rows.size()), std_error, nullptr);
}

TENURE_INLINE concordance_result uno_concordance(const outcome& training, const outcome& y, const numeric_column& risk, double tau, const execution& run) {
  if (!(tau > 0)) throw invalid_input("tau", "must be > 0", tau);
  const detail::plain_outcome rows = detail::load_outcome({y.time, y.event, {}, {}});
  const std::vector<double> values = detail::load_risk(risk, rows.size());
  const detail::censoring_curve censoring(training);
  std::vector<double> weight(rows.size(), 0.0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double g = rows.event[i] && rows.time[i] < tau ? censoring.at(rows.time[i]) : 0.0;
    weight[i] = g > 0 ? 1.0 / (g * g) : 0.0;
  }
  concordance_result out = detail::plain_concordance(rows, values, run);
  out.concordance = detail::count_concordance(rows, values, {}, false, &weight).concordance;
  return out;
}

}  // namespace tenure::inline TENURE_ABI::survival
