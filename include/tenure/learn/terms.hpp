#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI::learn {

/// What turns the columns of a table into the columns of a design: natural cubic splines (see `natural_spline_basis`) in place of some numbers, and
/// products of pairs of columns behind them all.
struct terms_model {
  static constexpr const char* kind = "learn.terms";
  static constexpr int version = 1;

  std::vector<column_schema> columns;
  std::vector<std::string> spline_columns;
  std::vector<std::uint32_t> knot_begin{0};  // first knot of each spline column, and their number
  std::vector<double> knots;
  std::vector<std::string> first, second;  // names of the columns of each product

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("columns", self.columns, "the columns of training");
    visit("spline_columns", self.spline_columns, "columns that become splines");
    visit("knot_begin", self.knot_begin, "first knot of each of them, and the number of knots");
    visit("knots", self.knots, "knots, ascending, the boundary first and last");
    visit("first", self.first, "first column of each product");
    visit("second", self.second, "second column of each product");
  }
  void check() const;
  friend bool operator==(const terms_model&, const terms_model&) = default;
};

}  // namespace tenure::inline TENURE_ABI::learn

#ifndef TENURE_COMPILED
#include "tenure/learn/terms-inl.hpp"
#endif
