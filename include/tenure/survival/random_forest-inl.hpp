#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "tenure/survival/forest_leaves-inl.hpp"
#include "tenure/survival/random_forest.hpp"
#include "tenure/trees/grower-inl.hpp"
#include "tenure/trees/sample-inl.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

/// At most `points` of the distinct event times: all of them, or quantiles of the events that keep the last one.
inline std::vector<double> time_grid(const plain_outcome& y, std::size_t points) {
  std::vector<double> events;
  for (std::size_t i = 0; i < y.size(); ++i)
    if (y.event[i] && y.weight_of(i) > 0) events.push_back(y.time[i]);
  if (events.empty()) throw invalid_input("event", "must hold at least one event");
  std::sort(events.begin(), events.end());
  auto grid = events;
  grid.erase(std::unique(grid.begin(), grid.end()), grid.end());
  if (grid.size() <= points) return grid;
  grid.clear();
  for (std::size_t k = 1; k <= points; ++k)
    grid.push_back(events[(events.size() * k + points - 1) / points - 1]);
  grid.erase(std::unique(grid.begin(), grid.end()), grid.end());
  return grid;
}

/// Grid positions of the rows: an event moves up to the next grid time, a censored row is at risk at the grid times up to its own.
inline std::vector<std::uint8_t> grid_positions(const plain_outcome& y, const std::vector<double>& grid) {
  std::vector<std::uint8_t> position(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    const auto at = y.event[i] ? std::lower_bound(grid.begin(), grid.end(), y.time[i]) - grid.begin() + 1
                               : std::upper_bound(grid.begin(), grid.end(), y.time[i]) - grid.begin();
    position[i] = static_cast<std::uint8_t>(std::min<std::ptrdiff_t>(at, static_cast<std::ptrdiff_t>(grid.size())));
  }
  return position;
}

inline int causes_of(const plain_outcome& y) { return std::max<int>(1, *std::max_element(y.event.begin(), y.event.end())); }

inline std::vector<std::uint32_t> labels_of(const plain_outcome& y, const std::vector<std::uint8_t>& position, int causes) {
  std::vector<std::uint32_t> labels;
  for (std::size_t i = 0; i < y.size(); ++i)
    labels.push_back(static_cast<std::uint32_t>(causes + 1) * position[i] + y.event[i]);
  return labels;
}

inline std::vector<double> unless_all_one(const std::vector<double>& weight) {
  return std::all_of(weight.begin(), weight.end(), [](double w) { return w == 1; }) ? std::vector<double>{} : weight;
}

/// Draws per tree: at most 65,535 rows.
inline double share_of_rows(double share, std::size_t rows) { return std::min(share, 65535.0 / static_cast<double>(rows)); }

inline plain_outcome forest_outcome(const table_view& x, const outcome& y) {
  if (!y.entry.empty()) throw not_supported("survival forests do not take late entries: use CoxPH, or drop the entry times");
  auto plain = load_outcome(y, 8);
  if (plain.size() != x.rows())
    throw invalid_input("time", "must have as many values as X has rows (" + std::to_string(x.rows()) + ")", static_cast<double>(plain.size()));
  return plain;
}

}  // namespace detail

TENURE_INLINE void random_forest_model::check() const {
  const auto require = [](bool holds, const char* problem) {
    if (!holds) throw bad_file(std::string("survival forest: ") + problem);
  };
  trees.check();
  require(trees.trees() > 0, "there must be a tree");
  require(importances.size() == trees.columns.size(), "one importance a column is needed");
  require(!times.empty() && times.size() <= 255 && std::is_sorted(times.begin(), times.end()) && std::isfinite(times.front()) && std::isfinite(times.back()),
          "bad time grid");
  require(hazard_begin.size() == trees.leaf_weight.size() + 1 && hazard_begin.front() == 0 && hazard_begin.back() == hazard.size() &&
              std::is_sorted(hazard_begin.begin(), hazard_begin.end()),
          "hazards do not fit the leaves");
  require(hazard_time.size() == hazard.size(), "hazards and their times differ in number");
  require(cause <= causes && hazard_cause.size() == (causes > 1 ? hazard.size() : 0), "hazards and their reasons differ in number");
  for (const auto c : hazard_cause)
    require(c < causes, "a hazard's reason is out of range");
  for (const auto k : hazard_time)
    require(k < times.size(), "a hazard's time is out of range");
  for (const float h : hazard)
    require(h >= 0 && h <= 1, "a hazard must lie in [0, 1]");
}

TENURE_INLINE random_forest_model fit_random_forest(const table_view& x, const outcome& y, const random_forest_options& options, const execution& run) {
  validate(options);
  auto plain = detail::forest_outcome(x, y);
  if (!options.bootstrap && !detail::unless_all_one(plain.weight).empty())
    throw not_supported("weights need bootstrap = true: rows are drawn in proportion to them");
  random_forest_model model;
  model.times = detail::time_grid(plain, static_cast<std::size_t>(options.max_times));
  model.bootstrap = options.bootstrap;
  model.max_samples = options.max_samples;
  model.seed = options.seed;
  model.causes = detail::causes_of(plain);
  model.cause = options.cause;
  if (options.cause > model.causes)
    throw invalid_input("cause", "must be a reason of the outcome (at most " + std::to_string(model.causes) + ")", options.cause);
  auto table = trees::bin(x, options.max_bins, run, detail::unless_all_one(plain.weight));
  model.trees.columns = trees::detail::columns_of(x, table.columns);
  const std::uint32_t set_words = model.trees.set_words = trees::detail::set_words_of(table.columns);

  const auto position = detail::grid_positions(plain, model.times);
  const auto order = trees::detail::content_order(table.codes.data(), table.rows, table.cols, detail::labels_of(plain, position, model.causes));
  const auto weight = trees::detail::reordered(detail::unless_all_one(plain.weight), order);
  const trees::detail::row_sampler sampler(x.rows(), weight, {}, options.bootstrap, detail::share_of_rows(options.max_samples, x.rows()),
                                           static_cast<std::uint64_t>(options.seed));

  trees::detail::grow_limits limits;
  if (options.max_depth) limits.max_depth = static_cast<std::uint32_t>(options.max_depth);
  limits.min_rows_split = std::max(options.min_samples_split, 2 * options.min_samples_leaf);
  limits.positive_gain = true;
  for (std::uint32_t j = 0; j < table.cols; ++j)
    limits.features.push_back(j);
  limits.features_per_node = options.max_features ? static_cast<std::uint32_t>(options.max_features)
                                                  : std::max(1U, static_cast<std::uint32_t>(std::sqrt(static_cast<double>(table.cols))));
  std::vector<std::uint8_t> categorical;
  for (const auto& c : table.columns)
    categorical.push_back(c.categorical);

  std::vector<detail::survival_tree> grown(static_cast<std::size_t>(options.n_estimators));
  const auto grow = [&](std::size_t t, auto rule) {
    using rule_type = decltype(rule);
    const auto counts = sampler.draw(t);
    std::vector<std::uint32_t> rows;
    detail::forest_rows about;
    for (std::size_t k = 0; k < order.size(); ++k) {
      const std::uint16_t count = counts.empty() ? std::uint16_t{1} : counts[k];
      if (count == 0) continue;
      rows.push_back(order[k]);
      about.position.push_back(position[order[k]]);
      about.event.push_back(plain.event[order[k]]);
      about.count.push_back(count);
    }
    rule.rows_of = &about;
    rule.min_rows = options.min_samples_leaf;
    trees::detail::grown_tree<rule_type> tree;
    trees::detail::block_grower<rule_type, std::uint8_t> grower(rule, limits, categorical, set_words, tree);
    trees::detail::grown_node<rule_type> root;  // the rule makes its total
    root.end = static_cast<std::uint32_t>(rows.size());
    random_stream random(static_cast<std::uint64_t>(options.seed), t + 1);
    std::vector<std::uint16_t> moved;
    grower.grow(trees::detail::binned_source{table}.block(rows.data(), rows.size()), std::vector<typename rule_type::stat>(rows.size()), root, 0, random,
                moved);

    auto& out = grown[t];
    detail::leaf_writer<rule_type> writer(model, about, out);
    const auto value_of = [&](const auto& node) { return writer.write(node.end - node.begin, [&](std::size_t i) { return moved[node.begin + i]; }); };
    out.flat = trees::detail::flatten(
        tree, table.cols, set_words, [&](const auto& node) { return trees::detail::binned_cut(node, table.columns); }, value_of,
        [](const auto& node) { return rule_type::rows(node.total); });
  };
  parallel_for(grown.size(), run, [&](std::size_t t) {
    if (model.causes == 1)
      grow(t, detail::log_rank_rule{});
    else if (model.causes == 2)
      grow(t, detail::competing_rule<2>{});
    else
      grow(t, detail::competing_rule<8>{});
  });

  std::vector<trees::detail::flat_tree> flat;
  for (auto& g : grown) {
    for (const auto count : g.hazard_count)
      model.hazard_begin.push_back(model.hazard_begin.back() + count);
    model.hazard_time.insert(model.hazard_time.end(), g.hazard_time.begin(), g.hazard_time.end());
    model.hazard.insert(model.hazard.end(), g.hazard.begin(), g.hazard.end());
    model.hazard_cause.insert(model.hazard_cause.end(), g.hazard_cause.begin(), g.hazard_cause.end());
    flat.push_back(std::move(g.flat));
  }
  model.importances = trees::detail::join_trees(model.trees, flat);
  double total = 0;
  for (const double v : model.importances)
    total += v;
  for (double& v : model.importances)
    v = total > 0 ? v / total : 0.0;
  return model;
}

TENURE_INLINE std::vector<double> predict_risk(const random_forest_model& model, const table_view& x, const execution& run) {
  auto risk = trees::sum_values(model.trees, x, run);
  for (double& r : risk)
    r /= static_cast<double>(model.trees.trees());
  return risk;
}

namespace detail {

/// rows x times: the mean over the trees of what add(first entry, last entry, increments on the grid) makes of the leaves' hazards, added up over time.
template <class Add>
matrix mean_curve(const random_forest_model& model, const table_view& x, const std::vector<double>& times, const execution& run, Add&& add) {
  std::vector<std::size_t> upto;
  for (std::size_t k = 0; k < times.size(); ++k) {
    if (std::isnan(times[k])) throw invalid_input("times", "must not be missing", times[k], k);
    upto.push_back(static_cast<std::size_t>(std::upper_bound(model.times.begin(), model.times.end(), times[k]) - model.times.begin()));
  }
  const auto leaves = trees::leaf_numbers(model.trees, x, run);
  const std::size_t count = model.trees.trees();
  matrix out(x.rows(), times.size());
  parallel_chunks(chunking(x.rows(), 64), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    std::vector<double> curve(model.times.size() + 1);
    for (std::size_t i = begin; i < end; ++i) {
      std::fill(curve.begin(), curve.end(), 0.0);
      for (std::size_t t = 0; t < count; ++t) {
        const std::size_t leaf = model.trees.leaf_begin[t] + leaves[i * count + t];
        add(model.hazard_begin[leaf], model.hazard_begin[leaf + 1], curve.data() + 1);
      }
      for (std::size_t k = 1; k < curve.size(); ++k)
        curve[k] += curve[k - 1];
      for (std::size_t k = 0; k < upto.size(); ++k)
        out(i, k) = curve[upto[k]] / static_cast<double>(count);
    }
  });
  return out;
}

/// Adds the Aalen-Johansen increments of a leaf: of one cause (counted from 0), or of all for -1.
inline void add_incidence(const random_forest_model& model, std::uint32_t begin, std::uint32_t end, int cause, double* curve) {
  double still_there = 1;
  for (std::uint32_t k = begin; k < end;) {
    const std::uint8_t time = model.hazard_time[k];
    const std::uint32_t first = k;
    double left = 0;
    for (; k < end && model.hazard_time[k] == time; ++k)
      left += static_cast<double>(model.hazard[k]);
    const double share = still_there / std::max(left, 1.0);  // hazards in 32 bits may add up to a little more than 1
    for (std::uint32_t e = first; e < k; ++e)
      if (cause < 0 || (model.hazard_cause.empty() ? 0 : model.hazard_cause[e]) == cause) curve[time] += share * static_cast<double>(model.hazard[e]);
    still_there *= std::max(1 - left, 0.0);
  }
}

}  // namespace detail

TENURE_INLINE matrix predict_cumulative_hazard(const random_forest_model& model, const table_view& x, const std::vector<double>& times, const execution& run) {
  return detail::mean_curve(model, x, times, run, [&](std::uint32_t begin, std::uint32_t end, double* curve) {
    for (std::uint32_t k = begin; k < end; ++k)
      curve[model.hazard_time[k]] += static_cast<double>(model.hazard[k]);
  });
}

TENURE_INLINE matrix predict_incidence(const random_forest_model& model, const table_view& x, const std::vector<double>& times, int cause,
                                       const execution& run) {
  if (cause < 1 || cause > model.causes) throw invalid_input("cause", "must lie in [1, " + std::to_string(model.causes) + "]", cause);
  return detail::mean_curve(model, x, times, run,
                            [&](std::uint32_t begin, std::uint32_t end, double* curve) { detail::add_incidence(model, begin, end, cause - 1, curve); });
}

TENURE_INLINE matrix predict_survival(const random_forest_model& model, const table_view& x, const std::vector<double>& times, const execution& run) {
  const bool competing = model.causes > 1;
  matrix out = competing
                   ? detail::mean_curve(model, x, times, run,
                                        [&](std::uint32_t begin, std::uint32_t end, double* curve) { detail::add_incidence(model, begin, end, -1, curve); })
                   : predict_cumulative_hazard(model, x, times, run);
  for (std::size_t i = 0; i < out.rows(); ++i)
    for (std::size_t k = 0; k < out.cols(); ++k)
      out(i, k) = competing ? std::max(1 - out(i, k), 0.0) : std::exp(-out(i, k));
  return out;
}

TENURE_INLINE std::vector<double> out_of_bag_risk(const random_forest_model& model, const table_view& x, const outcome& y, const execution& run) {
  if (!model.bootstrap) throw invalid_input("bootstrap", "must be true for out-of-bag predictions");
  const auto plain = detail::forest_outcome(x, y);
  const auto codes = trees::code_rows(model.trees, x, run);
  const auto order =
      trees::detail::content_order(codes.data(), x.rows(), x.cols(), detail::labels_of(plain, detail::grid_positions(plain, model.times), model.causes));
  const auto weight = trees::detail::reordered(detail::unless_all_one(plain.weight), order);
  const trees::detail::row_sampler sampler(x.rows(), weight, {}, true, detail::share_of_rows(model.max_samples, x.rows()),
                                           static_cast<std::uint64_t>(model.seed));
  std::vector<std::vector<bool>> outside(model.trees.trees(), std::vector<bool>(x.rows()));
  parallel_for(outside.size(), {.threads = run.threads}, [&](std::size_t t) {
    const auto counts = sampler.draw(t);
    for (std::size_t k = 0; k < counts.size(); ++k)
      outside[t][order[k]] = counts[k] == 0;
  });
  std::vector<double> sums(x.rows());
  std::vector<std::uint32_t> votes(x.rows());
  trees::detail::visit_leaves(model.trees, x, run, [&](std::size_t begin, std::size_t count, std::size_t t, const std::uint32_t* value) {
    for (std::size_t i = 0; i < count; ++i) {
      if (!outside[t][begin + i]) continue;
      sums[begin + i] += model.trees.values[value[i]];
      ++votes[begin + i];
    }
  });
  for (std::size_t i = 0; i < sums.size(); ++i)
    sums[i] = votes[i] ? sums[i] / votes[i] : std::numeric_limits<double>::quiet_NaN();
  return sums;
}

}  // namespace tenure::inline TENURE_ABI::survival
