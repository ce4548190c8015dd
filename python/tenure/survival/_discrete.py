"""The chance of leaving period by period."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._frames import column, frame_like
from tenure.survival._outcome import as_outcome, as_weights
from tenure.survival._regression import LikelihoodRegressor


class DiscreteHazard(LikelihoodRegressor):
    """Discrete-time hazard: the chance of leaving in each month, for tenure in whole months (Singer and Willett 1993).

    Parameters
    ----------
    link : {"logit", "cloglog"}, default="logit"
        "logit": exp(coef) multiplies the odds of leaving in a period; "cloglog": the rate, as in Cox's model.
    baseline : {"periods", "spline"}, default="periods"
        An intercept for each period, or a natural cubic spline of the period.
    knots : sequence of float, optional
        Of the spline; by default four at quantiles of the events' periods.
    spikes : sequence of int, optional
        Periods with an intercept of their own beside the spline: months in which contracts end.
    time_varying : sequence of str, optional
        Columns whose effect changes linearly with the period; each adds a coefficient named `column:period`.
    reference : dict, optional
        For categorical columns the level that others are compared with, `{"plan": "basic"}`; the first level otherwise.
    level : float, default=0.95
        Confidence level of intervals.
    max_iter : int, default=50
        Scoring steps.
    tol : float, default=1e-11
        Converged when the next step, in standard errors, is below this times sqrt(events).
    n_jobs : int, optional
        Threads; the result does not depend on it.

    Attributes
    ----------
    coef_, std_err_ : ndarray
        Log odds ratios ("logit") or log hazard ratios ("cloglog"), and their standard errors.
    summary_ : frame
        One row a column: coef, its exponential, std_err, z, p_value, lower and upper limit of the exponential.
    baseline_ : frame
        One row a period: n_risk, n_event, intercept, std_err, and the hazard of a customer whose columns are all 0 or at the reference level.
    log_likelihood_, log_likelihood_null_ : float
    names_ : list of str

    Notes
    -----
    The same numbers as a logistic regression on one row for each customer and period, which is never made: memory is a copy of the columns. `time` counts
    whole periods, the last one that in which the customer left; 0 says nothing. A period with its own intercept in which nobody left has hazard 0.
    Matches R glm(family = binomial) on the person-periods to 1e-8.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.survival import DiscreteHazard, outcome
    >>> X = np.array([[0.0], [1], [2], [3], [4], [5], [1], [3]])
    >>> y = outcome([3, 3, 2, 3, 1, 1, 2, 2], [0, 1, 1, 0, 1, 1, 0, 1])
    >>> DiscreteHazard().fit(X, y).predict_survival(X[:2], [1, 3]).shape
    (2, 2)
    """

    _model_class = _core.survival.DiscreteHazardModel

    def __init__(
        self,
        *,
        link: str = "logit",
        baseline: str = "periods",
        knots: Any = None,
        spikes: Any = None,
        time_varying: Any = None,
        reference: dict[str, str] | None = None,
        level: float = 0.95,
        max_iter: int = 50,
        tol: float = 1e-11,
        n_jobs: int | None = None,
    ) -> None:
        self.link = link
        self.baseline = baseline
        self.knots = knots
        self.spikes = spikes
        self.time_varying = time_varying
        self.reference = reference
        self.level = level
        self.max_iter = max_iter
        self.tol = tol
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> DiscreteHazard:
        """Fits the model.

        Parameters
        ----------
        X : frame or array of shape (n, p)
            Numbers, booleans and categoricals. Constant and collinear columns are refused by name.
        y : outcome(time, event, entry=None), (time, event) pair, or frame
            Whole periods; with `entry` a row counts from the period after it.
        sample_weight : array-like, optional
            Case weights, >= 0; whole numbers mean the same as repeating rows.
        """
        known = as_outcome(y)
        table = self._table(X, reset=True)
        if isinstance(self.time_varying, str):
            raise TypeError(f"time_varying: is the text '{self.time_varying}', must be a list of column names")
        options = {
            "link": self.link,
            "baseline": self.baseline,
            "knots": [] if self.knots is None else [float(k) for k in self.knots],
            "spikes": [] if self.spikes is None else [float(k) for k in self.spikes],
            "time_varying": [] if self.time_varying is None else [str(name) for name in self.time_varying],
            "max_iterations": self.max_iter,
            "tolerance": self.tol,
            "reference": [f"{name}={level}" for name, level in (self.reference or {}).items()],
        }
        weight = as_weights(sample_weight, len(known))
        self.model_ = _core.survival.fit_discrete_hazard(table, known.time, known.event, known.entry, weight, threads=self._threads(), **options)
        self._frame(X, y)
        self._warn()
        return self

    def _warn(self) -> None:
        diverging = [self.names_[j] for j in self.model_.diverging]
        if diverging:
            message = f"the coefficient of {', '.join(diverging)} runs off to infinity: some group never leaves; its estimate, error and p-value mean nothing"
            warnings.warn(message, ConvergenceWarning, stacklevel=3)
        elif not self.model_.converged:
            warnings.warn(f"no convergence in {self.max_iter} iterations", ConvergenceWarning, stacklevel=3)

    @property
    def summary_(self) -> Any:
        width = _core.survival.normal_width(self.level) * self.std_err_
        ratio = "odds_ratio" if self.model_.link == "logit" else "hazard_ratio"
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            z = self.coef_ / self.std_err_
            p_value = np.array([_core.survival.two_sided_p(value) for value in z])
            columns = {"column": self.names_, "coef": self.coef_, ratio: np.exp(self.coef_), "std_err": self.std_err_, "z": z, "p_value": p_value}
            columns |= {"lower": np.exp(self.coef_ - width), "upper": np.exp(self.coef_ + width)}
        return frame_like(columns, self._like)

    @property
    def baseline_(self) -> Any:
        check_is_fitted(self)
        intercept = self.model_.intercept
        with np.errstate(over="ignore"):
            hazard = 1 / (1 + np.exp(-intercept)) if self.model_.link == "logit" else -np.expm1(-np.exp(intercept))
        columns = {"period": np.arange(1, len(intercept) + 1), "n_risk": self.model_.n_risk, "n_event": self.model_.n_event, "intercept": intercept}
        return frame_like(columns | {"std_err": self.model_.intercept_std_error, "hazard": hazard}, self._like)

    def predict_hazard(self, X: Any, periods: Any) -> np.ndarray:
        """The chance of leaving in each of `periods` (1 is the first) for who is still there before it, rows x periods."""
        check_is_fitted(self)
        wanted = np.atleast_1d(np.asarray(periods, dtype=np.float64))
        return self.model_.predict_hazard(self._table(X, reset=False), wanted, self._threads())

    def predict_survival(self, X: Any, times: Any, given: Any = None) -> np.ndarray:
        """P(still there after each of `times` periods), rows x times; with `given` tenures already reached: the probability of staying `times` longer."""
        check_is_fitted(self)
        wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
        reached = None if given is None else column(given, "given").astype(np.float64, copy=False)
        return self.model_.predict_survival(self._table(X, reset=False), wanted, reached, self._threads())

    def predict(self, X: Any) -> np.ndarray:
        """Risk of each row: minus the number of periods it is expected to stay within those of training. Higher leaves earlier."""
        check_is_fitted(self)
        return -self.predict_survival(X, np.arange(len(self.model_.intercept))).sum(axis=1)

    def plot(self, ax: Any = None) -> Any:
        """The chance of leaving by period of a customer whose columns are all 0 or at the reference level. Returns the matplotlib axes."""
        from tenure.survival import _plots

        check_is_fitted(self)
        return _plots.draw_hazard(self, ax)
