#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <string>

#include "tenure/core/random.hpp"
#include "tenure/survival/cox-inl.hpp"
#include "tenure/survival/cox_path.hpp"
#include "tenure/survival/cox_path_solver-inl.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

/// The rows with a flag, as columns and outcome of their own.
struct path_subset {
  matrix x;
  plain_outcome y;
  std::unique_ptr<cox_stream> stream;
};

inline cox_stream stream_of(const matrix& x, const plain_outcome& y, const execution& run) {
  const table_view view(x);
  return make_stream(view, encoding::of(view), y, {}, run);
}

/// Cross-validated deviance per event of every lambda: of all rows less that of the other folds, at their coefficients.
inline void cross_validate(const matrix& x, const plain_outcome& y, path_solver& all, const cox_path_options& options, const execution& run,
                           cox_path_model& model) {
  const std::size_t n = y.size(), lambdas = model.lambda.size(), folds = static_cast<std::size_t>(options.folds);
  if (folds < 2 || folds > n) throw invalid_input("folds", "must be 0 or in [2, rows]", options.folds);
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  random_stream(options.seed).shuffle(order.data(), n);
  matrix score(folds, lambdas);
  std::vector<double> events(folds, 0.0);
  for (std::size_t f = 0; f < folds; ++f) {
    std::vector<std::uint32_t> kept;
    for (std::size_t i = 0; i < n; ++i) {
      if (i % folds != f)
        kept.push_back(order[i]);
      else
        events[f] += y.event[order[i]];
    }
    std::sort(kept.begin(), kept.end());
    matrix part(kept.size(), x.cols());
    plain_outcome rows;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      std::copy(x.row(kept[i]), x.row(kept[i]) + x.cols(), part.row(i));
      rows.time.push_back(y.time[kept[i]]);
      rows.event.push_back(y.event[kept[i]]);
      if (!y.entry.empty()) rows.entry.push_back(y.entry[kept[i]]);
      if (!y.weight.empty()) rows.weight.push_back(y.weight[kept[i]]);
    }
    const cox_stream stream = stream_of(part, rows, run);
    path_solver others(stream, options.l1_ratio, options.tolerance, options.max_iterations, run);
    double previous = others.first_lambda();
    for (std::size_t l = 0; l < lambdas; ++l) {
      const std::vector<double> coef = others.solve(model.lambda[l], std::max(previous, model.lambda[l]), model.converged);
      previous = model.lambda[l];
      score(f, l) = -2 * (all.log_likelihood_at(coef.data()) - others.log_likelihood());
    }
    run.report(0.2 + 0.8 * static_cast<double>(f + 1) / static_cast<double>(folds));
  }
  const double total = std::accumulate(events.begin(), events.end(), 0.0);
  for (std::size_t l = 0; l < lambdas; ++l) {
    double mean = 0, spread = 0;
    for (std::size_t f = 0; f < folds; ++f)
      mean += score(f, l) / total;
    for (std::size_t f = 0; f < folds; ++f)
      if (events[f] > 0) spread += events[f] / total * (score(f, l) / events[f] - mean) * (score(f, l) / events[f] - mean);
    model.cv_mean.push_back(mean);
    model.cv_std_error.push_back(std::sqrt(spread / static_cast<double>(folds - 1)));
  }
  model.best = static_cast<std::size_t>(std::min_element(model.cv_mean.begin(), model.cv_mean.end()) - model.cv_mean.begin());
  for (model.sparse = 0; model.cv_mean[model.sparse] > model.cv_mean[model.best] + model.cv_std_error[model.best];)
    ++model.sparse;
}

}  // namespace detail

TENURE_INLINE cox_path_model fit_cox_path(const table_view& x, const outcome& y, const cox_path_options& options, const execution& run) {
  validate(options);
  cox_path_model model;
  model.l1_ratio = options.l1_ratio;
  model.code = encoding::of(x);
  if (model.code.width() == 0) throw invalid_input("X", "has no columns");
  const detail::plain_outcome rows = detail::load_outcome(y);
  const detail::cox_stream stream = detail::make_stream(x, model.code, rows, {}, run);
  detail::path_solver solver(stream, options.l1_ratio, options.tolerance, options.max_iterations, run);
  model.lambda = options.lambda;
  const double first = solver.first_lambda();
  if (model.lambda.empty()) {
    const double smallest = options.smallest > 0 ? options.smallest : stream.cols > stream.rows ? 0.01 : 1e-4;
    for (int l = 0; l < options.lambdas; ++l)
      model.lambda.push_back(first * std::pow(smallest, options.lambdas > 1 ? static_cast<double>(l) / (options.lambdas - 1) : 0.0));
  }
  for (std::size_t l = 0; l < model.lambda.size(); ++l)
    if (!(model.lambda[l] > 0 && std::isfinite(model.lambda[l])) || (l > 0 && model.lambda[l] > model.lambda[l - 1]))
      throw invalid_input("lambda", "must be > 0 and descend", model.lambda[l], l);

  double saturated = 0;  // Breslow's likelihood when every time's events carry all the risk
  for (const auto& g : stream.groups)
    saturated -= g.weight * std::log(g.weight);
  model.null_deviance = 2 * (saturated - solver.null_log_likelihood());
  model.coef = matrix(model.lambda.size(), stream.cols);
  double previous = first;
  for (std::size_t l = 0; l < model.lambda.size(); ++l) {
    const std::vector<double> coef = solver.solve(model.lambda[l], std::max(previous, model.lambda[l]), model.converged);
    std::copy(coef.begin(), coef.end(), model.coef.row(l));
    model.deviance_ratio.push_back(2 * (solver.log_likelihood() - solver.null_log_likelihood()) / model.null_deviance);
    previous = model.lambda[l];
    run.report(0.2 * static_cast<double>(l + 1) / static_cast<double>(model.lambda.size()));
  }
  model.best = model.sparse = model.lambda.size() - 1;
  if (options.folds > 0) {
    const matrix design = encode(x, model.code);
    detail::cross_validate(design, rows, solver, options, run, model);
  }
  return model;
}

TENURE_INLINE void cox_path_model::check() const {
  code.check();
  if (lambda.empty() || coef.rows() != lambda.size() || coef.cols() != code.width() || deviance_ratio.size() != lambda.size())
    throw bad_file("cox path: sizes do not fit");
  if (best >= lambda.size() || sparse >= lambda.size()) throw bad_file("cox path: no such lambda");
  if (cv_mean.size() != cv_std_error.size() || (!cv_mean.empty() && cv_mean.size() != lambda.size())) throw bad_file("cox path: sizes do not fit");
  for (const double v : coef.values())
    if (!std::isfinite(v)) throw bad_file("cox path: coefficients must be finite");
}

TENURE_INLINE std::vector<double> predict_log_hazard(const cox_path_model& model, const table_view& x, std::size_t at) {
  if (at >= model.lambda.size()) throw invalid_input("at", "must be below the number of lambdas", static_cast<double>(at));
  cox_model cox;
  cox.code = model.code;
  cox.coef.assign(model.coef.row(at), model.coef.row(at) + model.coef.cols());
  return predict_log_hazard(cox, x);
}

}  // namespace tenure::inline TENURE_ABI::survival
