"""Logistic regression: scikit-learn's estimator with the statistician's numbers."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import assert_all_finite, check_is_fitted, column_or_1d

from tenure import _core
from tenure._base import Estimator
from tenure._frames import as_frame, column, frame_like


class SeparationWarning(ConvergenceWarning):
    """Some combination of columns separates the classes: no finite maximum-likelihood estimate exists."""


class LogisticRegression(ClassifierMixin, Estimator):
    """Logistic regression: fast, exact, and with standard errors when there is no penalty.

    Numbers and categorical columns are taken as they are; a categorical becomes indicators against its first level. Columns are scaled inside,
    so units do not matter to the fit.

    Parameters
    ----------
    penalty : {"l2", "l1", "elasticnet", "firth", None}, default="l2"
        Ridge, lasso or both; none (maximum likelihood, the setting for inference); or Firth's correction, which takes the small-sample bias off
        the estimates, keeps them finite when the classes are separated, and allows inference. `C` has no part in the last two.
    C : float, default=1.0
        Inverse strength: C * sum of losses + |b|^2 / 2 (or |b|_1) is minimised, the intercept is not penalised. `inf` is no penalty.
    l1_ratio : float, default=None
        Share of the lasso in the elastic net; needed for `penalty="elasticnet"`. Beside the default penalty it decides alone, as in newer
        scikit-learn: 0 is ridge, 1 the lasso.
    fit_intercept : bool, default=True
        Fit an intercept.
    class_weight : dict or "balanced", default=None
        Weights of the classes, multiplied with `sample_weight`; "balanced" gives both classes half of the whole weight.
    correct_intercept : bool, default=False
        After class weighting, move the intercept so that probabilities fit the true class shares (King and Zeng 2001).
    tol : float, default=1e-12
        Largest entry of the gradient of the mean loss at the end (columns scaled to unit spread).
    max_iter : int, default=100
        Newton steps at most.
    variance : {"model", "hc0", "hc1", "cluster"}, default="model"
        How standard errors are computed; "cluster" needs `cluster` in `fit`.
    solver, dual, intercept_scaling, warm_start, verbose, random_state : ignored
        Accepted so that code written for scikit-learn runs; there is one solver, it finds the optimum from anywhere, and draws no random numbers.
    n_jobs : int, default=None
        Threads, as scikit-learn reads it. The result does not depend on it.

    Attributes
    ----------
    coef_ : ndarray of shape (1, n_terms)
    intercept_ : ndarray of shape (1,)
    terms_ : ndarray of str, names of the design columns
    std_err_, z_values_, p_values_, odds_ratios_ : ndarray, intercept first when fitted; refused with the reason when a penalty is on
    summary_ : DataFrame of coefficients, standard errors, tests, intervals and odds ratios
    covariance_ : ndarray, of the same order
    log_likelihood_, deviance_, null_deviance_, aic_, bic_ : float
    fit_info_ : dict with converged, iterations, gradient, separated, separating, dependent

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.learn import LogisticRegression
    >>> X = pd.DataFrame({"calls": [0, 1, 2, 3, 4, 5, 6, 7], "plan": list("ababbaba")})
    >>> model = LogisticRegression(penalty=None).fit(X, [0, 0, 1, 0, 1, 0, 1, 1])
    >>> model.terms_.tolist()
    ['calls', 'plan[b]']
    >>> model.summary_["odds_ratio"].round(2).tolist()
    [0.13, 1.81, 1.0]
    """

    _model_class = _core.learn.LogisticModel

    def __init__(
        self,
        *,
        penalty: str | None = "l2",
        C: float = 1.0,
        l1_ratio: float | None = None,
        fit_intercept: bool = True,
        class_weight: dict | str | None = None,
        correct_intercept: bool = False,
        tol: float = 1e-12,
        max_iter: int = 100,
        variance: str = "model",
        solver: str | None = None,
        dual: bool = False,
        intercept_scaling: float = 1.0,
        warm_start: bool = False,
        verbose: int = 0,
        random_state: Any = None,
        n_jobs: int | None = None,
    ):
        self.penalty = penalty
        self.C = C
        self.l1_ratio = l1_ratio
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.correct_intercept = correct_intercept
        self.tol = tol
        self.max_iter = max_iter
        self.variance = variance
        self.solver = solver
        self.dual = dual
        self.intercept_scaling = intercept_scaling
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state
        self.n_jobs = n_jobs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None, *, offset: Any = None, cluster: Any = None) -> LogisticRegression:
        """Fits the model.

        Parameters
        ----------
        X : table of shape (n, p)
            Numbers and categoricals, without missing values.
        y : array-like of shape (n,)
            Two labels; the larger is the event.
        sample_weight : array-like of shape (n,), optional
            How many rows each row stands for; >= 0.
        offset : array-like of shape (n,), optional
            Added to the log-odds.
        cluster : array-like of shape (n,), optional
            Groups of dependent rows, with `variance="cluster"`.
        """
        table = self._table(X, reset=True, finite=False)
        target, self.classes_ = binary_target(y, len(table))
        weight = None if sample_weight is None else np.asarray(column(sample_weight, "sample_weight", X), dtype=np.float64)
        by_class = self._class_weights(y, weight)
        if by_class is not None:
            weight = by_class[target] * (1.0 if weight is None else weight)
        rows = {"sample_weight": weight, "offset": None if offset is None else np.asarray(column(offset, "offset", X), dtype=np.float64)}
        groups = None if cluster is None else np.unique(column(cluster, "cluster", X), return_inverse=True)[1]
        penalties = self._penalties(float(len(table)) if weight is None else float(weight.sum()))
        options: dict[str, Any] = {"intercept": self.fit_intercept, "tolerance": self.tol, "max_iterations": self.max_iter, "variance": self.variance}
        try:
            model = _core.learn.fit_logistic(table, target, **rows, cluster=groups, threads=self._threads(), **penalties, **options)
        except _core.InvalidInput:
            self._table(X, reset=False)  # numbers that are not finite are refused in scikit-learn's words
            raise
        if self.correct_intercept and by_class is not None and self.fit_intercept:
            model = model.with_intercept(model.intercept + float(np.log(by_class[0] / by_class[1])))
        self.model_ = model
        self._training = (table, target, rows)
        self._like = X if as_frame(X) is not None else None
        self.n_iter_ = np.array([self.fit_info_["iterations"]])
        self._warn()
        return self

    def _penalties(self, weight: float) -> dict[str, Any]:
        """The penalties on the mean loss."""
        shares = {"l2": self.l1_ratio or 0.0, "l1": 1.0, "elasticnet": self.l1_ratio, "firth": 0.0, None: 0.0}
        if self.penalty not in shares:
            raise ValueError(f"penalty = {self.penalty!r}: must be 'l2', 'l1', 'elasticnet', 'firth' or None")
        share = shares[self.penalty]
        if share is None or not 0 <= share <= 1:
            raise ValueError(f"l1_ratio = {self.l1_ratio!r}: must be between 0 and 1 for penalty={self.penalty!r}")
        if not isinstance(self.C, int | float | np.number) or not self.C > 0:
            raise ValueError(f"C = {self.C}: must be > 0")
        strength = 0.0 if self.penalty in (None, "firth") or np.isinf(self.C) or weight <= 0 else 1.0 / (self.C * weight)
        return {"l1": share * strength, "l2": (1 - share) * strength, "firth": self.penalty == "firth"}

    def _class_weights(self, y: Any, weight: np.ndarray | None) -> np.ndarray | None:
        if self.class_weight is None:
            return None
        if self.class_weight == "balanced" and weight is not None:
            of_class = np.bincount(np.asarray(column(y, "y") == self.classes_[1]), weights=weight, minlength=2)
            return of_class.sum() / (2 * np.where(of_class > 0, of_class, 1.0))
        return compute_class_weight(self.class_weight, classes=self.classes_, y=column(y, "y"))

    def _warn(self) -> None:
        info = self.fit_info_
        if info["separated"]:
            names = ", ".join(info["separating"][:5])
            warnings.warn(
                f"the classes are separated by {names}: the likelihood has no maximum, the coefficients are where the fit stopped; penalty='firth' gives finite "
                "estimates with intervals",
                SeparationWarning,
                stacklevel=3,
            )
        elif not info["converged"]:
            warnings.warn(
                f"no convergence in {info['iterations']} passes: gradient {info['gradient']:.2g}, tol {self.tol:.2g}", ConvergenceWarning, stacklevel=3
            )
        if info["dependent"]:
            warnings.warn(f"left out, because constant or a combination of earlier columns: {', '.join(info['dependent'][:5])}", UserWarning, stacklevel=3)

    def decision_function(self, X: Any, offset: Any = None) -> np.ndarray:
        """The log-odds of the event (the larger class)."""
        check_is_fitted(self)
        given = None if offset is None else np.asarray(column(offset, "offset", X), dtype=np.float64)
        return _core.learn.logistic_log_odds(self.model_, self._table(X, reset=False), offset=given, threads=self._threads())

    def predict_proba(self, X: Any, offset: Any = None) -> np.ndarray:
        """Probabilities of both classes, one row a row of X."""
        check_is_fitted(self)
        given = None if offset is None else np.asarray(column(offset, "offset", X), dtype=np.float64)
        p = _core.learn.predict_logistic(self.model_, self._table(X, reset=False), offset=given, threads=self._threads())
        return np.column_stack([1 - p, p])

    def contributions(self, X: Any) -> np.ndarray:
        """What every column adds to the log-odds of every row: coefficient times value, of shape (n, n_columns)."""
        check_is_fitted(self)
        return _core.learn.logistic_effects(self.model_, self._table(X, reset=False), threads=self._threads())

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Logarithms of `predict_proba`, from the log-odds."""
        eta = self.decision_function(X)
        return np.column_stack([-np.logaddexp(0, eta), -np.logaddexp(0, -eta)])

    def predict(self, X: Any) -> np.ndarray:
        """The more probable class."""
        likely = self.decision_function(X) > 0
        return self.classes_[likely.astype(int)]

    @property
    def coef_(self) -> np.ndarray:
        return np.asarray(self._fitted().coefficients)[None, :]

    @property
    def intercept_(self) -> np.ndarray:
        return np.array([self._fitted().intercept])

    @property
    def terms_(self) -> np.ndarray:
        return np.asarray(self._fitted().names, dtype=object)

    @property
    def fit_info_(self) -> dict[str, Any]:
        return self._fitted().info

    @property
    def log_likelihood_(self) -> float:
        return self._fitted().log_likelihood

    @property
    def deviance_(self) -> float:
        return self._fitted().deviance

    @property
    def null_deviance_(self) -> float:
        return self._fitted().null_deviance

    @property
    def aic_(self) -> float:
        return self._fitted().aic

    @property
    def bic_(self) -> float:
        return self._fitted().bic

    @property
    def covariance_(self) -> np.ndarray:
        _core.learn.coefficients_of(self._fitted())
        return self._fitted().covariance

    @property
    def std_err_(self) -> np.ndarray:
        return _core.learn.coefficients_of(self._fitted()).std_error

    @property
    def z_values_(self) -> np.ndarray:
        return _core.learn.coefficients_of(self._fitted()).z

    @property
    def p_values_(self) -> np.ndarray:
        return _core.learn.coefficients_of(self._fitted()).p_value

    @property
    def odds_ratios_(self) -> np.ndarray:
        return _core.learn.coefficients_of(self._fitted()).odds_ratio

    @property
    def summary_(self) -> Any:
        return self.summary()

    def summary(self, level: float = 0.95, like: Any = None) -> Any:
        """Coefficients with standard errors, z, p, intervals and odds ratios, in the kind of frame that `like` is (else pandas)."""
        return frame_like(_core.learn.coefficients_of(self._fitted(), level).to_dict(), like)

    def plot(self, level: float = 0.95, ax: Any = None) -> Any:
        """Odds ratios with their intervals, one line a coefficient (the intercept left out). Needs matplotlib."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots()[1]
        table = self.summary(level)
        table = table[table["term"] != "intercept"][::-1]
        ax.axvline(1, color="0.6", linestyle="--")
        ax.hlines(table["term"], table["odds_ratio_lower"], table["odds_ratio_upper"], color="#D55E00")
        ax.plot(table["odds_ratio"], table["term"], color="#D55E00", marker="o", linestyle="none")
        ax.set(xscale="log", xlabel=f"odds ratio ({level:.0%} interval)")
        return ax

    def confint(self, level: float = 0.95, method: str = "profile", like: Any = None) -> Any:
        """Intervals of the coefficients and odds ratios.

        Parameters
        ----------
        level : float, default=0.95
        method : {"profile", "wald"}, default="profile"
            "profile" asks which values the likelihood still allows, the other coefficients at their best; it needs the rows of the fit and a few
            passes over them for each end, and holds up in small samples. "wald" is coefficient +/- quantile x standard error, from any variance.
        like : frame, optional
            The kind of frame to return (default: that of the training rows).

        Returns
        -------
        data frame
            term, coefficient, lower, upper, odds_ratio, odds_ratio_lower, odds_ratio_upper.
        """
        if method not in ("profile", "wald"):
            raise ValueError(f"method = {method!r}: must be 'profile' or 'wald'")
        estimates = np.r_[self.intercept_[: int(self.fit_intercept)], self.coef_[0]]
        if method == "wald":
            found: Any = _core.learn.coefficients_of(self._fitted(), level)
        elif self.variance != "model":
            raise ValueError(f"method = 'profile': the likelihood knows no variance={self.variance!r}; use method='wald'")
        else:
            table, target, rows = self._kept()
            found = _core.learn.profile_intervals_of(self._fitted(), table, target, **rows, level=level, threads=self._threads())
        lower, upper = np.asarray(found.lower), np.asarray(found.upper)
        columns = {"term": found.term, "coefficient": estimates, "lower": lower, "upper": upper}
        with np.errstate(over="ignore"):
            columns |= {"odds_ratio": np.exp(estimates), "odds_ratio_lower": np.exp(lower), "odds_ratio_upper": np.exp(upper)}
        return frame_like(columns, self._frame(like))

    def residuals(self, kind: str = "deviance") -> np.ndarray:
        """One residual a training row: "deviance", "pearson", "response" or "working"."""
        table, target, rows = self._kept()
        return _core.learn.logistic_residuals(self._fitted(), table, target, kind, **rows, threads=self._threads())

    def influence(self, like: Any = None) -> Any:
        """How much every training row matters to an unpenalised fit: probability, leverage, standardised_pearson, standardised_deviance, cooks_distance."""
        table, target, rows = self._kept()
        return frame_like(_core.learn.influence_of(self._fitted(), table, target, **rows, threads=self._threads()).to_dict(), self._frame(like))

    def joint_tests(self, method: str = "wald", like: Any = None) -> Any:
        """A joint test for every column of the table given the others: one line a categorical, whatever its number of levels.

        `method="lr"` compares the likelihood with that of the fit without the column, which needs the rows of the fit.
        """
        if method not in ("wald", "lr"):
            raise ValueError(f"method = {method!r}: must be 'wald' or 'lr'")
        if method == "wald":
            return frame_like(_core.learn.joint_tests_of(self._fitted()).to_dict(), self._frame(like))
        table, target, rows = self._kept()
        found = _core.learn.likelihood_ratio_tests_of(self._fitted(), table, target, **rows, threads=self._threads())
        return frame_like(found.to_dict(), self._frame(like))

    def _kept(self) -> tuple[Any, np.ndarray, dict[str, Any]]:
        self._fitted()
        if not hasattr(self, "_training"):
            raise ValueError("this needs the rows that the model was fitted on, which a saved model does not hold: fit again")
        return self._training

    def _frame(self, like: Any) -> Any:
        return like if like is not None else getattr(self, "_like", None)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name not in ("_training", "_like")}

    def likelihood_ratio_test(self, smaller: LogisticRegression | None = None) -> dict[str, float]:
        """Chi-squared test against a smaller model fitted to the same rows (default: the intercept alone): statistic, dof, p_value."""
        larger = self._fitted()
        test = _core.learn.likelihood_ratio(larger) if smaller is None else _core.learn.likelihood_ratio(smaller._fitted(), larger)
        return test.to_dict()

    def _fitted(self) -> _core.learn.LogisticModel:
        if not hasattr(self, "model_"):  # an AttributeError, so that hasattr on an unfitted estimator says no
            raise AttributeError(f"this {type(self).__name__} is not fitted yet")
        return self.model_


def binary_target(y: Any, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """0/1 codes of a two-valued label, and its sorted values."""
    if y is None:
        raise ValueError("requires y to be passed, but the target y is None")
    labels = column_or_1d(y if getattr(y, "ndim", 1) == 2 else column(y, "y"), warn=True)
    if len(labels) != rows:
        raise ValueError(f"Found input variables with inconsistent numbers of samples: [{rows}, {len(labels)}]")
    if labels.dtype.kind in "biu" and rows > 0:  # two neighbouring numbers need no sorting
        low, high = labels.min(), labels.max()
        if int(high) - int(low) == 1:
            return (labels == high).view(np.uint8), np.array([low, high])
    assert_all_finite(labels, input_name="y")
    check_classification_targets(labels)
    classes, codes = np.unique(labels, return_inverse=True)
    if len(classes) > 2:
        raise ValueError(f"Only binary classification is supported. The type of the target is multiclass: y has {len(classes)} labels.")
    if len(classes) < 2:
        raise ValueError(f"y holds only one class ({classes.tolist()[0]!r}); two are needed.")
    return codes.astype(np.uint8), classes
