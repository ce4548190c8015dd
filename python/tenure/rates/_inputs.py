"""Dates, customer numbers and churn labels as the engine reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from tenure import _core
from tenure._frames import as_frame

Dates = tuple[np.ndarray, int]

_NO_DAY = np.iinfo(np.int64).min
_TICKS = {"D": 1, "h": 24, "m": 1440, "s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_LOST_WORDS = {"yes", "y", "true", "t", "1", "churn", "churned", "lost", "left", "cancelled", "canceled", "attrited customer", "是", "流失"}
_KEPT_WORDS = {"no", "n", "false", "f", "0", "active", "kept", "stayed", "retained", "current", "existing customer", "否", "未流失", "在网"}


def series(data: Any, name: str, frame: Any = None) -> nw.Series[Any] | np.ndarray:
    """A column as narwhals series or numpy array: from a name in `frame`, a series, or anything array-like."""
    if isinstance(data, str):
        table = as_frame(frame)
        if table is None:
            raise TypeError(f"{name}='{data}' names a column, but there is no frame to take it from")
        if data not in table.columns:
            raise _core.InvalidInput(f"{name}='{data}' is not a column; the columns are {', '.join(map(str, table.columns))}")
        return table[data]
    found = nw.from_native(data, series_only=True, pass_through=True)
    if isinstance(found, nw.Series):
        return found
    array = np.asarray(data)
    if array.ndim != 1:
        raise _core.InvalidInput(f"{name}: must be one-dimensional, has shape {array.shape}")
    return array


def to_dates(data: Any, name: str, frame: Any = None) -> tuple[Dates, bool]:
    """A column of dates as ((numbers, ticks a day), whether they are calendar dates). Times with a zone count by their own civil days."""
    found = series(data, name, frame)
    if isinstance(found, nw.Series):
        dtype = found.dtype
        if isinstance(dtype, nw.Datetime) and dtype.time_zone is not None:
            found = found.dt.replace_time_zone(None)
        elif dtype.is_numeric() and found.null_count():
            found = found.cast(nw.Float64)
        array = found.to_numpy()
    else:
        array = found
    if array.dtype.kind == "M":
        unit, count = np.datetime_data(array.dtype)
        if unit not in _TICKS or count != 1:
            array, unit = array.astype("datetime64[D]"), "D"
        return (array.view(np.int64), _TICKS[unit]), True
    if array.dtype.kind in "iuf":
        return (array, 1), False
    if array.dtype.kind in "OUST":
        return (_parsed(array, name), 1), True
    raise _core.InvalidInput(f"{name}: has type {array.dtype}; dates, day numbers and ISO texts are understood")


def _parsed(values: np.ndarray, name: str) -> np.ndarray:
    """Dates and ISO texts (YYYY-MM-DD) as days; None, NaN, NaT and blank texts are missing."""
    days = np.empty(len(values), dtype="datetime64[D]")
    for i, value in enumerate(values):
        gone = value is None or value is pd.NaT or value is pd.NA or value != value or (isinstance(value, str) and not value.strip())
        try:
            if (not gone and isinstance(value, int | float)) or isinstance(value, bool):
                raise ValueError
            days[i] = np.datetime64("NaT") if gone else np.datetime64(value.strip() if isinstance(value, str) else value, "D")
        except (ValueError, TypeError):
            raise _core.InvalidInput(f"{name}: '{value}' in row {i} is no date (YYYY-MM-DD)") from None
    return days.view(np.int64)


def day_of(date: Any, name: str) -> int:
    """One date, as a day number."""
    if isinstance(date, int | np.integer) and not isinstance(date, bool):
        return int(date)
    if isinstance(date, pd.Timestamp):
        date = date.tz_localize(None).to_datetime64()
    (values, ticks), _ = to_dates(np.array([date], dtype=object if not isinstance(date, np.datetime64) else date.dtype), name)
    if values[0] == _NO_DAY:
        raise _core.InvalidInput(f"{name}: is missing")
    return int(values[0] // ticks)


def last_day(dates: Dates) -> int:
    """The latest day of a column; a day before all others when it holds none."""
    values, ticks = dates
    known = values[values != _NO_DAY] if values.dtype == np.int64 else values[~np.isnan(values)] if values.dtype.kind == "f" else values
    return int(known.max() // ticks) if len(known) else -(2**40)


def first_day(dates: Dates, name: str) -> int:
    """The earliest day of a column."""
    values, ticks = dates
    known = values[values != _NO_DAY] if values.dtype == np.int64 else values[~np.isnan(values)] if values.dtype.kind == "f" else values
    if not len(known):
        raise _core.InvalidInput(f"{name}: holds no dates")
    return int(known.min() // ticks)


def days_like(days: np.ndarray, dated: bool) -> np.ndarray:
    """Day numbers as calendar dates, or as they are (NaN where missing)."""
    if dated:
        return days.view("datetime64[D]")
    return np.where(days == _NO_DAY, np.nan, days) if (days == _NO_DAY).any() else days


def customer_codes(data: Any, name: str, frame: Any = None) -> np.ndarray:
    """Whole numbers that tell customers apart: whole numbers as they are, anything else numbered by first appearance."""
    return customer_names(data, name, frame)[0]


def customer_names(data: Any, name: str, frame: Any = None) -> tuple[np.ndarray, np.ndarray | None]:
    """The same with what each number stands for; None where it stands for itself."""
    found = series(data, name, frame)
    array = found.to_numpy() if isinstance(found, nw.Series) else found
    if array.dtype.kind in "iu":
        return array, None
    codes, names = pd.factorize(array)
    if (codes < 0).any():
        raise _core.InvalidInput(f"{name}: is missing in row {int(np.flatnonzero(codes < 0)[0])}")
    return codes, np.asarray(names)


def churned_flags(data: Any, name: str, frame: Any, positive: Any) -> np.ndarray:
    """Labels as 0 and 1. Texts need to be a known pair (yes/no, ...) or `positive`, the value that means lost."""
    found = series(data, name, frame)
    label = data if isinstance(data, str) else name
    values = found.to_numpy() if isinstance(found, nw.Series) else found
    gone = np.asarray(pd.isna(values))
    if gone.any():
        raise _core.InvalidInput(f"{label}: is missing in row {int(np.flatnonzero(gone)[0])}")
    if positive is not None:
        flags = values.astype(str) == str(positive) if values.dtype.kind in "OUST" else values == positive
        if not flags.any():
            raise _core.InvalidInput(f"{label}: no row holds positive = {positive!r}; the values are {_listed(pd.unique(values))}")
        return np.ascontiguousarray(flags).view(np.uint8)
    if values.dtype.kind == "b":
        return np.ascontiguousarray(values).view(np.uint8)
    if values.dtype.kind in "iuf":
        wrong = np.flatnonzero((values != 0) & (values != 1))
        if len(wrong):
            raise _core.InvalidInput(f"{label}: must be 0 or 1, row {int(wrong[0])} holds {values[wrong[0]]}; say which value means lost with positive=")
        return values
    levels = pd.unique(values)
    words = [str(level).strip().lower() for level in levels]
    lost = [level for level, word in zip(levels, words, strict=True) if word in _LOST_WORDS]
    if len(lost) > 1 or not all(word in _LOST_WORDS | _KEPT_WORDS for word in words):
        raise _core.InvalidInput(f"{label}: has the values {_listed(levels)}; say which one means lost with positive=")
    return np.asarray(values == lost[0] if lost else np.zeros(len(values))).astype(np.uint8)


def _listed(levels: Sequence[Any]) -> str:
    names = [repr(str(level)) for level in levels[:6]]
    return ", ".join(names) + (f" and {len(levels) - 6} more" if len(levels) > 6 else "")
