"""Customer tables as baskets of items: levels, ranges of numbers, and trends over repeated measurements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import as_frame, column_of

MAX_LEVELS = 100  # a text column with more distinct values identifies customers more than it describes them


class ItemEncoder:
    """Learns on one table which items its columns give, and finds them in other tables.

    `trends` maps a name to the columns of its repeated measurements, in order of time: they give the items "NAME fell more than 20%" and "NAME
    rose more than 20%" (`change`, a share or one a name) by the least-squares line over the periods, and no other items. `skipped` lists columns
    that give none: texts with more than 100 levels, dates, and those named in `leave_out`.
    """

    def __init__(
        self,
        *,
        trends: Mapping[str, Sequence[str]] | None = None,
        change: float | Mapping[str, float] = 0.2,
        binning: str = "quantile",
        bins: int = 4,
        leave_out: Sequence[str] = (),
    ) -> None:
        self.trends = {name: list(columns) for name, columns in (trends or {}).items()}
        self.change = {name: change[name] if isinstance(change, Mapping) else change for name in self.trends}
        for name, columns in self.trends.items():
            if len(columns) < 2:
                raise ValueError(f"trends['{name}']: must name at least two columns, one a period")
            if not 0 < self.change[name] < 1:
                raise ValueError(f"trend_change: must be in (0, 1), is {self.change[name]} for '{name}'")
        self.binning, self.bins, self.leave_out = binning, bins, set(leave_out)
        self.skipped: list[str] = []

    def fit(self, data: Any, outcome: np.ndarray) -> Any:
        """Learns the items of `data`; returns its baskets."""
        frame = frame_of(data)
        measured = {column for columns in self.trends.values() for column in columns}
        self.columns: list[str] = []
        columns = []
        for name in frame.columns:
            if name in measured or name in self.leave_out:
                continue
            column = _understood(frame[name])
            if column is None:
                self.skipped.append(name)
                continue
            self.columns.append(name)
            columns.append(column)
        table = _core.Table(columns + self._trend_columns(frame))
        self.coding = _core.rules.fit_items(table, outcome.astype(np.uint8), method=self.binning, bins=self.bins)
        return _core.rules.encode_items(self.coding, table)

    def transform(self, data: Any) -> Any:
        """The baskets of another table with the same columns."""
        frame = frame_of(data)
        missing = [name for name in self.columns if name not in frame.columns]
        if missing:
            raise ValueError(f"column '{missing[0]}' is missing; the table has {', '.join(map(str, frame.columns))}")
        return _core.rules.encode_items(self.coding, _core.Table([column_of(frame[name]) for name in self.columns] + self._trend_columns(frame)))

    def _trend_columns(self, frame: Any) -> list[Any]:
        columns: list[Any] = []
        known = set(frame.columns)
        for name, measured in self.trends.items():
            for column in measured:
                if column not in known:
                    raise ValueError(f"trends['{name}']: '{column}' is not a column; the columns are {', '.join(map(str, frame.columns))}")
            trend = _core.rules.relative_trends(frame.select(*measured).to_numpy().astype(np.float64))
            change, unknown = self.change[name], np.isnan(trend)
            for word, flag in (("fell", trend < -change), ("rose", trend > change)):
                columns.append((f"{name} {word} more than {100 * change:.4g}%", np.where(unknown, np.nan, flag.astype(np.float64)), None))
        return columns


def frame_of(data: Any, argument: str = "data") -> Any:
    frame = as_frame(data)
    if frame is None:
        raise TypeError(f"{argument}: must be a frame with named columns, is a {type(data).__name__}")
    return frame


def _understood(series: Any) -> Any:
    """The column as the engine reads it; None when it describes nobody in particular."""
    if series.dtype.is_temporal():
        return None
    column = column_of(series)
    return None if column[2] is not None and len(column[2]) > MAX_LEVELS else column


def usage_by_period(usage: Any, *, customer: str, period: str, values: Sequence[str]) -> tuple[Any, dict[str, list[str]]]:
    """Repeated measurements, one row a customer and period, as one row a customer.

    Parameters
    ----------
    usage : frame
        With the columns `customer`, `period` (sortable: numbers, dates, ISO texts) and the measured `values`. A customer has at most one row a
        period; a period that is not there is missing.

    Returns
    -------
    frame, trends
        A pandas frame with the customer as index and the columns "VALUE PERIOD", and the `trends` argument of `churn_rules` that goes with it.

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.rules import usage_by_period
    >>> usage = pd.DataFrame({"id": [1, 1, 2, 2], "month": [1, 2, 1, 2], "calls": [50, 30, 20, 21]})
    >>> table, trends = usage_by_period(usage, customer="id", period="month", values=["calls"])
    >>> trends
    {'calls': ['calls 1', 'calls 2']}
    """
    frame = frame_of(usage, "usage")
    for column in (customer, period, *values):
        if column not in frame.columns:
            raise ValueError(f"'{column}' is not a column of usage; the columns are {', '.join(map(str, frame.columns))}")
    table = frame.select(customer, period, *values).to_pandas()
    twice = table.duplicated([customer, period])
    if twice.any():
        row = table[twice].iloc[0]
        raise ValueError(f"usage: customer {row[customer]} has more than one row for period {row[period]}; add them up first")
    wide = table.pivot(index=customer, columns=period, values=list(values)).sort_index(axis=1, level=1, sort_remaining=False)
    wide.columns = [f"{value} {when}" for value, when in wide.columns]
    periods = sorted(table[period].unique())
    return wide, {value: [f"{value} {when}" for when in periods] for value in values}
