#pragma once

#include <algorithm>
#include <cmath>

#include "tenure/learn/terms.hpp"

namespace tenure::inline TENURE_ABI::learn {

TENURE_INLINE void terms_model::check() const {
  const auto require = [](bool holds, const char* what) {
    if (!holds) throw bad_file(std::string("learn.terms: ") + what);
  };
  const auto known = [&](const std::string& name) {
    return std::any_of(columns.begin(), columns.end(), [&](const column_schema& c) { return c.name == name; });
  };
  require(knot_begin.size() == spline_columns.size() + 1 && knot_begin.front() == 0 && knot_begin.back() == knots.size() &&
              std::is_sorted(knot_begin.begin(), knot_begin.end()),
          "knots do not fit the spline columns");
  for (std::size_t s = 0; s < spline_columns.size(); ++s) {
    require(known(spline_columns[s]), "an unknown spline column");
    require(knot_begin[s + 1] - knot_begin[s] >= 2, "a spline needs two knots");
    for (std::size_t k = knot_begin[s]; k < knot_begin[s + 1]; ++k)
      require(std::isfinite(knots[k]) && (k == knot_begin[s] || knots[k] > knots[k - 1]), "knots must be finite and rise");
  }
  require(first.size() == second.size(), "a product needs two columns");
  for (std::size_t k = 0; k < first.size(); ++k)
    require(known(first[k]) && known(second[k]), "an unknown column in a product");
}

}  // namespace tenure::inline TENURE_ABI::learn
