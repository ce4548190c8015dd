#include "convert.hpp"
#include "tenure/stats/multiplicity.hpp"
#include "tenure/stats/proportion.hpp"

namespace tenure::python {

namespace {

/// Applies `each(i)`, which returns an interval, to i < n: two arrays.
template <class F>
py::tuple intervals(std::size_t n, F&& each) {
  std::vector<double> lower(n), upper(n);
  for (std::size_t i = 0; i < n; ++i) {
    const stats::interval ci = each(i);
    lower[i] = ci.lower;
    upper[i] = ci.upper;
  }
  return py::make_tuple(to_numpy(std::move(lower)), to_numpy(std::move(upper)));
}

// ---- proportion.hpp ----

void bind_proportion(py::module_& m) {
  m.def(
      "proportion_ci",
      [](const double_array& successes, const double_array& trials, double level, const std::string& method) {
        const auto x = as_doubles(successes, "successes"), n = as_doubles(trials, "trials");
        const auto how = enum_from_name<stats::proportion_method>("method", method);
        return intervals(x.size(), [&](std::size_t i) { return stats::proportion_ci(x[i], n[i], level, how); });
      },
      py::arg("successes"), py::arg("trials"), py::arg("level"), py::arg("method"));
  m.def(
      "poisson_ci",
      [](const double_array& count, const double_array& exposure, double level) {
        const auto x = as_doubles(count, "count"), t = as_doubles(exposure, "exposure");
        return intervals(x.size(), [&](std::size_t i) { return stats::poisson_ci(x[i], t[i], level); });
      },
      py::arg("count"), py::arg("exposure"), py::arg("level"));
  const auto two_samples = [&m](const char* name, auto function) {
    m.def(
        name,
        [function](const double_array& successes1, const double_array& trials1, const double_array& successes2, const double_array& trials2, double level) {
          const auto x1 = as_doubles(successes1, "successes1"), n1 = as_doubles(trials1, "trials1");
          const auto x2 = as_doubles(successes2, "successes2"), n2 = as_doubles(trials2, "trials2");
          return intervals(x1.size(), [&](std::size_t i) { return function(x1[i], n1[i], x2[i], n2[i], level); });
        },
        py::arg("successes1"), py::arg("trials1"), py::arg("successes2"), py::arg("trials2"), py::arg("level"));
  };
  two_samples("difference_ci", &stats::difference_ci);
  two_samples("ratio_ci", &stats::ratio_ci);
  m.def(
      "difference_p",
      [](const double_array& successes1, const double_array& trials1, const double_array& successes2, const double_array& trials2) {
        const auto x1 = as_doubles(successes1, "successes1"), n1 = as_doubles(trials1, "trials1");
        const auto x2 = as_doubles(successes2, "successes2"), n2 = as_doubles(trials2, "trials2");
        std::vector<double> p(x1.size());
        for (std::size_t i = 0; i < p.size(); ++i) p[i] = stats::difference_p(x1[i], n1[i], x2[i], n2[i]);
        return to_numpy(std::move(p));
      },
      py::arg("successes1"), py::arg("trials1"), py::arg("successes2"), py::arg("trials2"));
}

// ---- multiplicity.hpp ----

void bind_multiplicity(py::module_& m) {
  m.def(
      "adjust_p",
      [](const double_array& p, const std::string& method) { return to_numpy(stats::adjust_p(as_doubles(p, "p"), enum_from_name<stats::p_adjustment>("method", method))); },
      py::arg("p"), py::arg("method"));
}

}  // namespace

}  // namespace tenure::python

void bind_stats(pybind11::module_& module) {
  auto m = module.def_submodule("stats", "Statistics.");
  tenure::python::bind_proportion(m);
  tenure::python::bind_multiplicity(m);
}
