// Mining on simulated baskets: dense tables, sparse baskets, rules, churn rules.
#include <benchmark/benchmark.h>

#include "tenure/core/random.hpp"
#include "tenure/rules/class_rules.hpp"
#include "tenure/rules/itemsets.hpp"
#include "tenure/rules/rules.hpp"

namespace {

using namespace tenure;
using namespace tenure::rules;

/// Baskets in which item i has probability `popularity(i)`, and groups of three items come together.
template <class Popularity>
transactions simulated(std::size_t baskets, std::size_t items, Popularity&& popularity) {
  random_stream random(1);
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int32_t> all;
  for (std::size_t t = 0; t < baskets; ++t) {
    for (std::size_t i = 0; i < items; ++i) {
      if (random.uniform() >= popularity(i)) continue;
      all.push_back(static_cast<std::int32_t>(i));
      if (i % 3 == 0 && i + 2 < items && random.uniform() < 0.7) {
        all.push_back(static_cast<std::int32_t>(i + 1));
        all.push_back(static_cast<std::int32_t>(i + 2));
      }
    }
    offsets.push_back(static_cast<std::int64_t>(all.size()));
  }
  return make_transactions(offsets, all, items);
}

const transactions& dense() {
  static const transactions baskets = simulated(5'000, 60, [](std::size_t i) { return 0.2 + 0.6 * static_cast<double>(i % 7) / 7; });
  return baskets;
}
const transactions& sparse() {
  static const transactions baskets = simulated(50'000, 800, [](std::size_t i) { return 2.0 / (10.0 + static_cast<double>(i)); });
  return baskets;
}

void mine(benchmark::State& state, const transactions& baskets, double support, itemset_target target) {
  const itemset_options options{.min_support = support, .target = target};
  std::size_t sets = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(sets = frequent_itemsets(baskets, options, {.threads = static_cast<int>(state.range(0))}).size());
  state.counters["sets"] = static_cast<double>(sets);
}

void dense_all(benchmark::State& state) { mine(state, dense(), 0.3, itemset_target::all); }
void dense_closed(benchmark::State& state) { mine(state, dense(), 0.3, itemset_target::closed); }
void sparse_all(benchmark::State& state) { mine(state, sparse(), 0.002, itemset_target::all); }
void sparse_closed(benchmark::State& state) { mine(state, sparse(), 0.002, itemset_target::closed); }
void sparse_maximal(benchmark::State& state) { mine(state, sparse(), 0.002, itemset_target::maximal); }

void rules_of_sets(benchmark::State& state) {
  const itemsets sets = frequent_itemsets(sparse(), {.min_support = 0.001});
  for (auto _ : state)
    benchmark::DoNotOptimize(association_rules(sets, {.min_confidence = 0.3, .compare_simpler = state.range(0) != 0}).size());
}

void churn_rules(benchmark::State& state) {
  random_stream random(2);
  std::vector<std::uint8_t> outcome(sparse().size());
  for (auto& y : outcome)
    y = random.uniform() < 0.15;
  for (auto _ : state)
    benchmark::DoNotOptimize(class_rules(sparse(), outcome, {.min_support = 0.0005}, {.threads = static_cast<int>(state.range(0))}).examined);
}

BENCHMARK(dense_all)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);
BENCHMARK(dense_closed)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);
BENCHMARK(sparse_all)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);
BENCHMARK(sparse_closed)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);
BENCHMARK(sparse_maximal)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);
BENCHMARK(rules_of_sets)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(churn_rules)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

}  // namespace
