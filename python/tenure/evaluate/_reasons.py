"""Why this customer? The columns that raise a row's score most, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from tenure._frames import as_frame, column_of, frame_like
from tenure.evaluate._shap import tree_shap

SENTENCES = {
    ("en", "log-odds"): "Higher risk goes with {column} = {value} (odds × {factor:.2f}).",
    ("en", "log-hazard"): "Earlier leaving goes with {column} = {value} (hazard × {factor:.2f}).",
    ("en", "log-time"): "Earlier leaving goes with {column} = {value} (time ÷ {factor:.2f}).",
    ("en", "mortality"): "Earlier leaving goes with {column} = {value} (mortality +{effect:.3g}).",
    ("en", "probability"): "Higher risk goes with {column} = {value} (+{points:.1f} percentage points).",
    ("zh", "log-odds"): "较高的流失风险与“{column}”为 {value} 相伴（优势 × {factor:.2f}）。",
    ("zh", "log-hazard"): "较早流失与“{column}”为 {value} 相伴（风险率 × {factor:.2f}）。",
    ("zh", "log-time"): "较早流失与“{column}”为 {value} 相伴（时间 ÷ {factor:.2f}）。",
    ("zh", "mortality"): "较早流失与“{column}”为 {value} 相伴（累积风险 +{effect:.3g}）。",
    ("zh", "probability"): "较高的流失风险与“{column}”为 {value} 相伴（+{points:.1f} 个百分点）。",
}


def reasons(
    model: Any,
    X: Any,
    k: int = 3,
    *,
    background: Any = None,
    correlated: float = 0.8,
    train: tuple[Any, Any] | None = None,
    refits: int = 20,
    language: str = "en",
    random_state: int = 0,
) -> Any:
    """The `k` columns that raise every row's score most above the average row, with a sentence each.

    A linear model's contribution of a column is coefficient x (value - mean), in log-odds, for CoxPH in log hazard; a tree model's is its exact
    Shapley value, for survival models of the risk that `predict` gives. Numeric
    columns that move together are one reason: their contributions alone say little. A reason tells what goes with the risk in the model,
    not what would lower it.

    Parameters
    ----------
    model : fitted LogisticRegression, LogisticPath, tree, forest, boosting, a CalibratedClassifier of one, CoxPH, RandomSurvivalForest or
        GradientBoostingSurvival
    X : table of shape (n, p)
        Rows to explain.
    k : int, default=3
        Reasons a row at most; only columns that raise the score count.
    background : table, optional
        Rows that make up the average (default: X).
    correlated : float, default=0.8
        Numeric columns whose absolute correlation in `background` reaches this are one reason; above 1 never.
    train : (X, y), optional
        Training rows. The model is refitted `refits` times to bootstrap samples of them, and `agreement` is the share of refits in which the
        reason is again among the row's `k`.
    language : {"en", "zh"}

    Returns
    -------
    data frame
        row (counted from 0), rank, reason, value, contribution, agreement (with `train`), sentence; in the kind of frame that X is.

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.evaluate import reasons
    >>> from tenure.learn import LogisticRegression
    >>> X = pd.DataFrame({"calls": [0.0, 1, 2, 3, 4, 5], "months": [24.0, 30, 6, 12, 3, 1]})
    >>> model = LogisticRegression().fit(X, [0, 0, 0, 1, 1, 1])
    >>> reasons(model, X, k=1, correlated=2)["sentence"].iloc[-1]
    'Higher risk goes with calls = 5 (odds × 9.71).'
    """
    if k < 1:
        raise ValueError(f"k = {k}: must be at least 1")
    if language not in ("en", "zh"):
        raise ValueError(f"language = {language!r}: must be 'en' or 'zh'")
    columns, scale, values = _contributions(model, X, background)
    groups = tied(X if background is None else background, columns, correlated)
    grouped = grouped_sum(values, groups)
    chosen = top_groups(grouped, k)
    agreement = None if train is None else _agreement(model, X, background, groups, chosen, train, refits, random_state)
    table = listed(columns, scale, grouped, chosen, groups, _texts(X, columns), language, agreement)
    if agreement is None:
        del table["agreement"]
    return frame_like(table, X)


def listed(
    columns: list[str], scale: str, grouped: np.ndarray, chosen: np.ndarray, groups: list[list[int]], texts: list[Any], language: str, agreement: Any = None
) -> dict[str, list[Any]]:
    """The chosen groups of every row that raise its score, one entry each, with their sentences."""
    table: dict[str, list[Any]] = {name: [] for name in ("row", "rank", "reason", "value", "contribution", "agreement", "sentence")}
    for row, rank, group in _reasons_of(grouped, chosen):
        names, shown = [columns[j] for j in groups[group]], [texts[j](row) for j in groups[group]]
        effect = float(grouped[row, group])
        words = {"column": " + ".join(names), "value": " / ".join(shown), "factor": float(np.exp(effect)), "points": 100 * effect, "effect": effect}
        entry = (row, rank + 1, words["column"], words["value"], effect, None if agreement is None else agreement[row, group])
        for name, item in zip(table, (*entry, SENTENCES[language, scale].format(**words)), strict=True):
            table[name].append(item)
    return table


def effects(model: Any, X: Any) -> tuple[list[str], str, np.ndarray, bool]:
    """Names, scale, rows x columns of what each column adds, and whether that is above the average row already."""
    check_is_fitted(model)
    explained = getattr(model, "estimator_", model)
    if hasattr(explained, "contributions"):
        names = getattr(explained, "feature_names_in_", [f"x{j}" for j in range(explained.n_features_in_)])
        scale = "log-hazard" if getattr(model, "_estimator_type", "") == "survival_regressor" else "log-odds"
        return [str(name) for name in names], scale, explained.contributions(X), False
    found = tree_shap(explained, X)
    return found.columns, found.scale, found.values, True


def _contributions(model: Any, X: Any, background: Any) -> tuple[list[str], str, np.ndarray]:
    """Names, scale, and rows x columns of what each column adds above the average row."""
    names, scale, values, centred = effects(model, X)
    if centred:
        return names, scale, values
    return names, scale, values - (values if background is None else effects(model, background)[2]).mean(axis=0)


def tied(X: Any, columns: list[str], limit: float) -> list[list[int]]:
    """Columns that are one reason: connected by correlations of `limit` or more."""
    frame = as_frame(X)
    values = [column_of(series) for series in frame.iter_columns()] if frame is not None else [("", column, None) for column in np.asarray(X).T]
    numeric = [j for j, (_, _, levels) in enumerate(values) if levels is None and np.nanstd(np.asarray(values[j][1], dtype=float)) > 0]
    owner = list(range(len(columns)))
    if len(numeric) > 1 and limit <= 1:
        matrix = np.abs(np.corrcoef(np.nan_to_num(np.array([values[j][1] for j in numeric], dtype=float))))
        for a, b in zip(*np.nonzero(np.triu(matrix >= limit, 1)), strict=True):
            first, second = sorted((owner[numeric[a]], owner[numeric[b]]))
            owner = [first if o == second else o for o in owner]
    return [[j for j, o in enumerate(owner) if o == g] for g in sorted(set(owner))]


def grouped_sum(values: np.ndarray, groups: list[list[int]]) -> np.ndarray:
    return np.column_stack([values[:, members].sum(axis=1) for members in groups])


def top_groups(grouped: np.ndarray, k: int) -> np.ndarray:
    return np.argsort(-grouped, axis=1, kind="stable")[:, :k]


def _reasons_of(grouped: np.ndarray, chosen: np.ndarray) -> Iterator[tuple[int, int, int]]:
    for row in range(len(chosen)):
        for rank, group in enumerate(chosen[row]):
            if grouped[row, group] > 0:
                yield row, rank, int(group)


def _agreement(model: Any, X: Any, background: Any, groups: list[list[int]], chosen: np.ndarray, train: tuple[Any, Any], refits: int, seed: int) -> np.ndarray:
    """Share of bootstrap refits in which a group is again among a row's reasons."""
    rows, outcome = train
    again = np.zeros((len(chosen), len(groups)))
    for refit in range(refits):
        index = np.random.default_rng((seed, refit)).integers(0, len(rows), len(rows))
        _, _, values = _contributions(clone(model).fit(_taken(rows, index), _taken(outcome, index)), X, background)
        grouped = grouped_sum(values, groups)
        for row, _, group in _reasons_of(grouped, top_groups(grouped, chosen.shape[1])):
            again[row, group] += 1 / refits
    return again


def _taken(data: Any, index: np.ndarray) -> Any:
    """Rows of a table, a column, or a pair of columns (time, event)."""
    frame = as_frame(data)
    if frame is not None:
        return frame[index].to_native()
    return tuple(np.asarray(part)[index] for part in data) if isinstance(data, tuple) else np.asarray(data)[index]


def _texts(X: Any, columns: list[str]) -> list[Any]:
    """Per column a function from row to the value as text."""
    frame = as_frame(X)
    values = [np.asarray(column) for column in np.asarray(X).T] if frame is None else [series.to_list() for series in frame.iter_columns()]

    def text_of(column: Any) -> Any:
        return lambda row: f"{column[row]:.4g}" if isinstance(column[row], int | float | np.number) and not isinstance(column[row], bool) else str(column[row])

    return [text_of(values[j]) for j in range(len(columns))]
