#include "tenure/survival/turnbull.hpp"

#include <gtest/gtest.h>

#include "reference.hpp"
#include "tenure/survival/curve.hpp"

namespace {

using namespace tenure;
using namespace tenure::survival;
using reference::expect_close;
using reference::numbers;

class TurnbullReference : public testing::TestWithParam<const char*> {};

TEST_P(TurnbullReference, ReachesTheMaximum) {
  const reference::json_case ref(GetParam());
  const reference::csv data(ref.data());
  interval_outcome y{data["lower"], data["upper"]};
  if (data.columns.contains("w")) y.weight = data["w"];
  const turnbull_curve c = fit_turnbull(y).curves[0];
  EXPECT_TRUE(c.converged);
  EXPECT_LE(c.gap, 1e-9);
  EXPECT_GE(c.log_likelihood, ref.one("loglik") - 1e-6);
  EXPECT_LE(c.log_likelihood, ref.one("loglik") + 1e-4);
  double mass = 0;
  for (const double m : c.mass)
    mass += m;
  EXPECT_NEAR(mass, 1, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Cases, TurnbullReference, testing::Values("turnbull_visits", "turnbull_once", "turnbull_mixed"),
                         [](const auto& test) { return std::string(test.param); });

TEST(Turnbull, IsKaplanMeierForExactAndRightCensoredTimes) {
  const numbers time{2, 3, 3, 5, 8, 9, 9, 12}, event{1, 1, 0, 1, 0, 1, 1, 0};
  numbers upper(time);
  for (std::size_t i = 0; i < upper.size(); ++i)
    if (event[i] == 0) upper[i] = INFINITY;
  const auto c = fit_turnbull({time, upper}).curves[0];
  const auto km = fit_kaplan_meier({time, event}, {}, {"all"});
  const numbers at{1, 2, 4, 5, 9, 11};
  expect_close(survival_at(c, at), curve_at(km.curves[0], at, 1.0), 1e-9, "survival");
}

TEST(Turnbull, SaysWhereAQuantileLies) {
  const numbers lower{0, 2, 3, 5, 6}, upper{4, 3, 6, 8, INFINITY};
  const auto c = fit_turnbull({lower, upper}).curves[0];
  const auto half = survival_quantile(c, 0.5);
  EXPECT_LT(half.lower, half.upper);
  EXPECT_LE(survival_at(c, numbers{half.upper})[0], 0.5);
  EXPECT_GT(survival_at(c, numbers{half.lower})[0], 0.5);
  EXPECT_THROW(survival_quantile(c, 1), invalid_input);
}

TEST(Turnbull, RefusesWhatIsNoInterval) {
  const numbers one{1}, two{2}, less{-1}, late{0};
  EXPECT_THROW(fit_turnbull({two, one}), invalid_input);
  EXPECT_THROW(fit_turnbull({less, one}), invalid_input);
  EXPECT_THROW(fit_turnbull({numbers{INFINITY}, numbers{INFINITY}}), invalid_input);
  EXPECT_THROW(fit_turnbull({one, numbers{}}), invalid_input);
  EXPECT_THROW(fit_turnbull({one, two, late}), not_supported);
}

}  // namespace
