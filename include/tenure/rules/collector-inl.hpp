#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <mutex>

#include "tenure/rules/itemsets.hpp"

namespace tenure::inline TENURE_ABI::rules::detail {

/// What one task of the search found. A record is: count, number of fixed items, number of free items, the items; it stands for the fixed
/// items together with every subset of the free ones, all of the same count.
struct found_sets {
  std::vector<std::uint32_t> records;
  std::vector<std::vector<double>> tally;  // when counting: records by number of fixed and of free items
  std::uint64_t pending = 0;               // weight not yet told to the collector
  std::uint32_t purged_at = 0;             // records below this count are gone
};

/// Takes what the tasks find, and raises the smallest count while they run when the result outgrows its limits. The final smallest
/// count is the least one at which everything fits: a property of the data, whatever the order of events.
class collector {
 public:
  collector(const itemset_options& options, std::uint32_t minimum, std::uint32_t maximum, std::size_t tasks, bool counting)
      : whole_(options.target == itemset_target::closed || options.target == itemset_target::maximal),
        bare_(options.target == itemset_target::generators),
        counting_(counting),
        shortest_(static_cast<std::size_t>(options.min_length)),
        longest_(options.max_length ? static_cast<std::size_t>(options.max_length) : static_cast<std::size_t>(-1)),
        top_(static_cast<std::uint64_t>(options.top)),
        limit_(static_cast<std::uint64_t>(std::min(options.memory_limit, 1e18))),
        lowest_(minimum),
        minimum_(minimum),
        tasks_(tasks) {
    if (counting || options.target == itemset_target::maximal) limit_ = counting ? static_cast<std::uint64_t>(-1) : limit_;
    const std::size_t range = counting || maximum < minimum ? 0 : maximum - minimum + 1;
    bytes_ = std::make_unique<std::atomic<std::uint64_t>[]>(range);
    if (top_) sets_ = std::make_unique<std::atomic<std::uint64_t>[]>(range);
    range_ = range;
  }

  std::uint32_t minimum() const { return minimum_.load(std::memory_order_relaxed); }
  std::size_t longest() const { return longest_; }
  bool counting() const { return counting_; }
  std::vector<found_sets>& tasks() { return tasks_; }

  void add(found_sets& out, const std::vector<std::uint32_t>& fixed, const std::vector<std::uint32_t>& free, std::uint32_t count) {
    std::size_t fixed_size = fixed.size(), free_size = free.size();
    if (whole_) {
      fixed_size += free_size;
      free_size = 0;
    }
    if (bare_) free_size = 0;  // no generator holds a free item
    if (fixed_size > longest_ || fixed_size + free_size < shortest_) return;
    if (counting_) {
      if (out.tally.size() <= fixed_size) out.tally.resize(fixed_size + 1);
      auto& row = out.tally[fixed_size];
      if (row.size() <= free_size) row.resize(free_size + 1, 0.0);
      row[free_size] += 1;
      return;
    }
    if (count < minimum()) return;
    out.records.insert(out.records.end(), {count, static_cast<std::uint32_t>(fixed_size), static_cast<std::uint32_t>(free_size)});
    out.records.insert(out.records.end(), fixed.begin(), fixed.end());
    if (!bare_) out.records.insert(out.records.end(), free.begin(), free.end());
    const auto [sets, bytes] = weigh(fixed_size, free_size);
    bytes_[count - lowest_].fetch_add(bytes, std::memory_order_relaxed);
    if (top_) sets_[count - lowest_].fetch_add(sets, std::memory_order_relaxed);
    out.pending += bytes;
    if (top_ || out.pending > limit_ / 64) flush(out, sets);
  }

  /// Called once when a task ends.
  void finish(found_sets& out) {
    if (!counting_) flush(out, 0);
  }

  /// The final smallest count; every record below it is to be left out.
  std::uint32_t settle() {
    if (!counting_) raise();
    return minimum();
  }

  struct weight {
    std::uint64_t sets, bytes;
  };
  /// Sets, and bytes of the result, that a record stands for.
  weight weigh(std::size_t fixed, std::size_t free) const {
    constexpr double most = 0x1p44;
    if (free == 0) return {1, 12 + 4 * fixed};
    if (longest_ >= fixed + free && shortest_ <= fixed) {
      if (free >= 40) return {std::uint64_t{1} << 44, std::uint64_t{1} << 44};
      const std::uint64_t sets = std::uint64_t{1} << free;
      return {sets, std::min<std::uint64_t>(std::uint64_t{1} << 44, sets * (12 + 4 * fixed) + 4 * free * (sets / 2))};
    }
    double sets = 0, bytes = 0, choose = 1;
    for (std::size_t j = 0; j <= free && fixed + j <= longest_; ++j) {
      if (fixed + j >= shortest_) {
        sets += choose;
        bytes += choose * static_cast<double>(12 + 4 * (fixed + j));
      }
      choose *= static_cast<double>(free - j) / static_cast<double>(j + 1);
    }
    return {static_cast<std::uint64_t>(std::min(sets + 0.5, most)), static_cast<std::uint64_t>(std::min(bytes + 0.5, most))};
  }

 private:
  void flush(found_sets& out, std::uint64_t sets) {
    const std::uint64_t news = news_.fetch_add(out.pending, std::memory_order_relaxed) + out.pending;
    out.pending = 0;
    const std::uint64_t new_sets = top_ ? new_sets_.fetch_add(sets, std::memory_order_relaxed) + sets : 0;
    if (news > limit_ - std::min(limit_, held_.load(std::memory_order_relaxed)) || (top_ && new_sets > top_ / 4 + 16)) raise();
    if (out.purged_at != minimum()) purge(out);
  }

  void raise() {
    const std::lock_guard guard(raising_);
    news_ = 0;
    new_sets_ = 0;
    std::uint64_t bytes = 0, sets = 0;
    std::uint32_t smallest = minimum();
    for (std::size_t s = range_; s-- > minimum() - lowest_;) {
      const std::uint64_t more = bytes_[s].load(std::memory_order_relaxed);
      if (bytes + more > limit_) {
        smallest = static_cast<std::uint32_t>(s + 1) + lowest_;
        cut_ = true;
        break;
      }
      bytes += more;
      if (top_ && (sets += sets_[s].load(std::memory_order_relaxed)) >= top_) {
        smallest = static_cast<std::uint32_t>(s) + lowest_;
        break;
      }
    }
    held_ = bytes;
    minimum_ = smallest;
  }

  void purge(found_sets& out) const {
    const std::uint32_t least = minimum();
    auto& r = out.records;
    std::size_t to = 0;
    for (std::size_t from = 0; from < r.size();) {
      const std::size_t length = 3 + r[from + 1] + r[from + 2];
      if (r[from] >= least) {
        std::copy(r.begin() + static_cast<std::ptrdiff_t>(from), r.begin() + static_cast<std::ptrdiff_t>(from + length),
                  r.begin() + static_cast<std::ptrdiff_t>(to));
        to += length;
      }
      from += length;
    }
    r.resize(to);
    out.purged_at = least;
  }

  bool whole_, bare_, counting_;
  std::size_t shortest_, longest_;
  std::uint64_t top_, limit_;
  std::uint32_t lowest_;
  std::size_t range_ = 0;
  std::atomic<std::uint32_t> minimum_;
  std::atomic<std::uint64_t> news_{0}, new_sets_{0}, held_{0};
  std::atomic<bool> cut_{false};
  std::unique_ptr<std::atomic<std::uint64_t>[]> bytes_, sets_;  // by count, from lowest_
  std::mutex raising_;
  std::vector<found_sets> tasks_;

 public:
  /// Whether the memory limit, and not `top`, raised the smallest count.
  bool cut() const { return cut_; }
};

}  // namespace tenure::inline TENURE_ABI::rules::detail
