#include "convert.hpp"
#include "tenure/learn/calibration.hpp"
#include "tenure/learn/logistic.hpp"
#include "tenure/learn/logistic_inference.hpp"
#include "tenure/learn/logistic_influence.hpp"
#include "tenure/learn/logistic_path.hpp"
#include "tenure/learn/logistic_profile.hpp"
#include "tenure/learn/natural_spline.hpp"
#include "tenure/learn/terms.hpp"

namespace {

namespace py = pybind11;
using namespace tenure;

numeric_column optional_column(const std::optional<py::array>& a, const char* name) { return a ? python::as_column(*a, name) : numeric_column(); }

/// Weight, offset and cluster come as keyword arguments beside the options.
learn::binary_outcome as_outcome(const py::array& y, const std::optional<py::array>& weight, const std::optional<py::array>& offset,
                                 const std::optional<py::array>& cluster) {
  return {python::as_column(y, "y"), optional_column(weight, "sample_weight"), optional_column(offset, "offset"), optional_column(cluster, "cluster")};
}

column_view<double> optional_doubles(const std::optional<python::double_array>& a, const char* name) {
  return a ? python::as_doubles(*a, name) : column_view<double>();
}

void bind_logistic(py::module_& m) {
  const auto none = py::none();
  python::bind_struct<learn::logistic_model>(m, "LogisticModel", "A fitted logistic regression.")
      .def_property_readonly("names", [](const learn::logistic_model& self) { return self.code.names(); })
      .def(
          "with_intercept",
          [](learn::logistic_model self, double intercept) {
            self.intercept = intercept;
            return self;
          },
          py::arg("intercept"), "A copy with another intercept.")
      .def_property_readonly("deviance", &learn::logistic_model::deviance)
      .def_property_readonly("null_deviance", &learn::logistic_model::null_deviance)
      .def_property_readonly("parameters", &learn::logistic_model::parameters)
      .def_property_readonly("aic", &learn::logistic_model::aic)
      .def_property_readonly("bic", &learn::logistic_model::bic);
  python::bind_struct<learn::coefficient_table>(m, "CoefficientTable", "Coefficients with standard errors, tests and intervals.");
  python::bind_struct<learn::chi_squared_test>(m, "ChiSquaredTest", "A chi-squared test.");
  python::bind_struct<learn::joint_tests>(m, "JointTests", "Joint Wald tests, one a column.");

  m.def(
      "fit_logistic",
      [](const python::py_table& x, const py::array& y, const std::optional<py::array>& weight, const std::optional<py::array>& offset,
         const std::optional<py::array>& cluster, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<learn::logistic_options>(options);
        const auto outcome = as_outcome(y, weight, offset, cluster);
        return python::run_released(threads, progress, [&](const execution& run) { return learn::fit_logistic(x.view, outcome, o, run); });
      },
      py::arg("x"), py::arg("y"), py::kw_only(), py::arg("sample_weight") = none, py::arg("offset") = none, py::arg("cluster") = none, py::arg("threads") = 1,
      py::arg("progress") = none);
  m.def(
      "logistic_log_odds",
      [](const learn::logistic_model& model, const python::py_table& x, const std::optional<python::double_array>& offset, int threads) {
        const auto o = optional_doubles(offset, "offset");
        return python::to_numpy(
            python::run_released(threads, py::none(), [&](const execution& run) { return learn::logistic_log_odds(model, x.view, o, run); }));
      },
      py::arg("model"), py::arg("x"), py::kw_only(), py::arg("offset") = none, py::arg("threads") = 1);
  m.def(
      "predict_logistic",
      [](const learn::logistic_model& model, const python::py_table& x, const std::optional<python::double_array>& offset, int threads) {
        const auto o = optional_doubles(offset, "offset");
        return python::to_numpy(
            python::run_released(threads, py::none(), [&](const execution& run) { return learn::predict_logistic(model, x.view, o, run); }));
      },
      py::arg("model"), py::arg("x"), py::kw_only(), py::arg("offset") = none, py::arg("threads") = 1);
  m.def(
      "logistic_effects",
      [](const learn::logistic_model& model, const python::py_table& x, int threads) {
        return python::to_numpy(python::run_released(threads, py::none(), [&](const execution& run) { return learn::logistic_effects(model, x.view, run); }));
      },
      py::arg("model"), py::arg("x"), py::kw_only(), py::arg("threads") = 1);
  m.def("coefficients_of", &learn::coefficients_of, py::arg("model"), py::arg("level") = 0.95);
  m.def("likelihood_ratio", py::overload_cast<const learn::logistic_model&>(&learn::likelihood_ratio), py::arg("model"));
  m.def("likelihood_ratio", py::overload_cast<const learn::logistic_model&, const learn::logistic_model&>(&learn::likelihood_ratio), py::arg("smaller"),
        py::arg("larger"));
  m.def("joint_tests_of", &learn::joint_tests_of, py::arg("model"));
}

/// Functions of a model and the rows it was fitted to.
void bind_logistic_rows(py::module_& m) {
  const auto none = py::none();
  python::bind_struct<learn::profile_intervals>(m, "ProfileIntervals", "Profile-likelihood intervals of the coefficients.");
  python::bind_struct<learn::influence_table>(m, "InfluenceTable", "Leverage, standardised residuals and Cook's distance, one row a row.");
  const auto of_rows = [&](const char* name, auto f, auto... extra) {
    m.def(
        name,
        [f](const learn::logistic_model& model, const python::py_table& x, const py::array& y, const std::optional<py::array>& weight,
            const std::optional<py::array>& offset, int threads, const py::object& progress, decltype(extra.second)... more) {
          const auto outcome = as_outcome(y, weight, offset, {});
          return python::run_released(threads, progress, [&](const execution& run) { return f(model, x.view, outcome, run, more...); });
        },
        py::arg("model"), py::arg("x"), py::arg("y"), py::kw_only(), py::arg("sample_weight") = none, py::arg("offset") = none, py::arg("threads") = 1,
        py::arg("progress") = none, py::arg(extra.first)...);
  };
  of_rows(
      "profile_intervals_of",
      [](const auto& model, const auto& x, const auto& outcome, const execution& run, double level) {
        return learn::profile_intervals_of(model, x, outcome, level, run);
      },
      std::pair<const char*, double>("level", 0));
  of_rows("likelihood_ratio_tests_of",
          [](const auto& model, const auto& x, const auto& outcome, const execution& run) { return learn::likelihood_ratio_tests_of(model, x, outcome, run); });
  of_rows("influence_of",
          [](const auto& model, const auto& x, const auto& outcome, const execution& run) { return learn::influence_of(model, x, outcome, run); });
  m.def(
      "logistic_residuals",
      [](const learn::logistic_model& model, const python::py_table& x, const py::array& y, const std::string& kind, const std::optional<py::array>& weight,
         const std::optional<py::array>& offset, int threads) {
        const auto outcome = as_outcome(y, weight, offset, {});
        const auto known = enum_from_name<learn::residual_kind>("kind", kind);
        return python::to_numpy(
            python::run_released(threads, py::none(), [&](const execution& run) { return learn::logistic_residuals(model, x.view, outcome, known, run); }));
      },
      py::arg("model"), py::arg("x"), py::arg("y"), py::arg("kind"), py::kw_only(), py::arg("sample_weight") = none, py::arg("offset") = none,
      py::arg("threads") = 1);
}

void bind_path(py::module_& m) {
  const auto none = py::none();
  python::bind_struct<learn::logistic_path_model>(m, "LogisticPathModel", "Penalised logistic regressions, one a penalty.")
      .def_property_readonly("names", [](const learn::logistic_path_model& self) { return self.code.names(); });
  m.def(
      "fit_logistic_path",
      [](const python::py_table& x, const py::array& y, const std::optional<py::array>& weight, const std::optional<py::array>& offset, int threads,
         const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<learn::logistic_path_options>(options);
        const auto outcome = as_outcome(y, weight, offset, {});
        return python::run_released(threads, progress, [&](const execution& run) { return learn::fit_logistic_path(x.view, outcome, o, run); });
      },
      py::arg("x"), py::arg("y"), py::kw_only(), py::arg("sample_weight") = none, py::arg("offset") = none, py::arg("threads") = 1, py::arg("progress") = none);
  m.def("path_step", &learn::path_step, py::arg("path"), py::arg("index"));
  m.def(
      "path_deviances",
      [](const learn::logistic_path_model& path, const python::py_table& x, const py::array& y, const std::optional<py::array>& weight,
         const std::optional<py::array>& offset, int threads) {
        const auto outcome = as_outcome(y, weight, offset, {});
        return python::to_numpy(
            python::run_released(threads, py::none(), [&](const execution& run) { return learn::path_deviances(path, x.view, outcome, run); }));
      },
      py::arg("path"), py::arg("x"), py::arg("y"), py::kw_only(), py::arg("sample_weight") = none, py::arg("offset") = none, py::arg("threads") = 1);
}

void bind_terms(py::module_& m) {
  python::bind_struct<learn::terms_model>(m, "TermsModel", "Splines and products of columns.")
      .def(py::init([](const python::py_table& x, const std::vector<std::string>& spline_columns, const std::vector<std::vector<double>>& knots,
                       const std::vector<std::string>& first, const std::vector<std::string>& second) {
             learn::terms_model model;
             model.columns = schema_of(x.view);
             model.spline_columns = spline_columns;
             for (const auto& k : knots) {
               model.knots.insert(model.knots.end(), k.begin(), k.end());
               model.knot_begin.push_back(static_cast<std::uint32_t>(model.knots.size()));
             }
             model.first = first, model.second = second;
             return model;
           }),
           py::arg("x"), py::arg("spline_columns"), py::arg("knots"), py::arg("first"), py::arg("second"));
  m.def(
      "natural_spline_knots", [](const python::double_array& x, int df) { return learn::natural_spline_knots(python::as_doubles(x, "x"), df); }, py::arg("x"),
      py::arg("df"));
  m.def(
      "natural_spline_basis",
      [](const python::double_array& x, const std::vector<double>& knots) {
        return python::to_numpy(learn::natural_spline_basis(python::as_doubles(x, "x"), knots));
      },
      py::arg("x"), py::arg("knots"));
}

void bind_calibration(py::module_& m) {
  python::bind_struct<learn::calibration_model>(m, "CalibrationModel", "A map from predicted to calibrated probabilities.");
  m.def(
      "fit_calibration",
      [](const py::array& p, const py::array& y, const std::string& method, const std::optional<py::array>& weight) {
        return learn::fit_calibration(python::as_column(p, "p"), python::as_column(y, "y"), enum_from_name<calibration_method>("method", method),
                                      optional_column(weight, "sample_weight"));
      },
      py::arg("p"), py::arg("y"), py::arg("method"), py::arg("sample_weight") = py::none());
  m.def(
      "apply_calibration",
      [](const learn::calibration_model& model, const py::array& p) { return python::to_numpy(learn::apply_calibration(model, python::as_column(p, "p"))); },
      py::arg("model"), py::arg("p"));
  m.def(
      "correct_prior",
      [](const py::array& p, double trained_rate, double rate) {
        return python::to_numpy(learn::correct_prior(python::as_column(p, "p"), trained_rate, rate));
      },
      py::arg("p"), py::arg("trained_rate"), py::arg("rate"));
}

}  // namespace

void bind_learn(py::module_& module) {
  py::module_ m = module.def_submodule("learn", "Models of a yes/no outcome.");
  bind_logistic(m);
  bind_logistic_rows(m);
  bind_path(m);
  bind_calibration(m);
  bind_terms(m);
}
