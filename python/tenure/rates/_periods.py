"""From customer records to periods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import as_frame, frame_like
from tenure._threads import threads
from tenure.rates._churn import COUNTS, RateEstimate, churn_rate, rates_table
from tenure.rates._inputs import Dates, customer_codes, day_of, days_like, first_day, last_day, to_dates
from tenure.rates._results import plain

CALENDAR = ("day", "week", "month", "quarter", "year")


class CustomerPeriods(Sequence[dict[str, Any]]):
    """Counts of every period, computed from customer records.

    A sequence of counts (each fits :func:`churn_rate`), with the same as a frame and the rates of all periods.

    Attributes
    ----------
    table : data frame
        One row a period: ``period``, ``begin new returned lost end`` with ``end = begin + new + returned - lost``, ``lost_open lost_flash
        lost_back``, ``days``, ``customer_days``, ``complete``.
    statistic : PeriodStatistic
        The mergeable counts behind it.
    """

    def __init__(self, statistic: Any, dated: bool, last_seen: int, like: Any) -> None:
        self.statistic = statistic
        self._counts = statistic.finish()
        self._dated, self._last_seen, self._like = dated, last_seen, like

    def __len__(self) -> int:
        return len(self._counts)

    def __getitem__(self, index: Any) -> Any:
        return self._counts[index]

    def merge(self, other: CustomerPeriods) -> CustomerPeriods:
        """The periods of both sets of customers together."""
        total = _core.rates.PeriodStatistic.from_bytes(self.statistic.to_bytes())
        total.merge(other.statistic)
        return CustomerPeriods(total, self._dated, max(self._last_seen, other._last_seen), self._like)

    def _labels(self) -> np.ndarray:
        return days_like(self.statistic.edges[:-1], self._dated)

    @property
    def table(self) -> Any:
        columns: dict[str, Any] = {"period": self._labels()}
        for name in ("begin", "new", "returned", "lost", "end", "lost_open", "lost_flash", "lost_back", "days", "customer_days", "eligible", "eligible_lost"):
            values = [plain(counts[name]) for counts in self._counts]
            if any(value is not None for value in values):
                columns[name] = values
        columns["complete"] = [bool(after <= self._last_seen + 1) for after in self.statistic.edges[1:]]
        return frame_like(columns, self._like)

    def rate(self, period: int = -1, *, convention: str = "begin", **options: Any) -> RateEstimate:
        """The churn rate of one period (the last by default); options as for :func:`churn_rate`."""
        return churn_rate(self._counts[period], convention=convention, **options)

    def rates(self, *, convention: str | None = None, **options: Any) -> Any:
        """A frame of the rates of all periods, by one convention or by all that apply."""
        rows: list[int] = []
        estimates: list[dict[str, Any]] = []
        for p, counts in enumerate(self._counts):
            known = {name: counts[name] for name in COUNTS if counts[name] is not None}
            made = _core.rates.churn_rates(known, **options) if convention is None else [_core.rates.churn_rate(known, convention, **options)]
            rows += [p] * len(made)
            estimates += made
        return rates_table(estimates, self._like, period=self._labels()[rows])

    def __repr__(self) -> str:
        return f"{len(self)} periods of {self.statistic.records:,} records\n{self.table}"

    def _repr_html_(self) -> str:
        table = self.table
        return table._repr_html_() if hasattr(table, "_repr_html_") else f"<pre>{self!r}</pre>"


def _edges(periods: Any, first: Any, last: Any, start: Dates, last_seen: int) -> np.ndarray:
    """First days of the periods, and the day after the last one."""
    if not isinstance(periods, str):
        return np.array([day_of(edge, "periods") for edge in periods], dtype=np.int64)
    if periods.startswith("trailing"):
        days = periods.removeprefix("trailing")
        if not days.isdigit() or int(days) < 1:
            raise _core.InvalidInput(f"periods is '{periods}', must be 'trailing30' or another number of days")
        end = last_seen if last is None else day_of(last, "last")
        return np.array([end + 1 - int(days), end + 1])
    if periods not in CALENDAR:
        raise _core.InvalidInput(f"periods is '{periods}', must be one of {', '.join(CALENDAR)}, 'trailing30', or a list of first days")
    begin = first_day(start, "start") if first is None else day_of(first, "first")
    return _core.rates.calendar_edges(begin, (last_seen if last is None else day_of(last, "last")) + 1, periods)


def customer_periods(
    data: Any = None,
    *,
    start: Any,
    end: Any,
    customer: Any = None,
    renewal: Any = None,
    periods: str | Sequence[Any] = "month",
    first: Any = None,
    last: Any = None,
    as_of: Any = None,
    end_inclusive: bool = False,
    gap: float = 0,
    return_window: float = float("inf"),
    renewal_grace: float = 0,
    n_jobs: int | None = None,
) -> CustomerPeriods:
    """Counts of every period from customer records (start, end): what each churn convention needs, computed from the same facts.

    A customer is active on the days [start, end): ``end`` is the first day on which he is not (``end_inclusive=True``: the last on which he is). Period p holds
    whole days; it opens with the customers active on the day before its first, and closes with those active on its last.

    Parameters
    ----------
    data : data frame, optional
        Where column names are looked up.
    start, end : column name or array-like
        Dates, times (their civil day counts) or day numbers; a missing end is a customer who is still active.
    customer : column name or array-like, optional
        Who it is. Without it every record is another customer. Stays of one customer that overlap or lie at most ``gap`` days apart are one.
    renewal : column name or array-like, optional
        First day of the next term, where a contract was up for renewal: for the convention ``eligible``.
    periods : {"day", "week", "month", "quarter", "year"}, "trailing30", or list of dates
        Calendar periods, the 30 (or any number of) days up to ``last``, or the first day of each period and the day after the last.
    first, last : date, optional
        First and last day wanted; the first start and ``as_of`` where not given.
    as_of : date, optional
        Last day that the records know; the latest date in them where not given. Later periods are not ``complete``.
    return_window : number of days, optional
        Who returns later than that counts as new.
    renewal_grace : number of days
        An end that long after a renewal date still is a lost renewal.
    n_jobs : int, optional
        Threads; the counts do not depend on it.

    Returns
    -------
    CustomerPeriods

    Raises
    ------
    InvalidInput
        With the row, for a missing start, an end before its start, or a value that is no date.

    Examples
    --------
    >>> import tenure as tn
    >>> p = tn.rates.customer_periods(start=["2025-12-03", "2026-01-10"], end=["2026-01-20", None], periods=["2026-01-01", "2026-02-01"])
    >>> p[0]["begin"], p[0]["new"], p[0]["lost"], p[0]["end"]
    (1.0, 1.0, 1.0, 1.0)
    """
    (starts, dated), (ends, _) = to_dates(start, "start", data), to_dates(end, "end", data)
    renewals = None if renewal is None else to_dates(renewal, "renewal", data)[0]
    who = None if customer is None else customer_codes(customer, "customer", data)
    last_seen = max(last_day(starts), last_day(ends)) if as_of is None else day_of(as_of, "as_of")
    edges = _edges(periods, first, last, starts, last_seen)
    statistic = _core.rates.PeriodStatistic(edges.tolist(), end_inclusive=end_inclusive, gap=gap, return_window=return_window, renewal_grace=renewal_grace)
    statistic.add(starts, ends, who, renewals, threads=threads(n_jobs))
    return CustomerPeriods(statistic, dated or (isinstance(periods, str) and periods in CALENDAR), last_seen, data if as_frame(data) is not None else None)


def end_dates(
    data: Any = None,
    *,
    term_end: Any = None,
    cancelled: Any = None,
    unpaid_since: Any = None,
    churn_date: str = "term_end",
    delinquent_days: float = 30,
) -> np.ndarray:
    """The first inactive day of each subscription, by a rule for when a subscriber counts as gone.

    Parameters
    ----------
    term_end, cancelled, unpaid_since : column name or array-like, optional
        End of the paid term (first day not paid for), day of cancelling (missing = renews), and the day since which nothing was paid.
    churn_date : {"term_end", "cancel", "day_after_cancel"}
        When a subscriber who cancels counts as gone.
    delinquent_days : number
        Days without payment after which a customer counts as gone.

    Returns
    -------
    numpy.ndarray of datetime64[D]
        NaT for those still active.

    Examples
    --------
    >>> import tenure as tn
    >>> tn.rates.end_dates(term_end=["2026-02-01", "2026-02-01"], cancelled=["2026-01-10", None]).astype(str).tolist()
    ['2026-02-01', 'NaT']
    """
    columns = {"term_end": term_end, "cancelled": cancelled, "unpaid_since": unpaid_since}
    dates = [None if column is None else to_dates(column, name, data)[0] for name, column in columns.items()]
    return _core.rates.end_dates(*dates, date=churn_date, delinquent_days=delinquent_days).view("datetime64[D]")
