#pragma once

#include <cmath>
#include <cstring>
#include <limits>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

#include "tenure/cluster/kernels.hpp"

// Compiled with g++ on x86-64 the loops exist for three instruction sets and the machine that runs picks one. The target regions cover
// nothing but the loops: no function of the standard library may be instantiated inside.
#if defined(TENURE_COMPILED) && defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__)
#define TENURE_CLUSTER_DISPATCH 1
#endif

namespace tenure::inline TENURE_ABI::cluster::detail {

namespace kernels_here {
#if defined(TENURE_CLUSTER_DISPATCH) || !(defined(__AVX__) || defined(__AVX512F__))
#define TENURE_PACK_BYTES 16
#elif defined(__AVX512F__)
#define TENURE_PACK_BYTES 64
#else
#define TENURE_PACK_BYTES 32
#endif
#include "tenure/cluster/kernels.inc"
#undef TENURE_PACK_BYTES
}  // namespace kernels_here

#ifdef TENURE_CLUSTER_DISPATCH
#pragma GCC push_options
#pragma GCC target("arch=x86-64-v3")
namespace kernels_v3 {
#define TENURE_PACK_BYTES 32
#include "tenure/cluster/kernels.inc"
#undef TENURE_PACK_BYTES
}  // namespace kernels_v3
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("arch=x86-64-v4")
namespace kernels_v4 {
#define TENURE_PACK_BYTES 64
#include "tenure/cluster/kernels.inc"
#undef TENURE_PACK_BYTES
}  // namespace kernels_v4
#pragma GCC pop_options

template <class T>
const kernel_set<T>& choose_kernels() {
  if (__builtin_cpu_supports("x86-64-v4")) return kernels_v4::kernels<T>;
  if (__builtin_cpu_supports("x86-64-v3")) return kernels_v3::kernels<T>;
  return kernels_here::kernels<T>;
}
#else
template <class T>
const kernel_set<T>& choose_kernels() {
  return kernels_here::kernels<T>;
}
#endif

TENURE_INLINE const kernel_set<double>& kernels_of(double) {
  static const kernel_set<double>& chosen = choose_kernels<double>();
  return chosen;
}
TENURE_INLINE const kernel_set<float>& kernels_of(float) {
  static const kernel_set<float>& chosen = choose_kernels<float>();
  return chosen;
}

}  // namespace tenure::inline TENURE_ABI::cluster::detail
