"""
Measures of scores and probabilities.
"""

from __future__ import annotations

import typing

import numpy

__all__: list[str] = [
    "AucComparison",
    "AucResult",
    "BrierParts",
    "CalibrationBins",
    "Confusion",
    "GainTable",
    "HosmerLemeshow",
    "KsResult",
    "MeasureTable",
    "ProfitPoints",
    "ProfitResult",
    "RocPoints",
    "UpliftMeasure",
    "UpliftPoints",
    "auuc",
    "average_precision",
    "best_threshold",
    "bootstrap_measures",
    "brier",
    "brier_decomposition",
    "calibration_error",
    "calibration_table",
    "compare_roc_auc",
    "confusion_at",
    "expected_profit",
    "gains",
    "h_measure",
    "hosmer_lemeshow",
    "ks",
    "lift",
    "log_loss",
    "maximum_profit",
    "profit_curve",
    "qini_curve",
    "qini_score",
    "roc_auc",
    "roc_curve",
    "uplift_curve",
]

class UpliftPoints:
    """
    An uplift or Qini curve.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def control(self) -> typing.Any:
        """
        other rows so far
        """
    @property
    def gain(self) -> typing.Any:
        """
        outcomes won a row
        """
    @property
    def share(self) -> typing.Any:
        """
        share of rows treated
        """
    @property
    def treated(self) -> typing.Any:
        """
        treated rows so far
        """

class UpliftMeasure:
    """
    An area with its bootstrap interval.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def lower(self) -> typing.Any:
        """
        lower end of the interval
        """
    @property
    def std_error(self) -> typing.Any:
        """
        bootstrap standard error
        """
    @property
    def upper(self) -> typing.Any:
        """
        upper end of the interval
        """
    @property
    def value(self) -> typing.Any:
        """
        the measure
        """

class AucResult:
    """
    Area under the ROC curve with its interval.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def lower(self) -> typing.Any:
        """
        lower end of the interval
        """
    @property
    def std_error(self) -> typing.Any:
        """
        DeLong's standard error
        """
    @property
    def upper(self) -> typing.Any:
        """
        upper end of the interval
        """
    @property
    def value(self) -> typing.Any:
        """
        probability that a random 1 scores above a random 0, ties counting half
        """

class AucComparison:
    """
    DeLong's comparison of two scores.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def difference(self) -> typing.Any:
        """
        first minus second
        """
    @property
    def first(self) -> typing.Any:
        """
        AUC of the first score
        """
    @property
    def lower(self) -> typing.Any:
        """
        lower end of the interval of the difference
        """
    @property
    def p_value(self) -> typing.Any:
        """
        two-sided
        """
    @property
    def second(self) -> typing.Any:
        """
        AUC of the second score
        """
    @property
    def std_error(self) -> typing.Any:
        """
        of the difference
        """
    @property
    def upper(self) -> typing.Any:
        """
        upper end of the interval of the difference
        """
    @property
    def z(self) -> typing.Any:
        """
        difference / std_error
        """

class KsResult:
    """
    Kolmogorov-Smirnov gap.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def threshold(self) -> typing.Any:
        """
        rows with this score or more are the upper side of the gap
        """
    @property
    def value(self) -> typing.Any:
        """
        largest gap between the cumulative distributions
        """

class GainTable:
    """
    Slices of a ranking.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def captured(self) -> typing.Any:
        """
        share of all 1s from the top
        """
    @property
    def cumulative_lift(self) -> typing.Any:
        """
        rate from the top over the overall rate
        """
    @property
    def cumulative_positives(self) -> typing.Any:
        """
        1s from the top
        """
    @property
    def lift(self) -> typing.Any:
        """
        rate over the overall rate
        """
    @property
    def positives(self) -> typing.Any:
        """
        1s in the slice
        """
    @property
    def rate(self) -> typing.Any:
        """
        1s per row in the slice
        """
    @property
    def share(self) -> typing.Any:
        """
        of all rows, from the top, up to and with this slice
        """
    @property
    def threshold(self) -> typing.Any:
        """
        lowest score in the slice
        """
    @property
    def weight(self) -> typing.Any:
        """
        rows in the slice
        """

class RocPoints:
    """
    ROC and precision-recall points.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def false_positive_rate(self) -> typing.Any:
        """
        share of 0s called 1
        """
    @property
    def precision(self) -> typing.Any:
        """
        share of 1s among those called 1
        """
    @property
    def threshold(self) -> typing.Any:
        """
        scores of this or more are called 1
        """
    @property
    def true_positive_rate(self) -> typing.Any:
        """
        share of 1s called 1 (recall)
        """

class CalibrationBins:
    """
    Predicted against observed rates.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def lower(self) -> typing.Any:
        """
        Wilson interval of the observed rate, lower end
        """
    @property
    def observed(self) -> typing.Any:
        """
        observed rate
        """
    @property
    def predicted(self) -> typing.Any:
        """
        mean prediction
        """
    @property
    def rows(self) -> typing.Any:
        """
        rows in the bin
        """
    @property
    def to(self) -> typing.Any:
        """
        upper edge of the bin
        """
    @property
    def upper(self) -> typing.Any:
        """
        upper end
        """
    @property
    def weight(self) -> typing.Any:
        """
        their weight
        """

class BrierParts:
    """
    The Brier score taken apart.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def brier(self) -> typing.Any:
        """
        the score that is taken apart
        """
    @property
    def reliability(self) -> typing.Any:
        """
        mean squared gap between predicted and observed rate of bins; 0 is calibrated
        """
    @property
    def resolution(self) -> typing.Any:
        """
        spread of the observed rates; more is better
        """
    @property
    def uncertainty(self) -> typing.Any:
        """
        rate x (1 - rate) of the data
        """
    @property
    def within_bin(self) -> typing.Any:
        """
        what the bins hide: spread of predictions in a bin minus twice their covariance with the outcome
        """

class HosmerLemeshow:
    """
    Test of calibration in groups.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def dof(self) -> typing.Any:
        """
        groups - 2
        """
    @property
    def expected(self) -> typing.Any:
        """
        sum of predictions per group
        """
    @property
    def observed(self) -> typing.Any:
        """
        1s per group
        """
    @property
    def p_value(self) -> typing.Any:
        """
        upper tail
        """
    @property
    def rows(self) -> typing.Any:
        """
        per group
        """
    @property
    def statistic(self) -> typing.Any:
        """
        sum of (observed - expected)^2 / (expected (1 - expected / n)) over groups
        """

class ProfitResult:
    """
    Best profit of a campaign.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def profit(self) -> typing.Any:
        """
        per customer of the base, in the unit of clv
        """
    @property
    def share(self) -> typing.Any:
        """
        of customers to contact
        """
    @property
    def threshold(self) -> typing.Any:
        """
        contact scores of this or more
        """

class ProfitPoints:
    """
    Profit by share contacted.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def churners(self) -> typing.Any:
        """
        would-be churners among them
        """
    @property
    def contacted(self) -> typing.Any:
        """
        customers contacted
        """
    @property
    def profit(self) -> typing.Any:
        """
        in total, in the unit of clv
        """
    @property
    def share(self) -> typing.Any:
        """
        of customers contacted
        """
    @property
    def threshold(self) -> typing.Any:
        """
        lowest score contacted
        """

class MeasureTable:
    """
    Measures with bootstrap intervals.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def lower(self) -> typing.Any:
        """
        lower end of the interval
        """
    @property
    def measure(self) -> typing.Any:
        """
        name
        """
    @property
    def upper(self) -> typing.Any:
        """
        upper end of the interval
        """
    @property
    def value(self) -> typing.Any:
        """
        of the data
        """

class Confusion:
    """
    Counts at a threshold.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def accuracy(self) -> float: ...
    @property
    def f1(self) -> float: ...
    @property
    def f2(self) -> float: ...
    @property
    def false_negatives(self) -> typing.Any:
        """
        1s called 0
        """
    @property
    def false_positives(self) -> typing.Any:
        """
        0s called 1
        """
    @property
    def kappa(self) -> float: ...
    @property
    def mcc(self) -> float: ...
    @property
    def precision(self) -> float: ...
    @property
    def recall(self) -> float: ...
    @property
    def specificity(self) -> float: ...
    @property
    def threshold(self) -> typing.Any:
        """
        scores of this or more are called 1
        """
    @property
    def true_negatives(self) -> typing.Any:
        """
        0s called 0
        """
    @property
    def true_positives(self) -> typing.Any:
        """
        1s called 1
        """

def auuc(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    uplift: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    treatment: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    **kwargs,
) -> UpliftMeasure: ...
def average_precision(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
) -> float: ...
def best_threshold(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    **kwargs,
) -> Confusion: ...
def bootstrap_measures(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    probabilities: bool,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> MeasureTable: ...
def brier(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
) -> float: ...
def brier_decomposition(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    **kwargs,
) -> BrierParts: ...
def calibration_error(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    **kwargs,
) -> float: ...
def calibration_table(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    **kwargs,
) -> CalibrationBins: ...
def compare_roc_auc(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    first: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    second: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    level: typing.SupportsFloat | typing.SupportsIndex = 0.95,
) -> AucComparison: ...
def confusion_at(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    threshold: typing.SupportsFloat | typing.SupportsIndex,
) -> Confusion: ...
def expected_profit(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    **kwargs,
) -> ProfitResult: ...
def gains(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    n_bins: typing.SupportsInt | typing.SupportsIndex,
) -> GainTable: ...
def h_measure(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    severity_ratio: typing.SupportsFloat | typing.SupportsIndex,
) -> float: ...
def hosmer_lemeshow(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    n_groups: typing.SupportsInt | typing.SupportsIndex = 10,
) -> HosmerLemeshow: ...
def ks(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
) -> KsResult: ...
def lift(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    share: typing.SupportsFloat | typing.SupportsIndex,
) -> float: ...
def log_loss(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
) -> float: ...
def maximum_profit(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    accept_rate: typing.SupportsFloat | typing.SupportsIndex,
    **kwargs,
) -> ProfitResult: ...
def profit_curve(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    n_points: typing.SupportsInt | typing.SupportsIndex,
    **kwargs,
) -> ProfitPoints: ...
def qini_curve(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    uplift: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    treatment: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
) -> UpliftPoints: ...
def qini_score(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    uplift: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    treatment: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    **kwargs,
) -> UpliftMeasure: ...
def roc_auc(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    level: typing.SupportsFloat | typing.SupportsIndex = 0.95,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> AucResult: ...
def roc_curve(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    score: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
) -> RocPoints: ...
def uplift_curve(
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    uplift: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    treatment: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
) -> UpliftPoints: ...
