"""Competing reasons: customers leave for one of several."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._frames import frame_like
from tenure.survival._estimator import GroupedEstimator
from tenure.survival._outcome import Outcome, as_groups, as_outcome, as_weights
from tenure.survival._regression import LikelihoodRegressor


class GrayResult(NamedTuple):
    """Gray's test: chi-squared `statistic` with `dof` degrees of freedom and its `p_value`."""

    statistic: float
    dof: int
    p_value: float


def _causes(known: Outcome) -> int:
    return max(1, int(known.event.max())) if len(known.event) else 1


def cause_concordance(known: Outcome, cause: int, risk: np.ndarray, threads: int) -> float:
    """Harrell's concordance for one reason; customers gone for another one count as staying to the end."""
    time = np.where((known.event != 0) & (known.event != cause), np.max(known.time), known.time)
    event = (known.event == cause).astype(np.uint8)
    return float(_core.survival.concordance_index(time, event, None, None, risk, None, False, threads)["concordance"])


class AalenJohansen(GroupedEstimator):
    """Share of customers gone for each reason, by time (cumulative incidence; Aalen and Johansen 1978).

    One minus Kaplan-Meier of a reason alone overstates it, because it treats customers gone for another reason as if they could still leave.

    Parameters
    ----------
    variance : {"aalen", "jackknife"}, default="aalen"
        As R cmprsk::cuminc, which also serves late entries; or as R survfit.
    level : float, default=0.95
        Confidence level of limits, which are symmetric on the log-log scale.

    Attributes
    ----------
    table_ : frame
        Group (when there are several), cause, time, n_risk, n_event, incidence, std_error, lower, upper.
    groups_ : list of str
    n_causes_ : int

    Notes
    -----
    The outcome's `event` is 0 (still there) or the reason 1, 2, ... . Matches R to 1e-9.

    Examples
    --------
    >>> from tenure.survival import AalenJohansen, outcome
    >>> AalenJohansen().fit(outcome([1, 2, 3, 4], [1, 2, 0, 1])).predict([2, 5])
    array([[0.25, 0.25],
           [0.75, 0.25]])
    """

    _model_class = _core.survival.AalenJohansenModel

    def __init__(self, *, variance: str = "aalen", level: float = 0.95) -> None:
        self.variance = variance
        self.level = level

    def fit(self, y: Any, by: Any = None, sample_weight: Any = None) -> AalenJohansen:
        """Estimates the incidence, for each group of `by`; arguments as for KaplanMeier."""
        known = as_outcome(y)
        codes, groups = as_groups(by, len(known))
        self.n_causes_ = _causes(known)
        weight = as_weights(sample_weight, len(known))
        self.model_ = _core.survival.fit_aalen_johansen(known.time, known.event, known.entry, weight, codes, groups, self.n_causes_, self.level, self.variance)
        self._frame(y, by)
        return self

    @property
    def table_(self) -> Any:
        check_is_fitted(self)
        z = _core.survival.normal_width(self.level)
        parts: list[dict[str, np.ndarray]] = []
        for g, group in enumerate(self.groups_):
            curve = self.model_.curve(g)
            for k in range(self.n_causes_):
                value, error = curve["incidence"][:, k], np.sqrt(curve["variance"][:, k])
                with np.errstate(divide="ignore", invalid="ignore"):
                    factor = np.exp(z * error / (value * np.log(value)))
                    inside = (value > 0) & (value < 1)
                    lower, upper = np.where(inside, value ** (1 / factor), value), np.where(inside, value**factor, value)
                n = len(value)
                parts.append(
                    {
                        "group": np.full(n, group, dtype=object),
                        "cause": np.full(n, k + 1),
                        "time": curve["time"],
                        "n_risk": curve["n_risk"],
                        "n_event": curve["n_event"][:, k],
                        "incidence": value,
                        "std_error": error,
                        "lower": np.minimum(lower, upper),
                        "upper": np.maximum(lower, upper),
                    }
                )
        columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        if len(self.groups_) == 1:
            del columns["group"]
        return frame_like(columns, self._like)

    def predict(self, times: Any) -> np.ndarray:
        """Share gone for each reason by `times`: times x causes, or groups x times x causes."""
        check_is_fitted(self)
        wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
        found = []
        for g in range(len(self.groups_)):
            curve = self.model_.curve(g)
            padded = np.vstack([np.zeros(self.n_causes_), curve["incidence"]])
            found.append(padded[np.searchsorted(curve["time"], wanted, side="right")])
        return found[0] if len(found) == 1 else np.array(found)

    def mean_time(self, tau: float, start: float = 0.0) -> Any:
        """Mean time up to `tau` that a customer is still there, and gone for each reason, by group."""
        check_is_fitted(self)
        values = np.array([self.model_.mean_time(g, float(tau), float(start)) for g in range(len(self.groups_))])
        columns = {"group": self.groups_, "still_there": values[:, 0]} | {f"cause_{k + 1}": values[:, k + 1] for k in range(self.n_causes_)}
        return frame_like(columns, self._like)

    def plot(self, ax: Any = None) -> Any:
        """Draws the incidence of each reason (and group). Returns the matplotlib axes."""
        from tenure.survival import _plots

        check_is_fitted(self)
        return _plots.draw_incidence(self, ax)


def gray_test(y: Any, group: Any, cause: int = 1) -> GrayResult:
    """Is the cumulative incidence of `cause` the same in all groups (Gray 1988)? Matches R cmprsk::cuminc.

    Examples
    --------
    >>> from tenure.survival import gray_test, outcome
    >>> y = outcome([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 2, 1, 2, 1, 0, 2])
    >>> gray_test(y, list("aaaabbbb")).dof
    1
    """
    known = as_outcome(y)
    if known.entry is not None:
        raise ValueError("entry: Gray's test does not take late entries")
    codes, groups = as_groups(group, len(known), "group")
    if codes is None:
        raise ValueError("group: is missing")
    return GrayResult(*_core.survival.gray_test(known.time, known.event, codes, len(groups), _causes(known), cause))


class FineGray(LikelihoodRegressor):
    """How columns change the share gone for one reason, in the presence of the others (Fine and Gray 1999).

    Parameters
    ----------
    cause : int, default=1
        The reason.
    reference : dict, optional
        For categorical columns the level that others are compared with; the first level otherwise.
    level : float, default=0.95
        Confidence level of intervals.
    max_iter : int, default=50
    tol : float, default=1e-11
    n_jobs : int, optional

    Attributes
    ----------
    coef_, std_err_ : ndarray
        Log subdistribution hazard ratios; standard errors allow for the estimated censoring curve (with late entries they take its weights as known).
    summary_ : frame
    log_likelihood_, log_likelihood_null_ : float
    names_ : list of str

    Notes
    -----
    The outcome's `event` is 0 (still there) or the reason 1, 2, ... . For the rate of a reason among those still there fit CoxPH with that reason as the
    event (cause-specific). Breslow ties; matches R cmprsk::crr, and with late entries survival::finegray.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.survival import FineGray, outcome
    >>> X = np.array([[0.0], [1], [2], [3], [4], [5], [2], [1]])
    >>> y = outcome([9, 7, 8, 4, 3, 2, 5, 6], [0, 2, 1, 1, 2, 1, 1, 1])
    >>> FineGray().fit(X, y).predict_incidence(X[:2], [5]).shape
    (2, 1)
    """

    _model_class = _core.survival.FineGrayModel

    def __init__(
        self,
        *,
        cause: int = 1,
        reference: dict[str, str] | None = None,
        level: float = 0.95,
        max_iter: int = 50,
        tol: float = 1e-11,
        n_jobs: int | None = None,
    ) -> None:
        self.cause = cause
        self.reference = reference
        self.level = level
        self.max_iter = max_iter
        self.tol = tol
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> FineGray:
        """Fits the model.

        Parameters
        ----------
        X : frame or array of shape (n, p)
        y : outcome(time, event, entry=None), (time, event) pair, or frame
        sample_weight : array-like, optional
            Case weights, >= 0; whole numbers mean the same as repeating rows, also for standard errors.
        """
        known = as_outcome(y)
        weight = as_weights(sample_weight, len(known))
        table = self._table(X, reset=True)
        reference = [f"{name}={level}" for name, level in (self.reference or {}).items()]
        options = {"cause": self.cause, "max_iterations": self.max_iter, "tolerance": self.tol, "reference": reference}
        self.model_ = _core.survival.fit_fine_gray(table, known.time, known.event, known.entry, weight, threads=self._threads(), **options)
        self._frame(X, y)
        return self

    @property
    def summary_(self) -> Any:
        z = self.coef_ / self.std_err_
        width = _core.survival.normal_width(self.level) * self.std_err_
        p_value = np.array([_core.survival.two_sided_p(value) for value in z])
        columns = {"column": self.names_, "coef": self.coef_, "hazard_ratio": np.exp(self.coef_), "std_err": self.std_err_, "z": z, "p_value": p_value}
        return frame_like(columns | {"lower": np.exp(self.coef_ - width), "upper": np.exp(self.coef_ + width)}, self._like)

    def predict(self, X: Any) -> np.ndarray:
        """Log relative subdistribution hazard of each row."""
        check_is_fitted(self)
        return self.model_.predict(self._table(X, reset=False))

    def predict_incidence(self, X: Any, times: Any) -> np.ndarray:
        """P(gone for the cause by each of `times`), rows x times."""
        check_is_fitted(self)
        return self.model_.predict_incidence(self._table(X, reset=False), np.atleast_1d(np.asarray(times, dtype=np.float64)), self._threads())

    def score(self, X: Any, y: Any) -> float:
        """Concordance of the predicted risks for the cause; customers gone for another reason count as staying to the end."""
        return cause_concordance(as_outcome(y), self.cause, self.predict(X), self._threads())
