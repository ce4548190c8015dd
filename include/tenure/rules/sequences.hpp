#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/parallel.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::rules {

struct sequence_options {
  double min_support = 0.05;    // smallest share of customers (with the outcome, when there is one)
  std::int64_t max_length = 5;  // most events of a pattern

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("min_support", self.min_support, bounds{.low = 0, .high = 1, .low_open = true},
          "smallest share of customers that show the pattern (and the outcome, when there is one)");
    visit("max_length", self.max_length, at_least(1), "most events of a pattern");
  }
};

/// Patterns of events in order, with the number of customers that show them. Pattern s is events[offsets[s]] ... events[offsets[s + 1] - 1].
struct sequence_list {
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int32_t> events;
  std::vector<std::int64_t> counts;          // customers that show the pattern
  std::vector<std::int64_t> outcome_counts;  // those of them with the outcome; empty without one
  std::int64_t customers = 0;

  std::size_t size() const { return counts.size(); }
  friend bool operator==(const sequence_list&, const sequence_list&) = default;
};

/// The event patterns that enough customers show: events in this order, others may lie between them. PrefixSpan (Pei et al. 2001) over positions,
/// without copies of the sequences: 8 bytes a customer and level.
///
/// `offsets`, `events`: customer c did events[offsets[c]] ... events[offsets[c + 1] - 1] in order of time, each in [0, event_count). `outcome`: 0
/// or 1 a customer, or empty; with it the support counts customers that show the pattern and have the outcome, so that the search follows what ends
/// in churn. Patterns come in order of their events. The same for any number of threads.
/// Throws invalid_input for offsets that fall, an event out of range, an outcome of another length or other than 0 and 1, no customers.
sequence_list frequent_sequences(column_view<std::int64_t> offsets, column_view<std::int32_t> events, std::size_t event_count,
                                 column_view<std::uint8_t> outcome = {}, const sequence_options& options = {}, const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::rules

#ifndef TENURE_COMPILED
#include "tenure/rules/sequences-inl.hpp"
#endif
