"""Training tables without a look ahead: what was known of each customer on a day, and whether he left in the time after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from tenure import _core
from tenure._frames import AnySeries, frame_like
from tenure._read import Customers
from tenure._windows import AGGREGATES, NO_DAY, Ids, Log, day_numbers, frame_of, length, need, one_day, one_kind_of_day
from tenure.rates._inputs import days_like
from tenure.stats import proportion_ci

CALENDAR = ("day", "week", "month", "quarter", "year")
TENURE_LINK = 0.8


@dataclass(frozen=True, eq=False)
class Snapshots:
    """What `snapshots` made.

    Attributes
    ----------
    table : frame
        One row a customer and origin: the id, ``origin``, the features, ``label`` (1: left in the outcome window; missing where the window is not complete,
        with ``incomplete="keep"``).
    origins : frame
        One row an origin: ``origin``, ``complete``, ``at_risk``, ``left_in_gap`` (left between origin and outcome window: in no row of `table`),
        ``customers`` (rows of `table`), ``churned``, ``rate`` with Wilson's ``lower`` and ``upper``.
    features : list of str
        The feature columns of `table`.
    notes : tuple of str
        What was left out, and features that tell little but the time as a customer.
    """

    table: Any
    origins: Any
    features: list[str]
    notes: tuple[str, ...]
    _id: str

    @property
    def X(self) -> Any:  # noqa: N802
        """The features alone."""
        return frame_of(self.table, "table").select(self.features).to_native()

    def _array(self, column: str) -> np.ndarray:
        return np.asarray(frame_of(self.table, "table")[column].to_numpy())

    @property
    def y(self) -> np.ndarray:
        """The labels."""
        return self._array("label")

    @property
    def id(self) -> np.ndarray:
        """Each row's customer, for grouped splits and clustered errors."""
        return self._array(self._id)

    @property
    def origin(self) -> np.ndarray:
        """Each row's origin: the times of `tenure.evaluate.TimeOrderedSplit`, whose `gap` is then gap + horizon."""
        return self._array("origin")

    def __repr__(self) -> str:
        lines = [f"{len(self.y):,} snapshots of {len(self.features)} features at {len(frame_of(self.origins, 'origins'))} origins", str(self.origins)]
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])


def snapshots(
    customers: Any,
    events: Any = None,
    *,
    id: str | None = None,
    start: str | None = None,
    end: str | None = None,
    time: str = "date",
    origins: str | Sequence[Any] = "month",
    horizon: Any = "90d",
    gap: Any = "14d",
    lookback: Any = "180d",
    aggregates: Mapping[str, str | Sequence[str]] | None = None,
    keep: Sequence[str] = (),
    as_of: Any = None,
    incomplete: str = "drop",
) -> Snapshots:
    """Point-in-time training tables: features from the time before each origin, labels from the time after it.

    At each origin o (the end of a day) stand the customers who are there then: start <= o < end. Features read the rows of `events` in (o - lookback, o];
    the label is 1 if the customer's end lies in (o + gap, o + gap + horizon]. Customers who leave in the gap come into no row; they are counted.

    Parameters
    ----------
    customers : frame, or what `tenure.read` returned
        One row a customer. Of the latter, id, start, end and last day come from its contract.
    events : frame, optional
        What customers did, one row an event or a month of usage, in any order.
    id, start, end : str
        Columns of `customers`: who (also a column of `events`), first day, first day no longer there (missing: still there).
    time : str, default="date"
        The column of `events` that says when.
    origins : {"month", "week", "quarter", "year", "day"} or sequence of dates
        The last day of each calendar month (...) from the first with a whole `lookback` of events on; or the days themselves.
    horizon, gap, lookback : days, "90d", "12w" or time difference
        Length of the outcome window; the time between origin and outcome window, in which the model's answer is acted on; how far features look back.
    aggregates : mapping of column to aggregates, optional
        Of columns of `events`: "count", "sum", "mean", "min", "max", "last" (also of text) and "days_since" (the last row with a value other than 0). By
        default "sum", "mean" and "last" of every column of numbers. Features are called ``column_aggregate``. ``events`` (rows), ``days_since_event`` and
        ``tenure_days`` come with them.
    keep : sequence of str
        Columns of `customers` to take along. They must be what was known on every origin: nothing here can check that.
    as_of : date, optional
        Last day seen; by default the latest date in the tables.
    incomplete : {"drop", "keep"}
        Origins whose outcome window ends after `as_of`: without rows (their customers are not "retained"), or with missing labels, for scoring.

    Returns
    -------
    Snapshots

    Raises
    ------
    InvalidInput
        Naming table, column and row: for repeated or missing ids, missing or unreadable dates, an end before the start, dates after `as_of`, no origin.

    Notes
    -----
    A sum or count over no row is 0; every other aggregate is missing. Rows of one customer and day keep the order of the table for "last". No row outside
    the window is read: deleting everything after an origin leaves its features the same, bit for bit.

    Examples
    --------
    >>> import pandas as pd, tenure as tn
    >>> customers = pd.DataFrame({"id": ["a", "b"], "start": ["2025-01-01"] * 2, "end": [None, "2026-01-20"]})
    >>> usage = pd.DataFrame({"id": ["a", "b", "a"], "date": ["2025-12-03", "2025-12-30", "2026-03-01"], "minutes": [30, 5, 20]})
    >>> made = tn.snapshots(customers, usage, id="id", start="start", end="end", origins=["2025-12-31"], gap=0, horizon="30d", lookback="31d")
    >>> made.table[["id", "events", "minutes_sum", "days_since_event", "label"]].values.tolist()
    [['a', 1.0, 30.0, 28.0, 0], ['b', 1.0, 5.0, 1.0, 1]]
    """
    if isinstance(customers, Customers):
        contract = customers.contract
        id, start, end, as_of = id or contract.id, start or contract.start, end or contract.end, as_of or contract.as_of
        customers = customers.frame
    for name, value in (("id", id), ("start", start), ("end", end)):
        if value is None:
            raise _core.InvalidInput(f"{name}: name the column of customers")
    if incomplete not in ("drop", "keep"):
        raise _core.InvalidInput(f"incomplete: must be 'drop' or 'keep', got {incomplete!r}")
    windows = (length(horizon, "horizon", 1), length(gap, "gap", 0), length(lookback, "lookback", 1))
    book = Book(customers, str(id), str(start), str(end), keep)
    if len(book.ids) == 0:
        raise _core.InvalidInput("customers: has no rows")
    log, read_events = _log(book, events, str(id), time)
    dated = one_kind_of_day(book.kinds)
    last = book.close(as_of, dated)
    days = _origins(origins, dated, last, windows[2], log, book)
    plan = _plan(log, read_events, aggregates)
    return _make(book, log, plan, days, windows, last, dated, incomplete == "keep", [str(id), "origin", "label"])


class Book:
    """The customer table: who, from when, until when."""

    def __init__(self, customers: Any, id: str, start: str, end: str, keep: Sequence[str] = ()) -> None:
        self.frame = frame_of(customers, "customers")
        need(self.frame, [id, start, end], "customers")
        if isinstance(keep, str):
            raise _core.InvalidInput("keep: must be a list of names")
        need(self.frame, keep, "customers")
        self.keep = list(keep)
        self.ids = Ids(self.frame, id, "customers")
        self.start, dated = day_numbers(self.frame, start, "customers")
        self.kinds = {start: dated}
        self.end, dated = day_numbers(self.frame, end, "customers", optional=True)
        if (self.end != NO_DAY).any():
            self.kinds[end] = dated
        self.gone = self.end != NO_DAY
        wrong = np.flatnonzero(self.gone & (self.end < self.start))
        if len(wrong):
            raise _core.InvalidInput(f"customers: '{end}' comes before '{start}' in row {int(wrong[0])}")
        self._names = (start, end)
        self._latest = [self.start, self.end[self.gone]]
        self._sides = [("customers", start, self.start), ("customers", end, self.end)]

    def also(self, name: str, column: str, days: np.ndarray) -> None:
        """Another column of days that were seen."""
        self._latest.append(days)
        self._sides.append((name, column, days))

    def close(self, as_of: Any, dated: bool) -> int:
        """The last day seen."""
        if as_of is None:
            return max(int(days.max()) for days in self._latest if len(days))
        last = one_day(as_of, "as_of", dated)
        for name, column, days in self._sides:
            late = np.flatnonzero(days > last)
            if len(late):
                raise _core.InvalidInput(f"{name}: '{column}' in row {int(late[0])} lies after as_of ({as_of}): nobody knew it then")
        return last

    def at_risk(self, day: int) -> np.ndarray:
        return (self.start <= day) & (~self.gone | (self.end > day))

    def outcome(self, day: int, gap: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows of those at risk on a day who are still there after the gap, and whether they left within the horizon."""
        here = self.at_risk(day) & (~self.gone | (self.end > day + gap))
        rows = np.flatnonzero(here)
        return rows, (self.gone & (self.end <= day + gap + horizon))[rows]


def _log(book: Book, events: Any, id: str, time: str) -> tuple[Log | None, Any]:
    if events is None:
        return None, None
    frame = frame_of(events, "events")
    need(frame, [id, time], "events")
    who = book.ids.rows_of(frame, id, "events")
    day, dated = day_numbers(frame, time, "events")
    if len(day):
        book.kinds[time] = dated
    book.also("events", time, day)
    return Log(frame, who, day), frame.drop([id, time])


def _origins(origins: Any, dated: bool, last: int, lookback: int, log: Log | None, book: Book) -> np.ndarray:
    if isinstance(origins, str):
        seen = int(log.day.min()) if log is not None and len(log) else int(book.start.min())
        days = calendar_days(origins, dated, seen + lookback - 1, last, "origins")
        if not len(days):
            raise _core.InvalidInput(f"origins: no {origins} ends after a whole lookback ({lookback} days) of history; shorten it or give a list of days")
        return days
    days = np.array([one_day(day, "origins", dated) for day in origins], dtype=np.int64)
    if not len(days):
        raise _core.InvalidInput("origins: holds no day")
    if (np.diff(np.sort(days)) == 0).any():
        raise _core.InvalidInput("origins: holds a day twice")
    if (days > last).any():
        raise _core.InvalidInput(f"origins: {origins[int(np.argmax(days > last))]} lies after the last day seen")
    return np.sort(days)


def calendar_days(unit: str, dated: bool, first: int, last: int, name: str) -> np.ndarray:
    """Last days of the calendar units, from a first to a last day."""
    if unit not in CALENDAR:
        raise _core.InvalidInput(f"{name}: must be one of {', '.join(CALENDAR)} or a list of days, got '{unit}'")
    if not dated:
        raise _core.InvalidInput(f"{name}: '{unit}' needs calendar dates; the columns hold day numbers, give a list of them")
    edges = _core.rates.calendar_edges(first, last + 2, unit) if first <= last else np.empty(0, dtype=np.int64)
    days = np.asarray(edges, dtype=np.int64) - 1
    return days[(days >= first) & (days <= last)]


def _plan(log: Log | None, columns: Any, aggregates: Any) -> list[tuple[str, str]]:
    """(column, aggregate) of every feature made of events."""
    if log is None:
        if aggregates:
            raise _core.InvalidInput("aggregates: there are no events to aggregate")
        return []
    if aggregates is None:
        return [(name, kind) for name in columns.columns if columns[name].dtype.is_numeric() for kind in ("sum", "mean", "last")]
    need(columns, list(aggregates), "events")
    plan = [(column, kind) for column, kinds in aggregates.items() for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    for column, kind in plan:
        if kind not in AGGREGATES:
            raise _core.InvalidInput(f"aggregates: '{kind}' of '{column}' must be one of {', '.join(AGGREGATES)}")
    return plan


def _make(
    book: Book,
    log: Log | None,
    plan: list[tuple[str, str]],
    days: np.ndarray,
    windows: tuple[int, int, int],
    last: int,
    dated: bool,
    keep_incomplete: bool,
    taken: list[str],
) -> Snapshots:
    horizon, gap, lookback = windows
    parts: dict[str, list[Any]] = {}
    rows_of, labels, origin_of = [], [], []
    told: dict[str, list[Any]] = {name: [] for name in ("origin", "complete", "at_risk", "left_in_gap", "customers", "churned", "rate", "lower", "upper")}
    for day in days.tolist():
        complete = day + gap + horizon <= last
        rows, left = book.outcome(day, gap, horizon) if complete else (np.flatnonzero(book.at_risk(day)), None)
        risk = int(book.at_risk(day).sum())
        rows = rows if complete or keep_incomplete else rows[:0]
        churned = int(left.sum()) if left is not None else 0
        known = complete and len(rows) > 0
        interval = proportion_ci(churned, len(rows)) if known else (np.nan, np.nan)
        facts = (day, complete, risk, risk - len(rows) if complete else 0, len(rows), churned, churned / len(rows) if known else np.nan, *interval)
        for name, fact in zip(told, facts, strict=True):
            told[name].append(fact)
        rows_of.append(rows)
        origin_of.append(np.full(len(rows), day))
        labels.append(left if left is not None else np.full(len(rows), np.nan))
        for name, values in _features(book, log, plan, rows, day, lookback).items():
            parts.setdefault(name, []).append(values)
    every = np.concatenate(rows_of)
    columns: dict[str, Any] = {name: _joined(values) for name, values in parts.items()}
    clash = [name for name in [*columns, *book.keep] if name in taken or (name in columns and name in book.keep)]
    if clash:
        raise _core.InvalidInput(f"two columns of the result would be called '{clash[0]}'; rename the one in your table")
    label = np.concatenate(labels)
    origin = days_like(np.concatenate(origin_of).astype(np.int64), dated)
    ends = {"label": label.astype(np.int64) if not np.isnan(label.astype(np.float64)).any() else label.astype(np.float64)}
    like = book.frame.to_native()
    made = [nw.from_native(frame_like({"origin": origin}, like), eager_only=True)]
    made += [_taken(book.frame[name], every).to_frame() for name in book.keep]
    made += [nw.from_native(frame_like(part, like), eager_only=True) for part in (columns, ends) if part]
    table = nw.concat([_taken(book.ids.series, every).to_frame(), *made], how="horizontal")
    origins: dict[str, Any] = {**told, "origin": days_like(np.array(told["origin"], dtype=np.int64), dated)}
    notes = _notes(book, log, told, columns, keep_incomplete)
    return Snapshots(table.to_native(), frame_like(origins, like), [*book.keep, *columns], notes, book.ids.column)


def _features(book: Book, log: Log | None, plan: list[tuple[str, str]], rows: np.ndarray, day: int, lookback: int) -> dict[str, Any]:
    features: dict[str, Any] = {"tenure_days": (day - book.start[rows]).astype(np.float64)}
    if log is None:
        return features
    window = log.window(rows, day - lookback, day)
    features |= {"events": window.aggregate(None, "count"), "days_since_event": window.aggregate(None, "days_since")}
    for column, kind in plan:
        dtype = log.frame[column].dtype
        text = kind == "last" and not (dtype.is_numeric() or dtype == nw.Boolean)
        features[f"{column}_{kind}"] = window.last_text(column) if text else window.aggregate(column, kind)
    return features


def _joined(parts: list[Any]) -> Any:
    return [value for part in parts for value in part] if isinstance(parts[0], list) else np.concatenate(parts)


def _taken(series: AnySeries, rows: np.ndarray) -> Any:
    """The values of these rows, as a column without an index of their own."""
    found = series[rows.tolist()] if len(rows) else series.head(0)
    if found.implementation.is_pandas_like():
        found = nw.from_native(found.to_native().reset_index(drop=True), series_only=True)
    return found


def _notes(book: Book, log: Log | None, told: dict[str, list[Any]], columns: dict[str, Any], kept: bool) -> tuple[str, ...]:
    notes = []
    if log is not None and log.unknown:
        notes.append(f"{log.unknown:,} rows of events belong to nobody in customers and were not used")
    open_origins = told["complete"].count(False)
    if open_origins:
        fate = "have no label" if kept else "were left out: who has not left yet is not known to stay"
        notes.append(f"{open_origins} of {len(told['complete'])} origins have no complete outcome window; their customers {fate}")
    in_gap = sum(told["left_in_gap"])
    if in_gap:
        notes.append(f"{in_gap:,} customers left in the gap after an origin, too early to be warned; they are in no row of it")
    notes += [f"'{name}' says little but how long a customer has been one (rank correlation {link:.2f})" for name, link in _tenure_links(columns)]
    return tuple(notes)


def _tenure_links(columns: dict[str, Any]) -> list[tuple[str, float]]:
    import pandas as pd

    tenure = pd.Series(columns["tenure_days"])
    found = []
    for name, values in columns.items():
        if name == "tenure_days" or isinstance(values, list) or len(tenure) < 20:
            continue
        known = ~np.isnan(values)
        if known.sum() >= 20 and np.ptp(values[known]) > 0 and tenure[known].nunique() > 1:
            link = float(pd.Series(values[known]).rank().corr(tenure[known].reset_index(drop=True).rank()))
            if abs(link) > TENURE_LINK:
                found.append((name, link))
    return found
