"""How good a grouping is, and how alike two groupings are."""

from __future__ import annotations

from typing import Any

import numpy as np

from tenure._core import cluster as _engine
from tenure._frames import column, to_table
from tenure._threads import threads
from tenure.cluster._kmeans import seed_of


def codes_of_labels(labels: Any, name: str = "labels") -> np.ndarray:
    """Labels of any kind as int64: whole numbers as they are, others by their sorted order."""
    values = column(labels, name)
    if values.dtype.kind in "iub":
        return values.astype(np.int64)
    return np.unique(values.astype(str) if values.dtype == object else values, return_inverse=True)[1].astype(np.int64)


def silhouette_samples(X: Any, labels: Any, *, n_jobs: int | None = None) -> np.ndarray:
    """The silhouette of every row: (b - a) / max(a, b) with a the mean distance to the own group and b that to the nearest other one.

    Exact, without the n x n distance matrix: time O(n^2), memory O(n). `labels`: (n,), 2 to n - 1 different ones.
    """
    return _engine.silhouette_samples(to_table(X), codes_of_labels(labels), threads=threads(n_jobs))


def silhouette_score(
    X: Any, labels: Any, *, method: str = "exact", sample_size: int | None = None, random_state: Any = None, n_jobs: int | None = None
) -> float:
    """The mean silhouette, from -1 (wrong groups) to 1 (dense groups far apart).

    Parameters
    ----------
    X : array or frame of shape (n, n_features)
    labels : array of shape (n,)
    method : {"exact", "simplified"}
        "simplified" takes distances to the groups' means in place of mean distances: O(n k).
    sample_size : int, optional
        Average over this many random rows, each against all rows.

    Examples
    --------
    >>> from tenure.cluster import silhouette_score
    >>> round(silhouette_score([[0.0], [1.0], [9.0], [10.0]], [0, 0, 1, 1]), 4)
    0.8885
    """
    table, codes = to_table(X), codes_of_labels(labels)
    if method == "simplified":
        return _engine.simplified_silhouette_score(table, codes, threads=threads(n_jobs))
    if method != "exact":
        raise ValueError(f"method is '{method}', must be one of 'exact', 'simplified'")
    return _engine.silhouette_score(table, codes, sample_size=sample_size or 0, seed=seed_of(random_state), threads=threads(n_jobs))


def calinski_harabasz_score(X: Any, labels: Any) -> float:
    """Between-group over within-group dispersion, each over its degrees of freedom; large is good."""
    return _engine.calinski_harabasz_score(to_table(X), codes_of_labels(labels))


def davies_bouldin_score(X: Any, labels: Any) -> float:
    """The mean over groups of the worst (spread + spread) / distance of the means; small is good."""
    return _engine.davies_bouldin_score(to_table(X), codes_of_labels(labels))


def dunn_score(X: Any, labels: Any, *, n_jobs: int | None = None) -> float:
    """The least distance between groups over the largest within one; large is good. O(n^2)."""
    return _engine.dunn_score(to_table(X), codes_of_labels(labels), threads=threads(n_jobs))


def adjusted_rand_score(labels_true: Any, labels_pred: Any) -> float:
    """Agreement of two groupings of the same rows: 1 = the same groups, 0 = as by chance.

    >>> from tenure.cluster import adjusted_rand_score
    >>> adjusted_rand_score([0, 0, 1, 1], ["b", "b", "a", "a"])
    1.0
    """
    return _engine.adjusted_rand_score(codes_of_labels(labels_true, "labels_true"), codes_of_labels(labels_pred, "labels_pred"))


def normalized_mutual_info_score(labels_true: Any, labels_pred: Any) -> float:
    """Mutual information of two groupings over the mean of their entropies, 0 to 1."""
    return _engine.normalized_mutual_info_score(codes_of_labels(labels_true, "labels_true"), codes_of_labels(labels_pred, "labels_pred"))


def plot_silhouettes(X: Any, labels: Any, *, ax: Any = None, n_jobs: int | None = None) -> Any:
    """Draws the sorted silhouettes of every group, with their mean."""
    from tenure.cluster._plots import silhouette_plot

    return silhouette_plot(silhouette_samples(X, labels, n_jobs=n_jobs), np.asarray(column(labels, "labels")), ax=ax)
