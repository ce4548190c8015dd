#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "tenure/rules/items.hpp"

namespace tenure::inline TENURE_ABI::rules {

namespace detail {

/// The shortest decimal c with low <= c < high.
inline double short_number_between(double low, double high) {
  const double middle = low + (high - low) / 2;
  char text[40];
  for (int digits = 1; digits <= 17; ++digits) {
    for (const double wanted : {middle, low}) {
      std::snprintf(text, sizeof text, "%.*g", digits, wanted);
      const double c = std::strtod(text, nullptr);
      if (low <= c && c < high) return c;
    }
  }
  return low;
}

struct labelled_value {
  double value;
  std::uint8_t outcome;
};

inline double class_entropy(const std::vector<double>& counts, double n) {
  double sum = 0;
  for (const double k : counts)
    if (k > 0) sum -= k / n * std::log2(k / n);
  return sum;
}

/// Number of classes there times their entropy: what telling the classes of a part takes.
inline double class_cost(const std::vector<double>& counts, double n) {
  return static_cast<double>(std::count_if(counts.begin(), counts.end(), [](double k) { return k > 0; })) * class_entropy(counts, n);
}

inline void split_by_description_length(const std::vector<labelled_value>& values, std::size_t begin, std::size_t end, std::size_t classes,
                                        std::vector<double>& cuts) {
  const auto n = static_cast<double>(end - begin);
  std::vector<double> right(classes, 0.0), left(classes, 0.0), best_left, best_right;
  for (std::size_t i = begin; i < end; ++i)
    ++right[values[i].outcome];
  const double present = static_cast<double>(std::count_if(right.begin(), right.end(), [](double k) { return k > 0; }));
  const double whole = class_entropy(right, n), whole_cost = class_cost(right, n);
  double best = whole;
  std::size_t best_at = begin;
  for (std::size_t i = begin; i + 1 < end; ++i) {
    ++left[values[i].outcome];
    --right[values[i].outcome];
    if (values[i].value == values[i + 1].value) continue;
    const auto size = static_cast<double>(i + 1 - begin);
    const double entropy = size / n * class_entropy(left, size) + (n - size) / n * class_entropy(right, n - size);
    if (entropy < best) {
      best = entropy;
      best_at = i + 1;
      best_left = left;
      best_right = right;
    }
  }
  if (best_at == begin) return;
  const auto size = static_cast<double>(best_at - begin);
  const double delta = std::log2(std::pow(3, present) - 2) - (whole_cost - class_cost(best_left, size) - class_cost(best_right, n - size));
  if (whole - best <= (std::log2(n - 1) + delta) / n) return;
  split_by_description_length(values, begin, best_at, classes, cuts);
  cuts.push_back(short_number_between(values[best_at - 1].value, values[best_at].value));
  split_by_description_length(values, best_at, end, classes, cuts);
}

inline std::string range_name(const std::string& name, const std::vector<double>& cuts, std::size_t range) {
  if (range == 0) return name + " <= " + format_number(cuts[0]);
  if (range == cuts.size()) return name + " > " + format_number(cuts.back());
  return format_number(cuts[range - 1]) + " < " + name + " <= " + format_number(cuts[range]);
}

/// The items of a coding, and where each column's begin.
inline std::vector<std::string> item_names(const item_coding& coding, std::vector<std::int32_t>* first_item = nullptr) {
  std::vector<std::string> names;
  for (std::size_t j = 0; j < coding.columns.size(); ++j) {
    const auto& column = coding.columns[j];
    if (first_item) first_item->push_back(static_cast<std::int32_t>(names.size()));
    if (column.categorical) {
      for (const auto& level : column.levels)
        names.push_back(column.name + " = " + level);
    } else if (coding.flags[j]) {
      names.push_back(column.name);
    } else if (!coding.cuts[j].empty()) {
      for (std::size_t range = 0; range <= coding.cuts[j].size(); ++range)
        names.push_back(range_name(column.name, coding.cuts[j], range));
    }
  }
  return names;
}

inline bool only_flags(numeric_column values) {
  bool any = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = values[i];
    if (std::isnan(x)) continue;
    if (x != 0 && x != 1) return false;
    any = true;
  }
  return any;
}

}  // namespace detail

TENURE_INLINE std::vector<double> quantile_cuts(numeric_column values, std::int64_t bins) {
  if (bins < 2) throw invalid_input("bins", "must be >= 2", static_cast<double>(bins));
  std::vector<double> sorted;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (const double x = values[i]; !std::isnan(x)) sorted.push_back(x);
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> cuts;
  for (std::int64_t k = 1; k < bins && !sorted.empty(); ++k) {
    const std::size_t at = sorted.size() * static_cast<std::size_t>(k) / static_cast<std::size_t>(bins);
    if (at == 0) continue;
    const double low = sorted[at - 1];
    const auto high = std::upper_bound(sorted.begin(), sorted.end(), low);
    if (high == sorted.end()) break;
    const double cut = std::isinf(low) || std::isinf(*high) ? low : detail::short_number_between(low, *high);
    if (cuts.empty() || cut > cuts.back()) cuts.push_back(cut);
  }
  return cuts;
}

TENURE_INLINE std::vector<double> supervised_cuts(numeric_column values, column_view<std::uint8_t> outcome) {
  if (values.size() != outcome.size())
    throw invalid_input("outcome", "must have one value a row (" + std::to_string(values.size()) + ")", static_cast<double>(outcome.size()));
  std::vector<detail::labelled_value> sorted;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (const double x = values[i]; std::isfinite(x)) sorted.push_back({x, outcome[i]});
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
  std::vector<double> cuts;
  std::size_t classes = 1;
  for (const auto& each : sorted)
    classes = std::max<std::size_t>(classes, each.outcome + std::size_t{1});
  if (sorted.size() > 1) detail::split_by_description_length(sorted, 0, sorted.size(), classes, cuts);
  return cuts;
}

TENURE_INLINE item_coding fit_items(const table_view& table, column_view<std::uint8_t> outcome, const item_options& options) {
  validate(options);
  if (options.method == binning::supervised && outcome.size() != table.rows())
    throw invalid_input("outcome", "must have one value a row for supervised cuts", static_cast<double>(outcome.size()));
  item_coding coding;
  coding.columns = schema_of(table);
  for (std::size_t j = 0; j < table.cols(); ++j) {
    const bool flag = !table[j].categorical && detail::only_flags(table[j].values);
    coding.flags.push_back(flag ? 1 : 0);
    coding.cuts.emplace_back();
    if (table[j].categorical || flag) continue;
    coding.cuts.back() = options.method == binning::supervised ? supervised_cuts(table[j].values, outcome) : quantile_cuts(table[j].values, options.bins);
  }
  return coding;
}

TENURE_INLINE void item_coding::check() const {
  if (cuts.size() != columns.size() || flags.size() != columns.size()) throw bad_file("item coding: must have cuts and a flag for each column");
  for (std::size_t j = 0; j < columns.size(); ++j) {
    if ((columns[j].categorical || flags[j]) && !cuts[j].empty()) throw bad_file("item coding: column '" + columns[j].name + "' cannot have cuts");
    for (std::size_t k = 0; k < cuts[j].size(); ++k)
      if (std::isnan(cuts[j][k]) || (k > 0 && !(cuts[j][k] > cuts[j][k - 1])))
        throw bad_file("item coding: the cuts of column '" + columns[j].name + "' must rise");
  }
}

TENURE_INLINE transactions encode_items(const item_coding& coding, const table_view& table) {
  const aligned_table aligned(table, coding.columns, unseen_level::missing);
  transactions out;
  std::vector<std::int32_t> first_item;
  out.names = detail::item_names(coding, &first_item);
  out.item_count = out.names.size();
  out.offsets.reserve(table.rows() + 1);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    for (std::size_t j = 0; j < coding.columns.size(); ++j) {
      const double x = aligned.view()[j].values[i];
      const auto& cuts = coding.cuts[j];
      if (std::isnan(x)) continue;
      if (coding.columns[j].categorical) {
        if (x >= 0) out.items.push_back(first_item[j] + static_cast<std::int32_t>(x));
      } else if (coding.flags[j]) {
        if (x != 0) out.items.push_back(first_item[j]);
      } else if (!cuts.empty()) {
        out.items.push_back(first_item[j] + static_cast<std::int32_t>(std::lower_bound(cuts.begin(), cuts.end(), x) - cuts.begin()));
      }
    }
    out.offsets.push_back(static_cast<std::int64_t>(out.items.size()));
  }
  return out;
}

TENURE_INLINE std::vector<double> relative_trends(matrix_view x) {
  if (x.cols() < 2) throw invalid_input("x", "must have at least two periods", static_cast<double>(x.cols()));
  std::vector<double> out(x.rows(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    double n = 0, time = 0, value = 0;
    for (std::size_t j = 0; j < x.cols(); ++j) {
      if (std::isnan(x(i, j))) continue;
      if (std::isinf(x(i, j))) throw invalid_input("x", "must be finite or missing", x(i, j), i);
      ++n;
      time += static_cast<double>(j);
      value += x(i, j);
    }
    if (n < 2) continue;
    time /= n;
    value /= n;
    double slope = 0, spread = 0;
    for (std::size_t j = 0; j < x.cols(); ++j) {
      if (std::isnan(x(i, j))) continue;
      const double t = static_cast<double>(j) - time;
      slope += t * (x(i, j) - value);
      spread += t * t;
    }
    slope /= spread;
    const double start = value - slope * time, rise = slope * static_cast<double>(x.cols() - 1);
    if (start > 0) {
      out[i] = rise / start;
    } else if (slope > 0) {
      out[i] = std::numeric_limits<double>::infinity();
    }
  }
  return out;
}

}  // namespace tenure::inline TENURE_ABI::rules
