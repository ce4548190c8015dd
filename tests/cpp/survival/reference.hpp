#pragma once

// The reference cases: JSON of numbers and texts flattened to "a.b.c" paths (nested arrays row by row, null = NaN), CSV as columns.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace reference {

using numbers = std::vector<double>;

class json_case {
 public:
  explicit json_case(const std::string& name) {
    std::ifstream file(std::string(TENURE_REFERENCE_DIR) + "/survival/" + name + ".json");
    if (!file) throw std::runtime_error("no reference case " + name);
    std::stringstream all;
    all << file.rdbuf();
    text_ = all.str();
    parse("");
  }

  bool has(const std::string& path) const { return numbers_.contains("values." + path); }
  const numbers& at(const std::string& path) const { return numbers_.at("values." + path); }
  double one(const std::string& path) const { return at(path).at(0); }
  const std::vector<std::string>& texts(const std::string& path) const { return texts_.at(path.starts_with("/") ? path.substr(1) : "values." + path); }
  std::string data() const { return texts_.at("data").at(0); }
  const std::map<std::string, numbers>& all() const { return numbers_; }
  /// The keys one level below `path`, in file order of first appearance is not kept: alphabetical.
  std::vector<std::string> keys(const std::string& path) const {
    std::vector<std::string> out;
    const std::string prefix = path.empty() ? "values." : "values." + path + ".";
    for (const auto& [key, unused] : numbers_)
      if (key.starts_with(prefix)) {
        const std::string rest = key.substr(prefix.size());
        const std::string head = rest.substr(0, rest.find('.'));
        if (out.empty() || out.back() != head) out.push_back(head);
      }
    return out;
  }

 private:
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == ',' || text_[at_] == ':' || text_[at_] == '\r'))
      ++at_;
  }
  std::string quoted() {
    std::string out;
    for (++at_; text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
      out += text_[at_];
    }
    ++at_;
    return out;
  }
  void parse(const std::string& path) {
    skip();
    if (text_[at_] == '{') {
      for (++at_, skip(); text_[at_] != '}'; skip()) {
        const std::string key = quoted();
        parse(path.empty() ? key : path + "." + key);
      }
      ++at_;
    } else if (text_[at_] == '[') {
      for (++at_, skip(); text_[at_] != ']'; skip())
        parse(path);
      ++at_;
    } else if (text_[at_] == '"') {
      texts_[path].push_back(quoted());
    } else if (text_.compare(at_, 4, "null") == 0) {
      at_ += 4;
      numbers_[path].push_back(std::numeric_limits<double>::quiet_NaN());
    } else {
      char* end = nullptr;
      numbers_[path].push_back(std::strtod(text_.c_str() + at_, &end));
      if (end == text_.c_str() + at_) throw std::runtime_error("bad JSON at " + path);
      at_ = static_cast<std::size_t>(end - text_.c_str());
    }
  }

  std::string text_;
  std::size_t at_ = 0;
  std::map<std::string, numbers> numbers_;
  std::map<std::string, std::vector<std::string>> texts_;
};

/// Columns of a CSV: numbers where every cell is one (empty = NaN), else texts.
struct csv {
  std::map<std::string, numbers> columns;
  std::map<std::string, std::vector<std::string>> texts;
  std::size_t rows = 0;

  explicit csv(const std::string& name) {
    std::ifstream file(std::string(TENURE_REFERENCE_DIR) + "/survival/" + name);
    if (!file) throw std::runtime_error("no reference data " + name);
    const auto split = [](std::string line) {
      std::vector<std::string> cells;
      if (!line.empty() && line.back() == '\r') line.pop_back();
      std::stringstream s(line + ",");
      for (std::string cell; std::getline(s, cell, ',');)
        cells.push_back(cell.size() > 1 && cell[0] == '"' ? cell.substr(1, cell.size() - 2) : cell);
      return cells;
    };
    std::string line;
    std::getline(file, line);
    const auto names = split(line);
    while (std::getline(file, line)) {
      const auto cells = split(line);
      for (std::size_t j = 0; j < names.size(); ++j)
        texts[names[j]].push_back(cells.at(j));
      ++rows;
    }
    for (const auto& [key, cells] : texts) {
      numbers values;
      for (const auto& cell : cells) {
        char* end = nullptr;
        values.push_back(cell.empty() ? std::numeric_limits<double>::quiet_NaN() : std::strtod(cell.c_str(), &end));
        if (!cell.empty() && *end) values.clear();
        if (!cell.empty() && *end) break;
      }
      if (values.size() == rows) columns[key] = values;
    }
  }
  const numbers& operator[](const std::string& key) const { return columns.at(key); }
};

/// Codes of the values of a column in their sorted order, with the values as texts.
struct factor {
  std::vector<std::uint32_t> codes;
  std::vector<std::string> levels;

  explicit factor(const std::vector<std::string>& values) {
    std::map<std::string, std::uint32_t> seen;
    for (const auto& v : values)
      seen.emplace(v, 0);
    for (auto& [key, code] : seen) {
      code = static_cast<std::uint32_t>(levels.size());
      levels.push_back(key);
    }
    for (const auto& v : values)
      codes.push_back(seen[v]);
  }
};

/// Relative comparison; numbers below 1e-8 in size absolutely at 1e-10; NaN only equals NaN.
inline void expect_close(const numbers& actual, const numbers& expected, double tolerance, const std::string& what) {
  ASSERT_EQ(actual.size(), expected.size()) << what;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (std::isnan(expected[i])) {
      EXPECT_TRUE(std::isnan(actual[i])) << what << "[" << i << "] = " << actual[i];
      continue;
    }
    const double size = std::abs(expected[i]);
    EXPECT_LE(std::abs(actual[i] - expected[i]), size < 1e-8 ? 1e-10 : tolerance * size) << what << "[" << i << "]: " << actual[i] << " is not " << expected[i];
  }
}
inline void expect_close(double actual, double expected, double tolerance, const std::string& what) {
  expect_close(numbers{actual}, numbers{expected}, tolerance, what);
}

}  // namespace reference
