"""Cohort tables: who comes back, who stays, and what they bring."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import as_frame, column, frame_like
from tenure.rates._inputs import customer_codes, day_of, days_like, last_day, to_dates


class RetentionTable:
    """A cohort table.

    Cells whose buckets are not over for every customer of the cohort are missing in the wide tables, never 0; ``long`` keeps what is known of them,
    marked by ``complete``.

    Attributes
    ----------
    rates, counts, revenue : data frame
        Wide: one row a cohort (``cohort``, ``size``), one column a bucket.
    long : data frame
        One row a cell: ``cohort size bucket eligible retained rate lower upper revenue complete``.
    overall : data frame
        One row a bucket: ``weighted`` (sum of retained / sum of eligible) with its interval, and ``simple`` (mean of the complete cells).
    statistic : RetentionStatistic
        The mergeable counts behind it.
    """

    def __init__(self, statistic: Any, labels: list[str], dated: bool, level: float, like: Any) -> None:
        self.statistic = statistic
        self._labels, self._dated, self._level, self._like = labels, dated, level, like
        self._cells = statistic.finish(level)

    def merge(self, other: RetentionTable) -> RetentionTable:
        """The table of both sets of customers; options and ``as_of`` must agree."""
        total = _core.rates.RetentionStatistic.from_bytes(self.statistic.to_bytes())
        total.merge(other.statistic)
        return RetentionTable(total, self._labels, self._dated, self._level, self._like)

    def _wide(self, name: str) -> Any:
        cells = self._cells
        shape = (len(cells["size"]), cells["columns"])
        values = np.where(cells["complete"].reshape(shape) == 1, cells[name].reshape(shape), np.nan)
        columns: dict[str, Any] = {"cohort": days_like(cells["cohort_start"], self._dated), "size": cells["size"]}
        return frame_like(columns | {label: values[:, k] for k, label in enumerate(self._labels)}, self._like)

    @property
    def rates(self) -> Any:
        return self._wide("rate")

    @property
    def counts(self) -> Any:
        return self._wide("retained")

    @property
    def revenue(self) -> Any:
        return self._wide("revenue")

    @property
    def long(self) -> Any:
        cells, width = self._cells, self._cells["columns"]
        columns = {"cohort": np.repeat(days_like(cells["cohort_start"], self._dated), width), "size": np.repeat(cells["size"], width)}
        columns["bucket"] = np.tile(self._labels, len(cells["size"]))
        columns |= {name: cells[name] for name in ("eligible", "retained", "rate", "lower", "upper", "revenue")}
        return frame_like(columns | {"complete": cells["complete"].astype(bool)}, self._like)

    @property
    def overall(self) -> Any:
        cells = self._cells
        columns = {"bucket": self._labels, "eligible": cells["total_eligible"], "retained": cells["total_retained"]}
        columns |= {"weighted": cells["weighted"], "lower": cells["weighted_lower"], "upper": cells["weighted_upper"], "simple": cells["simple"]}
        return frame_like(columns, self._like)

    def _marked(self) -> list[list[str]]:
        """Rows of texts: rates in percent, those of unfinished cells with an asterisk, unknown ones as dots."""
        cells, width = self._cells, self._cells["columns"]
        starts = [str(s)[:10] for s in days_like(cells["cohort_start"], self._dated)]
        known, stars = cells["eligible"], np.where(cells["complete"], "", "*")
        texts = [f"{100 * rate:.1f}%{star}" if n else "…" for n, rate, star in zip(known, cells["rate"], stars, strict=True)]
        rows = [[start, f"{size:,}", *texts[r * width : (r + 1) * width]] for r, (start, size) in enumerate(zip(starts, cells["size"], strict=True))]
        total = ["…" if not n else f"{100 * w:.1f}%" for n, w in zip(cells["total_eligible"], cells["weighted"], strict=True)]
        return [*rows, ["all (weighted)", f"{cells['size'].sum():,}", *total]]

    def __repr__(self) -> str:
        rows = [["cohort", "size", *self._labels], *self._marked()]
        widths = [max(len(row[j]) for row in rows) for j in range(len(rows[0]))]
        lines = ["  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join([*lines, "…: not over for anybody; *: not over for everybody"])

    def _repr_html_(self) -> str:
        head, *rows = [["cohort", "size", *self._labels], *self._marked()]
        body = "".join("<tr>" + "".join(f"<td style='text-align:right'>{text}</td>" for text in row) + "</tr>" for row in rows)
        titles = "".join(f"<th>{text}</th>" for text in head)
        return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table><p>… not over for anybody; * not over for everybody</p>"


def retention_table(
    data: Any = None,
    *,
    customer: Any,
    date: Any = None,
    amount: Any = None,
    start: Any = None,
    end: Any = None,
    kind: str = "on",
    cohort: str = "month",
    window_days: int | None = None,
    buckets: int = 12,
    brackets: Sequence[int] | None = None,
    as_of: Any = None,
    level: float = 0.95,
) -> RetentionTable:
    """Retention by cohort: customers who started together, bucket by bucket after their start.

    Parameters
    ----------
    data : data frame, optional
        Where column names are looked up.
    customer, date : column name or array-like
        Who did something, and when; rows in any order.
    amount : column name or array-like, optional
        Revenue of the event: fills ``revenue``.
    start : column name or array-like, optional
        The day each customer started; his first event where not given.
    kind : {"on", "on_or_after", "bracket", "subscribed"}
        Retained in bucket k is who shows up in it; in it or later (never rises within a cohort); in any bucket of a bracket; or, for
        subscriptions with ``start`` and ``end`` instead of ``date``, who has not left by the end of it.
    cohort : {"day", "week", "month", "quarter", "year"}
        Customers who started in the same calendar unit; buckets are the units after it.
    window_days : int, optional
        Buckets are windows of so many days from each customer's start instead.
    buckets : int, default 12
        How many after the one of the start.
    brackets : sequence of int, for kind "bracket"
        Edges in buckets: ``[0, 1, 4, 8]`` are the brackets 0, 1-3 and 4-7.
    as_of : date, optional
        Last day the records know; the latest in them where not given. A customer enters a cell only when his bucket is over by then.
    level : float, default 0.95

    Returns
    -------
    RetentionTable

    Examples
    --------
    >>> import tenure as tn
    >>> table = tn.rates.retention_table(customer=[1, 2, 1], date=["2026-01-05", "2026-01-20", "2026-02-10"], as_of="2026-03-31", buckets=2)
    >>> table.rates[["size", "0", "1", "2"]].values.tolist()
    [[2.0, 1.0, 0.5, 0.0]]
    """
    who = customer_codes(customer, "customer", data)
    subscribed = kind == "subscribed"
    if subscribed and (start is None or end is None or date is not None):
        raise TypeError("kind='subscribed' wants start and end, and no date")
    if not subscribed and (date is None or end is not None):
        raise TypeError(f"kind='{kind}' wants date, and no end")
    starts, dated = (None, False) if start is None else to_dates(start, "start", data)
    if subscribed:
        ends, _ = to_dates(end, "end", data)
        known: list[Any] = [starts, ends]
    else:
        days, dated = to_dates(date, "date", data)
        known = [days]
    if len(who) == 0:
        raise _core.InvalidInput("customer: has no rows")
    options: dict[str, Any] = {"kind": kind, "cohort": cohort, "window_days": window_days or 0, "buckets": buckets, "brackets": list(brackets or [])}
    options["as_of"] = max(last_day(column) for column in known) if as_of is None else day_of(as_of, "as_of")
    statistic = _core.rates.RetentionStatistic(**options)
    if subscribed:
        statistic.add_stays(who, starts, ends)
    else:
        statistic.add(who, days, starts, None if amount is None else column(amount, "amount", data))
    edges = options["brackets"]
    names = [str(k) for k in range(buckets + 1)] if kind != "bracket" else [f"{a}" if b == a + 1 else f"{a}-{b - 1}" for a, b in itertools.pairwise(edges)]
    return RetentionTable(statistic, names, dated, level, data if as_frame(data) is not None else None)
