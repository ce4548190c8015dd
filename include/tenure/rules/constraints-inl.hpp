#pragma once

#include <algorithm>
#include <functional>

#include "tenure/rules/itemsets.hpp"
#include "tenure/rules/set_index-inl.hpp"

namespace tenure::inline TENURE_ABI::rules::detail {

/// Required and excluded items taken out of the baskets: what is left to search are the baskets that hold every required item, without them and
/// without the excluded ones. A set found there stands for itself together with the required items; these alone are a set, too.
class constrained_search {
 public:
  static bool wanted(const itemset_options& options) { return !options.include.empty() || !options.exclude.empty(); }

  constrained_search(const transactions& baskets, const itemset_options& options, std::uint32_t minimum)
      : inner(options), options_(options), required_(options.include), minimum_(minimum) {
    enum : std::uint8_t { free_item, excluded, required };
    std::vector<std::uint8_t> role(baskets.item_count, free_item);
    mark(options.exclude, "exclude", role, excluded);
    mark(options.include, "include", role, required);
    std::sort(required_.begin(), required_.end());
    required_.erase(std::unique(required_.begin(), required_.end()), required_.end());
    if (!required_.empty() && options.target == itemset_target::generators)
      throw invalid_input("include", "must be empty for generators: whether a set is one depends on sets without the required items");
    const auto length = static_cast<std::int64_t>(required_.size());
    if (options.max_length && options.max_length < length)
      throw invalid_input("max_length", "must be at least the number of required items, " + std::to_string(length), static_cast<double>(options.max_length));

    rest.item_count = baskets.item_count;
    std::vector<std::uint32_t> count(baskets.item_count, 0);
    for (std::size_t t = 0; t < baskets.size(); ++t) {
      const auto begin = baskets.items.begin() + baskets.offsets[t], end = baskets.items.begin() + baskets.offsets[t + 1];
      const auto held = std::count_if(begin, end, [&](std::int32_t item) { return role[static_cast<std::size_t>(item)] == required; });
      if (held != length) continue;
      for (auto item = begin; item != end; ++item)
        if (role[static_cast<std::size_t>(*item)] == free_item) {
          rest.items.push_back(*item);
          ++count[static_cast<std::size_t>(*item)];
        }
      rest.offsets.push_back(static_cast<std::int64_t>(rest.items.size()));
    }
    most_together_ = count.empty() ? 0 : *std::max_element(count.begin(), count.end());

    inner.include.clear();
    inner.exclude.clear();
    inner.min_count = minimum;
    inner.min_length = std::max<std::int64_t>(1, options.min_length - length);
    if (options.max_length) inner.max_length = options.max_length - length;
    inner.memory_limit = options.memory_limit * 16 / (16 + 4 * static_cast<double>(length));
    possible = rest.size() >= minimum && (!options.max_length || inner.max_length > 0);
  }

  /// Whether the required items alone are one of the sets asked for, but for the length limits.
  bool required_alone() const {
    if (required_.empty() || rest.size() < minimum_) return false;
    if (options_.target == itemset_target::closed) return most_together_ < rest.size();
    return options_.target != itemset_target::maximal || most_together_ < minimum_;
  }

  /// The sets asked for, from those found in `rest`.
  itemsets completed(const itemsets& found, std::int64_t baskets) const {
    itemsets out;
    out.baskets = baskets;
    out.min_count = minimum_;
    out.complete_from = std::max<std::int64_t>(found.complete_from, minimum_);
    out.cut = found.cut;
    const auto end_set = [&](std::uint32_t count) {
      out.offsets.push_back(static_cast<std::int64_t>(out.items.size()));
      out.counts.push_back(count);
    };
    if (required_alone() && static_cast<std::int64_t>(required_.size()) >= options_.min_length) {
      out.items = required_;
      end_set(static_cast<std::uint32_t>(rest.size()));
    }
    for (std::size_t s = 0; s < found.size(); ++s) {
      out.items.insert(out.items.end(), required_.begin(), required_.end());
      out.items.insert(out.items.end(), found.set(s).begin(), found.set(s).end());
      end_set(found.counts[s]);
    }
    const auto top = static_cast<std::size_t>(options_.top);
    if (top == 0 || out.size() <= top) return out;
    std::vector<std::uint32_t> sorted = out.counts;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(top - 1), sorted.end(), std::greater<>());
    out.complete_from = std::max<std::int64_t>(out.complete_from, sorted[top - 1]);
    std::vector<bool> keep(out.size());
    for (std::size_t s = 0; s < out.size(); ++s)
      keep[s] = static_cast<std::int64_t>(out.counts[s]) >= out.complete_from;
    return select_sets(out, keep);
  }

  /// The same for numbers of sets by length.
  std::vector<double> completed(const std::vector<double>& sizes) const {
    std::vector<double> out(required_.size() + sizes.size(), 0.0);
    std::copy(sizes.begin(), sizes.end(), out.begin() + static_cast<std::ptrdiff_t>(required_.size()));
    if (required_alone() && static_cast<std::int64_t>(required_.size()) >= options_.min_length) out[required_.size() - 1] += 1;
    while (!out.empty() && out.back() == 0)
      out.pop_back();
    return out;
  }

  transactions rest;
  itemset_options inner;
  bool possible;

 private:
  template <class Role>
  static void mark(const std::vector<std::int32_t>& items, const char* name, std::vector<std::uint8_t>& role, Role as) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (items[i] < 0 || static_cast<std::size_t>(items[i]) >= role.size())
        throw invalid_input(name, "must be in [0, " + std::to_string(role.size()) + ")", items[i], i);
      std::uint8_t& old = role[static_cast<std::size_t>(items[i])];
      if (old != 0 && old != static_cast<std::uint8_t>(as)) throw invalid_input(name, "must not hold an item that is excluded", items[i], i);
      old = static_cast<std::uint8_t>(as);
    }
  }

  const itemset_options& options_;
  std::vector<std::int32_t> required_;
  std::uint32_t minimum_, most_together_ = 0;
};

}  // namespace tenure::inline TENURE_ABI::rules::detail
