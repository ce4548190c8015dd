// Scores customers without Python:
//
//   score model.tenure rows.csv                    prints the probability of leaving of every row
//   score --fit labels.csv model.tenure rows.csv   fits a logistic regression first, saves it, then scores
//
// rows.csv: a header of column names, then numbers. labels.csv: 0 or 1 a line.
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tenure/core/table.hpp"
#include "tenure/io/model_file.hpp"
#include "tenure/learn/logistic.hpp"

namespace {

struct csv {
  std::vector<std::string> names;
  std::vector<std::vector<double>> columns;

  explicit csv(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw tenure::invalid_input(path, "cannot be opened");
    std::string line, cell;
    std::getline(file, line);
    for (std::istringstream cells(line); std::getline(cells, cell, ',');)
      names.push_back(cell);
    columns.resize(names.size());
    while (std::getline(file, line)) {
      std::istringstream cells(line);
      for (auto& column : columns) {
        std::getline(cells, cell, ',');
        column.push_back(std::stod(cell));
      }
    }
  }

  tenure::table_view table() const {
    std::vector<tenure::table_column> views;
    for (std::size_t j = 0; j < names.size(); ++j)
      views.push_back({names[j], columns[j], {}, false});
    return tenure::table_view(views);
  }
};

std::vector<double> labels(const std::string& path) {
  std::ifstream file(path);
  std::vector<double> values;
  for (double value; file >> value;)
    values.push_back(value);
  return values;
}

}  // namespace

int main(int count, char** words) try {
  const std::vector<std::string> arguments(words + 1, words + count);
  const bool fit = arguments.size() == 4 && arguments[0] == "--fit";
  if (!fit && arguments.size() != 2) {
    std::fprintf(stderr, "usage: score [--fit labels.csv] model.tenure rows.csv\n");
    return 2;
  }
  const std::string& path = arguments[arguments.size() - 2];
  const csv rows(arguments.back());
  if (fit) {
    const std::vector<double> churned = labels(arguments[1]);
    tenure::io::save(tenure::learn::fit_logistic(rows.table(), {.y = churned}), path);
  }
  const auto model = tenure::io::load<tenure::learn::logistic_model>(path);
  for (const double p : tenure::learn::predict_logistic(model, rows.table()))
    std::printf("%.17g\n", p);
  return 0;
} catch (const std::exception& problem) {
  std::fprintf(stderr, "score: %s\n", problem.what());
  return 1;
}
