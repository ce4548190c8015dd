"""Scores of survival predictions."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tenure import _core
from tenure._frames import column, frame_like
from tenure._threads import threads
from tenure.survival._outcome import as_outcome, as_weights
from tenure.survival._regression import as_strata


class Concordance(NamedTuple):
    """Pairs counted by Harrell's concordance."""

    concordance: float
    std_error: float
    concordant: float
    discordant: float
    tied_risk: float
    tied_time: float


class DynamicAUC(NamedTuple):
    """AUC at each time, and its mean over time."""

    auc: np.ndarray
    mean: float


def concordance(y: Any, risk: Any, *, strata: Any = None, sample_weight: Any = None, n_jobs: int | None = None) -> Concordance:
    """Harrell's concordance with its standard error (infinitesimal jackknife) and pair counts. Matches R survival::concordance.

    Arguments as for `concordance_index`.

    Examples
    --------
    >>> from tenure.survival import concordance, outcome
    >>> concordance(outcome([1, 2, 3, 4], [1, 1, 0, 1]), [4, 3, 2, 3]).tied_risk
    1.0
    """
    return _concordance(y, risk, strata, sample_weight, True, n_jobs)


def concordance_index(y: Any, risk: Any, *, strata: Any = None, sample_weight: Any = None, n_jobs: int | None = None) -> float:
    """Of all pairs in which it is known who left first, the share in which the one with the higher risk did (Harrell et al. 1982).

    Parameters
    ----------
    y : outcome(time, event, entry=None), (time, event) pair, or frame
    risk : array-like
        Higher means leaving earlier; equal risks count one half.
    strata : array-like, optional
        Pairs are compared inside a stratum.
    sample_weight : array-like, optional
        A pair weighs the product of its weights.
    n_jobs : int, optional

    Notes
    -----
    O(n log n). Matches R survival::concordance and scikit-survival.

    Examples
    --------
    >>> from tenure.survival import concordance_index, outcome
    >>> concordance_index(outcome([1, 2, 3, 4], [1, 1, 0, 1]), [4, 3, 2, 3])
    0.9
    """
    return _concordance(y, risk, strata, sample_weight, False, n_jobs).concordance


def _concordance(y: Any, risk: Any, strata: Any, sample_weight: Any, std_error: bool, n_jobs: int | None) -> Concordance:
    known = as_outcome(y)
    codes = as_strata(strata, len(known))[0]
    weight = as_weights(sample_weight, len(known))
    found = _core.survival.concordance_index(known.time, known.event, known.entry, weight, column(risk, "risk"), codes, std_error, threads(n_jobs))
    return Concordance(**found)


def _pair(y: Any) -> tuple[np.ndarray, np.ndarray]:
    known = as_outcome(y)
    if known.entry is not None:
        raise ValueError("entry: this score does not take late entries")
    return known.time, known.event


def _times(times: Any) -> np.ndarray:
    return np.atleast_1d(np.asarray(times, dtype=np.float64))


def uno_concordance(y_train: Any, y_test: Any, risk: Any, tau: float = np.inf) -> float:
    """Concordance whose pairs are weighted by 1 / G(t)^2, G the censoring curve of the training rows: free of the censoring pattern (Uno et al. 2011).

    Only pairs whose earlier time is below `tau` count; pairs whose weight does not exist (G = 0) are left out. Matches scikit-survival
    concordance_index_ipcw.

    Examples
    --------
    >>> from tenure.survival import outcome, uno_concordance
    >>> y = outcome([1, 2, 3, 4], [1, 1, 0, 1])
    >>> round(uno_concordance(y, y, [4, 3, 2, 3]), 3)
    0.9
    """
    return _core.survival.uno_concordance(_pair(y_train), _pair(y_test), column(risk, "risk"), float(tau))["concordance"]


def brier_score(y_train: Any, y_test: Any, survival: Any, times: Any) -> np.ndarray:
    """Mean squared error of predicted survival at each time, weighted for censoring (Graf et al. 1999).

    Parameters
    ----------
    y_train, y_test : outcome
        The censoring curve G comes from `y_train`, the predictions are for `y_test`.
    survival : array of shape (rows, times)
        Predicted P(still there).
    times : array-like, ascending

    Notes
    -----
    At tied times events leave before censorings; G keeps its last value after the training times, and terms with G = 0 are left out: test times
    beyond the training times never fail. Matches scikit-survival brier_score.

    Examples
    --------
    >>> from tenure.survival import brier_score, outcome
    >>> y = outcome([1, 2, 3, 4], [1, 1, 0, 1])
    >>> brier_score(y, y, [[0.2], [0.4], [0.7], [0.8]], [2.5]).round(4)
    array([0.0825])
    """
    return _core.survival.brier_score(_pair(y_train), _pair(y_test), np.asarray(survival, dtype=np.float64), _times(times))


def integrated_brier_score(y_train: Any, y_test: Any, survival: Any, times: Any) -> float:
    """`brier_score` averaged over time by the trapezoidal rule."""
    return _core.survival.integrated_brier_score(_pair(y_train), _pair(y_test), np.asarray(survival, dtype=np.float64), _times(times))


def dynamic_auc(y_train: Any, y_test: Any, risk: Any, times: Any) -> DynamicAUC:
    """At each time: P(risk of someone who left by then > risk of someone still there), weighted for censoring, and the mean over time.

    Missing at times by which nobody left, or after which nobody is left. Matches scikit-survival cumulative_dynamic_auc.

    Examples
    --------
    >>> from tenure.survival import dynamic_auc, outcome
    >>> y = outcome([1, 2, 3, 4], [1, 1, 0, 1])
    >>> dynamic_auc(y, y, [4, 3, 2, 3], [1.5, 2.5]).auc
    array([1.   , 0.875])
    """
    return DynamicAUC(*_core.survival.dynamic_auc(_pair(y_train), _pair(y_test), column(risk, "risk"), _times(times)))


def survival_calibration(y: Any, survival: Any, time: float, bins: int = 10) -> Any:
    """Predicted against observed (Kaplan-Meier) share gone by `time`, in groups of equal size by predicted risk.

    Returns a frame with n, predicted, observed, std_error.
    """
    found = _core.survival.calibration_at(_pair(y), column(survival, "survival"), float(time), bins)
    return frame_like(dict(zip(("n", "predicted", "observed", "std_error"), found, strict=True)), y)
