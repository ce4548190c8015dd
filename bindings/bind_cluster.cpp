#include "convert.hpp"
#include "tenure/cluster/dbscan.hpp"
#include "tenure/cluster/hdbscan.hpp"
#include "tenure/cluster/kmeans.hpp"
#include "tenure/cluster/linkage.hpp"
#include "tenure/cluster/medoids.hpp"
#include "tenure/cluster/minibatch.hpp"
#include "tenure/cluster/mixture.hpp"
#include "tenure/cluster/prototypes.hpp"
#include "tenure/cluster/scores.hpp"

namespace {

namespace py = pybind11;
using namespace tenure;
using namespace tenure::cluster;
using python::py_table;

using label_array = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;

std::vector<std::int64_t> as_labels(const label_array& a, const std::string& name) {
  if (a.ndim() != 1) throw invalid_input(name, "must be one-dimensional, has " + std::to_string(a.ndim()) + " dimensions");
  return {a.data(), a.data() + a.shape(0)};
}

/// None or a 2-D array as a matrix of the library.
matrix as_owned(const std::optional<python::double_array>& a, const std::string& name) {
  if (!a) return {};
  const matrix_view view = python::as_matrix(*a, name);
  matrix result(view.rows(), view.cols());
  for (std::size_t i = 0; i < view.rows(); ++i)
    for (std::size_t j = 0; j < view.cols(); ++j)
      result(i, j) = view(i, j);
  return result;
}

numeric_column as_weight(const std::optional<py::array>& a) { return a ? python::as_column(*a, "sample_weight") : numeric_column{}; }

using weight_array = std::optional<py::array>;
using start_array = std::optional<python::double_array>;

void bind_kmeans(py::module_& m) {
  python::bind_struct<kmeans_model>(m, "KMeansModel", "k centres and what training found about them.");
  m.def("kmeans_options", &python::options_fields<kmeans_options>);
  m.def(
      "fit_kmeans",
      [](const py_table& x, const weight_array& weight, const start_array& start, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<kmeans_options>(options);
        auto fit = python::run_released(threads, progress,
                                        [&](const execution& run) { return fit_kmeans(x.view, as_weight(weight), o, as_owned(start, "init"), run); });
        return py::make_tuple(std::move(fit.model), python::to_numpy(std::move(fit.labels)));
      },
      py::arg("x"), py::arg("weight") = py::none(), py::arg("centres") = py::none(), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
  m.def(
      "fit_minibatch_kmeans",
      [](const py_table& x, const weight_array& weight, const start_array& start, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<minibatch_options>(options);
        auto fit = python::run_released(threads, progress,
                                        [&](const execution& run) { return fit_minibatch_kmeans(x.view, as_weight(weight), o, as_owned(start, "init"), run); });
        return py::make_tuple(std::move(fit.model), python::to_numpy(std::move(fit.labels)));
      },
      py::arg("x"), py::arg("weight") = py::none(), py::arg("centres") = py::none(), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
  m.def(
      "begin_kmeans",
      [](const py_table& x, const weight_array& weight, int threads, const py::kwargs& options) {
        const auto o = python::options_from<kmeans_options>(options);
        return python::run_released(threads, py::none(), [&](const execution& run) { return begin_kmeans(x.view, as_weight(weight), o, run); });
      },
      py::arg("x"), py::arg("weight") = py::none(), py::kw_only(), py::arg("threads") = 1);
  m.def(
      "update_kmeans",
      [](const kmeans_model& model, const py_table& x, const weight_array& weight, int threads) {
        return python::run_released(threads, py::none(), [&](const execution& run) { return update_kmeans(model, x.view, as_weight(weight), run); });
      },
      py::arg("model"), py::arg("x"), py::arg("weight") = py::none(), py::kw_only(), py::arg("threads") = 1);
  m.def(
      "kmeans_model",
      [](const py_table& x, const python::double_array& centres) {
        kmeans_model model;
        model.columns = schema_of(x.view);
        model.centres = as_owned(centres, "init");
        if (model.centres.cols() != x.view.cols()) throw invalid_input("init", "must have one column a column of X", static_cast<double>(model.centres.cols()));
        model.weights.assign(model.centres.rows(), 0.0);
        return model;
      },
      py::arg("x"), py::arg("centres"), "A model with given centres and no rows yet; x says which columns.");
  m.def(
      "predict_kmeans",
      [](const kmeans_model& model, const py_table& x, int threads) {
        return python::to_numpy(python::run_released(threads, py::none(), [&](const execution& run) { return predict_kmeans(model, x.view, run); }));
      },
      py::arg("model"), py::arg("x"), py::kw_only(), py::arg("threads") = 1);
  m.def(
      "kmeans_distances",
      [](const kmeans_model& model, const py_table& x, int threads) {
        return python::to_numpy(python::run_released(threads, py::none(), [&](const execution& run) { return kmeans_distances(model, x.view, run); }));
      },
      py::arg("model"), py::arg("x"), py::kw_only(), py::arg("threads") = 1);
  m.def(
      "kmeans_inertia",
      [](const kmeans_model& model, const py_table& x, const weight_array& weight, int threads) {
        return python::run_released(threads, py::none(), [&](const execution& run) { return kmeans_inertia(model, x.view, as_weight(weight), run); });
      },
      py::arg("model"), py::arg("x"), py::arg("weight") = py::none(), py::kw_only(), py::arg("threads") = 1);
  py::class_<kmeans_pass>(m, "KMeansPass", "One pass of Lloyd's iteration over data that come in chunks: add, merge, finish.")
      .def(py::init<kmeans_model>(), py::arg("model"))
      .def(
          "add",
          [](kmeans_pass& self, const py_table& x, const weight_array& weight, int threads) {
            python::run_released(threads, py::none(), [&](const execution& run) { self.add(x.view, as_weight(weight), run); });
          },
          py::arg("x"), py::arg("weight") = py::none(), py::kw_only(), py::arg("threads") = 1)
      .def("merge", &kmeans_pass::merge, py::arg("other"))
      .def("finish", &kmeans_pass::finish);
}

void bind_scores(py::module_& m) {
  m.def(
      "silhouette_samples",
      [](const py_table& x, const label_array& labels, int threads, const py::object& progress) {
        const auto codes = as_labels(labels, "labels");
        return python::to_numpy(python::run_released(threads, progress, [&](const execution& run) { return silhouette_samples(x.view, codes, run); }));
      },
      py::arg("x"), py::arg("labels"), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
  m.def(
      "silhouette_score",
      [](const py_table& x, const label_array& labels, std::int64_t sample_size, std::uint64_t seed, int threads, const py::object& progress) {
        const auto codes = as_labels(labels, "labels");
        return python::run_released(threads, progress, [&](const execution& run) { return silhouette_score(x.view, codes, sample_size, seed, run); });
      },
      py::arg("x"), py::arg("labels"), py::kw_only(), py::arg("sample_size") = 0, py::arg("seed") = 0, py::arg("threads") = 1,
      py::arg("progress") = py::none());
  const auto score = [&](const char* name, double (*function)(const table_view&, const std::vector<std::int64_t>&, const execution&)) {
    m.def(
        name,
        [function](const py_table& x, const label_array& labels, int threads) {
          const auto codes = as_labels(labels, "labels");
          return python::run_released(threads, py::none(), [&](const execution& run) { return function(x.view, codes, run); });
        },
        py::arg("x"), py::arg("labels"), py::kw_only(), py::arg("threads") = 1);
  };
  score("simplified_silhouette_score", &simplified_silhouette_score);
  score("calinski_harabasz_score", &calinski_harabasz_score);
  score("davies_bouldin_score", &davies_bouldin_score);
  score("dunn_score", &dunn_score);
  m.def(
      "adjusted_rand_score",
      [](const label_array& a, const label_array& b) { return adjusted_rand_score(as_labels(a, "labels_true"), as_labels(b, "labels_pred")); },
      py::arg("labels_true"), py::arg("labels_pred"));
  m.def(
      "normalized_mutual_info_score",
      [](const label_array& a, const label_array& b) { return normalized_mutual_info_score(as_labels(a, "labels_true"), as_labels(b, "labels_pred")); },
      py::arg("labels_true"), py::arg("labels_pred"));
}

void bind_density(py::module_& m) {
  python::bind_struct<dbscan_model>(m, "DBSCANModel", "Clusters of dense rows.");
  m.def(
      "fit_dbscan",
      [](const py_table& x, const weight_array& weight, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<dbscan_options>(options);
        return python::run_released(threads, progress, [&](const execution& run) { return fit_dbscan(x.view, as_weight(weight), o, run); });
      },
      py::arg("x"), py::arg("weight") = py::none(), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
  python::bind_struct<hdbscan_model>(m, "HDBSCANModel", "Clusters of a density hierarchy.");
  m.def(
      "fit_hdbscan",
      [](const py_table& x, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<hdbscan_options>(options);
        return python::run_released(threads, progress, [&](const execution& run) { return fit_hdbscan(x.view, o, run); });
      },
      py::arg("x"), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
  m.def(
      "approximate_predict",
      [](const hdbscan_model& model, const py_table& x, int threads) {
        auto found = python::run_released(threads, py::none(), [&](const execution& run) { return approximate_predict(model, x.view, run); });
        return py::make_tuple(python::to_numpy(std::move(found.labels)), python::to_numpy(std::move(found.probabilities)));
      },
      py::arg("model"), py::arg("x"), py::kw_only(), py::arg("threads") = 1);
}

void bind_linkage(py::module_& m) {
  python::bind_struct<linkage_model>(m, "LinkageModel", "A dendrogram.");
  m.def(
      "fit_linkage",
      [](const py_table& x, const std::string& method, int threads, const py::object& progress) {
        const auto chosen = enum_from_name<linkage_method>("linkage", method);
        return python::run_released(threads, progress, [&](const execution& run) { return fit_linkage(x.view, chosen, run); });
      },
      py::arg("x"), py::arg("method") = "ward", py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
  m.def(
      "cut_tree", [](const linkage_model& model, std::int64_t clusters) { return python::to_numpy(cut_tree(model, clusters)); }, py::arg("model"),
      py::arg("clusters"));
  m.def("clusters_below", &clusters_below, py::arg("model"), py::arg("height"));
}

/// Python's (weights, means, list of covariance matrices), or None.
mixture_parameters as_parameters(const py::object& from) {
  mixture_parameters p;
  if (from.is_none()) return p;
  const auto parts = py::cast<py::tuple>(from);
  p.weights = py::cast<std::vector<double>>(parts[0]);
  p.means = as_owned(py::cast<python::double_array>(parts[1]), "means_init");
  for (const auto& each : py::cast<py::list>(parts[2]))
    p.covariances.push_back(as_owned(py::cast<python::double_array>(each), "precisions_init"));
  return p;
}

void bind_mixture(py::module_& m) {
  python::bind_struct<mixture_model>(m, "MixtureModel", "A mixture of normal distributions.")
      .def_property_readonly("degrees", &mixture_degrees, "Free parameters.");
  m.def(
      "fit_mixture",
      [](const py_table& x, const weight_array& weight, const py::object& parameters, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<mixture_options>(options);
        const auto first = as_parameters(parameters);
        return python::run_released(threads, progress, [&](const execution& run) { return fit_mixture(x.view, as_weight(weight), o, first, run); });
      },
      py::arg("x"), py::arg("weight") = py::none(), py::arg("parameters") = py::none(), py::kw_only(), py::arg("threads") = 1,
      py::arg("progress") = py::none());
  m.def(
      "mixture_densities",
      [](const mixture_model& model, const py_table& x, int threads) {
        auto found = python::run_released(threads, py::none(), [&](const execution& run) { return mixture_densities(model, x.view, run); });
        return py::make_tuple(python::to_numpy(found.responsibilities), python::to_numpy(std::move(found.log_density)));
      },
      py::arg("model"), py::arg("x"), py::kw_only(), py::arg("threads") = 1);
}

void bind_mixture_pass(py::module_& m) {
  m.def(
      "mixture_model",
      [](const py_table& x, const py::object& parameters, const std::string& covariance) {
        mixture_model model;
        model.columns = schema_of(x.view);
        model.covariance = enum_from_name<covariance_type>("covariance_type", covariance);
        model.parameters = as_parameters(parameters);
        try {
          model.check();
        } catch (const bad_file& reason) {
          throw invalid_input("weights_init, means_init, precisions_init", reason.what());
        }
        return model;
      },
      py::arg("x"), py::arg("parameters"), py::arg("covariance"), "A model with given parameters and no steps yet; x says which columns.");
  py::class_<mixture_pass>(m, "MixturePass", "One EM step over data that come in chunks: add, merge, finish.")
      .def(py::init<mixture_model>(), py::arg("model"))
      .def(
          "add",
          [](mixture_pass& self, const py_table& x, const weight_array& weight, int threads) {
            python::run_released(threads, py::none(), [&](const execution& run) { self.add(x.view, as_weight(weight), run); });
          },
          py::arg("x"), py::arg("weight") = py::none(), py::kw_only(), py::arg("threads") = 1)
      .def("merge", &mixture_pass::merge, py::arg("other"))
      .def("finish", &mixture_pass::finish, py::arg("regularisation") = 1e-6);
}

void bind_medoids(py::module_& m) {
  python::bind_struct<medoids_model>(m, "MedoidsModel", "k rows that stand for the others.");
  m.def(
      "fit_medoids",
      [](const py_table& x, const std::vector<std::int64_t>& rows, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<medoids_options>(options);
        auto fit = python::run_released(threads, progress, [&](const execution& run) { return fit_medoids(x.view, o, rows, run); });
        return py::make_tuple(std::move(fit.model), python::to_numpy(std::move(fit.labels)));
      },
      py::arg("x"), py::arg("rows") = std::vector<std::int64_t>{}, py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
  m.def(
      "medoid_distances",
      [](const medoids_model& model, const py_table& x, int threads) {
        return python::to_numpy(python::run_released(threads, py::none(), [&](const execution& run) { return medoid_distances(model, x.view, run); }));
      },
      py::arg("model"), py::arg("x"), py::kw_only(), py::arg("threads") = 1);
  python::bind_struct<prototypes_model>(m, "PrototypesModel", "k prototypes of numbers and levels.");
  m.def(
      "fit_prototypes",
      [](const py_table& x, const weight_array& weight, const std::vector<std::int64_t>& rows, int threads, const py::object& progress,
         const py::kwargs& options) {
        const auto o = python::options_from<prototypes_options>(options);
        auto fit = python::run_released(threads, progress, [&](const execution& run) { return fit_prototypes(x.view, as_weight(weight), o, rows, run); });
        return py::make_tuple(std::move(fit.model), python::to_numpy(std::move(fit.labels)));
      },
      py::arg("x"), py::arg("weight") = py::none(), py::arg("rows") = std::vector<std::int64_t>{}, py::kw_only(), py::arg("threads") = 1,
      py::arg("progress") = py::none());
  m.def(
      "predict_prototypes",
      [](const prototypes_model& model, const py_table& x, int threads) {
        return python::to_numpy(python::run_released(threads, py::none(), [&](const execution& run) { return predict_prototypes(model, x.view, run); }));
      },
      py::arg("model"), py::arg("x"), py::kw_only(), py::arg("threads") = 1);
}

}  // namespace

void bind_cluster(py::module_& module) {
  py::module_ m = module.def_submodule("cluster", "Groups of customers.");
  bind_kmeans(m);
  bind_scores(m);
  bind_density(m);
  bind_linkage(m);
  bind_mixture(m);
  bind_mixture_pass(m);
  bind_medoids(m);
}
