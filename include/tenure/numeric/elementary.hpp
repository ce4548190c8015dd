#pragma once

#include <cstddef>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::numeric {

// Elementary functions over blocks. Only additions, multiplications, divisions and bit operations in a fixed order, never fused: the
// bits are the same on every instruction set and in both build modes, which the C library's functions do not promise.

/// out[i] = exp(x[i]), x clamped to [-708, 709]; error below 1 unit in the last place. `out` may be `x`.
void exp_block(const double* x, std::size_t n, double* out);

/// The two things that logistic regression asks of a linear predictor: mean[i] = 1 / (1 + exp(-eta[i])) and
/// log_one_plus_exp[i] = log(1 + exp(eta[i])), from one exponential. Either may be null.
void logistic_block(const double* eta, std::size_t n, double* mean, double* log_one_plus_exp);

}  // namespace tenure::inline TENURE_ABI::numeric

#ifndef TENURE_COMPILED
#include "tenure/numeric/kernels-inl.hpp"
#endif
