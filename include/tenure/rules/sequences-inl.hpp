#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <string>

#include "tenure/rules/sequences.hpp"

namespace tenure::inline TENURE_ABI::rules {

namespace detail {

class prefix_span {
 public:
  struct place {
    std::uint32_t customer;
    std::uint32_t after;  // events of the customer from here on may continue the pattern
  };

  prefix_span(column_view<std::int64_t> offsets, column_view<std::int32_t> events, std::size_t event_count, column_view<std::uint8_t> outcome,
              std::int64_t minimum, std::size_t longest)
      : offsets_(offsets), events_(events), outcome_(outcome), minimum_(minimum), longest_(longest), seen_(event_count, 0), slot_(event_count, 0) {}

  /// The patterns that begin with `first`, which customers `start` show.
  void grow_from(std::int32_t first, const std::vector<place>& start, sequence_list& out) {
    out_ = &out;
    pattern_.assign(1, first);
    report(start);
    if (longest_ > 1) grow(start, 0);
  }

  /// Per event the places after its first occurrence, for the events that enough customers show; ascending events.
  void extensions(const std::vector<place>& base, std::vector<std::int32_t>& found, std::vector<std::vector<place>>& places) {
    found.clear();
    counts_.clear();
    for (const bool counting : {true, false}) {
      if (!counting) choose(found, places);
      for (const place& p : base) {
        ++round_;
        const std::int64_t end = offsets_[p.customer + 1] - offsets_[p.customer];
        const std::int32_t* event = events_.data() + offsets_[p.customer];
        for (std::int64_t i = p.after; i < end; ++i) {
          const auto e = static_cast<std::size_t>(event[i]);
          if (seen_[e] == round_) continue;
          seen_[e] = round_;
          if (!counting) {
            if (slot_[e] != 0) places[slot_[e] - 1].push_back({p.customer, static_cast<std::uint32_t>(i + 1)});
          } else if (outcome_.empty() || outcome_[p.customer]) {
            if (slot_[e] == 0) {
              counts_.push_back({event[i], 0});
              slot_[e] = static_cast<std::uint32_t>(counts_.size());
            }
            ++counts_[slot_[e] - 1].second;
          }
        }
      }
    }
    for (const std::int32_t e : found)
      slot_[static_cast<std::size_t>(e)] = 0;
  }

 private:
  /// From counts to one list of places for each event that is frequent.
  void choose(std::vector<std::int32_t>& found, std::vector<std::vector<place>>& places) {
    std::sort(counts_.begin(), counts_.end());
    for (const auto& [event, count] : counts_) {
      slot_[static_cast<std::size_t>(event)] = 0;
      if (count < minimum_) continue;
      found.push_back(event);
      slot_[static_cast<std::size_t>(event)] = static_cast<std::uint32_t>(found.size());
    }
    if (places.size() < found.size()) places.resize(found.size());
    for (auto& list : places)
      list.clear();
  }

  void grow(const std::vector<place>& base, std::size_t depth) {
    while (levels_.size() <= depth)
      levels_.emplace_back();
    level& here = levels_[depth];
    extensions(base, here.found, here.places);
    for (std::size_t k = 0; k < here.found.size(); ++k) {
      pattern_.push_back(here.found[k]);
      report(here.places[k]);
      if (pattern_.size() < longest_) grow(here.places[k], depth + 1);
      pattern_.pop_back();
    }
  }

  void report(const std::vector<place>& places) {
    out_->events.insert(out_->events.end(), pattern_.begin(), pattern_.end());
    out_->offsets.push_back(static_cast<std::int64_t>(out_->events.size()));
    out_->counts.push_back(static_cast<std::int64_t>(places.size()));
    if (!outcome_.empty())
      out_->outcome_counts.push_back(std::count_if(places.begin(), places.end(), [&](const place& p) { return outcome_[p.customer] != 0; }));
  }

  struct level {
    std::vector<std::int32_t> found;
    std::vector<std::vector<place>> places;
  };

  column_view<std::int64_t> offsets_;
  column_view<std::int32_t> events_;
  column_view<std::uint8_t> outcome_;
  std::int64_t minimum_;
  std::size_t longest_;
  std::vector<std::uint64_t> seen_;  // per event: the round that met it last
  std::vector<std::uint32_t> slot_;  // per event: 1 + its place in counts_ or in the list of extensions
  std::vector<std::pair<std::int32_t, std::int64_t>> counts_;
  std::uint64_t round_ = 0;
  std::vector<std::int32_t> pattern_;
  sequence_list* out_ = nullptr;
  std::deque<level> levels_;
};

}  // namespace detail

TENURE_INLINE sequence_list frequent_sequences(column_view<std::int64_t> offsets, column_view<std::int32_t> events, std::size_t event_count,
                                               column_view<std::uint8_t> outcome, const sequence_options& options, const execution& run) {
  validate(options);
  if (offsets.size() < 2) throw invalid_input("sequences", "must hold at least one customer");
  const std::size_t customers = offsets.size() - 1;
  if (offsets[0] != 0 || offsets[customers] != static_cast<std::int64_t>(events.size()))
    throw invalid_input("offsets", "must begin with 0 and end with the number of events");
  for (std::size_t c = 0; c < customers; ++c)
    if (offsets[c + 1] < offsets[c]) throw invalid_input("offsets", "must not fall", static_cast<double>(offsets[c + 1]), c);
  for (std::size_t i = 0; i < events.size(); ++i)
    if (events[i] < 0 || static_cast<std::size_t>(events[i]) >= event_count)
      throw invalid_input("events", "must be in [0, " + std::to_string(event_count) + ")", events[i], i);
  if (!outcome.empty() && outcome.size() != customers)
    throw invalid_input("outcome", "must have one value a customer (" + std::to_string(customers) + ")", static_cast<double>(outcome.size()));
  for (std::size_t c = 0; c < outcome.size(); ++c)
    if (outcome[c] > 1) throw invalid_input("outcome", "must be 0 or 1", outcome[c], c);

  const auto minimum = static_cast<std::int64_t>(std::max(1.0, std::ceil(options.min_support * static_cast<double>(customers) - 1e-9)));
  const auto make = [&] { return detail::prefix_span(offsets, events, event_count, outcome, minimum, static_cast<std::size_t>(options.max_length)); };
  std::vector<detail::prefix_span::place> everybody(customers);
  for (std::size_t c = 0; c < customers; ++c)
    everybody[c] = {static_cast<std::uint32_t>(c), 0};
  std::vector<std::int32_t> first;
  std::vector<std::vector<detail::prefix_span::place>> places;
  make().extensions(everybody, first, places);
  std::vector<sequence_list> parts(first.size());
  parallel_for(first.size(), run, [&](std::size_t k) { make().grow_from(first[k], places[k], parts[k]); });

  sequence_list all;
  all.customers = static_cast<std::int64_t>(customers);
  for (const auto& part : parts) {
    const auto shift = static_cast<std::int64_t>(all.events.size());
    for (std::size_t s = 1; s < part.offsets.size(); ++s)
      all.offsets.push_back(shift + part.offsets[s]);
    all.events.insert(all.events.end(), part.events.begin(), part.events.end());
    all.counts.insert(all.counts.end(), part.counts.begin(), part.counts.end());
    all.outcome_counts.insert(all.outcome_counts.end(), part.outcome_counts.begin(), part.outcome_counts.end());
  }
  return all;
}

}  // namespace tenure::inline TENURE_ABI::rules
