#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>

#include "tenure/value/purchases.hpp"

namespace tenure::inline TENURE_ABI::value {

namespace detail {

/// Rows of K numbers with weights, equal rows counted together. Grouping is by hashing, so that many equal rows cost no sort.
template <std::size_t K>
class row_counter {
 public:
  using row = std::array<double, K>;

  explicit row_counter(std::size_t expected) : slots_(std::bit_ceil(std::max<std::size_t>(16, 2 * std::min<std::size_t>(expected, 1 << 16)))) {}

  /// The index of `key` among the different rows seen so far.
  std::size_t add(const row& key, double weight) {
    if (2 * (rows_.size() + 1) > slots_.size()) grow();
    auto& slot = find(key);
    if (slot == 0) {
      rows_.emplace_back(key, 0.0);
      slot = static_cast<std::uint32_t>(rows_.size());
    }
    rows_[slot - 1].second += weight;
    return slot - 1;
  }
  std::vector<std::pair<row, double>> sorted() && {
    std::sort(rows_.begin(), rows_.end());
    return std::move(rows_);
  }
  std::vector<std::pair<row, double>> taken() && { return std::move(rows_); }
  const std::vector<std::pair<row, double>>& rows() const { return rows_; }

 private:
  static std::uint64_t hash(const row& key) {
    std::uint64_t h = 0;
    for (const double x : key) {
      h = (h ^ std::bit_cast<std::uint64_t>(x + 0.0)) * 0x9e3779b97f4a7c15U;
      h ^= h >> 29;
    }
    return h;
  }
  std::uint32_t& find(const row& key) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash(key) & mask;
    while (slots_[at] != 0 && rows_[slots_[at] - 1].first != key)
      at = (at + 1) & mask;
    return slots_[at];
  }
  void grow() {
    slots_.assign(2 * slots_.size(), 0);
    for (std::size_t i = 0; i < rows_.size(); ++i)
      find(rows_[i].first) = static_cast<std::uint32_t>(i + 1);
  }

  std::vector<std::uint32_t> slots_;
  std::vector<std::pair<row, double>> rows_;
};

inline void check_frequency(double x, std::size_t row) {
  if (!(x >= 0) || std::isinf(x) || x != std::floor(x)) throw invalid_input("frequency", "must be a whole number >= 0", x, row);
}

inline void check_customer(double x, double recency, double age, std::size_t row) {
  check_frequency(x, row);
  if (!(age >= 0) || std::isinf(age)) throw invalid_input("T", "must be finite and >= 0", age, row);
  if (!(recency >= 0)) throw invalid_input("recency", "must be >= 0: the last purchase cannot be before the first", recency, row);
  if (recency > age) throw invalid_input("recency", "must be at most T = " + format_number(age), recency, row);
  if (x == 0 && recency != 0) throw invalid_input("recency", "must be 0 for a customer without repeat purchases", recency, row);
}

}  // namespace detail

TENURE_INLINE void purchase_summary::add(numeric_column x, numeric_column last, numeric_column T) {
  if (last.size() != x.size()) throw invalid_input("recency", "must have as many values as frequency");
  if (T.size() != x.size()) throw invalid_input("T", "must have as many values as frequency");
  detail::row_counter<3> counter(x.size() + size());
  for (std::size_t i = 0; i < size(); ++i)
    counter.add({frequency[i], recency[i], age[i]}, weight[i]);
  x.visit([&](auto xs) {
    last.visit([&](auto ls) {
      T.visit([&](auto Ts) {
        for (std::size_t i = 0; i < xs.size(); ++i) {
          const auto f = static_cast<double>(xs[i]), r = static_cast<double>(ls[i]), a = static_cast<double>(Ts[i]);
          detail::check_customer(f, r, a, i);
          counter.add({f, r, a}, 1);
        }
      });
    });
  });
  *this = {};
  const auto rows = std::move(counter).sorted();
  for (auto* v : {&frequency, &recency, &age, &weight})
    v->reserve(rows.size());
  for (const auto& [key, w] : rows) {
    frequency.push_back(key[0]);
    recency.push_back(key[1]);
    age.push_back(key[2]);
    weight.push_back(w);
  }
}

TENURE_INLINE void purchase_summary::merge(const purchase_summary& other) {
  detail::row_counter<3> counter(size() + other.size());
  for (const auto* part : {static_cast<const purchase_summary*>(this), &other})
    for (std::size_t i = 0; i < part->size(); ++i)
      counter.add({part->frequency[i], part->recency[i], part->age[i]}, part->weight[i]);
  *this = {};
  for (const auto& [key, w] : std::move(counter).sorted()) {
    frequency.push_back(key[0]);
    recency.push_back(key[1]);
    age.push_back(key[2]);
    weight.push_back(w);
  }
}

TENURE_INLINE double purchase_summary::customers() const {
  double n = 0;
  for (const double w : weight)
    n += w;
  return n;
}

TENURE_INLINE void spend_summary::add(numeric_column x, numeric_column value) {
  if (value.size() != x.size()) throw invalid_input("monetary_value", "must have as many values as frequency");
  detail::row_counter<2> counter(x.size() + size());
  for (std::size_t i = 0; i < size(); ++i)
    counter.add({frequency[i], mean[i]}, weight[i]);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double f = x[i], m = value[i];
    detail::check_frequency(f, i);
    if (f == 0) continue;
    if (!(m > 0) || std::isinf(m))
      throw invalid_input("monetary_value", "must be finite and > 0 for a customer with repeat purchases; leave others out of the fit", m, i);
    counter.add({f, m}, 1);
  }
  *this = {};
  for (const auto& [key, w] : std::move(counter).sorted()) {
    frequency.push_back(key[0]);
    mean.push_back(key[1]);
    weight.push_back(w);
  }
}

TENURE_INLINE void spend_summary::merge(const spend_summary& other) {
  detail::row_counter<2> counter(size() + other.size());
  for (const auto* part : {static_cast<const spend_summary*>(this), &other})
    for (std::size_t i = 0; i < part->size(); ++i)
      counter.add({part->frequency[i], part->mean[i]}, part->weight[i]);
  *this = {};
  for (const auto& [key, w] : std::move(counter).sorted()) {
    frequency.push_back(key[0]);
    mean.push_back(key[1]);
    weight.push_back(w);
  }
}

TENURE_INLINE double spend_summary::customers() const {
  double n = 0;
  for (const double w : weight)
    n += w;
  return n;
}

}  // namespace tenure::inline TENURE_ABI::value
