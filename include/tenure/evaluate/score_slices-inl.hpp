#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
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
    double positives = 0, negatives = 0;
    for (std::size_t s = 0; s < slices; ++s)
      negatives += sums_[2 * s], positives += sums_[2 * s + 1];
    require_both_classes(positives, negatives);
    rows_ = positives + negatives;
  }

  double rows() const { return rows_; }

  /// The corners of the upper convex hull; their scores are not filled in.
  std::vector<hull_point> hull() const {
    const auto coarse = coarse_hull();
    const auto open = slices_to_open(coarse);
    const auto rows = rows_of(open);
    upper_hull exact;
    std::size_t c = 1, k = 0;
    const auto push_corners_above = [&](double slice) {
      for (; c < coarse.size() && coarse[c].score < slice; ++c)
        exact.push(coarse[c]);
    };
    for (const auto& slice : open) {
      push_corners_above(slice.at);
      if (c < coarse.size() && coarse[c].score == slice.at) ++c;  // the last row of the slice is that corner
      hull_point at{slice.negative, slice.positive, 0};
      for (; k < rows.size() && rows[k].slice == slice.at; ++k) {
        (rows[k].y ? at.positive : at.negative) += rows[k].weight;
        if (k + 1 == rows.size() || rows[k + 1].score != rows[k].score) exact.push(at);
      }
    }
    push_corners_above(INFINITY);
    return exact.points;
  }

  /// The score of the row at which the weight from the top reaches `wanted`.
  double score_at(double wanted) const {
    double above = 0;
    std::uint32_t target = 0;
    for (; target + 1 < slices; ++target) {
      const double here = static_cast<double>(sums_[2 * target]) + static_cast<double>(sums_[2 * target + 1]);
      if (above + here >= wanted) break;
      above += here;
    }
    std::vector<one_row> rows;
    constexpr std::size_t step = 256;
    for (std::size_t begin = 0; begin < data_.y.size(); begin += step) {
      const std::size_t end = std::min(begin + step, data_.y.size());
      if (!holds_slice(keys_.get() + begin, end - begin, target)) continue;
      for (std::size_t i = begin; i < end; ++i)
        if (keys_[i] / 2 == target) keep(i, rows);
    }
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
  struct open_slice {
    std::uint32_t at;
    double negative, positive;  // weight of each class above the slice
  };

  void keep(std::size_t row, std::vector<one_row>& to) const {
    const double weight = data_.weight.empty() ? 1.0 : data_.weight[row];
    if (weight > 0) to.push_back({data_.score[row], weight, keys_[row] / 2, (keys_[row] & 1) != 0});
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
    keys_ = std::make_unique_for_overwrite<std::uint32_t[]>(data_.y.size());
    struct part {
      std::vector<Sum> sums;
      bool valid = true;
    };
    const auto body = [&](part& p, std::size_t from, std::size_t to) {
      p.sums.assign(2 * slices, 0);
      std::array<double, block> copy;
      std::array<std::uint8_t, block> y;
      for (std::size_t begin = from; begin < to; begin += block) {
        const std::size_t end = std::min(begin + block, to);
        p.valid = read_outcome(begin, end, y.data()) &&
                  slice_keys(scores_of(begin, end, copy.data()), y.data(), end - begin, high_, scale_, slices - 1, keys_.get() + begin);
        if (!p.valid) return;
        for (std::size_t i = begin; i < end; ++i)
          p.sums[keys_[i]] += data_.weight.empty() ? Sum{1} : static_cast<Sum>(data_.weight[i]);
      }
    };
    part all = parallel_reduce(chunking(data_.y.size(), 400000, 4), run_, part(), body, [](part& a, const part& b) {
      for (std::size_t k = 0; k < a.sums.size(); ++k)
        a.sums[k] += b.sums[k];
      a.valid = a.valid && b.valid;
    });
    if (!all.valid) check_scored(data_);  // says what is wrong, and in which row
    sums_ = std::move(all.sums);
  }

  /// The hull as if all rows of a slice had one score; `score` is the slice.
  std::vector<hull_point> coarse_hull() const {
    std::vector<hull_point> ends(slices + 1);
    std::size_t n = 1;
    hull_point at;
    for (std::size_t s = 0; s < slices; ++s) {
      at = {at.negative + sums_[2 * s], at.positive + sums_[2 * s + 1], static_cast<double>(s)};
      ends[n] = at;
      n += sums_[2 * s] != 0 || sums_[2 * s + 1] != 0;
    }
    for (int round = 0; round < 4; ++round)
      n = drop_points_under_neighbours(ends.data(), n);
    upper_hull hull;
    for (std::size_t k = 1; k < n; ++k)
      hull.push(ends[k]);
    return hull.points;
  }

  /// A slice matters inside when the corner of its box (its 1s first) lies above the hull of the slices.
  std::vector<open_slice> slices_to_open(const std::vector<hull_point>& coarse) const {
    std::vector<open_slice> found;
    double above_negative = 0, above_positive = 0;
    std::size_t segment = 0;
    for (std::size_t s = 0; s < slices; ++s) {
      const double negative = sums_[2 * s], positive = sums_[2 * s + 1];
      if (negative > 0 && positive > 0) {
        while (segment + 2 < coarse.size() && coarse[segment + 1].negative <= above_negative)
          ++segment;
        const auto &a = coarse[segment], &b = coarse[segment + 1];
        if ((b.negative - a.negative) * (above_positive + positive - a.positive) > (b.positive - a.positive) * (above_negative - a.negative))
          found.push_back({static_cast<std::uint32_t>(s), above_negative, above_positive});
      }
      above_negative += negative, above_positive += positive;
    }
    return found;
  }

  /// The rows of positive weight in the open slices, highest score first.
  std::vector<one_row> rows_of(const std::vector<open_slice>& open) const {
    std::vector<std::uint32_t> wanted(slices / 32);
    for (const auto& slice : open)
      wanted[slice.at / 32] |= 1U << (slice.at % 32);
    using rows = std::vector<one_row>;
    const auto body = [&](rows& part, std::size_t from, std::size_t to) {
      std::array<std::uint8_t, block> flag;
      for (std::size_t begin = from; begin < to; begin += block) {
        const std::size_t n = std::min(block, to - begin);
        flag_slices(keys_.get() + begin, n, wanted.data(), flag.data());
        std::fill(flag.begin() + static_cast<std::ptrdiff_t>(n), flag.end(), std::uint8_t{0});
        for (std::size_t i = 0; i < n; i += 8) {
          std::uint64_t eight;
          std::memcpy(&eight, flag.data() + i, 8);
          for (std::size_t k = i; eight != 0 && k < i + 8; ++k)
            if (flag[k] != 0) keep(begin + k, part);
        }
      }
    };
    std::vector<rows> parts(chunks_.count());
    parallel_chunks(chunks_, run_, [&](std::size_t c, std::size_t begin, std::size_t end) { body(parts[c], begin, end); });
    // by slice (a counting sort), then by score within the slice
    const auto place = std::make_unique_for_overwrite<std::uint32_t[]>(slices);
    for (const auto& slice : open)
      place[slice.at] = 0;
    for (const auto& part : parts)
      for (const auto& row : part)
        ++place[row.slice];
    std::uint32_t total = 0;
    for (const auto& slice : open) {
      const std::uint32_t here = place[slice.at];
      place[slice.at] = total;
      total += here;
    }
    rows sorted(total);
    for (const auto& part : parts)
      for (const auto& row : part)
        sorted[place[row.slice]++] = row;
    std::size_t begin = 0;
    for (const auto& slice : open) {
      const std::size_t end = place[slice.at];
      std::sort(sorted.begin() + static_cast<std::ptrdiff_t>(begin), sorted.begin() + static_cast<std::ptrdiff_t>(end), one_row::higher);
      begin = end;
    }
    return sorted;
  }

  const scored& data_;
  chunking chunks_;
  const execution& run_;
  double high_ = 0, scale_ = 0, rows_ = 0;
  std::unique_ptr<std::uint32_t[]> keys_;
  std::vector<Sum> sums_;
};

}  // namespace tenure::inline TENURE_ABI::evaluate::detail
