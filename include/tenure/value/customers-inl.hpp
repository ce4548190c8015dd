#pragma once

#include <cmath>
#include <cstdint>

#include "tenure/core/parallel.hpp"
#include "tenure/value/purchases-inl.hpp"

namespace tenure::inline TENURE_ABI::value::detail {

/// Checked customers to predict for. What a model expects of a customer who is alive depends on frequency and age alone: it is computed once
/// for every different pair.
class customers {
 public:
  customers(numeric_column frequency, numeric_column recency, numeric_column age) {
    const std::size_t n = frequency.size();
    if (recency.size() != n) throw invalid_input("recency", "must have as many values as frequency");
    if (age.size() != n) throw invalid_input("T", "must have as many values as frequency");
    x_.resize(n);
    recency_.resize(n);
    age_.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      x_[i] = frequency[i];
      recency_[i] = recency[i];
      age_[i] = age[i];
      check_customer(x_[i], recency_[i], age_[i], i);
    }
  }

  std::size_t size() const { return x_.size(); }
  double frequency(std::size_t i) const { return x_[i]; }

  template <class View>
  std::vector<double> alive(const View& view) const {
    std::vector<double> p(size());
    for (std::size_t i = 0; i < size(); ++i)
      p[i] = view.alive(x_[i], recency_[i], age_[i]);
    return p;
  }

  template <class View>
  std::vector<double> expected(const View& view, double horizon, const execution& run) const {
    if (!(horizon >= 0) || std::isinf(horizon)) throw invalid_input("horizon", "must be finite and >= 0", horizon);
    return product(view, [&](double x, double age) { return view.if_alive(x, age, horizon); }, run);
  }

  /// P(alive) times a function of frequency and age.
  template <class View, class IfAlive>
  std::vector<double> product(const View& view, IfAlive&& if_alive, const execution& run) const {
    row_counter<2> pairs(size());
    std::vector<std::uint32_t> pair(size());
    for (std::size_t i = 0; i < size(); ++i)
      pair[i] = static_cast<std::uint32_t>(pairs.add({x_[i], age_[i]}, 1));
    std::vector<double> given(pairs.rows().size()), result(size());
    parallel_chunks(chunking(given.size(), 64), run, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t k = begin; k < end; ++k)
        given[k] = if_alive(pairs.rows()[k].first[0], pairs.rows()[k].first[1]);
    });
    parallel_chunks(chunking(size()), run, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i)
        result[i] = given[pair[i]] * view.alive(x_[i], recency_[i], age_[i]);
    });
    return result;
  }

 private:
  std::vector<double> x_, recency_, age_;
};

}  // namespace tenure::inline TENURE_ABI::value::detail
