#pragma once

#include "bind_survival.hpp"
#include "tenure/survival/competing.hpp"
#include "tenure/survival/life_table.hpp"

namespace tenure::python {

inline void bind_survival_competing(py::module_& m) {
  using namespace tenure::survival;
  bind_struct<aalen_johansen_model>(m, "AalenJohansenModel", "Cumulative incidence of several groups.")
      .def(
          "curve", [](const aalen_johansen_model& self, std::size_t group) { return to_python(self.curves.at(group)); }, py::arg("group"))
      .def(
          "mean_time",
          [](const aalen_johansen_model& self, std::size_t group, double tau, double start) {
            return to_numpy(mean_time_in_state(self.curves.at(group), tau, start));
          },
          py::arg("group"), py::arg("tau"), py::arg("start"));
  m.def("fit_aalen_johansen", [](const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight,
                                 const optional_array& group, const std::vector<std::string>& groups, int causes, double level, const std::string& variance) {
    const outcome y = as_outcome(time, event, entry, weight);
    const auto kind = enum_from_name<incidence_variance>("variance", variance);
    const numeric_column g = as_optional_column(group, "by");
    return run_released(1, py::none(), [&](const execution& run) { return fit_aalen_johansen(y, causes, g, groups, level, kind, run); });
  });
  m.def("gray_test", [](const py::array& time, const py::array& event, const py::array& group, std::size_t groups, int causes, int cause) {
    event_counts counts(groups, causes);
    counts.add(as_outcome(time, event, {}, {}), as_column(group, "group"));
    const auto found = gray_test(counts.finish(), cause);
    return py::make_tuple(found.statistic, found.dof, found.p_value);
  });
  bind_struct<fine_gray_model>(m, "FineGrayModel", "A fitted subdistribution-hazards model.")
      .def_property_readonly("names", [](const fine_gray_model& self) { return self.code.names(); })
      .def("predict", [](const fine_gray_model& self, const py_table& x) { return to_numpy(predict_log_hazard(self, x.view)); })
      .def("predict_incidence", [](const fine_gray_model& self, const py_table& x, const double_array& times, int threads) {
        const auto at = as_doubles(times, "times");
        return to_numpy(run_released(threads, py::none(), [&](const execution& run) { return predict_incidence(self, x.view, at, run); }));
      });
  m.def(
      "fit_fine_gray",
      [](const py_table& x, const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight, int threads,
         const py::object& progress, const py::kwargs& options) {
        const auto o = options_from<fine_gray_options>(options);
        const outcome y = as_outcome(time, event, entry, weight);
        return run_released(threads, progress, [&](const execution& run) { return fit_fine_gray(x.view, y, o, run); });
      },
      py::arg("x"), py::arg("time"), py::arg("event"), py::arg("entry"), py::arg("weight"), py::kw_only(), py::arg("threads") = 1,
      py::arg("progress") = py::none());
  bind_struct<life_tables>(m, "LifeTables", "Life tables of several groups.").def("table", [](const life_tables& self, std::size_t group) {
    return to_python(self.tables.at(group));
  });
  m.def("fit_life_table", [](const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight,
                             const optional_array& group, const std::vector<std::string>& groups, const std::vector<double>& breaks) {
    return fit_life_table(as_outcome(time, event, entry, weight), as_optional_column(group, "by"), groups, breaks);
  });
}

}  // namespace tenure::python
