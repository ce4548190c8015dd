"""Hierarchical clustering."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClusterMixin
from sklearn.utils.validation import check_is_fitted

from tenure._base import Estimator
from tenure._core import cluster as _engine
from tenure._frames import to_table
from tenure._threads import threads

if TYPE_CHECKING:
    from typing_extensions import Self


def linkage(X: Any, method: str = "ward", *, n_jobs: int | None = None) -> np.ndarray:
    """The dendrogram of agglomerative clustering under Euclidean distance, in scipy's form.

    Parameters
    ----------
    X : array or frame of shape (n, n_features)
    method : {"ward", "complete", "average", "weighted", "single", "centroid", "median"}
        Ward, centroid, median and single need memory for the rows alone; the others some 2 n^2 bytes, 8 n^2 in the worst case.

    Returns
    -------
    array of shape (n - 1, 4)
        The two clusters of each merge (rows 0 .. n - 1, then merges n, n + 1, ...), height, number of rows. Goes into scipy's `dendrogram`.

    Examples
    --------
    >>> from tenure.cluster import linkage
    >>> linkage([[0.0], [1.0], [5.0]], "single").tolist()
    [[0.0, 1.0, 1.0, 2.0], [2.0, 3.0, 4.0, 3.0]]
    """
    return _engine.fit_linkage(to_table(X), method, threads=threads(n_jobs)).merges


class AgglomerativeClustering(ClusterMixin, Estimator):
    """Merges the two nearest groups until `n_clusters` are left, or until the next merge is not below `distance_threshold`.

    Parameters
    ----------
    n_clusters : int or None
        Number of groups; None with `distance_threshold`.
    linkage : {"ward", "complete", "average", "weighted", "single", "centroid", "median"}
        Distance of two groups from those of their rows.
    distance_threshold : float or None
        Merges at this height and above are not made.
    n_jobs : int or None
        Threads. The result does not depend on it.

    Attributes
    ----------
    labels_ : int64 array of shape (n,)
    n_clusters_, n_leaves_ : int
    children_ : int64 array of shape (n - 1, 2)
    distances_ : array of shape (n - 1,)
    linkage_matrix_ : array of shape (n - 1, 4), as in scipy

    Examples
    --------
    >>> from tenure.cluster import AgglomerativeClustering
    >>> AgglomerativeClustering(n_clusters=2).fit([[0.0], [1.0], [9.0]]).labels_.tolist()
    [0, 0, 1]
    """

    _model_class = _engine.LinkageModel

    def __init__(self, *, n_clusters: int | None = 2, linkage: str = "ward", distance_threshold: float | None = None, n_jobs: int | None = None) -> None:
        self.n_clusters = n_clusters
        self.linkage = linkage
        self.distance_threshold = distance_threshold
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> Self:
        """Finds the groups."""
        if (self.n_clusters is None) == (self.distance_threshold is None):
            raise ValueError("exactly one of n_clusters and distance_threshold must be given")
        table = self._table(X, reset=True)
        if len(table) < 2:
            raise ValueError(f"Found array with {len(table)} sample(s) while a minimum of 2 is required by {type(self).__name__}.")
        self.model_ = _engine.fit_linkage(table, self.linkage, threads=self._threads())
        self.linkage_matrix_ = self.model_.merges
        self.children_ = self.linkage_matrix_[:, :2].astype(np.int64)
        self.distances_ = self.linkage_matrix_[:, 2].copy()
        self.n_leaves_ = len(table)
        if self.distance_threshold is not None:
            self.n_clusters_ = int(_engine.clusters_below(self.model_, self.distance_threshold))
        elif self.n_clusters is not None:
            self.n_clusters_ = int(self.n_clusters)
        self.labels_ = _engine.cut_tree(self.model_, self.n_clusters_)
        return self

    def cut(self, n_clusters: int) -> np.ndarray:
        """The groups when the same dendrogram is cut into `n_clusters`."""
        check_is_fitted(self)
        return _engine.cut_tree(self.model_, n_clusters)

    def plot_dendrogram(self, ax: Any = None, **options: Any) -> Any:
        """Draws the dendrogram on `ax`; `options` go to `scipy.cluster.hierarchy.dendrogram`."""
        from tenure.cluster._plots import dendrogram

        check_is_fitted(self)
        return dendrogram(self.linkage_matrix_, ax=ax, **options)
