#include "bind_survival.hpp"
#include "bind_survival_aft.hpp"
#include "bind_survival_competing.hpp"
#include "bind_survival_cox.hpp"
#include "bind_survival_discrete.hpp"
#include "bind_survival_path.hpp"
#include "bind_survival_rows.hpp"
#include "bind_survival_statistic.hpp"
#include "bind_survival_turnbull.hpp"
#include "tenure/numeric/distributions.hpp"
#include "tenure/survival/curve.hpp"
#include "tenure/survival/event_counts.hpp"
#include "tenure/survival/log_rank.hpp"

namespace tenure::python {
namespace {

using namespace tenure::survival;

py::tuple limits_tuple(curve_limits limits) {
  return py::make_tuple(to_numpy(std::move(limits.std_error)), to_numpy(std::move(limits.lower)), to_numpy(std::move(limits.upper)));
}

curve_limits limits_of(const survival_curves& model, std::size_t group) {
  const curve& c = model.curves.at(group);
  return model.hazard ? hazard_limits(c, model.scale, model.level) : survival_limits(c, model.scale, model.level, {.threads = 2});
}

/// The numbers where they lie, read-only; `owner` stays alive as long as the array.
py::array_t<double> view_of(const std::vector<double>& values, const py::object& owner) {
  py::array_t<double> out(static_cast<py::ssize_t>(values.size()), values.data(), owner);
  out.attr("setflags")(py::arg("write") = false);
  return out;
}

void bind_curves(py::module_& m) {
  bind_struct<survival_curves>(m, "SurvivalCurves", "Kaplan-Meier or Nelson-Aalen curves of several groups.")
      .def(
          "limits", [](const survival_curves& self, std::size_t group) { return limits_tuple(limits_of(self, group)); }, py::arg("group"),
          "(std_error, lower, upper) of a group.")
      .def(
          "column",
          [](const py::object& self, std::size_t group, const std::string& name) {
            py::object found = py::none();
            curve::describe(self.cast<const survival_curves&>().curves.at(group), [&](const char* each, const auto& field, const char*) {
              if (name == each) found = view_of(field, self);
            });
            return found;
          },
          py::arg("group"), py::arg("name"), "A column of a group's curve, read-only where it lies.")
      .def(
          "predict",
          [](const survival_curves& self, std::size_t group, const double_array& times) {
            return to_numpy(curve_at(self.curves.at(group), as_doubles(times, "times"), self.hazard ? 0.0 : 1.0));
          },
          py::arg("group"), py::arg("times"))
      .def(
          "at_risk",
          [](const survival_curves& self, std::size_t group, const double_array& times) {
            return to_numpy(at_risk(self.curves.at(group), as_doubles(times, "times")));
          },
          py::arg("group"), py::arg("times"))
      .def(
          "quantile",
          [](const survival_curves& self, std::size_t group, double p) {
            const auto q = survival_quantile(self.curves.at(group), limits_of(self, group), p);
            return py::make_tuple(q.time, q.lower, q.upper);
          },
          py::arg("group"), py::arg("p"), "(time, lower, upper), infinite where not reached.")
      .def(
          "rmst",
          [](const survival_curves& self, std::size_t group, double tau) {
            const auto mean = restricted_mean(self.curves.at(group), tau);
            return py::make_tuple(mean.value, mean.std_error);
          },
          py::arg("group"), py::arg("tau"));
  const auto fit = [&m](const char* name, auto body) {
    m.def(
        name,
        [body](const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight, const optional_array& group,
               const std::vector<std::string>& groups, int threads, const py::object& progress, const py::kwargs& options) {
          return body(as_outcome(time, event, entry, weight), as_optional_column(group, "by"), groups, threads, progress, options);
        },
        py::arg("time"), py::arg("event"), py::arg("entry") = py::none(), py::arg("weight") = py::none(), py::arg("group") = py::none(),
        py::arg("groups") = std::vector<std::string>{"all"}, py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
  };
  fit("fit_kaplan_meier", [](const outcome& y, const numeric_column& group, const std::vector<std::string>& groups, int threads, const py::object& progress,
                             const py::kwargs& options) {
    const auto o = options_from<curve_options>(options);
    return run_released(threads, progress, [&](const execution& run) { return fit_kaplan_meier(y, group, groups, o, run); });
  });
  fit("fit_nelson_aalen",
      [](const outcome& y, const numeric_column& group, const std::vector<std::string>& groups, int threads, const py::object& progress, py::kwargs options) {
        hazard_ties ties{};
        if (options.contains("ties")) from_python(options.attr("pop")("ties"), ties, "ties");
        const auto o = options_from<curve_options>(options);
        return run_released(threads, progress, [&](const execution& run) { return fit_nelson_aalen(y, group, groups, o, ties, run); });
      });
}

void bind_counts(py::module_& m) {
  py::class_<event_counts>(m, "EventCounts", "Counts of events and censorings by time and group; chunks and branches combine.")
      .def(py::init<std::size_t, int>(), py::arg("groups") = 1, py::arg("causes") = 1)
      .def(
          "add",
          [](event_counts& self, const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight,
             const optional_array& group, int threads) {
            const outcome y = as_outcome(time, event, entry, weight);
            const numeric_column g = as_optional_column(group, "by");
            run_released(threads, py::none(), [&](const execution& run) {
              self.add(y, g, run);
              return 0;
            });
          },
          py::arg("time"), py::arg("event"), py::arg("entry") = py::none(), py::arg("weight") = py::none(), py::arg("group") = py::none(),
          py::arg("threads") = 1)
      .def("merge", &event_counts::merge, py::arg("other"))
      .def(
          "kaplan_meier",
          [](const event_counts& self, const std::vector<std::string>& groups, const py::kwargs& options) {
            const auto o = options_from<curve_options>(options);
            survival_curves out{false, o.scale, o.level, groups, {}};
            for (auto& table : self.finish())
              out.curves.push_back(kaplan_meier(std::move(table)));
            out.check();
            return out;
          },
          py::arg("groups"))
      .def("log_rank",
           [](const event_counts& self, const py::kwargs& options) { return to_python(log_rank({self.finish()}, options_from<log_rank_options>(options))); });
}

void bind_log_rank(py::module_& m) {
  m.def(
      "log_rank",
      [](const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight, const py::array& group,
         const optional_array& strata, bool pairwise, int threads, const py::kwargs& options) -> py::object {
        const auto o = options_from<log_rank_options>(options);
        const outcome y = as_outcome(time, event, entry, weight);
        const numeric_column g = as_column(group, "group"), s = as_optional_column(strata, "strata");
        const auto tables = run_released(threads, py::none(), [&](const execution& run) { return count_strata(y, g, s, run); });
        if (!pairwise) return to_python(log_rank(tables, o));
        py::list all;
        for (const auto& each : pairwise_log_rank(tables, o))
          all.append(to_python(each));
        return all;
      },
      py::arg("time"), py::arg("event"), py::arg("entry"), py::arg("weight"), py::arg("group"), py::arg("strata"), py::arg("pairwise") = false, py::kw_only(),
      py::arg("threads") = 1);
}

}  // namespace
}  // namespace tenure::python

void bind_survival(pybind11::module_& module) {
  pybind11::module_ m = module.def_submodule("survival", "When customers leave.");
  m.def("normal_width", &tenure::numeric::two_sided_z, pybind11::arg("level"), "z with P(|Z| <= z) = level.");
  m.def("two_sided_p", &tenure::numeric::two_sided_p, pybind11::arg("z"));
  m.def("chi_squared_sf", &tenure::numeric::chi_squared_sf, pybind11::arg("x"), pybind11::arg("dof"));
  tenure::python::bind_curves(m);
  tenure::python::bind_counts(m);
  tenure::python::bind_log_rank(m);
  tenure::python::bind_survival_cox(m);
  tenure::python::bind_survival_aft(m);
  tenure::python::bind_survival_path(m);
  tenure::python::bind_survival_competing(m);
  tenure::python::bind_survival_turnbull(m);
  tenure::python::bind_survival_discrete(m);
  tenure::python::bind_survival_rows(m);
  tenure::python::bind_survival_statistic(m);
}
