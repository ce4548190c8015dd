"""Series over time: trends, control charts, the effect of a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import frame_like
from tenure.stats._association import _as_column, _categories

_NONE = np.empty(0)


def _numbers(values: Any, name: str) -> np.ndarray:
    if values is None:
        return _NONE
    _, array, levels = _as_column(values, name)
    if levels is not None:
        raise _core.InvalidInput(f"{name}: must be numbers")
    return array


@dataclass(frozen=True)
class Trend:
    """A monotone trend: Mann-Kendall's score, variance, z and p-value, Kendall's tau-b, Sen's slope with interval, intercept."""

    score: float
    variance: float
    statistic: float
    p_value: float
    tau: float
    slope: float
    lower: float
    upper: float
    intercept: float
    n: int


def trend_test(values: Any, time: Any = None, *, level: float = 0.95) -> Trend:
    """Is there a trend? Mann-Kendall's test and Sen's slope, which ask for no shape and do not mind outliers.

    Parameters
    ----------
    values : array-like
        At least 3 numbers in order of time; missing ones are left out.
    time : array-like, optional
        Their times; 0, 1, 2, ... when missing. The slope is per unit of time.
    level : float
        Confidence level of the slope's interval.

    Examples
    --------
    >>> from tenure.stats import trend_test
    >>> found = trend_test([2.1, 2.0, 2.4, 2.3, 2.8, 2.9, 3.1, 3.0])
    >>> round(found.slope, 3), bool(found.p_value < 0.01)
    (0.167, True)
    """
    return Trend(**_core.stats.trend_test(_numbers(values, "values"), _numbers(time, "time"), level))


@dataclass(frozen=True, eq=False)
class ControlChart:
    """A control chart. `value`, `lower`, `upper`, `signal` (and `fall` of a cusum) have one entry a point."""

    kind: str
    centre: float
    sigma: float
    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    fall: np.ndarray
    signal: np.ndarray

    @property
    def signals(self) -> list[int]:
        """Positions of the points outside the limits."""
        return np.flatnonzero(self.signal).tolist()

    @property
    def table(self) -> Any:
        """One line a point."""
        columns = {"value": self.value, "lower": self.lower, "upper": self.upper, "signal": self.signal}
        return frame_like({**columns, "fall": self.fall} if len(self.fall) else columns)

    def plot(self, ax: Any = None) -> Any:
        """The chart with its limits, signals marked. Returns the matplotlib axes."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots()[1]
        t = np.arange(len(self.value))
        ax.plot(t, self.value, color="#555555", marker="o", markersize=3, linewidth=1)
        ax.step(t, self.upper, where="mid", color="#0072B2", linewidth=1)
        ax.step(t, self.lower, where="mid", color="#0072B2", linewidth=1)
        shown = self.value
        if len(self.fall):
            ax.plot(t, self.fall, color="#999999", marker="s", markersize=3, linewidth=1)
            shown = np.maximum(self.value, self.fall)
        else:
            ax.axhline(self.centre, color="#0072B2", linewidth=0.8, linestyle="--")
        ax.plot(t[self.signal], shown[self.signal], "o", color="#D55E00", markersize=7)
        ax.set(xlabel="point", title=f"{self.kind} chart, {int(self.signal.sum())} of {len(t)} points outside the limits")
        return ax


def control_chart(
    values: Any,
    totals: Any = None,
    *,
    kind: str = "p",
    baseline: int | None = None,
    width: float = 3.0,
    weight: float = 0.2,
    slack: float = 0.5,
    decision: float = 5.0,
) -> ControlChart:
    """Is the process still the same?

    Parameters
    ----------
    values : array-like
        Counts of events (customers lost) for "p" and "laney", numbers for the other kinds.
    totals : array-like
        Customers at risk, for "p" and "laney" only.
    kind : {"p", "laney", "individuals", "ewma", "cusum"}
        Proportions; proportions with limits widened by the variation seen between points (use it for large totals); single values; exponentially
        weighted average (finds small lasting shifts); cumulative sums of both directions (finds them soonest).
    baseline : int, optional
        How many first points set centre and spread; all when missing.
    width : float
        Distance of the limits from the centre in standard deviations.
    weight : float
        ewma: weight of the newest point.
    slack, decision : float
        cusum: k and h in standard deviations.

    Examples
    --------
    >>> from tenure.stats import control_chart
    >>> control_chart([20, 22, 18, 21, 19, 60], [1000] * 6, baseline=5).signals
    [5]
    """
    options = {"kind": kind, "baseline": 0 if baseline is None else baseline, "width": width, "weight": weight, "slack": slack, "decision": decision}
    if baseline is not None and baseline < 2:
        raise _core.InvalidInput(f"baseline: must hold at least 2 points, is {baseline}")
    found = _core.stats.control_chart(_numbers(values, "values"), _numbers(totals, "totals"), **options)
    return ControlChart(kind=kind, **{**found, "signal": found["signal"].astype(bool)})


@dataclass(frozen=True, eq=False)
class BeforeAfter:
    """What changed at a known moment: `effects` (a table), `fitted` and `expected` (what would have come without the change) for every point."""

    effects: Any
    fitted: np.ndarray
    expected: np.ndarray
    n_before: int
    n_after: int
    lags: int

    @property
    def level_change(self) -> float:
        """The jump at the change."""
        return float(self.effects["estimate"].iloc[0])

    @property
    def slope_change(self) -> float:
        """The change of the slope, per point."""
        return float(self.effects["estimate"].iloc[1])


def before_after(values: Any, change: int, *, season: int | None = None, lags: int | None = None, level: float = 0.95) -> BeforeAfter:
    """The effect of a change at a known moment, against the trend before it (interrupted time series, segmented regression).

    Standard errors allow for autocorrelation (Newey and West 1987). Something else that changed at the same moment is not told apart: compare with
    a group that was not changed where there is one (`difference_in_differences`).

    Parameters
    ----------
    values : array-like
        Equally spaced numbers in order of time, such as monthly churn rates.
    change : int
        Position of the first point after the change; at least 3 points on both sides.
    season : int, optional
        Points in a season, such as 12 for months.
    lags : int, optional
        Lags of the standard errors; floor(4 (n / 100)^(2/9)) when missing.
    level : float

    Examples
    --------
    >>> from tenure.stats import before_after
    >>> round(before_after([5.0, 5.1, 4.9, 5.0, 5.1, 3.0, 3.1, 2.9, 3.0, 3.1], 5).level_change, 1)
    -2.0
    """
    options = {"season": 0 if season is None else season, "lags": -1 if lags is None else lags, "level": level}
    if change < 0:
        raise _core.InvalidInput(f"change: must be a position, is {change}")
    found = _core.stats.before_after(_numbers(values, "values"), change, **options)
    rows = found.pop("effects")
    table = frame_like({key: [row[key] for row in rows] for key in rows[0]})
    found |= {key: int(found[key]) for key in ("n_before", "n_after", "lags")}
    return BeforeAfter(effects=table, **found)


@dataclass(frozen=True, eq=False)
class DifferenceInDifferences:
    """`estimate` of the effect with its errors, classical, robust (HC1) and clustered by unit, in `effects`; means of the four cells in `means`;
    `pretrend_p_value`: small when the groups were already drifting apart before the change."""

    estimate: float
    effects: Any
    means: dict[str, float]
    n: int
    clusters: int
    pretrend_statistic: float
    pretrend_p_value: float


def difference_in_differences(y: Any, treated: Any, post: Any, *, unit: Any = None, period: Any = None, level: float = 0.95) -> DifferenceInDifferences:
    """Effect of a measure: the change among the treated minus the change among the others.

    Parameters
    ----------
    y : array-like
        The outcome, one value a row; missing rows are left out.
    treated, post : array-like of 0 and 1 (or booleans)
        Whether the row's unit is in the treated group, and whether the row is from after the change.
    unit : array-like, optional
        Who was observed repeatedly; standard errors are then clustered as well. Give it whenever rows repeat units.
    period : array-like of numbers, optional
        Time of the row, for a test of equal slopes before the change.
    level : float

    Examples
    --------
    >>> from tenure.stats import difference_in_differences
    >>> found = difference_in_differences([5, 6, 5, 6, 5, 6, 2, 3], [0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 1, 1, 0, 0, 1, 1])
    >>> round(found.estimate, 6)
    -3.0
    """
    codes = _NONE if unit is None else _categories(unit, "unit")[0].astype(np.float64)
    columns = _numbers(y, "y"), _numbers(treated, "treated"), _numbers(post, "post"), codes, _numbers(period, "period")
    found = _core.stats.difference_in_differences(*columns, level=level)
    rows = [found["effect"], found["robust"], *([found["clustered"]] if found["clusters"] else [])]
    table = frame_like({"errors" if key == "name" else key: [row[key] for row in rows] for key in rows[0]})
    means = {key: found[key] for key in ("treated_before", "treated_after", "control_before", "control_after")}
    return DifferenceInDifferences(
        estimate=found["effect"]["estimate"],
        effects=table,
        means=means,
        n=int(found["n"]),
        clusters=int(found["clusters"]),
        pretrend_statistic=found["pretrend_statistic"],
        pretrend_p_value=found["pretrend_p_value"],
    )
