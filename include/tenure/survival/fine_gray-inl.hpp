#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "tenure/numeric/sort.hpp"
#include "tenure/numeric/syrk.hpp"
#include "tenure/survival/competing.hpp"
#include "tenure/survival/cox-inl.hpp"
#include "tenure/survival/scaled_design-inl.hpp"

namespace tenure::inline TENURE_ABI::survival {

namespace detail {

/// The likelihood of Fine and Gray's model. Rows stand in order of time; `step` numbers the distinct event times of the cause.
class fine_gray_likelihood {
 public:
  fine_gray_likelihood(const plain_outcome& y, int cause, matrix design, std::vector<std::uint32_t> order)
      : n_(y.size()), p_(design.cols()), x_(std::move(design)), kind_(n_), time_(n_), weight_(n_), censoring_(n_), before_(n_), entered_(n_, 0) {
    for (std::size_t i = 0; i < n_; ++i) {
      time_[i] = y.time[order[i]];
      weight_[i] = y.weight_of(order[i]);
      const std::uint8_t event = y.event[order[i]];
      kind_[i] = event == 0 ? 0 : event == cause ? 1 : 2;
    }
    if (!y.entry.empty() && *std::max_element(y.entry.begin(), y.entry.end()) >= time_[0]) {  // somebody enters after another has gone
      for (const std::uint32_t row : order)
        entry_.push_back(y.entry[row]);
      late_ = numeric::sort_order(entry_);
    }
    at_risk_.resize(n_);
    double weight = 0;
    for (std::size_t j = n_, e = late_.size(); j-- > 0;) {  // weight at risk just before each row's time
      weight += weight_[j];
      for (; e > 0 && entry_[late_[e - 1]] >= time_[j]; --e)
        weight -= weight_[late_[e - 1]];
      at_risk_[j] = weight;
    }
    double g = 1;
    for (std::size_t i = 0, j; i < n_; i = j) {
      double gone = 0, events = 0;
      for (j = i; j < n_ && time_[j] == time_[i]; ++j) {
        censoring_[j] = g;  // G just before this time
        gone += kind_[j] == 0 ? weight_[j] : 0;
        events += kind_[j] == 1 ? weight_[j] : 0;
      }
      if (events > 0) steps_.push_back({i, events, g});
      for (std::size_t k = i; k < j; ++k)
        before_[k] = steps_.size();
      if (gone > 0) g *= 1 - gone / at_risk_[i];
    }
    if (!late_.empty()) truncate();
  }

  std::size_t events() const {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < n_; ++i)
      sum += kind_[i] == 1 && weight_[i] > 0;
    return sum;
  }

  cox_evaluation evaluate(const std::vector<double>& beta, const execution& run) {
    update(beta);
    cox_evaluation out{log_likelihood_, std::vector<double>(p_, 0.0), {}};
    std::vector<double> expected(n_);
    for (std::size_t i = 0; i < n_; ++i) {
      expected[i] = risk_[i] * exposure(i);
      const double residual = (kind_[i] == 1 ? weight_[i] : 0.0) - expected[i];
      for (std::size_t j = 0; j < p_; ++j)
        out.gradient[j] += residual * x_(i, j);
    }
    out.information = numeric::weighted_gram(x_, expected, run);
    std::vector<double> events;
    for (const step& s : steps_)
      events.push_back(s.events);
    const matrix minus = numeric::weighted_gram(mean_, events, run);
    for (std::size_t k = 0; k < p_ * p_; ++k)
      out.information.data()[k] -= minus.values()[k];
    return out;
  }

  /// Rows' influences on the score, times the root of the weight so that a row of weight 2 counts as two rows: the model's own part and what the
  /// estimated censoring curve adds (Fine and Gray 1999, section 3). With late entries the weights are taken as known (Geskus 2011).
  matrix influences() const {
    const std::size_t steps = steps_.size();
    matrix mean_sum(steps + 1, p_), late_mean(steps + 1, p_);  // sum of mean * hazard up to a step; of G mean * hazard from a step on
    for (std::size_t k = 0; k < steps; ++k)
      for (std::size_t j = 0; j < p_; ++j)
        mean_sum(k + 1, j) = mean_sum(k, j) + mean_(k, j) * hazard_[k];
    for (std::size_t k = steps; k-- > 0;)
      for (std::size_t j = 0; j < p_; ++j)
        late_mean(k, j) = late_mean(k + 1, j) + steps_[k].censoring * mean_(k, j) * hazard_[k];
    matrix out(n_, p_);
    for (std::size_t i = 0; i < n_; ++i) {
      const std::size_t k = before_[i];
      const double late = kind_[i] == 2 ? 1 / censoring_[i] : 0.0;
      for (std::size_t j = 0; j < p_; ++j) {
        const double accumulated = mean_sum(k, j) - mean_sum(entered_[i], j) + late * late_mean(k, j);
        out(i, j) = (kind_[i] == 1 ? weight_[i] * (x_(i, j) - mean_(k - 1, j)) : 0.0) - risk_[i] * (x_(i, j) * exposure(i) - accumulated);
      }
    }
    if (late_.empty()) add_censoring(late_mean, out);
    for (std::size_t i = 0; i < n_; ++i)
      for (std::size_t j = 0; j < p_; ++j)
        out(i, j) = weight_[i] > 0 ? out(i, j) / std::sqrt(weight_[i]) : 0.0;
    return out;
  }

  void baseline(fine_gray_model& model) const {
    double h = 0;
    for (std::size_t k = 0; k < steps_.size(); ++k) {
      model.baseline_time.push_back(time_[steps_[k].row]);
      model.baseline_hazard.push_back(h += hazard_[k]);
    }
  }

 private:
  struct step {
    std::size_t row;  // first row of this time
    double events, censoring;
  };

  /// q(u) / n(u) at each censoring time u, q(u) the change of the score through the weights G(t-) / G(T-) of those gone at T < u for another reason, at
  /// event times t >= u.
  void add_censoring(const matrix& late_mean, matrix& out) const {
    double gone0 = 0;
    std::vector<double> gone1(p_, 0.0), drift(p_, 0.0), q(p_);
    for (std::size_t i = 0, j; i < n_; i = j) {
      double censored = 0;
      for (j = i; j < n_ && time_[j] == time_[i]; ++j)
        censored += kind_[j] == 0 ? weight_[j] : 0;
      const double n = at_risk_[i];
      const std::size_t here = before_[i], k = here > 0 && steps_[here - 1].row == i ? here - 1 : here;
      for (std::size_t c = 0; c < p_; ++c)
        q[c] = late_hazard_[k] * gone1[c] - late_mean(k, c) * gone0;
      for (std::size_t r = i; r < j && n > 0; ++r)
        for (std::size_t c = 0; c < p_; ++c)
          out(r, c) += weight_[r] * ((kind_[r] == 0 ? q[c] / n : 0.0) - (drift[c] + q[c] * censored / (n * n)));
      for (std::size_t c = 0; c < p_ && n > 0; ++c)
        drift[c] += q[c] * censored / (n * n);
      for (std::size_t r = i; r < j; ++r) {
        if (kind_[r] != 2) continue;
        gone0 += risk_[r] / censoring_[r];
        for (std::size_t c = 0; c < p_; ++c)
          gone1[c] += risk_[r] / censoring_[r] * x_(r, c);
      }
    }
  }

  /// Late entries: which steps a row missed, and the weights' second factor, the chance H(t-) of having entered before t (Geskus 2011, eq. 5):
  /// product over entry times s >= t of 1 - entries / those at risk just after.
  void truncate() {
    std::size_t k = 0;
    for (const std::uint32_t i : late_) {
      while (k < steps_.size() && time_[steps_[k].row] <= entry_[i])
        ++k;
      entered_[i] = k;
    }
    std::vector<double> at, factor;  // by distinct entry time
    double inside = 0;
    std::size_t gone = 0;
    for (std::size_t e = 0, f; e < late_.size(); e = f) {
      const double s = entry_[late_[e]];
      double entering = 0;
      for (f = e; f < late_.size() && entry_[late_[f]] == s; ++f)
        entering += weight_[late_[f]];
      for (; gone < n_ && time_[gone] <= s; ++gone)
        inside -= weight_[gone];
      inside += entering;
      at.push_back(s);
      factor.push_back(inside > entering * (1 + 1e-12) ? 1 - entering / inside : 0.0);
    }
    double h = 1;
    std::size_t e = at.size();
    std::size_t step_at = steps_.size();
    for (std::size_t i = n_; i-- > 0;) {
      for (; e > 0 && at[e - 1] >= time_[i]; --e)
        h *= factor[e - 1];
      censoring_[i] *= h;
      if (step_at > 0 && steps_[step_at - 1].row == i) steps_[--step_at].censoring *= h;
      if (kind_[i] == 2 && weight_[i] > 0 && !(censoring_[i] > 0))
        throw numeric_failure("after time " + format_number(time_[i]) + " somebody enters when nobody else is at risk: those gone before have no weight");
    }
  }

  /// Hazard a row saw: from its entry up to its time, and if it left for another reason, after it with falling weight.
  double exposure(std::size_t i) const {
    return cumulative_[before_[i]] - cumulative_[entered_[i]] + (kind_[i] == 2 ? late_hazard_[before_[i]] / censoring_[i] : 0.0);
  }

  void update(const std::vector<double>& beta) {
    risk_.assign(n_, 0.0);
    log_likelihood_ = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      double eta = 0;
      for (std::size_t j = 0; j < p_; ++j)
        eta += beta[j] * x_(i, j);
      if (kind_[i] == 1) log_likelihood_ += weight_[i] * eta;
      risk_[i] = weight_[i] * std::exp(eta);
    }
    const std::size_t steps = steps_.size();
    std::vector<double> s0(steps, 0.0);
    mean_ = matrix(steps, p_);
    std::vector<double> sum(p_ + 1, 0.0);
    const auto add = [&](std::size_t i, double w) {
      sum[p_] += w;
      for (std::size_t j = 0; j < p_; ++j)
        sum[j] += w * x_(i, j);
    };
    std::size_t at = n_, unborn = late_.size();
    for (std::size_t k = steps; k-- > 0;) {  // everybody who is still there
      while (at > steps_[k].row)
        --at, add(at, risk_[at]);
      for (; unborn > 0 && entry_[late_[unborn - 1]] >= time_[steps_[k].row]; --unborn)
        add(late_[unborn - 1], -risk_[late_[unborn - 1]]);
      s0[k] = sum[p_];
      std::copy(sum.begin(), sum.end() - 1, mean_.row(k));
    }
    std::fill(sum.begin(), sum.end(), 0.0);
    at = 0;
    for (std::size_t k = 0; k < steps; ++k) {  // and those gone before for another reason
      for (; at < steps_[k].row; ++at)
        if (kind_[at] == 2) add(at, risk_[at] / censoring_[at]);
      s0[k] += steps_[k].censoring * sum[p_];
      for (std::size_t j = 0; j < p_; ++j)
        mean_(k, j) = (mean_(k, j) + steps_[k].censoring * sum[j]) / s0[k];
    }
    hazard_.resize(steps);
    cumulative_.assign(steps + 1, 0.0);
    late_hazard_.assign(steps + 1, 0.0);
    for (std::size_t k = 0; k < steps; ++k) {
      hazard_[k] = steps_[k].events / s0[k];
      log_likelihood_ -= steps_[k].events * std::log(s0[k]);
      cumulative_[k + 1] = cumulative_[k] + hazard_[k];
    }
    for (std::size_t k = steps; k-- > 0;)
      late_hazard_[k] = late_hazard_[k + 1] + steps_[k].censoring * hazard_[k];
  }

  std::size_t n_, p_;
  matrix x_;
  std::vector<std::uint8_t> kind_;  // 0 censored, 1 the cause, 2 another
  std::vector<double> time_, weight_, censoring_;
  std::vector<std::size_t> before_, entered_;  // steps at this row's time or before; at its entry or before
  std::vector<double> entry_, at_risk_;
  std::vector<std::uint32_t> late_;  // rows in order of entry, empty when nobody enters late
  std::vector<step> steps_;
  std::vector<double> risk_, hazard_, cumulative_, late_hazard_;
  matrix mean_;
  double log_likelihood_ = 0;
};

}  // namespace detail

TENURE_INLINE fine_gray_model fit_fine_gray(const table_view& x, const outcome& y, const fine_gray_options& options, const execution& run) {
  validate(options);
  const detail::plain_outcome rows = detail::load_outcome(y, 255);
  const std::size_t n = rows.size();
  if (x.rows() != n) throw invalid_input("X", "must have one row a row of time (" + std::to_string(n) + "), has " + std::to_string(x.rows()));
  fine_gray_model model;
  model.cause = options.cause;
  model.code = detail::cox_encoding(x, options.reference);
  const auto names = model.code.names();
  const std::size_t p = names.size();
  if (p == 0) throw invalid_input("X", "has no columns");
  detail::scaled_design scaled = detail::scale_design(encode(x, model.code), names);
  model.center = scaled.center;
  const std::vector<double>& scale = scaled.scale;
  const auto order = numeric::sort_order(rows.time);
  matrix design(n, p);
  for (std::size_t i = 0; i < n; ++i)
    std::copy(scaled.x.row(order[i]), scaled.x.row(order[i]) + p, design.row(i));
  scaled.x = {};
  detail::fine_gray_likelihood likelihood(rows, options.cause, std::move(design), order);
  model.rows = n;
  model.events = likelihood.events();
  if (model.events == 0) throw invalid_input("event", "has no event of cause " + std::to_string(options.cause));

  cox_model newton;
  newton.events = model.events;
  std::vector<double> beta(p, 0.0);
  const cox_options how{.max_iterations = options.max_iterations, .tolerance = options.tolerance};
  const auto best =
      detail::maximise([&](const std::vector<double>& b) { return likelihood.evaluate(b, run); }, how, std::vector<double>(p, 0.0), names, beta, newton, run);
  model.log_likelihood_null = newton.log_likelihood_null;
  model.log_likelihood = best.log_likelihood;
  model.iterations = newton.iterations;
  model.converged = newton.converged;
  for (std::size_t j = 0; j < p; ++j)
    model.coef.push_back(beta[j] * scale[j]);
  const matrix inverse = detail::factor_information(best.information, names).inverse();
  model.covariance = detail::rescaled(detail::sandwich(inverse, detail::gram_of_rows(likelihood.influences())), scale);
  likelihood.baseline(model);
  return model;
}

TENURE_INLINE void fine_gray_model::check() const {
  code.check();
  const std::size_t p = code.width();
  if (coef.size() != p || center.size() != p || covariance.rows() != p || covariance.cols() != p)
    throw bad_file("fine-gray: coefficients do not fit the columns");
  for (std::size_t j = 0; j < p; ++j)
    if (!std::isfinite(coef[j]) || !std::isfinite(center[j])) throw bad_file("fine-gray: coefficients must be finite");
  if (baseline_time.size() != baseline_hazard.size() || !std::is_sorted(baseline_time.begin(), baseline_time.end()))
    throw bad_file("fine-gray: baseline is damaged");
  for (const double h : baseline_hazard)
    if (!std::isfinite(h)) throw bad_file("fine-gray: baseline is damaged");
}

namespace detail {
/// The same coefficients as a Cox model, for what both predict alike.
inline cox_model as_cox(const fine_gray_model& model) {
  cox_model cox;
  cox.code = model.code;
  cox.coef = model.coef;
  cox.center = model.center;
  cox.stratum_begin = {0, model.baseline_time.size()};
  cox.baseline_time = model.baseline_time;
  cox.baseline_hazard = model.baseline_hazard;
  return cox;
}
}  // namespace detail

TENURE_INLINE matrix predict_incidence(const fine_gray_model& model, const table_view& x, const column_view<double>& times, const execution& run) {
  matrix out = predict_survival(detail::as_cox(model), x, times, {}, {}, run);
  for (std::size_t k = 0; k < out.values().size(); ++k)
    out.data()[k] = 1 - out.data()[k];
  return out;
}

TENURE_INLINE std::vector<double> predict_log_hazard(const fine_gray_model& model, const table_view& x) { return predict_log_hazard(detail::as_cox(model), x); }

}  // namespace tenure::inline TENURE_ABI::survival
