#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI {

TENURE_INLINE table_view::table_view(std::vector<table_column> columns) : columns_(std::move(columns)) {
  std::unordered_set<std::string> seen;
  if (!columns_.empty()) rows_ = columns_[0].values.size();
  for (const auto& c : columns_) {
    if (!seen.insert(c.name).second) throw invalid_input(c.name, "column name appears twice");
    if (c.values.size() != rows_)
      throw invalid_input(c.name, "column has " + std::to_string(c.values.size()) + " rows, the first has " + std::to_string(rows_));
    if (!c.categorical) continue;
    const auto count = static_cast<double>(c.levels.size());
    c.values.visit([&](auto codes) {
      for (std::size_t i = 0; i < codes.size(); ++i)
        if (!(static_cast<double>(codes[i]) < count)) throw invalid_input(c.name, "code is not below the number of levels", static_cast<double>(codes[i]), i);
    });
  }
}

TENURE_INLINE table_view::table_view(matrix_view x) : rows_(x.rows()) {
  columns_.reserve(x.cols());
  for (std::size_t j = 0; j < x.cols(); ++j)
    columns_.push_back({"x" + std::to_string(j), x.column(j), {}, false});
}

TENURE_INLINE table_view table_view::slice(std::size_t begin, std::size_t end) const {
  table_view part;
  part.columns_ = columns_;
  for (auto& c : part.columns_)
    c.values = c.values.slice(begin, end);
  part.rows_ = end - begin;
  return part;
}

TENURE_INLINE std::vector<column_schema> schema_of(const table_view& table) {
  std::vector<column_schema> schema;
  for (const auto& c : table.columns())
    schema.push_back({c.name, c.categorical, c.levels});
  return schema;
}

TENURE_INLINE aligned_table::aligned_table(const table_view& table, const std::vector<column_schema>& schema, unseen_level unseen) {
  if (table.cols() != schema.size())
    throw invalid_input("X", "has " + std::to_string(table.cols()) + " columns, the model was trained on " + std::to_string(schema.size()));
  std::unordered_map<std::string, std::size_t> position;
  for (std::size_t j = 0; j < table.cols(); ++j)
    position.emplace(table[j].name, j);
  const bool by_name = std::all_of(schema.begin(), schema.end(), [&](const column_schema& c) { return position.contains(c.name); });

  std::vector<table_column> columns;
  scratch_.reserve(schema.size());
  for (std::size_t j = 0; j < schema.size(); ++j) {
    table_column column = table[by_name ? position[schema[j].name] : j];
    column.name = schema[j].name;
    if (column.categorical != schema[j].categorical)
      throw invalid_input(column.name, schema[j].categorical ? "was categorical in training" : "was numeric in training");
    if (column.categorical && column.levels != schema[j].levels) {
      std::unordered_map<std::string, std::int32_t> code_of;
      for (const auto& level : schema[j].levels)
        code_of.emplace(level, static_cast<std::int32_t>(code_of.size()));
      std::vector<std::int32_t> translation;
      for (const auto& level : column.levels) {
        const auto found = code_of.find(level);
        translation.push_back(found == code_of.end() ? -2 : found->second);
      }
      std::vector<std::int32_t> codes(table.rows());
      column.values.visit([&](auto old) {
        for (std::size_t i = 0; i < codes.size(); ++i) {
          const auto value = static_cast<std::int64_t>(old[i]);
          codes[i] = value < 0 ? -1 : translation[static_cast<std::size_t>(value)];
          if (codes[i] != -2) continue;
          if (unseen == unseen_level::refuse)
            throw invalid_input(column.name,
                                "level '" + column.levels[static_cast<std::size_t>(value)] + "' in row " + std::to_string(i) + " was not seen in training");
          codes[i] = -1;
        }
      });
      scratch_.push_back(std::move(codes));
      column.values = scratch_.back();
      column.levels = schema[j].levels;
    }
    columns.push_back(std::move(column));
  }
  view_ = table_view(std::move(columns));
}

TENURE_INLINE encoding encoding::of(const table_view& table) {
  encoding code;
  code.columns = schema_of(table);
  for (const auto& c : code.columns) {
    if (c.categorical && c.levels.empty()) throw invalid_input(c.name, "categorical column has no levels");
    code.reference.push_back(c.categorical ? 0 : -1);
  }
  return code;
}

TENURE_INLINE std::size_t encoding::width() const {
  std::size_t width = 0;
  for (const auto& c : columns)
    width += c.categorical ? c.levels.size() - 1 : 1;
  return width;
}

TENURE_INLINE std::vector<std::string> encoding::names() const {
  std::vector<std::string> names;
  for (std::size_t j = 0; j < columns.size(); ++j) {
    if (!columns[j].categorical) names.push_back(columns[j].name);
    for (std::size_t k = 0; k < columns[j].levels.size(); ++k)
      if (static_cast<std::int32_t>(k) != reference[j]) names.push_back(columns[j].name + "[" + columns[j].levels[k] + "]");
  }
  return names;
}

TENURE_INLINE std::vector<std::size_t> encoding::sources() const {
  std::vector<std::size_t> sources;
  for (std::size_t j = 0; j < columns.size(); ++j)
    sources.insert(sources.end(), columns[j].categorical ? columns[j].levels.size() - 1 : 1, j);
  return sources;
}

TENURE_INLINE void encoding::set_reference(const std::string& column, const std::string& level) {
  for (std::size_t j = 0; j < columns.size(); ++j) {
    if (columns[j].name != column) continue;
    const auto& levels = columns[j].levels;
    const auto found = std::find(levels.begin(), levels.end(), level);
    if (!columns[j].categorical || found == levels.end()) throw invalid_input(column, "has no level '" + level + "' to be the reference");
    reference[j] = static_cast<std::int32_t>(found - levels.begin());
    return;
  }
  throw invalid_input(column, "is not a column of the table");
}

TENURE_INLINE void encoding::check() const {
  if (reference.size() != columns.size()) throw bad_file("encoding: one reference a column is needed");
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const bool in_range = reference[j] >= 0 && static_cast<std::size_t>(reference[j]) < columns[j].levels.size();
    if (columns[j].categorical ? !in_range : reference[j] != -1 || !columns[j].levels.empty())
      throw bad_file("encoding: bad reference level of column '" + columns[j].name + "'");
  }
}

TENURE_INLINE void encode_rows(const table_view& table, const encoding& code, std::size_t begin, std::size_t end, double* out, bool allow_missing) {
  const std::size_t width = code.width();
  std::size_t offset = 0;
  for (std::size_t j = 0; j < table.cols(); ++j) {
    const auto& column = table[j];
    const std::size_t span = column.categorical ? column.levels.size() - 1 : 1;
    const std::int64_t reference = code.reference[j];
    column.values.visit([&](auto values) {
      for (std::size_t i = begin; i < end; ++i) {
        double* cell = out + (i - begin) * width + offset;
        if (!column.categorical) {
          *cell = static_cast<double>(values[i]);
          if (!allow_missing && !std::isfinite(*cell)) throw invalid_input(column.name, "must be a finite number", *cell, i);
          continue;
        }
        const auto level = static_cast<std::int64_t>(values[i]);
        if (level < 0 && !allow_missing) throw invalid_input(column.name, "is missing in row " + std::to_string(i));
        std::fill(cell, cell + span, level < 0 ? std::numeric_limits<double>::quiet_NaN() : 0.0);
        if (level >= 0 && level != reference) cell[level - (level > reference)] = 1.0;
      }
    });
    offset += span;
  }
}

TENURE_INLINE matrix encode(const table_view& table, const encoding& code) {
  const aligned_table aligned(table, code.columns, unseen_level::refuse);
  matrix design(table.rows(), code.width());
  encode_rows(aligned.view(), code, 0, table.rows(), design.data());
  return design;
}

}  // namespace tenure::inline TENURE_ABI
