"""What a model loses when a column is shuffled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from tenure._frames import as_frame, frame_like
from tenure._threads import threads
from tenure.evaluate._input import outcome, weights
from tenure.evaluate._probability import brier, log_loss
from tenure.evaluate._ranking import average_precision, roc_auc

MEASURES: dict[str, tuple[Callable[..., float], float]] = {
    "roc_auc": (roc_auc, 1.0),
    "average_precision": (average_precision, 1.0),
    "log_loss": (log_loss, -1.0),
    "brier": (brier, -1.0),
}


def permutation_importance(
    model: Any,
    X: Any,
    y: Any,
    *,
    measure: str = "roc_auc",
    repetitions: int = 10,
    groups: Mapping[str, Sequence[Any]] | None = None,
    level: float = 0.95,
    sample_weight: Any = None,
    random_state: int = 0,
    n_jobs: int | None = None,
) -> Any:
    """How much worse a fitted classifier gets when a column is shuffled, with intervals over repeated shuffles.

    Parameters
    ----------
    model : fitted classifier with `predict_proba`, and two classes
    X, y : table of shape (n, p), array-like of shape (n,)
        Rows held out from training.
    measure : {"roc_auc", "average_precision", "log_loss", "brier"}
    repetitions : int, default=10
        Shuffles of every column, at least 2.
    groups : dict of name -> columns, optional
        Columns to shuffle together (correlated ones stand in for each other when shuffled alone); the others are shuffled one by one.
    n_jobs : int, default=None
        Shuffles judged at the same time; the result does not depend on it.

    Returns
    -------
    data frame
        column, importance (mean loss of the measure), std_error, lower, upper (Student t over shuffles), largest first, in the kind of frame
        that X is (else pandas).

    References
    ----------
    Breiman: Random forests. Machine Learning 45 (2001). Fisher, Rudin, Dominici: JMLR 20 (2019).

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.evaluate import permutation_importance
    >>> from tenure.learn import LogisticRegression
    >>> random = np.random.default_rng(0)
    >>> X = random.normal(size=(300, 2))
    >>> model = LogisticRegression().fit(X, X[:, 1] > 0)
    >>> permutation_importance(model, X, X[:, 1] > 0)["column"].tolist()
    ['x1', 'x0']
    """
    if measure not in MEASURES:
        raise ValueError(f"measure = {measure!r}: must be one of {', '.join(MEASURES)}")
    if repetitions < 2:
        raise ValueError(f"repetitions = {repetitions}: must be at least 2")
    judge, sign = MEASURES[measure]
    target, given = outcome(y, model.classes_[1]), weights(sample_weight)
    frame = as_frame(X)
    array = np.asarray(X) if frame is None else None
    names = [f"x{j}" for j in range(np.shape(X)[1])] if frame is None else list(frame.columns)
    members = _members(names, groups)

    def value(table: Any) -> float:
        return sign * float(judge(target, np.asarray(model.predict_proba(table))[:, 1], sample_weight=given))

    def drop(task: tuple[int, int]) -> float:
        column, repetition = task
        order = np.random.default_rng((random_state, column, repetition)).permutation(len(target))
        return whole - value(_shuffled(frame, array, members[column][1], order))

    whole = value(X)
    tasks = [(column, repetition) for column in range(len(members)) for repetition in range(repetitions)]
    with ThreadPoolExecutor(threads(n_jobs)) as pool:
        drops = np.array(list(pool.map(drop, tasks))).reshape(len(members), repetitions)
    mean, error = drops.mean(axis=1), drops.std(axis=1, ddof=1) / np.sqrt(repetitions)
    half = _student(level, repetitions - 1) * error
    first = np.argsort(-mean, kind="stable")
    table = {"column": [members[j][0] for j in first], "importance": mean[first], "std_error": error[first]}
    return frame_like(table | {"lower": (mean - half)[first], "upper": (mean + half)[first]}, X)


def _members(names: list[Any], groups: Mapping[str, Sequence[Any]] | None) -> list[tuple[Any, list[Any]]]:
    grouped = {column: name for name, columns in (groups or {}).items() for column in columns}
    unknown = [column for column in grouped if column not in names]
    if unknown:
        raise ValueError(f"groups: {unknown[0]!r} is not a column; the columns are {', '.join(map(str, names))}")
    found: dict[Any, list[Any]] = {}
    for name in names:
        found.setdefault(grouped.get(name, name), []).append(name)
    return list(found.items())


def _shuffled(frame: Any, array: np.ndarray | None, columns: list[Any], order: np.ndarray) -> Any:
    if array is not None:
        table = array.copy()
        index = [int(str(column)[1:]) for column in columns]
        table[:, index] = array[order][:, index]
        return table
    native = frame.to_native()
    if hasattr(native, "assign"):  # pandas aligns by index: hand it values
        return native.assign(**{column: native[column].array.take(order) for column in columns})
    shuffled = frame.select(columns)[order]
    return frame.with_columns(*(shuffled[column] for column in columns)).to_native()


def _student(level: float, dof: int) -> float:
    from scipy.stats import t

    return float(t.ppf((1 + level) / 2, dof))
