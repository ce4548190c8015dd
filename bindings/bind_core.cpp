#include "convert.hpp"

void bind_core(pybind11::module_& module) {
  namespace py = pybind11;
  using namespace tenure;
  using python::py_table;

  py::class_<py_table>(module, "Table", "Equally long named columns, viewed where they lie: numbers, or codes into levels.")
      .def(py::init([](const py::list& columns) {
             py_table table;
             std::vector<table_column> views;
             for (const auto& item : columns) {
               const auto entry = py::cast<py::tuple>(item);
               if (entry.size() != 3) throw py::type_error("columns: each must be (name, array, levels or None)");
               table_column column;
               column.name = py::cast<std::string>(entry[0]);
               table.arrays.push_back(py::cast<py::array>(entry[1]));
               column.values = python::as_column(table.arrays.back(), column.name);
               if (!entry[2].is_none()) {
                 column.categorical = true;
                 column.levels = py::cast<std::vector<std::string>>(entry[2]);
               }
               views.push_back(std::move(column));
             }
             table.view = table_view(std::move(views));
             return table;
           }),
           py::arg("columns"), "columns: list of (name, 1-D array, list of level names or None)")
      .def(py::init([](const py::array& x, const std::optional<std::vector<std::string>>& names) {
             if (x.ndim() != 2) throw invalid_input("X", "must be two-dimensional, has " + std::to_string(x.ndim()) + " dimensions");
             py_table table;
             std::vector<table_column> views;
             const auto cols = static_cast<std::size_t>(x.shape(1));
             if (names && names->size() != cols) throw invalid_input("names", "must have one name a column");
             for (std::size_t j = 0; j < cols; ++j) {
               table.arrays.push_back(py::cast<py::array>(x[py::make_tuple(py::ellipsis(), j)]));
               table_column column;
               column.name = names ? (*names)[j] : "x" + std::to_string(j);
               column.values = python::as_column(table.arrays.back(), column.name);
               views.push_back(std::move(column));
             }
             table.view = table_view(std::move(views));
             return table;
           }),
           py::arg("x"), py::arg("names") = py::none(), "x: rows x columns array, used in place; names: one a column, x0, x1, ... when missing")
      .def_property_readonly("rows", [](const py_table& t) { return t.view.rows(); })
      .def_property_readonly("columns",
                             [](const py_table& t) {
                               std::vector<std::string> names;
                               for (const auto& c : t.view.columns())
                                 names.push_back(c.name);
                               return names;
                             })
      .def("__len__", [](const py_table& t) { return t.view.rows(); });
  module.def("thread_count", &thread_count, py::arg("requested"), "Threads that `requested` (0 = all) stands for.");
}
