#include <pybind11/operators.h>

#include "convert.hpp"
#include "tenure/rules/itemsets.hpp"

namespace {

namespace py = pybind11;
using namespace tenure;
using rules::itemsets;
using rules::transactions;

/// Numbers Python objects in the order of their first appearance: small non-negative integers by table, everything else by dictionary.
class object_numbers {
 public:
  std::int32_t of(PyObject* item) {
    if (PyLong_CheckExact(item)) {
      int overflow = 0;
      const long long value = PyLong_AsLongLongAndOverflow(item, &overflow);
      if (!overflow && value >= 0 && value < table_limit) {
        const auto index = static_cast<std::size_t>(value);
        if (index >= by_value_.size()) by_value_.resize(std::max(index + 1, 2 * by_value_.size()), -1);
        if (by_value_[index] < 0) by_value_[index] = add(item);
        return by_value_[index];
      }
    }
    if (PyObject* known = PyDict_GetItemWithError(by_object_.ptr(), item)) return static_cast<std::int32_t>(PyLong_AsLong(known));
    if (PyErr_Occurred()) throw py::error_already_set();
    const std::int32_t number = add(item);
    by_object_[py::handle(item)] = number;
    return number;
  }
  py::list names;

 private:
  static constexpr long long table_limit = 1 << 22;
  std::int32_t add(PyObject* item) {
    if (item == Py_None || (PyFloat_Check(item) && PyFloat_AS_DOUBLE(item) != PyFloat_AS_DOUBLE(item)))
      throw invalid_input("transactions", "must not hold None or NaN as an item");
    names.append(py::handle(item));
    return static_cast<std::int32_t>(names.size()) - 1;
  }
  std::vector<std::int32_t> by_value_;
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
      .def("append", [](transactions& self, const transactions& more) { rules::append(self, more); })
      .def_property_readonly("names", [](const transactions& self) { return self.names; })
      .def_readonly("item_count", &transactions::item_count)
      .def_property_readonly(
          "offsets", [](const transactions& self) { return py::array_t<std::int64_t>(static_cast<py::ssize_t>(self.offsets.size()), self.offsets.data()); })
      .def_property_readonly("items",
                             [](const transactions& self) { return py::array_t<std::int32_t>(static_cast<py::ssize_t>(self.items.size()), self.items.data()); })
      .def("__len__", &transactions::size)
      .def(py::self == py::self);
  module.def("from_python", &from_python, py::arg("transactions"));
}

void bind_itemsets(py::module_& module) {
  py::class_<itemsets>(module, "Sets", "Sets of numbered items with their counts; the arrays are views.")
      .def_property_readonly("offsets",
                             [](const py::object& self) {
                               const auto& s = self.cast<const itemsets&>();
                               return py::array_t<std::int64_t>(static_cast<py::ssize_t>(s.offsets.size()), s.offsets.data(), self);
                             })
      .def_property_readonly("items",
                             [](const py::object& self) {
                               const auto& s = self.cast<const itemsets&>();
                               return py::array_t<std::int32_t>(static_cast<py::ssize_t>(s.items.size()), s.items.data(), self);
                             })
      .def_property_readonly("counts",
                             [](const py::object& self) {
                               const auto& s = self.cast<const itemsets&>();
                               return py::array_t<std::uint32_t>(static_cast<py::ssize_t>(s.counts.size()), s.counts.data(), self);
                             })
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

}  // namespace

void bind_rules(py::module_& core) {
  py::module_ module = core.def_submodule("rules", "Baskets, frequent sets and rules.");
  bind_transactions(module);
  bind_itemsets(module);
}
