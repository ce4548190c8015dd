"""Which columns go together, and which go with churn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import Column, as_frame, column_of, frame_like, to_table
from tenure._threads import threads


@dataclass(frozen=True, eq=False)
class Correlation:
    """Correlations of all pairs of columns.

    Attributes
    ----------
    columns : list of str
    estimate, lower, upper, p_value, n : ndarray of shape (p, p)
        The diagonal of `estimate` is 1; a constant column gives NaN.
    """

    method: str
    columns: list[str]
    estimate: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    p_value: np.ndarray
    n: np.ndarray
    _like: Any = None

    @property
    def matrix(self) -> Any:
        """The estimates as a table in the caller's kind of frame, its first column naming the rows."""
        return frame_like({"column": self.columns, **{name: self.estimate[:, j] for j, name in enumerate(self.columns)}}, self._like)

    @property
    def pairs(self) -> Any:
        """One line a pair, strongest first: columns, estimate, interval, p-value, q-value (Benjamini-Hochberg over all pairs), n."""
        i, j = np.triu_indices(len(self.columns), 1)
        strength = np.where(np.isnan(self.estimate[i, j]), -1.0, np.abs(self.estimate[i, j]))
        order = np.argsort(-strength, kind="stable")
        i, j = i[order], j[order]
        names = np.asarray(self.columns, dtype=object)
        numbers = {name: getattr(self, name)[i, j] for name in ("estimate", "lower", "upper", "p_value")}
        q = np.asarray(_core.stats.adjust_p(numbers["p_value"], "bh"))
        return frame_like({"x": names[i].tolist(), "y": names[j].tolist(), **numbers, "q_value": q, "n": self.n[i, j].astype(np.int64)}, self._like)

    def plot(self, ax: Any = None) -> Any:
        """A heat map, blue for negative and orange for positive, with the numbers written in. Returns the matplotlib axes."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(figsize=(1.2 + 0.6 * len(self.columns), 1 + 0.5 * len(self.columns)))[1]
        ax.imshow(self.estimate, vmin=-1, vmax=1, cmap="PuOr_r")
        ax.set_xticks(range(len(self.columns)), self.columns, rotation=45, ha="right")
        ax.set_yticks(range(len(self.columns)), self.columns)
        for (i, j), r in np.ndenumerate(self.estimate):
            ax.text(j, i, f"{r:.2f}", ha="center", va="center", color="white" if abs(r) > 0.6 else "black")
        ax.set_title(f"{self.method} correlation")
        return ax


def correlation(data: Any, *, method: str = "pearson", columns: Sequence[str] | None = None, level: float = 0.95, n_jobs: int | None = None) -> Correlation:
    """Correlations of all pairs of numeric columns.

    Parameters
    ----------
    data : frame or array of shape (n, p)
        Of a frame, the columns of text and categories are left out unless `columns` names them (which is an error: see `cramers_v`). Missing
        values are left out pair by pair.
    method : {"pearson", "spearman", "kendall", "point_biserial"}
        Kendall is tau-b, O(n log n) a pair; point_biserial is Pearson and refuses pairs without a column of two values.
    columns : sequence of str, optional
        The columns to use.
    level : float
        Confidence level of the intervals.
    n_jobs : int, optional

    Returns
    -------
    Correlation
        `.estimate` and friends as arrays, `.matrix` and `.pairs` as tables, `.plot()`.

    Raises
    ------
    InvalidInput
        For infinite values, unknown columns, or columns that are no numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.stats import correlation
    >>> round(float(correlation(np.array([[1, 2], [2, 4], [3, 5], [4, 9.0]])).estimate[0, 1]), 4)
    0.9648
    """
    frame = as_frame(data)
    if frame is None:
        table = to_table(data)
    else:
        kept = [column_of(frame[name]) for name in _known(frame, columns)] if columns is not None else _numbers(frame)
        table = _core.Table(kept)
    found = _core.stats.correlation(table, method=method, level=level, threads=threads(n_jobs))
    return Correlation(method=method, _like=data, **found)


def association(data: Any, target: Any, *, columns: Sequence[str] | None = None, level: float = 0.95, adjustment: str = "bh", n_jobs: int | None = None) -> Any:
    """How strongly every column goes with a target, such as the churn label; strongest first.

    The measure follows the kinds of the columns, all on one scale from 0 to 1: |Pearson's r| for numbers with a numeric target, |point-biserial r|
    for numbers with a target of two levels, bias-corrected Cramer's V for categories, and eta (root of the explained share of variance) for
    numbers against several levels or categories against numbers. Association, not cause.

    Parameters
    ----------
    data : frame or array
    target : str or array-like
        A column of `data` or one value a row: numbers, booleans, text or categories. Two different values count as two levels, the second
        (in sorted order) being the event.
    columns : sequence of str, optional
        The columns to look at; all but the target when missing.
    level : float
        Confidence level of the intervals.
    adjustment : {"bh", "by", "holm", "hochberg", "hommel", "bonferroni"}
        How p-values become q-values.
    n_jobs : int, optional

    Returns
    -------
    table with the columns column, measure, direction, strength, lower, upper, p_value, q_value, n
        `direction` is "+" or "-" for numbers, for categories the level with the largest share (mean) of the target.

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.stats import association
    >>> df = pd.DataFrame({"calls": [1, 5, 2, 6, 1, 7, 2, 9], "plan": list("abababba"), "churn": [0, 1, 0, 1, 0, 1, 0, 1]})
    >>> association(df, "churn")["column"].tolist()
    ['calls', 'plan']
    """
    table, label = _features_and_column(data, target, "target", columns)
    rows = _core.stats.association(table, _core.Table([label]), level=level, adjustment=adjustment, threads=threads(n_jobs))
    return _frame_of(rows, ("column", "measure", "direction", "strength", "lower", "upper", "p_value", "q_value", "n"), data)


def compare_groups(
    data: Any,
    by: Any,
    *,
    order: Sequence[Any] | None = None,
    columns: Sequence[str] | None = None,
    level: float = 0.95,
    adjustment: str = "bh",
    n_jobs: int | None = None,
) -> Any:
    """Two groups, such as retained and lost customers, compared column by column.

    Numbers get one line: means, difference with Welch's interval and test, Cohen's d. Categories get one line a level: shares, difference with
    Newcombe's interval, chi-square test, Cohen's h.

    Parameters
    ----------
    data : frame or array
    by : str or array-like
        A column of `data` or one value a row, with exactly two different values; rows where it is missing are left out.
    order : pair, optional
        Which value is the first group; sorted order when missing.
    columns : sequence of str, optional
        The columns to compare; all but `by` when missing.
    level : float
        Confidence level of the intervals.
    adjustment : {"bh", "by", "holm", "hochberg", "hommel", "bonferroni"}
    n_jobs : int, optional

    Returns
    -------
    table with the columns column, level, first, second, difference, lower, upper, effect, effect_lower, effect_upper, p_value, q_value,
    n_first, n_second, missing_first, missing_second
        `difference` is second minus first.

    Raises
    ------
    InvalidInput
        When `by` has not exactly two values, or `order` does not name them.

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.stats import compare_groups
    >>> df = pd.DataFrame({"calls": [1, 5, 2, 6, 1, 7], "churn": [0, 1, 0, 1, 0, 1]})
    >>> float(compare_groups(df, "churn")["difference"].iloc[0].round(4))
    4.6667
    """
    table, (name, values, levels) = _features_and_column(data, by, "by", columns)
    group = _two_groups(name, values, levels, order)
    rows = _core.stats.compare_groups(table, group, level=level, adjustment=adjustment, threads=threads(n_jobs))
    names = "column level first second difference lower upper effect effect_lower effect_upper p_value q_value n_first n_second missing_first missing_second"
    return _frame_of(rows, names.split(), data)


def cramers_v(a: Any, b: Any, *, corrected: bool = True) -> float:
    """Cramer's V of two categorical columns, in [0, 1]; NaN when one of them is constant.

    Parameters
    ----------
    a, b : array-like of shape (n,)
        Categories of any kind; rows where either is missing are left out.
    corrected : bool
        Bergsma's (2013) bias correction, which matters when there are many levels.

    Examples
    --------
    >>> from tenure.stats import cramers_v
    >>> cramers_v(["a", "a", "b", "b"] * 10, ["x", "x", "y", "y"] * 10, corrected=False)
    1.0
    """
    found = _core.stats.contingency(crosstab(a, b))
    return float(found.cramers_v_corrected if corrected else found.cramers_v)


def crosstab(a: Any, b: Any) -> np.ndarray:
    """Counts of two categorical columns, levels in sorted order; rows where either is missing are left out."""
    table = _core.Table([("a", *_categories(a, "a")), ("b", *_categories(b, "b"))])
    return np.asarray(_core.stats.cross_tabulate(table))


def _categories(values: Any, name: str) -> tuple[np.ndarray, list[str]]:
    _, array, levels = _as_column(values, name)
    if levels is not None:
        return array, levels
    present = ~np.isnan(array) if array.dtype.kind == "f" else np.ones(len(array), dtype=bool)
    unique, inverse = np.unique(array[present], return_inverse=True)
    codes = np.full(len(array), -1, dtype=np.int32)
    codes[present] = inverse
    return codes, [str(v) for v in unique.tolist()]


def _two_groups(name: str, values: np.ndarray, levels: list[str] | None, order: Sequence[Any] | None) -> np.ndarray:
    """Codes 0 and 1, -1 where missing."""
    if levels is None:
        codes, unique = _categories(values, name)
        given = [v for v in np.unique(values).tolist() if v == v]
    else:
        used = np.unique(values[values >= 0])
        codes = np.full(len(values), -1, dtype=np.int32)
        for k, code in enumerate(used):
            codes[values == code] = k
        unique = given = [levels[code] for code in used]
    if len(unique) != 2:
        raise _core.InvalidInput(f"{name}: must have exactly two different values, has {len(unique)}")
    if order is None or list(order) == given:
        return codes
    if list(order) != given[::-1]:
        raise _core.InvalidInput(f"order: must name the two groups {given}, is {list(order)}")
    return np.where(codes < 0, -1, 1 - codes)


def _features_and_column(data: Any, special: Any, name: str, columns: Sequence[str] | None) -> tuple[_core.Table, Column]:
    """The columns to look at, and the special one by name or by value."""
    frame = as_frame(data)
    if isinstance(special, str):
        if frame is None or special not in frame.columns:
            raise _core.InvalidInput(
                f"{name}: '{special}' is not a column" + (f"; the columns are {', '.join(map(str, frame.columns))}" if frame is not None else "")
            )
        chosen = column_of(frame[special])
    else:
        chosen = _as_column(special, name)
    if frame is None:
        return to_table(data), chosen
    wanted = _known(frame, columns) if columns is not None else [c for c in frame.columns if c != (special if isinstance(special, str) else None)]
    return _core.Table([column_of(frame[c]) for c in wanted]), chosen


def _known(frame: Any, columns: Sequence[str]) -> list[str]:
    for c in columns:
        if c not in frame.columns:
            raise _core.InvalidInput(f"columns: '{c}' is not a column; the columns are {', '.join(map(str, frame.columns))}")
    return list(columns)


def _as_column(values: Any, name: str) -> Column:
    """Any one-dimensional data as a column of the engine."""
    import narwhals.stable.v2 as nw

    series = nw.from_native(values, series_only=True, pass_through=True)
    if isinstance(series, nw.Series):
        return (name, *column_of(series)[1:])
    array = np.asarray(values)
    if array.ndim != 1:
        raise _core.InvalidInput(f"{name}: must be one-dimensional, has {array.ndim} dimensions")
    if array.dtype.kind in "biuf":
        return name, array, None
    import pandas as pd

    return (name, *column_of(nw.from_native(pd.Series(array), series_only=True))[1:])


def _numbers(frame: Any) -> list[Column]:
    numeric = [name for name in frame.columns if frame[name].dtype.is_numeric() or str(frame[name].dtype) == "Boolean"]
    kept = [column_of(frame[name]) for name in numeric]
    if not kept:
        raise _core.InvalidInput("data: has no numeric column")
    return kept


def _frame_of(rows: list[dict[str, Any]], names: Sequence[str], like: Any) -> Any:
    return frame_like({name: [row[name] for row in rows] for name in names}, like)
