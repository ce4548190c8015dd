"""Groups of customers: how to find them, how many there are, how good they are."""

from tenure.cluster._density import DBSCAN, HDBSCAN
from tenure.cluster._hierarchy import AgglomerativeClustering, linkage
from tenure.cluster._kmeans import KMeans, MiniBatchKMeans
from tenure.cluster._scores import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
    dunn_score,
    normalized_mutual_info_score,
    silhouette_samples,
    silhouette_score,
)

__all__ = [
    "DBSCAN",
    "HDBSCAN",
    "AgglomerativeClustering",
    "KMeans",
    "MiniBatchKMeans",
    "adjusted_rand_score",
    "calinski_harabasz_score",
    "davies_bouldin_score",
    "dunn_score",
    "linkage",
    "normalized_mutual_info_score",
    "silhouette_samples",
    "silhouette_score",
]
