#include "tenure/survival/cox_statistic.hpp"

#include <gtest/gtest.h>

#include "reference.hpp"
#include "tenure/core/random.hpp"
#include "tenure/survival/cox_sparse.hpp"

namespace {

using namespace tenure;
using namespace tenure::survival;
using reference::numbers;

struct rows {
  matrix x;
  numbers time, event, entry, weight, strata;
  rows part(const std::vector<std::size_t>& at) const {
    rows out{matrix(at.size(), x.cols()), {}, {}, {}, {}, {}};
    for (std::size_t k = 0; k < at.size(); ++k) {
      std::copy(x.row(at[k]), x.row(at[k]) + x.cols(), out.x.row(k));
      out.time.push_back(time[at[k]]);
      out.event.push_back(event[at[k]]);
      out.entry.push_back(entry[at[k]]);
      out.weight.push_back(weight[at[k]]);
      out.strata.push_back(strata[at[k]]);
    }
    return out;
  }
  outcome y() const { return {time, event, entry, weight}; }
  cox_columns columns() const { return {.strata = strata}; }
};

rows example(std::size_t n) {
  random_stream random(7);
  rows r{matrix(n, 3), {}, {}, {}, {}, {}};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < 3; ++j)
      r.x(i, j) = random.uniform() * 4;
    r.time.push_back(std::ceil(20 * random.uniform()));
    r.entry.push_back(std::floor(0.9 * r.time[i] * random.uniform()));
    r.event.push_back(random.uniform() < 0.6);
    r.weight.push_back(std::ceil(3 * random.uniform()));
    r.strata.push_back(std::floor(2 * random.uniform()));
  }
  return r;
}

class CoxChunks : public testing::TestWithParam<ties> {};

TEST_P(CoxChunks, AnySplitGivesTheWhole) {
  const rows all = example(200);
  const numbers coef{0.4, -0.3, 0.1}, center{2, 2, 2};
  const encoding code = encoding::of(table_view(all.x));
  cox_sums whole(code, coef, center);
  whole.add(all.x, all.y(), all.columns());
  const cox_risk_sets sets = whole.finish(GetParam());
  cox_information information(sets);
  information.add(all.x, all.y(), all.columns());
  for (const std::size_t parts : {2, 3, 50}) {
    cox_sums merged(code, coef, center);
    std::vector<rows> chunks;
    for (std::size_t c = 0; c < parts; ++c) {
      std::vector<std::size_t> at;
      for (std::size_t i = all.time.size(); i-- > 0;)
        if (i * 31 % parts == c) at.push_back(i);
      if (at.empty()) continue;
      chunks.push_back(all.part(at));
      cox_sums one(code, coef, center);
      one.add(chunks.back().x, chunks.back().y(), chunks.back().columns());
      merged.merge(one);
    }
    const cox_risk_sets found = merged.finish(GetParam());
    EXPECT_NEAR(found.log_likelihood, sets.log_likelihood, 1e-10);
    cox_information second(found);
    for (const rows& chunk : chunks)
      second.add(chunk.x, chunk.y(), chunk.columns());
    for (std::size_t j = 0; j < 3; ++j) {
      EXPECT_NEAR(found.gradient[j], sets.gradient[j], 1e-10);
      for (std::size_t k = 0; k < 3; ++k)
        EXPECT_NEAR(second.finish()(j, k), information.finish()(j, k), 1e-9);
    }
  }
}

TEST_P(CoxChunks, AtTheMaximumIsTheFit) {
  const rows all = example(200);
  const cox_model fit = fit_cox(all.x, all.y(), {.ties = GetParam()}, all.columns());
  cox_sums sums(fit.code, fit.coef, fit.center);
  sums.add(all.x, all.y(), all.columns());
  const cox_risk_sets sets = sums.finish(GetParam());
  EXPECT_NEAR(sets.log_likelihood, fit.log_likelihood, 1e-9);
  for (const double g : sets.gradient)
    EXPECT_NEAR(g, 0, 1e-7);
  reference::expect_close(sets.hazard, fit.baseline_hazard, 1e-9, "baseline hazard");
}

INSTANTIATE_TEST_SUITE_P(Ties, CoxChunks, testing::Values(ties::efron, ties::breslow), [](const auto& test) { return std::string(name_of(test.param)); });

TEST(SparseCox, ShrinksToNothingAndRefusesInference) {
  const rows all = example(200);
  const cox_model none = fit_sparse_cox(all.x, {all.time, all.event}, {.alpha = 10});
  EXPECT_EQ(none.coef, numbers(3, 0.0));
  EXPECT_EQ(none.covariance.rows(), 0U);
  EXPECT_NO_THROW(none.check());
  EXPECT_NEAR(none.log_likelihood, none.log_likelihood_null, 1e-10);
  EXPECT_THROW(fit_sparse_cox(all.x, {all.time, all.event}, {.ties = ties::exact}), not_supported);
  EXPECT_THROW(fit_sparse_cox(all.x, {all.time, all.event}, {}, {.cluster = all.strata}), not_supported);
  EXPECT_THROW(fit_sparse_cox(all.x, {all.time, all.event}, {.alpha = 0}), invalid_input);
}

}  // namespace
