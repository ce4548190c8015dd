#pragma once

#include <cstddef>
#include <cstdint>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::evaluate::detail {

// Loops over blocks that are compiled once per instruction set.

/// key[i] = 2 * slice + y[i], the slice being (high - score[i]) * scale rounded down and kept within 0 .. last. Returns whether every score
/// is finite; keys are of use only then.
bool slice_keys(const double* score, const std::uint8_t* y, std::size_t n, double high, double scale, double last, std::uint32_t* key);

/// flag[i] = bit key[i] / 2 of `bits`.
void flag_slices(const std::uint32_t* key, std::size_t n, const std::uint32_t* bits, std::uint8_t* flag);

/// Whether a key belongs to the slice.
bool holds_slice(const std::uint32_t* key, std::size_t n, std::uint32_t slice);

/// y as bytes; whether every value is 0 or 1.
bool outcome_bytes(const std::int64_t* y, std::size_t n, std::uint8_t* out);

}  // namespace tenure::inline TENURE_ABI::evaluate::detail

#ifndef TENURE_COMPILED
#include "tenure/evaluate/kernels-inl.hpp"
#endif
