#include <algorithm>
#include <cstring>

#include "convert.hpp"
#include "tenure/io/arrow.hpp"

namespace tenure::python {

namespace {

constexpr struct {
  char kind;
  int size;
  io::element_type type;
} array_types[] = {{'f', 8, io::element_type::f64}, {'f', 4, io::element_type::f32}, {'i', 8, io::element_type::i64}, {'i', 4, io::element_type::i32},
                   {'u', 4, io::element_type::u32}, {'u', 2, io::element_type::u16}, {'u', 1, io::element_type::u8}};

}  // namespace

io::value note_keeper::convert(py::handle x) {
  if (x.is_none()) return {};
  if (py::isinstance<py::bool_>(x)) return io::value::boolean(py::cast<bool>(x));
  if (py::isinstance<py::int_>(x)) return io::value::integer(py::cast<std::int64_t>(x));
  if (py::isinstance<py::float_>(x)) return io::value::real(py::cast<double>(x));
  if (py::isinstance<py::str>(x)) return io::value::text(py::cast<std::string>(x));
  if (py::isinstance<py::dict>(x)) {
    io::value map = io::value::map();
    for (const auto& [key, item] : py::reinterpret_borrow<py::dict>(x))
      map.set(py::cast<std::string>(key), convert(item));
    return map;
  }
  if (py::isinstance<py::list>(x) || py::isinstance<py::tuple>(x)) {
    io::value list = io::value::list();
    for (const auto& item : x)
      list.push_back(convert(item));
    return list;
  }
  if (py::isinstance<py::array>(x)) {
    arrays_.push_back(py::array::ensure(x, py::array::c_style));
    const py::array& a = arrays_.back();
    for (const auto& t : array_types)
      if (t.kind == a.dtype().kind() && t.size == a.itemsize() && a.ndim() == 1) return io::value::array(t.type, a.data(), static_cast<std::size_t>(a.size()));
  }
  throw py::type_error("a model file cannot hold a " + std::string(py::str(py::type::of(x).attr("__name__"))));
}

py::object value_to_python(const io::value& x) {
  switch (x.type()) {
    case io::value_type::none:
      return py::none();
    case io::value_type::boolean:
      return py::bool_(x.as_boolean({}));
    case io::value_type::integer:
      return py::int_(x.as_integer({}));
    case io::value_type::real:
      return py::float_(x.as_real({}));
    case io::value_type::text:
      return py::str(x.as_text({}));
    case io::value_type::list: {
      py::list list;
      for (const auto& item : x.as_list({}))
        list.append(value_to_python(item));
      return list;
    }
    case io::value_type::map: {
      py::dict map;
      for (const auto& [key, item] : x.as_map({}))
        map[py::str(key)] = value_to_python(item);
      return map;
    }
    case io::value_type::array:
      break;
  }
  const auto& t = *std::find_if(std::begin(array_types), std::end(array_types), [&](const auto& each) { return each.type == x.elements(); });
  const std::vector<py::ssize_t> shape{static_cast<py::ssize_t>(x.array_size())};
  py::array out(py::dtype(std::string(1, t.kind) + std::to_string(t.size)), shape);
  if (x.array_size()) std::memcpy(out.mutable_data(), x.array_data(), x.array_size() * io::size_of(x.elements()));
  return out;
}

namespace {

/// A pandas frame of what a stream holds: numbers, categoricals, datetime64.
py::object read_arrow(const py::object& source) {
  const py::capsule capsule = source.attr("__arrow_c_stream__")();
  auto* stream = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), "arrow_array_stream"));
  if (!stream) throw py::error_already_set();
  const py::module_ pandas = py::module_::import("pandas");
  py::dict frame;
  for (auto& column : io::read_arrow_stream(stream)) {
    if (column.categorical)
      frame[py::str(column.name)] = pandas.attr("Categorical").attr("from_codes")(to_numpy(std::move(column.codes)), py::arg("categories") = column.levels);
    else if (!column.unit.empty())
      frame[py::str(column.name)] = to_numpy(std::move(column.moments)).attr("view")("datetime64[" + column.unit + "]");
    else
      frame[py::str(column.name)] = to_numpy(std::move(column.numbers));
  }
  return pandas.attr("DataFrame")(frame);
}

}  // namespace

}  // namespace tenure::python

void bind_io(pybind11::module_& module) {
  namespace py = pybind11;
  using namespace tenure;
  py::module_ m = module.def_submodule("io", "Model files.");
  m.def(
      "read_tree", [](const py::bytes& bytes) { return python::value_to_python(io::read_file_bytes(static_cast<std::string_view>(bytes))); }, py::arg("bytes"),
      "Everything a model file holds, as plain data; nothing in the file is ever run.");
  m.def(
      "checksum", [](const py::bytes& bytes, std::uint64_t seed) { return io::checksum(static_cast<std::string_view>(bytes), seed); }, py::arg("bytes"),
      py::arg("seed") = 0, "The CRC-64 of model files.");
  m.def(
      "write_file", [](const std::string& path, const py::bytes& bytes) { io::write_bytes(path, static_cast<std::string_view>(bytes)); }, py::arg("path"),
      py::arg("bytes"), "Writes beside the path and renames: the file is whole or not there.");
  m.def("read_arrow_stream", &python::read_arrow, py::arg("source"), "Reads any object with `__arrow_c_stream__` into a pandas frame; needs no pyarrow.");
}
