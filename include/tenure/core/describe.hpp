#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "tenure/core/error.hpp"

namespace tenure::inline TENURE_ABI {

// Described fields. An options or model struct lists its fields once, in a static member
//
//     template <class Self, class Visit>
//     static void describe(Self& self, Visit&& visit) {
//       visit("l2", self.l2, at_least(0.0), "ridge penalty on the mean loss");
//       visit("ties", self.ties, "how tied event times are handled");
//     }
//
// and validation, Python keyword arguments, Python attributes and the model file all walk that list. `bounds` stand on numbers
// only. An enum names its values by specialising `enum_names`.

/// The interval a number must lie in; NaN never does.
struct bounds {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;
  bool high_open = false;

  constexpr bool contains(double x) const { return (low_open ? x > low : x >= low) && (high_open ? x < high : x <= high); }
  std::string rule() const;
};

constexpr bounds at_least(double low) { return {.low = low}; }
constexpr bounds more_than(double low) { return {.low = low, .low_open = true}; }
constexpr bounds between(double low, double high) { return {.low = low, .high = high}; }
constexpr bounds strictly_between(double low, double high) { return {.low = low, .high = high, .low_open = true, .high_open = true}; }
constexpr bounds any_number() { return {}; }

/// The names of an enum's values 0, 1, ...: specialise with `static constexpr const char* values[] = {...}`.
template <class E>
struct enum_names;

template <class E>
const char* name_of(E value) {
  return enum_names<E>::values[static_cast<std::size_t>(value)];
}

template <class E>
std::string enum_choices() {
  std::string text;
  for (const char* name : enum_names<E>::values)
    text += (text.empty() ? "'" : ", '") + std::string(name) + "'";
  return text;
}

template <class E>
E enum_from_name(const std::string& argument, const std::string& name) {
  std::size_t index = 0;
  for (const char* candidate : enum_names<E>::values) {
    if (name == candidate) return static_cast<E>(index);
    ++index;
  }
  throw invalid_input(argument, "is '" + name + "', must be one of " + enum_choices<E>());
}

template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};

namespace detail {
struct null_visitor {
  template <class... Args>
  void operator()(Args&&...) const {}
};
struct bounds_checker {
  template <class T>
  void operator()(const char*, const T&, const char*) const {}
  void operator()(const char* name, double value, bounds range, const char*) const {
    if (!range.contains(value)) throw invalid_input(name, range.rule(), value);
  }
};
}  // namespace detail

template <class T>
concept described = requires(T& value, detail::null_visitor visit) { std::remove_const_t<T>::describe(value, visit); };

/// Throws invalid_input for the first described number of `options` outside its bounds.
template <described Options>
void validate(const Options& options) {
  Options::describe(options, detail::bounds_checker{});
}

}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/core/describe-inl.hpp"
#endif
