#pragma once

#include <string>
#include <vector>

#include "tenure/trees/ensemble.hpp"

namespace tenure::inline TENURE_ABI::trees {

/// One leaf as a sentence: the conditions on the way to it, merged column by column ("tenure in (2, 6] and contract in {one year}").
struct leaf_rule {
  std::string rule;
  double probability = 0, weight = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("rule", self.rule, "conditions on the way to the leaf");
    visit("probability", self.probability, "value of the leaf");
    visit("weight", self.weight, "weight of its training rows");
  }
};

/// The leaves of a tree as rules, largest value first.
std::vector<leaf_rule> rules_of(const tree_ensemble& model, std::size_t tree = 0);

/// A tree as indented text, `digits` decimals: "rule: value of weight", then the branches where the rule holds (yes) and does not (no).
std::string to_text(const tree_ensemble& model, std::size_t tree = 0, int digits = 3);

/// A tree as an SVG drawing in the reader's colour scheme; the bar in each box is its value as a share of 1.
std::string to_svg(const tree_ensemble& model, std::size_t tree = 0, int digits = 3);

}  // namespace tenure::inline TENURE_ABI::trees

#ifndef TENURE_COMPILED
#include "tenure/trees/print-inl.hpp"
#endif
