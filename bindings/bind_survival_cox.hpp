#pragma once

#include "bind_survival.hpp"
#include "tenure/survival/concordance.hpp"
#include "tenure/survival/cox.hpp"
#include "tenure/survival/cox_residuals.hpp"
#include "tenure/survival/scores.hpp"

namespace tenure::python {

using namespace tenure::survival;

inline cox_columns as_columns(const optional_array& strata, const optional_array& cluster, const optional_array& offset) {
  return {as_optional_column(strata, "strata"), as_optional_column(cluster, "cluster"), as_optional_column(offset, "offset")};
}

inline void bind_cox_model(py::module_& m) {
  bind_struct<cox_model>(m, "CoxModel", "A fitted proportional-hazards model.")
      .def_property_readonly("names", [](const cox_model& self) { return self.code.names(); })
      .def_property_readonly("baseline_at_zero", [](const cox_model& self) { return baseline_at_zero(self); })
      .def(
          "predict",
          [](const cox_model& self, const py_table& x, int threads) {
            return to_numpy(run_released(threads, py::none(), [&](const execution& run) { return predict_log_hazard(self, x.view, run); }));
          },
          py::arg("x"), py::arg("threads") = 1)
      .def(
          "log_hazard_effects", [](const cox_model& self, const py_table& x) { return to_numpy(log_hazard_effects(self, x.view)); }, py::arg("x"),
          "What every column adds to the log hazard, rows x columns.")
      .def(
          "predict_survival",
          [](const cox_model& self, const py_table& x, const double_array& times, const optional_array& strata, const optional_array& given, int threads) {
            const auto at = as_doubles(times, "times");
            const numeric_column s = as_optional_column(strata, "strata"), g = as_optional_column(given, "given");
            return to_numpy(run_released(threads, py::none(), [&](const execution& run) { return predict_survival(self, x.view, at, s, g, run); }));
          },
          py::arg("x"), py::arg("times"), py::arg("strata") = py::none(), py::arg("given") = py::none(), py::arg("threads") = 1);
  m.def(
      "fit_cox",
      [](const py_table& x, const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight,
         const optional_array& strata, const optional_array& cluster, const optional_array& offset, int threads, const py::object& progress,
         const py::kwargs& options) {
        const auto o = options_from<cox_options>(options);
        const outcome y = as_outcome(time, event, entry, weight);
        const cox_columns columns = as_columns(strata, cluster, offset);
        return run_released(threads, progress, [&](const execution& run) { return fit_cox(x.view, y, o, columns, run); });
      },
      py::arg("x"), py::arg("time"), py::arg("event"), py::arg("entry"), py::arg("weight"), py::arg("strata") = py::none(), py::arg("cluster") = py::none(),
      py::arg("offset") = py::none(), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
}

inline void bind_cox_checks(py::module_& m) {
  m.def("cox_residuals",
        [](const cox_model& model, const py_table& x, const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight,
           const optional_array& strata, const optional_array& cluster, const optional_array& offset, const std::string& kind, int threads) {
          const outcome y = as_outcome(time, event, entry, weight);
          const cox_columns columns = as_columns(strata, cluster, offset);
          const residual wanted = enum_from_name<residual>("kind", kind);
          const auto found = run_released(threads, py::none(), [&](const execution& run) { return cox_residuals(model, x.view, y, wanted, columns, run); });
          return py::make_tuple(to_numpy(found.values), to_numpy(std::vector<std::int64_t>(found.row.begin(), found.row.end())), to_numpy(found.time));
        });
  m.def("test_proportional_hazards",
        [](const cox_model& model, const py_table& x, const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight,
           const optional_array& strata, const optional_array& cluster, const optional_array& offset, const std::string& transform, int threads) {
          const outcome y = as_outcome(time, event, entry, weight);
          const cox_columns columns = as_columns(strata, cluster, offset);
          const time_transform wanted = enum_from_name<time_transform>("transform", transform);
          return to_python(
              run_released(threads, py::none(), [&](const execution& run) { return test_proportional_hazards(model, x.view, y, wanted, columns, run); }));
        });
  m.def("survival_std_error", [](const cox_model& model, const py_table& x, const py::array& time, const py::array& event, const optional_array& entry,
                                 const optional_array& weight, const optional_array& strata, const optional_array& cluster, const optional_array& offset,
                                 const py_table& x_new, const double_array& times, const optional_array& strata_new, int threads) {
    const outcome y = as_outcome(time, event, entry, weight);
    const cox_columns columns = as_columns(strata, cluster, offset);
    const auto at = as_doubles(times, "times");
    const numeric_column s = as_optional_column(strata_new, "strata");
    return to_numpy(
        run_released(threads, py::none(), [&](const execution& run) { return survival_std_error(model, x.view, y, x_new.view, at, columns, s, run); }));
  });
}

inline void bind_scores(py::module_& m) {
  m.def("concordance_index", [](const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight, const py::array& risk,
                                const optional_array& strata, bool std_error, int threads) {
    const outcome y = as_outcome(time, event, entry, weight);
    const numeric_column r = as_column(risk, "risk"), s = as_optional_column(strata, "strata");
    return to_python(run_released(threads, py::none(), [&](const execution& run) { return concordance_index(y, r, s, std_error, run); }));
  });
  using pair = std::pair<py::array, py::array>;
  const auto view = [](const pair& y, const char* time, const char* event) { return outcome{as_column(y.first, time), as_column(y.second, event)}; };
  m.def("uno_concordance", [view](const pair& training, const pair& y, const py::array& risk, double tau) {
    return to_python(uno_concordance(view(training, "training time", "training event"), view(y, "time", "event"), as_column(risk, "risk"), tau));
  });
  m.def("brier_score", [view](const pair& training, const pair& y, const double_array& survival, const double_array& times) {
    return to_numpy(
        brier_score(view(training, "training time", "training event"), view(y, "time", "event"), as_matrix(survival, "survival"), as_doubles(times, "times")));
  });
  m.def("integrated_brier_score", [view](const pair& training, const pair& y, const double_array& survival, const double_array& times) {
    return integrated_brier_score(view(training, "training time", "training event"), view(y, "time", "event"), as_matrix(survival, "survival"),
                                  as_doubles(times, "times"));
  });
  m.def("dynamic_auc", [view](const pair& training, const pair& y, const py::array& risk, const double_array& times) {
    auto found = dynamic_auc(view(training, "training time", "training event"), view(y, "time", "event"), as_column(risk, "risk"), as_doubles(times, "times"));
    return py::make_tuple(to_numpy(std::move(found.auc)), found.mean);
  });
  m.def("calibration_at", [view](const pair& y, const py::array& survival, double time, int bins) {
    std::vector<double> n, predicted, observed, std_error;
    for (const auto& b : calibration_at(view(y, "time", "event"), as_column(survival, "survival"), time, bins)) {
      n.push_back(b.n);
      predicted.push_back(b.predicted);
      observed.push_back(b.observed);
      std_error.push_back(b.std_error);
    }
    return py::make_tuple(to_numpy(n), to_numpy(predicted), to_numpy(observed), to_numpy(std_error));
  });
}

inline void bind_survival_cox(py::module_& m) {
  bind_cox_model(m);
  bind_cox_checks(m);
  bind_scores(m);
}

}  // namespace tenure::python
