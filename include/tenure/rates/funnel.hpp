#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/views.hpp"
#include "tenure/stats/proportion.hpp"

namespace tenure::inline TENURE_ABI::rates {

struct funnel_options {
  double level = 0.95;
  stats::proportion_method method = stats::proportion_method::wilson;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("level", self.level, strictly_between(0, 1), "level of the intervals");
    visit("method", self.method, "how the intervals are made");
  }
};

/// One stage of a funnel.
struct funnel_row {
  double entered = 0, lost = 0, step_rate = 1, lower = 0, upper = 0, loss_rate = 0, overall_rate = 1, share_of_lost = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("entered", self.entered, "how many reached the stage");
    visit("lost", self.lost, "how many of the stage before did not; 0 at the first");
    visit("step_rate", self.step_rate, "entered / entered the stage before; NaN at the first and after an empty stage");
    visit("lower", self.lower, "lower bound of the step rate");
    visit("upper", self.upper, "upper bound of the step rate");
    visit("loss_rate", self.loss_rate, "1 - step_rate");
    visit("overall_rate", self.overall_rate, "entered / entered the first stage");
    visit("share_of_lost", self.share_of_lost, "lost here / lost in all stages");
  }
};

struct funnel_result {
  std::vector<funnel_row> stages;
  double lost = 0, overall_rate = 1;
  std::int64_t biggest_leak = -1;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("stages", self.stages, "one row a stage");
    visit("lost", self.lost, "lost in all stages");
    visit("overall_rate", self.overall_rate, "reached the last stage / entered the first");
    visit("biggest_leak", self.biggest_leak, "the stage that most did not reach; -1 when nobody was lost");
  }
};

/// Losses of a funnel (leads to customers, say) from the number that reached each stage, in order. Errors: invalid_input with the stage for a
/// negative count and for a stage that more reached than the stage before.
funnel_result funnel(column_view<double> reached, const funnel_options& options = {});

/// How many reached each of `stages` stages, from each unit's furthest stage (0 = the first; negative = none).
std::vector<double> stage_counts(numeric_column furthest, std::size_t stages);

}  // namespace tenure::inline TENURE_ABI::rates

#ifndef TENURE_COMPILED
#include "tenure/rates/funnel-inl.hpp"
#endif
