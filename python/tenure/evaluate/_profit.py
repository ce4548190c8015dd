"""What a score is worth in money, and where to cut it."""

from __future__ import annotations

from typing import Any

from tenure import _core
from tenure._frames import frame_like
from tenure._threads import threads
from tenure.evaluate._input import numbers, outcome, weights


def expected_profit(
    y_true: Any,
    y_score: Any,
    *,
    clv: float = 200.0,
    offer: float = 10.0,
    contact: float = 1.0,
    alpha: float = 6.0,
    beta: float = 14.0,
    sample_weight: Any = None,
    pos_label: Any = None,
    n_jobs: int | None = None,
) -> Any:
    """Expected maximum profit of a retention campaign (EMPC) per customer of the base.

    The top of the ranking is contacted; a would-be churner accepts the offer with a probability drawn from Beta(alpha, beta) and then keeps
    paying; a stayer who is contacted takes the offer for nothing. For every acceptance rate the best cut-off is used.

    Parameters
    ----------
    clv, offer, contact : float
        Lifetime value of a customer who is kept, cost of the incentive, cost of contacting one customer, in one unit of money.
    alpha, beta : float
        Of the Beta distribution of the share of churners who accept; the default averages 30%.

    Returns
    -------
    object
        `.profit` per customer, `.share` of customers to contact, `.threshold`: contact scores of this or more.

    References
    ----------
    Verbraken, Verbeke, Baesens: A novel profit maximizing metric for measuring classification performance of customer churn prediction models.
    IEEE TKDE 25 (2013).

    Examples
    --------
    >>> from tenure.evaluate import expected_profit
    >>> round(expected_profit([0, 1, 0, 1, 0, 1, 0, 1], [.1, .2, .3, .4, .5, .7, .8, .9]).profit, 6)
    23.875593
    """
    return _core.evaluate.expected_profit(
        outcome(y_true, pos_label),
        numbers(y_score, "y_score"),
        weights(sample_weight),
        threads=threads(n_jobs),
        clv=clv,
        offer=offer,
        contact=contact,
        alpha=alpha,
        beta=beta,
    )


def maximum_profit(
    y_true: Any,
    y_score: Any,
    *,
    accept_rate: float = 0.3,
    clv: float = 200.0,
    offer: float = 10.0,
    contact: float = 1.0,
    sample_weight: Any = None,
    pos_label: Any = None,
) -> Any:
    """Maximum profit (MPC) of a retention campaign per customer when the share of churners who accept is known.

    Returns
    -------
    object
        `.profit`, `.share`, `.threshold`, as `expected_profit`.

    Examples
    --------
    >>> from tenure.evaluate import maximum_profit
    >>> maximum_profit([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], accept_rate=0.3).share
    0.75
    """
    return _core.evaluate.maximum_profit(
        outcome(y_true, pos_label), numbers(y_score, "y_score"), weights(sample_weight), accept_rate, clv=clv, offer=offer, contact=contact
    )


def profit_curve(
    y_true: Any,
    y_score: Any,
    *,
    n_points: int = 100,
    clv: float = 200.0,
    offer: float = 10.0,
    contact: float = 1.0,
    alpha: float = 6.0,
    beta: float = 14.0,
    sample_weight: Any = None,
    pos_label: Any = None,
    like: Any = None,
) -> Any:
    """Total profit by share of customers contacted, at the mean acceptance rate: share, contacted, churners, profit, threshold.

    Examples
    --------
    >>> from tenure.evaluate import profit_curve
    >>> profit_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], n_points=2)["profit"].round(6).tolist()
    [0.0, 45.0, 90.0]
    """
    points = _core.evaluate.profit_curve(
        outcome(y_true, pos_label), numbers(y_score, "y_score"), weights(sample_weight), n_points, clv=clv, offer=offer, contact=contact, alpha=alpha, beta=beta
    )
    return frame_like(points.to_dict(), like)


def h_measure(y_true: Any, y_score: Any, *, severity_ratio: float | None = None, sample_weight: Any = None, pos_label: Any = None) -> float:
    """Hand's H: the share of the loss without a score that the score saves, averaged over misclassification costs that do not depend on it.

    Parameters
    ----------
    severity_ratio : float, optional
        Cost of calling a stayer a churner over the reverse; default: churners per stayer.

    Examples
    --------
    >>> from tenure.evaluate import h_measure
    >>> h_measure([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4])
    1.0
    """
    return _core.evaluate.h_measure(outcome(y_true, pos_label), numbers(y_score, "y_score"), weights(sample_weight), severity_ratio or 0.0)


def confusion(y_true: Any, y_score: Any, *, threshold: float = 0.5, sample_weight: Any = None, pos_label: Any = None) -> Any:
    """Calling every score of `threshold` or more a churner: the four counts, and accuracy, precision, recall, f1, mcc, kappa from them.

    Examples
    --------
    >>> from tenure.evaluate import confusion
    >>> c = confusion([0, 0, 1, 1], [0.1, 0.6, 0.35, 0.8])
    >>> c.true_positives, c.precision, c.mcc
    (1.0, 0.5, 0.0)
    """
    return _core.evaluate.confusion_at(outcome(y_true, pos_label), numbers(y_score, "y_score"), weights(sample_weight), threshold)


def mcc(y_true: Any, y_score: Any, *, threshold: float = 0.5, sample_weight: Any = None, pos_label: Any = None) -> float:
    """Matthews' correlation between the outcome and the score cut at `threshold`.

    Examples
    --------
    >>> from tenure.evaluate import mcc
    >>> mcc([0, 0, 1, 1], [0.1, 0.2, 0.6, 0.8])
    1.0
    """
    return confusion(y_true, y_score, threshold=threshold, sample_weight=sample_weight, pos_label=pos_label).mcc


def best_threshold(
    y_true: Any,
    y_score: Any,
    *,
    goal: str = "cost",
    false_positive_cost: float = 1.0,
    false_negative_cost: float = 1.0,
    capacity: float | None = None,
    sample_weight: Any = None,
    pos_label: Any = None,
) -> Any:
    """The threshold that serves a goal best, among all distinct scores and "call nobody".

    Parameters
    ----------
    goal : {"cost", "f1", "mcc", "youden"}
        Least total cost of wrong calls, or the largest F1, Matthews correlation, or recall + specificity.
    false_positive_cost, false_negative_cost : float
        Of contacting a stayer, and of missing a churner (only their ratio matters), for "cost".
    capacity : float, optional
        At most so many rows can be contacted. A budget is a capacity: budget / cost of a contact.

    Returns
    -------
    object
        The confusion at that threshold: `.threshold`, the four counts, and the measures of `confusion`.

    Examples
    --------
    >>> from tenure.evaluate import best_threshold
    >>> best_threshold([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], false_negative_cost=5).threshold
    0.35
    """
    return _core.evaluate.best_threshold(
        outcome(y_true, pos_label),
        numbers(y_score, "y_score"),
        weights(sample_weight),
        goal=goal,
        false_positive_cost=false_positive_cost,
        false_negative_cost=false_negative_cost,
        capacity=capacity or 0.0,
    )
