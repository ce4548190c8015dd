"""Whom to make an offer, and whom to let go."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import frame_like
from tenure.value._likelihood import numbers

_DECISIONS = np.array(["let go", "unsure", "keep", "budget spent"], dtype=object)


@dataclass(frozen=True, eq=False)
class KeepOrLetGo:
    """What `keep_or_let_go` found.

    Attributes
    ----------
    gain, cost : ndarray
        Expected gain and cost of making each customer the offer.
    gain_lower, gain_upper : ndarray or None
        Limits of `gain`, where value or churn came with limits.
    break_even : ndarray
        Churn probability at which the offer pays; infinite where it never does.
    decision : ndarray
        "keep", "unsure" (gain positive, but not its lower limit), "let go", "budget spent".
    rank : ndarray
        Place in the order of offers, by gain for each unit of cost; -1 without an offer.
    customers, total_gain, total_lower, total_upper, total_cost : float
        Of all offers made. The limits are sums: all estimates at their worst, or best, together.
    """

    gain: np.ndarray
    gain_lower: np.ndarray | None
    gain_upper: np.ndarray | None
    cost: np.ndarray
    break_even: np.ndarray
    decision: np.ndarray
    rank: np.ndarray
    customers: int
    total_gain: float
    total_lower: float
    total_upper: float
    total_cost: float

    @property
    def table(self) -> Any:
        """One line a customer."""
        names = ("decision", "gain", "gain_lower", "gain_upper", "cost", "break_even", "rank")
        return frame_like({name: getattr(self, name) for name in names if getattr(self, name) is not None})

    def __repr__(self) -> str:
        counts = ", ".join(f"{(self.decision == name).sum()} {name}" for name in _DECISIONS if (self.decision == name).any())
        return f"<{self.customers} offers: gain {self.total_gain:.4g} for {self.total_cost:.4g} ({counts})>"


def keep_or_let_go(
    value: Any,
    churn: Any,
    *,
    offer_cost: float = 0.0,
    contact_cost: float = 0.0,
    chance: float = 1.0,
    waste: float = 1.0,
    budget: float = math.inf,
    value_limits: tuple[Any, Any] | None = None,
    churn_limits: tuple[Any, Any] | None = None,
) -> KeepOrLetGo:
    """Whom a retention offer pays for, customer by customer.

    gain = churn x chance x value - contact_cost - offer_cost x (churn x chance + (1 - churn) x waste)

    This is the gain of an attempt to keep in `tenure.rates.keep_or_acquire`, for customers of whom only some would leave.

    Parameters
    ----------
    value : array-like
        Profit still expected of each customer if he stays (`lifetime_value(...).value`, for example); may be negative.
    churn : array-like
        Probability that each leaves without an offer.
    offer_cost : float
        What an accepting customer gets costs this much.
    contact_cost : float
        Cost of an attempt, whatever comes of it.
    chance : float
        Chance that a customer who would leave accepts and stays. One number for all is a rough answer: whom an offer persuades is a question for an
        experiment.
    waste : float
        Chance that a customer who would have stayed anyway takes the offer.
    budget : float
        Most money that all offers together may be expected to cost; those of the highest gain for each unit of cost come first.
    value_limits, churn_limits : (lower, upper), optional
        Intervals of the estimates. The interval of the gain runs from both at their worst to both at their best, so it is wider than its level says.

    Examples
    --------
    >>> from tenure.value import keep_or_let_go
    >>> found = keep_or_let_go([500, 500, 40, -10], [0.4, 0.02, 0.4, 0.9], offer_cost=20, contact_cost=2, chance=0.3)
    >>> found.decision.tolist(), found.gain.round(1).tolist()
    (['keep', 'let go', 'let go', 'let go'], [43.6, -18.7, -11.6, -12.1])
    """
    limits: dict[str, np.ndarray] = {}
    for name, given in (("value", value_limits), ("churn", churn_limits)):
        if given is None:
            continue
        if len(given) != 2:
            raise ValueError(f"{name}_limits: must be a pair (lower, upper)")
        limits |= {f"{name}_lower": numbers(given[0], f"{name}_limits"), f"{name}_upper": numbers(given[1], f"{name}_limits")}
    options: dict[str, Any] = {"offer_cost": offer_cost, "contact_cost": contact_cost, "chance": chance, "waste": waste, "budget": budget}
    found = _core.value.keep_or_let_go(numbers(value, "value"), numbers(churn, "churn"), **limits, **options)
    if not limits:
        found |= {"gain_lower": None, "gain_upper": None}
    found["decision"] = _DECISIONS[found["decision"]]
    found["customers"] = int(found["customers"])
    return KeepOrLetGo(**found)
