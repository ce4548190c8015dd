#pragma once

#include <cstdint>
#include <vector>

namespace tenure::inline TENURE_ABI::rules::detail {

/// Whether `all` has every bit of `part`.
inline bool contains(const std::uint64_t* all, const std::uint64_t* part, std::size_t words) {
  for (std::size_t w = 0; w < words; ++w)
    if (part[w] & ~all[w]) return false;
  return true;
}

/// Sets of ranks as bits, asked whether one of them holds another set; the latest is asked first.
class known_sets {
 public:
  explicit known_sets(std::size_t ranks) : words_((ranks + 63) / 64) {}

  void clear() { masks_.clear(); }

  template <class... Ranks>
  void add(const Ranks&... ranks) {
    masks_.resize(masks_.size() + words_, 0);
    (set(masks_.data() + masks_.size() - words_, ranks), ...);
  }

  template <class... Ranks>
  bool hold(const Ranks&... ranks) {
    wanted_.assign(words_, 0);
    (set(wanted_.data(), ranks), ...);
    for (std::size_t end = masks_.size(); end > 0; end -= words_)
      if (contains(masks_.data() + end - words_, wanted_.data(), words_)) return true;
    return false;
  }

 private:
  static void set(std::uint64_t* mask, const std::vector<std::uint32_t>& ranks) {
    for (const std::uint32_t r : ranks)
      mask[r / 64] |= std::uint64_t{1} << (r % 64);
  }

  std::size_t words_;
  std::vector<std::uint64_t> masks_, wanted_;
};

}  // namespace tenure::inline TENURE_ABI::rules::detail
