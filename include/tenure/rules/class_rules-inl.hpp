#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <deque>
#include <numeric>

#include "tenure/rules/class_rules.hpp"
#include "tenure/rules/kernels.hpp"
#include "tenure/rules/measures-inl.hpp"

namespace tenure::inline TENURE_ABI::rules {

namespace detail {

/// Baskets regrouped so that those of a group fill words of their own: an item is one bit set over all groups.
struct grouped_baskets {
  std::vector<std::size_t> bounds;  // words of group g: [bounds[g], bounds[g + 1])
  std::vector<std::uint32_t> group_size;
  std::vector<std::int32_t> item;    // of row k
  std::vector<std::uint32_t> count;  // of row k by group
  std::vector<std::uint64_t> bits;
  std::size_t wanted;  // the first groups have the outcome

  std::size_t groups() const { return group_size.size(); }
  std::size_t words() const { return bounds.back(); }
  const std::uint64_t* row(std::size_t k) const { return bits.data() + k * words(); }

  /// Items that at least `minimum` baskets of the wanted groups hold, rarest first.
  grouped_baskets(const transactions& baskets, const std::vector<std::uint8_t>& group, std::size_t group_count, std::size_t wanted_groups,
                  std::uint32_t minimum)
      : wanted(wanted_groups) {
    group_size.assign(group_count, 0);
    for (const std::uint8_t g : group)
      ++group_size[g];
    bounds.assign(1, 0);
    for (const std::uint32_t size : group_size)
      bounds.push_back(bounds.back() + (size + 63) / 64);

    std::vector<std::uint32_t> counts(baskets.item_count * group_count, 0);
    each(baskets, [&](std::size_t t, std::int32_t i) { ++counts[static_cast<std::size_t>(i) * group_count + group[t]]; });
    const auto sum = [&](std::int32_t i, std::size_t end) {
      return std::accumulate(counts.begin() + i * static_cast<std::ptrdiff_t>(group_count),
                             counts.begin() + i * static_cast<std::ptrdiff_t>(group_count) + static_cast<std::ptrdiff_t>(end), 0U);
    };
    for (std::int32_t i = 0; i < static_cast<std::int32_t>(baskets.item_count); ++i)
      if (sum(i, wanted) >= minimum) item.push_back(i);
    std::stable_sort(item.begin(), item.end(), [&](std::int32_t a, std::int32_t b) { return sum(a, group_count) < sum(b, group_count); });

    constexpr auto none = static_cast<std::size_t>(-1);
    std::vector<std::size_t> row_of(baskets.item_count, none);
    for (std::size_t k = 0; k < item.size(); ++k) {
      const auto first = counts.begin() + item[k] * static_cast<std::ptrdiff_t>(group_count);
      row_of[static_cast<std::size_t>(item[k])] = k;
      count.insert(count.end(), first, first + static_cast<std::ptrdiff_t>(group_count));
    }
    std::vector<std::size_t> next;
    for (std::size_t g = 0; g < group_count; ++g)
      next.push_back(64 * bounds[g]);
    std::vector<std::size_t> place(group.size());
    for (std::size_t t = 0; t < group.size(); ++t)
      place[t] = next[group[t]]++;
    bits.assign(item.size() * words(), 0);
    each(baskets, [&](std::size_t t, std::int32_t i) {
      const std::size_t k = row_of[static_cast<std::size_t>(i)];
      if (k != none) bits[k * words() + place[t] / 64] |= std::uint64_t{1} << (place[t] % 64);
    });
  }

 private:
  template <class Body>
  static void each(const transactions& baskets, Body&& body) {
    for (std::size_t t = 0; t < baskets.size(); ++t)
      for (auto i = static_cast<std::size_t>(baskets.offsets[t]); i < static_cast<std::size_t>(baskets.offsets[t + 1]); ++i)
        body(t, baskets.items[i]);
  }
};

/// What one task of the search examined and kept: antecedents as row numbers, their counts by group.
struct examined_rules {
  double examined = 0;
  std::vector<std::uint32_t> offsets{0}, rows, counts;
};

/// Whether an antecedent is worth keeping, and whether longer ones may be.
struct verdict {
  bool keep, grow;
};

/// Depth-first over antecedents; `judge(counts)` gives the verdict on each.
template <class Judge>
class antecedent_search {
 public:
  antecedent_search(const grouped_baskets& data, std::uint32_t minimum, std::size_t longest, bool with_implied, const Judge& judge)
      : data_(data),
        minimum_(minimum),
        longest_(longest),
        with_implied_(with_implied),
        judge_(judge),
        bounds_{data.bounds.data(), data.groups(), data.wanted} {}

  void from_root(std::size_t k, examined_rules& out) {
    out_ = &out;
    const std::size_t later = data_.item.size() - k - 1;
    prefix_.assign(1, static_cast<std::uint32_t>(k));
    if (!meet(data_.count.data() + k * data_.groups()) || longest_ == 1) return;
    level& below = level_at(0);
    below.row.resize(later);
    std::iota(below.row.begin(), below.row.end(), static_cast<std::uint32_t>(k + 1));
    descend(data_.row(k), data_.count.data() + k * data_.groups(), {data_.bits.data(), below.row.data(), later, data_.words()}, below.row.data(), 0);
  }

 private:
  struct level {
    std::vector<std::uint64_t> bits;
    std::vector<std::uint32_t> row, kept, counts, order;
  };

  level& level_at(std::size_t depth) {
    while (levels_.size() <= depth)
      levels_.emplace_back();
    return levels_[depth];
  }

  bool meet(const std::uint32_t* counts) {
    ++out_->examined;
    const verdict v = judge_(counts);
    if (v.keep) {
      out_->rows.insert(out_->rows.end(), prefix_.begin(), prefix_.end());
      out_->offsets.push_back(static_cast<std::uint32_t>(out_->rows.size()));
      out_->counts.insert(out_->counts.end(), counts, counts + data_.groups());
    }
    return v.grow;
  }

  /// Grows the prefix, whose baskets are `base`, by each of the candidates; `names` are their row numbers in the data.
  void descend(const std::uint64_t* base, const std::uint32_t* base_counts, const candidate_rows& candidates, const std::uint32_t* names, std::size_t depth) {
    const std::size_t groups = data_.groups(), words = data_.words();
    level& found = level_at(depth + 1);
    if (found.bits.size() < (candidates.count + 1) * words) found.bits.resize((candidates.count + 1) * words);
    found.kept.resize(candidates.count + 1);
    found.counts.resize((candidates.count + 1) * groups);
    const std::size_t kept = extend_groups(base, minimum_, candidates, bounds_, found.bits.data(), found.kept.data(), found.counts.data());
    found.row.resize(kept);
    found.order.clear();
    for (std::size_t i = 0; i < kept; ++i) {
      found.row[i] = names[found.kept[i]];
      const std::uint32_t* counts = found.counts.data() + i * groups;
      if (!with_implied_ && std::equal(counts, counts + groups, base_counts)) continue;  // says the same as the prefix, with or without more items
      prefix_.push_back(found.row[i]);
      if (meet(counts) && prefix_.size() < longest_) found.order.push_back(static_cast<std::uint32_t>(i));
      prefix_.pop_back();
    }
    // Only what may grow takes part below: an antecedent that may not has no supersets worth a look.
    level& below = level_at(depth + 2);
    for (std::size_t i = 0; i + 1 < found.order.size(); ++i) {
      const std::uint32_t here = found.order[i];
      below.row.resize(found.order.size() - i - 1);
      for (std::size_t j = 0; j < below.row.size(); ++j)
        below.row[j] = found.row[found.order[i + 1 + j]];
      prefix_.push_back(found.row[here]);
      descend(found.bits.data() + here * words, found.counts.data() + here * groups, {found.bits.data(), found.order.data() + i + 1, below.row.size(), words},
              below.row.data(), depth + 2);
      prefix_.pop_back();
    }
  }

  const grouped_baskets& data_;
  std::uint32_t minimum_;
  std::size_t longest_;
  bool with_implied_;
  const Judge& judge_;
  word_groups bounds_;
  examined_rules* out_ = nullptr;
  std::vector<std::uint32_t> prefix_;
  std::deque<level> levels_;
};

template <class Judge>
examined_rules search_antecedents(const grouped_baskets& data, std::uint32_t minimum, const class_rule_options& options, const Judge& judge,
                                  const execution& run) {
  constexpr std::size_t most_rules = 1'000'000;
  std::vector<examined_rules> parts(data.item.size());
  std::atomic<std::size_t> kept{0};
  parallel_for(parts.size(), run, [&](std::size_t k) {
    antecedent_search<Judge>(data, minimum, static_cast<std::size_t>(options.max_length), options.keep_redundant, judge).from_root(k, parts[k]);
    if ((kept += parts[k].offsets.size() - 1) > most_rules)
      throw not_supported("more than a million rules: ask for a larger min_support, a smaller max_q or a smaller max_length");
  });
  examined_rules all;
  for (const auto& part : parts) {
    all.examined += part.examined;
    const auto shift = static_cast<std::uint32_t>(all.rows.size());
    all.rows.insert(all.rows.end(), part.rows.begin(), part.rows.end());
    all.counts.insert(all.counts.end(), part.counts.begin(), part.counts.end());
    for (std::size_t i = 1; i < part.offsets.size(); ++i)
      all.offsets.push_back(shift + part.offsets[i]);
  }
  return all;
}

inline void check_flags(const char* name, column_view<std::uint8_t> flags, std::size_t size) {
  if (flags.size() != size) throw invalid_input(name, "must have one value a basket (" + std::to_string(size) + ")", static_cast<double>(flags.size()));
  for (std::size_t t = 0; t < flags.size(); ++t)
    if (flags[t] > 1) throw invalid_input(name, "must be 0 or 1", flags[t], t);
}

inline std::uint32_t needed_rule_count(const transactions& baskets, const class_rule_options& options) {
  validate(options);
  if (baskets.size() == 0) throw invalid_input("transactions", "must hold at least one basket");
  return static_cast<std::uint32_t>(std::max(1.0, std::ceil(options.min_support * static_cast<double>(baskets.size()) - 1e-9)));
}

/// The counts (outcome, other) of any choice of rows, for the comparison of a rule with simpler ones.
class subset_counter {
 public:
  explicit subset_counter(const grouped_baskets& data) : data_(data), common_(data.words()) {}
  std::array<double, 2> operator()(std::span<const std::uint32_t> rows, std::size_t choice) {
    std::array<double, 2> counts{static_cast<double>(data_.group_size[0]), static_cast<double>(data_.group_size[1])};
    bool first = true;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!(choice >> i & 1)) continue;
      if (first) std::copy_n(data_.row(rows[i]), data_.words(), common_.begin());
      for (std::size_t g = 0; g < 2; ++g)
        counts[g] = intersect_into(common_.data() + data_.bounds[g], data_.row(rows[i]) + data_.bounds[g], data_.bounds[g + 1] - data_.bounds[g]);
      first = false;
    }
    return counts;
  }

 private:
  const grouped_baskets& data_;
  std::vector<std::uint64_t> common_;
};

}  // namespace detail

TENURE_INLINE rule_list class_rules(const transactions& baskets, column_view<std::uint8_t> outcome, const class_rule_options& options, const execution& run) {
  const std::uint32_t minimum = detail::needed_rule_count(baskets, options);
  detail::check_flags("outcome", outcome, baskets.size());
  std::vector<std::uint8_t> group(outcome.size());
  for (std::size_t t = 0; t < group.size(); ++t)
    group[t] = outcome[t] ? 0 : 1;
  const detail::grouped_baskets data(baskets, group, 2, 1, minimum);
  const double n = static_cast<double>(baskets.size()), with = data.group_size[0];
  if (with == 0 || with == n) throw invalid_input("outcome", "must hold both 0 and 1", with == 0 ? 0.0 : 1.0);

  const detail::log_factorials factorials(baskets.size());
  const auto fisher = [&](double both, double left) { return factorials.upper_tail(both, left, with, n); };
  const auto judge = [&](const std::uint32_t* counts) {
    const double both = counts[0], left = both + counts[1];
    if (options.max_q >= 1) return detail::verdict{true, true};
    return detail::verdict{both * n > left * with && factorials.upper_tail(both, left, with, n, options.max_q) <= options.max_q,
                           factorials.upper_tail(both, both, with, n) <= options.max_q};
  };
  const auto found = detail::search_antecedents(data, minimum, options, judge, run);

  const std::size_t count = found.offsets.size() - 1;
  std::vector<double> p(count);
  for (std::size_t k = 0; k < count; ++k)
    p[k] = fisher(found.counts[2 * k], static_cast<double>(found.counts[2 * k]) + found.counts[2 * k + 1]);
  const std::vector<double> q = adjust_false_discovery(p, found.examined);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto odds = [&](std::size_t k) {
    return (found.counts[2 * k] + 0.5) / (found.counts[2 * k + 1] + 0.5) * std::sqrt(static_cast<double>(found.counts[2 * k]));
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] != p[b] ? p[a] < p[b] : odds(a) > odds(b); });

  rule_list out;
  out.baskets = static_cast<std::int64_t>(baskets.size());
  out.min_count = minimum;
  out.examined = found.examined;
  detail::subset_counter count_of(data);
  for (const std::size_t k : order) {
    if (q[k] > options.max_q) continue;
    const std::span<const std::uint32_t> rows(found.rows.data() + found.offsets[k], found.offsets[k + 1] - found.offsets[k]);
    const double both = found.counts[2 * k], left = both + found.counts[2 * k + 1];
    const std::size_t everything = (std::size_t{1} << rows.size()) - 1;
    double simpler = with / n, parent = 0, improvement_p = rows.size() == 1 ? p[k] : 0;
    for (std::size_t choice = 1; choice < everything; ++choice) {
      const auto [part_both, part_other] = count_of(rows, choice);
      const double confidence = part_both / (part_both + part_other);
      simpler = std::max(simpler, confidence);
      if (static_cast<std::size_t>(std::popcount(choice)) + 1 < rows.size()) continue;
      parent = std::max(parent, confidence);
      improvement_p = std::max(improvement_p, factorials.upper_tail(both, left, part_both, part_both + part_other));
    }
    if (!options.keep_redundant && (both / left <= simpler || improvement_p > 0.05)) continue;
    const std::size_t begin = out.left.size();
    for (const std::uint32_t row : rows)
      out.left.push_back(data.item[row]);
    std::sort(out.left.begin() + static_cast<std::ptrdiff_t>(begin), out.left.end());
    out.left_offsets.push_back(static_cast<std::int64_t>(out.left.size()));
    out.right.push_back(static_cast<std::int32_t>(baskets.item_count));
    out.right_offsets.push_back(static_cast<std::int64_t>(out.right.size()));
    out.both.push_back(found.counts[2 * k]);
    out.left_count.push_back(static_cast<std::uint32_t>(left));
    out.right_count.push_back(data.group_size[0]);
    out.best_simpler.push_back(simpler);
    out.best_parent.push_back(parent);
    out.improvement_p.push_back(improvement_p);
    out.q.push_back(q[k]);
  }
  return out;
}

TENURE_INLINE contrast_list contrast_rules(const transactions& baskets, column_view<std::uint8_t> outcome, column_view<std::uint8_t> period,
                                           const class_rule_options& options, const execution& run) {
  const std::uint32_t minimum = detail::needed_rule_count(baskets, options);
  detail::check_flags("outcome", outcome, baskets.size());
  detail::check_flags("period", period, baskets.size());
  std::vector<std::uint8_t> group(outcome.size());  // outcome before, outcome after, other before, other after
  for (std::size_t t = 0; t < group.size(); ++t)
    group[t] = static_cast<std::uint8_t>((outcome[t] ? 0 : 2) + period[t]);
  const detail::grouped_baskets data(baskets, group, 4, 2, minimum);
  for (const std::uint32_t size : data.group_size)
    if (size == 0) throw invalid_input("period", "must have baskets with and without the outcome in both periods");

  const auto test = [&](const std::uint32_t* counts) {
    double log_ratio[2], variance = 0;
    for (std::size_t t = 0; t < 2; ++t) {
      const double a = counts[t] + 0.5, b = counts[2 + t] + 0.5, c = data.group_size[t] - counts[t] + 0.5, d = data.group_size[2 + t] - counts[2 + t] + 0.5;
      log_ratio[t] = std::log(a * d / (b * c));
      variance += 1 / a + 1 / b + 1 / c + 1 / d;
    }
    const double change = log_ratio[1] - log_ratio[0];
    return std::pair{std::exp(change), std::erfc(std::abs(change) / std::sqrt(2 * variance))};
  };
  const auto judge = [&](const std::uint32_t* counts) { return detail::verdict{test(counts).second <= options.max_q, true}; };
  const auto found = detail::search_antecedents(data, minimum, options, judge, run);

  const std::size_t count = found.offsets.size() - 1;
  std::vector<double> p(count);
  for (std::size_t k = 0; k < count; ++k)
    p[k] = test(found.counts.data() + 4 * k).second;
  const std::vector<double> q = adjust_false_discovery(p, found.examined);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  contrast_list out;
  out.examined = found.examined;
  for (const std::size_t k : order) {
    if (q[k] > options.max_q) continue;
    const std::uint32_t* counts = found.counts.data() + 4 * k;
    const std::size_t begin = out.items.size();
    for (std::uint32_t i = found.offsets[k]; i < found.offsets[k + 1]; ++i)
      out.items.push_back(data.item[found.rows[i]]);
    std::sort(out.items.begin() + static_cast<std::ptrdiff_t>(begin), out.items.end());
    out.offsets.push_back(static_cast<std::int64_t>(out.items.size()));
    out.both_before.push_back(counts[0]);
    out.left_before.push_back(std::int64_t{counts[0]} + counts[2]);
    out.both_after.push_back(counts[1]);
    out.left_after.push_back(std::int64_t{counts[1]} + counts[3]);
    out.odds_ratio_change.push_back(test(counts).first);
    out.p.push_back(p[k]);
    out.q.push_back(q[k]);
  }
  return out;
}

}  // namespace tenure::inline TENURE_ABI::rules
