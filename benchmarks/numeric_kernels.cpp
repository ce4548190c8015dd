#include <benchmark/benchmark.h>

#include <vector>

#include "tenure/core/random.hpp"
#include "tenure/numeric/elementary.hpp"
#include "tenure/numeric/syrk.hpp"

namespace {

using namespace tenure;

void weighted_gram(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0)), p = static_cast<std::size_t>(state.range(1));
  random_stream random(1);
  matrix x(n, p);
  for (std::size_t k = 0; k < n * p; ++k)
    x.data()[k] = random.uniform();
  const std::vector<double> w(n, 0.5);
  const execution run{.threads = static_cast<int>(state.range(2))};
  for (auto _ : state)
    benchmark::DoNotOptimize(numeric::weighted_gram(x, w, run));
  const auto flops = static_cast<double>(n * p * (p + 1));
  state.counters["GFLOP/s"] = benchmark::Counter(flops * static_cast<double>(state.iterations()) * 1e-9, benchmark::Counter::kIsRate);
}
BENCHMARK(weighted_gram)->Args({200000, 16, 1})->Args({200000, 32, 1})->Args({200000, 32, 2})->Args({50000, 100, 1})->Args({20000, 300, 1})->UseRealTime();

void logistic_block(benchmark::State& state) {
  const std::size_t n = 4096;
  std::vector<double> eta(n), mean(n), loss(n);
  for (std::size_t i = 0; i < n; ++i)
    eta[i] = static_cast<double>(i) / 400 - 5;
  for (auto _ : state) {
    numeric::logistic_block(eta.data(), n, mean.data(), state.range(0) ? loss.data() : nullptr);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(n) * state.iterations());
}
BENCHMARK(logistic_block)->Arg(0)->Arg(1);

}  // namespace
