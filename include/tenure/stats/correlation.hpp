#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI {

namespace stats {

enum class correlation_method { pearson, spearman, kendall, point_biserial };

}  // namespace stats

template <>
struct enum_names<stats::correlation_method> {
  static constexpr const char* values[] = {"pearson", "spearman", "kendall", "point_biserial"};
};

namespace stats {

struct correlation_options {
  correlation_method method = correlation_method::pearson;  // what is measured
  double level = 0.95;                                      // confidence level of the intervals

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("method", self.method, "pearson, spearman, kendall (tau-b) or point_biserial (Pearson with one 0/1 column)");
    visit("level", self.level, strictly_between(0, 1), "confidence level of the intervals");
  }
};

/// One correlation. `statistic` is Student's t with n - 2 degrees of freedom, for Kendall the standard normal z.
struct correlation_estimate {
  double estimate = 0, lower = 0, upper = 0, statistic = 0, p_value = 0;
  std::size_t n = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("estimate", self.estimate, "the correlation, in [-1, 1]; NaN when a column is constant");
    visit("lower", self.lower, "lower end of the interval");
    visit("upper", self.upper, "upper end of the interval");
    visit("statistic", self.statistic, "t with n - 2 degrees of freedom; z for Kendall");
    visit("p_value", self.p_value, "two-sided p-value of no association");
    visit("n", self.n, "rows where both values are present");
  }
};

/// The correlation of two columns over the rows where both are present (NaN is missing).
///
/// Pearson: interval by Fisher's z, test by t. Spearman: Pearson of average ranks; t test; interval by Fisher's z with Bonett and Wright's
/// (2000) variance (1 + r^2/2) / (n - 3). Kendall: tau-b in O(n log n) (Knight 1966), normal test with tie correction; interval by
/// Fisher's z with Fieller's variance 0.437 / (n - 4). Intervals need 4 rows (Kendall 5), tests 3; NaN below.
/// Throws invalid_input when lengths differ, a value is infinite, or method point_biserial meets no column of two values.
/// Matches: R 4.2.2 cor.test(exact = FALSE).
correlation_estimate correlation(numeric_column x, numeric_column y, const correlation_options& options = {});

/// Correlations of all pairs of columns, p x p matrices; the diagonal is 1 (NaN where a column is constant).
struct correlation_table {
  std::vector<std::string> columns;
  matrix estimate, lower, upper, p_value, n;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("columns", self.columns, "column names");
    visit("estimate", self.estimate, "correlations");
    visit("lower", self.lower, "lower ends of the intervals");
    visit("upper", self.upper, "upper ends of the intervals");
    visit("p_value", self.p_value, "two-sided p-values");
    visit("n", self.n, "rows where both columns are present");
  }
};

/// All pairs at once; each as `correlation` of that pair. Missing values are left out pairwise.
/// Pearson: one blocked pass of O(n p^2) products. Spearman: one sort a column, then the same pass (a pair with missing values is ranked by
/// itself); n x p doubles of memory. Kendall: O(n log n) a pair.
/// Throws invalid_input for a categorical column or an infinite value.
correlation_table correlation_matrix(const table_view& x, const correlation_options& options = {}, const execution& run = {});

/// The sums that Pearson correlations of p columns need: add chunks in any split, merge parts, finish once.
class correlation_statistics {
 public:
  void add(const table_view& chunk, const execution& run = {});
  void merge(const correlation_statistics& other);
  correlation_table finish(double level = 0.95) const;
  /// Mean and standard deviation (n - 1) of every column over its present values.
  std::vector<double> means() const;
  std::vector<double> standard_deviations() const;

 private:
  void start(const table_view& chunk);
  void add_rows(const table_view& chunk, std::size_t begin, std::size_t end);

  std::vector<std::string> columns_;
  std::vector<double> shift_;  // subtracted from every value, against cancellation
  double complete_rows_ = 0;   // rows of blocks without missing values
  std::vector<double> complete_sum_;
  matrix complete_products_;
  matrix pair_rows_, pair_sum_, pair_squares_, pair_products_;  // blocks with missing values: (i, j) over rows where both are present
};

}  // namespace stats

}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/stats/correlation-inl.hpp"
#endif
