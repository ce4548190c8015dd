#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/evaluate/hull-inl.hpp"
#include "tenure/evaluate/kernels.hpp"
#include "tenure/evaluate/ranking-inl.hpp"

namespace tenure::inline TENURE_ABI::evaluate::detail {

/// Weights of each class in equal slices of the score range (0 is the highest): enough to know where the hull can have corners. The range is
/// that of a sample; rows outside it belong to the outermost slices. `Sum` is std::uint32_t where rows are counted, double where weighted.
template <class Sum>
class score_slices {
 public:
  score_slices(const scored& data, const execution& run) : data_(data), chunks_(data.y.size(), 1 << 16, 16), run_(run) {
    if (!data_.weight.empty()) check_scored(data_);
    choose_range();
    count();
    double positives = 0, negatives = 0;
    for (const auto& group : groups_)
      negatives += group.negative, positives += group.positive;
    require_both_classes(positives, negatives);
    rows_ = positives + negatives;
  }

  double rows() const { return rows_; }

  /// The corners of the upper convex hull; their scores are not filled in. None when a quarter of the weight lies in slices that must be put in
  /// order (few distinct scores, or some far from all others): then sorting all rows is faster.
  std::vector<hull_point> hull() const {
    std::vector<open_slice> open;
    const auto coarse = coarse_hull(open);
    double inside = 0;
    for (const auto& slice : open)
      inside += slice.here.negative + slice.here.positive;
    if (inside > rows_ / 4) return {};
    upper_hull exact;
    std::size_t c = 1;
    const auto push_corners_above = [&](double slice) {
      for (; c < coarse.size() && coarse[c].score < slice; ++c)
        exact.push(coarse[c]);
    };
    for (const auto& corner : corners_inside(open)) {
      push_corners_above(corner.score);
      if (c < coarse.size() && coarse[c].score == corner.score) ++c;  // the last row of the slice is that corner
      exact.push(corner);
    }
    push_corners_above(INFINITY);
    return exact.points;
  }

  /// The score of the row at which the weight from the top reaches `wanted`.
  double score_at(double wanted) const {
    double above = 0;
    std::size_t group = 0;
    for (; group + 1 < groups_.size(); ++group) {
      const double here = groups_[group].negative + groups_[group].positive;
      if (above + here >= wanted) break;
      above += here;
    }
    std::size_t target = group * group_size;
    for (; target + 1 < slices; ++target) {
      const double here = static_cast<double>(sums_[2 * target]) + static_cast<double>(sums_[2 * target + 1]);
      if (above + here >= wanted) break;
      above += here;
    }
    std::vector<std::pair<double, double>> rows;  // score and weight
    constexpr std::size_t step = 256;
    for (std::size_t begin = 0; begin < data_.y.size(); begin += step) {
      const std::size_t end = std::min(begin + step, data_.y.size());
      if (!holds_slice(slice_.get() + begin, end - begin, static_cast<std::uint16_t>(target))) continue;
      for (std::size_t i = begin; i < end; ++i)
        if (slice_[i] == target && weight_of(i) > 0) rows.emplace_back(data_.score[i], weight_of(i));
    }
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [score, weight] : rows)
      if ((above += weight) >= wanted) return score;
    return rows.back().first;
  }

 private:
  static constexpr std::size_t slices = 65536;
  static constexpr std::size_t group_size = 16;  // slices
  static constexpr std::size_t block = 4096;

  struct class_weights {
    double negative = 0, positive = 0;
  };
  /// Weights of each class in a slice and above it.
  struct open_slice {
    std::uint32_t at;
    class_weights above, here;
  };
  /// Rows of the open slices: where they belong, their score, and their weight, less than zero for the class 0.
  struct row_list {
    std::vector<std::uint32_t> slice;
    std::vector<double> score, weight;
  };

  double weight_of(std::size_t row) const { return data_.weight.empty() ? 1.0 : data_.weight[row]; }

  void choose_range() {
    const std::size_t step = std::max<std::size_t>(1, data_.score.size() / 4096);
    double low = INFINITY;
    high_ = -INFINITY;
    for (std::size_t i = 0; i < data_.score.size(); i += step) {
      const double s = data_.score[i];
      high_ = s > high_ ? s : high_, low = s < low ? s : low;
    }
    scale_ = high_ > low ? (slices - 1) / (high_ - low) : 0;
    if (!std::isfinite(scale_)) scale_ = 0;  // a range that over- or underflows: one slice
  }

  /// Scores [begin, end) as an array, where they lie if possible.
  const double* scores_of(std::size_t begin, std::size_t end, double* copy) const {
    return data_.score.visit([&]<class T>(const column_view<T>& score) -> const double* {
      if constexpr (std::is_same_v<T, double>)
        if (score.contiguous()) return score.data() + begin;
      for (std::size_t i = begin; i < end; ++i)
        copy[i - begin] = static_cast<double>(score[i]);
      return copy;
    });
  }

  /// Outcomes [begin, end) as bytes; whether every value is 0 or 1.
  bool read_outcome(std::size_t begin, std::size_t end, std::uint8_t* out) const {
    return data_.y.visit([&]<class T>(const column_view<T>& y) {
      if constexpr (std::is_same_v<T, std::int64_t>)
        if (y.contiguous()) return outcome_bytes(y.data() + begin, end - begin, out);
      bool known = true;
      for (std::size_t i = begin; i < end; ++i) {
        known &= y[i] == 0 || y[i] == 1;
        out[i - begin] = y[i] != 0;
      }
      return known;
    });
  }

  static void prefetch([[maybe_unused]] const numeric_column& column, [[maybe_unused]] std::size_t row) {
#ifdef __GNUC__
    column.visit([&](const auto& c) { __builtin_prefetch(c.data() + static_cast<std::ptrdiff_t>(row) * c.stride()); });
#endif
  }

  void count() {
    slice_ = std::make_unique_for_overwrite<std::uint16_t[]>(data_.y.size());
    const chunking parts(data_.y.size(), 400000, 4);
    std::vector<std::vector<Sum>> sums(parts.count());
    std::vector<char> valid(parts.count(), true);
    parallel_chunks(parts, run_, [&](std::size_t c, std::size_t from, std::size_t to) {
      sums[c].assign(2 * slices, 0);
      Sum* into = sums[c].data();
      std::array<double, block> copy;
      std::array<std::uint8_t, block> y;
      std::array<std::uint32_t, block> key;
      for (std::size_t begin = from; begin < to; begin += block) {
        const std::size_t end = std::min(begin + block, to);
        valid[c] = read_outcome(begin, end, y.data()) &&
                   slice_keys(scores_of(begin, end, copy.data()), y.data(), end - begin, high_, scale_, slices - 1, slice_.get() + begin, key.data());
        if (!valid[c]) return;
        for (std::size_t i = 0; i < end - begin; i += 8) {
          if (end + i < to) prefetch(data_.score, end + i), prefetch(data_.y, end + i);  // of the next block
          for (std::size_t k = i; k < std::min(i + 8, end - begin); ++k)
            into[key[k]] += data_.weight.empty() ? Sum{1} : static_cast<Sum>(data_.weight[begin + k]);
        }
      }
    });
    if (std::find(valid.begin(), valid.end(), false) != valid.end()) check_scored(data_);  // says what is wrong, and in which row
    sums_ = std::move(sums[0]);
    for (std::size_t c = 1; c < sums.size(); ++c)
      for (std::size_t k = 0; k < 2 * slices; ++k)
        sums_[k] += sums[c][k];
    groups_.resize(slices / group_size);
    for (std::size_t g = 0; g < groups_.size(); ++g)
      for (std::size_t s = g * group_size; s < (g + 1) * group_size; ++s)
        groups_[g].negative += sums_[2 * s], groups_[g].positive += sums_[2 * s + 1];
  }

  /// Whether the point lies above the line from a to b.
  static bool above_line(const hull_point& a, const hull_point& b, double negative, double positive) {
    return (b.negative - a.negative) * (positive - a.positive) > (b.positive - a.positive) * (negative - a.negative);
  }

  /// The slices whose box has its corner (their 1s first) above the hull of the ends of groups; no other can touch the hull.
  std::vector<open_slice> candidates(const std::vector<hull_point>& rough) const {
    std::vector<open_slice> found;
    std::array<open_slice, group_size + 1> of_group;
    std::size_t segment = 0;
    class_weights above;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      while (segment + 2 < rough.size() && rough[segment + 1].score < static_cast<double>(g * group_size))
        ++segment;
      const hull_point a = rough[segment], b = rough[segment + 1];
      class_weights from = above;
      std::size_t n = 0;
      for (std::size_t s = g * group_size; s < (g + 1) * group_size; ++s) {
        const class_weights here{static_cast<double>(sums_[2 * s]), static_cast<double>(sums_[2 * s + 1])};
        of_group[n] = {static_cast<std::uint32_t>(s), from, here};
        n += above_line(a, b, from.negative, from.positive + here.positive);
        from.negative += here.negative, from.positive += here.positive;
      }
      found.insert(found.end(), of_group.begin(), of_group.begin() + static_cast<std::ptrdiff_t>(n));
      above.negative += groups_[g].negative, above.positive += groups_[g].positive;
    }
    return found;
  }

  /// The hull as if all rows of a slice had one score, and the slices inside which it may be higher. `score` is the slice.
  std::vector<hull_point> coarse_hull(std::vector<open_slice>& open) const {
    upper_hull rough;
    hull_point at;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      at = {at.negative + groups_[g].negative, at.positive + groups_[g].positive, static_cast<double>((g + 1) * group_size - 1)};
      if (groups_[g].negative > 0 || groups_[g].positive > 0) rough.push(at);
    }
    const auto& corners = rough.points;
    const auto near = candidates(corners);
    upper_hull hull;
    std::size_t c = 1;
    const auto push_corners_above = [&](double slice) {
      for (; c < corners.size() && corners[c].score < slice; ++c)
        hull.push(corners[c]);
    };
    for (const auto& s : near) {
      push_corners_above(s.at);
      if (c < corners.size() && corners[c].score == s.at) ++c;
      hull.push({s.above.negative + s.here.negative, s.above.positive + s.here.positive, static_cast<double>(s.at)});
    }
    push_corners_above(INFINITY);
    std::size_t segment = 0;
    for (const auto& s : near) {
      if (s.here.negative == 0 || s.here.positive == 0) continue;
      while (segment + 2 < hull.points.size() && hull.points[segment + 1].negative <= s.above.negative)
        ++segment;
      if (above_line(hull.points[segment], hull.points[segment + 1], s.above.negative, s.above.positive + s.here.positive)) open.push_back(s);
    }
    return hull.points;
  }

  /// The rows of positive weight in the open slices.
  std::vector<row_list> rows_of(const std::vector<open_slice>& open) const {
    std::vector<std::uint32_t> wanted(slices / 32);
    for (const auto& slice : open)
      wanted[slice.at / 32] |= 1U << (slice.at % 32);
    std::vector<row_list> parts(chunks_.count());
    parallel_chunks(chunks_, run_, [&](std::size_t c, std::size_t from, std::size_t to) {
      std::array<std::uint32_t, block> hit;
      for (std::size_t begin = from; begin < to; begin += block) {
        const std::size_t n = std::min(block, to - begin);
        const std::uint16_t* slice = slice_.get() + begin;
        std::size_t hits = 0;
        for (std::size_t i = 0; i < n; ++i) {
          hit[hits] = static_cast<std::uint32_t>(i);
          hits += wanted[slice[i] >> 5] >> (slice[i] & 31) & 1;
        }
        for (std::size_t k = 0; k < hits; ++k) {
          const std::size_t row = begin + hit[k];
          const double weight = weight_of(row);
          if (!(weight > 0)) continue;
          parts[c].slice.push_back(slice_[row]);
          parts[c].score.push_back(data_.score[row]);
          parts[c].weight.push_back(data_.y[row] != 0 ? weight : -weight);
        }
      }
    });
    return parts;
  }

  /// Within every open slice the corners of the hull of its own rows; `score` is the slice.
  std::vector<hull_point> corners_inside(const std::vector<open_slice>& open) const {
    const auto parts = rows_of(open);
    const auto number = std::make_unique_for_overwrite<std::uint32_t[]>(slices);
    for (std::size_t k = 0; k < open.size(); ++k)
      number[open[k].at] = static_cast<std::uint32_t>(k);
    std::vector<std::size_t> first(open.size() + 2);  // where the rows of a slice begin once they are put in order
    for (const auto& part : parts)
      for (const std::uint32_t slice : part.slice)
        ++first[number[slice] + 2];
    for (std::size_t k = 2; k < first.size(); ++k)
      first[k] += first[k - 1];
    std::vector<double> score(first.back()), weight(first.back());
    for (const auto& part : parts)
      for (std::size_t i = 0; i < part.slice.size(); ++i) {
        const std::size_t place = first[number[part.slice[i]] + 1]++;
        score[place] = part.score[i], weight[place] = part.weight[i];
      }
    const auto body = [&](std::vector<hull_point>& corners, std::size_t from, std::size_t to) {
      std::vector<std::uint32_t> rank;
      std::vector<std::pair<double, double>> row;
      for (std::size_t k = from; k < to; ++k) {
        const std::size_t begin = first[k], n = first[k + 1] - begin;
        row.resize(n), rank.resize(n);
        if (n <= 64) {
          rank_downwards(&score[begin], n, rank.data());
          for (std::size_t i = 0; i < n; ++i)
            row[rank[i]] = {score[begin + i], weight[begin + i]};
        } else {
          for (std::size_t i = 0; i < n; ++i)
            row[i] = {score[begin + i], weight[begin + i]};
          std::stable_sort(row.begin(), row.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
        }
        upper_hull hull;
        hull_point at{open[k].above.negative, open[k].above.positive, static_cast<double>(open[k].at)};
        hull.points[0] = at;
        for (std::size_t i = 0; i < n; ++i) {
          (row[i].second > 0 ? at.positive : at.negative) += std::abs(row[i].second);
          if (i + 1 == n || row[i + 1].first != row[i].first) hull.push(at);
        }
        corners.insert(corners.end(), hull.points.begin() + 1, hull.points.end());
      }
    };
    return parallel_reduce(chunking(open.size(), 64, 8), run_, std::vector<hull_point>(), body,
                           [](std::vector<hull_point>& a, const std::vector<hull_point>& b) { a.insert(a.end(), b.begin(), b.end()); });
  }

  const scored& data_;
  chunking chunks_;
  const execution& run_;
  double high_ = 0, scale_ = 0, rows_ = 0;
  std::unique_ptr<std::uint16_t[]> slice_;
  std::vector<Sum> sums_;  // of both classes, slice by slice
  std::vector<class_weights> groups_;
};

}  // namespace tenure::inline TENURE_ABI::evaluate::detail
