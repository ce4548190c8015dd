#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/value/covariate_fit-inl.hpp"

namespace tenure::inline TENURE_ABI::value::detail {

/// Mean time between repeat purchases, were everybody alive.
inline double time_per_purchase(const purchase_summary& data) {
  double repeats = 0, age = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    repeats += data.weight[i] * data.frequency[i];
    age += data.weight[i] * data.age[i];
  }
  if (!(repeats > 0)) throw invalid_input("frequency", "nobody bought again; there is nothing to estimate");
  return age / repeats;
}

/// Checked customers to predict for, with the profile of covariates of each (0 for all without covariates). What a model expects of a customer
/// who is alive depends on profile, frequency and age alone: it is computed once for every different triple.
class customers {
 public:
  customers(numeric_column frequency, numeric_column recency, numeric_column age, const covariate_effects& effects, const customer_covariates& covariates)
      : x_(doubles_of(frequency)), recency_(doubles_of(recency)), age_(doubles_of(age)), profile_(frequency.size()) {
    const std::size_t n = frequency.size();
    if (recency.size() != n) throw invalid_input("recency", "must have as many values as frequency");
    if (age.size() != n) throw invalid_input("T", "must have as many values as frequency");
    for (std::size_t i = 0; i < n; ++i)
      check_customer(x_[i], recency_[i], age_[i], i);
    if (effects.empty() && covariates.purchase.cols() + covariates.dropout.cols() > 0)
      throw invalid_input("covariates", "are given, but the model was fitted without them");
    profile_table seen(effects.purchase.width() + effects.dropout.width());
    each_design_row(covariates, effects.purchase, effects.dropout, n,
                    [&](std::size_t i, const double* z) { profile_[i] = static_cast<std::uint32_t>(seen.add(z)); });
    profiles_ = std::move(seen).taken();
  }

  std::size_t size() const { return x_.size(); }
  double frequency(std::size_t i) const { return x_[i]; }
  const double* covariates(std::size_t i) const { return profiles_.data() + profile_[i] * profiles_.cols(); }

  /// The model as it is for each profile.
  template <class View, class Model>
  std::vector<View> views(const Model& model) const {
    std::vector<View> result(std::max<std::size_t>(1, profiles_.rows()), View(model));
    const auto layout = View::layout(model);
    for (std::size_t g = 0; g < profiles_.rows(); ++g) {
      const auto shift = layout.shifts(profiles_.row(g), model.covariates.coef.data());
      for (std::size_t k = 0; k < shift.size(); ++k)
        if (shift[k] != 0) result[g].parameter(k) *= std::exp(shift[k]);
    }
    return result;
  }

  template <class View>
  std::vector<double> alive(const std::vector<View>& views) const {
    std::vector<double> p(size());
    for (std::size_t i = 0; i < size(); ++i)
      p[i] = views[profile_[i]].alive(x_[i], recency_[i], age_[i]);
    return p;
  }

  template <class View>
  std::vector<double> expected(const std::vector<View>& views, double horizon, const execution& run) const {
    if (!(horizon >= 0) || std::isinf(horizon)) throw invalid_input("horizon", "must be finite and >= 0", horizon);
    return product(views, [&](const View& view, double x, double age) { return view.if_alive(x, age, horizon); }, run);
  }

  /// P(alive) times a function of model, frequency and age.
  template <class View, class IfAlive>
  std::vector<double> product(const std::vector<View>& views, IfAlive&& if_alive, const execution& run) const {
    row_counter<3> kinds(size());
    std::vector<std::uint32_t> kind(size());
    for (std::size_t i = 0; i < size(); ++i)
      kind[i] = static_cast<std::uint32_t>(kinds.add({static_cast<double>(profile_[i]), x_[i], age_[i]}, 1));
    std::vector<double> given(kinds.rows().size()), result(size());
    parallel_chunks(chunking(given.size(), 64), run, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t k = begin; k < end; ++k) {
        const auto& [profile, x, age] = kinds.rows()[k].first;
        given[k] = if_alive(views[static_cast<std::size_t>(profile)], x, age);
      }
    });
    parallel_chunks(chunking(size()), run, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i)
        result[i] = given[kind[i]] * views[profile_[i]].alive(x_[i], recency_[i], age_[i]);
    });
    return result;
  }

 private:
  std::vector<double> x_, recency_, age_;
  std::vector<std::uint32_t> profile_;
  matrix profiles_;
};

}  // namespace tenure::inline TENURE_ABI::value::detail
