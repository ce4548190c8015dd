#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "tenure/numeric/linear.hpp"
#include "tenure/numeric/syrk.hpp"
#include "tenure/survival/discrete_hazard.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

/// The chance of leaving in one period at eta, with the score of staying and leaving and the expected information.
struct period_terms {
  double stay, stay_score, leave_log, leave_score, information;  // stay: P(stay)
};

inline double chance_of_leaving(hazard_link link, double eta) {
  return link == hazard_link::logit ? 1 / (1 + std::exp(-eta)) : -std::expm1(-std::exp(std::min(eta, 300.0)));
}

inline double link_of(hazard_link link, double chance) { return link == hazard_link::logit ? std::log(chance / (1 - chance)) : std::log(-std::log1p(-chance)); }

/// Rows as (first period, last period, event, weight) with their design; what every scoring step sums over.
struct period_rows {
  matrix x;                               // scaled
  std::vector<std::uint32_t> begin, end;  // periods begin + 1 .. end
  std::vector<std::uint8_t> event;
  std::vector<double> weight;  // empty: all 1
  double weight_of(std::size_t i) const { return weight.empty() ? 1.0 : weight[i]; }
};

/// The baseline of each period: its own intercept, nothing (left out), or a row of the spline's columns.
struct period_design {
  enum class what : std::uint8_t { own, left_out, smooth };
  std::vector<what> kind;  // of periods 1 .. K at 0 .. K-1
  matrix spline;           // K x columns, rows of smooth periods filled
  double unit = 1;         // drifting columns are multiplied by period * unit
  std::size_t periods() const { return kind.size(); }
};

/// Natural cubic spline of t with the given knots: 1, t, and one column a knot but the last two (truncated powers, Harrell 2001, eq. 2.25).
inline std::vector<double> spline_row(double t, const std::vector<double>& knots) {
  std::vector<double> row{1.0, t};
  if (knots.size() < 3) return row;
  const std::size_t k = knots.size();
  const double last = knots[k - 1], before = knots[k - 2], span = (last - knots[0]) * (last - knots[0]);
  const auto cube = [&](double knot) { return t > knot ? (t - knot) * (t - knot) * (t - knot) : 0.0; };
  for (std::size_t j = 0; j + 2 < k; ++j)
    row.push_back((cube(knots[j]) - cube(before) * (last - knots[j]) / (last - before) + cube(last) * (before - knots[j]) / (last - before)) / span);
  return row;
}

/// Log likelihood, score and expected information. Parameters: an intercept for each `own` period, then the dense ones: spline, columns, drifts.
class discrete_likelihood {
 public:
  struct point {
    std::vector<double> own, dense;
  };
  struct evaluation {
    double log_likelihood = 0;
    std::vector<double> own_score, own_information, dense_score;
    matrix cross, dense_information;  // own x dense, dense x dense
  };

  discrete_likelihood(const period_rows& rows, const period_design& design, std::vector<std::size_t> drifting, hazard_link link, const execution& run)
      : rows_(rows), design_(design), drifting_(std::move(drifting)), link_(link), run_{.threads = run.threads}, p_(rows.x.cols()), q_(design.spline.cols()) {}

  std::size_t dense() const { return q_ + p_ + drifting_.size(); }

  /// link^-1's argument of period k (0-based) without the row's part.
  std::vector<double> baseline(const point& at) const {
    std::vector<double> alpha(design_.periods(), 0.0);
    for (std::size_t k = 0; k < alpha.size(); ++k) {
      if (design_.kind[k] == period_design::what::own) alpha[k] = at.own[k];
      if (design_.kind[k] == period_design::what::smooth)
        for (std::size_t j = 0; j < q_; ++j)
          alpha[k] += design_.spline(k, j) * at.dense[j];
    }
    return alpha;
  }

  double log_likelihood(const point& at) const { return pass(at, nullptr); }

  evaluation evaluate(const point& at) const {
    evaluation out;
    sums total;
    out.log_likelihood = pass(at, &total);
    const std::size_t periods = design_.periods(), d = drifting_.size(), width = dense();
    const auto time = [&](std::size_t k) { return static_cast<double>(k + 1) * design_.unit; };
    out.own_score.assign(periods, 0);
    out.own_information.assign(periods, 0);
    out.cross = matrix(periods, width);
    out.dense_score.assign(width, 0);
    out.dense_information = matrix(width, width);
    matrix& m = out.dense_information;
    for (std::size_t k = 0; k < periods; ++k) {
      std::vector<double> mixed(total.columns.row(k), total.columns.row(k) + p_);  // sum of information times columns, with drifts behind
      for (const std::size_t j : drifting_)
        mixed.push_back(time(k) * total.columns(k, j));
      if (design_.kind[k] == period_design::what::own) {
        out.own_score[k] = total.score[k];
        out.own_information[k] = total.information[k];
        std::copy(mixed.begin(), mixed.end(), out.cross.row(k) + q_);
      } else if (design_.kind[k] == period_design::what::smooth) {
        for (std::size_t a = 0; a < q_; ++a) {
          const double b = design_.spline(k, a);
          out.dense_score[a] += b * total.score[k];
          for (std::size_t c = 0; c < q_; ++c)
            m(a, c) += b * design_.spline(k, c) * total.information[k];
          for (std::size_t j = 0; j < p_ + d; ++j)
            m(a, q_ + j) += b * mixed[j];
        }
      }
    }
    if (p_ > 0) {
      const matrix plain = numeric::weighted_gram(rows_.x, total.row0, run_);
      for (std::size_t i = 0; i < rows_.x.rows(); ++i)
        for (std::size_t j = 0; j < p_; ++j)
          out.dense_score[q_ + j] += total.score0[i] * rows_.x(i, j);
      for (std::size_t a = 0; a < p_; ++a)
        for (std::size_t b = 0; b < p_; ++b)
          m(q_ + a, q_ + b) = plain(a, b);
    }
    if (d > 0) {
      const matrix once = numeric::weighted_gram(rows_.x, total.row1, run_), twice = numeric::weighted_gram(rows_.x, total.row2, run_);
      for (std::size_t b = 0; b < d; ++b) {
        for (std::size_t i = 0; i < rows_.x.rows(); ++i)
          out.dense_score[q_ + p_ + b] += total.score1[i] * rows_.x(i, drifting_[b]);
        for (std::size_t a = 0; a < p_; ++a)
          m(q_ + a, q_ + p_ + b) = once(a, drifting_[b]);
        for (std::size_t a = 0; a < d; ++a)
          m(q_ + p_ + a, q_ + p_ + b) = twice(drifting_[a], drifting_[b]);
      }
    }
    for (std::size_t a = 0; a < width; ++a)
      for (std::size_t b = 0; b < a; ++b)
        m(a, b) = m(b, a);
    return out;
  }

 private:
  struct sums {
    std::vector<double> score, information;                // by period
    matrix columns;                                        // by period: information times columns
    std::vector<double> row0, row1, row2, score0, score1;  // by row: information times 1, t, t^2; score times 1, t
  };

  /// Goes through every period of every row; fills `out` where given.
  double pass(const point& at, sums* out) const {
    const std::size_t n = rows_.begin.size(), periods = design_.periods();
    const std::vector<double> alpha = baseline(at);
    if (out) {
      for (auto* v : {&out->row0, &out->score0})
        v->assign(n, 0.0);
      if (!drifting_.empty())
        for (auto* v : {&out->row1, &out->row2, &out->score1})
          v->assign(n, 0.0);
    }
    struct partial {
      double log_likelihood = 0;
      std::vector<double> score, information;
      matrix columns;
    };
    const auto body = [&](partial& part, std::size_t first, std::size_t last) {
      if (out) {
        part.score.assign(periods, 0);
        part.information.assign(periods, 0);
        part.columns = matrix(periods, p_);
      }
      for (std::size_t i = first; i < last; ++i) {
        const double* x = rows_.x.row(i);
        double fixed = 0, drift = 0;
        for (std::size_t j = 0; j < p_; ++j)
          fixed += x[j] * at.dense[q_ + j];
        for (std::size_t j = 0; j < drifting_.size(); ++j)
          drift += x[drifting_[j]] * at.dense[q_ + p_ + j];
        const double w = rows_.weight_of(i);
        double stayed = 1, log_stayed = 0;  // the product of the chances to stay, its logarithm taken now and then
        double r0 = 0, r1 = 0, r2 = 0, s0 = 0, s1 = 0;
        for (std::size_t k = rows_.begin[i]; k < rows_.end[i]; ++k) {
          if (design_.kind[k] == period_design::what::left_out) continue;
          const double t = static_cast<double>(k + 1) * design_.unit, eta = alpha[k] + fixed + t * drift;
          const bool left = rows_.event[i] && k + 1 == rows_.end[i];
          double score, information;
          if (link_ == hazard_link::logit) {
            const double odds = std::exp(std::min(eta, 700.0)), stay = 1 / (1 + odds), h = odds * stay;
            score = left ? stay : -h;
            information = h * stay;
            if (left)
              log_stayed += eta - std::log1p(odds);
            else
              stayed *= stay;
          } else {
            const double rate = std::exp(std::min(eta, 300.0)), inverse = 1 / std::expm1(rate);
            score = left ? rate * inverse : -rate;
            information = rate * rate * inverse;
            log_stayed += left ? std::log(-std::expm1(-rate)) : -rate;
          }
          if (stayed < 1e-200) {
            log_stayed += std::log(stayed);
            stayed = 1;
          }
          if (!out) continue;
          const double ws = w * score, wi = w * information;
          part.score[k] += ws;
          part.information[k] += wi;
          double* c = part.columns.row(k);
          for (std::size_t j = 0; j < p_; ++j)
            c[j] += wi * x[j];
          r0 += wi;
          s0 += ws;
          r1 += wi * t;
          r2 += wi * t * t;
          s1 += ws * t;
        }
        part.log_likelihood += w * (log_stayed + (stayed < 1 ? std::log(stayed) : 0.0));
        if (!out) continue;
        out->row0[i] = r0;
        out->score0[i] = s0;
        if (drifting_.empty()) continue;
        out->row1[i] = r1;
        out->row2[i] = r2;
        out->score1[i] = s1;
      }
    };
    const auto merge = [&](partial& a, const partial& b) {
      a.log_likelihood += b.log_likelihood;
      for (std::size_t k = 0; k < a.score.size(); ++k) {
        a.score[k] += b.score[k];
        a.information[k] += b.information[k];
      }
      for (std::size_t k = 0; k < a.columns.values().size(); ++k)
        a.columns.data()[k] += b.columns.values()[k];
    };
    partial total = parallel_reduce(chunking(n, 1024, 16), run_, partial{}, body, merge);
    if (out) {
      out->score = std::move(total.score);
      out->information = std::move(total.information);
      out->columns = std::move(total.columns);
    }
    return total.log_likelihood;
  }

  const period_rows& rows_;
  const period_design& design_;
  std::vector<std::size_t> drifting_;
  hazard_link link_;
  execution run_;
  std::size_t p_, q_;
};

}  // namespace tenure::inline TENURE_ABI::survival::detail
