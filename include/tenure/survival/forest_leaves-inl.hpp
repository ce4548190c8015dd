#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "tenure/survival/competing_rule-inl.hpp"
#include "tenure/survival/log_rank_rule-inl.hpp"
#include "tenure/survival/random_forest.hpp"
#include "tenure/trees/flatten-inl.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

struct survival_tree {
  trees::detail::flat_tree flat;
  std::vector<std::uint32_t> hazard_count;  // one a leaf
  std::vector<std::uint8_t> hazard_time;
  std::vector<float> hazard;
  std::vector<std::uint8_t> hazard_cause;
};

/// Writes the hazards of the leaves of a tree, one leaf after the other; `write` returns the leaf's mortality.
template <class Rule>
class leaf_writer {
 public:
  leaf_writer(const random_forest_model& model, const forest_rows& rows, survival_tree& out) : model_(model), rows_(rows), out_(out) {}

  template <class RowAt>
  double write(std::size_t n, RowAt&& row_at) {
    double sum = 0;
    steps_.clear();
    curve_.fit(rows_, n, row_at, [&](std::size_t at, double increment) {
      sum += increment * static_cast<double>(model_.times.size() - at + 1);
      steps_.emplace_back(static_cast<std::uint8_t>(at - 1), static_cast<float>(increment));
    });
    for (std::size_t k = steps_.size(); k-- > 0;) {
      out_.hazard_time.push_back(steps_[k].first);
      out_.hazard.push_back(steps_[k].second);
    }
    out_.hazard_count.push_back(static_cast<std::uint32_t>(steps_.size()));
    return sum;
  }

 private:
  const random_forest_model& model_;
  const forest_rows& rows_;
  survival_tree& out_;
  node_curve curve_;
  std::vector<std::pair<std::uint8_t, float>> steps_;
};

/// With competing reasons: hazards by time and reason, and the sum over the grid of the incidence of the model's reason.
template <std::size_t Causes>
class leaf_writer<competing_rule<Causes>> {
 public:
  leaf_writer(const random_forest_model& model, const forest_rows& rows, survival_tree& out) : model_(model), rows_(rows), out_(out) {}

  template <class RowAt>
  double write(std::size_t n, RowAt&& row_at) {
    const std::size_t first = out_.hazard.size();
    double sum = 0, still_there = 1;
    curves_.fit(rows_, n, row_at);
    for (const std::size_t k : curves_.positions()) {
      double left = 0;
      for (std::size_t c = 0; c < Causes; ++c) {
        const double increment = curves_.increment(k, c);
        if (increment <= 0) continue;
        left += increment;
        if (c + 1 == static_cast<std::size_t>(model_.cause)) sum += still_there * increment * static_cast<double>(model_.times.size() - k + 1);
        out_.hazard_time.push_back(static_cast<std::uint8_t>(k - 1));
        out_.hazard_cause.push_back(static_cast<std::uint8_t>(c));
        out_.hazard.push_back(static_cast<float>(increment));
      }
      still_there *= 1 - left;
    }
    out_.hazard_count.push_back(static_cast<std::uint32_t>(out_.hazard.size() - first));
    return sum;
  }

 private:
  const random_forest_model& model_;
  const forest_rows& rows_;
  survival_tree& out_;
  cause_curves curves_{Causes};
};

}  // namespace tenure::inline TENURE_ABI::survival::detail
