#pragma once

// A reference table: a header line, then numbers and texts without quotes.

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace reference {

struct csv_row {
  std::map<std::string, std::string> cells;

  double number(const std::string& name) const { return std::strtod(cells.at(name).c_str(), nullptr); }
  const std::string& text(const std::string& name) const { return cells.at(name); }
};

inline std::vector<csv_row> read_rows(const std::string& name) {
  std::ifstream file(std::string(TENURE_REFERENCE_DIR) + "/" + name);
  if (!file) throw std::runtime_error("no reference table " + name);
  const auto split = [](const std::string& line) {
    std::vector<std::string> cells;
    std::stringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');)
      cells.push_back(cell);
    return cells;
  };
  std::string line;
  std::getline(file, line);
  const auto header = split(line);
  std::vector<csv_row> rows;
  while (std::getline(file, line)) {
    const auto cells = split(line);
    rows.emplace_back();
    for (std::size_t i = 0; i < header.size(); ++i)
      rows.back().cells[header[i]] = cells.at(i);
  }
  return rows;
}

}  // namespace reference
