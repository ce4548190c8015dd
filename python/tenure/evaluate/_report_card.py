"""Everything about one model on one set of rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from tenure import _core
from tenure._frames import frame_like
from tenure._threads import threads
from tenure.evaluate._input import numbers, outcome, weights
from tenure.evaluate._ranking import roc_auc


def bootstrap(
    y_true: Any,
    y_score: Any,
    *,
    repetitions: int = 1000,
    level: float = 0.95,
    random_state: int = 0,
    campaign: dict[str, float] | None = None,
    sample_weight: Any = None,
    pos_label: Any = None,
    n_jobs: int | None = None,
    like: Any = None,
) -> Any:
    """Every measure of a score with a bootstrap percentile interval, rows resampled within each class.

    Log-loss and Brier score are among them when all scores are within 0 and 1.

    Parameters
    ----------
    campaign : dict, optional
        clv, offer, contact, alpha, beta of `expected_profit`.
    repetitions : int, default=1000
        Bootstrap samples; 0 gives no intervals.

    Returns
    -------
    data frame
        measure, value, lower, upper.

    Examples
    --------
    >>> from tenure.evaluate import bootstrap
    >>> table = bootstrap([0, 0, 1, 1, 0, 1], [0.1, 0.4, 0.35, 0.8, 0.2, 0.9], repetitions=100)
    >>> table["measure"].tolist()[:3]
    ['roc_auc', 'average_precision', 'ks']
    """
    score = numbers(y_score, "y_score")
    with np.errstate(invalid="ignore"):
        probabilities = bool(np.all((score >= 0) & (score <= 1)))
    table = _core.evaluate.bootstrap_measures(
        outcome(y_true, pos_label),
        score,
        weights(sample_weight),
        probabilities,
        threads=threads(n_jobs),
        repetitions=repetitions,
        seed=random_state,
        level=level,
        offer=campaign or {},
    )
    return frame_like(table.to_dict(), like)


def report_card(
    model: Any,
    X: Any,
    y: Any,
    *,
    repetitions: int = 200,
    level: float = 0.95,
    random_state: int = 0,
    campaign: dict[str, float] | None = None,
    sample_weight: Any = None,
    n_jobs: int | None = None,
) -> Any:
    """How good a fitted classifier is on rows it has not seen, without choosing a threshold.

    Ranking (AUC with DeLong's interval, average precision, KS, H, lift), probabilities (log-loss, Brier, calibration error and slope) and
    money (expected profit), with intervals (bootstrap unless said otherwise).

    Parameters
    ----------
    model : fitted classifier with `predict_proba`, and two classes
    X, y : table of shape (n, p), array-like of shape (n,)
        Rows held out from training.
    campaign : dict, optional
        clv, offer, contact, alpha, beta of `expected_profit`.

    Returns
    -------
    data frame
        measure, value, lower, upper, in the kind of frame that X is (else pandas).

    Examples
    --------
    >>> from tenure.learn import LogisticRegression
    >>> from tenure.evaluate import report_card
    >>> X = [[0.1], [0.5], [0.2], [0.9], [0.4], [0.8], [0.3], [0.7]]
    >>> y = [0, 1, 0, 1, 1, 0, 0, 1]
    >>> card = report_card(LogisticRegression().fit(X, y), X, y, repetitions=50)
    >>> float(card["value"][0])
    0.8125
    """
    from tenure.learn import LogisticRegression

    p = np.asarray(model.predict_proba(X))[:, 1]
    target = outcome(y, model.classes_[1])
    given = weights(sample_weight)
    table = bootstrap(
        target, p, repetitions=repetitions, level=level, random_state=random_state, campaign=campaign, sample_weight=given, n_jobs=n_jobs
    ).to_dict("list")
    auc = roc_auc(target, p, sample_weight=given, level=level)
    table["lower"][0], table["upper"][0] = auc.lower, auc.upper
    rows: list[tuple[str, Any, Any, Any]] = [("calibration_error", _core.evaluate.calibration_error(target, p, given), np.nan, np.nan)]
    inside = (p > 0) & (p < 1)
    if inside.all() and np.ptp(p) > 0:
        logit = (np.log(p) - np.log1p(-p))[:, None]
        slope = LogisticRegression(penalty=None).fit(logit, target, given).summary(level)
        rows.append(("calibration_slope", slope["coefficient"][1], slope["lower"][1], slope["upper"][1]))
    for row in rows:
        for name, value in zip(("measure", "value", "lower", "upper"), row, strict=True):
            table[name].append(float(value) if name != "measure" else value)
    return frame_like(table, X)
