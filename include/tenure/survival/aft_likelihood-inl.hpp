#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "tenure/numeric/elementary.hpp"
#include "tenure/numeric/syrk.hpp"
#include "tenure/survival/aft_rows-inl.hpp"
#include "tenure/survival/cox_likelihood-inl.hpp"
#include "tenure/survival/kernels.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

/// What the rows of a block add to the log likelihood and its derivatives, an array a quantity: in the location u and the log scale t, and, for a
/// cured share with logit c, in c.
struct aft_terms {
  std::vector<double> value, u, t, uu, ut, tt, c, cc, uc, tc;

  aft_terms(std::size_t rows, bool cure) {
    for (auto* column : {&value, &u, &t, &uu, &ut, &tt})
      column->resize(rows);
    for (auto* column : {&c, &cc, &uc, &tc})
      column->resize(cure ? rows : 0);
  }
  void put(std::size_t i, const row_terms& r) { value[i] = r.value, u[i] = r.u, t[i] = r.t, uu[i] = r.uu, ut[i] = r.ut, tt[i] = r.tt; }
};

/// Likelihood of one law on one design. Parameters: location coefficients of the blocks' columns, log scales, Q, logit of the cured share.
class aft_likelihood {
 public:
  aft_likelihood(const aft_rows& rows, const std::vector<numeric::column_block>& blocks, std::size_t cols, std::size_t block, const aft_options& options,
                 const execution& run)
      : rows_(rows), blocks_(blocks), cols_(cols), block_(block), options_(options), run_{.threads = run.threads}, columns_(cols) {
    std::iota(columns_.begin(), columns_.end(), 0U);
  }

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
    const aft_distribution d = options_.distribution;
    const double scale = std::exp(log_scale), w = (rows_.low[i] - location) / scale;
    row_terms terms;
    switch (rows_.kind[i]) {
      case censoring::exact:
        terms.add_density(density_at(d, w, q), w, scale);
        break;
      case censoring::right:
        terms.add_above(density_at(d, w, q), tails_at(d, w, q).above, w, scale);
        break;
      case censoring::left:
        terms.add_below(density_at(d, w, q), tails_at(d, w, q).below, w, scale);
        break;
      case censoring::interval:
        terms.add_between(d, w, (rows_.high[i] - location) / scale, q, scale);
    }
    if (!rows_.entry.empty() && std::isfinite(rows_.entry[i])) {
      const double w0 = (rows_.entry[i] - location) / scale;
      terms.add_above(density_at(d, w0, q), tails_at(d, w0, q).above, w0, scale, -1);
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

  std::size_t rows_of(std::size_t b) const { return std::min(block_, rows_.size() - b * block_); }
  aft_terms make_terms() const { return aft_terms(block_, options_.cure); }

  /// The terms of block b.
  void terms(std::size_t b, const std::vector<double>& theta, aft_terms& out) const {
    const parameters p = split(theta);
    const std::size_t begin = b * block_, count = rows_of(b);
    std::vector<double> location(count, 0.0), log_scale(count, scales() ? p.log_scale[0] : 0.0);
    add_columns(blocks_[b].column(0), blocks_[b].capacity(), columns_.data(), p.location, cols_, count, location.data());
    if (scales() && !rows_.stratum.empty())
      for (std::size_t i = 0; i < count; ++i)
        log_scale[i] = p.log_scale[rows_.stratum[begin + i]];
    const bool together = together_terms(begin, count, location, log_scale, out);
    for (std::size_t i = 0; i < count; ++i)
      if (!together || rows_.alone(begin + i)) out.put(i, row(begin + i, location[i], log_scale[i], p.q));
    if (options_.cure)
      for (std::size_t i = 0; i < count; ++i)
        mix_cure(rows_.kind[begin + i], p.cured, i, out);
  }

 private:
  /// Exact and right-censored rows of a law with a closed form, all at once; false for other laws.
  bool together_terms(std::size_t begin, std::size_t count, std::vector<double>& location, const std::vector<double>& log_scale, aft_terms& out) const {
    const bool logistic = options_.distribution == aft_distribution::loglogistic;
    if (!logistic && options_.distribution != aft_distribution::weibull && options_.distribution != aft_distribution::exponential) return false;
    std::vector<double> seen(count), inverse(count), w(count), first(count), second(count);
    for (std::size_t i = 0; i < count; ++i) {
      seen[i] = rows_.kind[begin + i] == censoring::exact ? 1.0 : 0.0;
      inverse[i] = -log_scale[i];
    }
    numeric::exp_block(inverse.data(), count, inverse.data());
    standardise(rows_.low.data() + begin, location.data(), inverse.data(), count, w.data());
    if (logistic) {
      numeric::logistic_block(w.data(), count, out.u.data(), out.t.data());
      logistic_law(w.data(), out.u.data(), out.t.data(), seen.data(), count, out.value.data(), first.data(), second.data());
    } else {
      numeric::exp_block(w.data(), count, out.u.data());
      extreme_law(w.data(), out.u.data(), seen.data(), count, out.value.data(), first.data(), second.data());
    }
    location_scale_terms(w.data(), first.data(), second.data(), seen.data(), log_scale.data(), inverse.data(), count,
                         {out.value.data(), out.u.data(), out.t.data(), out.uu.data(), out.ut.data(), out.tt.data()});
    return true;
  }

  /// log likelihood of a customer who may be cured with probability s = 1 / (1 + exp(-c)): right-censored rows s + (1 - s) S, others (1 - s) f.
  static void mix_cure(censoring kind, double s, std::size_t i, aft_terms& out) {
    if (kind != censoring::right) {
      out.value[i] += std::log1p(-s);
      out.c[i] = -s;
      out.cc[i] = -s * (1 - s);
      out.uc[i] = out.tc[i] = 0;
      return;
    }
    const double above = std::exp(out.value[i]), mixed = s + (1 - s) * above, r = (1 - s) * above / mixed;
    const double first = s * (1 - s) * (1 - above) / mixed, u = out.u[i], t = out.t[i];
    const double keep = 1 - r, cross = -r * s / mixed;  // d r / d c
    out.value[i] = std::log(mixed);
    out.c[i] = first;
    out.cc[i] = first * (1 - 2 * s) - first * first;
    out.uc[i] = u * cross;
    out.tc[i] = t * cross;
    out.uu[i] = r * out.uu[i] + r * keep * u * u;
    out.ut[i] = r * out.ut[i] + r * keep * u * t;
    out.tt[i] = r * out.tt[i] + r * keep * t * t;
    out.u[i] *= r;
    out.t[i] *= r;
  }

  struct partial {
    double value = 0;
    std::vector<double> gradient;
    matrix information;
  };

  cox_evaluation plain(const std::vector<double>& theta) const {
    const std::size_t total = size();
    const chunking chunks(blocks_.size(), 8, 64);
    const partial zero{0, std::vector<double>(total, 0.0), matrix(total, total)};
    const auto body = [&](partial& part, std::size_t begin, std::size_t end) { add_blocks(theta, begin, end, part); };
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

  /// Adds blocks [begin, end); of the information the upper triangle beyond the location.
  void add_blocks(const std::vector<double>& theta, std::size_t begin, std::size_t end, partial& part) const {
    const std::size_t total = size(), extra = scales();
    numeric::gram_sum gram(cols_);
    aft_terms t = make_terms();
    std::vector<double> with_scale(8 * cols_ * extra), with_cure(options_.cure ? 8 * cols_ : 0), masked(block_), ones(block_, 1.0);
    const auto add_to = [&](std::size_t b, const std::vector<double>& r, double* lanes) {
      dot_columns(blocks_[b].column(0), blocks_[b].capacity(), columns_.data(), cols_, r.data(), rows_of(b), lanes);
    };
    for (std::size_t b = begin; b < end; ++b) {
      const std::size_t first = b * block_, count = rows_of(b);
      terms(b, theta, t);
      if (!rows_.weight.empty())
        for (auto* column : {&t.value, &t.u, &t.t, &t.uu, &t.ut, &t.tt, &t.c, &t.cc, &t.uc, &t.tc})
          for (std::size_t i = 0; i < (column->empty() ? 0 : count); ++i)
            (*column)[i] *= rows_.weight[first + i];
      const auto sum = [&](const std::vector<double>& column) { return dot(column.data(), ones.data(), count); };
      part.value += sum(t.value);
      gram.add(blocks_[b], count, t.uu.data(), t.u.data());
      if (extra > 0 && rows_.stratum.empty()) {
        part.gradient[cols_] += sum(t.t);
        part.information(cols_, cols_) -= sum(t.tt);
        add_to(b, t.ut, with_scale.data());
      } else if (extra > 0) {
        for (std::size_t i = 0; i < count; ++i) {
          const std::size_t at = cols_ + rows_.stratum[first + i];
          part.gradient[at] += t.t[i];
          part.information(at, at) -= t.tt[i];
        }
        for (std::size_t s = 0; s < extra; ++s) {
          bool any = false;
          for (std::size_t i = 0; i < count; ++i) {
            const bool here = rows_.stratum[first + i] == s;
            masked[i] = here ? t.ut[i] : 0.0;
            any |= here;
          }
          if (any) add_to(b, masked, with_scale.data() + 8 * cols_ * s);
        }
      }
      if (!options_.cure) continue;
      part.gradient[total - 1] += sum(t.c);
      part.information(total - 1, total - 1) -= sum(t.cc);
      add_to(b, t.uc, with_cure.data());
      for (std::size_t i = 0; i < (extra ? count : 0); ++i)
        part.information(cols_ + (rows_.stratum.empty() ? 0 : rows_.stratum[first + i]), total - 1) -= t.tc[i];
    }
    const matrix location = gram.value();
    const std::vector<double> slope = gram.moments();
    for (std::size_t i = 0; i < cols_; ++i) {
      part.gradient[i] += slope[i];
      for (std::size_t j = 0; j < cols_; ++j)
        part.information(i, j) -= location(i, j);
      for (std::size_t s = 0; s < extra; ++s)
        part.information(i, cols_ + s) -= fold_lanes(with_scale.data() + 8 * (cols_ * s + i));
      if (options_.cure) part.information(i, total - 1) -= fold_lanes(with_cure.data() + 8 * i);
    }
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
  std::vector<std::uint32_t> columns_;
};

}  // namespace tenure::inline TENURE_ABI::survival::detail
