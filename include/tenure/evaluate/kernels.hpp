#pragma once

#include <cstddef>
#include <cstdint>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::evaluate::detail {

// Loops over blocks that are compiled once per instruction set.

/// slice[i] = (high - score[i]) * scale rounded down and kept within 0 .. last, key[i] = 2 * slice[i] + y[i]. Returns whether every score is
/// finite; slices are of use only then.
bool slice_keys(const double* score, const std::uint8_t* y, std::size_t n, double high, double scale, double last, std::uint16_t* slice, std::uint32_t* key);

/// Whether a row belongs to the slice `wanted`.
bool holds_slice(const std::uint16_t* slice, std::size_t n, std::uint16_t wanted);

/// rank[i] = how many scores come before score[i] from the highest down, equal ones in the order they have.
void rank_downwards(const double* score, std::size_t n, std::uint32_t* rank);

/// y as bytes; whether every value is 0 or 1.
bool outcome_bytes(const std::int64_t* y, std::size_t n, std::uint8_t* out);

}  // namespace tenure::inline TENURE_ABI::evaluate::detail

#ifndef TENURE_COMPILED
#include "tenure/evaluate/kernels-inl.hpp"
#endif
