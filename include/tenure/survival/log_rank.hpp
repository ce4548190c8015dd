#pragma once

#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"
#include "tenure/survival/event_counts.hpp"

namespace tenure::inline TENURE_ABI {

namespace survival {
/// The weight of an event time: 1; n; sqrt(n); Peto and Peto's modified survival; S(t-)^rho (1 - S(t-))^gamma.
enum class test_weights { log_rank, gehan, tarone_ware, peto, fleming_harrington };
}  // namespace survival

template <>
struct enum_names<survival::test_weights> {
  static constexpr const char* values[] = {"logrank", "gehan", "tarone-ware", "peto", "fleming-harrington"};
};

namespace survival {

struct log_rank_options {
  test_weights weights = test_weights::log_rank;
  double rho = 0.0;
  double gamma = 0.0;
  std::vector<double> scores = {};  // one a group: the one-degree test for trend; empty: the test for any difference

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("weights", self.weights, "weight of an event time");
    visit("rho", self.rho, at_least(0), "exponent of S(t-) in Fleming and Harrington's weights");
    visit("gamma", self.gamma, at_least(0), "exponent of 1 - S(t-) in Fleming and Harrington's weights");
    visit("scores", self.scores, "a score for each group: test for trend");
  }
};

struct log_rank_result {
  double statistic = 0;  ///< chi-squared
  int dof = 0;
  double p_value = 1;
  std::vector<double> n;         ///< weight of each group
  std::vector<double> observed;  ///< weighted events of each group
  std::vector<double> expected;  ///< weighted events expected if all groups were alike
  matrix variance;               ///< of observed - expected

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("statistic", self.statistic, "chi-squared statistic");
    visit("dof", self.dof, "degrees of freedom");
    visit("p_value", self.p_value, "upper tail of chi-squared");
    visit("n", self.n, "weight of each group");
    visit("observed", self.observed, "weighted events of each group");
    visit("expected", self.expected, "weighted events expected if all groups were alike");
    visit("variance", self.variance, "of observed - expected, groups x groups");
  }
};

/// Tests whether k groups leave at the same rate: U = sum w (d_g - d n_g / n) with its hypergeometric variance, statistic U' V^- U
/// (Mantel 1966; Gehan 1965; Tarone and Ware 1977; Peto and Peto 1972; Fleming and Harrington 1991, section 7.2). Strata add their U and V.
/// `tables[stratum][group]` come from `event_counts`, so chunks and branches combine; a group nobody expects an event in takes no degree
/// of freedom. Weights use the pooled Kaplan-Meier of the stratum. O(times x groups). Matches: R survdiff.
log_rank_result log_rank(const std::vector<std::vector<event_table>>& tables, const log_rank_options& options = {});

/// The same from rows: `group` and `stratum` (or empty) are codes 0, 1, ...
log_rank_result log_rank(const outcome& y, const numeric_column& group, const numeric_column& stratum, const log_rank_options& options = {},
                         const execution& run = {});

/// One test for each pair of groups, in the order (0,1), (0,2), ..., (1,2), ...; adjust their p-values for being many.
std::vector<log_rank_result> pairwise_log_rank(const std::vector<std::vector<event_table>>& tables, const log_rank_options& options = {});

/// Counts by stratum and group, as `log_rank` wants them.
std::vector<std::vector<event_table>> count_strata(const outcome& y, const numeric_column& group, const numeric_column& stratum, const execution& run = {});

}  // namespace survival
}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/survival/log_rank-inl.hpp"
#endif
