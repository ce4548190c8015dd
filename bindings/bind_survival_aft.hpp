#pragma once

#include "bind_survival.hpp"
#include "tenure/survival/aft.hpp"

namespace tenure::python {

inline void bind_survival_aft(py::module_& m) {
  using namespace tenure::survival;
  bind_struct<aft_model>(m, "AFTModel", "A fitted accelerated-failure-time model.")
      .def_property_readonly("names", [](const aft_model& self) { return self.code.names(); })
      .def(
          "predict",
          [](const aft_model& self, const py_table& x, int threads) {
            return to_numpy(run_released(threads, py::none(), [&](const execution& run) { return predict_location(self, x.view, run); }));
          },
          py::arg("x"), py::arg("threads") = 1)
      .def("predict_survival",
           [](const aft_model& self, const py_table& x, const double_array& times, const optional_array& strata, const optional_array& given, int threads) {
             const auto at = as_doubles(times, "times");
             const numeric_column s = as_optional_column(strata, "strata"), g = as_optional_column(given, "given");
             return to_numpy(run_released(threads, py::none(), [&](const execution& run) { return predict_survival(self, x.view, at, s, g, run); }));
           })
      .def("predict_quantile",
           [](const aft_model& self, const py_table& x, const double_array& p, const optional_array& strata) {
             const auto found = predict_quantile(self, x.view, as_doubles(p, "p"), as_optional_column(strata, "strata"));
             return py::make_tuple(to_numpy(found.time), to_numpy(found.std_error));
           })
      .def("deviance_residuals", [](const aft_model& self, const py_table& x, const py::array& lower, const py::array& upper, const optional_array& strata) {
        return to_numpy(aft_deviance_residuals(self, x.view, {as_column(lower, "lower"), as_column(upper, "upper")}, as_optional_column(strata, "strata")));
      });
  m.def(
      "fit_aft",
      [](const py_table& x, const py::array& lower, const py::array& upper, const optional_array& entry, const optional_array& weight,
         const optional_array& strata, const optional_array& cluster, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = options_from<aft_options>(options);
        const interval_outcome y{as_column(lower, "lower"), as_column(upper, "upper"), as_optional_column(entry, "entry"),
                                 as_optional_column(weight, "sample_weight")};
        const cox_columns columns{as_optional_column(strata, "strata"), as_optional_column(cluster, "cluster"), {}};
        return run_released(threads, progress, [&](const execution& run) { return fit_aft(x.view, y, o, columns, run); });
      },
      py::arg("x"), py::arg("lower"), py::arg("upper"), py::arg("entry"), py::arg("weight"), py::arg("strata") = py::none(), py::arg("cluster") = py::none(),
      py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
}

}  // namespace tenure::python
