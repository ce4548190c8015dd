#include "convert.hpp"
#include "tenure/rates/activity.hpp"
#include "tenure/rates/cohort.hpp"
#include "tenure/rates/convert.hpp"
#include "tenure/rates/economics.hpp"
#include "tenure/rates/funnel.hpp"
#include "tenure/rates/loss.hpp"
#include "tenure/rates/mix.hpp"
#include "tenure/rates/periods.hpp"
#include "tenure/rates/reasons.hpp"
#include "tenure/rates/revenue.hpp"
#include "tenure/rates/segments.hpp"

namespace tenure::python {

namespace {

numeric_column maybe_column(const std::optional<py::array>& a, const char* name) { return a ? as_column(*a, name) : numeric_column(); }

/// A column of dates crosses as (array of day or tick numbers, ticks per day), or None.
using py_dates = std::optional<std::pair<py::array, std::int64_t>>;
rates::date_column as_dates(const py_dates& dates, const char* name) {
  return dates ? rates::date_column(as_column(dates->first, name), dates->second) : rates::date_column();
}

void bind_churn(py::module_& m) {
  m.def(
      "balance",
      [](const py::dict& counts, const std::string& new_counts) {
        return to_python(rates::balance(options_from<rates::period_counts>(counts), enum_from_name<rates::new_meaning>("new_counts", new_counts)));
      },
      py::arg("counts"), py::arg("new_counts") = "gross");
  m.def(
      "churn_rate",
      [](const py::dict& counts, const std::string& by, const py::kwargs& options) {
        return to_python(rates::churn_rate(options_from<rates::period_counts>(counts), enum_from_name<rates::convention>("convention", by),
                                           options_from<rates::rate_options>(options)));
      },
      py::arg("counts"), py::arg("convention"));
  m.def(
      "churn_rates",
      [](const py::dict& counts, const py::kwargs& options) {
        return to_python(rates::churn_rates(options_from<rates::period_counts>(counts), options_from<rates::rate_options>(options)));
      },
      py::arg("counts"));
  m.def(
      "retention",
      [](const std::string& by, double rate) {
        rates::rate_estimate churn;
        churn.convention = enum_from_name<rates::convention>("convention", by);
        churn.rate = rate;
        return rates::retention(churn);
      },
      py::arg("convention"), py::arg("rate"));
  m.def(
      "convert_rate", [](double rate, const py::kwargs& options) { return rates::convert_rate(rate, options_from<rates::convert_options>(options)); },
      py::arg("rate"));
  m.def(
      "convert_estimate",
      [](const std::string& by, double rate, double lower, double upper, const py::kwargs& options) {
        rates::rate_estimate churn;
        churn.convention = enum_from_name<rates::convention>("convention", by);
        churn.rate = rate;
        churn.lower = lower;
        churn.upper = upper;
        return to_python(rates::convert_rate(churn, options_from<rates::convert_options>(options)));
      },
      py::arg("convention"), py::arg("rate"), py::arg("lower"), py::arg("upper"));
  m.def(
      "period_growth", [](const double_array& counts, double level) { return to_python(rates::period_growth(as_doubles(counts, "counts"), level)); },
      py::arg("counts"), py::arg("level"));
  py::list conventions;
  for (const char* name : enum_names<rates::convention>::values)
    conventions.append(name);
  m.attr("conventions") = py::tuple(conventions);
}

void bind_money(py::module_& m) {
  m.def(
      "churn_loss",
      [](double lost, const std::vector<std::pair<double, double>>& turnover, const py::kwargs& options) {
        std::vector<rates::turnover_class> classes;
        for (const auto& [share, amount] : turnover)
          classes.push_back({share, amount});
        return to_python(rates::churn_loss(lost, classes, options_from<rates::loss_options>(options)));
      },
      py::arg("lost"), py::arg("turnover"));
  m.def(
      "churn_loss_each",
      [](const double_array& turnover, const std::optional<double_array>& profit_rate, const py::kwargs& options) {
        const auto margins = profit_rate ? as_doubles(*profit_rate, "profit_rate") : column_view<double>();
        return to_python(rates::churn_loss(as_doubles(turnover, "turnover"), margins, options_from<rates::loss_options>(options)));
      },
      py::arg("turnover"), py::arg("profit_rates"));
  m.def(
      "revenue_churn",
      [](const py::array& begin, const py::array& end, const std::optional<py::array>& customer, const std::optional<py::array>& paid_before,
         const std::optional<py::array>& end_current, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = options_from<rates::revenue_options>(options);
        const rates::revenue_lines lines{as_column(begin, "begin_mrr"), as_column(end, "end_mrr"), maybe_column(customer, "customer"),
                                         maybe_column(paid_before, "paid_before"), maybe_column(end_current, "end_current")};
        return to_python(run_released(threads, progress, [&](const execution& run) { return rates::revenue_churn(lines, o, run); }));
      },
      py::arg("begin"), py::arg("end"), py::arg("customer") = py::none(), py::arg("paid_before") = py::none(), py::arg("end_current") = py::none(),
      py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
  m.def(
      "monthly_revenue",
      [](const double_array& quantity, const double_array& amount, const double_array& months) {
        return rates::monthly_revenue(as_doubles(quantity, "quantity"), as_doubles(amount, "amount"), as_doubles(months, "months"));
      },
      py::arg("quantity"), py::arg("amount"), py::arg("months"));
}

void bind_reasons(py::module_& m) {
  m.def(
      "reason_shares",
      [](const double_array& counts, double lost, const py::kwargs& options) {
        return to_python(rates::reason_shares(as_doubles(counts, "counts"), lost, options_from<rates::reason_options>(options)));
      },
      py::arg("counts"), py::arg("lost"));
  m.def(
      "reason_change",
      [](const double_array& now, double lost_now, double answered_now, const double_array& before, double lost_before, double answered_before,
         const py::kwargs& options) {
        auto o = options_from<rates::reason_options>(options);
        o.answered = answered_now;
        const auto current = rates::reason_shares(as_doubles(now, "counts"), lost_now, o);
        o.answered = answered_before;
        return to_python(rates::reason_change(current, rates::reason_shares(as_doubles(before, "before"), lost_before, o), o));
      },
      py::arg("now"), py::arg("lost_now"), py::arg("answered_now"), py::arg("before"), py::arg("lost_before"), py::arg("answered_before"));
  m.def(
      "mix_rate",
      [](const double_array& customers0, const double_array& lost0, const double_array& customers1, const double_array& lost1) {
        return to_python(rates::mix_rate(as_doubles(customers0, "customers0"), as_doubles(lost0, "lost0"), as_doubles(customers1, "customers1"),
                                         as_doubles(lost1, "lost1")));
      },
      py::arg("customers0"), py::arg("lost0"), py::arg("customers1"), py::arg("lost1"));
}

void bind_segments(py::module_& m) {
  m.def(
      "segment_counts",
      [](const py::array& segment, const py::array& churned, const std::optional<py::array>& amount, std::size_t segments) {
        rates::segment_statistic statistic(segments);
        statistic.add(as_column(segment, "segment"), as_column(churned, "churned"), maybe_column(amount, "amount"));
        py::dict counts;
        counts["customers"] = to_numpy(statistic.customers());
        counts["lost"] = to_numpy(statistic.lost());
        counts["amount"] = to_numpy(statistic.amount());
        counts["left_out"] = statistic.left_out();
        return counts;
      },
      py::arg("segment"), py::arg("churned"), py::arg("amount"), py::arg("segments"));
  m.def(
      "rates_by",
      [](const double_array& lost, const double_array& customers, const py::kwargs& options) {
        return to_python(rates::rates_by(as_doubles(lost, "lost"), as_doubles(customers, "customers"), options_from<rates::segment_options>(options)));
      },
      py::arg("lost"), py::arg("customers"));
}

void bind_periods(py::module_& m) {
  bind_struct<rates::period_statistic>(m, "PeriodStatistic", "Counts by day and period from customer records; partial results of disjoint customers merge.")
      .def(py::init([](std::vector<std::int64_t> edges, const py::kwargs& options) {
             return rates::period_statistic(std::move(edges), options_from<rates::period_options>(options));
           }),
           py::arg("edges"))
      .def(
          "add",
          [](rates::period_statistic& self, const py_dates& start, const py_dates& end, const std::optional<py::array>& customer, const py_dates& renewal,
             int threads, const py::object& progress) {
            const rates::customer_records records{as_dates(start, "start"), as_dates(end, "end"), maybe_column(customer, "customer"),
                                                  as_dates(renewal, "renewal")};
            run_released(threads, progress, [&](const execution& run) {
              self.add(records, run);
              return 0;
            });
          },
          py::arg("start"), py::arg("end"), py::arg("customer") = py::none(), py::arg("renewal") = py::none(), py::kw_only(), py::arg("threads") = 1,
          py::arg("progress") = py::none(), "Counts the records of whole customers.")
      .def("merge", &rates::period_statistic::merge, py::arg("other"), "Adds the counts of other customers.")
      .def("finish", [](const rates::period_statistic& self) { return to_python(self.finish()); }, "One dict of counts a period.");
  m.def(
      "calendar_edges",
      [](std::int64_t first, std::int64_t last, const std::string& unit) {
        return to_numpy(rates::calendar_edges(first, last, enum_from_name<rates::calendar_unit>("unit", unit)));
      },
      py::arg("first"), py::arg("last"), py::arg("unit"));
  m.def(
      "end_dates",
      [](const py_dates& term_end, const py_dates& cancelled, const py_dates& unpaid_since, const py::kwargs& options) {
        return to_numpy(rates::end_dates(as_dates(term_end, "term_end"), as_dates(cancelled, "cancelled"), as_dates(unpaid_since, "unpaid_since"),
                                         options_from<rates::end_options>(options)));
      },
      py::arg("term_end"), py::arg("cancelled"), py::arg("unpaid_since"));
}

void bind_activity(py::module_& m) {
  const auto records = [](const py::array& customer, const py_dates& day) {
    return rates::activity_records{as_column(customer, "customer"), as_dates(day, "day")};
  };
  m.def(
      "active_periods",
      [records](const py::array& customer, const py_dates& day, const py::kwargs& options) {
        return to_python(rates::active_periods(records(customer, day), options_from<rates::activity_options>(options)));
      },
      py::arg("customer"), py::arg("day"));
  bind_struct<rates::silence_statistic>(m, "SilenceStatistic", "Lengths of silences between signs of life; partial results of disjoint customers merge.")
      .def(py::init<>())
      .def(
          "add",
          [records](rates::silence_statistic& self, const py::array& customer, const py_dates& day, std::int64_t as_of) {
            self.add(records(customer, day), as_of);
          },
          py::arg("customer"), py::arg("day"), py::arg("as_of"), "Counts the silences of whole customers.")
      .def("merge", &rates::silence_statistic::merge, py::arg("other"), "Adds the silences of other customers.")
      .def(
          "finish",
          [](const rates::silence_statistic& self, const std::vector<std::int64_t>& days, const py::kwargs& options) {
            return to_python(self.finish(days, options_from<rates::return_options>(options)));
          },
          py::arg("days"), "The return curve.")
      .def(
          "choose_threshold",
          [](const rates::silence_statistic& self, const py::kwargs& options) {
            return rates::choose_threshold(self, options_from<rates::threshold_options>(options));
          },
          "The shortest silence after which a customer may be called gone.");
  m.def(
      "threshold_sensitivity",
      [records](const py::array& customer, const py_dates& day, const std::vector<double>& thresholds, std::int64_t first, std::int64_t after, double level,
                const py::kwargs& options) {
        return to_python(rates::threshold_sensitivity(records(customer, day), thresholds, first, after, options_from<rates::activity_options>(options), level));
      },
      py::arg("customer"), py::arg("day"), py::arg("thresholds"), py::arg("first"), py::arg("after"), py::arg("level"));
}

void bind_cohorts(py::module_& m) {
  bind_struct<rates::retention_statistic>(m, "RetentionStatistic", "Counts of a cohort table; partial tables of disjoint customers merge.")
      .def(py::init([](const py::kwargs& options) { return rates::retention_statistic(options_from<rates::retention_options>(options)); }))
      .def(
          "add",
          [](rates::retention_statistic& self, const py::array& customer, const py_dates& day, const py_dates& start, const std::optional<py::array>& amount) {
            self.add({as_column(customer, "customer"), as_dates(day, "day"), as_dates(start, "start"), maybe_column(amount, "amount")});
          },
          py::arg("customer"), py::arg("day"), py::arg("start") = py::none(), py::arg("amount") = py::none(), "Counts the events of whole customers.")
      .def(
          "add_stays",
          [](rates::retention_statistic& self, const py::array& customer, const py_dates& start, const py_dates& end) {
            self.add_stays(as_column(customer, "customer"), as_dates(start, "start"), as_dates(end, "end"));
          },
          py::arg("customer"), py::arg("start"), py::arg("end"), "Counts the stays of whole customers.")
      .def("merge", &rates::retention_statistic::merge, py::arg("other"), "Adds the counts of other customers.")
      .def(
          "finish", [](const rates::retention_statistic& self, double level) { return to_python(self.finish(level)); }, py::arg("level") = 0.95,
          "The cohort table.");
}

void bind_economics(py::module_& m) {
  m.def(
      "funnel",
      [](const double_array& reached, const py::kwargs& options) {
        return to_python(rates::funnel(as_doubles(reached, "reached"), options_from<rates::funnel_options>(options)));
      },
      py::arg("reached"));
  m.def(
      "stage_counts", [](const py::array& furthest, std::size_t stages) { return to_numpy(rates::stage_counts(as_column(furthest, "furthest"), stages)); },
      py::arg("furthest"), py::arg("stages"));
  m.def("keep_or_acquire", [](const py::kwargs& options) { return to_python(rates::keep_or_acquire(options_from<rates::keep_or_acquire_options>(options))); });
  m.def("default_win_back_tiers", [] { return to_python(rates::default_win_back_tiers()); });
  m.def(
      "win_back",
      [](const double_array& value, const double_array& chance, const double_array& cost, const std::vector<py::array>& give_up,
         const std::vector<py::dict>& tiers, double budget) {
        rates::win_back_customers customers{as_doubles(value, "value"), as_doubles(chance, "chance"), as_doubles(cost, "cost"), {}};
        for (const auto& rule : give_up)
          customers.give_up.push_back(as_column(rule, "give_up"));
        rates::win_back_options options;
        options.budget = budget;
        options.tiers.clear();
        for (const auto& tier : tiers)
          options.tiers.push_back(options_from<rates::win_back_tier>(tier));
        return to_python(rates::win_back(customers, options));
      },
      py::arg("value"), py::arg("chance"), py::arg("cost"), py::arg("give_up"), py::arg("tiers"), py::arg("budget"));
  py::list decisions;
  for (const char* name : enum_names<rates::win_back_decision>::values)
    decisions.append(name);
  m.attr("win_back_decisions") = py::tuple(decisions);
}

}  // namespace

}  // namespace tenure::python

void bind_rates(pybind11::module_& module) {
  auto m = module.def_submodule("rates", "Churn arithmetic.");
  tenure::python::bind_churn(m);
  tenure::python::bind_money(m);
  tenure::python::bind_reasons(m);
  tenure::python::bind_segments(m);
  tenure::python::bind_periods(m);
  tenure::python::bind_activity(m);
  tenure::python::bind_cohorts(m);
  tenure::python::bind_economics(m);
}
