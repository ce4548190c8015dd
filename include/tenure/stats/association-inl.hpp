#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "tenure/stats/association.hpp"
#include "tenure/stats/contingency.hpp"
#include "tenure/stats/correlation-inl.hpp"
#include "tenure/stats/groups-inl.hpp"
#include "tenure/stats/multiplicity.hpp"

namespace tenure::inline TENURE_ABI::stats {

namespace detail {

/// The target as codes of levels, or as numbers (`levels` empty).
struct association_target {
  std::vector<std::int32_t> codes;
  std::vector<double> numbers;
  std::vector<std::string> levels;

  explicit association_target(const table_column& target) {
    const std::size_t n = target.values.size();
    if (target.categorical) {
      levels = target.levels;
      codes.resize(n);
      for (std::size_t i = 0; i < n; ++i)
        codes[i] = static_cast<std::int32_t>(target.values[i]);
    } else {
      numbers.resize(n);
      for (std::size_t i = 0; i < n; ++i) {
        numbers[i] = target.values[i];
        if (std::isinf(numbers[i])) throw invalid_input(target.name, "must be finite or missing", numbers[i], i);
      }
      if (is_binary(numbers)) code_two_values();
    }
    require_variation(target.name);
  }
  bool numeric() const { return levels.empty(); }
  bool binary() const { return levels.size() == 2; }

 private:
  void code_two_values() {
    double low = nan, high = nan;
    for (const double v : numbers) {
      low = std::fmin(low, v);
      high = std::fmax(high, v);
    }
    levels = {format_number(low), format_number(high)};
    for (const double v : numbers)
      codes.push_back(std::isnan(v) ? -1 : v == high && high != low);
  }
  void require_variation(const std::string& name) const {
    bool varies = false;
    if (numeric()) {
      double first = nan;
      for (const double v : numbers) {
        if (std::isnan(first)) first = v;
        varies |= !std::isnan(v) && v != first;
      }
    } else {
      std::int32_t first = -1;
      for (const std::int32_t c : codes) {
        if (first < 0) first = c;
        varies |= c >= 0 && c != first;
      }
    }
    if (!varies) throw invalid_input(name, "is constant; nothing can be associated with it");
  }
};

/// Sums for a correlation of a column with 0/1 or numbers, by Welford's update.
struct pair_moments {
  double n = 0, mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
  void add(double x, double y) {
    ++n;
    const double dx = x - mean_x, dy = y - mean_y;
    mean_x += dx / n;
    mean_y += dy / n;
    xx += dx * (x - mean_x);
    yy += dy * (y - mean_y);
    xy += dx * (y - mean_y);
  }
};

inline double finite_value(const table_column& c, double v, std::size_t row) {
  if (std::isinf(v)) throw invalid_input(c.name, "must be finite or missing", v, row);
  return v;
}

inline void set_correlation(association_row& r, const pair_moments& m, double level) {
  const double rho = m.xx > 0 && m.yy > 0 ? std::clamp(m.xy / std::sqrt(m.xx * m.yy), -1.0, 1.0) : nan;
  const auto e = describe_product_moment(rho, m.n, correlation_method::pearson, level);
  r.n = e.n;
  r.strength = std::abs(e.estimate);
  r.p_value = e.p_value;
  r.lower = std::max(0.0, e.estimate >= 0 ? e.lower : -e.upper);
  r.upper = e.estimate >= 0 ? e.upper : -e.lower;
  if (std::isnan(e.lower)) r.lower = r.upper = nan;
  if (e.estimate != 0 && !std::isnan(e.estimate)) r.direction = e.estimate > 0 ? "+" : "-";
}

inline void set_eta(association_row& r, const std::vector<sample_moments>& all, double level) {
  std::vector<sample_moments> groups;
  for (const auto& m : all)
    if (m.n > 0) groups.push_back(m);
  for (const auto& m : groups)
    r.n += static_cast<std::size_t>(m.n);
  r.strength = r.lower = r.upper = r.p_value = nan;
  if (groups.size() < 2) return;
  const auto f = anova_of(groups, level);
  r.strength = std::sqrt(f.effect);
  r.lower = std::sqrt(f.effect_lower);
  r.upper = std::sqrt(f.effect_upper);
  r.p_value = f.p_value;
}

inline association_row associate_numbers(const table_column& c, const association_target& target, double level) {
  association_row r;
  r.column = c.name;
  if (!target.numeric() && !target.binary()) {
    std::vector<sample_moments> groups(target.levels.size());
    c.values.visit([&](auto values) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double v = finite_value(c, static_cast<double>(values[i]), i);
        if (!std::isnan(v) && target.codes[i] >= 0) groups[static_cast<std::size_t>(target.codes[i])].add(v);
      }
    });
    r.measure = "eta";
    set_eta(r, groups, level);
    return r;
  }
  pair_moments m;
  c.values.visit([&](auto values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double v = finite_value(c, static_cast<double>(values[i]), i);
      const double y = target.numeric() ? target.numbers[i] : target.codes[i] < 0 ? nan : target.codes[i];
      if (!std::isnan(v) && !std::isnan(y)) m.add(v, y);
    }
  });
  r.measure = target.numeric() ? "pearson" : "point_biserial";
  set_correlation(r, m, level);
  return r;
}

inline association_row associate_levels(const table_column& c, const association_target& target, double level) {
  association_row r;
  r.column = c.name;
  double highest = -std::numeric_limits<double>::infinity();
  const auto consider = [&](std::size_t k, double value) {
    if (!(value > highest)) return;
    highest = value;
    r.direction = c.levels[k];
  };
  if (target.numeric()) {
    std::vector<sample_moments> groups(c.levels.size());
    for (std::size_t i = 0; i < c.values.size(); ++i)
      if (const double code = c.values[i]; code >= 0 && !std::isnan(target.numbers[i])) groups[static_cast<std::size_t>(code)].add(target.numbers[i]);
    r.measure = "eta";
    set_eta(r, groups, level);
    for (std::size_t k = 0; k < groups.size(); ++k)
      if (groups[k].n > 0) consider(k, groups[k].mean);
    return r;
  }
  const matrix counts = cross_tabulate(c, {"target", target.codes, target.levels, true});
  const auto t = contingency(counts, level);
  r.measure = "cramers_v";
  r.strength = t.cramers_v_corrected;
  r.lower = t.lower;
  r.upper = t.upper;
  r.p_value = std::isnan(t.cramers_v) ? nan : t.p_value;
  r.n = static_cast<std::size_t>(t.n);
  if (!target.binary()) return r;
  for (std::size_t k = 0; k < counts.rows(); ++k)
    if (const double total = counts(k, 0) + counts(k, 1); total > 0) consider(k, counts(k, 1) / total);
  return r;
}

/// The lines of one column.
class column_comparison {
 public:
  column_comparison(const table_column& c, const std::vector<std::int8_t>& group, double level) : c_(c), group_(group), level_(level) {
    if (c.categorical)
      compare_shares();
    else
      compare_means();
  }
  std::vector<group_difference> lines;

 private:
  void compare_means() {
    sample_moments m[2];
    std::size_t missing[2] = {0, 0};
    c_.values.visit([&](auto values) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double v = finite_value(c_, static_cast<double>(values[i]), i);
        if (group_[i] < 0) continue;
        if (std::isnan(v))
          ++missing[group_[i]];
        else
          m[group_[i]].add(v);
      }
    });
    group_difference d = line("", m[0].n, m[1].n, missing);
    d.first = m[0].n > 0 ? m[0].mean : nan;
    d.second = m[1].n > 0 ? m[1].mean : nan;
    d.difference = d.second - d.first;
    if (m[0].n > 1 && m[1].n > 1) {
      const auto t = t_test_of(m[1], m[0], {false, level_});
      d.lower = t.lower;
      d.upper = t.upper;
      d.effect = t.effect;
      d.effect_lower = t.effect_lower;
      d.effect_upper = t.effect_upper;
      d.p_value = t.p_value;
    }
    lines.push_back(d);
  }
  void compare_shares() {
    std::vector<double> counts[2] = {std::vector<double>(c_.levels.size()), std::vector<double>(c_.levels.size())};
    std::size_t missing[2] = {0, 0};
    double n[2] = {0, 0};
    c_.values.visit([&](auto values) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (group_[i] < 0) continue;
        const auto code = static_cast<std::int64_t>(values[i]);
        if (code < 0) {
          ++missing[group_[i]];
        } else {
          ++counts[group_[i]][static_cast<std::size_t>(code)];
          ++n[group_[i]];
        }
      }
    });
    for (std::size_t k = 0; k < c_.levels.size(); ++k) {
      group_difference d = line(c_.levels[k], n[0], n[1], missing);
      d.first = n[0] > 0 ? counts[0][k] / n[0] : nan;
      d.second = n[1] > 0 ? counts[1][k] / n[1] : nan;
      d.difference = d.second - d.first;
      if (n[0] > 0 && n[1] > 0) {
        const auto t = two_proportions(counts[1][k], n[1], counts[0][k], n[0], level_);
        d.lower = t.lower;
        d.upper = t.upper;
        d.effect = t.cohen_h;
        d.effect_lower = t.cohen_h_lower;
        d.effect_upper = t.cohen_h_upper;
        if (counts[0][k] + counts[1][k] > 0 && counts[0][k] + counts[1][k] < n[0] + n[1]) d.p_value = t.p_value;
      }
      lines.push_back(d);
    }
  }
  group_difference line(const std::string& level, double n0, double n1, const std::size_t (&missing)[2]) const {
    group_difference d;
    d.column = c_.name;
    d.level = level;
    for (double* x : {&d.lower, &d.upper, &d.effect, &d.effect_lower, &d.effect_upper, &d.p_value})
      *x = nan;
    d.n_first = static_cast<std::size_t>(n0);
    d.n_second = static_cast<std::size_t>(n1);
    d.missing_first = missing[0];
    d.missing_second = missing[1];
    return d;
  }

  const table_column& c_;
  const std::vector<std::int8_t>& group_;
  double level_;
};

template <class Row>
void adjust(std::vector<Row>& rows, p_adjustment method) {
  std::vector<double> p;
  for (const auto& r : rows)
    p.push_back(r.p_value);
  const auto q = adjust_p(p, method);
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i].q_value = q[i];
}

}  // namespace detail

TENURE_INLINE std::vector<association_row> association(const table_view& x, const table_column& target, const association_options& options,
                                                       const execution& run) {
  validate(options);
  if (target.values.size() != x.rows()) throw invalid_input(target.name, "must have one value a row of the table");
  const detail::association_target y(target);
  std::vector<association_row> rows(x.cols());
  parallel_for(x.cols(), run, [&](std::size_t j) {
    rows[j] = x[j].categorical ? detail::associate_levels(x[j], y, options.level) : detail::associate_numbers(x[j], y, options.level);
  });
  detail::adjust(rows, options.adjustment);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return std::isnan(b.strength) ? !std::isnan(a.strength) : a.strength > b.strength; });
  return rows;
}

TENURE_INLINE std::vector<group_difference> compare_groups(const table_view& x, numeric_column group, const association_options& options,
                                                           const execution& run) {
  validate(options);
  if (group.size() != x.rows()) throw invalid_input("group", "must have one value a row of the table");
  std::vector<std::int8_t> codes(group.size());
  std::size_t n[2] = {0, 0};
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const double g = group[i];
    if (g > 0 && g != 1) throw invalid_input("group", "must be 0, 1 or missing", g, i);
    codes[i] = static_cast<std::int8_t>(std::isnan(g) || g < 0 ? -1 : g);
    if (codes[i] >= 0) ++n[codes[i]];
  }
  if (n[0] == 0 || n[1] == 0) throw invalid_input("group", "must have rows of both groups");
  std::vector<std::vector<group_difference>> parts(x.cols());
  parallel_for(x.cols(), run, [&](std::size_t j) { parts[j] = detail::column_comparison(x[j], codes, options.level).lines; });
  std::vector<group_difference> rows;
  for (auto& part : parts)
    rows.insert(rows.end(), part.begin(), part.end());
  detail::adjust(rows, options.adjustment);
  return rows;
}

}  // namespace tenure::inline TENURE_ABI::stats
