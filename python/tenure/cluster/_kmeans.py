"""k-means: in memory, in small batches, and over data that come in chunks."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from tenure._base import Estimator
from tenure._core import cluster as _engine

if TYPE_CHECKING:
    from typing_extensions import Self


def seed_of(random_state: Any) -> int:
    """scikit-learn's `random_state` as the engine's seed."""
    return int(check_random_state(random_state).randint(2**31 - 1))


def weights_of(sample_weight: Any, X: Any) -> np.ndarray | None:
    """Checked sample weights as float64, or None."""
    return None if sample_weight is None else _check_sample_weight(sample_weight, X, dtype=np.float64)


class _Centres(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, Estimator):
    """What estimators with k centres share."""

    _model_class = _engine.KMeansModel

    def _start(self) -> tuple[np.ndarray | None, dict[str, Any]]:
        """Given first centres, or the option that says how to draw them."""
        if isinstance(self.init, str):
            return None, {"start": self.init}
        return np.asarray(self.init, dtype=np.float64), {}

    def _keep(self, model: Any) -> None:
        self.model_ = model
        self.cluster_centers_ = model.centres
        self.inertia_ = model.inertia
        self.n_iter_ = int(model.iterations)

    @property
    def _n_features_out(self) -> int:
        return self.cluster_centers_.shape[0]

    def predict(self, X: Any) -> np.ndarray:
        """The number of the nearest centre of every row, (n,) int32."""
        check_is_fitted(self)
        return _engine.predict_kmeans(self.model_, self._table(X, reset=False), threads=self._threads())

    def transform(self, X: Any) -> np.ndarray:
        """Euclidean distances to the centres, (n, n_clusters)."""
        check_is_fitted(self)
        return _engine.kmeans_distances(self.model_, self._table(X, reset=False), threads=self._threads())

    def fit_predict(self, X: Any, y: Any = None, sample_weight: Any = None) -> np.ndarray:
        """Fits and returns the group of every row."""
        return self.fit(X, sample_weight=sample_weight).labels_

    def fit_transform(self, X: Any, y: Any = None, sample_weight: Any = None) -> np.ndarray:
        """Fits and returns the distances to the centres."""
        return self.fit(X, sample_weight=sample_weight).transform(X)

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Minus the sum of squared distances to the nearest centres."""
        check_is_fitted(self)
        table = self._table(X, reset=False)
        return -_engine.kmeans_inertia(self.model_, table, weights_of(sample_weight, X), threads=self._threads())


class KMeans(_Centres):
    """k-means: k centres that minimise the sum of squared distances to the nearest one.

    Parameters
    ----------
    n_clusters : int
        Number of groups k, at most the number of rows.
    init : {"k-means++", "plain-k-means++", "random"} or array of shape (n_clusters, n_features)
        How the first centres are drawn: "k-means++" tries several candidates a centre and keeps the best (as scikit-learn does),
        "plain-k-means++" is the method as published. Or the centres themselves.
    n_init : int or "auto"
        Number of starts, the best is kept; "auto" is 10 for "random" and 1 otherwise.
    max_iter, tol : int, float
        A start ends after `max_iter` iterations, when no row changes its group, or when the centres moved less than `tol` times the mean
        variance of the columns (squared).
    random_state : int, RandomState or None
        Seed of the draws. They follow the content of the rows, not their order.
    n_jobs : int or None
        Threads. The result does not depend on it, bit for bit.
    algorithm : {"auto", "lloyd", "hamerly", "yinyang"}
        How nearest centres are found. All give the same answer; "auto" takes bounds for many clusters.

    Attributes
    ----------
    cluster_centers_ : array of shape (n_clusters, n_features)
    labels_ : int32 array of shape (n,)
    inertia_ : float
        Sum of (weighted) squared distances to the nearest centre.
    n_iter_ : int

    Notes
    -----
    float32 input is computed in float32, everything else in float64. Memory: one copy of the table. The answer is checked against
    scikit-learn's from the same starts.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.cluster import KMeans
    >>> X = np.array([[1.0, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]])
    >>> KMeans(n_clusters=2, random_state=0).fit(X).inertia_
    16.0
    """

    def __init__(
        self,
        *,
        n_clusters: int = 8,
        init: Any = "k-means++",
        n_init: Any = "auto",
        max_iter: int = 300,
        tol: float = 1e-4,
        random_state: Any = None,
        n_jobs: int | None = None,
        algorithm: str = "auto",
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.algorithm = algorithm

    def _options(self) -> dict[str, Any]:
        return {"clusters": self.n_clusters, "max_iterations": self.max_iter, "tolerance": self.tol, "seed": seed_of(self.random_state)}

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Finds the groups.

        Parameters
        ----------
        X : array or frame of shape (n, n_features)
            Finite numbers.
        sample_weight : array of shape (n,), optional
            A row of weight 2 counts as two rows.
        """
        table = self._table(X, reset=True)
        start, options = self._start()
        starts = self.n_init if self.n_init != "auto" else (10 if self.init is not None and isinstance(self.init, str) and self.init == "random" else 1)
        model, self.labels_ = _engine.fit_kmeans(
            table, weights_of(sample_weight, X), start, threads=self._threads(), starts=starts, algorithm=self.algorithm, **options, **self._options()
        )
        self._keep(model)
        empty = int(np.sum(model.weights == 0))
        if empty:
            warnings.warn(
                f"only {self.n_clusters - empty} distinct groups found for n_clusters={self.n_clusters}: X has too few different rows",
                ConvergenceWarning,
                stacklevel=2,
            )
        elif not model.converged:
            warnings.warn(f"the centres still moved after max_iter={self.max_iter} iterations", ConvergenceWarning, stacklevel=2)
        return self

    def fit_chunks(self, chunks: Callable[[], Iterable[Any]]) -> Self:
        """Lloyd's iteration over a table that never is in memory as a whole.

        Parameters
        ----------
        chunks : callable
            Called once an iteration; returns the chunks (arrays or frames with the same columns) of the table, in any split. The first centres
            come from the first chunk unless `init` gives them.

        Notes
        -----
        `labels_` is not set: ask `predict` chunk by chunk. Memory: one chunk.
        """
        start, options = self._start()
        model, self.n_iter_ = None, 0
        for _ in range(self.max_iter):
            step, variance = None, _Spread()
            for chunk in chunks():
                table = self._table(chunk, reset=model is None)
                if model is None:
                    model = (
                        _engine.kmeans_model(table, start)
                        if start is not None
                        else _engine.begin_kmeans(table, threads=self._threads(), starts=1, **options, **self._options())
                    )
                step = step or _engine.KMeansPass(model)
                step.add(table, threads=self._threads())
                variance.add(chunk)
            if step is None or model is None:
                raise ValueError("chunks: must return at least one chunk")
            before, model = model, step.finish()
            if np.sum((model.centres - before.centres) ** 2) <= self.tol * variance.mean():
                break
        else:
            warnings.warn(f"the centres still moved after max_iter={self.max_iter} iterations", ConvergenceWarning, stacklevel=2)
        self._keep(model)
        return self


class _Spread:
    """Mean variance of the columns over chunks."""

    def __init__(self) -> None:
        self.rows, self.centre, self.squares = 0, 0.0, 0.0

    def add(self, chunk: Any) -> None:
        values = np.asarray(chunk)
        rows, centre = len(values), values.mean(axis=0, dtype=np.float64)
        total = self.rows + rows
        self.squares = self.squares + values.var(axis=0, dtype=np.float64) * rows + (centre - self.centre) ** 2 * self.rows * rows / total
        self.centre = self.centre + (centre - self.centre) * rows / total
        self.rows = total

    def mean(self) -> float:
        return float(np.mean(self.squares / self.rows))


class MiniBatchKMeans(_Centres):
    """k-means from small batches, for large tables and streams.

    Parameters
    ----------
    n_clusters, init, random_state, n_jobs
        As in `KMeans`.
    n_init : int
        Starts tried on a sample of three batches; the best is used.
    max_iter : int
        Passes over the table at most.
    batch_size : int
        Rows a step.
    tol : float
        Stop when a step moves the centres less than this (as in `KMeans`); 0 = never.
    max_no_improvement : int or None
        Stop after this many steps without a better smoothed inertia.
    reassignment_ratio : float
        Centres with less than this share of the largest weight are put on rows of the batch.

    Attributes
    ----------
    cluster_centers_, labels_, inertia_
        As in `KMeans`; `labels_` is that of the last chunk after `partial_fit`.
    n_iter_ : int
        Steps done.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.cluster import MiniBatchKMeans
    >>> X = np.repeat([[0.0, 0], [9, 9]], 50, axis=0)
    >>> stream = MiniBatchKMeans(n_clusters=2, random_state=0)
    >>> for chunk in (X[::2], X[1::2]):
    ...     stream = stream.partial_fit(chunk)
    >>> sorted(stream.cluster_centers_[:, 0].tolist())
    [0.0, 9.0]
    """

    def __init__(
        self,
        *,
        n_clusters: int = 8,
        init: Any = "k-means++",
        n_init: int = 3,
        max_iter: int = 100,
        batch_size: int = 1024,
        tol: float = 0.0,
        max_no_improvement: int | None = 10,
        reassignment_ratio: float = 0.01,
        random_state: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.tol = tol
        self.max_no_improvement = max_no_improvement
        self.reassignment_ratio = reassignment_ratio
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Finds the groups of a whole table."""
        table = self._table(X, reset=True)
        start, options = self._start()
        model, self.labels_ = _engine.fit_minibatch_kmeans(
            table,
            weights_of(sample_weight, X),
            start,
            threads=self._threads(),
            clusters=self.n_clusters,
            starts=self.n_init,
            batch_size=self.batch_size,
            max_epochs=self.max_iter,
            tolerance=self.tol,
            patience=self.max_no_improvement or 0,
            reassignment=self.reassignment_ratio,
            seed=seed_of(self.random_state),
            **options,
        )
        self._keep(model)
        return self

    def partial_fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """One step with one chunk. The first chunk needs at least `n_clusters` rows; the first centres are drawn from it."""
        first = not hasattr(self, "model_")
        table, weights = self._table(X, reset=first), weights_of(sample_weight, X)
        if first:
            start, options = self._start()
            model = (
                _engine.kmeans_model(table, start)
                if start is not None
                else _engine.begin_kmeans(table, weights, threads=self._threads(), clusters=self.n_clusters, seed=seed_of(self.random_state), **options)
            )
        else:
            model = self.model_
        model = _engine.update_kmeans(model, table, weights, threads=self._threads())
        self._keep(model)
        self.labels_ = _engine.predict_kmeans(model, table, threads=self._threads())
        return self
