"""Limits of indicators: found in history, or set by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import column_of, frame_like
from tenure._threads import threads
from tenure._windows import frame_of
from tenure.rates._inputs import churned_flags

RULES = ("youden", "quantile", "cost", "rate")
SIDES = ("high", "low")
_PERFORMANCE: tuple[str, ...] = ("customers", "churners", "missing", "missing_churners", "triggered", "hits", "precision", "precision_lower", "precision_upper")
_PERFORMANCE += ("recall", "recall_lower", "recall_upper", "lift", "lift_lower", "lift_upper")
_COUNTS = _PERFORMANCE[:6]


class Thresholds:
    """A limit for each indicator: at it or beyond, the indicator triggers.

    Parameters
    ----------
    rule : {"youden", "quantile", "cost", "rate"}, default="youden"
        How a limit is found: largest recall less share of false alarms; at most 1 - `quantile` of those who stayed trigger; least cost of false alarms
        and missed churners; at most the share `rate` of all customers triggers (what a team can handle).
    limits : mapping of indicator to number, optional
        Limits set by hand.
    sides : mapping of indicator to {"high", "low"}, optional
        Which values are bad: "high" triggers at >= the limit, "low" at <=. Where not given it is learned: the side on which churners stand more often.
    quantile, rate, false_alarm_cost, missed_cost : float
        For the rules; only the ratio of the costs matters.
    level : float, default=0.95
        Confidence level of the intervals.
    n_resamples : int, default=200
        Bootstrap samples for the interval of a limit.
    random_state : int, default=0
    n_jobs : int, optional
        Threads; the result does not depend on it.

    Attributes
    ----------
    table_ : frame
        One row an indicator: ``indicator``, ``trigger`` (in words), ``limit`` with bootstrap ``lower`` and ``upper`` (missing for one set by hand),
        ``side``, ``auc``, and in the data it was fitted on ``customers``, ``churners``, ``missing``, ``missing_churners``, ``triggered``, ``hits``,
        ``precision``, ``recall`` and ``lift`` with Wilson intervals. A limit looks better there than it is: see `evaluate`.
    notes_ : tuple of str
        Indicators that never trigger, whose side is a guess, or that are often missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.alert import Thresholds
    >>> X = pd.DataFrame({"days silent": [3, 40, 5, 60, 9, 35], "satisfaction": [8, 3, 9, 7, 8, 2]})
    >>> found = Thresholds(limits={"days silent": 30}).fit(X, [0, 1, 0, 1, 0, 1])
    >>> found.table_["trigger"].tolist()
    ['>= 30', '<= 7']
    """

    def __init__(
        self,
        *,
        rule: str = "youden",
        limits: Mapping[str, float] | None = None,
        sides: Mapping[str, str] | None = None,
        quantile: float = 0.95,
        rate: float = 0.1,
        false_alarm_cost: float = 1.0,
        missed_cost: float = 5.0,
        level: float = 0.95,
        n_resamples: int = 200,
        random_state: int = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.rule = rule
        self.limits = limits
        self.sides = sides
        self.quantile = quantile
        self.rate = rate
        self.false_alarm_cost = false_alarm_cost
        self.missed_cost = missed_cost
        self.level = level
        self.n_resamples = n_resamples
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: Any, churned: Any, *, positive: Any = None) -> Thresholds:
        """Finds the limits.

        Parameters
        ----------
        X : frame
            One column of numbers an indicator, one row a customer (and day); missing values do not trigger.
        churned : column name or array-like
            Who left: 0/1, booleans, yes/no, or any labels with `positive`, the one that means lost.

        Raises
        ------
        InvalidInput
            For limits or sides of no indicator, infinite values, one class only, or an indicator without a known value.
        """
        frame, y = _table(X, churned, positive)
        names = list(frame.columns)
        limits, sides = dict(self.limits or {}), dict(self.sides or {})
        for name in [*limits, *sides]:
            if name not in names:
                raise _core.InvalidInput(f"'{name}' has a limit or side, but is no indicator; these are {', '.join(names)}")
        for name, side in sides.items():
            if side not in SIDES:
                raise _core.InvalidInput(f"sides: '{name}' must be 'high' or 'low', got {side!r}")
        if self.rule not in RULES:
            raise _core.InvalidInput(f"rule: must be one of {', '.join(RULES)}, got {self.rule!r}")
        options: dict[str, Any] = {name: getattr(self, name) for name in ("rule", "quantile", "rate", "false_alarm_cost", "missed_cost", "level")}
        rows = []
        for name in names:
            value, by_hand = numbers(frame, name), name in limits
            repetitions = 0 if by_hand else self.n_resamples
            side = sides.get(name, "learn")
            try:
                found = _core.alert.fit_limit(value, y, side=side, repetitions=repetitions, seed=self.random_state, threads=threads(self.n_jobs), **options)
                if by_hand:
                    limit = _hand_limit(name, limits[name])
                    found |= {"limit": limit, "at": _core.alert.limit_performance_of(value, y, limit, found["high"], self.level)}
            except _core.InvalidInput as problem:
                raise _core.InvalidInput(f"indicator '{name}': {problem}") from None
            rows.append({"indicator": name, "by_hand": by_hand, "given_side": name in sides} | found)
        self.rules_ = {row["indicator"]: (row["limit"], "high" if row["high"] else "low") for row in rows}
        self.notes_ = tuple(_notes(rows))
        lines = [{"limit": row["limit"], "lower": row["lower"], "upper": row["upper"], "side": _side(row), "auc": row["auc"]} for row in rows]
        self.table_ = self._frame(rows, lines, X)
        return self

    def _frame(self, rows: list[dict[str, Any]], lines: list[dict[str, Any]], like: Any) -> Any:
        made = [
            {"indicator": row["indicator"], "trigger": self.words(row["indicator"])}
            | line
            | {name: int(row["at"][name]) if name in _COUNTS else row["at"][name] for name in _PERFORMANCE}
            for row, line in zip(rows, lines, strict=True)
        ]
        return frame_like({name: [line[name] for line in made] for name in made[0]}, like)

    def words(self, indicator: str) -> str:
        """What triggers an indicator: ">= 30", "<= 5" or "never"."""
        self._fitted()
        return trigger_words(*self.rules_[indicator])

    def triggered(self, X: Any) -> Any:
        """Which indicators trigger: a frame of booleans, one column an indicator; a missing value does not trigger."""
        self._fitted()
        return frame_like({name: codes == 1 for name, codes in self._codes(frame_of(X, "X")).items()}, X)

    def _codes(self, frame: Any) -> dict[str, np.ndarray]:
        """1 triggered, 0 not, NaN missing, of every indicator."""
        for name in self.rules_:
            if name not in frame.columns:
                raise _core.InvalidInput(f"X: has no indicator '{name}'; its columns are {', '.join(map(str, frame.columns))}")
        return triggers(self.rules_, {name: numbers(frame, name) for name in self.rules_})

    def evaluate(self, X: Any, churned: Any, *, positive: Any = None) -> Any:
        """What the limits do in other data, such as later months: a frame as `table_`, without intervals of the limits."""
        self._fitted()
        frame, y = _table(X, churned, positive)
        rows = []
        for name, (limit, side) in self.rules_.items():
            if name not in frame.columns:
                raise _core.InvalidInput(f"X: has no indicator '{name}'; its columns are {', '.join(map(str, frame.columns))}")
            at = _core.alert.limit_performance_of(numbers(frame, name), y, limit, side == "high", self.level)
            rows.append({"indicator": name, "at": at})
        return self._frame(rows, [{"limit": limit} for limit, _ in self.rules_.values()], X)

    def _fitted(self) -> None:
        if not hasattr(self, "rules_"):
            raise _core.InvalidInput("Thresholds: not fitted yet; call fit first")

    def __repr__(self) -> str:
        if not hasattr(self, "rules_"):
            return f"Thresholds(rule='{self.rule}')"
        lines = [f"  {name} {self.words(name)}" for name in self.rules_]
        return "\n".join([f"Thresholds (rule {self.rule}):", *lines, *(f"note: {note}" for note in self.notes_)])


def trigger_words(limit: float, side: str) -> str:
    """What triggers: ">= 30", "<= 5" or "never"."""
    return "never" if math.isinf(limit) else f"{'>=' if side == 'high' else '<='} {limit:.6g}"


def triggers(limits: Mapping[str, tuple[float, str]], X: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """1 triggered, 0 not, NaN missing, of every indicator that has a limit."""
    found = {}
    for name, (limit, side) in limits.items():
        value = X[name]
        found[name] = np.where(np.isnan(value), np.nan, value >= limit if side == "high" else value <= limit)
    return found


def numbers(frame: Any, name: str) -> np.ndarray:
    series = frame[name]
    if not (series.dtype.is_numeric() or str(series.dtype) == "Boolean"):
        raise _core.InvalidInput(f"indicator '{name}' has type {series.dtype}, numbers are needed")
    return column_of(series)[1].astype(np.float64)


def _table(X: Any, churned: Any, positive: Any) -> tuple[Any, np.ndarray]:
    frame = frame_of(X, "X")
    y = np.asarray(churned_flags(churned, "churned", frame, positive)).astype(np.float64)
    if isinstance(churned, str):
        frame = frame.drop([churned])
    if len(y) != len(frame):
        raise _core.InvalidInput(f"churned: must have one value a row of X ({len(frame)}), has {len(y)}")
    if len(frame) == 0:
        raise _core.InvalidInput("X: has no rows")
    if not frame.columns:
        raise _core.InvalidInput("X: has no indicator")
    return frame, y


def _hand_limit(name: str, limit: Any) -> float:
    if isinstance(limit, bool) or not isinstance(limit, int | float | np.number) or math.isnan(limit):
        raise _core.InvalidInput(f"the limit must be a number, got {limit!r}")
    return float(limit)


def _side(row: Mapping[str, Any]) -> str:
    return "high" if row["high"] else "low"


def _notes(rows: list[dict[str, Any]]) -> Any:
    for row in rows:
        name, at = row["indicator"], row["at"]
        if math.isinf(row["limit"]):
            yield f"'{name}' never triggers: by this rule no limit is better than none"
        if not row["given_side"]:
            kinds = at["churners"] - at["missing_churners"], at["customers"] - at["churners"] - (at["missing"] - at["missing_churners"])
            spread = math.sqrt((sum(kinds) + 1) / (12 * kinds[0] * kinds[1])) if min(kinds) > 0 else math.inf
            if not row["auc"] - 0.5 > 2 * spread:
                yield f"that {_side(row)} values of '{name}' are bad is a guess (AUC {row['auc']:.3f}): say it with sides"
        if at["missing"] > 0.2 * at["customers"]:
            yield f"'{name}' is missing for {100 * at['missing'] / at['customers']:.0f}% of the customers, who cannot trigger it"
