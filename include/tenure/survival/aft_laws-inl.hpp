#pragma once

#include <cmath>

#include "tenure/numeric/distributions.hpp"
#include "tenure/survival/aft.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

/// log density of W with its first two derivatives.
struct law_density {
  double value = 0, first = 0, second = 0;
};
/// log P(W > w) and log P(W <= w).
struct law_tails {
  double above = 0, below = 0;
};

inline double log_normal_above(double w) {
  if (w < 25) return std::log(0.5 * std::erfc(w * 0.70710678118654752440));
  const double v = 1 / (w * w);
  return -0.5 * w * w - std::log(w) - 0.91893853320467274178 + std::log1p(-v * (1 - 3 * v * (1 - 5 * v)));
}

inline double log_one_plus_exp(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

inline bool normal_shape(double q) { return std::abs(q) < 1e-6; }

/// Prentice's generalized gamma: Q = 0 normal, Q = 1 extreme value.
inline law_density density_at(aft_distribution d, double w, double q) {
  switch (d) {
    case aft_distribution::loglogistic: {
      const double above = log_one_plus_exp(w), below = log_one_plus_exp(-w);
      return {-above - below, 1 - 2 * std::exp(-below), -2 * std::exp(-above - below)};
    }
    case aft_distribution::weibull:
    case aft_distribution::exponential: {
      const double e = std::exp(w);
      return {w - e, 1 - e, -e};
    }
    case aft_distribution::generalized_gamma:
      if (!normal_shape(q)) {
        const double k = 1 / (q * q), e = std::exp(q * w);
        return {std::log(std::abs(q)) + k * std::log(k) + k * (q * w - e) - numeric::log_gamma(k), (1 - e) / q, -e};
      }
      [[fallthrough]];
    default:
      return {-0.5 * w * w - 0.91893853320467274178, -w, -1.0};
  }
}

inline law_tails tails_at(aft_distribution d, double w, double q) {
  switch (d) {
    case aft_distribution::loglogistic:
      return {-log_one_plus_exp(w), -log_one_plus_exp(-w)};
    case aft_distribution::weibull:
    case aft_distribution::exponential: {
      const double e = std::exp(w);
      return {-e, std::log(-std::expm1(-e))};
    }
    case aft_distribution::generalized_gamma:
      if (!normal_shape(q)) {
        const double k = 1 / (q * q), u = k * std::exp(q * w);
        const bool lower = u < k + 1;
        const double near = lower ? numeric::gamma_p(k, u) : numeric::gamma_q(k, u), log_near = std::log(near), log_far = std::log(1 - near);
        return lower == (q > 0) ? law_tails{log_far, log_near} : law_tails{log_near, log_far};
      }
      [[fallthrough]];
    default:
      return {log_normal_above(w), log_normal_above(-w)};
  }
}

/// w with P(W <= w) = p.
inline double law_quantile(aft_distribution d, double p, double q) {
  switch (d) {
    case aft_distribution::lognormal:
    case aft_distribution::gaussian:
      return numeric::normal_quantile(p);
    case aft_distribution::loglogistic:
      return std::log(p) - std::log1p(-p);
    case aft_distribution::generalized_gamma: {
      if (std::abs(q) < 1e-6) return numeric::normal_quantile(p);
      const double k = 1 / (q * q);
      return std::log(numeric::gamma_quantile(q > 0 ? p : 1 - p, k, 1.0) / k) / q;
    }
    default:
      return std::log(-std::log1p(-p));
  }
}

/// Log likelihood of a row and its derivatives in the location u and the log scale t.
struct row_terms {
  double value = 0, u = 0, t = 0, uu = 0, ut = 0, tt = 0;

  /// Adds h(w), given h' and h'', w = (y - u) / scale.
  void add(double h, double first, double second, double w, double scale) {
    value += h;
    u -= first / scale;
    t -= w * first;
    uu += second / (scale * scale);
    ut += (first + w * second) / scale;
    tt += w * first + w * w * second;
  }
  void add_density(const law_density& f, double w, double scale) {
    add(f.value, f.first, f.second, w, scale);
    value -= std::log(scale);
    t -= 1;
  }
  /// sign * log P(W > w)
  void add_above(const law_density& f, double log_above, double w, double scale, double sign = 1) {
    const double hazard = std::exp(f.value - log_above);
    add(sign * log_above, -sign * hazard, -sign * hazard * (f.first + hazard), w, scale);
  }
  void add_below(const law_density& f, double log_below, double w, double scale) {
    const double ratio = std::exp(f.value - log_below);
    add(log_below, ratio, ratio * (f.first - ratio), w, scale);
  }
  /// log P(w1 < W <= w2)
  void add_between(aft_distribution d, double w1, double w2, double q, double scale) {
    const law_density f1 = density_at(d, w1, q), f2 = density_at(d, w2, q);
    const law_tails low = tails_at(d, w1, q), high = tails_at(d, w2, q);
    // the smaller tails are subtracted, so that nothing cancels
    const bool upper = low.above < low.below;
    const double big = upper ? low.above : high.below, small = upper ? high.above : low.below;
    const double log_mass = big + std::log(-std::expm1(small - big));
    const double a1 = -std::exp(f1.value - log_mass), a2 = std::exp(f2.value - log_mass);
    const double l11 = a1 * f1.first - a1 * a1, l22 = a2 * f2.first - a2 * a2, l12 = -a1 * a2;
    value += log_mass;
    u -= (a1 + a2) / scale;
    t -= w1 * a1 + w2 * a2;
    uu += (l11 + 2 * l12 + l22) / (scale * scale);
    ut += (a1 + a2 + w1 * l11 + (w1 + w2) * l12 + w2 * l22) / scale;
    tt += w1 * a1 + w2 * a2 + w1 * w1 * l11 + 2 * w1 * w2 * l12 + w2 * w2 * l22;
  }
};

}  // namespace tenure::inline TENURE_ABI::survival::detail
