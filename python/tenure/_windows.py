"""What was known of each customer on a day: dates, lengths of time, and the rows of a log that lie in a window before it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import as_frame, column_of
from tenure.rates._inputs import day_of, to_dates

NO_DAY = int(np.iinfo(np.int64).min)
AGGREGATES = ("count", "sum", "mean", "min", "max", "last", "days_since")
_LENGTH = re.compile(r"(\d+)\s*([dw])")


def frame_of(data: Any, name: str) -> Any:
    frame = as_frame(data)
    if frame is None:
        raise TypeError(f"{name}: must be a data frame, is {type(data).__name__}")
    return frame


def need(frame: Any, columns: Sequence[str], name: str) -> None:
    for column in columns:
        if column not in frame.columns:
            raise _core.InvalidInput(f"{name}: has no column '{column}'; its columns are {', '.join(map(str, frame.columns))}")


def length(value: Any, name: str, least: int) -> int:
    """A length of time in whole days: a number, "90d", "12w", or a time difference."""
    days: float | None = None
    if isinstance(value, str) and (match := _LENGTH.fullmatch(value.strip())):
        days = int(match[1]) * (7 if match[2] == "w" else 1)
    elif isinstance(value, datetime.timedelta):
        days = value / datetime.timedelta(days=1)
    elif isinstance(value, np.timedelta64):
        days = float(value / np.timedelta64(1, "D"))
    elif isinstance(value, int | float | np.number) and not isinstance(value, bool):
        days = float(value)
    if days is None or days != days or days != int(days):
        raise _core.InvalidInput(f"{name}: must be whole days such as 90, '90d' or '12w', got {value!r}")
    if days < least:
        raise _core.InvalidInput(f"{name}: must be at least {least} day{'' if least == 1 else 's'}, got {value!r}")
    return int(days)


def day_numbers(frame: Any, column: str, name: str, *, optional: bool = False) -> tuple[np.ndarray, bool]:
    """A column of dates as day numbers, and whether they are calendar dates. Missing ones are NO_DAY where `optional`, else an error."""
    (values, ticks), dated = to_dates(column, name, frame)
    gone = np.isnan(values) if values.dtype.kind == "f" else values == NO_DAY
    if gone.any() and not optional:
        raise _core.InvalidInput(f"{name}: '{column}' is missing in row {int(np.flatnonzero(gone)[0])}")
    if values.dtype.kind == "f" and np.isinf(values).any():
        raise _core.InvalidInput(f"{name}: '{column}' is infinite in row {int(np.flatnonzero(np.isinf(values))[0])}")
    days = np.floor_divide(np.where(gone, 0, values), ticks).astype(np.int64)
    return np.where(gone, NO_DAY, days), dated


def one_kind_of_day(kinds: dict[str, bool]) -> bool:
    """Whether the columns hold calendar dates; an error where some do and others hold numbers."""
    if len(set(kinds.values())) > 1:
        told = ", ".join(f"{name} holds {'dates' if dated else 'numbers'}" for name, dated in kinds.items())
        raise _core.InvalidInput(f"days must be of one kind: {told}")
    return next(iter(kinds.values()))


def one_day(date: Any, name: str, dated: bool) -> int:
    if isinstance(date, int | np.integer) == dated or isinstance(date, bool | float):
        raise _core.InvalidInput(f"{name}: must be {'a date (YYYY-MM-DD)' if dated else 'a day number'} as the columns hold, got {date!r}")
    return day_of(date, name)


class Ids:
    """The customers of a table, one row each, and where others find them."""

    def __init__(self, frame: Any, column: str, name: str) -> None:
        need(frame, [column], name)
        self.series, self.column = frame[column], column
        values = self.series.to_list()
        self.place: dict[Any, int] = {}
        for row, value in enumerate(values):
            if value is None or value != value:
                raise _core.InvalidInput(f"{name}: the id '{column}' is missing in row {row}")
            if self.place.setdefault(value, row) != row:
                raise _core.InvalidInput(f"{name}: id {value!r} stands in row {self.place[value]} and again in row {row}; there must be one row a customer")

    def __len__(self) -> int:
        return len(self.place)

    def rows_of(self, frame: Any, column: str, name: str) -> np.ndarray:
        """For each row of a log the row of its customer, -1 where it is none of these."""
        import pandas as pd

        need(frame, [column], name)
        codes, values = pd.factorize(np.asarray(frame[column].to_list(), dtype=object))
        if (codes < 0).any():
            raise _core.InvalidInput(f"{name}: the id '{column}' is missing in row {int(np.flatnonzero(codes < 0)[0])}")
        known = np.array([self.place.get(value, -1) for value in values], dtype=np.int64)
        if len(known) and (known < 0).all():
            raise _core.InvalidInput(f"{name}: no id of '{column}' is a customer's; the first is {values[0]!r}")
        return known[codes] if len(known) else np.empty(0, dtype=np.int64)


class Log:
    """Rows of customers and days, sorted by both, so that the rows of a window are found without a scan.

    Rows of one customer and day keep the order of the table. A window reads no row outside it: what is computed from it has the same bits
    whatever came later.
    """

    def __init__(self, frame: Any, customer: np.ndarray, day: np.ndarray, keep: np.ndarray | None = None) -> None:
        rows = np.flatnonzero(customer >= 0 if keep is None else (customer >= 0) & keep)
        self._order = rows[np.lexsort((day[rows], customer[rows]))]
        self.frame, self.day, self._customer = frame, day[self._order], customer[self._order]
        self.unknown = int((customer < 0).sum())
        self.first = self._low = int(self.day.min()) if len(self.day) else 0
        self._span = int(self.day.max()) - self._low + 2 if len(self.day) else 1
        self._key = self._customer * self._span + (self.day - self._low)
        self._numbers: dict[str, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self.day)

    def window(self, customers: np.ndarray, after: Any, until: Any) -> Window:
        """The rows of each of `customers` with after < day <= until (one day, or one for each)."""
        edges = [np.clip(np.asarray(day, dtype=np.int64) + 1 - self._low, 0, self._span - 1) for day in (after, until)]
        low, high = (np.searchsorted(self._key, customers * self._span + edge) for edge in edges)
        return Window(self, low, np.maximum(low, high), until)

    def numbers(self, column: str) -> np.ndarray:
        """A column as numbers, in the log's order, NaN where missing."""
        if column not in self._numbers:
            series = self.frame[column]
            if not (series.dtype.is_numeric() or str(series.dtype) == "Boolean"):
                raise _core.InvalidInput(f"'{column}' has type {series.dtype}, numbers are needed")
            values = column_of(series)[1].astype(np.float64)
            infinite = np.isinf(values)
            if infinite.any():
                raise _core.InvalidInput(f"'{column}' is infinite in row {int(np.flatnonzero(infinite)[0])}")
            self._numbers[column] = values[self._order]
        return self._numbers[column]

    def codes(self, column: str) -> tuple[np.ndarray, list[str]]:
        """A column as codes of its levels, in the log's order, -1 where missing."""
        _, values, levels = column_of(self.frame[column])
        if levels is None:
            numbers = values.astype(np.float64)
            distinct, codes = np.unique(numbers, return_inverse=True)
            return np.where(np.isnan(numbers), -1, codes)[self._order], [f"{value:g}" for value in distinct]
        return np.asarray(values, dtype=np.int64)[self._order], levels


class Window:
    """The rows [low, high) of a log, for each of some customers."""

    def __init__(self, log: Log, low: np.ndarray, high: np.ndarray, until: Any) -> None:
        self.log, self.low, self.high, self._until = log, low, high, until
        counts = high - low
        self.owner = np.repeat(np.arange(len(low)), counts)
        self.rows = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(low, counts)

    def known(self, column: str | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Owner, day and value of the rows where the column is known."""
        if column is None:
            return self.owner, self.log.day[self.rows], np.ones(len(self.rows))
        values = self.log.numbers(column)[self.rows]
        known = ~np.isnan(values)
        return self.owner[known], self.log.day[self.rows[known]], values[known]

    def aggregate(self, column: str | None, kind: str) -> np.ndarray:
        """One number a customer: see AGGREGATES. A sum or count of nothing is 0, everything else of nothing is missing (NaN)."""
        n = len(self.low)
        owner, day, value = self.known(column)
        count = np.bincount(owner, minlength=n).astype(np.float64)
        if kind == "count":
            return count
        if kind in ("sum", "mean"):
            total = np.bincount(owner, weights=value, minlength=n).astype(np.float64)
            if kind == "sum":
                return total
            with np.errstate(invalid="ignore", divide="ignore"):
                return total / count
        if kind == "days_since":
            hit = value != 0
            owner, day, value = owner[hit], day[hit], value[hit]
        first = np.flatnonzero(np.diff(owner, prepend=-1))
        last = np.append(first[1:], len(owner))[: len(first)] - 1
        found = np.full(n, np.nan)
        who = owner[first]
        if len(who) == 0:
            return found
        if kind in ("min", "max"):
            found[who] = (np.minimum if kind == "min" else np.maximum).reduceat(value, first)
        elif kind == "last":
            found[who] = value[last]
        else:
            found[who] = np.broadcast_to(self._until, n)[who] - day[last]
        return found

    def last_text(self, column: str) -> list[str | None]:
        """The last known level of each customer, None where there is none."""
        codes, levels = self.log.codes(column)
        codes = codes[self.rows]
        known = codes >= 0
        owner, codes = self.owner[known], codes[known]
        last = np.flatnonzero(np.diff(owner, append=-1))
        found: list[str | None] = [None] * len(self.low)
        for who, code in zip(owner[last].tolist(), codes[last].tolist(), strict=True):
            found[who] = levels[code]
        return found
