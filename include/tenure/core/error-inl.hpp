#pragma once

#include <charconv>
#include <cmath>

#include "tenure/core/error.hpp"

namespace tenure::inline TENURE_ABI {

TENURE_INLINE std::string format_number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}

TENURE_INLINE invalid_input::invalid_input(const std::string& argument, const std::string& rule) : error(argument + ": " + rule), argument_(argument) {}

TENURE_INLINE invalid_input::invalid_input(const std::string& argument, const std::string& rule, double value)
    : error(argument + " = " + format_number(value) + ": " + rule), argument_(argument) {}

TENURE_INLINE invalid_input::invalid_input(const std::string& argument, const std::string& rule, double value, std::size_t row)
    : error(argument + " = " + format_number(value) + " in row " + std::to_string(row) + ": " + rule), argument_(argument) {}

}  // namespace tenure::inline TENURE_ABI
