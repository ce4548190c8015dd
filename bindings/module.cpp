#include <pybind11/pybind11.h>

#include "families.hpp"
#include "tenure/config.hpp"
#include "tenure/core/error.hpp"

namespace py = pybind11;

namespace {

/// The C++ errors as Python classes below the built-in ones that callers already catch.
void register_errors(py::module_& module) {
  static py::handle invalid, unsupported, file, numeric, stopped;
  const auto add = [&](const char* name, PyObject* base, const char* doc) {
    const std::string qualified = std::string("tenure.") + name;
    py::object type = py::reinterpret_steal<py::object>(PyErr_NewExceptionWithDoc(qualified.c_str(), doc, base, nullptr));
    module.attr(name) = type;
    return type.release();
  };
  invalid = add("InvalidInput", PyExc_ValueError, "An argument breaks a rule; the message names the argument, the value, the row and the rule.");
  unsupported = add("NotSupported", PyExc_TypeError, "The request is meaningful but not done here; the message says why.");
  file = add("BadFile", PyExc_OSError, "A model file is damaged, truncated, or from a newer version.");
  numeric = add("NumericFailure", PyExc_ArithmeticError, "A computation cannot be completed; the message names the cause.");
  stopped = add("Cancelled", PyExc_RuntimeError, "A progress callback asked to stop.");
  py::register_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const tenure::cancelled& e) {
      if (!PyErr_Occurred()) PyErr_SetString(stopped.ptr(), e.what());  // otherwise Ctrl-C or the callback's own error is set already
    } catch (const tenure::invalid_input& e) {
      PyErr_SetString(invalid.ptr(), e.what());
    } catch (const tenure::not_supported& e) {
      PyErr_SetString(unsupported.ptr(), e.what());
    } catch (const tenure::bad_file& e) {
      PyErr_SetString(file.ptr(), e.what());
    } catch (const tenure::numeric_failure& e) {
      PyErr_SetString(numeric.ptr(), e.what());
    }
  });
}

}  // namespace

PYBIND11_MODULE(_core, module) {
  module.doc() = "The C++ engine of tenure.";
  module.attr("__version__") = TENURE_VERSION;
  register_errors(module);
  bind_families(module);
}
