#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>

#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::rates::detail {

/// Customers' numbers as unsigned keys of the same order.
template <class T>
std::uint64_t customer_key(T code, std::size_t row) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(code)) throw invalid_input("customer", "is missing in row " + std::to_string(row));
    if (code != std::floor(code) || std::abs(code) > 0x1p53) throw invalid_input("customer", "must be a whole number", static_cast<double>(code), row);
  }
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(code)) ^ (std::uint64_t{1} << 63);
}

/// The way back.
inline std::int64_t customer_number(std::uint64_t key) { return static_cast<std::int64_t>(key ^ (std::uint64_t{1} << 63)); }

/// Tells which customers may have more than one record: two bits for each slot of a table, "seen" and "seen again". Whoever has several is told
/// so; who has one is, rarely, told so too, where numbers far apart share a slot.
class repeated_customers {
 public:
  explicit repeated_customers(numeric_column customer) {
    if (customer.empty()) return;
    customer.visit([&](auto codes) {
      const std::size_t n = codes.size();
      std::uint64_t high = first_ = customer_key(codes[0], 0);
      for (std::size_t i = 1; i < n; ++i) {
        const std::uint64_t key = customer_key(codes[i], i);
        first_ = std::min(first_, key);
        high = std::max(high, key);
      }
      const std::uint64_t range = high - first_, most = std::bit_ceil(std::uint64_t{8} * n);
      if (range >= most) shift_ = 64 - std::countr_zero(most);
      bits_.resize((range < most ? range : most - 1) / 32 + 1);
      for (std::size_t i = 0; i < n; ++i) {
        const std::uint64_t slot = slot_of(customer_key(codes[i], i)), once = std::uint64_t{1} << (2 * (slot % 32));
        std::uint64_t& word = bits_[slot / 32];
        word |= once | (word & once) << 1;
      }
    });
  }
  bool operator()(std::uint64_t key) const {
    const std::uint64_t slot = slot_of(key);
    return bits_[slot / 32] >> (2 * (slot % 32) + 1) & 1;
  }

 private:
  std::uint64_t slot_of(std::uint64_t key) const { return shift_ ? (key - first_) * 0x9e3779b97f4a7c15U >> shift_ : key - first_; }

  std::uint64_t first_ = 0;
  int shift_ = 0;  // 0: every number has its own slot
  std::vector<std::uint64_t> bits_;
};

}  // namespace tenure::inline TENURE_ABI::rates::detail
