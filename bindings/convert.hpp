#pragma once

// What every family's bindings share: arrays in and out, options from keyword arguments, described structs as Python classes, and the
// run of a long computation with the GIL released.

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"
#include "tenure/io/model_file.hpp"
#include "values.hpp"

namespace tenure::python {

namespace py = pybind11;

// ---- arrays ----

/// Views a 1-D numpy array of any numeric type (or bool) where it lies. The array must outlive the view.
inline numeric_column as_column(const py::array& a, const std::string& name) {
  if (a.ndim() != 1) throw invalid_input(name, "must be one-dimensional, has " + std::to_string(a.ndim()) + " dimensions");
  const auto n = static_cast<std::size_t>(a.shape(0));
  const py::ssize_t size = a.itemsize(), step = a.strides(0);
  const auto view = [&]<class T>(T) {
    if (n > 1 && step % size != 0) throw invalid_input(name, "has a stride that is no multiple of its item size");
    return numeric_column(column_view<T>(static_cast<const T*>(a.data()), n, n > 1 ? step / size : 1));
  };
  const char order = a.dtype().byteorder();
  if (order == '=' || order == '|' || order == '<') {
    switch (a.dtype().kind()) {
      case 'b':
        return view(std::uint8_t{});
      case 'f':
        if (size == 8) return view(double{});
        if (size == 4) return view(float{});
        break;
      case 'i':
        if (size == 8) return view(std::int64_t{});
        if (size == 4) return view(std::int32_t{});
        if (size == 2) return view(std::int16_t{});
        return view(std::int8_t{});
      case 'u':
        if (size == 8) return view(std::uint64_t{});
        if (size == 4) return view(std::uint32_t{});
        if (size == 2) return view(std::uint16_t{});
        return view(std::uint8_t{});
      default:
        break;
    }
  }
  throw py::type_error(name + ": array of type " + std::string(py::str(a.dtype())) + " is not numeric");
}

/// A 1-D array as doubles: viewed when it is float64, converted once otherwise. Keep the holder alive.
using double_array = py::array_t<double, py::array::forcecast>;
inline column_view<double> as_doubles(const double_array& a, const std::string& name) {
  if (a.ndim() != 1) throw invalid_input(name, "must be one-dimensional, has " + std::to_string(a.ndim()) + " dimensions");
  const auto n = static_cast<std::size_t>(a.shape(0));
  return {a.data(), n, n > 1 ? a.strides(0) / static_cast<py::ssize_t>(sizeof(double)) : 1};
}

inline matrix_view as_matrix(const double_array& a, const std::string& name) {
  if (a.ndim() != 2) throw invalid_input(name, "must be two-dimensional, has " + std::to_string(a.ndim()) + " dimensions");
  const auto size = static_cast<py::ssize_t>(sizeof(double));
  return {a.data(), static_cast<std::size_t>(a.shape(0)), static_cast<std::size_t>(a.shape(1)), a.strides(0) / size, a.strides(1) / size};
}

/// Hands a vector's memory over to numpy, without a copy.
template <class T>
py::array_t<T> to_numpy(std::vector<T> values) {
  auto kept = std::make_unique<std::vector<T>>(std::move(values));
  T* data = kept->data();
  const auto size = static_cast<py::ssize_t>(kept->size());
  const py::capsule owner(kept.release(), [](void* p) { delete static_cast<std::vector<T>*>(p); });
  return py::array_t<T>(size, data, owner);
}

inline py::array_t<double> to_numpy(const matrix& m) {
  py::array_t<double> out({static_cast<py::ssize_t>(m.rows()), static_cast<py::ssize_t>(m.cols())});
  std::copy(m.values().begin(), m.values().end(), out.mutable_data());
  return out;
}

// ---- tables ----

/// The table that crosses the border: arrays kept alive beside the view of them. Python builds it in `tenure._frames`.
struct py_table {
  std::vector<py::array> arrays;
  table_view view;
};

// ---- described values ----

template <class T>
py::object to_python(const T& x) {
  if constexpr (std::is_enum_v<T>) {
    return py::str(name_of(x));
  } else if constexpr (std::is_same_v<T, matrix>) {
    return to_numpy(x);
  } else if constexpr (is_vector<T>::value) {
    if constexpr (io::detail::is_flat<typename T::value_type>) {
      return to_numpy(x);
    } else {
      py::list list;
      for (const auto& item : x)
        list.append(to_python(item));
      return list;
    }
  } else if constexpr (described<const T>) {
    py::dict fields;
    T::describe(x, [&](const char* name, const auto& field, const auto&...) { fields[name] = to_python(field); });
    return fields;
  } else {
    return py::cast(x);
  }
}

template <class T>
void from_python(py::handle from, T& x, const std::string& name);

/// Keyword arguments into an options struct: unknown names and wrong types are refused, then the struct's own bounds are checked.
template <described Options>
Options options_from(const py::dict& keywords) {
  Options options;
  std::size_t used = 0;
  Options::describe(options, [&](const char* name, auto& field, const auto&...) {
    if (!keywords.contains(name)) return;
    ++used;
    from_python(keywords[name], field, name);
  });
  if (used != keywords.size()) {
    std::vector<std::string> known;
    Options::describe(options, [&](const char* name, const auto&, const auto&...) { known.push_back(name); });
    for (const auto& [key, unused] : keywords)
      if (std::find(known.begin(), known.end(), py::cast<std::string>(key)) == known.end())
        throw py::type_error("unknown option '" + py::cast<std::string>(key) + "'");
  }
  validate(options);
  return options;
}

template <class T>
void from_python(py::handle from, T& x, const std::string& name) {
  if constexpr (std::is_enum_v<T>) {
    if (!py::isinstance<py::str>(from)) throw py::type_error(name + ": must be one of " + enum_choices<T>());
    x = enum_from_name<T>(name, py::cast<std::string>(from));
  } else if constexpr (described<T>) {
    x = options_from<T>(py::cast<py::dict>(from));
  } else {
    try {
      x = py::cast<T>(from);
    } catch (const py::cast_error&) {
      throw py::type_error(name + ": is a " + std::string(py::str(py::type::of(from).attr("__name__"))) + ", which cannot be used here");
    }
  }
}

/// The described fields of an options struct as Python data: name, default, low, high, choices, meaning. What documentation and contract
/// tests read.
template <described Options>
py::list options_fields() {
  py::list list;
  const Options defaults;
  Options::describe(defaults, [&]<class T, class... Rest>(const char* name, const T& field, const Rest&... rest) {
    py::dict entry;
    entry["name"] = name;
    entry["default"] = to_python(field);
    const auto read = [&](const auto& item) {
      if constexpr (std::is_same_v<std::decay_t<decltype(item)>, bounds>) {
        entry["low"] = item.low;
        entry["high"] = item.high;
      } else {
        entry["meaning"] = item;
      }
    };
    (read(rest), ...);
    if constexpr (std::is_enum_v<T>) {
      py::list choices;
      for (const char* choice : enum_names<T>::values)
        choices.append(choice);
      entry["choices"] = choices;
    }
    list.append(entry);
  });
  return list;
}

/// A described struct as a Python class: read-only attributes, equality, and, when it can be stored, `to_bytes`, `from_bytes` and pickle.
template <described T>
py::class_<T> bind_struct(py::module_& module, const char* name, const char* doc) {
  py::class_<T> type(module, name, doc);
  const T example{};
  const py::object is_keyword = py::module_::import("keyword").attr("iskeyword");
  T::describe(example, [&]<class F>(const char* field, const F&, const auto&... rest) {
    if (py::cast<bool>(is_keyword(field))) return;  // a column named "from" is found in to_dict() alone
    const char* meaning = "";
    const auto read = [&](const auto& item) {
      if constexpr (!std::is_same_v<std::decay_t<decltype(item)>, bounds>) meaning = item;
    };
    (read(rest), ...);
    type.def_property_readonly(
        field,
        [wanted = std::string(field)](const T& self) {
          py::object found = py::none();
          T::describe(self, [&](const char* each, const auto& value, const auto&...) {
            if (wanted == each) found = to_python(value);
          });
          return found;
        },
        meaning);
  });
  type.def("to_dict", [](const T& self) { return to_python(self); }, "All fields.");
  if constexpr (std::equality_comparable<T>) {
    type.def("__eq__", [](const T& a, const py::object& b) { return py::isinstance<T>(b) && a == py::cast<const T&>(b); }, py::arg("other"));
    type.attr("__hash__") = py::none();
  }
  if constexpr (io::storable<T>) {
    type.attr("kind") = T::kind;
    type.def(
        "to_bytes",
        [](const T& self, const py::object& notes) {
          note_keeper kept;
          return py::bytes(io::to_bytes(self, kept.convert(notes)));
        },
        py::arg("notes") = py::none(), "The bytes of a model file; `notes` (plain data and arrays) travels along.");
    type.def_static("from_bytes", [](const py::bytes& bytes) { return io::from_bytes<T>(static_cast<std::string_view>(bytes)); }, py::arg("bytes"));
    type.def(py::pickle([](const T& self) { return py::bytes(io::to_bytes(self)); },
                        [](const py::bytes& bytes) { return io::from_bytes<T>(static_cast<std::string_view>(bytes)); }));
  }
  return type;
}

// ---- long computations ----

/// Runs `body(execution)` with the GIL released. About 20 times a second it takes the GIL to let Ctrl-C in and to call `progress(done)`.
template <class Body>
auto run_released(int threads, const py::object& progress, Body&& body) {
  struct state {
    const py::object& progress;
    std::chrono::steady_clock::time_point last;
  } s{progress, std::chrono::steady_clock::now()};
  execution run;
  run.threads = threads;
  run.context = &s;
  run.progress = [](void* context, double done) {
    auto& st = *static_cast<state*>(context);
    const auto now = std::chrono::steady_clock::now();
    if (now - st.last < std::chrono::milliseconds(50)) return true;
    st.last = now;
    const py::gil_scoped_acquire hold;
    if (PyErr_CheckSignals() != 0) return false;
    if (st.progress.is_none()) return true;
    try {
      st.progress(done);
    } catch (py::error_already_set& problem) {
      problem.restore();
      return false;
    }
    return true;
  };
  const py::gil_scoped_release release;
  return body(run);
}

}  // namespace tenure::python
