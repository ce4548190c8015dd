#pragma once

#include "bind_survival.hpp"
#include "tenure/survival/cox_sparse.hpp"
#include "tenure/survival/cox_statistic.hpp"

namespace tenure::python {

template <class Statistic>
void bind_chunks(py::class_<Statistic>& type) {
  type.def(
          "add",
          [](Statistic& self, const py_table& x, const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight,
             const optional_array& strata, const optional_array& offset) {
            const survival::outcome y = as_outcome(time, event, entry, weight);
            const survival::cox_columns columns{as_optional_column(strata, "strata"), {}, as_optional_column(offset, "offset")};
            self.add(x.view, y, columns);
          },
          py::arg("x"), py::arg("time"), py::arg("event"), py::arg("entry") = py::none(), py::arg("weight") = py::none(), py::arg("strata") = py::none(),
          py::arg("offset") = py::none())
      .def("merge", &Statistic::merge, py::arg("other"));
}

inline void bind_survival_statistic(py::module_& m) {
  using namespace tenure::survival;
  bind_struct<cox_risk_sets>(m, "CoxRiskSets", "Risk sets of all chunks at given coefficients: log likelihood, gradient, hazard.");
  auto sums = bind_struct<cox_sums>(m, "CoxSums", "First pass of a Cox model's Newton step over chunks of rows.");
  sums.def(py::init([](const py_table& x, const std::vector<double>& coef, const std::vector<double>& center) {
             return cox_sums(encoding::of(x.view), coef, center);
           }),
           py::arg("x"), py::arg("coef"), py::arg("center") = std::vector<double>{}, "For tables with the columns of `x`.")
      .def(
          "finish", [](const cox_sums& self, const std::string& method) { return self.finish(enum_from_name<ties>("ties", method)); },
          py::arg("ties") = "efron");
  bind_chunks(sums);
  auto information = bind_struct<cox_information>(m, "CoxInformation", "Second pass: minus the Hessian.");
  information.def(py::init<cox_risk_sets>(), py::arg("risk_sets")).def("finish", [](const cox_information& self) { return to_numpy(self.finish()); });
  bind_chunks(information);
  m.def(
      "fit_sparse_cox",
      [](const py_table& x, const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight,
         const optional_array& strata, const optional_array& cluster, const optional_array& offset, int threads, const py::object& progress,
         const py::kwargs& options) {
        const auto o = options_from<sparse_cox_options>(options);
        const outcome y = as_outcome(time, event, entry, weight);
        const cox_columns columns{as_optional_column(strata, "strata"), as_optional_column(cluster, "cluster"), as_optional_column(offset, "offset")};
        return run_released(threads, progress, [&](const execution& run) { return fit_sparse_cox(x.view, y, o, columns, run); });
      },
      py::arg("x"), py::arg("time"), py::arg("event"), py::arg("entry"), py::arg("weight"), py::arg("strata") = py::none(), py::arg("cluster") = py::none(),
      py::arg("offset") = py::none(), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
}

}  // namespace tenure::python
