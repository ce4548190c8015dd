"""What goes with a column in a model: partial dependence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure._core import InvalidInput
from tenure._frames import frame_like
from tenure.evaluate._column import Column, response_of
from tenure.evaluate._input import weights
from tenure.evaluate._plots import CHURN, REST, _axes

SHOWN = 50  # curves of single customers in a picture


@dataclass(frozen=True)
class PartialDependence:
    """What the model says on average when a column is set to each of `values`.

    Attributes
    ----------
    column : str
    values : array of numbers, or of levels
    average : array, one a value
    individual : array, rows x values, or None
        The curve of each row (individual conditional expectation).
    response : str
        What is averaged.
    """

    column: str
    values: np.ndarray
    average: np.ndarray
    individual: np.ndarray | None
    response: str

    def table(self, like: Any = None) -> Any:
        """value, average: a frame of the kind of `like`."""
        return frame_like({"value": self.values, "average": self.average}, like)

    def plot(self, ax: Any = None) -> Any:
        """The average, over the curves of up to 50 rows where they were kept. Returns the matplotlib axes."""
        ax = _axes(ax)
        if self.individual is not None:
            some = np.linspace(0, len(self.individual) - 1, min(SHOWN, len(self.individual))).astype(int)
            ax.plot(self.values, self.individual[some].T, color=REST, linewidth=0.5)
        ax.plot(self.values, self.average, color=CHURN, marker="o" if self.values.dtype.kind == "O" else None)
        ax.set(xlabel=self.column, ylabel=f"mean {self.response}", title=f"What goes with {self.column} in the model, all else as it is")
        return ax


def partial_dependence(
    model: Any,
    X: Any,
    column: Any,
    *,
    grid_resolution: int = 100,
    percentiles: tuple[float, float] = (0.05, 0.95),
    values: Any = None,
    individual: bool = False,
    time: float | None = None,
    sample_weight: Any = None,
) -> PartialDependence:
    """What a model says on average when `column` is set to one value for every row, value after value (Friedman 2001).

    The rows keep their other columns, so that combinations may be asked that no customer has: where columns go together, see
    `accumulated_local_effects`. One batch prediction of X a value. It tells how the model's answer goes with the column, not what changing the
    column would do.

    Parameters
    ----------
    model : fitted
        With `predict_proba` (two classes; the second is shown), `predict_uplift`, or a survival model (its risk, or with `time` its
        probability to stay beyond it).
    X : table of shape (n, p)
    column : name, or number of an array's column
    grid_resolution : int, default=100
        A column with fewer distinct values is set to each of them, another one to so many even steps between its `percentiles`.
    percentiles : (float, float)
    values : array-like, optional
        Numbers, or levels that occur in X, instead of the grid.
    individual : bool
        Also keep the curve of each row (individual conditional expectation): n x values numbers.
    time : float, optional
    sample_weight : array-like of shape (n,), optional

    Returns
    -------
    PartialDependence

    Notes
    -----
    Rows that miss the column take part; a missing value is no value of the grid. Equals scikit-learn's
    `partial_dependence(method="brute")`. Goldstein et al. (2015) for the single curves.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.evaluate import partial_dependence
    >>> from tenure.learn import DecisionTreeClassifier
    >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0]])
    >>> partial_dependence(DecisionTreeClassifier().fit(X, [0, 0, 1, 1]), X, 0).average
    array([0., 0., 1., 1.])
    """
    if grid_resolution < 2:
        raise InvalidInput(f"grid_resolution = {grid_resolution}: must be at least 2")
    low, high = percentiles
    if not 0 <= low < high <= 1:
        raise InvalidInput(f"percentiles = {percentiles}: must be two shares, ascending, in [0, 1]")
    found, (respond, response) = Column(model, X, column), response_of(model, time)
    weight = weights_of(sample_weight, len(found.values))
    if found.levels is None:
        grid = _numbers(found, grid_resolution, (low, high)) if values is None else np.asarray(values, dtype=np.float64).reshape(-1)
        tables = (found.replaced(value) for value in grid)
    else:
        rows = found.rows_of_levels()
        codes = sorted(rows) if values is None else [code_of(found, level, rows) for level in values]
        grid = np.array([found.levels[code] for code in codes], dtype=object)
        tables = (found.copied(rows[code]) for code in codes)
    if not len(grid):
        raise InvalidInput("values: must not be empty")
    average, curves = np.empty(len(grid)), np.empty((len(found.values), len(grid)) if individual else (0, 0))
    for k, table in enumerate(tables):
        answer = respond(table)
        average[k] = np.average(answer, weights=weight)
        if individual:
            curves[:, k] = answer
    return PartialDependence(found.name, grid, average, curves if individual else None, response)


def _numbers(column: Column, resolution: int, percentiles: tuple[float, float]) -> np.ndarray:
    distinct = np.unique(column.values[column.known])
    if len(distinct) < resolution:
        return distinct
    from scipy.stats.mstats import mquantiles

    first, last = np.asarray(mquantiles(column.values[column.known], prob=percentiles))
    if not last > first:
        raise InvalidInput(f"percentiles = {percentiles}: column '{column.name}' is {first:g} at both")
    return np.linspace(first, last, resolution)


def weights_of(sample_weight: Any, rows: int) -> np.ndarray | None:
    found = weights(sample_weight)
    if found is None:
        return None
    if len(found) != rows:
        raise InvalidInput(f"sample_weight has {len(found)} rows, X has {rows}")
    if not (np.isfinite(found).all() and (found >= 0).all() and found.any()):
        raise InvalidInput("sample_weight: must be finite, >= 0 and not all 0")
    return found.astype(np.float64)


def code_of(column: Column, level: Any, known: dict[int, int]) -> int:
    assert column.levels is not None
    code = column.levels.index(str(level)) if str(level) in column.levels else -1
    if code not in known:
        raise InvalidInput(f"{level!r} is no level of column '{column.name}' that occurs in X")
    return code
