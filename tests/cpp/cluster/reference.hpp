#pragma once

#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tenure/core/views.hpp"

// The reference files of the family: JSON with plain numbers, and CSV.

namespace reference {

struct json {
  double number = 0;
  std::string text;
  std::vector<json> list;
  std::map<std::string, json> fields;

  const json& operator[](const std::string& key) const { return fields.at(key); }
  const json& operator[](std::size_t i) const { return list.at(i); }
  std::vector<double> numbers() const {
    std::vector<double> out;
    for (const json& x : list)
      out.push_back(x.number);
    return out;
  }
  std::vector<std::int64_t> labels() const {
    std::vector<std::int64_t> out;
    for (const json& x : list)
      out.push_back(static_cast<std::int64_t>(x.number));
    return out;
  }
};

class json_reader {
 public:
  explicit json_reader(std::string text) : text_(std::move(text)) {}
  json read() {
    json x;
    switch (peek()) {
      case '{':
        ++at_;
        while (peek() != '}') {
          const std::string key = string();
          expect(':');
          x.fields[key] = read();
          if (peek() == ',') ++at_;
        }
        ++at_;
        break;
      case '[':
        ++at_;
        while (peek() != ']') {
          x.list.push_back(read());
          if (peek() == ',') ++at_;
        }
        ++at_;
        break;
      case '"':
        x.text = string();
        break;
      case 't':
        at_ += 4, x.number = 1;
        break;
      case 'f':
        at_ += 5;
        break;
      case 'n':
        at_ += 4;
        break;
      default: {
        char* end = nullptr;
        x.number = std::strtod(text_.c_str() + at_, &end);
        at_ = static_cast<std::size_t>(end - text_.c_str());
      }
    }
    return x;
  }

 private:
  char peek() {
    while (std::isspace(static_cast<unsigned char>(text_.at(at_))))
      ++at_;
    return text_[at_];
  }
  void expect(char c) {
    if (peek() != c) throw std::runtime_error("reference file is not JSON");
    ++at_;
  }
  std::string string() {
    expect('"');
    std::string out;
    for (; text_.at(at_) != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
      out += text_[at_];
    }
    ++at_;
    return out;
  }

  std::string text_;
  std::size_t at_ = 0;
};

inline std::string read_text(const std::string& name) {
  std::ifstream file(std::string(TENURE_REFERENCE_DIR) + "/cluster/" + name);
  if (!file) throw std::runtime_error("missing reference file " + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline json load(const std::string& name) { return json_reader(read_text(name)).read(); }

/// All columns of a CSV but the last (the true group).
inline tenure::matrix load_rows(const std::string& name) {
  std::istringstream text(read_text("data/" + name + ".csv"));
  std::string line;
  std::getline(text, line);
  std::vector<double> values;
  std::size_t rows = 0, cols = 0;
  while (std::getline(text, line)) {
    std::istringstream cells(line);
    std::vector<double> row;
    for (std::string cell; std::getline(cells, cell, ',');)
      row.push_back(std::strtod(cell.c_str(), nullptr));
    row.pop_back();
    cols = row.size();
    values.insert(values.end(), row.begin(), row.end());
    ++rows;
  }
  return {rows, cols, std::move(values)};
}

inline const std::vector<std::string>& data_sets() {
  static const std::vector<std::string> names{"iris", "wine_std", "mix3", "moons"};
  return names;
}

inline std::vector<std::int64_t> wide(const std::vector<std::int32_t>& labels) { return {labels.begin(), labels.end()}; }

}  // namespace reference
