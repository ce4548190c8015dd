#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI::rules {

/// Baskets of items. Basket t holds items[offsets[t]] ... items[offsets[t + 1] - 1], each once, numbered from 0; empty baskets count as
/// baskets. `names` has one entry an item, or none at all when numbers will do. 4 bytes an item occurrence, 8 a basket.
struct transactions {
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int32_t> items;
  std::size_t item_count = 0;
  std::vector<std::string> names;

  std::size_t size() const { return offsets.size() - 1; }
  friend bool operator==(const transactions&, const transactions&) = default;
};

/// Baskets from compressed rows, as sparse matrices have them; an item that a basket repeats counts once. Throws invalid_input naming the
/// basket when offsets fall or an item is outside [0, item_count).
transactions make_transactions(column_view<std::int64_t> offsets, column_view<std::int32_t> items, std::size_t item_count, std::vector<std::string> names = {});

/// One basket a row of a table. A column of numbers must hold 0 and 1 (true and false) and is one item, named like the column; a
/// categorical column is one item a level, named "column=level". A missing value is no item.
/// Throws invalid_input naming column, value and row for a number other than 0 and 1.
transactions make_transactions(const table_view& table);

/// Baskets from pairs (basket, item), in any order: `basket` in [0, basket_count), `item` in [0, item_count). Repeated pairs count once.
transactions make_transactions(column_view<std::int64_t> basket, std::size_t basket_count, column_view<std::int32_t> item, std::size_t item_count);

/// Baskets from the text of a FIMI file: one basket a line, items separated by blanks; a name is whatever stands between blanks. Item
/// numbers follow the order of first appearance. Lines without items are left out, as the format's other readers do.
transactions parse_fimi(std::string_view text);

/// Appends the baskets of `more`, matching items by name (by number when neither has names): the chunks of a long file add up to the whole.
void append(transactions& all, const transactions& more);

}  // namespace tenure::inline TENURE_ABI::rules

#ifndef TENURE_COMPILED
#include "tenure/rules/transactions-inl.hpp"
#endif
