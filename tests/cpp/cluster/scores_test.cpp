#include "tenure/cluster/scores.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "reference.hpp"

namespace {

using namespace tenure;
using namespace tenure::cluster;

TEST(Scores, EqualTheReference) {
  for (const auto& name : reference::data_sets()) {
    const matrix x = reference::load_rows(name);
    const auto file = reference::load("clustering_" + name + ".json");
    for (const auto& expected : file["kmeans"].list) {
      const auto labels = expected["labels"].labels();
      EXPECT_NEAR(silhouette_score(x, labels), expected["silhouette"].number, 1e-12) << name;
      const auto samples = silhouette_samples(x, labels, {.threads = 2});
      for (std::size_t i = 0; i < 10; ++i)
        EXPECT_NEAR(samples[i], expected["silhouette_first10"][i].number, 1e-12);
      EXPECT_NEAR(calinski_harabasz_score(x, labels), expected["calinski_harabasz"].number, 1e-10 * expected["calinski_harabasz"].number);
      EXPECT_NEAR(davies_bouldin_score(x, labels), expected["davies_bouldin"].number, 1e-12);
    }
  }
}

TEST(Scores, ASampledSilhouetteIsAMeanOverRows) {
  const matrix x = reference::load_rows("iris");
  const auto labels = reference::load("clustering_iris.json")["kmeans"][1]["labels"].labels();
  const double all = silhouette_score(x, labels);
  EXPECT_EQ(silhouette_score(x, labels, 150), all);
  EXPECT_NEAR(silhouette_score(x, labels, 100, 5), all, 0.05);
  EXPECT_EQ(silhouette_score(x, labels, 40, 5), silhouette_score(x, labels, 40, 5, {.threads = 3}));
  double mean = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed)
    mean += silhouette_score(x, labels, 30, seed) / 400;
  EXPECT_NEAR(mean, all, 0.01);
}

TEST(Scores, SimplifiedAndDunnByHand) {
  const matrix x(4, 1, {0, 2, 10, 14});
  const std::vector<std::int64_t> labels{7, 7, -1, -1};
  EXPECT_NEAR(simplified_silhouette_score(x, labels), ((12 - 1.0) / 12 + (10 - 1.0) / 10 + (9 - 2.0) / 9 + (13 - 2.0) / 13) / 4, 1e-15);
  EXPECT_EQ(dunn_score(x, labels), 8.0 / 4.0);
  EXPECT_EQ(dunn_score(matrix(3, 1, {0, 3, 3}), {0, 1, 1}), INFINITY);
}

TEST(Scores, AgreementOfGroupings) {
  for (const auto& name : {"iris", "wine_std"}) {
    const auto file = reference::load(std::string("clustering_") + name + ".json");
    std::istringstream text(reference::read_text(std::string("data/") + name + ".csv"));
    std::string line;
    std::getline(text, line);
    std::vector<std::int64_t> truth;
    while (std::getline(text, line))
      truth.push_back(static_cast<std::int64_t>(std::strtod(line.substr(line.rfind(',') + 1).c_str(), nullptr)));
    for (const auto& expected : file["kmeans"].list) {
      EXPECT_NEAR(adjusted_rand_score(truth, expected["labels"].labels()), expected["ari_vs_y"].number, 1e-12);
      EXPECT_NEAR(normalized_mutual_info_score(truth, expected["labels"].labels()), expected["nmi_arithmetic_vs_y"].number, 1e-12);
    }
  }
  EXPECT_EQ(adjusted_rand_score({0, 0, 1}, {5, 5, 2}), 1.0);
  EXPECT_EQ(adjusted_rand_score({0, 0, 0}, {1, 1, 1}), 1.0);
  EXPECT_EQ(adjusted_rand_score({3}, {4}), 1.0);
  EXPECT_EQ(normalized_mutual_info_score({0, 0, 0}, {1, 1, 1}), 1.0);
  EXPECT_EQ(normalized_mutual_info_score({0, 0, 0}, {1, 2, 3}), 0.0);
}

TEST(Scores, RefuseGroupingsThatMeanNothing) {
  const matrix x(3, 1, {1, 2, 3});
  EXPECT_THROW(silhouette_score(x, {0, 0, 0}), invalid_input);
  EXPECT_THROW(silhouette_score(x, {0, 1, 2}), invalid_input);
  EXPECT_THROW(silhouette_score(x, {0, 1}), invalid_input);
  EXPECT_THROW(adjusted_rand_score({0, 1}, {0}), invalid_input);
  EXPECT_THROW(adjusted_rand_score({}, {}), invalid_input);
}

}  // namespace
