#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"
#include "tenure/stats/multiplicity.hpp"

namespace tenure::inline TENURE_ABI::stats {

struct association_options {
  double level = 0.95;                         // confidence level of the intervals
  p_adjustment adjustment = p_adjustment::bh;  // how p-values become q-values

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("level", self.level, strictly_between(0, 1), "confidence level of the intervals");
    visit("adjustment", self.adjustment, "how p-values are adjusted for the number of columns");
  }
};

/// How strongly one column goes with the target.
struct association_row {
  std::string column, measure, direction;
  double strength = 0, lower = 0, upper = 0, p_value = 0, q_value = 0;
  std::size_t n = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("column", self.column, "the column");
    visit("measure", self.measure, "pearson, point_biserial, cramers_v or eta");
    visit("direction", self.direction, "'+', '-', or for categories the level with the largest share (mean) of the target; empty when undefined");
    visit("strength", self.strength, "size of the association in [0, 1]; NaN for a constant column");
    visit("lower", self.lower, "lower end of its interval");
    visit("upper", self.upper, "upper end of its interval");
    visit("p_value", self.p_value, "p-value of no association");
    visit("q_value", self.q_value, "p-value adjusted for the number of columns");
    visit("n", self.n, "rows where column and target are present");
  }
};

/// Association of every column of `x` with `target`, strongest first (ties and NaN by column order, NaN last).
///
/// The measure follows the kinds of the two columns, all on one scale from 0 to 1:
///   numbers, numeric target:            |r| of Pearson (t test)
///   numbers, target of two levels:      |r| point-biserial, sign towards the second level (t test)
///   numbers, target of more levels:     eta = sqrt(eta^2) (F test)
///   categories, target of levels:       Cramer's V, bias-corrected (chi-square test), interval as in `contingency`
///   categories, numeric target:         eta (F test)
/// A numeric target of exactly two values counts as two levels. The interval of |r| is that of r turned to its sign, cut at 0.
/// One pass a column, columns in parallel. Throws invalid_input when lengths differ, a value is infinite, or the target is constant.
std::vector<association_row> association(const table_view& x, const table_column& target, const association_options& options = {}, const execution& run = {});

/// One line of a comparison of two groups: a numeric column, or one level of a categorical column.
struct group_difference {
  std::string column, level;
  double first = 0, second = 0, difference = 0, lower = 0, upper = 0;
  double effect = 0, effect_lower = 0, effect_upper = 0;
  double p_value = 0, q_value = 0;
  std::size_t n_first = 0, n_second = 0, missing_first = 0, missing_second = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("column", self.column, "the column");
    visit("level", self.level, "the level, empty for numbers");
    visit("first", self.first, "mean, or share of the level, in the first group");
    visit("second", self.second, "the same in the second group");
    visit("difference", self.difference, "second - first");
    visit("lower", self.lower, "lower end of its interval: Welch's for means, Newcombe's for shares");
    visit("upper", self.upper, "upper end of that interval");
    visit("effect", self.effect, "Cohen's d for means, Cohen's h for shares");
    visit("effect_lower", self.effect_lower, "lower end of its interval");
    visit("effect_upper", self.effect_upper, "upper end of its interval");
    visit("p_value", self.p_value, "Welch's t test for means, two-proportion chi-square for shares; NaN when nothing varies");
    visit("q_value", self.q_value, "p-value adjusted for the number of lines");
    visit("n_first", self.n_first, "values present in the first group");
    visit("n_second", self.n_second, "values present in the second group");
    visit("missing_first", self.missing_first, "values missing in the first group");
    visit("missing_second", self.missing_second, "values missing in the second group");
  }
};

/// The retained-versus-lost table: every column of `x` in the rows where `group` is 0 (first) against those where it is 1 (second); a
/// NaN or negative group leaves the row out. Lines stay in column order. One pass a column, columns in parallel.
/// Throws invalid_input when lengths differ, a group is empty or a value is infinite.
std::vector<group_difference> compare_groups(const table_view& x, numeric_column group, const association_options& options = {}, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::stats

#ifndef TENURE_COMPILED
#include "tenure/stats/association-inl.hpp"
#endif
