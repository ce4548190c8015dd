#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <type_traits>
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
    hull_point all;
    for (const auto& range : ranges_)
      all.negative += range.negative, all.positive += range.positive;
    require_both_classes(all.positive, all.negative);
    rows_ = all.positive + all.negative;
  }

  double rows() const { return rows_; }

  /// The corners of the upper convex hull; their scores are not filled in.
  std::vector<hull_point> hull() const {
    const auto coarse = coarse_hull();
    upper_hull exact;
    std::size_t c = 1;
    const auto push_corners_above = [&](double slice) {
      for (; c < coarse.size() && coarse[c].score < slice; ++c)
        exact.push(coarse[c]);
    };
    for (const auto& corner : corners_inside(slices_to_open(coarse))) {
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
    std::size_t range = 0;
    for (; range + 1 < ranges_.size(); ++range) {
      const double here = ranges_[range].negative + ranges_[range].positive;
      if (above + here >= wanted) break;
      above += here;
    }
    std::size_t target = partition_.begin(range);
    for (; target + 1 < slices; ++target) {
      const double here = static_cast<double>(sums_[2 * target]) + static_cast<double>(sums_[2 * target + 1]);
      if (above + here >= wanted) break;
      above += here;
    }
    const auto body = [&](row_list& part, std::size_t from, std::size_t to) {
      constexpr std::size_t step = 256;
      for (std::size_t begin = from; begin < to; begin += step) {
        const std::size_t end = std::min(begin + step, to);
        if (!holds_slice(slice_.get() + begin, end - begin, static_cast<std::uint16_t>(target))) continue;
        for (std::size_t i = begin; i < end; ++i)
          if (slice_[i] == target) keep(i, part);
      }
    };
    auto rows = parallel_reduce(chunks_, run_, row_list(), body, [](row_list& a, const row_list& b) { a.insert(a.end(), b.begin(), b.end()); });
    std::sort(rows.begin(), rows.end(), one_row::higher);
    for (const auto& row : rows)
      if ((above += row.weight) >= wanted) return row.score;
    return rows.back().score;
  }

 private:
  static constexpr std::size_t slices = 65536;
  static constexpr std::size_t block = 4096;

  struct one_row {
    double score, weight;
    std::uint32_t slice;
    bool y;

    static bool higher(const one_row& a, const one_row& b) { return a.score > b.score; }
  };
  using row_list = std::vector<one_row>;
  struct open_slice {
    std::uint32_t at;
    double negative, positive;  // weight of each class above the slice
  };

  /// Many slices next to each other: weights of each class, and the hull of their ends as seen from their start.
  struct slice_range {
    double negative = 0, positive = 0;
    std::vector<hull_point> corners;
  };

  void keep(std::size_t row, row_list& to) const {
    const double weight = data_.weight.empty() ? 1.0 : data_.weight[row];
    if (weight > 0) to.push_back({data_.score[row], weight, slice_[row], data_.y[row] != 0});
  }

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
        if constexpr (std::is_same_v<Sum, double>)
          for (std::size_t i = 0; i < end - begin; ++i)
            into[key[i]] += data_.weight[begin + i];
        else
          for (std::size_t i = 0; i < end - begin; ++i)
            ++into[key[i]];
      }
    });
    if (std::find(valid.begin(), valid.end(), false) != valid.end()) check_scored(data_);  // says what is wrong, and in which row
    sums_ = std::move(sums[0]);
    ranges_.resize(partition_.count());
    parallel_chunks(partition_, run_, [&](std::size_t r, std::size_t from, std::size_t to) {
      for (std::size_t c = 1; c < sums.size(); ++c)
        for (std::size_t k = 2 * from; k < 2 * to; ++k)
          sums_[k] += sums[c][k];
      ranges_[r] = summary(from, to);
    });
  }

  slice_range summary(std::size_t from, std::size_t to) const {
    std::vector<hull_point> ends(to - from + 1);
    std::size_t n = 1;
    hull_point at;
    for (std::size_t s = from; s < to; ++s) {
      at = {at.negative + sums_[2 * s], at.positive + sums_[2 * s + 1], static_cast<double>(s)};
      ends[n] = at;
      n += sums_[2 * s] != 0 || sums_[2 * s + 1] != 0;
    }
    for (int round = 0; round < 4; ++round)
      n = drop_points_under_neighbours(ends.data(), n);
    upper_hull hull;
    for (std::size_t k = 1; k < n; ++k)
      hull.push(ends[k]);
    return {at.negative, at.positive, std::move(hull.points)};
  }

  /// The hull as if all rows of a slice had one score; `score` is the slice.
  std::vector<hull_point> coarse_hull() const {
    upper_hull hull;
    double negative = 0, positive = 0;
    for (const auto& range : ranges_) {
      for (std::size_t k = 1; k < range.corners.size(); ++k)
        hull.push({negative + range.corners[k].negative, positive + range.corners[k].positive, range.corners[k].score});
      negative += range.negative, positive += range.positive;
    }
    return hull.points;
  }

  /// A slice matters inside when the corner of its box (its 1s first) lies above the hull of the slices.
  std::vector<open_slice> slices_to_open(const std::vector<hull_point>& coarse) const {
    std::vector<std::vector<open_slice>> found(ranges_.size());
    parallel_chunks(partition_, run_, [&](std::size_t r, std::size_t from, std::size_t to) {
      double above_negative = 0, above_positive = 0;
      for (std::size_t before = 0; before < r; ++before)
        above_negative += ranges_[before].negative, above_positive += ranges_[before].positive;
      std::size_t segment = 0;
      for (std::size_t s = from; s < to; ++s) {
        const double negative = sums_[2 * s], positive = sums_[2 * s + 1];
        if (negative > 0 && positive > 0) {
          while (segment + 2 < coarse.size() && coarse[segment + 1].negative <= above_negative)
            ++segment;
          const auto &a = coarse[segment], &b = coarse[segment + 1];
          if ((b.negative - a.negative) * (above_positive + positive - a.positive) > (b.positive - a.positive) * (above_negative - a.negative))
            found[r].push_back({static_cast<std::uint32_t>(s), above_negative, above_positive});
        }
        above_negative += negative, above_positive += positive;
      }
    });
    std::vector<open_slice> all;
    for (const auto& part : found)
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }

  /// The rows of positive weight in the open slices, slice after slice in the order of the table; first[k] is where those of the k-th begin.
  row_list rows_of(const std::vector<open_slice>& open, std::vector<std::size_t>& first) const {
    std::vector<std::uint8_t> wanted(slices);
    for (const auto& slice : open)
      wanted[slice.at] = 1;
    std::vector<row_list> parts(chunks_.count());
    parallel_chunks(chunks_, run_, [&](std::size_t c, std::size_t from, std::size_t to) {
      std::array<std::uint32_t, block> hit;
      for (std::size_t begin = from; begin < to; begin += block) {
        const std::size_t n = std::min(block, to - begin);
        std::size_t hits = 0;
        for (std::size_t i = 0; i < n; ++i) {
          hit[hits] = static_cast<std::uint32_t>(i);
          hits += wanted[slice_[begin + i]];
        }
        for (std::size_t k = 0; k < hits; ++k)
          keep(begin + hit[k], parts[c]);
      }
    });
    const auto number = std::make_unique_for_overwrite<std::uint32_t[]>(slices);
    for (std::size_t k = 0; k < open.size(); ++k)
      number[open[k].at] = static_cast<std::uint32_t>(k);
    first.assign(open.size() + 2, 0);
    for (const auto& part : parts)
      for (const auto& row : part)
        ++first[number[row.slice] + 2];
    for (std::size_t k = 2; k < first.size(); ++k)
      first[k] += first[k - 1];
    row_list grouped(first.back());
    for (const auto& part : parts)
      for (const auto& row : part)
        grouped[first[number[row.slice] + 1]++] = row;
    return grouped;
  }

  /// Within every open slice the corners of the hull of its own rows; `score` is the slice.
  std::vector<hull_point> corners_inside(const std::vector<open_slice>& open) const {
    std::vector<std::size_t> first;
    row_list rows = rows_of(open, first);
    const auto body = [&](std::vector<hull_point>& corners, std::size_t from, std::size_t to) {
      for (std::size_t k = from; k < to; ++k) {
        const auto slice = static_cast<double>(open[k].at);
        std::sort(rows.begin() + static_cast<std::ptrdiff_t>(first[k]), rows.begin() + static_cast<std::ptrdiff_t>(first[k + 1]), one_row::higher);
        upper_hull hull;
        hull.points[0] = {open[k].negative, open[k].positive, slice};
        hull_point at = hull.points[0];
        for (std::size_t i = first[k]; i < first[k + 1]; ++i) {
          (rows[i].y ? at.positive : at.negative) += rows[i].weight;
          if (i + 1 == first[k + 1] || rows[i + 1].score != rows[i].score) hull.push(at);
        }
        corners.insert(corners.end(), hull.points.begin() + 1, hull.points.end());
      }
    };
    return parallel_reduce(chunking(open.size(), 32, 16), run_, std::vector<hull_point>(), body,
                           [](std::vector<hull_point>& a, const std::vector<hull_point>& b) { a.insert(a.end(), b.begin(), b.end()); });
  }

  const scored& data_;
  chunking chunks_;
  const execution& run_;
  double high_ = 0, scale_ = 0, rows_ = 0;
  std::unique_ptr<std::uint16_t[]> slice_;
  std::vector<Sum> sums_;  // of both classes, slice by slice
  chunking partition_{slices, 8192, 8};
  std::vector<slice_range> ranges_;
};

}  // namespace tenure::inline TENURE_ABI::evaluate::detail
