#pragma once

#include <string>
#include <vector>

#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI {

/// One named input column. Numeric: NaN is missing. Categorical: `values` are codes into `levels`, a negative code is missing.
struct table_column {
  std::string name;
  numeric_column values;
  std::vector<std::string> levels;
  bool categorical = false;
};

/// A non-owning table of equally long columns; the input of every model. A `matrix_view` converts (columns x0, x1, ...).
class table_view {
 public:
  table_view() = default;
  /// Throws invalid_input when lengths differ, a name repeats, or a code is not below the number of levels.
  explicit table_view(std::vector<table_column> columns);
  table_view(matrix_view x);
  table_view(const matrix& x) : table_view(matrix_view(x)) {}

  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return columns_.size(); }
  const table_column& operator[](std::size_t j) const { return columns_[j]; }
  const std::vector<table_column>& columns() const { return columns_; }
  /// The rows [begin, end), for chunked work.
  table_view slice(std::size_t begin, std::size_t end) const;

 private:
  std::vector<table_column> columns_;
  std::size_t rows_ = 0;
};

/// What a model remembers of one column it was trained on.
struct column_schema {
  std::string name;
  bool categorical = false;
  std::vector<std::string> levels;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("name", self.name, "column name");
    visit("categorical", self.categorical, "true for a column of levels, false for numbers");
    visit("levels", self.levels, "level names, in code order");
  }
  friend bool operator==(const column_schema&, const column_schema&) = default;
};

std::vector<column_schema> schema_of(const table_view& table);

/// What to do with a level that training never saw.
enum class unseen_level { refuse, missing };

/// The columns of `table` in the order and coding of `schema`. Columns are found by name when the table is named like the schema,
/// else by position; levels are recoded by name. Throws invalid_input naming the column and the level.
/// The result views memory of `table` where codes agree and of `scratch` where they had to be translated.
class aligned_table {
 public:
  aligned_table(const table_view& table, const std::vector<column_schema>& schema, unseen_level unseen);
  const table_view& view() const { return view_; }

 private:
  std::vector<std::vector<std::int32_t>> scratch_;
  table_view view_;
};

/// Turns a table into the columns of a linear model: numbers as they are, a categorical with L levels as L - 1 indicators named
/// "column[level]" against a reference level (the first unless named).
struct encoding {
  std::vector<column_schema> columns;
  std::vector<std::int32_t> reference;  // per column: the reference level's code, -1 for numeric

  static encoding of(const table_view& table);
  std::size_t width() const;
  std::vector<std::string> names() const;
  /// The input column that design column `j` came from, for every j.
  std::vector<std::size_t> sources() const;
  void set_reference(const std::string& column, const std::string& level);

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("columns", self.columns, "the columns of training");
    visit("reference", self.reference, "per column the code of the reference level, -1 for numbers");
  }
  void check() const;
  friend bool operator==(const encoding&, const encoding&) = default;
};

/// Writes rows [begin, end) of the design matrix, row-major, `width` doubles a row, to `out`. `table` must be aligned to
/// `code.columns`. Missing values throw invalid_input naming column and row when `allow_missing` is false, else become NaN.
void encode_rows(const table_view& table, const encoding& code, std::size_t begin, std::size_t end, double* out, bool allow_missing = false);

/// The whole design matrix of `table`, aligned by name to `code`.
matrix encode(const table_view& table, const encoding& code);

}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/core/table-inl.hpp"
#endif
