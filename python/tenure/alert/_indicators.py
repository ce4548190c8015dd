"""Signs of trouble in what a customer did lately, described in a few words each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import as_frame, frame_like
from tenure._windows import Ids, Log, Window, day_numbers, frame_of, length, need, one_day, one_kind_of_day
from tenure.rates._inputs import days_like

MONTH = 30.0
_NEEDS_COLUMN = ("trend", "sum", "mean", "last", "arrears", "change", "fall")
KINDS = ("drop", "trend", "days_since", "count", "rate", "sum", "mean", "last", "arrears", "change", "fall")


@dataclass(frozen=True)
class Indicator:
    """One indicator: its kind, the column and rows it reads, and how far back; see `Indicators`."""

    kind: str
    column: str | None = None
    window: int = 30
    past: int = 180
    where: Mapping[str, Any] | None = None
    table: str | None = None

    def to_mapping(self) -> dict[str, Any]:
        plain: dict[str, Any] = {"kind": self.kind, "column": self.column, "window": self.window, "past": self.past, "table": self.table}
        plain["where"] = None if self.where is None else dict(self.where)
        unused = {"window"} if self.kind in ("days_since", "arrears") else set()
        unused |= {"past"} if self.kind not in ("drop", "fall") else set()
        return {name: value for name, value in plain.items() if value is not None and name not in unused}


class Indicators:
    """Indicators of customers on a day, from tables of what they did until then. No row after the day is read.

    Parameters
    ----------
    description : mapping of name to mapping
        For each indicator a ``kind`` and what it reads:

        =============  =====================================================================================================================
        kind           the number
        =============  =====================================================================================================================
        drop           percent by which the mean of ``column`` over the rows of the window falls short of the customer's own mean over ``past``
                       before; no row in the window counts as 0. Without ``column``: of the rows a day
        trend          slope of ``column`` over the window by least squares, per 30 days; at least 3 rows on 2 days
        days_since     days since the last row (in which ``column`` is not 0)
        count, rate    rows in the window (in which ``column`` is not 0); ``rate`` for 30 days there, which needs ``start``
        sum, mean,     of ``column`` over the rows of the window
        last
        arrears        the last known value of ``column``, at least 0; 0 where nothing was ever recorded
        change         how often ``column`` (a plan, a price) changed in the window
        fall           mean of ``column`` over ``past`` before the window less its last value in the window: satisfaction that falls is positive
        =============  =====================================================================================================================

        ``window`` (default 30 days) and ``past`` (180): days, "90d", "12w". ``where``: a mapping of column to value, only such rows count
        (``{"type": "complaint"}``). ``table``: which of several tables it reads.
    id, time : str
        Columns of every table: whose, and when.
    start : str, optional
        Column of the customers: their first day, for ``rate`` and ``drop`` of those who have not been there for the whole time.

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.alert import Indicators
    >>> signs = Indicators({"usage drop": {"kind": "drop", "column": "minutes"}, "days silent": {"kind": "days_since"}}, id="id", time="date")
    >>> usage = pd.DataFrame({"id": ["a"] * 3, "date": ["2026-01-05", "2026-02-05", "2026-03-05"], "minutes": [90, 110, 40]})
    >>> signs.compute(usage, "2026-03-20").values.tolist()
    [['a', 60.0, 15.0]]
    """

    def __init__(self, description: Mapping[str, Mapping[str, Any]], *, id: str, time: str, start: str | None = None) -> None:
        if not isinstance(description, Mapping) or not description:
            raise _core.InvalidInput("description: must name at least one indicator")
        self.indicators = {str(name): _indicator(str(name), given) for name, given in description.items()}
        self.id, self.time, self.start = id, time, start
        for name, indicator in self.indicators.items():
            if indicator.kind == "rate" and start is None:
                raise _core.InvalidInput(f"indicator '{name}': a rate needs start, the column with the customers' first day")

    @property
    def names(self) -> list[str]:
        return list(self.indicators)

    def compute(self, tables: Any, day: Any, customers: Any = None) -> Any:
        """The indicators at the end of a day.

        Parameters
        ----------
        tables : frame, or mapping of name to frame
            What customers did, one row an event or a month of usage.
        day : date
        customers : frame, optional
            Whose indicators are wanted, one row each; everybody in the tables where not given.

        Returns
        -------
        frame
            The id and one column of numbers an indicator; missing (NaN) where nothing can be said.
        """
        records = Records(self, tables, customers)
        at = one_day(day, "day", records.dated)
        columns = records.at(at)
        return frame_like({records.ids.column: records.ids.series.to_list(), **columns}, records.like)

    def to_mapping(self) -> dict[str, Any]:
        """The description as plain values."""
        plain = {"id": self.id, "time": self.time, "indicators": {name: indicator.to_mapping() for name, indicator in self.indicators.items()}}
        return plain | ({"start": self.start} if self.start is not None else {})

    @classmethod
    def from_mapping(cls, values: Any) -> Indicators:
        """Indicators from what `to_mapping` gives."""
        if not isinstance(values, Mapping) or set(values) - {"id", "time", "start", "indicators"} or not {"id", "time", "indicators"} <= set(values):
            raise _core.InvalidInput("indicators: must be a mapping with id, time, indicators and, if wanted, start")
        return cls(values["indicators"], id=values["id"], time=values["time"], start=values.get("start"))

    def __repr__(self) -> str:
        lines = []
        for name, indicator in self.indicators.items():
            facts = indicator.to_mapping()
            what = [f"of {facts['column']}" if "column" in facts else "", f"where {facts['where']}" if "where" in facts else ""]
            what += [f"within {facts['window']} days" if "window" in facts else "", f"against {facts['past']} days before" if "past" in facts else ""]
            lines.append(f"  {name}: {indicator.kind} {' '.join(word for word in what if word)}".rstrip())
        return "\n".join(["Indicators:", *lines])


class Records:
    """The tables of one computation, sorted once for any number of days."""

    def __init__(self, indicators: Indicators, tables: Any, customers: Any, ids: Ids | None = None) -> None:
        self._indicators = indicators
        frames = _tables(indicators, tables)
        kinds: dict[str, bool] = {}
        self.like = customers if customers is not None else next(iter(frames.values())).to_native()
        self.ids = ids or _ids(indicators, frames, customers)
        self._start: np.ndarray | None = None
        if indicators.start is not None:
            who = frame_of(customers, "customers")
            need(who, [indicators.start], "customers")
            self._start, kinds[indicators.start] = day_numbers(who, indicators.start, "customers")
        days = {}
        for name, frame in frames.items():
            rows = self.ids.rows_of(frame, indicators.id, f"table '{name}'" if name else "tables")
            day, dated = day_numbers(frame, indicators.time, f"table '{name}'" if name else "tables")
            if len(day):
                kinds[f"{name} {indicators.time}".strip()] = dated
            days[name] = (frame, rows, day)
        if not kinds:
            raise _core.InvalidInput("tables: hold no rows")
        self.dated = one_kind_of_day(kinds)
        known = [day for _, _, day in days.values() if len(day)]
        self.first, self.last = (int(pick([pick(day) for day in known])) if known else 0 for pick in (min, max))
        self._days = days
        self._logs: dict[tuple[str, str], Log] = {}

    def _log(self, name: str, indicator: Indicator) -> Log:
        table = indicator.table or ""
        if table not in self._days:
            told = ", ".join(f"'{known}'" for known in self._days)
            raise _core.InvalidInput(f"indicator '{name}': there is no table '{table}'; these are {told}")
        key = (table, repr(indicator.where))
        frame, rows, day = self._days[table]
        need(frame, [*(indicator.where or {}), *([indicator.column] if indicator.column else [])], f"indicator '{name}': the table")
        if key not in self._logs:
            keep = None
            for column, value in (indicator.where or {}).items():
                equal = np.array([given == value for given in frame[column].to_list()], dtype=bool)
                keep = equal if keep is None else keep & equal
            self._logs[key] = Log(frame, rows, day, keep)
        return self._logs[key]

    def at(self, day: int, rows: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """The indicators of these customers (all of them by default) at the end of a day."""
        who = np.arange(len(self.ids)) if rows is None else rows
        found = {}
        for name, indicator in self._indicators.indicators.items():
            start = None if self._start is None else self._start[who]
            try:
                found[name] = _VALUE[indicator.kind](self._log(name, indicator), indicator, who, day, start)
            except _core.InvalidInput as problem:
                text = str(problem)
                raise _core.InvalidInput(text if text.startswith("indicator") else f"indicator '{name}': {text}") from None
        return found

    def label(self, day: int) -> Any:
        return days_like(np.array([day], dtype=np.int64), self.dated)[0]


def _indicator(name: str, given: Any) -> Indicator:
    where = f"indicator '{name}'"
    known = [field.name for field in fields(Indicator)]
    if isinstance(given, Indicator):
        given = given.to_mapping()
    if not isinstance(given, Mapping) or "kind" not in given:
        raise _core.InvalidInput(f"{where}: must be a mapping with a kind, one of {', '.join(KINDS)}")
    for word in given:
        if word not in known:
            raise _core.InvalidInput(f"{where}: '{word}' is not a field; these are {', '.join(known)}")
    if given["kind"] not in KINDS:
        raise _core.InvalidInput(f"{where}: kind is '{given['kind']}', must be one of {', '.join(KINDS)}")
    if given["kind"] in _NEEDS_COLUMN and given.get("column") is None:
        raise _core.InvalidInput(f"{where}: the kind '{given['kind']}' needs a column")
    if given.get("where") is not None and not isinstance(given["where"], Mapping):
        raise _core.InvalidInput(f"{where}: where must be a mapping of column to value")
    windows = {word: length(given[word], f"{where}: {word}", 1) for word in ("window", "past") if word in given}
    return Indicator(**(dict(given) | windows))


def _tables(indicators: Indicators, tables: Any) -> dict[str, Any]:
    if isinstance(tables, Mapping) and as_frame(tables) is None:
        frames = {str(name): frame_of(frame, f"table '{name}'") for name, frame in tables.items()}
        if len(frames) == 1:
            frames |= {"": next(iter(frames.values()))} if any(i.table is None for i in indicators.indicators.values()) else {}
    else:
        frames = {"": frame_of(tables, "tables")}
    if not frames:
        raise _core.InvalidInput("tables: there is none")
    for name, frame in frames.items():
        need(frame, [indicators.id, indicators.time], f"table '{name}'" if name else "tables")
    return frames


def _ids(indicators: Indicators, frames: dict[str, Any], customers: Any) -> Ids:
    if customers is not None:
        return Ids(frame_of(customers, "customers"), indicators.id, "customers")
    if indicators.start is not None:
        raise _core.InvalidInput(f"customers: needed, with their first day '{indicators.start}'")
    seen: dict[Any, None] = {}
    for frame in frames.values():
        seen |= dict.fromkeys(frame[indicators.id].to_list())
    like = next(iter(frames.values())).to_native()
    return Ids(frame_of(frame_like({indicators.id: list(seen)}, like), "tables"), indicators.id, "tables")


# ---- the kinds: (log, indicator, customers, day, first day of each customer or None) -> one number a customer ----


def _windows(log: Log, i: Indicator, who: np.ndarray, day: int) -> tuple[Window, Window]:
    """The window, and the past before it."""
    return log.window(who, day - i.window, day), log.window(who, day - i.window - i.past, day - i.window)


def _days_there(i: Indicator, day: int, start: np.ndarray | None, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Days of window and past on which a customer was there."""
    if start is None:
        return np.full(n, float(i.window)), np.full(n, float(i.past))
    there = (day - start + 1).astype(np.float64)
    return np.clip(there, 0, i.window), np.clip(there - i.window, 0, i.past)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, missing where whole is not positive."""
    found = np.full(len(part), np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found


def _drop(log: Log, i: Indicator, who: np.ndarray, day: int, start: np.ndarray | None) -> np.ndarray:
    now, before = _windows(log, i, who, day)
    if i.column is None:
        days = _days_there(i, day, start, len(who))
        recent, usual = _ratio(now.aggregate(None, "count"), days[0]), _ratio(before.aggregate(None, "count"), days[1])
    else:
        recent, usual = now.aggregate(i.column, "mean"), before.aggregate(i.column, "mean")
        recent = np.where(now.aggregate(None, "count") == 0, 0.0, recent)
    return 100 * (1 - _ratio(recent, usual))


def _trend(log: Log, i: Indicator, who: np.ndarray, day: int, start: np.ndarray | None) -> np.ndarray:
    window = log.window(who, day - i.window, day)
    owner, at, value = window.known(i.column)
    n = len(who)
    count = np.bincount(owner, minlength=n).astype(np.float64)
    time = (at - day).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = [np.bincount(owner, weights=x, minlength=n) / count for x in (time, value)]
        dt, dv = time - means[0][owner], value - means[1][owner]
        spread = np.bincount(owner, weights=dt * dt, minlength=n).astype(np.float64)
        slope = _ratio(np.bincount(owner, weights=dt * dv, minlength=n).astype(np.float64), spread)
    return np.where(count >= 3, MONTH * slope, np.nan)


def _days_since(log: Log, i: Indicator, who: np.ndarray, day: int, start: np.ndarray | None) -> np.ndarray:
    return log.window(who, log.first - 1, day).aggregate(i.column, "days_since")


def _count(log: Log, i: Indicator, who: np.ndarray, day: int, start: np.ndarray | None) -> np.ndarray:
    window = log.window(who, day - i.window, day)
    if i.column is None:
        return window.aggregate(None, "count")
    owner, _, value = window.known(i.column)
    return np.bincount(owner[value != 0], minlength=len(who)).astype(np.float64)


def _rate(log: Log, i: Indicator, who: np.ndarray, day: int, start: np.ndarray | None) -> np.ndarray:
    return MONTH * _ratio(_count(log, i, who, day, start), _days_there(i, day, start, len(who))[0])


def _aggregate(log: Log, i: Indicator, who: np.ndarray, day: int, start: np.ndarray | None) -> np.ndarray:
    return log.window(who, day - i.window, day).aggregate(i.column, i.kind)


def _arrears(log: Log, i: Indicator, who: np.ndarray, day: int, start: np.ndarray | None) -> np.ndarray:
    owed = log.window(who, log.first - 1, day).aggregate(i.column, "last")
    return np.where(np.isnan(owed), 0.0, np.maximum(owed, 0.0))


def _change(log: Log, i: Indicator, who: np.ndarray, day: int, start: np.ndarray | None) -> np.ndarray:
    assert i.column is not None
    codes, _ = log.codes(i.column)
    window = log.window(who, log.first - 1, day)
    known = codes[window.rows] >= 0
    rows, owner = window.rows[known], window.owner[known]
    changed = (owner[1:] == owner[:-1]) & (codes[rows[1:]] != codes[rows[:-1]]) & (log.day[rows[1:]] > day - i.window)
    found = np.bincount(owner[1:][changed], minlength=len(who)).astype(np.float64)
    found[np.bincount(owner, minlength=len(who)) == 0] = np.nan
    return found


def _fall(log: Log, i: Indicator, who: np.ndarray, day: int, start: np.ndarray | None) -> np.ndarray:
    now, before = _windows(log, i, who, day)
    return before.aggregate(i.column, "mean") - now.aggregate(i.column, "last")


_VALUE = {
    "drop": _drop,
    "trend": _trend,
    "days_since": _days_since,
    "count": _count,
    "rate": _rate,
    "sum": _aggregate,
    "mean": _aggregate,
    "last": _aggregate,
    "arrears": _arrears,
    "change": _change,
    "fall": _fall,
}
