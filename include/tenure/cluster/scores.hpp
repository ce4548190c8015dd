#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/core/table.hpp"

namespace tenure::inline TENURE_ABI::cluster {

// How good a grouping is. `labels` are whole numbers, one a row; -1 (noise) is a label like any other, as in scikit-learn. All need 2 <= number
// of labels <= n - 1 and throw invalid_input otherwise.

/// s_i = (b_i - a_i) / max(a_i, b_i): a_i the mean Euclidean distance to the other rows of the own cluster, b_i the least mean distance to
/// those of another; 0 in a cluster of one. Exact, in O(n^2 p) time and O(n p) memory: no distance matrix.
/// Source: Rousseeuw (1987). Matches: scikit-learn's silhouette_samples.
std::vector<double> silhouette_samples(const table_view& x, const std::vector<std::int64_t>& labels, const execution& run = {});

/// The mean of silhouette_samples. `sample_size` > 0: the mean over that many random rows, each still against all rows.
double silhouette_score(const table_view& x, const std::vector<std::int64_t>& labels, std::int64_t sample_size = 0, std::uint64_t seed = 0,
                        const execution& run = {});

/// The silhouette with distances to cluster means in place of mean distances: O(n k p) (Hruschka, de Castro and Campello 2004).
double simplified_silhouette_score(const table_view& x, const std::vector<std::int64_t>& labels, const execution& run = {});

/// Between-cluster over within-cluster dispersion, each over its degrees of freedom (Calinski and Harabasz 1974); 1 when there is no dispersion
/// within. Matches: scikit-learn.
double calinski_harabasz_score(const table_view& x, const std::vector<std::int64_t>& labels, const execution& run = {});

/// The mean over clusters of the worst ratio (spread_i + spread_j) / distance(mean_i, mean_j) (Davies and Bouldin 1979); small is good.
/// Matches: scikit-learn.
double davies_bouldin_score(const table_view& x, const std::vector<std::int64_t>& labels, const execution& run = {});

/// The least distance between rows of different clusters over the largest within one (Dunn 1974). Exact, O(n^2 p). Infinite when every cluster
/// is one point.
double dunn_score(const table_view& x, const std::vector<std::int64_t>& labels, const execution& run = {});

/// The adjusted Rand index of two groupings of the same rows (Hubert and Arabie 1985). Matches: scikit-learn.
double adjusted_rand_score(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b);

/// Mutual information over the arithmetic mean of the entropies; 1 for two groupings into one group. Matches: scikit-learn.
double normalized_mutual_info_score(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b);

}  // namespace tenure::inline TENURE_ABI::cluster

#ifndef TENURE_COMPILED
#include "tenure/cluster/scores-inl.hpp"
#endif
