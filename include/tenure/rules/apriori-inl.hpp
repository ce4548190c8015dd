#pragma once

#include <algorithm>

#include "tenure/core/parallel.hpp"
#include "tenure/rules/collector-inl.hpp"
#include "tenure/rules/database-inl.hpp"

namespace tenure::inline TENURE_ABI::rules::detail {

/// Counts sets length by length: candidates of k + 1 items are the sets whose every subset of k items is frequent. The candidates form a
/// prefix tree, a level an array, in which all candidates within a basket are found at once.
class apriori_search {
 public:
  apriori_search(const database& data, collector& out, const execution& run) : data_(data), collector_(out), run_(run) {}

  void all() {
    levels_.emplace_back();
    for (std::uint32_t r = 0; r < data_.ranks(); ++r)
      levels_[0].item.push_back(r);
    levels_[0].count = data_.count_of_rank;
    for (;;) {
      report();
      if (levels_.size() >= collector_.longest() || !next_level()) return;
      count();
      keep_frequent();
    }
  }

 private:
  struct level {
    std::vector<std::uint32_t> item, parent, count;
    std::vector<std::uint32_t> first_child{0};  // children of node n: [first_child[n], first_child[n + 1]) of the next level
  };

  std::vector<std::uint32_t> path(std::size_t depth, std::size_t n) const {
    std::vector<std::uint32_t> items(depth + 1);
    for (std::size_t d = depth + 1; d-- > 0;) {
      items[d] = levels_[d].item[n];
      n = d ? levels_[d].parent[n] : 0;
    }
    return items;
  }

  bool frequent(const std::vector<std::uint32_t>& items) const {
    std::size_t begin = 0, end = levels_[0].item.size(), n = 0;
    for (std::size_t d = 0; d < items.size(); ++d) {
      const auto& all = levels_[d].item;
      const auto place = std::lower_bound(all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end), items[d]);
      n = static_cast<std::size_t>(place - all.begin());
      if (n == end || all[n] != items[d]) return false;
      if (d + 1 < items.size()) {
        begin = levels_[d].first_child[n];
        end = levels_[d].first_child[n + 1];
      }
    }
    return true;
  }

  void report() {
    const std::size_t depth = levels_.size() - 1;
    found_sets& out = collector_.tasks()[0];
    const std::vector<std::uint32_t> free;
    for (std::size_t n = 0; n < levels_[depth].item.size(); ++n)
      collector_.add(out, path(depth, n), free, levels_[depth].count[n]);
  }

  /// Joins siblings; a candidate stays when the subsets that leave out one of its earlier items are frequent as well.
  bool next_level() {
    level& here = levels_.back();
    level next;
    here.first_child.assign(1, 0);
    const std::size_t depth = levels_.size() - 1, n = here.item.size();
    for (std::size_t a = 0; a < n; ++a) {
      std::vector<std::uint32_t> candidate = path(depth, a);
      candidate.push_back(0);
      for (std::size_t b = a + 1; b < n && (depth == 0 || here.parent[a] == here.parent[b]); ++b) {
        candidate.back() = here.item[b];
        bool possible = true;
        for (std::size_t leave = 0; possible && leave + 2 < candidate.size(); ++leave) {
          std::vector<std::uint32_t> subset = candidate;
          subset.erase(subset.begin() + static_cast<std::ptrdiff_t>(leave));
          possible = frequent(subset);
        }
        if (!possible) continue;
        next.item.push_back(here.item[b]);
        next.parent.push_back(static_cast<std::uint32_t>(a));
      }
      here.first_child.push_back(static_cast<std::uint32_t>(next.item.size()));
    }
    levels_.push_back(std::move(next));
    return !levels_.back().item.empty();
  }

  void count() {
    level& last = levels_.back();
    last.count = parallel_reduce(
        chunking(data_.rows, 4096, 8), run_, std::vector<std::uint32_t>(last.item.size(), 0),
        [&](std::vector<std::uint32_t>& counts, std::size_t begin, std::size_t end) {
          for (std::size_t t = begin; t < end; ++t)
            walk(0, 0, levels_[0].item.size(), data_.row_items.data() + data_.row_begin[t], data_.row_items.data() + data_.row_begin[t + 1], counts);
        },
        [](std::vector<std::uint32_t>& total, const std::vector<std::uint32_t>& part) {
          for (std::size_t i = 0; i < total.size(); ++i)
            total[i] += part[i];
        });
  }

  /// Meets the nodes [begin, end) of a level with what is left of a basket.
  void walk(std::size_t depth, std::size_t begin, std::size_t end, const std::uint32_t* item, const std::uint32_t* items_end,
            std::vector<std::uint32_t>& counts) const {
    const auto& nodes = levels_[depth];
    const bool last = depth + 1 == levels_.size();
    while (begin < end && item < items_end) {
      if (nodes.item[begin] < *item) {
        ++begin;
      } else if (nodes.item[begin] > *item) {
        ++item;
      } else {
        ++item;
        if (last) {
          ++counts[begin];
        } else {
          walk(depth + 1, nodes.first_child[begin], nodes.first_child[begin + 1], item, items_end, counts);
        }
        ++begin;
      }
    }
  }

  void keep_frequent() {
    level& parents = levels_[levels_.size() - 2];
    level& last = levels_.back();
    level kept;
    const std::uint32_t minimum = collector_.minimum();
    std::size_t n = 0;
    for (std::size_t p = 0; p < parents.item.size(); ++p) {
      const std::size_t end = parents.first_child[p + 1];
      parents.first_child[p] = static_cast<std::uint32_t>(kept.item.size());
      for (; n < end; ++n) {
        if (last.count[n] < minimum) continue;
        kept.item.push_back(last.item[n]);
        kept.parent.push_back(static_cast<std::uint32_t>(p));
        kept.count.push_back(last.count[n]);
      }
    }
    parents.first_child.back() = static_cast<std::uint32_t>(kept.item.size());
    last = std::move(kept);
  }

  const database& data_;
  collector& collector_;
  const execution& run_;
  std::vector<level> levels_;
};

}  // namespace tenure::inline TENURE_ABI::rules::detail
