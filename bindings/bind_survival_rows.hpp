#pragma once

#include "bind_survival.hpp"
#include "tenure/survival/episodes.hpp"
#include "tenure/survival/rmst.hpp"

namespace tenure::python {

inline void bind_survival_rows(py::module_& m) {
  using namespace tenure::survival;
  m.def(
      "compare_restricted_means",
      [](const survival_curves& model, double tau, std::size_t reference) {
        if (model.hazard) throw invalid_input("curves", "must be Kaplan-Meier curves");
        const auto found = compare_restricted_means(model.curves, tau, reference);
        auto out = py::dict(to_python(found));
        py::list means, contrasts;
        for (const auto& mean : found.mean)
          means.append(py::make_tuple(mean.value, mean.std_error));
        for (const auto& c : found.contrasts)
          contrasts.append(
              py::make_tuple(c.group, c.difference, c.difference_std_error, c.difference_p_value, c.ratio, c.log_ratio_std_error, c.ratio_p_value));
        out["mean"] = means;
        out["contrasts"] = contrasts;
        return out;
      },
      py::arg("curves"), py::arg("tau"), py::arg("reference") = 0);
  m.def("common_horizon", [](const survival_curves& model) { return common_horizon(model.curves); }, py::arg("curves"));
  py::class_<episodes>(m, "Episodes", "Customers cut where something about them changed.")
      .def_property_readonly("customer", [](const episodes& self) { return to_numpy(std::vector<std::uint32_t>(self.customer)); })
      .def_property_readonly("start", [](const episodes& self) { return to_numpy(std::vector<double>(self.start)); })
      .def_property_readonly("stop", [](const episodes& self) { return to_numpy(std::vector<double>(self.stop)); })
      .def_property_readonly("event", [](const episodes& self) { return to_numpy(std::vector<std::uint8_t>(self.event)); })
      .def(
          "carry_forward",
          [](const episodes& self, const py::array_t<std::uint8_t, py::array::c_style | py::array::forcecast>& present) {
            return to_numpy(carry_forward(self, {present.data(), static_cast<std::size_t>(present.size())}));
          },
          py::arg("present"), "For each row the last change in force that is present, or -1.");
  m.def(
      "split_episodes",
      [](const py::array& time, const py::array& event, const optional_array& entry, const py::array& customer, const py::array& at) {
        return split_episodes(as_outcome(time, event, entry, {}), as_column(customer, "customer"), as_column(at, "time of change"));
      },
      py::arg("time"), py::arg("event"), py::arg("entry"), py::arg("customer"), py::arg("at"));
}

}  // namespace tenure::python
