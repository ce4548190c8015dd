#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

#include "tenure/core/parallel.hpp"

namespace tenure::inline TENURE_ABI {

TENURE_INLINE int thread_count(int requested) {
  if (requested < 0) throw invalid_input("threads", "must be >= 0", requested);
  if (requested > 0) return std::min(requested, 256);
  if (const char* text = std::getenv("TENURE_NUM_THREADS")) {
    const int value = std::atoi(text);
    if (value > 0) return std::min(value, 256);
  }
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 256U));
}

namespace detail {

inline long process_id() {
#if defined(__unix__) || defined(__APPLE__)
  return static_cast<long>(getpid());
#else
  return 0;
#endif
}

/// One parallel_for call: tasks are handed out by an atomic counter, errors kept by lowest task number.
struct parallel_job {
  parallel_job(std::size_t task_count, int helper_count, const task_ref& task_body) : count(task_count), helpers(helper_count), body(task_body) {}

  std::size_t count;
  int helpers;
  const task_ref& body;
  std::atomic<std::size_t> next{0}, done{0};
  std::atomic<bool> stop{false};
  std::mutex error_lock;
  std::size_t error_task = static_cast<std::size_t>(-1);
  std::exception_ptr failure;

  void fail(std::size_t task) {
    const std::lock_guard guard(error_lock);
    stop = true;
    if (task >= error_task) return;
    error_task = task;
    failure = std::current_exception();
  }

  bool run_one() {
    const std::size_t task = stop ? count : next.fetch_add(1);
    if (task >= count) return false;
    try {
      body(task);
    } catch (...) {
      fail(task);
    }
    ++done;
    return true;
  }
};

/// Sleeping workers. A child process after fork has none of them, so the pool belongs to a process id and is made anew there; the
/// old one is left alone (its threads do not exist). Never destroyed: parked threads must not be joined while a process unloads.
class thread_pool {
 public:
  static thread_pool& instance() {
    static std::mutex making;
    static thread_pool* pool = nullptr;
    static long owner = 0;
    const std::lock_guard guard(making);
    if (!pool || owner != process_id()) {
      pool = new thread_pool;
      owner = process_id();
    }
    return *pool;
  }

  static bool& inside() {
    thread_local bool value = false;
    return value;
  }

  void run(parallel_job& job, const execution& how) {
    std::unique_lock busy(one_job_, std::try_to_lock);
    if (!busy) return run_here(job, how);  // another caller has the workers: do not wait for them
    {
      const std::lock_guard guard(lock_);
      while (static_cast<int>(workers_) < job.helpers) {
        std::thread([this, index = workers_] { work(static_cast<int>(index)); }).detach();
        ++workers_;
      }
      job_ = &job;
      ++generation_;
    }
    wake_.notify_all();
    run_here(job, how);
    std::unique_lock guard(lock_);
    job_ = nullptr;
    idle_.wait(guard, [this] { return active_ == 0; });
  }

  static void run_here(parallel_job& job, const execution& how) {
    struct nesting {
      bool before = std::exchange(inside(), true);
      ~nesting() { inside() = before; }
    } guard;
    try {
      while (job.run_one())
        how.report(static_cast<double>(job.done.load()) / static_cast<double>(job.count));
    } catch (...) {
      job.fail(0);
    }
  }

 private:
  void work(int index) {
    inside() = true;
    std::size_t seen = 0;
    std::unique_lock guard(lock_);
    for (;;) {
      wake_.wait(guard, [&] { return job_ && generation_ != seen; });
      seen = generation_;
      parallel_job& job = *job_;
      if (index >= job.helpers) continue;
      ++active_;
      guard.unlock();
      while (job.run_one()) {
      }
      guard.lock();
      if (--active_ == 0) idle_.notify_all();
    }
  }

  std::mutex one_job_, lock_;
  std::condition_variable wake_, idle_;
  parallel_job* job_ = nullptr;
  std::size_t generation_ = 0, workers_ = 0;
  int active_ = 0;
};

}  // namespace detail

TENURE_INLINE void parallel_for(std::size_t count, const execution& run, task_ref body) {
  const int threads = static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(thread_count(run.threads)), count));
  detail::parallel_job job(count, threads - 1, body);
  if (threads <= 1 || detail::thread_pool::inside()) {
    for (std::size_t task = 0; task < count; ++task) {
      body(task);
      if (!detail::thread_pool::inside()) run.report(static_cast<double>(task + 1) / static_cast<double>(count));
    }
    return;
  }
  detail::thread_pool::instance().run(job, run);
  if (job.failure) std::rethrow_exception(job.failure);
}

}  // namespace tenure::inline TENURE_ABI
