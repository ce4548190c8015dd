// Kaplan-Meier beside one radix sort of the same keys, where the ratio is the figure that counts, and how the time of a fit grows with its rows:
// the last lines give it as a multiple of n log n, with the root mean square of what that leaves unexplained.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "tenure/core/random.hpp"
#include "tenure/numeric/sort.hpp"
#include "tenure/survival/cox.hpp"
#include "tenure/survival/curve.hpp"
#include "tenure/survival/log_rank.hpp"

namespace {

using namespace tenure;
using survival::outcome;

/// Continuous tenures, censored where the observation ends; two columns and four groups, the first column with an effect.
struct customers {
  std::vector<double> time, event, group;
  matrix x;

  explicit customers(std::size_t n) : time(n), event(n), group(n), x(n, 2) {
    random_stream random(1, 0);
    for (std::size_t i = 0; i < n; ++i) {
      x(i, 0) = random.normal();
      x(i, 1) = random.normal();
      const double stay = random.exponential() * 20 * std::exp(-0.3 * x(i, 0)), seen = random.uniform() * 60;
      time[i] = std::min(stay, seen);
      event[i] = stay <= seen;
      group[i] = static_cast<double>(random.below(4));
    }
  }
  outcome y() const { return {time, event}; }
};

const customers& base(std::int64_t n) {
  static std::map<std::int64_t, customers> made;
  return made.try_emplace(n, static_cast<std::size_t>(n)).first->second;
}

survival::survival_curves curve_of(const customers& c) { return survival::fit_kaplan_meier(c.y(), {}, {"all"}); }

void radix_sort_of_the_keys(benchmark::State& state) {
  const auto& c = base(state.range(0));
  std::vector<std::uint64_t> keys(c.time.size());
  for (auto _ : state) {
    std::transform(c.time.begin(), c.time.end(), keys.begin(), numeric::ordered_key);
    numeric::radix_sort(keys);
    benchmark::DoNotOptimize(keys.data());
  }
}

void kaplan_meier_of_the_rows(benchmark::State& state) {
  const auto& c = base(state.range(0));
  for (auto _ : state)
    benchmark::DoNotOptimize(curve_of(c).curves.data());
}

/// The fastest of some runs: the first ones touch memory that the machine has yet to find.
void fastest_of_runs(benchmark::internal::Benchmark* b) {
  b->Arg(10'000'000)->Unit(benchmark::kMillisecond)->Iterations(1)->Repetitions(7)->DisplayAggregatesOnly();
  b->ComputeStatistics("fastest", [](const std::vector<double>& runs) { return *std::min_element(runs.begin(), runs.end()); });
}
BENCHMARK(radix_sort_of_the_keys)->Apply(fastest_of_runs);
BENCHMARK(kaplan_meier_of_the_rows)->Apply(fastest_of_runs);

template <class Fit>
void grow(benchmark::State& state, Fit&& fit) {
  const auto& c = base(state.range(0));
  for (auto _ : state)
    fit(c);
  const auto n = static_cast<double>(state.range(0));
  state.SetComplexityN(state.range(0));
  state.counters["time a row"] = benchmark::Counter(n, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void growth_of_kaplan_meier(benchmark::State& state) {
  grow(state, [](const customers& c) { benchmark::DoNotOptimize(curve_of(c).curves.data()); });
}
void growth_of_log_rank(benchmark::State& state) {
  grow(state, [](const customers& c) { benchmark::DoNotOptimize(survival::log_rank(c.y(), c.group, {}).statistic); });
}
void growth_of_cox(benchmark::State& state) {
  grow(state, [](const customers& c) { benchmark::DoNotOptimize(survival::fit_cox(c.x, c.y()).log_likelihood); });
}

BENCHMARK(growth_of_kaplan_meier)->RangeMultiplier(10)->Range(10'000, 10'000'000)->Unit(benchmark::kMillisecond)->Complexity(benchmark::oNLogN);
BENCHMARK(growth_of_log_rank)->RangeMultiplier(10)->Range(10'000, 10'000'000)->Unit(benchmark::kMillisecond)->Complexity(benchmark::oNLogN);
BENCHMARK(growth_of_cox)->RangeMultiplier(10)->Range(10'000, 10'000'000)->Unit(benchmark::kMillisecond)->Complexity(benchmark::oNLogN);

}  // namespace
