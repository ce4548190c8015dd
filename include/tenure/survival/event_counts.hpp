#pragma once

#include <cstddef>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/survival/outcome.hpp"

namespace tenure::inline TENURE_ABI::survival {

/// What happened at each distinct time of one group: all that Kaplan-Meier, Nelson-Aalen, log-rank and their relatives need to know.
struct event_table {
  int causes = 1;
  std::vector<double> time = {};        ///< distinct end times, ascending
  std::vector<double> events = {};      ///< times x causes: total weight of the events at each time
  std::vector<double> censored = {};    ///< total weight of the censorings at each time
  std::vector<double> event_rows = {};  ///< number of event rows at each time; empty when all weights are 1 (then it equals `events`)
  std::vector<double> entry_time = {};  ///< distinct entry times, ascending; empty when everybody is observed from the start
  std::vector<double> entered = {};     ///< total weight of those who enter at each

  std::size_t size() const { return time.size(); }
  double events_at(std::size_t i) const;  ///< of all causes together
  /// Weight at risk just before each time: entered before it, not gone before it.
  std::vector<double> at_risk() const;
};

/// Both tables together, as if their rows had been counted in one go.
event_table merge_tables(const event_table& a, const event_table& b);

/// The mergeable statistic of the non-parametric estimators: `add` chunks of rows in any order and partition, `merge` what other chunks or
/// branches counted, `finish` gives one table a group. Counts are exact, so any split gives the same bits (with weights: the same sums up
/// to rounding). O(n) for whole-number times below 65,536, else one radix sort. Memory: 16 bytes a row while sorting, 24 a distinct time.
class event_counts {
 public:
  explicit event_counts(std::size_t groups = 1, int causes = 1);

  /// `group`: n codes 0 .. groups-1, or empty for one group.
  void add(const outcome& rows, const numeric_column& group = {}, const execution& run = {});
  void merge(const event_counts& other);
  std::vector<event_table> finish() const&;
  std::vector<event_table> finish() &&;

 private:
  using tables = std::vector<event_table>;
  void push(tables next);

  std::size_t groups_;
  int causes_;
  std::vector<tables> runs_;  // ever smaller, as in a merge sort: few merges however many chunks come
};

}  // namespace tenure::inline TENURE_ABI::survival

#ifndef TENURE_COMPILED
#include "tenure/survival/event_counts-inl.hpp"
#endif
