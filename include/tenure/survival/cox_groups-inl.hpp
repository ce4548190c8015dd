#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "tenure/numeric/syrk.hpp"
#include "tenure/survival/cox_stream-inl.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

// With r = w exp(eta), S0 = sum r and S1 = sum r x over the risk set of a group and D0, D1 the same over its d events, Efron's likelihood
// sees d risk sets S - (l/d) D, l = 0 .. d-1, of which all that matters are a few scalar sums:
//
//   hazard   = sum w / den,  den = S0 - (l/d) D0          what everybody at risk accumulates
//   relief   = sum (l/d) w / den                          what the group's own events do not
//   a, b, c  = sum w / den^2, sum (l/d) w / den^2, sum (l/d)^2 w / den^2
//
// and the information is  X' diag(expected) X  -  sum over groups (a S1 S1' - b (S1 D1' + D1 S1') + c D1 D1'): two Gram matrices.
// Breslow's is the case without relief, a = W / S0^2.

struct group_sums {
  double hazard = 0, relief = 0, variance = 0;
  double a = 0, b = 0, c = 0;
};

struct cox_evaluation {
  double log_likelihood = 0;
  std::vector<double> gradient;
  matrix information;
};

/// What one evaluation leaves behind for residuals and the baseline.
struct cox_state {
  std::vector<double> risk;        // of each item: w exp(eta - shift), negative for an entry
  std::vector<group_sums> sums;    // of each group
  std::vector<double> cumulative;  // hazard of the groups from each one to the end of its stratum (its time and all before); one more 0
  double shift = 0;                // taken off every eta
};

/// Weights of the groups in the information and score: 1 for the likelihood, g(t) and g(t)^2 for the test of proportional hazards.
using group_weights = std::vector<double>;

inline group_sums sum_group(const event_group& g, double s0, double d0, bool efron, double& log_likelihood) {
  group_sums out;
  if (!efron || g.deaths == 1) {
    out.hazard = g.weight / s0;
    out.a = out.variance = g.weight / (s0 * s0);
    log_likelihood -= g.weight * std::log(s0);
    return out;
  }
  const double each = g.weight / g.deaths;
  for (std::uint32_t l = 0; l < g.deaths; ++l) {
    const double share = static_cast<double>(l) / g.deaths, den = s0 - share * d0, h = each / den, h2 = h / den;
    out.hazard += h;
    out.relief += share * h;
    out.a += h2;
    out.b += share * h2;
    out.c += share * share * h2;
    log_likelihood -= each * std::log(den);
  }
  out.variance = out.a;
  return out;
}

/// Vectors with a weight each, given to a Gram sum by the block.
class weighted_vectors {
 public:
  weighted_vectors(std::size_t cols, std::size_t capacity, numeric::gram_sum& out) : block_(cols, capacity), weight_(capacity), out_(out) {}
  weighted_vectors(const weighted_vectors&) = delete;
  weighted_vectors& operator=(const weighted_vectors&) = delete;
  ~weighted_vectors() { flush(); }

  /// x + factor y; y may be null.
  void add(const double* x, const double* y, double factor, double weight) {
    for (std::size_t j = 0; j < block_.cols(); ++j)
      block_.column(j)[filled_] = y ? x[j] + factor * y[j] : x[j];
    weight_[filled_++] = weight;
    if (filled_ == weight_.size()) flush();
  }

 private:
  void flush() {
    if (filled_ == 0) return;
    block_.pad(filled_);
    out_.add(block_, filled_, weight_.data());
    filled_ = 0;
  }

  numeric::column_block block_;
  std::vector<double> weight_;
  numeric::gram_sum& out_;
  std::size_t filled_ = 0;
};

}  // namespace tenure::inline TENURE_ABI::survival::detail
