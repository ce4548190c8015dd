#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "tenure/numeric/linear.hpp"

namespace tenure::inline TENURE_ABI::learn::detail {

/// Minimises c'b + b'Hb / 2 + l1 sum |b_j| + l2 / 2 sum b_j^2 over b, in place; the first `free` entries carry no penalty. Coordinate
/// descent finds the support, a direct solve on it gives the solution to machine precision.
class quadratic_net {
 public:
  quadratic_net(const matrix& h, const std::vector<double>& c, std::size_t free, double l1, double l2) : h_(h), c_(c), free_(free), l1_(l1), l2_(l2) {}

  void minimise(std::vector<double>& b) {
    hb_.assign(b.size(), 0.0);
    for (std::size_t j = 0; j < b.size(); ++j)
      if (b[j] != 0) add_column(j, b[j]);
    for (int attempt = 0; attempt < 500; ++attempt) {
      double moved = 0;
      for (int cycle = 0; cycle < 3; ++cycle)
        moved = descend(b);
      if (moved == 0 || solve_on_support(b)) return;
    }
  }

 private:
  double penalty(std::size_t j) const { return j < free_ ? 0.0 : 1.0; }

  void add_column(std::size_t j, double factor) {
    const double* column = h_.row(j);
    for (std::size_t k = 0; k < hb_.size(); ++k)
      hb_[k] += factor * column[k];
  }

  double descend(std::vector<double>& b) {
    double moved = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const double curvature = h_(j, j);
      if (!(curvature > 0)) continue;
      const double pull = curvature * b[j] - (c_[j] + hb_[j]), threshold = l1_ * penalty(j);
      const double size = std::abs(pull) - threshold;
      const double next = size > 0 ? std::copysign(size, pull) / (curvature + l2_ * penalty(j)) : 0.0;
      if (next == b[j]) continue;
      moved = std::max(moved, std::abs(next - b[j]));
      add_column(j, next - b[j]);
      b[j] = next;
    }
    return moved;
  }

  /// True when the solution with the present support and signs solves the whole problem. Otherwise b goes towards it until a sign would
  /// change.
  bool solve_on_support(std::vector<double>& b) {
    std::vector<std::size_t> support;
    for (std::size_t j = 0; j < b.size(); ++j)
      if (b[j] != 0 || (j < free_ && h_(j, j) > 0)) support.push_back(j);
    matrix a(support.size(), support.size());
    std::vector<double> right;
    for (std::size_t i = 0; i < support.size(); ++i) {
      const std::size_t j = support[i];
      for (std::size_t k = 0; k < support.size(); ++k)
        a(i, k) = h_(j, support[k]) + (i == k ? l2_ * penalty(j) : 0.0);
      right.push_back(-c_[j] - (b[j] == 0 ? 0.0 : std::copysign(l1_ * penalty(j), b[j])));
    }
    const auto factor = numeric::cholesky(a, 1e-13);
    if (!factor.regular()) return false;
    const auto target = factor.solve(right);
    double step = 1;
    std::size_t first = support.size();
    for (std::size_t i = 0; i < support.size(); ++i) {
      const std::size_t j = support[i];
      if (j < free_ || target[i] * b[j] > 0) continue;
      const double to_zero = b[j] / (b[j] - target[i]);
      if (to_zero < step) step = to_zero, first = i;
    }
    for (std::size_t i = 0; i < support.size(); ++i) {
      const std::size_t j = support[i];
      const double next = i == first ? 0.0 : step == 1 ? target[i] : b[j] + step * (target[i] - b[j]);
      if (next != b[j]) add_column(j, next - b[j]);
      b[j] = next;
    }
    if (first < support.size()) return false;
    for (std::size_t j = free_; j < b.size(); ++j)
      if (b[j] == 0 && std::abs(c_[j] + hb_[j]) > l1_ * (1 + 1e-12) + 1e-15) return false;
    return true;
  }

  const matrix& h_;
  const std::vector<double>& c_;
  std::size_t free_;
  double l1_, l2_;
  std::vector<double> hb_;
};

}  // namespace tenure::inline TENURE_ABI::learn::detail
