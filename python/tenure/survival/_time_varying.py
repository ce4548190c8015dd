"""Customers whose columns change: from a customer table and a list of changes to rows (start, stop]."""

from __future__ import annotations

from typing import Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np

from tenure import _core
from tenure._frames import as_frame, column_of
from tenure.survival._outcome import as_outcome, outcome


class TimeVarying(NamedTuple):
    """Rows (start, stop] of customers whose columns change: `X`, `y` with entries, and each row's customer, for `cluster`."""

    X: Any
    y: np.ndarray
    id: np.ndarray


def time_varying(base: Any, changes: Any, y: Any, *, id: str, time: str = "time") -> TimeVarying:
    """Cuts customers where a column of theirs changes, so that each row of the result holds what was known over (start, stop].

    Parameters
    ----------
    base : frame
        One row a customer: the column `id` and columns as they were at the start.
    changes : frame
        One row a change: the columns `id`, `time`, and the new values. A missing value means: as before. Columns that `base` lacks are missing until they
        first appear here.
    y : outcome(time, event, entry=None), (time, event) pair, or frame
        One row for each row of `base`; customers are observed from their entry, or 0.
    id : str
        Name of the column that tells customers, in both frames.
    time : str, default="time"
        Name of the column of `changes` that says when.

    Returns
    -------
    TimeVarying
        `X` in the kind of frame of `base` without `id`, rows in the order of `base` and time; `y`, an outcome with entries; `id`, one a row. They go into
        `CoxPH().fit(X, y, cluster=id)`.

    Raises
    ------
    ValueError
        For a change before the entry or after the end, two changes of one customer at one time, an unknown, repeated or missing id, naming customer
        and row.

    Notes
    -----
    A change counts from just after its time: what happens at an event's own time cannot explain it. One at the entry holds from the start. Matches R
    survival::tmerge with tdc().

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.survival import outcome, time_varying
    >>> base = pd.DataFrame({"id": ["a", "b"], "plan": ["basic", "pro"]})
    >>> changes = pd.DataFrame({"id": ["a"], "time": [5], "plan": ["pro"]})
    >>> rows = time_varying(base, changes, outcome([12, 7], [1, 0]), id="id")
    >>> rows.X["plan"].tolist(), rows.y["time"].tolist()
    (['basic', 'pro', 'pro'], [5.0, 12.0, 7.0])
    """
    customers, log = _frame(base, "base"), _frame(changes, "changes")
    for frame, name, needed in ((customers, "base", [id]), (log, "changes", [id, time])):
        for column in needed:
            if column not in frame.columns:
                raise ValueError(f"{name} has no column '{column}'; its columns are {', '.join(map(str, frame.columns))}")
    if customers.implementation != log.implementation:
        raise TypeError(f"base and changes must be frames of one kind, are {customers.implementation} and {log.implementation}")
    known = as_outcome(y)
    if len(known) != len(customers):
        raise ValueError(f"y has {len(known)} rows, base has {len(customers)}")
    names, who = _match(customers[id], log[id])
    at = _times(log[time], time, names, who)
    _check(known, names, who, at)
    rows = _core.survival.split_episodes(known.time, known.event, known.entry, who, at)
    customer = rows.customer.astype(np.int64)
    columns = [
        customers[name][customer] if name not in log.columns else _carried(customers[name], log[name], customer, rows)
        for name in customers.columns
        if name != id
    ]
    columns += [_carried(None, log[name], customer, rows) for name in log.columns if name not in (id, time) and name not in customers.columns]
    if not columns:
        raise ValueError(f"base and changes have no column beside '{id}' and '{time}'")
    X = nw.concat([series.alias(series.name).to_frame() for series in columns], how="horizontal")
    event = rows.event != 0 if known.event.dtype.kind == "b" else rows.event
    return TimeVarying(X.to_native(), outcome(rows.stop, event, rows.start), names[customer])


def _frame(data: Any, name: str) -> Any:
    frame = as_frame(data)
    if frame is None:
        raise TypeError(f"{name} must be a frame, is {type(data).__name__}")
    return frame


def _match(ids: Any, wanted: Any) -> tuple[np.ndarray, np.ndarray]:
    """The customers' ids, and for each change the row of its customer."""
    for name, series in (("base", ids), ("changes", wanted)):
        if series.null_count():
            raise ValueError(f"{name}: the id is missing in row {int(np.flatnonzero(series.is_null().to_numpy())[0])}")
    position: dict[Any, int] = {}
    names = ids.to_list()
    for row, name in enumerate(names):
        if position.setdefault(name, row) != row:
            raise ValueError(f"base: id {name!r} stands in row {position[name]} and again in row {row}; there must be one row a customer")
    who = np.empty(len(wanted), dtype=np.int64)
    for row, name in enumerate(wanted.to_list()):
        found = position.get(name)
        if found is None:
            raise ValueError(f"changes: id {name!r} in row {row} is no customer of base")
        who[row] = found
    array = np.empty(len(names), dtype=object)
    array[:] = names
    return (np.array(names) if all(isinstance(name, int) for name in names) else array), who


def _times(series: Any, name: str, names: np.ndarray, who: np.ndarray) -> np.ndarray:
    values = column_of(series)[1]
    if not series.dtype.is_numeric():
        raise TypeError(f"changes: '{name}' has type {series.dtype}, numbers are needed")
    values = values.astype(np.float64)
    missing = np.flatnonzero(~np.isfinite(values))
    if len(missing):
        raise ValueError(f"changes: '{name}' is missing or infinite in row {int(missing[0])} (id {names[who[missing[0]]]!r})")
    return values


def _check(known: Any, names: np.ndarray, who: np.ndarray, at: np.ndarray) -> None:
    """What a customer would want to hear by name; the engine checks the rest."""
    end = known.time.astype(np.float64)
    entry = np.zeros(len(end)) if known.entry is None else known.entry.astype(np.float64)
    for row in np.flatnonzero(~(end > entry))[:1]:
        raise ValueError(f"y: id {names[row]!r} (row {row}) ends at {end[row]:g}, not after its entry {entry[row]:g}: there is no time to be observed")
    for row in np.flatnonzero(at < entry[who])[:1]:
        raise ValueError(f"changes: id {names[who[row]]!r} changes at {at[row]:g} in row {row}, before its entry {entry[who[row]]:g}; put that value into base")
    for row in np.flatnonzero(at > end[who])[:1]:
        raise ValueError(f"changes: id {names[who[row]]!r} changes at {at[row]:g} in row {row}, after its end {end[who[row]]:g}")
    order = np.lexsort((at, who))
    same = (who[order][1:] == who[order][:-1]) & (at[order][1:] == at[order][:-1])
    for k in np.flatnonzero(same)[:1]:
        first, second = sorted((int(order[k]), int(order[k + 1])))
        raise ValueError(f"changes: id {names[who[first]]!r} changes twice at {at[first]:g}, in rows {first} and {second}")


def _carried(base: Any, log: Any, customer: np.ndarray, rows: Any) -> Any:
    """A column's values row by row: the last change in force that says something, else the base's value, else missing."""
    source = rows.carry_forward(~log.is_null().to_numpy() if log.dtype != nw.Float64 else ~(log.is_null() | log.is_nan()).to_numpy())
    changed = source >= 0
    if log.dtype.is_numeric() or log.dtype == nw.Boolean:
        if base is not None and not (base.dtype.is_numeric() or base.dtype == nw.Boolean):
            raise TypeError(f"'{log.name}' has type {base.dtype} in base and {log.dtype} in changes")
        found = np.full(len(customer), np.nan) if base is None else column_of(base)[1].astype(np.float64)[customer]
        found[changed] = column_of(log)[1].astype(np.float64)[source[changed]]
        return nw.new_series(log.name, found, backend=log.implementation)
    _, codes, levels = column_of(log)
    _, base_codes, base_levels = (None, None, levels) if base is None else column_of(base)
    if levels is None or base_levels is None:
        raise TypeError(f"'{log.name}' has type {base.dtype} in base and {log.dtype} in changes")
    every = list(dict.fromkeys([*base_levels, *levels]))
    text = np.array([*every, None], dtype=object)
    position = np.array([*(every.index(level) for level in levels), -1])
    found = np.full(len(customer), -1) if base_codes is None else base_codes.astype(np.int64)[customer]
    found[changed] = position[codes[source[changed]]]
    return _text_like(text[found], every, log.name, base if base is not None else log)


def _text_like(values: np.ndarray, levels: list[str], name: str, like: Any) -> Any:
    """Text as a series of the kind of `like`: with its order of levels where that has one."""
    if like.implementation.is_pyarrow():
        import pyarrow as pa

        array = pa.array(values.tolist(), pa.string())
        if isinstance(like.dtype, nw.Categorical | nw.Enum):
            array = pa.DictionaryArray.from_arrays(pa.array([None if v is None else levels.index(v) for v in values], pa.int32()), pa.array(levels))
        return nw.from_native(pa.chunked_array([array]), series_only=True).alias(name)
    series = nw.new_series(name, values.tolist(), nw.String(), backend=like.implementation)
    if not isinstance(like.dtype, nw.Categorical | nw.Enum):
        return series
    if like.implementation.is_pandas_like():
        import pandas as pd

        return nw.from_native(pd.Series(pd.Categorical(values, categories=levels), name=name), series_only=True)
    return series.cast(nw.Enum(levels))
