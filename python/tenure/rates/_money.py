"""Revenue movements, and what lost customers cost."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import column, frame_like
from tenure._threads import threads
from tenure.rates._inputs import customer_codes
from tenure.rates._results import Result, notes_from, number, percent, plain, warn_about


class Ratio(float):
    """A ratio with its interval: a number with ``lower`` and ``upper``."""

    lower: float
    upper: float

    def __new__(cls, value: float, lower: float, upper: float) -> Ratio:
        ratio = super().__new__(cls, value)
        ratio.lower, ratio.upper = lower, upper
        return ratio

    def __reduce__(self) -> tuple[Any, ...]:
        return Ratio, (float(self), self.lower, self.upper)

    def __str__(self) -> str:
        return f"{percent(self)} [{percent(self.lower)}, {percent(self.upper)}]"


class RevenueChurn(Result):
    """Revenue movements of a period: ``end = begin + new_business + reactivation + expansion - contraction - churn + fx``.

    Attributes
    ----------
    gross, net, grr, nrr : Ratio
        Gross and net revenue churn, gross and net revenue retention, each with ``lower`` and ``upper``.
    quick_ratio : float
        (new business + expansion [+ reactivation]) / (contraction + churn).
    movements : data frame
        One row a movement: ``amount``, ``customers``, share of the revenue at the open.
    """

    _title = "Revenue churn"

    @property
    def movements(self) -> Any:
        names = ("begin", "new_business", "reactivation", "expansion", "contraction", "churn", "fx", "end")
        counts = {
            name: self[f"customers_{key}"] for name, key in zip(names[:6], ("begin", "new", "reactivated", "expanded", "contracted", "churned"), strict=True)
        }
        counts |= {"fx": None, "end": counts["begin"] + counts["new_business"] + counts["reactivation"] - counts["churn"]}
        amounts = {name: 0.0 - self[name] if name in ("contraction", "churn") else self[name] for name in names}
        shares = [amount / self.begin if self.begin else float("nan") for amount in amounts.values()]
        return frame_like({"movement": list(names), "amount": list(amounts.values()), "customers": [counts[name] for name in names], "share_of_begin": shares})

    def _lines(self) -> list[tuple[str, str]]:
        money = ("begin", "new_business", "reactivation", "expansion", "contraction", "churn", "fx", "end")
        lines = [(name.replace("_", " "), number(self[name])) for name in money]
        lines += [(title, str(self[name])) for title, name in (("gross churn", "gross"), ("net churn", "net"), ("GRR", "grr"), ("NRR", "nrr"))]
        return [*lines, ("quick ratio", f"{self.quick_ratio:.2f}")]


def revenue_churn(
    begin_mrr: Any,
    end_mrr: Any,
    *,
    customer: Any = None,
    paid_before: Any = None,
    begin_fx: Any = None,
    end_fx: Any = None,
    data: Any = None,
    level: float = 0.95,
    reactivation_in_net: bool = False,
    reactivation_in_quick: bool = True,
    interval: str = "linearised",
    resamples: int = 1000,
    random_state: int = 0,
    n_jobs: int | None = None,
) -> RevenueChurn:
    """Revenue churn and retention from each customer's recurring revenue at the open and at the close of a period.

    Parameters
    ----------
    begin_mrr, end_mrr : array-like or column name
        Recurring revenue of each line, >= 0; 0 where it was not paid for.
    customer : array-like or column name, optional
        Whose line it is: a line that ends while the customer keeps others is contraction, the last one is churn.
    paid_before : array-like or column name, optional
        1 where a customer without revenue at the open had paid before: his revenue is reactivation, not new business.
    begin_fx, end_fx : array-like, column name or number, optional
        Exchange rates of each line's currency at the open and at the close. Movements are valued at ``begin_fx``; what the change
        of the rates does to the revenue at the close is the movement ``fx``.
    data : data frame, optional
        Where column names are looked up.
    level : float, default 0.95
    reactivation_in_net, reactivation_in_quick : bool
        Whether reactivated revenue lowers net churn, and whether it counts as gained in the quick ratio.
    interval : {"linearised", "bootstrap"}
        Both treat customers as the sample; the bootstrap draws ``resamples`` samples from the stream ``random_state``.

    Returns
    -------
    RevenueChurn

    Examples
    --------
    >>> import tenure as tn
    >>> r = tn.rates.revenue_churn([10, 10, 40, 40], [0, 0, 50, 40])
    >>> float(r.gross), float(r.net), float(r.grr), float(r.nrr)
    (0.2, 0.1, 0.8, 0.9)
    """

    def values(given: Any, name: str) -> np.ndarray:
        return column(given, name, data).astype(np.float64, copy=False)

    begin, end, current = values(begin_mrr, "begin_mrr"), values(end_mrr, "end_mrr"), None
    if (begin_fx is None) != (end_fx is None):
        raise TypeError("begin_fx and end_fx are given together or not at all")
    if begin_fx is not None:
        first, last = (fx if isinstance(fx, numbers.Real) else values(fx, name) for fx, name in ((begin_fx, "begin_fx"), (end_fx, "end_fx")))
        begin, end, current = begin * first, end * first, end * last
    who = None if customer is None else customer_codes(customer, "customer", data)
    paid = None if paid_before is None else column(paid_before, "paid_before", data)
    options: dict[str, Any] = {"level": level, "reactivation_in_net": reactivation_in_net, "reactivation_in_quick": reactivation_in_quick}
    options |= {"interval": interval, "resamples": resamples, "seed": random_state}
    parts = _core.rates.revenue_churn(begin, end, who, paid, current, threads=threads(n_jobs), **options)
    for name in ("gross", "net", "grr", "nrr"):
        parts[name] = Ratio(**parts[name])
    parts["notes"] = notes_from(parts["notes"])
    warn_about(parts["notes"], 2)
    return RevenueChurn(parts)


def monthly_revenue(quantity: Any, amount: Any, months: Any = 1) -> float:
    """Monthly recurring revenue of billing lines: the sum of quantity x amount / months.

    Examples
    --------
    >>> import tenure as tn
    >>> tn.rates.monthly_revenue([100, 50], [100, 600], [1, 12])
    12500.0
    """
    lines = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (quantity, amount, months)))
    return _core.rates.monthly_revenue(*(np.ascontiguousarray(line).reshape(-1) for line in lines))


class ChurnLoss(Result):
    """What lost customers cost: ``lost_revenue``, ``loss`` (their profit), ``replacement``, ``fixed_cost`` and their ``total``."""

    _title = "Churn loss"

    def _lines(self) -> list[tuple[str, str]]:
        names = ["lost", "lost_revenue", "loss", *(name for name in ("replacement", "fixed_cost") if self[name]), "total"]
        return [(name.replace("_", " "), number(self[name])) for name in names]


def churn_loss(
    *,
    turnover: Sequence[tuple[float, float]] | Any,
    lost: float | None = None,
    profit_rate: Any = 1.0,
    periods: float = 1,
    survival: float = 1.0,
    discount: float = 0.0,
    return_chance: float = 0.0,
    replacement_cost: float = 0.0,
    fixed_cost: float = 0.0,
) -> ChurnLoss:
    """The loss through churn: turnover of the lost customers x profit rate, and what comes on top.

    Parameters
    ----------
    turnover : list of (share, amount), or array-like
        Classes of lost customers: the share of each and the turnover of one customer a period, shares adding up to 1, with ``lost``;
        or the turnover of each lost customer, without ``lost``.
    lost : number
        Lost customers, or an object with ``.lost`` (a :class:`RateEstimate`).
    profit_rate : number, or array-like with one value a customer
        Profit per unit of turnover.
    periods : number >= 1, default 1
        How many periods the loss is counted for; later ones are weighted with ``survival`` (the chance that a customer would have stayed another
        period) and ``discount`` (interest a period).
    return_chance : number
        Chance that a lost customer comes back by himself.
    replacement_cost, fixed_cost : number
        Cost of winning one new customer; fixed cost that a customer carried a period.

    Returns
    -------
    ChurnLoss

    Examples
    --------
    >>> import tenure as tn
    >>> loss = tn.rates.churn_loss(lost=200, turnover=[(0.5, 100_000), (0.5, 200_000)], profit_rate=0.05)
    >>> loss.lost_revenue, loss.loss
    (30000000, 1500000)
    """
    options = {"periods": periods, "survival": survival, "discount": discount, "return_chance": return_chance}
    options |= {"replacement_cost": replacement_cost, "fixed_cost": fixed_cost}
    pairs = not hasattr(turnover, "dtype") and len(turnover) > 0 and np.ndim(turnover[0]) == 1
    if pairs:
        if lost is None:
            raise TypeError("lost is needed with turnover as (share, amount) classes")
        classes = [(float(share), float(amount)) for share, amount in turnover]
        parts = _core.rates.churn_loss(getattr(lost, "lost", lost), classes, profit_rate=profit_rate, **options)
    else:
        if lost is not None:
            raise TypeError("lost is the number of turnovers when each customer's is given")
        each = None if np.isscalar(profit_rate) else column(profit_rate, "profit_rate")
        if each is None:
            options["profit_rate"] = profit_rate
        parts = _core.rates.churn_loss_each(column(turnover, "turnover"), each, **options)
    return ChurnLoss({name: plain(value) for name, value in parts.items()})
