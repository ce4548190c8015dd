"""
Customer value.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy
import numpy.typing

import tenure._core

__all__: list[str] = [
    "BgNbdModel",
    "GammaGammaModel",
    "ParetoNbdModel",
    "PurchaseLog",
    "RetentionModel",
    "bin_borders",
    "chi_squared_sf",
    "coefficients",
    "expected_purchases",
    "expected_spend",
    "fit_bg_nbd",
    "fit_gamma_gamma",
    "fit_pareto_nbd",
    "fit_retention_cohorts",
    "fit_retention_customers",
    "keep_or_let_go",
    "lifetime_value",
    "log_likelihood",
    "models_at",
    "predict_retention",
    "probability_alive",
    "residual_renewals",
    "rfm_segment_names",
    "rfm_segments",
    "scores",
    "std_errors",
    "two_sided_p",
    "value_tiers",
]

class BgNbdModel:
    """
    A fitted BG/NBD or MBG/NBD model.
    """

    kind: typing.ClassVar[str] = "value.bg_nbd"
    @staticmethod
    def from_bytes(bytes: bytes) -> BgNbdModel: ...
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
    def a(self) -> typing.Any:
        """
        first parameter of the leaving probabilities
        """
    @property
    def alpha(self) -> typing.Any:
        """
        their rate: mean buying rate r / alpha a time unit
        """
    @property
    def b(self) -> typing.Any:
        """
        second parameter: mean leaving probability a / (a + b)
        """
    @property
    def covariates(self) -> typing.Any:
        """
        covariates and their coefficients, on alpha, on a, on b; empty without
        """
    @property
    def customers(self) -> typing.Any:
        """
        customers it was fitted to
        """
    @property
    def fit(self) -> typing.Any:
        """
        how the fit went; its covariance is of log r, log alpha, log a, log b and the coefficients
        """
    @property
    def modified(self) -> typing.Any:
        """
        true for the MBG/NBD
        """
    @property
    def r(self) -> typing.Any:
        """
        shape of the buying rates
        """

class ParetoNbdModel:
    """
    A fitted Pareto/NBD model.
    """

    kind: typing.ClassVar[str] = "value.pareto_nbd"
    @staticmethod
    def from_bytes(bytes: bytes) -> ParetoNbdModel: ...
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
    def alpha(self) -> typing.Any:
        """
        their rate: mean buying rate r / alpha a time unit
        """
    @property
    def beta(self) -> typing.Any:
        """
        their rate: mean leaving rate s / beta
        """
    @property
    def covariates(self) -> typing.Any:
        """
        covariates and their coefficients, on alpha, on beta; empty without
        """
    @property
    def customers(self) -> typing.Any:
        """
        customers it was fitted to
        """
    @property
    def fit(self) -> typing.Any:
        """
        how the fit went; its covariance is of log r, log alpha, log s, log beta and the coefficients
        """
    @property
    def r(self) -> typing.Any:
        """
        shape of the buying rates
        """
    @property
    def s(self) -> typing.Any:
        """
        shape of the leaving rates
        """

class GammaGammaModel:
    """
    A fitted gamma-gamma model.
    """

    kind: typing.ClassVar[str] = "value.gamma_gamma"
    @staticmethod
    def from_bytes(bytes: bytes) -> GammaGammaModel: ...
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
    def customers(self) -> typing.Any:
        """
        customers with repeat purchases
        """
    @property
    def fit(self) -> typing.Any:
        """
        how the fit went; its covariance is of log p, log q, log gamma
        """
    @property
    def frequency_correlation(self) -> typing.Any:
        """
        Pearson correlation of frequency and mean value; the model assumes none
        """
    @property
    def gamma(self) -> typing.Any:
        """
        scale: mean value of a purchase p gamma / (q - 1)
        """
    @property
    def p(self) -> typing.Any:
        """
        shape of a customer's purchase values
        """
    @property
    def q(self) -> typing.Any:
        """
        shape of their rates over customers; the mean value is finite for q > 1
        """

class RetentionModel:
    """
    A fitted shifted beta-geometric or beta-discrete-Weibull retention curve.
    """

    kind: typing.ClassVar[str] = "value.retention"
    @staticmethod
    def from_bytes(bytes: bytes) -> RetentionModel: ...
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
    def alpha(self) -> typing.Any:
        """
        first parameter of the leaving probabilities
        """
    @property
    def beta(self) -> typing.Any:
        """
        second parameter: mean leaving probability in the first period alpha / (alpha + beta)
        """
    @property
    def c(self) -> typing.Any:
        """
        duration dependence: above 1 a customer's own risk rises with tenure, below 1 it falls
        """
    @property
    def covariates(self) -> typing.Any:
        """
        dropout covariates and their coefficients, on alpha, on beta; empty without
        """
    @property
    def customers(self) -> typing.Any:
        """
        customers it was fitted to
        """
    @property
    def duration_dependence(self) -> typing.Any:
        """
        true for the beta-discrete-Weibull, false for c = 1
        """
    @property
    def fit(self) -> typing.Any:
        """
        how the fit went; its covariance is of log alpha, log beta (and log c) and the coefficients
        """

class PurchaseLog:
    """
    Purchases added up by customer and time unit; chunks in any split give the same log.
    """
    def __init__(self, unit: typing.SupportsFloat | typing.SupportsIndex = 1.0) -> None: ...
    def add(
        self,
        customer: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
        time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
        amount: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    ) -> None: ...
    def finish(self, end: typing.SupportsFloat | typing.SupportsIndex) -> typing.Any: ...
    def last_unit(self) -> float: ...
    def merge(self, other: PurchaseLog) -> None: ...

def bin_borders(
    values: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], bins: typing.SupportsInt | typing.SupportsIndex, method: str = "quantile"
) -> numpy.typing.NDArray[numpy.float64]: ...
def chi_squared_sf(x: typing.SupportsFloat | typing.SupportsIndex, dof: typing.SupportsFloat | typing.SupportsIndex) -> float: ...
@typing.overload
def coefficients(model: BgNbdModel) -> typing.Any: ...
@typing.overload
def coefficients(model: ParetoNbdModel) -> typing.Any: ...
@typing.overload
def coefficients(model: RetentionModel) -> typing.Any: ...
@typing.overload
def expected_purchases(
    model: BgNbdModel,
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    horizon: typing.SupportsFloat | typing.SupportsIndex,
    purchase: tenure._core.Table | None = None,
    dropout: tenure._core.Table | None = None,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> numpy.typing.NDArray[numpy.float64]: ...
@typing.overload
def expected_purchases(
    model: ParetoNbdModel,
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    horizon: typing.SupportsFloat | typing.SupportsIndex,
    purchase: tenure._core.Table | None = None,
    dropout: tenure._core.Table | None = None,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> numpy.typing.NDArray[numpy.float64]: ...
def expected_spend(
    model: GammaGammaModel, frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], monetary_value: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]
) -> numpy.typing.NDArray[numpy.float64]: ...
def fit_bg_nbd(
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    purchase: tenure._core.Table | None = None,
    dropout: tenure._core.Table | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> BgNbdModel: ...
def fit_gamma_gamma(
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    monetary_value: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    **kwargs,
) -> GammaGammaModel: ...
def fit_pareto_nbd(
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    purchase: tenure._core.Table | None = None,
    dropout: tenure._core.Table | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> ParetoNbdModel: ...
def fit_retention_cohorts(
    cohorts: collections.abc.Sequence[collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]],
    covariates: tenure._core.Table | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    **kwargs,
) -> RetentionModel: ...
def fit_retention_customers(
    periods: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    churned: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    covariates: tenure._core.Table | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    **kwargs,
) -> RetentionModel: ...
def keep_or_let_go(
    value: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    churn: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    *,
    value_lower: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    value_upper: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    churn_lower: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    churn_upper: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    **kwargs,
) -> typing.Any: ...
@typing.overload
def lifetime_value(
    model: BgNbdModel,
    spend: GammaGammaModel,
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    monetary_value: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    purchase: tenure._core.Table | None = None,
    dropout: tenure._core.Table | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    **kwargs,
) -> typing.Any: ...
@typing.overload
def lifetime_value(
    model: ParetoNbdModel,
    spend: GammaGammaModel,
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    monetary_value: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    purchase: tenure._core.Table | None = None,
    dropout: tenure._core.Table | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    **kwargs,
) -> typing.Any: ...
@typing.overload
def log_likelihood(
    model: BgNbdModel,
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    purchase: tenure._core.Table | None = None,
    dropout: tenure._core.Table | None = None,
) -> float: ...
@typing.overload
def log_likelihood(
    model: ParetoNbdModel,
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    purchase: tenure._core.Table | None = None,
    dropout: tenure._core.Table | None = None,
) -> float: ...
def models_at(model: RetentionModel, covariates: tenure._core.Table) -> list[RetentionModel]: ...
def predict_retention(
    model: RetentionModel, periods: typing.SupportsInt | typing.SupportsIndex, level: typing.SupportsFloat | typing.SupportsIndex = 0.95
) -> typing.Any: ...
@typing.overload
def probability_alive(
    model: BgNbdModel,
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    purchase: tenure._core.Table | None = None,
    dropout: tenure._core.Table | None = None,
) -> numpy.typing.NDArray[numpy.float64]: ...
@typing.overload
def probability_alive(
    model: ParetoNbdModel,
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    purchase: tenure._core.Table | None = None,
    dropout: tenure._core.Table | None = None,
) -> numpy.typing.NDArray[numpy.float64]: ...
def residual_renewals(
    model: RetentionModel, tenure: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], covariates: tenure._core.Table | None = None, **kwargs
) -> numpy.typing.NDArray[numpy.float64]: ...
def rfm_segment_names() -> list[str]: ...
def rfm_segments(
    recency_score: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex],
    frequency_score: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex],
    recency_levels: typing.SupportsInt | typing.SupportsIndex = 5,
    frequency_levels: typing.SupportsInt | typing.SupportsIndex = 5,
) -> numpy.typing.NDArray[numpy.int32]: ...
def scores(
    values: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    borders: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    reverse: bool = False,
) -> numpy.typing.NDArray[numpy.int32]: ...
@typing.overload
def std_errors(model: BgNbdModel) -> numpy.typing.NDArray[numpy.float64]: ...
@typing.overload
def std_errors(model: ParetoNbdModel) -> numpy.typing.NDArray[numpy.float64]: ...
@typing.overload
def std_errors(model: GammaGammaModel) -> numpy.typing.NDArray[numpy.float64]: ...
@typing.overload
def std_errors(model: RetentionModel) -> numpy.typing.NDArray[numpy.float64]: ...
def two_sided_p(z: typing.SupportsFloat | typing.SupportsIndex) -> float: ...
def value_tiers(
    value: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], shares: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]
) -> numpy.typing.NDArray[numpy.int32]: ...
