"""Pictures of the measures. matplotlib is imported when one is drawn; every function takes and returns an Axes."""

from __future__ import annotations

from typing import Any

from tenure.evaluate._probability import calibration_table
from tenure.evaluate._profit import expected_profit, profit_curve
from tenure.evaluate._ranking import gains, roc_auc, roc_curve

CHURN, REST = "#D55E00", "0.6"


def _axes(ax: Any) -> Any:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots()[1]


def plot_roc(y_true: Any, y_score: Any, *, ax: Any = None, sample_weight: Any = None) -> Any:
    """The ROC curve with the AUC and its interval.

    Examples
    --------
    >>> from tenure.evaluate import plot_roc
    >>> plot_roc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).get_xlabel()
    'share of stayers called churners'
    """
    ax, points = _axes(ax), roc_curve(y_true, y_score, sample_weight=sample_weight)
    ax.plot([0, 1], [0, 1], color=REST, linestyle="--")
    ax.plot(points["false_positive_rate"], points["true_positive_rate"], color=CHURN)
    ax.set(xlabel="share of stayers called churners", ylabel="share of churners found", title=f"AUC {roc_auc(y_true, y_score, sample_weight=sample_weight)}")
    return ax


def plot_gains(y_true: Any, y_score: Any, *, n_bins: int = 10, ax: Any = None, sample_weight: Any = None) -> Any:
    """Churners found against customers contacted, from the top of the ranking.

    Examples
    --------
    >>> from tenure.evaluate import plot_gains
    >>> plot_gains([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], n_bins=2).get_xlabel()
    'share of customers contacted'
    """
    ax, table = _axes(ax), gains(y_true, y_score, n_bins=n_bins, sample_weight=sample_weight)
    ax.plot([0, 1], [0, 1], color=REST, linestyle="--")
    ax.plot([0, *table["share"]], [0, *table["captured"]], color=CHURN, marker="o")
    ax.set(xlabel="share of customers contacted", ylabel="share of churners found", title="Gains")
    return ax


def plot_calibration(y_true: Any, y_prob: Any, *, n_bins: int = 10, strategy: str = "quantile", ax: Any = None, sample_weight: Any = None) -> Any:
    """Observed against predicted rate in bins, with Wilson intervals.

    Examples
    --------
    >>> from tenure.evaluate import plot_calibration
    >>> plot_calibration([0, 1, 0, 1], [0.1, 0.2, 0.8, 0.9], n_bins=2).get_ylabel()
    'observed churn rate (95% interval)'
    """
    ax, table = _axes(ax), calibration_table(y_true, y_prob, n_bins=n_bins, strategy=strategy, sample_weight=sample_weight)
    top = max(table["upper"].max(), table["predicted"].max())
    ax.plot([0, top], [0, top], color=REST, linestyle="--")
    ax.vlines(table["predicted"], table["lower"], table["upper"], color=CHURN)
    ax.plot(table["predicted"], table["observed"], color=CHURN, marker="o", linestyle="none")
    ax.set(xlabel="predicted churn probability", ylabel="observed churn rate (95% interval)", title="Calibration")
    return ax


def plot_profit(y_true: Any, y_score: Any, *, ax: Any = None, sample_weight: Any = None, **campaign: Any) -> Any:
    """Profit of a campaign by share contacted; the share that `expected_profit` advises is marked. `campaign`: clv, offer, contact, alpha, beta.

    Examples
    --------
    >>> from tenure.evaluate import plot_profit
    >>> plot_profit([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], clv=300).get_xlabel()
    'share of customers contacted'
    """
    ax, points = _axes(ax), profit_curve(y_true, y_score, sample_weight=sample_weight, **campaign)
    best = expected_profit(y_true, y_score, sample_weight=sample_weight, **campaign)
    ax.axhline(0, color=REST, linestyle="--")
    ax.plot(points["share"], points["profit"], color=CHURN)
    ax.axvline(best.share, color=REST)
    ax.set(xlabel="share of customers contacted", ylabel="profit (unit of clv)", title=f"Contact {best.share:.0%} for {best.profit:.3g} a customer")
    return ax
