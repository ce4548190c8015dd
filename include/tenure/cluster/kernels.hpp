#pragma once

#include <cstddef>
#include <cstdint>

#include "tenure/config.hpp"

namespace tenure::inline TENURE_ABI::cluster::detail {

/// Rows travel in tiles of one cache line: a tile holds `lanes<T>` rows, coordinate by coordinate.
template <class T>
inline constexpr std::size_t lanes = 64 / sizeof(T);

/// The hot loops of the family (documented in kernels_*.inc), for the instruction set of the machine that runs.
template <class T>
struct kernel_set {
  void (*nearest)(const T* tiles, std::size_t tile_count, std::size_t d, const T* centres, const T* half_norms, std::size_t k, T* best, std::int32_t* label);
  void (*nearest_two)(const T* tiles, std::size_t tile_count, std::size_t d, const T* centres, const T* half_norms, std::size_t k, T* best, std::int32_t* label,
                      T* second);
  void (*squared_distances)(const T* tiles, std::size_t tile_count, std::size_t d, const T* query, T* out);
  void (*distances)(const T* tiles, std::size_t tile_count, std::size_t d, const T* query, T* out);
  void (*seed_potentials)(const T* tiles, std::size_t tile_count, std::size_t d, const T* candidates, std::size_t count, const T* closest, const T* weight,
                          double* potential);
  void (*distance_sums)(const T* tile, std::size_t d, const T* points, std::size_t count, T* sums);
  T (*sum_of_least)(const T* a, const T* b, std::size_t count);
  std::size_t (*indices_below)(const T* a, const T* b, std::size_t count, std::uint32_t* out);
  void (*live_distances)(const T* tiles, std::size_t tile_count, std::size_t d, const T* centre, const T* size, T* out);
  std::size_t (*nearest_by_ward)(const T* tiles, std::size_t tile_count, std::size_t d, const T* centre, T own, const T* size, T* least);
  void (*ward_bounds)(const T* low, const T* high, std::size_t tile_count, std::size_t d, const T* centre, T own, const T* least, T* out);
  std::size_t (*reach_from)(const T* tiles, std::size_t tile_count, std::size_t d, const T* query, T mark, T* near, T* from);
  std::size_t (*least_index)(const T* values, std::size_t begin, std::size_t end);
  void (*gaussian_log_density)(const double* tiles, std::size_t tile_count, std::size_t d, const double* mean, const double* factor, bool diagonal,
                               double offset, double* scratch, double* out);
  void (*soft_maximum)(double* logs, std::size_t stride, std::size_t tile_count, std::size_t count);
  void (*weighted_moments)(const double* tiles, std::size_t tile_count, std::size_t d, const double* mean, const double* r, bool diagonal, double* scratch,
                           double* weight, double* first, double* second);
};

const kernel_set<double>& kernels_of(double);
const kernel_set<float>& kernels_of(float);

/// The kernels for values of type T.
template <class T>
const kernel_set<T>& kernels() {
  return kernels_of(T{});
}

}  // namespace tenure::inline TENURE_ABI::cluster::detail

#ifndef TENURE_COMPILED
#include "tenure/cluster/kernels-inl.hpp"
#endif
