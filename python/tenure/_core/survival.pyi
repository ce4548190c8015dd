"""
When customers leave.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy
import numpy.typing

import tenure._core

__all__: list[str] = [
    "AFTModel",
    "AalenJohansenModel",
    "CoxInformation",
    "CoxModel",
    "CoxPathModel",
    "CoxRiskSets",
    "CoxSums",
    "DiscreteHazardModel",
    "Episodes",
    "EventCounts",
    "FineGrayModel",
    "LifeTables",
    "SurvivalCurves",
    "TurnbullCurves",
    "brier_score",
    "calibration_at",
    "chi_squared_sf",
    "common_horizon",
    "compare_restricted_means",
    "concordance_index",
    "cox_residuals",
    "dynamic_auc",
    "fit_aalen_johansen",
    "fit_aft",
    "fit_cox",
    "fit_cox_path",
    "fit_discrete_hazard",
    "fit_fine_gray",
    "fit_kaplan_meier",
    "fit_life_table",
    "fit_nelson_aalen",
    "fit_sparse_cox",
    "fit_turnbull",
    "gray_test",
    "integrated_brier_score",
    "log_rank",
    "normal_width",
    "split_episodes",
    "survival_std_error",
    "test_proportional_hazards",
    "two_sided_p",
    "uno_concordance",
]

class SurvivalCurves:
    """
    Kaplan-Meier or Nelson-Aalen curves of several groups.
    """

    kind: typing.ClassVar[str] = "survival.curves"
    @staticmethod
    def from_bytes(bytes: bytes) -> SurvivalCurves: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def at_risk(
        self, group: typing.SupportsInt | typing.SupportsIndex, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]
    ) -> numpy.typing.NDArray[numpy.float64]: ...
    def column(self, group: typing.SupportsInt | typing.SupportsIndex, name: str) -> typing.Any:
        """
        A column of a group's curve, read-only where it lies.
        """
    def limits(self, group: typing.SupportsInt | typing.SupportsIndex) -> tuple:
        """
        (std_error, lower, upper) of a group.
        """
    def predict(
        self, group: typing.SupportsInt | typing.SupportsIndex, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]
    ) -> numpy.typing.NDArray[numpy.float64]: ...
    def quantile(self, group: typing.SupportsInt | typing.SupportsIndex, p: typing.SupportsFloat | typing.SupportsIndex) -> tuple[float, float, float]:
        """
        (time, lower, upper), infinite where not reached.
        """
    def rmst(self, group: typing.SupportsInt | typing.SupportsIndex, tau: typing.SupportsFloat | typing.SupportsIndex) -> tuple[float, float]: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def curves(self) -> typing.Any:
        """
        one curve a group
        """
    @property
    def groups(self) -> typing.Any:
        """
        name of each group
        """
    @property
    def hazard(self) -> typing.Any:
        """
        true for Nelson-Aalen, false for Kaplan-Meier
        """
    @property
    def level(self) -> typing.Any:
        """
        confidence level
        """
    @property
    def scale(self) -> typing.Any:
        """
        the scale on which intervals are symmetric
        """

class EventCounts:
    """
    Counts of events and censorings by time and group; chunks and branches combine.
    """
    def __init__(self, groups: typing.SupportsInt | typing.SupportsIndex = 1, causes: typing.SupportsInt | typing.SupportsIndex = 1) -> None: ...
    def add(
        self,
        time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
        event: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
        entry: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
        weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
        group: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
        threads: typing.SupportsInt | typing.SupportsIndex = 1,
    ) -> None: ...
    def kaplan_meier(self, groups: collections.abc.Sequence[str], **kwargs) -> SurvivalCurves: ...
    def log_rank(self, **kwargs) -> typing.Any: ...
    def merge(self, other: EventCounts) -> None: ...

class CoxModel:
    """
    A fitted proportional-hazards model.
    """

    kind: typing.ClassVar[str] = "survival.cox"
    @staticmethod
    def from_bytes(bytes: bytes) -> CoxModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def log_hazard_effects(self, x: tenure._core.Table) -> numpy.typing.NDArray[numpy.float64]:
        """
        What every column adds to the log hazard, rows x columns.
        """
    def predict(self, x: tenure._core.Table, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.float64]: ...
    def predict_survival(
        self,
        x: tenure._core.Table,
        times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
        strata: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
        given: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
        threads: typing.SupportsInt | typing.SupportsIndex = 1,
    ) -> numpy.typing.NDArray[numpy.float64]: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def baseline_at_zero(self) -> float: ...
    @property
    def baseline_hazard(self) -> typing.Any:
        """
        cumulative hazard at the column means
        """
    @property
    def baseline_time(self) -> typing.Any:
        """
        event times by stratum
        """
    @property
    def center(self) -> typing.Any:
        """
        column means the baseline refers to
        """
    @property
    def code(self) -> typing.Any:
        """
        columns of training
        """
    @property
    def coef(self) -> typing.Any:
        """
        log hazard ratios
        """
    @property
    def converged(self) -> typing.Any:
        """
        true when the maximum was found
        """
    @property
    def covariance(self) -> typing.Any:
        """
        inverse information
        """
    @property
    def diverging(self) -> typing.Any:
        """
        design columns whose coefficient runs to infinity
        """
    @property
    def effective_dof(self) -> typing.Any:
        """
        effective degrees of freedom
        """
    @property
    def events(self) -> typing.Any:
        """
        events of training
        """
    @property
    def iterations(self) -> typing.Any:
        """
        Newton steps taken
        """
    @property
    def l2(self) -> typing.Any:
        """
        ridge penalty
        """
    @property
    def likelihood_ratio_test(self) -> typing.Any:
        """
        chi-squared
        """
    @property
    def log_likelihood(self) -> typing.Any:
        """
        log partial likelihood
        """
    @property
    def log_likelihood_null(self) -> typing.Any:
        """
        log partial likelihood with all coefficients 0
        """
    @property
    def names(self) -> list[str]: ...
    @property
    def robust_covariance(self) -> typing.Any:
        """
        sandwich variance, or empty
        """
    @property
    def robust_score_test(self) -> typing.Any:
        """
        the same with the sandwich variance, or 0
        """
    @property
    def rows(self) -> typing.Any:
        """
        rows of training
        """
    @property
    def score_test(self) -> typing.Any:
        """
        chi-squared at all coefficients 0
        """
    @property
    def stratum_begin(self) -> typing.Any:
        """
        first baseline row of each stratum, and the end
        """
    @property
    def ties(self) -> typing.Any:
        """
        how tied events were handled
        """
    @property
    def unpenalised_covariance(self) -> typing.Any:
        """
        H^-1 I H^-1 of a ridge fit, or empty
        """
    @property
    def wald_test(self) -> typing.Any:
        """
        chi-squared, robust when the variance is
        """

class AFTModel:
    """
    A fitted accelerated-failure-time model.
    """

    kind: typing.ClassVar[str] = "survival.aft"
    @staticmethod
    def from_bytes(bytes: bytes) -> AFTModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def deviance_residuals(
        self,
        arg0: tenure._core.Table,
        arg1: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
        arg2: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
        arg3: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    ) -> numpy.typing.NDArray[numpy.float64]: ...
    def predict(self, x: tenure._core.Table, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.float64]: ...
    def predict_quantile(
        self,
        arg0: tenure._core.Table,
        arg1: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
        arg2: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    ) -> tuple[numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.float64]]: ...
    def predict_survival(
        self,
        arg0: tenure._core.Table,
        arg1: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
        arg2: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
        arg3: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
        arg4: typing.SupportsInt | typing.SupportsIndex,
    ) -> numpy.typing.NDArray[numpy.float64]: ...
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
        columns of training
        """
    @property
    def coef(self) -> typing.Any:
        """
        intercept and coefficients on the scale of log time
        """
    @property
    def converged(self) -> typing.Any:
        """
        true when the maximum was found
        """
    @property
    def covariance(self) -> typing.Any:
        """
        of the estimated parameters
        """
    @property
    def cure(self) -> typing.Any:
        """
        true when a share of customers never leaves
        """
    @property
    def cured_share(self) -> typing.Any:
        """
        share that never leaves
        """
    @property
    def distribution(self) -> typing.Any:
        """
        law of the time
        """
    @property
    def iterations(self) -> typing.Any:
        """
        Newton steps taken
        """
    @property
    def log_likelihood(self) -> typing.Any:
        """
        of the times, not their logarithms
        """
    @property
    def log_likelihood_null(self) -> typing.Any:
        """
        with the intercept alone
        """
    @property
    def log_scale(self) -> typing.Any:
        """
        log scale of each stratum
        """
    @property
    def names(self) -> list[str]: ...
    @property
    def robust_covariance(self) -> typing.Any:
        """
        sandwich variance, or empty
        """
    @property
    def rows(self) -> typing.Any:
        """
        rows of training
        """
    @property
    def shape(self) -> typing.Any:
        """
        Q of the generalized gamma
        """

class CoxPathModel:
    """
    Elastic-net Cox models along a path of penalties.
    """

    kind: typing.ClassVar[str] = "survival.cox_path"
    @staticmethod
    def from_bytes(bytes: bytes) -> CoxPathModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def predict(self, arg0: tenure._core.Table, arg1: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.float64]: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def best(self) -> typing.Any:
        """
        index of the lambda with the least cross-validated deviance
        """
    @property
    def code(self) -> typing.Any:
        """
        columns of training
        """
    @property
    def coef(self) -> typing.Any:
        """
        coefficients, lambdas x columns
        """
    @property
    def converged(self) -> typing.Any:
        """
        true when every lambda converged
        """
    @property
    def cv_mean(self) -> typing.Any:
        """
        cross-validated deviance per event
        """
    @property
    def cv_std_error(self) -> typing.Any:
        """
        its standard error over folds
        """
    @property
    def deviance_ratio(self) -> typing.Any:
        """
        share of the deviance explained
        """
    @property
    def l1_ratio(self) -> typing.Any:
        """
        share of the lasso in the penalty
        """
    @property
    def names(self) -> list[str]: ...
    @property
    def null_deviance(self) -> typing.Any:
        """
        deviance of the model without columns
        """
    @property
    def sparse(self) -> typing.Any:
        """
        index of the largest lambda within one standard error of it
        """

class AalenJohansenModel:
    """
    Cumulative incidence of several groups.
    """

    kind: typing.ClassVar[str] = "survival.aalen_johansen"
    @staticmethod
    def from_bytes(bytes: bytes) -> AalenJohansenModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def curve(self, group: typing.SupportsInt | typing.SupportsIndex) -> typing.Any: ...
    def mean_time(
        self,
        group: typing.SupportsInt | typing.SupportsIndex,
        tau: typing.SupportsFloat | typing.SupportsIndex,
        start: typing.SupportsFloat | typing.SupportsIndex,
    ) -> numpy.typing.NDArray[numpy.float64]: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def curves(self) -> typing.Any:
        """
        one a group
        """
    @property
    def groups(self) -> typing.Any:
        """
        name of each group
        """
    @property
    def level(self) -> typing.Any:
        """
        confidence level
        """

class FineGrayModel:
    """
    A fitted subdistribution-hazards model.
    """

    kind: typing.ClassVar[str] = "survival.fine_gray"
    @staticmethod
    def from_bytes(bytes: bytes) -> FineGrayModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def predict(self, arg0: tenure._core.Table) -> numpy.typing.NDArray[numpy.float64]: ...
    def predict_incidence(
        self, arg0: tenure._core.Table, arg1: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], arg2: typing.SupportsInt | typing.SupportsIndex
    ) -> numpy.typing.NDArray[numpy.float64]: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def baseline_hazard(self) -> typing.Any:
        """
        cumulative subdistribution hazard at the column means
        """
    @property
    def baseline_time(self) -> typing.Any:
        """
        event times
        """
    @property
    def cause(self) -> typing.Any:
        """
        the reason whose incidence is modelled
        """
    @property
    def center(self) -> typing.Any:
        """
        column means the baseline refers to
        """
    @property
    def code(self) -> typing.Any:
        """
        columns of training
        """
    @property
    def coef(self) -> typing.Any:
        """
        log subdistribution hazard ratios
        """
    @property
    def converged(self) -> typing.Any:
        """
        true when the maximum was found
        """
    @property
    def covariance(self) -> typing.Any:
        """
        sandwich variance
        """
    @property
    def events(self) -> typing.Any:
        """
        events of the cause
        """
    @property
    def iterations(self) -> typing.Any:
        """
        Newton steps taken
        """
    @property
    def log_likelihood(self) -> typing.Any:
        """
        log pseudo likelihood
        """
    @property
    def log_likelihood_null(self) -> typing.Any:
        """
        with all coefficients 0
        """
    @property
    def names(self) -> list[str]: ...
    @property
    def rows(self) -> typing.Any:
        """
        rows of training
        """

class LifeTables:
    """
    Life tables of several groups.
    """

    kind: typing.ClassVar[str] = "survival.life_table"
    @staticmethod
    def from_bytes(bytes: bytes) -> LifeTables: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def table(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> typing.Any: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def groups(self) -> typing.Any:
        """
        name of each group
        """
    @property
    def tables(self) -> typing.Any:
        """
        one a group
        """

class TurnbullCurves:
    """
    Curves of several groups from times known only to lie in intervals.
    """

    kind: typing.ClassVar[str] = "survival.turnbull"
    @staticmethod
    def from_bytes(bytes: bytes) -> TurnbullCurves: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def curve(self, group: typing.SupportsInt | typing.SupportsIndex) -> typing.Any: ...
    def predict(
        self, group: typing.SupportsInt | typing.SupportsIndex, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]
    ) -> numpy.typing.NDArray[numpy.float64]: ...
    def quantile(self, group: typing.SupportsInt | typing.SupportsIndex, p: typing.SupportsFloat | typing.SupportsIndex) -> tuple[float, float]:
        """
        (lower, upper), infinite where not reached.
        """
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def curves(self) -> typing.Any:
        """
        one curve a group
        """
    @property
    def groups(self) -> typing.Any:
        """
        name of each group
        """

class DiscreteHazardModel:
    """
    A fitted discrete-time hazard.
    """

    kind: typing.ClassVar[str] = "survival.discrete_hazard"
    @staticmethod
    def from_bytes(bytes: bytes) -> DiscreteHazardModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def predict_hazard(
        self, arg0: tenure._core.Table, arg1: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], arg2: typing.SupportsInt | typing.SupportsIndex
    ) -> numpy.typing.NDArray[numpy.float64]: ...
    def predict_survival(
        self,
        arg0: tenure._core.Table,
        arg1: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
        arg2: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
        arg3: typing.SupportsInt | typing.SupportsIndex,
    ) -> numpy.typing.NDArray[numpy.float64]: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def baseline(self) -> typing.Any:
        """
        intercepts or a spline
        """
    @property
    def code(self) -> typing.Any:
        """
        columns of training
        """
    @property
    def coef(self) -> typing.Any:
        """
        coefficients, then changes a period
        """
    @property
    def converged(self) -> typing.Any:
        """
        true when the maximum was found
        """
    @property
    def covariance(self) -> typing.Any:
        """
        inverse expected information of coef
        """
    @property
    def diverging(self) -> typing.Any:
        """
        coefficients that run to infinity
        """
    @property
    def drifting(self) -> typing.Any:
        """
        design columns whose effect changes with the period
        """
    @property
    def events(self) -> typing.Any:
        """
        total weight of events
        """
    @property
    def intercept(self) -> typing.Any:
        """
        of each period
        """
    @property
    def intercept_std_error(self) -> typing.Any:
        """
        its standard error
        """
    @property
    def iterations(self) -> typing.Any:
        """
        scoring steps taken
        """
    @property
    def knots(self) -> typing.Any:
        """
        of the spline
        """
    @property
    def link(self) -> typing.Any:
        """
        how the linear predictor becomes a chance
        """
    @property
    def log_likelihood(self) -> typing.Any:
        """
        of the events and non-events of all periods
        """
    @property
    def log_likelihood_null(self) -> typing.Any:
        """
        with the baseline alone
        """
    @property
    def n_event(self) -> typing.Any:
        """
        weight of events in each period
        """
    @property
    def n_risk(self) -> typing.Any:
        """
        weight of customers in each period
        """
    @property
    def names(self) -> list[str]: ...
    @property
    def person_periods(self) -> typing.Any:
        """
        total weight of periods lived through
        """
    @property
    def rows(self) -> typing.Any:
        """
        rows of training
        """

class Episodes:
    """
    Customers cut where something about them changed.
    """
    def carry_forward(self, present: typing.Annotated[numpy.typing.ArrayLike, numpy.uint8]) -> numpy.typing.NDArray[numpy.int64]:
        """
        For each row the last change in force that is present, or -1.
        """
    @property
    def customer(self) -> numpy.typing.NDArray[numpy.uint32]: ...
    @property
    def event(self) -> numpy.typing.NDArray[numpy.uint8]: ...
    @property
    def start(self) -> numpy.typing.NDArray[numpy.float64]: ...
    @property
    def stop(self) -> numpy.typing.NDArray[numpy.float64]: ...

class CoxRiskSets:
    """
    Risk sets of all chunks at given coefficients: log likelihood, gradient, hazard.
    """

    kind: typing.ClassVar[str] = "survival.cox_risk_sets"
    @staticmethod
    def from_bytes(bytes: bytes) -> CoxRiskSets: ...
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
    def center(self) -> typing.Any:
        """
        taken off the columns
        """
    @property
    def code(self) -> typing.Any:
        """
        columns
        """
    @property
    def coef(self) -> typing.Any:
        """
        coefficients
        """
    @property
    def gradient(self) -> typing.Any:
        """
        its gradient
        """
    @property
    def hazard(self) -> typing.Any:
        """
        cumulative baseline hazard
        """
    @property
    def log_likelihood(self) -> typing.Any:
        """
        log partial likelihood
        """
    @property
    def spared(self) -> typing.Any:
        """
        part of it that the time's own events do not see
        """
    @property
    def spread(self) -> typing.Any:
        """
        sum over events of mean mean'
        """
    @property
    def stratum(self) -> typing.Any:
        """
        stratum of each event time
        """
    @property
    def time(self) -> typing.Any:
        """
        event times, ascending in each stratum
        """

class CoxSums:
    """
    First pass of a Cox model's Newton step over chunks of rows.
    """

    kind: typing.ClassVar[str] = "survival.cox_sums"
    @staticmethod
    def from_bytes(bytes: bytes) -> CoxSums: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __init__(
        self,
        x: tenure._core.Table,
        coef: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
        center: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [],
    ) -> None:
        """
        For tables with the columns of `x`.
        """
    def __setstate__(self, arg0: bytes) -> None: ...
    def add(
        self,
        x: tenure._core.Table,
        time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
        event: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
        entry: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
        weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
        strata: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
        offset: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    ) -> None: ...
    def finish(self, ties: str = "efron") -> CoxRiskSets: ...
    def merge(self, other: CoxSums) -> None: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def center(self) -> typing.Any:
        """
        taken off the columns
        """
    @property
    def code(self) -> typing.Any:
        """
        columns
        """
    @property
    def coef(self) -> typing.Any:
        """
        coefficients
        """
    @property
    def event(self) -> typing.Any:
        """
        sums over events
        """
    @property
    def event_stratum(self) -> typing.Any:
        """
        stratum of each event time
        """
    @property
    def event_time(self) -> typing.Any:
        """
        event times, ascending in each stratum
        """
    @property
    def risk(self) -> typing.Any:
        """
        sums over exits less entries
        """
    @property
    def risk_stratum(self) -> typing.Any:
        """
        stratum of each time
        """
    @property
    def risk_time(self) -> typing.Any:
        """
        times, ascending in each stratum
        """

class CoxInformation:
    """
    Second pass: minus the Hessian.
    """

    kind: typing.ClassVar[str] = "survival.cox_information"
    @staticmethod
    def from_bytes(bytes: bytes) -> CoxInformation: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __init__(self, risk_sets: CoxRiskSets) -> None: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def add(
        self,
        x: tenure._core.Table,
        time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
        event: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
        entry: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
        weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
        strata: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
        offset: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    ) -> None: ...
    def finish(self) -> numpy.typing.NDArray[numpy.float64]: ...
    def merge(self, other: CoxInformation) -> None: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def sets(self) -> typing.Any:
        """
        risk sets of all rows
        """
    @property
    def sum(self) -> typing.Any:
        """
        sum of hazard times x x'
        """

def brier_score(
    arg0: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]],
    arg1: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]],
    arg2: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    arg3: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
) -> numpy.typing.NDArray[numpy.float64]: ...
def calibration_at(
    arg0: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]],
    arg1: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg2: typing.SupportsFloat | typing.SupportsIndex,
    arg3: typing.SupportsInt | typing.SupportsIndex,
) -> tuple[
    numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.float64]
]: ...
def chi_squared_sf(x: typing.SupportsFloat | typing.SupportsIndex, dof: typing.SupportsFloat | typing.SupportsIndex) -> float: ...
def common_horizon(curves: SurvivalCurves) -> float: ...
def compare_restricted_means(
    curves: SurvivalCurves, tau: typing.SupportsFloat | typing.SupportsIndex, reference: typing.SupportsInt | typing.SupportsIndex = 0
) -> dict: ...
def concordance_index(
    arg0: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg1: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg2: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg3: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg4: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg5: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg6: bool,
    arg7: typing.SupportsInt | typing.SupportsIndex,
) -> typing.Any: ...
def cox_residuals(
    arg0: CoxModel,
    arg1: tenure._core.Table,
    arg2: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg3: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg4: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg5: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg6: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg7: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg8: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg9: str,
    arg10: typing.SupportsInt | typing.SupportsIndex,
) -> tuple[numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.int64], numpy.typing.NDArray[numpy.float64]]: ...
def dynamic_auc(
    arg0: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]],
    arg1: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]],
    arg2: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg3: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
) -> tuple[numpy.typing.NDArray[numpy.float64], float]: ...
def fit_aalen_johansen(
    arg0: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg1: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg2: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg3: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg4: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg5: collections.abc.Sequence[str],
    arg6: typing.SupportsInt | typing.SupportsIndex,
    arg7: typing.SupportsFloat | typing.SupportsIndex,
    arg8: str,
) -> AalenJohansenModel: ...
def fit_aft(
    x: tenure._core.Table,
    lower: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    upper: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    entry: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    strata: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    cluster: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> AFTModel: ...
def fit_cox(
    x: tenure._core.Table,
    time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    event: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    entry: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    strata: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    cluster: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    offset: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> CoxModel: ...
def fit_cox_path(
    x: tenure._core.Table,
    time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    event: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    entry: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> CoxPathModel: ...
def fit_discrete_hazard(
    x: tenure._core.Table,
    time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    event: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    entry: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> DiscreteHazardModel: ...
def fit_fine_gray(
    x: tenure._core.Table,
    time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    event: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    entry: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> FineGrayModel: ...
def fit_kaplan_meier(
    time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    event: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    entry: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    group: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    groups: collections.abc.Sequence[str] = ["all"],
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> SurvivalCurves: ...
def fit_life_table(
    arg0: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg1: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg2: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg3: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg4: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg5: collections.abc.Sequence[str],
    arg6: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
) -> LifeTables: ...
def fit_nelson_aalen(
    time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    event: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    entry: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    group: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    groups: collections.abc.Sequence[str] = ["all"],
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> SurvivalCurves: ...
def fit_sparse_cox(
    x: tenure._core.Table,
    time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    event: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    entry: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    strata: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    cluster: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    offset: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> CoxModel: ...
def fit_turnbull(
    lower: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    upper: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    group: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    groups: collections.abc.Sequence[str] = ["all"],
    *,
    progress: typing.Any = None,
    **kwargs,
) -> TurnbullCurves: ...
def gray_test(
    arg0: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg1: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg2: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg3: typing.SupportsInt | typing.SupportsIndex,
    arg4: typing.SupportsInt | typing.SupportsIndex,
    arg5: typing.SupportsInt | typing.SupportsIndex,
) -> tuple[float, int, float]: ...
def integrated_brier_score(
    arg0: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]],
    arg1: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]],
    arg2: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    arg3: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
) -> float: ...
def log_rank(
    time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    event: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    entry: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    group: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    strata: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    pairwise: bool = False,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    **kwargs,
) -> typing.Any: ...
def normal_width(level: typing.SupportsFloat | typing.SupportsIndex) -> float:
    """
    z with P(|Z| <= z) = level.
    """

def split_episodes(
    time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    event: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    entry: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    customer: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    at: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
) -> Episodes: ...
def survival_std_error(
    arg0: CoxModel,
    arg1: tenure._core.Table,
    arg2: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg3: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg4: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg5: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg6: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg7: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg8: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg9: tenure._core.Table,
    arg10: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    arg11: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg12: typing.SupportsInt | typing.SupportsIndex,
) -> numpy.typing.NDArray[numpy.float64]: ...
def test_proportional_hazards(
    arg0: CoxModel,
    arg1: tenure._core.Table,
    arg2: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg3: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg4: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg5: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg6: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg7: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg8: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None,
    arg9: str,
    arg10: typing.SupportsInt | typing.SupportsIndex,
) -> typing.Any: ...
def two_sided_p(z: typing.SupportsFloat | typing.SupportsIndex) -> float: ...
def uno_concordance(
    arg0: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]],
    arg1: tuple[numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]],
    arg2: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    arg3: typing.SupportsFloat | typing.SupportsIndex,
) -> typing.Any: ...
