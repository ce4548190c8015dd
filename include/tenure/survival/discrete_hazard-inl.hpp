#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "tenure/survival/cox-inl.hpp"
#include "tenure/survival/discrete_likelihood-inl.hpp"
#include "tenure/survival/outcome-inl.hpp"
#include "tenure/survival/scaled_design-inl.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

inline constexpr double most_periods = 100000;

inline std::uint32_t whole_periods(double value, const char* name, std::size_t row) {
  if (value != std::floor(value) || value > most_periods)
    throw invalid_input(name, "must be a whole number of periods up to 100000: divide by the length of a period and round up", value, row);
  return static_cast<std::uint32_t>(std::max(value, 0.0));
}

inline period_rows load_periods(const outcome& y, const matrix& design) {
  plain_outcome plain = load_outcome(y);
  const std::size_t n = plain.size();
  if (design.rows() != n) throw invalid_input("X", "must have one row a row of time (" + std::to_string(n) + "), has " + std::to_string(design.rows()));
  period_rows rows;
  rows.begin.resize(n);
  rows.end.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    rows.end[i] = whole_periods(plain.time[i], "time", i);
    rows.begin[i] = plain.entry.empty() ? 0 : whole_periods(plain.entry[i], "entry", i);
    if (plain.event[i] && rows.end[i] == 0) throw invalid_input("time", "must be at least 1 where the customer left: the first period is 1", 0, i);
  }
  rows.event = std::move(plain.event);
  rows.weight = std::move(plain.weight);
  return rows;
}

/// Knots at quantiles of the periods of events, or those asked for.
inline std::vector<double> spline_knots(const std::vector<double>& wanted, const std::vector<double>& n_event) {
  for (std::size_t k = 0; k < wanted.size(); ++k)
    if (!std::isfinite(wanted[k]) || (k > 0 && !(wanted[k] > wanted[k - 1]))) throw invalid_input("knots", "must ascend", wanted[k], k);
  if (!wanted.empty() && wanted.size() < 3) throw invalid_input("knots", "must be at least 3", static_cast<double>(wanted.size()));
  if (!wanted.empty()) return wanted;
  double total = 0;
  for (const double d : n_event)
    total += d;
  std::vector<double> knots;
  for (const double share : {0.05, 0.35, 0.65, 0.95}) {
    double sum = 0;
    std::size_t k = 0;
    while (k + 1 < n_event.size() && (sum += n_event[k]) < share * total)
      ++k;
    if (knots.empty() || static_cast<double>(k + 1) > knots.back()) knots.push_back(static_cast<double>(k + 1));
  }
  if (knots.size() < 3) knots.clear();  // too few different periods: a straight line
  return knots;
}

inline period_design design_of(discrete_hazard_model& model, const discrete_hazard_options& options) {
  const std::size_t periods = model.n_event.size();
  using what = period_design::what;
  period_design design;
  design.unit = 1 / static_cast<double>(periods);
  const bool smooth = options.baseline == period_baseline::spline;
  if (!smooth && (!options.spikes.empty() || !options.knots.empty()))
    throw invalid_input(options.spikes.empty() ? "knots" : "spikes", "go with baseline = 'spline'; with 'periods' each period has its own intercept");
  design.kind.assign(periods, smooth ? what::smooth : what::own);
  for (std::size_t k = 0; k < options.spikes.size(); ++k) {
    const double spike = options.spikes[k];
    if (!(spike >= 1 && spike <= static_cast<double>(periods) && spike == std::floor(spike)))
      throw invalid_input("spikes", "must be periods in [1, " + std::to_string(periods) + "]", spike, k);
    design.kind[static_cast<std::size_t>(spike) - 1] = what::own;
  }
  for (std::size_t k = 0; k < periods; ++k)
    if (design.kind[k] == what::own && (model.n_event[k] == 0 || model.n_event[k] == model.n_risk[k])) design.kind[k] = what::left_out;
  if (!smooth) return design;
  model.knots = spline_knots(options.knots, model.n_event);
  std::vector<double> knots(model.knots);
  for (double& knot : knots)
    knot *= design.unit;
  design.spline = matrix(periods, spline_row(0, knots).size());
  for (std::size_t k = 0; k < periods; ++k) {
    const std::vector<double> row = spline_row(static_cast<double>(k + 1) * design.unit, knots);
    if (design.kind[k] == what::smooth) std::copy(row.begin(), row.end(), design.spline.row(k));
  }
  return design;
}

/// The dense information with the periods' own intercepts profiled out.
inline matrix profiled(const discrete_likelihood::evaluation& e) {
  matrix m = e.dense_information;
  for (std::size_t k = 0; k < e.own_information.size(); ++k) {
    if (!(e.own_information[k] > 0)) continue;
    const double* c = e.cross.row(k);
    for (std::size_t a = 0; a < m.rows(); ++a)
      for (std::size_t b = 0; b < m.cols(); ++b)
        m(a, b) -= c[a] * c[b] / e.own_information[k];
  }
  return m;
}

struct discrete_maximum {
  discrete_likelihood::point at;
  discrete_likelihood::evaluation found;
  matrix inverse;  // of the profiled information
  int iterations = 0;
  bool converged = false;
  std::vector<std::size_t> diverging;  // dense parameters
};

inline discrete_maximum maximise_periods(const discrete_likelihood& likelihood, discrete_likelihood::point start, double events,
                                         const discrete_hazard_options& options, const std::vector<std::string>& names, const execution& run) {
  discrete_maximum out{std::move(start), {}, {}, 0, false, {}};
  const std::size_t width = likelihood.dense();
  out.found = likelihood.evaluate(out.at);
  for (;;) {
    const auto& e = out.found;
    std::vector<double> step, reduced(e.dense_score), own(e.own_score.size(), 0.0);
    double decrement = 0;
    for (std::size_t k = 0; k < own.size(); ++k) {
      if (!(e.own_information[k] > 0)) continue;
      for (std::size_t j = 0; j < width; ++j)
        reduced[j] -= e.cross(k, j) * e.own_score[k] / e.own_information[k];
    }
    if (width > 0) {
      const auto factor = numeric::cholesky(profiled(e), 1e-11);
      if (!factor.regular())
        throw numeric_failure("column '" + names[factor.dependent[0]] + "' is a combination of the columns and the baseline before it; leave it out");
      step = factor.solve(reduced);
      out.inverse = factor.inverse();
    }
    for (std::size_t k = 0; k < own.size(); ++k) {
      if (!(e.own_information[k] > 0)) continue;
      double rest = e.own_score[k];
      for (std::size_t j = 0; j < width; ++j)
        rest -= e.cross(k, j) * step[j];
      own[k] = rest / e.own_information[k];
      decrement += own[k] * e.own_score[k];
    }
    for (std::size_t j = 0; j < width; ++j)
      decrement += step[j] * e.dense_score[j];
    const auto moved = [&](double share) {
      discrete_likelihood::point next = out.at;
      for (std::size_t k = 0; k < own.size(); ++k)
        next.own[k] += share * own[k];
      for (std::size_t j = 0; j < width; ++j)
        next.dense[j] += share * step[j];
      return next;
    };
    if (!(decrement >= 0) || std::sqrt(decrement) <= options.tolerance * std::sqrt(events)) {
      out.converged = true;
      return out;
    }
    if (out.iterations == options.max_iterations) return out;
    ++out.iterations;
    const double value = out.found.log_likelihood;
    double share = 1;
    discrete_likelihood::point next = moved(share);
    for (int halving = 0; halving < 30 && !(likelihood.log_likelihood(next) >= value - 1e-10 * std::abs(value)); ++halving)
      next = moved(share *= 0.5);
    out.at = std::move(next);
    out.found = likelihood.evaluate(out.at);
    // the likelihood has stopped rising while coefficients still move by whole units: its maximum lies at infinity
    if (out.found.log_likelihood - value < 1e-8 * std::abs(value) && share == 1)
      for (std::size_t j = 0; j < width; ++j)
        if (std::abs(step[j]) > 0.2) out.diverging.push_back(j);
    if (!out.diverging.empty()) return out;
    run.report(std::min(0.95, out.iterations / 10.0));
  }
}

/// Where scoring starts: each period's share of leavers.
inline discrete_likelihood::point start_of(const discrete_hazard_model& model, const period_design& design, std::size_t width, hazard_link link) {
  discrete_likelihood::point at{std::vector<double>(design.periods(), 0.0), std::vector<double>(width, 0.0)};
  for (std::size_t k = 0; k < design.periods(); ++k)
    if (design.kind[k] == period_design::what::own) at.own[k] = link_of(link, model.n_event[k] / model.n_risk[k]);
  if (design.spline.cols() > 0) at.dense[0] = link_of(link, std::min(0.5, model.events / model.person_periods));
  return at;
}

/// Intercepts of the periods on the data's own scale, and their standard errors.
inline void store_intercepts(discrete_hazard_model& model, const period_design& design, const discrete_likelihood& likelihood, const discrete_maximum& best,
                             const std::vector<double>& center, const std::vector<double>& scale) {
  const std::size_t width = likelihood.dense(), p = center.size(), q = width - p - model.drifting.size();
  const std::vector<double> alpha = likelihood.baseline(best.at);
  for (std::size_t k = 0; k < design.periods(); ++k) {
    if (design.kind[k] == period_design::what::left_out) {
      model.intercept.push_back(model.n_event[k] > 0 ? infinity : -infinity);
      model.intercept_std_error.push_back(infinity);
      continue;
    }
    std::vector<double> a(width, 0.0);  // the intercept's dependence on the dense parameters
    for (std::size_t j = 0; j < q; ++j)
      a[j] = design.spline(k, j);
    for (std::size_t j = 0; j < p; ++j)
      a[q + j] = -center[j] * scale[j];
    for (std::size_t j = 0; j < model.drifting.size(); ++j)
      a[q + p + j] = -center[model.drifting[j]] * scale[model.drifting[j]] * static_cast<double>(k + 1) * design.unit;
    double value = alpha[k], variance = 0;
    for (std::size_t j = q; j < width; ++j)
      value += a[j] * best.at.dense[j];
    if (design.kind[k] == period_design::what::own) {
      variance = 1 / best.found.own_information[k];
      for (std::size_t j = 0; j < width; ++j)
        a[j] -= best.found.cross(k, j) / best.found.own_information[k];
    }
    for (std::size_t i = 0; i < width; ++i)
      for (std::size_t j = 0; j < width; ++j)
        variance += a[i] * best.inverse(i, j) * a[j];
    model.intercept.push_back(value);
    model.intercept_std_error.push_back(std::sqrt(variance));
  }
}

}  // namespace detail

TENURE_INLINE discrete_hazard_model fit_discrete_hazard(const table_view& x, const outcome& y, const discrete_hazard_options& options, const execution& run) {
  validate(options);
  discrete_hazard_model model;
  model.link = options.link;
  model.baseline = options.baseline;
  model.code = detail::cox_encoding(x, options.reference);
  std::vector<std::string> names = model.code.names();
  if (names.empty()) throw invalid_input("X", "has no columns");
  detail::scaled_design design = detail::scale_design(encode(x, model.code), names);
  detail::period_rows rows = detail::load_periods(y, design.x);
  const std::size_t n = rows.begin.size(), p = names.size();
  model.rows = n;

  const std::uint32_t last = *std::max_element(rows.end.begin(), rows.end.end());
  if (last == 0) throw invalid_input("time", "is 0 in every row: nobody lived through a period");
  std::vector<double> begun(last + 1, 0.0);
  model.n_event.assign(last, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    begun[rows.begin[i]] += rows.weight_of(i);
    begun[rows.end[i]] -= rows.weight_of(i);
    if (rows.event[i]) model.n_event[rows.end[i] - 1] += rows.weight_of(i);
  }
  double at_risk = 0;
  for (std::size_t k = 0; k < last; ++k) {
    at_risk += begun[k];
    model.n_risk.push_back(std::abs(at_risk) < 1e-12 ? 0 : at_risk);
    model.person_periods += model.n_risk[k];
    model.events += model.n_event[k];
  }
  if (!(model.events > 0)) throw invalid_input("event", "has no event: nothing can be learned about what makes customers leave");

  const std::vector<std::size_t> source = model.code.sources();
  for (const std::string& name : options.time_varying) {
    const std::size_t before = model.drifting.size();
    for (std::size_t j = 0; j < p; ++j)
      if (model.code.columns[source[j]].name == name) model.drifting.push_back(j);
    if (model.drifting.size() == before) throw invalid_input("time_varying", "'" + name + "' is no column of X");
  }
  const detail::period_design periods = detail::design_of(model, options);
  if (std::all_of(periods.kind.begin(), periods.kind.end(), [](auto kind) { return kind == detail::period_design::what::left_out; }))
    throw invalid_input("event", "happens to everybody in every period with events: columns cannot tell customers apart");
  for (std::size_t k = periods.spline.cols(); k-- > 0;)
    names.insert(names.begin(), "baseline spline");
  for (const std::size_t j : model.drifting)
    names.push_back(names[periods.spline.cols() + j] + ":period");

  detail::period_rows nobody = rows;  // without columns
  nobody.x = matrix(n, 0);
  rows.x = std::move(design.x);
  const detail::discrete_likelihood alone(nobody, periods, {}, options.link, run), likelihood(rows, periods, model.drifting, options.link, run);
  model.log_likelihood_null =
      detail::maximise_periods(alone, detail::start_of(model, periods, alone.dense(), options.link), model.events, options, names, {}).found.log_likelihood;
  const auto best = detail::maximise_periods(likelihood, detail::start_of(model, periods, likelihood.dense(), options.link), model.events, options, names, run);
  model.log_likelihood = best.found.log_likelihood;
  model.iterations = best.iterations;
  model.converged = best.converged;
  const std::size_t q = periods.spline.cols(), columns = p + model.drifting.size();
  std::vector<double> scale(design.scale);
  for (const std::size_t j : model.drifting)
    scale.push_back(design.scale[j] * periods.unit);
  model.covariance = matrix(columns, columns);
  for (std::size_t a = 0; a < columns; ++a) {
    model.coef.push_back(best.at.dense[q + a] * scale[a]);
    for (std::size_t b = 0; b < columns; ++b)
      model.covariance(a, b) = best.inverse(q + a, q + b) * scale[a] * scale[b];
  }
  for (const std::size_t j : best.diverging)
    if (j >= q) model.diverging.push_back(j - q);
  detail::store_intercepts(model, periods, likelihood, best, design.center, design.scale);
  return model;
}

TENURE_INLINE std::vector<std::string> discrete_hazard_model::names() const {
  std::vector<std::string> out = code.names();
  for (const std::size_t j : drifting)
    out.push_back(out[j] + ":period");
  return out;
}

TENURE_INLINE void discrete_hazard_model::check() const {
  code.check();
  const std::size_t p = code.width();
  for (const std::size_t j : drifting)
    if (j >= p) throw bad_file("discrete hazard: no such column");
  if (coef.size() != p + drifting.size() || covariance.rows() != coef.size() || covariance.cols() != coef.size())
    throw bad_file("discrete hazard: coefficients do not fit the columns");
  for (const double b : coef)
    if (!std::isfinite(b)) throw bad_file("discrete hazard: coefficients must be finite");
  if (intercept.empty() || intercept_std_error.size() != intercept.size() || n_risk.size() != intercept.size() || n_event.size() != intercept.size())
    throw bad_file("discrete hazard: periods of different lengths");
  for (const double a : intercept)
    if (std::isnan(a)) throw bad_file("discrete hazard: intercepts must be numbers");
  for (const std::size_t j : diverging)
    if (j >= coef.size()) throw bad_file("discrete hazard: no such column");
}

namespace detail {

/// body(row, its linear predictor, its drift a period) for every row.
template <class Body>
void for_predictors(const discrete_hazard_model& model, const table_view& x, const execution& run, Body&& body) {
  const aligned_table aligned(x, model.code.columns, unseen_level::refuse);
  const std::size_t p = model.code.width();
  parallel_chunks(chunking(x.rows(), 256, 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    std::vector<double> rows((end - begin) * p);
    encode_rows(aligned.view(), model.code, begin, end, rows.data());
    for (std::size_t i = begin; i < end; ++i) {
      const double* row = rows.data() + (i - begin) * p;
      double fixed = 0, drift = 0;
      for (std::size_t j = 0; j < p; ++j)
        fixed += row[j] * model.coef[j];
      for (std::size_t j = 0; j < model.drifting.size(); ++j)
        drift += row[model.drifting[j]] * model.coef[p + j];
      body(i, fixed, drift);
    }
  });
}

inline double hazard_in(const discrete_hazard_model& model, std::size_t period, double fixed, double drift) {
  const double intercept = model.intercept[period - 1];
  if (std::isinf(intercept)) return intercept > 0 ? 1.0 : 0.0;
  return chance_of_leaving(model.link, intercept + fixed + static_cast<double>(period) * drift);
}

}  // namespace detail

TENURE_INLINE matrix predict_hazard(const discrete_hazard_model& model, const table_view& x, const column_view<double>& periods, const execution& run) {
  const auto last = static_cast<double>(model.intercept.size());
  for (std::size_t k = 0; k < periods.size(); ++k)
    if (!(periods[k] >= 1 && periods[k] <= last && periods[k] == std::floor(periods[k])))
      throw invalid_input("periods", "must be whole numbers in [1, " + format_number(last) + "], the periods of training", periods[k], k);
  matrix out(x.rows(), periods.size());
  detail::for_predictors(model, x, run, [&](std::size_t i, double fixed, double drift) {
    for (std::size_t k = 0; k < periods.size(); ++k)
      out(i, k) = detail::hazard_in(model, static_cast<std::size_t>(periods[k]), fixed, drift);
  });
  return out;
}

TENURE_INLINE matrix predict_survival(const discrete_hazard_model& model, const table_view& x, const column_view<double>& times, const numeric_column& given,
                                      const execution& run) {
  for (std::size_t k = 0; k < times.size(); ++k)
    if (!(times[k] >= 0)) throw invalid_input("times", "must be >= 0", times[k], k);
  if (!given.empty()) detail::require_length(given, "given", x.rows());
  const std::vector<double> reached = detail::to_doubles(given);
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (!(reached[i] >= 0)) throw invalid_input("given", "must be >= 0", reached[i], i);
  const std::size_t last = model.intercept.size();
  const auto period = [last](double t) { return t >= static_cast<double>(last) ? last : static_cast<std::size_t>(t); };
  matrix out(x.rows(), times.size());
  detail::for_predictors(model, x, run, [&](std::size_t i, double fixed, double drift) {
    const double from = reached.empty() ? 0.0 : reached[i];
    const std::size_t first = period(from);
    std::vector<double> stay(last - first + 1, 1.0);
    for (std::size_t k = first; k < last; ++k)
      stay[k - first + 1] = stay[k - first] * (1 - detail::hazard_in(model, k + 1, fixed, drift));
    for (std::size_t k = 0; k < times.size(); ++k)
      out(i, k) = stay[period(from + times[k]) - first];
  });
  return out;
}

}  // namespace tenure::inline TENURE_ABI::survival
