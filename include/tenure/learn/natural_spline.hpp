#pragma once

#include <vector>

#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::learn {

/// The knots of a natural cubic spline with `df` columns: the smallest and largest value, and df - 1 quantiles (R's type 7) between. Errors:
/// invalid_input for df < 1, values that are not finite, or too few different values for the knots to differ.
std::vector<double> natural_spline_knots(column_view<double> x, int df);

/// Basis of the natural cubic splines with these knots (ascending, the first and last are the boundary): rows x (knots - 1), without the constant.
/// Cubic between the boundary knots, straight lines outside, twice continuously differentiable. B-splines times the null space of their second
/// derivatives at the boundary (Hastie and Tibshirani, Generalized Additive Models, ch. 2). O(rows knots^2).
/// Matches: R splines::ns with intercept = FALSE, column by column, to 1e-12.
matrix natural_spline_basis(column_view<double> x, const std::vector<double>& knots);

}  // namespace tenure::inline TENURE_ABI::learn

#ifndef TENURE_COMPILED
#include "tenure/learn/natural_spline-inl.hpp"
#endif
