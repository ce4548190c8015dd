#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/survival/aft.hpp"

namespace tenure::inline TENURE_ABI::survival {

/// The estimated distribution of times known only to lie in intervals: the intervals (begin, end] that carry probability. Inside one the data
/// do not say where the probability lies.
struct turnbull_curve {
  std::vector<double> begin;     ///< not included, except where begin = end (a time known exactly)
  std::vector<double> end;       ///< included; infinite in the last one when somebody was never seen to leave
  std::vector<double> mass;      ///< probability of leaving in it, > 0
  std::vector<double> survival;  ///< share still there after `end`
  double rows = 0;               ///< total weight
  double log_likelihood = 0;
  double gap = 0;  ///< largest slope of the log likelihood per unit of weight: the maximum is at most rows * gap higher
  int iterations = 0;
  bool converged = false;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("begin", self.begin, "start of each interval, not included unless it is also its end");
    visit("end", self.end, "end of each interval, included");
    visit("mass", self.mass, "probability of leaving in it");
    visit("survival", self.survival, "share still there after its end");
    visit("rows", self.rows, "total weight");
    visit("log_likelihood", self.log_likelihood, "of the intervals");
    visit("gap", self.gap, "the maximum is at most rows * gap higher");
    visit("iterations", self.iterations, "rounds taken");
    visit("converged", self.converged, "true when the gap is below the tolerance");
  }
  void check() const;
  friend bool operator==(const turnbull_curve&, const turnbull_curve&) = default;
};

struct turnbull_curves {
  static constexpr const char* kind = "survival.turnbull";
  static constexpr int version = 1;
  std::vector<std::string> groups;
  std::vector<turnbull_curve> curves;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("groups", self.groups, "name of each group");
    visit("curves", self.curves, "one curve a group");
  }
  void check() const;
  friend bool operator==(const turnbull_curves&, const turnbull_curves&) = default;
};

struct turnbull_options {
  double tolerance = 1e-9;    // the log likelihood is within rows * tolerance of its maximum
  int max_iterations = 1000;  // rounds

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("tolerance", self.tolerance, strictly_between(0, 1), "the log likelihood is within rows * tolerance of its maximum");
    visit("max_iterations", self.max_iterations, between(1, 1000000), "rounds");
  }
};

/// The non-parametric maximum-likelihood estimate of the time's distribution from intervals (lower, upper] (Peto 1973; Turnbull 1976).
///
/// y: exact times (lower = upper), right-censored (upper infinite or NaN), left-censored (lower NaN, then time 0 counts, or 0) and interval-censored
/// rows, weights; no late entries. `group`: n codes into `groups`, or empty. Each round is an iterative-convex-minorant step (Groeneboom and Wellner
/// 1992), a self-consistency step and a Newton step by conjugate gradients on the intervals with mass, each kept only if the likelihood rises;
/// it ends when the conditions for the maximum hold (Gentleman and Geyer 1994): no interval's slope sum w_i / P(row i) exceeds the total weight.
/// O(n log n), then O(n) a step; about 80 bytes a row. With exact and right-censored times only it is Kaplan-Meier's curve. The probability of each
/// row's interval is unique, the masses need not be when no row tells two intervals apart. Matches: R survival::survfit on
/// Surv(type = "interval2") within that program's tolerance, and a long self-consistency iteration to 1e-7.
/// Throws invalid_input for lower > upper and for a negative or infinite lower.
turnbull_curves fit_turnbull(const interval_outcome& y, const numeric_column& group = {}, const std::vector<std::string>& groups = {"all"},
                             const turnbull_options& options = {}, const execution& run = {});

/// Share still there at `times` (>= 0), counting who leaves within an interval as there until its end.
std::vector<double> survival_at(const turnbull_curve& curve, const column_view<double>& times);

struct turnbull_quantile {
  double lower = 0, upper = 0;  ///< the share is reached after `lower`, by `upper`; infinite when not reached
};
/// Where a share `p` has left: the interval in which the curve falls to 1 - p.
turnbull_quantile survival_quantile(const turnbull_curve& curve, double p);

}  // namespace tenure::inline TENURE_ABI::survival

#ifndef TENURE_COMPILED
#include "tenure/survival/turnbull-inl.hpp"
#endif
