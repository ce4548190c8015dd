"""Customers without a contract: from purchases to stays, and how long a silence means gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import as_frame, frame_like
from tenure.rates._inputs import customer_codes, customer_names, day_of, days_like, to_dates

_NO_DAY = np.iinfo(np.int64).min


def _like(data: Any) -> Any:
    return data if as_frame(data) is not None else None


def _as_of(as_of: Any) -> int:
    return _NO_DAY if as_of is None else day_of(as_of, "as_of")


def active_periods(data: Any = None, *, customer: Any, date: Any, silence: float = 90, dated: str = "threshold", as_of: Any = None) -> Any:
    """Stays of customers from their purchases: a silence longer than ``silence`` days ends a stay.

    Parameters
    ----------
    data : data frame, optional
        Where column names are looked up.
    customer, date : column name or array-like
        Who bought, and when; rows in any order.
    silence : number of days, default 90
        See :func:`return_curve` and :func:`choose_threshold` for a value that the data support.
    dated : {"threshold", "last"}
        A customer counts as gone when the threshold has passed, or (in hindsight) the day after his last purchase.
    as_of : date, optional
        Last day the records know; the latest in them where not given.

    Returns
    -------
    data frame
        Columns ``customer start end`` (a missing end: still active): what :func:`customer_periods` reads.

    Examples
    --------
    >>> import tenure as tn
    >>> tn.rates.active_periods(customer=[1, 1, 1], date=[0, 10, 60], silence=30, as_of=100).values.tolist()
    [[1, 0, 40], [1, 60, 90]]
    """
    days, dated_days = to_dates(date, "date", data)
    codes, names = customer_names(customer, "customer", data)
    made = _core.rates.active_periods(codes, days, silence=silence, dated=dated, as_of=_as_of(as_of))
    who = made["customer"] if names is None else names[made["customer"]]
    columns = {"customer": who, "start": days_like(made["start"], dated_days), "end": days_like(made["end"], dated_days)}
    return frame_like(columns, _like(data))


class Silences:
    """How long customers are silent between purchases, and how likely they still return.

    Parts of disjoint customers merge. Made by :func:`silences`.
    """

    def __init__(self, statistic: Any, like: Any = None) -> None:
        self.statistic = statistic
        self._like = like

    def merge(self, other: Silences) -> Silences:
        """The silences of both sets of customers."""
        total = _core.rates.SilenceStatistic()
        total.merge(self.statistic)
        total.merge(other.statistic)
        return Silences(total, self._like)

    def curve(self, days: Sequence[int] | None = None, *, horizon: float = float("inf"), level: float = 0.95) -> Any:
        """The chance to return by length of the silence: see :func:`return_curve`."""
        rows = self.statistic.finish([] if days is None else [int(d) for d in days], horizon=horizon, level=level)
        names = ("silent_days", "silences", "returned", "probability", "lower", "upper")
        return frame_like({name: [row[name] for row in rows] for name in names}, self._like)

    def threshold(self, *, max_return: float = 0.1, percentile: float = 0.0, horizon: float = float("inf")) -> int:
        """The shortest silence after which the chance to return is at most ``max_return``; or the ``percentile`` of all silences that ended."""
        return self.statistic.choose_threshold(max_return=max_return, percentile=percentile, horizon=horizon)


def silences(data: Any = None, *, customer: Any, date: Any, as_of: Any = None) -> Silences:
    """Lengths of the silences between purchases; parameters as for :func:`active_periods`.

    Examples
    --------
    >>> import tenure as tn
    >>> s = tn.rates.silences(customer=[1, 1, 1, 2], date=[0, 10, 25, 5], as_of=100)
    >>> s.curve([5, 20])["silences"].tolist()
    [4, 2]
    """
    statistic = _core.rates.SilenceStatistic()
    statistic.add(customer_codes(customer, "customer", data), to_dates(date, "date", data)[0], _as_of(as_of))
    return Silences(statistic, _like(data))


def return_curve(
    data: Any = None, *, customer: Any, date: Any, as_of: Any = None, days: Sequence[int] | None = None, horizon: float = float("inf"), level: float = 0.95
) -> Any:
    """The chance that a customer who has been silent for d days still returns (within ``horizon`` days), for each d.

    Silences that last at the end of the records are censored: the curve is Kaplan-Meier's, its bounds Greenwood's; silences of one customer are
    taken as independent.

    Returns
    -------
    data frame
        Columns ``silent_days silences returned probability lower upper``.

    Examples
    --------
    >>> import tenure as tn
    >>> curve = tn.rates.return_curve(customer=[1, 1, 1, 2], date=[0, 10, 25, 5], as_of=100, days=[5, 20])
    >>> curve["probability"].round(4).tolist()
    [0.5, 0.0]
    """
    return silences(data, customer=customer, date=date, as_of=as_of).curve(days, horizon=horizon, level=level)


def choose_threshold(
    data: Any = None, *, customer: Any, date: Any, as_of: Any = None, max_return: float = 0.1, percentile: float = 0.0, horizon: float = float("inf")
) -> int:
    """The shortest silence, in days, after which a customer may be called gone.

    Parameters
    ----------
    max_return : number, default 0.1
        The chance to return that one accepts to overlook.
    percentile : number, optional
        Instead: the silence that this share of all silences that ended does not exceed (vendors use 0.8).
    horizon : number of days, optional
        Only returns within so many days count.

    Examples
    --------
    >>> import tenure as tn
    >>> tn.rates.choose_threshold(customer=[1, 1, 1, 2], date=[0, 10, 25, 5], as_of=100)
    15
    """
    return silences(data, customer=customer, date=date, as_of=as_of).threshold(max_return=max_return, percentile=percentile, horizon=horizon)


def threshold_sensitivity(
    data: Any = None,
    *,
    customer: Any,
    date: Any,
    thresholds: Sequence[float],
    first: Any,
    last: Any,
    as_of: Any = None,
    dated: str = "threshold",
    level: float = 0.95,
) -> Any:
    """The churn rate of the period from ``first`` to ``last`` (both included) for several silences, and how many of those called gone came back.

    Returns
    -------
    data frame
        Columns ``silence begin lost rate lower upper returned_later``.

    Examples
    --------
    >>> import tenure as tn
    >>> table = tn.rates.threshold_sensitivity(customer=[1, 1, 2, 3], date=[0, 50, 20, 45], thresholds=[20, 40], first=30, last=59, as_of=100)
    >>> table[["begin", "lost"]].values.tolist()
    [[1.0, 1.0], [2.0, 0.0]]
    """
    days, _ = to_dates(date, "date", data)
    first_day, after = day_of(first, "first"), day_of(last, "last") + 1
    options = {"as_of": _as_of(as_of), "dated": dated}
    rows = _core.rates.threshold_sensitivity(customer_codes(customer, "customer", data), days, list(thresholds), first_day, after, level, **options)
    names = ("silence", "begin", "lost", "rate", "lower", "upper", "returned_later")
    return frame_like({name: [row[name] for row in rows] for name in names}, _like(data))
