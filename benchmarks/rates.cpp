// The rate of 10,000,000 customer records beside one radix sort of the same keys: the ratio is the figure that counts.
#include <benchmark/benchmark.h>

#include <vector>

#include "tenure/core/random.hpp"
#include "tenure/numeric/sort.hpp"
#include "tenure/rates/periods.hpp"

namespace {

using namespace tenure;

struct customers {
  std::vector<std::int64_t> start, end;

  explicit customers(std::size_t n) : start(n), end(n) {
    random_stream random(1, 0);
    for (std::size_t i = 0; i < n; ++i) {
      start[i] = 14'000 + static_cast<std::int64_t>(random.below(6'000));
      const auto stay = static_cast<std::int64_t>(random.exponential() * 900);
      end[i] = start[i] + stay >= 20'000 ? rates::no_day : start[i] + stay;
    }
  }
};

const customers& base(std::size_t n) {
  static const customers made(n);
  return made;
}

constexpr std::size_t rows = 10'000'000;

/// Numbers of customers for every row: each row another one (0), or drawn from so many.
std::vector<std::int64_t> customer_numbers(std::uint64_t customers) {
  std::vector<std::int64_t> numbers(rows);
  random_stream random(2, 0);
  for (std::size_t i = 0; i < rows; ++i)
    numbers[i] = static_cast<std::int64_t>(customers ? random.below(customers) : i * 7919 % rows);
  return numbers;
}

void radix_sort_of(benchmark::State& state, const std::vector<std::int64_t>& values) {
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<std::uint64_t> keys(values.begin(), values.end());
    state.ResumeTiming();
    numeric::radix_sort(keys);
    benchmark::DoNotOptimize(keys.data());
  }
}
void radix_sort_of_the_starts(benchmark::State& state) { radix_sort_of(state, base(rows).start); }
BENCHMARK(radix_sort_of_the_starts)->Unit(benchmark::kMillisecond);
void radix_sort_of_the_customers(benchmark::State& state) { radix_sort_of(state, customer_numbers(rows * 4)); }
BENCHMARK(radix_sort_of_the_customers)->Unit(benchmark::kMillisecond);

void rate_of_one_month(benchmark::State& state) {
  const auto& c = base(rows);
  for (auto _ : state) {
    const auto periods = rates::customer_periods({.start = c.start, .end = c.end}, {19'000, 19'031});
    benchmark::DoNotOptimize(rates::churn_rate(periods[0]).rate);
  }
}
BENCHMARK(rate_of_one_month)->Unit(benchmark::kMillisecond);

void rates_of_sixty_months(benchmark::State& state) {
  const auto& c = base(rows);
  const auto edges = rates::calendar_edges(18'200, 20'000, rates::calendar_unit::month);
  for (auto _ : state) {
    const auto periods = rates::customer_periods({.start = c.start, .end = c.end}, edges);
    for (const auto& p : periods)
      benchmark::DoNotOptimize(rates::churn_rates(p).size());
  }
}
BENCHMARK(rates_of_sixty_months)->Unit(benchmark::kMillisecond);

void rate_with_customers(benchmark::State& state, std::uint64_t customers) {
  const auto& c = base(rows);
  const auto customer = customer_numbers(customers);
  for (auto _ : state) {
    const auto periods = rates::customer_periods({.start = c.start, .end = c.end, .customer = customer}, {19'000, 19'031});
    benchmark::DoNotOptimize(rates::churn_rate(periods[0]).rate);
  }
}
BENCHMARK_CAPTURE(rate_with_customers, one_stay_each, 0)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(rate_with_customers, a_fifth_with_several, rows * 4)->Unit(benchmark::kMillisecond);

}  // namespace
