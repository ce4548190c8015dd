#include "tenure/survival/rmst.hpp"

#include <gtest/gtest.h>

#include "reference.hpp"

namespace {

using namespace tenure;
using namespace tenure::survival;
using reference::expect_close;
using reference::numbers;

TEST(RestrictedMeans, MatchAreasUnderSurvfit) {
  const reference::json_case ref("rmst_difference");
  const reference::csv data("data/veteran.csv");
  const reference::factor cell(data.texts.at("celltype"));
  const auto curves = fit_kaplan_meier({data["time"], data["status"]}, cell.codes, cell.levels);
  const auto found = compare_restricted_means(curves.curves, 150);
  numbers difference, p, ratio, ratio_p;
  for (const auto& c : found.contrasts) {
    difference.push_back(c.difference);
    p.push_back(c.difference_p_value);
    ratio.push_back(c.ratio);
    ratio_p.push_back(c.ratio_p_value);
  }
  const std::string name = "veteran_celltype.";
  expect_close(difference, ref.at(name + "difference"), 1e-10, "difference");
  expect_close(p, ref.at(name + "p"), 1e-8, "p");
  expect_close(ratio, ref.at(name + "ratio"), 1e-10, "ratio");
  expect_close(ratio_p, ref.at(name + "ratio_p"), 1e-8, "ratio's p");
  expect_close(found.statistic, ref.one(name + "statistic"), 1e-9, "statistic");
  expect_close(found.p_value, ref.one(name + "p_all"), 1e-8, "p of all");
}

TEST(RestrictedMeans, RefuseHorizonsBeyondWhatIsKnown) {
  const numbers time{2, 3, 4, 5, 8, 9, 10, 12}, event{1, 1, 1, 1, 1, 1, 1, 0}, group{0, 0, 0, 0, 1, 1, 1, 1};
  const auto curves = fit_kaplan_meier({time, event}, group, {"a", "b"}).curves;
  EXPECT_DOUBLE_EQ(common_horizon(curves), 5);
  EXPECT_NO_THROW(compare_restricted_means(curves, 12));
  EXPECT_THROW(compare_restricted_means(curves, 13), invalid_input);
  EXPECT_THROW(compare_restricted_means(curves, 0), invalid_input);
  EXPECT_THROW(compare_restricted_means(curves, 1), invalid_input);
  EXPECT_THROW(compare_restricted_means(curves, 5, 2), invalid_input);
  EXPECT_THROW(compare_restricted_means({curves[0]}, 5), invalid_input);
}

}  // namespace
