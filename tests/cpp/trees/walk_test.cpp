// Many rows and few take different ways down the same trees: the answers must not differ by a bit.
#include <gtest/gtest.h>

#include <cmath>

#include "tenure/core/random.hpp"
#include "tenure/learn/decision_tree.hpp"
#include "tenure/learn/random_forest.hpp"

namespace {

using namespace tenure;

struct customers {
  std::vector<double> charge, usage, months;
  std::vector<std::int32_t> plan;
  std::vector<double> churned;

  table_view table() const {
    return table_view(
        {{"charge", charge, {}, false}, {"plan", plan, {"a", "b", "c", "d", "e", "f"}, true}, {"usage", usage, {}, false}, {"months", months, {}, false}});
  }
};

customers simulated(std::size_t n, std::uint64_t seed, bool missing) {
  random_stream random(seed);
  customers c;
  for (std::size_t i = 0; i < n; ++i) {
    c.charge.push_back(random.normal());
    c.usage.push_back(missing && random.uniform() < 0.2 ? std::nan("") : random.normal());
    c.months.push_back(std::floor(72 * random.uniform()));
    c.plan.push_back(missing && random.uniform() < 0.1 ? -1 : static_cast<std::int32_t>(random.below(6)));
    const double z = c.charge[i] * (c.plan[i] % 2 ? 1 : -1) + (std::isnan(c.usage[i]) ? 1 : c.usage[i]) - 0.02 * c.months[i];
    c.churned.push_back(random.uniform() < 1 / (1 + std::exp(-z)) ? 1 : 0);
  }
  return c;
}

/// Batches of all rows (laid out level by level), of few (the packed nodes), and single rows.
template <class Model>
void same_in_every_batch(const Model& model, const customers& c) {
  const auto x = c.table();
  const auto all = learn::predict_probability(model, x);
  EXPECT_EQ(all, learn::predict_probability(model, x, {.threads = 3}));
  for (const std::size_t batch : {std::size_t{1}, std::size_t{5}, std::size_t{16}, std::size_t{700}})
    for (std::size_t begin = 0; begin < std::min<std::size_t>(20 * batch, x.rows()); begin += batch) {
      const auto some = learn::predict_probability(model, x.slice(begin, std::min(begin + batch, x.rows())));
      for (std::size_t i = 0; i < some.size(); ++i)
        EXPECT_EQ(some[i], all[begin + i]) << batch << ", row " << begin + i;
    }
  for (std::size_t i = 0; i < 200; ++i) {
    const double row[] = {c.charge[i], static_cast<double>(c.plan[i]), c.usage[i], c.months[i]};
    EXPECT_EQ(learn::predict_probability_row(model, row), all[i]) << i;
  }
}

TEST(Walks, AgreeOnEveryKindOfColumn) {
  const customers complete = simulated(6000, 1, false), gaps = simulated(6000, 2, true);
  for (const auto* training : {&complete, &gaps}) {
    const auto forest = learn::fit_random_forest(training->table(), training->churned, {.n_estimators = 5, .min_samples_leaf = 1});
    const auto exact = learn::fit_decision_tree(training->table(), training->churned, {.search = learn::split_search::exact});
    ASSERT_GT(exact.trees.columns[0].cuts.size(), 255U);  // needs codes of two bytes
    for (const auto* scored : {&complete, &gaps}) {
      same_in_every_batch(forest, *scored);
      same_in_every_batch(exact, *scored);
    }
  }
}

}  // namespace
