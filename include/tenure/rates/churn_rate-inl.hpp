#pragma once

#include <algorithm>
#include <cstdio>
#include <limits>

#include "tenure/numeric/distributions.hpp"
#include "tenure/rates/balance-inl.hpp"

namespace tenure::inline TENURE_ABI::rates {

namespace detail {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t convention_count = std::size(enum_names<convention>::values);

inline const char* formula_of(convention by) {
  static constexpr const char* texts[convention_count] = {"customers of the opening set who are gone at the close / customers at the open",
                                                          "all losses / customers at the open",
                                                          "all losses / customers at the close",
                                                          "all losses / mean of customers at the open and at the close",
                                                          "all losses / mean of the snapshots",
                                                          "all losses / (customers at the open + new + returned)",
                                                          "sum over days of losses / customers at the day's open",
                                                          "1 - product over days of (1 - losses / customers at the day's open)",
                                                          "all losses / customer-days x days of the period",
                                                          "1 - exp(-losses / customer-days x days of the period)",
                                                          "1 - Kaplan-Meier over the days of the period, later joiners entering late",
                                                          "contracts not renewed / contracts up for renewal"};
  return texts[static_cast<std::size_t>(by)];
}

/// True when the rate is the chance that a member of a fixed set leaves: then 1 - rate is retention and periods compound.
constexpr bool is_probability(convention by) {
  return by == convention::begin || by == convention::daily_product || by == convention::hazard || by == convention::km || by == convention::eligible;
}

inline std::string percent(double x) {
  char text[40];
  std::snprintf(text, sizeof text, "%.4f%%", 100 * x);
  return text;
}

inline double required(const maybe_count& value, const char* name, convention by) {
  if (!value) throw invalid_input(name, std::string("is needed by the convention '") + name_of(by) + "' and neither given nor follows from the other counts");
  return *value;
}

/// One estimate in the making.
struct rate_maker {
  const period_counts& given;
  const period_counts& c;
  const rate_options& options;
  rate_estimate out{};
  double customers = nan;  // how many the rate stands on, where that is not the denominator

  void remark(const char* code, std::string text, bool warning = false) { out.notes.push_back({code, std::move(text), warning}); }

  bool empty(const char* code, const char* text) {
    if (out.denominator > 0) return false;
    out.rate = out.lower = out.upper = nan;
    remark(code, text, true);
    return true;
  }

  void proportion() {
    if (out.lost > out.denominator)
      throw invalid_input("lost",
                          std::string("must be <= ") + format_number(out.denominator) + ", what the convention '" + name_of(out.convention) +
                              "' divides by; give lost_flash and lost_back if some losses are not of the opening set, or use 'begin_gross'",
                          out.lost);
    const auto ci = stats::proportion_ci(out.lost, out.denominator, options.level, options.method);
    set(out.lost / out.denominator, ci, name_of(options.method));
  }
  void garwood(double scale = 1) {
    const auto ci = stats::poisson_ci(out.lost, out.denominator, options.level);
    set(scale * out.lost / out.denominator, {scale * ci.lower, scale * ci.upper}, "garwood");
    if (out.rate > 1) remark("above_one", "the rate exceeds 100%: more customers were lost than the denominator holds");
  }
  void set(double rate, stats::interval ci, const char* method) {
    out.rate = rate;
    out.lower = ci.lower;
    out.upper = ci.upper;
    out.interval = method;
  }

  double losses() {
    const double all = required(c.lost, "lost", out.convention);
    if (options.new_counts == new_meaning::kept && !given.lost_flash)
      remark(
          "kept_new",
          "`new` holds only customers still there at the close, so that `lost` counts customers of the opening set; those who joined and left are in neither");
    return options.flash == flash_rule::include ? all : all - flash_count();
  }
  double flash_count() const {
    if (!c.lost_flash) throw invalid_input("lost_flash", std::string("is needed by flash = '") + name_of(options.flash) + "'");
    return *c.lost_flash;
  }

  void begin() {
    out.lost = required(c.lost_open, "lost", out.convention);
    out.denominator = required(c.begin, "begin", out.convention);
    if (options.new_counts == new_meaning::gross && !given.lost_open && (!given.lost_flash || !given.lost_back))
      remark("no_inside_losses", "lost_flash and lost_back are taken as 0 where not given: every lost customer was there at the open and stayed away");
    if (!empty("no_open", "no customers at the open: there is no rate")) proportion();
  }
  void end() {
    out.lost = losses();
    out.denominator = required(c.end, "end", out.convention);
    if (empty("no_end", "no customers at the close: the end convention has no rate, whatever was lost")) return;
    garwood();
    if (!c.begin || *c.begin == 0 || !c.lost_open) {
      remark("survivor_denominator", "the end convention divides by the customers who are left", true);
      return;
    }
    const double usual = *c.lost_open / *c.begin, gap = 100 * (usual - out.rate);
    char points[40];
    std::snprintf(points, sizeof points, "%.4f", std::abs(gap));
    remark("survivor_denominator",
           "the end convention divides by the customers who are left; divided by the customers at the begin the rate is " + percent(usual) + ", " + points +
               (gap >= 0 ? " percentage points higher" : " percentage points lower"),
           true);
  }
  void over(double denominator, const char* code, const char* text) {
    out.lost = losses();
    out.denominator = denominator;
    if (!empty(code, text)) garwood();
  }
  void average_k() {
    if (c.snapshots.size() < 2) throw invalid_input("snapshots", "must hold at least two counts for the convention 'average_k'");
    double sum = 0;
    for (const double x : c.snapshots)
      sum += x;
    over(sum / static_cast<double>(c.snapshots.size()), "no_open", "no customers in any snapshot: there is no rate");
    remark("snapshots", "mean of " + std::to_string(c.snapshots.size()) + " snapshots, k = " + std::to_string(c.snapshots.size() - 1));
  }
  void begin_plus_new() {
    double joined = required(c.joined, "new", out.convention);
    if (options.flash == flash_rule::ignore_both) joined -= flash_count();
    out.lost = losses();
    out.denominator = required(c.begin, "begin", out.convention) + joined + c.returned.value_or(0);
    if (!empty("no_open", "no customers at the open and none new: there is no rate")) proportion();
  }

  /// Sum over days, or Kaplan-Meier with Greenwood's variance on the log-log scale.
  void daily(bool product) {
    if (c.daily_open.empty()) throw invalid_input("daily_open", std::string("is needed by the convention '") + name_of(out.convention) + "', with daily_lost");
    double sum = 0, variance = 0, fewest = std::numeric_limits<double>::infinity(), log_survival = 0, greenwood = 0, lost_on_skipped = 0;
    std::size_t skipped = 0;
    bool all_gone = false;
    customers = 0;
    for (std::size_t d = 0; d < c.daily_open.size(); ++d) {
      const double open = c.daily_open[d], lost = c.daily_lost[d];
      if (open == 0) {
        ++skipped;
        lost_on_skipped += lost;
        continue;
      }
      if (product && lost > open) throw invalid_input("daily_lost", "must be <= daily_open = " + format_number(open), lost, d);
      out.lost += lost;
      out.denominator += open;
      sum += lost / open;
      variance += lost / (open * open);
      fewest = std::min(fewest, open);
      customers = std::max(customers, open);
      if (lost == open) {
        all_gone = true;
      } else {
        log_survival += std::log1p(-lost / open);
        greenwood += lost / (open * (open - lost));
      }
    }
    if (empty("no_open", "no customers on any day: there is no rate")) return;
    if (skipped)
      remark("days_skipped",
             std::to_string(skipped) + " days without customers at their open are left out, with " + format_number(lost_on_skipped) + " losses on them");
    if (!product) {
      set(sum, stats::weighted_poisson_ci(sum, variance, 1 / fewest, options.level), "fay_feuer");
      remark("not_a_probability", "a sum of daily rates is not a probability: it may exceed 100% and has no retention");
    } else if (all_gone || log_survival == 0) {
      const auto exact = stats::proportion_ci(all_gone ? fewest : 0, fewest, options.level, stats::proportion_method::clopper_pearson);
      set(all_gone ? 1 : 0, exact, "clopper_pearson");
      remark("no_variance",
             "Greenwood's variance does not exist where nobody or everybody is lost: the interval is Clopper-Pearson's for the day with the fewest customers");
    } else {
      const double z = numeric::two_sided_z(options.level), spread = z * std::sqrt(greenwood) / -log_survival;
      set(-std::expm1(log_survival), {-std::expm1(log_survival * std::exp(-spread)), -std::expm1(log_survival * std::exp(spread))}, "greenwood");
    }
  }

  void exposure(bool bounded) {
    const double days = required(c.days, "days", out.convention);
    out.lost = losses();
    out.denominator = required(c.customer_days, "customer_days", out.convention);
    customers = out.denominator / days;
    if (empty("no_exposure", "no customer was active on any day: there is no rate")) return;
    garwood(days);
    if (!bounded) return;
    std::erase_if(out.notes, [](const note& n) { return n.code == "above_one"; });
    set(-std::expm1(-out.rate), {-std::expm1(-out.lower), -std::expm1(-out.upper)}, "garwood");
  }

  void eligible() {
    out.lost = required(c.eligible_lost, "eligible_lost", out.convention);
    out.denominator = required(c.eligible, "eligible", out.convention);
    if (!empty("nobody_up", "no contract was up for renewal: there is no rate")) proportion();
  }

  void restate() {
    if (!options.per_days) return;
    const double wanted = *options.per_days;
    if (!(wanted > 0) || std::isinf(wanted)) throw invalid_input("per_days", "must be finite and > 0", wanted);
    const double days = required(c.days, "days", out.convention), ratio = wanted / days;
    if (!is_probability(out.convention) && out.convention != convention::customer_days)
      throw invalid_input("per_days", std::string("cannot restate the convention '") + name_of(out.convention) +
                                          "', which is not a probability; use 'hazard' or 'customer_days'");
    const auto to = [&](double r) { return out.convention == convention::customer_days ? r * ratio : -std::expm1(ratio * std::log1p(-r)); };
    set(to(out.rate), {to(out.lower), to(out.upper)}, std::string(out.interval).c_str());
    remark("restated", "restated from " + format_number(days) + " to " + format_number(wanted) + " days");
  }

  rate_estimate make(convention by) {
    out.convention = by;
    out.level = options.level;
    out.formula = formula_of(by);
    switch (by) {
      case convention::begin:
        begin();
        break;
      case convention::begin_gross:
        over(required(c.begin, "begin", by), "no_open", "no customers at the open: there is no rate");
        break;
      case convention::end:
        end();
        break;
      case convention::average:
        over((required(c.begin, "begin", by) + required(c.end, "end", by)) / 2, "no_open", "no customers at the open and at the close: there is no rate");
        break;
      case convention::average_k:
        average_k();
        break;
      case convention::begin_plus_new:
        begin_plus_new();
        break;
      case convention::daily_sum:
        daily(false);
        break;
      case convention::daily_product:
      case convention::km:
        daily(true);
        break;
      case convention::customer_days:
        exposure(false);
        break;
      case convention::hazard:
        exposure(true);
        break;
      case convention::eligible:
        eligible();
        break;
    }
    const double n = std::isnan(customers) ? out.denominator : customers;
    if (n > 0 && n < options.min_n) remark("small", "it stands on fewer than " + format_number(options.min_n) + " customers: read it with its interval");
    restate();
    return std::move(out);
  }
};

/// Whether the counts hold what the convention divides and divides by.
inline bool computable(const period_counts& c, convention by) {
  switch (by) {
    case convention::begin:
      return c.begin && c.lost_open;
    case convention::begin_gross:
      return c.begin && c.lost;
    case convention::end:
      return c.end && c.lost;
    case convention::average:
      return c.begin && c.end && c.lost;
    case convention::average_k:
      return c.snapshots.size() >= 2 && c.lost;
    case convention::begin_plus_new:
      return c.begin && c.joined && c.lost;
    case convention::daily_sum:
    case convention::daily_product:
    case convention::km:
      return !c.daily_open.empty();
    case convention::customer_days:
    case convention::hazard:
      return c.customer_days && c.days && c.lost;
    default:
      return c.eligible && c.eligible_lost;
  }
}

}  // namespace detail

TENURE_INLINE rate_estimate churn_rate(const period_counts& counts, convention by, const rate_options& options) {
  validate(options);
  const auto complete = balance(counts, options.new_counts);
  return detail::rate_maker{counts, complete, options}.make(by);
}

TENURE_INLINE std::vector<rate_estimate> churn_rates(const period_counts& counts, const rate_options& options) {
  validate(options);
  const auto complete = balance(counts, options.new_counts);
  std::vector<rate_estimate> all;
  for (std::size_t i = 0; i < detail::convention_count; ++i) {
    const auto by = static_cast<convention>(i);
    const bool restatable = !options.per_days || detail::is_probability(by) || by == convention::customer_days;
    if (restatable && detail::computable(complete, by)) all.push_back(detail::rate_maker{counts, complete, options}.make(by));
  }
  if (all.empty()) throw invalid_input("counts", "allow no rate: give begin and lost, or begin, new and end");
  return all;
}

TENURE_INLINE double retention(const rate_estimate& churn) {
  if (!detail::is_probability(churn.convention))
    throw not_supported(std::string("1 - rate is no retention under the convention '") + name_of(churn.convention) +
                        "': its numerator and denominator are not the same customers; use 'begin', 'hazard', 'daily_product', 'km' or 'eligible'");
  return 1 - churn.rate;
}

}  // namespace tenure::inline TENURE_ABI::rates
