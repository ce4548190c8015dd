"""Does an uplift model rank customers by what an offer changes? Curves and areas from the rows of an experiment."""

from __future__ import annotations

from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import column, frame_like
from tenure._threads import threads
from tenure.evaluate._input import numbers, outcome
from tenure.evaluate._plots import CHURN, REST, _axes
from tenure.evaluate._ranking import Estimate


def uplift_curve(y_true: Any, uplift: Any, treatment: Any, *, kind: str = "uplift", pos_label: Any = None) -> Any:
    """What treating the best share of customers wins, best predicted uplift first.

    Both kinds start at 0 and end at the average effect. "uplift": difference of the rates so far times the share of rows so far; "qini":
    outcomes of the treated beyond those expected from the others, per treated row. Equal uplifts are one step.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        Outcomes; 1 (or `pos_label`) is what the treatment is to bring about.
    uplift : array-like of shape (n,)
        Predicted uplift: higher is treated first.
    treatment : array-like of shape (n,)
        1 or True for treated rows, 0 or False for the others.
    kind : {"uplift", "qini"}

    Returns
    -------
    data frame
        share, gain, treated, control.

    Examples
    --------
    >>> from tenure.evaluate import uplift_curve
    >>> uplift_curve([1, 0, 1, 0], [0.5, 0.5, 0.1, 0.1], [1, 0, 0, 1])["gain"].tolist()
    [0.0, 0.5, 0.0]
    """
    if kind not in ("uplift", "qini"):
        raise ValueError(f"kind = {kind!r}: must be 'uplift' or 'qini'")
    curve = _core.evaluate.uplift_curve if kind == "uplift" else _core.evaluate.qini_curve
    points = curve(outcome(y_true, pos_label), numbers(uplift, "uplift"), _treated(treatment))
    return frame_like({name: getattr(points, name) for name in ("share", "gain", "treated", "control")}, y_true)


def auuc(
    y_true: Any,
    uplift: Any,
    treatment: Any,
    *,
    level: float = 0.95,
    n_bootstrap: int = 200,
    random_state: int = 0,
    pos_label: Any = None,
    n_jobs: int | None = None,
) -> Estimate:
    """Area under the uplift curve, with a bootstrap interval: outcomes won a customer when a random share is treated, best first.

    A ranking that says nothing has half of the average effect; compare models on the same rows.

    Examples
    --------
    >>> from tenure.evaluate import auuc
    >>> float(auuc([1, 0, 1, 0], [0.5, 0.5, 0.1, 0.1], [1, 0, 0, 1]))
    0.25
    """
    return _area(_core.evaluate.auuc, y_true, uplift, treatment, level, n_bootstrap, random_state, pos_label, n_jobs)


def qini_score(
    y_true: Any,
    uplift: Any,
    treatment: Any,
    *,
    level: float = 0.95,
    n_bootstrap: int = 200,
    random_state: int = 0,
    pos_label: Any = None,
    n_jobs: int | None = None,
) -> Estimate:
    """Area between the Qini curve and the straight line to its end, with a bootstrap interval: 0 when the ranking says nothing.

    Examples
    --------
    >>> from tenure.evaluate import qini_score
    >>> float(qini_score([1, 0, 1, 0], [0.5, 0.5, 0.1, 0.1], [1, 0, 0, 1]))
    0.25
    """
    return _area(_core.evaluate.qini_score, y_true, uplift, treatment, level, n_bootstrap, random_state, pos_label, n_jobs)


def plot_uplift(y_true: Any, uplift: Any, treatment: Any, *, kind: str = "uplift", ax: Any = None, pos_label: Any = None) -> Any:
    """The uplift or Qini curve beside the line of a ranking that says nothing.

    Examples
    --------
    >>> from tenure.evaluate import plot_uplift
    >>> plot_uplift([1, 0, 1, 0], [0.5, 0.5, 0.1, 0.1], [1, 0, 0, 1]).get_xlabel()
    'share of customers treated'
    """
    ax, points = _axes(ax), uplift_curve(np.asarray(y_true), uplift, treatment, kind=kind, pos_label=pos_label)
    share, gain = points["share"].to_numpy(), points["gain"].to_numpy()
    ax.plot([0, 1], [0, gain[-1]], color=REST, linestyle="--")
    ax.plot(share, gain, color=CHURN)
    score = qini_score(y_true, uplift, treatment, pos_label=pos_label)
    ax.set(xlabel="share of customers treated", ylabel="outcomes won a customer", title=f"Qini {score}")
    return ax


def _area(
    measure: Any, y_true: Any, uplift: Any, treatment: Any, level: float, n_bootstrap: int, random_state: int, pos_label: Any, n_jobs: int | None
) -> Estimate:
    found = measure(
        outcome(y_true, pos_label),
        numbers(uplift, "uplift"),
        _treated(treatment),
        threads=threads(n_jobs),
        level=level,
        n_bootstrap=n_bootstrap,
        seed=random_state,
    )
    return Estimate(found.value, std_error=found.std_error, lower=found.lower, upper=found.upper, level=level)


def _treated(treatment: Any) -> np.ndarray:
    values = column(treatment, "treatment")
    return values.astype(np.uint8) if values.dtype.kind == "b" else values
