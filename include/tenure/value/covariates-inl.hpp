#pragma once

#include "tenure/value/covariates.hpp"
#include "tenure/value/profiles-inl.hpp"

namespace tenure::inline TENURE_ABI::value {

namespace detail {

/// Adds the rows of `part` to those seen.
inline void add_rows(const covariate_summary& part, profile_table& seen, row_counter<4>& counter) {
  for (std::size_t g = 0; g < part.profiles.rows(); ++g) {
    const auto id = static_cast<double>(seen.add(part.profiles.row(g)));
    for (std::size_t i = part.first[g]; i < part.first[g + 1]; ++i)
      counter.add({id, part.rows.frequency[i], part.rows.recency[i], part.rows.age[i]}, part.rows.weight[i]);
  }
}

inline void keep_rows(covariate_summary& summary, const profile_table& seen, row_counter<4>&& counter) {
  profiled_rows<3> sorted(seen, std::move(counter));
  summary.profiles = std::move(sorted.profiles);
  summary.first = std::move(sorted.first);
  summary.rows = {};
  for (auto* v : {&summary.rows.frequency, &summary.rows.recency, &summary.rows.age, &summary.rows.weight})
    v->reserve(sorted.rows.size());
  for (const auto& [key, weight] : sorted.rows) {
    summary.rows.frequency.push_back(key[1]);
    summary.rows.recency.push_back(key[2]);
    summary.rows.age.push_back(key[3]);
    summary.rows.weight.push_back(weight);
  }
}

}  // namespace detail

TENURE_INLINE void covariate_effects::check() const {
  purchase.check();
  dropout.check();
  for (const double x : coef)
    if (!std::isfinite(x)) throw bad_file("covariates: a coefficient is not finite");
}

TENURE_INLINE void covariate_summary::add(numeric_column x, numeric_column last, numeric_column T, const customer_covariates& covariates) {
  if (last.size() != x.size()) throw invalid_input("recency", "must have as many values as frequency");
  if (T.size() != x.size()) throw invalid_input("T", "must have as many values as frequency");
  if (purchase.columns.empty() && dropout.columns.empty()) {
    purchase = encoding::of(covariates.purchase);
    dropout = encoding::of(covariates.dropout);
    if (purchase.width() + dropout.width() == 0) throw invalid_input("covariates", "must have at least one column");
  }
  detail::profile_table seen(purchase.width() + dropout.width());
  detail::row_counter<4> counter(x.size() + rows.size());
  detail::add_rows(*this, seen, counter);
  const auto xs = detail::doubles_of(x), ls = detail::doubles_of(last), Ts = detail::doubles_of(T);
  detail::each_design_row(covariates, purchase, dropout, xs.size(), [&](std::size_t i, const double* design) {
    detail::check_customer(xs[i], ls[i], Ts[i], i);
    counter.add({static_cast<double>(seen.add(design)), xs[i], ls[i], Ts[i]}, 1);
  });
  detail::keep_rows(*this, seen, std::move(counter));
}

TENURE_INLINE void covariate_summary::merge(const covariate_summary& other) {
  if (profiles.rows() == 0 && purchase.columns.empty() && dropout.columns.empty()) {
    *this = other;
    return;
  }
  if (purchase != other.purchase || dropout != other.dropout) throw invalid_input("covariates", "must be the same columns in both parts");
  detail::profile_table seen(purchase.width() + dropout.width());
  detail::row_counter<4> counter(rows.size() + other.rows.size());
  detail::add_rows(*this, seen, counter);
  detail::add_rows(other, seen, counter);
  detail::keep_rows(*this, seen, std::move(counter));
}

}  // namespace tenure::inline TENURE_ABI::value
