#pragma once

#include "tenure/cluster/linkage.hpp"
#include "tenure/cluster/spanning_tree-inl.hpp"

// Internal: linkages that need all distances, by chains of nearest neighbours.

namespace tenure::inline TENURE_ABI::cluster::detail {

/// Follows nearest neighbours until two are each other's and merges them (Murtagh 1983): right for reducible linkages in any order.
///
/// A cluster has distances when the chain first comes to it: those to clusters that have theirs are copied, the others computed. A merge is
/// written down instead of carried into all clusters; one catches up, in order, when it is looked at next. So nearly all work runs along
/// contiguous memory, and a distance is the same, bit for bit, from either side. Only open clusters that the chain has met hold distances, and
/// only to open ones: in the usual case less than n^2 / 4 numbers at a time.
class matrix_linkage {
 public:
  matrix_linkage(const table_view& x, linkage_method method, const execution& run) : method_(method), run_(run), unmet_(0, x.cols()), slots_(x.rows()) {
    constexpr std::size_t most = 200'000;
    if (x.rows() > most)
      throw not_supported(
          "complete, average and weighted linkage keep up to 8 n^2 bytes of distances: at most 200000 rows; ward, centroid, median and single need memory for "
          "the rows alone");
    member_ = space_order(x, run);
    unmet_ = packed_points<double>(x, rough_means(x, run), run, member_);
    unmet_gap_ = aligned_buffer<double>(unmet_.tile_count() * lanes<double>);
    unmet_slot_.resize(slots_.size());
    std::iota(unmet_slot_.begin(), unmet_slot_.end(), std::uint32_t{0});
    unmet_place_ = unmet_slot_;
  }

  std::vector<tree_edge> merges() {
    std::vector<tree_edge> merges;
    std::vector<std::size_t> chain;
    std::size_t open = slots_.size(), start = 0;
    while (open > 1) {
      if (chain.empty()) {
        while (slots_[start].size == 0)
          ++start;
        chain.push_back(start);
      }
      for (;;) {
        const std::size_t a = chain.back();
        const double* row = current_row(a);
        std::size_t b = kernels<double>().least_index(row, 0, slots_.size());
        const double nearest = row[b];
        if (chain.size() > 1 && row[chain[chain.size() - 2]] == nearest) b = chain[chain.size() - 2];
        if (chain.size() > 1 && b == chain[chain.size() - 2]) {
          chain.resize(chain.size() - 2);
          merges.push_back({member_[a], member_[b], nearest, 0});
          join(std::min(a, b), std::max(a, b));
          break;
        }
        chain.push_back(b);
      }
      --open;
      run_.report(static_cast<double>(merges.size()) / static_cast<double>(merges.size() + open));
      if (open * 4 < slots_.size() * 3 && slots_.size() > 64) close_holes(chain, start);
    }
    return merges;
  }

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  /// Near rows one after another, so that what is copied for one lies in the cache for the next.
  static std::vector<std::uint32_t> space_order(const table_view& x, const execution& run) {
    const space_tree tree(x, run);
    std::vector<std::uint32_t> order(tree.size());
    for (std::size_t i = 0; i < order.size(); ++i)
      order[i] = tree.row(i);
    return order;
  }

  /// d(i, into) = share_from d(i, from) + share_into d(i, into), or the larger of the two; `from` is gone.
  struct merge_step {
    std::uint32_t from, into;
    double share_from, share_into;
  };
  struct slot {
    double size = 1;             // 0: merged into another
    std::size_t applied = 0;     // how many of steps_ the row holds
    bool met = false;            // whether there is a row
    aligned_buffer<double> row;  // distances to all slots
  };

  void apply(const merge_step* step, std::size_t count, double* row) const {
    if (method_ == linkage_method::complete) {
      for (const merge_step* end = step + count; step != end; ++step) {
        row[step->into] = std::max(row[step->from], row[step->into]);
        row[step->from] = infinity;
      }
    } else {
      for (const merge_step* end = step + count; step != end; ++step) {
        row[step->into] = step->share_from * row[step->from] + step->share_into * row[step->into];
        row[step->from] = infinity;
      }
    }
  }

  const double* current_row(std::size_t i) {
    slot& s = slots_[i];
    if (!s.met) {
      meet(i);
    } else {
      apply(steps_.data() + s.applied, steps_.size() - s.applied, s.row.data());
    }
    s.applied = steps_.size();
    return s.row.data();
  }

  void meet(std::size_t i) {
    std::vector<double> query(unmet_.cols());
    const std::size_t place = unmet_place_[i], last = unmet_slot_.size() - 1;
    unmet_.copy_row(place, query.data());
    for (std::size_t j = 0; j < unmet_.cols(); ++j)
      unmet_.at(place, j) = unmet_.at(last, j);
    unmet_slot_[place] = unmet_slot_[last];
    unmet_place_[unmet_slot_[place]] = static_cast<std::uint32_t>(place);
    unmet_slot_.pop_back();

    slot& s = slots_[i];
    s.row = take_row();
    double* row = s.row.data();
    std::fill_n(row, slots_.size(), infinity);
    kernels<double>().distances(unmet_.tile(0), rounded_up(last, lanes<double>) / lanes<double>, unmet_.cols(), query.data(), unmet_gap_.data());
    for (std::size_t w = 0; w < last; ++w)
      row[unmet_slot_[w]] = unmet_gap_[w];
    for (const auto& [other, distances] : met_)
      row[other] = distances[i];  // no step has touched this one yet
    s.met = true;
    met_.push_back({static_cast<std::uint32_t>(i), row});
  }

  aligned_buffer<double> take_row() {
    if (spare_.empty()) return aligned_buffer<double>(slots_.size());
    aligned_buffer<double> row = std::move(spare_.back());
    spare_.pop_back();
    return row;
  }

  /// The merged cluster takes slot b.
  void join(std::size_t a, std::size_t b) {
    current_row(a);
    current_row(b);
    slot &from = slots_[a], &into = slots_[b];
    const double total = from.size + into.size;
    const bool average = method_ == linkage_method::average;
    const merge_step step{static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), average ? from.size / total : 0.5, average ? into.size / total : 0.5};
    const double* x = from.row.data();
    double* y = into.row.data();
    if (method_ == linkage_method::complete) {
      for (std::size_t i = 0; i < slots_.size(); ++i)
        y[i] = x[i] > y[i] ? x[i] : y[i];
    } else {
      for (std::size_t i = 0; i < slots_.size(); ++i)
        y[i] = step.share_from * x[i] + step.share_into * y[i];
    }
    y[a] = y[b] = infinity;
    steps_.push_back(step);
    into.applied = steps_.size();
    into.size = total;
    from.size = 0;
    std::erase_if(met_, [a](const auto& m) { return m.first == a; });
    spare_.push_back(std::move(from.row));
  }

  void close_holes(std::vector<std::size_t>& chain, std::size_t& start) {
    std::vector<std::uint32_t> kept, moved(slots_.size());
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      moved[i] = static_cast<std::uint32_t>(kept.size());
      if (slots_[i].size > 0) kept.push_back(static_cast<std::uint32_t>(i));
    }
    for (std::size_t& c : chain)
      c = moved[c];
    for (std::uint32_t& u : unmet_slot_)
      u = moved[u];
    start = 0;
    spare_.clear();
    met_.clear();
    std::vector<slot> slots(kept.size());
    for (std::size_t to = 0; to < kept.size(); ++to) {
      slot& old = slots_[kept[to]];
      if (old.met) {
        const double* all = current_row(kept[to]);
        aligned_buffer<double> row(kept.size());
        for (std::size_t j = 0; j < kept.size(); ++j)
          row[j] = all[kept[j]];
        old.row = std::move(row);
        old.applied = 0;
        met_.push_back({static_cast<std::uint32_t>(to), old.row.data()});
      }
      slots[to] = std::move(old);
      member_[to] = member_[kept[to]];
      unmet_place_[to] = unmet_place_[kept[to]];
    }
    slots_ = std::move(slots);
    steps_.clear();
  }

  linkage_method method_;
  execution run_;
  packed_points<double> unmet_;  // the clusters without distances, single rows of the table, without holes
  std::vector<std::uint32_t> unmet_slot_, unmet_place_;
  aligned_buffer<double> unmet_gap_;
  std::vector<slot> slots_;
  std::vector<std::uint32_t> member_;  // by slot: a row of the cluster
  std::vector<merge_step> steps_;      // since the slots were numbered
  std::vector<std::pair<std::uint32_t, const double*>> met_;
  std::vector<aligned_buffer<double>> spare_;
};

}  // namespace tenure::inline TENURE_ABI::cluster::detail
