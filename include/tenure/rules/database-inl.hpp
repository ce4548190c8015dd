#pragma once

#include <algorithm>

#include "tenure/rules/transactions.hpp"

namespace tenure::inline TENURE_ABI::rules::detail {

/// The frequent part of the baskets. Items are ranked by falling frequency. Few items in many baskets ("dense") are kept as one bit set of
/// rows an item; otherwise both directions are listed, a row holding ranks in ascending order, so that what precedes a rank in its row are
/// the more frequent items. Baskets without a frequent item have no row.
struct database {
  struct place {
    std::uint32_t row, position;  // where in its row the item stands
  };

  std::uint32_t minimum = 1;
  std::vector<std::int32_t> item_of_rank;
  std::vector<std::uint32_t> count_of_rank;
  std::size_t rows = 0;
  bool dense = false;
  double pairs = 0;  // of items within rows

  std::size_t words = 0;  // dense: rank r is in the rows that are set in bits[r * words] ...
  std::vector<std::uint64_t> bits;

  std::vector<std::size_t> row_begin;  // otherwise: row t holds row_items[row_begin[t]] ... row_items[row_begin[t + 1] - 1]
  std::vector<std::uint32_t> row_items;
  std::vector<std::size_t> list_begin;  // and rank r is at places[list_begin[r]] ... places[list_begin[r + 1] - 1]
  std::vector<place> places;

  std::size_t ranks() const { return item_of_rank.size(); }
  const std::uint32_t* row(std::size_t t) const { return row_items.data() + row_begin[t]; }

  enum class layout : unsigned char { best, bits, lists };

  database(const transactions& baskets, std::uint32_t minimum_count, layout wanted = layout::best) : minimum(minimum_count) {
    rank_items(baskets);
    choose_rows(baskets);
    words = (rows + 63) / 64;
    // Nanoseconds: a pair of bit sets takes 3 and one for each 8 words, a pair of items of a row about 3.
    const auto n = static_cast<double>(ranks());
    dense = wanted == layout::best ? n * n / 2 * (3 + static_cast<double>(words) / 8) < 3 * pairs : wanted == layout::bits;
    if (dense) {
      fill_bits(baskets);
    } else {
      fill_lists(baskets);
    }
  }

 private:
  static constexpr auto none = static_cast<std::uint32_t>(-1);
  std::vector<std::uint32_t> rank_of_;

  void rank_items(const transactions& baskets) {
    std::vector<std::uint32_t> count(baskets.item_count, 0);
    for (const std::int32_t item : baskets.items)
      ++count[static_cast<std::size_t>(item)];
    for (std::size_t i = 0; i < count.size(); ++i)
      if (count[i] >= minimum) item_of_rank.push_back(static_cast<std::int32_t>(i));
    const auto frequency = [&](std::int32_t item) { return count[static_cast<std::size_t>(item)]; };
    std::stable_sort(item_of_rank.begin(), item_of_rank.end(), [&](std::int32_t a, std::int32_t b) { return frequency(a) > frequency(b); });
    rank_of_.assign(count.size(), none);
    for (std::size_t r = 0; r < ranks(); ++r) {
      rank_of_[static_cast<std::size_t>(item_of_rank[r])] = static_cast<std::uint32_t>(r);
      count_of_rank.push_back(frequency(item_of_rank[r]));
    }
  }

  template <class Body>
  void each_item(const transactions& baskets, std::size_t t, Body&& body) const {
    for (auto i = static_cast<std::size_t>(baskets.offsets[t]); i < static_cast<std::size_t>(baskets.offsets[t + 1]); ++i) {
      const std::uint32_t rank = rank_of_[static_cast<std::size_t>(baskets.items[i])];
      if (rank != none) body(rank);
    }
  }

  void choose_rows(const transactions& baskets) {
    row_begin.assign(1, 0);
    row_begin.reserve(baskets.size() + 1);
    for (std::size_t t = 0; t < baskets.size(); ++t) {
      std::size_t length = 0;
      each_item(baskets, t, [&](std::uint32_t) { ++length; });
      if (length) row_begin.push_back(row_begin.back() + length);
      pairs += static_cast<double>(length) * (static_cast<double>(length) - 1) / 2;
    }
    rows = row_begin.size() - 1;
  }

  template <class Body>
  void each_place(const transactions& baskets, Body&& body) const {
    std::size_t row = 0;
    for (std::size_t t = 0; t < baskets.size(); ++t) {
      bool any = false;
      each_item(baskets, t, [&](std::uint32_t rank) {
        body(row, rank);
        any = true;
      });
      row += any;
    }
  }

  void fill_bits(const transactions& baskets) {
    row_begin.clear();
    bits.assign(ranks() * words, 0);
    each_place(baskets, [&](std::size_t row, std::uint32_t rank) { bits[rank * words + row / 64] |= std::uint64_t{1} << (row % 64); });
  }

  void fill_lists(const transactions& baskets) {
    list_begin.assign(1, 0);
    for (const std::uint32_t count : count_of_rank)
      list_begin.push_back(list_begin.back() + count);
    places.resize(list_begin.back());
    std::vector<std::size_t> next(list_begin.begin(), list_begin.end() - 1);
    each_place(baskets, [&](std::size_t row, std::uint32_t rank) { places[next[rank]++].row = static_cast<std::uint32_t>(row); });
    // Transposing back writes every row in ascending rank, without sorting.
    row_items.resize(places.size());
    next.assign(row_begin.begin(), row_begin.end() - 1);
    for (std::size_t r = 0; r < ranks(); ++r)
      for (std::size_t k = list_begin[r]; k < list_begin[r + 1]; ++k) {
        const std::size_t row = places[k].row, to = next[row]++;
        places[k].position = static_cast<std::uint32_t>(to - row_begin[row]);
        row_items[to] = static_cast<std::uint32_t>(r);
      }
  }
};

}  // namespace tenure::inline TENURE_ABI::rules::detail
