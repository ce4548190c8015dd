#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "tenure/core/random.hpp"
#include "tenure/learn/gradient_boosting.hpp"
#include "tenure/learn/tree_input-inl.hpp"
#include "tenure/numeric/elementary.hpp"
#include "tenure/trees/boost-inl.hpp"
#include "tenure/trees/sample-inl.hpp"

namespace tenure::inline TENURE_ABI::learn {

namespace detail {

inline double logistic(double z) { return z >= 0 ? 1 / (1 + std::exp(-z)) : std::exp(z) / (1 + std::exp(z)); }
/// log(1 + exp(-z)): the loss of a churner at log-odds z.
inline double soft_loss(double z) { return z > 0 ? std::log1p(std::exp(-z)) : -z + std::log1p(std::exp(z)); }

/// One boosting run: the state that rounds share.
class booster {
 public:
  booster(const trees::binned_table& table, const binary_target& target, const gradient_boosting_options& options, std::vector<std::int8_t> monotone,
          const execution& run)
      : table_(table), target_(target), options_(options), run_{.threads = run.threads}, set_words_(trees::detail::set_words_of(table.columns)) {
    limits_.max_leaf_nodes = static_cast<std::uint32_t>(options.max_leaf_nodes);
    if (options.max_depth) limits_.max_depth = static_cast<std::uint32_t>(options.max_depth);
    limits_.min_rows_split = 2 * options.min_samples_leaf;
    limits_.min_gain = options.min_gain;
    limits_.positive_gain = true;
    limits_.monotone = std::move(monotone);
    for (std::size_t i = 0; i < target.weight.size(); ++i)
      whole_weights_ &= target.weight[i] == std::floor(target.weight[i]) && target.weight[i] < 1000;
    split_off_validation();
    double positive = 0, total = 0;
    for (const auto i : train_) {
      positive += target.y[i] * weight(i);
      total += weight(i);
    }
    if (!(positive > 0) || !(positive < total)) throw invalid_input("validation_fraction", "leaves only one class to train on", options.validation_fraction);
    base_ = std::log(positive / (total - positive));
    score_.assign(table.rows, base_);
    probability_.resize(table.rows);
    by_column_ = trees::detail::by_column(table, run_);
  }

  double base() const { return base_; }
  double train_loss() const { return loss(train_); }
  double validation_loss() const { return loss(held_out_); }
  bool validates() const { return !held_out_.empty(); }

  trees::detail::flat_tree round(std::size_t number) {
    auto rows = draw_rows(number);
    auto targets = gradients(rows);
    auto limits = limits_;
    limits.features = trees::detail::columns_of_round(number, table_.cols, options_.max_features, static_cast<std::uint64_t>(options_.seed));
    const trees::detail::binned_source source{table_, by_column_.data()};
    const auto tree = trees::detail::tree_grower<trees::detail::newton_rule, trees::detail::binned_source>(rule_, source, limits, run_).grow(rows, targets);
    const auto derivatives = [&](std::uint32_t i) {
      const double p = probability_[i], w = weight(i);
      return std::pair(w * (p - target_.y[i]), w * p * (1 - p));
    };
    const auto values = trees::detail::leaf_steps(tree, rule_, options_.learning_rate, rows, derivatives, run_);
    auto flat = trees::detail::flat_of(tree, values, table_, set_words_);
    drawn_.clear();
    if (rows.size() == table_.rows)
      trees::detail::add_values(tree, values, rows, score_, run_);
    else
      trees::detail::add_values(flat, table_, set_words_, score_, run_);
    return flat;
  }

 private:
  double row_weight(std::size_t i) const { return target_.weight.empty() ? 1.0 : target_.weight[i]; }
  double weight(std::size_t i) const { return (drawn_.empty() ? row_weight(i) : drawn_[i]) * (target_.y[i] ? options_.class_weight1 : options_.class_weight0); }

  void split_off_validation() {
    random_stream random(static_cast<std::uint64_t>(options_.seed), 1);
    for (std::uint32_t i = 0; i < table_.rows; ++i) {
      if (!target_.weight.empty() && target_.weight[i] == 0) continue;
      const bool out = options_.early_stopping && random.uniform() < options_.validation_fraction;
      (out ? held_out_ : train_).push_back(i);
    }
  }

  /// Each row is in with probability `subsample`; of a row of whole weight w each of its w copies is.
  std::vector<std::uint32_t> draw_rows(std::size_t number) {
    if (options_.subsample >= 1) return train_;
    random_stream random(static_cast<std::uint64_t>(options_.seed), 2 * number + 2);
    std::vector<std::uint32_t> rows;
    drawn_.resize(table_.rows);
    for (const auto i : train_) {
      double in = 0;
      const double w = row_weight(i);
      if (whole_weights_)
        for (double copy = 0; copy < w; ++copy)
          in += random.uniform() < options_.subsample;
      else if (random.uniform() < options_.subsample)
        in = w;
      drawn_[i] = in;
      if (in > 0) rows.push_back(i);
    }
    if (rows.size() >= 2) return rows;
    drawn_.clear();
    return train_;
  }

  /// Probabilities of the rows, and their gradient and Hessian in fixed point: as fine as sums over all rows allow in 32 bits.
  std::vector<std::uint64_t> gradients(const std::vector<std::uint32_t>& rows) {
    struct sums {
      double gradient = 0, hessian = 0;
    };
    const chunking chunks(rows.size());
    const sums total = parallel_reduce(
        chunks, run_, sums{},
        [&](sums& part, std::size_t begin, std::size_t end) {
          std::array<double, 512> z{};
          for (std::size_t at = begin; at < end; at += z.size()) {
            const std::size_t count = std::min(z.size(), end - at);
            for (std::size_t k = 0; k < count; ++k)
              z[k] = score_[rows[at + k]];
            numeric::logistic_block(z.data(), count, z.data(), nullptr);
            for (std::size_t k = 0; k < count; ++k) {
              const std::uint32_t i = rows[at + k];
              const double p = z[k], w = weight(i);
              probability_[i] = p;
              part.gradient += w * std::abs(p - target_.y[i]);
              part.hessian += w * p * (1 - p);
            }
          }
        },
        [](sums& a, const sums& b) {
          a.gradient += b.gradient;
          a.hessian += b.hessian;
        });
    trees::detail::fit_steps(rule_, total.gradient, total.hessian, rows.size());
    rule_.l1 = options_.l1;
    rule_.l2 = options_.l2;
    rule_.min_rows = options_.min_samples_leaf;
    rule_.min_hessian = options_.min_hessian;
    std::vector<std::uint64_t> targets(rows.size());
    const double per_gradient = 1 / rule_.gradient_step, per_hessian = 1 / rule_.hessian_step;
    parallel_chunks(chunks, run_, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t k = begin; k < end; ++k) {
        const std::uint32_t i = rows[k];
        const double p = probability_[i], w = weight(i);
        const double g = w * (p - target_.y[i]) * per_gradient;
        targets[k] = trees::detail::pack(static_cast<std::int64_t>(g + (g < 0 ? -0.5 : 0.5)), static_cast<std::uint32_t>(w * p * (1 - p) * per_hessian + 0.5));
      }
    });
    return targets;
  }

  double loss(const std::vector<std::uint32_t>& rows) const {
    double sum = 0, total = 0;
    for (const auto i : rows) {
      sum += weight(i) * soft_loss(target_.y[i] ? score_[i] : -score_[i]);
      total += weight(i);
    }
    return sum / total;
  }

  const trees::binned_table& table_;
  const binary_target& target_;
  const gradient_boosting_options& options_;
  execution run_;
  std::uint32_t set_words_;
  trees::detail::grow_limits limits_;
  trees::detail::newton_rule rule_;
  std::vector<std::uint8_t> by_column_;
  std::vector<std::uint32_t> train_, held_out_;
  double base_ = 0;
  std::vector<double> score_, probability_, drawn_;  // drawn_: weights of this round's rows, empty when all rows are in
  bool whole_weights_ = true;
};

/// What to add to log-odds so that their probabilities have the mean of y (Newton steps from `shift`).
inline double prior_shift(const std::vector<double>& log_odds, numeric_column y, numeric_column weight, double shift) {
  for (int step = 0; step < 50; ++step) {
    double excess = 0, slope = 0;
    for (std::size_t i = 0; i < log_odds.size(); ++i) {
      const double p = logistic(log_odds[i] + shift), w = weight.empty() ? 1.0 : weight[i];
      excess += w * (p - y[i]);
      slope += w * p * (1 - p);
    }
    const double move = std::clamp(excess / std::max(slope, 1e-300), -1.0, 1.0);
    shift -= move;
    if (std::abs(move) < 1e-13) break;
  }
  return shift;
}

}  // namespace detail

TENURE_INLINE void gradient_boosting_model::check() const {
  trees.check();
  if (importances.size() != trees.columns.size()) throw bad_file("gradient boosting: one importance a column is needed");
}

TENURE_INLINE std::vector<double> predict_log_odds(const gradient_boosting_model& model, const table_view& x, const execution& run) {
  auto sums = trees::sum_values(model.trees, x, run);
  for (double& s : sums)
    s += model.base;
  return sums;
}

TENURE_INLINE gradient_boosting_model fit_gradient_boosting(const table_view& x, numeric_column y, const gradient_boosting_options& options,
                                                            numeric_column weight, const execution& run) {
  validate(options);
  auto target = detail::binary_target_of(x, y, weight);
  auto monotone = detail::monotone_of(options.monotone, x);
  auto table = trees::bin(x, options.max_bins, run, target.weight);
  if (options.subsample < 1 || options.early_stopping) detail::order_by_content(table, target);
  detail::booster booster(table, target, options, std::move(monotone), run);

  gradient_boosting_model model;
  model.trees.columns = trees::detail::columns_of(x, table.columns);
  model.trees.set_words = trees::detail::set_words_of(table.columns);
  model.base = booster.base();
  if (booster.validates()) {
    model.train_loss.push_back(booster.train_loss());
    model.validation_loss.push_back(booster.validation_loss());
  }
  std::vector<trees::detail::flat_tree> flat;
  std::size_t best = 0;
  for (int round = 0; round < options.n_estimators; ++round) {
    flat.push_back(booster.round(static_cast<std::size_t>(round)));
    run.report(static_cast<double>(round + 1) / options.n_estimators);
    if (!booster.validates()) continue;
    model.train_loss.push_back(booster.train_loss());
    model.validation_loss.push_back(booster.validation_loss());
    if (model.validation_loss.back() < model.validation_loss[best] - options.tol) best = flat.size();
    if (flat.size() >= best + static_cast<std::size_t>(options.n_iter_no_change)) break;
  }
  if (booster.validates()) flat.resize(std::max<std::size_t>(best, 1));
  model.importances = trees::detail::join_trees(model.trees, flat);
  detail::normalise(model.importances);
  if (options.prior_correction && options.class_weight0 != options.class_weight1) {
    model.base +=
        detail::prior_shift(predict_log_odds(model, x, {.threads = run.threads}), y, weight, -std::log(options.class_weight1 / options.class_weight0));
    model.threshold = options.class_weight0 / (options.class_weight0 + options.class_weight1);
  }
  return model;
}

TENURE_INLINE std::vector<double> predict_probability(const gradient_boosting_model& model, const table_view& x, const execution& run) {
  auto sums = predict_log_odds(model, x, run);
  for (double& s : sums)
    s = detail::logistic(s);
  return sums;
}

TENURE_INLINE double predict_probability_row(const gradient_boosting_model& model, std::span<const double> row) {
  return detail::logistic(trees::sum_values_row(model.trees, row) + model.base);
}

}  // namespace tenure::inline TENURE_ABI::learn
