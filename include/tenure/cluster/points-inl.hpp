#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include "tenure/cluster/kernels.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"
#include "tenure/numeric/sort.hpp"

// Internal: the rows of a table in the form that the kernels read.

namespace tenure::inline TENURE_ABI::cluster::detail {

/// Uninitialised memory on a cache line; much of it on large pages, where the system has them for the asking.
template <class T>
class aligned_buffer {
 public:
  aligned_buffer() = default;
  explicit aligned_buffer(std::size_t size) {
    const std::size_t bytes = std::max<std::size_t>(size, 1) * sizeof(T);
    const std::align_val_t alignment{bytes >= 2 * large_page ? large_page : 64};
    data_ = std::unique_ptr<T, release>(static_cast<T*>(::operator new(bytes, alignment)), release{alignment});
#ifdef __linux__
    if (bytes >= 2 * large_page) madvise(data_.get(), bytes, MADV_HUGEPAGE);
#endif
  }
  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  T& operator[](std::size_t i) { return data_.get()[i]; }
  const T& operator[](std::size_t i) const { return data_.get()[i]; }

 private:
  static constexpr std::size_t large_page = std::size_t{1} << 21;
  struct release {
    std::align_val_t alignment{64};
    void operator()(T* p) const { ::operator delete(p, alignment); }
  };
  std::unique_ptr<T, release> data_;
};

inline constexpr std::size_t rounded_up(std::size_t n, std::size_t step) { return (n + step - 1) / step * step; }

/// Refuses tables that hold no rows, no columns, levels, or anything but finite numbers.
inline void require_finite(const table_view& x, const execution& run) {
  if (x.rows() == 0) throw invalid_input("X", "must have at least one row");
  if (x.cols() == 0) throw invalid_input("X", "must have at least one column");
  for (const auto& column : x.columns()) {
    if (column.categorical)
      throw invalid_input(column.name, "is categorical; this method needs numbers (KPrototypes and KMedoids with Gower's distance take both)");
  }
  constexpr std::size_t block = 256;  // rows of all columns at a time, so that a table by rows is read once
  parallel_chunks(chunking(x.rows()), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t first = begin; first < end; first += block) {
      const std::size_t last = std::min(end, first + block);
      for (const auto& column : x.columns())
        column.values.visit([&](auto values) {
          bool finite = true;
          for (std::size_t i = first; i < last; ++i)
            finite &= std::abs(static_cast<double>(values[i])) <= std::numeric_limits<double>::max();
          for (std::size_t i = first; !finite && i < last; ++i)
            if (!std::isfinite(static_cast<double>(values[i]))) throw invalid_input(column.name, "must be a finite number", static_cast<double>(values[i]), i);
        });
    }
  });
}

inline bool single_precision(const table_view& x) {
  return std::all_of(x.columns().begin(), x.columns().end(), [](const table_column& c) { return c.values.kind() == numeric_column::type::f32; });
}

/// Column means to about seven digits: what is subtracted from the data so that |c|^2 - 2 x c does not cancel. The rounding makes them the
/// same for any order of the rows.
inline std::vector<double> rough_means(const table_view& x, const execution& run) {
  using sums = std::vector<double>;
  sums total = parallel_reduce(
      chunking(x.rows()), run, sums(x.cols()),
      [&](sums& part, std::size_t begin, std::size_t end) {
        constexpr std::size_t block = 256;
        for (std::size_t first = begin; first < end; first += block) {
          const std::size_t last = std::min(end, first + block);
          for (std::size_t j = 0; j < x.cols(); ++j)
            x[j].values.visit([&](auto values) {
              double a = 0, b = 0;
              std::size_t i = first;
              for (; i + 1 < last; i += 2) {
                a += static_cast<double>(values[i]);
                b += static_cast<double>(values[i + 1]);
              }
              part[j] += i < last ? a + b + static_cast<double>(values[i]) : a + b;
            });
        }
      },
      [](sums& a, const sums& b) {
        for (std::size_t j = 0; j < a.size(); ++j)
          a[j] += b[j];
      });
  for (double& t : total) {
    t /= static_cast<double>(x.rows());
    const double rounded = static_cast<double>(static_cast<float>(t));
    t = std::isfinite(rounded) ? rounded : 0.0;
  }
  return total;
}

/// Rows in tiles of lanes<T> rows, coordinate by coordinate, minus `shift`. Lanes behind the last row hold zeros. n x d values of memory.
template <class T>
class packed_points {
 public:
  static constexpr std::size_t lane_count = lanes<T>;

  packed_points(std::size_t rows, std::size_t cols)
      : rows_(rows), cols_(cols), tiles_(rounded_up(rows, lane_count) / lane_count), shift_(cols, 0.0), values_(tiles_ * cols * lane_count) {}

  /// Row i of the result is row order[i] of `x` (row i when `order` is empty).
  packed_points(const table_view& x, std::vector<double> shift, const execution& run, const std::vector<std::uint32_t>& order = {})
      : packed_points(x.rows(), x.cols()) {
    shift_ = std::move(shift);
    parallel_chunks(chunking(tiles_, 16, 4096), run, [&](std::size_t, std::size_t begin, std::size_t end) {
      const std::size_t whole = std::min(end, rows_ / lane_count);
      for (std::size_t j = 0; j < cols_; ++j)
        x[j].values.visit([&](auto values) {
          const auto value = [&, shift = shift_[j]](std::size_t i) { return static_cast<T>(static_cast<double>(values[i]) - shift); };
          for (std::size_t t = begin; t < end; ++t) {
            T* to = tile(t) + j * lane_count;
            if (t < whole && order.empty()) {
              for (std::size_t l = 0; l < lane_count; ++l)
                to[l] = value(t * lane_count + l);
            } else {
              for (std::size_t l = 0, i = t * lane_count; l < lane_count; ++l, ++i)
                to[l] = i < rows_ ? value(order.empty() ? i : order[i]) : T(0);
            }
          }
        });
    });
  }

  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }
  std::size_t tile_count() const { return tiles_; }
  const std::vector<double>& shift() const { return shift_; }
  const T* tile(std::size_t t) const { return values_.data() + t * cols_ * lane_count; }
  T* tile(std::size_t t) { return values_.data() + t * cols_ * lane_count; }
  T& at(std::size_t i, std::size_t j) { return values_[(i / lane_count * cols_ + j) * lane_count + i % lane_count]; }
  T at(std::size_t i, std::size_t j) const { return values_[(i / lane_count * cols_ + j) * lane_count + i % lane_count]; }
  template <class U>
  void copy_row(std::size_t i, U* out) const {
    for (std::size_t j = 0; j < cols_; ++j)
      out[j] = static_cast<U>(at(i, j));
  }
  /// The squared distance of row i to `point` (shifted as the rows are).
  template <class U>
  double squared_distance(std::size_t i, const U* point) const {
    double sum = 0;
    for (std::size_t j = 0; j < cols_; ++j) {
      const double gap = static_cast<double>(at(i, j)) - static_cast<double>(point[j]);
      sum += gap * gap;
    }
    return sum;
  }

 private:
  std::size_t rows_, cols_, tiles_;
  std::vector<double> shift_;
  aligned_buffer<T> values_;
};

/// An order of the rows that depends on their content alone (and on `tie` among equal rows): sorted by a hash of the values. Random draws
/// along it pick the same customers however the table is sorted, and a row twice counts as one of weight two.
inline std::vector<std::uint32_t> content_order(const table_view& x, numeric_column tie, const execution& run) {
  if (x.rows() > std::numeric_limits<std::uint32_t>::max()) throw not_supported("more than 4294967295 rows at once");
  std::vector<numeric::keyed_row> keys(x.rows());
  const auto mix = [](std::uint64_t h, double value) {
    h = (h ^ numeric::ordered_key(value)) * 0x9e3779b97f4a7c15U;
    return h ^ (h >> 29);
  };
  parallel_chunks(chunking(x.rows()), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      keys[i] = {0x243f6a8885a308d3U, static_cast<std::uint32_t>(i)};
    for (const auto& column : x.columns())
      column.values.visit([&](auto values) {
        for (std::size_t i = begin; i < end; ++i)
          keys[i].key = mix(keys[i].key, static_cast<double>(values[i]));
      });
    for (std::size_t i = begin; i < end; ++i)
      keys[i].key &= ~std::uint64_t{0xffff};
    if (!tie.empty())
      for (std::size_t i = begin; i < end; ++i)
        keys[i].key |= mix(0, tie[i]) >> 48;
  });
  numeric::radix_sort(keys);
  std::vector<std::uint32_t> order(keys.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = keys[i].row;
  return order;
}

/// Checks a weight column (empty = none): as long as the table, finite, not negative, some weight positive.
inline void check_weight(numeric_column weight, std::size_t rows) {
  if (weight.empty()) return;
  if (weight.size() != rows) throw invalid_input("sample_weight", "must have one value a row", static_cast<double>(weight.size()));
  double total = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    if (!(weight[i] >= 0) || !std::isfinite(weight[i])) throw invalid_input("sample_weight", "must be finite and >= 0", weight[i], i);
    total += weight[i];
  }
  if (!(total > 0)) throw invalid_input("sample_weight", "must not all be 0");
}

}  // namespace tenure::inline TENURE_ABI::cluster::detail
