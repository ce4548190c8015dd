#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "tenure/core/random.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::trees::detail {

/// How often each tree of a forest sees each row: the same answer for the same seed and tree, whenever it is asked.
class row_sampler {
 public:
  row_sampler(std::size_t rows, numeric_column groups, bool bootstrap, double share, std::uint64_t seed) : rows_(rows), bootstrap_(bootstrap), seed_(seed) {
    std::size_t units = rows;
    if (!groups.empty()) {
      if (groups.size() != rows) throw invalid_input("groups", "must have as many values as X has rows (" + std::to_string(rows) + ")", static_cast<double>(groups.size()));
      std::unordered_map<double, std::uint32_t> number;
      for (std::size_t i = 0; i < rows; ++i) {
        const double g = groups[i];
        if (std::isnan(g)) throw invalid_input("groups", "must not be missing", g, i);
        group_.push_back(number.try_emplace(g, static_cast<std::uint32_t>(number.size())).first->second);
      }
      units = number.size();
    }
    units_ = static_cast<std::uint32_t>(units);
    draws_ = std::max<std::size_t>(1, static_cast<std::size_t>(std::llround(share * static_cast<double>(units))));
  }

  /// One count a row; empty when every row is seen once.
  std::vector<std::uint16_t> draw(std::size_t tree) const {
    if (!bootstrap_) return draws_ == units_ ? std::vector<std::uint16_t>{} : expand(subset(tree));
    std::vector<std::uint16_t> counts(units_);
    random_stream random(seed_, (std::uint64_t{1} << 63) | tree);
    const std::uint32_t reject = -units_ % units_;  // Lemire (2019), two draws from each 64-bit number
    for (std::size_t k = 0; k < draws_;) {
      const std::uint64_t bits = random.next();
      for (const std::uint64_t half : {bits & 0xffffffffU, bits >> 32}) {
        const std::uint64_t product = half * units_;
        if (static_cast<std::uint32_t>(product) < reject || k == draws_) continue;
        std::uint16_t& count = counts[product >> 32];
        count = static_cast<std::uint16_t>(count + (count != 0xffff));
        ++k;
      }
    }
    return expand(std::move(counts));
  }

 private:
  std::vector<std::uint16_t> subset(std::size_t tree) const {
    std::vector<std::uint32_t> order(units_);
    for (std::uint32_t i = 0; i < units_; ++i) order[i] = i;
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
    for (std::size_t i = 0; i < rows_; ++i) counts[i] = per_unit[group_[i]];
    return counts;
  }

  std::size_t rows_;
  bool bootstrap_;
  std::uint64_t seed_;
  std::uint32_t units_ = 0;
  std::size_t draws_ = 0;
  std::vector<std::uint32_t> group_;
};

}  // namespace tenure::inline TENURE_ABI::trees::detail
