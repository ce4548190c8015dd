"""Exploratory factor analysis."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._base import Estimator
from tenure._frames import frame_like

if TYPE_CHECKING:
    from typing_extensions import Self


class FactorAnalysis(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Estimator):
    """Few hidden factors behind many related columns, such as survey answers.

    Parameters
    ----------
    n_components : int
        How many factors; fewer than columns. `eigenvalues_` above 1 give a first idea.
    method : {"minres", "ml", "pa"}
        Least squares of the residual correlations, maximum likelihood (with a test of fit), iterated principal axes.
    rotation : {"varimax", "quartimax", "promax", "oblimin", "geomin", "none"}
        The first two keep factors unrelated; promax, oblimin and geomin let them correlate. varimax and promax use Kaiser's normalisation.
    max_iter : int
    tol : float
        Largest derivative that counts as zero; for "pa" the change of the summed communalities.
    n_jobs : int, optional

    Attributes
    ----------
    loadings_ : ndarray of shape (n_features, n_components)
        Pattern loadings, factors in falling order of explained variance.
    factor_correlation_ : ndarray of shape (n_components, n_components)
    uniqueness_ : ndarray of shape (n_features,)
        Share of each column's variance that no factor explains.
    explained_, eigenvalues_, sampling_adequacy_ : ndarray
    kmo_, sphericity_, sphericity_p_value_ : float
        Is the table worth it? Kaiser-Meyer-Olkin measure (0.5 is the least) and Bartlett's test.
    chi_squared_, dof_, p_value_, rmsea_, bic_ : float
        Do the factors suffice?
    converged_, n_iter_
    summary_ : DataFrame
        Loadings with uniqueness and communality.

    Examples
    --------
    >>> import numpy as np
    >>> from tenure.stats import FactorAnalysis
    >>> random = np.random.default_rng(0)
    >>> hidden = random.normal(size=(500, 2))
    >>> X = hidden @ np.array([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]]) + random.normal(size=(500, 6))
    >>> (np.abs(FactorAnalysis(n_components=2).fit(X).loadings_) > 0.4).sum(axis=0).tolist()
    [3, 3]
    """

    _model_class = _core.stats.FactorModel

    def __init__(
        self, *, n_components: int = 1, method: str = "minres", rotation: str = "varimax", max_iter: int = 1000, tol: float = 1e-8, n_jobs: int | None = None
    ) -> None:
        self.n_components = n_components
        self.method = method
        self.rotation = rotation
        self.max_iter = max_iter
        self.tol = tol
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> Self:
        """Fits to rows of numbers without missing values."""
        table = self._table(X, reset=True)
        if table.rows < 3:
            raise _core.InvalidInput(f"X: n_samples = {table.rows}, at least 3 are needed")
        options = {"factors": self.n_components, "method": self.method, "rotation": self.rotation, "max_iterations": self.max_iter, "tolerance": self.tol}
        self.model_ = _core.stats.fit_factors(table, threads=self._threads(), **options)
        for name in ("loadings", "factor_correlation", "uniqueness", "explained", "eigenvalues", "sampling_adequacy"):
            setattr(self, f"{name}_", np.asarray(getattr(self.model_, name)))
        for name in ("kmo", "sphericity", "sphericity_p_value", "chi_squared", "dof", "p_value", "rmsea", "bic", "converged"):
            setattr(self, f"{name}_", getattr(self.model_, name))
        self.n_iter_ = max(1, self.model_.iterations)
        if not self.converged_:
            warnings.warn("FactorAnalysis did not converge: take fewer factors, another method, or more iterations", ConvergenceWarning, stacklevel=2)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Factor scores of each row (Thurstone's regression method)."""
        check_is_fitted(self)
        return np.asarray(_core.stats.factor_scores(self.model_, self._table(X, reset=False)))

    @property
    def summary_(self) -> Any:
        """Loadings, communality and uniqueness of each column."""
        check_is_fitted(self)
        loadings = {f"factor {j + 1}": self.loadings_[:, j] for j in range(self.loadings_.shape[1])}
        return frame_like({"column": list(self.model_.columns), **loadings, "communality": 1 - self.uniqueness_, "uniqueness": self.uniqueness_})

    @property
    def _n_features_out(self) -> int:
        return int(self.loadings_.shape[1])
