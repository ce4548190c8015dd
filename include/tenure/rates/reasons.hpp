#pragma once

#include <string>
#include <vector>

#include "tenure/core/views.hpp"
#include "tenure/rates/churn_rate.hpp"

namespace tenure::inline TENURE_ABI::rates {

struct reason_options {
  double level = 0.95;
  stats::proportion_method method = stats::proportion_method::wilson;
  bool several_answers = false;  // a customer may name more than one reason
  double answered = -1;          // customers who named any reason; -1: the sum of the counts (one answer each)

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("level", self.level, strictly_between(0, 1), "level of the intervals");
    visit("method", self.method, "how the intervals are made");
    visit("several_answers", self.several_answers, "a customer may name more than one reason");
    visit("answered", self.answered, at_least(-1), "customers who named any reason; -1: the sum of the counts");
  }
};

/// How often a reason was named, as a share of all lost customers.
struct reason_row {
  double count = 0, share = 0, lower = 0, upper = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("count", self.count, "customers who named it");
    visit("share", self.share, "count / all lost customers");
    visit("lower", self.lower, "lower confidence bound");
    visit("upper", self.upper, "upper confidence bound");
  }
};

struct reason_result {
  double lost = 0, answered = 0;
  std::vector<reason_row> reasons;
  reason_row unstated;
  std::vector<note> notes;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("lost", self.lost, "all lost customers");
    visit("answered", self.answered, "those who named a reason");
    visit("reasons", self.reasons, "one row a reason, in the order given");
    visit("unstated", self.unstated, "customers who named none");
    visit("notes", self.notes, "what to keep in mind");
  }
};

/// Shares of the reasons for leaving among `lost` customers, and the share that named none. Shares are never rescaled to 100%.
/// Errors: invalid_input for a negative count, counts above `lost`, and one-answer counts that add up to more than `lost`.
reason_result reason_shares(column_view<double> counts, double lost, const reason_options& options = {});

/// One reason now and before.
struct reason_change_row {
  double before = 0, now = 0, difference = 0, lower = 0, upper = 0, p_value = 1, q_value = 1;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("before", self.before, "share before");
    visit("now", self.now, "share now");
    visit("difference", self.difference, "now - before");
    visit("lower", self.lower, "lower bound of the difference (Newcombe)");
    visit("upper", self.upper, "upper bound of the difference");
    visit("p_value", self.p_value, "of no difference");
    visit("q_value", self.q_value, "adjusted for the number of reasons (Benjamini-Hochberg)");
  }
};

struct reason_change_result {
  std::vector<reason_change_row> reasons;
  reason_change_row unstated;
  double statistic = 0, dof = 0, p_value = 1;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("reasons", self.reasons, "one row a reason");
    visit("unstated", self.unstated, "customers who named none");
    visit("statistic", self.statistic, "chi-squared of the whole mix, unstated included; NaN with several answers a customer");
    visit("dof", self.dof, "its degrees of freedom");
    visit("p_value", self.p_value, "of an unchanged mix");
  }
};

/// How the mix of reasons changed between two periods (`now` and `before` list the same reasons in the same order).
reason_change_result reason_change(const reason_result& now, const reason_result& before, const reason_options& options = {});

}  // namespace tenure::inline TENURE_ABI::rates

#ifndef TENURE_COMPILED
#include "tenure/rates/reasons-inl.hpp"
#endif
