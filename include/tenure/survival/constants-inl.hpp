#pragma once

#include <limits>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace tenure::inline TENURE_ABI::survival::detail
