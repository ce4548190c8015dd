#include "convert.hpp"
#include "tenure/evaluate/probability.hpp"
#include "tenure/evaluate/profit.hpp"
#include "tenure/evaluate/ranking.hpp"
#include "tenure/evaluate/resample.hpp"
#include "tenure/evaluate/threshold.hpp"
#include "tenure/evaluate/uplift.hpp"

namespace {

namespace py = pybind11;
using namespace tenure;

/// The outcome, score and weight arrays as the engine sees them; the arrays stay alive with the caller.
evaluate::scored as_scored(const py::array& y, const py::array& score, const std::optional<py::array>& weight) {
  return {python::as_column(y, "y"), python::as_column(score, "score"), weight ? python::as_column(*weight, "sample_weight") : numeric_column()};
}

/// A function of the sorted groups, with the sort done outside the GIL.
template <class F>
auto of_groups(F f) {
  return [f](const py::array& y, const py::array& score, const std::optional<py::array>& weight) {
    const auto data = as_scored(y, score, weight);
    const py::gil_scoped_release release;
    return f(evaluate::group_scores(data));
  };
}

evaluate::uplift_scored as_uplift(const py::array& y, const py::array& uplift, const py::array& treatment) {
  return {python::as_column(y, "y"), python::as_column(uplift, "uplift"), python::as_column(treatment, "treatment")};
}

void bind_uplift(py::module_& m) {
  python::bind_struct<evaluate::uplift_points>(m, "UpliftPoints", "An uplift or Qini curve.");
  python::bind_struct<evaluate::uplift_measure>(m, "UpliftMeasure", "An area with its bootstrap interval.");
  const auto curve = [&](const char* name, auto function) {
    m.def(
        name, [function](const py::array& y, const py::array& uplift, const py::array& treatment) { return function(as_uplift(y, uplift, treatment)); },
        py::arg("y"), py::arg("uplift"), py::arg("treatment"));
  };
  curve("uplift_curve", &evaluate::uplift_curve);
  curve("qini_curve", &evaluate::qini_curve);
  const auto measure = [&](const char* name, auto function) {
    m.def(
        name,
        [function](const py::array& y, const py::array& uplift, const py::array& treatment, int threads, const py::kwargs& options) {
          const auto data = as_uplift(y, uplift, treatment);
          const auto o = python::options_from<evaluate::uplift_bootstrap>(options);
          return python::run_released(threads, py::none(), [&](const execution& run) { return function(data, o, run); });
        },
        py::arg("y"), py::arg("uplift"), py::arg("treatment"), py::kw_only(), py::arg("threads") = 1);
  };
  measure("auuc", &evaluate::auuc);
  measure("qini_score", &evaluate::qini_score);
}

}  // namespace

void bind_evaluate(py::module_& module) {
  py::module_ m = module.def_submodule("evaluate", "Measures of scores and probabilities.");
  bind_uplift(m);
  python::bind_struct<evaluate::auc_result>(m, "AucResult", "Area under the ROC curve with its interval.");
  python::bind_struct<evaluate::auc_comparison>(m, "AucComparison", "DeLong's comparison of two scores.");
  python::bind_struct<evaluate::ks_result>(m, "KsResult", "Kolmogorov-Smirnov gap.");
  python::bind_struct<evaluate::gain_table>(m, "GainTable", "Slices of a ranking.");
  python::bind_struct<evaluate::roc_points>(m, "RocPoints", "ROC and precision-recall points.");
  python::bind_struct<evaluate::calibration_bins>(m, "CalibrationBins", "Predicted against observed rates.");
  python::bind_struct<evaluate::brier_parts>(m, "BrierParts", "The Brier score taken apart.");

  python::bind_struct<evaluate::hosmer_lemeshow_result>(m, "HosmerLemeshow", "Test of calibration in groups.");
  python::bind_struct<evaluate::profit_result>(m, "ProfitResult", "Best profit of a campaign.");
  python::bind_struct<evaluate::profit_points>(m, "ProfitPoints", "Profit by share contacted.");
  python::bind_struct<evaluate::measure_table>(m, "MeasureTable", "Measures with bootstrap intervals.");
  python::bind_struct<evaluate::confusion>(m, "Confusion", "Counts at a threshold.")
      .def_property_readonly("accuracy", &evaluate::confusion::accuracy)
      .def_property_readonly("precision", &evaluate::confusion::precision)
      .def_property_readonly("recall", &evaluate::confusion::recall)
      .def_property_readonly("specificity", &evaluate::confusion::specificity)
      .def_property_readonly("f1", [](const evaluate::confusion& c) { return c.f_measure(); })
      .def_property_readonly("f2", [](const evaluate::confusion& c) { return c.f_measure(2); })
      .def_property_readonly("mcc", &evaluate::confusion::mcc)
      .def_property_readonly("kappa", &evaluate::confusion::kappa);

  const auto y = py::arg("y"), score = py::arg("score");
  const auto weight = py::arg("sample_weight") = py::none();
  m.def(
      "roc_auc",
      [](const py::array& yy, const py::array& s, const std::optional<py::array>& w, double level, int threads) {
        const auto data = as_scored(yy, s, w);
        const py::gil_scoped_release release;
        return evaluate::roc_auc(data, level, {.threads = threads});
      },
      y, score, weight, py::arg("level") = 0.95, py::arg("threads") = 1);
  m.def(
      "compare_roc_auc",
      [](const py::array& yy, const py::array& first, const py::array& second, double level) {
        const auto a = python::as_column(yy, "y"), b = python::as_column(first, "first"), c = python::as_column(second, "second");
        const py::gil_scoped_release release;
        return evaluate::compare_roc_auc(a, b, c, level);
      },
      y, py::arg("first"), py::arg("second"), py::arg("level") = 0.95);
  m.def("average_precision", of_groups([](const evaluate::score_groups& g) { return evaluate::average_precision(g); }), y, score, weight);
  m.def("ks", of_groups([](const evaluate::score_groups& g) { return evaluate::ks(g); }), y, score, weight);
  m.def(
      "lift",
      [](const py::array& yy, const py::array& s, const std::optional<py::array>& w, double share) {
        const auto data = as_scored(yy, s, w);
        const py::gil_scoped_release release;
        return evaluate::lift(evaluate::group_scores(data), share);
      },
      y, score, py::arg("sample_weight"), py::arg("share"));
  m.def(
      "gains",
      [](const py::array& yy, const py::array& s, const std::optional<py::array>& w, int n_bins) {
        const auto data = as_scored(yy, s, w);
        const py::gil_scoped_release release;
        return evaluate::gains(evaluate::group_scores(data), n_bins);
      },
      y, score, py::arg("sample_weight"), py::arg("n_bins"));
  m.def("roc_curve", of_groups([](const evaluate::score_groups& g) { return evaluate::roc_curve(g); }), y, score, weight);

  m.def(
      "log_loss", [](const py::array& yy, const py::array& p, const std::optional<py::array>& w) { return evaluate::log_loss(as_scored(yy, p, w)); }, y, score,
      weight);
  m.def(
      "brier", [](const py::array& yy, const py::array& p, const std::optional<py::array>& w) { return evaluate::brier(as_scored(yy, p, w)); }, y, score,
      weight);
  m.def(
      "calibration_table",
      [](const py::array& yy, const py::array& p, const std::optional<py::array>& w, const py::kwargs& options) {
        return evaluate::calibration_table(as_scored(yy, p, w), python::options_from<evaluate::calibration_options>(options));
      },
      y, score, weight);
  m.def(
      "brier_decomposition",
      [](const py::array& yy, const py::array& p, const std::optional<py::array>& w, const py::kwargs& options) {
        return evaluate::brier_decomposition(as_scored(yy, p, w), python::options_from<evaluate::calibration_options>(options));
      },
      y, score, weight);

  m.def(
      "calibration_error",
      [](const py::array& yy, const py::array& p, const std::optional<py::array>& w, const py::kwargs& options) {
        return evaluate::calibration_error(as_scored(yy, p, w), python::options_from<evaluate::calibration_options>(options));
      },
      y, score, weight);
  m.def(
      "hosmer_lemeshow", [](const py::array& yy, const py::array& p, int n_groups) { return evaluate::hosmer_lemeshow(as_scored(yy, p, {}), n_groups); }, y,
      score, py::arg("n_groups") = 10);

  m.def(
      "expected_profit",
      [](const py::array& yy, const py::array& s, const std::optional<py::array>& w, int threads, const py::kwargs& options) {
        const auto data = as_scored(yy, s, w);
        const auto offer = python::options_from<evaluate::campaign>(options);
        const py::gil_scoped_release release;
        return evaluate::expected_profit(data, offer, {.threads = threads});
      },
      y, score, weight, py::kw_only(), py::arg("threads") = 1);
  m.def(
      "maximum_profit",
      [](const py::array& yy, const py::array& s, const std::optional<py::array>& w, double accept_rate, const py::kwargs& options) {
        return evaluate::maximum_profit(evaluate::group_scores(as_scored(yy, s, w)), accept_rate, python::options_from<evaluate::campaign>(options));
      },
      y, score, py::arg("sample_weight"), py::arg("accept_rate"));
  m.def(
      "profit_curve",
      [](const py::array& yy, const py::array& s, const std::optional<py::array>& w, int n_points, const py::kwargs& options) {
        return evaluate::profit_curve(evaluate::group_scores(as_scored(yy, s, w)), python::options_from<evaluate::campaign>(options), n_points);
      },
      y, score, py::arg("sample_weight"), py::arg("n_points"));
  m.def(
      "h_measure",
      [](const py::array& yy, const py::array& s, const std::optional<py::array>& w, double severity_ratio) {
        return evaluate::h_measure(evaluate::group_scores(as_scored(yy, s, w)), severity_ratio);
      },
      y, score, py::arg("sample_weight"), py::arg("severity_ratio"));
  m.def(
      "confusion_at",
      [](const py::array& yy, const py::array& s, const std::optional<py::array>& w, double threshold) {
        return evaluate::confusion_at(evaluate::group_scores(as_scored(yy, s, w)), threshold);
      },
      y, score, py::arg("sample_weight"), py::arg("threshold"));
  m.def(
      "best_threshold",
      [](const py::array& yy, const py::array& s, const std::optional<py::array>& w, const py::kwargs& options) {
        return evaluate::best_threshold(evaluate::group_scores(as_scored(yy, s, w)), python::options_from<evaluate::threshold_options>(options));
      },
      y, score, weight);
  m.def(
      "bootstrap_measures",
      [](const py::array& yy, const py::array& s, const std::optional<py::array>& w, bool probabilities, int threads, const py::object& progress,
         const py::kwargs& options) {
        const auto data = as_scored(yy, s, w);
        const auto o = python::options_from<evaluate::bootstrap_options>(options);
        return python::run_released(threads, progress, [&](const execution& run) { return evaluate::bootstrap_measures(data, probabilities, o, run); });
      },
      y, score, py::arg("sample_weight"), py::arg("probabilities"), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
}
