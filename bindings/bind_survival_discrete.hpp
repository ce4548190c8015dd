#pragma once

#include "bind_survival.hpp"
#include "tenure/survival/discrete_hazard.hpp"

namespace tenure::python {

inline void bind_survival_discrete(py::module_& m) {
  using namespace tenure::survival;
  bind_struct<discrete_hazard_model>(m, "DiscreteHazardModel", "A fitted discrete-time hazard.")
      .def_property_readonly("names", [](const discrete_hazard_model& self) { return self.names(); })
      .def("predict_hazard",
           [](const discrete_hazard_model& self, const py_table& x, const double_array& periods, int threads) {
             const auto at = as_doubles(periods, "periods");
             return to_numpy(run_released(threads, py::none(), [&](const execution& run) { return predict_hazard(self, x.view, at, run); }));
           })
      .def("predict_survival", [](const discrete_hazard_model& self, const py_table& x, const double_array& times, const optional_array& given, int threads) {
        const auto at = as_doubles(times, "times");
        const numeric_column g = as_optional_column(given, "given");
        return to_numpy(run_released(threads, py::none(), [&](const execution& run) { return predict_survival(self, x.view, at, g, run); }));
      });
  m.def(
      "fit_discrete_hazard",
      [](const py_table& x, const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight, int threads,
         const py::object& progress, const py::kwargs& options) {
        const auto o = options_from<discrete_hazard_options>(options);
        const outcome y = as_outcome(time, event, entry, weight);
        return run_released(threads, progress, [&](const execution& run) { return fit_discrete_hazard(x.view, y, o, run); });
      },
      py::arg("x"), py::arg("time"), py::arg("event"), py::arg("entry"), py::arg("weight"), py::kw_only(), py::arg("threads") = 1,
      py::arg("progress") = py::none());
}

}  // namespace tenure::python
