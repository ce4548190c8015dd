#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tenure/numeric/distributions.hpp"
#include "tenure/rules/measures.hpp"

namespace tenure::inline TENURE_ABI::rules {

namespace detail {

/// Logarithms of factorials 0! ... n!, for hypergeometric probabilities by table.
class log_factorials {
 public:
  explicit log_factorials(std::size_t n) : values_(n + 1, 0.0) {
    for (std::size_t i = 2; i <= n; ++i)
      values_[i] = values_[i - 1] + std::log(static_cast<double>(i));
  }
  double operator[](double n) const { return values_[static_cast<std::size_t>(n)]; }

  /// P(k in common) of two subsets of `left` and `right` out of n.
  double probability(double k, double left, double right, double n) const {
    const auto& f = *this;
    return std::exp(f[left] + f[n - left] + f[right] + f[n - right] - f[n] - f[k] - f[left - k] - f[right - k] - f[n - left - right + k]);
  }

  /// P(at least k in common): Fisher's exact test, one-sided. Sums the shorter tail from k outwards; each term follows from the one before.
  /// A sum that is above `enough` already is not completed.
  double upper_tail(double k, double left, double right, double n, double enough = 2) const {
    const double lowest = std::max(0.0, left + right - n), highest = std::min(left, right);
    if (k <= lowest) return 1;
    if (k > highest) return 0;
    const bool upwards = k > left * right / n;
    double at = upwards ? k : k - 1, term = probability(at, left, right, n), sum = 0;
    while (term > sum * 1e-17) {
      sum += term;
      if (upwards) {
        if (at >= highest || sum > enough) break;
        term *= (left - at) * (right - at) / ((at + 1) * (n - left - right + at + 1));
        ++at;
      } else {
        if (at <= lowest) break;
        term *= at * (n - left - right + at) / ((left - at + 1) * (right - at + 1));
        --at;
      }
    }
    return upwards ? std::min(1.0, sum) : std::max(0.0, 1 - sum);
  }

  /// The smallest k with P(at most k in common) >= p.
  double quantile(double p, double left, double right, double n) const {
    double k = std::max(0.0, left + right - n), term = probability(k, left, right, n), sum = term;
    const double highest = std::min(left, right);
    while (sum < p * (1 - 1e-12) && k < highest) {
      ++k;
      term = probability(k, left, right, n);
      sum += term;
    }
    return k;
  }

 private:
  std::vector<double> values_;
};

/// The counts of one rule and what follows from them.
struct rule_table {
  double a, b, c, d, n;         // both, antecedent only, consequent only, neither, all
  double x, y, xy, confidence;  // shares, and P(consequent | antecedent)
  double simpler, parent;       // see rule_list
  double min_support, min_confidence;
  const log_factorials* factorials;

  double left() const { return a + b; }
  double right() const { return a + c; }
  double other_confidence() const { return c / (c + d); }  // P(consequent | not antecedent)
  double lift() const { return a * n / (left() * right()); }
  double leverage() const { return (a * d - b * c) / (n * n); }
  double phi() const { return (a * d - b * c) / std::sqrt(left() * right() * (c + d) * (b + d)); }
  double odds_ratio() const { return (a * d) / (b * c); }
};

inline double plogq(double p, double q) { return p > 0 ? p * std::log(q) : 0.0; }
inline double entropy(double p) { return -plogq(p, p) - plogq(1 - p, 1 - p); }

inline double wilson(const rule_table& t, double sign) {
  const double z = 1.959963984540054, m = t.left(), p = t.confidence;
  return (p + z * z / (2 * m) + sign * z * std::sqrt(p * (1 - p) / m + z * z / (4 * m * m))) / (1 + z * z / m);
}

inline double lift_bound(const rule_table& t, double sign) {
  const double both = 1 / t.xy - 1 / t.x - 1 / t.y;
  const double variance = (t.xy * both * both + (t.x - t.xy) / (t.x * t.x) + (t.y - t.xy) / (t.y * t.y) - 1) / t.n;
  return t.lift() * std::exp(sign * 1.959963984540054 * std::sqrt(std::max(0.0, variance)));
}

inline double odds_bound(const rule_table& t, double sign) {
  const double half = t.a * t.b * t.c * t.d == 0 ? 0.5 : 0.0;  // Haldane and Anscombe's correction
  const double a = t.a + half, b = t.b + half, c = t.c + half, d = t.d + half;
  return a * d / (b * c) * std::exp(sign * 1.959963984540054 * std::sqrt(1 / a + 1 / b + 1 / c + 1 / d));
}

struct measure_entry {
  const char* name;
  const char* formula;
  double (*value)(const rule_table& t);
};

// clang-format off
inline constexpr measure_entry measure_table[] = {
  {"count", "a", [](const rule_table& t) { return t.a; }},
  {"support", "xy", [](const rule_table& t) { return t.xy; }},
  {"confidence", "c = xy / x", [](const rule_table& t) { return t.confidence; }},
  {"confidence_lower", "Wilson's 95% interval of confidence", [](const rule_table& t) { return wilson(t, -1); }},
  {"confidence_upper", "Wilson's 95% interval of confidence", [](const rule_table& t) { return wilson(t, 1); }},
  {"lift", "xy / (x y)", [](const rule_table& t) { return t.lift(); }},
  {"lift_lower", "lift exp(-1.96 s), s by the delta method", [](const rule_table& t) { return lift_bound(t, -1); }},
  {"lift_upper", "lift exp(+1.96 s), s by the delta method", [](const rule_table& t) { return lift_bound(t, 1); }},
  {"coverage", "x", [](const rule_table& t) { return t.x; }},
  {"rhs_support", "y", [](const rule_table& t) { return t.y; }},
  {"leverage", "xy - x y", [](const rule_table& t) { return t.leverage(); }},
  {"added_value", "c - y", [](const rule_table& t) { return t.confidence - t.y; }},
  {"conviction", "(1 - y) / (1 - c)", [](const rule_table& t) { return (t.b + t.d) * t.left() / (t.n * t.b); }},
  {"odds_ratio", "a d / (b c)", [](const rule_table& t) { return t.odds_ratio(); }},
  {"odds_ratio_lower", "Woolf's 95% interval", [](const rule_table& t) { return odds_bound(t, -1); }},
  {"odds_ratio_upper", "Woolf's 95% interval", [](const rule_table& t) { return odds_bound(t, 1); }},
  {"relative_risk", "c / P(consequent | no antecedent)", [](const rule_table& t) { return t.confidence / t.other_confidence(); }},
  {"confidence_difference", "c - P(consequent | no antecedent)", [](const rule_table& t) { return t.confidence - t.other_confidence(); }},
  {"phi", "(xy - x y) / sqrt(x (1 - x) y (1 - y))", [](const rule_table& t) { return t.phi(); }},
  {"chi_squared", "n phi^2", [](const rule_table& t) { return t.n * t.phi() * t.phi(); }},
  {"chi_squared_p", "P(chi-squared with 1 degree of freedom > n phi^2)", [](const rule_table& t) { return std::erfc(std::sqrt(t.n / 2) * std::abs(t.phi())); }},
  {"fisher_p", "P(at least a in common | margins)", [](const rule_table& t) { return t.factorials->upper_tail(t.a, t.left(), t.right(), t.n); }},
  {"cosine", "xy / sqrt(x y)", [](const rule_table& t) { return t.xy / std::sqrt(t.x * t.y); }},
  {"jaccard", "xy / (x + y - xy)", [](const rule_table& t) { return t.a / (t.a + t.b + t.c); }},
  {"kulczynski", "(xy / x + xy / y) / 2", [](const rule_table& t) { return (t.a / t.left() + t.a / t.right()) / 2; }},
  {"imbalance", "|x - y| / (x + y - xy)", [](const rule_table& t) { return std::abs(t.b - t.c) / (t.a + t.b + t.c); }},
  {"max_confidence", "max(xy / x, xy / y)", [](const rule_table& t) { return std::max(t.a / t.left(), t.a / t.right()); }},
  {"laplace", "(a + 1) / (a + b + 2)", [](const rule_table& t) { return (t.a + 1) / (t.left() + 2); }},
  {"certainty", "(c - y) / (1 - y) when c > y, else (c - y) / y", [](const rule_table& t) {
     const double gain = t.confidence - t.y;
     return gain > 0 ? gain / (1 - t.y) : gain / t.y; }},
  {"zhang", "(xy - x y) / max(xy (1 - x), x (y - xy))", [](const rule_table& t) {
     return t.leverage() / std::max(t.xy * (1 - t.x), t.x * (t.y - t.xy)); }},
  {"centered_confidence", "c - y", [](const rule_table& t) { return t.confidence - t.y; }},
  {"confirmed_confidence", "2 c - 1", [](const rule_table& t) { return 2 * t.confidence - 1; }},
  {"casual_confidence", "(c + P(no consequent | no antecedent)) / 2", [](const rule_table& t) { return (t.confidence + t.d / (t.c + t.d)) / 2; }},
  {"casual_support", "xy + P(neither)", [](const rule_table& t) { return (t.a + t.d) / t.n; }},
  {"counterexample", "(a - b) / a", [](const rule_table& t) { return (t.a - t.b) / t.a; }},
  {"least_contradiction", "(a - b) / (a + c)", [](const rule_table& t) { return (t.a - t.b) / t.right(); }},
  {"sebag", "a / b", [](const rule_table& t) { return t.a / t.b; }},
  {"collective_strength", "o / (1 - o) (1 - e) / e, o = P(both or neither), e expected", [](const rule_table& t) {
     const double observed = (t.a + t.d) / t.n, expected = t.x * t.y + (1 - t.x) * (1 - t.y);
     return observed / (1 - observed) * (1 - expected) / expected; }},
  {"kappa", "(o - e) / (1 - e)", [](const rule_table& t) {
     const double observed = (t.a + t.d) / t.n, expected = t.x * t.y + (1 - t.x) * (1 - t.y);
     return (observed - expected) / (1 - expected); }},
  {"yule_q", "(a d - b c) / (a d + b c)", [](const rule_table& t) { return (t.a * t.d - t.b * t.c) / (t.a * t.d + t.b * t.c); }},
  {"yule_y", "(sqrt(a d) - sqrt(b c)) / (sqrt(a d) + sqrt(b c))", [](const rule_table& t) {
     const double same = std::sqrt(t.a * t.d), crossed = std::sqrt(t.b * t.c);
     return (same - crossed) / (same + crossed); }},
  {"gini", "x (c^2 + (1 - c)^2) + (1 - x) (o^2 + (1 - o)^2) - y^2 - (1 - y)^2, o = P(consequent | no antecedent)", [](const rule_table& t) {
     const double o = t.other_confidence(), c = t.confidence;
     return t.x * (c * c + (1 - c) * (1 - c)) + (1 - t.x) * (o * o + (1 - o) * (1 - o)) - t.y * t.y - (1 - t.y) * (1 - t.y); }},
  {"j_measure", "xy log(c / y) + (x - xy) log((1 - c) / (1 - y))", [](const rule_table& t) {
     return plogq(t.xy, t.confidence / t.y) + plogq(t.b / t.n, (1 - t.confidence) / (1 - t.y)); }},
  {"mutual_information", "I(antecedent; consequent) / H(antecedent)", [](const rule_table& t) {
     const double information = plogq(t.xy, t.xy / (t.x * t.y)) + plogq(t.b / t.n, t.b / t.n / (t.x * (1 - t.y))) +
                                plogq(t.c / t.n, t.c / t.n / ((1 - t.x) * t.y)) + plogq(t.d / t.n, t.d / t.n / ((1 - t.x) * (1 - t.y)));
     return information / entropy(t.x); }},
  {"lambda", "Goodman and Kruskal's: fewer errors in guessing the consequent", [](const rule_table& t) {
     const double blind = std::max(t.right(), t.n - t.right());
     return (std::max(t.a, t.b) + std::max(t.c, t.d) - blind) / (t.n - blind); }},
  {"importance", "log10 of the ratio of Laplace confidences with and without antecedent", [](const rule_table& t) {
     return std::log10((t.a + 1) / (t.left() + 2) / ((t.c + 1) / (t.c + t.d + 2))); }},
  {"lerman", "(a - n x y) / sqrt(n x y)", [](const rule_table& t) {
     const double expected = t.left() * t.right() / t.n;
     return (t.a - expected) / std::sqrt(expected); }},
  {"implication_index", "(b - n x (1 - y)) / sqrt(n x (1 - y))", [](const rule_table& t) {
     const double expected = t.left() * (t.b + t.d) / t.n;
     return (t.b - expected) / std::sqrt(expected); }},
  {"ralambondrainy", "b / n", [](const rule_table& t) { return t.b / t.n; }},
  {"rule_power_factor", "xy c", [](const rule_table& t) { return t.xy * t.confidence; }},
  {"varying_liaison", "lift - 1", [](const rule_table& t) { return t.lift() - 1; }},
  {"std_lift", "(lift - low) / (high - low), the range of lift given x, y and the smallest support and confidence", [](const rule_table& t) {
     const double scale = t.x * t.y, low = std::max({(t.x + t.y - 1) / scale, t.min_support / scale, t.min_confidence / t.y}), high = 1 / std::max(t.x, t.y);
     return high > low ? (t.lift() - low) / (high - low) : std::numeric_limits<double>::quiet_NaN(); }},
  {"hyper_lift", "a / (99% quantile of a under independence, at least 1)", [](const rule_table& t) {
     return t.a / std::max(1.0, t.factorials->quantile(0.99, t.left(), t.right(), t.n)); }},
  {"hyper_confidence", "P(fewer than a in common | margins)", [](const rule_table& t) { return 1 - t.factorials->upper_tail(t.a, t.left(), t.right(), t.n); }},
  {"relative_linkage", "relative linkage disequilibrium (Kenett and Salini)", [](const rule_table& t) {
     const double dependence = (t.a * t.d - t.b * t.c) / t.n;
     if (dependence > 0) return dependence / (dependence + std::min(t.b, t.c));
     return dependence / (dependence - std::min(t.a, t.d)); }},
  {"improvement", "c - highest confidence of a simpler rule, the empty antecedent included", [](const rule_table& t) { return t.confidence - t.simpler; }},
  {"boost", "c / highest confidence of a simpler rule, the empty antecedent included", [](const rule_table& t) { return t.confidence / t.simpler; }},
  {"lift_increase", "lift / highest lift of a rule with one antecedent less", [](const rule_table& t) { return t.confidence / t.parent; }},
};
// clang-format on

/// What depends on the search and not on one rule's counts.
inline constexpr measure_entry searched_measures[] = {
    {"q_value", "Benjamini and Hochberg's q of fisher_p over all rules looked at", nullptr},
    {"improvement_p", "largest one-sided Fisher p against an antecedent with one item less, within its baskets (class rules)", nullptr},
};

inline const measure_entry& measure_named(const std::string& name) {
  for (const auto& entry : measure_table)
    if (name == entry.name) return entry;
  std::string known = "q_value, improvement_p";
  for (const auto& entry : measure_table)
    known += std::string(", ") + entry.name;
  throw invalid_input("measure", "is '" + name + "', must be one of " + known);
}

}  // namespace detail

TENURE_INLINE std::vector<double> rule_measure(const rule_list& rules, const std::string& name, const execution& run) {
  if (name == "q_value" && !rules.q.empty()) return rules.q;
  if (name == "improvement_p")
    return rules.improvement_p.empty() ? std::vector<double>(rules.size(), std::numeric_limits<double>::quiet_NaN()) : rules.improvement_p;
  if (name == "q_value") return adjust_false_discovery(rule_measure(rules, "fisher_p", run), std::max(rules.examined, static_cast<double>(rules.size())));
  const auto& entry = detail::measure_named(name);
  const bool counts_ways = name == "fisher_p" || name.rfind("hyper_", 0) == 0;
  const detail::log_factorials factorials(counts_ways ? static_cast<std::size_t>(rules.baskets) : 0);
  const auto known = [](const std::vector<double>& confidence, std::size_t k) {
    return !confidence.empty() && confidence[k] > 0 ? confidence[k] : std::numeric_limits<double>::quiet_NaN();
  };
  std::vector<double> out(rules.size());
  parallel_chunks(chunking(rules.size(), 256, 64), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) {
      detail::rule_table t{};
      t.n = static_cast<double>(rules.baskets);
      t.a = rules.both[k];
      t.b = rules.left_count[k] - t.a;
      t.c = rules.right_count[k] - t.a;
      t.d = t.n - t.a - t.b - t.c;
      t.x = t.left() / t.n;
      t.y = t.right() / t.n;
      t.xy = t.a / t.n;
      t.confidence = t.a / t.left();
      t.simpler = known(rules.best_simpler, k);
      t.parent = known(rules.best_parent, k);
      t.min_support = static_cast<double>(rules.min_count) / t.n;
      t.min_confidence = rules.min_confidence;
      t.factorials = &factorials;
      out[k] = entry.value(t);
    }
  });
  return out;
}

TENURE_INLINE std::vector<std::string> measure_names() {
  std::vector<std::string> names;
  for (const auto& entry : detail::measure_table)
    names.emplace_back(entry.name);
  for (const auto& entry : detail::searched_measures)
    names.emplace_back(entry.name);
  return names;
}

TENURE_INLINE std::string measure_formula(const std::string& name) {
  for (const auto& entry : detail::searched_measures)
    if (name == entry.name) return entry.formula;
  return detail::measure_named(name).formula;
}

TENURE_INLINE std::vector<double> fisher_p(column_view<std::int64_t> both, column_view<std::int64_t> left, column_view<std::int64_t> right,
                                           std::int64_t baskets) {
  if (baskets < 0) throw invalid_input("baskets", "must be >= 0", static_cast<double>(baskets));
  if (left.size() != both.size() || right.size() != both.size()) throw invalid_input("left and right", "must be as long as both");
  const detail::log_factorials factorials(static_cast<std::size_t>(baskets));
  std::vector<double> p(both.size());
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (left[i] < 0 || left[i] > baskets) throw invalid_input("left", "must be in [0, baskets]", static_cast<double>(left[i]), i);
    if (right[i] < 0 || right[i] > baskets) throw invalid_input("right", "must be in [0, baskets]", static_cast<double>(right[i]), i);
    p[i] = factorials.upper_tail(static_cast<double>(both[i]), static_cast<double>(left[i]), static_cast<double>(right[i]), static_cast<double>(baskets));
  }
  return p;
}

TENURE_INLINE std::vector<double> adjust_false_discovery(const std::vector<double>& p, double tests) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (!std::isnan(p[i])) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> q(p.size(), std::numeric_limits<double>::quiet_NaN());
  double lowest = 1;
  for (std::size_t rank = order.size(); rank-- > 0;)
    q[order[rank]] = lowest = std::min(lowest, p[order[rank]] * tests / static_cast<double>(rank + 1));
  return q;
}

}  // namespace tenure::inline TENURE_ABI::rules
