#pragma once

#include <cstring>
#include <limits>
#include <string_view>
#include <unordered_map>

#include "tenure/io/arrow.hpp"

namespace tenure::inline TENURE_ABI::io {

namespace detail {

/// Releases an Arrow struct when it goes out of scope, as the interface asks of the consumer.
template <class T>
struct arrow_owned {
  T value{};
  arrow_owned() = default;
  arrow_owned(const arrow_owned&) = delete;
  arrow_owned& operator=(const arrow_owned&) = delete;
  ~arrow_owned() {
    if (value.release) value.release(&value);
  }
};

inline bool arrow_valid(const ArrowArray& a, std::int64_t i) {
  const auto* bits = a.n_buffers > 0 ? static_cast<const std::uint8_t*>(a.buffers[0]) : nullptr;
  const std::int64_t at = i + a.offset;
  return !bits || ((bits[at / 8] >> (at % 8)) & 1);
}

inline std::string_view arrow_text(const ArrowArray& a, std::string_view format, std::int64_t i) {
  const std::int64_t at = i + a.offset;
  if (format == "vu") {  // 16-byte views: length, then the text itself or prefix, buffer and offset
    const auto* view = static_cast<const char*>(a.buffers[1]) + at * 16;
    std::int32_t length, buffer, offset;
    std::memcpy(&length, view, 4);
    if (length <= 12) return {view + 4, static_cast<std::size_t>(length)};
    std::memcpy(&buffer, view + 8, 4);
    std::memcpy(&offset, view + 12, 4);
    return {static_cast<const char*>(a.buffers[2 + buffer]) + offset, static_cast<std::size_t>(length)};
  }
  const auto* text = static_cast<const char*>(a.buffers[2]);
  const auto between = [&](const auto* offsets) { return std::string_view(text + offsets[at], static_cast<std::size_t>(offsets[at + 1] - offsets[at])); };
  return format == "u" ? between(static_cast<const std::int32_t*>(a.buffers[1])) : between(static_cast<const std::int64_t*>(a.buffers[1]));
}

inline bool arrow_is_text(std::string_view format) { return format == "u" || format == "U" || format == "vu"; }

/// Calls f(i, value) for every row with the integer or float type of `format`; false when the format is none of them.
template <class F>
bool arrow_numbers(const ArrowArray& a, char format, F&& f) {
  const auto each = [&]<class T>(T) {
    const T* data = static_cast<const T*>(a.buffers[1]) + a.offset;
    for (std::int64_t i = 0; i < a.length; ++i)
      f(i, data[i]);
    return true;
  };
  switch (format) {
    case 'c':
      return each(std::int8_t{});
    case 'C':
      return each(std::uint8_t{});
    case 's':
      return each(std::int16_t{});
    case 'S':
      return each(std::uint16_t{});
    case 'i':
      return each(std::int32_t{});
    case 'I':
      return each(std::uint32_t{});
    case 'l':
      return each(std::int64_t{});
    case 'L':
      return each(std::uint64_t{});
    case 'f':
      return each(float{});
    case 'g':
      return each(double{});
    case 'b': {
      const auto* bits = static_cast<const std::uint8_t*>(a.buffers[1]);
      for (std::int64_t i = 0; i < a.length; ++i)
        f(i, static_cast<double>((bits[(i + a.offset) / 8] >> ((i + a.offset) % 8)) & 1));
      return true;
    }
    default:
      return false;
  }
}

/// Collects one column over all chunks; levels of different chunks are joined by their text.
class arrow_collector {
 public:
  arrow_collector(const ArrowSchema& schema, arrow_column& out) : schema_(schema), out_(out), format_(schema.format) {
    out_.name = schema.name ? schema.name : "";
    out_.categorical = schema.dictionary || arrow_is_text(format_);
    if (format_ == "tdD") out_.unit = "D";
    if (format_ == "tdm") out_.unit = "ms";
    if (format_.substr(0, 2) == "ts" && format_.size() >= 3) out_.unit = format_[2] == 's' ? "s" : std::string(1, format_[2]) + "s";
  }

  void add(const ArrowArray& a) {
    if (a.length == 0) return;
    if (schema_.dictionary)
      add_dictionary(a);
    else if (arrow_is_text(format_))
      for (std::int64_t i = 0; i < a.length; ++i)
        out_.codes.push_back(arrow_valid(a, i) ? code_of(arrow_text(a, format_, i)) : -1);
    else if (!out_.unit.empty())
      arrow_numbers(a, format_ == "tdD" ? 'i' : 'l', [&](std::int64_t i, auto x) {
        out_.moments.push_back(arrow_valid(a, i) ? static_cast<std::int64_t>(x) : std::numeric_limits<std::int64_t>::min());
      });
    else if (format_ == "n")
      out_.numbers.insert(out_.numbers.end(), static_cast<std::size_t>(a.length), std::numeric_limits<double>::quiet_NaN());
    else if (format_.size() != 1 || !arrow_numbers(a, format_[0], [&](std::int64_t i, auto x) {
               out_.numbers.push_back(arrow_valid(a, i) ? static_cast<double>(x) : std::numeric_limits<double>::quiet_NaN());
             }))
      refuse();
  }

 private:
  void add_dictionary(const ArrowArray& a) {
    const std::string_view values = schema_.dictionary->format;
    if (!arrow_is_text(values) || !a.dictionary || format_.size() != 1) refuse();
    std::vector<std::int32_t> codes;
    for (std::int64_t k = 0; k < a.dictionary->length; ++k)
      codes.push_back(arrow_valid(*a.dictionary, k) ? code_of(arrow_text(*a.dictionary, values, k)) : -1);
    const bool known =
        arrow_numbers(a, format_[0], [&](std::int64_t i, auto x) { out_.codes.push_back(arrow_valid(a, i) ? codes.at(static_cast<std::size_t>(x)) : -1); });
    if (!known) refuse();
  }

  std::int32_t code_of(std::string_view text) {
    const auto [found, is_new] = codes_.try_emplace(std::string(text), static_cast<std::int32_t>(out_.levels.size()));
    if (is_new) out_.levels.emplace_back(text);
    return found->second;
  }

  [[noreturn]] void refuse() const {
    throw not_supported("column '" + out_.name + "' has the Arrow format '" + std::string(format_) + "', which is not understood");
  }

  const ArrowSchema& schema_;
  arrow_column& out_;
  std::string_view format_;
  std::unordered_map<std::string, std::int32_t> codes_;
};

}  // namespace detail

TENURE_INLINE std::vector<arrow_column> read_arrow_stream(ArrowArrayStream* stream) {
  struct released {
    ArrowArrayStream* s;
    ~released() {
      if (s->release) s->release(s);
    }
  } guard{stream};
  const auto require = [&](int status) {
    if (status == 0) return;
    const char* reason = stream->get_last_error(stream);
    throw invalid_input("Arrow stream", reason ? reason : "cannot be read");
  };

  detail::arrow_owned<ArrowSchema> schema;
  require(stream->get_schema(stream, &schema.value));
  if (std::string_view(schema.value.format) != "+s") throw invalid_input("Arrow stream", "must be a table (record batches)");
  const auto count = static_cast<std::size_t>(schema.value.n_children);
  std::vector<arrow_column> columns(count);
  std::vector<detail::arrow_collector> collectors;
  for (std::size_t j = 0; j < count; ++j)
    collectors.emplace_back(*schema.value.children[j], columns[j]);
  for (;;) {
    detail::arrow_owned<ArrowArray> batch;
    require(stream->get_next(stream, &batch.value));
    if (!batch.value.release) break;
    if (batch.value.n_children != schema.value.n_children) throw invalid_input("Arrow stream", "a batch has another number of columns than the schema");
    if (batch.value.offset != 0) throw not_supported("an Arrow batch with an offset of its own");
    for (std::size_t j = 0; j < count; ++j)
      collectors[j].add(*batch.value.children[j]);
  }
  return columns;
}

TENURE_INLINE table_view as_table(const std::vector<arrow_column>& columns) {
  std::vector<table_column> views;
  for (const auto& c : columns) {
    if (!c.unit.empty()) throw not_supported("column '" + c.name + "' holds moments in time; a model needs numbers or categories");
    if (c.categorical)
      views.push_back({c.name, c.codes, c.levels, true});
    else
      views.push_back({c.name, c.numbers, {}, false});
  }
  return table_view(std::move(views));
}

}  // namespace tenure::inline TENURE_ABI::io
