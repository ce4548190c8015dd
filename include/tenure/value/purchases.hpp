#pragma once

#include <vector>

#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::value {

/// What models of repeat purchases need of each customer, equal customers counted together: a mergeable sufficient statistic.
///
/// frequency: repeat purchases (purchases after the first, at most one a time unit of the log); recency: time from the first to the last
/// purchase; age: time from the first purchase to now. Kept sorted, so that any split and any order of the data give the same statistic.
struct purchase_summary {
  std::vector<double> frequency, recency, age, weight;

  /// Adds one customer a row. Throws invalid_input naming the row unless frequency is a whole number >= 0, 0 <= recency <= age, all are
  /// finite, and recency is 0 where frequency is.
  void add(numeric_column frequency, numeric_column recency, numeric_column age);
  void merge(const purchase_summary& other);

  std::size_t size() const { return weight.size(); }
  double customers() const;
};

/// The same for what a purchase is worth: repeat purchases and their mean value.
struct spend_summary {
  std::vector<double> frequency, mean, weight;

  /// Adds one customer a row; rows of frequency 0 say nothing about repeat purchases and are left out. Throws invalid_input naming the row
  /// unless frequency is a whole number >= 0 and the mean value is finite and > 0.
  void add(numeric_column frequency, numeric_column mean);
  void merge(const spend_summary& other);

  std::size_t size() const { return weight.size(); }
  double customers() const;
};

}  // namespace tenure::inline TENURE_ABI::value

#ifndef TENURE_COMPILED
#include "tenure/value/purchases-inl.hpp"
#endif
