#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenure/core/error.hpp"

namespace tenure::inline TENURE_ABI::io {

enum class value_type : std::uint8_t { none, boolean, integer, real, text, list, map, array };
enum class element_type : std::uint8_t { f64, f32, i64, i32, u32, u16, u8 };

std::size_t size_of(element_type type);

/// One node of what a model file holds: a tree of numbers, texts, lists, maps and flat numeric arrays. Arrays are views: of the file's
/// bytes when read, of the model's own vectors when written.
class value {
 public:
  using entry = std::pair<std::string, value>;

  value() = default;
  static value boolean(bool x);
  static value integer(std::int64_t x);
  static value real(double x);
  static value text(std::string x);
  static value list();
  static value map();
  static value array(element_type type, const void* data, std::size_t count);

  value_type type() const { return type_; }
  /// Each throws bad_file, naming `where`, when the node is of another type.
  bool as_boolean(const std::string& where) const;
  std::int64_t as_integer(const std::string& where) const;
  double as_real(const std::string& where) const;
  const std::string& as_text(const std::string& where) const;
  const std::vector<value>& as_list(const std::string& where) const;
  const std::vector<entry>& as_map(const std::string& where) const;
  const void* as_array(element_type type, std::size_t& count, const std::string& where) const;

  element_type elements() const { return elements_; }
  const void* array_data() const { return data_; }
  std::size_t array_size() const { return count_; }

  void push_back(value x) { list_.push_back(std::move(x)); }
  void set(std::string key, value x) { map_.emplace_back(std::move(key), std::move(x)); }
  const value* find(std::string_view key) const;
  /// The entry `key` of a map; throws bad_file when it is missing.
  const value& at(std::string_view key, const std::string& where) const;

 private:
  void require(value_type wanted, const std::string& where) const;

  value_type type_ = value_type::none;
  element_type elements_ = element_type::f64;
  std::int64_t integer_ = 0;
  double real_ = 0;
  const void* data_ = nullptr;
  std::size_t count_ = 0;
  std::string text_;
  std::vector<value> list_;
  std::vector<entry> map_;
};

/// The model file: 8 bytes magic, u32 format version, u32 zero, u64 body length, u64 checksum of everything else, then the body (one
/// value). Little-endian; arrays are 8-aligned in the file, so that a mapped file can be used in place.
std::string write_file_bytes(const value& root);

/// Parses and checks `bytes`, which must outlive the result. Never reads outside them, never allocates more than a small multiple of
/// them, whatever they hold; throws bad_file with the reason.
value read_file_bytes(std::string_view bytes);

/// CRC-64 (ECMA-182, as in xz): detects every burst of up to 64 flipped bits.
std::uint64_t checksum(std::string_view bytes, std::uint64_t seed = 0);

std::string read_bytes(const std::string& path);
/// Writes next to `path` and renames: the file is whole or not there.
void write_bytes(const std::string& path, std::string_view bytes);

}  // namespace tenure::inline TENURE_ABI::io

#ifndef TENURE_COMPILED
#include "tenure/io/value-inl.hpp"
#endif
