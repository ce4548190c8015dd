"""Funnels, keeping against acquiring, and winning customers back."""

from __future__ import annotations

import numbers
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import as_frame, column, frame_like
from tenure.rates._results import Result, number, percent, plain


class Funnel(Result):
    """Losses of a funnel: ``stages`` (a row each), ``lost``, ``overall_rate`` and ``biggest_leak`` (a stage's name, or None)."""

    _title = "Funnel"

    def _lines(self) -> list[tuple[str, str]]:
        t = self.stages
        return [(str(name), f"{number(entered)} ({percent(rate)})") for name, entered, rate in zip(t["stage"], t["entered"], t["overall_rate"], strict=True)]


def funnel(stages: Any, *, order: Sequence[Any] | None = None, level: float = 0.95, method: str = "wilson") -> Funnel:
    """Losses from stage to stage of a funnel, leads to customers for example.

    Parameters
    ----------
    stages : mapping of stage to count, or array-like
        How many reached each stage, in order; or, with ``order``, each unit's furthest stage (missing = none).
    order : sequence, optional
        The stages in order, when ``stages`` holds one value a unit.

    Returns
    -------
    Funnel

    Examples
    --------
    >>> import tenure as tn
    >>> f = tn.rates.funnel({"lead": 1000, "qualified": 400, "offer": 200, "customer": 50})
    >>> f.overall_rate, f.biggest_leak
    (0.05, 'qualified')
    """
    if order is not None:
        position = {stage: i for i, stage in enumerate(order)}
        values = column(stages, "stages")
        furthest = np.array([position.get(v, -1 if v is None or v != v else len(position)) for v in values.tolist()], dtype=np.int64)
        unknown = np.flatnonzero(furthest == len(position))
        if len(unknown):
            raise _core.InvalidInput(f"stages: '{values[unknown[0]]}' in row {unknown[0]} is not one of the stages in order")
        names, reached = list(order), _core.rates.stage_counts(furthest, len(position))
    elif isinstance(stages, Mapping):
        names, reached = list(stages), np.array(list(stages.values()), dtype=np.float64)
    else:
        raise TypeError("stages: must be a mapping of stage to count, or one value a unit together with order")
    made = _core.rates.funnel(reached, level=level, method=method)
    rows = made["stages"]
    fields = ("entered", "lost", "step_rate", "lower", "upper", "loss_rate", "overall_rate", "share_of_lost")
    table = {"stage": names, **{f: [plain(row[f]) if f in ("entered", "lost") else row[f] for row in rows] for f in fields}}
    leak = made["biggest_leak"]
    parts = {"stages": frame_like(table), "lost": plain(made["lost"]), "overall_rate": made["overall_rate"], "biggest_leak": names[leak] if leak >= 0 else None}
    return Funnel(parts)


class KeepOrAcquire(Result):
    """Cost of a kept and of a new customer, the expected gain of an attempt, its break-even chance, and what comes ``first``."""

    _title = "Keep or acquire"


def keep_or_acquire(
    *, keep_cost: float, keep_chance: float, acquire_cost: float, acquire_chance: float, margin_left: float, margin_new: float | None = None
) -> KeepOrAcquire:
    """Keep a customer who would leave, or win a new one: what one more customer costs, and which attempt gains more for the money.

    Parameters
    ----------
    keep_cost, acquire_cost : number
        Cost of one attempt.
    keep_chance, acquire_chance : number in (0, 1]
        Chance that it succeeds.
    margin_left, margin_new : number
        Profit still expected from a kept customer and from a new one (``margin_new`` is ``margin_left`` where not given).

    Returns
    -------
    KeepOrAcquire

    Examples
    --------
    >>> import tenure as tn
    >>> tn.rates.keep_or_acquire(keep_cost=10, keep_chance=1 / 4, acquire_cost=10, acquire_chance=1 / 16, margin_left=100).cost_ratio
    4.0
    """
    margin = margin_left if margin_new is None else margin_new
    options = {"keep_cost": keep_cost, "keep_chance": keep_chance, "acquire_cost": acquire_cost, "acquire_chance": acquire_chance}
    return KeepOrAcquire(_core.rates.keep_or_acquire(margin_left=margin_left, margin_new=margin, **options))


#: Important, main, ordinary and small customers, and how hard one tries to win each back.
DEFAULT_TIERS: tuple[dict[str, Any], ...] = tuple(_core.rates.default_win_back_tiers())


class WinBack(Result):
    """Whom to win back.

    Attributes
    ----------
    customers : data frame
        The input's rows: ``tier``, ``decision`` (``contact``, ``rule``, ``no_gain``, ``tier_given_up``, ``budget_spent``), ``rule``, expected ``gain``
        and ``rank`` in the order of contact (missing where not contacted).
    tiers : data frame
        One row a tier: customers, contacted, cost and expected gain of contacting them.
    contacted, cost, gain : numbers
        Totals.
    """

    _title = "Win back"


def win_back(
    data: Any = None,
    *,
    value: Any,
    chance: Any,
    cost: Any,
    give_up: Sequence[str] | Mapping[str, Any] = (),
    tiers: Sequence[Mapping[str, Any]] = DEFAULT_TIERS,
    budget: float = float("inf"),
) -> WinBack:
    """Whom to win back: tiers by value, give-up rules, expected gain, and a budget.

    Parameters
    ----------
    data : data frame, optional
        Lost customers, one row each; where column names are looked up.
    value, chance, cost : array-like, column name, or number
        Profit expected if the customer comes back, the chance that he does when contacted, and the cost of contacting him.
    give_up : column names, or mapping of rule name to 0/1 array
        Give-up rules, strongest first: bad debt, cannot perform the contract, unreasonable demands, harms the staff, bad reputation, ...
    tiers : sequence of {"name", "min_quantile", "attitude"}
        Classes by value, best first, the last with ``min_quantile`` 0. ``attitude``: ``at_all_costs`` (contacted even at a loss), ``try_hard``,
        ``as_it_comes`` (both: when the expected gain is positive, in order of tiers while the budget lasts) or ``give_up``.
    budget : number, default unlimited

    Returns
    -------
    WinBack

    Examples
    --------
    >>> import tenure as tn
    >>> w = tn.rates.win_back(value=[900, 500, 300, 10, 5], chance=0.25, cost=20, tiers=[{"name": "all", "min_quantile": 0, "attitude": "try_hard"}])
    >>> w.customers["decision"].tolist()
    ['contact', 'contact', 'contact', 'no_gain', 'no_gain']
    """
    values = column(value, "value", data).astype(np.float64)
    n = len(values)

    def each(given: Any, name: str) -> np.ndarray:
        return np.full(n, float(given)) if isinstance(given, numbers.Real) else column(given, name, data).astype(np.float64)

    rules = dict(give_up) if isinstance(give_up, Mapping) else {name: name for name in give_up}
    flags = [column(flag, "give_up", data) for flag in rules.values()]
    made = _core.rates.win_back(values, each(chance, "chance"), each(cost, "cost"), flags, [dict(tier) for tier in tiers], budget)
    names, decisions, rule_names = [tier["name"] for tier in tiers], _core.rates.win_back_decisions, list(rules)
    customers = {
        "tier": [names[t] for t in made["tier"]],
        "decision": [decisions[d] for d in made["decision"]],
        "rule": [rule_names[r] if r >= 0 else None for r in made["rule"]],
        "gain": made["gain"],
        "rank": np.where(made["rank"] >= 0, made["rank"] + 1.0, np.nan),
    }
    like = data if as_frame(data) is not None else None
    by_tier: dict[str, Any] = {"tier": names, "attitude": [tier["attitude"] for tier in tiers]}
    by_tier |= {name: made[f"tier_{name}"] for name in ("customers", "contacted", "cost", "gain")}
    totals = {"contacted": plain(made["contacted"]), "cost": plain(made["cost"]), "gain": plain(made["gain_total"])}
    return WinBack({"customers": frame_like(customers, like), "tiers": frame_like(by_tier, like), **totals})
