#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

/// Asks for large pages for memory that is about to be written for the first time: small pages cost more than the work on a column does.
inline void prefer_large_pages([[maybe_unused]] void* data, [[maybe_unused]] std::size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  constexpr std::uintptr_t page = 4096;
  if (bytes < (std::size_t{1} << 22)) return;
  const auto begin = (reinterpret_cast<std::uintptr_t>(data) + page - 1) & ~(page - 1);
  const auto end = (reinterpret_cast<std::uintptr_t>(data) + bytes) & ~(page - 1);
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

/// resize(n) of an empty vector, on large pages where it is large.
template <class T>
void resize_large(std::vector<T>& v, std::size_t n) {
  v.reserve(n);
  prefer_large_pages(v.data(), n * sizeof(T));
  v.resize(n);
}

inline std::unique_ptr<std::uint64_t[]> make_keys(std::size_t n) {
  auto keys = std::make_unique_for_overwrite<std::uint64_t[]>(n);
  prefer_large_pages(keys.get(), n * sizeof(std::uint64_t));
  return keys;
}

}  // namespace tenure::inline TENURE_ABI::survival::detail
