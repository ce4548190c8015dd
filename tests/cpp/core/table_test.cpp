#include "tenure/core/table.hpp"

#include <gtest/gtest.h>

#include <Eigen/Core>
#include <cmath>

#include "tenure/adapt/eigen.hpp"

namespace {

using namespace tenure;

TEST(Table, NumericColumnsOfEveryTypeReadAsDoubles) {
  const std::vector<float> f{1.5F, 2.5F};
  const std::vector<std::uint8_t> b{0, 1};
  const std::vector<std::int64_t> l{-3, 4, -5, 6};
  EXPECT_EQ(numeric_column(f)[1], 2.5);
  EXPECT_EQ(numeric_column(b)[1], 1);
  const numeric_column every_second(column_view<std::int64_t>(l.data(), 2, 2));
  EXPECT_EQ(every_second[1], -5);
  EXPECT_EQ(every_second.slice(1, 2)[0], -5);
}

TEST(Table, BadTablesAreRefusedByName) {
  const std::vector<double> two{1, 2}, three{1, 2, 3};
  const std::vector<std::int32_t> codes{0, 2};
  EXPECT_THROW(table_view({{"a", two, {}, false}, {"b", three, {}, false}}), invalid_input);
  EXPECT_THROW(table_view({{"a", two, {}, false}, {"a", two, {}, false}}), invalid_input);
  try {
    table_view({{"plan", codes, {"basic", "pro"}, true}});
    FAIL();
  } catch (const invalid_input& e) {
    EXPECT_STREQ(e.what(), "plan = 2 in row 1: code is not below the number of levels");
  }
}

struct customers {
  std::vector<double> age{30, 41, 52};
  std::vector<std::int32_t> plan{0, 2, 1};
  table_view table() const { return table_view({{"age", age, {}, false}, {"plan", plan, {"basic", "pro", "max"}, true}}); }
};

TEST(Encoding, IndicatorsAgainstTheReferenceLevel) {
  const customers c;
  encoding code = encoding::of(c.table());
  EXPECT_EQ(code.names(), (std::vector<std::string>{"age", "plan[pro]", "plan[max]"}));
  EXPECT_EQ(encode(c.table(), code), matrix(3, 3, {30, 0, 0, 41, 0, 1, 52, 1, 0}));
  code.set_reference("plan", "pro");
  EXPECT_EQ(code.names(), (std::vector<std::string>{"age", "plan[basic]", "plan[max]"}));
  EXPECT_EQ(encode(c.table(), code), matrix(3, 3, {30, 1, 0, 41, 0, 1, 52, 0, 0}));
  EXPECT_EQ(code.sources(), (std::vector<std::size_t>{0, 1, 1}));
  EXPECT_THROW(code.set_reference("plan", "gold"), invalid_input);
  EXPECT_THROW(code.set_reference("age", "30"), invalid_input);
}

TEST(Encoding, OtherColumnOrderAndLevelOrderGiveTheSameRows) {
  const customers c;
  const encoding code = encoding::of(c.table());
  const std::vector<std::int32_t> recoded{1, 0, 2};
  const table_view shuffled({{"plan", recoded, {"max", "basic", "pro"}, true}, {"age", c.age, {}, false}});
  EXPECT_EQ(encode(shuffled, code), encode(c.table(), code));
  const std::vector<std::int32_t> unseen{0, 0, 1};
  const table_view with_new({{"plan", unseen, {"basic", "gold"}, true}, {"age", c.age, {}, false}});
  EXPECT_THROW(encode(with_new, code), invalid_input);
}

TEST(Encoding, MissingValuesAreNamed) {
  customers c;
  c.age[1] = std::nan("");
  EXPECT_THROW(encode(c.table(), encoding::of(c.table())), invalid_input);
  c.age[1] = 41;
  c.plan[2] = -1;
  EXPECT_THROW(encode(c.table(), encoding::of(c.table())), invalid_input);
}

TEST(AdaptEigen, ViewsWhereItLies) {
  Eigen::MatrixXd m(2, 3);
  m << 1, 2, 3, 4, 5, 6;
  const matrix_view v = adapt::view(m);
  EXPECT_EQ(v.data(), m.data());
  EXPECT_EQ(v(1, 2), 6);
  EXPECT_EQ(adapt::eigen(matrix(1, 2, {7, 8}))(0, 1), 8);
}

}  // namespace
