"""Churn rates by every convention, from counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import as_frame, column, frame_like
from tenure.rates._results import Result, notes_from, number, percent, plain, warn_about

CONVENTIONS: tuple[str, ...] = _core.rates.conventions

COUNTS = (
    *("begin", "end", "new", "lost", "returned", "lost_open", "lost_flash", "lost_back", "days", "customer_days"),
    *("snapshots", "daily_open", "daily_lost", "eligible", "eligible_lost"),
)

_PERIOD_DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "quarter": 365.25 / 4, "year": 365.25}


class RateEstimate(Result):
    """A churn rate with its interval, what it was computed from, and remarks.

    Attributes
    ----------
    rate, lower, upper : float
        The rate and its confidence bounds; NaN with a warning where there is nothing to divide by.
    lost, denominator : number
        What was divided by what.
    convention, formula : str
        The convention, by name and in words.
    level, interval
        Level and method of the interval.
    notes : tuple of str
        Assumptions and warnings; each has a ``code`` and a ``warning`` flag.
    """

    rate: float
    lower: float
    upper: float
    lost: float
    denominator: float
    level: float
    convention: str
    interval: str
    formula: str
    notes: tuple[Any, ...]

    def __init__(self, parts: Mapping[str, Any]) -> None:
        given = dict(parts)
        notes = given.pop("notes")
        given["notes"] = notes_from(notes) if isinstance(notes, list) else notes
        super().__init__({name: plain(value) if name in ("lost", "denominator") else value for name, value in given.items()})

    @property
    def retention(self) -> float:
        """1 - rate, for the conventions of which that is a retention rate; the others refuse."""
        return _core.rates.retention(self.convention, self.rate)

    @property
    def one_in(self) -> float:
        """One of how many customers left."""
        return 1 / self.rate if self.rate else float("inf")

    def __float__(self) -> float:
        return self.rate

    def __repr__(self) -> str:
        head = (
            f"churn rate {percent(self.rate)} [{percent(self.lower)}, {percent(self.upper)}]"
            f"  ({self.convention}: {number(self.lost)} / {number(self.denominator)}; {100 * self.level:g}% {self.interval or 'no interval'})"
        )
        return "\n".join([head, *(f"  {'warning' if note.warning else 'note'}: {note}" for note in self.notes)])

    _title = "Churn rate"

    def _lines(self) -> list[tuple[str, str]]:
        return [
            ("rate", percent(self.rate)),
            (f"{100 * self.level:g}% interval ({self.interval})", f"{percent(self.lower)} to {percent(self.upper)}"),
            ("lost", number(self.lost)),
            ("divided by", number(self.denominator)),
            (f"convention '{self.convention}'", self.formula),
        ]


def _counts(counts: Mapping[str, Any] | None, **given: Any) -> dict[str, Any]:
    """What is known of the period, from a mapping of counts or from keywords."""
    known = {} if counts is None else {name: counts[name] for name in counts if counts[name] is not None and name in given}
    for name, value in given.items():
        if value is None:
            continue
        if name in known:
            raise TypeError(f"{name} is given twice: in counts and as a keyword")
        known[name] = np.asarray(column(value, name), dtype=np.float64).tolist() if name in ("snapshots", "daily_open", "daily_lost") else value
    return known


def churn_rate(
    counts: Mapping[str, Any] | None = None,
    *,
    begin: float | None = None,
    end: float | None = None,
    new: float | None = None,
    lost: float | None = None,
    returned: float | None = None,
    lost_open: float | None = None,
    lost_flash: float | None = None,
    lost_back: float | None = None,
    days: float | None = None,
    customer_days: float | None = None,
    snapshots: Sequence[float] | None = None,
    daily_open: Sequence[float] | None = None,
    daily_lost: Sequence[float] | None = None,
    eligible: float | None = None,
    eligible_lost: float | None = None,
    convention: str = "begin",
    new_counts: str = "gross",
    flash: str = "include",
    level: float = 0.95,
    method: str = "wilson",
    per_days: float | None = None,
    min_n: float = 30,
) -> RateEstimate:
    """The churn rate of a period, by one convention, with an interval that suits it.

    The counts obey ``end = begin + new + returned - lost``: give three of the four and the last follows; give all and they are checked.
    Nothing is ever clipped: counts that contradict each other are refused.

    Parameters
    ----------
    counts : mapping, optional
        The counts by name, for example one period of :func:`customer_periods`; instead of keywords.
    begin, end : number
        Customers active when the period opens and when it closes.
    new, returned : number
        First-ever starts inside the period, and starts of customers who had left before.
    lost : number
        All ends inside the period.
    lost_open, lost_flash, lost_back : number
        Customers of the opening set who are gone at the close; customers who joined and left inside the period; customers of the
        opening set who left and came back. The last two are taken as 0, with a note, where not given.
    days, customer_days : number
        Length of the period, and the days on which each customer was active, summed (``customer_days``, ``hazard``).
    snapshots, daily_open, daily_lost : sequence of numbers
        Active customers at k + 1 moments (``average_k``); each day's customers and losses (``daily_sum``, ``daily_product``, ``km``).
    eligible, eligible_lost : number
        Contracts up for renewal, and those not renewed (``eligible``).
    convention : str
        What is divided by what: ``begin`` (default), ``begin_gross``, ``end``, ``average``, ``average_k``, ``begin_plus_new``, ``daily_sum``,
        ``daily_product``, ``customer_days``, ``hazard``, ``km``, ``eligible``.
    new_counts : {"gross", "kept"}
        Whether ``new`` holds every start or only customers still there at the close.
    flash : {"include", "exclude", "ignore_both"}
        Customers who joined and left inside the period, in conventions that count all losses: both new and lost; new only; neither.
    level, method
        Of the interval; ``method`` as in :func:`tenure.stats.proportion_ci` for conventions that are proportions.
    per_days : float, optional
        Restate the rate for a period of that many days (a 28-day and a 31-day month per 30 days, say).
    min_n : float
        A smaller denominator gets a note.

    Returns
    -------
    RateEstimate

    Raises
    ------
    InvalidInput
        For a negative count, counts that do not add up, or counts that the convention needs and that are missing.

    Warns
    -----
    RateWarning
        Where the number misleads without a remark: the ``end`` convention (names the ``begin`` value), an empty denominator.

    Examples
    --------
    >>> import tenure as tn
    >>> rate = tn.rates.churn_rate(begin=3000, new=500, end=3300)
    >>> rate.lost, round(rate.rate, 6)
    (200, 0.066667)
    """
    known = _counts(
        counts,
        begin=begin,
        end=end,
        new=new,
        lost=lost,
        returned=returned,
        lost_open=lost_open,
        lost_flash=lost_flash,
        lost_back=lost_back,
        days=days,
        customer_days=customer_days,
        snapshots=snapshots,
        daily_open=daily_open,
        daily_lost=daily_lost,
        eligible=eligible,
        eligible_lost=eligible_lost,
    )
    options = {"new_counts": new_counts, "flash": flash, "level": level, "method": method, "per_days": per_days, "min_n": min_n}
    estimate = RateEstimate(_core.rates.churn_rate(known, convention, **options))
    warn_about(estimate.notes, 2)
    return estimate


def churn_rates(counts: Mapping[str, Any] | None = None, *, like: Any = None, **given: Any) -> Any:
    """The churn rate by every convention that the counts allow, one row each, with its own interval.

    Parameters
    ----------
    counts : mapping, optional
        The counts by name.
    like : data frame, optional
        A frame of the kind wanted; pandas otherwise.
    **given
        Counts and options as for :func:`churn_rate`, without ``convention``.

    Returns
    -------
    data frame
        Columns ``convention rate lower upper lost denominator interval formula notes``.

    Examples
    --------
    >>> import tenure as tn
    >>> table = tn.rates.churn_rates(begin=3000, new=500, end=3300)
    >>> [f"{name} {100 * rate:.4f}" for name, rate in zip(table["convention"], table["rate"])]
    ['begin 6.6667', 'begin_gross 6.6667', 'end 6.0606', 'average 6.3492', 'begin_plus_new 5.7143']
    """
    options = {name: given.pop(name) for name in ("new_counts", "flash", "level", "method", "per_days", "min_n") if name in given}
    unknown = set(given) - set(COUNTS)
    if unknown:
        raise TypeError(f"churn_rates() got an unexpected keyword argument '{min(unknown)}'")
    return rates_table(_core.rates.churn_rates(_counts(counts, **{name: given.get(name) for name in COUNTS}), **options), like)


def rates_table(estimates: list[dict[str, Any]], like: Any, **first: Any) -> Any:
    """Estimates as rows of a frame, after the columns `first`."""
    columns: dict[str, Any] = dict(first)
    for name in ("convention", "rate", "lower", "upper", "lost", "denominator", "interval", "formula"):
        columns[name] = [e[name] for e in estimates]
    columns["notes"] = ["; ".join(note["text"] for note in e["notes"]) for e in estimates]
    return frame_like(columns, like)


def _days(period: float | str, name: str) -> float:
    if isinstance(period, str):
        if period not in _PERIOD_DAYS:
            raise _core.InvalidInput(f"{name} is '{period}', must be a number of days or one of {', '.join(_PERIOD_DAYS)}")
        return _PERIOD_DAYS[period]
    return period


def convert_rate(rate: float | RateEstimate, *, from_days: float | str = "month", to_days: float | str = "year", kind: str = "churn") -> Any:
    """The rate of a period of another length, by compounding.

    Parameters
    ----------
    rate : float or RateEstimate
        An estimate is converted with its interval; conventions that are no probabilities refuse.
    from_days, to_days : number of days, or "day", "week", "month", "quarter", "year"
    kind : {"churn", "growth"}
        ``churn``: 1 - (1 - rate)^(to / from); ``growth`` (expansion, net revenue): (1 + rate)^(to / from) - 1.

    Returns
    -------
    float or RateEstimate

    Examples
    --------
    >>> import tenure as tn
    >>> round(tn.rates.convert_rate(0.02), 4)        # 2% a month is not 24% a year
    0.2153
    """
    options = {"from_days": _days(from_days, "from_days"), "to_days": _days(to_days, "to_days"), "kind": kind}
    if not isinstance(rate, RateEstimate):
        return _core.rates.convert_rate(rate, **options)
    made = _core.rates.convert_estimate(rate.convention, rate.rate, rate.lower, rate.upper, **options)
    return RateEstimate({**rate, **{name: made[name] for name in ("rate", "lower", "upper")}, "notes": (*rate.notes, *notes_from(made["notes"]))})


def period_growth(counts: Any, *, periods: Sequence[Any] | None = None, level: float = 0.95) -> Any:
    """Growth of counts from period to period, with exact Poisson intervals.

    Parameters
    ----------
    counts : array-like, mapping of names to array-likes, or data frame
        Counts in order of time; several series (total, normal, abnormal, ...) as a mapping or a frame.
    periods : sequence, optional
        Names of the periods.
    level : float, default 0.95

    Returns
    -------
    data frame
        Columns ``series`` (with several series), ``period``, ``value``, ``change``, ``growth``, ``lower``, ``upper``.

    Examples
    --------
    >>> import tenure as tn
    >>> [f"{g:+.0%}" for g in tn.rates.period_growth([184, 369, 611])["growth"][1:]]
    ['+101%', '+66%']
    """
    frame = as_frame(counts)
    series = {name: frame[name].to_native() for name in frame.columns} if frame is not None else counts if isinstance(counts, Mapping) else {"": counts}
    columns: dict[str, list[Any]] = {"series": [], "period": [], "value": [], "change": [], "growth": [], "lower": [], "upper": []}
    for name, values in series.items():
        rows = _core.rates.period_growth(np.asarray(column(values, name or "counts"), dtype=np.float64), level)
        if periods is not None and len(periods) != len(rows):
            raise _core.InvalidInput(f"periods: must have one name a count: {len(rows)}, not {len(periods)}")
        columns["series"] += [name] * len(rows)
        columns["period"] += list(periods if periods is not None else range(len(rows)))
        for field in ("value", "change", "growth", "lower", "upper"):
            columns[field] += [plain(row[field]) if field in ("value",) else row[field] for row in rows]
    if "" in series:
        del columns["series"]
    return frame_like(columns, counts)
