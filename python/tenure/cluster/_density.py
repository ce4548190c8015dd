"""Groups as dense regions: DBSCAN and HDBSCAN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClusterMixin
from sklearn.utils.validation import check_is_fitted

from tenure._base import Estimator
from tenure._core import cluster as _engine
from tenure.cluster._kmeans import weights_of

if TYPE_CHECKING:
    from typing_extensions import Self


class DBSCAN(ClusterMixin, Estimator):
    """Groups of rows that have many neighbours; the rest is noise (label -1).

    Parameters
    ----------
    eps : float
        Two rows are neighbours when their Euclidean distance is at most `eps`.
    min_samples : float
        A row whose neighbours (itself included) weigh at least this much is a core row.
    n_jobs : int or None
        Threads. The result does not depend on it.

    Attributes
    ----------
    labels_ : int64 array of shape (n,)
    core_sample_indices_ : int64 array
    n_clusters_ : int

    Notes
    -----
    Same labels as scikit-learn's: clusters are numbered by their first core row, a row beside several joins the one with the lowest number.

    Examples
    --------
    >>> from tenure.cluster import DBSCAN
    >>> DBSCAN(eps=3, min_samples=2).fit_predict([[1, 2], [2, 2], [2, 3], [8, 7], [8, 8], [25, 80]]).tolist()
    [0, 0, 0, 1, 1, -1]
    """

    _model_class = _engine.DBSCANModel

    def __init__(self, *, eps: float = 0.5, min_samples: float = 5, n_jobs: int | None = None) -> None:
        self.eps = eps
        self.min_samples = min_samples
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Finds the groups. `sample_weight`: a row of weight 2 counts as two rows."""
        table = self._table(X, reset=True)
        self.model_ = _engine.fit_dbscan(table, weights_of(sample_weight, X), threads=self._threads(), eps=self.eps, min_samples=self.min_samples)
        self.labels_ = self.model_.labels
        self.core_sample_indices_ = self.model_.core
        self.n_clusters_ = int(self.model_.clusters)
        return self

    def fit_predict(self, X: Any, y: Any = None, sample_weight: Any = None) -> np.ndarray:
        """Fits and returns the group of every row."""
        return self.fit(X, sample_weight=sample_weight).labels_


class HDBSCAN(ClusterMixin, Estimator):
    """DBSCAN over all distances at once: the groups that live longest as the distance shrinks; the rest is noise (label -1).

    Parameters
    ----------
    min_cluster_size : int
        Smaller groups are noise or part of a larger one.
    min_samples : int or None
        A row's core distance is that to its `min_samples`-th nearest row, itself counted (as in scikit-learn; the package hdbscan does not count
        it). None takes `min_cluster_size`.
    cluster_selection_method : {"eom", "leaf"}
        The groups with the largest excess of mass, or the finest ones.
    cluster_selection_epsilon : float
        Groups that split below this distance stay together.
    allow_single_cluster : bool
        Whether all rows may be one group.
    n_jobs : int or None
        Threads. The result does not depend on it.

    Attributes
    ----------
    labels_, probabilities_ : arrays of shape (n,)
        Group (-1 = noise) and how firmly the row belongs to it, 0 to 1.
    persistence_ : array of shape (n_clusters,)
        Excess of mass of every group.

    Notes
    -----
    The spanning tree is exact. `approximate_predict` places new rows.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.cluster import HDBSCAN
    >>> X = np.r_[np.linspace(0, 1, 10), np.linspace(9, 10, 10), 50.0][:, None]
    >>> model = HDBSCAN(min_cluster_size=5).fit(X)
    >>> model.labels_.tolist()
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1]
    >>> model.approximate_predict([[0.5], [30.0]])[0].tolist()
    [0, -1]
    """

    _model_class = _engine.HDBSCANModel

    def __init__(
        self,
        *,
        min_cluster_size: int = 5,
        min_samples: int | None = None,
        cluster_selection_method: str = "eom",
        cluster_selection_epsilon: float = 0.0,
        allow_single_cluster: bool = False,
        n_jobs: int | None = None,
    ) -> None:
        self.min_cluster_size = min_cluster_size
        self.min_samples = min_samples
        self.cluster_selection_method = cluster_selection_method
        self.cluster_selection_epsilon = cluster_selection_epsilon
        self.allow_single_cluster = allow_single_cluster
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> Self:
        """Finds the groups."""
        self.model_ = _engine.fit_hdbscan(
            self._table(X, reset=True),
            threads=self._threads(),
            min_cluster_size=self.min_cluster_size,
            min_samples=self.min_samples or 0,
            selection=self.cluster_selection_method,
            epsilon=self.cluster_selection_epsilon,
            single_cluster=self.allow_single_cluster,
        )
        self.labels_ = self.model_.labels
        self.probabilities_ = self.model_.probabilities
        self.persistence_ = self.model_.persistence
        return self

    def approximate_predict(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        """Groups and probabilities of new rows: each follows its nearest row of training by mutual reachability."""
        check_is_fitted(self)
        return _engine.approximate_predict(self.model_, self._table(X, reset=False), threads=self._threads())
