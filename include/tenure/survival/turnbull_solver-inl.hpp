#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "tenure/survival/outcome.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

/// Maximises sum_i w_i log(sum of p over first_i .. last_i) over probabilities p of `cells` intervals: rows are ranges of cells. Sums over
/// ranges and over the rows that cover a cell are running sums, so every step costs O(rows + cells).
class range_likelihood {
 public:
  struct row {
    std::uint32_t first, last;
    double weight;
  };

  range_likelihood(std::vector<row> rows, std::size_t cells) : rows_(std::move(rows)), p_(cells, 1.0 / static_cast<double>(cells)) {
    for (const row& r : rows_)
      total_ += r.weight;
    value_ = log_likelihood(p_, f_);
  }

  const std::vector<double>& mass() const { return p_; }
  double log_likelihood() const { return value_; }
  double total() const { return total_; }

  /// max_j slope_j / total - 1: 0 at the maximum.
  double gap() const {
    const std::vector<double> g = slopes(f_);
    return std::max(0.0, *std::max_element(g.begin(), g.end()) / total_ - 1);
  }

  /// Self-consistency: each row spreads its weight over its cells in proportion to their present mass.
  void self_consistency() {
    const std::vector<double> g = slopes(f_);
    std::vector<double> next(p_);
    for (std::size_t j = 0; j < next.size(); ++j)
      next[j] *= g[j] / total_;
    accept(next);
  }

  /// A step to the isotonic regression of F + gradient / curvature, F the distribution function between cells.
  void convex_minorant() {
    const std::size_t m = p_.size();
    if (m < 2) return;
    std::vector<double> gradient(m + 1, 0.0), curvature(m + 1, 0.0);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const double g = rows_[i].weight / f_[i], h = g / f_[i];
      gradient[rows_[i].last + 1] += g;
      gradient[rows_[i].first] -= g;
      curvature[rows_[i].last + 1] += h;
      curvature[rows_[i].first] += h;
    }
    struct block {
      double value, weight;
      std::size_t size;
    };
    std::vector<block> blocks;
    double cumulative = 0;
    for (std::size_t k = 1; k < m; ++k) {
      cumulative += p_[k - 1];
      block b{cumulative + gradient[k] / curvature[k], curvature[k], 1};
      while (!blocks.empty() && blocks.back().value >= b.value) {
        const block& a = blocks.back();
        b = {(a.value * a.weight + b.value * b.weight) / (a.weight + b.weight), a.weight + b.weight, a.size + b.size};
        blocks.pop_back();
      }
      blocks.push_back(b);
    }
    std::vector<double> next(m, 0.0);
    double before = 0;
    std::size_t j = 0;
    for (const block& b : blocks) {
      const double value = std::clamp(b.value, 0.0, 1.0);
      next[j] = value - before;
      before = value;
      j += b.size;
    }
    next[j] = 1 - before;
    towards(next);
  }

  /// Newton's method for sum w log f - total * sum p on the cells with mass, the linear system by conjugate gradients.
  void newton() {
    const std::size_t m = p_.size();
    const std::vector<double> g = slopes(f_);
    std::vector<double> root(m), r(m), z(m, 0.0), direction(m), d(m);
    double start = 0;
    for (std::size_t j = 0; j < m; ++j) {
      root[j] = std::sqrt(p_[j]);
      r[j] = root[j] * (g[j] - total_);
      start += r[j] * r[j];
    }
    direction = r;
    double size = start;
    for (int step = 0; step < 300 && size > 1e-24 * start && size > 0; ++step) {
      for (std::size_t j = 0; j < m; ++j)
        d[j] = root[j] * direction[j];
      const std::vector<double> curved = curvature_times(d);
      double bend = 0;
      for (std::size_t j = 0; j < m; ++j)
        bend += d[j] * curved[j];
      if (!(bend > 0)) break;
      const double length = size / bend;
      double next = 0;
      for (std::size_t j = 0; j < m; ++j) {
        z[j] += length * direction[j];
        r[j] -= length * root[j] * curved[j];
        next += r[j] * r[j];
      }
      for (std::size_t j = 0; j < m; ++j)
        direction[j] = r[j] + next / size * direction[j];
      size = next;
    }
    std::vector<double> target(m);
    double longest = 1;
    for (std::size_t j = 0; j < m; ++j) {
      d[j] = root[j] * z[j];
      if (d[j] < -p_[j]) longest = std::min(longest, p_[j] / -d[j]);
      target[j] = std::max(0.0, p_[j] + d[j]);
    }
    if (accept(target) || longest == 1) return;
    for (std::size_t j = 0; j < m; ++j)  // the whole step does not help: up to the first cell that it empties
      target[j] = std::max(0.0, p_[j] + longest * d[j]);
    towards(target);
  }

  /// Gives a little mass to empty cells whose slope says that they need some.
  void refill() {
    const std::vector<double> g = slopes(f_);
    std::vector<double> next(p_);
    for (std::size_t j = 0; j < next.size(); ++j)
      if (next[j] == 0 && g[j] > total_) next[j] = 1e-4 / static_cast<double>(next.size());
    towards(next);
  }

 private:
  double log_likelihood(const std::vector<double>& p, std::vector<double>& f) const {
    std::vector<double> cumulative(p.size() + 1, 0.0);
    for (std::size_t j = 0; j < p.size(); ++j)
      cumulative[j + 1] = cumulative[j] + p[j];
    f.resize(rows_.size());
    double sum = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const row& r = rows_[i];
      f[i] = cumulative[r.last + 1] - cumulative[r.first];
      if (r.last - r.first < 8) {  // few cells: without the cancellation
        f[i] = 0;
        for (std::size_t j = r.first; j <= r.last; ++j)
          f[i] += p[j];
      }
      if (!(f[i] > 0)) return -infinity;
      sum += r.weight * std::log(f[i]);
    }
    return sum;
  }

  /// sum of w / f over the rows that cover each cell.
  std::vector<double> slopes(const std::vector<double>& f) const {
    std::vector<double> change(p_.size() + 1, 0.0);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      change[rows_[i].first] += rows_[i].weight / f[i];
      change[rows_[i].last + 1] -= rows_[i].weight / f[i];
    }
    return running(std::move(change));
  }

  std::vector<double> curvature_times(const std::vector<double>& d) const {
    std::vector<double> cumulative(d.size() + 1, 0.0), change(d.size() + 1, 0.0);
    for (std::size_t j = 0; j < d.size(); ++j)
      cumulative[j + 1] = cumulative[j] + d[j];
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const double v = rows_[i].weight / (f_[i] * f_[i]) * (cumulative[rows_[i].last + 1] - cumulative[rows_[i].first]);
      change[rows_[i].first] += v;
      change[rows_[i].last + 1] -= v;
    }
    return running(std::move(change));
  }

  static std::vector<double> running(std::vector<double> change) {
    for (std::size_t j = 1; j < change.size(); ++j)
      change[j] += change[j - 1];
    change.pop_back();
    return change;
  }

  /// Takes `next`, brought to sum 1, if the likelihood does not fall by more than rounding: near the maximum its steps say more than its value.
  bool accept(std::vector<double> next) {
    double sum = 0;
    for (const double v : next)
      sum += v;
    if (!(sum > 0 && std::isfinite(sum))) return false;
    for (double& v : next)
      v /= sum;
    std::vector<double> f;
    const double value = log_likelihood(next, f);
    if (!(value >= value_ - 1e-13 * std::abs(value_))) return false;
    p_ = std::move(next);
    f_ = std::move(f);
    value_ = value;
    return true;
  }

  void towards(const std::vector<double>& next) {
    std::vector<double> trial(p_.size());
    double share = 1;
    for (int halving = 0; halving < 30; ++halving, share *= 0.5) {
      for (std::size_t j = 0; j < p_.size(); ++j)
        trial[j] = share == 1 ? next[j] : p_[j] + share * (next[j] - p_[j]);
      if (accept(trial)) return;
    }
  }

  std::vector<row> rows_;
  std::vector<double> p_, f_;
  double total_ = 0, value_ = 0;
};

}  // namespace tenure::inline TENURE_ABI::survival::detail
