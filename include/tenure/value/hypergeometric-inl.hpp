#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/core/error.hpp"

namespace tenure::inline TENURE_ABI::value::detail {

/// Value and derivative of Gauss's 2F1(a, b; c; z).
struct hypergeometric_point {
  double value, slope;
};

/// The power series, for |z| well below 1.
inline hypergeometric_point hypergeometric_series(double a, double b, double c, double z) {
  double term = 1, value = 1, slope = 0;
  for (int n = 0; n < 2000; ++n) {
    const double next = term * (a + n) * (b + n) / ((c + n) * (n + 1));  // coefficient of z^(n + 1), times z^n
    slope += next * (n + 1);
    term = next * z;
    value += term;
    if (std::abs(term) <= 1e-17 * std::abs(value) && std::abs(next) * (n + 1) <= 1e-16 * std::abs(slope)) break;
  }
  return {value, slope};
}

/// One Taylor step from z to z + h along the hypergeometric equation z(1 - z)w'' + (c - (a + b + 1)z)w' - abw = 0.
inline hypergeometric_point hypergeometric_step(double a, double b, double c, double z, double h, hypergeometric_point from) {
  double u0 = from.value, u1 = from.slope * h, value = u0 + u1, slope = u1;
  const double lead = z * (1 - z);
  for (int n = 0; n < 500; ++n) {
    const double u2 = (-(n + 1) * ((1 - 2 * z) * n + c - (a + b + 1) * z) * h * u1 + (n + a) * (n + b) * h * h * u0) / (lead * (n + 2) * (n + 1));
    value += u2;
    slope += (n + 2) * u2;
    if (n > 4 && std::abs(u2) * (n + 2) <= 1e-17 * std::abs(slope) && std::abs(u2) <= 1e-17 * std::abs(value)) break;
    u0 = u1;
    u1 = u2;
  }
  return {value, slope / h};
}

/// 2F1(a, b; c; z) for c > 0 and 0 <= z < 1: the series up to 0.6 and wherever c - a - b makes it short; else Taylor steps along the
/// differential equation, each halving the distance to 1 (DLMF 15.19(ii)): no gamma functions, no trouble with integer c - a - b.
/// About 1e-13 relative for parameters of moderate size.
inline double hypergeometric_2f1(double a, double b, double c, double z) {
  if (!(c > 0) || !(z >= 0 && z < 1)) throw numeric_failure("hypergeometric_2f1: needs c > 0 and 0 <= z < 1");
  if (z <= 0.6 || c - a - b > 8) return hypergeometric_series(a, b, c, z).value;
  double at = 0.5;
  auto point = hypergeometric_series(a, b, c, at);
  while (at < z) {
    const double h = std::min(z - at, 0.5 * (1 - at));
    point = hypergeometric_step(a, b, c, at, h, point);
    at += h;
    if (z - at < 1e-16) break;
  }
  return point.value;
}

}  // namespace tenure::inline TENURE_ABI::value::detail
