#pragma once

#include "tenure/cluster/linkage.hpp"
#include "tenure/cluster/spanning_tree-inl.hpp"

// Internal: Ward's linkage from the means of the clusters, in O(n p) memory.

namespace tenure::inline TENURE_ABI::cluster::detail {

/// Chains of nearest neighbours (Murtagh 1983) over means that lie together without holes: the last cluster moves into the place of one that
/// is gone.
class ward_linkage {
 public:
  ward_linkage(const table_view& x, const execution& run)
      : run_(run), means_(x, rough_means(x, run), run), open_(x.rows()), size_(means_.tile_count() * lanes<double>), member_(open_), link_(open_, nowhere) {
    if (open_ >= nowhere) throw not_supported("linkage of more than 4294967294 rows");
    std::iota(member_.begin(), member_.end(), std::uint32_t{0});
    for (std::size_t i = 0; i < means_.tile_count() * lanes<double>; ++i)
      size_[i] = i < open_ ? 1.0 : none;
  }

  std::vector<tree_edge> merges() {
    std::vector<tree_edge> merges;
    while (open_ > 1) {
      if (chain_.empty()) push(0);
      for (;;) {
        const std::size_t a = chain_.back();
        double cost;
        std::size_t b = nearest(a, cost);
        const bool second = chain_.size() > 1;
        const std::size_t before = second ? chain_[chain_.size() - 2] : 0;
        if (second && b != before && cost_between(a, before) == cost) b = before;
        if (second && b == before) {
          pop();
          pop();
          merges.push_back({member_[a], member_[b], std::sqrt(cost), 0});
          join(std::min(a, b), std::max(a, b));
          break;
        }
        push(b);
      }
      run_.report(static_cast<double>(merges.size()) / static_cast<double>(merges.size() + open_));
    }
    return merges;
  }

 private:
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();
  static constexpr std::uint32_t nowhere = 0xffffffffU;

  void push(std::size_t i) {
    link_[i] = static_cast<std::uint32_t>(chain_.size());
    chain_.push_back(static_cast<std::uint32_t>(i));
  }
  void pop() {
    link_[chain_.back()] = nowhere;
    chain_.pop_back();
  }

  std::size_t nearest(std::size_t i, double& cost) {
    std::vector<double>& mean = mean_;
    mean.resize(means_.cols());
    means_.copy_row(i, mean.data());
    const double own = std::exchange(size_[i], none);
    const chunking chunks(rounded_up(open_, lanes<double>) / lanes<double>, 4096, 16);
    std::vector<std::pair<double, std::size_t>>& found = found_;
    found.resize(chunks.count());
    parallel_chunks(chunks, run_, [&](std::size_t c, std::size_t begin, std::size_t end) {
      found[c].second = begin * lanes<double> + kernels<double>().nearest_by_ward(means_.tile(begin), end - begin, means_.cols(), mean.data(), own,
                                                                                  size_.data() + begin * lanes<double>, &found[c].first);
    });
    size_[i] = own;
    const auto best = std::min_element(found.begin(), found.end());
    cost = best->first;
    return best->second;
  }

  /// The cost as `nearest` computes it.
  double cost_between(std::size_t i, std::size_t j) {
    double cost, size[lanes<double>];
    std::fill_n(size, lanes<double>, none);
    size[j % lanes<double>] = size_[j];
    means_.copy_row(i, mean_.data());
    kernels<double>().nearest_by_ward(means_.tile(j / lanes<double>), 1, means_.cols(), mean_.data(), size_[i], size, &cost);
    return cost;
  }

  /// a < b: the merged cluster takes place a, the last cluster place b.
  void join(std::size_t a, std::size_t b) {
    const double total = size_[a] + size_[b], share = size_[b] / total;
    for (std::size_t j = 0; j < means_.cols(); ++j)
      means_.at(a, j) += share * (means_.at(b, j) - means_.at(a, j));
    size_[a] = total;
    const std::size_t last = --open_;
    if (b != last) {
      for (std::size_t j = 0; j < means_.cols(); ++j)
        means_.at(b, j) = means_.at(last, j);
      size_[b] = size_[last];
      member_[b] = member_[last];
      link_[b] = std::exchange(link_[last], nowhere);
      if (link_[b] != nowhere) chain_[link_[b]] = static_cast<std::uint32_t>(b);
    }
    size_[last] = none;
  }

  execution run_;
  packed_points<double> means_;
  std::size_t open_;
  aligned_buffer<double> size_;  // rows of a cluster; not a number where there is none
  std::vector<std::uint32_t> member_;
  std::vector<std::uint32_t> chain_, link_;  // the chain, and the place of a cluster in it
  std::vector<double> mean_;
  std::vector<std::pair<double, std::size_t>> found_;
};

}  // namespace tenure::inline TENURE_ABI::cluster::detail
