"""What a list of alarms was worth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import frame_like
from tenure._snapshots import Book
from tenure._threads import threads
from tenure._windows import day_numbers, frame_of, length, need, one_day, one_kind_of_day
from tenure.stats import proportion_ci

_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True, eq=False)
class AlarmEvaluation:
    """What `evaluate_alarms` found.

    Attributes
    ----------
    alarms, counted, repeated, late, early : int
        Alarms raised while the customer was there; those counted, and repetitions within the quiet days; alarms on or after the day of churn and before the
        first day, which count nowhere.
    hits, false_alarms, undecided : int
        Counted alarms with a churn within the horizon, without, and those whose horizon is not over.
    precision, precision_lower, precision_upper : float
        Share of counted alarms with a churn within the horizon, by Kaplan-Meier, so that undecided ones are neither false nor dropped.
    churners, warned, recall, recall_lower, recall_upper
        Who left while watched, how many of them had a counted alarm within the horizon before, and the share.
    lead_time, lead_lower, lead_upper : float
        Median days from the first alarm to the churn, of the alarms that come true.
    leads : frame
        ``share`` of true first alarms and the ``days`` it does not exceed, with ``lower`` and ``upper``.
    customers, alarmed : int
    customer_months : float
    per_customer_month, counted_per_customer_month : float
        The burden: alarms, and counted ones, for each customer and 30.4375 days.
    random_precision, random_recall : float
        Of as many alarms on random days of random customers.
    saved_value, cost, net_value, random_saved_value : float or None
        success_rate x value of the warned churners, what acting on the counted alarms cost, the difference; where values were given.
    horizon : int
    """

    horizon: int
    alarms: int
    counted: int
    repeated: int
    late: int
    early: int
    customers: int
    alarmed: int
    customer_months: float
    per_customer_month: float
    counted_per_customer_month: float
    hits: int
    false_alarms: int
    undecided: int
    precision: float
    precision_lower: float
    precision_upper: float
    churners: int
    warned: int
    recall: float
    recall_lower: float
    recall_upper: float
    lead_time: float
    lead_lower: float
    lead_upper: float
    leads: Any
    random_precision: float
    random_recall: float
    saved_value: float | None
    cost: float | None
    random_saved_value: float | None
    warned_days: np.ndarray
    level: float
    _like: Any = None

    @property
    def net_value(self) -> float | None:
        return None if self.saved_value is None or self.cost is None else self.saved_value - self.cost

    def warned_before(self, days: Any = (1, 7, 14, 30, 60)) -> Any:
        """How many of the churners were warned at least so many days before: ``days``, ``warned``, ``share`` with Wilson's ``lower`` and ``upper``."""
        wanted = [length(day, "days", 0) for day in np.atleast_1d(np.asarray(days, dtype=object)).tolist()]
        warned = np.array([(self.warned_days >= day).sum() for day in wanted], dtype=np.float64)
        lower, upper = (
            proportion_ci(warned, np.full(len(wanted), float(self.churners)), level=self.level) if self.churners else (np.full(len(wanted), np.nan),) * 2
        )
        share = warned / self.churners if self.churners else np.full(len(wanted), np.nan)
        return frame_like({"days": wanted, "warned": warned.astype(np.int64), "share": share, "lower": lower, "upper": upper}, self._like)

    @property
    def table(self) -> Any:
        """``measure``, ``value``, ``lower``, ``upper`` and what ``random`` alarms at the same rate would reach."""
        none = math.nan
        rows: list[tuple[Any, ...]] = [
            ("precision", self.precision, self.precision_lower, self.precision_upper, self.random_precision),
            ("recall", self.recall, self.recall_lower, self.recall_upper, self.random_recall),
            ("lead_time", self.lead_time, self.lead_lower, self.lead_upper, none),
            ("per_customer_month", self.per_customer_month, none, none, self.per_customer_month),
        ]
        if self.saved_value is not None:
            rows.append(("saved_value", self.saved_value, none, none, self.random_saved_value))
            chance = (self.random_saved_value or 0.0) - (self.cost or 0.0)
            rows.append(("net_value", self.net_value, none, none, chance))
        return frame_like(dict(zip(("measure", "value", "lower", "upper", "random"), map(list, zip(*rows, strict=True)), strict=True)), self._like)

    def __repr__(self) -> str:
        def share(value: float, low: float = math.nan, high: float = math.nan) -> str:
            interval = "" if math.isnan(low) else f" ({100 * low:.1f} to {100 * high:.1f})"
            return "not known" if math.isnan(value) else f"{100 * value:.1f}%{interval}"

        lead = "not known" if math.isnan(self.lead_time) else f"{self.lead_time:.0f} days ({self.lead_lower:.0f} to {self.lead_upper:.0f})"
        lines = [
            f"{self.counted:,} alarms counted for {self.alarmed:,} of {self.customers:,} customers ({self.repeated:,} repetitions, {self.late:,} too late)",
            f"  precision {share(self.precision, self.precision_lower, self.precision_upper)}, random alarms {share(self.random_precision)};"
            f" {self.undecided:,} not decided yet",
            f"  recall {share(self.recall, self.recall_lower, self.recall_upper)}: {self.warned:,} of {self.churners:,}, random alarms {share(self.random_recall)}",
            f"  median lead time {lead} within {self.horizon}",
            f"  {self.per_customer_month:.3g} alarms for each customer and month",
        ]
        if self.saved_value is not None:
            lines.append(f"  value saved {self.saved_value:,.0f}, cost {self.cost:,.0f}; random alarms would save {self.random_saved_value:,.0f}")
        return "\n".join(lines)


def evaluate_alarms(
    alarms: Any,
    customers: Any,
    *,
    id: str,
    start: str,
    end: str,
    day: str = "day",
    horizon: Any = "90d",
    quiet: Any = "30d",
    first: Any = None,
    as_of: Any = None,
    value: str | None = None,
    success_rate: float | None = None,
    alarm_cost: float = 0.0,
    level: float = 0.95,
    n_resamples: int = 500,
    random_state: int = 0,
    n_jobs: int | None = None,
) -> AlarmEvaluation:
    """Were the alarms right, were they early, how many were there, and were they better than chance?

    Parameters
    ----------
    alarms : frame
        One row an alarm: the customer's `id` and the `day` (a `WarningSystem` gives such frames).
    customers : frame
        All customers who were watched, alarmed or not, one row each.
    id, start, end : str
        Columns of `customers`: who (also a column of `alarms`), first day, first day no longer there (missing: still there).
    day : str, default="day"
        The column of `alarms` that says when.
    horizon : days, "90d" or time difference
        A churn at most so long after an alarm makes it true.
    quiet : days, "30d" or time difference
        An alarm at most so long after the customer's last counted one is a repetition, and not counted.
    first : date, optional
        First day on which alarms could be raised; the first alarm's where not given.
    as_of : date, optional
        Last day seen; the latest date in the tables where not given.
    value : str, optional
        Column of `customers` with what one is worth, if he stays.
    success_rate : float, optional
        Share of warned churners that can be kept; needed with `value`. An assumption, or the result of an experiment with a control group.
    alarm_cost : float
        Of acting on one counted alarm.
    level, n_resamples, random_state, n_jobs
        Of the intervals; the result does not depend on the number of threads.

    Returns
    -------
    AlarmEvaluation

    Raises
    ------
    InvalidInput
        For alarms of nobody, repeated or missing ids, dates after `as_of`, alarms before `first`, a horizon of 0.

    Notes
    -----
    Where alarms are acted on, a customer who is kept looks like a false alarm: measure precision where nothing was done (a control group).
    Lead times within a horizon are those of alarms that come true within it. Formulas and sources: `include/tenure/alert/alarms.hpp`.

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.alert import evaluate_alarms
    >>> customers = pd.DataFrame({"id": ["a", "b", "c"], "start": [0, 0, 0], "end": [50, None, 70]})
    >>> alarms = pd.DataFrame({"id": ["a", "a", "b"], "day": [30, 35, 10]})
    >>> found = evaluate_alarms(alarms, customers, id="id", start="start", end="end", horizon=40, as_of=100)
    >>> found.counted, found.precision, found.recall, found.lead_time
    (2, 0.5, 0.5, 20.0)
    """
    book = Book(customers, id, start, end)
    if len(book.ids) == 0:
        raise _core.InvalidInput("customers: has no rows")
    frame = frame_of(alarms, "alarms")
    need(frame, [id, day], "alarms")
    who = book.ids.rows_of(frame, id, "alarms") if len(frame) else np.empty(0, dtype=np.int64)
    days, dated = day_numbers(frame, day, "alarms") if len(frame) else (np.empty(0, dtype=np.int64), book.kinds[start])
    if (who < 0).any():
        row = int(np.flatnonzero(who < 0)[0])
        raise _core.InvalidInput(f"alarms: id {frame[id].to_list()[row]!r} in row {row} is none of the customers")
    book.kinds |= {day: dated}
    book.also("alarms", day, days)
    dated = one_kind_of_day(book.kinds)
    last = book.close(as_of, dated)
    if first is None and not len(days):
        raise _core.InvalidInput("first: say since when alarms could be raised; there are none to tell")
    begin = int(days.min()) if first is None else one_day(first, "first", dated)
    early = np.flatnonzero(days < begin)
    if len(early):
        raise _core.InvalidInput(f"alarms: '{day}' in row {int(early[0])} lies before first ({first})")
    worth = None
    if value is not None:
        if success_rate is None:
            raise _core.InvalidInput("success_rate: say which share of warned churners can be kept, to turn value into money")
        need(book.frame, [value], "customers")
        worth = np.asarray(book.frame[value].to_numpy(), dtype=np.float64)
    churn = np.where(book.gone, book.end, _core.alert.NEVER)
    options: dict[str, Any] = {"first": begin, "last": last, "horizon": length(horizon, "horizon", 1), "quiet": length(quiet, "quiet", 0), "level": level}
    options |= {"success_rate": success_rate or 0.0, "alarm_cost": alarm_cost, "repetitions": n_resamples, "seed": random_state}
    found = _core.alert.evaluate_alarms(who, days, book.start, churn, value=worth, lead_shares=list(_SHARES), threads=threads(n_jobs), **options)
    leads = {"share": found.pop("lead_share"), "days": found.pop("lead_time"), "lower": found.pop("lead_lower"), "upper": found.pop("lead_upper")}
    middle = _SHARES.index(0.5)
    whole = ("alarms", "counted", "repeated", "late", "early", "customers", "alarmed", "hits", "false_alarms", "undecided", "churners", "warned")
    found |= {name: int(found[name]) for name in whole}
    found["customer_months"] = found.pop("customer_days") / 30.4375
    if worth is None:
        found |= {"saved_value": None, "cost": None, "random_saved_value": None}
    return AlarmEvaluation(
        **found,
        horizon=int(options["horizon"]),
        lead_time=float(leads["days"][middle]),
        lead_lower=float(leads["lower"][middle]),
        lead_upper=float(leads["upper"][middle]),
        leads=frame_like(leads, customers),
        level=level,
        _like=customers,
    )
