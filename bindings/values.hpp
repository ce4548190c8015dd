#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <deque>

#include "tenure/io/value.hpp"

namespace tenure::python {

namespace py = pybind11;

/// Python data (None, bool, int, float, str, list, tuple, dict, numeric arrays) into the tree of a model file. Arrays are viewed, so the
/// keeper must outlive the result.
class note_keeper {
 public:
  io::value convert(py::handle x);

 private:
  std::deque<py::array> arrays_;
};

/// The way back; arrays are copied.
py::object value_to_python(const io::value& x);

}  // namespace tenure::python
