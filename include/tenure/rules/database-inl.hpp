#pragma once

#include <algorithm>
#include <cstdint>

#include "tenure/rules/transactions.hpp"

namespace tenure::inline TENURE_ABI::rules::detail {

/// The frequent part of the baskets, items ranked by falling frequency, in one of three forms: one bit set of rows an item, for few items in
/// many baskets; rows of ascending ranks; or such rows with a list of places for each item. Baskets without a frequent item have no row.
struct database {
  static constexpr auto none = static_cast<std::uint32_t>(-1);

  std::uint32_t minimum = 1;
  std::vector<std::int32_t> item_of_rank;
  std::vector<std::uint32_t> count_of_rank;
  std::size_t rows = 0;
  std::size_t occurrences = 0;  // of frequent items
  double pairs = 0;             // of items within rows

  enum class layout : unsigned char { best, bits, rows, lists };
  layout form;

  // bits: rank r is in the rows that are set in bits[r * words] ...
  std::size_t words = 0;
  std::vector<std::uint64_t> bits;

  // rows: row t holds row_items[row_begin[t]] ... row_items[row_begin[t + 1] - 1].
  // lists: each row stands between two `none`; rank r is at row_items[places[list_begin[r]]] ... row_items[places[list_begin[r + 1] - 1]]: what
  // precedes it there are the row's more frequent items.
  std::vector<std::uint32_t> row_items, row_begin, places;
  std::vector<std::size_t> list_begin;

  std::size_t ranks() const { return item_of_rank.size(); }

  database(const transactions& baskets, std::uint32_t minimum_count, layout wanted = layout::best) : minimum(minimum_count), form(wanted) {
    rank_items(baskets);
    measure_rows(baskets);
    words = (rows + 63) / 64;
    if (form == layout::best) form = best();
    if (form == layout::bits) {
      fill_bits(baskets);
    } else if (form == layout::rows) {
      fill_rows(baskets);
    } else {
      fill_lists(baskets);
    }
    rank_of_ = {};
  }

 private:
  std::vector<std::uint32_t> rank_of_;

  layout best() const {
    // Nanoseconds: a pair of bit sets takes 3 and one for each 8 words, a pair of items of a row about 3.
    const auto n = static_cast<double>(ranks());
    return n * n / 2 * (3 + static_cast<double>(words) / 8) < 3 * pairs ? layout::bits : layout::lists;
  }

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

  void measure_rows(const transactions& baskets) {
    for (std::size_t t = 0; t < baskets.size(); ++t) {
      std::size_t length = 0;
      each_item(baskets, t, [&](std::uint32_t) { ++length; });
      rows += length > 0;
      occurrences += length;
      pairs += static_cast<double>(length) * (static_cast<double>(length) - 1) / 2;
    }
    if (occurrences + rows >= none)
      throw not_supported("more than 4294967294 items in all baskets together; mine parts and count their candidates in all parts");
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
    bits.assign(ranks() * words, 0);
    each_place(baskets, [&](std::size_t row, std::uint32_t rank) { bits[rank * words + row / 64] |= std::uint64_t{1} << (row % 64); });
  }

  void fill_rows(const transactions& baskets) {
    row_items.reserve(occurrences);
    row_begin.reserve(rows + 1);
    each_place(baskets, [&](std::size_t row, std::uint32_t rank) {
      if (row == row_begin.size()) row_begin.push_back(static_cast<std::uint32_t>(row_items.size()));
      row_items.push_back(rank);
    });
    row_begin.push_back(static_cast<std::uint32_t>(row_items.size()));
    for (std::size_t t = 0; t < rows; ++t)
      std::sort(row_items.begin() + row_begin[t], row_items.begin() + row_begin[t + 1]);
  }

  void fill_lists(const transactions& baskets) {
    list_begin.assign(1, 0);
    for (const std::uint32_t count : count_of_rank)
      list_begin.push_back(list_begin.back() + count);
    std::vector<std::size_t> end(list_begin.begin(), list_begin.end() - 1);
    std::vector<std::uint32_t> next(rows + 1, 0);  // per row the place of its next item
    places.resize(occurrences);
    each_place(baskets, [&](std::size_t row, std::uint32_t rank) {
      places[end[rank]++] = static_cast<std::uint32_t>(row);
      ++next[row + 1];
    });
    for (std::size_t t = 0; t < rows; ++t)
      next[t + 1] += next[t] + 1;
    row_items.assign(occurrences + rows + 1, none);
    // Transposing back writes every row in ascending rank, without sorting.
    for (std::size_t r = 0; r < ranks(); ++r)
      for (std::size_t k = list_begin[r]; k < list_begin[r + 1]; ++k) {
        places[k] = ++next[places[k]];
        row_items[places[k]] = static_cast<std::uint32_t>(r);
      }
  }
};

}  // namespace tenure::inline TENURE_ABI::rules::detail
