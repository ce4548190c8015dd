#pragma once

#include <string>

#include "tenure/survival/cox_path_solver-inl.hpp"
#include "tenure/survival/cox_sparse.hpp"

namespace tenure::inline TENURE_ABI::survival {

TENURE_INLINE cox_model fit_sparse_cox(const table_view& x, const outcome& y, const sparse_cox_options& options, const cox_columns& columns,
                                       const execution& run) {
  validate(options);
  if (options.ties == ties::exact) throw not_supported("an elastic net with exact ties: use ties 'efron' or 'breslow'");
  if (!columns.cluster.empty()) throw not_supported("a robust variance of an elastic net: its coefficients are chosen and shrunk, so no standard error holds");
  cox_model model;
  model.ties = options.ties;
  model.code = detail::cox_encoding(x, options.reference);
  if (model.code.width() == 0) throw invalid_input("X", "has no columns");
  const detail::cox_stream stream = detail::make_stream(x, model.code, detail::load_outcome(y), columns, run);
  const bool efron = options.ties == ties::efron;
  detail::path_solver solver(stream, options.l1_ratio, options.tolerance, options.max_iterations, run, efron);
  model.rows = stream.rows;
  model.events = stream.events;
  model.center = stream.center;
  model.converged = true;
  model.coef = solver.solve(options.alpha, std::max(options.alpha, solver.first_lambda()), model.converged);
  model.log_likelihood_null = solver.null_log_likelihood();
  detail::cox_likelihood likelihood(stream, efron, run);
  std::vector<double> beta(model.coef);
  for (std::size_t j = 0; j < beta.size(); ++j)
    beta[j] /= stream.scale[j];
  model.log_likelihood = likelihood.update(beta);
  detail::store_baseline(stream, likelihood.state(), model);
  return model;
}

}  // namespace tenure::inline TENURE_ABI::survival
