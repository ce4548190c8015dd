#include <cstring>

#include "convert.hpp"
#include "tenure/rules/class_rules.hpp"
#include "tenure/rules/items.hpp"
#include "tenure/rules/itemsets.hpp"
#include "tenure/rules/measures.hpp"
#include "tenure/rules/partition.hpp"
#include "tenure/rules/rule_classifier.hpp"
#include "tenure/rules/rules.hpp"
#include "tenure/rules/sequences.hpp"

namespace {

namespace py = pybind11;
using namespace tenure;
using rules::itemsets;
using rules::transactions;

/// Numbers Python objects in the order of their first appearance, equal objects alike. What is equal a dictionary decides; small non-negative integers and
/// texts that it has met are found again by tables of their own, which takes half its time.
class object_numbers {
 public:
  std::int32_t of(PyObject* item) {
    if (PyUnicode_CheckExact(item)) return of_text(item);
    if (PyLong_CheckExact(item)) {
      int overflow = 0;
      const long long value = PyLong_AsLongLongAndOverflow(item, &overflow);
      if (!overflow && value >= 0 && value < table_limit) {
        const auto index = static_cast<std::size_t>(value);
        if (index >= by_value_.size()) by_value_.resize(std::max(index + 1, 2 * by_value_.size()), -1);
        if (by_value_[index] < 0) by_value_[index] = of_object(item);
        return by_value_[index];
      }
    }
    return of_object(item);
  }
  py::list names;

 private:
  static constexpr long long table_limit = 1 << 22;
  struct text {
    PyObject* object = nullptr;  // one of `names`, which keeps it alive
    Py_hash_t hash = 0;
    std::int32_t number = 0;
  };

  static bool same_text(PyObject* a, PyObject* b) {
    return a == b || (PyUnicode_GET_LENGTH(a) == PyUnicode_GET_LENGTH(b) && PyUnicode_KIND(a) == PyUnicode_KIND(b) &&
                      std::memcmp(PyUnicode_DATA(a), PyUnicode_DATA(b), static_cast<std::size_t>(PyUnicode_GET_LENGTH(a) * PyUnicode_KIND(a))) == 0);
  }
  /// Where a text is, or the free place where it belongs.
  text& place_of(PyObject* item, Py_hash_t hash) {
    std::size_t at = static_cast<std::size_t>(hash) & (texts_.size() - 1);
    while (texts_[at].object && !(texts_[at].hash == hash && same_text(texts_[at].object, item)))
      at = (at + 1) & (texts_.size() - 1);
    return texts_[at];
  }
  std::int32_t of_text(PyObject* item) {
    const Py_hash_t hash = PyObject_Hash(item);
    if (const text& known = place_of(item, hash); known.object) return known.number;
    const std::int32_t number = of_object(item);
    PyObject* name = PyList_GET_ITEM(names.ptr(), number);
    if (!PyUnicode_CheckExact(name)) return number;  // a text of another type is equal to it and was there first
    if (2 * ++text_count_ > texts_.size()) {
      const std::vector<text> before = std::exchange(texts_, std::vector<text>(2 * texts_.size()));
      for (const text& each : before)
        if (each.object) place_of(each.object, each.hash) = each;
    }
    place_of(name, hash) = {name, hash, number};
    return number;
  }
  std::int32_t of_object(PyObject* item) {
    if (PyObject* known = PyDict_GetItemWithError(by_object_.ptr(), item)) return static_cast<std::int32_t>(PyLong_AsLong(known));
    if (PyErr_Occurred()) throw py::error_already_set();
    if (item == Py_None || (PyFloat_Check(item) && PyFloat_AS_DOUBLE(item) != PyFloat_AS_DOUBLE(item)))
      throw invalid_input("transactions", "must not hold None or NaN as an item");
    const auto number = static_cast<std::int32_t>(names.size());
    names.append(py::handle(item));
    by_object_[py::handle(item)] = number;
    return number;
  }

  std::vector<std::int32_t> by_value_;
  std::vector<text> texts_ = std::vector<text>(64);
  std::size_t text_count_ = 0;
  py::dict by_object_;
};

/// (baskets, item objects) from any iterable of iterables of hashable items.
py::tuple from_python(const py::iterable& data) {
  object_numbers numbers;
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int32_t> items;
  std::vector<std::int64_t> last;  // per item the basket that had it last
  for (const py::handle basket : data) {
    if (PyUnicode_Check(basket.ptr()) || PyBytes_Check(basket.ptr()))
      throw py::type_error("transactions: basket " + std::to_string(offsets.size() - 1) + " is a text; a basket is a collection of items");
    const auto fast = py::reinterpret_steal<py::object>(PySequence_Fast(basket.ptr(), "transactions: every basket must be a collection of items"));
    if (!fast) throw py::error_already_set();
    PyObject** each = PySequence_Fast_ITEMS(fast.ptr());
    const Py_ssize_t count = PySequence_Fast_GET_SIZE(fast.ptr());
    for (Py_ssize_t i = 0; i < count; ++i) {
      const std::int32_t item = numbers.of(each[i]);
      if (static_cast<std::size_t>(item) >= last.size()) last.resize(2 * static_cast<std::size_t>(item) + 64, -1);
      const auto here = static_cast<std::int64_t>(offsets.size());
      if (std::exchange(last[static_cast<std::size_t>(item)], here) != here) items.push_back(item);
    }
    offsets.push_back(static_cast<std::int64_t>(items.size()));
  }
  transactions out;
  out.offsets = std::move(offsets);
  out.items = std::move(items);
  out.item_count = numbers.names.size();
  return py::make_tuple(std::move(out), numbers.names);
}

template <class T>
column_view<T> whole(const py::array_t<T, py::array::c_style | py::array::forcecast>& a) {
  return {a.data(), static_cast<std::size_t>(a.size())};
}

template <class T>
py::array_t<T> view_of(const py::object& owner, const std::vector<T>& values) {
  return py::array_t<T>(static_cast<py::ssize_t>(values.size()), values.data(), owner);
}

using int64_array = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;
using int32_array = py::array_t<std::int32_t, py::array::c_style | py::array::forcecast>;

void bind_transactions(py::module_& module) {
  py::class_<transactions>(module, "Baskets", "Baskets of numbered items.")
      .def_static("from_rows", [](const int64_array& offsets, const int32_array& items,
                                  std::size_t item_count) { return rules::make_transactions(whole(offsets), whole(items), item_count); })
      .def_static("from_pairs", [](const int64_array& basket, std::size_t basket_count, const int32_array& item,
                                   std::size_t item_count) { return rules::make_transactions(whole(basket), basket_count, whole(item), item_count); })
      .def_static("from_table", [](const python::py_table& table) { return rules::make_transactions(table.view); })
      .def_static("from_text", [](const py::bytes& text) { return rules::parse_fimi(static_cast<std::string_view>(text)); })
      .def("select", [](const transactions& self,
                        const py::array_t<std::uint8_t, py::array::c_style | py::array::forcecast>& keep) { return rules::select_baskets(self, whole(keep)); })
      .def("append", [](transactions& self, const transactions& more) { rules::append(self, more); })
      .def_property_readonly("names", [](const transactions& self) { return self.names; })
      .def_readonly("item_count", &transactions::item_count)
      .def_property_readonly(
          "offsets", [](const transactions& self) { return py::array_t<std::int64_t>(static_cast<py::ssize_t>(self.offsets.size()), self.offsets.data()); })
      .def_property_readonly("items",
                             [](const transactions& self) { return py::array_t<std::int32_t>(static_cast<py::ssize_t>(self.items.size()), self.items.data()); })
      .def("__len__", &transactions::size)
      .def(
          "__eq__", [](const transactions& a, const py::object& b) { return py::isinstance<transactions>(b) && a == py::cast<const transactions&>(b); },
          py::arg("other"));
  module.def("from_python", &from_python, py::arg("transactions"));
}

void bind_itemsets(py::module_& module) {
  py::class_<itemsets>(module, "Sets", "Sets of numbered items with their counts; the arrays are views.")
      .def_property_readonly("offsets", [](const py::object& self) { return view_of(self, self.cast<const itemsets&>().offsets); })
      .def_property_readonly("items", [](const py::object& self) { return view_of(self, self.cast<const itemsets&>().items); })
      .def_property_readonly("counts", [](const py::object& self) { return view_of(self, self.cast<const itemsets&>().counts); })
      .def_readonly("baskets", &itemsets::baskets)
      .def_readonly("min_count", &itemsets::min_count)
      .def_readonly("complete_from", &itemsets::complete_from)
      .def_readonly("cut", &itemsets::cut)
      .def("__len__", &itemsets::size);
  module.def(
      "frequent_itemsets",
      [](const transactions& baskets, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<rules::itemset_options>(options);
        return python::run_released(threads, progress, [&](const execution& run) { return rules::frequent_itemsets(baskets, o, run); });
      },
      py::arg("baskets"), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
  module.def(
      "count_itemsets",
      [](const transactions& baskets, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<rules::itemset_options>(options);
        return python::to_numpy(python::run_released(threads, progress, [&](const execution& run) { return rules::count_itemsets(baskets, o, run); }));
      },
      py::arg("baskets"), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
}

void bind_association_rules(py::module_& module) {
  using rules::rule_list;
  py::class_<rule_list> list(module, "RuleList", "Rules with the counts their measures follow from; the arrays are views.");
  const auto array = [&](const char* name, auto member) {
    list.def_property_readonly(name, [member](const py::object& self) { return view_of(self, self.cast<const rule_list&>().*member); });
  };
  array("left_offsets", &rule_list::left_offsets);
  array("right_offsets", &rule_list::right_offsets);
  array("left", &rule_list::left);
  array("right", &rule_list::right);
  array("both", &rule_list::both);
  array("left_count", &rule_list::left_count);
  array("right_count", &rule_list::right_count);
  list.def_readonly("baskets", &rule_list::baskets)
      .def_readonly("examined", &rule_list::examined)
      .def("__len__", &rule_list::size)
      .def("select", [](const rule_list& self,
                        const int64_array& positions) { return rules::select_rules(self, {positions.data(), static_cast<std::size_t>(positions.size())}); })
      .def(
          "measure",
          [](const rule_list& self, const std::string& name, int threads) {
            return python::to_numpy(python::run_released(threads, py::none(), [&](const execution& run) { return rules::rule_measure(self, name, run); }));
          },
          py::arg("name"), py::kw_only(), py::arg("threads") = 1);
  module.def(
      "association_rules",
      [](const itemsets& sets, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<rules::rule_options>(options);
        return python::run_released(1, progress, [&](const execution& run) { return rules::association_rules(sets, o, run); });
      },
      py::arg("sets"), py::kw_only(), py::arg("progress") = py::none());
  module.def(
      "count_sets",
      [](const transactions& baskets, const int64_array& offsets, const int32_array& items, int threads) {
        return python::to_numpy(
            python::run_released(threads, py::none(), [&](const execution& run) { return rules::count_sets(baskets, whole(offsets), whole(items), run); }));
      },
      py::arg("baskets"), py::arg("offsets"), py::arg("items"), py::kw_only(), py::arg("threads") = 1);
  module.def("fisher_p", [](const int64_array& both, const int64_array& left, const int64_array& right, std::int64_t baskets) {
    return python::to_numpy(rules::fisher_p(whole(both), whole(left), whole(right), baskets));
  });
  module.def("measure_names", &rules::measure_names);
  module.def("measure_formula", &rules::measure_formula, py::arg("name"));
  module.def(
      "adjust_false_discovery",
      [](const python::double_array& p, double tests) {
        const auto values = python::as_doubles(p, "p");
        std::vector<double> copy(values.size());
        for (std::size_t i = 0; i < copy.size(); ++i)
          copy[i] = values[i];
        return python::to_numpy(rules::adjust_false_discovery(copy, tests));
      },
      py::arg("p"), py::arg("tests"));
}

void bind_partition(py::module_& module) {
  using rules::itemset_partition;
  py::class_<itemset_partition>(module, "ItemsetPartition", "Frequent itemsets of chunks: propose all, then count all.")
      .def(py::init([](const py::kwargs& options) { return itemset_partition(python::options_from<rules::itemset_options>(options)); }))
      .def(
          "propose",
          [](itemset_partition& self, const transactions& chunk, int threads) {
            python::run_released(threads, py::none(), [&](const execution& run) { self.propose(chunk, run); });
          },
          py::arg("chunk"), py::kw_only(), py::arg("threads") = 1)
      .def(
          "count",
          [](itemset_partition& self, const transactions& chunk, int threads) {
            python::run_released(threads, py::none(), [&](const execution& run) { self.count(chunk, run); });
          },
          py::arg("chunk"), py::kw_only(), py::arg("threads") = 1)
      .def("merge", &itemset_partition::merge, py::arg("other"))
      .def("finish", &itemset_partition::finish);
}

/// 0/1 or boolean values as bytes.
using flag_array = py::array_t<std::uint8_t, py::array::c_style | py::array::forcecast>;

void bind_class_rules(py::module_& module) {
  module.def(
      "class_rules",
      [](const transactions& baskets, const flag_array& outcome, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<rules::class_rule_options>(options);
        return python::run_released(threads, progress, [&](const execution& run) { return rules::class_rules(baskets, whole(outcome), o, run); });
      },
      py::arg("baskets"), py::arg("outcome"), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
  module.def(
      "contrast_rules",
      [](const transactions& baskets, const flag_array& outcome, const flag_array& period, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<rules::class_rule_options>(options);
        auto found = python::run_released(threads, progress,
                                          [&](const execution& run) { return rules::contrast_rules(baskets, whole(outcome), whole(period), o, run); });
        py::dict out;
        out["offsets"] = python::to_numpy(std::move(found.offsets));
        out["items"] = python::to_numpy(std::move(found.items));
        out["both_before"] = python::to_numpy(std::move(found.both_before));
        out["left_before"] = python::to_numpy(std::move(found.left_before));
        out["both_after"] = python::to_numpy(std::move(found.both_after));
        out["left_after"] = python::to_numpy(std::move(found.left_after));
        out["odds_ratio_change"] = python::to_numpy(std::move(found.odds_ratio_change));
        out["p_value"] = python::to_numpy(std::move(found.p));
        out["q_value"] = python::to_numpy(std::move(found.q));
        return out;
      },
      py::arg("baskets"), py::arg("outcome"), py::arg("period"), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
  python::bind_struct<rules::item_coding>(module, "ItemCoding", "How the columns of a table become items.");
  module.def("fit_items", [](const python::py_table& table, const flag_array& outcome, const py::kwargs& options) {
    return rules::fit_items(table.view, whole(outcome), python::options_from<rules::item_options>(options));
  });
  module.def("encode_items", [](const rules::item_coding& coding, const python::py_table& table) { return rules::encode_items(coding, table.view); });
  module.def("relative_trends", [](const python::double_array& x) { return python::to_numpy(rules::relative_trends(python::as_matrix(x, "x"))); });
}

void bind_classifier(py::module_& module) {
  using rules::rule_classifier;
  python::bind_struct<rule_classifier>(module, "RuleClassifierModel", "An ordered list of rules that decides about rows.")
      .def_property_readonly("classes", &rule_classifier::classes)
      .def("__len__", &rule_classifier::size)
      .def("describe", [](const rule_classifier& self, const std::vector<std::string>& names) { return rules::describe_rules(self, names); })
      .def(
          "predict_probability",
          [](const rule_classifier& self, const python::py_table& x, int threads) {
            return python::to_numpy(
                python::run_released(threads, py::none(), [&](const execution& run) { return rules::predict_probability(self, x.view, run); }));
          },
          py::arg("x"), py::kw_only(), py::arg("threads") = 1)
      .def(
          "deciding_rules",
          [](const rule_classifier& self, const python::py_table& x, int threads) {
            return python::to_numpy(python::run_released(threads, py::none(), [&](const execution& run) { return rules::deciding_rules(self, x.view, run); }));
          },
          py::arg("x"), py::kw_only(), py::arg("threads") = 1);
  module.def(
      "fit_rule_classifier",
      [](const python::py_table& x, const int32_array& y, std::size_t class_count, int threads, const py::object& progress, const py::kwargs& options) {
        const auto o = python::options_from<rules::rule_classifier_options>(options);
        return python::run_released(threads, progress, [&](const execution& run) { return rules::fit_rule_classifier(x.view, whole(y), class_count, o, run); });
      },
      py::arg("x"), py::arg("y"), py::arg("class_count"), py::kw_only(), py::arg("threads") = 1, py::arg("progress") = py::none());
}

void bind_sequences(py::module_& module) {
  module.def(
      "frequent_sequences",
      [](const int64_array& offsets, const int32_array& events, std::size_t event_count, const flag_array& outcome, int threads, const py::object& progress,
         const py::kwargs& options) {
        const auto o = python::options_from<rules::sequence_options>(options);
        auto found = python::run_released(threads, progress, [&](const execution& run) {
          return rules::frequent_sequences(whole(offsets), whole(events), event_count, whole(outcome), o, run);
        });
        py::dict out;
        out["offsets"] = python::to_numpy(std::move(found.offsets));
        out["events"] = python::to_numpy(std::move(found.events));
        out["counts"] = python::to_numpy(std::move(found.counts));
        out["outcome_counts"] = python::to_numpy(std::move(found.outcome_counts));
        return out;
      },
      py::arg("offsets"), py::arg("events"), py::arg("event_count"), py::arg("outcome"), py::kw_only(), py::arg("threads") = 1,
      py::arg("progress") = py::none());
}

}  // namespace

void bind_rules(py::module_& core) {
  py::module_ module = core.def_submodule("rules", "Baskets, frequent sets and rules.");
  bind_transactions(module);
  bind_itemsets(module);
  bind_association_rules(module);
  bind_class_rules(module);
  bind_classifier(module);
  bind_sequences(module);
  bind_partition(module);
}
