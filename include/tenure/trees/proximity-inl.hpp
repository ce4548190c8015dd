#pragma once

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

#include "tenure/trees/proximity.hpp"

namespace tenure::inline TENURE_ABI::trees {

namespace detail {

/// Which rows meet in which leaves: leaf numbers of x, and the reference rows of every leaf.
class meetings {
 public:
  meetings(const tree_ensemble& model, const table_view& x, const table_view* reference, const rows_of_trees& of_trees, const execution& run)
      : model_(model), rows_(x.rows()), others_(reference ? reference->rows() : x.rows()) {
    if (!of_trees.empty() && (reference || of_trees.size() != model.trees() || of_trees.front().size() != rows_))
      throw invalid_input("of_trees", "must have one list a tree with one value a row of x, and no other rows as reference");
    const execution quiet{.threads = run.threads};
    leaf_ = leaf_numbers(model, x, quiet);
    const auto other = reference ? leaf_numbers(model, *reference, quiet) : std::vector<std::uint32_t>{};
    const auto& leaf = reference ? other : leaf_;
    const std::size_t trees = model.trees();
    words_ = (trees + 63) / 64;
    if (!of_trees.empty()) {
      spoken_.resize(rows_ * words_);
      for (std::size_t t = 0; t < trees; ++t)
        for (std::size_t i = 0; i < rows_; ++i)
          if (of_trees[t][i]) spoken_[i * words_ + t / 64] |= std::uint64_t{1} << (t % 64);
    }
    begin_.resize(trees);
    member_.resize(trees);
    parallel_for(trees, quiet, [&](std::size_t t) {
      auto& begin = begin_[t];
      begin.assign(model.leaf_begin[t + 1] - model.leaf_begin[t] + std::size_t{1}, 0);
      for (std::size_t j = 0; j < others_; ++j)
        if (speaks(t, j)) ++begin[leaf[j * trees + t] + std::size_t{1}];
      std::partial_sum(begin.begin(), begin.end(), begin.begin());
      member_[t].resize(begin.back());
      auto next = begin;
      for (std::size_t j = 0; j < others_; ++j)
        if (speaks(t, j)) member_[t][next[leaf[j * trees + t]]++] = static_cast<std::uint32_t>(j);
    });
  }

  std::size_t rows() const { return rows_; }
  std::size_t others() const { return others_; }

  /// Calls met(j) for every tree in which row i meets reference row j.
  template <class Met>
  void of_row(std::size_t i, Met&& met) const {
    const std::size_t trees = model_.trees();
    for (std::size_t t = 0; t < trees; ++t) {
      if (!speaks(t, i)) continue;
      const std::uint32_t leaf = leaf_[i * trees + t];
      for (std::uint32_t k = begin_[t][leaf]; k < begin_[t][leaf + 1]; ++k)
        met(member_[t][k]);
    }
  }

  /// Trees that speak of both rows.
  std::size_t chances(std::size_t i, std::size_t j) const {
    if (spoken_.empty()) return model_.trees();
    std::size_t count = 0;
    for (std::size_t w = 0; w < words_; ++w)
      count += static_cast<std::size_t>(std::popcount(spoken_[i * words_ + w] & spoken_[j * words_ + w]));
    return count;
  }

 private:
  bool speaks(std::size_t t, std::size_t i) const { return spoken_.empty() || (spoken_[i * words_ + t / 64] >> (t % 64) & 1) != 0; }

  const tree_ensemble& model_;
  std::size_t rows_, others_, words_ = 0;
  std::vector<std::uint32_t> leaf_;                         // rows x trees
  std::vector<std::uint64_t> spoken_;                       // words_ a row, one bit a tree; empty: every tree speaks of every row
  std::vector<std::vector<std::uint32_t>> begin_, member_;  // per tree: reference rows by leaf
};

}  // namespace detail

TENURE_INLINE std::vector<float> proximity(const tree_ensemble& model, const table_view& x, const table_view* reference, const rows_of_trees& of_trees,
                                           const execution& run) {
  const std::size_t others = reference ? reference->rows() : x.rows();
  if (static_cast<double>(x.rows()) * static_cast<double>(others) > 1e8)
    throw invalid_input("X", "has too many rows for all pairs (" + std::to_string(x.rows()) + " x " + std::to_string(others) +
                                 " > 1e8): ask for the nearest rows, or fewer rows");
  const detail::meetings meet(model, x, reference, of_trees, run);
  std::vector<float> out(x.rows() * others);
  parallel_chunks(chunking(x.rows(), 64), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      float* const row = out.data() + i * others;
      meet.of_row(i, [&](std::uint32_t j) { row[j] += 1.0F; });
      for (std::size_t j = 0; j < others; ++j) {
        const std::size_t chances = meet.chances(i, j);
        row[j] = chances ? row[j] / static_cast<float>(chances) : std::numeric_limits<float>::quiet_NaN();
      }
    }
  });
  return out;
}

TENURE_INLINE nearest_rows nearest_by_proximity(const tree_ensemble& model, const table_view& x, std::size_t k, const table_view* reference,
                                                const rows_of_trees& of_trees, const execution& run) {
  if (k < 1) throw invalid_input("k", "must be at least 1", static_cast<double>(k));
  const detail::meetings meet(model, x, reference, of_trees, run);
  nearest_rows out{k, std::vector<std::int64_t>(x.rows() * k, -1), std::vector<float>(x.rows() * k)};
  parallel_chunks(chunking(x.rows(), 64), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> count(meet.others()), touched;
    std::vector<float> share(meet.others());
    for (std::size_t i = begin; i < end; ++i) {
      touched.clear();
      meet.of_row(i, [&](std::uint32_t j) {
        if (count[j]++ == 0) touched.push_back(j);
      });
      if (!reference) std::erase(touched, static_cast<std::uint32_t>(i));
      for (const auto j : touched)
        share[j] = static_cast<float>(count[j]) / static_cast<float>(meet.chances(i, j));
      const std::size_t found = std::min(k, touched.size());
      std::partial_sort(touched.begin(), touched.begin() + static_cast<std::ptrdiff_t>(found), touched.end(),
                        [&](std::uint32_t a, std::uint32_t b) { return share[a] != share[b] ? share[a] > share[b] : a < b; });
      for (std::size_t r = 0; r < found; ++r) {
        out.row[i * k + r] = touched[r];
        out.proximity[i * k + r] = share[touched[r]];
      }
      meet.of_row(i, [&](std::uint32_t j) { count[j] = 0; });
    }
  });
  return out;
}

}  // namespace tenure::inline TENURE_ABI::trees
