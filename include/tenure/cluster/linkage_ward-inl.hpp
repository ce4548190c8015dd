#pragma once

#include "tenure/cluster/linkage.hpp"
#include "tenure/cluster/spanning_tree-inl.hpp"
#include "tenure/cluster/ward_boxes-inl.hpp"

// Internal: Ward's linkage from the means of the clusters, in O(n p) memory.

namespace tenure::inline TENURE_ABI::cluster::detail {

/// Rounds of mutual nearest neighbours: Ward's cost of a pair never falls below the costs that its parts had with third clusters (Bruynooghe
/// 1978), so that all pairs which are each other's nearest can merge at once, and a cluster keeps its nearest one until that is gone. A round
/// searches for those who lost theirs, all at the same time.
class ward_linkage {
 public:
  ward_linkage(const table_view& x, const execution& run) : run_(run), boxes_(x, run), open_(x.rows()) {
    start_over();
    for (std::size_t i = 0; i < open_; ++i)
      await(static_cast<std::uint32_t>(i));
  }

  std::vector<tree_edge> merges() {
    std::vector<tree_edge> merges;
    bool refreshed = false;
    while (open_ > 1) {
      const std::size_t before = merges.size();
      search();
      merge_mutual(merges);
      if (merges.size() == before) {  // rounding can make all costs kept disagree; new ones cannot
        if (std::exchange(refreshed, true)) throw numeric_failure("linkage: the squared distances are beyond the range of numbers");
        for (std::uint32_t i = 0; i < boxes_.slots(); ++i)
          if (boxes_.open(i)) forget(i);
        continue;
      }
      refreshed = false;
      if (open_ * 4 < boxes_.slots() * 3 && boxes_.slots() > ward_boxes::leaf_rows) close_holes();
      run_.report(static_cast<double>(merges.size()) / static_cast<double>(merges.size() + open_));
    }
    return merges;
  }

 private:
  static constexpr std::uint32_t nowhere = 0xffffffffU;

  void start_over() {
    const std::size_t slots = boxes_.slots();
    near_.assign(slots, nowhere);
    head_.assign(slots, nowhere);
    next_.assign(slots, nowhere);
    previous_.assign(slots, nowhere);
    cost_.assign(slots, std::numeric_limits<double>::infinity());
    waits_.assign(slots, 0);
  }

  void await(std::uint32_t i) {
    if (std::exchange(waits_[i], char{1}) == 0) waiting_.push_back(i);
  }

  /// Those whose nearest cluster is j form a list.
  void link(std::uint32_t i, std::uint32_t j) {
    near_[i] = j;
    previous_[i] = nowhere;
    next_[i] = head_[j];
    if (next_[i] != nowhere) previous_[next_[i]] = i;
    head_[j] = i;
  }
  void unlink(std::uint32_t i) {
    const std::uint32_t j = std::exchange(near_[i], nowhere);
    if (j == nowhere) return;
    (previous_[i] == nowhere ? head_[j] : next_[previous_[i]]) = next_[i];
    if (next_[i] != nowhere) previous_[next_[i]] = previous_[i];
  }
  void forget(std::uint32_t i) {
    unlink(i);
    await(i);
  }

  /// The nearest cluster of all who wait for one.
  void search() {
    std::erase_if(waiting_, [this](std::uint32_t i) { return !waits_[i]; });
    std::sort(waiting_.begin(), waiting_.end());
    found_.resize(waiting_.size());
    const auto some = [&](std::size_t, std::size_t begin, std::size_t end) {
      ward_boxes::searcher find(boxes_);
      for (std::size_t k = begin; k < end; ++k)
        found_[k] = find.nearest(waiting_[k]);
    };
    parallel_chunks(chunking(waiting_.size(), 64, 1024), run_, some);
    for (std::size_t k = 0; k < waiting_.size(); ++k) {
      const std::uint32_t i = waiting_[k];
      waits_[i] = 0;
      cost_[i] = found_[k].cost;
      if (found_[k].slot != nowhere) link(i, found_[k].slot);
    }
    searched_.swap(waiting_);
    waiting_.clear();
  }

  /// Merges i and its nearest j wherever nothing is nearer to j than i, for all that changed in this round.
  void merge_mutual(std::vector<tree_edge>& merges) {
    pairs_.clear();
    for (const std::uint32_t i : searched_) {
      if (near_[i] != nowhere && cost_[near_[i]] >= cost_[i]) pairs_.push_back(i);
      for (std::uint32_t k = head_[i]; k != nowhere; k = next_[k])
        if (cost_[i] >= cost_[k]) pairs_.push_back(k);
    }
    std::sort(pairs_.begin(), pairs_.end());
    for (const std::uint32_t i : pairs_) {
      const std::uint32_t j = near_[i];
      if (j == nowhere) continue;  // one of the two merged in this round
      merges.push_back({boxes_.member(i), boxes_.member(j), std::sqrt(cost_[i]), 0});
      for (const std::uint32_t gone : {i, j}) {
        unlink(gone);
        while (head_[gone] != nowhere)
          forget(head_[gone]);
      }
      const std::uint32_t merged = boxes_.join(i, j);
      waits_[merged == i ? j : i] = 0;
      await(merged);
      --open_;
    }
  }

  void close_holes() {
    const auto moved = boxes_.close_holes(open_, run_);
    const auto near = std::move(near_);
    const auto cost = std::move(cost_);
    auto waiting = std::move(waiting_);
    const auto waits = std::move(waits_);
    waiting_.clear();
    start_over();
    for (std::uint32_t i = 0; i < moved.size(); ++i) {
      if (moved[i] == nowhere) continue;
      cost_[moved[i]] = cost[i];
      if (near[i] != nowhere) link(moved[i], moved[near[i]]);
    }
    for (const std::uint32_t i : waiting)
      if (waits[i] && moved[i] != nowhere) await(moved[i]);
  }

  execution run_;
  ward_boxes boxes_;
  std::size_t open_;
  std::vector<std::uint32_t> near_, head_, next_, previous_;  // the nearest cluster, and lists of those who share one
  std::vector<double> cost_;                                  // of merging with it
  std::vector<char> waits_;
  std::vector<std::uint32_t> waiting_, searched_, pairs_;
  std::vector<ward_boxes::neighbour> found_;
};

}  // namespace tenure::inline TENURE_ABI::cluster::detail
