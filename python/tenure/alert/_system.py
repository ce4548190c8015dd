"""A warning system: indicators, their limits, a score, tiers of risk, and a list of whom to see today."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import frame_like
from tenure._snapshots import Book, calendar_days
from tenure._windows import NO_DAY, day_numbers, frame_of, length, need, one_day
from tenure._write import write_together
from tenure.alert._indicators import Indicators, Records
from tenure.alert._thresholds import Thresholds, trigger_words, triggers
from tenure.alert._tiers import NO_TIER, Tiers, read_plain, write_plain
from tenure.alert._weights import fit_weights
from tenure.evaluate import TimeOrderedSplit, brier, roc_auc
from tenure.rates._inputs import days_like

_KIND, _VERSION = "tenure warning system", 1
_FIELDS = ("kind", "version", "indicators", "horizon", "gap", "bounds", "end", "limits", "shares", "weights", "intercept", "tiers", "fitted")


@dataclass(frozen=True, eq=False)
class BackTest:
    """What a warning system would have done: `scores`, one row a split (days, rows, churned, AUC, Brier score and that of the base rate), `tiers`, the
    churn of each tier in all test rows, and `alarms`, the indicators' limits in them."""

    scores: Any
    tiers: Any
    indicators: Any

    def __repr__(self) -> str:
        return f"{self.scores}\n{self.tiers}" if self.tiers is not None else str(self.scores)


class WarningSystem:
    """Who shows signs of leaving, which, how strongly, and who does what about it until when.

    At the days of the history, the `indicators` of the customers then there are computed, limits found, and the weights of triggered indicators fitted to
    who left within the `horizon` after the `gap`. Nothing after a day is read for that day, and days whose outcome is not complete are left out.

    Parameters
    ----------
    indicators : Indicators
    thresholds : Thresholds, optional
        How limits are found, and those set by hand; Youden's index where not given.
    tiers : Tiers, optional
        What follows from a score (or a number of triggered indicators).
    horizon, gap : days, "90d" or time difference
        A churn in (day + gap, day + gap + horizon] is what the score is about; who leaves in the gap is left out of the fit.
    bounds : mapping of indicator to (low, high), optional
        Bounds of the weight, on the log-odds scale; (2, 2) sets it by hand, None is no bound. Where not given (0, None): a sign that triggers never
        lowers the score.
    l2 : float, default=1.0
        Ridge penalty on the weights; small against some dozens of churners, and keeps weights finite.
    n_resamples : int, default=100
        Bootstrap samples of customers for the intervals of the weights.
    random_state : int, default=0

    Attributes
    ----------
    thresholds_ : Thresholds
    weights_ : frame
        ``indicator``, ``trigger``, ``weight`` (log odds ratio) with bootstrap ``lower`` and ``upper``, ``points`` (of 100 of health that it takes),
        ``triggered`` (share of the known) and ``missing`` (share).
    intercept_ : float
    base_rate_ : float
        Share that left within the horizon.
    counts_ : dict
        Days, rows, customers, churned, and what was left out: left in the gap, days without a complete outcome.

    Notes
    -----
    score = 1 / (1 + exp(-(intercept + sum of the weights of triggered indicators))): the chance to leave within the horizon. A missing indicator counts its
    weight times the share of customers who trigger it, and is named. health = 100 (1 - triggered weight / known weight).
    Weights say what goes with leaving, not what causes it.

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.alert import Indicators, Thresholds, Tiers, WarningSystem
    >>> signs = Indicators({"days silent": {"kind": "days_since"}}, id="id", time="date")
    >>> visits = pd.DataFrame({"id": [1, 2, 3, 4, 1, 3, 1, 3], "date": [5, 8, 3, 9, 30, 33, 55, 51]})
    >>> customers = pd.DataFrame({"id": [1, 2, 3, 4], "start": [0] * 4, "end": [None, 50, None, 60]})
    >>> system = WarningSystem(signs, thresholds=Thresholds(limits={"days silent": 20}), tiers=Tiers([{"name": "red", "at": 0.5, "action": "call"}]),
    ...                        horizon=25, gap=0, n_resamples=0)
    >>> system.fit(visits, customers, start="start", end="end", days=[35])  # doctest: +ELLIPSIS
    WarningSystem...
    >>> system.score(visits, 35, customers)[["id", "reasons", "tier"]].values.tolist()
    [[2, 'days silent 27 (>= 20)', 'red'], [4, 'days silent 26 (>= 20)', 'red'], [1, '', 'none'], [3, '', 'none']]
    """

    def __init__(
        self,
        indicators: Indicators,
        *,
        thresholds: Thresholds | None = None,
        tiers: Tiers | None = None,
        horizon: Any = "90d",
        gap: Any = "14d",
        bounds: Mapping[str, tuple[float | None, float | None]] | None = None,
        l2: float = 1.0,
        n_resamples: int = 100,
        random_state: int = 0,
    ) -> None:
        if not isinstance(indicators, Indicators):
            raise TypeError(f"indicators: must be Indicators, is {type(indicators).__name__}")
        self.indicators = indicators
        self.thresholds = thresholds
        self.tiers = tiers
        self.horizon, self.gap = length(horizon, "horizon", 1), length(gap, "gap", 0)
        self.bounds = _bounds(bounds or {}, indicators.names)
        if not (isinstance(l2, int | float) and l2 > 0 and math.isfinite(l2)):
            raise _core.InvalidInput(f"l2: must be a number > 0, got {l2!r}")
        self.l2, self.n_resamples, self.random_state = float(l2), n_resamples, random_state

    # ---- fitting ----

    def fit(self, tables: Any, customers: Any, *, start: str, end: str, days: str | Sequence[Any] = "month", as_of: Any = None) -> WarningSystem:
        """Finds limits and weights in history.

        Parameters
        ----------
        tables : frame, or mapping of name to frame
            What customers did, as `Indicators.compute` takes it.
        customers : frame
            One row a customer.
        start, end : str
            Columns of `customers`: first day, first day no longer there (missing: still there).
        days : {"month", "week", "quarter", "year", "day"} or sequence of dates
            When indicators are computed: the last day of each calendar month (...) of the history, or these days.
        as_of : date, optional
            Last day seen; the latest date in the tables where not given.
        """
        rows = self._rows(tables, customers, start, end, days, as_of)
        self._fit_rows(rows, self.n_resamples)
        return self

    def _rows(self, tables: Any, customers: Any, start: str, end: str, days: Any, as_of: Any) -> _Rows:
        book = Book(customers, self.indicators.id, start, end)
        if len(book.ids) == 0:
            raise _core.InvalidInput("customers: has no rows")
        records = Records(self.indicators, tables, customers, book.ids)
        if records.dated != book.kinds[start]:
            raise _core.InvalidInput(f"days must be of one kind: '{start}' of customers holds {'numbers' if records.dated else 'dates'}, the tables do not")
        book.also("tables", self.indicators.time, np.array([records.last]))
        last = book.close(as_of, records.dated)
        if isinstance(days, str):
            at = calendar_days(days, records.dated, records.first, last, "days")
        else:
            at = np.unique([one_day(day, "days", records.dated) for day in days])
        complete = at + self.gap + self.horizon <= last
        values: list[dict[str, np.ndarray]] = []
        who, left, when, in_gap = [], [], [], 0
        for day in at[complete].tolist():
            rows, gone = book.outcome(day, self.gap, self.horizon)
            in_gap += int(book.at_risk(day).sum()) - len(rows)
            values.append(records.at(day, rows))
            who.append(rows)
            left.append(gone)
            when.append(np.full(len(rows), day))
        if not who or not sum(map(len, who)):
            raise _core.InvalidInput("days: no day with customers whose outcome is complete; give earlier days or a shorter horizon")
        self.end_ = end
        X = {name: np.concatenate([part[name] for part in values]) for name in self.indicators.names}
        counts = {"left_in_gap": in_gap, "days_left_out": int((~complete).sum())}
        return _Rows(X, np.concatenate(left).astype(np.float64), np.concatenate(who), np.concatenate(when), records.dated, customers, counts)

    def _fit_rows(self, rows: _Rows, n_resamples: int) -> None:
        prototype = self.thresholds or Thresholds()
        options = {name: getattr(prototype, name) for name in _THRESHOLD_OPTIONS}
        if n_resamples == 0:
            options["n_resamples"] = 0
        self.thresholds_ = Thresholds(**options).fit(frame_like(rows.X), rows.y)
        self.limits_ = dict(self.thresholds_.rules_)
        codes = np.column_stack(list(triggers(self.limits_, rows.X).values()))
        known = ~np.isnan(codes)
        shares = np.array([column[mask].mean() if mask.any() else 0.0 for column, mask in zip(codes.T, known.T, strict=True)])
        self.shares_ = dict(zip(self.indicators.names, shares.tolist(), strict=True))
        low, high = np.array([self.bounds.get(name, (0.0, None)) for name in self.indicators.names], dtype=object).T
        limits = np.array([-np.inf if v is None else v for v in low], float), np.array([np.inf if v is None else v for v in high], float)
        filled = np.where(known, codes, shares)
        found = fit_weights(filled, rows.y, *limits, l2=self.l2)
        self.intercept_, weights = float(found[0]), found[1:]
        lower, upper = self._intervals(filled, rows, limits, found, n_resamples)
        self._weight = dict(zip(self.indicators.names, weights.tolist(), strict=True))
        positive = np.maximum(weights, 0)
        columns: dict[str, Any] = {"indicator": self.indicators.names, "trigger": [trigger_words(*self.limits_[name]) for name in self.indicators.names]}
        columns |= {"weight": weights, "lower": lower, "upper": upper}
        columns |= {"points": 100 * positive / positive.sum() if positive.sum() > 0 else positive, "triggered": shares, "missing": 1 - known.mean(axis=0)}
        self.weights_ = frame_like(columns, rows.like)
        self.base_rate_ = float(rows.y.mean())
        self.counts_ = {
            "days": len(np.unique(rows.day)),
            "rows": len(rows.y),
            "customers": len(np.unique(rows.who)),
            "churned": int(rows.y.sum()),
        } | rows.counts
        first, last = days_like(np.array([rows.day.min(), rows.day.max()], dtype=np.int64), rows.dated)
        self.fitted_ = self.counts_ | {"base_rate": self.base_rate_, "first_day": _plain_day(first), "last_day": _plain_day(last)}

    def _intervals(
        self, X: np.ndarray, rows: _Rows, limits: tuple[np.ndarray, np.ndarray], found: np.ndarray, n_resamples: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Percentiles of the weights over samples of customers, at the limits found."""
        samples = []
        random = np.random.default_rng(self.random_state)
        customers, place = np.unique(rows.who, return_inverse=True)
        for _ in range(n_resamples):
            weight = np.bincount(random.integers(0, len(customers), len(customers)), minlength=len(customers)).astype(np.float64)[place]
            if 0 < (weight * rows.y).sum() < weight.sum():
                samples.append(fit_weights(X, rows.y, *limits, l2=self.l2, weight=weight, start=found)[1:])
        if not samples:
            return np.full(X.shape[1], np.nan), np.full(X.shape[1], np.nan)
        lower, upper = np.quantile(np.array(samples), [0.025, 0.975], axis=0)
        return lower, upper

    def backtest(
        self, tables: Any, customers: Any, *, start: str, end: str, days: str | Sequence[Any] = "month", as_of: Any = None, n_splits: int = 3
    ) -> BackTest:
        """Fits to earlier days and scores later ones, `n_splits` times; arguments as for `fit`. No training outcome reaches into the test days."""
        rows = self._rows(tables, customers, start, end, days, as_of)
        lines: list[dict[str, Any]] = []
        kept: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        later: list[tuple[dict[str, np.ndarray], np.ndarray]] = []
        for train, test in TimeOrderedSplit(n_splits, gap=self.gap + self.horizon).split(rows.day[:, None], groups=rows.day):
            part = rows.take(train)
            other = self._copy()
            other._fit_rows(part, 0)
            score, count = other._scores(rows.take(test).X)[:2]
            y = rows.y[test]
            auc = roc_auc(y, score) if 0 < y.sum() < len(y) else math.nan
            ends = days_like(np.array([rows.day[train].max(), rows.day[test].min(), rows.day[test].max()], dtype=np.int64), rows.dated)
            lines.append(
                {"train_until": ends[0], "test_from": ends[1], "test_until": ends[2], "rows": len(y), "churned": int(y.sum()), "predicted": float(score.sum())}
                | {"auc": float(auc), "brier": float(brier(y, score)), "brier_base_rate": float(brier(y, np.full(len(y), part.y.mean())))}
            )
            kept.append((score, count, y))
            later.append(({name: value[test] for name, value in rows.X.items()}, y))
        scores = frame_like({name: np.array([line[name] for line in lines]) for name in lines[0]}, customers)
        score, count, y = (np.concatenate(parts) for parts in zip(*kept, strict=True))
        table = None
        if self.tiers is not None:
            roomy = Tiers([{k: v for k, v in tier.items() if k != "capacity"} for tier in self.tiers.to_mapping()["tiers"]], by=self.tiers.by)
            table = roomy.observed(score if self.tiers.by == "score" else count, y, like=customers)
        last = self._copy()
        last._fit_rows(rows.take(train), 0)
        return BackTest(scores, table, last.thresholds_.evaluate(frame_like(later[-1][0]), later[-1][1]))

    def _copy(self) -> WarningSystem:
        other = WarningSystem(self.indicators, thresholds=self.thresholds, tiers=self.tiers, horizon=self.horizon, gap=self.gap, bounds=self.bounds, l2=self.l2)
        other.n_resamples, other.random_state = self.n_resamples, self.random_state
        return other

    # ---- scoring ----

    def _scores(self, X: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Score, number of triggered indicators, health, and the triggers (NaN missing)."""
        codes = np.column_stack(list(triggers(self.limits_, X).values()))
        known = ~np.isnan(codes)
        weights = np.array([self._weight[name] for name in self.indicators.names])
        shares = np.array([self.shares_[name] for name in self.indicators.names])
        eta = self.intercept_ + np.where(known, codes, shares) @ weights
        score = 1 / (1 + np.exp(-eta))
        positive = np.maximum(weights, 0)
        whole = known @ positive
        lost = np.where(known, codes, 0.0) @ positive
        health = np.full(len(eta), np.nan)
        np.divide(lost, whole, out=health, where=whole > 0)
        return score, (codes == 1).sum(axis=1), 100 * (1 - health), codes

    def score(self, tables: Any, day: Any, customers: Any) -> Any:
        """Every customer's score on a day, with the reasons in words.

        Parameters
        ----------
        tables : frame, or mapping of name to frame
            As for `fit`; rows after the day are not read.
        day : date, or sequence of dates
        customers : frame
            Who, one row each. Where it has the column of the fit with their last day, only those still there are scored (and with that of `Indicators.start`,
            those who have begun).

        Returns
        -------
        frame
            The id, ``day``, ``score`` (chance to leave within the horizon), ``health`` (100 down to 0), ``triggered`` (how many), ``reasons`` ("days silent 45
            (>= 30)", strongest first), ``missing`` (indicators without a value) and, with tiers, ``tier``, ``action``, ``owner``, ``deadline``; highest
            score first.
        """
        self._fitted()
        records = Records(self.indicators, tables, customers)
        days = [day] if isinstance(day, str) or not isinstance(day, Sequence | np.ndarray) else list(day)
        parts = [self._score_day(records, one_day(each, "day", records.dated), frame_of(customers, "customers")) for each in days]
        return frame_like({name: _joined([part[name] for part in parts]) for name in parts[0]}, customers)

    def _score_day(self, records: Records, day: int, customers: Any) -> dict[str, Any]:
        rows = np.flatnonzero(_there(customers, self.indicators.start, self.end_, day))
        X = records.at(day, rows)
        score, count, health, codes = self._scores(X)
        order = np.argsort(-score, kind="stable")
        weights = np.array([self._weight[name] for name in self.indicators.names])
        ranked = np.argsort(-weights, kind="stable")
        names = self.indicators.names
        reasons, gone = [], []
        for i in order.tolist():
            hit = [names[k] for k in ranked if codes[i, k] == 1]
            reasons.append("; ".join(f"{name} {X[name][i]:.4g} ({trigger_words(*self.limits_[name])})" for name in hit))
            gone.append(", ".join(names[k] for k in range(len(names)) if np.isnan(codes[i, k])))
        ids = records.ids.series.to_list()
        columns: dict[str, Any] = {
            records.ids.column: [ids[k] for k in rows[order].tolist()],
            "day": days_like(np.full(len(rows), day, dtype=np.int64), records.dated),
            "score": score[order],
            "health": health[order],
            "triggered": count[order].astype(np.int64),
            "reasons": reasons,
            "missing": gone,
        }
        if self.tiers is not None:
            basis = score if self.tiers.by == "score" else count.astype(np.float64) + score / 2  # of equal counts the higher score finds room first
            columns |= self.tiers._plan(basis[order], np.datetime64(int(day), "D") if records.dated else None)
        return columns

    def alarms(self, scored: Any) -> Any:
        """The rows of `score` that ask for something: those in a tier, or without tiers those with a triggered indicator. What `evaluate_alarms` takes."""
        frame = frame_of(scored, "scored")
        need(frame, ["tier"] if self.tiers is not None else ["triggered"], "scored")
        wanted = frame["tier"].to_numpy() != NO_TIER if self.tiers is not None else frame["triggered"].to_numpy() > 0
        return frame.filter(wanted.tolist()).to_native()

    def save_alarms(self, scored: Any, path: str | Path) -> int:
        """Writes the alarms of `score` to a .csv or .json file, whole or not at all; returns how many they are."""
        frame = frame_of(self.alarms(scored), "scored")
        rows = [{name: _cell(value) for name, value in row.items()} for row in frame.iter_rows(named=True)]
        target = Path(path)
        if target.suffix == ".json":
            text = json.dumps(rows, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
        elif target.suffix == ".csv":
            stream = io.StringIO()
            writer = csv.DictWriter(stream, frame.columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            text = stream.getvalue()
        else:
            raise _core.InvalidInput(f"path: must end in .csv or .json, got '{target.name}'")
        write_together({target: text})
        return len(rows)

    # ---- files ----

    def to_mapping(self) -> dict[str, Any]:
        """Everything that scoring needs, as plain values."""
        self._fitted()
        limits = {name: {"limit": None if math.isinf(limit) else limit, "side": side} for name, (limit, side) in self.limits_.items()}
        plain: dict[str, Any] = {"kind": _KIND, "version": _VERSION, "indicators": self.indicators.to_mapping(), "horizon": self.horizon, "gap": self.gap}
        plain |= {"bounds": {name: list(pair) for name, pair in self.bounds.items()}, "end": self.end_, "limits": limits, "shares": dict(self.shares_)}
        plain |= {"weights": dict(self._weight), "intercept": self.intercept_, "tiers": None if self.tiers is None else self.tiers.to_mapping()}
        return plain | {"fitted": dict(self.fitted_)}

    def to_file(self, path: str | Path) -> None:
        """Writes the fitted system as YAML (or JSON, by the name's ending): plain text to be read, checked in and loaded again."""
        write_plain(path, self.to_mapping())

    @classmethod
    def from_mapping(cls, values: Any) -> WarningSystem:
        """A fitted system from what `to_mapping` gives."""
        if not isinstance(values, Mapping) or values.get("kind") != _KIND:
            raise _core.InvalidInput(f"warning system: the file must hold 'kind: {_KIND}'")
        if values.get("version") != _VERSION:
            raise _core.InvalidInput(f"warning system: version {values.get('version')!r} is not known; this library reads version {_VERSION}")
        for name in _FIELDS:
            if name not in values:
                raise _core.InvalidInput(f"warning system: the field '{name}' is missing")
        for name in values:
            if name not in _FIELDS:
                raise _core.InvalidInput(f"warning system: '{name}' is not a field")
        tiers = None if values["tiers"] is None else Tiers.from_mapping(values["tiers"])
        bounds = {name: tuple(pair) for name, pair in dict(values["bounds"]).items()}
        found = cls(Indicators.from_mapping(values["indicators"]), tiers=tiers, horizon=values["horizon"], gap=values["gap"], bounds=bounds)
        names = found.indicators.names
        for field in ("limits", "shares", "weights"):
            if not isinstance(values[field], Mapping) or list(values[field]) != names:
                raise _core.InvalidInput(f"warning system: '{field}' must name the indicators {', '.join(names)}, in this order")
        found.limits_ = {name: _limit(name, given) for name, given in values["limits"].items()}
        found.shares_ = {name: _number(f"shares of '{name}'", value, 0, 1) for name, value in values["shares"].items()}
        found._weight = {name: _number(f"weight of '{name}'", value) for name, value in values["weights"].items()}
        found.intercept_ = _number("intercept", values["intercept"])
        found.end_, found.fitted_ = str(values["end"]), dict(values["fitted"])
        return found

    @classmethod
    def from_file(cls, path: str | Path) -> WarningSystem:
        """A fitted system from a file written by `to_file`. Nothing in a file is run."""
        return cls.from_mapping(read_plain(path, "warning system"))

    def _fitted(self) -> None:
        if not hasattr(self, "limits_"):
            raise _core.InvalidInput("WarningSystem: not fitted yet; call fit first")

    def __repr__(self) -> str:
        if not hasattr(self, "limits_"):
            return f"WarningSystem of {len(self.indicators.names)} indicators, not fitted"
        facts = self.fitted_
        lines = [f"WarningSystem: {facts['churned']:,} of {facts['rows']:,} rows left within {self.horizon} days ({100 * facts['base_rate']:.1f}%)"]
        lines += [f"  {name} {trigger_words(*self.limits_[name])}: weight {self._weight[name]:.2f}" for name in self.indicators.names]
        return "\n".join(lines)


@dataclass(eq=False)
class _Rows:
    """Indicators and outcomes of customers on days."""

    X: dict[str, np.ndarray]
    y: np.ndarray
    who: np.ndarray
    day: np.ndarray
    dated: bool
    like: Any
    counts: dict[str, int]

    def take(self, rows: np.ndarray) -> _Rows:
        return _Rows({name: value[rows] for name, value in self.X.items()}, self.y[rows], self.who[rows], self.day[rows], self.dated, self.like, self.counts)


_THRESHOLD_OPTIONS = ("rule", "limits", "sides", "quantile", "rate", "false_alarm_cost", "missed_cost", "level", "n_resamples", "random_state", "n_jobs")


def _bounds(given: Mapping[str, Any], names: Sequence[str]) -> dict[str, tuple[float | None, float | None]]:
    found = {}
    for name, pair in given.items():
        if name not in names:
            raise _core.InvalidInput(f"bounds: '{name}' is no indicator; these are {', '.join(names)}")
        if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
            raise _core.InvalidInput(f"bounds: '{name}' must be a pair (low, high), got {pair!r}")
        low, high = (None if side is None else _number(f"bounds of '{name}'", side) for side in pair)
        if low is not None and high is not None and low > high:
            raise _core.InvalidInput(f"bounds: '{name}' must not fall from {low:g} to {high:g}")
        found[name] = (low, high)
    return found


def _number(name: str, value: Any, low: float = -math.inf, high: float = math.inf) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not math.isfinite(value) or not low <= value <= high:
        raise _core.InvalidInput(f"{name}: must be a number{'' if math.isinf(low) else f' between {low:g} and {high:g}'}, got {value!r}")
    return float(value)


def _limit(name: str, given: Any) -> tuple[float, str]:
    if not isinstance(given, Mapping) or set(given) != {"limit", "side"} or given["side"] not in ("high", "low"):
        raise _core.InvalidInput(f"limits of '{name}': must have a limit and a side, high or low")
    if given["limit"] is None:
        return (math.inf if given["side"] == "high" else -math.inf), given["side"]
    return _number(f"limit of '{name}'", given["limit"]), given["side"]


def _there(customers: Any, start: str | None, end: str, day: int) -> np.ndarray:
    """Who is a customer on a day, as far as the table says."""
    there = np.ones(len(customers), dtype=bool)
    if start is not None:
        there &= day_numbers(customers, start, "customers")[0] <= day
    if end in customers.columns:
        last = day_numbers(customers, end, "customers", optional=True)[0]
        there &= (last == NO_DAY) | (last > day)
    return there


def _joined(parts: list[Any]) -> Any:
    return [value for part in parts for value in part] if isinstance(parts[0], list) else np.concatenate(parts)


def _plain_day(day: Any) -> Any:
    return str(day) if isinstance(day, np.datetime64) else int(day)


def _cell(value: Any) -> Any:
    """A value of an alarm file: numbers and texts; nothing for missing, dates as ISO texts."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    return value.item() if isinstance(value, np.generic) else value
