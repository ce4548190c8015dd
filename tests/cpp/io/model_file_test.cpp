#include "tenure/io/model_file.hpp"

#include <gtest/gtest.h>

#include "tenure/core/random.hpp"

namespace {

using namespace tenure;

struct part {
  std::string name;
  std::int32_t code = 0;
  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("name", self.name, "");
    visit("code", self.code, at_least(0), "");
  }
  friend bool operator==(const part&, const part&) = default;
};

struct sample {
  static constexpr const char* kind = "test.sample";
  static constexpr int version = 1;
  double level = 0.95;
  bool flag = true;
  std::vector<double> numbers;
  std::vector<std::uint16_t> small;
  std::vector<part> parts;
  matrix table;
  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("level", self.level, between(0, 1), "");
    visit("flag", self.flag, "");
    visit("numbers", self.numbers, "");
    visit("small", self.small, "");
    visit("parts", self.parts, "");
    visit("table", self.table, "");
  }
  void check() const {
    if (numbers.size() > 3) throw bad_file("too many numbers");
  }
  friend bool operator==(const sample&, const sample&) = default;
};

sample example() {
  return {.level = 0.9,
          .flag = false,
          .numbers = {1.5, -0.0, 1e308},
          .small = {1, 2, 65535},
          .parts = {{"a", 1}, {"b\xc3\xa9", 7}},
          .table = matrix(2, 2, {1, 2, 3, 4})};
}

TEST(ModelFile, RoundTrip) { EXPECT_EQ(io::from_bytes<sample>(io::to_bytes(example())), example()); }

TEST(ModelFile, ChecksumIsCrc64Xz) { EXPECT_EQ(io::checksum("123456789"), 0x995dc9bbdf1939faU); }

TEST(ModelFile, EveryTruncationAndEveryFlippedBitIsRefused) {
  const std::string bytes = io::to_bytes(example());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THROW(io::from_bytes<sample>(std::string_view(bytes).substr(0, size)), bad_file);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_THROW(io::from_bytes<sample>(damaged), bad_file) << bit;
  }
}

// A forger can make the checksum right: the parser must survive any body.
TEST(ModelFile, RandomBodiesWithAGoodChecksumNeverCrash) {
  const std::string bytes = io::to_bytes(example());
  random_stream random(7);
  int read = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string forged = bytes;
    for (auto changes = 1 + random.below(4); changes; --changes)
      forged[32 + random.below(forged.size() - 32)] = static_cast<char>(random.below(256));
    const std::string_view body = std::string_view(forged).substr(32);
    const std::uint64_t sum = io::checksum(body, io::checksum(std::string_view(forged).substr(0, 24)));
    std::memcpy(forged.data() + 24, &sum, 8);
    try {
      io::from_bytes<sample>(forged);
      ++read;
    } catch (const bad_file&) {
    }
  }
  EXPECT_GT(read, 0);
  EXPECT_LT(read, 20000);
}

TEST(ModelFile, ContradictionsAreRefused) {
  sample crowded = example();
  crowded.numbers.resize(4);
  EXPECT_THROW(io::from_bytes<sample>(io::to_bytes(crowded)), bad_file);
  sample wild = example();
  wild.level = 2;
  EXPECT_THROW(io::from_bytes<sample>(io::to_bytes(wild)), bad_file);
}

}  // namespace
