"""
Customer value.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy
import numpy.typing

__all__: list[str] = [
    "BgNbdModel",
    "GammaGammaModel",
    "ParetoNbdModel",
    "PurchaseLog",
    "RetentionModel",
    "bin_borders",
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
    "predict_retention",
    "probability_alive",
    "residual_renewals",
    "rfm_segment_names",
    "rfm_segments",
    "scores",
    "std_errors",
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
    def customers(self) -> typing.Any:
        """
        customers it was fitted to
        """
    @property
    def fit(self) -> typing.Any:
        """
        how the fit went; its covariance is of log r, log alpha, log a, log b
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
    def customers(self) -> typing.Any:
        """
        customers it was fitted to
        """
    @property
    def fit(self) -> typing.Any:
        """
        how the fit went; its covariance is of log r, log alpha, log s, log beta
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
        how the fit went; its covariance is of log alpha, log beta (and log c)
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
@typing.overload
def expected_purchases(
    model: BgNbdModel,
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    horizon: typing.SupportsFloat | typing.SupportsIndex,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> numpy.typing.NDArray[numpy.float64]: ...
@typing.overload
def expected_purchases(
    model: ParetoNbdModel,
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    horizon: typing.SupportsFloat | typing.SupportsIndex,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> numpy.typing.NDArray[numpy.float64]: ...
def expected_spend(
    model: GammaGammaModel, frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], monetary_value: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]
) -> numpy.typing.NDArray[numpy.float64]: ...
def fit_bg_nbd(
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
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
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> ParetoNbdModel: ...
def fit_retention_cohorts(
    cohorts: collections.abc.Sequence[collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]], **kwargs
) -> RetentionModel: ...
def fit_retention_customers(
    periods: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], churned: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], **kwargs
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
) -> float: ...
@typing.overload
def log_likelihood(
    model: ParetoNbdModel,
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
) -> float: ...
def predict_retention(
    model: RetentionModel, periods: typing.SupportsInt | typing.SupportsIndex, level: typing.SupportsFloat | typing.SupportsIndex = 0.95
) -> typing.Any: ...
@typing.overload
def probability_alive(
    model: BgNbdModel,
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
) -> numpy.typing.NDArray[numpy.float64]: ...
@typing.overload
def probability_alive(
    model: ParetoNbdModel,
    frequency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    recency: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    T: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
) -> numpy.typing.NDArray[numpy.float64]: ...
def residual_renewals(model: RetentionModel, tenure: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], **kwargs) -> numpy.typing.NDArray[numpy.float64]: ...
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
def value_tiers(
    value: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], shares: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]
) -> numpy.typing.NDArray[numpy.int32]: ...
