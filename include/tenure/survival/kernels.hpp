#pragma once

#include <cstddef>
#include <cstdint>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

// Loops over blocks that are compiled once per instruction set. Sums have a fixed order: the same bits everywhere. Columns stand `stride`
// apart from `x` on; a list of them is given by number.

/// y[i] += sum over k of a[k] x_column[k][i], column after column.
void add_columns(const double* x, std::size_t stride, const std::uint32_t* column, const double* a, std::size_t count, std::size_t rows, double* y);
/// lanes[8 k + i % 8] += x_column[k][i] r[i]: eight running sums a column, folded at the end by `fold_lanes`.
void dot_columns(const double* x, std::size_t stride, const std::uint32_t* column, std::size_t count, const double* r, std::size_t rows, double* lanes);
/// out_j[i] = sum[j] + sum over h <= i of r[h] x_j[h] for the first `cols` columns; sum[j] becomes the last of them.
void running_sums(const double* x, std::size_t stride, std::size_t cols, const double* r, std::size_t rows, double* sum, double* out, std::size_t out_stride);
/// Sum of x[i] y[i].
double dot(const double* x, const double* y, std::size_t n);
/// x = (x - shift) * scale
void shift_and_scale(double* x, std::size_t n, double shift, double scale);

// Log densities and log survival of W with their first two derivatives, for rows whose time is known (seen = 1) or right-censored (0).

/// w[i] = (y[i] - location[i]) * inverse_scale[i]
void standardise(const double* y, const double* location, const double* inverse_scale, std::size_t n, double* w);
/// Extreme value (Weibull), given e = exp(w).
void extreme_law(const double* w, const double* e, const double* seen, std::size_t n, double* value, double* first, double* second);
/// Logistic, given F = 1 / (1 + exp(-w)) and above = log(1 + exp(w)).
void logistic_law(const double* w, const double* F, const double* above, const double* seen, std::size_t n, double* value, double* first, double* second);

struct location_scale {
  double *value, *u, *t, *uu, *ut, *tt;
};
/// From derivatives in w to those in the location u and the log scale t; log f(w) - log scale where seen.
void location_scale_terms(const double* w, const double* first, const double* second, const double* seen, const double* log_scale, const double* inverse_scale,
                          std::size_t n, const location_scale& out);

inline double fold_lanes(const double* lanes) { return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7])); }

}  // namespace tenure::inline TENURE_ABI::survival::detail

#ifndef TENURE_COMPILED
#include "tenure/survival/kernels-inl.hpp"
#endif
