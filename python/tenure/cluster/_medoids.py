"""Groups around rows of the table, and around prototypes of mixed columns."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from tenure._base import Estimator
from tenure._core import cluster as _engine
from tenure._frames import frame_like
from tenure.cluster._kmeans import seed_of, weights_of

if TYPE_CHECKING:
    from typing_extensions import Self


class KMedoids(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, Estimator):
    """k rows of the table that stand for the others: the least sum of distances of all rows to the nearest of them (FasterPAM).

    Parameters
    ----------
    n_clusters : int
    metric : {"euclidean", "manhattan", "gower", "precomputed"}
        Gower's distance takes numbers, levels and missing values together. "precomputed": X is the square matrix of distances.
    init : {"build", "random"} or array of n_clusters row numbers
    max_iter : int
        Passes over all candidates at most.
    random_state : int, RandomState or None
    n_jobs : int or None
        Threads. The result does not depend on it.

    Attributes
    ----------
    labels_ : int32 array of shape (n,)
    medoid_indices_ : int64 array of shape (n_clusters,)
    inertia_ : float
        Sum of distances to the nearest medoid.
    n_iter_ : int

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.cluster import KMedoids
    >>> table = pd.DataFrame({"age": [20, 22, 60, None], "plan": ["a", "a", "b", "b"]})
    >>> KMedoids(n_clusters=2, metric="gower", init=[0, 2]).fit(table).labels_.tolist()
    [0, 0, 1, 1]
    """

    _model_class = _engine.MedoidsModel

    def __init__(
        self, *, n_clusters: int = 8, metric: str = "euclidean", init: Any = "build", max_iter: int = 300, random_state: Any = None, n_jobs: int | None = None
    ) -> None:
        self.n_clusters = n_clusters
        self.metric = metric
        self.init = init
        self.max_iter = max_iter
        self.random_state = random_state
        self.n_jobs = n_jobs

    @property
    def _accepts_missing(self) -> bool:  # type: ignore[override]
        return self.metric == "gower"

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self.metric == "precomputed"
        tags.input_tags.positive_only = self.metric == "precomputed"
        return tags

    @property
    def _n_features_out(self) -> int:
        return len(self.medoid_indices_)

    def fit(self, X: Any, y: Any = None) -> Self:
        """Finds the groups."""
        table = self._table(X, reset=True)
        named = isinstance(self.init, str)
        self.model_, self.labels_ = _engine.fit_medoids(
            table,
            [] if named else np.asarray(self.init, dtype=np.int64).tolist(),
            threads=self._threads(),
            clusters=self.n_clusters,
            metric=self.metric,
            max_iterations=self.max_iter,
            seed=seed_of(self.random_state),
            **({"start": self.init} if named else {}),
        )
        self.medoid_indices_ = self.model_.rows
        self.inertia_ = float(self.model_.loss)
        self.n_iter_ = max(1, int(self.model_.iterations))
        if not self.model_.converged:
            warnings.warn(f"swaps still helped after max_iter={self.max_iter} passes", ConvergenceWarning, stacklevel=2)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Distances to the medoids, (n, n_clusters)."""
        check_is_fitted(self)
        return _engine.medoid_distances(self.model_, self._table(X, reset=False), threads=self._threads())

    def predict(self, X: Any) -> np.ndarray:
        """The number of the nearest medoid of every row."""
        return self.transform(X).argmin(axis=1).astype(np.int32)


class KPrototypes(ClusterMixin, Estimator):
    """k-means for tables of numbers and levels; with levels alone, k-modes.

    The cost of a row is the squared distance of its numbers to the group's means plus `gamma` for every level that is not the group's most
    frequent one. Missing values are left out.

    Parameters
    ----------
    n_clusters : int
    gamma : float or None
        Cost of a differing level; None takes half the mean standard deviation of the numeric columns (1 without any).
    init : {"k-means++"} or array of n_clusters row numbers
    n_init, max_iter : int
    random_state : int, RandomState or None
    n_jobs : int or None
        Threads. The result does not depend on it.

    Attributes
    ----------
    labels_ : int32 array of shape (n,)
    cost_ : float
    gamma_ : float
    n_iter_ : int

    Notes
    -----
    Numbers count in their own units: scale them first. Checked against a batch loop and the package kmodes from the same rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.cluster import KPrototypes
    >>> table = pd.DataFrame({"calls": [1, 2, 9, 8], "plan": ["a", "a", "b", None]})
    >>> model = KPrototypes(n_clusters=2, init=[0, 2]).fit(table)
    >>> model.prototypes()["plan"].tolist()
    ['a', 'b']
    """

    _model_class = _engine.PrototypesModel
    _accepts_missing = True

    def __init__(
        self,
        *,
        n_clusters: int = 8,
        gamma: float | None = None,
        init: Any = "k-means++",
        n_init: int = 1,
        max_iter: int = 100,
        random_state: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.gamma = gamma
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Finds the groups. `X`: frame with numbers and levels, missing values allowed."""
        if isinstance(self.init, str) and self.init != "k-means++":
            raise ValueError(f"init is '{self.init}', must be 'k-means++' or row numbers")
        table = self._table(X, reset=True)
        self.model_, self.labels_ = _engine.fit_prototypes(
            table,
            weights_of(sample_weight, np.empty((len(table), 1))),
            [] if isinstance(self.init, str) else np.asarray(self.init, dtype=np.int64).tolist(),
            threads=self._threads(),
            clusters=self.n_clusters,
            gamma=self.gamma or 0.0,
            starts=self.n_init,
            max_iterations=self.max_iter,
            seed=seed_of(self.random_state),
        )
        self.cost_ = float(self.model_.cost)
        self.gamma_ = float(self.model_.gamma)
        self.n_iter_ = max(1, int(self.model_.iterations))
        if not self.model_.converged:
            warnings.warn(f"rows still changed their group after max_iter={self.max_iter} iterations", ConvergenceWarning, stacklevel=2)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The number of the nearest prototype of every row; levels that training never saw count as missing."""
        check_is_fitted(self)
        return _engine.predict_prototypes(self.model_, self._table(X, reset=False), threads=self._threads())

    def prototypes(self) -> Any:
        """The prototypes as a table: means, and names of the most frequent levels."""
        check_is_fitted(self)
        values = self.model_.prototypes
        columns = {}
        for j, column in enumerate(self.model_.columns):
            if column["categorical"]:
                columns[column["name"]] = [None if np.isnan(code) else column["levels"][int(code)] for code in values[:, j]]
            else:
                columns[column["name"]] = values[:, j]
        return frame_like(columns)
