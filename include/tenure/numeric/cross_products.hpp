#pragma once

#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::numeric {

/// C += A'B for column-major blocks of `rows` rows, columns `stride` apart: A has c.rows() columns, B has c.cols(). With a == b only half
/// of the symmetric product is computed. O(rows p q).
void add_cross_products(matrix& c, const double* a, const double* b, std::size_t rows, std::size_t stride);

}  // namespace tenure::inline TENURE_ABI::numeric

#ifndef TENURE_COMPILED
#include "tenure/numeric/cross_products-inl.hpp"
#endif
