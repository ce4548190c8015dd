"""
Models of a yes/no outcome.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy
import numpy.typing

import tenure._core

__all__: list[str] = [
    "CalibrationModel",
    "ChiSquaredTest",
    "CoefficientTable",
    "InfluenceTable",
    "JointTests",
    "LogisticModel",
    "LogisticPathModel",
    "ProfileIntervals",
    "TermsModel",
    "apply_calibration",
    "coefficients_of",
    "correct_prior",
    "fit_calibration",
    "fit_logistic",
    "fit_logistic_path",
    "influence_of",
    "joint_tests_of",
    "likelihood_ratio",
    "likelihood_ratio_tests_of",
    "logistic_effects",
    "logistic_log_odds",
    "logistic_residuals",
    "natural_spline_basis",
    "natural_spline_knots",
    "path_deviances",
    "path_step",
    "predict_logistic",
    "profile_intervals_of",
]

class LogisticModel:
    """
    A fitted logistic regression.
    """

    kind: typing.ClassVar[str] = "learn.logistic"
    @staticmethod
    def from_bytes(bytes: bytes) -> LogisticModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    def with_intercept(self, intercept: typing.SupportsFloat | typing.SupportsIndex) -> LogisticModel:
        """
        A copy with another intercept.
        """
    @property
    def aic(self) -> float: ...
    @property
    def bic(self) -> float: ...
    @property
    def code(self) -> typing.Any:
        """
        how a table becomes the design columns
        """
    @property
    def coefficients(self) -> typing.Any:
        """
        log odds ratio of every design column
        """
    @property
    def covariance(self) -> typing.Any:
        """
        of intercept (when fitted) and coefficients; empty when penalised
        """
    @property
    def deviance(self) -> float: ...
    @property
    def info(self) -> typing.Any:
        """
        how the fit went
        """
    @property
    def intercept(self) -> typing.Any:
        """
        log-odds at the origin
        """
    @property
    def log_likelihood(self) -> typing.Any:
        """
        at the estimate; with Firth's correction the penalised one
        """
    @property
    def names(self) -> list[str]: ...
    @property
    def null_deviance(self) -> float: ...
    @property
    def null_log_likelihood(self) -> typing.Any:
        """
        of the model without columns; with Firth's correction penalised by the information of all columns
        """
    @property
    def options(self) -> typing.Any:
        """
        what it was fitted with
        """
    @property
    def parameters(self) -> float: ...
    @property
    def rows(self) -> typing.Any:
        """
        rows with a positive weight
        """
    @property
    def weight(self) -> typing.Any:
        """
        sum of weights
        """

class CoefficientTable:
    """
    Coefficients with standard errors, tests and intervals.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def coefficient(self) -> typing.Any:
        """
        log odds ratio per unit
        """
    @property
    def lower(self) -> typing.Any:
        """
        Wald interval, lower end
        """
    @property
    def odds_ratio(self) -> typing.Any:
        """
        exp(coefficient)
        """
    @property
    def odds_ratio_lower(self) -> typing.Any:
        """
        exp(lower)
        """
    @property
    def odds_ratio_upper(self) -> typing.Any:
        """
        exp(upper)
        """
    @property
    def p_value(self) -> typing.Any:
        """
        two-sided, normal
        """
    @property
    def std_error(self) -> typing.Any:
        """
        its standard error
        """
    @property
    def term(self) -> typing.Any:
        """
        design column
        """
    @property
    def upper(self) -> typing.Any:
        """
        Wald interval, upper end
        """
    @property
    def z(self) -> typing.Any:
        """
        coefficient / std_error
        """

class ChiSquaredTest:
    """
    A chi-squared test.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def dof(self) -> typing.Any:
        """
        degrees of freedom
        """
    @property
    def p_value(self) -> typing.Any:
        """
        upper tail
        """
    @property
    def statistic(self) -> typing.Any:
        """
        chi-squared statistic
        """

class JointTests:
    """
    Joint Wald tests, one a column.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def column(self) -> typing.Any:
        """
        column of the table
        """
    @property
    def dof(self) -> typing.Any:
        """
        coefficients tested
        """
    @property
    def p_value(self) -> typing.Any:
        """
        upper tail
        """
    @property
    def statistic(self) -> typing.Any:
        """
        Wald chi-squared
        """

class ProfileIntervals:
    """
    Profile-likelihood intervals of the coefficients.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def coefficient(self) -> typing.Any:
        """
        log odds ratio per unit
        """
    @property
    def lower(self) -> typing.Any:
        """
        lower end; -inf where the likelihood never falls far enough
        """
    @property
    def term(self) -> typing.Any:
        """
        design column
        """
    @property
    def upper(self) -> typing.Any:
        """
        upper end; inf where the likelihood never falls far enough
        """

class InfluenceTable:
    """
    Leverage, standardised residuals and Cook's distance, one row a row.
    """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def cooks_distance(self) -> typing.Any:
        """
        (Pearson residual / (1 - leverage))^2 leverage / coefficients
        """
    @property
    def leverage(self) -> typing.Any:
        """
        diagonal of the hat matrix; the sum is the number of coefficients
        """
    @property
    def probability(self) -> typing.Any:
        """
        fitted
        """
    @property
    def standardised_deviance(self) -> typing.Any:
        """
        deviance residual / sqrt(1 - leverage)
        """
    @property
    def standardised_pearson(self) -> typing.Any:
        """
        Pearson residual / sqrt(1 - leverage)
        """

class LogisticPathModel:
    """
    Penalised logistic regressions, one a penalty.
    """

    kind: typing.ClassVar[str] = "learn.logistic_path"
    @staticmethod
    def from_bytes(bytes: bytes) -> LogisticPathModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def code(self) -> typing.Any:
        """
        how a table becomes the design columns
        """
    @property
    def coefficients(self) -> typing.Any:
        """
        penalties x design columns
        """
    @property
    def converged(self) -> typing.Any:
        """
        every penalty reached the tolerance
        """
    @property
    def deviance_ratios(self) -> typing.Any:
        """
        share of the null deviance explained, one a penalty
        """
    @property
    def intercepts(self) -> typing.Any:
        """
        one a penalty
        """
    @property
    def l1_ratio(self) -> typing.Any:
        """
        1: lasso, 0: ridge, between: elastic net
        """
    @property
    def lambdas(self) -> typing.Any:
        """
        penalties, falling
        """
    @property
    def names(self) -> list[str]: ...
    @property
    def nonzeros(self) -> typing.Any:
        """
        columns in the model, one a penalty
        """
    @property
    def null_log_likelihood(self) -> typing.Any:
        """
        of the model without columns
        """
    @property
    def passes(self) -> typing.Any:
        """
        passes over the data in all
        """
    @property
    def rows(self) -> typing.Any:
        """
        rows with a positive weight
        """
    @property
    def weight(self) -> typing.Any:
        """
        sum of weights
        """

class CalibrationModel:
    """
    A map from predicted to calibrated probabilities.
    """

    kind: typing.ClassVar[str] = "learn.calibration"
    @staticmethod
    def from_bytes(bytes: bytes) -> CalibrationModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def intercept(self) -> typing.Any:
        """
        log-odds at p = 1/2 apart from the slopes
        """
    @property
    def log_complement_slope(self) -> typing.Any:
        """
        log-odds lost per log(1 - p)
        """
    @property
    def log_slope(self) -> typing.Any:
        """
        log-odds gained per log p
        """
    @property
    def method(self) -> typing.Any:
        """
        shape of the map
        """
    @property
    def to(self) -> typing.Any:
        """
        isotonic: calibrated probabilities at the knots, not falling
        """

class TermsModel:
    """
    Splines and products of columns.
    """

    kind: typing.ClassVar[str] = "learn.terms"
    @staticmethod
    def from_bytes(bytes: bytes) -> TermsModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __init__(
        self,
        x: tenure._core.Table,
        spline_columns: collections.abc.Sequence[str],
        knots: collections.abc.Sequence[collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]],
        first: collections.abc.Sequence[str],
        second: collections.abc.Sequence[str],
    ) -> None: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def columns(self) -> typing.Any:
        """
        the columns of training
        """
    @property
    def first(self) -> typing.Any:
        """
        first column of each product
        """
    @property
    def knot_begin(self) -> typing.Any:
        """
        first knot of each of them, and the number of knots
        """
    @property
    def knots(self) -> typing.Any:
        """
        knots, ascending, the boundary first and last
        """
    @property
    def second(self) -> typing.Any:
        """
        second column of each product
        """
    @property
    def spline_columns(self) -> typing.Any:
        """
        columns that become splines
        """

def apply_calibration(model: CalibrationModel, p: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]) -> numpy.typing.NDArray[numpy.float64]: ...
def coefficients_of(model: LogisticModel, level: typing.SupportsFloat | typing.SupportsIndex = 0.95) -> CoefficientTable: ...
def correct_prior(
    p: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    trained_rate: typing.SupportsFloat | typing.SupportsIndex,
    rate: typing.SupportsFloat | typing.SupportsIndex,
) -> numpy.typing.NDArray[numpy.float64]: ...
def fit_calibration(
    p: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    method: str,
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
) -> CalibrationModel: ...
def fit_logistic(
    x: tenure._core.Table,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    *,
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    offset: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    cluster: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> LogisticModel: ...
def fit_logistic_path(
    x: tenure._core.Table,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    *,
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    offset: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> LogisticPathModel: ...
def influence_of(
    model: LogisticModel,
    x: tenure._core.Table,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    *,
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    offset: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
) -> InfluenceTable: ...
def joint_tests_of(model: LogisticModel) -> JointTests: ...
@typing.overload
def likelihood_ratio(model: LogisticModel) -> ChiSquaredTest: ...
@typing.overload
def likelihood_ratio(smaller: LogisticModel, larger: LogisticModel) -> ChiSquaredTest: ...
def likelihood_ratio_tests_of(
    model: LogisticModel,
    x: tenure._core.Table,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    *,
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    offset: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
) -> JointTests: ...
def logistic_effects(
    model: LogisticModel, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1
) -> numpy.typing.NDArray[numpy.float64]: ...
def logistic_log_odds(
    model: LogisticModel,
    x: tenure._core.Table,
    *,
    offset: typing.Annotated[numpy.typing.ArrayLike, numpy.float64] | None = None,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> numpy.typing.NDArray[numpy.float64]: ...
def logistic_residuals(
    model: LogisticModel,
    x: tenure._core.Table,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    kind: str,
    *,
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    offset: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> numpy.typing.NDArray[numpy.float64]: ...
def natural_spline_basis(
    x: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], knots: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]
) -> numpy.typing.NDArray[numpy.float64]: ...
def natural_spline_knots(x: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], df: typing.SupportsInt | typing.SupportsIndex) -> list[float]: ...
def path_deviances(
    path: LogisticPathModel,
    x: tenure._core.Table,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    *,
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    offset: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> numpy.typing.NDArray[numpy.float64]: ...
def path_step(path: LogisticPathModel, index: typing.SupportsInt | typing.SupportsIndex) -> LogisticModel: ...
def predict_logistic(
    model: LogisticModel,
    x: tenure._core.Table,
    *,
    offset: typing.Annotated[numpy.typing.ArrayLike, numpy.float64] | None = None,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> numpy.typing.NDArray[numpy.float64]: ...
def profile_intervals_of(
    model: LogisticModel,
    x: tenure._core.Table,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    *,
    sample_weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    offset: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    level: typing.SupportsFloat | typing.SupportsIndex,
) -> ProfileIntervals: ...
