"""What goes with a column in a model: accumulated local effects."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from tenure._core import InvalidInput
from tenure._frames import column_of, frame_like
from tenure.evaluate._column import Column, response_of
from tenure.evaluate._effects import code_of, weights_of
from tenure.evaluate._plots import CHURN, REST, _axes

POINTS = 100  # of a column of numbers, at which its distributions at two levels are compared


@dataclass(frozen=True)
class LocalEffects:
    """Accumulated local effects of a column: how the response moves along it, 0 on average.

    Attributes
    ----------
    column : str
    values : array of numbers (edges of the intervals), or of levels
    effect, std_error, lower, upper : array, one a value
    count : array
        Weight of the rows in the interval that ends at each value (0 at the first), or with each level.
    response : str
        What moves.
    level : float
    """

    column: str
    values: np.ndarray
    effect: np.ndarray
    std_error: np.ndarray
    count: np.ndarray
    response: str
    level: float

    @property
    def lower(self) -> np.ndarray:
        return self.effect - self._width * self.std_error

    @property
    def upper(self) -> np.ndarray:
        return self.effect + self._width * self.std_error

    @property
    def _width(self) -> float:
        return NormalDist().inv_cdf((1 + self.level) / 2)

    def table(self, like: Any = None) -> Any:
        """value, effect, std_error, lower, upper, count: a frame of the kind of `like`."""
        names = ("effect", "std_error", "lower", "upper", "count")
        return frame_like({"value": self.values} | {name: getattr(self, name) for name in names}, like)

    def plot(self, ax: Any = None) -> Any:
        """The effect with its limits; ticks on the axis mark the intervals. Returns the matplotlib axes."""
        ax = _axes(ax)
        ax.axhline(0, color=REST, linestyle="--")
        if self.values.dtype.kind == "O":
            ax.vlines(np.arange(len(self.values)), self.lower, self.upper, color=CHURN)
            ax.plot(self.values, self.effect, color=CHURN, marker="o")
        else:
            ax.fill_between(self.values, self.lower, self.upper, color=CHURN, alpha=0.2, linewidth=0)
            ax.plot(self.values, self.effect, color=CHURN)
            ax.plot(self.values, np.zeros(len(self.values)), "|", color=REST, transform=ax.get_xaxis_transform())
        ax.set(xlabel=self.column, ylabel=f"{self.response}, against the average", title=f"What goes with {self.column} in the model")
        return ax


def accumulated_local_effects(
    model: Any,
    X: Any,
    column: Any,
    *,
    n_bins: int = 40,
    order: Any = None,
    time: float | None = None,
    level: float = 0.95,
    sample_weight: Any = None,
) -> LocalEffects:
    """How a model's answer moves along `column`, from rows that are there already (Apley and Zhu 2020).

    The column is cut at quantiles; in each interval its rows are moved from the lower to the upper edge, and the mean changes are added up and
    centred to mean 0 over the rows. Only customers near a value speak for it, so that columns that go together do not borrow each other's
    effect as in `partial_dependence`. Two batch predictions of X.

    Levels are put in order (`order`; else the order of an ordered categorical; else similar levels side by side, as measured on the other
    columns), and rows are moved to the next level and to the one before.

    Parameters
    ----------
    model, X, column, time : as for `partial_dependence`
    n_bins : int, default=40
        Most intervals; equal quantiles are joined.
    order : list of levels, optional
        Every level that occurs, once.
    level : float, default=0.95
        Of `lower` and `upper`: normal limits for the rows at hand being a sample, with the model and the edges as given.
    sample_weight : array-like of shape (n,), optional

    Returns
    -------
    LocalEffects

    Notes
    -----
    Rows that miss the column are left out. Matches the definitions of R ALEPlot.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.evaluate import accumulated_local_effects
    >>> from tenure.learn import DecisionTreeClassifier
    >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0]])
    >>> accumulated_local_effects(DecisionTreeClassifier().fit(X, [0, 0, 1, 1]), X, 0).effect
    array([-0.375, -0.375,  0.625,  0.625])
    """
    if n_bins < 1:
        raise InvalidInput(f"n_bins = {n_bins}: must be at least 1")
    if not 0 < level < 1:
        raise InvalidInput(f"level = {level}: must lie between 0 and 1")
    found, (respond, response) = Column(model, X, column), response_of(model, time)
    weight = weights_of(sample_weight, len(found.values))
    weight = np.ones(len(found.values)) if weight is None else weight
    if not (found.known & (weight > 0)).any():
        raise InvalidInput(f"column '{found.name}' is missing in every row that counts")
    if found.levels is None:
        if order is not None:
            raise InvalidInput(f"order: column '{found.name}' holds numbers")
        values, effect, error, count = _along_numbers(found, respond, weight, n_bins)
    else:
        values, effect, error, count = _along_levels(found, respond, weight, order)
    return LocalEffects(found.name, values, effect, error, count, response, level)


def _along_numbers(column: Column, respond: Any, weight: np.ndarray, n_bins: int) -> tuple[np.ndarray, ...]:
    rows = np.flatnonzero(column.known & (weight > 0))
    x, w = column.values[rows], weight[rows]
    edges = _edges(x, w, n_bins)
    if len(edges) == 1:
        return edges, np.zeros(1), np.zeros(1), np.array([w.sum()])
    interval = np.maximum(np.searchsorted(edges, x) - 1, 0)
    change = respond(column.replaced(edges[interval + 1], rows)) - respond(column.replaced(edges[interval], rows))
    total, mean = _means(interval, change, w, len(edges) - 1)
    share = total / total.sum()
    covariance = np.diag(np.bincount(interval, weights=(w * (change - mean[interval])) ** 2, minlength=len(mean)) / total**2)
    # The effect at an edge is the sum of the means before it, less the mean over rows, each at the middle of its interval.
    before = np.tril(np.ones((len(edges), len(edges) - 1)), -1)
    return edges, *_centred(mean, covariance, before, share @ (before[1:] + before[:-1]) / 2), np.concatenate([[0.0], total])


def _along_levels(column: Column, respond: Any, weight: np.ndarray, order: Any) -> tuple[np.ndarray, ...]:
    assert column.levels is not None
    representative = column.rows_of_levels()
    codes = _ordered(column, order, weight, representative)
    names = np.array([column.levels[code] for code in codes], dtype=object)
    place = np.full(len(column.levels) + 1, -1)
    place[codes] = np.arange(len(codes))
    at, source = place[column.values], np.array([representative[code] for code in codes])
    rows = np.flatnonzero(column.known & (weight > 0))
    count = np.bincount(at[rows], weights=weight[rows], minlength=len(codes))
    if len(codes) == 1:
        return names, np.zeros(1), np.zeros(1), count
    answer = respond(column.copied(source[at[rows]], rows))
    up, down = at[rows] + 1 < len(codes), at[rows] > 0
    change_up, change_down = np.zeros(len(rows)), np.zeros(len(rows))
    if up.any():
        change_up[up] = respond(column.copied(source[at[rows[up]] + 1], rows[up])) - answer[up]
    if down.any():
        change_down[down] = answer[down] - respond(column.copied(source[at[rows[down]] - 1], rows[down]))
    steps = len(codes) - 1
    interval = np.concatenate([at[rows[up]], at[rows[down]] - 1])
    w = np.concatenate([weight[rows[up]], weight[rows[down]]])
    total, mean = _means(interval, np.concatenate([change_up[up], change_down[down]]), w, steps)
    # A row speaks for the step up from its level and for the one that leads to it, so that neighbouring means go together.
    part = np.zeros((2, len(rows)))
    part[0, up] = weight[rows[up]] * (change_up[up] - mean[at[rows[up]]]) / total[at[rows[up]]]
    part[1, down] = weight[rows[down]] * (change_down[down] - mean[at[rows[down]] - 1]) / total[at[rows[down]] - 1]
    own = np.bincount(interval, weights=np.concatenate([part[0, up], part[1, down]]) ** 2, minlength=steps)
    both = np.bincount(at[rows], weights=part[0] * part[1], minlength=len(codes))[1:-1]
    covariance = np.diag(own) + np.diag(both, 1) + np.diag(both, -1)
    before = np.tril(np.ones((len(codes), steps)), -1)
    return names, *_centred(mean, covariance, before, (count / count.sum()) @ before), count


def _means(interval: np.ndarray, change: np.ndarray, weight: np.ndarray, intervals: int) -> tuple[np.ndarray, np.ndarray]:
    total = np.bincount(interval, weights=weight, minlength=intervals)
    return total, np.bincount(interval, weights=weight * change, minlength=intervals) / total


def _centred(mean: np.ndarray, covariance: np.ndarray, before: np.ndarray, middle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Effects, sums of the means `before` each value less their centre, and their standard errors."""
    sums = before - middle
    return sums @ mean, np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", sums, covariance, sums), 0.0))


def _edges(x: np.ndarray, weight: np.ndarray, n_bins: int) -> np.ndarray:
    """The smallest value and the quantiles (inverse of the distribution function), each once: no interval is empty."""
    order = np.argsort(x, kind="stable")
    reached = np.cumsum(weight[order])
    wanted = np.arange(1, n_bins + 1) / n_bins * reached[-1]
    at = np.minimum(np.searchsorted(reached, wanted * (1 - 1e-12)), len(x) - 1)
    return np.unique(np.concatenate([x[order[:1]], x[order[at]]]))


def _ordered(column: Column, order: Any, weight: np.ndarray, representative: dict[int, int]) -> np.ndarray:
    """Codes of the levels that rows with weight have, in the order in which rows move."""
    assert column.levels is not None
    present = np.unique(column.values[column.known & (weight > 0)])
    if order is not None:
        given = [code_of(column, level, representative) for level in order]
        if len(set(given)) != len(given) or not set(present) <= set(given):
            raise InvalidInput(f"order: must name each level of column '{column.name}' that occurs, once")
        return np.array([code for code in given if code in set(present.tolist())])
    if len(present) < 3 or _is_ordered(column.frame[column.key]):
        return present
    distance = np.zeros((len(present), len(present)))
    for name in column.frame.columns:
        if name != column.key:
            distance += _distances(column, column.frame[name], weight, present)
    # First principal coordinate (classical scaling); its direction keeps the first level in the first half.
    inner = np.eye(len(present)) - 1 / len(present)
    axis = np.linalg.eigh(-inner @ distance**2 @ inner / 2)[1][:, -1]
    axis = np.round(axis if axis[0] <= 0 else -axis, 12)
    return present[np.argsort(axis, kind="stable")]


def _is_ordered(series: Any) -> bool:
    return isinstance(series.dtype, nw.Enum) or bool(getattr(getattr(series.to_native(), "type", None), "ordered", False))


def _distances(column: Column, series: Any, weight: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Between the distributions of another column at two levels: Kolmogorov's distance of numbers, half the sum of differences of shares of levels."""
    _, values, levels = column_of(series)
    values = np.asarray(values, dtype=np.float64)
    known = column.known & (weight > 0) & (values >= 0 if levels is not None else ~np.isnan(values))
    if not known.any():
        return np.zeros((len(present), len(present)))
    distinct, place = np.unique(values[known], return_inverse=True)
    if levels is None and len(distinct) > POINTS:
        distinct = np.unique(np.quantile(values[known], np.arange(1, POINTS + 1) / POINTS, method="inverted_cdf"))
        place = np.searchsorted(distinct, values[known])
    level = np.searchsorted(present, column.values[known])
    share = np.bincount(level * len(distinct) + place, weights=weight[known], minlength=len(present) * len(distinct)).reshape(len(present), -1)
    share = share / np.maximum(share.sum(axis=1, keepdims=True), 1e-300)
    if levels is not None:
        return np.array([np.abs(share - row).sum(axis=1) / 2 for row in share])
    below = share.cumsum(axis=1)
    return np.array([np.abs(below - row).max(axis=1) for row in below])
