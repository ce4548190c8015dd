#pragma once

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "tenure/numeric/sort.hpp"

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

/// Which numbers of a range occur, and which more than once: two bits each.
class occurrence_bits {
 public:
  occurrence_bits(std::uint64_t first, std::uint64_t last) : first_(first), bits_((last - first) / 32 + 1) {}
  void add(std::uint64_t key) {
    std::uint64_t& word = bits_[(key - first_) / 32];
    const std::uint64_t once = std::uint64_t{1} << (2 * ((key - first_) % 32));
    word |= once | (word & once) << 1;
  }
  bool repeated(std::uint64_t key) const { return bits_[(key - first_) / 32] >> (2 * ((key - first_) % 32) + 1) & 1; }

 private:
  std::uint64_t first_;
  std::vector<std::uint64_t> bits_;
};

/// The rows of customers with more than one record, by customer; `repeated[row]` marks them. Where the numbers lie close together, only those
/// rows are sorted.
template <class T>
std::vector<numeric::keyed_row> repeated_rows(const column_view<T>& customer, std::vector<std::uint8_t>& repeated) {
  const std::size_t n = customer.size();
  if (n > 0xffffffffU) throw not_supported("more than 4294967295 records at once");
  repeated.assign(n, 0);
  std::vector<numeric::keyed_row> rows;
  if (n == 0) return rows;
  std::uint64_t low = customer_key(customer[0], 0), high = low;
  for (std::size_t i = 1; i < n; ++i) {
    const std::uint64_t key = customer_key(customer[i], i);
    low = std::min(low, key);
    high = std::max(high, key);
  }
  if ((high - low) / 64 < n) {
    occurrence_bits seen(low, high);
    for (std::size_t i = 0; i < n; ++i)
      seen.add(customer_key(customer[i], i));
    for (std::size_t i = 0; i < n; ++i)
      if (const auto key = customer_key(customer[i], i); seen.repeated(key)) rows.push_back({key, static_cast<std::uint32_t>(i)});
  } else {
    rows.resize(n);
    for (std::size_t i = 0; i < n; ++i)
      rows[i] = {customer_key(customer[i], i), static_cast<std::uint32_t>(i)};
  }
  numeric::radix_sort(rows);
  std::size_t kept = 0;
  for (std::size_t i = 0, j; i < rows.size(); i = j) {
    for (j = i + 1; j < rows.size() && rows[j].key == rows[i].key;)
      ++j;
    if (j - i < 2) continue;
    for (std::size_t k = i; k < j; ++k) {
      repeated[rows[k].row] = 1;
      rows[kept++] = rows[k];
    }
  }
  rows.resize(kept);
  return rows;
}

}  // namespace tenure::inline TENURE_ABI::rates::detail
