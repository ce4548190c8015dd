#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <tuple>

#include "tenure/survival/boosting_loss-inl.hpp"
#include "tenure/survival/gradient_boosting.hpp"
#include "tenure/trees/boost-inl.hpp"
#include "tenure/trees/sample-inl.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

inline aft_distribution law_of(boosting_loss loss) {
  return loss == boosting_loss::weibull     ? aft_distribution::weibull
         : loss == boosting_loss::lognormal ? aft_distribution::lognormal
                                            : aft_distribution::loglogistic;
}

inline plain_outcome boosting_outcome(const table_view& x, const outcome& y, boosting_loss loss) {
  if (!y.entry.empty()) throw not_supported("survival boosting does not take late entries: use CoxPH, or drop the entry times");
  auto plain = load_outcome(y);
  if (plain.size() != x.rows())
    throw invalid_input("time", "must have as many values as X has rows (" + std::to_string(x.rows()) + ")", static_cast<double>(plain.size()));
  for (std::size_t i = 0; i < plain.size(); ++i)
    if (loss != boosting_loss::cox && plain.time[i] <= 0) throw invalid_input("time", "must be > 0 for a law of log time", plain.time[i], i);
  return plain;
}

/// Directions of the risk as directions of the score.
inline std::vector<std::int8_t> directions(const std::vector<std::int32_t>& monotone, const table_view& x, boosting_loss loss) {
  if (monotone.empty()) return {};
  if (monotone.size() != x.cols())
    throw invalid_input("monotone", "must have one value a column (" + std::to_string(x.cols()) + ")", static_cast<double>(monotone.size()));
  std::vector<std::int8_t> out;
  for (std::size_t j = 0; j < monotone.size(); ++j) {
    if (monotone[j] < -1 || monotone[j] > 1) throw invalid_input("monotone", "must be -1, 0 or 1", monotone[j], j);
    if (monotone[j] != 0 && x[j].categorical) throw invalid_input("monotone", "must be 0 for the categorical column '" + x[j].name + "'", monotone[j], j);
    out.push_back(static_cast<std::int8_t>(loss == boosting_loss::cox ? monotone[j] : -monotone[j]));
  }
  return std::any_of(out.begin(), out.end(), [](auto d) { return d != 0; }) ? out : std::vector<std::int8_t>{};
}

/// Rows in the order of their content, so that sums and draws do not depend on how they stood.
inline void order_by_content(trees::binned_table& table, plain_outcome& y) {
  auto distinct = y.time;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::vector<std::uint32_t> labels;
  for (std::size_t i = 0; i < y.size(); ++i)
    labels.push_back(2 * static_cast<std::uint32_t>(std::lower_bound(distinct.begin(), distinct.end(), y.time[i]) - distinct.begin()) + y.event[i]);
  const auto order = trees::detail::content_order(table.codes.data(), table.rows, table.cols, labels);
  y.time = trees::detail::reordered(y.time, order);
  y.event = trees::detail::reordered(y.event, order);
  y.weight = trees::detail::reordered(y.weight, order);
  std::vector<std::uint8_t> codes(table.codes.size());
  for (std::size_t i = 0; i < table.rows; ++i)
    std::copy_n(table.row(order[i]), table.cols, codes.data() + i * table.cols);
  table.codes = std::move(codes);
}

/// One of the two losses, with what it estimates besides the score.
class boosting_target {
 public:
  boosting_target(const plain_outcome& y, const std::vector<std::uint32_t>& rows, boosting_loss loss)
      : cox_(loss == boosting_loss::cox), proportional_(y, cox_ ? rows : std::vector<std::uint32_t>{}), accelerated_(y, rows, law_of(loss)) {}

  const cox_loss& proportional() const { return proportional_; }
  const aft_loss& accelerated() const { return accelerated_; }
  double value(const std::vector<double>& score, double scale) const { return cox_ ? proportional_.value(score) : accelerated_.value(score, scale); }
  void derivatives(const std::vector<double>& score, double scale, std::vector<double>& gradient, std::vector<double>& hessian) const {
    cox_ ? proportional_.derivatives(score, gradient, hessian) : accelerated_.derivatives(score, scale, gradient, hessian);
  }

 private:
  bool cox_;
  cox_loss proportional_;
  aft_loss accelerated_;
};

}  // namespace detail

TENURE_INLINE void gradient_boosting_model::check() const {
  const auto require = [](bool holds, const char* problem) {
    if (!holds) throw bad_file(std::string("survival boosting: ") + problem);
  };
  trees.check();
  require(importances.size() == trees.columns.size(), "one importance a column is needed");
  require(
      times.size() == baseline_hazard.size() && std::is_sorted(times.begin(), times.end()) && std::is_sorted(baseline_hazard.begin(), baseline_hazard.end()),
      "bad baseline");
  require((loss == boosting_loss::cox) == !times.empty(), "a baseline belongs to the loss cox");
  for (std::size_t k = 0; k < times.size(); ++k)
    require(std::isfinite(times[k]) && std::isfinite(baseline_hazard[k]) && baseline_hazard[k] >= 0, "bad baseline");
}

TENURE_INLINE gradient_boosting_model fit_gradient_boosting(const table_view& x, const outcome& y, const gradient_boosting_options& options,
                                                            const execution& run) {
  validate(options);
  auto plain = detail::boosting_outcome(x, y, options.loss);
  const bool cox = options.loss == boosting_loss::cox;
  trees::detail::boost_settings settings{options.learning_rate,
                                         options.min_samples_leaf,
                                         options.min_hessian,
                                         options.l1,
                                         options.l2,
                                         options.subsample,
                                         options.max_features,
                                         static_cast<std::uint64_t>(options.seed),
                                         {}};
  settings.limits.max_leaf_nodes = static_cast<std::uint32_t>(options.max_leaf_nodes);
  if (options.max_depth) settings.limits.max_depth = static_cast<std::uint32_t>(options.max_depth);
  settings.limits.min_rows_split = 2 * options.min_samples_leaf;
  settings.limits.min_gain = options.min_gain;
  settings.limits.positive_gain = true;
  settings.limits.monotone = detail::directions(options.monotone, x, options.loss);
  auto table = trees::bin(x, options.max_bins, run, plain.weight);
  detail::order_by_content(table, plain);

  std::vector<std::uint32_t> training, held_out;
  random_stream random(settings.seed, 1);
  double events = 0;
  for (std::uint32_t i = 0; i < table.rows; ++i) {
    if (plain.weight_of(i) == 0) continue;
    const bool out = options.early_stopping && random.uniform() < options.validation_fraction;
    (out ? held_out : training).push_back(i);
    events += !out && plain.event[i] ? 1 : 0;
  }
  if (!(events > 0)) throw invalid_input("event", "must hold at least one event to train on");

  const detail::boosting_target target(plain, training, options.loss), judge(plain, held_out, options.loss);
  const bool judged = options.early_stopping && !held_out.empty() && (!cox || judge.proportional().events() > 0);
  if (options.early_stopping && !judged) throw invalid_input("validation_fraction", "leaves no event to judge by", options.validation_fraction);
  gradient_boosting_model model;
  model.loss = options.loss;
  model.trees.columns = trees::detail::columns_of(x, table.columns);
  model.trees.set_words = trees::detail::set_words_of(table.columns);
  std::vector<double> score(table.rows), gradient(table.rows), hessian(table.rows), scales;
  if (!cox) std::tie(model.base, model.scale) = target.accelerated().start(score);
  std::fill(score.begin(), score.end(), model.base);
  const auto note = [&] {
    scales.push_back(model.scale);
    if (!judged) return;
    model.train_loss.push_back(target.value(score, model.scale));
    model.validation_loss.push_back(judge.value(score, model.scale));
  };
  note();
  trees::detail::newton_booster booster(table, settings, run);
  std::vector<trees::detail::flat_tree> flat;
  std::size_t best = 0;
  for (int round = 0; round < options.n_estimators; ++round) {
    target.derivatives(score, model.scale, gradient, hessian);
    flat.push_back(booster.round(static_cast<std::size_t>(round), training, gradient, hessian, score));
    if (!cox) model.scale = target.accelerated().better_scale(score, model.scale);
    run.report(static_cast<double>(round + 1) / options.n_estimators);
    note();
    if (!judged) continue;
    if (model.validation_loss.back() < model.validation_loss[best] - options.tol) best = flat.size();
    if (flat.size() >= best + static_cast<std::size_t>(options.n_iter_no_change)) break;
  }
  if (judged && flat.size() > std::max<std::size_t>(best, 1)) {
    flat.resize(std::max<std::size_t>(best, 1));
    std::fill(score.begin(), score.end(), model.base);
    for (const auto& tree : flat)
      booster.add(tree, score);
  }
  model.scale = scales[flat.size()];
  if (cox) target.proportional().baseline(score, model.times, model.baseline_hazard);
  model.importances = trees::detail::join_trees(model.trees, flat);
  const double total = std::accumulate(model.importances.begin(), model.importances.end(), 0.0);
  for (double& v : model.importances)
    v = total > 0 ? v / total : 0.0;
  return model;
}

namespace detail {
inline std::vector<double> boosted_score(const gradient_boosting_model& model, const table_view& x, const execution& run) {
  auto score = trees::sum_values(model.trees, x, run);
  for (double& s : score)
    s += model.base;
  return score;
}
}  // namespace detail

TENURE_INLINE std::vector<double> predict_risk(const gradient_boosting_model& model, const table_view& x, const execution& run) {
  auto score = detail::boosted_score(model, x, run);
  if (model.loss != boosting_loss::cox)
    for (double& s : score)
      s = -s;
  return score;
}

TENURE_INLINE matrix predict_survival(const gradient_boosting_model& model, const table_view& x, const std::vector<double>& times, const execution& run) {
  for (std::size_t k = 0; k < times.size(); ++k)
    if (std::isnan(times[k])) throw invalid_input("times", "must not be missing", times[k], k);
  const auto score = detail::boosted_score(model, x, run);
  const bool cox = model.loss == boosting_loss::cox;
  std::vector<double> hazard(times.size());
  for (std::size_t k = 0; cox && k < times.size(); ++k) {
    const auto at = std::upper_bound(model.times.begin(), model.times.end(), times[k]) - model.times.begin();
    hazard[k] = at > 0 ? model.baseline_hazard[static_cast<std::size_t>(at) - 1] : 0.0;
  }
  matrix out(x.rows(), times.size());
  parallel_chunks(chunking(x.rows(), 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      for (std::size_t k = 0; k < times.size(); ++k) {
        if (cox)
          out(i, k) = std::exp(-hazard[k] * std::exp(score[i]));
        else
          out(i, k) = times[k] <= 0 ? 1.0 : std::exp(detail::tails_at(detail::law_of(model.loss), (std::log(times[k]) - score[i]) / model.scale, 0).above);
      }
  });
  return out;
}

}  // namespace tenure::inline TENURE_ABI::survival
