// Sorting is the floor under everything that needs an order: Kaplan-Meier, AUC, ranks.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "tenure/core/random.hpp"
#include "tenure/numeric/sort.hpp"

namespace {

using namespace tenure;

std::vector<double> durations(std::size_t n, bool whole) {
  random_stream random(1);
  std::vector<double> x(n);
  for (auto& v : x)
    v = whole ? static_cast<double>(random.below(72)) : random.exponential() * 24;
  return x;
}

void radix_keys(benchmark::State& state) {
  const auto x = durations(static_cast<std::size_t>(state.range(0)), state.range(1));
  std::vector<std::uint64_t> keys(x.size());
  for (auto _ : state) {
    std::transform(x.begin(), x.end(), keys.begin(), numeric::ordered_key);
    numeric::radix_sort(keys);
    benchmark::DoNotOptimize(keys.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void radix_order(benchmark::State& state) {
  const auto x = durations(static_cast<std::size_t>(state.range(0)), state.range(1));
  for (auto _ : state)
    benchmark::DoNotOptimize(numeric::sort_order(x).data());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void standard_sort(benchmark::State& state) {
  const auto x = durations(static_cast<std::size_t>(state.range(0)), state.range(1));
  for (auto _ : state) {
    auto copy = x;
    std::sort(copy.begin(), copy.end());
    benchmark::DoNotOptimize(copy.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(radix_keys)->Unit(benchmark::kMillisecond)->ArgsProduct({{1'000'000, 10'000'000}, {0, 1}});
BENCHMARK(radix_order)->Unit(benchmark::kMillisecond)->ArgsProduct({{1'000'000, 10'000'000}, {0, 1}});
BENCHMARK(standard_sort)->Unit(benchmark::kMillisecond)->ArgsProduct({{1'000'000, 10'000'000}, {0, 1}});

}  // namespace
