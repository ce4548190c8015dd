#pragma once

#include <string>
#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/survival/event_counts.hpp"

namespace tenure::inline TENURE_ABI::survival {

/// The actuarial life table of one group: intervals [begin, end).
struct life_table {
  std::vector<double> begin, end;
  std::vector<double> n_entering, n_lost, n_exposed, n_event;
  std::vector<double> survival, survival_std_error;  ///< share still there at `begin`
  std::vector<double> density, density_std_error;    ///< share that leaves in the interval, per unit of time
  std::vector<double> hazard, hazard_std_error;      ///< rate of leaving at the middle of the interval

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("begin", self.begin, "start of each interval");
    visit("end", self.end, "end of each interval, not included");
    visit("n_entering", self.n_entering, "still there at the start");
    visit("n_lost", self.n_lost, "censored within");
    visit("n_exposed", self.n_exposed, "entering less half of the censored");
    visit("n_event", self.n_event, "left within");
    visit("survival", self.survival, "share still there at the start");
    visit("survival_std_error", self.survival_std_error, "Greenwood's standard error");
    visit("density", self.density, "share leaving per unit of time");
    visit("density_std_error", self.density_std_error, "its standard error");
    visit("hazard", self.hazard, "rate of leaving at the middle");
    visit("hazard_std_error", self.hazard_std_error, "its standard error");
  }
  void check() const;
  friend bool operator==(const life_table&, const life_table&) = default;
};

/// Life table on `breaks` (ascending, at least two; the last may be infinite) from counted times, censored rows exposed for half an interval
/// (Gehan 1969; Klein and Moeschberger 2003, section 5.4). Density and hazard are not numbers in the last interval, nor where nobody is exposed.
/// Throws invalid_input for late entries and times outside the breaks. Matches: R KMsurv::lifetab.
life_table make_life_table(const event_table& counts, const std::vector<double>& breaks);

struct life_tables {
  static constexpr const char* kind = "survival.life_table";
  static constexpr int version = 1;
  std::vector<std::string> groups;
  std::vector<life_table> tables;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("groups", self.groups, "name of each group");
    visit("tables", self.tables, "one a group");
  }
  void check() const;
  friend bool operator==(const life_tables&, const life_tables&) = default;
};

life_tables fit_life_table(const outcome& y, const numeric_column& group, const std::vector<std::string>& groups, const std::vector<double>& breaks,
                           const execution& run = {});

}  // namespace tenure::inline TENURE_ABI::survival

#ifndef TENURE_COMPILED
#include "tenure/survival/life_table-inl.hpp"
#endif
