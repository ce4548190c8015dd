#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI {

/// Base of everything the library throws.
class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An argument breaks a rule. The message names the argument, the value, the row (counted from 0) and the rule.
class invalid_input : public error {
 public:
  invalid_input(const std::string& argument, const std::string& rule);
  invalid_input(const std::string& argument, const std::string& rule, double value);
  invalid_input(const std::string& argument, const std::string& rule, double value, std::size_t row);

  const std::string& argument() const noexcept { return argument_; }

 private:
  std::string argument_;
};

/// The request is meaningful but this library does not do it; the message says why and what does.
class not_supported : public error {
 public:
  using error::error;
};

/// A model file is damaged, truncated, too large, or from a newer major version.
class bad_file : public error {
 public:
  using error::error;
};

/// A computation cannot be completed (singular matrix, overflow); the message names the cause.
class numeric_failure : public error {
 public:
  using error::error;
};

/// A progress callback asked to stop.
class cancelled : public error {
 public:
  cancelled() : error("cancelled by the caller") {}
};

/// Shortest decimal text that reads back as `value`; "nan" and "inf" as such.
std::string format_number(double value);

}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/core/error-inl.hpp"
#endif
