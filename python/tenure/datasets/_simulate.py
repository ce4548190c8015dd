from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas

DAYS_A_MONTH = 30.4375
HORIZON = 120  # months of baseline hazard that the truth lists
CONTRACTS = ("Month-to-month", "One year", "Two year")
PLANS = ("Basic", "Standard", "Premium")
REGIONS = ("East", "North", "South", "West")
CHANNELS = ("Partner", "Shop", "Telephone", "Web")
REASONS = ("Competitor", "Moved away", "Price", "Service")

# Log hazard ratios: what a Cox model on these columns has to find.
COEFFICIENTS = {
    "plan=Premium": -0.25,
    "plan=Standard": -0.10,
    "autopay=Yes": -0.35,
    "channel=Telephone": 0.30,
    "monthly_charge": 0.012,
    "complaints": 0.35,
    "usage_change": -1.20,
}


@dataclass(frozen=True, eq=False)
class Truth:
    """What `make_churn` knows and the table does not show.

    Attributes
    ----------
    coefficients : dict
        Log hazard ratio of each effect: per unit of a number, or against the remaining levels of a category. Contract is not among them: each
        contract has a baseline of its own.
    baseline_hazard : pandas.DataFrame
        Hazard a month, constant within a month: rows are the months 1 to 120 after the start, columns the contracts, for a customer whose
        linear predictor is 0.
    linear_predictor : numpy.ndarray
        Sum of coefficient times value, one a customer (the charge counts from 60, the other numbers from 0).
    """

    coefficients: dict
    baseline_hazard: pandas.DataFrame
    linear_predictor: np.ndarray

    def survival(self, contract, months, linear_predictor=0.0):
        """Probability that a customer of `contract` is still there after `months` (0 to 120)."""
        cumulative = np.concatenate([[0.0], np.cumsum(self.baseline_hazard[contract].to_numpy())])
        return np.exp(-np.interp(months, np.arange(cumulative.size), cumulative) * np.exp(linear_predictor))


def _baseline(contract):
    """Monthly hazard: early leavers fade out within the first year; term contracts are left when they can be."""
    month = np.arange(1, HORIZON + 1)
    if contract == "Month-to-month":
        return 0.012 + 0.050 * np.exp(-(month - 1) / 5.0)
    term = 12 if contract == "One year" else 24
    return np.where(month % term == 0, 0.20 if term == 12 else 0.24, np.where((month - 1) % term == 0, 0.02, 0.0035))


def make_churn(n, seed=0, *, months=48, as_of="2025-12-31", return_truth=False):
    """Simulate a customer base with known truth: who joined when, who left when and why.

    Customers start evenly over the last `months` months and leave by a proportional-hazards model whose baseline depends on the contract: early
    leavers with a monthly contract, spikes at the end of each term with a yearly one. What happens after `as_of` is not seen. Memory and time
    grow with `n` alone: a million customers take seconds.

    Parameters
    ----------
    n : int
        Number of customers, at least 1.
    seed : int, default=0
        The same seed gives the same table.
    months : int, default=48
        Length of the history in months, 1 to 120.
    as_of : str or date, default="2025-12-31"
        Last day seen.
    return_truth : bool, default=False
        Return ``(table, truth)``.

    Returns
    -------
    pandas.DataFrame
        Columns ``customer_id, start, end, tenure_months, churned, contract, plan, region, channel, autopay, monthly_charge, usage_change,
        complaints, reason``. `end` (the first day without the customer) and `reason` are missing for customers still there; a quarter of the
        leavers give no reason. Region has no effect.
    Truth
        Only with `return_truth`.

    Examples
    --------
    >>> from tenure.datasets import make_churn
    >>> customers, truth = make_churn(1000, seed=1, return_truth=True)
    >>> len(customers), truth.coefficients["complaints"]
    (1000, 0.35)
    """
    import pandas as pd

    n = int(n)
    if n < 1:
        raise ValueError(f"n: must be >= 1, got {n}")
    if not 1 <= months <= HORIZON:
        raise ValueError(f"months: must be between 1 and {HORIZON}, got {months}")
    rng = np.random.default_rng(seed)

    def category(levels, weights):
        return pd.Categorical.from_codes(rng.choice(len(levels), size=n, p=weights), list(levels))

    contract = category(CONTRACTS, (0.55, 0.25, 0.20))
    plan = category(PLANS, (0.35, 0.45, 0.20))
    region = category(REGIONS, (0.30, 0.20, 0.25, 0.25))
    channel = category(CHANNELS, (0.15, 0.30, 0.15, 0.40))
    autopay = category(("No", "Yes"), (0.45, 0.55))
    charge = np.round(np.clip(rng.normal((35.0, 60.0, 90.0), 8.0, size=(n, 3))[np.arange(n), plan.codes], 10.0, None), 2)
    complaints = rng.poisson(0.4, size=n)
    usage_change = np.round(np.clip(rng.normal(-0.02, 0.25, size=n), -1.0, 2.0), 3)

    effects = {
        "plan=Premium": plan == "Premium",
        "plan=Standard": plan == "Standard",
        "autopay=Yes": autopay == "Yes",
        "channel=Telephone": channel == "Telephone",
        "monthly_charge": charge - 60.0,
        "complaints": complaints,
        "usage_change": usage_change,
    }
    linear_predictor = sum(COEFFICIENTS[name] * values for name, values in effects.items())
    baseline = pd.DataFrame({name: _baseline(name) for name in CONTRACTS}, index=pd.RangeIndex(1, HORIZON + 1, name="month"))

    target = rng.exponential(size=n) / np.exp(linear_predictor)  # cumulative baseline hazard at which the customer leaves
    lifetime = np.full(n, np.inf)
    for code, name in enumerate(CONTRACTS):
        rows = np.flatnonzero(contract.codes == code)
        cumulative = np.concatenate([[0.0], np.cumsum(baseline[name].to_numpy())])
        leaves = target[rows] < cumulative[-1]
        lifetime[rows[leaves]] = np.interp(target[rows[leaves]], cumulative, np.arange(HORIZON + 1))

    last_day = np.datetime64(as_of, "D")
    span = int(months * DAYS_A_MONTH)
    start = last_day - rng.integers(0, span, size=n)
    seen_days = (last_day - start).astype(np.int64) + 1
    days = np.maximum(1, np.ceil(np.minimum(lifetime, 2 * HORIZON) * DAYS_A_MONTH)).astype(np.int64)
    churned = np.isfinite(lifetime) & (days < seen_days)
    end = np.full(n, np.datetime64("NaT"), dtype="datetime64[D]")
    end[churned] = start[churned] + days[churned]

    weights = np.column_stack([np.full(n, 0.25), np.full(n, 0.12), 0.004 * charge, 0.12 + 0.25 * complaints])
    cumulative_weights = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    reason = (rng.random(n)[:, None] > cumulative_weights).sum(axis=1).clip(max=len(REASONS) - 1)
    reason[~churned | (rng.random(n) < 0.25)] = -1

    table = pd.DataFrame(
        {
            "customer_id": pd.Series(rng.permutation(n) + 1).astype(str).str.zfill(len(str(n))).radd("C"),
            "start": start.astype("datetime64[s]"),
            "end": end.astype("datetime64[s]"),
            "tenure_months": np.round(np.minimum(days, seen_days) / DAYS_A_MONTH, 2),
            "churned": pd.Categorical.from_codes(churned.astype(np.int8), ["No", "Yes"]),
            "contract": contract,
            "plan": plan,
            "region": region,
            "channel": channel,
            "autopay": autopay,
            "monthly_charge": charge,
            "usage_change": usage_change,
            "complaints": complaints,
            "reason": pd.Categorical.from_codes(reason, list(REASONS)),
        }
    )
    return (table, Truth(dict(COEFFICIENTS), baseline, linear_predictor)) if return_truth else table
