#pragma once

#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/views.hpp"
#include "tenure/survival/outcome.hpp"

namespace tenure::inline TENURE_ABI::survival {

struct concordance_result {
  double concordance = 0.5;                                             ///< (concordant + tied_risk / 2) / (concordant + discordant + tied_risk)
  double std_error = 0;                                                 ///< infinitesimal jackknife; 0 when not asked for
  double concordant = 0, discordant = 0, tied_risk = 0, tied_time = 0;  ///< weighted pairs

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("concordance", self.concordance, "share of comparable pairs in the right order");
    visit("std_error", self.std_error, "infinitesimal jackknife");
    visit("concordant", self.concordant, "pairs in the right order");
    visit("discordant", self.discordant, "pairs in the wrong order");
    visit("tied_risk", self.tied_risk, "comparable pairs with the same risk");
    visit("tied_time", self.tied_time, "pairs of events at the same time with different risk or the same");
  }
};

/// Harrell's concordance (Harrell et al. 1982): of all pairs in which it is known who left first, the share in which the one with the higher
/// `risk` did. A pair is comparable when the earlier is an event and the later was at risk then (with late entries: had entered), or both end
/// at the same time and only one is an event. `strata`: codes, pairs are compared inside a stratum; weights count w_i w_j.
/// O(n log n); the plain case is one merge sort. Throws invalid_input when no pair is comparable. Matches: R survival::concordance.
concordance_result concordance_index(const outcome& y, const numeric_column& risk, const numeric_column& strata = {}, bool std_error = false,
                                     const execution& run = {});

/// Uno's concordance: each pair weighted by 1 / G(t)^2, with G the Kaplan-Meier curve of the censoring in `training` and t the earlier time;
/// only pairs with t < tau count (Uno et al. 2011). Pairs whose weight does not exist (G = 0) are left out.
/// Matches: scikit-survival concordance_index_ipcw.
concordance_result uno_concordance(const outcome& training, const outcome& y, const numeric_column& risk, double tau, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::survival

#ifndef TENURE_COMPILED
#include "tenure/survival/concordance-inl.hpp"
#endif
