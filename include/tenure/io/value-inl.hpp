#pragma once

#include <array>
#include <bit>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "tenure/core/random.hpp"
#include "tenure/io/value.hpp"

namespace tenure::inline TENURE_ABI::io {

static_assert(std::endian::native == std::endian::little, "the model file is little-endian; a big-endian port must swap in writer and parser");

namespace detail {

constexpr char magic[8] = {'T', 'E', 'N', 'U', 'R', 'E', '\x1a', '\n'};
constexpr std::uint32_t format_version = 1;
constexpr std::size_t header_size = 32, checksum_at = 24;
constexpr int max_depth = 64;
constexpr std::size_t max_nodes = std::size_t{1} << 22;

class writer {
 public:
  explicit writer(std::string& out) : out_(out) {}

  void write(const value& x) {
    put(x.type());
    switch (x.type()) {
      case value_type::none:
        break;
      case value_type::boolean:
        put(static_cast<std::uint8_t>(x.as_boolean({})));
        break;
      case value_type::integer:
        put(x.as_integer({}));
        break;
      case value_type::real:
        put(x.as_real({}));
        break;
      case value_type::text:
        put_text(x.as_text({}));
        break;
      case value_type::list:
        put(std::uint64_t{x.as_list({}).size()});
        for (const value& item : x.as_list({}))
          write(item);
        break;
      case value_type::map:
        put(std::uint64_t{x.as_map({}).size()});
        for (const auto& [key, item] : x.as_map({})) {
          put_text(key);
          write(item);
        }
        break;
      case value_type::array:
        put(x.elements());
        put(std::uint64_t{x.array_size()});
        out_.append((8 - out_.size() % 8) % 8, '\0');
        if (x.array_size()) out_.append(static_cast<const char*>(x.array_data()), x.array_size() * size_of(x.elements()));
        break;
    }
  }

 private:
  template <class T>
  void put(T x) {
    out_.append(reinterpret_cast<const char*>(&x), sizeof x);
  }
  void put_text(const std::string& text) {
    put(std::uint64_t{text.size()});
    out_ += text;
  }
  std::string& out_;
};

/// Every length is checked against the bytes that are left before anything is read or allocated.
class parser {
 public:
  explicit parser(std::string_view bytes) : bytes_(bytes), at_(header_size) {}

  value parse() {
    value root = parse_value(0);
    if (at_ != bytes_.size()) throw bad_file("model file: bytes after the end of the model");
    return root;
  }

 private:
  value parse_value(int depth) {
    if (depth > max_depth) throw bad_file("model file: nested too deeply");
    if (++nodes_ > max_nodes) throw bad_file("model file: too many values");
    const auto tag = take<std::uint8_t>();
    switch (static_cast<value_type>(tag)) {
      case value_type::none:
        return {};
      case value_type::boolean:
        return value::boolean(take<std::uint8_t>() != 0);
      case value_type::integer:
        return value::integer(take<std::int64_t>());
      case value_type::real:
        return value::real(take<double>());
      case value_type::text:
        return value::text(take_text());
      case value_type::list: {
        value list = value::list();
        for (std::uint64_t left = take_count(1); left; --left)
          list.push_back(parse_value(depth + 1));
        return list;
      }
      case value_type::map: {
        value map = value::map();
        for (std::uint64_t left = take_count(9); left; --left) {
          std::string key = take_text();
          map.set(std::move(key), parse_value(depth + 1));
        }
        return map;
      }
      case value_type::array:
        return take_array();
    }
    throw bad_file("model file: unknown value type " + std::to_string(tag));
  }

  value take_array() {
    const auto code = take<std::uint8_t>();
    if (code > static_cast<std::uint8_t>(element_type::u8)) throw bad_file("model file: unknown array type " + std::to_string(code));
    const auto type = static_cast<element_type>(code);
    const auto count = take<std::uint64_t>();
    const std::size_t padding = (8 - at_ % 8) % 8;
    if (padding > left()) throw bad_file("model file: ends inside an array");
    at_ += padding;
    if (count > left() / size_of(type)) throw bad_file("model file: ends inside an array");
    const char* data = bytes_.data() + at_;
    at_ += count * size_of(type);
    return value::array(type, data, count);
  }

  std::uint64_t take_count(std::size_t smallest) {
    const auto count = take<std::uint64_t>();
    if (count > left() / smallest) throw bad_file("model file: ends inside a list");
    return count;
  }

  std::string take_text() {
    const auto size = take<std::uint64_t>();
    if (size > left()) throw bad_file("model file: ends inside a text");
    std::string text(bytes_.substr(at_, size));
    at_ += size;
    return text;
  }

  template <class T>
  T take() {
    if (sizeof(T) > left()) throw bad_file("model file: ends inside a value");
    T x;
    std::memcpy(&x, bytes_.data() + at_, sizeof x);
    at_ += sizeof x;
    return x;
  }

  std::size_t left() const { return bytes_.size() - at_; }

  std::string_view bytes_;
  std::size_t at_, nodes_ = 0;
};

using crc_tables = std::array<std::array<std::uint64_t, 256>, 8>;

inline const crc_tables& crc64_tables() {
  static const crc_tables tables = [] {
    crc_tables t{};
    for (std::uint64_t i = 0; i < 256; ++i) {
      std::uint64_t x = i;
      for (int bit = 0; bit < 8; ++bit)
        x = (x >> 1) ^ ((x & 1) ? 0xc96c5795d7870f42U : 0U);
      t[0][i] = x;
    }
    for (std::size_t k = 1; k < 8; ++k)
      for (std::size_t i = 0; i < 256; ++i)
        t[k][i] = (t[k - 1][i] >> 8) ^ t[0][t[k - 1][i] & 255];
    return t;
  }();
  return tables;
}

/// The checksum of a whole file: header and body, without the checksum's own eight bytes.
inline std::uint64_t file_checksum(std::string_view bytes) { return checksum(bytes.substr(header_size), checksum(bytes.substr(0, checksum_at))); }

}  // namespace detail

TENURE_INLINE std::size_t size_of(element_type type) {
  constexpr std::size_t sizes[] = {8, 4, 8, 4, 4, 2, 1};
  return sizes[static_cast<std::size_t>(type)];
}

TENURE_INLINE value value::boolean(bool x) {
  value v;
  v.type_ = value_type::boolean;
  v.integer_ = x;
  return v;
}
TENURE_INLINE value value::integer(std::int64_t x) {
  value v;
  v.type_ = value_type::integer;
  v.integer_ = x;
  return v;
}
TENURE_INLINE value value::real(double x) {
  value v;
  v.type_ = value_type::real;
  v.real_ = x;
  return v;
}
TENURE_INLINE value value::text(std::string x) {
  value v;
  v.type_ = value_type::text;
  v.text_ = std::move(x);
  return v;
}
TENURE_INLINE value value::list() {
  value v;
  v.type_ = value_type::list;
  return v;
}
TENURE_INLINE value value::map() {
  value v;
  v.type_ = value_type::map;
  return v;
}
TENURE_INLINE value value::array(element_type type, const void* data, std::size_t count) {
  value v;
  v.type_ = value_type::array;
  v.elements_ = type;
  v.data_ = data;
  v.count_ = count;
  return v;
}

TENURE_INLINE void value::require(value_type wanted, const std::string& where) const {
  constexpr const char* names[] = {"nothing", "a boolean", "an integer", "a number", "a text", "a list", "a map", "an array"};
  if (type_ != wanted) throw bad_file(where + ": must be " + names[static_cast<std::size_t>(wanted)] + ", is " + names[static_cast<std::size_t>(type_)]);
}
TENURE_INLINE bool value::as_boolean(const std::string& where) const {
  require(value_type::boolean, where);
  return integer_ != 0;
}
TENURE_INLINE std::int64_t value::as_integer(const std::string& where) const {
  require(value_type::integer, where);
  return integer_;
}
TENURE_INLINE double value::as_real(const std::string& where) const {
  require(value_type::real, where);
  return real_;
}
TENURE_INLINE const std::string& value::as_text(const std::string& where) const {
  require(value_type::text, where);
  return text_;
}
TENURE_INLINE const std::vector<value>& value::as_list(const std::string& where) const {
  require(value_type::list, where);
  return list_;
}
TENURE_INLINE const std::vector<value::entry>& value::as_map(const std::string& where) const {
  require(value_type::map, where);
  return map_;
}
TENURE_INLINE const void* value::as_array(element_type type, std::size_t& count, const std::string& where) const {
  require(value_type::array, where);
  if (elements_ != type) throw bad_file(where + ": array of another number type");
  count = count_;
  return data_;
}
TENURE_INLINE const value* value::find(std::string_view key) const {
  for (const auto& [name, item] : map_)
    if (name == key) return &item;
  return nullptr;
}
TENURE_INLINE const value& value::at(std::string_view key, const std::string& where) const {
  require(value_type::map, where);
  const value* found = find(key);
  if (!found) throw bad_file(where + ": field '" + std::string(key) + "' is missing");
  return *found;
}

TENURE_INLINE std::uint64_t checksum(std::string_view bytes, std::uint64_t seed) {
  const auto& t = detail::crc64_tables();
  std::uint64_t crc = ~seed;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + i, 8);
    word ^= crc;
    crc = 0;
    for (std::size_t k = 0; k < 8; ++k)
      crc ^= t[7 - k][(word >> (8 * k)) & 255];
  }
  for (; i < bytes.size(); ++i)
    crc = t[0][(crc ^ static_cast<unsigned char>(bytes[i])) & 255] ^ (crc >> 8);
  return ~crc;
}

TENURE_INLINE std::string write_file_bytes(const value& root) {
  std::string bytes(detail::header_size, '\0');
  detail::writer(bytes).write(root);
  const std::uint64_t body = bytes.size() - detail::header_size;
  std::memcpy(bytes.data(), detail::magic, sizeof detail::magic);
  std::memcpy(bytes.data() + 8, &detail::format_version, 4);
  std::memcpy(bytes.data() + 16, &body, 8);
  const std::uint64_t sum = detail::file_checksum(bytes);
  std::memcpy(bytes.data() + detail::checksum_at, &sum, 8);
  return bytes;
}

TENURE_INLINE value read_file_bytes(std::string_view bytes) {
  if (bytes.size() < detail::header_size || std::memcmp(bytes.data(), detail::magic, sizeof detail::magic) != 0) throw bad_file("not a tenure model file");
  std::uint32_t version;
  std::uint64_t body, sum;
  std::memcpy(&version, bytes.data() + 8, 4);
  std::memcpy(&body, bytes.data() + 16, 8);
  std::memcpy(&sum, bytes.data() + detail::checksum_at, 8);
  if (version != detail::format_version)
    throw bad_file("model file has format version " + std::to_string(version) + ", this library reads version " + std::to_string(detail::format_version));
  if (body != bytes.size() - detail::header_size)
    throw bad_file("model file is truncated or has bytes added: " + std::to_string(bytes.size()) + " bytes, its header says " + std::to_string(body) +
                   " after the first 32");
  if (sum != detail::file_checksum(bytes)) throw bad_file("model file is damaged: its checksum does not match");
  return detail::parser(bytes).parse();
}

TENURE_INLINE std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw bad_file("cannot open '" + path + "'");
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) throw bad_file("cannot read '" + path + "'");
  return bytes;
}

TENURE_INLINE void write_bytes(const std::string& path, std::string_view bytes) {
  static random_stream names(static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(&path)));
  const std::string partial = path + ".part" + std::to_string(names.next() % 1000000);
  {
    std::ofstream file(partial, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.flush();
    if (!file) {
      std::error_code ignored;
      std::filesystem::remove(partial, ignored);
      throw bad_file("cannot write '" + path + "'");
    }
  }
  std::error_code problem;
  std::filesystem::rename(partial, path, problem);
  if (problem) {
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    throw bad_file("cannot write '" + path + "': " + problem.message());
  }
}

}  // namespace tenure::inline TENURE_ABI::io
