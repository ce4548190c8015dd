#include "tenure/rules/partition.hpp"

#include <gtest/gtest.h>

#include "rules/baskets.hpp"

namespace {

using namespace rules_test;

transactions slice(const transactions& all, std::size_t begin, std::size_t end) {
  std::vector<std::int64_t> offsets;
  for (std::size_t t = begin; t <= end; ++t)
    offsets.push_back(all.offsets[t] - all.offsets[begin]);
  return make_transactions(offsets, column_view<std::int32_t>(all.items.data() + all.offsets[begin], static_cast<std::size_t>(offsets.back())), all.item_count);
}

TEST(Partition, AnyChunksGiveTheSetsOfTheWhole) {
  const transactions all = simulated_baskets(900, 6, 41);
  for (const auto target : {itemset_target::all, itemset_target::closed, itemset_target::maximal, itemset_target::generators})
    for (const std::int64_t longest : {0, 3}) {
      const itemset_options options{.min_support = 0.02, .target = target, .max_length = longest};
      const found expected = as_map(frequent_itemsets(all, options));
      for (const auto& cuts : {std::vector<std::size_t>{0, 900}, {0, 450, 900}, {0, 10, 300, 301, 900}}) {
        itemset_partition whole(options);
        for (std::size_t c = 0; c + 1 < cuts.size(); ++c) {
          itemset_partition part(options);
          part.propose(slice(all, cuts[c], cuts[c + 1]));
          whole.merge(part);
        }
        itemset_partition here = whole, there = whole;
        for (std::size_t c = 0; c + 1 < cuts.size(); ++c)
          (c % 2 ? here : there).count(slice(all, cuts[c], cuts[c + 1]));
        here.merge(there);
        EXPECT_EQ(as_map(here.finish()), expected) << name_of(target) << ' ' << cuts.size();
      }
    }
}

TEST(Partition, MistakesAreNamed) {
  const transactions all = simulated_baskets(50, 4, 1);
  itemset_partition part({.min_support = 0.1});
  EXPECT_THROW(part.finish(), invalid_input);
  part.propose(all);
  EXPECT_THROW(part.finish(), invalid_input);
  part.count(all);
  EXPECT_EQ(part.finish().baskets, 50);
  EXPECT_THROW(part.propose(all), invalid_input);
  itemset_partition other({.min_support = 0.5});
  other.propose(all);
  EXPECT_THROW(part.merge(other), invalid_input);
  EXPECT_THROW(itemset_partition({.min_count = 3}), invalid_input);
  EXPECT_THROW(itemset_partition({.top = 3}), invalid_input);
}

}  // namespace
