#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include "tenure/core/error.hpp"

namespace tenure::inline TENURE_ABI {

/// How a long computation runs, apart from what it computes: every `fit_*` takes one as its last argument.
struct execution {
  /// Threads to use, 0 = all cores (or TENURE_NUM_THREADS). The result does not depend on it, bit for bit.
  int threads = 1;
  /// Called on the calling thread, at most a few times a second of work, with the share done in [0, 1]; returning false stops the
  /// computation with `cancelled`.
  bool (*progress)(void* context, double done) = nullptr;
  void* context = nullptr;

  void report(double done) const {
    if (progress && !progress(context, done)) throw cancelled();
  }
};

/// The number of threads that `requested` (0 = all) stands for.
int thread_count(int requested);

/// A non-owning reference to a callable `void(std::size_t task)`.
class task_ref {
 public:
  template <class F, class = std::enable_if_t<!std::is_same_v<std::remove_cvref_t<F>, task_ref>>>
  task_ref(F&& f)
      : object_(const_cast<void*>(static_cast<const void*>(&f))), call_([](void* o, std::size_t i) { (*static_cast<std::remove_reference_t<F>*>(o))(i); }) {}
  void operator()(std::size_t i) const { call_(object_, i); }

 private:
  void* object_;
  void (*call_)(void*, std::size_t);
};

/// Runs `body(0) ... body(count - 1)`, in any order, on a lazy pool of threads that survives a fork. Nested calls run in the calling
/// thread. The first exception (by task number) is thrown after all started tasks have ended. Progress counts tasks.
void parallel_for(std::size_t count, const execution& run, task_ref body);

/// A fixed partition of n rows: it depends on n alone, never on the number of threads, so that per-chunk results combined in order
/// are the same for any number of threads. At most `max_chunks` chunks of at least `grain` rows.
class chunking {
 public:
  explicit chunking(std::size_t n, std::size_t grain = 4096, std::size_t max_chunks = 64) : n_(n) {
    const std::size_t wanted = grain ? std::min(max_chunks, n / grain) : max_chunks;
    count_ = n == 0 ? 0 : std::max<std::size_t>(1, wanted);
  }
  std::size_t count() const { return count_; }
  std::size_t begin(std::size_t chunk) const { return n_ / count_ * chunk + std::min(chunk, n_ % count_); }
  std::size_t end(std::size_t chunk) const { return begin(chunk + 1); }

 private:
  std::size_t n_, count_;
};

/// body(chunk, begin, end) for every chunk of the partition.
template <class Body>
void parallel_chunks(const chunking& chunks, const execution& run, Body&& body) {
  parallel_for(chunks.count(), run, [&](std::size_t c) { body(c, chunks.begin(c), chunks.end(c)); });
}

/// Folds chunk results in chunk order: `body(partial, begin, end)` fills a copy of `zero`, `merge(total, partial)` combines.
template <class Partial, class Body, class Merge>
Partial parallel_reduce(const chunking& chunks, const execution& run, const Partial& zero, Body&& body, Merge&& merge) {
  std::vector<Partial> partials(chunks.count(), zero);
  parallel_chunks(chunks, run, [&](std::size_t c, std::size_t begin, std::size_t end) { body(partials[c], begin, end); });
  if (partials.empty()) return zero;
  Partial total = std::move(partials[0]);
  for (std::size_t c = 1; c < partials.size(); ++c)
    merge(total, partials[c]);
  return total;
}

}  // namespace tenure::inline TENURE_ABI

#ifndef TENURE_COMPILED
#include "tenure/core/parallel-inl.hpp"
#endif
