#pragma once

#include "bind_survival.hpp"
#include "tenure/survival/turnbull.hpp"

namespace tenure::python {

inline void bind_survival_turnbull(py::module_& m) {
  using namespace tenure::survival;
  bind_struct<turnbull_curves>(m, "TurnbullCurves", "Curves of several groups from times known only to lie in intervals.")
      .def(
          "curve", [](const turnbull_curves& self, std::size_t group) { return to_python(self.curves.at(group)); }, py::arg("group"))
      .def(
          "predict",
          [](const turnbull_curves& self, std::size_t group, const double_array& times) {
            return to_numpy(survival_at(self.curves.at(group), as_doubles(times, "times")));
          },
          py::arg("group"), py::arg("times"))
      .def(
          "quantile",
          [](const turnbull_curves& self, std::size_t group, double p) {
            const auto found = survival_quantile(self.curves.at(group), p);
            return py::make_tuple(found.lower, found.upper);
          },
          py::arg("group"), py::arg("p"), "(lower, upper), infinite where not reached.");
  m.def(
      "fit_turnbull",
      [](const py::array& lower, const py::array& upper, const optional_array& weight, const optional_array& group, const std::vector<std::string>& groups,
         const py::object& progress, const py::kwargs& options) {
        const auto o = options_from<turnbull_options>(options);
        const interval_outcome y{as_column(lower, "lower"), as_column(upper, "upper"), {}, as_optional_column(weight, "sample_weight")};
        const numeric_column g = as_optional_column(group, "by");
        return run_released(1, progress, [&](const execution& run) { return fit_turnbull(y, g, groups, o, run); });
      },
      py::arg("lower"), py::arg("upper"), py::arg("weight") = py::none(), py::arg("group") = py::none(), py::arg("groups") = std::vector<std::string>{"all"},
      py::kw_only(), py::arg("progress") = py::none());
}

}  // namespace tenure::python
