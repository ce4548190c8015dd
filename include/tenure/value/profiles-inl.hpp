#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "tenure/value/covariates.hpp"
#include "tenure/value/purchases-inl.hpp"

namespace tenure::inline TENURE_ABI::value::detail {

/// The different rows among many rows of `width` finite numbers, in the order of their first occurrence.
class profile_table {
 public:
  explicit profile_table(std::size_t width) : width_(width), slots_(64) {}

  std::size_t width() const { return width_; }
  std::size_t size() const { return count_; }
  const double* operator[](std::size_t g) const { return values_.data() + g * width_; }

  /// The index of `row` among the different rows seen so far.
  std::size_t add(const double* row) {
    if (2 * (count_ + 1) > slots_.size()) grow();
    auto& slot = find(row);
    if (slot == 0) {
      for (std::size_t j = 0; j < width_; ++j)
        values_.push_back(row[j] + 0.0);  // one zero
      slot = static_cast<std::uint32_t>(++count_);
    }
    return slot - 1;
  }

  /// Indices in ascending order of the rows.
  std::vector<std::size_t> sorted() const {
    std::vector<std::size_t> order(count_);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
      const double *x = (*this)[a], *y = (*this)[b];
      return std::lexicographical_compare(x, x + width_, y, y + width_);
    });
    return order;
  }
  matrix taken() && { return {count_, width_, std::move(values_)}; }

 private:
  std::uint32_t& find(const double* row) {
    std::uint64_t h = 0;
    for (std::size_t j = 0; j < width_; ++j) {
      h = (h ^ std::bit_cast<std::uint64_t>(row[j] + 0.0)) * 0x9e3779b97f4a7c15U;
      h ^= h >> 29;
    }
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = h & mask;
    while (slots_[at] != 0 && !std::equal(row, row + width_, (*this)[slots_[at] - 1]))
      at = (at + 1) & mask;
    return slots_[at];
  }
  void grow() {
    slots_.assign(2 * slots_.size(), 0);
    for (std::size_t g = 0; g < count_; ++g)
      find((*this)[g]) = static_cast<std::uint32_t>(g + 1);
  }

  std::size_t width_, count_ = 0;
  std::vector<double> values_;
  std::vector<std::uint32_t> slots_;
};

inline std::vector<double> doubles_of(numeric_column column) {
  return column.visit([](auto values) {
    std::vector<double> result(values.size());
    for (std::size_t i = 0; i < result.size(); ++i)
      result[i] = static_cast<double>(values[i]);
    return result;
  });
}

/// Calls `visit(row, encoded)` for every row of the covariates.
template <class Visit>
void each_design_row(const customer_covariates& covariates, const encoding& purchase, const encoding& dropout, std::size_t rows, Visit&& visit) {
  const auto aligned = [&](const table_view& table, const encoding& code, const char* what) {
    if (table.cols() != code.columns.size())
      throw invalid_input("covariates", "must have the " + std::to_string(code.columns.size()) + " columns of " + what +
                                            " that the model was fitted with, has " + std::to_string(table.cols()));
    if (table.cols() > 0 && table.rows() != rows)
      throw invalid_input("covariates", "must have one row a customer, " + std::to_string(rows) + ", has " + std::to_string(table.rows()));
    return aligned_table(table, code.columns, unseen_level::refuse);
  };
  const auto left = aligned(covariates.purchase, purchase, "purchase"), right = aligned(covariates.dropout, dropout, "dropout");
  const std::size_t p = purchase.width(), q = dropout.width(), block = 4096;
  std::vector<double> a(block * p), b(block * q), row(p + q);
  for (std::size_t begin = 0; begin < rows; begin += block) {
    const std::size_t end = std::min(rows, begin + block);
    encode_rows(left.view(), purchase, begin, end, a.data());
    encode_rows(right.view(), dropout, begin, end, b.data());
    for (std::size_t i = begin; i < end; ++i) {
      std::copy_n(a.data() + (i - begin) * p, p, row.data());
      std::copy_n(b.data() + (i - begin) * q, q, row.data() + p);
      visit(i, row.data());
    }
  }
}

/// Rows of K numbers with a profile and a weight, sorted: equal ones counted together.
template <std::size_t K>
struct profiled_rows {
  matrix profiles;
  std::vector<std::size_t> first;
  std::vector<std::pair<std::array<double, K + 1>, double>> rows;  // the profile's number stands first

  profiled_rows(const profile_table& seen, row_counter<K + 1>&& counter) : profiles(seen.size(), seen.width()), first(seen.size() + 1) {
    const auto order = seen.sorted();
    std::vector<double> rank(order.size());
    for (std::size_t g = 0; g < order.size(); ++g) {
      rank[order[g]] = static_cast<double>(g);
      std::copy_n(seen[order[g]], seen.width(), profiles.row(g));
    }
    rows = std::move(counter).taken();
    for (auto& [key, weight] : rows)
      key[0] = rank[static_cast<std::size_t>(key[0])];
    std::sort(rows.begin(), rows.end());
    for (const auto& [key, weight] : rows)
      ++first[static_cast<std::size_t>(key[0]) + 1];
    std::partial_sum(first.begin(), first.end(), first.begin());
  }
};

}  // namespace tenure::inline TENURE_ABI::value::detail
