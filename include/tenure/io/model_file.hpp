#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"
#include "tenure/io/value.hpp"

namespace tenure::inline TENURE_ABI::io {

/// What can be kept in a model file: a described struct with a kind ("learn.logistic") and a version of its field list. `check()`, where
/// there is one, is run after reading and throws bad_file when fields contradict each other: a model that came out of a file can be used
/// without further care.
template <class M>
concept storable = described<M> && requires {
  { M::kind } -> std::convertible_to<const char*>;
  { M::version } -> std::convertible_to<int>;
};

namespace detail {

template <class T>
inline constexpr bool is_flat = false;
template <class T>
inline constexpr element_type element_of = element_type::f64;
#define TENURE_FLAT(T, E)                  \
  template <>                              \
  inline constexpr bool is_flat<T> = true; \
  template <>                              \
  inline constexpr element_type element_of<T> = element_type::E;
TENURE_FLAT(double, f64)
TENURE_FLAT(float, f32)
TENURE_FLAT(std::int64_t, i64)
TENURE_FLAT(std::int32_t, i32)
TENURE_FLAT(std::uint32_t, u32)
TENURE_FLAT(std::uint16_t, u16)
TENURE_FLAT(std::uint8_t, u8)
#undef TENURE_FLAT

template <class T>
value to_value(const T& x);

struct field_writer {
  value& map;
  template <class T>
  void operator()(const char* name, const T& field, const char*) const {
    map.set(name, to_value(field));
  }
  template <class T>
  void operator()(const char* name, const T& field, bounds, const char*) const {
    map.set(name, to_value(field));
  }
};

template <class T>
value to_value(const T& x) {
  if constexpr (std::is_same_v<T, bool>) {
    return value::boolean(x);
  } else if constexpr (std::is_enum_v<T>) {
    return value::text(name_of(x));
  } else if constexpr (std::is_integral_v<T>) {
    return value::integer(static_cast<std::int64_t>(x));
  } else if constexpr (std::is_floating_point_v<T>) {
    return value::real(x);
  } else if constexpr (std::is_convertible_v<T, std::string>) {
    return value::text(x);
  } else if constexpr (std::is_same_v<T, matrix>) {
    value map = value::map();
    map.set("rows", value::integer(static_cast<std::int64_t>(x.rows())));
    map.set("values", to_value(x.values()));
    map.set("cols", value::integer(static_cast<std::int64_t>(x.cols())));
    return map;
  } else if constexpr (is_vector<T>::value) {
    if constexpr (is_flat<typename T::value_type>) {
      return value::array(element_of<typename T::value_type>, x.data(), x.size());
    } else {
      value list = value::list();
      for (const auto& item : x)
        list.push_back(to_value(item));
      return list;
    }
  } else {
    value map = value::map();
    T::describe(x, field_writer{map});
    return map;
  }
}

template <class T>
void from_value(const value& from, T& x, const std::string& where);

struct field_reader {
  const value& map;
  const std::string& where;
  template <class T>
  void operator()(const char* name, T& field, const char*) const {
    const std::string path = where + "." + name;
    from_value(map.at(name, where), field, path);
  }
  template <class T>
  void operator()(const char* name, T& field, bounds range, const char* meaning) const {
    (*this)(name, field, meaning);
    if (!range.contains(static_cast<double>(field)))
      throw bad_file(where + "." + name + " " + range.rule() + ", is " + format_number(static_cast<double>(field)));
  }
};

template <class T>
void from_value(const value& from, T& x, const std::string& where) {
  if constexpr (std::is_same_v<T, bool>) {
    x = from.as_boolean(where);
  } else if constexpr (std::is_enum_v<T>) {
    const std::string& name = from.as_text(where);
    try {
      x = enum_from_name<T>(where, name);
    } catch (const invalid_input& reason) {
      throw bad_file(reason.what());
    }
  } else if constexpr (std::is_integral_v<T>) {
    const std::int64_t whole = from.as_integer(where);
    if (!std::in_range<T>(whole)) throw bad_file(where + ": integer out of range");
    x = static_cast<T>(whole);
  } else if constexpr (std::is_floating_point_v<T>) {
    x = static_cast<T>(from.as_real(where));
  } else if constexpr (std::is_convertible_v<T, std::string>) {
    x = from.as_text(where);
  } else if constexpr (std::is_same_v<T, matrix>) {
    std::size_t rows = 0, cols = 0;
    std::vector<double> values;
    from_value(from.at("rows", where), rows, where + ".rows");
    from_value(from.at("cols", where), cols, where + ".cols");
    from_value(from.at("values", where), values, where + ".values");
    if (cols ? rows > values.size() / cols || rows * cols != values.size() : !values.empty()) throw bad_file(where + ": matrix has the wrong number of values");
    x = matrix(rows, cols, std::move(values));
  } else if constexpr (is_vector<T>::value) {
    using item = typename T::value_type;
    if constexpr (is_flat<item>) {
      std::size_t count = 0;
      const void* data = from.as_array(element_of<item>, count, where);
      x.resize(count);
      if (count) std::memcpy(x.data(), data, count * sizeof(item));
    } else {
      x.clear();
      for (const value& each : from.as_list(where)) {
        x.emplace_back();
        from_value(each, x.back(), where + "[" + std::to_string(x.size() - 1) + "]");
      }
    }
  } else {
    T::describe(x, field_reader{from, where});
    if constexpr (requires { x.check(); }) x.check();
  }
}

}  // namespace detail

/// The bytes of a model file. `notes` (a map, optional) travels along under "notes"; C++ does not read it.
template <storable M>
std::string to_bytes(const M& model, const value& notes = {}) {
  value root = value::map();
  root.set("kind", value::text(M::kind));
  root.set("version", value::integer(M::version));
  root.set("library", value::text(TENURE_VERSION));
  root.set("model", detail::to_value(model));
  root.set("notes", notes);
  return write_file_bytes(root);
}

/// Reads a model from the bytes of a file; throws bad_file when they are damaged, hold another kind of model or a newer version of it.
template <storable M>
M from_bytes(std::string_view bytes) {
  const value root = read_file_bytes(bytes);
  const std::string& kind = root.at("kind", "model file").as_text("kind");
  if (kind != M::kind) throw bad_file("model file holds a '" + kind + "', not a '" + M::kind + "'");
  const auto version = root.at("version", "model file").as_integer("version");
  if (version != M::version)
    throw bad_file("model file holds version " + std::to_string(version) + " of '" + kind + "', this library reads version " + std::to_string(M::version));
  M model;
  detail::from_value(root.at("model", "model file"), model, kind);
  return model;
}

template <storable M>
void save(const M& model, const std::string& path) {
  write_bytes(path, to_bytes(model));
}

template <storable M>
M load(const std::string& path) {
  return from_bytes<M>(read_bytes(path));
}

}  // namespace tenure::inline TENURE_ABI::io
