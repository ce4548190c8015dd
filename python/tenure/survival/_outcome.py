"""Outcomes: when each customer left, or was last seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tenure._frames import as_frame, column, column_of

__all__ = ["outcome"]


class Outcome(NamedTuple):
    """The columns of an outcome as the engine takes them."""

    time: np.ndarray
    event: np.ndarray
    entry: np.ndarray | None

    def __len__(self) -> int:
        return len(self.time)


def outcome(time: Any, event: Any, entry: Any = None) -> np.ndarray:
    """Times and events as one structured array, the `y` of every survival estimator.

    Parameters
    ----------
    time : array-like of shape (n,)
        End of observation, >= 0: when the customer left, or was last seen.
    event : array-like of shape (n,)
        True or 1 where the customer left at `time`, False or 0 where not (censored); for competing reasons 1, 2, ...
    entry : array-like of shape (n,), optional
        Observed only after this time: late entries, or (entry, time] rows of customers whose columns change.

    Returns
    -------
    ndarray of shape (n,) with the fields `event`, `time` and, when given, `entry`.

    Raises
    ------
    ValueError
        For missing values or columns of different lengths.

    Examples
    --------
    >>> import tenure.survival as ts
    >>> ts.outcome([3, 12, 7], [True, False, True])["time"]
    array([ 3., 12.,  7.])
    """
    times = column(time, "time").astype(np.float64, copy=False)
    events = _events(column(event, "event"))
    fields = [("event", events.dtype), ("time", np.float64)]
    if entry is not None:
        fields.append(("entry", np.float64))
    if len(times) != len(events):
        raise ValueError(f"time has {len(times)} rows, event has {len(events)}")
    y = np.empty(len(times), dtype=np.dtype(fields, align=True))
    y["time"], y["event"] = times, events
    if entry is not None:
        entries = column(entry, "entry").astype(np.float64, copy=False)
        if len(entries) != len(times):
            raise ValueError(f"time has {len(times)} rows, entry has {len(entries)}")
        y["entry"] = entries
    return y


def interval_outcome(lower: Any, upper: Any, entry: Any = None) -> np.ndarray:
    """Times known only to lie between `lower` and `upper`: the `y` of AFT for customers seen now and then.

    Parameters
    ----------
    lower, upper : array-like of shape (n,)
        Equal: left exactly then. `upper` infinite or missing: still there at `lower`. `lower` missing or 0: gone by `upper`.
    entry : array-like of shape (n,), optional
        Observed only after this time.

    Examples
    --------
    >>> from tenure.survival import interval_outcome
    >>> interval_outcome([1, 2], [3, float("inf")])["upper"]
    array([ 3., inf])
    """
    names = ["lower", "upper"] if entry is None else ["lower", "upper", "entry"]
    columns = [column(values, name).astype(np.float64) for values, name in zip((lower, upper, entry), names, strict=False)]
    if len({len(values) for values in columns}) > 1:
        raise ValueError("lower, upper and entry must have the same number of rows")
    y = np.empty(len(columns[0]), dtype=[(name, np.float64) for name in names])
    for name, values in zip(names, columns, strict=True):
        y[name] = values
    return y


def as_interval(y: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """(lower, upper, entry) of an interval outcome, or of a plain one."""
    if isinstance(y, np.ndarray) and y.dtype.names and {"lower", "upper"} <= set(y.dtype.names):
        return y["lower"], y["upper"], y["entry"] if "entry" in y.dtype.names else None
    known = as_outcome(y)
    if not np.isin(known.event, (0, 1)).all():
        row = int(np.flatnonzero(~np.isin(known.event, (0, 1)))[0])
        raise ValueError(f"event = {known.event[row]} in row {row}: must be 0 (censored) or 1 (event)")
    if len(known.event) != len(known.time):
        raise ValueError(f"event: must have one value a row of time ({len(known.time)}), has {len(known.event)}")
    return known.time, np.where(known.event == 1, known.time, np.inf), known.entry


def as_outcome(y: Any) -> Outcome:
    """An outcome from a structured array, a (time, event) pair, or a frame or array of two columns."""
    if isinstance(y, Outcome):
        return y
    if isinstance(y, np.ndarray) and y.dtype.names:
        return _from_fields(y)
    frame = as_frame(y)
    if frame is not None:
        return _from_columns(frame)
    if isinstance(y, np.ndarray) and y.ndim == 2 and y.shape[1] == 2:
        return Outcome(np.ascontiguousarray(y[:, 0], dtype=np.float64), _events(y[:, 1]), None)
    if isinstance(y, tuple | list) and len(y) in (2, 3) and not np.isscalar(y[0]):
        entry = None if len(y) == 2 else column(y[2], "entry").astype(np.float64, copy=False)
        return Outcome(_numeric(column(y[0], "time"), "time"), _events(column(y[1], "event")), entry)
    raise TypeError("y must be outcome(time, event), a (time, event) pair, or a frame with the columns time and event")


def _from_fields(array: np.ndarray) -> Outcome:
    names = array.dtype.names or ()
    y = {name: array[name] if array.strides[0] % array[name].itemsize == 0 else np.ascontiguousarray(array[name]) for name in names}
    if "time" in names and "event" in names:
        return Outcome(y["time"], _events(y["event"]), y["entry"] if "entry" in names else None)
    flags = [name for name in names if y[name].dtype.kind == "b"]
    others = [name for name in names if y[name].dtype.kind != "b"]
    if len(flags) == 1 and len(others) == 1:  # scikit-survival's arrays, whatever their fields are called
        return Outcome(y[others[0]], y[flags[0]], None)
    raise ValueError(f"y has the fields {', '.join(names)}; 'time' and 'event' are needed")


def _from_columns(frame: Any) -> Outcome:
    names = list(frame.columns)
    if "time" not in names or "event" not in names:
        if len(names) != 2:
            raise ValueError(f"y has the columns {', '.join(map(str, names))}; 'time' and 'event' are needed, or exactly two columns in that order")
        return Outcome(_numeric(column_of(frame[names[0]])[1], "time"), _events(column_of(frame[names[1]])[1]), None)
    entry = _numeric(column_of(frame["entry"])[1], "entry") if "entry" in names else None
    return Outcome(_numeric(column_of(frame["time"])[1], "time"), _events(column_of(frame["event"])[1]), entry)


def _numeric(values: np.ndarray, name: str) -> np.ndarray:
    if values.dtype.kind not in "iufb":
        raise TypeError(f"{name} has type {values.dtype}, numbers are needed")
    return values


def _events(values: np.ndarray) -> np.ndarray:
    if values.dtype == object:
        values = values.astype(np.float64)
    if values.dtype.kind not in "iufb":
        raise TypeError(f"event has type {values.dtype}; booleans or 0/1 are needed")
    if values.dtype.kind == "f" and np.isnan(values).any():
        raise ValueError(f"event is missing in row {int(np.flatnonzero(np.isnan(values))[0])}")
    return values


def as_groups(by: Any, rows: int, name: str = "by") -> tuple[np.ndarray | None, list[str]]:
    """Codes and names of groups from one column, or from several columns crossed. Groups come in the order of their levels."""
    if by is None:
        return None, ["all"]
    frame = as_frame(by)
    parts = [column_of(frame[c]) for c in frame.columns] if frame is not None else [_series_column(by, name)]
    codes = np.zeros(rows, dtype=np.int64)
    labels: list[str] = []
    for position, (part, values, levels) in enumerate(parts):
        if len(values) != rows:
            raise ValueError(f"{name} has {len(values)} rows, y has {rows}")
        part_codes, part_labels = _encode(values, levels, name)
        if position == 0:
            codes, labels = part_codes.astype(np.int64), part_labels if len(parts) == 1 else [f"{part}={label}" for label in part_labels]
        else:
            codes = codes * len(part_labels) + part_codes
            labels = [f"{old}, {part}={label}" for old in labels for label in part_labels]
    used, codes = np.unique(codes, return_inverse=True)
    return codes.astype(np.int32), [labels[k] for k in used]


def _series_column(values: Any, name: str) -> tuple[str, np.ndarray, list[str] | None]:
    import narwhals.stable.v2 as nw

    series = nw.from_native(values, series_only=True, pass_through=True)
    if isinstance(series, nw.Series):
        return column_of(series)
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, has shape {array.shape}")
    return name, array, None


def _encode(values: np.ndarray, levels: Sequence[str] | None, name: str) -> tuple[np.ndarray, list[str]]:
    if levels is not None:
        if (values < 0).any():
            raise ValueError(f"{name} is missing in row {int(np.flatnonzero(values < 0)[0])}")
        return values, list(levels)
    if values.dtype.kind == "f" and np.isnan(values).any():
        raise ValueError(f"{name} is missing in row {int(np.flatnonzero(np.isnan(values))[0])}")
    if values.dtype == object:
        values = np.array([str(v) for v in values])
    if values.dtype.kind in "iub" and len(values) and values.min() >= 0 and values.max() < 4096:
        counts = np.bincount(values)  # small whole numbers: counted, not sorted
        found = np.flatnonzero(counts)
        table = np.zeros(len(counts), dtype=np.int32)
        table[found] = np.arange(len(found), dtype=np.int32)
        return table[values.astype(np.intp, copy=False)], [_label(v) for v in found.astype(values.dtype)]
    found, codes = np.unique(values, return_inverse=True)
    return codes, [_label(v) for v in found]


def _label(value: Any) -> str:
    if isinstance(value, np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def as_weights(sample_weight: Any, rows: int) -> np.ndarray | None:
    if sample_weight is None:
        return None
    values = column(sample_weight, "sample_weight").astype(np.float64, copy=False)
    if len(values) != rows:
        raise ValueError(f"sample_weight has {len(values)} rows, y has {rows}")
    return values
