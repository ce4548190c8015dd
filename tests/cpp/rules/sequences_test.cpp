#include "tenure/rules/sequences.hpp"

#include <gtest/gtest.h>

#include <map>

#include "tenure/core/random.hpp"

namespace {

using namespace tenure;
using namespace tenure::rules;
using pattern = std::vector<std::int32_t>;

struct histories {
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int32_t> events;
  std::vector<std::uint8_t> churned;
};

histories simulated(std::size_t customers, std::uint64_t seed) {
  random_stream random(seed);
  histories h;
  for (std::size_t c = 0; c < customers; ++c) {
    const std::size_t length = random.below(9);
    bool complained = false, waited = false;
    for (std::size_t i = 0; i < length; ++i) {
      const auto event = static_cast<std::int32_t>(random.below(5));
      waited |= complained && event == 3;
      complained |= event == 1;
      h.events.push_back(event);
    }
    h.offsets.push_back(static_cast<std::int64_t>(h.events.size()));
    h.churned.push_back(random.uniform() < (waited ? 0.6 : 0.2));
  }
  return h;
}

bool shows(const histories& h, std::size_t c, const pattern& wanted) {
  std::size_t next = 0;
  for (auto i = h.offsets[c]; i < h.offsets[c + 1] && next < wanted.size(); ++i)
    next += h.events[static_cast<std::size_t>(i)] == wanted[next];
  return next == wanted.size();
}

using counted = std::map<pattern, std::pair<std::int64_t, std::int64_t>>;

/// Every pattern of up to `longest` of the 5 events, counted from scratch.
counted by_definition(const histories& h, std::size_t longest, std::int64_t minimum, bool of_churned) {
  counted out;
  std::vector<pattern> level{{}};
  for (std::size_t length = 1; length <= longest; ++length) {
    std::vector<pattern> next;
    for (const pattern& shorter : level)
      for (std::int32_t event = 0; event < 5; ++event) {
        pattern longer = shorter;
        longer.push_back(event);
        std::int64_t count = 0, churned = 0;
        for (std::size_t c = 0; c + 1 < h.offsets.size(); ++c) {
          if (!shows(h, c, longer)) continue;
          ++count;
          churned += h.churned[c];
        }
        if ((of_churned ? churned : count) < minimum) continue;
        out[longer] = {count, of_churned ? churned : 0};
        next.push_back(longer);
      }
    level = next;
  }
  return out;
}

counted as_map(const sequence_list& found) {
  counted out;
  for (std::size_t s = 0; s < found.size(); ++s)
    out[{found.events.begin() + found.offsets[s], found.events.begin() + found.offsets[s + 1]}] = {found.counts[s],
                                                                                                   found.outcome_counts.empty() ? 0 : found.outcome_counts[s]};
  return out;
}

TEST(Sequences, MeetTheDefinition) {
  const histories h = simulated(400, 1);
  for (const std::size_t longest : {1U, 2U, 4U}) {
    const sequence_options options{.min_support = 0.05, .max_length = static_cast<std::int64_t>(longest)};
    EXPECT_EQ(as_map(frequent_sequences(h.offsets, h.events, 5, {}, options)), by_definition(h, longest, 20, false));
    EXPECT_EQ(as_map(frequent_sequences(h.offsets, h.events, 5, h.churned, options)), by_definition(h, longest, 20, true));
  }
}

TEST(Sequences, SameResultForAnyThreadCount) {
  const histories h = simulated(2000, 2);
  const sequence_list one = frequent_sequences(h.offsets, h.events, 5, h.churned, {.min_support = 0.01});
  EXPECT_GT(one.size(), 50U);
  for (const int threads : {2, 5})
    EXPECT_EQ(frequent_sequences(h.offsets, h.events, 5, h.churned, {.min_support = 0.01}, {.threads = threads}), one);
}

TEST(Sequences, RepeatsCountCustomersOnce) {
  const std::vector<std::int64_t> offsets{0, 4, 5, 5};
  const std::vector<std::int32_t> events{7, 7, 7, 7, 7};
  const sequence_list found = frequent_sequences(offsets, events, 8, {}, {.min_support = 0.3});
  EXPECT_EQ(found.counts, (std::vector<std::int64_t>{2, 1, 1, 1}));  // 7, 7 7, 7 7 7, 7 7 7 7
  EXPECT_EQ(found.customers, 3);
}

TEST(Sequences, HostileInput) {
  const std::vector<std::int64_t> offsets{0, 2, 3};
  const std::vector<std::int32_t> events{0, 1, 1};
  const std::vector<std::uint8_t> outcome{0, 1};
  EXPECT_THROW(frequent_sequences(std::vector<std::int64_t>{0}, std::vector<std::int32_t>{}, 2), invalid_input);
  EXPECT_THROW(frequent_sequences(std::vector<std::int64_t>{0, 3, 2}, events, 2), invalid_input);
  EXPECT_THROW(frequent_sequences(std::vector<std::int64_t>{0, 5, 3}, events, 2), invalid_input);
  EXPECT_THROW(frequent_sequences(offsets, std::vector<std::int32_t>{0, 2, 1}, 2), invalid_input);
  EXPECT_THROW(frequent_sequences(offsets, std::vector<std::int32_t>{0, -1, 1}, 2), invalid_input);
  EXPECT_THROW(frequent_sequences(offsets, events, 2, std::vector<std::uint8_t>{1}), invalid_input);
  EXPECT_THROW(frequent_sequences(offsets, events, 2, std::vector<std::uint8_t>{1, 2}), invalid_input);
  EXPECT_THROW(frequent_sequences(offsets, events, 2, outcome, {.min_support = 1.5}), invalid_input);
  EXPECT_THROW(frequent_sequences(offsets, events, 2, outcome, {.max_length = 0}), invalid_input);
}

}  // namespace
