"""How many groups there are, and whether they are there at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tenure._core import InvalidInput
from tenure._frames import frame_like
from tenure.cluster._kmeans import KMeans, seed_of
from tenure.cluster._scores import adjusted_rand_score


class GroupCount:
    """A number of groups and the table behind it.

    Attributes
    ----------
    n_clusters_ : int
        1 means: no groups.
    table_ : data frame
        One row a number of groups.
    """

    def __init__(self, n_clusters: int, columns: dict[str, Any], like: Any, curves: Sequence[tuple[str, str | None, str | None]], title: str) -> None:
        self.n_clusters_ = n_clusters
        self.table_ = frame_like(columns, like)
        self._columns, self._curves, self._title = columns, curves, title

    def __repr__(self) -> str:
        return f"{type(self).__name__}(n_clusters_={self.n_clusters_})"

    def plot(self, ax: Any = None) -> Any:
        """Draws the criterion over the number of groups, with its reference and the choice."""
        from tenure.cluster._plots import count_plot

        return count_plot(self._columns, self._curves, self.n_clusters_, self._title, ax=ax)


def _numbers(X: Any) -> np.ndarray:
    values = np.asarray(X, dtype=np.float64)
    if values.ndim != 2 or len(values) < 3:
        raise InvalidInput("X: must be a table with at least three rows")
    if not np.isfinite(values).all():
        raise InvalidInput("X: must hold finite numbers")
    return values


def _counts(n_clusters: Iterable[int], rows: int) -> list[int]:
    counts = sorted(set(n_clusters))
    if not counts or counts[0] < 2 or counts[-1] >= rows:
        raise InvalidInput(f"n_clusters: must be numbers from 2 to {rows - 1}")
    return counts


def gap_statistic(
    X: Any, *, n_clusters: Iterable[int] = range(2, 11), n_references: int = 20, random_state: Any = None, n_jobs: int | None = None
) -> GroupCount:
    """Number of groups by the gap between the log inertia of k-means and that of data without groups.

    The reference is uniform over the box of the principal components. The choice is the least k (1 included) whose gap is at least the next one's
    minus its standard error. Source: Tibshirani, Walther and Hastie (2001).

    Parameters
    ----------
    X : array or frame of numbers, (n, n_features)
    n_clusters : numbers of groups to look at, in one row (2, 3, 4, ...)
    n_references : int
        Tables without groups.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.cluster import gap_statistic
    >>> X = np.random.default_rng(0).normal(size=(150, 2)) + np.repeat([[0, 0], [9, 0], [0, 9]], 50, axis=0)
    >>> gap_statistic(X, n_clusters=range(2, 6), random_state=0).n_clusters_
    3
    """
    values, counts = _numbers(X), [1, *_counts(n_clusters, len(X))]
    if counts != list(range(1, len(counts) + 1)):
        raise InvalidInput("n_clusters: must be 2, 3, 4, ... without holes")
    random = np.random.default_rng(seed_of(random_state))
    centred = values - values.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2]
    rotated = centred @ axes.T
    low, high = rotated.min(axis=0), rotated.max(axis=0)

    def log_inertia(table: np.ndarray, seed: int) -> list[float]:
        return [float(np.log(max(_fit(table, k, seed, n_jobs).inertia_, np.finfo(float).tiny))) for k in counts]

    own = log_inertia(values, int(random.integers(2**31)))
    references = np.array([log_inertia(random.uniform(low, high, rotated.shape) @ axes, int(random.integers(2**31))) for _ in range(n_references)])
    gap = references.mean(axis=0) - own
    error = references.std(axis=0) * np.sqrt(1 + 1 / n_references)
    chosen = next((k for k, here, after, slack in zip(counts[:-1], gap[:-1], gap[1:], error[1:], strict=True) if here >= after - slack), counts[-1])
    columns = {"n_clusters": counts, "log_inertia": own, "reference": references.mean(axis=0).tolist(), "gap": gap.tolist(), "std_error": error.tolist()}
    return GroupCount(chosen, columns, X, [("gap", None, "std_error")], "gap statistic")


def stability(
    X: Any,
    *,
    n_clusters: Iterable[int] = range(2, 7),
    n_pairs: int = 20,
    n_references: int = 20,
    level: float = 0.95,
    random_state: Any = None,
    n_jobs: int | None = None,
) -> GroupCount:
    """Number of groups whose k-means partition comes back in bootstrap samples, against data without groups.

    For every k, `n_pairs` pairs of bootstrap samples are grouped and the adjusted Rand index of the two partitions of all rows is averaged. The same
    is done for `n_references` normal tables with the same mean and covariance, which have no groups. A k counts only if its standardised stability
    lies above the `level` quantile of the largest one of each reference; of those the k farthest from the references' mean is chosen, else 1: no
    groups.
    Source: Fang and Wang (2012) for the bootstrap, Hennig and Liao (2013) for the null reference.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.cluster import stability
    >>> X = np.random.default_rng(0).normal(size=(150, 2)) + np.repeat([[0, 0], [9, 0], [0, 9]], 50, axis=0)
    >>> stability(X, n_clusters=(2, 3, 4), n_pairs=5, n_references=5, random_state=0).n_clusters_
    3
    """
    values, counts = _numbers(X), _counts(n_clusters, len(X))
    if not 0 < level < 1:
        raise InvalidInput(f"level = {level}: must be in (0, 1)")
    random = np.random.default_rng(seed_of(random_state))
    own = _stabilities(values, counts, n_pairs, random, n_jobs)
    mean, covariance = values.mean(axis=0), np.atleast_2d(np.cov(values.T))
    references = np.array(
        [_stabilities(random.multivariate_normal(mean, covariance, len(values)), counts, n_pairs, random, n_jobs) for _ in range(n_references)]
    )
    centre, spread = references.mean(axis=0), references.std(axis=0, ddof=1) + 1e-9
    largest = ((references - centre) / spread).max(axis=1)  # over all k at once: looking at many k must not find groups by chance
    upper = centre + spread * np.quantile(largest, level)
    excess = np.where(own > upper, own - centre, -np.inf)
    chosen = counts[int(excess.argmax())] if np.isfinite(excess).any() else 1
    p_value = (1 + (largest[:, None] >= (own - centre) / spread).sum(axis=0)) / (1 + n_references)
    columns = {"n_clusters": counts, "stability": own.tolist(), "reference": centre.tolist(), "reference_upper": upper.tolist(), "p_value": p_value.tolist()}
    return GroupCount(chosen, columns, X, [("stability", None, None), ("reference", "reference_upper", None)], "bootstrap stability")


def _fit(table: np.ndarray, k: int, seed: int, n_jobs: int | None) -> KMeans:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return KMeans(n_clusters=k, n_init=3, random_state=seed, n_jobs=n_jobs).fit(table)


def _stabilities(table: np.ndarray, counts: list[int], pairs: int, random: np.random.Generator, n_jobs: int | None) -> np.ndarray:
    total = np.zeros(len(counts))
    for _ in range(pairs):
        samples = [table[random.integers(len(table), size=len(table))] for _ in range(2)]
        seed = int(random.integers(2**31))
        for i, k in enumerate(counts):
            left, right = (_fit(sample, k, seed, n_jobs).predict(table) for sample in samples)
            total[i] += adjusted_rand_score(left, right) / pairs
    return total
