#pragma once

#include <string>
#include <vector>

#include "tenure/survival/cox.hpp"

namespace tenure::inline TENURE_ABI {

namespace survival {
enum class residual { martingale, deviance, score, schoenfeld, scaled_schoenfeld, dfbeta };
/// The time scale on which an effect may drift.
enum class time_transform { identity, km, rank, log };
}  // namespace survival

template <>
struct enum_names<survival::residual> {
  static constexpr const char* values[] = {"martingale", "deviance", "score", "schoenfeld", "scaled-schoenfeld", "dfbeta"};
};
template <>
struct enum_names<survival::time_transform> {
  static constexpr const char* values[] = {"identity", "km", "rank", "log"};
};

namespace survival {

struct cox_residual_values {
  matrix values;                 ///< n x 1 (martingale, deviance), n x p (score, dfbeta), events x p (Schoenfeld)
  std::vector<std::size_t> row;  ///< the row each line belongs to: 0 .. n-1, or the event rows in order of stratum and time
  std::vector<double> time;      ///< its end time
};

/// Residuals of the training rows (the same x, y and columns that the model was fitted on), as of one customer of each row; dfbeta counts
/// its case weight.
///
/// martingale: events - expected events. deviance: its symmetric form. score: a row's part of the gradient. dfbeta: about how much each
/// coefficient changes when the row is left out. schoenfeld: columns of an event row minus their mean over those at risk;
/// scaled_schoenfeld: times covariance and number of events, plus coef: a smooth of it over time shows how the coefficient drifts
/// (Therneau and Grambsch 2000, chapters 4, 6, 7). O(n p). Matches: R residuals.coxph.
cox_residual_values cox_residuals(const cox_model& model, const table_view& x, const outcome& y, residual kind, const cox_columns& columns = {},
                                  const execution& run = {});

struct proportional_hazards_result {
  std::vector<std::string> names;  ///< design columns, then "GLOBAL"
  std::vector<double> statistic, p_value;
  std::vector<int> dof;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("names", self.names, "design columns, then GLOBAL");
    visit("statistic", self.statistic, "chi-squared");
    visit("dof", self.dof, "degrees of freedom");
    visit("p_value", self.p_value, "upper tail");
  }
};

/// Do the effects stay the same over time? The score test for adding x g(t) (Grambsch and Therneau 1994, in the exact form of R survival >= 3),
/// each column alone and all together, g the identity, the Kaplan-Meier curve, the rank of time, or its logarithm. O(n p^2).
/// Matches: R cox.zph(terms = FALSE).
proportional_hazards_result test_proportional_hazards(const cox_model& model, const table_view& x, const outcome& y,
                                                      time_transform transform = time_transform::km, const cox_columns& columns = {},
                                                      const execution& run = {});

/// Standard errors of log S(t | x_new) for each new row and time, from the training rows (Tsiatis 1981; Therneau and Grambsch 2000, eq. 10.7).
/// Matches: R survfit(coxph)$std.err.
matrix survival_std_error(const cox_model& model, const table_view& x, const outcome& y, const table_view& x_new, const column_view<double>& times,
                          const cox_columns& columns = {}, const numeric_column& stratum_new = {}, const execution& run = {});

}  // namespace survival
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/survival/cox_residuals-inl.hpp"
#endif
