#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace reference {

/// Columns of a small comma-separated file of tests/reference, as text.
inline std::map<std::string, std::vector<std::string>> read_columns(const std::string& name) {
  std::ifstream in(std::string(TENURE_REFERENCE_DIR) + "/" + name);
  std::string line, cell;
  std::getline(in, line);
  std::vector<std::string> names;
  for (std::stringstream head(line); std::getline(head, cell, ',');)
    names.push_back(cell);
  std::map<std::string, std::vector<std::string>> columns;
  while (std::getline(in, line)) {
    std::stringstream row(line);
    for (const auto& n : names) {
      cell.clear();
      std::getline(row, cell, ',');
      columns[n].push_back(cell);
    }
  }
  return columns;
}

inline std::vector<double> numbers(const std::vector<std::string>& text) {
  std::vector<double> values;
  for (const auto& t : text)
    values.push_back(std::stod(t));
  return values;
}

/// Text as codes into sorted levels.
struct factor {
  std::vector<std::int32_t> codes;
  std::vector<std::string> levels;
  explicit factor(const std::vector<std::string>& text) {
    std::map<std::string, std::int32_t> place;
    for (const auto& t : text)
      place[t] = 0;
    for (auto& [level, code] : place) {
      code = static_cast<std::int32_t>(levels.size());
      levels.push_back(level);
    }
    for (const auto& t : text)
      codes.push_back(place[t]);
  }
};

}  // namespace reference
