#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/table.hpp"
#include "tenure/rules/transactions.hpp"

namespace tenure::inline TENURE_ABI {
namespace rules {

enum class binning : unsigned char { quantile, supervised };

struct item_options {
  binning method = binning::quantile;  // where numbers are cut
  std::int64_t bins = 4;               // most ranges of a number by quantiles

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("method", self.method, "where numbers are cut: at quantiles, or where the outcome changes");
    visit("bins", self.bins, between(2, 100), "most ranges of a number by quantiles");
  }
};

/// How the columns of a table become items: a level of a category ("plan = gold"), a range of a number ("calls <= 12", "12 < calls <= 40",
/// "calls > 40"), or, for a number that is only ever 0 and 1, its being 1 ("paperless").
struct item_coding {
  std::vector<column_schema> columns;
  std::vector<std::vector<double>> cuts;  // of each column; none for categories and flags
  std::vector<std::uint8_t> flags;        // of each column: 1 for a number that is only 0 and 1

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("columns", self.columns, "the columns");
    visit("cuts", self.cuts, "of each column the upper bounds of its ranges but the last");
    visit("flags", self.flags, "of each column whether it is only 0 and 1");
  }
  void check() const;
  friend bool operator==(const item_coding&, const item_coding&) = default;
};

/// Learns the coding of a table. `outcome` (a class number a row, 0 or 1 for two classes) is needed for supervised cuts, else it may be empty. A number that is
/// the same everywhere, or that supervised cutting leaves whole, gives no items.
item_coding fit_items(const table_view& table, column_view<std::uint8_t> outcome = {}, const item_options& options = {});

/// One basket a row: the items that are true of it. A missing value or unseen level is no item; infinite numbers fall into the outer ranges.
transactions encode_items(const item_coding& coding, const table_view& table);

/// At most bins - 1 cuts that divide the values into ranges of about equal size; equal values stay together. NaN is left out. A cut is the
/// shortest decimal number that divides the values there: x <= cut below, x > cut above.
std::vector<double> quantile_cuts(numeric_column values, std::int64_t bins);

/// The cuts that Fayyad and Irani (1993) accept: recursive splits of least class entropy, as long as the gain exceeds the cost of telling
/// about the split (minimum description length), for any number of classes. None when the values say nothing about the outcome.
std::vector<double> supervised_cuts(numeric_column values, column_view<std::uint8_t> outcome);

/// The relative change over repeated measurements, one row of `x` a customer, one column a period in order: (end - start) / start of the
/// least-squares line. With two periods that is x2 / x1 - 1. NaN (missing) periods are skipped. The result is NaN with fewer than two
/// periods or a start that is not above 0 while the line does not rise; a line that rises from 0 or below gives infinity.
std::vector<double> relative_trends(matrix_view x);

}  // namespace rules

template <>
struct enum_names<rules::binning> {
  static constexpr const char* values[] = {"quantile", "supervised"};
};

}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/rules/items-inl.hpp"
#endif
