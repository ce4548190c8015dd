#pragma once

#include "bind_survival.hpp"
#include "tenure/survival/cox_path.hpp"

namespace tenure::python {

inline void bind_survival_path(py::module_& m) {
  using namespace tenure::survival;
  bind_struct<cox_path_model>(m, "CoxPathModel", "Elastic-net Cox models along a path of penalties.")
      .def_property_readonly("names", [](const cox_path_model& self) { return self.code.names(); })
      .def("predict", [](const cox_path_model& self, const py_table& x, std::size_t at) { return to_numpy(predict_log_hazard(self, x.view, at)); });
  m.def(
      "fit_cox_path",
      [](const py_table& x, const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight, int threads,
         const py::object& progress, const py::kwargs& options) {
        const auto o = options_from<cox_path_options>(options);
        const outcome y = as_outcome(time, event, entry, weight);
        return run_released(threads, progress, [&](const execution& run) { return fit_cox_path(x.view, y, o, run); });
      },
      py::arg("x"), py::arg("time"), py::arg("event"), py::arg("entry"), py::arg("weight"), py::kw_only(), py::arg("threads") = 1,
      py::arg("progress") = py::none());
}

}  // namespace tenure::python
