"""Proportional-hazards regression."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._frames import column, frame_like
from tenure.survival._outcome import as_outcome, as_weights
from tenure.survival._regression import LikelihoodRegressor, as_strata, known_strata

_NO_INFERENCE = (
    "an elastic net chooses and shrinks its coefficients, so standard errors that ignore this are wrong; refit the chosen columns on other rows with l1_ratio=0"
)


class CoxPH(LikelihoodRegressor):
    """Proportional-hazards regression: how columns multiply the rate of leaving (Cox 1972).

    Parameters
    ----------
    ties : {"efron", "breslow", "exact"}, default="efron"
        How events at the same time are handled.
    alpha : float, default=0
        Penalty. With `l1_ratio=0` ridge: alpha / 2 sum(coef^2) is taken off the log partial likelihood, columns as they are.
    l1_ratio : float, default=0
        Above 0 an elastic net, 1 the lasso: alpha (l1_ratio |b|_1 + (1 - l1_ratio) / 2 |b|_2^2) is taken off the log partial likelihood divided by the
        number of rows, columns standardised, as in CoxPath, which chooses alpha by cross-validation. Such coefficients are chosen and shrunk, so standard
        errors, limits, p-values and tests are refused.
    robust : bool, default=False
        Sandwich variance by row; `cluster` in `fit` turns it on as well.
    reference : dict, optional
        For categorical columns the level that others are compared with, `{"plan": "basic"}`; the first level otherwise.
    level : float, default=0.95
        Confidence level of intervals.
    max_iter : int, default=50
        Newton steps.
    tol : float, default=1e-11
        Converged when the next step, in standard errors, is below this times sqrt(events); of an elastic net when no standardised coefficient would move
        by more than this, or 1e-9 where that is more.
    n_jobs : int, optional
        Threads; the result does not depend on it.

    Attributes
    ----------
    coef_, std_err_, robust_std_err_ : ndarray
        Log hazard ratios, their standard errors from the information, and from the sandwich (or None).
    summary_ : frame
        One row a column: coef, hazard_ratio, std_err, z, p_value, lower and upper limit of the hazard ratio (with an elastic net the first two).
    baseline_ : frame
        Cumulative hazard of a customer whose columns are all 0 or at the reference level, by time (and stratum).
    log_likelihood_, log_likelihood_null_, likelihood_ratio_test_, wald_test_, score_test_ : float
    concordance_ : float
        Harrell's, on the training rows.
    names_ : list of str
        The columns of the design: a categorical with L levels gives L - 1, named `column[level]`.

    Notes
    -----
    O(n log n + iterations n p^2) as blocked Gram matrices, also with ties, strata and late entries. Coefficients without a finite maximum (one group
    never leaves) are warned about by name. Matches R survival::coxph to 1e-8.

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.survival import CoxPH, outcome
    >>> X = pd.DataFrame({"calls": [0, 1, 3, 2, 5, 1, 0, 4], "plan": pd.Categorical(list("abababab"))})
    >>> y = outcome([9, 8, 2, 5, 1, 7, 10, 3], [0, 1, 1, 1, 1, 0, 0, 1])
    >>> CoxPH(alpha=0.1).fit(X, y).names_
    ['calls', 'plan[b]']
    """

    _model_class = _core.survival.CoxModel

    def __init__(
        self,
        *,
        ties: str = "efron",
        alpha: float = 0.0,
        l1_ratio: float = 0.0,
        robust: bool = False,
        reference: dict[str, str] | None = None,
        level: float = 0.95,
        max_iter: int = 50,
        tol: float = 1e-11,
        n_jobs: int | None = None,
    ) -> None:
        self.ties = ties
        self.alpha = alpha
        self.l1_ratio = l1_ratio
        self.robust = robust
        self.reference = reference
        self.level = level
        self.max_iter = max_iter
        self.tol = tol
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any, sample_weight: Any = None, strata: Any = None, cluster: Any = None, offset: Any = None) -> CoxPH:
        """Fits the model.

        Parameters
        ----------
        X : frame or array of shape (n, p)
            Numbers, booleans and categoricals. Constant and collinear columns are refused by name.
        y : outcome(time, event, entry=None), (time, event) pair, or frame
            With `entry` a row counts only after that time: late entries, or several rows for a customer whose columns change.
        sample_weight : array-like, optional
        strata : array-like or frame, optional
            Each stratum has its own baseline.
        cluster : array-like, optional
            Rows of one cluster (say, one customer) are not independent: sandwich variance by cluster.
        offset : array-like, optional
            Added to the linear predictor.
        """
        known = as_outcome(y)
        rows = len(known)
        table = self._table(X, reset=True)
        weight = as_weights(sample_weight, rows)
        strata_codes, self.strata_ = as_strata(strata, rows)
        cluster_codes = None if cluster is None else as_strata(cluster, rows)[0]
        offsets = None if offset is None else column(offset, "offset").astype(np.float64, copy=False)
        reference = [f"{name}={level}" for name, level in (self.reference or {}).items()]
        data: Any = (table, known.time, known.event, known.entry, weight, strata_codes, cluster_codes, offsets)
        options: dict[str, Any] = {"threads": self._threads(), "ties": self.ties, "reference": reference}
        if not 0 <= self.l1_ratio <= 1:
            raise ValueError(f"l1_ratio = {self.l1_ratio}: must be in [0, 1]")
        if self.l1_ratio > 0 and self.alpha > 0:
            if self.robust:
                raise ValueError(f"robust: {_NO_INFERENCE}")
            self.model_ = _core.survival.fit_sparse_cox(
                *data, alpha=float(self.alpha), l1_ratio=float(self.l1_ratio), max_iterations=self.max_iter, tolerance=max(self.tol, 1e-9), **options
            )
        else:
            options |= {"robust": self.robust, "max_iterations": self.max_iter, "tolerance": self.tol}
            self.model_ = _core.survival.fit_cox(*data, l2=float(self.alpha), **options)
        self._keep(data=data)
        self._frame(X, y)
        self._warn()
        return self

    def _warn(self) -> None:
        diverging = [self.names_[j] for j in self.model_.diverging]
        if diverging:
            names = ", ".join(diverging)
            message = f"the coefficient of {names} runs off to infinity: some group never leaves, or always first; its estimate, error and p-value mean nothing"
            warnings.warn(message, ConvergenceWarning, stacklevel=3)
        elif not self.model_.converged:
            warnings.warn("no convergence in the iterations allowed", ConvergenceWarning, stacklevel=3)

    @property
    def std_err_(self) -> np.ndarray:
        self._need_inference("std_err_")
        return np.sqrt(np.diag(self.model_.covariance))

    def _need_inference(self, what: str) -> None:
        check_is_fitted(self)
        if not len(self.model_.covariance):
            raise AttributeError(f"{what}: {_NO_INFERENCE}")

    @property
    def robust_std_err_(self) -> np.ndarray | None:
        check_is_fitted(self)
        return np.sqrt(np.diag(self.model_.robust_covariance)) if len(self.model_.robust_covariance) else None

    @property
    def likelihood_ratio_test_(self) -> dict[str, float]:
        return self._test("likelihood_ratio_test")

    @property
    def wald_test_(self) -> dict[str, float]:
        return self._test("wald_test")

    @property
    def score_test_(self) -> dict[str, float]:
        return self._test("score_test")

    def _test(self, name: str) -> dict[str, float]:
        self._need_inference(f"{name}_")
        statistic, dof = getattr(self.model_, name), len(self.coef_)
        return {"statistic": statistic, "dof": dof, "p_value": _core.survival.chi_squared_sf(statistic, dof)}

    @property
    def concordance_(self) -> float:
        return self._training_concordance()["concordance"]

    @property
    def concordance_std_err_(self) -> float:
        return self._training_concordance(std_error=True)["std_error"]

    def _training_concordance(self, std_error: bool = False) -> dict[str, float]:
        check_is_fitted(self)
        if not hasattr(self, "_training") and hasattr(self, "saved_concordance_"):
            return self.saved_concordance_
        return self._concordance(self._kept()["data"], std_error)

    def _keep_concordance(self) -> None:
        """A saved model has no training rows; their concordance goes along."""
        if hasattr(self, "_training"):
            self.saved_concordance_ = self._concordance(self._training["data"], std_error=True)

    def to_bytes(self) -> bytes:
        check_is_fitted(self)
        self._keep_concordance()
        return super().to_bytes()

    def __getstate__(self) -> dict[str, Any]:
        self._keep_concordance()
        return super().__getstate__()

    def _concordance(self, data: tuple[Any, ...], std_error: bool = False) -> dict[str, float]:
        table, time, event, entry, weight, strata, _, offset = data
        risk = self.model_.predict(table, self._threads())
        return _core.survival.concordance_index(time, event, entry, weight, risk if offset is None else risk + offset, strata, std_error, self._threads())

    @property
    def summary_(self) -> Any:
        check_is_fitted(self)
        if not len(self.model_.covariance):  # an elastic net: estimates alone
            return frame_like({"column": self.names_, "coef": self.coef_, "hazard_ratio": np.exp(self.coef_)}, self._like)
        error = self.std_err_ if self.robust_std_err_ is None else self.robust_std_err_
        width = _core.survival.normal_width(self.level) * error
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            z = self.coef_ / error
            columns = {"column": self.names_, "coef": self.coef_, "hazard_ratio": np.exp(self.coef_), "std_err": self.std_err_}
            if self.robust_std_err_ is not None:
                columns["robust_std_err"] = self.robust_std_err_
            p_value = np.array([_core.survival.two_sided_p(value) for value in z])
            columns |= {"z": z, "p_value": p_value, "lower": np.exp(self.coef_ - width), "upper": np.exp(self.coef_ + width)}
        return frame_like(columns, self._like)

    @property
    def baseline_(self) -> Any:
        check_is_fitted(self)
        columns: dict[str, Any] = {"time": self.model_.baseline_time, "cumulative_hazard": self.model_.baseline_hazard * self.model_.baseline_at_zero}
        if self.strata_:
            begin = self.model_.to_dict()["stratum_begin"]
            columns = {"stratum": [name for name, a, b in zip(self.strata_, begin, begin[1:], strict=False) for _ in range(b - a)], **columns}
        return frame_like(columns, self._like)

    def predict(self, X: Any) -> np.ndarray:
        """Log relative risk of each row, X times coef: against a customer whose columns are all 0 or at the reference level."""
        check_is_fitted(self)
        return self.model_.predict(self._table(X, reset=False), self._threads())

    def contributions(self, X: Any) -> np.ndarray:
        """What every column adds to the log relative risk of every row: coefficient times value, of shape (n, n_columns)."""
        check_is_fitted(self)
        return self.model_.log_hazard_effects(self._table(X, reset=False))

    def predict_survival(self, X: Any, times: Any, strata: Any = None, given: Any = None) -> np.ndarray:
        """P(still there at each of `times`), rows x times.

        Parameters
        ----------
        X : frame or array
        times : array-like
        strata : array-like, optional
            Needed when the model has strata.
        given : array-like, optional
            Tenure that each customer has already reached: then the probability of staying `times` longer.
        """
        check_is_fitted(self)
        table = self._table(X, reset=False)
        wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
        reached = None if given is None else column(given, "given").astype(np.float64, copy=False)
        return self.model_.predict_survival(table, wanted, known_strata(strata, len(table), self.strata_), reached, self._threads())

    def predict_survival_limits(self, X: Any, times: Any, strata: Any = None) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper limits of `predict_survival`, symmetric on the log scale. Needs the training rows, which a loaded model does not have."""
        self._need_inference("predict_survival_limits")
        table = self._table(X, reset=False)
        wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
        codes = known_strata(strata, len(table), self.strata_)
        error = self._with_training_rows(_core.survival.survival_std_error, table, wanted, codes)
        survival = self.model_.predict_survival(table, wanted, codes, None, self._threads())
        factor = np.exp(_core.survival.normal_width(self.level) * error)
        return survival / factor, np.minimum(1.0, survival * factor)

    def _with_training_rows(self, engine: Any, *rest: Any) -> Any:
        return engine(self.model_, *self._kept()["data"], *rest, self._threads())

    def residuals(self, kind: str = "martingale") -> np.ndarray:
        """Residuals of the training rows.

        "martingale", "deviance": one a row; "score", "dfbeta": rows x columns; "schoenfeld", "scaled-schoenfeld": events x columns, in order of time
        (see `residual_times`). dfbeta counts the case weight, the others are as of one customer.
        """
        if kind in ("dfbeta", "scaled-schoenfeld"):
            self._need_inference(f"residuals('{kind}')")
        values = self._with_training_rows(_core.survival.cox_residuals, kind)[0]
        return values[:, 0] if kind in ("martingale", "deviance") else values

    def residual_times(self) -> np.ndarray:
        """The event times that the rows of Schoenfeld residuals belong to."""
        return self._with_training_rows(_core.survival.cox_residuals, "schoenfeld")[2]

    def check_proportional_hazards(self, transform: str = "km") -> Any:
        """Do effects stay the same over time? Score test for each column and all together (GLOBAL); small p-values say no.

        transform : {"km", "identity", "rank", "log"}
            The time scale on which an effect may drift. Matches R cox.zph(terms=FALSE).
        """
        self._need_inference("check_proportional_hazards")
        found = self._with_training_rows(_core.survival.test_proportional_hazards, transform)
        columns = {"column": found["names"], "statistic": found["statistic"], "dof": found["dof"], "p_value": found["p_value"]}
        return frame_like(columns, self._like)

    def plot(self, ax: Any = None) -> Any:
        """Hazard ratios with their intervals, as a forest plot. Returns the matplotlib axes."""
        from tenure.survival import _plots

        self._need_inference("plot")
        return _plots.draw_forest(self, ax)

    def plot_effect_over_time(self, name: str, ax: Any = None) -> Any:
        """Scaled Schoenfeld residuals of a column against time with their running mean: a flat line is a constant effect."""
        from tenure.survival import _plots

        return _plots.draw_schoenfeld(self, name, ax)
