#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <string>

#include "tenure/core/table.hpp"
#include "tenure/numeric/sort.hpp"
#include "tenure/numeric/syrk.hpp"
#include "tenure/survival/cox.hpp"
#include "tenure/survival/kernels.hpp"
#include "tenure/survival/memory-inl.hpp"
#include "tenure/survival/outcome-inl.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

// The rows of a Cox model as a stream: stratum by stratum, from the last time to the first. An exit adds its row to the risk set, an entry
// item takes it out again, and where a run of equal times holds events (a "group") the risk set is complete. Everything the likelihood
// needs is then a running sum along the stream. The stream is cut into chunks between groups, each a list of cache-sized blocks.

enum item_kind : std::uint8_t { censored_exit = 0, event_exit = 1, entry_item = 2 };

struct event_group {
  std::size_t begin = 0, end = 0;  // its items
  std::uint32_t deaths = 0;        // event rows
  std::uint32_t stratum = 0;
  double weight = 0;  // their total weight
  double time = 0;
};

struct stream_chunk {
  std::size_t begin = 0, end = 0;               // items
  std::size_t first_group = 0, last_group = 0;  // groups that end in it
  std::size_t fresh = 0;                        // begin of the last stratum that starts in it, or `end` when none does
  bool starts_stratum = false;                  // some stratum starts in it
  std::vector<numeric::column_block> blocks;
};

struct cox_stream {
  std::size_t cols = 0, rows = 0, events = 0, strata = 1;
  bool late_entries = false;
  std::vector<std::uint32_t> row;          // of each item
  std::vector<std::uint8_t> kind;          // of each item
  std::vector<double> weight;              // of each item, empty: all 1
  std::vector<double> offset;              // of each item, empty: all 0
  std::vector<std::uint32_t> group;        // of each item: its own group, else the next one in the stream; the number of groups when its stratum has none left
  std::vector<std::uint32_t> entry_group;  // of each exit with a late entry: the group from which on its entry counts; empty without
  std::vector<std::size_t> stratum_item;   // first item of each stratum, and the end
  std::vector<std::size_t> stratum_group;  // first group of each stratum, and the end
  std::vector<event_group> groups;
  std::vector<stream_chunk> chunks;
  std::vector<double> center, scale;  // block columns hold (x - center) * scale
  std::size_t block = 256;
  double total_weight = 0;  // of the rows

  std::size_t items() const { return row.size(); }
  double weight_of(std::size_t item) const { return weight.empty() ? 1.0 : weight[item]; }
  /// What an item counts for in sums over rows: a late entry repeats its row.
  double row_weight(std::size_t item) const { return kind[item] == entry_item ? 0.0 : weight_of(item); }
};

/// Orders the items and finds the groups.
inline void order_items(cox_stream& s, const plain_outcome& y, const std::vector<std::uint32_t>& strata) {
  const std::size_t n = y.size();
  s.strata = strata.empty() ? 1 : *std::max_element(strata.begin(), strata.end()) + std::size_t{1};
  std::vector<double> first_event(s.strata, infinity);
  for (std::size_t i = 0; i < n; ++i)
    if (y.event[i] == 1) first_event[strata.empty() ? 0 : strata[i]] = std::min(first_event[strata.empty() ? 0 : strata[i]], y.time[i]);

  std::vector<numeric::keyed_row> keys;
  keys.reserve(n);
  const auto descending = [](double t) { return ~numeric::ordered_key(t); };
  for (std::size_t i = 0; i < n; ++i)
    keys.push_back({descending(y.time[i]), static_cast<std::uint32_t>(i)});
  for (std::size_t i = 0; i < y.entry.size(); ++i)  // entries before the first event of their stratum never matter
    if (y.entry[i] >= first_event[strata.empty() ? 0 : strata[i]]) keys.push_back({descending(y.entry[i]), static_cast<std::uint32_t>(i + n)});
  if (n > (std::size_t{1} << 31)) throw not_supported("Cox regression on more than 2147483648 rows at once");
  numeric::radix_sort(keys);
  s.late_entries = keys.size() > n;

  const auto stratum_of = [&](const numeric::keyed_row& k) -> std::uint32_t { return strata.empty() ? 0 : strata[k.row % n]; };
  std::vector<std::size_t> first(s.strata + 1, 0);
  for (const auto& k : keys)
    ++first[stratum_of(k) + 1];
  for (std::size_t g = 0; g < s.strata; ++g)
    first[g + 1] += first[g];
  s.stratum_item = first;
  const std::size_t items = keys.size();
  s.row.resize(items);
  s.kind.resize(items);
  std::vector<double> time(items);
  for (const auto& k : keys) {
    const std::size_t at = first[stratum_of(k)]++;
    const bool entry = k.row >= n;
    s.row[at] = static_cast<std::uint32_t>(k.row % n);
    s.kind[at] = entry ? static_cast<std::uint8_t>(entry_item) : y.event[s.row[at]];
    time[at] = entry ? y.entry[s.row[at]] : y.time[s.row[at]];
  }
  if (!y.weight.empty()) {
    s.weight.resize(items);
    for (std::size_t i = 0; i < items; ++i)
      s.weight[i] = y.weight[s.row[i]];
  }

  s.group.resize(items);
  for (std::size_t stratum = 0; stratum < s.strata; ++stratum) {
    s.stratum_group.push_back(s.groups.size());
    const std::size_t stop = s.stratum_item[stratum + 1];
    for (std::size_t i = s.stratum_item[stratum], j; i < stop; i = j) {
      event_group g{.begin = i, .end = i, .deaths = 0, .stratum = static_cast<std::uint32_t>(stratum), .weight = 0, .time = time[i]};
      const auto index = static_cast<std::uint32_t>(s.groups.size());
      for (j = i; j < stop && time[j] == time[i]; ++j) {
        s.group[j] = index;
        if (s.kind[j] != event_exit) continue;
        ++g.deaths;
        g.weight += s.weight_of(j);
      }
      g.end = j;
      if (g.deaths > 0 && g.weight > 0) s.groups.push_back(g);
    }
  }
  s.stratum_group.push_back(s.groups.size());
  for (std::size_t stratum = 0; stratum < s.strata; ++stratum)
    for (std::size_t i = s.stratum_item[stratum + 1]; i-- > s.stratum_item[stratum] && s.group[i] == s.stratum_group[stratum + 1];)
      s.group[i] = static_cast<std::uint32_t>(s.groups.size());
  for (const auto& g : s.groups)
    s.events += g.deaths;
  if (s.groups.empty()) throw invalid_input("event", "has no event: nothing can be learned about what makes customers leave");

  if (s.late_entries) {
    std::vector<std::uint32_t> entered(n, static_cast<std::uint32_t>(s.groups.size()));
    for (std::size_t i = 0; i < items; ++i)
      if (s.kind[i] == entry_item) entered[s.row[i]] = s.group[i];
    s.entry_group.resize(items);
    for (std::size_t i = 0; i < items; ++i)
      s.entry_group[i] = entered[s.row[i]];
  }
}

/// Cuts the stream into chunks between groups. The partition depends on the data alone.
inline void cut_chunks(cox_stream& s) {
  const chunking even(s.items(), 1024, 64);
  std::size_t begin = 0, group = 0, stratum = 0;
  for (std::size_t c = 0; c < even.count() && begin < s.items(); ++c) {
    std::size_t end = std::max(even.end(c), begin + 1);
    stream_chunk chunk;
    chunk.begin = begin;
    chunk.first_group = group;
    if (c + 1 == even.count()) end = s.items();
    while (group < s.groups.size() && s.groups[group].begin < end)
      end = std::max(end, s.groups[group++].end);
    chunk.end = end;
    chunk.last_group = group;
    chunk.fresh = end;
    while (stratum < s.strata && s.stratum_item[stratum] < end) {
      if (s.stratum_item[stratum] >= begin) {
        chunk.fresh = s.stratum_item[stratum];
        chunk.starts_stratum = true;
      }
      ++stratum;
    }
    s.chunks.push_back(std::move(chunk));
    begin = end;
  }
}

/// Writes design column(s) of input column j for the given rows; `out(k)` is where design column k of this input column goes.
template <class Out>
void gather_column(const table_column& column, std::int32_t reference, const std::uint32_t* rows, std::size_t count, Out&& out) {
  column.values.visit([&](auto values) {
    if (!column.categorical) {
      double* to = out(0);
      double check = 0;
      for (std::size_t i = 0; i < count; ++i) {
        to[i] = static_cast<double>(values[rows[i]]);
        check += to[i] * 0.0;  // stays 0 unless some value is not finite
      }
      if (check == 0) return;
      for (std::size_t i = 0; i < count; ++i)
        if (!std::isfinite(to[i])) throw invalid_input(column.name, "must be a finite number", to[i], rows[i]);
      return;
    }
    const std::size_t width = column.levels.size() - 1;
    for (std::size_t k = 0; k < width; ++k)
      std::fill(out(k), out(k) + count, 0.0);
    for (std::size_t i = 0; i < count; ++i) {
      const auto level = static_cast<std::int64_t>(values[rows[i]]);
      if (level < 0) throw invalid_input(column.name, "is missing in row " + std::to_string(rows[i]));
      if (level != reference) out(static_cast<std::size_t>(level - (level > reference)))[i] = 1.0;
    }
  });
}

/// Copies the design into the chunks' blocks, centred and scaled to unit variance over the rows, each by its weight.
inline void fill_blocks(cox_stream& s, const table_view& x, const encoding& code, const execution& run) {
  const std::size_t p = s.cols;
  s.block = numeric::gram_sum::block_rows(p);
  std::vector<double> shift(p);
  if (p > 0) encode_rows(x, code, 0, 1, shift.data());
  std::vector<std::vector<double>> sums(s.chunks.size()), squares(s.chunks.size());
  std::vector<double> totals(s.chunks.size());
  parallel_for(s.chunks.size(), run, [&](std::size_t c) {
    stream_chunk& chunk = s.chunks[c];
    sums[c].assign(p, 0);
    squares[c].assign(p, 0);
    for (std::size_t at = chunk.begin; at < chunk.end; at += s.block) {
      const std::size_t count = std::min(s.block, chunk.end - at);
      numeric::column_block& block = chunk.blocks.emplace_back(p, count);
      std::vector<double> weight(count), weighted(count);
      for (std::size_t i = 0; i < count; ++i)
        totals[c] += weight[i] = s.row_weight(at + i);
      std::size_t j = 0;
      for (std::size_t input = 0; input < x.cols(); ++input) {
        gather_column(x[input], code.reference[input], s.row.data() + at, count, [&](std::size_t k) { return block.column(j + k); });
        j += x[input].categorical ? x[input].levels.size() - 1 : 1;
      }
      for (j = 0; j < p; ++j) {
        shift_and_scale(block.column(j), count, shift[j], 1.0);
        for (std::size_t i = 0; i < count; ++i)
          weighted[i] = weight[i] * block.column(j)[i];
        double sum[4] = {};
        for (std::size_t i = 0; i < count; ++i)
          sum[i & 3] += weighted[i];
        sums[c][j] += (sum[0] + sum[1]) + (sum[2] + sum[3]);
        squares[c][j] += dot(weighted.data(), block.column(j), count);
      }
    }
  });
  for (const double total : totals)
    s.total_weight += total;
  s.center.resize(p);
  s.scale.resize(p);
  std::vector<double> mean(p);
  const std::vector<std::string> names = code.names();
  for (std::size_t j = 0; j < p; ++j) {
    double sum = 0, square = 0;
    for (std::size_t c = 0; c < s.chunks.size(); ++c) {
      sum += sums[c][j];
      square += squares[c][j];
    }
    mean[j] = sum / s.total_weight;
    const double variance = square / s.total_weight - mean[j] * mean[j];
    if (!(square > 0)) throw invalid_input(names[j], "is constant: it cannot tell customers apart");
    s.center[j] = shift[j] + mean[j];
    s.scale[j] = 1.0 / std::sqrt(std::max(variance, square / s.total_weight * 1e-14));
  }
  parallel_for(s.chunks.size(), {.threads = run.threads}, [&](std::size_t c) {
    stream_chunk& chunk = s.chunks[c];
    for (std::size_t b = 0; b < chunk.blocks.size(); ++b) {
      const std::size_t count = std::min(s.block, chunk.end - chunk.begin - b * s.block);
      for (std::size_t j = 0; j < p; ++j)
        shift_and_scale(chunk.blocks[b].column(j), count, mean[j], s.scale[j]);
      chunk.blocks[b].pad(count);
    }
  });
}

inline cox_stream make_stream(const table_view& x, const encoding& code, const plain_outcome& y, const cox_columns& columns, const execution& run) {
  cox_stream s;
  s.rows = y.size();
  s.cols = code.width();
  if (x.rows() != s.rows) throw invalid_input("X", "must have one row a row of time (" + std::to_string(s.rows) + "), has " + std::to_string(x.rows()));
  const std::vector<std::uint32_t> strata = to_codes(columns.strata, "strata", s.rows);
  if (!strata.empty() && *std::max_element(strata.begin(), strata.end()) >= s.rows) throw invalid_input("strata", "must be codes 0, 1, 2, ... without gaps");
  order_items(s, y, strata);
  if (!columns.offset.empty()) {
    require_length(columns.offset, "offset", s.rows);
    const std::vector<double> offset = to_doubles(columns.offset);
    s.offset.resize(s.items());
    for (std::size_t i = 0; i < s.items(); ++i) {
      s.offset[i] = offset[s.row[i]];
      if (!std::isfinite(s.offset[i])) throw invalid_input("offset", "must be finite", s.offset[i], s.row[i]);
    }
  }
  cut_chunks(s);
  fill_blocks(s, x, code, run);
  return s;
}

}  // namespace tenure::inline TENURE_ABI::survival::detail
