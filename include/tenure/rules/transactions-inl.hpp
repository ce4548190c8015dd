#pragma once

#include <cmath>
#include <numeric>
#include <unordered_map>

#include "tenure/rules/transactions.hpp"

namespace tenure::inline TENURE_ABI::rules {

namespace detail {

/// Appends baskets while leaving out repeated items.
class basket_writer {
 public:
  explicit basket_writer(transactions& out) : out_(out) {}
  void add(std::int32_t item) {
    const auto index = static_cast<std::size_t>(item);
    if (index >= last_basket_.size()) last_basket_.resize(index + index / 2 + 16, 0);
    if (last_basket_[index] == out_.offsets.size()) return;
    last_basket_[index] = out_.offsets.size();
    out_.items.push_back(item);
  }
  void end_basket() { out_.offsets.push_back(static_cast<std::int64_t>(out_.items.size())); }

 private:
  transactions& out_;
  std::vector<std::size_t> last_basket_;
};

/// Numbers names in the order of their first appearance.
class name_numbers {
 public:
  explicit name_numbers(std::vector<std::string>& names) : names_(names) {
    for (std::size_t i = 0; i < names.size(); ++i)
      numbers_.emplace(names[i], static_cast<std::int32_t>(i));
  }
  std::int32_t of(std::string_view name) {
    const auto [place, fresh] = numbers_.try_emplace(std::string(name), static_cast<std::int32_t>(names_.size()));
    if (fresh) names_.emplace_back(name);
    return place->second;
  }

 private:
  std::vector<std::string>& names_;
  std::unordered_map<std::string, std::int32_t> numbers_;
};

}  // namespace detail

TENURE_INLINE transactions make_transactions(column_view<std::int64_t> offsets, column_view<std::int32_t> items, std::size_t item_count,
                                             std::vector<std::string> names) {
  if (offsets.empty() || offsets[0] != 0) throw invalid_input("offsets", "must begin with 0");
  if (offsets[offsets.size() - 1] != static_cast<std::int64_t>(items.size()))
    throw invalid_input("offsets", "must end with the number of items", static_cast<double>(offsets[offsets.size() - 1]));
  transactions out;
  if (!names.empty() && names.size() != item_count)
    throw invalid_input("names", "must have one name an item (" + std::to_string(item_count) + ")", static_cast<double>(names.size()));
  out.item_count = item_count;
  out.names = std::move(names);
  out.offsets.reserve(offsets.size());
  out.items.reserve(items.size());
  detail::basket_writer writer(out);
  for (std::size_t t = 0; t + 1 < offsets.size(); ++t) {
    if (offsets[t + 1] < offsets[t] || offsets[t + 1] > static_cast<std::int64_t>(items.size()))
      throw invalid_input("offsets", "must not fall", static_cast<double>(offsets[t + 1]), t);
    for (auto i = static_cast<std::size_t>(offsets[t]); i < static_cast<std::size_t>(offsets[t + 1]); ++i) {
      if (items[i] < 0 || static_cast<std::size_t>(items[i]) >= item_count)
        throw invalid_input("items", "must be in [0, " + std::to_string(item_count) + ")", items[i], t);
      writer.add(items[i]);
    }
    writer.end_basket();
  }
  return out;
}

TENURE_INLINE transactions make_transactions(const table_view& table) {
  transactions out;
  std::vector<std::int32_t> first_item;
  for (const auto& column : table.columns()) {
    first_item.push_back(static_cast<std::int32_t>(out.names.size()));
    if (!column.categorical) out.names.push_back(column.name);
    for (const auto& level : column.levels)
      out.names.push_back(column.name + "=" + level);
  }
  out.item_count = out.names.size();
  // By columns into rows: lengths first, then items.
  const auto each = [&](const auto& body) {
    for (std::size_t j = 0; j < table.cols(); ++j)
      table[j].values.visit([&](auto values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
          const auto x = static_cast<double>(values[i]);
          if (table[j].categorical) {
            if (x >= 0) body(i, first_item[j] + static_cast<std::int32_t>(x));
          } else if (x == 1) {
            body(i, first_item[j]);
          } else if (x != 0 && !std::isnan(x)) {
            throw invalid_input(table[j].name, "must be 0 or 1 (cut other numbers into ranges first)", x, i);
          }
        }
      });
  };
  std::vector<std::int64_t> next(table.rows() + 1, 0);
  each([&](std::size_t i, std::int32_t) { ++next[i + 1]; });
  for (std::size_t i = 0; i < table.rows(); ++i)
    next[i + 1] += next[i];
  out.offsets = next;
  out.items.resize(static_cast<std::size_t>(next.back()));
  each([&](std::size_t i, std::int32_t item) { out.items[static_cast<std::size_t>(next[i]++)] = item; });
  return out;
}

TENURE_INLINE transactions make_transactions(column_view<std::int64_t> basket, std::size_t basket_count, column_view<std::int32_t> item,
                                             std::size_t item_count) {
  if (basket.size() != item.size())
    throw invalid_input("item", "must be as long as basket (" + std::to_string(basket.size()) + ")", static_cast<double>(item.size()));
  std::vector<std::int64_t> offsets(basket_count + 1, 0);
  for (std::size_t i = 0; i < basket.size(); ++i) {
    if (basket[i] < 0 || static_cast<std::size_t>(basket[i]) >= basket_count)
      throw invalid_input("basket", "must be in [0, " + std::to_string(basket_count) + ")", static_cast<double>(basket[i]), i);
    ++offsets[static_cast<std::size_t>(basket[i]) + 1];
  }
  for (std::size_t t = 0; t < basket_count; ++t)
    offsets[t + 1] += offsets[t];
  std::vector<std::int64_t> next(offsets.begin(), offsets.end() - 1);
  std::vector<std::int32_t> items(item.size());
  for (std::size_t i = 0; i < item.size(); ++i)
    items[static_cast<std::size_t>(next[static_cast<std::size_t>(basket[i])]++)] = item[i];
  return make_transactions(offsets, items, item_count);
}

TENURE_INLINE transactions parse_fimi(std::string_view text) {
  transactions out;
  detail::name_numbers numbers(out.names);
  detail::basket_writer writer(out);
  constexpr std::string_view blanks = " \t\r,";
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t before = out.items.size();
    for (std::size_t at = line.find_first_not_of(blanks); at != std::string_view::npos;) {
      const std::size_t stop = std::min(line.find_first_of(blanks, at), line.size());
      writer.add(numbers.of(line.substr(at, stop - at)));
      at = line.find_first_not_of(blanks, stop);
    }
    if (out.items.size() > before) writer.end_basket();
  }
  out.item_count = out.names.size();
  return out;
}

TENURE_INLINE void append(transactions& all, const transactions& more) {
  if (all.names.empty() != more.names.empty() && all.item_count > 0 && more.item_count > 0)
    throw invalid_input("more", "must have item names when the other baskets have, and none when they have none");
  std::vector<std::int32_t> number_of(more.item_count);
  if (more.names.empty()) {
    std::iota(number_of.begin(), number_of.end(), 0);
    all.item_count = std::max(all.item_count, more.item_count);
  } else {
    detail::name_numbers numbers(all.names);
    for (std::size_t i = 0; i < more.item_count; ++i)
      number_of[i] = numbers.of(more.names[i]);
    all.item_count = all.names.size();
  }
  for (std::size_t t = 0; t < more.size(); ++t) {
    for (auto i = static_cast<std::size_t>(more.offsets[t]); i < static_cast<std::size_t>(more.offsets[t + 1]); ++i)
      all.items.push_back(number_of[static_cast<std::size_t>(more.items[i])]);
    all.offsets.push_back(static_cast<std::int64_t>(all.items.size()));
  }
}

}  // namespace tenure::inline TENURE_ABI::rules
