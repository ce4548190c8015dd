#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "tenure/value/covariate_fit-inl.hpp"
#include "tenure/value/retention_curve-inl.hpp"

namespace tenure::inline TENURE_ABI::value {

namespace detail {

/// Rows (period, 1 = lost) by profile, under way.
struct renewal_rows {
  profile_table seen;
  row_counter<3> counter{1024};

  explicit renewal_rows(const covariate_renewals& data) : seen(data.columns.width()) { add(data); }

  void add(const covariate_renewals& data) {
    for (std::size_t g = 0; g < data.profiles.rows(); ++g)
      for (std::size_t i = data.first[g]; i < data.first[g + 1]; ++i) {
        add(data.profiles.row(g), data.period[i], true, data.lost[i]);
        add(data.profiles.row(g), data.period[i], false, data.active[i]);
      }
  }
  void add(const double* z, double period, bool lost, double weight) {
    if (weight > 0 && (lost || period > 0)) counter.add({static_cast<double>(seen.add(z)), period, lost ? 1.0 : 0.0}, weight);
  }
  void keep(covariate_renewals& data) && {
    profiled_rows<2> sorted(seen, std::move(counter));
    for (auto* v : {&data.period, &data.lost, &data.active})
      v->clear();
    data.profiles = std::move(sorted.profiles);
    data.first.assign(1, 0);
    for (std::size_t g = 0; g < data.profiles.rows(); ++g) {
      for (std::size_t i = sorted.first[g]; i < sorted.first[g + 1]; ++i) {
        const auto& [key, weight] = sorted.rows[i];
        if (data.period.size() == data.first.back() || data.period.back() != key[1]) {
          data.period.push_back(key[1]);
          data.lost.push_back(0);
          data.active.push_back(0);
        }
        (key[2] == 1 ? data.lost : data.active).back() += weight;
      }
      data.first.push_back(data.period.size());
    }
  }
};

inline void set_columns(covariate_renewals& data, const table_view& covariates) {
  if (!data.columns.columns.empty()) return;
  data.columns = encoding::of(covariates);
  if (data.columns.width() == 0) throw invalid_input("covariates", "must have at least one column");
}

/// The rows of all profiles together, as if there were no covariates.
inline renewal_counts without_covariates(const covariate_renewals& data) {
  renewal_counts all;
  for (std::size_t i = 0; i < data.period.size(); ++i) {
    const auto k = static_cast<std::size_t>(data.period[i]);
    if (data.lost[i] > 0) {
      grow(all.lost, k + 1);
      all.lost[k] += data.lost[i];
    }
    if (data.active[i] > 0) {
      grow(all.active, k);
      all.active[k - 1] += data.active[i];
    }
  }
  return all;
}

template <std::size_t K>
void add_covariates(retention_model& model, const covariate_renewals& data, const std::array<double, K>& start, const retention_options& options,
                    const execution& run) {
  std::vector<double> customers(data.period.size());
  for (std::size_t i = 0; i < customers.size(); ++i)
    customers[i] = data.lost[i] + data.active[i];
  const scaled_profiles scaled(data.profiles, profile_weights(customers, data.first), {}, data.columns);
  model.covariates = {{}, data.columns, {}, model.fit.log_likelihood};
  const auto found = fit_with_covariates(
      retention_layout<K>(model), scaled, data.first, start, model.customers, 256, model.covariates, options, model.fit, run,
      [&](const std::array<double, K>& parameters, std::size_t begin, std::size_t end) { return retention_rows<K>(data, parameters, begin, end); });
  model.alpha = found.parameters[0];
  model.beta = found.parameters[1];
  if constexpr (K == 3) model.c = found.parameters[2];
  model.covariates.coef = found.coef;
}

template <std::size_t K>
retention_model model_at(const retention_model& model, const double* z) {
  const auto layout = retention_layout<K>(model);
  const auto shift = layout.shifts(z, model.covariates.coef.data());
  retention_model result = model;
  result.covariates = {};
  result.alpha *= std::exp(shift[0]);
  result.beta *= std::exp(shift[1]);
  result.fit.covariance = layout.covariance_at(z, model.fit.covariance);
  return result;
}

inline retention_model model_at(const retention_model& model, const double* z) {
  return model.duration_dependence ? model_at<3>(model, z) : model_at<2>(model, z);
}

/// The different covariates among rows, and which each row has.
struct matched_profiles {
  profile_table seen;
  std::vector<std::size_t> profile;

  matched_profiles(const retention_model& model, const table_view& covariates, std::size_t rows) : seen(model.covariates.dropout.width()), profile(rows) {
    each_design_row({.dropout = covariates}, {}, model.covariates.dropout, rows, [&](std::size_t i, const double* z) { profile[i] = seen.add(z); });
  }
};

inline std::vector<double> residual_renewals_by_profile(const retention_model& m, numeric_column tenure, const residual_options& options,
                                                        const table_view& covariates) {
  if (m.covariates.empty()) throw invalid_input("covariates", "are given, but the model was fitted without them");
  const matched_profiles matched(m, covariates, tenure.size());
  std::vector<std::vector<std::size_t>> members(matched.seen.size());
  for (std::size_t i = 0; i < tenure.size(); ++i)
    members[matched.profile[i]].push_back(i);
  std::vector<double> result(tenure.size());
  for (std::size_t g = 0; g < members.size(); ++g) {
    std::vector<double> theirs;
    for (const std::size_t i : members[g])
      theirs.push_back(tenure[i]);
    const auto renewals = residual_renewals(model_at(m, matched.seen[g]), theirs, options);
    for (std::size_t k = 0; k < theirs.size(); ++k)
      result[members[g][k]] = renewals[k];
  }
  return result;
}

}  // namespace detail

TENURE_INLINE void covariate_renewals::add(numeric_column periods, numeric_column churned, const table_view& covariates) {
  if (churned.size() != periods.size()) throw invalid_input("churned", "must have as many values as periods");
  detail::set_columns(*this, covariates);
  detail::renewal_rows rows(*this);
  detail::each_design_row({.dropout = covariates}, {}, columns, periods.size(), [&](std::size_t i, const double* z) {
    const double t = periods[i], gone = churned[i];
    detail::check_renewals(t, gone, i);
    rows.add(z, t, gone != 0, 1);
  });
  std::move(rows).keep(*this);
}

TENURE_INLINE void covariate_renewals::add_cohorts(const std::vector<std::vector<double>>& customers, const table_view& covariates) {
  detail::set_columns(*this, covariates);
  detail::renewal_rows rows(*this);
  detail::each_design_row({.dropout = covariates}, {}, columns, customers.size(), [&](std::size_t i, const double* z) {
    renewal_counts cohort;
    cohort.add_cohort(customers[i]);
    for (std::size_t k = 0; k < cohort.lost.size(); ++k) {
      rows.add(z, static_cast<double>(k), true, cohort.lost[k]);
      rows.add(z, static_cast<double>(k + 1), false, cohort.active[k]);
    }
  });
  std::move(rows).keep(*this);
}

TENURE_INLINE void covariate_renewals::merge(const covariate_renewals& other) {
  if (columns.columns.empty()) {
    *this = other;
    return;
  }
  if (columns != other.columns) throw invalid_input("covariates", "must be the same columns in both parts");
  detail::renewal_rows rows(*this);
  rows.add(other);
  std::move(rows).keep(*this);
}

TENURE_INLINE retention_model fit_retention(const covariate_renewals& data, const retention_options& options, const execution& run) {
  const auto all = detail::without_covariates(data);
  auto model = fit_retention(all, options);
  const bool found = model.fit.converged;
  const double alpha = found ? std::log(model.alpha) : 0, beta = found ? std::log(model.beta) : detail::retention_start(all);
  if (options.duration_dependence)
    detail::add_covariates<3>(model, data, {alpha, beta, found ? std::log(model.c) : 0}, options, run);
  else
    detail::add_covariates<2>(model, data, {alpha, beta}, options, run);
  return model;
}

TENURE_INLINE std::vector<coefficient> coefficients(const retention_model& m) {
  return m.duration_dependence ? detail::retention_layout<3>(m).coefficients_of(m.covariates, m.fit)
                               : detail::retention_layout<2>(m).coefficients_of(m.covariates, m.fit);
}

TENURE_INLINE std::vector<retention_model> models_at(const retention_model& model, const table_view& covariates) {
  if (model.covariates.empty()) throw invalid_input("covariates", "are given, but the model was fitted without them");
  const detail::matched_profiles matched(model, covariates, covariates.rows());
  std::vector<retention_model> result;
  for (const std::size_t g : matched.profile)
    result.push_back(detail::model_at(model, matched.seen[g]));
  return result;
}

}  // namespace tenure::inline TENURE_ABI::value
