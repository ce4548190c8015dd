#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "tenure/numeric/sort.hpp"

namespace tenure::inline TENURE_ABI::stats::detail {

/// A column as ranks 0, 1, ... of its distinct values, with the order that sorts it. Missing values get `absent` and are not in `order`.
struct dense_ranks {
  static constexpr std::uint32_t absent = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> rank, order;
  bool ties = false;

  static dense_ranks of(numeric_column x) {
    dense_ranks r;
    r.order = numeric::sort_order(x);
    r.rank.assign(x.size(), absent);
    std::uint32_t next = 0;
    double last = std::numeric_limits<double>::quiet_NaN();
    x.visit([&](auto values) {
      for (std::size_t k = 0; k < r.order.size(); ++k) {
        const auto v = static_cast<double>(values[r.order[k]]);
        if (std::isnan(v)) {
          r.order.resize(k);
          break;
        }
        if (k > 0 && v != last)
          ++next;
        else
          r.ties |= k > 0;
        last = v;
        r.rank[r.order[k]] = next;
      }
    });
    return r;
  }
};

/// Pairs and ties behind Kendall's tau over n rows: all that estimate and test need.
struct kendall_counts {
  double n = 0, score = 0;                                      // concordant minus discordant pairs
  double ties_x = 0, ties_y = 0;                                // pairs tied in x, in y
  double cubic_x = 0, cubic_y = 0, triple_x = 0, triple_y = 0;  // sums of t(t-1)(2t+5) and t(t-1)(t-2)

  double tau_b() const {
    const double pairs = n * (n - 1) / 2, a = pairs - ties_x, b = pairs - ties_y;
    return a > 0 && b > 0 ? std::clamp(score / std::sqrt(a) / std::sqrt(b), -1.0, 1.0) : std::numeric_limits<double>::quiet_NaN();
  }
  /// Variance of the score under independence, with ties (Kendall 1970, equation 5.3).
  double variance() const {
    double v = (n * (n - 1) * (2 * n + 5) - cubic_x - cubic_y) / 18 + 4 * ties_x * ties_y / (2 * n * (n - 1));
    if (n > 2) v += triple_x * triple_y / (9 * n * (n - 1) * (n - 2));
    return v;
  }
};

/// Merges two sorted runs of `width` into `out` from both ends at once, which keeps two chains of comparisons going and needs no bounds: each
/// end emits `width` values. Returns the pairs (left, right) with left > right.
inline std::uint64_t merge_equal_runs(const std::uint32_t* runs, std::size_t width, std::uint32_t* out) {
  const std::uint32_t *left = runs, *right = runs + width, *const left_end = right;
  const std::uint32_t *last_left = left_end, *last_right = right + width;  // one behind
  std::uint32_t* last_out = out + 2 * width;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < width; ++i) {
    const bool take = *right < *left;
    *out++ = take ? *right : *left;
    count += take ? static_cast<std::uint64_t>(left_end - left) : 0;
    right += take;
    left += !take;
    const bool keep = last_left[-1] > last_right[-1];
    *--last_out = keep ? last_left[-1] : last_right[-1];
    count += keep ? 0 : static_cast<std::uint64_t>(left_end - last_left);
    last_left -= keep;
    last_right -= !keep;
  }
  return count;
}

/// The same for a last pair of runs of unequal lengths.
inline std::uint64_t merge_runs(const std::uint32_t* left, const std::uint32_t* left_end, const std::uint32_t* right_end, std::uint32_t* out) {
  const std::uint32_t* right = left_end;
  std::uint64_t count = 0;
  while (left != left_end && right != right_end) {
    const bool take = *right < *left;
    *out++ = take ? *right++ : *left++;
    if (take) count += static_cast<std::uint64_t>(left_end - left);
  }
  std::copy(right, right_end, std::copy(left, left_end, out));
  return count;
}

/// Pairs (i < j) with a[i] > a[j]; sorts `a`. Bottom-up merging from insertion-sorted runs.
inline std::uint64_t count_inversions(std::vector<std::uint32_t>& a) {
  constexpr std::size_t run = 16;
  const std::size_t n = a.size();
  std::uint64_t count = 0;
  for (std::size_t begin = 0; begin < n; begin += run) {
    const std::size_t end = std::min(begin + run, n);
    for (std::size_t i = begin + 1; i < end; ++i) {
      const std::uint32_t v = a[i];
      std::size_t j = i;
      for (; j > begin && a[j - 1] > v; --j)
        a[j] = a[j - 1];
      a[j] = v;
      count += i - j;
    }
  }
  std::vector<std::uint32_t> scratch(n);
  std::uint32_t *from = a.data(), *to = scratch.data();
  for (std::size_t width = run; width < n; width *= 2) {
    for (std::size_t begin = 0; begin < n; begin += 2 * width) {
      const std::size_t middle = std::min(begin + width, n), end = std::min(begin + 2 * width, n);
      count += end - begin == 2 * width ? merge_equal_runs(from + begin, width, to + begin) : merge_runs(from + begin, from + middle, from + end, to + begin);
    }
    std::swap(from, to);
  }
  if (from != a.data()) a = std::move(scratch);
  return count;
}

/// Adds the ties of a sorted sequence, as runs of equal neighbours.
template <class Same>
void add_ties(std::size_t n, Same&& same, double& pairs, double* cubic, double* triple) {
  for (std::size_t i = 0, j; i < n; i = j) {
    for (j = i + 1; j < n && same(j - 1, j);)
      ++j;
    const auto t = static_cast<double>(j - i);
    pairs += t * (t - 1) / 2;
    if (cubic) *cubic += t * (t - 1) * (2 * t + 5);
    if (triple) *triple += t * (t - 1) * (t - 2);
  }
}

/// Counts over the rows where both columns are present.
inline kendall_counts count_kendall(const dense_ranks& x, const dense_ranks& y) {
  std::vector<std::uint32_t> xs, ys;
  xs.reserve(x.order.size());
  ys.reserve(x.order.size());
  for (const std::uint32_t row : x.order) {
    if (y.rank[row] == dense_ranks::absent) continue;
    xs.push_back(x.rank[row]);
    ys.push_back(y.rank[row]);
  }
  const std::size_t n = ys.size();
  kendall_counts k;
  k.n = static_cast<double>(n);
  double both = 0;
  if (x.ties) {
    for (std::size_t i = 0, j; i < n; i = j) {
      for (j = i + 1; j < n && xs[j] == xs[i];)
        ++j;
      if (j - i > 1) std::sort(ys.begin() + static_cast<std::ptrdiff_t>(i), ys.begin() + static_cast<std::ptrdiff_t>(j));
    }
    add_ties(n, [&](std::size_t a, std::size_t b) { return xs[a] == xs[b]; }, k.ties_x, &k.cubic_x, &k.triple_x);
    add_ties(n, [&](std::size_t a, std::size_t b) { return xs[a] == xs[b] && ys[a] == ys[b]; }, both, nullptr, nullptr);
  }
  const auto discordant = static_cast<double>(count_inversions(ys));
  if (y.ties) add_ties(n, [&](std::size_t a, std::size_t b) { return ys[a] == ys[b]; }, k.ties_y, &k.cubic_y, &k.triple_y);
  k.score = k.n * (k.n - 1) / 2 - k.ties_x - k.ties_y + both - 2 * discordant;
  return k;
}

}  // namespace tenure::inline TENURE_ABI::stats::detail
