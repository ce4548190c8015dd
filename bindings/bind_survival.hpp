#pragma once

#include <optional>

#include "convert.hpp"
#include "tenure/survival/outcome.hpp"

namespace tenure::python {

using optional_array = std::optional<py::array>;

inline numeric_column as_optional_column(const optional_array& a, const char* name) { return a ? as_column(*a, name) : numeric_column(); }

/// The arrays of an outcome, kept alive beside the view of them.
inline survival::outcome as_outcome(const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight) {
  return {as_column(time, "time"), as_column(event, "event"), as_optional_column(entry, "entry"), as_optional_column(weight, "sample_weight")};
}

}  // namespace tenure::python
