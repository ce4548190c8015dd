"""Discounted lifetime value and value tiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._frames import frame_like
from tenure._threads import threads
from tenure.value._likelihood import numbers
from tenure.value._purchases import BetaGeometricNBD, ParetoNBD
from tenure.value._spend import GammaGamma


@dataclass(frozen=True, eq=False)
class LifetimeValue:
    """Lifetime values of customers.

    Attributes
    ----------
    value, spend : ndarray
        Discounted value of each customer's coming purchases, and the expected value of one purchase.
    lower, upper : ndarray or None
        Confidence limits of `value`, when asked for.
    total, total_lower, total_upper : float
        Sum over customers; limits are NaN unless asked for.
    """

    value: np.ndarray
    spend: np.ndarray
    lower: np.ndarray | None
    upper: np.ndarray | None
    total: float
    total_lower: float
    total_upper: float

    @property
    def table(self) -> Any:
        """One line a customer."""
        columns: dict[str, Any] = {"value": self.value, "spend": self.spend}
        if self.lower is not None:
            columns |= {"lower": self.lower, "upper": self.upper}
        return frame_like(columns)


def lifetime_value(
    purchases: BetaGeometricNBD | ParetoNBD,
    spend: GammaGamma,
    frequency: Any,
    recency: Any,
    T: Any,
    monetary_value: Any,
    *,
    covariates: Any = None,
    periods: int = 12,
    period_length: float = 1.0,
    discount_rate: float = 0.0,
    margin: float = 1.0,
    intervals: bool = False,
    level: float = 0.95,
    n_jobs: int | None = None,
) -> LifetimeValue:
    """Discounted value of each customer's purchases over the coming periods.

    value = margin x spend x sum over k of (purchases expected in period k) / (1 + discount_rate)^k

    Parameters
    ----------
    purchases : BetaGeometricNBD or ParetoNBD, fitted
    spend : GammaGamma, fitted
    frequency, recency, T, monetary_value : array-like of shape (n_customers,)
        As the two models were fitted to.
    covariates : frame or array, optional
        The columns that `purchases` was fitted with, if any.
    periods : int
        Periods looked ahead.
    period_length : float
        Length of a period in the time unit of `purchases` (for months with times in weeks: 4.345).
    discount_rate : float
        Per period.
    margin : float
        Share of revenue that is profit.
    intervals : bool
        Also compute confidence intervals of these expectations (how well the models are known; a single customer's spending varies far more).
    level : float
    n_jobs : int, optional

    Returns
    -------
    LifetimeValue

    Raises
    ------
    InvalidInput
        For impossible customers, naming the row.
    NumericFailure
        When a customer's mean spend is infinite (q_ <= 1), or intervals are asked of a model that the data did not determine.
    """
    tables = purchases._known_covariates(covariates)
    check_is_fitted(spend)
    columns: Any = numbers(frequency, "frequency"), numbers(recency, "recency"), numbers(T, "T"), numbers(monetary_value, "monetary_value")
    options: dict[str, Any] = {
        "periods": periods,
        "period_length": period_length,
        "discount_rate": discount_rate,
        "margin": margin,
        "intervals": intervals,
        "level": level,
    }
    engine: Any = _core.value.lifetime_value
    found = engine(purchases.model_, spend.model_, *columns, *tables, threads=threads(n_jobs), **options)
    if not intervals:
        found |= {"lower": None, "upper": None}
    return LifetimeValue(**found)


def value_tiers(value: Any, *, shares: Sequence[float] = (0.5, 0.8, 0.95), names: Sequence[str] = ("key", "main", "ordinary", "small")) -> np.ndarray:
    """Tier of each customer: those who bring the first half of all value are key customers, and so on.

    Parameters
    ----------
    value : array-like
        Margin or lifetime value of each customer; without positive value a customer is in the last tier.
    shares : sequence of float
        Running shares of the total at which one tier ends and the next begins.
    names : sequence of str
        One more than `shares`.

    Examples
    --------
    >>> from tenure.value import value_tiers
    >>> value_tiers([10, 50, 5, 20, 15, 0]).tolist()
    ['ordinary', 'key', 'small', 'main', 'main', 'small']
    """
    if len(names) != len(shares) + 1:
        raise _core.InvalidInput(f"names: must be {len(shares) + 1}, one more than shares, are {len(names)}")
    return np.asarray(names, dtype=object)[np.asarray(_core.value.value_tiers(numbers(value, "value"), list(shares)))]
