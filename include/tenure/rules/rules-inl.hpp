#pragma once

#include <algorithm>
#include <utility>

#include "tenure/rules/kernels.hpp"
#include "tenure/rules/rules.hpp"
#include "tenure/rules/set_index-inl.hpp"

namespace tenure::inline TENURE_ABI::rules {

namespace detail {

/// Walks the consequents of each set. A consequent with too little confidence has none above it that has more.
class rule_generator {
 public:
  rule_generator(const itemsets& sets, const rule_options& options)
      : sets_(sets), index_(sets), options_(options), least_(options.min_confidence * (1 - 1e-12)) {
    std::int32_t most = -1;
    for (const std::int32_t item : sets.items)
      most = std::max(most, item);
    count_of_item_.assign(static_cast<std::size_t>(most + 1), 0);
    for (std::size_t s = 0; s < sets.size(); ++s)
      if (sets.set(s).size() == 1) count_of_item_[static_cast<std::size_t>(sets.set(s)[0])] = sets.counts[s];
  }

  rule_list all() {
    out_.baskets = sets_.baskets;
    out_.min_count = sets_.min_count;
    out_.min_confidence = options_.min_confidence;
    if (options_.compare_simpler || options_.max_consequent > 1) without_.resize(sets_.items.size());
    if (options_.compare_simpler) best_of_simpler();
    if (options_.max_consequent == 1) {
      single_consequents();
      return std::move(out_);
    }
    for (std::size_t s = 0; s < sets_.size(); ++s) {
      if (sets_.set(s).size() < 2) continue;
      if (!options_.compare_simpler) find_parts(s);
      consequent_.clear();
      grow(s, 0);
    }
    return std::move(out_);
  }

 private:
  [[noreturn]] static void incomplete() { throw invalid_input("itemsets", "must hold all frequent sets from single items on (target all, min_length 1)"); }

  std::uint32_t known(std::uint32_t set) const {
    if (set == set_index::none) incomplete();
    return set;
  }

  void find_parts(std::size_t s) {
    for (std::size_t i = 0; i < sets_.set(s).size(); ++i)
      without_[static_cast<std::size_t>(sets_.offsets[s]) + i] = known(index_.without(s, i));
  }

  /// For every set, every item of it as consequent: the highest confidence of simpler rules, from shorter sets to longer ones.
  void best_of_simpler() {
    const std::size_t slots = sets_.items.size();
    parent_.assign(slots, 0.0);
    simpler_.assign(slots, 0.0);
    std::vector<std::uint32_t> by_length(sets_.size());
    for (std::size_t s = 0; s < by_length.size(); ++s)
      by_length[s] = static_cast<std::uint32_t>(s);
    std::stable_sort(by_length.begin(), by_length.end(), [&](std::uint32_t a, std::uint32_t b) { return sets_.set(a).size() < sets_.set(b).size(); });
    for (const std::uint32_t s : by_length) {
      const auto items = sets_.set(s);
      const auto at = static_cast<std::size_t>(sets_.offsets[s]);
      if (items.size() < 2) continue;
      for (std::size_t i = 0; i < items.size(); ++i)
        without_[at + i] = known(index_.without(s, i));
      for (std::size_t c = 0; c < items.size(); ++c) {
        double simpler = count_of_item(items[c]) / static_cast<double>(sets_.baskets);
        for (std::size_t leave = 0; items.size() > 2 && leave < items.size(); ++leave) {
          if (leave == c) continue;
          const std::uint32_t smaller = without_[at + leave];
          const auto place = static_cast<std::size_t>(sets_.offsets[smaller]) + position(smaller, items[c]);
          const double confidence = static_cast<double>(sets_.counts[smaller]) / static_cast<double>(sets_.counts[without_[place]]);
          parent_[at + c] = std::max(parent_[at + c], confidence);
          simpler = std::max({simpler, confidence, simpler_[place]});
        }
        simpler_[at + c] = simpler;
      }
    }
  }

  double count_of_item(std::int32_t item) const {
    const std::uint32_t count = count_of_item_[static_cast<std::size_t>(item)];
    if (count == 0) incomplete();
    return count;
  }
  std::size_t position(std::uint32_t set, std::int32_t item) const {
    const auto items = sets_.set(set);
    return static_cast<std::size_t>(std::find(items.begin(), items.end(), item) - items.begin());
  }
  bool in_consequent(std::int32_t item) const { return std::find(consequent_.begin(), consequent_.end(), item) != consequent_.end(); }

  /// The baskets that hold `s` less the item at `i`.
  std::uint32_t count_without(std::size_t s, std::size_t i) const {
    const auto items = sets_.set(s);
    if (items.size() == 2) {
      const std::uint32_t count = count_of_item_[static_cast<std::size_t>(items[1 - i])];
      if (count == 0) incomplete();
      return count;
    }
    return sets_.counts[known(options_.compare_simpler ? without_[static_cast<std::size_t>(sets_.offsets[s]) + i] : index_.without(s, i))];
  }

  /// `grow` for the usual case of one item on the right: first the antecedents' counts, then room for just the rules there are.
  void single_consequents() {
    std::vector<std::uint32_t> left_of(sets_.items.size());
    std::size_t rules = 0, left_items = 0;
    for (std::size_t s = 0; s < sets_.size(); ++s) {
      const std::size_t n = sets_.set(s).size(), at = static_cast<std::size_t>(sets_.offsets[s]);
      if (n < 2) continue;
      out_.examined += static_cast<double>(n);
      for (std::size_t i = 0; i < n; ++i) {
        left_of[at + i] = count_without(s, i);
        const std::size_t held = holds(s, left_of[at + i]) ? 1 : 0;
        rules += held;
        left_items += held * (n - 1);
      }
    }
    for (auto* offsets : {&out_.left_offsets, &out_.right_offsets})
      offsets->resize(rules + 1);
    for (auto* counts : {&out_.both, &out_.left_count, &out_.right_count})
      counts->resize(rules);
    out_.left.resize(left_items);
    out_.right.resize(rules);
    for (auto* best : {&out_.best_simpler, &out_.best_parent})
      best->resize(options_.compare_simpler ? rules : 0);
    auto left = out_.left.begin();
    std::size_t k = 0;
    for (std::size_t s = 0; s < sets_.size(); ++s) {
      const auto items = sets_.set(s);
      const auto at = static_cast<std::size_t>(sets_.offsets[s]);
      bool ordered = false;
      for (std::size_t i = 0; items.size() > 1 && i < items.size(); ++i) {
        if (!holds(s, left_of[at + i])) continue;
        if (!std::exchange(ordered, true)) {
          consequent_.assign(items.begin(), items.end());
          std::sort(consequent_.begin(), consequent_.end());
        }
        left = std::remove_copy(consequent_.begin(), consequent_.end(), left, items[i]);
        out_.right[k] = items[i];
        out_.both[k] = sets_.counts[s];
        out_.left_count[k] = left_of[at + i];
        out_.right_count[k] = count_of_item_[static_cast<std::size_t>(items[i])];
        if (options_.compare_simpler) {
          out_.best_simpler[k] = simpler_[at + i];
          out_.best_parent[k] = parent_[at + i];
        }
        ++k;
        out_.left_offsets[k] = left - out_.left.begin();
        out_.right_offsets[k] = static_cast<std::int64_t>(k);
      }
    }
  }

  bool holds(std::size_t s, std::uint32_t left) const { return static_cast<double>(sets_.counts[s]) >= least_ * static_cast<double>(left); }

  void append(std::size_t s, std::uint32_t left, std::uint32_t right, std::size_t slot) {
    const bool single = out_.right.size() == static_cast<std::size_t>(out_.right_offsets.back()) + 1;
    out_.left_offsets.push_back(static_cast<std::int64_t>(out_.left.size()));
    out_.right_offsets.push_back(static_cast<std::int64_t>(out_.right.size()));
    out_.both.push_back(sets_.counts[s]);
    out_.left_count.push_back(left);
    out_.right_count.push_back(right);
    if (!options_.compare_simpler) return;
    out_.best_simpler.push_back(single ? simpler_[slot] : 0.0);
    out_.best_parent.push_back(single ? parent_[slot] : 0.0);
  }

  void grow(std::size_t s, std::size_t from) {
    const auto items = sets_.set(s);
    for (std::size_t i = from; i < items.size() && consequent_.size() + 1 < items.size(); ++i) {
      consequent_.push_back(items[i]);
      ++out_.examined;
      const bool single = consequent_.size() == 1;
      const auto slot = static_cast<std::size_t>(sets_.offsets[s]) + i;
      const std::uint32_t left =
          sets_.counts[single ? without_[slot] : known(index_.without_those(s, consequent_.size(), [&](std::int32_t item) { return in_consequent(item); }))];
      if (holds(s, left)) {
        add(s, left, slot);
        if (static_cast<std::int64_t>(consequent_.size()) < options_.max_consequent) grow(s, i + 1);
      }
      consequent_.pop_back();
    }
  }

  void add(std::size_t s, std::uint32_t left, std::size_t slot) {
    const bool single = consequent_.size() == 1;
    const std::size_t left_begin = out_.left.size(), right_begin = out_.right.size();
    for (const std::int32_t item : sets_.set(s))
      (in_consequent(item) ? out_.right : out_.left).push_back(item);
    std::sort(out_.left.begin() + static_cast<std::ptrdiff_t>(left_begin), out_.left.end());
    std::sort(out_.right.begin() + static_cast<std::ptrdiff_t>(right_begin), out_.right.end());
    append(
        s, left,
        single
            ? count_of_item_[static_cast<std::size_t>(consequent_[0])]
            : sets_.counts[known(index_.without_those(s, sets_.set(s).size() - consequent_.size(), [&](std::int32_t item) { return !in_consequent(item); }))],
        slot);
  }

  const itemsets& sets_;
  set_index index_;
  rule_options options_;
  double least_;
  rule_list out_;
  std::vector<std::uint32_t> count_of_item_;
  std::vector<std::int32_t> consequent_;
  std::vector<std::uint32_t> without_;    // per item of each set: the set without it
  std::vector<double> simpler_, parent_;  // per item of each set, as consequent
};

/// Appends rule k of `from`.
inline void copy_rule(const rule_list& from, std::size_t k, rule_list& to) {
  to.left.insert(to.left.end(), from.left.begin() + from.left_offsets[k], from.left.begin() + from.left_offsets[k + 1]);
  to.right.insert(to.right.end(), from.right.begin() + from.right_offsets[k], from.right.begin() + from.right_offsets[k + 1]);
  to.left_offsets.push_back(static_cast<std::int64_t>(to.left.size()));
  to.right_offsets.push_back(static_cast<std::int64_t>(to.right.size()));
  to.both.push_back(from.both[k]);
  to.left_count.push_back(from.left_count[k]);
  to.right_count.push_back(from.right_count[k]);
  for (auto member : {&rule_list::best_simpler, &rule_list::best_parent, &rule_list::improvement_p, &rule_list::q})
    if (!(from.*member).empty()) (to.*member).push_back((from.*member)[k]);
}

}  // namespace detail

TENURE_INLINE rule_list association_rules(const itemsets& sets, const rule_options& options, const execution& run) {
  validate(options);
  run.report(0);
  return detail::rule_generator(sets, options).all();
}

TENURE_INLINE rule_list select_rules(const rule_list& rules, std::span<const std::int64_t> positions) {
  rule_list out;
  out.baskets = rules.baskets;
  out.min_count = rules.min_count;
  out.min_confidence = rules.min_confidence;
  out.examined = rules.examined;
  for (const std::int64_t k : positions) {
    if (k < 0 || static_cast<std::size_t>(k) >= rules.size())
      throw invalid_input("positions", "must be in [0, " + std::to_string(rules.size()) + ")", static_cast<double>(k));
    detail::copy_rule(rules, static_cast<std::size_t>(k), out);
  }
  return out;
}

TENURE_INLINE transactions select_baskets(const transactions& baskets, column_view<std::uint8_t> keep) {
  if (keep.size() != baskets.size())
    throw invalid_input("keep", "must have one value a basket (" + std::to_string(baskets.size()) + ")", static_cast<double>(keep.size()));
  transactions out;
  out.item_count = baskets.item_count;
  out.names = baskets.names;
  for (std::size_t t = 0; t < baskets.size(); ++t) {
    if (!keep[t]) continue;
    out.items.insert(out.items.end(), baskets.items.begin() + baskets.offsets[t], baskets.items.begin() + baskets.offsets[t + 1]);
    out.offsets.push_back(static_cast<std::int64_t>(out.items.size()));
  }
  return out;
}

TENURE_INLINE std::vector<std::uint32_t> count_sets(const transactions& baskets, column_view<std::int64_t> offsets, column_view<std::int32_t> items,
                                                    const execution& run) {
  constexpr auto none = static_cast<std::uint32_t>(-1);
  std::vector<std::uint32_t> row_of(baskets.item_count, none);
  std::uint32_t rows = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i] < 0 || static_cast<std::size_t>(items[i]) >= baskets.item_count)
      throw invalid_input("items", "must be in [0, " + std::to_string(baskets.item_count) + ")", items[i], i);
    std::uint32_t& row = row_of[static_cast<std::size_t>(items[i])];
    if (row == none) row = rows++;
  }
  const std::size_t words = (baskets.size() + 63) / 64;
  std::vector<std::uint64_t> bits(rows * words, 0);
  for (std::size_t t = 0; t < baskets.size(); ++t)
    for (auto i = static_cast<std::size_t>(baskets.offsets[t]); i < static_cast<std::size_t>(baskets.offsets[t + 1]); ++i) {
      const std::uint32_t row = row_of[static_cast<std::size_t>(baskets.items[i])];
      if (row != none) bits[row * words + t / 64] |= std::uint64_t{1} << (t % 64);
    }
  std::vector<std::uint32_t> counts(offsets.empty() ? 0 : offsets.size() - 1);
  parallel_chunks(chunking(counts.size(), 64, 64), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    std::vector<std::uint64_t> common(words);
    for (std::size_t s = begin; s < end; ++s) {
      const auto first = static_cast<std::size_t>(offsets[s]), last = static_cast<std::size_t>(offsets[s + 1]);
      if (first == last) {
        counts[s] = static_cast<std::uint32_t>(baskets.size());
        continue;
      }
      const auto row = [&](std::size_t i) { return bits.data() + row_of[static_cast<std::size_t>(items[i])] * words; };
      std::copy_n(row(first), words, common.begin());
      counts[s] = detail::count_common(common.data(), common.data(), words);
      for (std::size_t i = first + 1; i < last && counts[s] > 0; ++i)
        counts[s] = detail::intersect_into(common.data(), row(i), words);
    }
  });
  return counts;
}

}  // namespace tenure::inline TENURE_ABI::rules
