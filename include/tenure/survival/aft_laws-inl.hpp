#pragma once

#include <cmath>

#include "tenure/numeric/distributions.hpp"
#include "tenure/survival/aft.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

/// log density of W with its first two derivatives, and the logarithms of both tails.
struct law_values {
  double log_density = 0, first = 0, second = 0, log_above = 0, log_below = 0;
};

inline double log_normal_above(double w) {
  if (w < 25) return std::log(0.5 * std::erfc(w * 0.70710678118654752440));
  const double v = 1 / (w * w);
  return -0.5 * w * w - std::log(w) - 0.91893853320467274178 + std::log1p(-v * (1 - 3 * v * (1 - 5 * v)));
}

inline double log_one_plus_exp(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

inline law_values normal_law(double w) { return {-0.5 * w * w - 0.91893853320467274178, -w, -1.0, log_normal_above(w), log_normal_above(-w)}; }

inline law_values extreme_law(double w) {
  const double e = std::exp(w);
  return {w - e, 1 - e, -e, -e, std::log(-std::expm1(-e))};
}

inline law_values logistic_law(double w) {
  const double above = log_one_plus_exp(w), below = log_one_plus_exp(-w);
  const double f = std::exp(-below);
  return {-above - below, 1 - 2 * f, -2 * std::exp(-above - below), -above, -below};
}

/// Prentice's generalized gamma: Q = 0 normal, Q = 1 extreme value.
inline law_values gamma_law(double w, double q) {
  if (std::abs(q) < 1e-6) return normal_law(w);
  const double k = 1 / (q * q), e = std::exp(q * w), u = k * e;
  const double tail = u < k + 1 ? 1 - numeric::gamma_p(k, u) : numeric::gamma_q(k, u), head = u < k + 1 ? numeric::gamma_p(k, u) : 1 - numeric::gamma_q(k, u);
  law_values v{std::log(std::abs(q)) + k * std::log(k) + k * (q * w - e) - numeric::log_gamma(k), (1 - e) / q, -e, std::log(tail), std::log(head)};
  if (q < 0) std::swap(v.log_above, v.log_below);
  return v;
}

inline law_values law_at(aft_distribution d, double w, double q) {
  switch (d) {
    case aft_distribution::lognormal:
    case aft_distribution::gaussian:
      return normal_law(w);
    case aft_distribution::loglogistic:
      return logistic_law(w);
    case aft_distribution::generalized_gamma:
      return gamma_law(w, q);
    default:
      return extreme_law(w);
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
  void add_density(const law_values& v, double w, double scale) {
    add(v.log_density, v.first, v.second, w, scale);
    value -= std::log(scale);
    t -= 1;
  }
  /// sign * log P(W > w)
  void add_above(const law_values& v, double w, double scale, double sign = 1) {
    const double hazard = std::exp(v.log_density - v.log_above);
    add(sign * v.log_above, -sign * hazard, -sign * hazard * (v.first + hazard), w, scale);
  }
  void add_below(const law_values& v, double w, double scale) {
    const double ratio = std::exp(v.log_density - v.log_below);
    add(v.log_below, ratio, ratio * (v.first - ratio), w, scale);
  }
  /// log P(low < W <= high)
  void add_between(const law_values& low, double w1, const law_values& high, double w2, double scale) {
    // the smaller tails are subtracted, so that nothing cancels
    const bool upper = low.log_above < low.log_below;
    const double big = upper ? low.log_above : high.log_below, small = upper ? high.log_above : low.log_below;
    const double log_mass = big + std::log(-std::expm1(small - big));
    const double g1 = std::exp(low.log_density - log_mass), g2 = std::exp(high.log_density - log_mass);
    const double a1 = -g1, a2 = g2, l11 = -g1 * low.first - a1 * a1, l22 = g2 * high.first - a2 * a2, l12 = -a1 * a2;
    value += log_mass;
    u -= (a1 + a2) / scale;
    t -= w1 * a1 + w2 * a2;
    uu += (l11 + 2 * l12 + l22) / (scale * scale);
    ut += (a1 + a2 + w1 * l11 + (w1 + w2) * l12 + w2 * l22) / scale;
    tt += w1 * a1 + w2 * a2 + w1 * w1 * l11 + 2 * w1 * w2 * l12 + w2 * w2 * l22;
  }
};

enum class censoring : std::uint8_t { exact, right, left, interval };

}  // namespace tenure::inline TENURE_ABI::survival::detail
