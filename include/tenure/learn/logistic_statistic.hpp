#pragma once

#include <cstddef>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI::learn {

/// A yes/no outcome with what may come along, one value a row.
struct binary_outcome {
  numeric_column y = {};        // 0 or 1
  numeric_column weight = {};   // >= 0; empty: all 1
  numeric_column offset = {};   // added to the log-odds; empty: 0
  numeric_column cluster = {};  // rows with equal values belong together (cluster-robust variance); empty: none

  binary_outcome slice(std::size_t begin, std::size_t end) const;
};

/// Counts, means and spreads of the design columns: the first pass of a fit, mergeable.
struct logistic_moments {
  double rows = 0, weight = 0, events = 0;  // rows with positive weight; sums of weights of all rows and of rows with y = 1
  double count = 0;                         // rows of any weight, as the means count them
  std::vector<double> mean, squares;        // per design column: mean and sum of squared differences from it

  void add(const table_view& x, const encoding& code, const binary_outcome& outcome, const execution& run = {});
  void merge(const logistic_moments& other);
};

/// What one Newton step needs from the data, at fixed coefficients: log-likelihood, gradient, information. Mergeable: any split of the rows
/// gives the same sums. Coefficients belong to the columns (x - center) / scale; the first is the intercept when there is one.
struct logistic_statistic {
  bool intercept = true;
  std::vector<double> center, scale, coefficients;
  double log_likelihood = 0;
  std::vector<double> gradient;  // sum of w (y - p) x
  matrix information;            // sum of w p (1 - p) x x'

  void add(const table_view& x, const encoding& code, const binary_outcome& outcome, const execution& run = {});
  void merge(const logistic_statistic& other);
};

}  // namespace tenure::inline TENURE_ABI::learn

#ifndef TENURE_COMPILED
#include "tenure/learn/logistic_statistic-inl.hpp"
#endif
