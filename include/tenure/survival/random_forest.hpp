#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/survival/outcome.hpp"
#include "tenure/trees/ensemble.hpp"

namespace tenure::inline TENURE_ABI::survival {

struct random_forest_options {
  int n_estimators = 100;
  int max_depth = 0;             // 0: no limit
  double min_samples_split = 6;  // rows (with repetition) of a node that may be split
  double min_samples_leaf = 10;  // rows (with repetition) of a leaf
  int max_features = 0;          // columns drawn anew for each node; 0: the square root of their number
  bool bootstrap = true;
  double max_samples = 1;  // share of the rows drawn for a tree; never more than 65,535 rows
  int max_times = 255;     // points of the time grid
  int max_bins = 255;
  int cause = 1;  // the reason that risks speak of, where the outcome has several
  std::int64_t seed = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("n_estimators", self.n_estimators, at_least(1), "number of trees");
    visit("max_depth", self.max_depth, at_least(0), "deepest leaf, 0 = no limit");
    visit("min_samples_split", self.min_samples_split, at_least(2), "rows (with repetition) of a node that may be split");
    visit("min_samples_leaf", self.min_samples_leaf, at_least(1), "rows (with repetition) of a leaf");
    visit("max_features", self.max_features, at_least(0), "columns drawn anew for each node, 0 = the square root of their number");
    visit("bootstrap", self.bootstrap, "each tree sees rows drawn with replacement");
    visit("max_samples", self.max_samples, bounds{.low = 0, .high = 1, .low_open = true}, "share of the rows drawn for a tree");
    visit("max_times", self.max_times, between(1, 255), "points of the time grid");
    visit("max_bins", self.max_bins, between(2, 255), "bins of a column");
    visit("cause", self.cause, between(1, 8), "the reason that risks speak of, where the outcome has several");
    visit("seed", self.seed, "seed of rows and columns drawn");
  }
};

/// A fitted survival forest. The leaf values of `trees` are mortalities: the sum of the leaf's cumulative hazard over the time grid (with competing reasons,
/// of its cumulative incidence of `cause`). A leaf's hazard is kept where it is not 0: entries hazard_begin[leaf] to hazard_begin[leaf + 1], by time.
struct random_forest_model {
  static constexpr const char* kind = "survival.random_forest";
  static constexpr int version = 1;

  trees::tree_ensemble trees;
  std::vector<double> times;  // the grid, ascending
  std::vector<std::uint32_t> hazard_begin{0};
  std::vector<std::uint8_t> hazard_time;  // index into times
  std::vector<float> hazard;              // Nelson-Aalen increment
  int causes = 1, cause = 1;
  std::vector<std::uint8_t> hazard_cause;  // reason of each entry, counted from 0; empty when there is one
  std::vector<double> importances;
  bool bootstrap = true;
  double max_samples = 1;
  std::int64_t seed = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("trees", self.trees, "the trees");
    visit("times", self.times, "time grid, ascending");
    visit("hazard_begin", self.hazard_begin, "first hazard entry of each leaf, and their number");
    visit("hazard_time", self.hazard_time, "time of each entry, as index into times");
    visit("hazard", self.hazard, "Nelson-Aalen increment of each entry");
    visit("causes", self.causes, between(1, 8), "number of reasons to leave");
    visit("cause", self.cause, between(1, 8), "the reason that risks speak of");
    visit("hazard_cause", self.hazard_cause, "reason of each entry, counted from 0; empty when there is one");
    visit("importances", self.importances, "share of the log-rank gain, one a column");
    visit("bootstrap", self.bootstrap, "whether rows were drawn with replacement");
    visit("max_samples", self.max_samples, bounds{.low = 0, .high = 1, .low_open = true}, "share of the rows drawn for a tree");
    visit("seed", self.seed, "seed of the draws");
  }
  void check() const;
  friend bool operator==(const random_forest_model&, const random_forest_model&) = default;
};

/// Grows a random survival forest (Ishwaran et al. 2008).
///
/// x: n x p, numbers (NaN missing) and categoricals; y: time, event (0, 1, or the reason up to 8), weight (a bootstrap draws rows in proportion to it); no
/// entry. Splits: in every node the residuals event_i - H(time_i) from the node's own Nelson-Aalen curve H are formed; their sum over the left child is the
/// numerator U of the two-sample log-rank test of left against right, so one histogram a column scores every split by U^2 / (n_left n_right), the test with its
/// permutation variance (Hothorn and Lausen 2003). Event times are moved up to a grid of at most max_times event times (all of them when there are no more).
/// With competing reasons splits are scored by the sum of the reasons' statistics, each in units of its variance in the node, and leaves keep the hazard of
/// each reason (Ishwaran et al. 2014); levels of a column are ordered by the node's most frequent reason. O(trees n sqrt(p) log n); n p bytes, a few bytes a
/// row and thread. The result depends neither on the number of threads nor, up to 125,000 rows, on the order of the rows. Errors: as check_outcome;
/// not_supported for late entries; invalid_input without any event, for infinite x. Matches: scikit-survival's RandomSurvivalForest in out-of-bag concordance.
random_forest_model fit_random_forest(const table_view& x, const outcome& y, const random_forest_options& options = {}, const execution& run = {});

/// Per row the mortality: the sum over the time grid of the mean cumulative hazard of its leaves, with competing reasons of the mean cumulative incidence
/// of model.cause. Larger: leaves earlier.
std::vector<double> predict_risk(const random_forest_model& model, const table_view& x, const execution& run = {});
/// rows x times: mean over the trees of the leaves' cumulative hazard (a step function; 0 before the first grid time).
matrix predict_cumulative_hazard(const random_forest_model& model, const table_view& x, const std::vector<double>& times, const execution& run = {});
/// rows x times: probability to have left for `cause` by each time, the mean over the trees of the leaves' Aalen-Johansen curves.
/// cause: 1 to model.causes, else invalid_input.
matrix predict_incidence(const random_forest_model& model, const table_view& x, const std::vector<double>& times, int cause = 1, const execution& run = {});
/// exp(- cumulative hazard); with competing reasons one less the sum of their incidences.
matrix predict_survival(const random_forest_model& model, const table_view& x, const std::vector<double>& times, const execution& run = {});
/// Mortality of each training row from the trees that did not see it; NaN for rows that every tree saw. x and y must be those of the fit.
std::vector<double> out_of_bag_risk(const random_forest_model& model, const table_view& x, const outcome& y, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::survival

#ifndef TENURE_COMPILED
#include "tenure/survival/random_forest-inl.hpp"
#endif
