#pragma once

#include <string>
#include <vector>

#include "tenure/core/table.hpp"
#include "tenure/value/purchases.hpp"

namespace tenure::inline TENURE_ABI::value {

/// Columns that do not change over time, one row a customer: numbers, or levels that become indicators against the first one.
/// Either table may be empty.
struct customer_covariates {
  table_view purchase = {};  // go with the buying rate
  table_view dropout = {};   // go with leaving
};

/// What covariates do to a model (Fader and Hardie 2007, "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models"):
/// each covariate multiplies parameters of its customers by exp(coefficient) a unit, against the parameters at covariates 0.
struct covariate_effects {
  encoding purchase, dropout;
  std::vector<double> coef;
  double log_likelihood_null = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("purchase", self.purchase, "columns that go with the buying rate");
    visit("dropout", self.dropout, "columns that go with leaving");
    visit("coef", self.coef, "coefficients, one block a parameter of the model");
    visit("log_likelihood_null", self.log_likelihood_null, "log-likelihood of the fit without covariates");
  }
  bool empty() const { return coef.empty(); }
  void check() const;
  friend bool operator==(const covariate_effects&, const covariate_effects&) = default;
};

/// One estimated coefficient: which parameter it moves and by which column.
struct coefficient {
  std::string parameter, covariate;
  double estimate = 0, std_error = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("parameter", self.parameter, "parameter of the model");
    visit("covariate", self.covariate, "column of the design");
    visit("estimate", self.estimate, "coefficient");
    visit("std_error", self.std_error, "its standard error, NaN where the data do not determine it");
  }
};

/// What models of repeat purchases with covariates need of customers: equal customers with equal covariates counted together, mergeable.
/// A profile is a different row of covariates, encoded: the purchase columns, then the dropout columns. Profiles and rows are kept sorted, so
/// that any split and any order of the data give the same statistic. 32 bytes a different customer and 8 a profile and column.
struct covariate_summary {
  encoding purchase, dropout;      // set by the first `add` unless set before
  purchase_summary rows;           // by profile
  std::vector<std::size_t> first;  // rows first[g] ... first[g + 1] - 1 have profile g
  matrix profiles;

  /// Adds one customer a row. Throws invalid_input as purchase_summary does, for missing or infinite covariates naming column and row, and for
  /// a level that earlier rows do not know.
  void add(numeric_column frequency, numeric_column recency, numeric_column age, const customer_covariates& covariates);
  /// Throws invalid_input when the two do not have the same columns.
  void merge(const covariate_summary& other);
};

}  // namespace tenure::inline TENURE_ABI::value

#ifndef TENURE_COMPILED
#include "tenure/value/covariates-inl.hpp"
#endif
