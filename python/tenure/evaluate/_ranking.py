"""Measures that depend on the order of the scores alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenure import _core
from tenure._frames import frame_like
from tenure._threads import threads
from tenure.evaluate._input import numbers, outcome, weights


class Estimate(float):
    """A number that carries its uncertainty: `std_error`, and `lower` and `upper` of an interval at `level`.

    It is a plain float wherever one is needed.
    """

    std_error: float
    lower: float
    upper: float
    level: float

    def __new__(cls, value: float, *, std_error: float, lower: float, upper: float, level: float) -> Estimate:
        self = super().__new__(cls, value)
        self.std_error, self.lower, self.upper, self.level = std_error, lower, upper, level
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[float], dict[str, float]]:
        return (float(self),), {"std_error": self.std_error, "lower": self.lower, "upper": self.upper, "level": self.level}

    def __repr__(self) -> str:
        return f"{float(self):.4f} [{self.lower:.4f}, {self.upper:.4f}]"

    __str__ = __repr__


def roc_auc(y_true: Any, y_score: Any, *, sample_weight: Any = None, level: float = 0.95, pos_label: Any = None, n_jobs: int | None = None) -> Estimate:
    """Area under the ROC curve, with DeLong's standard error and interval.

    The probability that a random churner scores above a random stayer; ties count half.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        Outcomes: 0/1, booleans, or any two labels (the larger is the event unless `pos_label` names it).
    y_score : array-like of shape (n,) or (n, 2)
        Higher means more likely 1; of two columns the second counts.
    sample_weight : array-like of shape (n,), optional
        Sampling weights.
    level : float, default=0.95
        Of the interval, which is made on the logit scale and so stays within 0 and 1.

    Returns
    -------
    Estimate
        A float with `.std_error`, `.lower`, `.upper`.

    Examples
    --------
    >>> from tenure.evaluate import roc_auc
    >>> auc = roc_auc([0, 1, 0, 1, 0, 1, 0, 1], [.1, .2, .3, .4, .5, .7, .8, .9])
    >>> float(auc)
    0.625
    """
    result = _core.evaluate.roc_auc(outcome(y_true, pos_label), numbers(y_score, "y_score"), weights(sample_weight), level, threads(n_jobs))
    return Estimate(result.value, std_error=result.std_error, lower=result.lower, upper=result.upper, level=level)


@dataclass(frozen=True)
class AucComparison:
    """Two models on the same rows: their AUCs, the difference with its interval, and DeLong's test."""

    first: float
    second: float
    difference: float
    std_error: float
    lower: float
    upper: float
    z: float
    p_value: float


def compare_roc_auc(y_true: Any, first: Any, second: Any, *, level: float = 0.95, pos_label: Any = None) -> AucComparison:
    """DeLong's paired comparison of the AUCs of two scores of the same rows.

    Examples
    --------
    >>> from tenure.evaluate import compare_roc_auc
    >>> y = [0, 0, 0, 1, 1, 1]
    >>> compare_roc_auc(y, [1, 2, 3, 4, 5, 6], [1, 2, 4, 3, 5, 6]).difference
    0.11111111111111116
    """
    result = _core.evaluate.compare_roc_auc(outcome(y_true, pos_label), numbers(first, "first"), numbers(second, "second"), level)
    return AucComparison(**result.to_dict())


def average_precision(y_true: Any, y_score: Any, *, sample_weight: Any = None, pos_label: Any = None) -> float:
    """Area under the precision-recall curve as the sum of (recall gained) x precision over thresholds.

    Examples
    --------
    >>> from tenure.evaluate import average_precision
    >>> average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.8333333333333333
    """
    return _core.evaluate.average_precision(outcome(y_true, pos_label), numbers(y_score, "y_score"), weights(sample_weight))


def ks(y_true: Any, y_score: Any, *, sample_weight: Any = None, pos_label: Any = None) -> Any:
    """Kolmogorov-Smirnov: the largest gap between the score distributions of churners and stayers (`.value`) and where it is (`.threshold`).

    Examples
    --------
    >>> from tenure.evaluate import ks
    >>> ks([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value
    0.5
    """
    return _core.evaluate.ks(outcome(y_true, pos_label), numbers(y_score, "y_score"), weights(sample_weight))


def lift(y_true: Any, y_score: Any, *, top: float = 0.1, sample_weight: Any = None, pos_label: Any = None) -> float:
    """How many times more churners the top `top` share of the ranking holds than as many rows picked blindly.

    The top ceil(top x n) rows count; a tie cut by that limit counts pro rata.

    Examples
    --------
    >>> from tenure.evaluate import lift
    >>> lift([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], range(10, 0, -1), top=0.2)
    5.0
    """
    return _core.evaluate.lift(outcome(y_true, pos_label), numbers(y_score, "y_score"), weights(sample_weight), top)


def gains(y_true: Any, y_score: Any, *, n_bins: int = 10, sample_weight: Any = None, pos_label: Any = None, like: Any = None) -> Any:
    """The gain table: the ranking in `n_bins` equal slices from the top, with churners found, rate and lift of each and so far.

    Parameters
    ----------
    like : data frame, optional
        The table comes back in this kind of frame (default: that of `y_true` or `y_score` where they are one, else pandas).

    Examples
    --------
    >>> from tenure.evaluate import gains
    >>> gains([1, 1, 0, 1, 0, 0, 0, 0, 0, 0], range(10, 0, -1), n_bins=5)["captured"].round(3).tolist()
    [0.667, 1.0, 1.0, 1.0, 1.0]
    """
    table = _core.evaluate.gains(outcome(y_true, pos_label), numbers(y_score, "y_score"), weights(sample_weight), n_bins)
    return frame_like(table.to_dict(), like)


def roc_curve(y_true: Any, y_score: Any, *, sample_weight: Any = None, pos_label: Any = None, like: Any = None) -> Any:
    """Every point of the ROC curve, with precision: one row a distinct score, from the highest.

    Examples
    --------
    >>> from tenure.evaluate import roc_curve
    >>> roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])["true_positive_rate"].tolist()
    [0.0, 0.5, 0.5, 1.0, 1.0]
    """
    points = _core.evaluate.roc_curve(outcome(y_true, pos_label), numbers(y_score, "y_score"), weights(sample_weight))
    return frame_like(points.to_dict(), like)
