#pragma once

#include <cmath>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::numeric {

/// A sum that carries its rounding error along (Neumaier 1974): merges and any order agree to the last bits.
class exact_sum {
 public:
  void add(double x) {
    const double t = sum_ + x;
    carry_ += std::abs(sum_) >= std::abs(x) ? (sum_ - t) + x : (x - t) + sum_;
    sum_ = t;
  }
  void merge(const exact_sum& other) {
    add(other.sum_);
    carry_ += other.carry_;
  }
  double value() const { return sum_ + carry_; }

 private:
  double sum_ = 0, carry_ = 0;
};

}  // namespace tenure::inline TENURE_ABI::numeric
