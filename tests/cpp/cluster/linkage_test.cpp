#include "tenure/cluster/linkage.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "reference.hpp"
#include "tenure/cluster/scores.hpp"
#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"

namespace {

using namespace tenure;
using namespace tenure::cluster;

constexpr linkage_method all_methods[] = {linkage_method::ward,   linkage_method::complete, linkage_method::average, linkage_method::weighted,
                                          linkage_method::single, linkage_method::centroid, linkage_method::median};

matrix noise(std::size_t n, std::size_t d) {
  random_stream random(21);
  matrix x(n, d);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < d; ++j)
      x(i, j) = random.normal();
  return x;
}

/// The recurrence of Lance and Williams on a full matrix, two nearest clusters at a time.
std::vector<double> plain_heights(const matrix& x, linkage_method method) {
  const std::size_t n = x.rows();
  const bool squared = method == linkage_method::ward || method == linkage_method::centroid || method == linkage_method::median;
  matrix gap(n, n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < x.cols(); ++k)
        gap(i, j) += (x(i, k) - x(j, k)) * (x(i, k) - x(j, k));
      if (!squared) gap(i, j) = std::sqrt(gap(i, j));
    }
  std::vector<double> size(n, 1), heights;
  for (std::size_t step = 0; step + 1 < n; ++step) {
    std::size_t a = n, b = n;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = i + 1; j < n; ++j)
        if (size[i] > 0 && size[j] > 0 && (a == n || gap(i, j) < gap(a, b))) a = i, b = j;
    const double na = size[a], nb = size[b], ab = gap(a, b);
    heights.push_back(squared ? std::sqrt(ab) : ab);
    for (std::size_t k = 0; k < n; ++k) {
      if (k == a || k == b || size[k] == 0) continue;
      const double ka = gap(k, a), kb = gap(k, b), nk = size[k];
      double to = 0;
      switch (method) {
        case linkage_method::ward:
          to = ((na + nk) * ka + (nb + nk) * kb - nk * ab) / (na + nb + nk);
          break;
        case linkage_method::complete:
          to = std::max(ka, kb);
          break;
        case linkage_method::average:
          to = (na * ka + nb * kb) / (na + nb);
          break;
        case linkage_method::weighted:
          to = (ka + kb) / 2;
          break;
        case linkage_method::single:
          to = std::min(ka, kb);
          break;
        case linkage_method::centroid:
          to = (na * ka + nb * kb) / (na + nb) - na * nb * ab / ((na + nb) * (na + nb));
          break;
        case linkage_method::median:
          to = (ka + kb) / 2 - ab / 4;
          break;
      }
      gap(k, b) = gap(b, k) = to;
    }
    size[b] += size[a];
    size[a] = 0;
  }
  return heights;
}

std::vector<double> heights_of(const linkage_model& model) {
  std::vector<double> heights;
  for (std::size_t i = 0; i < model.merges.rows(); ++i)
    heights.push_back(model.merges(i, 2));
  return heights;
}

TEST(Linkage, EqualsTheReference) {
  for (const auto& name : reference::data_sets()) {
    const matrix x = reference::load_rows(name);
    const auto file = reference::load("clustering_" + name + ".json");
    for (const auto method : {linkage_method::ward, linkage_method::average, linkage_method::complete, linkage_method::single}) {
      const auto& expected = file["linkage"][name_of(method)];
      const auto model = fit_linkage(x, method);
      const auto heights = heights_of(model), wanted = expected["heights"].numbers();
      for (std::size_t i = 0; i < wanted.size(); ++i)
        ASSERT_NEAR(heights[i], wanted[i], 1e-13 * (1 + wanted.back())) << name << name_of(method);
      for (const std::int64_t k : {2, 3, 5})
        EXPECT_EQ(adjusted_rand_score(cut_tree(model, k), expected["cut" + std::to_string(k)]["labels"].labels()), 1.0);
    }
  }
}

TEST(Linkage, EveryMethodFollowsTheRecurrence) {
  const matrix x = noise(300, 3);
  for (const auto method : all_methods) {
    const auto model = fit_linkage(x, method);
    const auto heights = heights_of(model), expected = plain_heights(x, method);
    for (std::size_t i = 0; i < expected.size(); ++i)
      ASSERT_NEAR(heights[i], expected[i], 1e-12) << name_of(method) << i;
    EXPECT_EQ(model.merges(298, 3), 300);
    EXPECT_EQ(fit_linkage(x, method, {.threads = 3}), model);
    EXPECT_EQ(io::from_bytes<linkage_model>(io::to_bytes(model)), model);
  }
}

TEST(Linkage, CutsAndThresholds) {
  const auto model = fit_linkage(matrix(4, 1, {0, 1, 10, 12}), linkage_method::single);
  EXPECT_EQ(model.merges, matrix(3, 4, {0, 1, 1, 2, 2, 3, 2, 2, 4, 5, 9, 4}));
  EXPECT_EQ(cut_tree(model, 1), (std::vector<std::int64_t>{0, 0, 0, 0}));
  EXPECT_EQ(cut_tree(model, 2), (std::vector<std::int64_t>{0, 0, 1, 1}));
  EXPECT_EQ(cut_tree(model, 4), (std::vector<std::int64_t>{0, 1, 2, 3}));
  EXPECT_EQ(clusters_below(model, 2), 3);
  EXPECT_EQ(clusters_below(model, 2.5), 2);
  EXPECT_THROW(cut_tree(model, 0), invalid_input);
  EXPECT_THROW(cut_tree(model, 5), invalid_input);
}

TEST(Linkage, DuplicatesAndOneRow) {
  for (const auto method : all_methods) {
    const auto model = fit_linkage(matrix(70, 2), method);
    EXPECT_EQ(heights_of(model), std::vector<double>(69, 0.0));
    EXPECT_EQ(fit_linkage(matrix(1, 2), method).merges.rows(), 0U);
  }
}

TEST(Linkage, HostileFilesAreRefused) {
  auto model = fit_linkage(noise(6, 2), linkage_method::ward);
  for (const double bad : {-1.0, 99.0, 0.5}) {
    linkage_model spoiled = model;
    spoiled.merges(2, 0) = bad;
    EXPECT_THROW(io::from_bytes<linkage_model>(io::to_bytes(spoiled)), bad_file);
  }
  model.merges(1, 0) = model.merges(0, 0);
  EXPECT_THROW(io::from_bytes<linkage_model>(io::to_bytes(model)), bad_file);
}

}  // namespace
