"""Measures of predicted probabilities."""

from __future__ import annotations

from typing import Any

from tenure import _core
from tenure._frames import frame_like
from tenure.evaluate._input import numbers, outcome, weights


def log_loss(y_true: Any, y_prob: Any, *, sample_weight: Any = None, pos_label: Any = None) -> float:
    """Mean of -log of the probability given to what happened; infinite when something called impossible happened (nothing is clipped).

    Examples
    --------
    >>> from tenure.evaluate import log_loss
    >>> round(log_loss([0, 1], [0.1, 0.8]), 6)
    0.164252
    """
    return _core.evaluate.log_loss(outcome(y_true, pos_label), numbers(y_prob, "y_prob"), weights(sample_weight))


def brier(y_true: Any, y_prob: Any, *, sample_weight: Any = None, pos_label: Any = None) -> float:
    """Mean squared difference between outcome (0/1) and probability; 0 is perfect, rate x (1 - rate) is what the mean rate alone gets.

    Examples
    --------
    >>> from tenure.evaluate import brier
    >>> round(brier([0, 1, 1], [0.0, 1.0, 0.5]), 6)
    0.083333
    """
    return _core.evaluate.brier(outcome(y_true, pos_label), numbers(y_prob, "y_prob"), weights(sample_weight))


def brier_decomposition(
    y_true: Any, y_prob: Any, *, n_bins: int = 10, strategy: str = "quantile", sample_weight: Any = None, pos_label: Any = None
) -> dict[str, float]:
    """The Brier score taken apart: brier = reliability - resolution + uncertainty + within_bin, exactly.

    Examples
    --------
    >>> from tenure.evaluate import brier_decomposition
    >>> parts = brier_decomposition([0, 0, 1, 1], [0.2, 0.2, 0.7, 0.7], n_bins=2)
    >>> round(parts["reliability"], 3), parts["resolution"], parts["uncertainty"]
    (0.065, 0.25, 0.25)
    """
    parts = _core.evaluate.brier_decomposition(outcome(y_true, pos_label), numbers(y_prob, "y_prob"), weights(sample_weight), n_bins=n_bins, strategy=strategy)
    return parts.to_dict()


def calibration_table(
    y_true: Any,
    y_prob: Any,
    *,
    n_bins: int = 10,
    strategy: str = "quantile",
    level: float = 0.95,
    sample_weight: Any = None,
    pos_label: Any = None,
    like: Any = None,
) -> Any:
    """Predicted against observed rate in bins of the predictions, with Wilson intervals.

    Parameters
    ----------
    n_bins : int, default=10
        Bins asked for; empty and repeated ones are left out.
    strategy : {"quantile", "uniform"}
        Equally many rows in a bin, or equally wide bins. Equal predictions always share a bin.
    like : data frame, optional
        The table comes back in this kind of frame, else pandas.

    Returns
    -------
    data frame
        from, to, rows, weight, predicted, observed, lower, upper.

    Examples
    --------
    >>> from tenure.evaluate import calibration_table
    >>> calibration_table([0, 1, 0, 1], [0.1, 0.2, 0.8, 0.9], n_bins=2)["observed"].tolist()
    [0.5, 0.5]
    """
    table = _core.evaluate.calibration_table(
        outcome(y_true, pos_label), numbers(y_prob, "y_prob"), weights(sample_weight), n_bins=n_bins, strategy=strategy, level=level
    )
    return frame_like(table.to_dict(), like)


def calibration_error(y_true: Any, y_prob: Any, *, n_bins: int = 10, strategy: str = "quantile", sample_weight: Any = None, pos_label: Any = None) -> float:
    """Expected calibration error: the mean gap between predicted and observed rate of the bins of `calibration_table`.

    Examples
    --------
    >>> from tenure.evaluate import calibration_error
    >>> round(calibration_error([0, 1, 0, 1], [0.1, 0.2, 0.8, 0.9], n_bins=2), 6)
    0.35
    """
    return _core.evaluate.calibration_error(outcome(y_true, pos_label), numbers(y_prob, "y_prob"), weights(sample_weight), n_bins=n_bins, strategy=strategy)


def hosmer_lemeshow(y_true: Any, y_prob: Any, *, n_groups: int = 10, pos_label: Any = None) -> Any:
    """Hosmer and Lemeshow's test of calibration: `.statistic`, `.dof`, `.p_value`, and rows, observed, expected per group.

    Rows are ordered by prediction, equal ones in row order. With many rows the test finds every small flaw; read `calibration_table` beside it.

    Examples
    --------
    >>> from tenure.evaluate import hosmer_lemeshow
    >>> hosmer_lemeshow([0, 1, 0, 1, 0, 1], [0.1, 0.2, 0.3, 0.6, 0.7, 0.9], n_groups=3).dof
    1.0
    """
    return _core.evaluate.hosmer_lemeshow(outcome(y_true, pos_label), numbers(y_prob, "y_prob"), n_groups)
