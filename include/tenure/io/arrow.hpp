#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tenure/core/table.hpp"

// The Arrow C data and stream interfaces (https://arrow.apache.org/docs/format/CDataInterface.html): a published ABI of three structs,
// guarded by the macros it prescribes so that any other definition of them can stand beside this one.
extern "C" {
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};
struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};
#endif
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema*);
  int (*get_next)(struct ArrowArrayStream*, struct ArrowArray*);
  const char* (*get_last_error)(struct ArrowArrayStream*);
  void (*release)(struct ArrowArrayStream*);
  void* private_data;
};
#endif
}

namespace tenure::inline TENURE_ABI::io {

/// One column read from Arrow: numbers (NaN where null), codes into levels (-1 where null; plain text becomes levels in order of first
/// appearance), or moments as integers since 1970 in `unit` ("D", "s", "ms", "us", "ns"; the smallest integer where null).
struct arrow_column {
  std::string name;
  std::vector<double> numbers;
  std::vector<std::int32_t> codes;
  std::vector<std::string> levels;
  std::vector<std::int64_t> moments;
  std::string unit;
  bool categorical = false;
};

/// Reads every chunk of a stream of record batches and releases the stream. Understands booleans, integers, floats, utf8, large_utf8,
/// utf8 views, dictionaries of text, dates and timestamps; throws not_supported naming the column and its format for anything else.
std::vector<arrow_column> read_arrow_stream(ArrowArrayStream* stream);

/// The numeric and categorical columns as a table over `columns`' memory. Moments are refused.
table_view as_table(const std::vector<arrow_column>& columns);

}  // namespace tenure::inline TENURE_ABI::io

#ifndef TENURE_COMPILED
#include "tenure/io/arrow-inl.hpp"
#endif
