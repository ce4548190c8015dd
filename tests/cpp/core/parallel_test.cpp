#include "tenure/core/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>

#if defined(__unix__)
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace {

using namespace tenure;

double harmonic_sum(int threads) {
  return parallel_reduce(
      chunking(1'000'003), {.threads = threads}, 0.0,
      [](double& sum, std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
          sum += 1.0 / static_cast<double>(i + 1);
      },
      [](double& total, double part) { total += part; });
}

TEST(Parallel, SameBitsForAnyThreadCount) {
  const double one = harmonic_sum(1);
  for (const int threads : {2, 3, 7, 0})
    EXPECT_EQ(harmonic_sum(threads), one);
}

TEST(Parallel, ChunksCoverEveryRowOnce) {
  for (const std::size_t n : {0U, 1U, 4095U, 4096U, 100'001U}) {
    const chunking chunks(n, 64, 10);
    std::size_t next = 0;
    for (std::size_t c = 0; c < chunks.count(); ++c) {
      EXPECT_EQ(chunks.begin(c), next);
      next = chunks.end(c);
    }
    EXPECT_EQ(next, n);
  }
}

TEST(Parallel, LowestTasksErrorIsThrownAndNestingWorks) {
  std::atomic<int> inner{0};
  parallel_for(8, {.threads = 4}, [&](std::size_t) { parallel_for(5, {.threads = 4}, [&](std::size_t) { ++inner; }); });
  EXPECT_EQ(inner, 40);
  EXPECT_THROW(parallel_for(100, {.threads = 4},
                            [](std::size_t i) {
                              if (i == 3) throw invalid_input("x", "three");
                            }),
               invalid_input);
  EXPECT_NO_THROW(parallel_for(100, {.threads = 4}, [](std::size_t) {}));
}

TEST(Parallel, ProgressCanCancel) {
  execution run{.threads = 1, .progress = [](void* context, double done) {
                  *static_cast<double*>(context) = done;
                  return done < 0.2;
                }};
  double last = 0;
  run.context = &last;
  EXPECT_THROW(parallel_for(1000, run, [](std::size_t) {}), cancelled);
  EXPECT_GE(last, 0.2);
}

#if defined(__unix__)
TEST(Parallel, AForkedChildGetsItsOwnPool) {
  const double expected = harmonic_sum(2);
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    _exit(harmonic_sum(2) == expected ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}
#endif

}  // namespace
