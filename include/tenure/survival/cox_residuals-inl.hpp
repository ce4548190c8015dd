#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include "tenure/numeric/distributions.hpp"
#include "tenure/numeric/linear.hpp"
#include "tenure/survival/cox-inl.hpp"
#include "tenure/survival/cox_residuals.hpp"
#include "tenure/survival/curve.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

/// The training rows at the fitted coefficients.
struct cox_at_fit {
  plain_outcome y;
  cox_stream stream;
  std::unique_ptr<cox_likelihood> likelihood;

  cox_at_fit(const cox_model& model, const table_view& x, const outcome& rows, const cox_columns& columns, const execution& run) : y(load_outcome(rows)) {
    if (model.ties == ties::exact) throw not_supported("residuals of a fit with exact ties: fit with ties 'efron' or 'breslow'");
    const aligned_table aligned(x, model.code.columns, unseen_level::refuse);
    stream = make_stream(aligned.view(), model.code, y, columns, run);
    if (stream.rows != model.rows || stream.events != model.events) throw invalid_input("X", "and y must be the rows that the model was fitted on");
    likelihood = std::make_unique<cox_likelihood>(stream, model.ties == ties::efron, run);
    std::vector<double> beta(model.coef);
    for (std::size_t j = 0; j < beta.size(); ++j)
      beta[j] /= stream.scale[j];
    likelihood->update(beta);
  }
};

}  // namespace detail

TENURE_INLINE cox_residual_values cox_residuals(const cox_model& model, const table_view& x, const outcome& y, residual kind, const cox_columns& columns,
                                                const execution& run) {
  const detail::cox_at_fit fit(model, x, y, columns, run);
  const detail::cox_stream& s = fit.stream;
  const std::size_t p = s.cols;
  cox_residual_values out;
  if (kind == residual::martingale || kind == residual::deviance) {
    out.values = matrix(s.rows, 1);
    for (std::size_t i = 0; i < s.items(); ++i) {
      if (s.kind[i] == detail::entry_item) continue;
      const double w = s.weight_of(i), event = s.kind[i] == detail::event_exit ? 1.0 : 0.0;
      const double m = event - (w > 0 ? fit.likelihood->expected(i, fit.likelihood->state().cumulative, {}) / w : 0.0);
      const double inside = m + (event > 0 ? std::log(event - m) : 0.0);
      out.values(s.row[i], 0) = kind == residual::martingale ? m : std::copysign(std::sqrt(std::max(0.0, -2 * inside)), m);
    }
  } else {
    const detail::cox_scores scores(*fit.likelihood, run);
    if (kind == residual::score || kind == residual::dfbeta) {
      out.values = matrix(s.rows, p);
      parallel_for(s.chunks.size(), {.threads = run.threads}, [&](std::size_t c) {
        scores.each(c, [&](std::size_t item, const double*, const double* u) {
          double* to = out.values.row(s.row[item]);
          const double w = kind == residual::dfbeta ? s.weight_of(item) : 1.0;
          for (std::size_t j = 0; j < p; ++j)
            to[j] = w * u[j] / s.scale[j];
        });
      });
      if (kind == residual::dfbeta) out.values = numeric::multiply(out.values, model.covariance);
    } else {
      std::vector<std::size_t> items;
      for (std::size_t stratum = 0; stratum < s.strata; ++stratum)
        for (std::size_t k = s.stratum_group[stratum + 1]; k-- > s.stratum_group[stratum];) {
          const std::size_t from = items.size();
          for (std::size_t i = s.groups[k].begin; i < s.groups[k].end; ++i)
            if (s.kind[i] == detail::event_exit) items.push_back(i);
          std::sort(items.begin() + static_cast<std::ptrdiff_t>(from), items.end(), [&](std::size_t a, std::size_t b) { return s.row[a] < s.row[b]; });
        }
      out.values = matrix(items.size(), p);
      std::vector<double> mean(p);
      std::size_t c = 0;
      for (std::size_t i = 0; i < items.size(); ++i) {
        const std::size_t item = items[i];
        if (item < s.chunks[c].begin) c = 0;
        while (item >= s.chunks[c].end)
          ++c;
        while (item < s.chunks[c].begin)
          --c;
        const std::size_t local = item - s.chunks[c].begin;
        scores.risk_mean(s.group[item], mean.data());
        for (std::size_t j = 0; j < p; ++j)
          out.values(i, j) = (s.chunks[c].blocks[local / s.block].column(j)[local % s.block] - mean[j]) / s.scale[j];
        out.row.push_back(s.row[item]);
        out.time.push_back(fit.y.time[s.row[item]]);
      }
      if (kind == residual::scaled_schoenfeld) {
        out.values = numeric::multiply(out.values, model.covariance);
        for (std::size_t i = 0; i < items.size(); ++i)
          for (std::size_t j = 0; j < p; ++j)
            out.values(i, j) = out.values(i, j) * static_cast<double>(items.size()) + model.coef[j];
      }
      return out;
    }
  }
  out.row.resize(s.rows);
  std::iota(out.row.begin(), out.row.end(), std::size_t{0});
  out.time = fit.y.time;
  return out;
}

TENURE_INLINE proportional_hazards_result test_proportional_hazards(const cox_model& model, const table_view& x, const outcome& y, time_transform transform,
                                                                    const cox_columns& columns, const execution& run) {
  const detail::cox_at_fit fit(model, x, y, columns, run);
  const detail::cox_stream& s = fit.stream;
  const std::size_t p = s.cols;

  detail::group_weights g(s.groups.size());
  if (transform == time_transform::km) {
    event_counts counts;
    counts.add({y.time, y.event, y.entry, {}});
    const curve km = kaplan_meier(std::move(counts).finish()[0]);
    for (std::size_t k = 0; k < g.size(); ++k) {
      const auto before = std::lower_bound(km.time.begin(), km.time.end(), s.groups[k].time) - km.time.begin();
      g[k] = before == 0 ? 0.0 : 1 - km.estimate[static_cast<std::size_t>(before) - 1];
    }
  } else if (transform == time_transform::rank) {
    std::vector<double> sorted(fit.y.time);
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t k = 0; k < g.size(); ++k) {
      const auto range = std::equal_range(sorted.begin(), sorted.end(), s.groups[k].time);
      g[k] = 0.5 * static_cast<double>((range.first - sorted.begin()) + (range.second - sorted.begin()) + 1);
    }
  } else {
    for (std::size_t k = 0; k < g.size(); ++k) {
      const double t = s.groups[k].time;
      if (transform == time_transform::log && t <= 0) throw invalid_input("time", "must be > 0 at events for the log transform", t);
      g[k] = transform == time_transform::log ? std::log(t) : t;
    }
  }
  double mean = 0;
  for (std::size_t k = 0; k < g.size(); ++k)
    mean += g[k] * s.groups[k].deaths;
  mean /= static_cast<double>(s.events);
  double size = 0;
  for (double& each : g)
    size = std::max(size, std::abs(each -= mean));
  if (!(size > 0)) throw invalid_input("time", "has events at one time only: an effect cannot be seen to change");
  for (double& each : g)
    each /= size;
  detail::group_weights squared(g);
  for (double& each : squared)
    each *= each;

  detail::cox_evaluation plain, first, second;
  fit.likelihood->accumulate({}, plain);
  fit.likelihood->accumulate(g, first);
  fit.likelihood->accumulate(squared, second);
  const matrix inverse = detail::factor_information(plain.information, model.code.names()).inverse();
  const matrix explained = detail::sandwich(first.information, inverse);  // I_g I^-1 I_g
  matrix left(p, p);
  for (std::size_t i = 0; i < p * p; ++i)
    left.data()[i] = second.information.values()[i] - explained.values()[i];

  proportional_hazards_result out;
  out.names = model.code.names();
  out.names.push_back("GLOBAL");
  for (std::size_t j = 0; j < p; ++j) {
    out.statistic.push_back(first.gradient[j] * first.gradient[j] / left(j, j));
    out.dof.push_back(1);
  }
  out.statistic.push_back(detail::quadratic(first.gradient, detail::factor_information(left, model.code.names()).inverse()));
  out.dof.push_back(static_cast<int>(p));
  for (std::size_t j = 0; j <= p; ++j)
    out.p_value.push_back(numeric::chi_squared_sf(out.statistic[j], out.dof[j]));
  return out;
}

TENURE_INLINE matrix survival_std_error(const cox_model& model, const table_view& x, const outcome& y, const table_view& x_new,
                                        const column_view<double>& times, const cox_columns& columns, const numeric_column& stratum_new, const execution& run) {
  const detail::cox_at_fit fit(model, x, y, columns, run);
  const detail::cox_stream& s = fit.stream;
  const detail::cox_state& state = fit.likelihood->state();
  const detail::cox_scores scores(*fit.likelihood, run);
  const std::size_t p = s.cols;
  const std::vector<std::uint32_t> codes = detail::to_codes(stratum_new, "strata", x_new.rows());
  const matrix rows = encode(x_new, model.code);
  const double unshift = std::exp(-state.shift);
  std::vector<double> variance(s.groups.size() + 1, 0.0);
  for (std::size_t k = s.groups.size(); k-- > 0;) {
    const bool fresh = k + 1 == s.groups.size() || s.groups[k + 1].stratum != s.groups[k].stratum;
    variance[k] = (fresh ? 0.0 : variance[k + 1]) + state.sums[k].variance;
  }
  matrix out(x_new.rows(), times.size());
  std::vector<double> z(p), q(p);
  for (std::size_t i = 0; i < x_new.rows(); ++i) {
    const std::size_t stratum = codes.empty() ? 0 : codes[i];
    if (stratum >= s.strata) throw invalid_input("strata", "was not seen in training", static_cast<double>(stratum), i);
    double eta = 0;
    for (std::size_t j = 0; j < p; ++j) {
      z[j] = (rows(i, j) - s.center[j]) * s.scale[j];
      eta += (rows(i, j) - s.center[j]) * model.coef[j];
    }
    const auto first = s.groups.begin() + static_cast<std::ptrdiff_t>(s.stratum_group[stratum]);
    const auto last = s.groups.begin() + static_cast<std::ptrdiff_t>(s.stratum_group[stratum + 1]);
    for (std::size_t t = 0; t < times.size(); ++t) {
      const auto at = std::find_if(first, last, [&](const detail::event_group& g) { return g.time <= times[t]; });
      if (at == last) continue;
      const auto k = static_cast<std::size_t>(at - s.groups.begin());
      for (std::size_t j = 0; j < p; ++j)
        q[j] = (z[j] * state.cumulative[k] - scores.cumulated_mean(k)[j]) / s.scale[j];
      out(i, t) = std::exp(eta) * unshift * std::sqrt(variance[k] + detail::quadratic(q, model.variance()));
    }
  }
  return out;
}

}  // namespace tenure::inline TENURE_ABI::survival
