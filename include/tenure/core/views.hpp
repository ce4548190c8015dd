#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "tenure/core/error.hpp"

namespace tenure::inline TENURE_ABI {

/// A non-owning column: `size` values of T, `stride` elements apart. The caller keeps the memory alive.
template <class T>
class column_view {
 public:
  constexpr column_view() = default;
  constexpr column_view(const T* data, std::size_t size, std::ptrdiff_t stride = 1) : data_(data), size_(size), stride_(stride) {}
  column_view(const std::vector<T>& values) : data_(values.data()), size_(values.size()) {}

  constexpr const T* data() const { return data_; }
  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr std::ptrdiff_t stride() const { return stride_; }
  constexpr bool contiguous() const { return stride_ == 1; }
  constexpr const T& operator[](std::size_t i) const { return data_[static_cast<std::ptrdiff_t>(i) * stride_]; }
  constexpr column_view slice(std::size_t begin, std::size_t end) const { return {data_ + static_cast<std::ptrdiff_t>(begin) * stride_, end - begin, stride_}; }

 private:
  const T* data_ = nullptr;
  std::size_t size_ = 0;
  std::ptrdiff_t stride_ = 1;
};

/// A non-owning numeric column of any machine type; reads convert to double. Booleans are `u8`.
class numeric_column {
 public:
  enum class type : unsigned char { f64, f32, i64, i32, i16, i8, u64, u32, u16, u8 };

  numeric_column() = default;
  numeric_column(column_view<double> c) : numeric_column(c, type::f64) {}
  numeric_column(column_view<float> c) : numeric_column(c, type::f32) {}
  numeric_column(column_view<std::int64_t> c) : numeric_column(c, type::i64) {}
  numeric_column(column_view<std::int32_t> c) : numeric_column(c, type::i32) {}
  numeric_column(column_view<std::int16_t> c) : numeric_column(c, type::i16) {}
  numeric_column(column_view<std::int8_t> c) : numeric_column(c, type::i8) {}
  numeric_column(column_view<std::uint64_t> c) : numeric_column(c, type::u64) {}
  numeric_column(column_view<std::uint32_t> c) : numeric_column(c, type::u32) {}
  numeric_column(column_view<std::uint16_t> c) : numeric_column(c, type::u16) {}
  numeric_column(column_view<std::uint8_t> c) : numeric_column(c, type::u8) {}
  template <class T>
  numeric_column(const std::vector<T>& values) : numeric_column(column_view<T>(values)) {}

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  type kind() const { return type_; }

  /// Calls `f(column_view<T>)` with the stored type: write a loop once, compile it for every type.
  template <class F>
  decltype(auto) visit(F&& f) const {
    switch (type_) {
      case type::f64:
        return f(as<double>());
      case type::f32:
        return f(as<float>());
      case type::i64:
        return f(as<std::int64_t>());
      case type::i32:
        return f(as<std::int32_t>());
      case type::i16:
        return f(as<std::int16_t>());
      case type::i8:
        return f(as<std::int8_t>());
      case type::u64:
        return f(as<std::uint64_t>());
      case type::u32:
        return f(as<std::uint32_t>());
      case type::u16:
        return f(as<std::uint16_t>());
      default:
        return f(as<std::uint8_t>());
    }
  }

  double operator[](std::size_t i) const {
    return visit([i](auto c) { return static_cast<double>(c[i]); });
  }

  numeric_column slice(std::size_t begin, std::size_t end) const {
    return visit([&](auto c) { return numeric_column(c.slice(begin, end)); });
  }

 private:
  template <class T>
  numeric_column(column_view<T> c, type t) : data_(c.data()), size_(c.size()), stride_(c.stride()), type_(t) {}
  template <class T>
  column_view<T> as() const {
    return {static_cast<const T*>(data_), size_, stride_};
  }

  const void* data_ = nullptr;
  std::size_t size_ = 0;
  std::ptrdiff_t stride_ = 1;
  type type_ = type::f64;
};

/// A non-owning rows x cols matrix of doubles with any strides (in elements).
class matrix_view {
 public:
  constexpr matrix_view() = default;
  constexpr matrix_view(const double* data, std::size_t rows, std::size_t cols, std::ptrdiff_t row_stride, std::ptrdiff_t col_stride)
      : data_(data), rows_(rows), cols_(cols), row_stride_(row_stride), col_stride_(col_stride) {}
  /// Row-major, without gaps.
  constexpr matrix_view(const double* data, std::size_t rows, std::size_t cols) : matrix_view(data, rows, cols, static_cast<std::ptrdiff_t>(cols), 1) {}

  constexpr const double* data() const { return data_; }
  constexpr std::size_t rows() const { return rows_; }
  constexpr std::size_t cols() const { return cols_; }
  constexpr std::ptrdiff_t row_stride() const { return row_stride_; }
  constexpr std::ptrdiff_t col_stride() const { return col_stride_; }
  constexpr double operator()(std::size_t i, std::size_t j) const {
    return data_[static_cast<std::ptrdiff_t>(i) * row_stride_ + static_cast<std::ptrdiff_t>(j) * col_stride_];
  }
  constexpr column_view<double> column(std::size_t j) const { return {data_ + static_cast<std::ptrdiff_t>(j) * col_stride_, rows_, row_stride_}; }

 private:
  const double* data_ = nullptr;
  std::size_t rows_ = 0, cols_ = 0;
  std::ptrdiff_t row_stride_ = 0, col_stride_ = 1;
};

/// A small owning row-major matrix: what results and models are made of.
class matrix {
 public:
  matrix() = default;
  matrix(std::size_t rows, std::size_t cols, double value = 0.0) : rows_(rows), cols_(cols), values_(rows * cols, value) {}
  matrix(std::size_t rows, std::size_t cols, std::vector<double> values) : rows_(rows), cols_(cols), values_(std::move(values)) {
    if (values_.size() != rows_ * cols_) throw invalid_input("values", "must hold rows x cols numbers");
  }

  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }
  double* data() { return values_.data(); }
  const double* data() const { return values_.data(); }
  const std::vector<double>& values() const { return values_; }
  double& operator()(std::size_t i, std::size_t j) { return values_[i * cols_ + j]; }
  double operator()(std::size_t i, std::size_t j) const { return values_[i * cols_ + j]; }
  double* row(std::size_t i) { return values_.data() + i * cols_; }
  const double* row(std::size_t i) const { return values_.data() + i * cols_; }
  operator matrix_view() const { return {values_.data(), rows_, cols_}; }

  friend bool operator==(const matrix&, const matrix&) = default;

 private:
  std::size_t rows_ = 0, cols_ = 0;
  std::vector<double> values_;
};

}  // namespace tenure::inline TENURE_ABI
