#include "convert.hpp"
#include "tenure/stats/association.hpp"
#include "tenure/stats/contingency.hpp"
#include "tenure/stats/control_chart.hpp"
#include "tenure/stats/correlation.hpp"
#include "tenure/stats/effects.hpp"
#include "tenure/stats/factor.hpp"
#include "tenure/stats/groups.hpp"
#include "tenure/stats/multiplicity.hpp"
#include "tenure/stats/proportion.hpp"
#include "tenure/stats/trend.hpp"

namespace tenure::python {

namespace {

using namespace tenure::stats;

template <class Test>
void bind_two_samples(py::module_& m, const char* name, Test test) {
  m.def(
      name, [test](const py::array& a, const py::array& b, const py::kwargs& options) { return test(as_column(a, "a"), as_column(b, "b"), options); },
      py::arg("a"), py::arg("b"));
}

template <class Test>
void bind_groups(py::module_& m, const char* name, Test test) {
  m.def(
      name, [test](const py::array& values, const py::array& group) { return test(as_column(values, "values"), as_column(group, "group")); }, py::arg("values"),
      py::arg("group"));
}

void bind_association(py::module_& m) {
  m.def(
      "correlation",
      [](const py_table& x, int threads, const py::kwargs& options) {
        const auto o = options_from<correlation_options>(options);
        return to_python(run_released(threads, py::none(), [&](const execution& run) { return correlation_matrix(x.view, o, run); }));
      },
      py::arg("x"), py::kw_only(), py::arg("threads") = 1);
  m.def(
      "association",
      [](const py_table& x, const py_table& target, int threads, const py::kwargs& options) {
        const auto o = options_from<association_options>(options);
        if (target.view.cols() != 1) throw invalid_input("target", "must be one column");
        return to_python(run_released(threads, py::none(), [&](const execution& run) { return association(x.view, target.view[0], o, run); }));
      },
      py::arg("x"), py::arg("target"), py::kw_only(), py::arg("threads") = 1);
  m.def(
      "compare_groups",
      [](const py_table& x, const py::array& group, int threads, const py::kwargs& options) {
        const auto o = options_from<association_options>(options);
        const auto codes = as_column(group, "group");
        return to_python(run_released(threads, py::none(), [&](const execution& run) { return compare_groups(x.view, codes, o, run); }));
      },
      py::arg("x"), py::arg("group"), py::kw_only(), py::arg("threads") = 1);
  m.def(
      "cross_tabulate",
      [](const py_table& x) {
        if (x.view.cols() != 2) throw invalid_input("x", "must have two columns");
        return to_numpy(cross_tabulate(x.view[0], x.view[1]));
      },
      py::arg("x"));
}

matrix counts_of(const double_array& counts) {
  const auto view = as_matrix(counts, "counts");
  matrix m(view.rows(), view.cols());
  for (std::size_t i = 0; i < m.rows(); ++i)
    for (std::size_t j = 0; j < m.cols(); ++j)
      m(i, j) = view(i, j);
  return m;
}

void bind_counts(py::module_& m) {
  bind_struct<contingency_result>(m, "ContingencyResult", "Association in a table of counts.");
  bind_struct<proportion_comparison>(m, "ProportionComparison", "Two proportions compared.");
  m.def(
      "contingency", [](const double_array& counts, double level) { return contingency(counts_of(counts), level); }, py::arg("counts"),
      py::arg("level") = 0.95);
  m.def("yates_chi_squared", [](const double_array& counts) { return yates_chi_squared(counts_of(counts)); }, py::arg("counts"));
  m.def(
      "fisher_exact", [](const double_array& counts, double level) { return fisher_exact(counts_of(counts), level); }, py::arg("counts"),
      py::arg("level") = 0.95);
  m.def(
      "mantel_haenszel",
      [](const std::vector<double_array>& tables, double level) {
        std::vector<matrix> counts;
        for (const auto& t : tables)
          counts.push_back(counts_of(t));
        return mantel_haenszel(counts, level);
      },
      py::arg("tables"), py::arg("level") = 0.95);
  m.def("mcnemar", &mcnemar, py::arg("only_first"), py::arg("only_second"), py::arg("continuity") = true);
  m.def("cochran_armitage", &cochran_armitage, py::arg("events"), py::arg("totals"), py::arg("scores"));
  m.def("two_proportions", &two_proportions, py::arg("x1"), py::arg("n1"), py::arg("x2"), py::arg("n2"), py::arg("level") = 0.95);
}

void bind_tests(py::module_& m) {
  bind_struct<test_result>(m, "TestResult", "What a test says; a number that the test does not have is NaN.").def("__repr__", [](const test_result& r) {
    std::string text = "TestResult(";
    test_result::describe(r, [&](const char* name, const auto& value, const char*) {
      const auto number = static_cast<double>(value);
      if (number == number)
        text += std::string(text.back() == '(' ? "" : ", ") + name + "=" + std::string(py::str(py::float_(number).attr("__format__")(".6g")));
    });
    return text + ")";
  });
  bind_two_samples(m, "t_test", [](auto a, auto b, const py::kwargs& o) { return t_test(a, b, options_from<t_test_options>(o)); });
  bind_two_samples(m, "mann_whitney", [](auto a, auto b, const py::kwargs& o) { return mann_whitney(a, b, options_from<mann_whitney_options>(o)); });
  bind_two_samples(m, "kolmogorov_smirnov", [](auto a, auto b, const py::kwargs& o) {
    if (!o.empty()) throw py::type_error("kolmogorov_smirnov takes no options");
    return kolmogorov_smirnov(a, b);
  });
  m.def(
      "anova",
      [](const py::array& values, const py::array& group, double level) { return anova(as_column(values, "values"), as_column(group, "group"), level); },
      py::arg("values"), py::arg("group"), py::arg("level") = 0.95);
  bind_groups(m, "welch_anova", &welch_anova);
  bind_groups(m, "kruskal_wallis", &kruskal_wallis);
  bind_groups(m, "levene", &levene);
  bind_groups(m, "bartlett", &bartlett);
}

/// Applies `each(i)`, which returns an interval, to i < n: two arrays.
template <class F>
py::tuple intervals(std::size_t n, F&& each) {
  std::vector<double> lower(n), upper(n);
  for (std::size_t i = 0; i < n; ++i) {
    const interval ci = each(i);
    lower[i] = ci.lower;
    upper[i] = ci.upper;
  }
  return py::make_tuple(to_numpy(std::move(lower)), to_numpy(std::move(upper)));
}

void bind_proportion(py::module_& m) {
  m.def(
      "proportion_ci",
      [](const double_array& successes, const double_array& trials, double level, const std::string& method) {
        const auto x = as_doubles(successes, "successes"), n = as_doubles(trials, "trials");
        const auto how = enum_from_name<proportion_method>("method", method);
        auto ci = proportion_ci(x, n, level, how);
        return py::make_tuple(to_numpy(std::move(ci.lower)), to_numpy(std::move(ci.upper)));
      },
      py::arg("successes"), py::arg("trials"), py::arg("level"), py::arg("method"));
  m.def(
      "poisson_ci",
      [](const double_array& count, const double_array& exposure, double level) {
        const auto x = as_doubles(count, "count"), t = as_doubles(exposure, "exposure");
        return intervals(x.size(), [&](std::size_t i) { return poisson_ci(x[i], t[i], level); });
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
  two_samples("difference_ci", &tenure::stats::difference_ci);
  two_samples("ratio_ci", &tenure::stats::ratio_ci);
  m.def(
      "difference_p",
      [](const double_array& successes1, const double_array& trials1, const double_array& successes2, const double_array& trials2) {
        const auto x1 = as_doubles(successes1, "successes1"), n1 = as_doubles(trials1, "trials1");
        const auto x2 = as_doubles(successes2, "successes2"), n2 = as_doubles(trials2, "trials2");
        std::vector<double> p(x1.size());
        for (std::size_t i = 0; i < p.size(); ++i)
          p[i] = difference_p(x1[i], n1[i], x2[i], n2[i]);
        return to_numpy(std::move(p));
      },
      py::arg("successes1"), py::arg("trials1"), py::arg("successes2"), py::arg("trials2"));
}

void bind_multiplicity(py::module_& m) {
  m.def(
      "adjust_p",
      [](const double_array& p, const std::string& method) { return to_numpy(adjust_p(as_doubles(p, "p"), enum_from_name<p_adjustment>("method", method))); },
      py::arg("p"), py::arg("method"));
}

void bind_factors(py::module_& m) {
  bind_struct<factor_model>(m, "FactorModel", "A fitted factor analysis.");
  m.def(
      "fit_factors",
      [](const py_table& x, int threads, const py::kwargs& options) {
        const auto o = options_from<factor_options>(options);
        return run_released(threads, py::none(), [&](const execution& run) { return fit_factors(x.view, o, run); });
      },
      py::arg("x"), py::kw_only(), py::arg("threads") = 1);
  m.def("factor_scores", [](const factor_model& model, const py_table& x) { return to_numpy(factor_scores(model, x.view)); }, py::arg("model"), py::arg("x"));
}

void bind_series(py::module_& m) {
  m.def(
      "trend_test",
      [](const py::array& values, const py::array& time, double level) {
        return to_python(trend_test(as_column(values, "values"), as_column(time, "time"), level));
      },
      py::arg("values"), py::arg("time"), py::arg("level"));
  m.def(
      "control_chart",
      [](const py::array& values, const py::array& totals, const py::kwargs& options) {
        return to_python(control_chart(as_column(values, "values"), as_column(totals, "totals"), options_from<chart_options>(options)));
      },
      py::arg("values"), py::arg("totals"));
  m.def(
      "before_after",
      [](const py::array& values, std::size_t change, const py::kwargs& options) {
        return to_python(before_after(as_column(values, "values"), change, options_from<before_after_options>(options)));
      },
      py::arg("values"), py::arg("change"));
  m.def(
      "difference_in_differences",
      [](const py::array& y, const py::array& treated, const py::array& post, const py::array& unit, const py::array& period, const py::kwargs& options) {
        return to_python(difference_in_differences(as_column(y, "y"), as_column(treated, "treated"), as_column(post, "post"), as_column(unit, "unit"),
                                                   as_column(period, "period"), options_from<did_options>(options)));
      },
      py::arg("y"), py::arg("treated"), py::arg("post"), py::arg("unit"), py::arg("period"));
}

}  // namespace

}  // namespace tenure::python

void bind_stats(pybind11::module_& parent) {
  using namespace tenure::python;
  py::module_ module = parent.def_submodule("stats", "Statistics.");
  bind_tests(module);
  bind_multiplicity(module);
  bind_proportion(module);
  bind_association(module);
  bind_counts(module);
  bind_factors(module);
  bind_series(module);
}
