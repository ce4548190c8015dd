"""Groups of customers: how to find them, how many there are, how good they are."""

from tenure.cluster._density import DBSCAN, HDBSCAN
from tenure.cluster._hierarchy import AgglomerativeClustering, linkage
from tenure.cluster._kmeans import KMeans, MiniBatchKMeans
from tenure.cluster._medoids import KMedoids, KPrototypes
from tenure.cluster._mixture import GaussianMixture, choose_mixture
from tenure.cluster._profile import SegmentProfile, segment_profile
from tenure.cluster._scores import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
    dunn_score,
    normalized_mutual_info_score,
    plot_silhouettes,
    silhouette_samples,
    silhouette_score,
)
from tenure.cluster._selection import GroupCount, gap_statistic, stability

__all__ = [
    "DBSCAN",
    "HDBSCAN",
    "AgglomerativeClustering",
    "GaussianMixture",
    "GroupCount",
    "KMeans",
    "KMedoids",
    "KPrototypes",
    "MiniBatchKMeans",
    "SegmentProfile",
    "adjusted_rand_score",
    "calinski_harabasz_score",
    "choose_mixture",
    "davies_bouldin_score",
    "dunn_score",
    "gap_statistic",
    "linkage",
    "normalized_mutual_info_score",
    "plot_silhouettes",
    "segment_profile",
    "silhouette_samples",
    "silhouette_score",
    "stability",
]
