#include "tenure/rules/rule_classifier.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tenure/core/random.hpp"

namespace {

using namespace tenure;
using namespace tenure::rules;

struct customers {
  std::vector<double> tickets, calls;
  std::vector<std::int32_t> left;

  explicit customers(std::size_t n) {
    random_stream random(4, 0);
    for (std::size_t i = 0; i < n; ++i) {
      tickets.push_back(static_cast<double>(static_cast<int>(5 * random.uniform())));
      calls.push_back(static_cast<double>(static_cast<int>(8 * random.uniform())));
      left.push_back(random.uniform() < (tickets.back() > 3 && calls.back() < 4 ? 0.9 : 0.1) ? 1 : 0);
    }
  }
  table_view table() const { return table_view({{"tickets", tickets, {}, false}, {"calls", calls, {}, false}}); }
};

TEST(RuleClassifier, DecidesWhateverTheThreads) {
  const customers data(3000);
  const auto model = fit_rule_classifier(data.table(), data.left, 2, {.min_support = 0.05, .min_confidence = 0.7});
  EXPECT_EQ(fit_rule_classifier(data.table(), data.left, 2, {.min_support = 0.05, .min_confidence = 0.7}, {.threads = 3}), model);
  const auto lines = describe_rules(model, {"stays", "leaves"});
  ASSERT_EQ(lines.size(), model.size() + 1);
  EXPECT_EQ(lines.back().substr(0, 12), "otherwise ->");
  EXPECT_NE(lines[0].find(" -> stays ("), std::string::npos);
  const auto decided = deciding_rules(model, data.table());
  const matrix p = predict_probability(model, data.table(), {.threads = 2});
  std::vector<double> covered(model.size() + 1, 0);
  for (std::size_t i = 0; i < decided.size(); ++i) {
    EXPECT_EQ(p(i, 1) > 0.5, data.tickets[i] > 3 && data.calls[i] < 4);
    EXPECT_DOUBLE_EQ(p(i, 0) + p(i, 1), 1);
    ++covered[static_cast<std::size_t>(decided[i])];
  }
  EXPECT_EQ(std::vector<double>(covered.begin(), covered.end() - 1), model.covered);
}

TEST(RuleClassifier, RefusesWhatIsNoClassAndDamagedModels) {
  customers data(50);
  data.left[7] = 2;
  EXPECT_THROW(fit_rule_classifier(data.table(), data.left, 2), invalid_input);
  data.left[7] = -1;
  EXPECT_THROW(fit_rule_classifier(data.table(), data.left, 2), invalid_input);
  const std::vector<std::int32_t> nobody(50, 0);
  EXPECT_THROW(fit_rule_classifier(data.table(), nobody, 2), invalid_input);
  EXPECT_THROW(fit_rule_classifier(data.table(), nobody, 1), invalid_input);
  EXPECT_THROW(fit_rule_classifier(data.table(), std::vector<std::int32_t>(49, 0), 2), invalid_input);

  const customers good(3000);
  auto model = fit_rule_classifier(good.table(), good.left, 2);
  EXPECT_NO_THROW(model.check());
  EXPECT_THROW(describe_rules(model, {"one"}), invalid_input);
  auto damaged = model;
  damaged.items[0] = 99;
  EXPECT_THROW(damaged.check(), bad_file);
  damaged = model;
  damaged.predicted[0] = 2;
  EXPECT_THROW(damaged.check(), bad_file);
  damaged = model;
  damaged.offsets[1] = 0;
  EXPECT_THROW(damaged.check(), bad_file);
  damaged = model;
  damaged.counts.pop_back();
  EXPECT_THROW(damaged.check(), bad_file);
}

}  // namespace
