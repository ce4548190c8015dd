#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tenure/rules/collector-inl.hpp"

namespace tenure::inline TENURE_ABI::rules::detail {

/// Writes out every set that a record stands for.
class expander {
 public:
  expander(itemsets& out, const itemset_options& options)
      : out_(out),
        shortest_(static_cast<std::size_t>(options.min_length)),
        longest_(options.max_length ? static_cast<std::size_t>(options.max_length) : static_cast<std::size_t>(-1)) {}

  void expand(const std::uint32_t* record, const std::vector<std::int32_t>& item_of_rank) {
    const std::uint32_t count = record[0];
    const std::size_t fixed = record[1], free = record[2];
    const std::uint32_t* rank = record + 3;
    const std::size_t first_set = out_.counts.size(), first_item = out_.items.size();
    for (std::size_t i = 0; i < fixed; ++i)
      out_.items.push_back(item_of_rank[*rank++]);
    end_set(count);
    if (fixed > longest_) drop_from(first_set, first_item);
    for (std::size_t i = 0; i < free; ++i)
      add_to_all(first_set, item_of_rank[*rank++], count);
    if (fixed < shortest_) drop_short(first_set, first_item);
  }

 private:
  void end_set(std::uint32_t count) {
    out_.offsets.push_back(static_cast<std::int64_t>(out_.items.size()));
    out_.counts.push_back(count);
  }
  void drop_from(std::size_t set, std::size_t item) {
    out_.items.resize(item);
    out_.offsets.resize(set + 1);
    out_.counts.resize(set);
  }
  /// Every set since `first_set` once more with `item` added.
  void add_to_all(std::size_t first_set, std::int32_t item, std::uint32_t count) {
    const std::size_t end = out_.counts.size();
    for (std::size_t s = first_set; s < end; ++s) {
      const auto begin = static_cast<std::size_t>(out_.offsets[s]), length = static_cast<std::size_t>(out_.offsets[s + 1]) - begin;
      if (length >= longest_) continue;
      const std::size_t to = out_.items.size();
      out_.items.resize(to + length + 1);
      std::copy_n(out_.items.begin() + static_cast<std::ptrdiff_t>(begin), length, out_.items.begin() + static_cast<std::ptrdiff_t>(to));
      out_.items.back() = item;
      end_set(count);
    }
  }
  void drop_short(std::size_t first_set, std::size_t first_item) {
    std::size_t to_set = first_set, to_item = first_item, begin = first_item;
    const std::size_t sets = out_.counts.size();
    for (std::size_t s = first_set; s < sets; ++s) {
      const auto end = static_cast<std::size_t>(out_.offsets[s + 1]);
      if (end - begin >= shortest_) {
        std::copy(out_.items.begin() + static_cast<std::ptrdiff_t>(begin), out_.items.begin() + static_cast<std::ptrdiff_t>(end),
                  out_.items.begin() + static_cast<std::ptrdiff_t>(to_item));
        to_item += end - begin;
        out_.counts[to_set++] = out_.counts[s];
        out_.offsets[to_set] = static_cast<std::int64_t>(to_item);
      }
      begin = end;
    }
    drop_from(to_set, to_item);
  }

  itemsets& out_;
  std::size_t shortest_, longest_;
};

/// All records of at least `least` as one result, in task order; the records are gone then.
inline itemsets assemble(collector& found, const std::vector<std::int32_t>& item_of_rank, const itemset_options& options, std::uint32_t least) {
  itemsets out;
  std::size_t sets = 0, slots = 0;
  const auto each = [&](const found_sets& task, const auto& body) {
    for (std::size_t at = 0; at < task.records.size(); at += 3 + task.records[at + 1] + task.records[at + 2])
      if (task.records[at] >= least) body(task.records.data() + at);
  };
  for (const auto& task : found.tasks())
    each(task, [&](const std::uint32_t* record) {
      const auto weight = found.weigh(record[1], record[2]);
      sets += weight.sets;
      slots += (weight.bytes - 12 * weight.sets) / 4;
    });
  out.counts.reserve(sets);
  out.offsets.reserve(sets + 1);
  out.items.reserve(slots);
  expander writer(out, options);
  for (auto& task : found.tasks()) {
    each(task, [&](const std::uint32_t* record) { writer.expand(record, item_of_rank); });
    task.records = {};
  }
  return out;
}

}  // namespace tenure::inline TENURE_ABI::rules::detail
