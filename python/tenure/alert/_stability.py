"""Has a distribution moved? The population stability index of a column."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from tenure import _core
from tenure._frames import AnySeries, Column, column_of

LITTLE, MUCH = 0.10, 0.25
MISSING = "missing"


def band(psi: float) -> str:
    """What custom calls an index of this size."""
    return "little" if psi < LITTLE else "some" if psi < MUCH else "much"


@dataclass(frozen=True, eq=False)
class StabilityIndex:
    """What `population_stability_index` found.

    Attributes
    ----------
    psi : float
        The index.
    band : {"little", "some", "much"}
        By custom: below 0.10, below 0.25, above. Custom does not know how many customers there are; `bound` does.
    bound, p_value : float
        What chance alone stays below with probability `level`, and the probability of an index this large without a change.
    bins : list of str
        The bins or levels, the last one "missing" where values are.
    borders : ndarray
        Inner borders of the bins of numbers.
    expected, actual, contribution : ndarray
        Shares then and now, and what each adds to `psi`.
    n_expected, n_actual, missing_expected, missing_actual : int
        Values then and now, and how many of them are missing.
    corrected : int
        Counts of 0 that were taken as 0.5.
    least_expected : float
        Smallest count that a bin would have now without a change; below 5, `bound` and `p_value` are rough.
    """

    psi: float
    bound: float
    p_value: float
    bins: list[str]
    borders: np.ndarray
    expected: np.ndarray
    actual: np.ndarray
    contribution: np.ndarray
    n_expected: int
    n_actual: int
    missing_expected: int
    missing_actual: int
    dof: int
    corrected: int
    least_expected: float

    @property
    def band(self) -> str:
        return band(self.psi)

    @property
    def moved(self) -> bool:
        """True when the change is more than chance; whether it matters is for `psi` and `band` to say."""
        return self.psi > self.bound

    def __repr__(self) -> str:
        chance = "more than chance" if self.moved else "no more than chance"
        return f"<PSI {self.psi:.4f}: {self.band} change, {chance} (bound {self.bound:.4f}, p = {self.p_value:.3g}; {self.n_expected:,} then, {self.n_actual:,} now)>"


def population_stability_index(expected: Any, actual: Any, *, bins: int = 10, level: float = 0.95) -> StabilityIndex:
    """Population stability index of a column: how far its distribution has moved since the baseline, and how far chance alone would have moved it.

    psi = sum over bins of (a - e) log(a / e), with the shares e then and a now.

    Parameters
    ----------
    expected, actual : array-like
        The column then and now: numbers (cut at the quantiles of `expected`) or categories. Missing values are a bin of their own where there are any.
    bins : int
        Bins for numbers; ties may leave fewer.
    level : float
        Probability that chance alone stays below `bound`.

    Returns
    -------
    StabilityIndex

    Raises
    ------
    InvalidInput
        For a side without rows, infinite values, dates, or numbers on one side and text on the other.

    Notes
    -----
    A bin that is empty on one side counts 0.5 there. Without a change the index is about (1/n + 1/m) times chi-squared with bins - 1 degrees of freedom
    (Yurdakul 2018). With ten bins, 0.10 is more than chance from some 340 rows a side on, and 0.25 is not before 136.

    Examples
    --------
    >>> from tenure.alert import population_stability_index
    >>> population_stability_index(["a"] * 50 + ["b"] * 50, ["a"] * 70 + ["b"] * 30)
    <PSI 0.1695: some change, more than chance (bound 0.0768, p = 0.0036; 100 then, 100 now)>
    """
    return index_of(as_column(expected, "expected"), as_column(actual, "actual"), bins=bins, level=level)


def as_column(values: Any, name: str) -> Column:
    """Any one-dimensional data as a column of the engine."""
    series = nw.from_native(values, series_only=True, pass_through=True)
    if not isinstance(series, nw.Series):
        import pandas as pd

        array = np.asarray(values)
        if array.ndim != 1:
            raise _core.InvalidInput(f"{name}: must be one-dimensional, has {array.ndim} dimensions")
        series = nw.from_native(pd.Series(array).infer_objects(), series_only=True)
    return readable(series, name)


def readable(series: AnySeries, name: str) -> Column:
    """A column that can be compared, booleans as categories."""
    try:
        _, values, levels = column_of(series)
    except TypeError:
        raise _core.InvalidInput(f"{name}: has type {series.dtype}; numbers, booleans, text and categories can be compared") from None
    if series.dtype == nw.Boolean:
        flags = values.astype(np.float64)
        values, levels = np.where(np.isnan(flags), -1, flags).astype(np.int32), ["False", "True"]
    return name, values, levels


def index_of(then: Column, now: Column, *, bins: int, level: float) -> StabilityIndex:
    then, now = known_kind(then, now), known_kind(now, then)
    if (then[2] is None) != (now[2] is None):
        kinds = ["numbers" if side[2] is None else "text" for side in (then, now)]
        raise _core.InvalidInput(f"{now[0]}: holds {kinds[0]} then and {kinds[1]} now; make them one kind first")
    if then[2] is None:
        found = _core.alert.population_stability_index(then[1], now[1], bins=bins, level=level)
        names = _intervals(found["borders"])
        if len(found["expected"]) > len(names):
            names.append(MISSING)
    else:
        before, after, names = level_counts(then, now)
        found = _core.alert.population_stability_index_of_counts(before.tolist(), after.tolist(), bins=bins, level=level)
        if MISSING in names[-1:]:
            found |= {"missing_expected": before[-1], "missing_actual": after[-1]}
    whole = ("n_expected", "n_actual", "missing_expected", "missing_actual")
    return StabilityIndex(**(found | {name: int(found[name]) for name in whole}), bins=names)


def known_kind(column: Column, other: Column) -> Column:
    """A column without any value has no kind of its own: it takes that of the other side."""
    name, codes, levels = column
    if other[2] is None and levels is not None and not (codes >= 0).any():
        return name, np.full(len(codes), np.nan), None
    if other[2] is not None and levels is None and codes.dtype.kind == "f" and np.isnan(codes).all():
        return name, np.full(len(codes), -1, dtype=np.int32), []
    return column


def level_counts(then: Column, now: Column) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Counts of the levels that occur on either side, and last of the missing values where there are any."""
    sides = [(np.asarray(codes), levels or []) for _, codes, levels in (then, now)]
    names = sorted({levels[code] for codes, levels in sides for code in np.unique(codes[codes >= 0])})
    place = {name: k for k, name in enumerate(names)}
    gone = [int((codes < 0).sum()) for codes, _ in sides]
    counts = []
    for codes, levels in sides:
        position = np.array([place.get(level, 0) for level in levels], dtype=np.int64)
        counts.append(np.bincount(position[codes[codes >= 0]], minlength=len(names)).astype(np.float64))
    if sum(gone):
        counts = [np.append(count, missing) for count, missing in zip(counts, gone, strict=True)]
        names.append(MISSING)
    return counts[0], counts[1], names


def _intervals(borders: np.ndarray) -> list[str]:
    if not len(borders):
        return ["all"]
    texts = [f"{border:.6g}" for border in borders]
    return [f"<= {texts[0]}", *(f"{low} to {high}" for low, high in itertools.pairwise(texts)), f"> {texts[-1]}"]
