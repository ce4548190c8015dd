#pragma once

#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/evaluate/ranking.hpp"

namespace tenure::inline TENURE_ABI::evaluate {

/// A retention campaign: everybody above a threshold is contacted at `contact` cost; a would-be churner accepts the offer with a probability
/// drawn from Beta(alpha, beta), then pays `clv` less the offer; a stayer who is contacted takes the offer for nothing. Money in one unit.
struct campaign {
  double clv = 200, offer = 10, contact = 1;
  double alpha = 6, beta = 14;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("clv", self.clv, more_than(0.0), "lifetime value of a customer who is kept");
    visit("offer", self.offer, at_least(0.0), "cost of the incentive");
    visit("contact", self.contact, at_least(0.0), "cost of contacting one customer");
    visit("alpha", self.alpha, more_than(0.0), "Beta distribution of the share of churners that accept");
    visit("beta", self.beta, more_than(0.0), "Beta distribution of the share of churners that accept");
  }
};

struct profit_result {
  double profit = 0, share = 0, threshold = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("profit", self.profit, "per customer of the base, in the unit of clv");
    visit("share", self.share, "of customers to contact");
    visit("threshold", self.threshold, "contact scores of this or more");
  }
};

/// Expected maximum profit: the integral over the accepted share g of max over thresholds t of
/// clv (g (1 - d) - f) pi1 TPR(t) - clv (d + f) pi0 FPR(t), d = offer / clv, f = contact / clv; in closed form over the convex hull of the
/// ROC curve. `share` is the expected share to contact, `threshold` the score that contacts it.
/// Verbraken, Verbeke and Baesens, IEEE TKDE 25 (2013). Matches: R package EMP, empulse empc_score.
profit_result expected_profit(const score_groups& groups, const campaign& options = {});
/// The same from rows, without sorting them all: only the corners of the hull matter, and counts of 65536 slices of the score range tell in
/// which few slices they can be. O(n).
profit_result expected_profit(const scored& data, const campaign& options = {}, const execution& run = {});

/// The same for one known accepted share. Matches: empulse mpc_score.
profit_result maximum_profit(const score_groups& groups, double accept_rate, const campaign& options = {});

/// Profit of contacting the top of the ranking, one point a slice (the first contacts nobody), at the mean accepted share.
struct profit_points {
  std::vector<double> share, contacted, churners, profit, threshold;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("share", self.share, "of customers contacted");
    visit("contacted", self.contacted, "customers contacted");
    visit("churners", self.churners, "would-be churners among them");
    visit("profit", self.profit, "in total, in the unit of clv");
    visit("threshold", self.threshold, "lowest score contacted");
  }
};
profit_points profit_curve(const score_groups& groups, const campaign& options = {}, int slices = 100);

/// Hand's H: 1 - loss / loss without a score, misclassification costs averaged over Beta(2, 1 + 1 / severity). `severity_ratio` is the
/// cost of calling a 0 a 1 over the reverse; 0 takes the ratio of the class sizes. Hand and Anagnostopoulos, Pattern Recognition Letters 40
/// (2014). Matches: R and Python packages hmeasure.
double h_measure(const score_groups& groups, double severity_ratio = 0);

}  // namespace tenure::inline TENURE_ABI::evaluate

#ifndef TENURE_COMPILED
#include "tenure/evaluate/profit-inl.hpp"
#endif
