#pragma once

#include <bit>
#include <cstdint>

#include "tenure/numeric/elementary.hpp"
#include "tenure/numeric/syrk.hpp"

namespace tenure::inline TENURE_ABI::numeric {

namespace detail {

/// exp of x in [-708, 709]: x = k ln 2 + r, |r| <= ln 2 / 2, Taylor to r^13 (remainder 4e-18), exponent added as bits.
inline double exp_core(double x) {
  constexpr double shift = 0x1.8p52, log2_e = 0x1.71547652b82fep0, ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;
  const double shifted = x * log2_e + shift;
  const double k = shifted - shift;
  const double r = (x - k * ln2_high) - k * ln2_low;
  const double r2 = r * r, r4 = r2 * r2;
  const double low = (1.0 / 2 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120));
  const double middle = (1.0 / 720 + r * (1.0 / 5040)) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
  const double high = (1.0 / 3628800 + r * (1.0 / 39916800)) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800));
  const double q = low + r4 * (middle + r4 * high);
  const double value = 1.0 + (r + r2 * q);
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) + (std::bit_cast<std::uint64_t>(shifted) << 52));
}

/// log(1 + e) for e in [0, 1]: atanh series of the rounded 1 + e, plus what the rounding lost.
inline double log_one_plus_core(double e) {
  const double u = 1.0 + e;
  const double lost = e - (u - 1.0);
  const bool upper = u > 1.4142135623730951;
  const double m = upper ? 0.5 * u : u;
  const double s = (m - 1.0) / (m + 1.0), s2 = s * s, s4 = s2 * s2, s8 = s4 * s4;
  const double low = (1.0 / 3 + s2 * (1.0 / 5)) + s4 * (1.0 / 7 + s2 * (1.0 / 9));
  const double high = (1.0 / 11 + s2 * (1.0 / 13)) + s4 * (1.0 / 15 + s2 * (1.0 / 17)) + s8 * (1.0 / 19 + s2 * (1.0 / 21));
  const double series = 2.0 * s + 2.0 * s * s2 * (low + s8 * high);
  return (series + lost / u) + (upper ? 0x1.62e42fefa39efp-1 : 0.0);
}

}  // namespace detail

TENURE_KERNEL void exp_block(const double* x, std::size_t n, double* out) {
  for (std::size_t i = 0; i < n; ++i) {
    const double low = x[i] < -708.0 ? -708.0 : x[i];
    out[i] = detail::exp_core(low > 709.0 ? 709.0 : low);
  }
}

namespace detail {

TENURE_KERNEL void logistic_mean_block(const double* eta, std::size_t n, double* mean) {
  for (std::size_t i = 0; i < n; ++i) {
    const double size = eta[i] < 0 ? -eta[i] : eta[i];
    const double e = exp_core(size > 708.0 ? -708.0 : -size);
    mean[i] = (eta[i] < 0 ? e : 1.0) / (1.0 + e);
  }
}

TENURE_KERNEL void logistic_both_block(const double* eta, std::size_t n, double* mean, double* log_one_plus_exp) {
  for (std::size_t i = 0; i < n; ++i) {
    const double size = eta[i] < 0 ? -eta[i] : eta[i];
    const double e = exp_core(size > 708.0 ? -708.0 : -size);
    const double positive = eta[i] < 0 ? 0.0 : eta[i];
    mean[i] = (eta[i] < 0 ? e : 1.0) / (1.0 + e);
    log_one_plus_exp[i] = positive + log_one_plus_core(e);
  }
}

TENURE_KERNEL void log_one_plus_exp_block(const double* eta, std::size_t n, double* out) {
  for (std::size_t i = 0; i < n; ++i) {
    const double size = eta[i] < 0 ? -eta[i] : eta[i];
    out[i] = (eta[i] < 0 ? 0.0 : eta[i]) + log_one_plus_core(exp_core(size > 708.0 ? -708.0 : -size));
  }
}

TENURE_KERNEL void multiply_block(const double* a, const double* b, std::size_t n, double* out) {
  for (std::size_t r = 0; r < n; ++r)
    out[r] = a[r] * b[r];
}

TENURE_KERNEL void add_multiple_block(const double* x, double factor, std::size_t n, double* sum) {
  for (std::size_t r = 0; r < n; ++r)
    sum[r] += factor * x[r];
}

TENURE_KERNEL void standardise_block(double* x, double center, double factor, std::size_t n) {
  for (std::size_t r = 0; r < n; ++r)
    x[r] = (x[r] - center) * factor;
}

inline double fold_8(const double* sums) { return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7])); }

// Eight running sums, so that the compiler may use vectors without changing the order of any addition.
TENURE_KERNEL double dot_block(const double* a, const double* b, std::size_t n) {
  double sums[8] = {};
  std::size_t r = 0;
  for (; r + 8 <= n; r += 8)
    for (std::size_t k = 0; k < 8; ++k)
      sums[k] += a[r + k] * b[r + k];
  for (; r < n; ++r)
    sums[r % 8] += a[r] * b[r];
  return fold_8(sums);
}

TENURE_KERNEL block_moments moments_block(const double* x, std::size_t n) {
  double sums[8] = {}, squares[8] = {};
  std::size_t r = 0;
  for (; r + 8 <= n; r += 8)
    for (std::size_t k = 0; k < 8; ++k)
      sums[k] += x[r + k];
  for (; r < n; ++r)
    sums[r % 8] += x[r];
  const double mean = fold_8(sums) / static_cast<double>(n);
  for (r = 0; r + 8 <= n; r += 8)
    for (std::size_t k = 0; k < 8; ++k)
      squares[k] += (x[r + k] - mean) * (x[r + k] - mean);
  for (; r < n; ++r)
    squares[r % 8] += (x[r] - mean) * (x[r] - mean);
  return {mean, fold_8(squares)};
}

}  // namespace detail

TENURE_INLINE void logistic_block(const double* eta, std::size_t n, double* mean, double* log_one_plus_exp) {
  if (mean && log_one_plus_exp)
    detail::logistic_both_block(eta, n, mean, log_one_plus_exp);
  else if (mean)
    detail::logistic_mean_block(eta, n, mean);
  else if (log_one_plus_exp)
    detail::log_one_plus_exp_block(eta, n, log_one_plus_exp);
}

// The tile of the Gram matrix: 4 columns by 4 (or 3) columns, accumulators in registers, every step one vector of rows. Written once
// as a macro because the accumulators must be named (g++ keeps arrays of them in memory) and because each instruction set needs its
// own function. Multiply-add is fused here: a Gram matrix needs speed, not the same bits on every machine.

// clang-format off
#define TENURE_TILE_LOAD(p) (*reinterpret_cast<const V*>(p))
#define TENURE_TILE_STORE(p) (*reinterpret_cast<V*>(p))
#define TENURE_TILE_ROW(I, LAST)                                                                          \
  V c##I##0 = TENURE_TILE_LOAD(acc + (I * width + 0) * lanes), c##I##1 = TENURE_TILE_LOAD(acc + (I * width + 1) * lanes), \
    c##I##2 = TENURE_TILE_LOAD(acc + (I * width + 2) * lanes);                                            \
  LAST(V c##I##3 = TENURE_TILE_LOAD(acc + (I * width + 3) * lanes);)
#define TENURE_TILE_STEP(I, LAST) { const V x = TENURE_TILE_LOAD(a##I + r); c##I##0 += x * y0; c##I##1 += x * y1; c##I##2 += x * y2; LAST(c##I##3 += x * y3;) }
#define TENURE_TILE_KEEP(I, LAST)                                                                         \
  TENURE_TILE_STORE(acc + (I * width + 0) * lanes) = c##I##0;                                             \
  TENURE_TILE_STORE(acc + (I * width + 1) * lanes) = c##I##1;                                             \
  TENURE_TILE_STORE(acc + (I * width + 2) * lanes) = c##I##2;                                             \
  LAST(TENURE_TILE_STORE(acc + (I * width + 3) * lanes) = c##I##3;)
#define TENURE_TILE_YES(...) __VA_ARGS__
#define TENURE_TILE_NO(...)
#define TENURE_TILE(NAME, VECTOR, WIDTH, LAST, FUSED, ...)                                                \
  __VA_ARGS__ inline void NAME(const double* const* a, const double* const* b, std::size_t rows, double* acc) { \
    FUSED                                                                                                 \
    using V = VECTOR;                                                                                     \
    constexpr std::size_t width = WIDTH, lanes = sizeof(V) / sizeof(double);                              \
    TENURE_TILE_ROW(0, LAST) TENURE_TILE_ROW(1, LAST) TENURE_TILE_ROW(2, LAST) TENURE_TILE_ROW(3, LAST)   \
    const double *a0 = a[0], *a1 = a[1], *a2 = a[2], *a3 = a[3], *b0 = b[0], *b1 = b[1], *b2 = b[2];      \
    LAST(const double* b3 = b[3];)                                                                        \
    for (std::size_t r = 0; r < rows; r += lanes) {                                                       \
      const V y0 = TENURE_TILE_LOAD(b0 + r), y1 = TENURE_TILE_LOAD(b1 + r), y2 = TENURE_TILE_LOAD(b2 + r); \
      LAST(const V y3 = TENURE_TILE_LOAD(b3 + r);)                                                        \
      TENURE_TILE_STEP(0, LAST) TENURE_TILE_STEP(1, LAST) TENURE_TILE_STEP(2, LAST) TENURE_TILE_STEP(3, LAST) \
    }                                                                                                     \
    TENURE_TILE_KEEP(0, LAST) TENURE_TILE_KEEP(1, LAST) TENURE_TILE_KEEP(2, LAST) TENURE_TILE_KEEP(3, LAST) \
  }
// clang-format on

namespace detail {

#if defined(__GNUC__)
typedef double tile_2 __attribute__((vector_size(16), aligned(8), may_alias));
typedef double tile_4 __attribute__((vector_size(32), aligned(8), may_alias));
typedef double tile_8 __attribute__((vector_size(64), aligned(8), may_alias));
#else
using tile_2 = double;
#endif

#if defined(__clang__)
#define TENURE_FUSED_BODY _Pragma("clang fp contract(fast)")
#define TENURE_FUSED_FOR(isa) __attribute__((target(isa)))
#elif defined(__GNUC__)
#define TENURE_FUSED_BODY
#define TENURE_FUSED_FOR(isa) __attribute__((target(isa), optimize("fp-contract=fast")))
#endif

#if defined(__AVX512F__)
TENURE_TILE(gram_tile_built, tile_8, 4, TENURE_TILE_YES, TENURE_FUSED_BODY)
inline constexpr gram_kernel built_gram_kernel{4, 8, gram_tile_built};
#elif defined(__AVX__)
TENURE_TILE(gram_tile_built, tile_4, 3, TENURE_TILE_NO, TENURE_FUSED_BODY)
inline constexpr gram_kernel built_gram_kernel{3, 4, gram_tile_built};
#else
TENURE_TILE(gram_tile_built, tile_2, 3, TENURE_TILE_NO, )
inline constexpr gram_kernel built_gram_kernel{3, sizeof(tile_2) / sizeof(double), gram_tile_built};
#if defined(TENURE_COMPILED) && defined(__GNUC__) && defined(__x86_64__)
#define TENURE_TILE_DISPATCH
TENURE_TILE(gram_tile_avx512, tile_8, 4, TENURE_TILE_YES, TENURE_FUSED_BODY, TENURE_FUSED_FOR("avx512f"))
TENURE_TILE(gram_tile_avx2, tile_4, 3, TENURE_TILE_NO, TENURE_FUSED_BODY, TENURE_FUSED_FOR("avx2,fma"))
#endif
#endif

TENURE_INLINE const gram_kernel& chosen_gram_kernel() {
  static const gram_kernel chosen = [] {
#ifdef TENURE_TILE_DISPATCH
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return gram_kernel{4, 8, gram_tile_avx512};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return gram_kernel{3, 4, gram_tile_avx2};
#endif
    return built_gram_kernel;
  }();
  return chosen;
}

}  // namespace detail

#undef TENURE_TILE
#undef TENURE_TILE_LOAD
#undef TENURE_TILE_STORE
#undef TENURE_TILE_ROW
#undef TENURE_TILE_STEP
#undef TENURE_TILE_KEEP
#undef TENURE_TILE_YES
#undef TENURE_TILE_NO
#undef TENURE_TILE_DISPATCH
#undef TENURE_FUSED_BODY
#undef TENURE_FUSED_FOR

}  // namespace tenure::inline TENURE_ABI::numeric
