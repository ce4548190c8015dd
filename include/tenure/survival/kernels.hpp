#pragma once

#include <cstddef>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

// Loops over blocks that are compiled once per instruction set. Sums have a fixed order: the same bits everywhere.

/// y += a x
void scaled_add(double a, const double* x, std::size_t n, double* y);
double dot(const double* x, const double* y, std::size_t n);
/// x = (x - shift) * scale
void shift_and_scale(double* x, std::size_t n, double shift, double scale);

}  // namespace tenure::inline TENURE_ABI::survival::detail

#ifndef TENURE_COMPILED
#include "tenure/survival/kernels-inl.hpp"
#endif
