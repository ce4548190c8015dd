#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "tenure/survival/aft.hpp"
#include "tenure/survival/aft_laws-inl.hpp"
#include "tenure/survival/outcome.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

/// Cox's partial likelihood with Breslow's ties, of some rows of an outcome, as a function of their log hazards. One sort when made, O(rows) a look.
class cox_loss {
 public:
  cox_loss(const plain_outcome& y, const std::vector<std::uint32_t>& rows) : y_(y), order_(rows) {
    std::stable_sort(order_.begin(), order_.end(), [&](auto a, auto b) { return y.time[a] < y.time[b]; });
    for (std::size_t k = 0; k < order_.size(); ++k) {
      if (k == 0 || y.time[order_[k]] != y.time[order_[k - 1]]) {
        begin_.push_back(k);
        leaving_.push_back(0);
      }
      if (y.event[order_[k]]) leaving_.back() += y.weight_of(order_[k]);
    }
    begin_.push_back(order_.size());
    for (const double d : leaving_)
      events_ += d;
  }
  double events() const { return events_; }

  /// Minus the mean log partial likelihood of an event.
  double value(const std::vector<double>& score) const {
    const auto at_risk = risk(score);
    double sum = 0;
    for (std::size_t g = 0; g < leaving_.size(); ++g) {
      if (leaving_[g] <= 0) continue;
      sum += leaving_[g] * std::log(at_risk[g]);
      for (std::size_t k = begin_[g]; k < begin_[g + 1]; ++k)
        if (y_.event[order_[k]]) sum -= y_.weight_of(order_[k]) * (score[order_[k]] - top_);
    }
    return sum / events_;
  }

  /// First and (diagonal) second derivatives of events x value, by row.
  void derivatives(const std::vector<double>& score, std::vector<double>& gradient, std::vector<double>& hessian) const {
    const auto at_risk = risk(score);
    double first = 0, second = 0;
    for (std::size_t g = 0; g < leaving_.size(); ++g) {
      first += leaving_[g] > 0 ? leaving_[g] / at_risk[g] : 0.0;
      second += leaving_[g] > 0 ? leaving_[g] / (at_risk[g] * at_risk[g]) : 0.0;
      for (std::size_t k = begin_[g]; k < begin_[g + 1]; ++k) {
        const std::uint32_t i = order_[k];
        const double w = y_.weight_of(i), r = w * std::exp(score[i] - top_);
        gradient[i] = r * first - (y_.event[i] ? w : 0.0);
        hessian[i] = std::max(r * first - r * r * second, 0.0);
      }
    }
  }

  /// Breslow's cumulative baseline hazard at the times of events.
  void baseline(const std::vector<double>& score, std::vector<double>& times, std::vector<double>& hazard) const {
    const auto at_risk = risk(score);
    double sum = 0;
    for (std::size_t g = 0; g < leaving_.size(); ++g) {
      if (leaving_[g] <= 0) continue;
      sum += leaving_[g] / at_risk[g] * std::exp(-top_);
      times.push_back(y_.time[order_[begin_[g]]]);
      hazard.push_back(sum);
    }
  }

 private:
  /// Sum of weight x hazard of those still there, by distinct time, in units of exp(top_).
  std::vector<double> risk(const std::vector<double>& score) const {
    top_ = -std::numeric_limits<double>::infinity();
    for (const auto i : order_)
      top_ = std::max(top_, score[i]);
    std::vector<double> at_risk(leaving_.size());
    double sum = 0;
    for (std::size_t g = leaving_.size(); g-- > 0;) {
      for (std::size_t k = begin_[g]; k < begin_[g + 1]; ++k)
        sum += y_.weight_of(order_[k]) * std::exp(score[order_[k]] - top_);
      at_risk[g] = sum;
    }
    return at_risk;
  }

  const plain_outcome& y_;
  std::vector<std::uint32_t> order_;
  std::vector<std::size_t> begin_;  // of each distinct time, and the number of rows
  std::vector<double> leaving_;     // weight of the events at each distinct time
  double events_ = 0;
  mutable double top_ = 0;
};

/// Likelihood of an accelerated failure time model: log time = score + scale x W, with W of the distribution's law.
class aft_loss {
 public:
  aft_loss(const plain_outcome& y, const std::vector<std::uint32_t>& rows, aft_distribution distribution) : y_(y), rows_(rows), distribution_(distribution) {
    for (const auto i : rows)
      weight_ += y.weight_of(i);
  }

  double value(const std::vector<double>& score, double scale) const {
    double sum = 0;
    for (const auto i : rows_)
      sum -= y_.weight_of(i) * terms(i, score[i], scale).value;
    return sum / weight_;
  }

  void derivatives(const std::vector<double>& score, double scale, std::vector<double>& gradient, std::vector<double>& hessian) const {
    for (const auto i : rows_) {
      const auto t = terms(i, score[i], scale);
      gradient[i] = -y_.weight_of(i) * t.u;
      hessian[i] = std::max(-y_.weight_of(i) * t.uu, 0.0);
    }
  }

  /// A Newton step of the log scale, at most 0.5 long.
  double better_scale(const std::vector<double>& score, double scale) const {
    double first = 0, second = 0;
    for (const auto i : rows_) {
      const auto t = terms(i, score[i], scale);
      first += y_.weight_of(i) * t.t;
      second -= y_.weight_of(i) * t.tt;
    }
    const double move = second > 0 ? first / second : (first > 0 ? 0.5 : -0.5);
    return std::clamp(scale * std::exp(std::clamp(move, -0.5, 0.5)), 1e-3, 1e3);
  }

  /// Location and scale without columns.
  std::pair<double, double> start(std::vector<double>& score) const {
    double location = 0, scale = 1;
    for (const auto i : rows_)
      location += y_.weight_of(i) * std::log(y_.time[i]) / weight_;
    for (int step = 0; step < 200; ++step) {
      double first = 0, second = 0;
      for (const auto i : rows_) {
        const auto t = terms(i, location, scale);
        first += y_.weight_of(i) * t.u;
        second -= y_.weight_of(i) * t.uu;
        score[i] = location;
      }
      const double move = std::clamp(first / std::max(second, 1e-300), -1.0, 1.0), before = scale;
      location += move;
      scale = better_scale(score, scale);
      if (std::abs(move) + std::abs(scale - before) < 1e-10) break;
    }
    return {location, scale};
  }

 private:
  row_terms terms(std::size_t i, double location, double scale) const {
    const double w = std::min((std::log(y_.time[i]) - location) / scale, 25.0);  // beyond that exp(w) leaves no digits for the other rows
    row_terms t;
    const auto density = density_at(distribution_, w, 0);
    if (y_.event[i])
      t.add_density(density, w, scale);
    else
      t.add_above(density, tails_at(distribution_, w, 0).above, w, scale);
    return t;
  }

  const plain_outcome& y_;
  const std::vector<std::uint32_t>& rows_;
  aft_distribution distribution_;
  double weight_ = 0;
};

}  // namespace tenure::inline TENURE_ABI::survival::detail
