// Forests: growing, scoring many rows, scoring and explaining one row at a time.
#include <benchmark/benchmark.h>

#include <cmath>

#include "tenure/core/random.hpp"
#include "tenure/learn/gradient_boosting.hpp"
#include "tenure/learn/random_forest.hpp"
#include "tenure/trees/shap.hpp"

namespace {

using namespace tenure;

struct sample {
  matrix x;
  std::vector<double> y;
};

/// 28 columns: counts, amounts, few-valued and noise; interactions and waves in the risk.
sample customers(std::size_t n, std::uint64_t seed) {
  random_stream random(seed);
  sample s{matrix(n, 28), {}};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < 28; ++j)
      s.x(i, j) = random.normal();
    s.x(i, 0) = std::floor(40 * random.uniform());
    for (std::size_t j = 3; j < 10; ++j)
      s.x(i, j) = std::floor(static_cast<double>(2 + j % 4) * random.uniform());
    const double z = -1.2 - 0.04 * (s.x(i, 0) - 20) + 0.5 * s.x(i, 3) + 0.4 * s.x(i, 10) * s.x(i, 11) + 0.5 * std::sin(2 * s.x(i, 12)) + 0.3 * s.x(i, 13);
    s.y.push_back(random.uniform() < 1 / (1 + std::exp(-z)) ? 1 : 0);
  }
  return s;
}

const sample& rows() {
  static const sample s = customers(100'000, 1);
  return s;
}
const learn::random_forest_model& forest() {
  static const auto model = learn::fit_random_forest(rows().x, rows().y, {.max_depth = 8, .min_samples_leaf = 1}, {}, {}, {.threads = 0});
  return model;
}

void one_row_probability(benchmark::State& state) {
  const auto& model = forest();
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(learn::predict_probability_row(model, {rows().x.row(i), 28}));
    i = (i + 1) % 1000;
  }
}

void one_row_top_three_reasons(benchmark::State& state) {
  trees::row_explainer explainer(forest().trees);
  trees::reason top[3];
  std::size_t i = 0;
  for (auto _ : state) {
    explainer.top_reasons({rows().x.row(i), 28}, top);
    benchmark::DoNotOptimize(top);
    i = (i + 1) % 1000;
  }
}

void shapley_of_thousand_rows(benchmark::State& state) {
  const trees::tree_explainer explainer(forest().trees);
  const auto some = table_view(rows().x).slice(0, 1000);
  for (auto _ : state)
    benchmark::DoNotOptimize(explainer.explain(some, {.threads = static_cast<int>(state.range(0))}).row(0));
}

void many_rows_probability(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(learn::predict_probability(forest(), rows().x, {.threads = static_cast<int>(state.range(0))}).data());
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 100'000);
}

void grow_forest(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const auto some = table_view(rows().x).slice(0, n);
  const std::vector<double> y(rows().y.begin(), rows().y.begin() + static_cast<std::ptrdiff_t>(n));
  for (auto _ : state)
    benchmark::DoNotOptimize(learn::fit_random_forest(some, y, {.n_estimators = 10, .max_depth = 8, .min_samples_leaf = 1}).trees.nodes.data());
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0) * 10);
}

void boost(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const sample large = customers(n, 2);
  const learn::gradient_boosting_options options{.n_estimators = 10, .learning_rate = 0.1, .max_leaf_nodes = 31, .subsample = 1, .max_features = 1};
  for (auto _ : state)
    benchmark::DoNotOptimize(learn::fit_gradient_boosting(large.x, large.y, options, {}, {.threads = 2}).trees.nodes.data());
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0) * 10);
}

BENCHMARK(one_row_probability)->Unit(benchmark::kMicrosecond);
BENCHMARK(one_row_top_three_reasons)->Unit(benchmark::kMicrosecond);
BENCHMARK(shapley_of_thousand_rows)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(many_rows_probability)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(boost)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(grow_forest)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
