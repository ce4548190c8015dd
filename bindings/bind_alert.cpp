#include "convert.hpp"
#include "tenure/alert/alarms.hpp"
#include "tenure/alert/limit.hpp"
#include "tenure/alert/stability.hpp"
#include "tenure/alert/tiers.hpp"

namespace tenure::python {

namespace {

using namespace tenure::alert;

using day_array = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;

column_view<std::int64_t> as_days(const day_array& a, const std::string& name) {
  if (a.ndim() != 1) throw invalid_input(name, "must be one-dimensional, has " + std::to_string(a.ndim()) + " dimensions");
  return {a.data(), static_cast<std::size_t>(a.shape(0))};
}

void bind_stability(py::module_& m) {
  m.def(
      "population_stability_index",
      [](const py::array& expected, const py::array& actual, const py::kwargs& options) {
        return to_python(population_stability_index(as_column(expected, "expected"), as_column(actual, "actual"), options_from<stability_options>(options)));
      },
      py::arg("expected"), py::arg("actual"));
  m.def(
      "population_stability_index_of_counts",
      [](const std::vector<double>& expected, const std::vector<double>& actual, const py::kwargs& options) {
        return to_python(population_stability_index(expected, actual, options_from<stability_options>(options)));
      },
      py::arg("expected"), py::arg("actual"));
}

void bind_limits(py::module_& m) {
  m.def(
      "fit_limit",
      [](const py::array& value, const py::array& churned, int threads, const py::kwargs& options) {
        const auto o = options_from<limit_options>(options);
        const auto v = as_column(value, "value"), y = as_column(churned, "churned");
        return to_python(run_released(threads, py::none(), [&](const execution& run) { return fit_limit(v, y, o, run); }));
      },
      py::arg("value"), py::arg("churned"), py::kw_only(), py::arg("threads") = 1);
  m.def(
      "limit_performance_of",
      [](const py::array& value, const py::array& churned, double limit, bool high, double level) {
        return to_python(limit_performance_of(as_column(value, "value"), as_column(churned, "churned"), limit, high, level));
      },
      py::arg("value"), py::arg("churned"), py::arg("limit"), py::arg("high"), py::arg("level") = 0.95);
  m.def(
      "assign_tiers",
      [](const py::array& score, const std::vector<double>& from, const std::vector<double>& capacity) {
        return to_python(assign_tiers(as_column(score, "score"), from, capacity));
      },
      py::arg("score"), py::arg("from_"), py::arg("capacity"));
}

void bind_alarms(py::module_& m) {
  m.attr("NEVER") = never;
  m.def(
      "evaluate_alarms",
      [](const day_array& customer, const day_array& day, const day_array& start, const day_array& churn, const std::optional<py::array>& value,
         const std::vector<double>& lead_shares, int threads, const py::kwargs& options) {
        const auto o = options_from<evaluation_options>(options);
        const alarm_list alarms{as_days(customer, "customer"), as_days(day, "day")};
        const watched_customers customers{as_days(start, "start"), as_days(churn, "churn"), value ? as_column(*value, "value") : numeric_column()};
        return to_python(run_released(threads, py::none(), [&](const execution& run) { return evaluate_alarms(alarms, customers, o, lead_shares, run); }));
      },
      py::arg("customer"), py::arg("day"), py::arg("start"), py::arg("churn"), py::kw_only(), py::arg("value") = py::none(), py::arg("lead_shares"),
      py::arg("threads") = 1);
}

}  // namespace

}  // namespace tenure::python

void bind_alert(pybind11::module_& parent) {
  using namespace tenure::python;
  py::module_ module = parent.def_submodule("alert", "Early warning.");
  bind_stability(module);
  bind_limits(module);
  bind_alarms(module);
}
