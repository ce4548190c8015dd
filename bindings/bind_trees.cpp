#include <cmath>

#include "convert.hpp"
#include "tenure/learn/chaid.hpp"
#include "tenure/learn/decision_tree.hpp"
#include "tenure/learn/gradient_boosting.hpp"
#include "tenure/learn/pruning.hpp"
#include "tenure/learn/random_forest.hpp"
#include "tenure/learn/uplift_forest.hpp"
#include "tenure/survival/gradient_boosting.hpp"
#include "tenure/survival/random_forest.hpp"
#include "tenure/trees/ensemble.hpp"
#include "tenure/trees/print.hpp"
#include "tenure/trees/proximity.hpp"
#include "tenure/trees/shap.hpp"

namespace {

namespace py = pybind11;
using namespace tenure;
using python::as_column;
using python::py_table;
using optional_array = std::optional<py::array>;

numeric_column column_or_none(const optional_array& a, const char* name) { return a ? as_column(*a, name) : numeric_column(); }

template <class T>
py::array_t<T> rectangle(const std::vector<T>& flat, std::size_t rows, std::size_t cols) {
  py::array_t<T> out({static_cast<py::ssize_t>(rows), static_cast<py::ssize_t>(cols)});
  std::copy(flat.begin(), flat.end(), out.mutable_data());
  return out;
}

/// predict_probability(table), sum over trees, leaves and node tables: what every tree model offers.
template <class Model>
void bind_trees_of(py::class_<Model>& type) {
  type.def_property_readonly(
          "n_trees", [](const Model& m) { return m.trees.trees(); }, "Number of trees.")
      .def_property_readonly(
          "n_nodes", [](const Model& m) { return m.trees.nodes.size(); }, "Number of nodes of all trees.")
      .def(
          "leaf_numbers",
          [](const Model& m, const py_table& x, int threads) {
            const auto flat = python::run_released(threads, py::none(), [&](const execution& run) { return trees::leaf_numbers(m.trees, x.view, run); });
            return rectangle(flat, x.view.rows(), m.trees.trees());
          },
          py::arg("x"), py::kw_only(), py::arg("threads") = 1, "Leaf of each row (row of the result) in each tree (column), counted from 0.")
      .def(
          "nodes", [](const Model& m, std::size_t tree) { return python::to_python(trees::summarise(m.trees, tree)); }, py::arg("tree") = 0,
          "The nodes of one tree, depth first: rule, weight, value, children.")
      .def(
          "shap",
          [](const Model& m, const py_table& x, const std::optional<py_table>& background, int threads) {
            double base = 0;
            matrix values = python::run_released(threads, py::none(), [&](const execution& run) {
              const trees::tree_explainer explainer(m.trees);
              if (!background) {
                base = explainer.base();
                return explainer.explain(x.view, run);
              }
              for (const double v : trees::sum_values(m.trees, background->view, run))
                base += v / static_cast<double>(background->view.rows());
              return explainer.explain_against(x.view, background->view, run);
            });
            return py::make_tuple(python::to_numpy(values), base);
          },
          py::arg("x"), py::arg("background") = py::none(), py::kw_only(), py::arg("threads") = 1,
          "Shapley values (rows x columns) of the sum of the trees, and their base; interventional where a background table is given.")
      .def(
          "to_text", [](const Model& m, int digits, std::size_t tree) { return trees::to_text(m.trees, tree, digits); }, py::arg("digits") = 3,
          py::arg("tree") = 0, "A tree as indented text.")
      .def(
          "to_svg", [](const Model& m, int digits, std::size_t tree) { return trees::to_svg(m.trees, tree, digits); }, py::arg("digits") = 3,
          py::arg("tree") = 0, "A tree as a drawing.")
      .def(
          "rules", [](const Model& m, std::size_t tree) { return python::to_python(trees::rules_of(m.trees, tree)); }, py::arg("tree") = 0,
          "One rule a leaf, largest value first.");
}

template <class Model>
void bind_probability(py::class_<Model>& type) {
  type.def(
          "predict_probability",
          [](const Model& m, const py_table& x, int threads) {
            return python::to_numpy(
                python::run_released(threads, py::none(), [&](const execution& run) { return learn::predict_probability(m, x.view, run); }));
          },
          py::arg("x"), py::kw_only(), py::arg("threads") = 1, "Probability of class 1 per row.")
      .def(
          "predict_rows",
          [](const Model& m, const python::double_array& x) {
            const matrix_view rows = python::as_matrix(x, "X");
            std::vector<double> row(rows.cols()), out;
            for (std::size_t i = 0; i < rows.rows(); ++i) {
              for (std::size_t j = 0; j < rows.cols(); ++j) {
                row[j] = rows(i, j);
                if (std::isinf(row[j])) throw invalid_input("X", "Input contains infinity in column " + std::to_string(j), row[j], i);
              }
              out.push_back(learn::predict_probability_row(m, row));
            }
            return python::to_numpy(std::move(out));
          },
          py::arg("x"), "The same for a few rows of an array in training's column order, without preparing a table.");
}

}  // namespace

void bind_trees(py::module_& module) {
  py::module_ m = module.def_submodule("trees", "Tree models.");

  auto tree = python::bind_struct<learn::decision_tree_model>(m, "DecisionTreeModel", "A fitted classification tree.");
  bind_trees_of(tree);
  bind_probability(tree);
  m.def(
      "fit_decision_tree",
      [](const py_table& x, const py::array& y, const optional_array& weight, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<learn::decision_tree_options>(options);
        const auto target = as_column(y, "y"), weights = column_or_none(weight, "sample_weight");
        return python::run_released(threads, progress, [&](const execution& run) { return learn::fit_decision_tree(x.view, target, o, weights, run); });
      },
      py::arg("x"), py::arg("y"), py::arg("weight") = py::none(), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
  m.def(
      "cost_complexity_path",
      [](const py_table& x, const py::array& y, const optional_array& weight, int threads, const py::kwargs& options) {
        const auto o = python::options_from<learn::decision_tree_options>(options);
        const auto target = as_column(y, "y"), weights = column_or_none(weight, "sample_weight");
        return python::to_python(
            python::run_released(threads, py::none(), [&](const execution& run) { return learn::cost_complexity_path(x.view, target, o, weights, run); }));
      },
      py::arg("x"), py::arg("y"), py::arg("weight") = py::none(), py::kw_only(), py::arg("threads") = 1);
  m.def(
      "cross_validate_pruning",
      [](const py_table& x, const py::array& y, const py::array& folds, const optional_array& weight, int threads, const py::object& progress,
         const py::kwargs& options) {
        const auto o = python::options_from<learn::decision_tree_options>(options);
        const auto target = as_column(y, "y"), fold = as_column(folds, "folds"), weights = column_or_none(weight, "sample_weight");
        return python::to_python(python::run_released(
            threads, progress, [&](const execution& run) { return learn::cross_validate_pruning(x.view, target, fold, o, weights, run); }));
      },
      py::arg("x"), py::arg("y"), py::arg("folds"), py::arg("weight") = py::none(), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());

  auto chaid = python::bind_struct<learn::chaid_model>(m, "ChaidModel", "A fitted CHAID tree.");
  bind_trees_of(chaid);
  bind_probability(chaid);
  m.def(
      "fit_chaid",
      [](const py_table& x, const py::array& y, const optional_array& weight, int threads, const py::kwargs& options) {
        const auto o = python::options_from<learn::chaid_options>(options);
        const auto target = as_column(y, "y"), weights = column_or_none(weight, "sample_weight");
        return python::run_released(threads, py::none(), [&](const execution& run) { return learn::fit_chaid(x.view, target, o, weights, run); });
      },
      py::arg("x"), py::arg("y"), py::arg("weight") = py::none(), py::kw_only(), py::arg("threads") = 1);

  auto forest = python::bind_struct<learn::random_forest_model>(m, "RandomForestModel", "A fitted random forest.");
  bind_trees_of(forest);
  bind_probability(forest);
  m.def(
      "fit_random_forest",
      [](const py_table& x, const py::array& y, const optional_array& weight, const optional_array& groups, int threads, const py::object& progress,
         const py::kwargs& options) {
        const auto o = python::options_from<learn::random_forest_options>(options);
        const auto target = as_column(y, "y"), weights = column_or_none(weight, "sample_weight"), units = column_or_none(groups, "groups");
        return python::run_released(threads, progress, [&](const execution& run) { return learn::fit_random_forest(x.view, target, o, weights, units, run); });
      },
      py::arg("x"), py::arg("y"), py::arg("weight") = py::none(), py::arg("groups") = py::none(), py::kw_only(), py::arg("threads") = 1,
      py::arg("progress") = py::none());
  m.def(
      "out_of_bag_probability",
      [](const learn::random_forest_model& model, const py_table& x, const py::array& y, const optional_array& weight, const optional_array& groups,
         int threads) {
        const auto target = as_column(y, "y"), weights = column_or_none(weight, "sample_weight"), units = column_or_none(groups, "groups");
        return python::to_numpy(python::run_released(
            threads, py::none(), [&](const execution& run) { return learn::out_of_bag_probability(model, x.view, target, weights, units, run); }));
      },
      py::arg("model"), py::arg("x"), py::arg("y"), py::arg("weight") = py::none(), py::arg("groups") = py::none(), py::kw_only(), py::arg("threads") = 1);
  m.def(
      "proximity",
      [](const learn::random_forest_model& model, const py_table& x, const std::optional<py_table>& reference, const optional_array& y,
         const optional_array& weight, const optional_array& groups, int threads) {
        const auto target = column_or_none(y, "y"), weights = column_or_none(weight, "sample_weight"), units = column_or_none(groups, "groups");
        const table_view* const other = reference ? &reference->view : nullptr;
        const auto flat = python::run_released(threads, py::none(), [&](const execution& run) {
          const auto outside = y ? learn::out_of_bag_rows(model, x.view, target, weights, units, run) : trees::rows_of_trees{};
          return trees::proximity(model.trees, x.view, other, outside, run);
        });
        return rectangle(flat, x.view.rows(), other ? other->rows() : x.view.rows());
      },
      py::arg("model"), py::arg("x"), py::arg("reference") = py::none(), py::arg("y") = py::none(), py::arg("weight") = py::none(),
      py::arg("groups") = py::none(), py::kw_only(), py::arg("threads") = 1, "Share of trees in which two rows meet; out of bag where y is given.");
  m.def(
      "nearest_by_proximity",
      [](const learn::random_forest_model& model, const py_table& x, std::size_t k, const std::optional<py_table>& reference, const optional_array& y,
         const optional_array& weight, const optional_array& groups, int threads) {
        const auto target = column_or_none(y, "y"), weights = column_or_none(weight, "sample_weight"), units = column_or_none(groups, "groups");
        const auto found = python::run_released(threads, py::none(), [&](const execution& run) {
          const auto outside = y ? learn::out_of_bag_rows(model, x.view, target, weights, units, run) : trees::rows_of_trees{};
          return trees::nearest_by_proximity(model.trees, x.view, k, reference ? &reference->view : nullptr, outside, run);
        });
        return py::make_tuple(rectangle(found.row, x.view.rows(), k), rectangle(found.proximity, x.view.rows(), k));
      },
      py::arg("model"), py::arg("x"), py::arg("k"), py::arg("reference") = py::none(), py::arg("y") = py::none(), py::arg("weight") = py::none(),
      py::arg("groups") = py::none(), py::kw_only(), py::arg("threads") = 1, "(rows, proximities) of the k rows that each row meets most often.");

  auto boosting = python::bind_struct<learn::gradient_boosting_model>(m, "GradientBoostingModel", "A fitted boosted model.");
  bind_trees_of(boosting);
  bind_probability(boosting);
  boosting.def(
      "predict_log_odds",
      [](const learn::gradient_boosting_model& model, const py_table& x, int threads) {
        return python::to_numpy(python::run_released(threads, py::none(), [&](const execution& run) { return learn::predict_log_odds(model, x.view, run); }));
      },
      py::arg("x"), py::kw_only(), py::arg("threads") = 1, "Log-odds of class 1 per row.");
  m.def(
      "fit_gradient_boosting",
      [](const py_table& x, const py::array& y, const optional_array& weight, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<learn::gradient_boosting_options>(options);
        const auto target = as_column(y, "y"), weights = column_or_none(weight, "sample_weight");
        return python::run_released(threads, progress, [&](const execution& run) { return learn::fit_gradient_boosting(x.view, target, o, weights, run); });
      },
      py::arg("x"), py::arg("y"), py::arg("weight") = py::none(), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());

  auto uplift = python::bind_struct<learn::uplift_forest_model>(m, "UpliftForestModel", "A fitted uplift forest.");
  bind_trees_of(uplift);
  uplift.def(
      "predict_uplift",
      [](const learn::uplift_forest_model& model, const py_table& x, int threads) {
        return python::to_numpy(python::run_released(threads, py::none(), [&](const execution& run) { return learn::predict_uplift(model, x.view, run); }));
      },
      py::arg("x"), py::kw_only(), py::arg("threads") = 1, "Uplift per row.");
  m.def(
      "fit_uplift_forest",
      [](const py_table& x, const py::array& y, const py::array& treatment, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<learn::uplift_forest_options>(options);
        const auto target = as_column(y, "y"), treated = as_column(treatment, "treatment");
        return python::run_released(threads, progress, [&](const execution& run) { return learn::fit_uplift_forest(x.view, target, treated, o, run); });
      },
      py::arg("x"), py::arg("y"), py::arg("treatment"), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());

  auto survival_forest = python::bind_struct<survival::random_forest_model>(m, "RandomSurvivalForestModel", "A fitted survival forest.");
  bind_trees_of(survival_forest);
  survival_forest
      .def(
          "predict_risk",
          [](const survival::random_forest_model& model, const py_table& x, int threads) {
            return python::to_numpy(
                python::run_released(threads, py::none(), [&](const execution& run) { return survival::predict_risk(model, x.view, run); }));
          },
          py::arg("x"), py::kw_only(), py::arg("threads") = 1, "Mortality per row.")
      .def(
          "predict_cumulative_hazard",
          [](const survival::random_forest_model& model, const py_table& x, const std::vector<double>& times, int threads) {
            return python::to_numpy(python::run_released(threads, py::none(),
                                                         [&](const execution& run) { return survival::predict_cumulative_hazard(model, x.view, times, run); }));
          },
          py::arg("x"), py::arg("times"), py::kw_only(), py::arg("threads") = 1, "rows x times.")
      .def(
          "predict_incidence",
          [](const survival::random_forest_model& model, const py_table& x, const std::vector<double>& times, int cause, int threads) {
            return python::to_numpy(
                python::run_released(threads, py::none(), [&](const execution& run) { return survival::predict_incidence(model, x.view, times, cause, run); }));
          },
          py::arg("x"), py::arg("times"), py::arg("cause"), py::kw_only(), py::arg("threads") = 1, "rows x times.")
      .def(
          "predict_survival",
          [](const survival::random_forest_model& model, const py_table& x, const std::vector<double>& times, int threads) {
            return python::to_numpy(
                python::run_released(threads, py::none(), [&](const execution& run) { return survival::predict_survival(model, x.view, times, run); }));
          },
          py::arg("x"), py::arg("times"), py::kw_only(), py::arg("threads") = 1, "rows x times.");
  const auto outcome_of = [](const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight) {
    return survival::outcome{as_column(time, "time"), as_column(event, "event"), column_or_none(entry, "entry"), column_or_none(weight, "sample_weight")};
  };
  m.def(
      "fit_random_survival_forest",
      [outcome_of](const py_table& x, const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight, int threads,
                   const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<survival::random_forest_options>(options);
        const auto y = outcome_of(time, event, entry, weight);
        return python::run_released(threads, progress, [&](const execution& run) { return survival::fit_random_forest(x.view, y, o, run); });
      },
      py::arg("x"), py::arg("time"), py::arg("event"), py::arg("entry") = py::none(), py::arg("weight") = py::none(), py::kw_only(), py::arg("threads") = 1,
      py::arg("progress") = py::none());
  m.def(
      "out_of_bag_risk",
      [outcome_of](const survival::random_forest_model& model, const py_table& x, const py::array& time, const py::array& event, const optional_array& weight,
                   int threads) {
        const auto y = outcome_of(time, event, std::nullopt, weight);
        return python::to_numpy(
            python::run_released(threads, py::none(), [&](const execution& run) { return survival::out_of_bag_risk(model, x.view, y, run); }));
      },
      py::arg("model"), py::arg("x"), py::arg("time"), py::arg("event"), py::arg("weight") = py::none(), py::kw_only(), py::arg("threads") = 1);

  auto survival_boosting = python::bind_struct<survival::gradient_boosting_model>(m, "GradientBoostingSurvivalModel", "A boosted survival model.");
  bind_trees_of(survival_boosting);
  survival_boosting
      .def(
          "predict_risk",
          [](const survival::gradient_boosting_model& model, const py_table& x, int threads) {
            return python::to_numpy(
                python::run_released(threads, py::none(), [&](const execution& run) { return survival::predict_risk(model, x.view, run); }));
          },
          py::arg("x"), py::kw_only(), py::arg("threads") = 1, "Risk per row.")
      .def(
          "predict_survival",
          [](const survival::gradient_boosting_model& model, const py_table& x, const std::vector<double>& times, int threads) {
            return python::to_numpy(
                python::run_released(threads, py::none(), [&](const execution& run) { return survival::predict_survival(model, x.view, times, run); }));
          },
          py::arg("x"), py::arg("times"), py::kw_only(), py::arg("threads") = 1, "rows x times.");
  m.def(
      "fit_survival_boosting",
      [outcome_of](const py_table& x, const py::array& time, const py::array& event, const optional_array& entry, const optional_array& weight, int threads,
                   const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<survival::gradient_boosting_options>(options);
        const auto y = outcome_of(time, event, entry, weight);
        return python::run_released(threads, progress, [&](const execution& run) { return survival::fit_gradient_boosting(x.view, y, o, run); });
      },
      py::arg("x"), py::arg("time"), py::arg("event"), py::arg("entry") = py::none(), py::arg("weight") = py::none(), py::kw_only(), py::arg("threads") = 1,
      py::arg("progress") = py::none());
}
