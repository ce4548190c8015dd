#include "tenure/io/arrow.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using namespace tenure;

// A stream of one batch with a float column ("g", one null) and a utf8 column ("u"), all memory static.
const double numbers[] = {1.5, 0, 3.5};
const std::uint8_t valid[] = {0b101};
const std::int32_t offsets[] = {0, 2, 2, 4};
const char text[] = "abab";
const void* number_buffers[] = {valid, numbers};
const void* text_buffers[] = {nullptr, offsets, text};
int batches_left = 0;

ArrowSchema child_schema(const char* format, const char* name) {
  ArrowSchema s{};
  s.format = format;
  s.name = name;
  return s;
}

int get_schema(ArrowArrayStream*, ArrowSchema* out) {
  static ArrowSchema children[] = {child_schema("g", "age"), child_schema("u", "plan")};
  static ArrowSchema* pointers[] = {&children[0], &children[1]};
  *out = ArrowSchema{};
  out->format = "+s";
  out->n_children = 2;
  out->children = pointers;
  out->release = [](ArrowSchema* s) { s->release = nullptr; };
  return 0;
}

int get_next(ArrowArrayStream*, ArrowArray* out) {
  static ArrowArray children[2];
  static ArrowArray* pointers[] = {&children[0], &children[1]};
  *out = ArrowArray{};
  if (batches_left-- == 0) return 0;
  children[0] = {3, 1, 0, 2, 0, number_buffers, nullptr, nullptr, nullptr, nullptr};
  children[1] = {3, 0, 0, 3, 0, text_buffers, nullptr, nullptr, nullptr, nullptr};
  out->length = 3;
  out->n_children = 2;
  out->children = pointers;
  out->release = [](ArrowArray* a) { a->release = nullptr; };
  return 0;
}

TEST(Arrow, ReadsChunksNullsAndText) {
  batches_left = 2;
  bool released = false;
  ArrowArrayStream stream{get_schema, get_next, [](ArrowArrayStream*) -> const char* { return "no"; },
                          [](ArrowArrayStream* s) { *static_cast<bool*>(s->private_data) = true, s->release = nullptr; }, &released};
  const auto columns = io::read_arrow_stream(&stream);
  EXPECT_TRUE(released);
  ASSERT_EQ(columns.size(), 2U);
  EXPECT_EQ(columns[0].numbers.size(), 6U);
  EXPECT_TRUE(std::isnan(columns[0].numbers[4]));
  EXPECT_EQ(columns[1].levels, (std::vector<std::string>{"ab", ""}));
  EXPECT_EQ(columns[1].codes, (std::vector<std::int32_t>{0, 1, 0, 0, 1, 0}));
  EXPECT_EQ(io::as_table(columns).rows(), 6U);
}

TEST(Arrow, AFailingStreamSaysWhy) {
  ArrowArrayStream stream{[](ArrowArrayStream*, ArrowSchema*) { return 5; }, get_next, [](ArrowArrayStream*) -> const char* { return "disk on fire"; },
                          [](ArrowArrayStream* s) { s->release = nullptr; }, nullptr};
  EXPECT_THROW(io::read_arrow_stream(&stream), invalid_input);
}

}  // namespace
