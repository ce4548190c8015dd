#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI {

/// One reproducible stream of random numbers per (seed, stream): give every task its own stream number and the result does not
/// depend on which thread runs it. xoshiro256++ (Blackman and Vigna 2021) seeded by splitmix64; the distributions are our own,
/// since the standard library's differ between platforms.
class random_stream {
 public:
  explicit random_stream(std::uint64_t seed, std::uint64_t stream = 0) {
    std::uint64_t x = mix(seed) ^ mix(stream + 0x632be59bd9b4e019U);
    for (auto& word : state_)
      word = mix(x += 0x9e3779b97f4a7c15U);
  }

  std::uint64_t next() {
    const std::uint64_t result = rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotl(state_[3], 45);
    return result;
  }

  /// Uniform in [0, 1), 53 bits.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

  /// Uniform in {0, ..., n - 1}, n > 0, without bias (Lemire 2019).
  std::uint64_t below(std::uint64_t n) {
    const std::uint64_t reject = -n % n;
    for (;;) {
      const std::uint64_t x = next();
      const auto [high, low] = multiply(x, n);
      if (low >= reject) return high;
    }
  }

  /// Standard normal (Marsaglia's polar method).
  double normal() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    double u, v, s;
    do {
      u = 2 * uniform() - 1;
      v = 2 * uniform() - 1;
      s = u * u + v * v;
    } while (s >= 1 || s == 0);
    const double scale = std::sqrt(-2 * std::log(s) / s);
    spare_ = v * scale;
    has_spare_ = true;
    return u * scale;
  }

  /// Exponential with mean 1.
  double exponential() { return -std::log1p(-uniform()); }

  /// Fisher-Yates shuffle of [first, first + n).
  template <class T>
  void shuffle(T* first, std::size_t n) {
    for (std::size_t i = n; i > 1; --i)
      std::swap(first[i - 1], first[below(i)]);
  }

 private:
  static constexpr std::uint64_t rotl(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  static constexpr std::pair<std::uint64_t, std::uint64_t> multiply(std::uint64_t a, std::uint64_t b) {
    const std::uint64_t a0 = a & 0xffffffffU, a1 = a >> 32, b0 = b & 0xffffffffU, b1 = b >> 32;
    const std::uint64_t p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
    const std::uint64_t middle = (p00 >> 32) + (p01 & 0xffffffffU) + (p10 & 0xffffffffU);
    return {p11 + (p01 >> 32) + (p10 >> 32) + (middle >> 32), (middle << 32) | (p00 & 0xffffffffU)};
  }

  std::uint64_t state_[4];
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace tenure::inline TENURE_ABI
