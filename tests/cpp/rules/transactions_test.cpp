#include "tenure/rules/transactions.hpp"

#include <gtest/gtest.h>

#include "rules/baskets.hpp"

namespace {

using namespace rules_test;
using names = std::vector<std::string>;
using numbers = std::vector<std::int32_t>;

TEST(Transactions, RepeatedItemsCountOnce) {
  const auto baskets = baskets_of({{3, 1, 3, 3}, {}, {1, 1}}, 4);
  EXPECT_EQ(baskets.items, (numbers{3, 1, 1}));
  EXPECT_EQ(baskets.offsets, (std::vector<std::int64_t>{0, 2, 2, 3}));
}

TEST(Transactions, FimiTextKeepsNames) {
  const auto baskets = parse_fimi("milk  bread\r\n\n10 milk milk\t\xe7\x89\x9b\xe5\xa5\xb6\nbread");
  EXPECT_EQ(baskets.names, (names{"milk", "bread", "10", "\xe7\x89\x9b\xe5\xa5\xb6"}));
  EXPECT_EQ(baskets.items, (numbers{0, 1, 2, 0, 3, 1}));
  EXPECT_EQ(baskets.size(), 3U);
  EXPECT_EQ(baskets.item_count, 4U);
}

TEST(Transactions, TablesGiveOneItemAColumnOrLevel) {
  const std::vector<std::uint8_t> card{1, 0, 1};
  const std::vector<double> late{0, 1, std::numeric_limits<double>::quiet_NaN()};
  const std::vector<std::int32_t> plan{1, -1, 0};
  const table_view table({{"card", card, {}, false}, {"late", late, {}, false}, {"plan", plan, {"basic", "gold"}, true}});
  const auto baskets = make_transactions(table);
  EXPECT_EQ(baskets.names, (names{"card", "late", "plan=basic", "plan=gold"}));
  EXPECT_EQ(baskets.items, (numbers{0, 3, 1, 0, 2}));
  EXPECT_EQ(baskets.offsets, (std::vector<std::int64_t>{0, 2, 3, 5}));
  const std::vector<double> amount{0, 1, 2.5};
  try {
    make_transactions(table_view({{"amount", amount, {}, false}}));
    FAIL();
  } catch (const invalid_input& problem) {
    EXPECT_EQ(problem.argument(), "amount");
    EXPECT_NE(std::string(problem.what()).find("row 2"), std::string::npos) << problem.what();
  }
}

TEST(Transactions, PairsInAnyOrder) {
  const std::vector<std::int64_t> basket{2, 0, 2, 0, 2};
  const auto baskets = make_transactions(basket, 3, numbers{1, 0, 1, 2, 0}, 3);
  EXPECT_EQ(baskets, baskets_of({{0, 2}, {}, {1, 0}}, 3));
  EXPECT_THROW(make_transactions(basket, 2, numbers{1, 0, 1, 2, 0}, 3), invalid_input);
  EXPECT_THROW(make_transactions(basket, 3, numbers{1, 0, 1, 3, 0}, 3), invalid_input);
  EXPECT_THROW(make_transactions(basket, 3, numbers{1, 0}, 3), invalid_input);
}

TEST(Transactions, ChunksAddUp) {
  auto all = parse_fimi("a b\nb c\n");
  append(all, parse_fimi("c d\na\n"));
  EXPECT_EQ(all, parse_fimi("a b\nb c\nc d\na\n"));
}

TEST(Transactions, DamagedRowsAreRefused) {
  const std::vector<std::int64_t> good{0, 1, 2};
  EXPECT_THROW(make_transactions(good, numbers{0, 5}, 5), invalid_input);
  EXPECT_THROW(make_transactions(good, numbers{0, -1}, 5), invalid_input);
  EXPECT_THROW(make_transactions(std::vector<std::int64_t>{0, 3, 2}, numbers{0, 1}, 5), invalid_input);
  EXPECT_THROW(make_transactions(std::vector<std::int64_t>{1, 2}, numbers{0, 1}, 5), invalid_input);
  EXPECT_THROW(make_transactions(std::vector<std::int64_t>{0, 1}, numbers{0, 1}, 5), invalid_input);
  EXPECT_THROW(make_transactions(std::vector<std::int64_t>{}, numbers{}, 5), invalid_input);
  EXPECT_THROW(make_transactions(good, numbers{0, 1}, 2, names{"only one"}), invalid_input);
}

}  // namespace
