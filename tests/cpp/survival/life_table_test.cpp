#include "tenure/survival/life_table.hpp"

#include <gtest/gtest.h>

#include "reference.hpp"

namespace {

using namespace tenure;
using namespace tenure::survival;
using reference::expect_close;
using reference::numbers;

class LifeTableReference : public testing::TestWithParam<const char*> {};

TEST_P(LifeTableReference, MatchesR) {
  const reference::json_case ref(GetParam());
  const reference::csv data(ref.data());
  const bool rossi = std::string(GetParam()) == "lifetable_rossi";
  const auto fit = fit_life_table({data[rossi ? "week" : "time"], data[rossi ? "arrest" : "status"]}, {}, {"all"}, ref.at("breaks"));
  const life_table& t = fit.tables[0];
  for (const auto& [values, name] : {std::pair{&t.n_entering, "n_entering"},
                                     {&t.n_lost, "n_lost"},
                                     {&t.n_exposed, "n_exposed"},
                                     {&t.n_event, "n_event"},
                                     {&t.survival, "surv_at_start"},
                                     {&t.density, "pdf"},
                                     {&t.hazard, "hazard"},
                                     {&t.survival_std_error, "se_surv"},
                                     {&t.density_std_error, "se_pdf"},
                                     {&t.hazard_std_error, "se_hazard"}})
    expect_close(*values, ref.at(name), 1e-10, name);
}

INSTANTIATE_TEST_SUITE_P(Cases, LifeTableReference, testing::Values("lifetable_lung", "lifetable_rossi"),
                         [](const auto& test) { return std::string(test.param); });

TEST(LifeTable, RefusesBreaksThatMissTimes) {
  const numbers time{1, 5, 9}, event{1, 1, 0};
  EXPECT_THROW(fit_life_table({time, event}, {}, {"all"}, {0, 4}), invalid_input);
  EXPECT_THROW(fit_life_table({time, event}, {}, {"all"}, {2, 20}), invalid_input);
  EXPECT_THROW(fit_life_table({time, event}, {}, {"all"}, {0, 10, 5}), invalid_input);
  EXPECT_NO_THROW(fit_life_table({time, event}, {}, {"all"}, {0, 4, INFINITY}));
}

}  // namespace
