#pragma once

#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/learn/logistic.hpp"

namespace tenure::inline TENURE_ABI::learn {

/// What a residual measures; y - p, with weights w:
/// response y - p; pearson sqrt(w) (y - p) / sqrt(p (1 - p)); deviance the signed root of the row's share of the deviance; working (y - p) / (p (1 - p)).
enum class residual_kind { deviance, pearson, response, working };

}  // namespace tenure::inline TENURE_ABI::learn

namespace tenure::inline TENURE_ABI {
template <>
struct enum_names<learn::residual_kind> {
  static constexpr const char* values[] = {"deviance", "pearson", "response", "working"};
};
}  // namespace tenure::inline TENURE_ABI

namespace tenure::inline TENURE_ABI::learn {

/// One residual a row. Any model, any rows of its columns. Matches: R residuals(glm), to 1e-10.
std::vector<double> logistic_residuals(const logistic_model& model, const table_view& x, const binary_outcome& outcome, residual_kind kind,
                                       const execution& run = {});

/// How much single rows matter to the fit.
struct influence_table {
  std::vector<double> probability, leverage, standardised_pearson, standardised_deviance, cooks_distance;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("probability", self.probability, "fitted");
    visit("leverage", self.leverage, "diagonal of the hat matrix; the sum is the number of coefficients");
    visit("standardised_pearson", self.standardised_pearson, "Pearson residual / sqrt(1 - leverage)");
    visit("standardised_deviance", self.standardised_deviance, "deviance residual / sqrt(1 - leverage)");
    visit("cooks_distance", self.cooks_distance, "(Pearson residual / (1 - leverage))^2 leverage / coefficients");
  }
};

/// x, outcome: the rows of the fit. Two passes, O(n p^2). Pregibon, Annals of Statistics 9 (1981). not_supported for a penalised model.
/// Matches: R hatvalues, rstandard and cooks.distance of glm, to 1e-9.
influence_table influence_of(const logistic_model& model, const table_view& x, const binary_outcome& outcome, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::learn

#ifndef TENURE_COMPILED
#include "tenure/learn/logistic_influence-inl.hpp"
#endif
