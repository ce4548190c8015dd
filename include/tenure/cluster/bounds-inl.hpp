#pragma once

#include <limits>
#include <span>

#include "tenure/cluster/centres-inl.hpp"

// Internal: distance bounds that spare most of a k-means pass. Every row keeps an upper bound of the distance to its own centre and, for each
// group of centres, a lower bound of the distance to the others in it (one group: Hamerly 2010; many: yinyang k-means, Ding et al. 2015). A
// group whose lower bound lies above the upper bound cannot hold the nearest centre. Bounds leave room for rounding, so that the labels are
// those of a full pass, bit for bit.

namespace tenure::inline TENURE_ABI::cluster::detail {

// A full pass is so quick that bounds pay only where there is much to skip: from this many centres, and numbers in them, on.
inline constexpr std::size_t yinyang_from = 64, yinyang_work = 20'000, yinyang_group = 8;

/// Centres in groups of neighbours: a few plain Lloyd passes over the centres themselves.
inline std::vector<std::vector<std::size_t>> group_centres(const matrix& centres, std::size_t count) {
  const std::size_t k = centres.rows(), d = centres.cols();
  matrix middle(count, d);
  for (std::size_t g = 0; g < count; ++g)
    std::copy_n(centres.row(g * k / count), d, middle.row(g));
  std::vector<std::vector<std::size_t>> groups;
  for (int pass = 0; pass < 5; ++pass) {
    groups.assign(count, {});
    for (std::size_t c = 0; c < k; ++c) {
      std::size_t best = 0;
      double least = std::numeric_limits<double>::infinity();
      for (std::size_t g = 0; g < count; ++g) {
        double gap = 0;
        for (std::size_t j = 0; j < d; ++j)
          gap += (centres(c, j) - middle(g, j)) * (centres(c, j) - middle(g, j));
        if (gap < least) {
          least = gap;
          best = g;
        }
      }
      groups[best].push_back(c);
    }
    for (std::size_t g = 0; g < count; ++g) {
      if (groups[g].empty()) continue;
      std::fill_n(middle.row(g), d, 0.0);
      for (const std::size_t c : groups[g])
        for (std::size_t j = 0; j < d; ++j)
          middle(g, j) += centres(c, j) / static_cast<double>(groups[g].size());
    }
  }
  std::erase_if(groups, [](const auto& g) { return g.empty(); });
  return groups;
}

template <class T>
class distance_bounds {
 public:
  distance_bounds(const packed_points<T>& points, const matrix& start, std::size_t groups, const execution& run)
      : points_(points),
        groups_(group_centres(start, groups)),
        group_of_(start.rows()),
        upper_(points.rows()),
        norms_(points.rows()),
        lower_(points.rows() * groups_.size()),
        drift_(start.rows()) {
    for (std::size_t g = 0; g < groups_.size(); ++g)
      for (const std::size_t c : groups_[g])
        group_of_[c] = g;
    largest_point_ = parallel_reduce(
        chunking(points.rows()), run, T(0),
        [&](T& largest, std::size_t begin, std::size_t end) {
          for (std::size_t i = begin; i < end; ++i) {
            T sum = 0;
            for (std::size_t j = 0; j < points_.cols(); ++j)
              sum += points_.at(i, j) * points_.at(i, j);
            norms_[i] = sum;
            largest = std::max(largest, sum);
          }
        },
        [](T& a, T b) { a = std::max(a, b); });
  }

  /// Call before a pass: the centres of the pass.
  void begin_pass(const matrix& centres) {
    largest_centre_ = 0;
    for (std::size_t c = 0; c < centres.rows(); ++c) {
      double sum = 0;
      for (std::size_t j = 0; j < centres.cols(); ++j)
        sum += centres(c, j) * centres(c, j);
      largest_centre_ = std::max(largest_centre_, static_cast<T>(sum));
    }
    if (passes_++ > 0) {
      const T rounding = 8 * epsilon * std::sqrt(largest_point_ + largest_centre_);
      for (std::size_t c = 0; c < centres.rows(); ++c) {
        double sum = 0;
        for (std::size_t j = 0; j < centres.cols(); ++j)
          sum += (centres(c, j) - before_(c, j)) * (centres(c, j) - before_(c, j));
        drift_[c] = static_cast<T>(std::sqrt(sum)) + rounding;
      }
    }
    before_ = centres;
    own_ = std::make_unique<centre_table<T>>(centres);
    members_.clear();
    group_drift_.assign(groups_.size(), T(0));
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      members_.emplace_back(groups_[g].size(), centres.cols());
      for (std::size_t m = 0; m < groups_[g].size(); ++m) {
        members_[g].set(m, centres.row(groups_[g][m]));
        group_drift_[g] = std::max(group_drift_[g], drift_[groups_[g][m]]);
      }
    }
  }

  /// The nearest centre of the rows [begin, end) (at most block_rows of them): `labels` holds the last pass's for these rows, `out` gets the
  /// new ones. Different ranges may be worked on at the same time.
  void nearest(std::size_t begin, std::size_t end, const std::int32_t* labels, std::int32_t* out) {
    const std::size_t count = end - begin;
    std::vector<open_row> open;
    std::copy_n(labels, count, out);
    T floor[block_rows];
    std::fill_n(floor, count, std::numeric_limits<T>::infinity());
    for (std::size_t g = 0; passes_ > 1 && g < groups_.size(); ++g) {
      T* lower = lower_.data() + g * points_.rows() + begin;
      const T drift = group_drift_[g];
      for (std::size_t i = 0; i < count; ++i) {
        lower[i] -= drift;
        floor[i] = std::min(floor[i], lower[i]);
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (passes_ > 1) {
        T& upper = upper_[begin + i];
        const auto own = static_cast<std::size_t>(labels[i]);
        upper += drift_[own];
        if (upper < floor[i]) continue;
        upper = above(static_cast<T>(points_.squared_distance(begin + i, own_->row(own))), begin + i);
        if (upper < floor[i]) continue;
      }
      open.push_back({begin + i, passes_ > 1 ? group_of_[static_cast<std::size_t>(labels[i])] : 0});
    }
    if (open.empty()) return;
    settle(open);
    for (const open_row& o : open)
      out[o.row - begin] = o.label;
  }

  static constexpr std::size_t block_rows = 32 * lanes<T>;

 private:
  static constexpr std::size_t batch = 8 * lanes<T>;
  static constexpr T epsilon = std::numeric_limits<T>::epsilon();

  /// A row whose nearest centre is in doubt.
  struct open_row {
    std::size_t row, own_group;
    T best = std::numeric_limits<T>::infinity(), runner_up = best;
    std::int32_t label = std::numeric_limits<std::int32_t>::max();
  };

  /// Scans, for the rows in doubt, their own group and every group that may hold a nearer centre.
  void settle(std::vector<open_row>& open) {
    aligned_buffer<T> tiles(batch * points_.cols());
    std::fill_n(tiles.data(), batch * points_.cols(), T(0));
    std::vector<open_row*> wanted;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const T* lower = lower_.data() + g * points_.rows();
      wanted.clear();
      for (open_row& o : open)
        if (passes_ == 1 || o.own_group == g || !(upper_[o.row] < lower[o.row])) wanted.push_back(&o);
      for (std::size_t w = 0; w < wanted.size(); w += batch)
        scan(g, {wanted.data() + w, std::min(batch, wanted.size() - w)}, tiles.data());
    }
    for (const open_row& o : open) {
      upper_[o.row] = above(from_score(o.best, o.row), o.row);
      lower_[group_of_[static_cast<std::size_t>(o.label)] * points_.rows() + o.row] = below(from_score(o.runner_up, o.row), o.row);
    }
  }

  void scan(std::size_t g, std::span<open_row* const> rows, T* tiles) {
    const std::size_t d = points_.cols();
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const T* from = points_.tile(rows[r]->row / lanes<T>) + rows[r]->row % lanes<T>;
      T* to = tiles + r / lanes<T> * d * lanes<T> + r % lanes<T>;
      for (std::size_t j = 0; j < d; ++j)
        to[j * lanes<T>] = from[j * lanes<T>];
    }
    alignas(64) T best[batch], second[batch];
    std::int32_t near[batch];
    const centre_table<T>& members = members_[g];
    kernels<T>().nearest_two(tiles, rounded_up(rows.size(), lanes<T>) / lanes<T>, d, members.values(), members.half_norms(), members.padded(), best, near,
                             second);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      open_row& o = *rows[r];
      lower_[g * points_.rows() + o.row] = below(from_score(best[r], o.row), o.row);
      const auto label = static_cast<std::int32_t>(groups_[g][static_cast<std::size_t>(near[r])]);
      if (best[r] < o.best || (best[r] == o.best && label < o.label)) {
        o.best = best[r];
        o.label = label;
        o.runner_up = second[r];
      }
    }
  }

  /// Bounds of a distance from its square as computed, wide enough for the rounding of |c|^2 / 2 - x c.
  T slack(std::size_t row) const { return static_cast<T>(8 * (points_.cols() + 8)) * epsilon * (norms_[row] + largest_centre_); }
  T from_score(T score, std::size_t row) const { return norms_[row] + 2 * score; }
  T above(T squared, std::size_t row) const { return std::sqrt(std::max(T(0), squared + slack(row))); }
  T below(T squared, std::size_t row) const { return std::sqrt(std::max(T(0), squared - slack(row))); }

  const packed_points<T>& points_;
  std::vector<std::vector<std::size_t>> groups_;
  std::vector<std::size_t> group_of_;
  std::vector<T> upper_, norms_, lower_, drift_, group_drift_;
  std::vector<centre_table<T>> members_;
  std::unique_ptr<centre_table<T>> own_;
  matrix before_;
  T largest_point_ = 0, largest_centre_ = 0;
  std::int64_t passes_ = 0;
};

}  // namespace tenure::inline TENURE_ABI::cluster::detail
