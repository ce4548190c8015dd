#include "tenure/survival/curve.hpp"

#include <gtest/gtest.h>

#include "reference.hpp"
#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"

namespace {

using namespace tenure;
using namespace tenure::survival;
using reference::expect_close;
using reference::numbers;

constexpr double tolerance = 1e-10;

struct km_case {
  const char *name, *time, *event, *by, *weight, *entry;
};

class KaplanMeierReference : public testing::TestWithParam<km_case> {};

numbers pick(const numbers& all, const numbers& rows) {
  numbers out;
  for (const double r : rows)
    out.push_back(all.at(static_cast<std::size_t>(r) - 1));
  return out;
}

TEST_P(KaplanMeierReference, MatchesR) {
  const km_case& c = GetParam();
  const reference::json_case ref(c.name);
  const reference::csv data(ref.data());
  const outcome y{data[c.time], data[c.event], c.entry ? numeric_column(data[c.entry]) : numeric_column(),
                  c.weight ? numeric_column(data[c.weight]) : numeric_column()};
  const reference::factor by(c.by ? data.texts.at(c.by) : std::vector<std::string>(data.rows, "all"));
  const auto km = fit_kaplan_meier(y, by.codes, by.levels);
  const auto na = fit_nelson_aalen(y, by.codes, by.levels);
  const auto fh = fit_nelson_aalen(y, by.codes, by.levels, {}, hazard_ties::fleming_harrington);
  for (std::size_t g = 0; g < by.levels.size(); ++g) {
    const std::string p = by.levels[g] + ".";
    const curve& k = km.curves[g];
    numbers rows(k.time.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
      rows[i] = static_cast<double>(i + 1);
    if (ref.has(p + "thinned_to_rows")) rows = ref.at(p + "thinned_to_rows");
    expect_close(pick(k.time, rows), ref.at(p + "time"), tolerance, p + "time");
    expect_close(pick(k.n_risk, rows), ref.at(p + "n_risk"), tolerance, p + "n_risk");
    expect_close(pick(k.n_event, rows), ref.at(p + "n_event"), tolerance, p + "n_event");
    expect_close(pick(k.n_censor, rows), ref.at(p + "n_censor"), tolerance, p + "n_censor");
    expect_close(pick(k.estimate, rows), ref.at(p + "surv"), tolerance, p + "surv");
    const std::pair<interval_scale, std::string> scales[] = {
        {interval_scale::plain, "plain"}, {interval_scale::log, "log"}, {interval_scale::log_log, "loglog"}};
    for (const auto& [scale, name] : scales) {
      const curve_limits limits = survival_limits(k, scale, 0.95);
      expect_close(pick(limits.std_error, rows), ref.at(p + "se_surv_greenwood"), tolerance, p + "std_error");
      expect_close(pick(limits.lower, rows), ref.at(p + name + "_lower"), tolerance, p + name + "_lower");
      expect_close(pick(limits.upper, rows), ref.at(p + name + "_upper"), tolerance, p + name + "_upper");
      const std::string q = p + "quantiles_" + name + ".";
      for (std::size_t i = 0; i < 3; ++i) {
        const auto found = survival_quantile(k, limits, ref.at(q + "p")[i]);
        const auto null_is_infinite = [](double x) { return std::isnan(x) ? INFINITY : x; };
        EXPECT_EQ(found.time, null_is_infinite(ref.at(q + "estimate")[i])) << q << i;
        EXPECT_EQ(found.lower, null_is_infinite(ref.at(q + "lower")[i])) << q << i;
        EXPECT_EQ(found.upper, null_is_infinite(ref.at(q + "upper")[i])) << q << i;
      }
    }
    const auto mean = restricted_mean(k, ref.one(p + "rmst.tau"));
    expect_close(mean.value, ref.one(p + "rmst.estimate"), tolerance, p + "rmst");
    expect_close(mean.std_error, ref.one(p + "rmst.se"), tolerance, p + "rmst se");
    expect_close(pick(na.curves[g].estimate, rows), ref.at(p + "nelson_aalen"), tolerance, p + "nelson_aalen");
    expect_close(pick(hazard_limits(na.curves[g], interval_scale::log, 0.95).std_error, rows), ref.at(p + "nelson_aalen_se"), tolerance, p + "nelson_aalen_se");
    expect_close(pick(fh.curves[g].estimate, rows), ref.at(p + "fleming_harrington_cumhaz"), tolerance, p + "fleming_harrington");
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, KaplanMeierReference,
                         testing::Values(km_case{"km_aml_by_arm", "time", "status", "x", nullptr, nullptr},
                                         km_case{"km_lung_all", "time", "status", nullptr, nullptr, nullptr},
                                         km_case{"km_lung_by_sex", "time", "status", "female", nullptr, nullptr},
                                         km_case{"km_veteran_by_cell", "time", "status", "celltype", nullptr, nullptr},
                                         km_case{"km_rossi_all", "week", "arrest", nullptr, nullptr, nullptr},
                                         km_case{"km_gbsg2_by_horm", "time", "cens", "horTh", nullptr, nullptr},
                                         km_case{"km_lung_freq_weights", "time", "status", nullptr, "w", nullptr},
                                         km_case{"km_lung_left_truncated", "time", "status", nullptr, nullptr, "entry"},
                                         km_case{"km_heart_start_stop_by_transplant", "stop", "event", "transplant", nullptr, "start"}),
                         [](const auto& test) { return std::string(test.param.name); });

struct sample {
  numbers time, entry, weight;
  std::vector<std::uint8_t> event;
  std::vector<std::int32_t> group;
  outcome rows(std::size_t begin, std::size_t end, bool extras) const {
    const outcome all{time, event, entry, weight};
    outcome part{all.time.slice(begin, end), all.event.slice(begin, end), {}, {}};
    if (extras) {
      part.entry = all.entry.slice(begin, end);
      part.weight = all.weight.slice(begin, end);
    }
    return part;
  }
};

sample draw(std::size_t n, bool whole) {
  random_stream random(7);
  sample s;
  for (std::size_t i = 0; i < n; ++i) {
    const double t = random.exponential() * 40 + 1;
    s.time.push_back(whole ? std::floor(t) : t);
    s.entry.push_back(s.time.back() * 0.4 * static_cast<double>(random.below(2)) - 0.5);
    s.weight.push_back(static_cast<double>(1 + random.below(3)));
    s.event.push_back(random.below(3) > 0);
    s.group.push_back(static_cast<std::int32_t>(random.below(3)));
  }
  return s;
}

bool same(const event_table& a, const event_table& b) {
  return a.time == b.time && a.events == b.events && a.censored == b.censored && a.event_rows == b.event_rows && a.entry_time == b.entry_time &&
         a.entered == b.entered;
}

TEST(EventCounts, AnySplitAndOrderOfMergingGivesTheSame) {
  for (const bool whole : {true, false})
    for (const bool extras : {true, false}) {
      const sample s = draw(5000, whole);
      const numeric_column group(s.group);
      event_counts all(3);
      all.add(s.rows(0, 5000, extras), group);
      const auto expected = all.finish();
      event_counts left(3), right(3), chunks(3);
      left.add(s.rows(0, 1234, extras), group.slice(0, 1234));
      right.add(s.rows(1234, 5000, extras), group.slice(1234, 5000));
      right.merge(left);
      for (std::size_t i = 0; i < 5000; i += 500)
        chunks.add(s.rows(i, i + 500, extras), group.slice(i, i + 500));
      for (std::size_t g = 0; g < 3; ++g) {
        EXPECT_TRUE(same(right.finish()[g], expected[g]));
        EXPECT_TRUE(same(chunks.finish()[g], expected[g]));
      }
    }
}

TEST(EventCounts, CountingSortingAndWeighingAgree) {
  sample s = draw(20000, true);
  const numeric_column group(s.group);
  event_counts counted(3), sorted(3), weighed(3);
  counted.add(s.rows(0, s.time.size(), false), group);
  const numbers ones(s.time.size(), 1.0);
  weighed.add({s.time, s.event, {}, ones}, group);
  numbers shifted = s.time;
  for (auto& t : shifted)
    t += 0.5;
  sorted.add({shifted, s.event, {}, {}}, group);
  for (std::size_t g = 0; g < 3; ++g) {
    const auto a = counted.finish()[g], b = sorted.finish()[g], c = weighed.finish()[g];
    EXPECT_EQ(a.events, b.events);
    EXPECT_EQ(a.censored, b.censored);
    EXPECT_EQ(a.events, c.events);
    EXPECT_EQ(a.time, c.time);
  }
}

TEST(EventCounts, ThreadsDoNotChangeTheResult) {
  const sample s = draw(300000, false);
  const outcome y{s.time, s.event, {}, {}};
  const auto one = fit_kaplan_meier(y, {}, {"all"});
  const auto four = fit_kaplan_meier(y, {}, {"all"}, {}, {.threads = 4});
  EXPECT_TRUE(one == four);
  EXPECT_EQ(survival_limits(one.curves[0], interval_scale::log, 0.95).lower, survival_limits(one.curves[0], interval_scale::log, 0.95, {.threads = 3}).lower);
}

TEST(Curve, ReadsBackFromAFile) {
  const sample s = draw(500, false);
  const auto km = fit_kaplan_meier({s.time, s.event, {}, {}}, s.group, {"a", "b", "c"});
  EXPECT_TRUE(io::from_bytes<survival_curves>(io::to_bytes(km)) == km);
  auto broken = km;
  broken.curves[1].n_risk.pop_back();
  EXPECT_THROW(io::from_bytes<survival_curves>(io::to_bytes(broken)), bad_file);
}

TEST(Curve, StepsAndRiskTable) {
  const auto km = fit_kaplan_meier({numbers{1, 2, 2, 4}, numbers{1, 1, 0, 0}, {}, {}}, {}, {"all"}).curves[0];
  const numbers times{0, 1, 1.5, 2, 3, 9};
  EXPECT_EQ(curve_at(km, times, 1.0), (numbers{1, 0.75, 0.75, 0.5, 0.5, 0.5}));
  EXPECT_EQ(at_risk(km, times), (numbers{4, 4, 3, 3, 1, 0}));
}

TEST(Curve, BadInputNamesTheRow) {
  const auto message = [](const outcome& y) {
    try {
      fit_kaplan_meier(y, {}, {"all"});
    } catch (const invalid_input& e) {
      return std::string(e.what());
    }
    return std::string("accepted");
  };
  const numbers one{1, 1, 1};
  EXPECT_EQ(message({numbers{1, -2, 3}, one, {}, {}}), "time = -2 in row 1: must be finite and >= 0");
  EXPECT_EQ(message({numbers{1, 2, NAN}, one, {}, {}}), "time = nan in row 2: must be finite and >= 0");
  EXPECT_EQ(message({numbers{1.5, 2, INFINITY}, one, {}, {}}), "time = inf in row 2: must be finite and >= 0");
  EXPECT_EQ(message({one, numbers{1, 2, 0}, {}, {}}), "event = 2 in row 1: must be 0 (censored) or 1 (event)");
  EXPECT_EQ(message({one, numbers{1, 0}, {}, {}}), "event: must have one value a row of time (3), has 2");
  EXPECT_EQ(message({one, one, numbers{0, 1, 0}, {}}), "entry = 1 in row 1: must be before time (1)");
  EXPECT_EQ(message({one, one, {}, numbers{1, 1, -1}}), "weight = -1 in row 2: must be finite and >= 0");
  EXPECT_EQ(message({numbers{}, numbers{}, {}, {}}), "time: has no rows");
}

}  // namespace
