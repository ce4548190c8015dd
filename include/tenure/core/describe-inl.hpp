#pragma once

#include "tenure/core/describe.hpp"

namespace tenure::inline TENURE_ABI {

TENURE_INLINE std::string bounds::rule() const {
  constexpr double inf = std::numeric_limits<double>::infinity();
  if (low == -inf && high == inf) return "must be a number";
  if (high == inf) return (low_open ? "must be > " : "must be >= ") + format_number(low);
  if (low == -inf) return (high_open ? "must be < " : "must be <= ") + format_number(high);
  return std::string("must be in ") + (low_open ? "(" : "[") + format_number(low) + ", " + format_number(high) + (high_open ? ")" : "]");
}

}  // namespace tenure::inline TENURE_ABI
