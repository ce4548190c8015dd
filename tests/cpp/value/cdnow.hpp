#pragma once

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace reference {

/// The 1/10 sample of CDNOW's customers, 39 weeks: tests/reference/value/cdnow_sample_summary.csv. Its times are whole days in weeks, rounded
/// to two digits; the days are restored.
struct cdnow {
  std::vector<double> frequency, recency, age, mean;

  cdnow() {
    std::ifstream in(std::string(TENURE_REFERENCE_DIR) + "/value/cdnow_sample_summary.csv");
    std::string line, cell;
    std::getline(in, line);
    while (std::getline(in, line)) {
      std::stringstream row(line);
      const auto next = [&] {
        std::getline(row, cell, ',');
        return std::stod(cell);
      };
      next();
      frequency.push_back(next());
      recency.push_back(std::round(next() * 7) / 7);
      age.push_back(std::round(next() * 7) / 7);
      mean.push_back(next());
    }
  }
};

}  // namespace reference
