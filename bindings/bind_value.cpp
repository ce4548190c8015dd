#include <optional>

#include "convert.hpp"
#include "tenure/numeric/distributions.hpp"
#include "tenure/value/bg_nbd.hpp"
#include "tenure/value/gamma_gamma.hpp"
#include "tenure/value/keep_or_let_go.hpp"
#include "tenure/value/lifetime_value.hpp"
#include "tenure/value/pareto_nbd.hpp"
#include "tenure/value/retention_curve.hpp"
#include "tenure/value/rfm.hpp"

namespace tenure::python {

namespace {

using namespace tenure::value;

/// Frequency, recency and age of customers, kept alive beside their views.
struct customer_columns {
  numeric_column frequency, recency, age;
  customer_columns(const py::array& x, const py::array& r, const py::array& t)
      : frequency(as_column(x, "frequency")), recency(as_column(r, "recency")), age(as_column(t, "T")) {}
};

/// Tables of covariates where there are some.
struct covariate_tables : customer_covariates {
  covariate_tables(const std::optional<py_table>& x, const std::optional<py_table>& z) {
    if (x) purchase = x->view;
    if (z) dropout = z->view;
  }
  bool given() const { return purchase.cols() + dropout.cols() > 0; }
};

py::arg_v no_table(const char* name) { return py::arg(name) = py::none(); }

/// Prediction and lifetime value of a purchase model.
template <class Model>
void bind_predictions(py::module_& m) {
  m.def(
      "log_likelihood",
      [](const Model& model, const py::array& x, const py::array& r, const py::array& t, const std::optional<py_table>& purchase,
         const std::optional<py_table>& dropout) {
        const customer_columns c(x, r, t);
        const covariate_tables covariates(purchase, dropout);
        if (!covariates.given()) {
          purchase_summary data;
          data.add(c.frequency, c.recency, c.age);
          return log_likelihood(model, data);
        }
        covariate_summary data{.purchase = model.covariates.purchase, .dropout = model.covariates.dropout, .rows = {}, .first = {}, .profiles = {}};
        data.add(c.frequency, c.recency, c.age, covariates);
        return log_likelihood(model, data);
      },
      py::arg("model"), py::arg("frequency"), py::arg("recency"), py::arg("T"), no_table("purchase"), no_table("dropout"));
  m.def(
      "probability_alive",
      [](const Model& model, const py::array& x, const py::array& r, const py::array& t, const std::optional<py_table>& purchase,
         const std::optional<py_table>& dropout) {
        const customer_columns c(x, r, t);
        return to_numpy(probability_alive(model, c.frequency, c.recency, c.age, covariate_tables(purchase, dropout)));
      },
      py::arg("model"), py::arg("frequency"), py::arg("recency"), py::arg("T"), no_table("purchase"), no_table("dropout"));
  m.def(
      "expected_purchases",
      [](const Model& model, const py::array& x, const py::array& r, const py::array& t, double horizon, const std::optional<py_table>& purchase,
         const std::optional<py_table>& dropout, int threads) {
        const customer_columns c(x, r, t);
        const covariate_tables covariates(purchase, dropout);
        return to_numpy(run_released(threads, py::none(),
                                     [&](const execution& run) { return expected_purchases(model, c.frequency, c.recency, c.age, horizon, covariates, run); }));
      },
      py::arg("model"), py::arg("frequency"), py::arg("recency"), py::arg("T"), py::arg("horizon"), no_table("purchase"), no_table("dropout"),
      py::arg("threads") = 1);
  m.def("coefficients", [](const Model& model) { return to_python(coefficients(model)); }, py::arg("model"));
  m.def(
      "lifetime_value",
      [](const Model& model, const gamma_gamma_model& spend, const py::array& x, const py::array& r, const py::array& t, const py::array& mean,
         const std::optional<py_table>& purchase, const std::optional<py_table>& dropout, int threads, const py::kwargs& options) {
        const customer_columns c(x, r, t);
        const covariate_tables covariates(purchase, dropout);
        const auto o = options_from<lifetime_options>(options);
        const auto values = as_column(mean, "monetary_value");
        return to_python(run_released(threads, py::none(), [&](const execution& run) {
          return lifetime_value(model, spend, c.frequency, c.recency, c.age, values, o, covariates, run);
        }));
      },
      py::arg("model"), py::arg("spend"), py::arg("frequency"), py::arg("recency"), py::arg("T"), py::arg("monetary_value"), no_table("purchase"),
      no_table("dropout"), py::kw_only(), py::arg("threads") = 1);
}

template <class Options, class Fit>
void bind_purchase_fit(py::module_& m, const char* name, Fit fit) {
  m.def(
      name,
      [fit](const py::array& x, const py::array& r, const py::array& t, const std::optional<py_table>& purchase, const std::optional<py_table>& dropout,
            int threads, const py::object& progress, const py::kwargs& options) {
        const customer_columns c(x, r, t);
        const covariate_tables covariates(purchase, dropout);
        const auto o = options_from<Options>(options);
        return run_released(threads, progress, [&](const execution& run) {
          if (covariates.given()) {
            covariate_summary data;
            data.add(c.frequency, c.recency, c.age, covariates);
            return fit(data, o, run);
          }
          purchase_summary data;
          data.add(c.frequency, c.recency, c.age);
          return fit(data, o, run);
        });
      },
      py::arg("frequency"), py::arg("recency"), py::arg("T"), no_table("purchase"), no_table("dropout"), py::kw_only(), py::arg("threads") = 1,
      py::arg("progress") = py::none());
}

void bind_purchases(py::module_& m) {
  bind_struct<bg_nbd_model>(m, "BgNbdModel", "A fitted BG/NBD or MBG/NBD model.");
  bind_struct<pareto_nbd_model>(m, "ParetoNbdModel", "A fitted Pareto/NBD model.");
  bind_struct<gamma_gamma_model>(m, "GammaGammaModel", "A fitted gamma-gamma model.");
  bind_purchase_fit<bg_nbd_options>(m, "fit_bg_nbd",
                                    [](const auto& data, const auto& options, const execution& run) { return fit_bg_nbd(data, options, run); });
  bind_purchase_fit<fit_options>(m, "fit_pareto_nbd",
                                 [](const auto& data, const auto& options, const execution& run) { return fit_pareto_nbd(data, options, run); });
  bind_predictions<bg_nbd_model>(m);
  bind_predictions<pareto_nbd_model>(m);
  m.def(
      "fit_gamma_gamma",
      [](const py::array& frequency, const py::array& mean, int threads, const py::kwargs& options) {
        const auto o = options_from<fit_options>(options);
        const auto x = as_column(frequency, "frequency"), v = as_column(mean, "monetary_value");
        return run_released(threads, py::none(), [&](const execution& run) {
          spend_summary data;
          data.add(x, v);
          return fit_gamma_gamma(data, o, run);
        });
      },
      py::arg("frequency"), py::arg("monetary_value"), py::kw_only(), py::arg("threads") = 1);
  m.def(
      "expected_spend",
      [](const gamma_gamma_model& model, const py::array& frequency, const py::array& mean) {
        return to_numpy(expected_spend(model, as_column(frequency, "frequency"), as_column(mean, "monetary_value")));
      },
      py::arg("model"), py::arg("frequency"), py::arg("monetary_value"));
  m.def("std_errors", [](const bg_nbd_model& x) { return to_numpy(std_errors({x.r, x.alpha, x.a, x.b}, x.fit)); }, py::arg("model"));
  m.def("std_errors", [](const pareto_nbd_model& x) { return to_numpy(std_errors({x.r, x.alpha, x.s, x.beta}, x.fit)); }, py::arg("model"));
  m.def("std_errors", [](const gamma_gamma_model& x) { return to_numpy(std_errors({x.p, x.q, x.gamma}, x.fit)); }, py::arg("model"));
  m.def("two_sided_p", &numeric::two_sided_p, py::arg("z"));
  m.def("chi_squared_sf", &numeric::chi_squared_sf, py::arg("x"), py::arg("dof"));
  m.def(
      "value_tiers", [](const py::array& value, const std::vector<double>& shares) { return to_numpy(value_tiers(as_column(value, "value"), shares)); },
      py::arg("value"), py::arg("shares"));
}

void bind_retention(py::module_& m) {
  bind_struct<retention_model>(m, "RetentionModel", "A fitted shifted beta-geometric or beta-discrete-Weibull retention curve.");
  m.def(
      "std_errors",
      [](const retention_model& x) {
        std::vector<double> parameters{x.alpha, x.beta};
        if (x.duration_dependence) parameters.push_back(x.c);
        return to_numpy(std_errors(parameters, x.fit));
      },
      py::arg("model"));
  m.def(
      "fit_retention_cohorts",
      [](const std::vector<std::vector<double>>& cohorts, const std::optional<py_table>& covariates, int threads, const py::kwargs& options) {
        const auto o = options_from<retention_options>(options);
        return run_released(threads, py::none(), [&](const execution& run) {
          if (covariates) {
            covariate_renewals data;
            data.add_cohorts(cohorts, covariates->view);
            return fit_retention(data, o, run);
          }
          renewal_counts data;
          for (const auto& customers : cohorts)
            data.add_cohort(customers);
          return fit_retention(data, o);
        });
      },
      py::arg("cohorts"), no_table("covariates"), py::kw_only(), py::arg("threads") = 1);
  m.def(
      "fit_retention_customers",
      [](const py::array& periods, const py::array& churned, const std::optional<py_table>& covariates, int threads, const py::kwargs& options) {
        const auto o = options_from<retention_options>(options);
        const auto t = as_column(periods, "periods"), gone = as_column(churned, "churned");
        return run_released(threads, py::none(), [&](const execution& run) {
          if (covariates) {
            covariate_renewals data;
            data.add(t, gone, covariates->view);
            return fit_retention(data, o, run);
          }
          renewal_counts data;
          data.add(t, gone);
          return fit_retention(data, o);
        });
      },
      py::arg("periods"), py::arg("churned"), no_table("covariates"), py::kw_only(), py::arg("threads") = 1);
  m.def("coefficients", [](const retention_model& model) { return to_python(coefficients(model)); }, py::arg("model"));
  m.def(
      "models_at", [](const retention_model& model, const py_table& covariates) { return models_at(model, covariates.view); }, py::arg("model"),
      py::arg("covariates"));
  m.def(
      "predict_retention", [](const retention_model& model, std::size_t periods, double level) { return to_python(predict_survival(model, periods, level)); },
      py::arg("model"), py::arg("periods"), py::arg("level") = 0.95);
  m.def(
      "residual_renewals",
      [](const retention_model& model, const py::array& tenure, const std::optional<py_table>& covariates, const py::kwargs& options) {
        return to_numpy(
            residual_renewals(model, as_column(tenure, "tenure"), options_from<residual_options>(options), covariates ? covariates->view : table_view()));
      },
      py::arg("model"), py::arg("tenure"), no_table("covariates"));
}

void bind_keep_or_let_go(py::module_& m) {
  m.def(
      "keep_or_let_go",
      [](const py::array& value, const py::array& churn, const std::optional<py::array>& value_lower, const std::optional<py::array>& value_upper,
         const std::optional<py::array>& churn_lower, const std::optional<py::array>& churn_upper, const py::kwargs& options) {
        const auto limit = [](const std::optional<py::array>& a, const char* name) { return a ? as_column(*a, name) : numeric_column(); };
        const offered_customers customers{as_column(value, "value"),         as_column(churn, "churn"),         limit(value_lower, "value_lower"),
                                          limit(value_upper, "value_upper"), limit(churn_lower, "churn_lower"), limit(churn_upper, "churn_upper")};
        return to_python(keep_or_let_go(customers, options_from<keep_or_let_go_options>(options)));
      },
      py::arg("value"), py::arg("churn"), py::kw_only(), py::arg("value_lower") = py::none(), py::arg("value_upper") = py::none(),
      py::arg("churn_lower") = py::none(), py::arg("churn_upper") = py::none());
}

void bind_rfm(py::module_& m) {
  py::class_<purchase_log>(m, "PurchaseLog", "Purchases added up by customer and time unit; chunks in any split give the same log.")
      .def(py::init<double>(), py::arg("unit") = 1.0)
      .def(
          "add",
          [](purchase_log& log, const py::array& customer, const py::array& time, const py::array& amount) {
            log.add(as_column(customer, "customer"), as_column(time, "time"), as_column(amount, "amount"));
          },
          py::arg("customer"), py::arg("time"), py::arg("amount"))
      .def("merge", &purchase_log::merge, py::arg("other"))
      .def("last_unit", &purchase_log::last_unit)
      .def("finish", [](const purchase_log& log, double end) { return to_python(log.finish(end)); }, py::arg("end"));
  m.def(
      "bin_borders",
      [](const py::array& values, int bins, const std::string& method) {
        return to_numpy(bin_borders(as_column(values, "values"), bins, enum_from_name<binning>("bins", method)));
      },
      py::arg("values"), py::arg("bins"), py::arg("method") = "quantile");
  m.def(
      "scores",
      [](const py::array& values, const std::vector<double>& borders, bool reverse) { return to_numpy(scores(as_column(values, "values"), borders, reverse)); },
      py::arg("values"), py::arg("borders"), py::arg("reverse") = false);
  m.def("rfm_segment_names", &rfm_segment_names);
  m.def(
      "rfm_segments",
      [](const std::vector<std::int32_t>& r, const std::vector<std::int32_t>& f, int r_levels, int f_levels) {
        return to_numpy(rfm_segments(r, f, r_levels, f_levels));
      },
      py::arg("recency_score"), py::arg("frequency_score"), py::arg("recency_levels") = 5, py::arg("frequency_levels") = 5);
}

}  // namespace

}  // namespace tenure::python

void bind_value(pybind11::module_& parent) {
  using namespace tenure::python;
  py::module_ module = parent.def_submodule("value", "Customer value.");
  bind_purchases(module);
  bind_retention(module);
  bind_keep_or_let_go(module);
  bind_rfm(module);
}
