#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "tenure/numeric/linear.hpp"
#include "tenure/numeric/syrk.hpp"
#include "tenure/survival/aft.hpp"
#include "tenure/survival/aft_laws-inl.hpp"
#include "tenure/survival/cox-inl.hpp"
#include "tenure/survival/kernels.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

/// The rows of a fit on the scale of the law: logarithms, unless Gaussian.
struct aft_rows {
  std::vector<censoring> kind;
  std::vector<double> low, high, entry, weight;  // entry: -inf where observed from the start; empty when nobody enters late
  std::vector<std::uint32_t> stratum;
  std::size_t strata = 1;
  double log_times = 0;  // sum of weight * log t over exact rows, taken off the likelihood

  std::size_t size() const { return kind.size(); }
  double weight_of(std::size_t i) const { return weight.empty() ? 1.0 : weight[i]; }
};

inline aft_rows load_aft_rows(const interval_outcome& y, bool positive, const numeric_column& strata) {
  const std::size_t n = y.lower.size();
  if (n == 0) throw invalid_input("time", "has no rows");
  require_length(y.upper, "upper", n);
  if (!y.entry.empty()) require_length(y.entry, "entry", n);
  if (!y.weight.empty()) require_length(y.weight, "weight", n);
  aft_rows rows{std::vector<censoring>(n), to_doubles(y.lower), to_doubles(y.upper), to_doubles(y.entry), to_doubles(y.weight), to_codes(strata, "strata", n)};
  if (!rows.stratum.empty()) rows.strata = *std::max_element(rows.stratum.begin(), rows.stratum.end()) + std::size_t{1};
  if (rows.strata > n) throw invalid_input("strata", "must be codes 0, 1, 2, ... without gaps");
  for (std::size_t i = 0; i < n; ++i) {
    double &a = rows.low[i], &b = rows.high[i];
    const bool no_low = std::isnan(a) || a == -infinity || (positive && a == 0 && b != 0), no_high = std::isnan(b) || b == infinity;
    if (no_low && no_high) throw invalid_input("lower", "and upper say nothing about the time", a, i);
    for (const auto& [value, known] : {std::pair{a, !no_low}, std::pair{b, !no_high}})
      if (known && (!std::isfinite(value) || (positive && value <= 0)))
        throw invalid_input("time", positive ? "must be finite and > 0 for this distribution" : "must be finite", value, i);
    if (!no_low && !no_high && b < a) throw invalid_input("upper", "must not be below lower (" + format_number(a) + ")", b, i);
    rows.kind[i] = no_low ? censoring::left : no_high ? censoring::right : a == b ? censoring::exact : censoring::interval;
    if (!rows.weight.empty() && !(rows.weight[i] >= 0 && std::isfinite(rows.weight[i])))
      throw invalid_input("weight", "must be finite and >= 0", rows.weight[i], i);
    if (!rows.entry.empty()) {
      double& e = rows.entry[i];
      if (std::isnan(e)) throw invalid_input("entry", "must be a number", e, i);
      if (!no_low ? e >= a : e >= b) throw invalid_input("entry", "must be before time", e, i);
      e = positive ? (e > 0 ? std::log(e) : -infinity) : e;
    }
    if (no_low) a = b;
    if (positive) {
      a = std::log(a);
      b = no_high ? b : std::log(b);
      if (rows.kind[i] == censoring::exact) rows.log_times += rows.weight_of(i) * a;
    }
  }
  if (std::all_of(rows.kind.begin(), rows.kind.end(), [](censoring k) { return k == censoring::right; }))
    throw invalid_input("event", "has no event: nothing can be learned about when customers leave");
  return rows;
}

/// Likelihood of one law on one design. Parameters: location coefficients of the blocks' columns, log scales, Q, logit of the cured share.
class aft_likelihood {
 public:
  aft_likelihood(const aft_rows& rows, const std::vector<numeric::column_block>& blocks, std::size_t cols, std::size_t block, const aft_options& options,
                 const execution& run)
      : rows_(rows), blocks_(blocks), cols_(cols), block_(block), options_(options), run_{.threads = run.threads} {}

  std::size_t scales() const { return options_.distribution == aft_distribution::exponential ? 0 : rows_.strata; }
  bool shaped() const { return options_.distribution == aft_distribution::generalized_gamma; }
  std::size_t size() const { return cols_ + scales() + shaped() + options_.cure; }

  /// Value, gradient and information (negative second derivatives).
  cox_evaluation evaluate(const std::vector<double>& theta) const {
    cox_evaluation out = plain(theta);
    if (shaped()) differentiate(theta, cols_ + scales(), out);
    return out;
  }

  row_terms row(std::size_t i, double location, double log_scale, double q) const {
    const double scale = std::exp(log_scale);
    row_terms terms;
    const double w = (rows_.low[i] - location) / scale;
    const law_values v = law_at(options_.distribution, w, q);
    switch (rows_.kind[i]) {
      case censoring::exact:
        terms.add_density(v, w, scale);
        break;
      case censoring::right:
        terms.add_above(v, w, scale);
        break;
      case censoring::left:
        terms.add_below(v, w, scale);
        break;
      case censoring::interval: {
        const double w2 = (rows_.high[i] - location) / scale;
        terms.add_between(v, w, law_at(options_.distribution, w2, q), w2, scale);
      }
    }
    if (!rows_.entry.empty() && std::isfinite(rows_.entry[i])) {
      const double w0 = (rows_.entry[i] - location) / scale;
      terms.add_above(law_at(options_.distribution, w0, q), w0, scale, -1);
    }
    return terms;
  }

  struct parameters {
    const double *location, *log_scale;
    double q, cured;
  };
  parameters split(const std::vector<double>& theta) const {
    const std::size_t at = cols_ + scales();
    const double logit = options_.cure ? theta.back() : 0.0;
    return {theta.data(), theta.data() + cols_, shaped() ? theta[at] : 0.0, options_.cure ? 1 / (1 + std::exp(-logit)) : 0.0};
  }

  /// visit(row, terms, cure first and second derivative, location-by-cure, scale-by-cure) for a block of rows.
  template <class Visit>
  void each(std::size_t b, const std::vector<double>& theta, Visit&& visit) const {
    const parameters p = split(theta);
    const std::size_t begin = b * block_, count = std::min(block_, rows_.size() - begin);
    std::vector<double> location(count, 0.0);
    for (std::size_t j = 0; j < cols_; ++j)
      scaled_add(p.location[j], blocks_[b].column(j), count, location.data());
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t row_index = begin + i;
      const double log_scale = scales() ? p.log_scale[rows_.stratum.empty() ? 0 : rows_.stratum[row_index]] : 0.0;
      row_terms terms = row(row_index, location[i], log_scale, p.q);
      double cure[4] = {0, 0, 0, 0};  // first, second, with location, with log scale
      if (options_.cure) mix_cure(row_index, p.cured, terms, cure);
      visit(row_index, i, terms, cure);
    }
  }

 private:
  /// log likelihood of a customer who may be cured with probability c = 1 / (1 + exp(-z)): right-censored rows c + (1 - c) S, others (1 - c) f.
  void mix_cure(std::size_t i, double c, row_terms& t, double* cure) const {
    if (rows_.kind[i] != censoring::right) {
      t.value += std::log1p(-c);
      cure[0] = -c;
      cure[1] = -c * (1 - c);
      return;
    }
    const double s = std::exp(t.value), mixed = c + (1 - c) * s, r = (1 - c) * s / mixed;
    const double first = c * (1 - c) * (1 - s) / mixed;
    t.value = std::log(mixed);
    cure[0] = first;
    cure[1] = first * (1 - 2 * c) - first * first;
    const double keep = 1 - r, cross = -r * c / mixed;  // d r / d z = -r c / mixed
    cure[2] = t.u * cross;
    cure[3] = t.t * cross;
    const double u = t.u, tt = t.t;
    t.uu = r * t.uu + r * keep * u * u;
    t.ut = r * t.ut + r * keep * u * tt;
    t.tt = r * t.tt + r * keep * tt * tt;
    t.u *= r;
    t.t *= r;
  }

  cox_evaluation plain(const std::vector<double>& theta) const {
    const std::size_t total = size(), extra = scales();
    struct partial {
      double value = 0;
      std::vector<double> gradient;
      matrix information;
    };
    const chunking chunks(blocks_.size(), 8, 64);
    const partial zero{0, std::vector<double>(total, 0.0), matrix(total, total)};
    const auto body = [&](partial& part, std::size_t begin, std::size_t end) {
      numeric::gram_sum gram(cols_);
      std::vector<double> u(block_), uu(block_), ut(block_), uc(block_);
      std::vector<std::vector<double>> by_stratum(extra, std::vector<double>(block_));
      for (std::size_t b = begin; b < end; ++b) {
        const std::size_t count = std::min(block_, rows_.size() - b * block_);
        for (auto& column : by_stratum)
          std::fill(column.begin(), column.end(), 0.0);
        each(b, theta, [&](std::size_t row_index, std::size_t i, const row_terms& t, const double* cure) {
          const double w = rows_.weight_of(row_index);
          const std::size_t s = rows_.stratum.empty() ? 0 : rows_.stratum[row_index];
          part.value += w * t.value;
          u[i] = w * t.u;
          uu[i] = -w * t.uu;
          uc[i] = -w * cure[2];
          if (extra) {
            by_stratum[s][i] = -w * t.ut;
            part.gradient[cols_ + s] += w * t.t;
            part.information(cols_ + s, cols_ + s) -= w * t.tt;
          }
          if (!options_.cure) return;
          part.gradient[total - 1] += w * cure[0];
          part.information(total - 1, total - 1) -= w * cure[1];
          if (extra) part.information(cols_ + s, total - 1) -= w * cure[3];
        });
        gram.add(blocks_[b], count, uu.data());
        for (std::size_t j = 0; j < cols_; ++j) {
          part.gradient[j] += dot(u.data(), blocks_[b].column(j), count);
          for (std::size_t s = 0; s < extra; ++s)
            part.information(j, cols_ + s) += dot(by_stratum[s].data(), blocks_[b].column(j), count);
          if (options_.cure) part.information(j, total - 1) += dot(uc.data(), blocks_[b].column(j), count);
        }
      }
      const matrix location = gram.value();
      for (std::size_t i = 0; i < cols_; ++i)
        for (std::size_t j = 0; j < cols_; ++j)
          part.information(i, j) += location(i, j);
    };
    const auto merge = [&](partial& a, const partial& b) {
      a.value += b.value;
      for (std::size_t j = 0; j < total; ++j)
        a.gradient[j] += b.gradient[j];
      for (std::size_t j = 0; j < total * total; ++j)
        a.information.data()[j] += b.information.values()[j];
    };
    partial sum = parallel_reduce(chunks, run_, zero, body, merge);
    for (std::size_t i = 0; i < total; ++i)
      for (std::size_t j = 0; j < i; ++j)
        sum.information(i, j) = sum.information(j, i);
    return {sum.value - rows_.log_times, std::move(sum.gradient), std::move(sum.information)};
  }

  /// The derivatives in Q, by fourth-order differences of value and gradient.
  void differentiate(const std::vector<double>& theta, std::size_t at, cox_evaluation& out) const {
    constexpr double h = 1e-3;
    cox_evaluation moved[4];
    const double steps[4] = {-2 * h, -h, h, 2 * h};
    for (int k = 0; k < 4; ++k) {
      std::vector<double> shifted(theta);
      shifted[at] += steps[k];
      moved[k] = plain(shifted);
    }
    const auto first = [&](double a, double b, double c, double d) { return (a - 8 * b + 8 * c - d) / (12 * h); };
    out.gradient[at] = first(moved[0].log_likelihood, moved[1].log_likelihood, moved[2].log_likelihood, moved[3].log_likelihood);
    for (std::size_t j = 0; j < theta.size(); ++j) {
      if (j == at) continue;
      out.information(at, j) = out.information(j, at) = -first(moved[0].gradient[j], moved[1].gradient[j], moved[2].gradient[j], moved[3].gradient[j]);
    }
    out.information(at, at) =
        -(-moved[0].log_likelihood + 16 * moved[1].log_likelihood - 30 * out.log_likelihood + 16 * moved[2].log_likelihood - moved[3].log_likelihood) /
        (12 * h * h);
  }

  const aft_rows& rows_;
  const std::vector<numeric::column_block>& blocks_;
  std::size_t cols_, block_;
  const aft_options& options_;
  execution run_;
};

/// Newton's method; where the information is not positive definite, or the step does not help, towards the gradient.
template <class Evaluate>
cox_evaluation climb(Evaluate&& evaluate, std::vector<double>& theta, double tolerance, int max_iterations, int& iterations, bool& converged) {
  const std::size_t p = theta.size();
  cox_evaluation now = evaluate(theta);
  double damping = 0;
  converged = false;
  for (iterations = 0;; ++iterations) {
    matrix h = now.information;
    for (std::size_t j = 0; j < p; ++j)
      h(j, j) += damping * std::max(std::abs(h(j, j)), 1e-8);
    const auto factor = numeric::cholesky(h, 1e-13);
    if (!factor.regular()) {
      if (damping > 1e8) throw numeric_failure("AFT: the likelihood has no curvature in some parameter; a column may separate events from censored rows");
      damping = std::max(1e-3, damping * 10);
      if (++iterations > 10 * max_iterations) return now;
      continue;
    }
    const std::vector<double> step = factor.solve(now.gradient);
    double decrement = 0;
    for (std::size_t j = 0; j < p; ++j)
      decrement += step[j] * now.gradient[j];
    if (std::sqrt(std::max(0.0, decrement)) <= tolerance && damping < 1e-6) {
      for (std::size_t j = 0; j < p; ++j)
        theta[j] += step[j];
      converged = true;
      return now;
    }
    if (iterations >= max_iterations) return now;
    bool better = false;
    double share = 1;
    for (int halving = 0; halving < 12 && !better; ++halving, share *= 0.5) {
      std::vector<double> next(theta);
      for (std::size_t j = 0; j < p; ++j)
        next[j] += share * step[j];
      cox_evaluation trial = evaluate(next);
      better = trial.log_likelihood >= now.log_likelihood - 1e-11 * std::abs(now.log_likelihood);
      if (!better) continue;
      theta = std::move(next);
      now = std::move(trial);
    }
    if (better)
      damping = damping < 1e-5 ? 0 : damping * 0.1;
    else if (damping > 1e8)
      return now;
    else
      damping = std::max(1e-3, damping * 10);
  }
}

/// Design blocks: an intercept, then the columns centred and scaled.
struct aft_design {
  std::vector<numeric::column_block> blocks;
  std::vector<double> center, scale;
  std::size_t block = 256;
};

inline aft_design make_aft_design(const table_view& x, const encoding& code, std::size_t rows) {
  aft_design d;
  const std::size_t p = code.width();
  if (x.rows() != rows) throw invalid_input("X", "must have one row a row of time (" + std::to_string(rows) + "), has " + std::to_string(x.rows()));
  d.block = numeric::gram_sum::block_rows(p + 1);
  std::vector<double> shift(p), sum(p, 0.0), square(p, 0.0), buffer(d.block * p);
  if (p > 0) encode_rows(x, code, 0, 1, shift.data());
  for (std::size_t begin = 0; begin < rows; begin += d.block) {
    const std::size_t count = std::min(d.block, rows - begin);
    encode_rows(x, code, begin, begin + count, buffer.data());
    numeric::column_block& block = d.blocks.emplace_back(p + 1, count);
    std::fill(block.column(0), block.column(0) + count, 1.0);
    for (std::size_t j = 0; j < p; ++j)
      for (std::size_t i = 0; i < count; ++i) {
        const double value = buffer[i * p + j] - shift[j];
        block.column(j + 1)[i] = value;
        sum[j] += value;
        square[j] += value * value;
      }
  }
  const auto n = static_cast<double>(rows);
  const auto names = code.names();
  for (std::size_t j = 0; j < p; ++j) {
    if (!(square[j] > 0)) throw invalid_input(names[j], "is constant: it cannot tell customers apart");
    const double mean = sum[j] / n, variance = std::max(square[j] / n - mean * mean, square[j] / n * 1e-14);
    d.center.push_back(shift[j] + mean);
    d.scale.push_back(1 / std::sqrt(variance));
    for (std::size_t b = 0; b < d.blocks.size(); ++b)
      shift_and_scale(d.blocks[b].column(j + 1), std::min(d.block, rows - b * d.block), mean, d.scale[j]);
  }
  numeric::gram_sum gram(p + 1);
  for (std::size_t b = 0; b < d.blocks.size(); ++b) {
    const std::size_t count = std::min(d.block, rows - b * d.block);
    d.blocks[b].pad(count);
    gram.add(d.blocks[b], count, nullptr);
  }
  const auto factor = numeric::cholesky(gram.value(), 1e-11);
  if (!factor.regular()) throw numeric_failure("column '" + names[factor.dependent[0] - 1] + "' is a combination of the columns before it; leave it out");
  return d;
}

/// Takes covariance from centred and scaled columns back to the caller's.
inline matrix back_transform(const matrix& v, const aft_design& d) {
  const std::size_t total = v.rows(), p = d.scale.size();
  matrix a(total, total);
  for (std::size_t i = 0; i < total; ++i)
    a(i, i) = i >= 1 && i <= p ? d.scale[i - 1] : 1.0;
  for (std::size_t j = 0; j < p; ++j)
    a(0, j + 1) = -d.scale[j] * d.center[j];
  matrix transposed(total, total);
  for (std::size_t i = 0; i < total; ++i)
    for (std::size_t j = 0; j < total; ++j)
      transposed(i, j) = a(j, i);
  return numeric::multiply(numeric::multiply(a, v), transposed);
}

inline std::vector<double> aft_start(const aft_rows& rows, const aft_likelihood& likelihood, aft_distribution distribution) {
  double sum = 0, square = 0, total = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double y = rows.kind[i] == censoring::interval ? 0.5 * (rows.low[i] + rows.high[i]) : rows.low[i], w = rows.weight_of(i);
    sum += w * y;
    square += w * y * y;
    total += w;
  }
  const double mean = sum / total, spread = std::sqrt(std::max(square / total - mean * mean, 1e-6));
  std::vector<double> theta(likelihood.size(), 0.0);
  const bool extreme = distribution == aft_distribution::weibull || distribution == aft_distribution::exponential;
  theta[0] = extreme ? mean + 0.572 * spread : mean;
  for (std::size_t s = 0; s < likelihood.scales(); ++s)
    theta[1 + s] = std::log(extreme ? spread / 1.28 : distribution == aft_distribution::loglogistic ? spread / 1.8 : spread);
  if (likelihood.shaped()) theta[1 + likelihood.scales()] = 0.5;
  return theta;
}

inline matrix aft_sandwich(const aft_likelihood& likelihood, const aft_rows& rows, const aft_design& d, const std::vector<double>& theta,
                           const std::vector<std::uint32_t>& cluster, const matrix& inverse) {
  const std::size_t p = d.scale.size() + 1, total = likelihood.size();
  const std::size_t count = cluster.empty() ? rows.size() : *std::max_element(cluster.begin(), cluster.end()) + std::size_t{1};
  if (likelihood.shaped()) throw not_supported("a robust variance of the generalized gamma");
  matrix scores(count, total);
  for (std::size_t b = 0; b < d.blocks.size(); ++b)
    likelihood.each(b, theta, [&](std::size_t row, std::size_t i, const row_terms& t, const double* cure) {
      double* to = scores.row(cluster.empty() ? row : cluster[row]);
      const double w = rows.weight_of(row);
      for (std::size_t j = 0; j < p; ++j)
        to[j] += w * t.u * d.blocks[b].column(j)[i];
      if (likelihood.scales()) to[p + (rows.stratum.empty() ? 0 : rows.stratum[row])] += w * t.t;
      if (total > p + likelihood.scales()) to[total - 1] += w * cure[0];
    });
  return sandwich(inverse, gram_of_rows(scores));
}

}  // namespace detail

TENURE_INLINE aft_model fit_aft(const table_view& x, const interval_outcome& y, const aft_options& options, const cox_columns& columns, const execution& run) {
  validate(options);
  if (!columns.offset.empty()) throw not_supported("an offset in an AFT model");
  aft_model model;
  model.distribution = options.distribution;
  model.cure = options.cure;
  model.code = detail::cox_encoding(x, options.reference);
  const detail::aft_rows rows = detail::load_aft_rows(y, options.distribution != aft_distribution::gaussian, columns.strata);
  const detail::aft_design design = detail::make_aft_design(x, model.code, rows.size());
  const std::vector<std::uint32_t> cluster = detail::to_codes(columns.cluster, "cluster", rows.size());
  const std::size_t p = design.scale.size();
  model.rows = rows.size();
  const double tolerance = options.tolerance * std::sqrt(static_cast<double>(rows.size()));

  const detail::aft_likelihood null(rows, design.blocks, 1, design.block, options, run), full(rows, design.blocks, p + 1, design.block, options, run);
  std::vector<double> start = detail::aft_start(rows, null, options.distribution);
  int iterations = 0;
  bool converged = false;
  const auto at_null = detail::climb([&](const std::vector<double>& t) { return null.evaluate(t); }, start, 1e-6 * std::sqrt(static_cast<double>(rows.size())),
                                     options.max_iterations, iterations, converged);
  model.log_likelihood_null = at_null.log_likelihood;
  run.report(0.3);
  std::vector<double> theta(full.size(), 0.0);
  theta[0] = start[0];
  std::copy(start.begin() + 1, start.end(), theta.begin() + static_cast<std::ptrdiff_t>(p) + 1);
  const auto best = detail::climb([&](const std::vector<double>& t) { return full.evaluate(t); }, theta, tolerance, options.max_iterations, model.iterations,
                                  model.converged);
  model.log_likelihood = best.log_likelihood;

  model.coef.assign(p + 1, theta[0]);
  for (std::size_t j = 0; j < p; ++j) {
    model.coef[j + 1] = theta[j + 1] * design.scale[j];
    model.coef[0] -= model.coef[j + 1] * design.center[j];
  }
  model.log_scale.assign(rows.strata, 0.0);
  std::copy_n(theta.begin() + static_cast<std::ptrdiff_t>(p) + 1, full.scales(), model.log_scale.begin());
  model.shape = full.split(theta).q;
  model.cured_share = full.split(theta).cured;
  const auto factor = numeric::cholesky(best.information, 1e-13);
  if (!factor.regular()) throw numeric_failure("AFT: the information is singular at the maximum; the data do not determine every parameter");
  const matrix inverse = factor.inverse();
  model.covariance = detail::back_transform(inverse, design);
  if (options.robust || !cluster.empty())
    model.robust_covariance = detail::back_transform(detail::aft_sandwich(full, rows, design, theta, cluster, inverse), design);
  return model;
}

TENURE_INLINE aft_model fit_aft(const table_view& x, const outcome& y, const aft_options& options, const cox_columns& columns, const execution& run) {
  const detail::plain_outcome rows = detail::load_outcome(y);
  std::vector<double> upper(rows.time);
  for (std::size_t i = 0; i < upper.size(); ++i)
    if (rows.event[i] == 0) upper[i] = detail::infinity;
  return fit_aft(x, interval_outcome{rows.time, upper, rows.entry, rows.weight}, options, columns, run);
}

TENURE_INLINE void aft_model::check() const {
  code.check();
  const std::size_t total =
      coef.size() + (distribution == aft_distribution::exponential ? 0 : log_scale.size()) + (distribution == aft_distribution::generalized_gamma) + cure;
  if (coef.size() != code.width() + 1 || log_scale.empty()) throw bad_file("aft: coefficients do not fit the columns");
  if (covariance.rows() != total || covariance.cols() != total) throw bad_file("aft: covariance does not fit the parameters");
  for (const auto* values : {&coef, &log_scale})
    for (const double v : *values)
      if (!std::isfinite(v)) throw bad_file("aft: parameters must be finite");
  if (!std::isfinite(shape)) throw bad_file("aft: parameters must be finite");
}

TENURE_INLINE std::vector<double> predict_location(const aft_model& model, const table_view& x, const execution& run) {
  const aligned_table aligned(x, model.code.columns, unseen_level::refuse);
  const std::size_t p = model.coef.size() - 1;
  std::vector<double> out(x.rows());
  parallel_chunks(chunking(x.rows(), 1024, 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    std::vector<double> rows((end - begin) * p);
    encode_rows(aligned.view(), model.code, begin, end, rows.data());
    for (std::size_t i = begin; i < end; ++i) {
      double sum = model.coef[0];
      for (std::size_t j = 0; j < p; ++j)
        sum += rows[(i - begin) * p + j] * model.coef[j + 1];
      out[i] = sum;
    }
  });
  return out;
}

namespace detail {

inline std::vector<double> row_log_scales(const aft_model& model, const numeric_column& stratum, std::size_t n) {
  const auto codes = to_codes(stratum, "strata", n);
  if (codes.empty() && model.log_scale.size() > 1)
    throw invalid_input("strata", "is needed: the model has " + std::to_string(model.log_scale.size()) + " scales");
  std::vector<double> out(n, model.log_scale[0]);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] >= model.log_scale.size()) throw invalid_input("strata", "was not seen in training", codes[i], i);
    out[i] = model.log_scale[codes[i]];
  }
  return out;
}

inline double aft_survival(const aft_model& model, double location, double scale, double t) {
  const bool positive = model.distribution != aft_distribution::gaussian;
  if (positive && t <= 0) return 1.0;
  const double w = ((positive ? std::log(t) : t) - location) / scale;
  return model.cured_share + (1 - model.cured_share) * std::exp(law_at(model.distribution, w, model.shape).log_above);
}

}  // namespace detail

TENURE_INLINE matrix predict_survival(const aft_model& model, const table_view& x, const column_view<double>& times, const numeric_column& stratum,
                                      const numeric_column& given, const execution& run) {
  const std::size_t n = x.rows();
  const std::vector<double> location = predict_location(model, x, run), log_scale = detail::row_log_scales(model, stratum, n);
  for (std::size_t k = 0; k < times.size(); ++k)
    if (!(times[k] >= 0)) throw invalid_input("times", "must be >= 0", times[k], k);
  if (!given.empty()) detail::require_length(given, "given", n);
  matrix out(n, times.size());
  parallel_chunks(chunking(n, 256, 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const double scale = std::exp(log_scale[i]), reached = given.empty() ? 0.0 : given[i];
      if (!(reached >= 0)) throw invalid_input("given", "must be >= 0", reached, i);
      const double before = given.empty() ? 1.0 : detail::aft_survival(model, location[i], scale, reached);
      for (std::size_t k = 0; k < times.size(); ++k)
        out(i, k) = detail::aft_survival(model, location[i], scale, reached + times[k]) / before;
    }
  });
  return out;
}

TENURE_INLINE quantile_prediction predict_quantile(const aft_model& model, const table_view& x, const column_view<double>& p, const numeric_column& stratum) {
  const std::size_t n = x.rows(), cols = model.coef.size();
  const std::vector<double> location = predict_location(model, x), log_scale = detail::row_log_scales(model, stratum, n);
  const auto codes = detail::to_codes(stratum, "strata", n);
  const matrix design = encode(x, model.code);
  const bool scaled = model.distribution != aft_distribution::exponential;
  quantile_prediction out{matrix(n, p.size()), matrix(n, p.size())};
  for (std::size_t k = 0; k < p.size(); ++k) {
    if (!(p[k] > 0 && p[k] < 1)) throw invalid_input("p", "must be in (0, 1)", p[k], k);
    const double among_leavers = p[k] / (1 - model.cured_share);
    const double z = among_leavers < 1 ? detail::law_quantile(model.distribution, among_leavers, model.shape) : detail::infinity;
    for (std::size_t i = 0; i < n; ++i) {
      const double scale = std::exp(log_scale[i]), at = location[i] + scale * z;
      const double t = model.distribution == aft_distribution::gaussian ? at : std::exp(at);
      std::vector<double> direction(model.covariance.rows(), 0.0);
      direction[0] = 1;
      for (std::size_t j = 1; j < cols; ++j)
        direction[j] = design(i, j - 1);
      if (scaled) direction[cols + (codes.empty() ? 0 : codes[i])] = scale * z;
      out.time(i, k) = t;
      const double spread = std::isfinite(z) ? std::sqrt(detail::quadratic(direction, model.covariance)) : detail::infinity;
      out.std_error(i, k) = model.distribution == aft_distribution::gaussian ? spread : t * spread;
    }
  }
  return out;
}

TENURE_INLINE std::vector<double> aft_deviance_residuals(const aft_model& model, const table_view& x, const interval_outcome& y,
                                                         const numeric_column& stratum) {
  if (model.distribution == aft_distribution::generalized_gamma || model.cure) throw not_supported("deviance residuals of this AFT model");
  const detail::aft_rows rows = detail::load_aft_rows(y, model.distribution != aft_distribution::gaussian, stratum);
  const std::vector<double> location = predict_location(model, x), log_scale = detail::row_log_scales(model, stratum, x.rows());
  if (rows.size() != location.size()) throw invalid_input("X", "must have one row a row of time");
  const bool extreme = model.distribution == aft_distribution::weibull || model.distribution == aft_distribution::exponential;
  const std::vector<numeric::column_block> none;
  const aft_options options{.distribution = model.distribution};
  const detail::aft_likelihood likelihood(rows, none, 0, 1, options, {});
  std::vector<double> out(rows.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double scale = std::exp(log_scale[i]);
    double best = 0;  // the most that any location gives this row
    if (rows.kind[i] == detail::censoring::exact) {
      best = detail::law_at(model.distribution, 0.0, 0.0).log_density - log_scale[i];
    } else if (rows.kind[i] == detail::censoring::interval) {
      const double width = (rows.high[i] - rows.low[i]) / scale;
      best = extreme ? std::log(-std::expm1(-std::exp(width))) - width / std::expm1(width)  // R's value, above the attainable one
                     : likelihood.row(i, 0.5 * (rows.low[i] + rows.high[i]), log_scale[i], 0.0).value;
    }
    const detail::row_terms terms = likelihood.row(i, location[i], log_scale[i], 0.0);
    out[i] = std::copysign(std::sqrt(std::max(0.0, 2 * (best - terms.value))), terms.u);
  }
  return out;
}

}  // namespace tenure::inline TENURE_ABI::survival
