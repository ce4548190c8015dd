#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "tenure/core/random.hpp"
#include "tenure/core/views.hpp"
#include "tenure/numeric/sort.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// An order of the rows that depends on what they hold (codes of p columns, class), not on where they stand: draws made in this order give the
/// same forest whatever the order of the table. Rows that hold the same are interchangeable.
template <class Code, class Label>
std::vector<std::uint32_t> content_order(const Code* codes, std::size_t rows, std::size_t cols, const std::vector<Label>& y) {
  std::vector<numeric::keyed_row> keys(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    std::uint64_t hash = 0x9e3779b97f4a7c15U * (std::uint64_t{1} + y[i]);
    for (std::size_t j = 0; j < cols; ++j) {
      hash = (hash ^ codes[i * cols + j]) * 0xbf58476d1ce4e5b9U;
      hash ^= hash >> 29;
    }
    keys[i] = {hash, static_cast<std::uint32_t>(i)};
  }
  numeric::radix_sort(keys);
  std::vector<std::uint32_t> order(rows);
  for (std::size_t i = 0; i < rows; ++i)
    order[i] = keys[i].row;
  return order;
}

template <class T>
std::vector<T> reordered(const std::vector<T>& values, const std::vector<std::uint32_t>& order) {
  std::vector<T> out;
  out.reserve(values.size());
  if (!values.empty())
    for (const auto i : order)
      out.push_back(values[i]);
  return out;
}

/// How often each tree of a forest sees each row: the same answer for the same seed and tree, whenever it is asked. A bootstrap of weighted rows
/// draws them in proportion to their weights; a whole weight of 3 is the same as three rows.
class row_sampler {
 public:
  row_sampler(std::size_t rows, const std::vector<double>& weight, const std::vector<double>& groups, bool bootstrap, double share, std::uint64_t seed)
      : rows_(rows), bootstrap_(bootstrap), seed_(seed) {
    std::size_t units = rows;
    if (!weight.empty() && bootstrap && groups.empty()) {
      bool whole = true;
      double total = 0;
      for (const double w : weight) {
        whole &= w == std::floor(w);
        cumulative_.push_back(total += w);
      }
      whole_ = whole && total < 0x1p31;
      if (whole_) units = static_cast<std::size_t>(total);
    }
    if (!groups.empty()) {
      for (std::size_t i = 0; i < rows; ++i)
        if (std::isnan(groups[i])) throw invalid_input("groups", "must not be missing", groups[i], i);
      auto distinct = groups;
      std::sort(distinct.begin(), distinct.end());
      distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
      for (const double name : groups)
        group_.push_back(static_cast<std::uint32_t>(std::lower_bound(distinct.begin(), distinct.end(), name) - distinct.begin()));
      units = distinct.size();
    }
    units_ = static_cast<std::uint32_t>(units);
    draws_ = std::max<std::size_t>(1, static_cast<std::size_t>(std::llround(share * static_cast<double>(units))));
  }

  /// One count a row; empty when every row is seen once.
  std::vector<std::uint16_t> draw(std::size_t tree) const {
    if (!bootstrap_) return draws_ == units_ ? std::vector<std::uint16_t>{} : expand(subset(tree));
    std::vector<std::uint16_t> counts(cumulative_.empty() ? units_ : rows_);
    random_stream random(seed_, (std::uint64_t{1} << 63) | tree);
    if (!cumulative_.empty() && !whole_) {
      for (std::size_t k = 0; k < draws_; ++k)
        count_one(counts, row_at(random.uniform() * cumulative_.back()));
      return counts;
    }
    const std::uint32_t reject = -units_ % units_;  // Lemire (2019), two draws from each 64-bit number
    for (std::size_t k = 0; k < draws_;) {
      const std::uint64_t bits = random.next();
      for (const std::uint64_t half : {bits & 0xffffffffU, bits >> 32}) {
        const std::uint64_t product = half * units_;
        if (static_cast<std::uint32_t>(product) < reject || k == draws_) continue;
        const std::size_t unit = product >> 32;
        count_one(counts, cumulative_.empty() ? unit : row_at(static_cast<double>(unit)));
        ++k;
      }
    }
    return expand(std::move(counts));
  }

  /// Whether the draws have used up the weights: rows then count as often as they were drawn.
  bool uses_weights() const { return !cumulative_.empty(); }

 private:
  static void count_one(std::vector<std::uint16_t>& counts, std::size_t i) { counts[i] = static_cast<std::uint16_t>(counts[i] + (counts[i] != 0xffff)); }
  std::size_t row_at(double position) const {
    const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), position);
    return std::min<std::size_t>(static_cast<std::size_t>(found - cumulative_.begin()), rows_ - 1);
  }

  std::vector<std::uint16_t> subset(std::size_t tree) const {
    std::vector<std::uint32_t> order(units_);
    for (std::uint32_t i = 0; i < units_; ++i)
      order[i] = i;
    random_stream random(seed_, (std::uint64_t{1} << 63) | tree);
    std::vector<std::uint16_t> counts(units_);
    for (std::size_t k = 0; k < draws_; ++k) {
      std::swap(order[k], order[k + random.below(units_ - k)]);
      counts[order[k]] = 1;
    }
    return counts;
  }

  std::vector<std::uint16_t> expand(std::vector<std::uint16_t> per_unit) const {
    if (group_.empty()) return per_unit;
    std::vector<std::uint16_t> counts(rows_);
    for (std::size_t i = 0; i < rows_; ++i)
      counts[i] = per_unit[group_[i]];
    return counts;
  }

  std::size_t rows_;
  bool bootstrap_;
  std::uint64_t seed_;
  std::uint32_t units_ = 0;
  std::size_t draws_ = 0;
  std::vector<std::uint32_t> group_;
  std::vector<double> cumulative_;
  bool whole_ = false;
};

}  // namespace tenure::inline TENURE_ABI::trees::detail
