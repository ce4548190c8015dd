"""Elastic-net paths of logistic regression with cross-validated choice of the penalty."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import check_cv
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._base import Estimator
from tenure._frames import column, frame_like
from tenure.learn._logistic import binary_target


class LogisticPath(ClassifierMixin, Estimator):
    """Lasso, ridge or elastic-net logistic regression for a whole sequence of penalties, the best chosen by cross-validation.

    Minimises for every lambda: mean loss + lambda * (l1_ratio * |b|_1 + (1 - l1_ratio) / 2 * |b|_2^2), as R's glmnet.

    Parameters
    ----------
    l1_ratio : float, default=1.0
        1 is the lasso, 0 ridge.
    lambdas : array-like, default=None
        Penalties to fit, falling; None: `n_lambdas` from the smallest that leaves no column in the model down to `lambda_ratio` of it.
    n_lambdas : int, default=100
    lambda_ratio : float, default=None
        None: 1e-4 when there are more rows than columns, else 1e-2.
    standardise : bool, default=True
        Penalise coefficients of columns scaled to unit spread. Coefficients are always reported on the scale of the data.
    fit_intercept : bool, default=True
    cv : int, splitter or None, default=5
        Folds that choose the penalty (stratified for a number); None chooses the smallest penalty.
    selection : {"min", "1se"}, default="min"
        Least held-out deviance, or the largest penalty within one standard error of it.
    tol : float, default=1e-7
        Largest violation of the optimality conditions of the mean loss.
    max_iter : int, default=100
        Newton steps a penalty at most.
    n_jobs : int, default=None
        Threads; the result does not depend on it.

    Attributes
    ----------
    lambdas_, intercept_path_, nonzeros_, deviance_ratio_ : ndarray of shape (n_lambdas,)
    coef_path_ : ndarray of shape (n_lambdas, n_terms)
    cv_deviance_, cv_std_err_ : ndarray of shape (n_lambdas,), mean and standard error of the held-out deviance
    lambda_, lambda_min_, lambda_1se_ : float
    coef_, intercept_, terms_ : at `lambda_`

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.learn import LogisticPath
    >>> random = np.random.default_rng(0)
    >>> X = random.normal(size=(500, 6))
    >>> y = X[:, 0] - X[:, 1] + random.normal(size=500) > 0
    >>> model = LogisticPath(selection="1se").fit(X, y)
    >>> np.flatnonzero(model.coef_[0])[:2].tolist()
    [0, 1]
    """

    _model_class = _core.learn.LogisticPathModel

    def __init__(
        self,
        *,
        l1_ratio: float = 1.0,
        lambdas: Any = None,
        n_lambdas: int = 100,
        lambda_ratio: float | None = None,
        standardise: bool = True,
        fit_intercept: bool = True,
        cv: Any = 5,
        selection: str = "min",
        tol: float = 1e-7,
        max_iter: int = 100,
        n_jobs: int | None = None,
    ):
        self.l1_ratio = l1_ratio
        self.lambdas = lambdas
        self.n_lambdas = n_lambdas
        self.lambda_ratio = lambda_ratio
        self.standardise = standardise
        self.fit_intercept = fit_intercept
        self.cv = cv
        self.selection = selection
        self.tol = tol
        self.max_iter = max_iter
        self.n_jobs = n_jobs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> LogisticPath:
        """Fits the path, and again without each fold to choose the penalty.

        Parameters
        ----------
        X : table of shape (n, p)
            Numbers and categoricals, without missing values.
        y : array-like of shape (n,)
            Two labels; the larger is the event.
        sample_weight : array-like of shape (n,), optional
        """
        if self.selection not in ("min", "1se"):
            raise ValueError(f"selection = {self.selection!r}: must be 'min' or '1se'")
        table = self._table(X, reset=True)
        target, self.classes_ = binary_target(y, len(table))
        weight = np.ones(len(table)) if sample_weight is None else np.asarray(column(sample_weight, "sample_weight", X), dtype=np.float64)
        if weight.shape != (len(table),):
            raise ValueError(f"sample_weight has shape {weight.shape}, must be ({len(table)},)")
        self.model_ = self._path(table, target, None if sample_weight is None else weight, self.lambdas)
        self.index_ = self.index_min_ = self.index_1se_ = len(self.lambdas_) - 1
        if self.cv is not None:
            self._choose(table, target, weight)
        self.n_iter_ = self.model_.passes
        if not self.model_.converged:
            warnings.warn(f"no convergence in {self.max_iter} steps at some penalty", ConvergenceWarning, stacklevel=2)
        return self

    def _path(self, table: Any, target: np.ndarray, weight: np.ndarray | None, lambdas: Any) -> Any:
        return _core.learn.fit_logistic_path(
            table,
            target,
            sample_weight=weight,
            threads=self._threads(),
            l1_ratio=self.l1_ratio,
            lambdas=[] if lambdas is None else [float(value) for value in lambdas],
            n_lambdas=self.n_lambdas,
            lambda_ratio=self.lambda_ratio or 0.0,
            standardise=self.standardise,
            intercept=self.fit_intercept,
            tolerance=self.tol,
            max_iterations=self.max_iter,
        )

    def _choose(self, table: Any, target: np.ndarray, weight: np.ndarray) -> None:
        """Held-out rows get weight 0 in training and training rows weight 0 in judging: no copies of the data."""
        folds = min(int(self.cv), int(np.bincount(target, weights=weight > 0).min())) if isinstance(self.cv, int | np.integer) else self.cv
        if isinstance(folds, int) and folds < 2:
            raise ValueError("cv needs two rows of each class; give cv=None")
        deviances, sizes = [], []
        for train, test in check_cv(folds, target, classifier=True).split(np.zeros(len(target)), target):
            fitted, judged = np.zeros(len(target)), np.zeros(len(target))
            fitted[train], judged[test] = weight[train], weight[test]
            path = self._path(table, target, fitted, self.lambdas_)
            deviances.append(_core.learn.path_deviances(path, table, target, sample_weight=judged, threads=self._threads()))
            sizes.append(judged.sum())
        share = np.asarray(sizes) / np.sum(sizes)
        self.cv_deviance_ = share @ np.asarray(deviances)
        self.cv_std_err_ = np.sqrt(share @ (np.asarray(deviances) - self.cv_deviance_) ** 2 / (len(sizes) - 1))
        self.index_min_ = int(np.argmin(self.cv_deviance_))
        limit = self.cv_deviance_[self.index_min_] + self.cv_std_err_[self.index_min_]
        self.index_1se_ = int(np.flatnonzero(self.cv_deviance_ <= limit)[0])
        self.index_ = self.index_min_ if self.selection == "min" else self.index_1se_

    def _chosen(self) -> Any:
        return _core.learn.path_step(self.model_, self.index_)

    def decision_function(self, X: Any) -> np.ndarray:
        """The log-odds of the event (the larger class) at the chosen penalty."""
        check_is_fitted(self)
        return _core.learn.logistic_log_odds(self._chosen(), self._table(X, reset=False), threads=self._threads())

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities of both classes at the chosen penalty."""
        check_is_fitted(self)
        p = _core.learn.predict_logistic(self._chosen(), self._table(X, reset=False), threads=self._threads())
        return np.column_stack([1 - p, p])

    def predict(self, X: Any) -> np.ndarray:
        """The more probable class."""
        likely = self.decision_function(X) > 0
        return self.classes_[likely.astype(int)]

    def contributions(self, X: Any) -> np.ndarray:
        """What every column adds to the log-odds of every row: coefficient times value, of shape (n, n_columns)."""
        check_is_fitted(self)
        return _core.learn.logistic_effects(self._chosen(), self._table(X, reset=False), threads=self._threads())

    def path_table(self, like: Any = None) -> Any:
        """One row a penalty: lambda, columns in the model, share of the deviance explained, held-out deviance."""
        check_is_fitted(self)
        table = {"lambda": self.lambdas_, "nonzero": self.nonzeros_, "deviance_ratio": self.deviance_ratio_}
        if hasattr(self, "cv_deviance_"):
            table |= {"cv_deviance": self.cv_deviance_, "cv_std_err": self.cv_std_err_}
        return frame_like(table, like)

    def plot(self, ax: Any = None) -> Any:
        """Coefficients (of columns as they are) against the penalty, the chosen one marked. Needs matplotlib."""
        check_is_fitted(self)
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots()[1]
        for term, values in zip(self.terms_, self.coef_path_.T, strict=True):
            ax.plot(self.lambdas_, values, label=term)
        ax.axvline(self.lambda_, color="0.5", linestyle="--")
        ax.set(xscale="log", xlabel="penalty lambda", ylabel="coefficient (log odds ratio)")
        ax.invert_xaxis()
        return ax

    def _fitted(self) -> _core.learn.LogisticPathModel:
        if not hasattr(self, "model_"):  # an AttributeError, so that hasattr on an unfitted estimator says no
            raise AttributeError(f"this {type(self).__name__} is not fitted yet")
        return self.model_

    @property
    def lambdas_(self) -> np.ndarray:
        return np.asarray(self._fitted().lambdas)

    @property
    def coef_path_(self) -> np.ndarray:
        return np.asarray(self._fitted().coefficients)

    @property
    def intercept_path_(self) -> np.ndarray:
        return np.asarray(self._fitted().intercepts)

    @property
    def nonzeros_(self) -> np.ndarray:
        return np.asarray(self._fitted().nonzeros)

    @property
    def deviance_ratio_(self) -> np.ndarray:
        return np.asarray(self._fitted().deviance_ratios)

    @property
    def terms_(self) -> np.ndarray:
        return np.asarray(self._fitted().names, dtype=object)

    @property
    def lambda_(self) -> float:
        return float(self.lambdas_[self.index_])

    @property
    def lambda_min_(self) -> float:
        return float(self.lambdas_[self.index_min_])

    @property
    def lambda_1se_(self) -> float:
        return float(self.lambdas_[self.index_1se_])

    @property
    def coef_(self) -> np.ndarray:
        return self.coef_path_[self.index_][None, :]

    @property
    def intercept_(self) -> np.ndarray:
        return self.intercept_path_[[self.index_]]
