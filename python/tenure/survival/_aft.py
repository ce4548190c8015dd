"""Accelerated-failure-time regression."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._frames import column, frame_like
from tenure.survival._outcome import as_interval, as_weights
from tenure.survival._regression import LikelihoodRegressor, as_strata, known_strata


class AFT(LikelihoodRegressor):
    """Accelerated failure time: log T = intercept + x'coef + scale W; columns stretch or shrink the time a customer stays.

    Parameters
    ----------
    distribution : {"weibull", "exponential", "lognormal", "loglogistic", "gaussian", "generalized_gamma"}, default="weibull"
        Law of the time; "gaussian" is for T itself.
    cure : bool, default=False
        Mixture cure: a share of customers never leaves.
    robust : bool, default=False
        Sandwich variance by row; `cluster` in `fit` turns it on as well.
    reference : dict, optional
        For categorical columns the level that others are compared with; the first level otherwise.
    level : float, default=0.95
        Confidence level of intervals.
    max_iter : int, default=100
    tol : float, default=1e-10
        Converged when the next step, in standard errors, is below this times sqrt(rows).
    n_jobs : int, optional
        Threads; the result does not depend on it.

    Attributes
    ----------
    intercept_ : float
    coef_, std_err_ : ndarray
        On the scale of log time: exp(coef) is the factor by which a unit stretches time.
    scale_ : float or ndarray
        One, or one a stratum. For "weibull" 1 / scale is the shape.
    shape_ : float
        Q of the generalized gamma: 0 is lognormal, 1 is Weibull.
    cured_share_ : float
    summary_ : frame
        One row a parameter.
    log_likelihood_, log_likelihood_null_ : float
    names_ : list of str

    Notes
    -----
    Takes right-, left- and interval-censored times (`interval_outcome`), late entries, weights, and a scale per stratum. Newton's method. Matches R
    survival::survreg to 1e-7.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.survival import AFT, outcome
    >>> X = np.array([[0.0], [1], [2], [3], [4], [5]])
    >>> model = AFT().fit(X, outcome([9, 7, 8, 4, 3, 2], [0, 1, 1, 1, 1, 1]))
    >>> bool(model.coef_[0] < 0)
    True
    """

    _model_class = _core.survival.AFTModel

    def __init__(
        self,
        *,
        distribution: str = "weibull",
        cure: bool = False,
        robust: bool = False,
        reference: dict[str, str] | None = None,
        level: float = 0.95,
        max_iter: int = 100,
        tol: float = 1e-10,
        n_jobs: int | None = None,
    ) -> None:
        self.distribution = distribution
        self.cure = cure
        self.robust = robust
        self.reference = reference
        self.level = level
        self.max_iter = max_iter
        self.tol = tol
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any, sample_weight: Any = None, strata: Any = None, cluster: Any = None) -> AFT:
        """Fits the model.

        Parameters
        ----------
        X : frame or array of shape (n, p)
        y : outcome(...), interval_outcome(...), (time, event) pair, or frame
        sample_weight : array-like, optional
        strata : array-like or frame, optional
            Each stratum has its own scale.
        cluster : array-like, optional
            Rows of one cluster are not independent: sandwich variance.
        """
        lower, upper, entry = as_interval(y)
        rows = len(lower)
        table = self._table(X, reset=True)
        strata_codes, self.strata_ = as_strata(strata, rows)
        cluster_codes = None if cluster is None else as_strata(cluster, rows)[0]
        reference = [f"{name}={level}" for name, level in (self.reference or {}).items()]
        self.model_ = _core.survival.fit_aft(
            table,
            lower,
            upper,
            entry,
            as_weights(sample_weight, rows),
            strata_codes,
            cluster_codes,
            threads=self._threads(),
            distribution=self.distribution,
            cure=self.cure,
            robust=self.robust,
            max_iterations=self.max_iter,
            tolerance=self.tol,
            reference=reference,
        )
        self._keep(data=(table, lower, upper, strata_codes))
        self._frame(X, y)
        if not self.model_.converged:
            warnings.warn(f"no convergence in {self.max_iter} iterations", ConvergenceWarning, stacklevel=2)
        return self

    @property
    def intercept_(self) -> float:
        check_is_fitted(self)
        return float(self.model_.coef[0])

    @property
    def coef_(self) -> np.ndarray:
        check_is_fitted(self)
        return self.model_.coef[1:]

    @property
    def std_err_(self) -> np.ndarray:
        return self._errors()[1 : 1 + len(self.coef_)]

    def _errors(self) -> np.ndarray:
        check_is_fitted(self)
        robust = self.model_.robust_covariance
        return np.sqrt(np.diag(robust if len(robust) else self.model_.covariance))

    @property
    def scale_(self) -> float | np.ndarray:
        check_is_fitted(self)
        scales = np.exp(self.model_.log_scale)
        return scales if self.strata_ else float(scales[0])

    @property
    def shape_(self) -> float:
        check_is_fitted(self)
        return self.model_.shape

    @property
    def cured_share_(self) -> float:
        check_is_fitted(self)
        return self.model_.cured_share

    @property
    def summary_(self) -> Any:
        error = self._errors()
        names, values = ["intercept", *self.names_], list(self.model_.coef)
        if self.distribution != "exponential":
            names += [f"log(scale)[{name}]" for name in self.strata_] if self.strata_ else ["log(scale)"]
            values += list(self.model_.log_scale)
        if self.distribution == "generalized_gamma":
            names.append("Q")
            values.append(self.model_.shape)
        if self.cure:
            names.append("logit(cured)")
            values.append(float(np.log(self.cured_share_ / (1 - self.cured_share_))))
        estimate = np.array(values)
        width = _core.survival.normal_width(self.level) * error
        z = estimate / error
        p_value = np.array([_core.survival.two_sided_p(value) for value in z])
        columns = {"parameter": names, "estimate": estimate, "std_err": error, "z": z, "p_value": p_value, "lower": estimate - width, "upper": estimate + width}
        return frame_like(columns, self._like)

    def predict(self, X: Any) -> np.ndarray:
        """Location of log time of each row (of time, for "gaussian"): higher stays longer."""
        check_is_fitted(self)
        return self.model_.predict(self._table(X, reset=False), self._threads())

    def _risk(self, X: Any) -> np.ndarray:
        return -self.predict(X)

    def predict_survival(self, X: Any, times: Any, strata: Any = None, given: Any = None) -> np.ndarray:
        """P(still there at each of `times`), rows x times; with `given` tenures already reached: the probability of staying `times` longer."""
        check_is_fitted(self)
        table = self._table(X, reset=False)
        wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
        reached = None if given is None else column(given, "given").astype(np.float64, copy=False)
        return self.model_.predict_survival(table, wanted, known_strata(strata, len(table), self.strata_), reached, self._threads())

    def predict_quantile(self, X: Any, p: Any = (0.25, 0.5, 0.75), strata: Any = None, return_std_error: bool = False) -> Any:
        """Times by which a share `p` of customers like each row have left, rows x p; with standard errors when asked for."""
        check_is_fitted(self)
        table = self._table(X, reset=False)
        shares = np.atleast_1d(np.asarray(p, dtype=np.float64))
        time, error = self.model_.predict_quantile(table, shares, known_strata(strata, len(table), self.strata_))
        return (time, error) if return_std_error else time

    def predict_median(self, X: Any, strata: Any = None) -> np.ndarray:
        """When half of customers like each row have left."""
        return self.predict_quantile(X, 0.5, strata)[:, 0]

    def deviance_residuals(self) -> np.ndarray:
        """Deviance residuals of the training rows. Matches R residuals.survreg."""
        return self.model_.deviance_residuals(*self._kept()["data"])
