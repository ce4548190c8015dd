"""Elastic-net proportional-hazards regression along a path of penalties."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._frames import frame_like
from tenure.survival._outcome import as_outcome, as_weights
from tenure.survival._regression import SurvivalRegressor


class CoxPath(SurvivalRegressor):
    """Cox regression that chooses columns: lasso or elastic net, for a whole path of penalties (Simon et al. 2011).

    Parameters
    ----------
    l1_ratio : float, default=1
        1 is the lasso; smaller mixes in a ridge penalty.
    n_alphas : int, default=100
        Length of the path.
    alpha_min_ratio : float, optional
        Last penalty as a share of the first; 1e-4, or 0.01 with more columns than rows.
    alphas : array-like, optional
        The path itself, descending.
    cv : int, default=0
        Folds of a cross-validation that chooses the penalty; without it the last of the path is used.
    rule : {"best", "sparse"}, default="best"
        With `cv`: the least cross-validated deviance, or the largest penalty within one standard error of it.
    tol : float, default=1e-7
        Largest change of a standardised coefficient that another iteration would bring.
    max_iter : int, default=200
        For each penalty.
    random_state : int, default=0
        Seed of the folds.
    n_jobs : int, optional
        Threads; the result does not depend on it.

    Attributes
    ----------
    alphas_ : ndarray of shape (path,)
    coef_path_ : ndarray of shape (path, columns)
        On the scale of the data.
    alpha_, coef_ : float, ndarray
        The chosen penalty and its coefficients.
    deviance_ratio_ : ndarray
        Share of the deviance explained.
    cv_table_ : frame
        Penalty, cross-validated deviance per event and its standard error, number of columns in.
    names_ : list of str

    Notes
    -----
    Minimises -(1/n) log partial likelihood (Breslow) + alpha (l1_ratio |b|_1 + (1 - l1_ratio) / 2 |b|_2^2) over standardised columns. Matches R glmnet.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.survival import CoxPath, outcome
    >>> random = np.random.default_rng(0)
    >>> X = random.normal(size=(200, 5))
    >>> y = outcome(random.exponential(np.exp(-X[:, 0])), np.ones(200))
    >>> int(np.argmax(np.abs(CoxPath(cv=4).fit(X, y).coef_)))
    0
    """

    _model_class = _core.survival.CoxPathModel

    def __init__(
        self,
        *,
        l1_ratio: float = 1.0,
        n_alphas: int = 100,
        alpha_min_ratio: float | None = None,
        alphas: Any = None,
        cv: int = 0,
        rule: str = "best",
        tol: float = 1e-7,
        max_iter: int = 200,
        random_state: int = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.l1_ratio = l1_ratio
        self.n_alphas = n_alphas
        self.alpha_min_ratio = alpha_min_ratio
        self.alphas = alphas
        self.cv = cv
        self.rule = rule
        self.tol = tol
        self.max_iter = max_iter
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> CoxPath:
        """Fits the path; `y` may have late entries."""
        if self.rule not in ("best", "sparse"):
            raise ValueError(f"rule: is '{self.rule}', must be one of 'best', 'sparse'")
        known = as_outcome(y)
        table = self._table(X, reset=True)
        options = {
            "l1_ratio": float(self.l1_ratio),
            "lambdas": self.n_alphas,
            "smallest": 0.0 if self.alpha_min_ratio is None else float(self.alpha_min_ratio),
            "lambda": [] if self.alphas is None else [float(a) for a in np.atleast_1d(self.alphas)],
            "tolerance": self.tol,
            "max_iterations": self.max_iter,
            "folds": self.cv,
            "seed": self.random_state,
        }
        weight = as_weights(sample_weight, len(known))
        self.model_ = _core.survival.fit_cox_path(table, known.time, known.event, known.entry, weight, threads=self._threads(), **options)
        self._frame(X, y)
        if not self.model_.converged:
            warnings.warn(f"some penalty did not converge in {self.max_iter} iterations", ConvergenceWarning, stacklevel=2)
        return self

    @property
    def _chosen(self) -> int:
        check_is_fitted(self)
        return self.model_.sparse if self.rule == "sparse" else self.model_.best

    @property
    def names_(self) -> list[str]:
        check_is_fitted(self)
        return self.model_.names

    @property
    def alphas_(self) -> np.ndarray:
        check_is_fitted(self)
        return self.model_.to_dict()["lambda"]

    @property
    def coef_path_(self) -> np.ndarray:
        check_is_fitted(self)
        return self.model_.coef

    @property
    def alpha_(self) -> float:
        return float(self.alphas_[self._chosen])

    @property
    def coef_(self) -> np.ndarray:
        return self.coef_path_[self._chosen]

    @property
    def deviance_ratio_(self) -> np.ndarray:
        check_is_fitted(self)
        return self.model_.deviance_ratio

    @property
    def cv_table_(self) -> Any:
        check_is_fitted(self)
        if not len(self.model_.cv_mean):
            raise AttributeError("cv_table_ needs a cross-validation: CoxPath(cv=10)")
        columns = {
            "alpha": self.alphas_,
            "deviance": self.model_.cv_mean,
            "std_error": self.model_.cv_std_error,
            "n_columns": (self.coef_path_ != 0).sum(axis=1),
        }
        return frame_like(columns, self._like)

    def predict(self, X: Any) -> np.ndarray:
        """Log relative risk of each row at the chosen penalty."""
        at = self._chosen
        return self.model_.predict(self._table(X, reset=False), at)
